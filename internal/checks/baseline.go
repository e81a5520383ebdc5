package checks

import (
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// pair is what is compared, now and the reference: recorded shares of the same bins, zero where one side has none,
// cumulative shares, or one number of each.
type pair struct {
	bins
	current, reference string
	// samplesReference is how many there were in the reference; of fixed shares there is no such number.
	samplesReference string
	fixed            bool
	// cumulativeReference are shares up to each bound of a histogram, for a picture.
	cumulativeReference string
	// bounds are the finite upper bounds of its buckets.
	bounds []decimal.Decimal
}

// baseline is what the check compares with.
type baseline struct {
	offsets []time.Duration
	// fixed are shares by bin, in the order of the bins; nil: they are measured.
	fixed []spec.ReferenceShare
	// current and other are the two sides that are told apart by a label; zero otherwise.
	current, other side
	// name is part of the names of records, words of sentences: `against_7d`, `7 days ago`.
	name, words string
}

// defaultOffsets are tried in this order where a check does not say what it is compared with: the same hour of the same
// day of the week, the same hour of the day.
var defaultOffsets = []time.Duration{7 * 24 * time.Hour, 24 * time.Hour}

// baseline reads what the check is compared with; false after reporting.
func (c *check) baseline() (b baseline, ok bool) {
	a := c.spec.Against
	switch {
	case a == nil:
		offset, ok := c.defaultOffset()
		if !ok {
			return b, false
		}
		b.offsets = []time.Duration{offset}
	case len(a.Reference) > 0:
		b.fixed, b.name, b.words = a.Reference, "against_reference", "the reference"
		return b, true
	case a.Label.Given():
		is := metric.Matcher{Label: a.Label.Value, Op: metric.Equal, Value: a.Value.Value}
		not := is
		not.Op = metric.NotEqual
		b.current, b.other = side{matchers: []metric.Matcher{not}}, side{matchers: []metric.Matcher{is}, suffix: "_reference"}
		b.name, b.words = "against_"+a.Label.Value, a.Label.Value+" "+a.Value.Value
		return b, true
	default:
		for _, o := range a.Offsets {
			b.offsets = append(b.offsets, o.Value)
		}
	}
	if !c.checkRuns(b.offsets) {
		return b, false
	}
	b.words = "the median of " + agoOf(b.offsets)
	if len(b.offsets) == 1 {
		b.words = agoOf(b.offsets)
	}
	var names []string
	for _, o := range b.offsets {
		names = append(names, metric.FormatDuration(o))
	}
	b.name = "against_" + strings.Join(names, "_")
	return b, true
}

// agoOf is `7 days ago`, `7 days, 14 days and 21 days ago`.
func agoOf(offsets []time.Duration) string {
	text := ""
	for i, o := range offsets {
		switch {
		case i > 0 && i == len(offsets)-1:
			text += " and "
		case i > 0:
			text += ", "
		}
		text += words(o)
	}
	return text + " ago"
}

// defaultOffset is the longest of the defaults that Prometheus keeps; of a model that runs once in a while, as many
// whole runs as fit into it.
func (c *check) defaultOffset() (time.Duration, bool) {
	kept := c.Workspace.Retention.Value
	for _, o := range defaultOffsets {
		if every := c.Model.Traffic.Every; c.scheduled() && every > 0 {
			o = max(o/every*every, every)
		}
		if o >= c.window && (kept == 0 || o+c.window <= kept) {
			return o, true
		}
	}
	c.errorf(c.spec.Kind.Span, "Prometheus keeps %s: there is no past to compare with", metric.FormatDuration(kept)).
		WithHelp("say what to compare with: `against: {reference: …}`, or set `prometheus: retention` in mlobs.yaml")
	return 0, false
}

// checkRuns reports a past that is the last run itself, or no whole number of runs ago.
func (c *check) checkRuns(offsets []time.Duration) bool {
	if !c.scheduled() {
		return true
	}
	every := c.Model.Traffic.Every
	if at := c.spec.Window; at.Given() {
		c.errorf(at.Span, "`window` of a model that runs every %s: its values are those of the last run", metric.FormatDuration(every)).WithHelp("leave `window` out")
		return false
	}
	for _, o := range offsets {
		if o%every != 0 {
			c.errorf(c.spec.Against.Span, "%s ago is no whole number of runs, of which there is one every %s", metric.FormatDuration(o), metric.FormatDuration(every)).
				WithHelp("compare with a run before: `against: {offset: %s}`", metric.FormatDuration(every))
			return false
		}
	}
	return true
}

// checkSides reports a label that cannot tell the reference from the rest of the series.
func (c *check) checkSides(m *metric.Metric) bool {
	a := c.spec.Against
	if a == nil || !a.Label.Given() {
		return true
	}
	l, ok := c.label(m, a.Label)
	switch {
	case !ok:
		return false
	case slices.Contains(c.by, l.Name):
		c.errorf(a.Label.Span, "`%s` tells what is compared, and results are made by it", l.Name).WithHelp("leave it out of `by`: each side has one value")
		return false
	case len(l.Values.Exactly) > 0 && !slices.Contains(l.Values.Exactly, a.Value.Value):
		c.errorf(a.Value.Span, "the label `%s` of `%s` is never `%s`", l.Name, m.Name, a.Value.Value).
			WithHelp("%s", diag.DidYouMean(a.Value.Value, l.Values.Exactly, "it has "+strings.Join(l.Values.Exactly, ", "))).See(l.Span, "its values")
		return false
	case len(l.Values.Exactly) == 1:
		c.errorf(a.Label.Span, "the label `%s` of `%s` has one value, so that there is nothing to compare", l.Name, m.Name).WithHelp("list all that it has, or take another label").See(l.Span, "its values")
		return false
	}
	return true
}

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
