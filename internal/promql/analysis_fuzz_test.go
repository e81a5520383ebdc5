package promql_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	engine "github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/internal/soak"
)

// tally counts how much the analysis knows, beside never being wrong.
type tally struct {
	parsed, parts, empty, emptyKnown, errors, errorsTold, bounded, exact atomic.Int64
}

// TestSoakAnalyse holds every claim of the analysis against the engine, on random schemas, series and expressions:
// `go test ./internal/promql -run TestSoakAnalyse -soak 300000`.
func TestSoakAnalyse(t *testing.T) {
	var worlds sync.Map
	var n tally
	soak.Each(t, func(tb testing.TB, seed uint64) {
		made, ok := worlds.Load(seed / 200)
		if !ok {
			made, _ = worlds.LoadOrStore(seed/200, newContractWorld(tb, rand.New(rand.NewPCG(seed/200, 1))))
			worlds.Delete(seed/200 - 4)
		}
		w := made.(*contractWorld)
		g := &contractGenerator{r: rand.New(rand.NewPCG(seed, 2)), names: w.names}
		analyseAnything(tb, w, g.vector(1+g.r.IntN(4)), g.r, &n)
	})
	t.Logf("%d parsed, %d parts; %d empty, of which %d known; %d errors, of which %d told; %d with a bound on series, of which %d exact",
		n.parsed.Load(), n.parts.Load(), n.empty.Load(), n.emptyKnown.Load(), n.errors.Load(), n.errorsTold.Load(), n.bounded.Load(), n.exact.Load())
}

// analyseAnything holds for every expression over a world.
func analyseAnything(t testing.TB, w *contractWorld, text string, r *rand.Rand, n *tally) {
	q := promql.Parse(textOf(text), new(diag.Report))
	if q == nil || q.Expr().Type() != parser.ValueTypeVector && q.Expr().Type() != parser.ValueTypeScalar {
		return
	}
	n.parsed.Add(1)
	a := promql.Analyse(q, w.schema, promql.Use{Place: promql.InRecord})
	for _, p := range a.Problems {
		checkProblem(t, text, p)
	}
	parser.Inspect(q.Expr(), func(node parser.Node, path []parser.Node) error {
		e, ok := node.(parser.Expr)
		if !ok || e.Type() != parser.ValueTypeVector && e.Type() != parser.ValueTypeScalar {
			return nil
		}
		if _, inRange := parentOf(path).(*parser.MatrixSelector); inRange {
			return nil // its range and modifiers are the parent's
		}
		n.parts.Add(1)
		part := q.PartText(e)
		if again := promql.Parse(textOf(part), new(diag.Report)); again == nil || again.Expr().String() != e.String() {
			t.Errorf("%q is not the text of %s", part, e)
		}
		result, err := w.storage.Query(part, enginetest.At(queryAt))
		told := len(a.Problems) > 0
		checkClaims(t, w, e, a.Of(e), result, err, told, n)
		if err == nil {
			checkCompare(t, e, a.Of(e), result, r)
		}
		return nil
	})
}

func parentOf(path []parser.Node) parser.Node {
	if len(path) == 0 {
		return nil
	}
	return path[len(path)-1]
}

func checkProblem(t testing.TB, text string, p promql.Problem) {
	if p.Message == "" || p.Help == "" || p.Start < 0 || p.End > len(text) || p.Start >= p.End {
		t.Errorf("%s at %d:%d of %q: %q (%q)", p.Kind, p.Start, p.End, text, p.Message, p.Help)
	}
	for _, r := range p.Reasons {
		if r.Text == "" || r.Start > r.End || r.End > len(text) {
			t.Errorf("%s in %q: reason %+v", p.Kind, text, r)
		}
	}
}

// checkClaims holds what is known of an expression against what the engine gives.
func checkClaims(t testing.TB, w *contractWorld, e parser.Expr, f *promql.Facts, result engine.Vector, err error, told bool, n *tally) {
	if err != nil {
		n.errors.Add(1)
		if told {
			n.errorsTold.Add(1)
		}
		return
	}
	if w.full && f.Fails() {
		t.Errorf("%s: does not fail", e)
	}
	if len(result) == 0 {
		n.empty.Add(1)
		if f.Empty() {
			n.emptyKnown.Add(1)
		}
	}
	switch {
	case f.Empty() && len(result) > 0:
		t.Errorf("%s: not empty: %v", e, result)
	case f.Returns() && len(result) == 0:
		t.Errorf("%s: empty", e)
	case f.MaxSeries() < len(result):
		t.Errorf("%s: %d series instead of at most %d: %v", e, len(result), f.MaxSeries(), result)
	}
	if w.full && f.MaxSeries() != promql.Unbounded && len(result) > 0 {
		n.bounded.Add(1)
		if f.MaxSeries() == len(result) {
			n.exact.Add(1)
		}
	}
	list, closed := f.Labels()
	list = append(list, f.Label(model.MetricNameLabel))
	for _, l := range list {
		checkLabel(t, e, l, result)
	}
	v := f.Range()
	for _, s := range result {
		if closed {
			s.Metric.Range(func(l labels.Label) {
				if !slices.ContainsFunc(list, func(known promql.LabelFact) bool { return known.Name == l.Name && known.Presence != promql.Never }) {
					t.Errorf("%s: label %s of %s", e, l.Name, s.Metric)
				}
			})
		}
		for _, label := range []string{"model", "nope", "le"} { // open sources have labels that are surely gone, too
			checkLabel(t, e, f.Label(label), engine.Vector{s})
		}
		switch inside := s.F >= v.Low && s.F <= v.High && !(v.LowOpen && s.F == v.Low) && !(v.HighOpen && s.F == v.High); {
		case s.H != nil:
			if !f.Natives() {
				t.Errorf("%s: a native histogram: %v", e, s)
			}
		case !f.Floats():
			t.Errorf("%s: a number: %v", e, s)
		case math.IsNaN(s.F) && !v.NaN, !math.IsNaN(s.F) && !inside:
			t.Errorf("%s: %v is not in %+v", e, s.F, v)
		}
	}
}

func checkLabel(t testing.TB, e parser.Expr, l promql.LabelFact, result engine.Vector) {
	seen := map[string]bool{}
	for _, s := range result {
		value := s.Metric.Get(l.Name)
		seen[value] = true
		switch {
		case value == "" && l.Presence == promql.Surely:
			t.Errorf("%s: no label %s in %s", e, l.Name, s.Metric)
		case value != "" && l.Presence == promql.Never:
			t.Errorf("%s: label %s in %s", e, l.Name, s.Metric)
		case value != "" && l.Values != nil && !slices.Contains(l.Values, value):
			t.Errorf("%s: %s=%q is not in %q", e, l.Name, value, l.Values)
		}
	}
	delete(seen, "")
	if l.AtMost > 0 && len(seen) > l.AtMost {
		t.Errorf("%s: %d values of %s instead of %d", e, len(seen), l.Name, l.AtMost)
	}
}

// checkCompare holds what is known of a comparison with a limit against all values.
func checkCompare(t testing.TB, e parser.Expr, f *promql.Facts, result engine.Vector, r *rand.Rand) {
	limit := []float64{-1, 0, 0.0042, 0.5, 1, 2, 3, 10}[r.IntN(8)]
	op := pick(r, ">", ">=", "<", "<=", "==", "!=")
	outcome, _ := f.Compare(op, limit)
	for _, s := range result {
		if math.IsNaN(s.F) || s.H != nil {
			continue
		}
		holds := map[string]bool{">": s.F > limit, ">=": s.F >= limit, "<": s.F < limit, "<=": s.F <= limit, "==": s.F == limit, "!=": s.F != limit}[op]
		if holds && outcome == promql.NeverHolds || !holds && outcome == promql.AlwaysHolds {
			t.Errorf("%s: %v %s %v is %v, which was said never to be", e, s.F, op, limit, holds)
		}
	}
}

// FuzzAnalyse holds the claims of the analysis for any text, over a few worlds.
func FuzzAnalyse(f *testing.F) {
	var worlds []*contractWorld
	for i := range uint64(8) {
		worlds = append(worlds, newContractWorld(f, rand.New(rand.NewPCG(i, 1))))
	}
	for i, s := range seeds {
		f.Add(s, uint64(i))
	}
	for _, c := range analysed {
		f.Add(c.expr, uint64(len(c.expr)))
	}
	g := &contractGenerator{r: rand.New(rand.NewPCG(1, 2)), names: worlds[0].names}
	for i := range 50 {
		f.Add(g.vector(2), uint64(i))
	}
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		for _, use := range []promql.Use{{}, {Place: promql.InRecord, Below: true}, {Place: promql.InAlert, Whole: true, Window: time.Minute}} {
			if q := fuzzQuery(text); q != nil {
				for _, p := range promql.Analyse(q, openSchema(), use).Problems {
					checkProblem(t, text, p)
				}
			}
		}
		if strings.ContainsAny(text, "$@:") || strings.Contains(text, "[[") || len(text) > 300 {
			return // variables are not the engine's, and subqueries of any size take it long
		}
		analyseAnything(t, worlds[seed%8], text, rand.New(rand.NewPCG(seed, 3)), new(tally))
	})
}
