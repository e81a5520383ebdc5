package checks

import (
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// What silence can look at.
const (
	ofNow  = "traffic, without a past"
	ofThen = "traffic, against the past"
)

var silence = &Kind{
	Name:       spec.CheckSilence,
	Title:      "predictions stop",
	Doc:        "Says when a model stops to answer: nothing in the last ten minutes, or far less than at the same time of the past. It also holds when the series are gone altogether, which a plain comparison does not see. It pages: callers notice at once.",
	Window:     10 * time.Minute,
	MinSamples: 20,
	Severity:   "page",
	Methods: []*Method{
		{
			Name: "rate", Title: "Traffic, of what it was", Of: ofThen, Formula: "n now / n then, 0 where the series are gone; of several offsets the median of n then", Source: "arithmetic",
			Op: spec.Below, Low: "0", Unit: metric.Ratio(), Alert: "0.1", Reading: "1 is as much as then, 0 is silence.",
		},
		{
			Name: "count", Title: "Predictions", Formula: "n now, 0 where the series are gone", Source: "arithmetic",
			Op: spec.Below, Low: "0", Alert: "1", Reading: "0 is silence.",
		},
	},
	Pitfalls: []string{
		"Without a past the model is expected to have traffic at any time: a quiet night is silence, too. Give it `against`, or a longer window.",
		"With `by` and no past, a value of the label is expected for a day after it was seen last.",
		"With a past, nothing is expected where there were fewer than `min_samples` predictions: a limit of one event would page at random.",
	},
	Questions: []string{"Is the model up, and does anybody still call it?", "Was it deployed, renamed, or cut off from its inputs?"},
	Example: `- silence: predictions_total
`,
	Metrics: `predictions_total: {type: counter, labels: {class: [cat, dog]}}
`,
	signal: "Silence", order: 12,
}

// remembered is how long a value of a label is expected after it was seen last.
const remembered = 24 * time.Hour

func makeSilence(c *check) {
	of := ofNow
	if len(c.offsets()) > 0 {
		of = ofThen
	}
	if c.Model.Traffic.Kind == spec.Sporadic {
		c.errorf(c.spec.Kind.Span, "`silence` of a model with `traffic: sporadic`, whose silence is normal").WithHelp("leave the check out")
		return
	}
	if of == ofNow && refuse(c, "min_samples", c.spec.MinSamples, "counts predictions of the past, and this check is not compared with it", "leave it out, or give `against: {offset: 7d}`") || !c.useMethod(of) {
		return
	}
	var score, now string
	for _, m := range c.metrics {
		n, ok := c.predictions(m)
		if !ok {
			return
		}
		now = c.record(c.by, m.Name, c.over("increase"), "("+n+") >= 0", metric.Unit{}, c.feature(m)...)
		count := derive.Aggregate("sum", c.by, now)
		name, query := c.over("expected"), ""
		switch {
		case of == ofThen:
			then := c.then(now)
			query = "(" + count + " or 0 * " + then + ")"
			enough := "(" + then + " >= " + c.least() + ")"
			if name = c.over("increase_where"); c.method.Name == "rate" {
				query, name = query+" / "+c.on()+" "+enough, c.over("ratio")
			} else {
				query += " and " + c.on() + " " + enough
			}
			name += "_" + c.thenName()
		case len(c.by) > 0:
			seen := min(remembered, c.kept())
			query = count + " or 0 * " + derive.Aggregate("max", c.by, "last_over_time("+now+"["+metric.FormatDuration(seen)+"])")
		default:
			query = count + " or on () vector(0)"
		}
		score = c.record(c.by, c.topic(), name, query, c.method.Unit, c.feature(m)...)
	}
	score = c.family(score)
	var summary, detail []spec.TemplatePart
	if c.method.Name == "rate" {
		summary = text(c.who(), " is at ", derive.Value(), " of its traffic "+c.thenWords())
		detail = text("The limit is ", derive.Threshold(), "; 0 is silence.")
	} else {
		summary = text(c.who(), " is silent: ", derive.Value(), " predictions in "+c.recently())
		detail = text("At least ", derive.Threshold(), " is expected.")
		if of == ofThen {
			detail = text("At least ", derive.Threshold(), " is expected: there were at least "+c.least()+" "+c.thenWords()+".")
		}
	}
	c.alert(alarm{query: score, summary: summary, detail: detail})
	c.pane(pane{title: c.title(), text: c.method.Title + " in " + c.recently() + ". " + c.method.Reading, queries: []spec.PanelQuery{c.result(c.method.Name, score)}, unit: c.method.Unit, limits: true})
	if of == ofThen && !c.several() {
		c.pane(pane{
			title: c.title() + ": now and then", text: "Predictions in " + c.recently() + ", and " + c.thenWords() + ".",
			queries: append([]spec.PanelQuery{c.query("now", now)}, c.pastQueries(now)...),
		})
	}
}

// predictions counts the predictions of one metric; false after reporting.
func (c *check) predictions(m *metric.Metric) (string, bool) {
	if !c.checkBy(m) || !c.takes(m, metric.Counter, metric.Histogram, metric.NativeHistogram, metric.Summary) {
		return "", false
	}
	name := m.Name
	if m.Type != metric.Counter {
		name += metric.Count.Suffix()
	}
	return c.counts(c.by, c.series(name)), true
}

// kept is how long samples can be read back.
func (c *check) kept() time.Duration {
	if kept := c.Workspace.Retention.Value; kept > 0 {
		return kept
	}
	return remembered
}
