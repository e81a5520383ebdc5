package lint

import (
	"slices"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

var overwrittenLabel = &Rule{
	Name: "overwritten-label", Group: Alerts, Severity: diag.Warning,
	Doc: "a label of a rule that overwrites one which tells its results apart",
	Run: func(p *Pass) {
		for s := range p.Queries() {
			file := s.fileOf()
			if file == nil || s.Analysis().Root.Empty() {
				continue
			}
			for _, l := range file.Labels {
				if !p.Own(l.Name.Span) || !s.tellsApart(l.Name.Value) {
					continue
				}
				p.Reportf(l.Name.Span, "%s sets the label `%s`, by which its result is grouped: all groups become one, and the rule fails", s.What(), l.Name.Value).
					Help = "give the label of the rule another name, or aggregate that of the result away"
			}
		}
	},
}

// tellsApart reports whether several series of the result may differ in a label: it is declared with several
// values, or the expression groups by it.
func (s *Site) tellsApart(label string) bool {
	fact := s.Analysis().Root.Label(label)
	if fact.Presence == promql.Never || len(fact.Values) == 1 {
		return false
	}
	return fact.Presence == promql.Surely && len(fact.Values) > 1 || groupsBy(s.Query.Expr(), label)
}

// groupsBy reports whether the labels of a result are those of a list in which the label is.
func groupsBy(e parser.Expr, label string) bool {
	switch n := e.(type) {
	case *parser.ParenExpr:
		return groupsBy(n.Expr, label)
	case *parser.AggregateExpr:
		return !n.Without && slices.Contains(n.Grouping, label)
	case *parser.BinaryExpr:
		if n.VectorMatching != nil && n.VectorMatching.Card == parser.CardOneToMany {
			return groupsBy(n.RHS, label)
		}
		return n.LHS.Type() == parser.ValueTypeVector && groupsBy(n.LHS, label) || n.LHS.Type() != parser.ValueTypeVector && groupsBy(n.RHS, label)
	}
	return false
}
