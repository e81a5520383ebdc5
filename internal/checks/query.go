package checks

import (
	"slices"
	"strings"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

var score = &Kind{
	Name:   spec.CheckScore,
	Title:  "anything else, in PromQL",
	Doc:    "Any query whose value is a score, with the side that is bad, limits and a unit. It is recorded once, and the panel and the alert read that. What is not a number is left out.",
	Window: 5 * time.Minute,
	Methods: []*Method{{
		Name: "query", Title: "Score", Formula: "the query", Source: "its author", Op: spec.Above,
		Reading: "What it means, its author knows: say it in `description`.",
	}},
	Pitfalls: []string{
		"A share of two rates has no value without traffic, and one of a few events says nothing: add `and sum(increase(x[$window])) >= 100`.",
		"Write `[$window]` for the range: it is the `window` of the check.",
	},
	Example: `- name: backlog
  score:
    query: max(backlog_rows)
    alert: 10000
`,
	Metrics: `backlog_rows: {type: gauge}
`,
	signal: "Other checks", order: 58,
}

func makeScore(c *check) {
	own := *c.kind.Methods[0]
	if c.spec.Direction.Given() {
		own.Op = spec.Op(c.spec.Direction.Value)
	}
	if c.spec.Unit.Given() {
		own.Unit = c.spec.Unit.Value
	}
	c.method = &own
	var quiet diag.Report
	q := promql.Parse(*c.spec.Query, &quiet)
	if q != nil && !c.oneWindow(q) || !c.knownLimit("value", "10") {
		return
	}
	query := c.spec.Query.Value
	if q != nil { // else the planner reports it at its place
		query = c.windowed(q)
		if names, known := promql.ResultLabels(q.Expr()); known {
			c.by = names
		}
	}
	level := slices.Clone(c.by)
	if strings.Contains(query, "#") { // a comment ends with its line
		query += "\n"
	}
	series := c.record(level, strings.ReplaceAll(c.name, "-", "_"), "score", "("+query+") >= -Inf", own.Unit)
	c.thing.Records[len(c.thing.Records)-1].Authored = c.spec.Query
	what := strings.TrimSuffix(c.spec.Description.Value, ".")
	if what != "" {
		what += ". "
	}
	c.alert(alarm{
		query:   series,
		summary: text("`"+c.name+"`", labelled(c.by), " is ", derive.Value()),
		detail:  text("It is "+string(own.Op)+" its limit of ", derive.Threshold(), "."),
	})
	c.pane(pane{title: c.title(), text: strings.TrimSpace(what + "The limits are those of its alert."), queries: []spec.PanelQuery{c.query("score", series)}, unit: own.Unit, limits: true})
}

// oneWindow reports a `window` that no range of the query is.
func (c *check) oneWindow(q *promql.Query) bool {
	tokens := slices.ContainsFunc(q.Tokens(), func(t promql.Token) bool { return t.Name == "window" })
	if c.spec.Window.Given() && !tokens {
		c.errorf(c.spec.Window.Span, "the query has no `$window`, so that `window` says nothing").WithHelp("write `[$window]` where the range stands, or leave `window` out")
		return false
	}
	return true
}

// windowed is the query with the window of the check in it.
func (c *check) windowed(q *promql.Query) string {
	text := q.Text()
	for _, t := range q.Tokens() {
		if t.Name == "window" {
			text = strings.ReplaceAll(text, t.Text, metric.FormatDuration(c.window))
		}
	}
	return text
}
