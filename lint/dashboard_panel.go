package lint

import (
	"slices"
	"strings"
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
		meant := "$window"
		if p.foreign() != nil {
			meant = "$__rate_interval"
			if !p.Plan.Workspace.Grafana.Version.HasRateInterval() {
				return
			}
		}
		follows := p.followsZoom()
		for s := range p.Queries() {
			if s.Panel == nil || !overTime(s.Panel) || s.Target.Instant || s.Panel.Alert != nil || s.Panel.Foreign != nil && s.Panel.Foreign.Alert != nil {
				continue // the query of an alert can have no variables
			}
			for _, sel := range s.Query.Selectors() {
				if strings.Contains(sel.Name, ":") { // recorded: another rule speaks of a rate of that
					continue
				}
				if sel.Func != "rate" && sel.Func != "irate" || sel.RangeToken >= 0 || sel.Range == 0 || sel.Range > fixedAtMost || insideSubquery(s.Query.Expr(), sel.Node) {
					continue
				}
				if follows && sel.Range >= smoothing && isSmoothed(s, sel) {
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

// smoothing is a range from which on a quotient or a quantile may be meant: of a few requests it is noise.
const smoothing = 5 * time.Minute

// followsZoom: whoever made the dashboard knows of ranges that follow the zoom, so that one which does not can be
// meant.
func (p *Pass) followsZoom() bool {
	return p.foreign() == nil || slices.ContainsFunc(p.Sites(), func(s *Site) bool {
		return slices.ContainsFunc(s.Query.Tokens(), func(t promql.Token) bool { return t.Name == "__rate_interval" })
	})
}

// isSmoothed: the selector is a part of a quotient, or of one of several quantiles, and nothing in the panel has
// another range.
func isSmoothed(s *Site, sel promql.Selector) bool {
	n, same := ranges(s.Panel, sel.Range)
	return same && inside(s.Query.Expr(), sel.Node, func(around parser.Node) bool {
		switch e := around.(type) {
		case *parser.BinaryExpr:
			return e.Op == parser.DIV
		case *parser.Call:
			return e.Func.Name == "histogram_quantile" && n > 1
		}
		return false
	})
}

// ranges counts the selectors of a panel that have a range; same: it is this one in all of them.
func ranges(panel *plan.Panel, of time.Duration) (n int, same bool) {
	for _, q := range panel.Queries {
		if q.Written == nil {
			continue
		}
		for _, sel := range q.Written.Query.Selectors() {
			if sel.Range == 0 {
				continue
			}
			if n++; sel.Range != of {
				return n, false
			}
		}
	}
	return n, true
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
func insideSubquery(root parser.Expr, sel *parser.VectorSelector) bool {
	return inside(root, sel, func(around parser.Node) bool {
		_, ok := around.(*parser.SubqueryExpr)
		return ok
	})
}

// inside reports whether something around a selector is as it says.
func inside(root parser.Expr, sel *parser.VectorSelector, is func(parser.Node) bool) (found bool) {
	parser.Inspect(root, func(n parser.Node, path []parser.Node) error {
		if n == parser.Node(sel) {
			found = slices.ContainsFunc(path, is)
		}
		return nil
	})
	return found
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
