package promql

import (
	"fmt"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// call rewrites a call and its arguments.
func (n *native) call(c *parser.Call) (form, error) {
	got := plain
	for _, arg := range c.Args {
		f, err := n.argument(c, arg)
		if err != nil {
			return 0, err
		}
		got = max(got, f)
	}
	if got == plain {
		return plain, nil
	}
	switch c.Func.Name {
	case "rate", "irate", "increase", "delta", "idelta", "avg_over_time", "sum_over_time", "last_over_time":
		return n.take(c, got), nil
	case "absent", "absent_over_time":
		return plain, nil
	case "present_over_time", "count_over_time", "timestamp":
		if got > mixed { // of buckets there would be one for each `le`
			return plain, nil
		}
	case "histogram_quantile", "histogram_fraction":
		return plain, nil
	case "label_replace", "label_join":
		named := slices.ContainsFunc(c.Args, func(a parser.Expr) bool {
			lit, ok := bare(a).(*parser.StringLiteral)
			return ok && lit.Val == leLabel
		})
		if !named {
			return got, nil
		}
	}
	return 0, fmt.Errorf("`%s` has no meaning for native histograms", c.Func.Name)
}

// argument rewrites an argument of a call: of one that is inseparable from it, the call takes sum or count.
func (n *native) argument(c *parser.Call, arg parser.Expr) (form, error) {
	switch a := bare(arg).(type) {
	case *parser.MatrixSelector:
		return n.selector(a.VectorSelector.(*parser.VectorSelector))
	case *parser.VectorSelector:
		if c.Func.Name == "timestamp" || isAbsent(c.Func.Name) {
			return n.selector(a)
		}
	}
	return n.expr(arg)
}

// aggregate rewrites an aggregation. One of buckets must keep them apart.
func (n *native) aggregate(a *parser.AggregateExpr) (form, error) {
	if a.Param != nil {
		if _, err := n.expr(a.Param); err != nil {
			return 0, err
		}
	}
	f, err := n.expr(a.Expr)
	if err != nil || f == plain {
		return plain, err
	}
	switch {
	case f == mixed:
		return 0, fmt.Errorf("`%s` has no meaning for what is native histograms in part", a.Op)
	case a.Op != parser.SUM && a.Op != parser.AVG:
		return 0, fmt.Errorf("`%s` has no meaning for native histograms", a.Op)
	case slices.Contains(a.Grouping, leLabel) == a.Without:
		return 0, fmt.Errorf("`%s` without `le` puts the buckets of a histogram together", a.Op)
	case a.Without:
		return f, nil
	}
	meant := *a
	meant.Grouping = minus(a.Grouping, []string{leLabel})
	n.meant[a] = &meant
	n.dropLe(n.groupingOf(a), len(meant.Grouping) == 0)
	return f, nil
}

// groupingOf finds the list of an aggregation, which stands before or behind its parentheses.
func (n *native) groupingOf(a *parser.AggregateExpr) Grouping {
	x := n.q.src.lexed
	at := x.next(x.at(int(a.PosRange.Start)))
	if x.is(at, "(") {
		at = x.next(x.closing(at))
	}
	i := slices.IndexFunc(n.q.groupings, func(g Grouping) bool { return g.start == x.list[at].start })
	return n.q.groupings[i]
}

// dropLe removes `le` from a list, or the whole list.
func (n *native) dropLe(g Grouping, whole bool) {
	x := n.q.src.lexed
	if whole {
		first := x.at(g.start)
		n.edits = append(n.edits, x.cut(first, x.closing(x.next(first)))...)
		return
	}
	r := renaming{q: n.q, r: Renaming{Labels: map[string][]string{leLabel: nil}}}
	r.grouping(g)
	n.edits = append(n.edits, r.edits...)
}

// binary rewrites an operation. Histograms can be added to each other, multiplied by and divided by numbers, and
// chosen by set operators. What the two sides are matched by must not be `le` if only one of them had it.
func (n *native) binary(b *parser.BinaryExpr) (form, error) {
	l, err := n.expr(b.LHS)
	if err != nil {
		return 0, err
	}
	r, err := n.expr(b.RHS)
	if err != nil || l == plain && r == plain {
		return plain, err
	}
	f, ok := operation(b.Op, l, r)
	switch m := b.VectorMatching; {
	case !ok:
		return 0, fmt.Errorf("`%s` has no meaning for native histograms", b.Op)
	case m != nil && slices.Contains(m.Include, leLabel):
		return 0, fmt.Errorf("`%s` takes `le` from what is a native histogram", b.Op)
	case m != nil && l != r && m.On == slices.Contains(m.MatchingLabels, leLabel):
		return 0, fmt.Errorf("`%s` matches by `le`, which a native histogram does not have: use `on` without it, or `ignoring (le)`", b.Op)
	}
	return f, nil
}

// operation is what an operation of two forms gives, of which one at least has histograms; false: there is none.
func operation(op parser.ItemType, l, r form) (form, bool) {
	switch op {
	case parser.LAND, parser.LUNLESS:
		return l, true
	case parser.LOR:
		if l != r {
			return mixed, true
		}
		return l, true
	case parser.ADD, parser.SUB:
		return l, l == r
	case parser.MUL:
		return max(l, r), min(l, r) == plain
	case parser.DIV:
		return l, r == plain
	}
	return plain, false
}
