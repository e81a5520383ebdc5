package cost

import (
	"math"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// result is how many series an expression has as its result: what the analysis knows of its labels, what goes in, or
// what the targets can tell apart, whichever is least.
func (e *expression) result(expr parser.Expr) Bound {
	return e.fromParts(expr).min(limit(e.analysis.Of(expr))).min(e.byTargets(expr))
}

// byTargets bounds a result by its labels: those of targets, however many, have together at most as many values as
// there are targets, since each target has one of each. That holds where all labels of a series are from one target.
func (e *expression) byTargets(expr parser.Expr) Bound {
	list, closed := e.analysis.Of(expr).Labels()
	if !closed || !e.fromOneTarget(expr) {
		return without("labels")
	}
	n, ofTargets := atMost(1), false
	for _, l := range list {
		switch {
		case e.counter.isTargetLabel(l.Name):
			ofTargets = true
		case l.AtMost == 0:
			return without(l.Name)
		case l.Presence == promql.Possibly:
			n = n.times(atMost(l.AtMost + 1))
		default:
			n = n.times(atMost(l.AtMost))
		}
	}
	if ofTargets {
		n = n.times(e.counter.targets)
	}
	return n
}

// fromOneTarget reports whether an expression reads the model's targets only, or what was recorded of them, and makes
// no labels.
func (e *expression) fromOneTarget(expr parser.Expr) bool {
	ok := true
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			ok = ok && e.ofTargets(n)
		case *parser.Call:
			ok = ok && n.Func.Name != "label_replace" && n.Func.Name != "label_join" && n.Func.Name != "info"
		case *parser.AggregateExpr:
			ok = ok && n.Op != parser.COUNT_VALUES
		case *parser.BinaryExpr:
			ok = ok && n.Op != parser.LOR && (n.VectorMatching == nil || len(n.VectorMatching.Include) == 0)
		}
		return nil
	})
	return ok
}

// ofTargets reports whether all that a selector reads is the model's.
func (e *expression) ofTargets(vs *parser.VectorSelector) bool {
	names := e.names(vs)
	return names != nil && !slices.ContainsFunc(names, func(name string) bool {
		made, ok := e.counter.recorded[name]
		if ok {
			return slices.ContainsFunc(made, func(r recorded) bool { return !r.ofTargets })
		}
		of, ok := e.counter.schema.Lookup(name)
		return !ok || of.Metric == nil || of.Metric.Source != 0
	})
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
	case n.Op == parser.LOR && n.VectorMatching.On && len(n.VectorMatching.MatchingLabels) == 0 && left.Known() && right.Known():
		return Bound{Most: math.Max(left.Most, right.Most)} // the right side only where the left has nothing at all
	case n.Op == parser.LOR:
		return left.plus(right)
	case n.VectorMatching.Card == parser.CardManyToOne:
		return left
	case n.VectorMatching.Card == parser.CardOneToMany:
		return right
	}
	return left.min(right)
}
