package promql

import (
	"math"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// typeFact is what is known of the samples of a part: their kind and unit, and where they come from.
type typeFact struct {
	measure
	kind Kind
	// name is the series that the values come from; empty: several, or not known. metric is what declares it.
	name   string
	metric *metric.Metric
	// many says that one value is made of several series: a sum, a maximum.
	many bool
	// recorded says that a recording rule made the series; byName that only its name says so.
	recorded, byName bool
	// rounded says that the values are whole numbers.
	rounded bool
	// raw is a counter whose value came here as it is, with nothing that looks at its growth; nil: none did.
	raw *rawCounter
	// window are the ranges of the rates that the value is made of.
	window window
}

// rawCounter is a counter that is read without rate.
type rawCounter struct {
	node   *parser.VectorSelector
	name   string
	metric *metric.Metric
	// what was done with it: compared with something; one value taken from another of the same counter.
	compared, subtracted bool
	// positive says that it was compared with 0: whether there was any.
	positive bool
	// copied says that it is recorded as it is: somebody may take the rate of the copy.
	copied bool
	// overTime says that the value is the first, last, least or greatest of a range.
	overTime bool
	// other is a second counter in the same operation; nil: none.
	other *rawCounter
}

// typing finds the facts of an expression from its leaves to its root. With a query it also finds what is
// wrong; without one it is only asked for facts.
type typing struct {
	q      *Query
	schema *Schema
	use    Use
	facts  map[parser.Expr]typeFact
	found  []Problem
	// judged are the names of metrics that a message about a raw counter named already.
	judged map[string]bool
	// settled are arguments of functions that a message says not to use.
	settled map[parser.Expr]bool
}

// checkTypes finds kinds and units of all parts of a query, and what is wrong with types, units, times and
// texts. One mistake is one problem: what was judged is not known any more to what stands around it.
func checkTypes(q *Query, s *Schema, use Use) ([]Problem, map[parser.Expr]typeFact) {
	t := typing{q: q, schema: s, use: use, facts: map[parser.Expr]typeFact{}}
	root := t.of(q.src.expr)
	t.checkRoot(root)
	t.checkMatchers()
	t.checkTimes()
	t.checkLong()
	t.checkPlace()
	t.checkExperimental()
	return t.found, t.facts
}

func (t *typing) of(e parser.Expr) typeFact {
	var f typeFact
	switch n := e.(type) {
	case *parser.ParenExpr:
		f = t.of(n.Expr)
	case *parser.UnaryExpr:
		f = t.of(n.Expr)
		if n.Op == parser.SUB {
			f.value = -f.value
			f.kind = negated(f.kind)
		}
	case *parser.SubqueryExpr:
		f = t.of(n.Expr)
	case *parser.MatrixSelector:
		f = t.of(n.VectorSelector)
	case *parser.VectorSelector:
		f = t.selector(n)
	case *parser.NumberLiteral:
		f.measure = measure{number: true, value: n.Val}
		if t.q != nil && t.q.tokenOf(n.Val) >= 0 {
			f.value = math.NaN() // a variable
		}
	case *parser.AggregateExpr:
		f = t.aggregate(n)
	case *parser.Call:
		f = t.call(n)
	case *parser.BinaryExpr:
		f = t.binary(n)
	}
	if t.facts != nil {
		t.facts[e] = f
	}
	return f
}

// negated: what rises falls with the other sign.
func negated(k Kind) Kind {
	switch k {
	case KindCounter, KindBucket, KindHistogram:
		return KindAny
	}
	return k
}

func (t *typing) selector(n *parser.VectorSelector) typeFact {
	name := selectedName(n)
	if t.q != nil {
		s := &t.q.selectors[t.q.selectorIndex(n)]
		if !t.q.exact(s) {
			return typeFact{}
		}
		name = s.Name
	}
	if rec := t.schema.Recorded.Find(name, n.LabelMatchers); rec != nil {
		return recordedFact(name, rec)
	}
	var series metric.Series
	ok := false
	if t.schema.Lookup != nil && name != "" {
		series, ok = t.schema.Lookup(name)
	}
	if !ok || series.Metric == nil {
		return typeFact{kind: kindOfName(name), name: name, byName: true, recorded: true}
	}
	f := typeFact{measure: seriesMeasure(series), kind: seriesKind(name, series), name: name, metric: series.Metric}
	switch {
	case !rises(f.kind):
	case t.schema.pushed(series.Metric):
		if f.kind == KindCounter {
			f.kind = KindGauge // the number of one run
		}
	default:
		f.raw = &rawCounter{node: n, name: name, metric: series.Metric}
	}
	return f
}

// recordedFact is what a recording rule's expression says of its series.
func recordedFact(name string, rec *Recorded) typeFact {
	f := typeFact{kind: kindOfName(name), byName: true}
	if rec.Query != nil {
		if root := rec.Analysis().Root; root != nil {
			f = root.types
			f.raw, f.window = nil, window{}
		}
	}
	f.name, f.metric, f.recorded = name, nil, true
	if !rec.Unit.IsZero() {
		f.measure = measure{base: rec.Unit}
	}
	return f
}

func (t *typing) aggregate(n *parser.AggregateExpr) typeFact {
	if n.Param != nil {
		param := t.of(n.Param)
		if n.Op == parser.QUANTILE {
			t.checkQuantileParam(n.Param, param)
		}
	}
	of := t.of(n.Expr)
	f := of
	f.measure = aggregatedMeasure(n, of.measure)
	switch n.Op {
	case parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO:
		return f
	case parser.COUNT, parser.COUNT_VALUES:
		return typeFact{measure: f.measure, kind: KindGauge, many: true}
	case parser.GROUP:
		return typeFact{measure: f.measure, kind: KindInfo}
	}
	f.many = true
	switch n.Op {
	case parser.AVG, parser.STDDEV, parser.STDVAR, parser.QUANTILE:
		f.raw = t.averagedCounter(of.raw)
		if rises(f.kind) {
			f.kind = KindAny
		}
	}
	if f.kind == KindInfo {
		f.kind = KindGauge
	}
	t.checkAveragedQuantile(n, of)
	if f.kind == KindQuantile && n.Op != parser.MAX && n.Op != parser.MIN {
		f.kind = KindAny
	}
	return f
}
