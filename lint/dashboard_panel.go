package lint

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// panelRules are about what panels ask, and how they draw it.
var panelRules = []*Rule{emptyPanel, deprecatedPanelType, newerThanGrafana, fixedRange, instantInGraph, minAboveMax, removedLabelInLegend}

var emptyPanel = &Rule{
	Name: "empty-panel", Group: Dashboards, Severity: diag.Warning,
	Doc: "a panel that asks nothing",
	Run: func(p *Pass) {
		for panel := range p.foreignPanels() {
			f := panel.Foreign
			if !isDrawn(panel) || f.Library {
				continue
			}
			asks := slices.ContainsFunc(f.Targets, func(t plan.ForeignTarget) bool { return !t.Empty })
			shows := slices.ContainsFunc(f.Targets, func(t plan.ForeignTarget) bool { return !t.Empty && !t.Hidden })
			switch {
			case !asks:
				p.Reportf(orHead(f.Title.Span, f.Head), "%s has no query", titled(panel)).WithHelp("give it one, or remove it")
			case !shows && f.Alert == nil:
				p.Reportf(orHead(f.Title.Span, f.Head), "all queries of %s are hidden: it shows nothing", titled(panel)).WithHelp("show one, or remove the panel")
			}
		}
	},
}

// fixedAtMost is the longest range that is taken for one that nobody meant: a rate over half an hour is a
// smooth curve on purpose.
const fixedAtMost = 15 * time.Minute

var fixedRange = &Rule{
	Name: "fixed-range", Group: Dashboards, Severity: diag.Warning,
	Doc: "a rate in a graph over a fixed range, where one that follows the zoom belongs",
	Run: func(p *Pass) {
		meant := "$__rate_interval"
		if p.foreign() == nil {
			meant = "$window"
		} else if !p.Plan.Workspace.Grafana.Version.HasRateInterval() {
			return
		}
		for s := range p.Queries() {
			if s.Panel == nil || !overTime(s.Panel) || s.Target.Instant || s.Panel.Alert != nil || s.Panel.Foreign != nil && s.Panel.Foreign.Alert != nil {
				continue // the query of an alert can have no variables
			}
			for _, sel := range s.Query.Selectors() {
				if sel.Func != "rate" && sel.Func != "irate" || sel.RangeToken >= 0 || sel.Range == 0 || sel.Range > fixedAtMost || insideSubquery(s.Query.Expr(), sel.Node) {
					continue
				}
				start, end := rangeOf(s.Query, sel)
				p.Reportf(s.Span(start, end), "the range `%s` does not follow the zoom: in a graph of %s its points are further apart, and what happens between them is lost", s.Query.Text()[start:end], tooLong(sel.Range)).
					WithHelp("write `[%s]`", meant)
				break // the others of the query are the same decision
			}
		}
	},
}

// tooLong is a time range whose graph, of some thousand points, has a step longer than a range.
func tooLong(of time.Duration) string {
	switch covered := 1000 * of; {
	case covered < 24*time.Hour:
		return "a day"
	case covered < 7*24*time.Hour:
		return "a week"
	}
	return "a month"
}

// rangeOf returns the bytes of the range behind a selector, with its brackets.
func rangeOf(q *promql.Query, sel promql.Selector) (start, end int) {
	text := q.Text()
	depth := 0
	quote := byte(0)
	for i := int(sel.Node.PosRange.Start); i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0 && c == '\\' && quote != '`':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			depth--
		case c == '[' && depth == 0:
			start = i
		case c == ']' && depth == 0:
			return start, i + 1
		}
	}
	return int(sel.Node.PosRange.Start), len(text)
}

// insideSubquery: the selector is evaluated at the steps of a subquery, not at those of the graph.
func insideSubquery(root parser.Expr, sel *parser.VectorSelector) (inside bool) {
	parser.Inspect(root, func(n parser.Node, path []parser.Node) error {
		if n == parser.Node(sel) {
			inside = slices.ContainsFunc(path, func(around parser.Node) bool {
				_, ok := around.(*parser.SubqueryExpr)
				return ok
			})
		}
		return nil
	})
	return inside
}

var instantInGraph = &Rule{
	Name: "instant-in-graph", Group: Dashboards, Severity: diag.Warning,
	Doc: "a graph over time of a query that returns one moment",
	Run: func(p *Pass) {
		for panel := range p.foreignPanels() {
			if !overTime(panel) || panel.Foreign.Transformed {
				continue
			}
			for _, q := range panel.Queries {
				if q.Instant && q.Format != plan.FormatTable && q.Format != plan.FormatHeatmap {
					p.Reportf(q.Foreign.Span, "%s draws values over time, and its query asks for those of now: one dot", titled(panel)).
						WithHelp("write `\"instant\": false` and `\"range\": true`, or make it a bar gauge")
					break
				}
			}
		}
	},
}

var minAboveMax = &Rule{
	Name: "min-above-max", Group: Dashboards, Severity: diag.Error,
	Doc: "an axis that ends before it begins",
	Run: func(p *Pass) {
		for panel := range p.foreignPanels() {
			f := panel.Foreign
			if f.Min.Given() && f.Max.Given() && f.Min.Value >= f.Max.Value {
				p.Reportf(f.Min.Span, "the axis of %s begins at %v and ends at %v", titled(panel), f.Min.Value, f.Max.Value).
					WithHelp("`min` is the lower end").See(f.Max.Span, "the upper end")
			}
		}
	},
}
