package checks

import (
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

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
	case c.isMembers(a.Label):
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

// isMembers reports a label that tells the models of the spec apart: each has one value of it, and nothing to compare
// it with.
func (c *check) isMembers(label diag.Located[string]) bool {
	m := c.Model.Members
	if m == nil || m.Name != label.Value {
		return false
	}
	c.errorf(label.Span, "`%s` tells the members apart, each of which has one value of it", label.Value).WithHelp("compare by another label; or leave `members` out").See(m.Span, "the members")
	return true
}
