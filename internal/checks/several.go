package checks

import (
	"slices"
	"strings"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// resultBy are the labels that tell the results of the check apart.
func (c *check) resultBy() []string {
	if c.several() {
		return append(slices.Clone(c.by), labelFeature)
	}
	return c.by
}

// who names what an alert is about, with the values of its labels.
func (c *check) who() []spec.TemplatePart {
	parts := []spec.TemplatePart{derive.Say("`" + c.metrics[0].Name + "`")}
	if c.several() {
		parts = []spec.TemplatePart{derive.Say("`"), derive.Label(labelFeature), derive.Say("`")}
	}
	return append(parts, labelled(c.by)...)
}

// labelled are the values of labels, in brackets.
func labelled(names []string) (parts []spec.TemplatePart) {
	for i, l := range names {
		before := ", "
		if i == 0 {
			before = " ("
		}
		parts = append(parts, derive.Say(before+l+" "), derive.Label(l))
	}
	if len(parts) > 0 {
		parts = append(parts, derive.Say(")"))
	}
	return parts
}

// text is a text for an alert: strings, parts, and lists of parts.
func text(pieces ...any) (parts []spec.TemplatePart) {
	for _, p := range pieces {
		switch p := p.(type) {
		case string:
			parts = append(parts, derive.Say(p))
		case spec.TemplatePart:
			parts = append(parts, p)
		case []spec.TemplatePart:
			parts = append(parts, p...)
		}
	}
	return parts
}

// recently says which time is judged: `the last hour`, or `the last run`.
func (c *check) recently() string {
	if c.scheduled() {
		return "the last run"
	}
	return "the last " + strings.TrimPrefix(words(c.window), "1 ")
}

// then reads what was recorded at the offsets: of several, the median of those that are there.
func (c *check) then(series string) string {
	offsets := c.offsets()
	if len(offsets) == 1 {
		return derive.Aggregate("max", c.by, c.past(series, offsets[0].Value))
	}
	each := make([]string, len(offsets))
	for i, o := range offsets {
		each[i] = "label_replace(" + c.past(series, o.Value) + `, "past", "` + metric.FormatDuration(o.Value) + `", "", "")`
	}
	return derive.Aggregate("quantile", c.by, "0.5, "+strings.Join(each, " or "))
}

// thenName names the offsets in records, thenWords in texts.
func (c *check) thenName() string {
	name := "against"
	for _, o := range c.offsets() {
		name += "_" + metric.FormatDuration(o.Value)
	}
	return name
}

func (c *check) thenWords() string {
	var list []string
	for _, o := range c.offsets() {
		list = append(list, words(o.Value))
	}
	if last := len(list) - 1; last > 0 {
		return strings.Join(list[:last], ", ") + " and " + list[last] + " ago (median)"
	}
	return list[0] + " ago"
}

// atLeast keeps a count that is large enough to judge.
func (c *check) atLeast(count string) string {
	return "(" + count + " >= " + c.least() + ")"
}

// knownLimit reports a check of which nobody but its author knows what is bad, and that does not say it.
func (c *check) knownLimit(what, example string) bool {
	if c.spec.NoAlert || c.alertLimit().Given() {
		return true
	}
	c.errorf(c.spec.Kind.Span, "the check `%s` has no limit: which %s is bad, only you know", c.name, what).
		WithHelp("say it: `alert: %s`; with `alert: off` it is only drawn", example)
	return false
}

// measuredIn gives the score of this check a unit that the table of methods cannot know.
func (c *check) measuredIn(unit metric.Unit) {
	own := *c.method
	own.Unit = unit
	c.method = &own
}

// oneUnit is the unit of all metrics; false after reporting.
func (c *check) oneUnit() (metric.Unit, bool) {
	for _, m := range c.metrics[1:] {
		if first := c.metrics[0]; m.Unit != first.Unit {
			c.errorf(c.subject(m), "`%s` and `%s` have different units: one limit cannot hold for both", first.Name, m.Name).WithHelp("make a check of each")
			return metric.Unit{}, false
		}
	}
	return c.metrics[0].Unit, true
}

// refuse reports a key that makes no sense here; true if it is there.
func refuse[T any](c *check, key string, at diag.Located[T], why, help string) bool {
	if !at.Given() {
		return false
	}
	c.errorf(at.Span, "`%s` %s", key, why).WithHelp("%s", help)
	return true
}

// observations counts all that a classic histogram has seen, by its last bucket: shares are taken of buckets alone.
func (c *check) observations(m *metric.Metric) string {
	last := metric.Matcher{Label: "le", Op: metric.Equal, Value: "+Inf"}
	return c.counts(c.by, c.series(m.Name+metric.Bucket.Suffix(), last))
}

// isBucket reports a bound that no bucket of a classic histogram has: no series would count what is below it.
func (c *check) isBucket(m *metric.Metric, at diag.Located[string]) (metric.Matcher, bool) {
	bound, err := metric.Quantity(at.Value, m.Unit)
	if err != nil {
		c.errorf(at.Span, "%s", err)
		return metric.Matcher{}, false
	}
	below, above := "", ""
	for _, b := range m.Buckets {
		switch b.Cmp(bound) {
		case 0:
			return derive.Bound(bound), true
		case -1:
			below = b.String()
		default:
			if above == "" {
				above = b.String()
			}
		}
	}
	if m.Buckets == nil {
		return derive.Bound(bound), true
	}
	near := slices.DeleteFunc([]string{below, above}, func(s string) bool { return s == "" })
	c.errorf(at.Span, "`%s` is no bucket of `%s`, so that no series counts what is below it", at.Value, m.Name).
		WithHelp("take the bucket next to it: `%s`; or add one to the histogram", strings.Join(near, "` or `")).See(m.BucketsSpan, "its buckets")
	return metric.Matcher{}, false
}

// waitsAtLeast is how long an alert of the check waits, at least so long.
func (c *check) waitsAtLeast(d time.Duration) time.Duration {
	if c.spec.For.Given() {
		return c.spec.For.Value
	}
	return max(c.waits(), d)
}

// diagLimit is a quantity as written, with its place.
type diagLimit = diag.Located[string]

// result is a panel's query of results of all metrics.
func (c *check) result(legend, series string) spec.PanelQuery {
	if c.several() {
		return c.query(legend, series, labelFeature)
	}
	return c.query(legend, series)
}

// pastQueries are the same series at the offsets.
func (c *check) pastQueries(series string) (list []spec.PanelQuery) {
	for _, o := range c.offsets() {
		list = append(list, c.result(words(o.Value)+" ago", series+" offset "+metric.FormatDuration(o.Value)))
	}
	return list
}
