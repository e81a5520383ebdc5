package checks

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Classification: a counter by true and predicted class. No class needs to be listed: the diagonal is found by a
// join, and a class that is on one side only is zero on the other.

// classLabel is the label of what is recorded by class.
const classLabel = "class"

// byClass are methods that have a value for each class.
var byClass = []string{"precision", "recall", "f1", "fpr"}

// confusion is what is recorded of a counter by truth and prediction, for the window.
type confusion struct {
	// cells by truth and prediction; by class: how often it was true, predicted, and both.
	cells, truths, predictions, correct string
}

func (c *check) evaluateClasses(m *metric.Metric) {
	truth, predicted, ok := c.classLabels(m)
	if !ok {
		return
	}
	f := c.confuse(m, truth, predicted)
	covered := c.covered(c.total(f.cells))
	r := rated{labels: c.total(f.cells)}
	query := c.classScore(f)
	least := decimal.NewFromInt(min(max(c.minSamples, 1), fewest)).String()
	switch {
	case !slices.Contains(byClass, c.method.Name):
	case c.spec.Class.Given():
		one := metric.Matcher{Label: classLabel, Op: metric.Equal, Value: c.spec.Class.Value}
		query = derive.Aggregate("sum", c.by, query)
		r.guard = "\n  and " + c.on() + " " + c.total(c.support(f.narrow(one), f)) + " >= " + least
	default:
		r.of = []string{classLabel}
		r.guard = "\n  and on " + derive.Labels(c.classes()) + " " + derive.Aggregate("sum", c.classes(), c.support(f, f)) + " >= " + least
	}
	r.query = c.record(append(slices.Clone(c.by), r.of...), m.Name, c.over(c.method.Name), c.judged(query, covered, f.cells), c.method.Unit)
	r.detail = []spec.TemplatePart{
		derive.Say(" Classes that are missed most, by recall: "), derive.List("bottomk"+c.within()+"(3, "+derive.Aggregate("sum", c.classes(), f.correct+" / ("+f.truths+" > 0)")+")", metric.Ratio(), classLabel, c.by...), derive.Say("."),
	}
	c.rate(r)
	c.pane(pane{
		title: c.title() + ": classes", typ: "barchart", unit: metric.Ratio(), width: 16,
		text: "Of each class: the share of its cases that were found (recall), and the share of what was said to be of it that was (precision), over " + c.recently() + ".",
		queries: []spec.PanelQuery{
			{Legend: derive.Made("recall"), Text: derive.Query(share(f.correct, f.truths))},
			{Legend: derive.Made("precision"), Text: derive.Query(share(f.correct, f.predictions))},
		},
	})
}

// fewest samples that a class alone needs before its score alerts, if the check does not need fewer of all.
const fewest = 30

// share is a part of a whole by class, whatever else the records have.
func share(part, whole string) string {
	of := []string{classLabel}
	return derive.Aggregate("sum", of, part) + " / (" + derive.Aggregate("sum", of, whole) + " > 0)"
}

// classLabels are the labels of the true and the predicted class; false after reporting.
func (c *check) classLabels(m *metric.Metric) (truth, predicted metric.Label, ok bool) {
	if c.unused(c.spec.Across.Span, c.spec.Across.Given(), "across", "`truth` and `predicted` name the labels of the class") {
		return truth, predicted, false
	}
	for _, l := range []struct {
		name        diag.Located[string]
		key, holder string
		into        *metric.Label
	}{{c.spec.Truth, "truth", "true", &truth}, {c.spec.Predicted, "predicted", "predicted", &predicted}} {
		if own, has := m.Label(l.key); has && !l.name.Given() { // its name says it
			l.name = diag.At(own.Name, c.subject(m))
		}
		if !l.name.Given() {
			c.errorf(c.subject(m), "which label of `%s` holds the %s class?", m.Name, l.holder).WithHelp("say it: `%s: LABEL`", l.key).See(m.Span, "the metric")
			return truth, predicted, false
		}
		if *l.into, ok = c.label(m, l.name); !ok {
			return truth, predicted, false
		}
	}
	if truth.Name == predicted.Name {
		c.errorf(cmp.Or(c.spec.Predicted.Span, c.subject(m)), "`%s` is the truth, too", predicted.Name).WithHelp("name the label that holds what was predicted").See(cmp.Or(c.spec.Truth.Span, truth.Span), "the truth")
		return truth, predicted, false
	}
	for _, by := range c.spec.By {
		if slices.Contains([]string{truth.Name, predicted.Name, classLabel}, by.Value) {
			c.errorf(by.Span, "`by: [%s]` divides what belongs together: it is a label of the class", by.Value).WithHelp("leave it out; results by class have the label `%s`", classLabel)
			return truth, predicted, false
		}
	}
	class := c.spec.Class
	if !class.Given() {
		return truth, predicted, true
	}
	if !slices.Contains(byClass, c.method.Name) {
		return truth, predicted, !c.unused(class.Span, true, "class", "it is about all classes")
	}
	if listed := slices.Concat(truth.Values.Exactly, predicted.Values.Exactly); len(truth.Values.Exactly) > 0 && len(predicted.Values.Exactly) > 0 && !slices.Contains(listed, class.Value) {
		c.errorf(class.Span, "`%s` has no class `%s`", m.Name, class.Value).WithHelp("%s", diag.DidYouMean(class.Value, listed, "declare it among the values of `"+truth.Name+"` and `"+predicted.Name+"`")).See(truth.Span, "the classes")
		return truth, predicted, false
	}
	return truth, predicted, true
}

// classes are the labels of what is recorded by class.
func (c *check) classes() []string { return append(slices.Clone(c.by), classLabel) }

// within is ` by (…)` of an operator that looks at each result of the check; empty if there is one.
func (c *check) within() string {
	if len(c.by) == 0 {
		return ""
	}
	return " by " + derive.Labels(c.by) + " "
}

// total is the sum for each value of `by`.
func (c *check) total(expr string) string { return derive.Aggregate("sum", c.by, expr) }

// confuse records the counts.
func (c *check) confuse(m *metric.Metric, truth, predicted metric.Label) confusion {
	pair := append(slices.Clone(c.by), truth.Name, predicted.Name)
	f := confusion{cells: c.record(pair, m.Name, c.over("increase"), c.counts(pair, c.series(m.Name))+" >= 0", metric.Unit{})}
	ofClass := func(expr, from string) string {
		return derive.Aggregate("sum", c.classes(), "label_replace("+expr+", "+quote(classLabel)+`, "$1", `+quote(from)+`, "(.*)")`)
	}
	side := func(label string) string {
		return ofClass(derive.Aggregate("sum", append(slices.Clone(c.by), label), f.cells), label)
	}
	records := func(operation, query string) string {
		return c.record(c.classes(), m.Name, c.over(operation), query, metric.Unit{})
	}
	f.truths = records("truths", side(truth.Name)+"\n  or 0 * "+side(predicted.Name))
	f.predictions = records("predictions", side(predicted.Name)+"\n  or 0 * "+side(truth.Name))
	diagonal := f.cells + " and on " + derive.Labels(pair) + " label_replace(" + derive.Aggregate("group", append(slices.Clone(c.by), truth.Name), f.cells) + ", " +
		quote(predicted.Name) + `, "$1", ` + quote(truth.Name) + `, "(.*)")`
	f.correct = records("correct", ofClass(diagonal, truth.Name)+"\n  or 0 * "+derive.Aggregate("sum", c.classes(), f.truths))
	return f
}

// narrow looks at some classes only.
func (f confusion) narrow(one metric.Matcher) confusion {
	return confusion{cells: f.cells, truths: narrow(f.truths, one), predictions: narrow(f.predictions, one), correct: narrow(f.correct, one)}
}

// narrow adds a matcher to a selector of a record, which has one already: `check`.
func narrow(selector string, one metric.Matcher) string {
	return selector[:len(selector)-1] + "," + promql.MatcherText(one) + "}"
}

// support is how many samples there are to judge a class by: those of the class of which are all.
func (c *check) support(of, all confusion) string {
	switch c.method.Name {
	case "recall":
		return of.truths
	case "fpr":
		return c.others(of, all)
	}
	return "(" + of.truths + " + " + of.predictions + ")"
}

// others is how many samples truly are of another class.
func (c *check) others(of, all confusion) string {
	return "(" + c.total(all.truths) + " - " + c.on() + " group_right () " + of.truths + ")"
}

// classScore is the score of the method; of methods by class one for each, or that of `class`.
func (c *check) classScore(f confusion) string {
	of := f
	if c.spec.Class.Given() {
		of = f.narrow(metric.Matcher{Label: classLabel, Op: metric.Equal, Value: c.spec.Class.Value})
	}
	average := func(expr string) string { return derive.Aggregate("avg", c.by, expr) }
	k, p, t := of.correct, of.predictions, of.truths
	found := k + " / (" + t + " > 0)"
	precision := k + " / (" + p + " > 0) or 0 * (" + t + " > 0)"
	recall := found + " or 0 * (" + p + " > 0)"
	f1 := "2 * " + k + " / ((" + t + " + " + p + ") > 0)"
	chance := c.total(t + " * " + p)
	agreement := "(" + c.total(k) + " * " + c.total(t) + " - " + chance + ")"
	switch c.method.Name {
	case "accuracy", "micro_f1":
		return c.total(k) + " / (" + c.total(t) + " > 0)"
	case "precision":
		return precision
	case "recall":
		return recall
	case "f1":
		return f1
	case "fpr":
		return "(" + p + " - " + k + ") / (" + c.others(of, f) + " > 0) and (" + t + " + " + p + ") > 0"
	case "macro_f1":
		return average(f1)
	case "weighted_f1":
		return c.total(f1+" * "+t) + " / (" + c.total(t) + " > 0)"
	case "macro_precision":
		return average(precision)
	case "macro_recall":
		return average(recall)
	case "balanced_accuracy":
		return average(found)
	case "kappa":
		return agreement + " / ((" + c.total(t) + " * " + c.total(p) + " - " + chance + ") > 0)"
	case "mcc":
		// Squares of sums less sums of squares: exactly zero where one class has all.
		spread := func(of string) string { return "(" + c.total(of) + " ^ 2 - " + c.total(of+" ^ 2") + ")" }
		return agreement + " / (sqrt(" + spread(p) + " * " + spread(t) + ") > 0) or 0 * " + c.total(t)
	}
	return ""
}
