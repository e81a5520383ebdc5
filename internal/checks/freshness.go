package checks

import (
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

var freshness = &Kind{
	Name:  spec.CheckFreshness,
	Title: "a feature, or the model itself, is old",
	Doc:   "Looks at a gauge that holds a time: when a feature was updated, or the model was trained. Its age is the time since; of several copies the newest counts. A gauge that still is 0 was never set: that is a state, and an alert, of its own, instead of an age of half a century.",
	Methods: []*Method{{
		Name: "age", Title: "Age", Formula: "now − max(timestamp), where timestamp > 0", Source: "Prometheus, instrumentation practices: timestamps, not time since",
		Op: spec.Above, Low: "0", Unit: metric.Seconds(),
		Reading: "It grows second by second, and falls with each update.",
	}},
	Pitfalls: []string{
		"A job that runs and writes nothing new may still set its timestamp: set it where the data is complete.",
		"Timestamps are seconds since 1970. Some languages count milliseconds: divide before exporting.",
	},
	Questions: []string{"Did the job that updates it run, and did it succeed?", "Is the answer of the model still worth anything with values this old?"},
	Example: `- freshness: feature_updated_timestamp_seconds
  by: [feature]
  alert: 1h
`,
	Metrics: `feature_updated_timestamp_seconds: {type: gauge, unit: timestamp, labels: {feature: [age, zip]}}
`,
	signal: "Freshness", order: 46,
}

func makeFreshness(c *check) {
	if refuse(c, "min_samples", c.spec.MinSamples, "of a timestamp: there is one", "leave it out") || !c.useMethod("") || !c.knownLimit("age", "1h") {
		return
	}
	var age, never string
	for _, m := range c.metrics {
		if !c.checkBy(m) || !c.takes(m, metric.Gauge) {
			return
		}
		if unit := m.Unit.Name; unit != "" && unit != "timestamp" && unit != metric.Seconds().Name {
			c.errorf(c.subject(m), "`%s` is in %s, and a time is in seconds since 1970", m.Name, unit).WithHelp("give it `unit: timestamp`").See(m.Span, "the metric")
			return
		}
		series := c.series(m.Name)
		age = c.record(c.by, c.topic(), "age", "time() - "+derive.Aggregate("max", c.by, series+" > 0"), metric.Seconds(), c.feature(m)...)
		never = c.record(c.by, c.topic(), "never_set", derive.Aggregate("max", c.by, series)+" == bool 0", metric.Unit{}, c.feature(m)...)
	}
	age, never = c.family(age), c.family(never)
	c.alert(alarm{
		query:   age,
		summary: text(c.who(), " is ", derive.Value(), " old"),
		detail:  text("It may be ", derive.Threshold(), " old."),
	})
	if limit := c.alertLimit(); limit.Given() {
		// One that was never set is not missed at once: the first update takes a while.
		var patience time.Duration
		if v, err := metric.Quantity(limit.Value, metric.Seconds()); err == nil {
			patience = min(time.Duration(v.IntPart())*time.Second, time.Hour)
		}
		c.alert(alarm{
			suffix: "NeverSet", query: never, op: spec.Above, limit: derive.Made("0"), waits: c.waitsAtLeast(patience),
			summary: text(c.who(), " was never set"),
			detail:  text("It is 0: no update has been seen since it is there."),
		})
	}
	c.pane(pane{title: c.title(), text: c.method.Reading + " What was never set has no age.", queries: []spec.PanelQuery{c.result("age", age)}, unit: metric.Seconds(), limits: true})
	if len(c.resultBy()) > 0 {
		c.pane(pane{
			title: c.title() + ": never set", typ: "stat", width: 4, text: "How many were never set since they are there.",
			queries: []spec.PanelQuery{{Legend: derive.Made("never set"), Text: derive.Query("sum(" + never + ")")}},
		})
	}
}
