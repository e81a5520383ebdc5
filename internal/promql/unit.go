package promql

import (
	"regexp"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// Unit returns the unit of an expression's value, as far as it can be told: of rates, ratios, quantiles, means,
// sums. lookup finds what the name of a series is. The zero Unit means that nothing is known. It is what
// Facts.Unit says of a whole expression, for those who need nothing else.
func Unit(expr parser.Expr, lookup func(series string) (metric.Series, bool)) metric.Unit {
	t := typing{schema: &Schema{Lookup: lookup}}
	return t.of(expr).unit()
}

// measure is what is known of a value. A rate keeps its base, so that the rate of seconds divided by
// the rate of a count is seconds again.
type measure struct {
	base      metric.Unit
	perSecond bool
	// observed is the unit of what a histogram's buckets observe; zero for anything else.
	observed metric.Unit
	// number says that it is a literal, which takes any unit; value is its value.
	number bool
	value  float64
	// members says that it counts the series of a vector: dividing by it makes a mean.
	members bool
	// one says that it is always 1: an info metric.
	one bool
	// assumed says that nobody declared the unit: a counter without one counts things. That is good enough for
	// an axis, and proves nothing.
	assumed bool
}

// unit is what a reader sees; the zero Unit if nothing is known.
func (m measure) unit() metric.Unit {
	switch {
	case m.base.IsZero() && !m.perSecond:
		return metric.Unit{}
	case m.perSecond:
		return m.base.PerSecond()
	}
	return m.base
}

var (
	countUnit     = metric.Unit{Name: "count", Grafana: "short"}
	timestampUnit = metric.Unit{Name: "timestamp", Grafana: "dateTimeAsIso"}
	percentUnit   = metric.Unit{Name: "percent", Grafana: "percent"}
)

// seriesMeasure is the measure of the samples of a declared series.
func seriesMeasure(s metric.Series) measure {
	unit := s.Metric.Unit
	switch {
	case s.Part == metric.Bucket:
		return measure{base: countUnit, observed: unit}
	case s.Part == metric.Count, s.Part == metric.GaugeCount:
		return measure{base: countUnit}
	case s.Metric.Type == metric.NativeHistogram:
		return measure{base: countUnit, observed: unit}
	case s.Metric.Type == metric.Info:
		return measure{one: true}
	case s.Metric.Type == metric.Counter && unit.IsZero() && !otherUnit.MatchString(s.Metric.Name):
		return measure{base: countUnit, assumed: true}
	}
	return measure{base: unit}
}

// otherUnit matches names of counters that say what they count, in a unit that is not ours to convert:
// `nv_inference_queue_duration_us` counts no things.
var otherUnit = regexp.MustCompile(`(?i)_(?:ns|us|ms|[num]?secs?|(?:nano|micro|milli)?seconds|minutes|hours|[kmgt]i?b|(?:kilo|mega|giga)?bytes|(?:milli|kilo)?(?:joules|watts|volts)|percent)(?:_total)?$`)

// selectedName is the name of the metric that a selector reads; empty if it is not one.
func selectedName(vs *parser.VectorSelector) string {
	if vs.Name != "" {
		return vs.Name
	}
	for _, m := range vs.LabelMatchers {
		if m.Name == nameLabel && m.Type == matchTypes[metric.Equal] {
			return m.Value
		}
	}
	return ""
}

// aggregatedMeasure is that of an aggregation of values of m.
func aggregatedMeasure(n *parser.AggregateExpr, m measure) measure {
	switch n.Op {
	case parser.COUNT, parser.COUNT_VALUES:
		return measure{base: countUnit, members: true}
	case parser.GROUP:
		return measure{one: true}
	case parser.STDVAR:
		return measure{}
	}
	return m
}

// callMeasure is that of the result of a function.
func callMeasure(n *parser.Call, args []typeFact) measure {
	arg := func(i int) measure {
		if i < len(args) {
			return args[i].measure
		}
		return measure{}
	}
	switch n.Func.Name {
	case "rate", "irate", "deriv":
		m := arg(0)
		if m.base.IsZero() && m.observed.IsZero() {
			return measure{}
		}
		m.perSecond = true
		return m
	case "histogram_quantile":
		return measure{base: arg(1).observed}
	case "histogram_avg", "histogram_stddev":
		return measure{base: arg(0).observed}
	case "histogram_sum":
		m := arg(0)
		return measure{base: m.observed, perSecond: m.perSecond}
	case "histogram_count":
		return measure{base: countUnit, perSecond: arg(0).perSecond}
	case "histogram_fraction":
		return measure{base: metric.Ratio()}
	case "quantile_over_time":
		return arg(1)
	case "count_over_time", "changes", "resets":
		return measure{base: countUnit}
	case "time", "timestamp":
		return measure{base: timestampUnit}
	case "increase", "delta", "idelta", "predict_linear", "double_exponential_smoothing",
		"avg_over_time", "min_over_time", "max_over_time", "sum_over_time", "last_over_time", "first_over_time",
		"stddev_over_time", "mad_over_time", "abs", "ceil", "floor", "round", "clamp", "clamp_min", "clamp_max",
		"sort", "sort_desc", "sort_by_label", "sort_by_label_desc", "label_replace", "label_join", "scalar", "vector":
		return arg(0)
	}
	return measure{}
}

// binaryMeasure is that of the result of an operator.
func binaryMeasure(n *parser.BinaryExpr, l, r measure) measure {
	switch n.Op {
	case parser.LOR:
		if l.base.IsZero() {
			return r
		}
		return l
	case parser.LAND, parser.LUNLESS:
		return l
	case parser.EQLC, parser.NEQ, parser.GTR, parser.LSS, parser.GTE, parser.LTE:
		switch {
		case n.ReturnBool:
			return measure{}
		case l.number:
			return r
		}
		return l
	case parser.ADD, parser.SUB:
		return sum(l, r, n.Op == parser.SUB)
	case parser.MUL:
		return product(l, r)
	case parser.DIV:
		return quotient(l, r)
	}
	return measure{}
}

func sum(l, r measure, minus bool) measure {
	switch {
	case l.number && r.number:
		return measure{number: true, value: l.value + r.value}
	case l.number:
		return r
	case r.number:
		return l
	case l.base == timestampUnit && r.base == timestampUnit && minus:
		return measure{base: metric.Seconds()}
	case l.base == timestampUnit && r.base == metric.Seconds() && !r.perSecond:
		return l
	case r.base == timestampUnit && l.base == metric.Seconds() && !minus && !l.perSecond:
		return r
	case l.base.Name == r.base.Name && l.perSecond == r.perSecond:
		return l
	}
	return measure{}
}

func product(l, r measure) measure {
	if r.number {
		l, r = r, l
	}
	switch {
	case l.number && r.number:
		return measure{number: true, value: l.value * r.value}
	case l.number && l.value == 100 && isRatio(r):
		return measure{base: percentUnit}
	case l.number && l.value == 1:
		return r
	case l.number: // 8 * bytes are bits, 1000 * seconds milliseconds: not ours to name
		return measure{}
	case r.one || isRatio(r):
		return l
	case l.one || isRatio(l):
		return r
	}
	return measure{}
}

// isRatio also knows that seconds per second are a ratio.
func isRatio(m measure) bool {
	return m.base == metric.Ratio() && !m.perSecond || m.base == metric.Seconds() && m.perSecond
}

func quotient(l, r measure) measure {
	switch {
	case l.number && r.number, l.base.IsZero() && !l.one, r.base.IsZero() && !r.one:
		return measure{}
	case r.one:
		return l
	case r.members && !l.members:
		return l
	case l.perSecond == r.perSecond && l.base.Name == r.base.Name:
		return measure{base: metric.Ratio(), assumed: l.assumed || r.assumed}
	case isRatio(r):
		return l
	case l.perSecond == r.perSecond && counts(l) && counts(r) && (l.base == countUnit || r.base == countUnit):
		return measure{base: metric.Ratio(), assumed: l.assumed || r.assumed} // errors of requests
	case l.perSecond == r.perSecond && counts(r):
		return measure{base: l.base, assumed: l.assumed || r.assumed} // a mean: seconds per request
	case !l.perSecond && r.perSecond && l.base.Name == r.base.Name:
		return measure{base: metric.Seconds(), assumed: l.assumed || r.assumed}
	}
	return measure{}
}

// counts reports whether m counts events, so that dividing by it makes a mean.
func counts(m measure) bool {
	switch strings.ToLower(m.base.Name) {
	case "count", "requests", "predictions":
		return true
	}
	return false
}
