package checks

import (
	"slices"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// What drift can look at.
const (
	ofClasses = "classes"
	ofNumbers = "numbers"
)

var drift = &Kind{
	Name:       spec.CheckDrift,
	Title:      "a distribution is another than it was, or should be",
	Doc:        "Compares the shares of classes, or the buckets of a histogram, in the last hours with those of the past, with shares that are known from training, or with another track.",
	Window:     time.Hour,
	MinSamples: 500,
	Methods:    slices.Concat(distances),
	Pitfalls: []string{
		"A class whose counter is born with its first event loses that event: initialise the counter of each class with 0.",
	},
	Questions: []string{"Did the inputs change, a step before the model, or the model itself?"},
	Example: `- drift: prediction_value_total
  across: label
  against: {offset: 7d}
`,
	Metrics: `prediction_value_total: {type: counter, labels: {label: [cat, dog, other]}}
`,
	signal: "Drift", order: 50, storey: storeyModel,
}

func makeDrift(c *check) {
	for _, m := range c.metrics {
		if !c.checkBy(m) || !c.takes(m, metric.Counter) {
			return
		}
		across, ok := c.across(m)
		if !ok || !c.useMethod(ofClasses) {
			return
		}
		c.driftOf(m, c.countClasses(m, across))
	}
}

// across is the label whose values form the distribution: the check's, else the metric's, else the only one with
// listed values.
func (c *check) across(m *metric.Metric) (metric.Label, bool) {
	if c.spec.Across.Given() {
		return c.label(m, c.spec.Across)
	}
	if l, ok := m.Label(m.Across); ok {
		return l, true
	}
	var listed []metric.Label
	for _, l := range m.Labels {
		if len(l.Values.Exactly) > 0 && !slices.Contains(c.by, l.Name) {
			listed = append(listed, l)
		}
	}
	if len(listed) == 1 {
		return listed[0], true
	}
	c.errorf(c.subject(m), "which label of `%s` holds the class?", m.Name).WithHelp("say it: `across: LABEL`").See(m.Span, "the metric")
	return metric.Label{}, false
}

// bins are recorded counts of a distribution: one series for each value of a label.
type bins struct {
	// label tells them apart, values are all that it can have; nil: not known.
	label  string
	values []string
	// counts selects what is recorded of the window.
	counts string
}

// other is the class of all that a spec does not list.
const other = "__other__"

// countClasses records how many events of each class there were. Classes that the spec does not list are one.
func (c *check) countClasses(m *metric.Metric, across metric.Label) bins {
	level := append(slices.Clone(c.by), across.Name)
	series := c.series(m.Name)
	query := c.counts(level, series)
	b := bins{label: across.Name, values: across.Values.Exactly}
	if len(b.values) > 0 {
		listed := metric.Matcher{Label: across.Name, Op: metric.Match, Value: oneOf(b.values)}
		unlisted := listed
		unlisted.Op = metric.NotMatch
		query = c.counts(level, c.series(m.Name, listed)) + "\n  or label_replace(" + c.counts(c.by, c.series(m.Name, unlisted)) + ", " +
			quote(across.Name) + ", " + quote(other) + `, "", "")`
		b.values = append(slices.Clone(b.values), other)
	}
	// NaN is no count: it would stay in every share that it falls into.
	b.counts = c.record(level, m.Name, c.over("increase"), "("+query+") >= 0", metric.Unit{}, c.feature(m)...)
	return b
}

// feature is the label that tells the metrics of a check apart; none, if there is one.
func (c *check) feature(m *metric.Metric) []metric.Matcher {
	if len(c.metrics) < 2 {
		return nil
	}
	return []metric.Matcher{{Label: "feature", Op: metric.Equal, Value: m.Name}}
}

// pair is two distributions: shares of the same bins, zero where one of them has none.
type pair struct {
	bins
	current, reference string
	// past are the counts of the reference, for guards; none of a fixed one.
	past []string
	// against names the reference in records: `against_7d`.
	against string
	// words say what it is: `7 days ago`.
	words string
}

// driftOf records shares and score of one metric, with its alert and panels.
func (c *check) driftOf(m *metric.Metric, b bins) {
	p, ok := c.compare(m, b)
	if !ok {
		return
	}
	unit := c.method.Unit
	score := c.record(c.by, m.Name, c.over(c.method.Name)+"_"+p.against, c.enough(c.distance(p), append([]string{p.counts}, p.past...)...), unit, c.feature(m)...)
	c.alert(alarm{
		query:   score,
		summary: []spec.TemplatePart{derive.Say("`" + m.Name + "` has drifted from " + p.words + " (" + c.method.Title + " "), derive.Value(), derive.Say(")")},
		detail: []spec.TemplatePart{
			derive.Say("Most changed: "), derive.List("topk(3, "+derive.Aggregate("sum", append(slices.Clone(c.by), b.label), p.current+" - "+p.reference)+")", metric.Ratio(), b.label, c.by...), derive.Say("."),
		},
	})
	title := c.title()
	c.pane(pane{title: title, text: c.method.Reading, queries: []spec.PanelQuery{c.query("drift", score)}, unit: unit, limits: true})
	c.pane(pane{
		title: title + ": now against then", typ: "barchart", unit: metric.Ratio(), width: 16,
		text: "Share of each " + b.label + " in the last " + words(c.window) + ", next to that of " + p.words + ".",
		queries: []spec.PanelQuery{
			{Legend: derive.Made("last " + words(c.window)), Text: derive.Query(derive.Aggregate("sum", []string{b.label}, p.current))},
			{Legend: derive.Made(p.words), Text: derive.Query(derive.Aggregate("sum", []string{b.label}, p.reference))},
		},
	})
}

// compare records the shares of both sides.
func (c *check) compare(m *metric.Metric, b bins) (pair, bool) {
	p := pair{bins: b}
	level := append(slices.Clone(c.by), b.label)
	share := func(counts, total string) string {
		return "(" + counts + ") / " + c.on() + " group_left () (" + derive.Aggregate("sum", c.by, total) + " > 0)"
	}
	a := c.spec.Against
	if a == nil || len(a.Offsets) == 0 {
		a = &spec.Against{Offsets: []diag.Located[time.Duration]{derive.Made(7 * 24 * time.Hour)}}
	}
	offset := a.Offsets[0].Value
	then := c.past(b.counts, offset)
	p.past = []string{then}
	p.against = "against_" + metric.FormatDuration(offset)
	p.words = words(offset) + " ago"
	p.current = c.record(level, m.Name, c.over("share"), share(b.counts+" or 0 * "+then, b.counts), metric.Ratio(), c.feature(m)...)
	p.reference = c.record(level, m.Name, c.over("share")+"_"+metric.FormatDuration(offset)+"_ago", share(then+" or 0 * "+b.counts, then), metric.Ratio(), c.feature(m)...)
	return p, true
}
