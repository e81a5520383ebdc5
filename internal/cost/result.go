package cost

import (
	"github.com/prometheus/prometheus/promql/parser"
)

// result is how many series an expression has as its result: what the analysis knows of its labels, or what goes
// in, whichever is less.
func (e *expression) result(expr parser.Expr) Bound {
	return e.fromParts(expr).min(limit(e.analysis.Of(expr)))
}

// fromParts bounds a result by what it is made of: no operation but those below makes more series than it is given.
func (e *expression) fromParts(expr parser.Expr) Bound {
	switch n := expr.(type) {
	case *parser.VectorSelector:
		return e.selected(n)
	case *parser.MatrixSelector:
		if vs, ok := n.VectorSelector.(*parser.VectorSelector); ok {
			return e.selected(vs)
		}
	case *parser.ParenExpr:
		return e.result(n.Expr)
	case *parser.UnaryExpr:
		return e.result(n.Expr)
	case *parser.SubqueryExpr:
		return e.overTime(n)
	case *parser.AggregateExpr:
		return e.result(n.Expr)
	case *parser.Call:
		return e.call(n)
	case *parser.BinaryExpr:
		return e.binary(n)
	}
	return atMost(1) // a number
}

// overTime is a subquery: which series there are may differ from step to step where the expression chooses some of
// them, and then their number says nothing.
func (e *expression) overTime(n *parser.SubqueryExpr) Bound {
	chooses := false
	parser.Inspect(n.Expr, func(node parser.Node, _ []parser.Node) error {
		a, ok := node.(*parser.AggregateExpr)
		chooses = chooses || ok && (a.Op == parser.TOPK || a.Op == parser.BOTTOMK || a.Op == parser.LIMITK || a.Op == parser.LIMIT_RATIO || a.Op == parser.COUNT_VALUES)
		return nil
	})
	if chooses {
		return without("labels")
	}
	return e.result(n.Expr)
}

func (e *expression) call(n *parser.Call) Bound {
	if n.Func.Name == "histogram_quantiles" { // one series for each quantile
		return without("labels")
	}
	for _, arg := range n.Args {
		if t := arg.Type(); t == parser.ValueTypeVector || t == parser.ValueTypeMatrix {
			return e.result(arg)
		}
	}
	return atMost(1) // of a number, or of nothing
}

func (e *expression) binary(n *parser.BinaryExpr) Bound {
	left, right := e.result(n.LHS), e.result(n.RHS)
	switch {
	case n.LHS.Type() == parser.ValueTypeScalar:
		return right
	case n.RHS.Type() == parser.ValueTypeScalar, n.Op == parser.LAND, n.Op == parser.LUNLESS:
		return left
	case n.Op == parser.LOR:
		return left.plus(right)
	case n.VectorMatching.Card == parser.CardManyToOne:
		return left
	case n.VectorMatching.Card == parser.CardOneToMany:
		return right
	}
	return left.min(right)
}
