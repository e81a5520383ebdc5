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

var evaluation = &Kind{
	Name:  spec.CheckEvaluation,
	Title: "predictions against the truth",
	Doc: "Measures how good the predictions were, once the truth is known: the service counts each pair of truth and prediction when the truth arrives, in the hours or weeks after. How good is good enough only you know, so that `alert` has no default: give a limit, or `off`. " +
		"Classes need one counter, by true and predicted class. The other methods are made of parts, metrics that belong together, as in `evaluation: {squared: error_squared_total, count: labels_total}`: " +
		"`positive` and `negative` for auc and ks, histograms of the scores of either (or one histogram, with `truth` and `class`); `count` with `absolute` for mae, with `squared` for rmse and brier, with `predicted` and `actual` for bias, " +
		"with `squared`, `actual` and `actual_squared` for r2; `count`, `correct` and `confidence` for ece and mce, by the label `across` that holds the bin.",
	Window:     24 * time.Hour,
	MinSamples: 100,
	Methods:    slices.Concat(classQuality, scoreQuality, valueQuality, calibrations),
	Pitfalls: []string{
		"What is judged is what got a truth in the window, not what was predicted in it: with `delay: 3d` an alert is about predictions of three days ago.",
		"A truth that arrives for some predictions only, say for those that were approved, judges those only: `coverage` shows how many have one.",
		"With `coverage` and `delay` nothing is said before the rules have run for that delay.",
		"A sum of signed errors is no counter: it falls, and Prometheus reads each fall as a restart. Count the sum of predicted and the sum of actual values; the difference is the bias.",
		"AUC is of bucketed scores: scores that fall into one bucket are ties. AUC and KS need `min_samples` positives, and as many negatives.",
		"A class is judged alone only where it has 30 samples, or `min_samples` if that is less.",
		"A counter that is born with its first event loses that event: initialise each pair of classes with 0.",
	},
	Questions: []string{
		"Is the truth complete and right, or does its source fail?",
		"Did inputs or classes drift at the time of the predictions?",
		"Was another version of the model served then?",
	},
	Example: `- evaluation: labeled_predictions_total
  truth: actual
  predicted: predicted
  method: macro_f1
  alert: 0.8
`,
	Metrics: `labeled_predictions_total:
  type: counter
  labels: {actual: [cat, dog, bird], predicted: [cat, dog, bird]}
`,
	signal: "Prediction quality", order: 60,
}

func makeEvaluation(c *check) {
	ok := true
	switch {
	case len(c.spec.Parts) > 0:
		ok = c.useParts()
	case len(c.metrics) != 1:
		c.errorf(c.spec.Kind.Span, "an evaluation of nothing").WithHelp("name the counter by true and predicted class, or the parts: `evaluation: {squared: error_squared_total, count: labels_total}`")
		return
	case !c.takes(c.metrics[0], metric.Counter, metric.Histogram) || !c.checkBy(c.metrics[0]):
		return
	case c.metrics[0].Type == metric.Histogram:
		ok = c.useWhole(ofScores)
	default:
		ok = c.useWhole(ofClasses)
	}
	if !ok || !c.checkLimits() || !c.needsLimit() || !c.checkRuns(nil) || !c.checkDelay() {
		return
	}
	switch c.method.Of {
	case ofClasses:
		c.evaluateClasses(c.metrics[0])
	case ofScores:
		c.evaluateScores()
	case ofValues:
		c.evaluateValues()
	case ofCalibration:
		c.evaluateCalibration()
	}
}

// useWhole finds the method of an evaluation of one metric; false after reporting.
func (c *check) useWhole(of string) bool {
	for _, m := range c.kind.Methods {
		if m.Name != c.spec.Method.Value || m.Of == of {
			continue
		}
		d := c.errorf(c.spec.Method.Span, "`%s` cannot be told from one %s", m.Name, c.metrics[0].Type).See(c.metrics[0].Span, "the metric")
		switch {
		case m.Of == ofClasses:
			d.WithHelp("name a counter by true and predicted class")
		case m.Name == "bias":
			d.WithHelp("name its parts: `evaluation: %s`; a counter of signed errors would fall, and each fall would be read as a restart", partsOf(m))
		default:
			d.WithHelp("name its parts: `evaluation: %s`", partsOf(m))
		}
		return false
	}
	return c.useMethod(of)
}

// partsOf shows how the parts of a method are written.
func partsOf(m *Method) string { return "{" + strings.Join(m.Parts, ": …, ") + ": …}" }

// useParts finds the method that the parts are for, and their metrics; false after reporting.
func (c *check) useParts() bool {
	if name := c.spec.Method; name.Given() {
		if !c.useMethod("") {
			return false
		}
		if len(c.method.Parts) == 0 {
			c.errorf(name.Span, "`%s` is counted by class, not in parts", c.method.Name).WithHelp("name the counter by true and predicted class: `evaluation: METRIC`")
			return false
		}
	} else if c.method = c.methodOfParts(); c.method == nil {
		c.errorf(c.spec.Kind.Span, "no method is made of these parts alone").WithHelp("they belong together like this: %s", c.allParts())
		return false
	}
	for _, name := range c.method.Parts {
		if c.part(name) == nil {
			c.errorf(c.spec.Kind.Span, "`%s` needs `%s`", c.method.Name, name).WithHelp("add the metric: `evaluation: %s`", partsOf(c.method))
			return false
		}
	}
	seen := map[string]spec.CheckPart{}
	for _, p := range c.spec.Parts {
		if !slices.Contains(c.method.Parts, p.Part.Value) {
			c.errorf(p.Part.Span, "`%s` has no use for `%s`", c.method.Name, p.Part.Value).WithHelp("leave it out, or name the method that is meant")
			return false
		}
		if other, again := seen[p.Metric.Value]; again {
			c.errorf(p.Metric.Span, "`%s` is `%s` and `%s`", p.Metric.Value, other.Part.Value, p.Part.Value).WithHelp("each part has its own metric").See(other.Metric.Span, "the other part")
			return false
		}
		seen[p.Metric.Value] = p
		if !c.usePart(p) {
			return false
		}
	}
	c.thing.Source = c.metrics[0].Source
	return true
}

// methodOfParts is the method that needs just the parts that are there, else one that needs some of them.
func (c *check) methodOfParts() (found *Method) {
	for _, m := range c.kind.Methods {
		if len(m.Parts) == 0 || slices.ContainsFunc(m.Parts, func(name string) bool { return c.part(name) == nil }) {
			continue
		}
		if len(m.Parts) == len(c.spec.Parts) {
			return m
		}
		if found == nil {
			found = m
		}
	}
	return found
}

func (c *check) allParts() string {
	var list []string
	for _, m := range c.kind.Methods {
		if len(m.Parts) > 0 {
			list = append(list, m.Name+" "+partsOf(m))
		}
	}
	return strings.Join(list, ", ")
}

// usePart looks up the metric of a part; false after reporting.
func (c *check) usePart(p spec.CheckPart) bool {
	m := c.metric(p.Metric)
	if m == nil {
		return false
	}
	want := metric.Counter
	if c.method.Of == ofScores {
		want = metric.Histogram
	}
	if m.Type != want {
		c.errorf(p.Metric.Span, "`%s` is a %s, and `%s` of `%s` is a %s", m.Name, m.Type, p.Part.Value, c.method.Name, want).WithHelp("name another metric, or correct its `type`").See(m.Span, "the metric")
		return false
	}
	c.metrics = append(c.metrics, m)
	return c.checkBy(m)
}

// part is the metric of a part as it was written; nil: there is none.
func (c *check) part(name string) *diag.Located[string] {
	for i, p := range c.spec.Parts {
		if p.Part.Value == name {
			return &c.spec.Parts[i].Metric
		}
	}
	return nil
}

// metricOf is the metric of a part, which is there.
func (c *check) metricOf(part string) *metric.Metric { return c.Metric(c.part(part).Value) }

// needsLimit reports a check without a limit, whose method has no default.
func (c *check) needsLimit() bool {
	if c.spec.NoAlert || c.alertLimit().Given() {
		return true
	}
	c.errorf(c.spec.Kind.Span, "nothing says which %s is too %s", c.method.Title, map[spec.Op]string{spec.Below: "low", spec.Above: "high"}[c.method.Op]).
		WithHelp("write what you promise, as in `alert: %s`; `alert: off` makes a panel and no alert", c.exampleLimit())
	return false
}

func (c *check) exampleLimit() string {
	switch {
	case c.method.High == "":
		return "10"
	case c.method.Op == spec.Below:
		return "0.9"
	}
	return "0.1"
}

// unused reports a key that the method does not look at; true if it was given.
func (c *check) unused(at diag.Span, given bool, key, why string) bool {
	if given {
		c.errorf(at, "`%s` has no effect on `%s`", key, c.method.Name).WithHelp("leave it out: %s", why)
	}
	return given
}

// rated is a score with all that is said about it.
type rated struct {
	// query reads what was recorded, guard keeps what the alert may judge; empty: all.
	query, guard string
	// of are labels of the score beside those of `by`: the class.
	of []string
	// labels is the query of how many samples had a truth.
	labels string
	// detail of the alert's text, beside the number of samples.
	detail []spec.TemplatePart
}

// rate alerts on the score and draws it.
func (c *check) rate(r rated) {
	alerted := r.query
	if c.method.Low == "" && c.method.High == "" { // both signs are bad
		alerted = "abs(" + alerted + ")"
	}
	alerted += r.guard
	what := c.method.Title
	summary := []spec.TemplatePart{derive.Say(what + " is "), derive.Value()}
	if len(r.of) > 0 {
		summary = []spec.TemplatePart{derive.Say(what + " of class "), derive.Label(r.of[0]), derive.Say(" is "), derive.Value()}
	} else if c.spec.Class.Given() && c.method.Of == ofClasses {
		summary[0] = derive.Say(what + " of class " + c.spec.Class.Value + " is ")
	}
	summary = append(summary, derive.Say(" over "+c.recently()+", "+string(c.method.Op)+" "), derive.Threshold())
	detail := []spec.TemplatePart{derive.Say("Judged by "), derive.Ask(r.labels, metric.Unit{}, c.by...), derive.Say(" predictions with a truth" + c.late() + ".")}
	c.alert(alarm{query: alerted, summary: summary, detail: append(detail, r.detail...)})
	text := c.method.Reading
	if c.spec.Delay.Given() {
		text += " The truth comes " + words(c.spec.Delay.Value) + " late."
	}
	score := pane{title: c.title(), text: text, queries: []spec.PanelQuery{c.query(c.method.Title, r.query, r.of...)}, unit: c.method.Unit, limits: true}
	if alerted != r.query && r.guard == "" {
		score.queries = append(score.queries, c.query("size of it", alerted, r.of...))
	}
	c.pane(score)
	if n := len(c.panels) - 1; n > 0 { // the score comes first
		c.panels = slices.Insert(c.panels[:n:n], 0, c.panels[n])
	}
}

// before is how long ago something else was judged: a window, or a run.
func (c *check) before() time.Duration {
	if c.scheduled() {
		return max(c.window, c.Model.Traffic.Every)
	}
	return c.window
}

// late says when what is judged was predicted.
func (c *check) late() string {
	if !c.spec.Delay.Given() {
		return ""
	}
	return ", which were made about " + words(c.spec.Delay.Value) + " before"
}
