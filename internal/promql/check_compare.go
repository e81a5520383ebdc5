package promql

import (
	"math"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// checkUnits judges whether values of both sides can be added, subtracted or compared, and reports whether
// they cannot.
func (t *typing) checkUnits(n *parser.BinaryExpr, l, r typeFact) bool {
	if t.q == nil || n.Op != parser.ADD && n.Op != parser.SUB && !n.Op.IsComparisonOperator() {
		return false
	}
	if !mismatch(l.measure, r.measure, n.Op != parser.ADD) {
		return false
	}
	verb := map[parser.ItemType]string{parser.ADD: "added to", parser.SUB: "subtracted from"}[n.Op]
	a, b := unitWord(l.measure), unitWord(r.measure)
	what := b + " cannot be " + verb + " " + a
	if verb == "" {
		what = a + " cannot be compared with " + b
	}
	at := t.q.operator(n)
	start, end := t.q.lexemeBytes(at, at)
	p := Problem{Kind: UnitMismatch, Start: start, End: end, Proved: true, Message: what}
	p.Help = "convert one side, or read another metric"
	if l.base == percentUnit || r.base == percentUnit {
		p.Help = "100 % are 1 as a ratio: multiply the ratio by 100, or leave the percentage a ratio"
	}
	for i, side := range []parser.Expr{n.LHS, n.RHS} {
		from, to := t.q.place(side)
		p.Reasons = append(p.Reasons, Reason{Start: from, End: to, Text: "in " + [2]string{a, b}[i]})
	}
	t.report(p)
	return true
}

// unitWord names a unit in a sentence.
func unitWord(m measure) string {
	switch name := m.unit().Name; name {
	case "ratio", "timestamp":
		return "a " + name
	case "percent":
		return "a percentage"
	case "count":
		return "a count"
	default:
		return name
	}
}

// checkEquality judges `==` and `!=` with a number that a calculated value never hits but by chance.
func (t *typing) checkEquality(n *parser.BinaryExpr, l, r typeFact) {
	if t.q == nil || n.Op != parser.EQLC && n.Op != parser.NEQ || l.number == r.number {
		return
	}
	of, value, side := l, r.value, n.LHS
	if l.number {
		of, value, side = r, l.value, n.RHS
	}
	calculated := of.kind == KindRate || of.kind == KindIncrease || of.kind == KindQuantile
	whole := value == math.Trunc(value)
	switch {
	case math.IsNaN(value) || math.IsInf(value, 0) || value == 0:
		return
	case whole && (!calculated || of.rounded || of.byName):
		return
	}
	at := t.q.operator(n)
	start, end := t.q.lexemeBytes(at, at)
	p := Problem{Kind: FloatEquality, Start: start, End: end}
	p.Message = "`" + n.Op.String() + "` with " + backquoted(limitText(t.q, n, l.number)) + " holds by chance only: values that are not whole are rounded"
	if whole {
		p.Message = "`" + n.Op.String() + "` with a calculated value holds by chance only: it is rounded"
	}
	p.Help = "compare with `>=` or `<=`, or allow a distance: " + backquoted("abs("+t.q.inner(side)+" - "+limitText(t.q, n, l.number)+") < …")
	if whole && of.kind == KindIncrease {
		p.Message = "`" + n.Op.String() + "` with an increase, which Prometheus extrapolates: it is hardly ever a whole number"
		p.Help = "compare with `>=` or `<=`, or round it: " + backquoted("round("+t.q.inner(side)+")")
	}
	t.report(p)
}

// limitText is the number of a comparison as the author wrote it.
func limitText(q *Query, n *parser.BinaryExpr, left bool) string {
	if left {
		return q.textOf(n.LHS)
	}
	return q.textOf(n.RHS)
}

// filterOf returns the comparison with a number that e is, and its vector; nil: it is none. With `bool` it
// filters nothing.
func filterOf(e parser.Expr) (n *parser.BinaryExpr, vector, limit parser.Expr) {
	n, ok := bare(e).(*parser.BinaryExpr)
	if !ok || !n.Op.IsComparisonOperator() || n.ReturnBool {
		return nil, nil, nil
	}
	switch l, r := n.LHS.Type(), n.RHS.Type(); {
	case l == parser.ValueTypeVector && r == parser.ValueTypeScalar:
		return n, n.LHS, n.RHS
	case r == parser.ValueTypeVector && l == parser.ValueTypeScalar:
		return n, n.RHS, n.LHS
	}
	return nil, nil, nil
}

// checkShares judges comparisons in arithmetic that were surely meant to give 0 or 1, and reports whether
// there is one: `1 - avg(x > 5)`, `sum(x > 5) / count(x)`, `(x > 5) + (y > 5)`.
func (t *typing) checkShares(n *parser.BinaryExpr, l typeFact) bool {
	if t.q == nil {
		return false
	}
	gate := n.Op == parser.MUL && n.VectorMatching != nil // where it is a constant, a product selects
	if !gate && (t.constantMean(n.LHS) || t.constantMean(n.RHS)) {
		return true
	}
	switch n.Op {
	case parser.SUB:
		return l.number && l.value == 1 && t.complement(n.RHS)
	case parser.DIV:
		return t.shareOf(n.LHS, n.RHS)
	case parser.ADD:
		a, _, aLimit := filterOf(n.LHS)
		b, _, bLimit := filterOf(n.RHS)
		if a == nil || b == nil || !t.nonzero(aLimit) || !t.nonzero(bLimit) {
			return false
		}
		t.missingBool(a, "the values themselves are added, where both conditions hold", false)
		return true
	}
	return false
}

func (t *typing) nonzero(e parser.Expr) bool {
	f := t.facts[e]
	return f.number && f.value != 0 && !math.IsNaN(f.value)
}

// complement judges what is subtracted from 1: a mean of values that passed a comparison, which are no shares.
func (t *typing) complement(e parser.Expr) bool {
	if agg, ok := bare(e).(*parser.AggregateExpr); ok && agg.Op == parser.AVG {
		e = agg.Expr
	}
	n, vector, _ := filterOf(e)
	if n == nil {
		return false
	}
	of := t.facts[vector]
	share := of.measure.base.IsZero() || of.one || isRatio(of.measure) || of.base == percentUnit || of.assumed && of.kind != KindRate
	if of.metric == nil && of.kind == KindRate { // nobody declared it: go by what the name says it counts
		share = !strings.HasSuffix(of.name, "_count")
	}
	if share {
		return false
	}
	t.missingBool(n, "the values that pass it are subtracted from 1", of.metric != nil)
	return true
}

// shareOf judges `sum(x > 5) / count(x)`.
func (t *typing) shareOf(above, below parser.Expr) bool {
	sum, ok := bare(above).(*parser.AggregateExpr)
	if !ok || sum.Op != parser.SUM {
		return false
	}
	count, ok := bare(below).(*parser.AggregateExpr)
	if !ok || count.Op != parser.COUNT {
		return false
	}
	n, vector, limit := filterOf(sum.Expr)
	if n == nil || n.Op == parser.EQLC || !t.nonzero(limit) || bare(vector).String() != bare(count.Expr).String() {
		return false
	}
	t.missingBool(n, "the values that pass it are added up, not counted", false)
	return true
}

// constantMean judges a mean of values that are all the same number: `avg(x == 1)`.
func (t *typing) constantMean(e parser.Expr) bool {
	var of parser.Expr
	switch n := bare(e).(type) {
	case *parser.AggregateExpr:
		if n.Op == parser.AVG {
			of = n.Expr
		}
	case *parser.Call:
		if n.Func.Name == "avg_over_time" {
			of = withoutRange(n.Args[0])
		}
	}
	if of == nil {
		return false
	}
	n, _, limit := filterOf(of)
	if n == nil || n.Op != parser.EQLC || !t.facts[limit].number {
		return false
	}
	t.missingBool(n, "every value that passes it is "+backquoted(t.q.inner(limit))+", and so is their mean", true)
	return true
}

func (t *typing) missingBool(n *parser.BinaryExpr, what string, proved bool) {
	at := t.q.operator(n)
	start, end := t.q.lexemeBytes(at, at)
	op := t.q.src.text[start:end]
	first, last := t.q.place(n)
	t.report(Problem{
		Kind: MissingBool, Start: start, End: end, Proved: proved,
		Message: "`" + op + "` without `bool` only filters: " + what,
		Help:    "write " + backquoted(t.q.src.text[first:end]+" bool"+t.q.src.text[end:last]) + " for 1 where it holds and 0 where it does not",
	})
}
