package promql_test

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	engine "github.com/prometheus/prometheus/promql"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// The property that matters: the author's query on a store that holds only the selected series equals
// the completed query on a store that holds everything. MLOBS_PROPERTY=N runs N times as many cases.

// rounds is how often a property is tried: a quarter as often with -short.
func rounds(t *testing.T, n int) int {
	if s := os.Getenv("MLOBS_PROPERTY"); s != "" {
		times, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n * times
	}
	if testing.Short() {
		return n / 4
	}
	return n
}

func TestCompletionEqualsSelection(t *testing.T) {
	const perWorld = 40
	worlds, cases, data, failed := rounds(t, 110), 0, 0, 0
	if !testing.Short() {
		worlds *= 2
	}
	for seed := range worlds {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		oneSource := seed%3 == 0
		w := newWorld(t, r, oneSource)
		for range perWorld {
			text := (&generator{r: r, nameless: oneSource}).query()
			cases++
			switch outcome := compareInWorld(t, w, text); outcome {
			case "data":
				data++
			case "error":
				failed++
			}
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
	}
	t.Logf("%d cases: %d with data, %d refused by the engine on both sides", cases, data, failed)
	if data < cases/3 {
		t.Errorf("only %d of %d cases have data: the generator does not test much", data, cases)
	}
}

// compareInWorld compares both sides and says what came out: data, nothing, or the same refusal.
func compareInWorld(t *testing.T, w world, text string) string {
	t.Helper()
	q := parse(t, text)
	ctx := promql.Context{Matchers: w.selection.of}
	if len(text)%2 == 0 { // as in a dashboard that shows everything
		ctx.Variables = func(promql.Selector) []promql.Variable {
			return []promql.Variable{{Label: "pod", Name: "pod"}, {Label: "k8s.node", Name: "node"}}
		}
	}
	done, err := q.Complete(ctx)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	done = enginetest.Interpolate(done, map[string]string{"pod": ".*", "node": ".*"})
	at := enginetest.At(10 * time.Minute)
	want, wantErr := w.selected.Query(text, at)
	got, gotErr := w.all.Query(done, at)
	if (wantErr == nil) != (gotErr == nil) {
		t.Errorf("author    %s\ncompleted %s\nselected: %v\nall:      %v", text, done, wantErr, gotErr)
		return ""
	}
	if wantErr != nil {
		return "error"
	}
	// histogram_quantile and subqueries return series in random order, and a sum shows it in its last
	// digits: the engine must be given a chance to agree with itself.
	for try := 0; !equalVectors(want, got); try++ {
		if try == 20 {
			t.Errorf("author    %s\ncompleted %s\nselection %v\nselected: %s\nall:      %s", text, done, w.selection, want, got)
			return ""
		}
		want, _ = w.selected.Query(text, at)
		got, _ = w.all.Query(done, at)
	}
	if len(want) == 0 {
		return ""
	}
	return "data"
}

// equalVectors compares results as sets, with a tolerance for the order of sums. drop are labels that
// do not count.
func equalVectors(a, b engine.Vector, drop ...string) bool {
	if len(a) != len(b) {
		return false
	}
	key := func(v engine.Vector) map[string]float64 {
		m := map[string]float64{}
		for _, s := range v {
			m[labels.NewBuilder(s.Metric).Del(drop...).Labels().String()] = s.F
		}
		return m
	}
	x, y := key(a), key(b)
	if len(x) != len(y) {
		return false
	}
	for k, v := range x {
		w, ok := y[k]
		if !ok || v != w && !(math.IsNaN(v) && math.IsNaN(w)) && math.Abs(v-w) > 1e-9*max(math.Abs(v), math.Abs(w)) {
			return false
		}
	}
	return true
}

// Whatever the layout, a rewriting says what it means or refuses in words for the author.
func TestRewritesOfRandomQueries(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 11))
	native, cases, changed := 0, 0, 0
	for range rounds(t, 4000) {
		text := (&generator{r: r, nameless: true}).query()
		q := parse(t, text)
		if n, err := q.Native("h"); ours(err) {
			t.Fatalf("%s: %v", text, err)
		} else if err == nil && n != q {
			native++
			if names := n.Selectors(); slices.ContainsFunc(names, func(s promql.Selector) bool { return strings.HasPrefix(s.Name, "h_") }) {
				t.Fatalf("%s is left: %s", text, n.Text())
			}
		}
		s, err := q.Snapshot(func(series string) bool { return strings.HasSuffix(series, "_total") }, "24h")
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		cases++
		if s != q {
			changed++
		}
		for _, sel := range s.Selectors() {
			if strings.HasSuffix(sel.Name, "_total") && (sel.Func == "rate" || sel.Func == "increase" || sel.Func == "irate") {
				t.Fatalf("%s is still a rate: %s", text, s.Text())
			}
		}
	}
	t.Logf("%d cases, %d native, %d other snapshots", cases, native, changed)
	if native < cases/20 || changed < cases/10 {
		t.Error("the generator does not test much")
	}
}

// With old names, too: where some series have the old name, the completed query reads what the author's reads
// where all have the new one.
func TestOldNamesEqualNewOnes(t *testing.T) {
	cases, data := 0, 0
	for seed := range rounds(t, 80) {
		r := rand.New(rand.NewPCG(uint64(seed), 10))
		w := newWorld(t, r, false)
		for range 40 {
			g := &generator{r: r}
			text := g.query()
			if g.one(5) {
				text = g.absent()
			}
			if strings.Contains(text, "topk") || strings.Contains(text, "bottomk") {
				continue // of equal values the first in the order of names counts
			}
			done, err := parse(t, text).Complete(promql.Context{OldName: func(s promql.Selector) string { return oldNames[s.Name] }})
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			at := enginetest.At(10 * time.Minute)
			want, err := w.all.Query(text, at)
			if err != nil {
				continue // two series that are one without what we dropped may be told apart by their names
			}
			cases++
			equal := false
			for try := 0; try < 20 && !equal; try++ {
				got, err := w.renamed.Query(done, at)
				if err != nil {
					t.Fatalf("seed %d\nauthor    %s\ncompleted %s\n%v", seed, text, done, err)
				}
				equal = equalVectors(want, newNames(got))
				want, _ = w.all.Query(text, at)
			}
			if !equal {
				got, _ := w.renamed.Query(done, at)
				t.Fatalf("seed %d\nauthor    %s\ncompleted %s\nnew:  %s\nboth: %s", seed, text, done, want, got)
			}
			if len(want) > 0 && done != text {
				data++
			}
		}
	}
	t.Logf("%d cases, %d with data", cases, data)
	if data < cases/4 {
		t.Errorf("only %d of %d cases have data: the generator does not test much", data, cases)
	}
}

// newNames puts the new names in place of old ones.
func newNames(v engine.Vector) (out engine.Vector) {
	for _, s := range v {
		for name, old := range oldNames {
			if s.Metric.Get(model.MetricNameLabel) == old {
				s.Metric = labels.NewBuilder(s.Metric).Set(model.MetricNameLabel, name).Labels()
			}
		}
		out = append(out, s)
	}
	return out
}

// A metric that is renamed while it is read: before and after, and over it what looks at each moment by itself.
func TestOldNamesAtTheRename(t *testing.T) {
	all, renamed := enginetest.New(t), enginetest.New(t)
	for _, pod := range []string{"a", "b"} {
		for _, name := range []string{"c_total", "g"} {
			value := func(from, to time.Duration) func(time.Duration) float64 {
				return func(at time.Duration) float64 {
					if at < from || at > to {
						return enginetest.Gap
					}
					return math.Floor(at.Seconds() * float64(len(name)+int(pod[0])) / 50)
				}
			}
			add := func(s *enginetest.Storage, name string, f func(time.Duration) float64) {
				if err := s.AddFunc(labels.FromStrings(model.MetricNameLabel, name, "pod", pod), 30*time.Second, time.Hour, f); err != nil {
					t.Fatal(err)
				}
			}
			add(all, name, value(0, time.Hour))
			add(renamed, oldNames[name], value(0, 30*time.Minute))
			add(renamed, name, value(30*time.Minute+time.Second, time.Hour))
		}
	}
	for _, text := range []string{
		`rate(c_total[5m])`, `sum(increase(c_total[5m] offset 2m))`, `g`, `g > 5`, `max by (pod) (g)`, `absent(g)`, `absent_over_time(c_total{x="y"}[5m])`, `timestamp(g)`,
		`max_over_time(g[5m:30s])`, `avg_over_time((g > 5)[5m:1m])`, `max_over_time(sum(g)[5m:1m])`, `count_over_time(last_over_time(g[1m])[5m:1m])`,
	} {
		ctx := promql.Context{OldName: func(s promql.Selector) string { return oldNames[s.Name] }, OneName: text == "g > 5"}
		done, err := parse(t, text).Complete(ctx)
		if err == nil && ctx.OneName { // it becomes part of a subquery
			text = "max_over_time((g > 5)[5m:30s])"
			done, err = promql.Compose("max_over_time($1[5m:30s])", done)
		}
		if err != nil {
			t.Fatal(err)
		}
		for at := 10 * time.Minute; at <= time.Hour; at += 30 * time.Second {
			if looksBack := !strings.Contains(text, ":"); looksBack && at > 30*time.Minute && at < 40*time.Minute {
				continue
			}
			want, wantErr := all.Query(text, enginetest.At(at))
			got, gotErr := renamed.Query(done, enginetest.At(at))
			if wantErr != nil || gotErr != nil || !equalVectors(want, newNames(got)) {
				t.Errorf("%s at %v\nnew:  %s %v\nboth: %s %v", done, at, want, wantErr, got, gotErr)
			}
		}
	}
}

// What is promised of absent: see Complete.
func TestAbsentKeepsItsPromise(t *testing.T) {
	cases, silent := 0, 0
	for seed := range rounds(t, 60) {
		r := rand.New(rand.NewPCG(uint64(seed), 8))
		w := newWorld(t, r, false)
		for range 25 {
			g := &generator{r: r}
			text := g.absent()
			q := parse(t, text)
			ours := w.selection.of(q.Selectors()[0])
			var drop []string
			onlyEqual := true
			for _, m := range ours {
				drop = append(drop, m.Label)
				onlyEqual = onlyEqual && m.Op == metric.Equal
			}
			at := enginetest.At(10 * time.Minute)
			want, err := w.selected.Query(text, at)
			if err != nil {
				t.Fatal(err)
			}
			for _, whole := range []bool{false, true} {
				done, err := q.Complete(promql.Context{Matchers: w.selection.of, WholeInAbsent: whole})
				if err != nil {
					t.Fatal(err)
				}
				got, err := w.all.Query(done, at)
				if err != nil {
					t.Fatal(err)
				}
				cases++
				switch {
				case equalVectors(want, got, drop...):
				case !whole && !onlyEqual && len(got) == 0:
					silent++ // it looks at more series than were selected
				default:
					t.Fatalf("author    %s\ncompleted %s\nselection %v\nselected: %s\nall:      %s", text, done, ours, want, got)
				}
			}
		}
	}
	t.Logf("%d cases, %d silent because only `=` matchers are added", cases, silent)
	if silent == 0 {
		t.Error("the exception was never met: the generator does not test it")
	}
}

// Every expression of the corpus, on random series for the metrics it names.
func TestCorpusEqualsSelection(t *testing.T) {
	data, total := 0, 0
	for i, c := range corpus(t) {
		if testing.Short() && i%9 != 0 && os.Getenv("MLOBS_PROPERTY") == "" {
			continue
		}
		r := rand.New(rand.NewPCG(uint64(i), 9))
		q := parse(t, c.expr)
		vars := map[string]string{}
		for _, tok := range q.Tokens() {
			vars[tok.Name] = map[promql.Role]string{promql.RoleText: "p1", promql.RoleDuration: "5m", promql.RoleNumber: "3", promql.RoleMetric: "up", promql.RoleLabel: "pod"}[tok.Role]
		}
		all := enginetest.New(t)
		sel := selection{}
		for _, s := range q.Selectors() {
			populate(t, r, all, q, s, vars)
			if !s.InAbsent {
				sel[s.Name] = matchers("sel_a", "1", "sel_b!=", "2", "sel_c=~", "1|3")
			}
		}
		done, err := q.Complete(promql.Context{Matchers: sel.of})
		if err != nil {
			t.Fatal(err)
		}
		w := world{all: all, selected: all.Only(sel.holds), selection: sel}
		at := enginetest.At(10 * time.Minute)
		author, completed := enginetest.Interpolate(c.expr, vars), enginetest.Interpolate(done, vars)
		want, wantErr := w.selected.Query(author, at)
		got, gotErr := w.all.Query(completed, at)
		if (wantErr == nil) != (gotErr == nil) || !equalVectors(want, got) {
			t.Errorf("%s\nauthor    %s\ncompleted %s\nselected: %s %v\nall:      %s %v", c.file, author, completed, want, wantErr, got, gotErr)
		}
		total++
		if len(want) > 0 {
			data++
		}
	}
	t.Logf("%d expressions, %d with data", total, data)
	if data < total/4 {
		t.Errorf("only %d of %d have data", data, total)
	}
}

// populate adds random series that the selector would find, and some that it would not.
func populate(t *testing.T, r *rand.Rand, s *enginetest.Storage, q *promql.Query, sel promql.Selector, vars map[string]string) {
	if sel.Name == "" {
		return
	}
	for range 8 {
		b := labels.NewBuilder(labels.EmptyLabels())
		for _, l := range []string{"sel_a", "sel_b", "sel_c"} {
			b.Set(l, strconv.Itoa(1+r.IntN(3)))
		}
		for _, g := range q.Groupings() {
			for _, l := range g.Labels {
				b.Set(enginetest.Interpolate(l.Value, vars), pick(r, "p1", "p2"))
			}
		}
		if strings.HasSuffix(sel.Name, "_bucket") {
			b.Set("le", pick(r, "0.1", "1", "+Inf"))
		}
		for _, m := range sel.Matchers {
			value := enginetest.Interpolate(m.Value, vars)
			switch set := m.SetMatches(); {
			case r.IntN(5) == 0:
				value = "p1"
			case m.Type == labels.MatchRegexp && len(set) > 0:
				value = set[r.IntN(len(set))]
			case m.Type == labels.MatchRegexp:
				value = strings.NewReplacer(".*", "x", ".+", "x", "\\", "", ".", "1", "(", "", ")", "", "^", "", "$", "").Replace(value)
			case m.Type != labels.MatchEqual:
				value = "p2"
			}
			b.Set(m.Name, value)
		}
		b.Set(model.MetricNameLabel, sel.Name)
		grow := r.Float64() * 5
		// A series that is there already stays as it is.
		_ = s.AddFunc(b.Labels(), time.Minute, 12*time.Minute, func(at time.Duration) float64 { return math.Floor(at.Seconds() * grow) })
	}
}
