package lint

import (
	"iter"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// comparison is a value that an alert compares with a number.
type comparison struct {
	*Site
	// value is the expression, facts what is known of it.
	value parser.Expr
	facts *promql.Facts
	// op is Above or Below.
	op    plan.Op
	limit float64
	// text is the limit as written, at where.
	text string
	at   diag.Span
	// part: the comparison stands inside a larger expression, and the analysis of that says what its range proves.
	part bool
}

// foldsInRange are the reducers whose result lies between the values that they fold.
var foldsInRange = []string{"max", "min", "avg", "median", "last"}

// comparisons are what alerts compare with limits that the author wrote.
func (p *Pass) comparisons() iter.Seq[comparison] {
	return func(yield func(comparison) bool) {
		for s := range p.Alerts() {
			for _, c := range s.comparisons() {
				if p.Own(c.at) && !yield(c) {
					return
				}
			}
		}
	}
}

func (s *Site) comparisons() []comparison {
	a := s.Alert
	if a.Whole {
		if s.Brought {
			return nil
		}
		return s.compared(s.Query.Expr(), nil)
	}
	if a.Bar.Limit.IsZero() || !slices.Contains(foldsInRange, a.Reduce) {
		return nil
	}
	c := comparison{Site: s, value: s.Query.Expr(), facts: s.Analysis().Root, op: a.Op, text: a.Bar.Text, at: a.Bar.Limit}
	switch {
	case (a.Op == plan.Above || a.Op == plan.Below) && len(a.Limits) == 1:
		c.limit = a.Limits[0].InexactFloat64()
		return []comparison{c}
	case a.Op == plan.Outside && len(a.Limits) == 2:
		low, high := c, c
		low.op, low.limit = plan.Below, a.Limits[0].InexactFloat64()
		high.op, high.limit = plan.Above, a.Limits[1].InexactFloat64()
		low.text, high.text = a.Limits[0].String(), a.Limits[1].String()
		low.part, high.part = true, true
		return []comparison{low, high}
	}
	return nil
}

// compared finds the comparisons with numbers of which at least one must hold if the expression has a result.
func (s *Site) compared(e parser.Expr, list []comparison) []comparison {
	b, ok := unparen(e).(*parser.BinaryExpr)
	if !ok || b.ReturnBool {
		return list
	}
	switch b.Op {
	case parser.LAND, parser.LOR:
		return s.compared(b.RHS, s.compared(b.LHS, list))
	case parser.LUNLESS:
		return s.compared(b.LHS, list)
	case parser.GTR, parser.GTE, parser.LSS, parser.LTE:
		c := comparison{Site: s, value: b.LHS, op: plan.Above, part: true}
		if b.Op == parser.LSS || b.Op == parser.LTE {
			c.op = plan.Below
		}
		limit, ok := number(b.RHS)
		at := b.RHS
		if !ok {
			limit, ok = number(b.LHS)
			at, c.value = b.LHS, b.RHS
			c.op = map[plan.Op]plan.Op{plan.Above: plan.Below, plan.Below: plan.Above}[c.op]
		}
		if !ok || c.value.Type() != parser.ValueTypeVector {
			return list
		}
		c.limit, c.facts = limit, s.Analysis().Of(c.value)
		r := at.PositionRange()
		c.at = s.Span(int(r.Start), int(r.End))
		c.text = s.Query.Text()[r.Start:r.End]
		return append(list, c)
	}
	return list
}

// number is the value of a literal with its signs and parentheses.
func number(e parser.Expr) (float64, bool) {
	switch n := unparen(e).(type) {
	case *parser.NumberLiteral:
		return n.Val, true
	case *parser.UnaryExpr:
		v, ok := number(n.Expr)
		if n.Op == parser.SUB {
			v = -v
		}
		return v, ok
	}
	return 0, false
}

// never and always say what the range of the value proves of a strict comparison with a limit. What is NaN
// compares with nothing, so that always means: whenever the value is a number.
func (c comparison) never(limit float64) bool {
	r := c.facts.Range()
	if c.op == plan.Above {
		return r.High <= limit
	}
	return r.Low >= limit
}

func (c comparison) always(limit float64) bool {
	r := c.facts.Range()
	if c.op == plan.Above {
		return r.Low > limit || r.Low == limit && r.LowOpen
	}
	return r.High < limit || r.High == limit && r.HighOpen
}
