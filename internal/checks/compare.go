package checks

import (
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// shares are parts of a total; none of nothing, which would be NaN. If the check is smoothed, something is added to the
// count of each bin.
func (c *check) shares(counts, total string) string {
	if !c.spec.Smoothing.Given() {
		return counts + "\n  / " + c.on() + " group_left () (" + total + " > 0)"
	}
	a := c.spec.Smoothing.Value.String()
	return "(" + counts + " + " + a + ")\n  / " + c.on() + " group_left () (" + total + " + " + c.on() + " " + a + " * " + derive.Aggregate("count", c.by, counts) + ")"
}

// part is what differs between the ways to compare: what is recorded, and whether a bin without series is empty.
type part struct {
	// of reads it; operation names it.
	of        func(bins) string
	operation string
	unit      metric.Unit
	// label tells the bins apart; fill: what one side lacks is zero there.
	label string
	fill  bool
}

// compare records both sides of a metric.
func (c *check) compare(m *metric.Metric, b baseline, p part, n bins, count func(side) bins) pair {
	switch {
	case b.fixed != nil:
		return c.compareFixed(m, b, p, n)
	case len(b.offsets) > 1:
		return c.compareMedian(m, b, p, n)
	}
	var then bins
	ago := "_reference"
	if len(b.offsets) == 1 {
		past := func(series string) string {
			if series == "" {
				return ""
			}
			return c.past(series, b.offsets[0])
		}
		then = bins{samples: past(n.samples), counts: c.pastBins(n, b.offsets[0]), cumulative: past(n.cumulative), point: past(n.point)}
		ago = "_" + metric.FormatDuration(b.offsets[0]) + "_ago"
	} else {
		then = count(b.other)
	}
	made := pair{bins: n, samplesReference: then.samples, cumulativeReference: then.cumulative}
	made.label = p.label
	level := c.level(p)
	if p.label == "" {
		made.current, made.reference = n.point, then.point
		if len(b.offsets) == 0 {
			return made
		}
		made.reference = c.record(level, c.topic(), c.over(p.operation)+ago, then.point, p.unit, c.feature(m)...)
		return made
	}
	now, was := p.of(n), p.of(then)
	if p.fill {
		now, was = p.of(n)+" or 0 * "+p.of(then), p.of(then)+" or 0 * "+p.of(n)
	}
	made.current = c.record(level, c.topic(), c.over(p.operation), c.shares(bracket(now), n.samples), p.unit, c.feature(m)...)
	made.reference = c.record(level, c.topic(), c.over(p.operation)+ago, c.shares(bracket(was), then.samples), p.unit, c.feature(m)...)
	return made
}

// pastBins reads the counts of some time ago. A bin that ended shortly before is not there, although a look back in time
// would still find it; it is only looked for where nothing at all was recorded at the very moment.
func (c *check) pastBins(n bins, ago time.Duration) string {
	if n.counts == "" {
		return ""
	}
	at := " offset " + metric.FormatDuration(ago)
	return "(" + n.counts + at + " or (" + c.past(n.counts, ago) + " unless " + c.on() + " " + n.samples + at + "))"
}

// bracket puts parentheses around what is joined by `or`.
func bracket(expr string) string {
	if strings.Contains(expr, " or ") {
		return "(" + expr + ")"
	}
	return expr
}

// level are the labels of shares.
func (c *check) level(p part) []string {
	if p.label == "" {
		return c.by
	}
	return append(slices.Clone(c.by), p.label)
}

// compareMedian compares with the median of several times of the past, bin by bin. A time with too few samples, such as
// one before the model was there, does not count.
func (c *check) compareMedian(m *metric.Metric, b baseline, p part, n bins) pair {
	made := pair{bins: n}
	made.label = p.label
	level := c.level(p)
	if p.label == "" {
		made.current = n.point
	} else {
		now := p.of(n)
		for _, o := range b.offsets {
			if p.fill {
				now += " or 0 * " + c.pastBins(n, o)
			}
		}
		made.current = c.record(level, c.topic(), c.over(p.operation), c.shares(bracket(now), n.samples), p.unit, c.feature(m)...)
	}
	var samples, each string
	for _, o := range b.offsets {
		at := append(c.feature(m), metric.Matcher{Label: offsetLabel, Op: metric.Equal, Value: metric.FormatDuration(o)})
		past := c.past(n.samples, o)
		then := c.record(c.by, c.topic(), c.over("samples")+"_ago", past+" >= "+c.least(), metric.Unit{}, at...)
		samples = nameOf(then)
		value := ""
		switch {
		case p.label == "":
			value = c.past(n.point, o) + " and " + c.on() + " " + then
		case p.fill:
			// What is recorded of the present has the bins of all times.
			value = c.shares(bracket(c.pastBins(n, o)+" or "+c.onBins(p)+" 0 * "+made.current), then)
		default:
			value = c.shares(bracket(c.past(p.of(n), o)), then)
		}
		each = nameOf(c.record(level, c.topic(), c.over(p.operation)+"_ago", value, p.unit, at...))
	}
	all := derive.Series(each, c.labels(c.feature(m)...)...)
	median := derive.Aggregate("quantile", level, "0.5, "+all)
	if p.fill { // medians of shares do not sum to 1
		median += "\n  / " + c.on() + " group_left () (" + derive.Aggregate("sum", c.by, derive.Aggregate("quantile", level, "0.5, "+all)) + " > 0)"
	}
	made.reference = c.record(level, c.topic(), c.over(p.operation)+"_median_ago", median, p.unit, c.feature(m)...)
	made.samplesReference = derive.Aggregate("min", c.by, derive.Series(samples, c.labels(c.feature(m)...)...))
	return made
}

// onBins matches by the labels of shares.
func (c *check) onBins(p part) string { return "on " + derive.Labels(c.level(p)) }

// offsetLabel tells the times of the past apart of which there is a median.
const offsetLabel = "offset"

// compareFixed compares with shares that are known. All that the reference lists is a bin, and what it does not list
// has no share in it.
func (c *check) compareFixed(m *metric.Metric, b baseline, p part, n bins) pair {
	made := pair{bins: n}
	made.label = p.label
	level := c.level(p)
	var bins, upto, zeros []string
	sum := decimal.Zero
	for _, s := range b.fixed {
		share := s.Share.Value
		sum = sum.Add(share)
		shown := share
		if !p.fill {
			shown = sum
		}
		bins = append(bins, relabel("vector("+shown.String()+")", p.label, s.Key.Value))
		upto = append(upto, relabel("vector("+sum.String()+")", "le", s.Key.Value))
		zeros = append(zeros, relabel("0 * "+n.samples, p.label, s.Key.Value))
	}
	fixed := c.record([]string{p.label}, c.topic(), p.operation+"_reference", strings.Join(bins, "\n  or "), p.unit, c.feature(m)...)
	known := derive.Aggregate("sum", []string{p.label}, fixed)
	now := derive.Aggregate("sum", level, p.of(n))
	switch {
	case !p.fill:
	case len(c.by) == 0:
		now += " or on " + derive.Labels(level) + " 0 * " + known
	default: // PromQL cannot combine all of one side with all of the other
		now += "\n  or " + c.onBins(p) + " " + strings.Join(zeros, "\n  or "+c.onBins(p)+" ")
	}
	made.current = c.record(level, c.topic(), c.over(p.operation), c.shares(bracket(now), n.samples), p.unit, c.feature(m)...)
	then := "0 * " + made.current + " + on " + derive.Labels([]string{p.label}) + " group_left () " + known
	if p.fill {
		then += "\n  or 0 * " + made.current
	}
	made.reference = c.record(level, c.topic(), c.over(p.operation)+"_expected", then, p.unit, c.feature(m)...)
	if n.cumulative != "" {
		made.cumulativeReference = strings.Join(upto, " or ")
	}
	return made
}
