package promql

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// ResultLabels returns the labels that the result of an expression may have, sorted, without the
// metric's name. known is false where the expression alone does not tell (nothing is aggregated, or
// `without` of something unknown).
func ResultLabels(expr parser.Expr) (names []string, known bool) {
	names, known = resultLabels(expr)
	if !known {
		return nil, false
	}
	slices.Sort(names)
	return slices.Compact(names), true
}

func resultLabels(e parser.Expr) ([]string, bool) {
	switch n := e.(type) {
	case *parser.ParenExpr:
		return resultLabels(n.Expr)
	case *parser.UnaryExpr:
		return resultLabels(n.Expr)
	case *parser.SubqueryExpr:
		return resultLabels(n.Expr)
	case *parser.NumberLiteral, *parser.StringLiteral:
		return nil, true
	case *parser.AggregateExpr:
		return aggregateLabels(n)
	case *parser.Call:
		return callLabels(n)
	case *parser.BinaryExpr:
		return binaryLabels(n)
	}
	return nil, false
}

func aggregateLabels(n *parser.AggregateExpr) ([]string, bool) {
	switch n.Op {
	case parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO:
		return resultLabels(n.Expr)
	}
	names, known := slices.Clone(n.Grouping), true
	if n.Without {
		names, known = resultLabels(n.Expr)
		names = minus(names, n.Grouping)
	}
	if n.Op == parser.COUNT_VALUES {
		if lit, ok := bare(n.Param).(*parser.StringLiteral); ok {
			names = append(names, lit.Val)
		}
	}
	return names, known
}

func callLabels(n *parser.Call) ([]string, bool) {
	switch n.Func.Name {
	case "absent", "absent_over_time":
		return absentLabels(n.Args[0]), true
	case "vector", "scalar", "time", "pi":
		return nil, true
	case "info":
		return nil, false
	}
	if len(n.Args) == 0 {
		return nil, true // hour() and its like, of the present
	}
	var of parser.Expr
	for _, a := range n.Args {
		if t := a.Type(); t == parser.ValueTypeVector || t == parser.ValueTypeMatrix {
			of = a
			break
		}
	}
	if of == nil {
		return nil, true
	}
	names, known := resultLabels(of)
	switch n.Func.Name {
	case "histogram_quantile", "histogram_fraction":
		names = minus(names, []string{"le"})
	case "label_replace", "label_join":
		if lit, ok := bare(n.Args[1]).(*parser.StringLiteral); ok {
			names = append(slices.Clone(names), lit.Val)
		}
	}
	return names, known
}

// absentLabels are those of the equality matchers of its argument, each matched once.
func absentLabels(arg parser.Expr) (names []string) {
	arg = bare(arg)
	if m, ok := arg.(*parser.MatrixSelector); ok {
		arg = m.VectorSelector
	}
	vs, ok := arg.(*parser.VectorSelector)
	if !ok {
		return nil
	}
	for _, m := range vs.LabelMatchers {
		if m.Name != nameLabel && m.Type == labels.MatchEqual {
			names = append(names, m.Name)
		}
	}
	return names
}

func binaryLabels(n *parser.BinaryExpr) ([]string, bool) {
	l, lKnown := resultLabels(n.LHS)
	r, rKnown := resultLabels(n.RHS)
	if n.VectorMatching == nil { // a number on one side at least
		if n.LHS.Type() == parser.ValueTypeVector {
			return l, lKnown
		}
		return r, rKnown
	}
	m := n.VectorMatching
	switch {
	case n.Op == parser.LOR:
		return append(slices.Clone(l), r...), lKnown && rKnown
	case n.Op == parser.LAND, n.Op == parser.LUNLESS:
		return l, lKnown
	case m.Card == parser.CardManyToOne:
		return append(slices.Clone(l), m.Include...), lKnown
	case m.Card == parser.CardOneToMany:
		return append(slices.Clone(r), m.Include...), rKnown
	case m.On:
		if lKnown { // only what both have
			return slices.DeleteFunc(slices.Clone(m.MatchingLabels), func(name string) bool { return !slices.Contains(l, name) }), true
		}
		return slices.Clone(m.MatchingLabels), true
	case lKnown:
		return minus(l, m.MatchingLabels), true
	}
	// Both sides must have the same labels to match at all.
	return minus(r, m.MatchingLabels), rKnown
}

func minus(names, drop []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(drop, n) })
}
