package checks

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// bins are what is recorded of one side of a comparison: selectors, each with the labels of `by`.
type bins struct {
	// label tells the bins apart.
	label string
	// counts is how many there were in each bin, samples in all; cumulative, up to each bound of a histogram.
	counts, samples, cumulative string
	// point is the mean or the quantile.
	point string
}

// side says which series a count is of: all, or those with a value of a label, or without it.
type side struct {
	matchers []metric.Matcher
	// suffix of the names of its records.
	suffix string
}

// other is the class of all that a spec does not list.
const other = "__other__"

// bucketLabel tells the buckets of a histogram apart in what we record: their upper bounds in one spelling.
const bucketLabel = "bucket"

// infinite is the upper bound of the last bucket.
const infinite = "+Inf"

// countClasses records how many events of each class there were. Classes that are not listed are one.
func (c *check) countClasses(m *metric.Metric, across metric.Label, s side) bins {
	level := append(slices.Clone(c.by), across.Name)
	query := c.counts(level, c.series(m.Name, s.matchers...))
	if listed := across.Values.Exactly; len(listed) > 0 {
		known := metric.Matcher{Label: across.Name, Op: metric.Match, Value: oneOf(listed)}
		unknown := known
		unknown.Op = metric.NotMatch
		query = c.counts(level, c.series(m.Name, with(s.matchers, known)...)) + "\n  or " +
			relabel(c.counts(c.by, c.series(m.Name, with(s.matchers, unknown)...)), across.Name, other)
	}
	// NaN is no count: it would stay in every share that it falls into.
	counts := c.record(level, c.topic(), c.over("increase")+s.suffix, "("+query+") >= 0", metric.Unit{}, c.feature(m)...)
	samples := c.record(c.by, c.topic(), c.over("samples")+s.suffix, derive.Aggregate("sum", c.by, counts), metric.Unit{}, c.feature(m)...)
	return bins{label: across.Name, counts: counts, samples: samples}
}

// countBuckets records how many values of a histogram there were up to each bound; without bounds, up to those that
// there are.
func (c *check) countBuckets(m *metric.Metric, s side, bounds []decimal.Decimal) (n bins) {
	level := append(slices.Clone(c.by), bucketLabel)
	query := ""
	switch native := m.Type == metric.NativeHistogram; {
	case native:
		h := c.record(c.by, c.topic(), c.over("increase_histogram")+s.suffix, c.counts(c.by, c.series(m.Name, s.matchers...)), m.Unit, c.feature(m)...)
		n.samples = c.record(c.by, c.topic(), c.over("samples")+s.suffix, "histogram_count("+h+")", metric.Unit{}, c.feature(m)...)
		var parts []string
		for _, b := range bounds {
			parts = append(parts, relabel("histogram_fraction(-Inf, "+b.String()+", "+h+")", bucketLabel, b.String()))
		}
		parts = append(parts, relabel("histogram_fraction(-Inf, +Inf, "+h+")", bucketLabel, infinite))
		query = "(" + strings.Join(parts, "\n  or ") + ") * " + c.on() + " group_left () " + n.samples
	case len(bounds) == 0:
		query = relabelled("sum", level, derive.Aggregate("sum", append(slices.Clone(c.by), "le"), "increase("+c.series(m.Name+metric.Bucket.Suffix(), s.matchers...)+"["+metric.FormatDuration(c.window)+"])"), bucketLabel)
	default:
		var parts []string
		for _, b := range bounds {
			parts = append(parts, relabel(c.counts(c.by, c.series(m.Name+metric.Bucket.Suffix(), with(s.matchers, derive.Bound(b))...)), bucketLabel, b.String()))
		}
		last := metric.Matcher{Label: "le", Op: metric.Equal, Value: infinite}
		parts = append(parts, relabel(c.counts(c.by, c.series(m.Name+metric.Bucket.Suffix(), with(s.matchers, last)...)), bucketLabel, infinite))
		query = "(" + strings.Join(parts, "\n  or ") + ")"
	}
	n.cumulative = c.record(level, c.topic(), c.over("increase_upto")+s.suffix, query+" >= 0", metric.Unit{}, c.feature(m)...)
	if n.samples == "" {
		all := derive.Series(nameOf(n.cumulative), c.labels(append(c.feature(m), metric.Matcher{Label: bucketLabel, Op: metric.Equal, Value: infinite})...)...)
		n.samples = c.record(c.by, c.topic(), c.over("samples")+s.suffix, derive.Aggregate("sum", c.by, all), metric.Unit{}, c.feature(m)...)
	}
	return n
}

// relabelled sums what is counted up to each bound, in one spelling: servers write `1` or `1.0`.
func relabelled(operator string, by []string, counts, label string) string {
	return derive.Aggregate(operator, by, "label_replace("+counts+", "+quote(label)+`, "$1", "le", "(.+?)([.]0)?")`)
}

// takeApart records how many values there were in each bucket, of counts up to each bound.
func (c *check) takeApart(m *metric.Metric, s side, n bins, bounds []decimal.Decimal) bins {
	level := append(slices.Clone(c.by), bucketLabel)
	upto := func(bound string) string {
		return derive.Series(nameOf(n.cumulative), c.labels(append(c.feature(m), metric.Matcher{Label: bucketLabel, Op: metric.Equal, Value: bound})...)...)
	}
	names := boundNames(bounds)
	below := make([]string, 0, len(bounds))
	for i := range bounds {
		below = append(below, relabel(upto(names[i]), bucketLabel, names[i+1]))
	}
	// Counts are estimates, so that their last digits may differ: there are not less than none.
	query := "clamp_min(" + n.cumulative + "\n  - (" + strings.Join(below, "\n  or ") + "), 0)\n  or " + upto(names[0])
	n.counts = c.record(level, c.topic(), c.over("increase")+s.suffix, query, metric.Unit{}, c.feature(m)...)
	return n
}

// boundNames are the buckets of a histogram by their upper bounds.
func boundNames(bounds []decimal.Decimal) (names []string) {
	for _, b := range bounds {
		names = append(names, b.String())
	}
	return append(names, infinite)
}

// countPoint records the mean, or a quantile, of what a histogram observed.
func (c *check) countPoint(m *metric.Metric, s side) (n bins) {
	number, quantile := "", c.quantile()
	native := m.Type == metric.NativeHistogram
	h := ""
	if native {
		h = c.counts(c.by, c.series(m.Name, s.matchers...))
		n.samples = c.record(c.by, c.topic(), c.over("samples")+s.suffix, "histogram_count("+h+")", metric.Unit{}, c.feature(m)...)
	} else {
		count := c.series(m.Name+metric.Count.Suffix(), s.matchers...)
		n.samples = c.record(c.by, c.topic(), c.over("samples")+s.suffix, "("+c.counts(c.by, count)+") >= 0", metric.Unit{}, c.feature(m)...)
	}
	switch {
	case c.method.Name == methodQuantile && native:
		number = "histogram_quantile(" + quantile.String() + ", " + h + ")"
	case c.method.Name == methodQuantile:
		by := append(slices.Clone(c.by), "le")
		number = "histogram_quantile(" + quantile.String() + ", " + c.counts(by, c.series(m.Name+metric.Bucket.Suffix(), s.matchers...)) + ")"
	case native:
		number = "histogram_avg(" + h + ")"
	default:
		number = c.counts(c.by, c.series(m.Name+metric.Sum.Suffix(), s.matchers...)) + " / " + c.on() + " " + n.samples
	}
	if c.method.Name == methodQuantile {
		number = "(" + number + ") >= -Inf" // without a second bucket nothing is known
	}
	n.point = c.record(c.by, c.topic(), c.over(c.pointName())+s.suffix, number+"\n  and "+c.on()+" "+n.samples+" > 0", m.Unit, c.feature(m)...)
	return n
}

// quantile is the one that is compared: the median unless the check says another one.
func (c *check) quantile() decimal.Decimal {
	if c.spec.Quantile.Given() {
		return c.spec.Quantile.Value
	}
	return decimal.New(5, -1)
}

// pointName is what records of the number are called: `mean`, `p95`.
func (c *check) pointName() string {
	if c.method.Name != methodQuantile {
		return c.method.Name
	}
	return "p" + strings.ReplaceAll(c.quantile().Shift(2).String(), ".", "_")
}

// with is a list and one more.
func with(list []metric.Matcher, more ...metric.Matcher) []metric.Matcher {
	return append(slices.Clone(list), more...)
}

// relabel gives all series of an expression a label. A dollar would stand for a part of what was matched.
func relabel(expr, label, value string) string {
	return "label_replace(" + expr + ", " + quote(label) + ", " + quote(strings.ReplaceAll(value, "$", "$$")) + `, "", "")`
}
