package checks

import (
	"slices"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// fourFifths is the limit of ratios (29 CFR 1607.4(D)), tenth that of differences (AIF360).
const (
	fourFifths = "0.8"
	tenth      = "0.1"
)

var fairness = &Kind{
	Name:  spec.CheckFairness,
	Title: "groups are treated differently",
	Doc: "Compares a rate between groups of people: how often each is decided for, or, where the truth is counted too, how often rightly so. " +
		"The groups are the values of a label, `across`. A group whose rate is taken of less than `min_samples` is left out, and nothing is said before two are left. " +
		"A group that vanishes while others are there is an alert of its own.",
	Window:     24 * time.Hour,
	MinSamples: 100,
	Methods: []*Method{
		{
			Name: "four_fifths", Title: "four fifths", Formula: "share of positive decisions of each group / the largest of them, or that of `reference`, then in both directions", Source: "29 CFR 1607.4(D); aequitas (disparity, tau = 0.8)",
			Op: spec.Below, Low: "0", High: "1", Unit: metric.Ratio(), Alert: fourFifths,
			Reading: "A group below four fifths of the best one is held to be disadvantaged. The group is named.",
		},
		{
			Name: "parity_difference", Title: "demographic parity difference", Formula: "largest − smallest share of positive decisions", Source: "fairlearn (demographic_parity_difference)",
			Op: spec.Above, Low: "0", High: "1", Unit: metric.Ratio(), Alert: tenth,
			Reading: "0: all groups are decided for equally often. Above a tenth is commonly held to be unfair.",
		},
		{
			Name: "parity_ratio", Title: "demographic parity ratio", Formula: "smallest / largest share of positive decisions", Source: "fairlearn (demographic_parity_ratio)",
			Op: spec.Below, Low: "0", High: "1", Unit: metric.Ratio(), Alert: fourFifths,
			Reading: "1: all groups are decided for equally often. As four fifths, for all groups together.",
		},
		{
			Name: "equal_opportunity", Title: "equal opportunity difference", Formula: "largest − smallest true positive rate", Source: "Hardt 2016; fairlearn (equal_opportunity_difference)",
			Op: spec.Above, Low: "0", High: "1", Unit: metric.Ratio(), Alert: tenth,
			Reading: "Of those who truly are positive, one group is found less often than another.",
		},
		{
			Name: "equalised_odds", Title: "equalised odds difference", Formula: "the larger of the differences of true positive rates and of false positive rates", Source: "Hardt 2016; fairlearn (equalized_odds_difference)",
			Op: spec.Above, Low: "0", High: "1", Unit: metric.Ratio(), Alert: tenth,
			Reading: "As equal opportunity, and positive decisions that are wrong count, too.",
		},
		{
			Name: "predictive_parity", Title: "predictive parity", Formula: "smallest / largest precision of a group", Source: "aequitas (precision disparity)",
			Op: spec.Below, Low: "0", High: "1", Unit: metric.Ratio(), Alert: fourFifths,
			Reading: "A positive decision is right less often in one group than in another.",
		},
		{
			Name: "accuracy_gap", Title: "accuracy gap", Formula: "largest − smallest accuracy of a group", Source: "fairlearn (MetricFrame.difference of accuracy_score)",
			Op: spec.Above, Low: "0", High: "1", Unit: metric.Ratio(), Alert: tenth,
			Reading: "The model is right less often for one group than for another.",
		},
	},
	Pitfalls: []string{
		"`min_samples` is asked of what a rate is taken of: of the decisions for parity, but of those who truly are positive for equal opportunity.",
		"A group that is never decided for has a rate of 0 and counts; so it must not be left out because its series of positive decisions is missing.",
		"Differences between small groups come by chance: `significance: 0.01` asks for more than that.",
		"The measures contradict each other where groups differ in truth: choose the one that fits the harm.",
	},
	Questions: []string{"Did the people who apply change, or how they are decided about?", "Which input tells the groups apart?"},
	Example: `- fairness: decisions_total
  across: group
  positive: {decision: approved}
`,
	Metrics: `decisions_total:
  type: counter
  labels: {group: [a, b, c], decision: [approved, declined]}
`,
	signal: "Equal treatment", order: 65,
}

// groups of people, and what is recorded of them for the window, by group.
type grouped struct {
	m *metric.Metric
	// label holds the group, level are the labels of what is recorded.
	label string
	level []string
	// values are all groups; nil: not known.
	values []string
	// decisions are all, positive those for; actual truly are positive, hits are both. Empty: not needed.
	decisions, positive, actual, hits string
}

// rate is a share of each group.
type rate struct {
	// name in records, words in panels.
	name, words string
	// part of whole, both by group; negative: hits are no better than misses.
	part, whole string
	// value reads the recorded share, of those groups that have enough; of is the recorded whole.
	value, of string
}

func makeFairness(c *check) {
	if len(c.metrics) != 1 {
		c.errorf(c.spec.Kind.Span, "fairness looks at one metric, and these are several").WithHelp("write a check for each")
		return
	}
	m := c.metrics[0]
	if !c.takes(m, metric.Counter) || !c.checkBy(m) || !c.useMethod("") || !c.checkRuns(nil) {
		return
	}
	g := c.groupsOf(m)
	if g == nil || !c.checkDecisions(g) {
		return
	}
	c.countGroups(g)
	var rates []*rate
	for _, r := range c.rates(g) {
		if r.of = r.whole; !slices.Contains([]string{g.decisions, g.positive, g.actual}, r.whole) {
			r.of = c.record(g.level, m.Name, c.over(r.name+"_samples"), r.whole, metric.Unit{})
		}
		r.value = c.record(g.level, m.Name, c.over(r.name), "("+r.part+") / ("+r.of+" >= "+c.least()+")", metric.Ratio())
		rates = append(rates, r)
	}
	c.judgeGroups(g, rates)
	c.drawGroups(g, rates)
	c.missGroups(g)
}

// judgeGroups records the score, and alerts on it.
func (c *check) judgeGroups(g *grouped, rates []*rate) {
	perGroup := c.method.Name == "four_fifths"
	level := c.by
	if perGroup {
		level = g.level
	}
	score := c.record(level, g.m.Name, c.over(c.method.Name), c.unfairness(g, rates), c.method.Unit)
	alerted := score
	if perGroup && c.spec.Reference.Given() { // tau <= x <= 1/tau
		alerted = "(" + score + " <= 1 or 1 / " + score + ")"
	}
	alerted += c.significant(g, rates, perGroup)
	list := func(operator, value string) spec.TemplatePart {
		return derive.List(operator+c.within()+"(3, "+derive.Aggregate("sum", g.level, value)+")", metric.Ratio(), g.label, c.by...)
	}
	r := rates[0]
	summary := []spec.TemplatePart{derive.Say("groups are treated differently: " + c.method.Title + " is "), derive.Value()}
	if perGroup {
		than := " of that of the best group"
		if c.spec.Reference.Given() {
			than = " of that of group " + c.spec.Reference.Value + ", or the other way round"
		}
		summary = []spec.TemplatePart{derive.Say("group "), derive.Label(g.label), derive.Say(" is treated differently: its " + r.words + " is "), derive.Value(), derive.Say(than)}
	}
	detail := []spec.TemplatePart{
		derive.Say("Over " + c.recently() + ", " + r.words + ": lowest "), list("bottomk", r.value), derive.Say("; highest "), list("topk", r.value), derive.Say("."),
	}
	if len(rates) > 1 {
		detail = append(detail, derive.Say(" And "+rates[1].words+": lowest "), list("bottomk", rates[1].value), derive.Say("; highest "), list("topk", rates[1].value), derive.Say("."))
	}
	c.alert(alarm{query: alerted, summary: summary, detail: detail})
	var of []string
	if perGroup {
		of = []string{g.label}
	}
	c.pane(pane{title: c.title(), text: c.method.Reading, queries: []spec.PanelQuery{c.query(c.method.Title, score, of...)}, unit: c.method.Unit, limits: true})
}

// unfairness is the score of the method, where at least two groups are left.
func (c *check) unfairness(g *grouped, rates []*rate) string {
	most := func(r *rate) string { return derive.Aggregate("max", c.by, r.value) }
	least := func(r *rate) string { return derive.Aggregate("min", c.by, r.value) }
	two := func(r *rate) string {
		return " and " + c.on() + " " + derive.Aggregate("count", c.by, r.value) + " >= 2"
	}
	r := rates[0]
	switch c.method.Name {
	case "four_fifths":
		best := most(r)
		if ref := c.spec.Reference; ref.Given() {
			best = c.total(narrow(r.value, metric.Matcher{Label: g.label, Op: metric.Equal, Value: ref.Value}))
		}
		return r.value + " / " + c.on() + " group_left () (" + best + " > 0)" + two(r)
	case "parity_ratio", "predictive_parity":
		return least(r) + " / (" + most(r) + " > 0)" + two(r)
	case "equalised_odds":
		of := func(r *rate) string {
			return "label_replace(" + most(r) + " - " + least(r) + two(r) + `, "rate", ` + quote(r.name) + `, "", "")`
		}
		return derive.Aggregate("max", c.by, of(rates[0])+"\n  or "+of(rates[1]))
	}
	return most(r) + " - " + least(r) + two(r)
}

// drawGroups shows the rates, and how many samples each is taken of.
func (c *check) drawGroups(g *grouped, rates []*rate) {
	for _, r := range rates {
		c.pane(pane{
			title: c.title() + ": " + r.words, unit: metric.Ratio(), max: "1",
			text:    "The " + r.words + " of each group over " + c.recently() + ". Groups with fewer than " + c.least() + " samples are not shown.",
			queries: []spec.PanelQuery{c.query("", r.value, g.label)},
		})
	}
	c.pane(pane{
		title: c.title() + ": decisions", text: "Decisions about each group in " + c.recently() + ". A group whose line ends is missing, and what is compared is about the others only.",
		queries: []spec.PanelQuery{c.query("", g.decisions, g.label)},
	})
}

// missGroups alerts on a group without decisions while the others have many.
func (c *check) missGroups(g *grouped) {
	there := g.decisions + " > 0"
	level := "on " + derive.Labels(g.level)
	gone := "(" + c.past(g.decisions, c.before()) + " >= " + c.least() + ")\n  unless " + level + " (" + there + ")"
	if len(g.values) > 0 {
		gone = ""
		for i, value := range g.values {
			if i > 0 {
				gone += "\n  or "
			}
			gone += "label_replace(" + c.total(g.decisions) + ", " + quote(g.label) + ", " + quote(value) + `, "", "")`
		}
		gone = "(" + gone + ")\n  unless " + level + " (" + there + ")"
	}
	many := c.many(g)
	missing := c.record(g.level, g.m.Name, c.over("group_missing"), "(0 * ("+gone+") + 1)\n  and "+c.on()+" "+c.total(g.decisions)+" >= "+many, metric.Unit{})
	c.alert(alarm{
		suffix: "GroupMissing", plain: true, query: missing, op: spec.Above, limit: derive.Made("0"),
		summary: []spec.TemplatePart{derive.Say("no decision about group "), derive.Label(g.label), derive.Say(" in " + c.recently())},
		detail: []spec.TemplatePart{
			derive.Say("The others had "), derive.Ask(c.total(g.decisions), metric.Unit{}, c.by...), derive.Say(", so that the check `" + c.name + "` compares without it. Has the group another name now?"),
		},
	})
}

func (c *check) checkDecisions(g *grouped) bool {
	s := c.spec
	if len(s.Positive) == 0 {
		c.errorf(s.Kind.Span, "which decisions of `%s` are positive?", g.m.Name).WithHelp("say it: `positive: {LABEL: VALUE}`").See(g.m.Span, "the metric")
		return false
	}
	needs := slices.Contains([]string{"equal_opportunity", "equalised_odds", "predictive_parity", "accuracy_gap"}, c.method.Name)
	switch {
	case needs && len(s.Actual) == 0:
		c.errorf(s.Kind.Span, "`%s` needs the truth: what truly is positive?", c.method.Name).WithHelp("say it: `actual: {LABEL: VALUE}`; without the truth there are `four_fifths`, `parity_difference` and `parity_ratio`")
		return false
	case !needs && len(s.Actual) > 0:
		return !c.unused(s.Actual[0].Span, true, "actual", "it looks at decisions, not at the truth; `equal_opportunity` looks at both")
	case s.Reference.Given() && c.method.Name != "four_fifths":
		return !c.unused(s.Reference.Span, true, "reference", "only `four_fifths` compares with one group")
	}
	if !c.checkMatchers(g.m, s.Positive) || !c.checkMatchers(g.m, s.Actual) {
		return false
	}
	for _, of := range slices.Concat(s.Positive, s.Actual) {
		if of.Label == g.label {
			c.errorf(of.Span, "`%s` is the label of the groups", g.label).WithHelp("take the label of the decision, or of the truth")
			return false
		}
	}
	return true
}
