package checks

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Regression and calibration: sums that only grow, of which the growth in the window is divided by that of a count.

// evaluateValues judges predicted values by sums of their errors.
func (c *check) evaluateValues() {
	if c.unusedClasses() || c.unused(c.spec.Across.Span, c.spec.Across.Given(), "across", "errors are of one value") {
		return
	}
	own := *c.method // the unit is that of the value
	c.method = &own
	for _, part := range []string{partAbsolute, partPredicted, partActual} {
		if c.part(part) != nil && c.method.Unit.IsZero() {
			c.method.Unit = c.metricOf(part).Unit
		}
	}
	sums := c.sums(c.by)
	n := sums[partCount]
	query := ""
	switch c.method.Name {
	case "mae":
		query = sums[partAbsolute] + " / (" + n + " > 0)"
	case "rmse":
		query = "sqrt(" + sums[partSquared] + " / (" + n + " > 0))"
	case "bias":
		query = "(" + sums[partPredicted] + " - " + sums[partActual] + ") / (" + n + " > 0)"
	case "r2":
		query = "1 - " + sums[partSquared] + " / ((" + sums[partActualSquared] + " - " + sums[partActual] + " ^ 2 / (" + n + " > 0)) > 0)"
	case "brier":
		query = sums[partSquared] + " / (" + n + " > 0)"
	}
	covered := c.covered(c.total(n))
	score := c.record(c.by, c.metrics[0].Name, c.over(c.method.Name), c.judged(query, covered, n), c.method.Unit)
	c.rate(rated{query: score, labels: c.total(n)})
	c.pane(pane{
		title: c.title() + ": truths", text: "How many predictions got a truth in " + c.recently() + ". Below " + decimal.NewFromInt(c.minSamples).String() + " the score says nothing.",
		queries: []spec.PanelQuery{c.query("truths", n)},
	})
}

// unusedClasses reports keys of a classification.
func (c *check) unusedClasses() bool {
	for _, k := range []struct {
		at  diag.Located[string]
		key string
	}{{c.spec.Truth, "truth"}, {c.spec.Predicted, "predicted"}, {c.spec.Class, "class"}} {
		if c.unused(k.at.Span, k.at.Given(), k.key, "it is for a counter by class") {
			return true
		}
	}
	return false
}

// sums records how much each part of the method grew.
func (c *check) sums(level []string) map[string]string {
	sums := map[string]string{}
	for _, part := range c.method.Parts {
		m := c.metricOf(part)
		sums[part] = c.record(level, m.Name, c.over("increase"), c.counts(level, c.series(m.Name))+" >= 0", m.Unit)
	}
	return sums
}

// evaluateCalibration compares confidence and accuracy in each bin of confidence.
func (c *check) evaluateCalibration() {
	if c.unusedClasses() {
		return
	}
	counted := c.metricOf(partCount)
	if !c.spec.Across.Given() && counted.Across == "" {
		c.errorf(c.part(partCount).Span, "which label of `%s` holds the bin of confidence?", counted.Name).WithHelp("say it: `across: LABEL`").See(counted.Span, "the metric")
		return
	}
	bin, ok := c.named(counted)
	if !ok {
		return
	}
	for _, by := range c.spec.By {
		if by.Value == bin.Name {
			c.errorf(by.Span, "`by: [%s]` divides what belongs together: it is the bin", by.Value).WithHelp("leave it out")
			return
		}
	}
	for _, part := range c.method.Parts {
		if m := c.metricOf(part); !c.OnTargets(m.Source, bin.Name) {
			if _, has := m.Label(bin.Name); !has {
				c.errorf(c.part(part).Span, "`%s` has no label `%s`, which holds the bin", m.Name, bin.Name).WithHelp("count it by bin, too").See(m.Span, "the metric")
				return
			}
		}
	}
	sums := c.sums(append(slices.Clone(c.by), bin.Name))
	n := sums[partCount]
	or0 := func(part string) string { return "(" + sums[part] + " or 0 * " + n + ")" }
	gap := "abs(" + or0(partCorrect) + " - " + or0(partConfidence) + ")"
	query := c.total(gap) + " / (" + c.total(n) + " > 0)"
	if c.method.Name == "mce" {
		query = derive.Aggregate("max", c.by, gap+" / ("+n+" > 0)")
	}
	covered := c.covered(c.total(n))
	score := c.record(c.by, c.metrics[0].Name, c.over(c.method.Name), c.judged(query, covered, n), c.method.Unit)
	byBin := func(part string) string {
		of := []string{bin.Name}
		return derive.Aggregate("sum", of, or0(part)) + " / (" + derive.Aggregate("sum", of, n) + " > 0)"
	}
	c.rate(rated{query: score, labels: c.total(n), detail: []spec.TemplatePart{
		derive.Say(" Furthest off: "), derive.List("topk"+c.within()+"(3, "+derive.Aggregate("sum", append(slices.Clone(c.by), bin.Name), gap+" / ("+n+" > 0)")+")", metric.Ratio(), bin.Name, c.by...), derive.Say("."),
	}})
	c.pane(pane{
		title: c.title() + ": confidence and accuracy", typ: "barchart", unit: metric.Ratio(), width: 16, max: "1",
		text: "Mean confidence of each bin next to the share that was right, over " + c.recently() + ". Bars of the same height are a calibrated model; confidence above accuracy is a model that is too sure.",
		queries: []spec.PanelQuery{
			{Legend: derive.Made("confidence"), Text: derive.Query(byBin(partConfidence))},
			{Legend: derive.Made("accuracy"), Text: derive.Query(byBin(partCorrect))},
		},
	})
}
