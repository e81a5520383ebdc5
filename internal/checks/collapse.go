package checks

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

var collapse = &Kind{
	Name:       spec.CheckCollapse,
	Title:      "one class dominates",
	Doc:        "Looks at how the answers of the last hour are spread over the classes. A model that answers the same to everything is broken, or is fed the same input: an empty image, a default row. It needs neither labels nor a past.",
	Window:     time.Hour,
	MinSamples: 100,
	Methods: []*Method{
		{
			Name: "share", Title: "Share of the biggest class", Formula: "max q", Source: "arithmetic",
			Op: spec.Above, Low: "0", High: "1", Unit: metric.Ratio(), Warn: "0.9", Alert: "0.95",
			Reading: "1 means that every answer is the same.",
		},
		{
			Name: "entropy", Title: "Entropy", Formula: "−Σ q · ln q / ln K, K the number of declared classes", Source: "Shannon, A Mathematical Theory of Communication, 1948; Pielou's evenness",
			Op: spec.Below, Low: "0", Unit: plain, Warn: "0.4", Alert: "0.2",
			Reading: "1 means that all classes are equally frequent, 0 that every answer is the same.",
		},
	},
	Pitfalls: []string{
		"A class that is rare by nature, such as fraud, makes the other one dominate: set the limit above its normal share.",
		"Classes that the spec does not list count as one, `__other__`; with many of them the entropy can pass 1.",
	},
	Questions: []string{"Do the inputs still differ from each other?", "Did a feature become constant, or null?"},
	Example: `- collapse: predictions_total
  across: class
`,
	Metrics: `predictions_total: {type: counter, labels: {class: [cat, dog, bird]}}
`,
	signal: "Class collapse", order: 52,
}

func makeCollapse(c *check) {
	if !c.useMethod("") {
		return
	}
	var score, share, label string
	for _, m := range c.metrics {
		if !c.checkBy(m) || !c.takes(m, metric.Counter) {
			return
		}
		across, ok := c.classLabel(m)
		if !ok {
			return
		}
		classes := max(len(across.Values.Exactly), across.Values.AtMost)
		if classes == 1 || classes == 0 && c.method.Name == "entropy" {
			c.errorf(c.subject(m), "how many classes does the label `%s` of `%s` have?", across.Name, m.Name).
				WithHelp("list them, two at least: `labels: {%s: [cat, dog]}`", across.Name).See(m.Span, "the metric")
			return
		}
		label = across.Name
		b := c.countClasses(m, across, side{})
		total := derive.Aggregate("sum", c.by, b.counts)
		level := append(slices.Clone(c.by), b.label)
		share = c.record(level, m.Name, c.over("share"), b.counts+" / "+c.on()+" group_left () "+c.atLeast(total), metric.Ratio(), c.feature(m)...)
		query := derive.Aggregate("max", c.by, share)
		if c.method.Name == "entropy" {
			// A class without answers adds nothing: 0 · ln 0 is 0.
			ln, err := decimal.NewFromInt(int64(classes)).Ln(18)
			if err != nil { // of two classes and more there is one
				c.errorf(c.subject(m), "the entropy of %d classes cannot be computed: %s", classes, err)
				return
			}
			query = "0 - " + derive.Aggregate("sum", c.by, "("+share+" > 0) * ln("+share+")") + " / " + ln.String()
		}
		score = c.record(c.by, c.topic(), c.over(c.scoreName()), query, c.method.Unit, c.feature(m)...)
	}
	score = c.family(score)
	summary := text("answers of ", c.who(), " collapse: the biggest class has ", derive.Value())
	if c.method.Name == "entropy" {
		summary = text("answers of ", c.who(), " collapse: their entropy is ", derive.Value())
	}
	detail := text("The limit is ", derive.Threshold(), ". ")
	if !c.several() {
		detail = text("Biggest in "+c.recently()+": ", derive.List(derive.Aggregate("topk", c.by, "3, "+derive.Aggregate("sum", append(slices.Clone(c.by), label), share)), metric.Ratio(), label, c.by...), ".")
	}
	c.alert(alarm{query: score, summary: summary, detail: detail})
	c.pane(pane{title: c.title(), text: c.method.Title + ". " + c.method.Reading, queries: []spec.PanelQuery{c.result(c.method.Name, score)}, unit: c.method.Unit, limits: true})
	if !c.several() {
		c.pane(pane{
			title: c.title() + ": classes", width: 16, unit: metric.Ratio(), text: "Share of each " + label + " in " + c.recently() + ". A line that climbs to the top takes over.",
			queries: []spec.PanelQuery{c.query("", derive.Aggregate("sum", append(slices.Clone(c.by), label), share), label)},
		})
	}
}

// scoreName is the score in names of records.
func (c *check) scoreName() string {
	if c.method.Name == "share" {
		return "max_share"
	}
	return c.method.Name
}
