package checks

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// A truth comes late, and not for each prediction. How many have one is the coverage: truths that came in the window,
// of the predictions that were made one delay before.

// checkDelay reports a delay that reaches beyond what is kept, and a coverage of what is no count of predictions.
func (c *check) checkDelay() bool {
	delay, kept := c.spec.Delay, c.Workspace.Retention.Value
	if kept > 0 && delay.Value+c.window > kept {
		c.errorf(delay.Span, "predictions of %s ago are not kept: Prometheus keeps %s", metric.FormatDuration(delay.Value), metric.FormatDuration(kept)).
			WithHelp("set `prometheus: retention` in mlobs.yaml, or leave `delay` out")
		return false
	}
	name := c.spec.Coverage
	if !name.Given() {
		return true
	}
	m := c.metric(name)
	switch {
	case m == nil:
		return false
	case m.Type != metric.Counter:
		c.errorf(name.Span, "`%s` is a %s, and predictions are counted by a counter", m.Name, m.Type).WithHelp("name another metric, or correct its `type`").See(m.Span, "the metric")
		return false
	case slices.ContainsFunc(c.metrics, func(of *metric.Metric) bool { return of.Name == m.Name }):
		c.errorf(name.Span, "`%s` counts what has a truth, not all predictions", m.Name).WithHelp("name the counter of all predictions")
		return false
	}
	return c.checkBy(m)
}

// covered records the coverage of what had a truth, and returns what keeps a score where it is enough; empty: all.
func (c *check) covered(labels string) string {
	name := c.spec.Coverage
	if !name.Given() {
		return ""
	}
	m := c.Metric(name.Value)
	made := c.record(c.by, m.Name, c.over("increase"), c.counts(c.by, c.series(m.Name))+" >= 0", metric.Unit{})
	ago := ""
	if c.spec.Delay.Given() {
		made, ago = c.past(made, c.spec.Delay.Value), " made "+words(c.spec.Delay.Value)+" before"
	}
	share := c.record(c.by, m.Name, c.over("label_coverage"),
		"("+labels+" or "+c.on()+" 0 * "+made+") / "+c.on()+" ("+made+" >= "+c.least()+")", metric.Ratio())
	p := pane{
		title: c.title() + ": predictions with a truth", unit: metric.Ratio(), max: "1",
		text:    "Truths that came in " + c.recently() + ", of the predictions" + ago + ". Where it falls the score is about fewer and fewer of them.",
		queries: []spec.PanelQuery{c.query("coverage", share)},
	}
	least := c.spec.MinCoverage
	if !least.Given() {
		c.pane(p)
		return ""
	}
	p.text += " Below " + least.Value + " the score says nothing."
	c.pane(p)
	c.panels[len(c.panels)-1].Limits = derive.Made(camel(c.name) + coverageSuffix)
	c.alert(alarm{
		suffix: coverageSuffix, plain: true, query: share, op: spec.Below, limit: least,
		summary: []spec.TemplatePart{derive.Say("only "), derive.Value(), derive.Say(" of the predictions have a truth")},
		detail: []spec.TemplatePart{
			derive.Say("Of the predictions" + ago + " "), derive.Value(), derive.Say(" got a truth in " + c.recently() + "; below "), derive.Threshold(),
			derive.Say(" the check `" + c.name + "` says nothing."),
		},
	})
	limit, err := metric.Quantity(least.Value, metric.Ratio())
	if err != nil {
		return "" // the loader has read it
	}
	return "\n  and " + c.on() + " " + share + " >= " + limit.String()
}

const coverageSuffix = "Coverage"

// judged keeps a score where there are enough samples and truths.
func (c *check) judged(score, covered string, counts ...string) string {
	return c.enough("("+score+")", counts...) + covered
}
