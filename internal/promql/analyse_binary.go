package promql

import (
	"math"

	"github.com/prometheus/prometheus/promql/parser"
)

// binary works out an operator.
func (a *analyser) binary(e *parser.BinaryExpr) *Facts {
	l := a.eval(e.LHS)
	if e.Op == parser.SUB {
		a.subtracted = !a.subtracted
	}
	r := a.eval(e.RHS)
	if e.Op == parser.SUB {
		a.subtracted = !a.subtracted
	}
	left, right := e.LHS.Type(), e.RHS.Type()
	switch {
	case left == parser.ValueTypeScalar && right == parser.ValueTypeScalar:
		return a.scalars(e, l, r)
	case left == parser.ValueTypeScalar:
		return a.withNumber(e, r, l, true)
	case right == parser.ValueTypeScalar:
		return a.withNumber(e, l, r, false)
	case e.Op.IsSetOperator():
		return a.set(e, l, r)
	}
	return a.join(e, l, r)
}

func (a *analyser) scalars(e *parser.BinaryExpr, l, r *Facts) *Facts {
	x, y := l.Range(), r.Range()
	f := numberFacts(Interval{})
	f.from(l, r)
	d := &f.sources[0]
	d.constant = l.sources[0].constant && r.sources[0].constant
	if !e.Op.IsComparisonOperator() {
		d.values = x.arithmetic(e.Op, y)
		return f
	}
	d.values = truth(e.Op, x, y)
	a.checkComparison(e, f, []compared{{&l.sources[0], &r.sources[0]}}, e.Op)
	return f
}

// truth is what `x op bool y` can be.
func truth(op parser.ItemType, x, y Interval) Interval {
	out := between(0, 1)
	switch {
	case x.never(op, y):
		out.High = 0
	case x.always(op, y) && (!x.NaN && !y.NaN || op == parser.NEQ):
		out.Low = 1
	}
	return out
}

// mirrored are comparisons with their sides exchanged.
var mirrored = map[parser.ItemType]parser.ItemType{
	parser.GTR: parser.LSS, parser.LSS: parser.GTR, parser.GTE: parser.LTE, parser.LTE: parser.GTE, parser.EQLC: parser.EQLC, parser.NEQ: parser.NEQ,
}

// compared are two sides of a comparison that meet.
type compared struct{ left, right *disjunct }

// withNumber works out a vector and a number; swapped: the number stands on the left.
func (a *analyser) withNumber(e *parser.BinaryExpr, vec, num *Facts, swapped bool) *Facts {
	f := vec.derive()
	f.from(num)
	n := num.Range()
	if e.Op.IsComparisonOperator() {
		op := e.Op
		if swapped {
			op = mirrored[op]
		}
		a.compareNumber(e, f, vec, num, op)
		return f
	}
	f.keep(func(d *disjunct) bool {
		if !d.scaled(e.Op, swapped) {
			return false
		}
		x, y := d.values, n
		if swapped {
			x, y = y, x
		}
		before := d.values
		d.values = x.arithmetic(e.Op, y)
		if d.low == nil && d.high == nil {
			w := &why{kind: whyValue, node: e, values: d.values}
			d.narrowed(before, w)
		} else {
			w := &why{kind: whyValue, node: e, values: d.values}
			d.low, d.high = cause(d.low, d.high, w)
		}
		d.additive, d.existence, d.bounds = false, false, nil
		d.idle = d.idle && (e.Op == parser.MUL || e.Op == parser.DIV && !swapped)
		d.constant = d.constant && num.sources[0].constant
		if e.Op == parser.DIV && swapped {
			d.nan = nil
		}
		return true
	})
	a.withoutName(f, e)
	return f
}

// cause keeps the deepest reasons of bounds that were calculated with; w where there is none.
func cause(low, high, w *why) (*why, *why) {
	if low == nil {
		low = w
	}
	if high == nil {
		high = w
	}
	return low, high
}

// scaled keeps of a source what arithmetic with a number takes: floats, and native histograms that are multiplied
// or divided.
func (d *disjunct) scaled(op parser.ItemType, swapped bool) bool {
	if op == parser.MUL || op == parser.DIV && !swapped {
		return true
	}
	return d.floatsOnly()
}

// compareNumber works out a comparison of a vector with a number; op as if the vector stood on the left.
func (a *analyser) compareNumber(e *parser.BinaryExpr, f, vec, num *Facts, op parser.ItemType) {
	n := num.Range()
	var pairs []compared
	for i := range vec.sources {
		pairs = append(pairs, compared{&vec.sources[i], &num.sources[0]})
	}
	f.keep(func(d *disjunct) bool { return d.compare(e, op, n) })
	a.checkComparison(e, f, pairs, op)
	if e.ReturnBool {
		a.withoutName(f, e)
	}
}

// compare narrows the values of a source to those for which a comparison with a value of n can hold; false: there
// are none.
func (d *disjunct) compare(e *parser.BinaryExpr, op parser.ItemType, n Interval) bool {
	if !d.floatsOnly() {
		return false
	}
	x := d.values
	if e.ReturnBool {
		d.values = truth(op, x, n)
		w := &why{kind: whyValue, node: e, values: d.values}
		d.low, d.high, d.nan, d.additive, d.existence, d.bounds, d.idle = w, w, nil, false, false, nil, false
		return true
	}
	if x.never(op, n) {
		return false
	}
	d.values = x.narrow(op, n)
	d.narrowed(x, &why{kind: whyCompared, node: e, values: d.values})
	if op != parser.NEQ {
		d.nan = nil
	}
	if !x.always(op, n) || x.NaN || n.NaN {
		d.filtered()
		d.constant = false
	}
	return true
}

// checkComparison reports comparisons that can never hold or always do. op is as if it were left op right.
func (a *analyser) checkComparison(e *parser.BinaryExpr, f *Facts, pairs []compared, op parser.ItemType) {
	if f.told || len(pairs) == 0 {
		return
	}
	never, always, exists, histograms := true, true, true, true
	for _, p := range pairs {
		histograms = histograms && !p.left.float
		never = never && (!p.left.float || p.left.values.never(op, p.right.values))
		always = always && p.left.float && !p.left.native && p.left.values.always(op, p.right.values)
		exists = exists && p.left.existence
	}
	first := pairs[0]
	exists = exists && e.RHS.Type() == parser.ValueTypeScalar
	if !never && (!always || exists || first.idiomatic(op) || a.keepsNumbers(e, op, first)) {
		return
	}
	start, end := a.q.operatorBytes(e)
	switch {
	case histograms:
		a.add(a.problem(ImpossibleComparison, start, end, true, "a native histogram cannot be compared with a number"), "compare a quantile, a mean or a count: `histogram_quantile(0.9, …)`, `histogram_avg(…)`, `histogram_count(…)`")
	case never:
		p := a.problem(ImpossibleComparison, start, end, true, "this comparison never holds: the left side is %s, the right side %s", first.left.values.words(), first.right.values.words())
		help := "compare with a value that can occur"
		if agg, ok := bare(e.LHS).(*parser.AggregateExpr); ok && agg.Op == parser.COUNT && op != parser.GTR && op != parser.GTE {
			help = "where there is nothing there is no result either: ask with `absent(…)`"
		}
		a.add(p, help, a.q.boundReasons(first)...)
	default:
		p := a.problem(AlwaysTrue, start, end, false, "this comparison always holds: the left side is %s, the right side %s", first.left.values.words(), first.right.values.words())
		a.add(p, "compare with what would be wrong, or remove the comparison", a.q.boundReasons(first)...)
		if !e.ReturnBool {
			return
		}
	}
	f.told = true
}

// keepsNumbers reports a recorded `>= 0` of what cannot be negative: it keeps NaN out of the record, where it would stay in
// every window that it falls into.
func (a *analyser) keepsNumbers(e *parser.BinaryExpr, op parser.ItemType, p compared) bool {
	return a.use.Place == InRecord && op == parser.GTE && !e.ReturnBool && p.right.values.Low == 0 && p.right.values.High == 0
}

// idiomatic reports comparisons that are written to drop NaN: `>= 0` and `> -1` of what cannot be negative,
// `< Inf`, `x == 1`. A rate is NaN only where its counter was infinite, which nobody thinks of.
func (p compared) idiomatic(op parser.ItemType) bool {
	v, limit := p.left.values, p.right.values
	switch {
	case !v.NaN:
		return false
	case math.IsInf(v.Low, -1) && math.IsInf(v.High, 1), op == parser.EQLC:
		return true
	case op == parser.GTE, op == parser.GTR:
		return limit.High <= 0 && !(p.left.idle && p.left.nan == nil)
	case op == parser.LTE, op == parser.LSS:
		return math.IsInf(limit.Low, 1)
	}
	return false
}
