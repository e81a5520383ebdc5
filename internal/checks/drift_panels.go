package checks

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// lastOf is the time that is judged, in words.
func (c *check) lastOf() string {
	if c.scheduled() {
		return "last run"
	}
	return "last " + strings.TrimPrefix(words(c.window), "1 ")
}

// showOne alerts on the score of one metric, and draws it beside the distributions.
func (c *check) showOne(s *subject, b baseline) {
	c.alert(alarm{
		query: s.score, limit: s.alert, warn: s.warn,
		summary: []spec.TemplatePart{derive.Say("`" + s.Name + "` has drifted from " + b.words + " (" + c.method.Title + " "), derive.Value(), derive.Say(")")},
		detail:  append([]spec.TemplatePart{derive.Say("The limit is "), derive.Threshold(), derive.Say(" over the " + c.lastOf() + ". ")}, c.whatMoved(s, s.pair.current, s.pair.reference, c.by)...),
	})
	title := c.title()
	c.pane(pane{title: title, text: c.method.Reading, queries: c.scoreQueries(s), unit: c.method.Unit, limits: true})
	c.limitSteps()
	c.distributions(s, b, title)
	c.tile(s)
}

// tile is the score in the strip on top; the first check of a model has it, of several results the worst.
func (c *check) tile(s *subject) {
	c.thing.Tiles = append(c.thing.Tiles, &spec.Tile{
		Title: derive.Made("Drift"), Description: derive.Made(c.title() + ": " + c.method.Title + ". " + c.method.Reading),
		Query: derive.Query("max(" + s.score + ")"), Limits: derive.Made(camel(c.name)), Decimals: 2, Order: 50, Rank: 40, Span: c.spec.Span,
	})
}

// scoreQueries are the score, and what is left of it where it may be chance.
func (c *check) scoreQueries(s *subject) []spec.PanelQuery {
	list := []spec.PanelQuery{c.query(c.method.Title, c.plain(s))}
	if s.score != c.plain(s) {
		list = append(list, c.query("where it is significant", s.score))
	}
	return list
}

// plain is the score without a question for its significance.
func (c *check) plain(s *subject) string { return strings.Replace(s.score, ":"+significant, ":", 1) }

// whatMoved says what is different, most of it first.
func (c *check) whatMoved(s *subject, now, then string, by []string) []spec.TemplatePart {
	if s.pair.label == "" {
		return []spec.TemplatePart{derive.Say("It is "), derive.Ask(now, s.Unit, by...), derive.Say(" and was "), derive.Ask(then, s.Unit, by...), derive.Say(".")}
	}
	level := append(slices.Clone(by), s.pair.label)
	moved := derive.Aggregate("sum", level, now+" - "+then)
	most := "3"
	said := "Shares that changed most, now less then: "
	if byBound(c.method.Name) {
		most, said = "1", "The share of values up to a bound has changed most at "
	}
	list := moved + "\n  and " + derive.Aggregate("topk", by, most+", abs("+moved+")")
	return []spec.TemplatePart{derive.Say(said), derive.List(list, metric.Ratio(), s.pair.label, by...), derive.Say(".")}
}

// distributions draws both sides of a metric.
func (c *check) distributions(s *subject, b baseline, title string) {
	now, then := c.lastOf(), b.words
	two := func(x, y string) []spec.PanelQuery {
		return []spec.PanelQuery{{Legend: derive.Made(now), Text: derive.Query(x)}, {Legend: derive.Made(then), Text: derive.Query(y)}}
	}
	p := pane{title: title + ": now against then", width: 16}
	switch share := func(x string) string { return derive.Aggregate("avg", []string{s.pair.label}, x) }; {
	case s.pair.label == "":
		p.queries = []spec.PanelQuery{c.query(now, s.pair.current), c.query(then, s.pair.reference)}
		p.text, p.unit = "What is compared: the number of the "+now+", next to that of "+then+".", s.Unit
	case s.pair.cumulativeReference != "":
		p.typ, p.unit = "barchart", metric.Ratio()
		p.text = "Share of the values in each bucket in the " + now + ", next to that of " + then + "."
		upto := s.pair.cumulativeReference
		if s.fixed == nil {
			upto = c.upto(s.pair.cumulativeReference, s.pair.samplesReference)
		}
		p.queries = two(c.upto(s.pair.cumulative, s.pair.samples), upto)
	default:
		p.typ, p.unit = "barchart", metric.Ratio()
		p.text = "Share of each " + s.pair.label + " in the " + now + ", next to that of " + then + "."
		p.queries = two(share(s.pair.current), share(s.pair.reference))
	}
	c.pane(p)
}

// upto are cumulative shares in the form that dashboards know as buckets.
func (c *check) upto(counts, total string) string {
	return derive.Aggregate("sum", []string{"le"}, "label_replace("+counts+`, "le", "$1", "`+bucketLabel+`", "(.+)")`) + " / on () group_left () (sum(" + total + ") > 0)"
}

// limitSteps draws the limits of the last panel where no alert has them.
func (c *check) limitSteps() {
	warn, alert := c.warnLimit(), c.alertLimit()
	if !c.spec.NoAlert && !c.spec.AtLeast.Given() || !warn.Given() && !alert.Given() {
		return
	}
	steps := []spec.Step{{Color: derive.Made("green")}}
	if warn.Given() {
		steps = append(steps, spec.Step{Value: warn, Color: derive.Made("yellow")})
	}
	if alert.Given() {
		steps = append(steps, spec.Step{Value: alert, Color: derive.Made("red")})
	}
	last := c.panels[len(c.panels)-1]
	last.Thresholds, last.Limits = steps, diag.Located[string]{}
}

// limited are metrics with the same limits.
type limited struct {
	warn, alert diag.Located[string]
	list        []*subject
}

// byLimits puts metrics with the same limits together, those without an exception first.
func (c *check) byLimits(subjects []*subject) (groups []*limited) {
	for _, s := range subjects {
		i := slices.IndexFunc(groups, func(g *limited) bool { return g.warn.Value == s.warn.Value && g.alert.Value == s.alert.Value })
		if i < 0 {
			groups, i = append(groups, &limited{warn: s.warn, alert: s.alert}), len(groups)
		}
		groups[i].list = append(groups[i].list, s)
	}
	slices.SortStableFunc(groups, func(a, b *limited) int { return len(b.list) - len(a.list) })
	return groups
}

// chosen reads a record of some of the metrics, given that of one of them.
func (c *check) chosen(one string, of []*subject) string {
	names := make([]string, 0, len(of))
	for _, s := range of {
		names = append(names, s.Name)
	}
	m := metric.Matcher{Label: labelFeature, Op: metric.Equal, Value: names[0]}
	if len(names) > 1 {
		m = metric.Matcher{Label: labelFeature, Op: metric.Match, Value: oneOf(names)}
	}
	return derive.Series(nameOf(one), c.labels(m)...)
}

// scoresOf reads the scores of metrics with the same limits.
func (c *check) scoresOf(g *limited, groups []*limited) string {
	if len(groups) == 1 {
		return c.family(g.list[0].score)
	}
	return c.chosen(g.list[0].score, g.list)
}

// showSeveral alerts on each metric that has drifted, or once when so many have, and draws all scores and the worst.
func (c *check) showSeveral(subjects []*subject, b baseline) {
	by := append(slices.Clone(c.by), labelFeature)
	groups := c.byLimits(subjects)
	score := c.family(subjects[0].score)
	title := c.title()
	if c.spec.AtLeast.Given() {
		c.alertTogether(subjects, groups, b)
	} else {
		for i, g := range groups {
			suffix := ""
			if i > 0 {
				suffix = camel(strings.ReplaceAll(g.list[0].Name, "_", "-"))
			}
			c.alert(alarm{
				suffix: suffix, query: c.scoresOf(g, groups), limit: g.alert, warn: g.warn,
				summary: []spec.TemplatePart{derive.Say("`"), derive.Label(labelFeature), derive.Say("` has drifted from " + b.words + " (" + c.method.Title + " "), derive.Value(), derive.Say(")")},
				detail:  c.whatMovedInFamily(g.list, by),
			})
		}
	}
	c.pane(pane{title: title, text: c.method.Reading + " One line for each metric.", queries: []spec.PanelQuery{c.query("", score, labelFeature)}, unit: c.method.Unit, limits: true})
	c.limitSteps()
	c.pane(pane{
		title: title + ": the worst", typ: "bargauge", unit: c.method.Unit, limits: true,
		text:    "The metrics that have drifted most from " + b.words + ".",
		queries: []spec.PanelQuery{{Legend: derive.Made("{{" + labelFeature + "}}"), Text: derive.Query("topk(10, max by (" + labelFeature + ") (" + score + "))")}},
	})
	c.limitSteps()
}

// whatMovedInFamily says what is different of the metric that the alert is about, where all have the same bins.
func (c *check) whatMovedInFamily(list []*subject, by []string) []spec.TemplatePart {
	first := list[0]
	if slices.ContainsFunc(list, func(s *subject) bool { return s.pair.label != first.pair.label || s.Unit != first.Unit }) {
		return []spec.TemplatePart{derive.Say("The panels show since when.")}
	}
	return c.whatMoved(first, c.family(first.pair.current), c.family(first.pair.reference), by)
}

// alertTogether alerts once when enough metrics have drifted; the value is their number.
func (c *check) alertTogether(subjects []*subject, groups []*limited, b baseline) {
	if c.spec.NoAlert {
		return
	}
	var drifted, beyond []string
	for _, g := range groups {
		limit, err := metric.Quantity(g.alert.Value, c.method.Unit)
		if err != nil {
			c.errorf(g.alert.Span, "%s", err)
			return
		}
		scores := c.scoresOf(g, groups)
		drifted = append(drifted, scores+" > bool "+limit.String())
		beyond = append(beyond, scores+" > "+limit.String())
	}
	count := c.record(c.by, c.topic(), c.over("drifted")+"_"+b.name, derive.Aggregate("sum", c.by, strings.Join(drifted, " or ")), metric.Unit{})
	// Halfway between two numbers: `at least 3` is above 2.5, also where a panel colours what is at a limit.
	limit := decimal.NewFromInt(int64(c.spec.AtLeast.Value)).Sub(decimal.New(5, -1))
	c.alert(alarm{
		query: count, op: spec.Above, limit: derive.Made(limit.String()),
		summary: []spec.TemplatePart{derive.Value(), derive.Say(" of " + decimal.NewFromInt(int64(len(subjects))).String() + " metrics have drifted from " + b.words)},
		detail:  []spec.TemplatePart{derive.Say("These have (" + c.method.Title + "): "), derive.List(strings.Join(beyond, " or "), c.method.Unit, labelFeature, c.by...), derive.Say(".")},
	})
	c.pane(pane{
		title: c.title() + ": how many have drifted", queries: []spec.PanelQuery{c.query("drifted", count)}, limits: true,
		text: "How many of " + decimal.NewFromInt(int64(len(subjects))).String() + " metrics are beyond their limit.",
	})
}
