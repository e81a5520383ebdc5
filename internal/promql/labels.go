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
	return ResultLabelsOf(expr, func(*parser.VectorSelector) ([]string, bool) { return nil, false })
}

// ResultLabelsOf is ResultLabels where the labels of some series are known: those of recording rules.
func ResultLabelsOf(expr parser.Expr, series func(*parser.VectorSelector) (names []string, known bool)) (names []string, known bool) {
	names, known = labelsOf(series).result(expr)
	if !known {
		return nil, false
	}
	slices.Sort(names)
	return slices.Compact(names), true
}

// labelsOf tells the labels of series.
type labelsOf func(*parser.VectorSelector) ([]string, bool)

func (of labelsOf) result(e parser.Expr) ([]string, bool) {
	switch n := e.(type) {
	case *parser.ParenExpr:
		return of.result(n.Expr)
	case *parser.UnaryExpr:
		return of.result(n.Expr)
	case *parser.SubqueryExpr:
		return of.result(n.Expr)
	case *parser.NumberLiteral, *parser.StringLiteral:
		return nil, true
	case *parser.VectorSelector:
		return of(n)
	case *parser.MatrixSelector:
		return of.result(n.VectorSelector)
	case *parser.AggregateExpr:
		return of.aggregate(n)
	case *parser.Call:
		return of.call(n)
	case *parser.BinaryExpr:
		return of.binary(n)
	}
	return nil, false
}

func (of labelsOf) aggregate(n *parser.AggregateExpr) ([]string, bool) {
	switch n.Op {
	case parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO:
		return of.result(n.Expr)
	}
	names, known := slices.Clone(n.Grouping), true
	if n.Without {
		names, known = of.result(n.Expr)
		names = minus(names, n.Grouping)
	}
	if n.Op == parser.COUNT_VALUES {
		if lit, ok := bare(n.Param).(*parser.StringLiteral); ok {
			names = append(names, lit.Val)
		}
	}
	return names, known
}

func (of labelsOf) call(n *parser.Call) ([]string, bool) {
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
	var arg parser.Expr
	for _, a := range n.Args {
		if t := a.Type(); t == parser.ValueTypeVector || t == parser.ValueTypeMatrix {
			arg = a
			break
		}
	}
	if arg == nil {
		return nil, true
	}
	names, known := of.result(arg)
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

func (of labelsOf) binary(n *parser.BinaryExpr) ([]string, bool) {
	l, lKnown := of.result(n.LHS)
	r, rKnown := of.result(n.RHS)
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
