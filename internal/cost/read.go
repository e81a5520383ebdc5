package cost

import (
	"math"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// steps are the times, at a distance, at which a part of an expression is evaluated. The whole is evaluated once.
type steps struct {
	times    float64
	distance time.Duration
}

// read is how many samples one evaluation reads from the storage, as the engine counts them: of each selector one for
// each series, or as many as its range holds; in a subquery at each step, what the step before has read already not
// counted again.
func (e *expression) read() Bound {
	return e.reads(e.query.Expr(), steps{times: 1})
}

func (e *expression) reads(n parser.Node, at steps) Bound {
	switch n := n.(type) {
	case *parser.VectorSelector:
		return e.selected(n).times(Bound{Most: at.times})
	case *parser.MatrixSelector:
		if vs, ok := n.VectorSelector.(*parser.VectorSelector); ok {
			return e.samples(vs, n.Range, at)
		}
	case *parser.SubqueryExpr:
		step := n.Step
		if step == 0 { // the server's global interval of evaluation
			step = e.counter.plan.Workspace.EvaluationInterval
		}
		return e.reads(n.Expr, steps{samplesIn(n.Range+at.span(), step), step})
	}
	sum := Bound{}
	for child := range parser.ChildrenIter(n) {
		sum = sum.plus(e.reads(child, at))
	}
	return sum
}

// span is the time from the first to the last step. A subquery in a subquery is evaluated from end to end, whatever
// its range.
func (s steps) span() time.Duration { return time.Duration(s.times-1) * s.distance }

// samples is how many samples, one each interval, the windows before all steps hold together at most. Those in two
// windows are read once.
func (s steps) samples(window, interval time.Duration) float64 {
	if s.distance < window {
		return samplesIn(window+s.span(), interval)
	}
	return s.times * samplesIn(window, interval)
}

// samplesIn is how many samples, one each interval, a window holds at most: windows are open on the left.
func samplesIn(window, interval time.Duration) float64 {
	if interval <= 0 {
		return 1
	}
	return math.Ceil(float64(window) / float64(interval))
}

// samples is how many samples a selector reads in a window before each of some steps.
func (e *expression) samples(vs *parser.VectorSelector, window time.Duration, at steps) Bound {
	sum := Bound{}
	e.eachName(vs, func(name string, of Bound) {
		sum = sum.plus(of.times(Bound{Most: at.samples(window, e.counter.intervalOf(name))}))
	}, func(unknown Bound) { sum = unknown })
	return sum
}

// selected is how many series a selector reads.
func (e *expression) selected(vs *parser.VectorSelector) Bound {
	sum := Bound{}
	e.eachName(vs, func(_ string, of Bound) { sum = sum.plus(of) }, func(unknown Bound) { sum = unknown })
	return sum
}

// eachName calls visit with each name that a selector may read and how many series of it; or else, where names are
// not known.
func (e *expression) eachName(vs *parser.VectorSelector, visit func(string, Bound), otherwise func(Bound)) {
	facts := e.analysis.Of(vs)
	if facts.Empty() {
		return
	}
	names := e.names(vs)
	if names == nil {
		otherwise(limit(facts).min(without(model.MetricNameLabel)))
		return
	}
	for _, name := range names {
		visit(name, e.series(name, vs, facts).min(limit(facts)))
	}
}

// names are those that a selector may read; nil: any.
func (e *expression) names(vs *parser.VectorSelector) []string {
	for _, m := range vs.LabelMatchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual {
			return []string{m.Value}
		}
	}
	return e.analysis.Of(vs).Label(model.MetricNameLabel).Values
}

// limit is how many series the analysis allows for.
func limit(f *promql.Facts) Bound {
	if n := f.MaxSeries(); n != promql.Unbounded {
		return atMost(n)
	}
	return without("labels")
}

// series is how many series of a name a selector reads.
func (e *expression) series(name string, vs *parser.VectorSelector, facts *promql.Facts) Bound {
	c := e.counter
	if rules, ok := c.recorded[name]; ok {
		sum := Bound{}
		for _, r := range rules {
			if r.agrees(vs.LabelMatchers) {
				sum = sum.plus(r.series)
			}
		}
		return sum
	}
	of, ok := c.schema.Lookup(name)
	if !ok || of.Metric == nil {
		return without(model.MetricNameLabel)
	}
	e.elsewhere = e.elsewhere || of.Metric.Source != 0
	return c.selected(of, facts)
}

// selected is how many series of a part of a metric are left by the matchers that the facts know.
func (c *counter) selected(s metric.Series, facts *promql.Facts) Bound {
	m, n := s.Metric, atMost(1)
	left := func(name string, declared Bound) {
		if l := facts.Label(name); l.AtMost > 0 {
			declared = declared.min(atMost(l.AtMost))
		}
		n = n.times(declared)
	}
	switch {
	case m.Source == 0:
		for _, l := range c.targetLabels {
			left(l.Name, valuesOf(l))
		}
	default:
		n = c.elsewhere(m)
	}
	for _, l := range m.Labels {
		if m.Key == nil || slices.Contains(m.Key, l.Name) {
			left(l.Name, c.ownValues(m, l))
		}
	}
	switch {
	case s.Part == metric.Bucket && m.Buckets == nil:
		left("le", without("le"))
	case s.Part == metric.Bucket:
		left("le", atMost(len(m.Buckets)+1))
	case s.Part == metric.Value && m.Type == metric.Summary:
		left("quantile", atMost(len(m.Quantiles)))
	}
	return n
}

// intervalOf is the time between two samples of a series.
func (c *counter) intervalOf(name string) time.Duration {
	if _, ok := c.recorded[name]; ok {
		return c.plan.Workspace.EvaluationInterval
	}
	if s, ok := c.schema.Lookup(name); ok && s.Metric != nil {
		return c.interval(s.Metric)
	}
	return c.plan.Workspace.EvaluationInterval // what other rules record
}
