package promql

import "github.com/prometheus/prometheus/promql/parser"

func (t *typing) binary(n *parser.BinaryExpr) typeFact {
	l, r := t.of(n.LHS), t.of(n.RHS)
	m := binaryMeasure(n, l.measure, r.measure)
	switch {
	case n.Op == parser.LOR:
		f := l
		if l.number {
			f = r
		}
		f.measure, f.kind, f.window = m, unionKind(l, r), l.window.with(r.window)
		if f.raw == nil {
			f.raw = r.raw
		}
		if !l.number && !r.number && l.name != r.name {
			f.name, f.metric = "", nil
		}
		return f
	case n.Op == parser.LAND:
		if l.raw != nil && l.raw.positive {
			l.raw = nil // a condition: there was any
		}
		return l
	case n.Op == parser.LUNLESS:
		if sameCounter(l.raw, r.raw) {
			l.raw = nil // `x unless x offset 1h`: the series that began since then, whose value is their growth
		}
		return l
	case n.Op.IsComparisonOperator():
		return t.compare(n, l, r, m)
	}
	judged := t.checkShares(n, l) || t.checkUnits(n, l, r)
	if n.Op == parser.DIV {
		t.checkWindows(n, l, r)
	}
	f := typeFact{measure: m, kind: operatorKind(n, l, r, m), window: l.window.with(r.window), many: l.many || r.many}
	switch {
	case r.number:
		f.name, f.metric, f.recorded, f.byName = l.name, l.metric, l.recorded, l.byName
	case l.number:
		f.name, f.metric, f.recorded, f.byName = r.name, r.metric, r.recorded, r.byName
	default:
		f.many = true
	}
	f.window.ratio = f.window.ratio || n.Op == parser.DIV && !r.number
	if !judged {
		f.raw = rawOperand(n, l, r)
	}
	return f
}

// rawOperand is the counter that is still read without rate behind arithmetic; nil: there is none, or what
// was done with it makes sense.
func rawOperand(n *parser.BinaryExpr, l, r typeFact) *rawCounter {
	switch {
	case l.raw == nil && r.raw == nil:
		return nil
	case r.number && r.value == 0 && (n.Op == parser.MUL || n.Op == parser.POW), l.number && l.value == 0 && n.Op == parser.MUL:
		return nil // only its labels are wanted
	case l.raw != nil && r.raw != nil:
		return rawPair(n, l.raw, r.raw)
	}
	card := parser.CardOneToOne
	if n.VectorMatching != nil {
		card = n.VectorMatching.Card
	}
	switch {
	case n.Op == parser.MUL && (card == parser.CardManyToOne && r.raw != nil || card == parser.CardOneToMany && l.raw != nil):
		return nil // joined for its labels
	case l.raw != nil:
		return l.raw
	}
	return r.raw
}

// rawPair is rawOperand of two counters. What began less what ended is how many run; the same counter at two
// times is a growth that a restart breaks.
func rawPair(n *parser.BinaryExpr, l, r *rawCounter) *rawCounter {
	raw := *l
	raw.other = r
	if n.Op == parser.SUB {
		if l.name != r.name || l.node.OriginalOffset == r.node.OriginalOffset && l.overTime == r.overTime && !l.overTime {
			return nil
		}
		raw.subtracted = true
		raw.other = nil
	}
	return &raw
}

// sameCounter reports whether both are values of one counter at different times.
func sameCounter(l, r *rawCounter) bool {
	return l != nil && r != nil && l.name == r.name && (l.node.OriginalOffset != r.node.OriginalOffset || l.overTime != r.overTime)
}

// compare is the fact of a comparison. A filter keeps the values of its vector.
func (t *typing) compare(n *parser.BinaryExpr, l, r typeFact, m measure) typeFact {
	judged := t.checkUnits(n, l, r)
	t.checkEquality(n, l, r)
	t.checkShares(n, l)
	of, with := l, r
	if l.number && !r.number {
		of, with = r, l
	}
	switch raw := of.raw; {
	case judged:
		of.raw = nil
	case raw == nil:
		if with.raw != nil {
			t.rawCounter(comparedWith(with.raw, nil))
		}
	case with.number && with.value == 0 && (n.Op == parser.EQLC || n.ReturnBool), sameCounter(raw, with.raw):
		of.raw = nil // whether there was any; whether it was reset
	default:
		of.raw = comparedWith(raw, with.raw)
		of.raw.positive = with.number && with.value == 0
		if n.ReturnBool {
			t.rawCounter(of.raw)
		}
	}
	if n.ReturnBool {
		return typeFact{measure: m}
	}
	of.measure = m
	return of
}

func comparedWith(raw, other *rawCounter) *rawCounter {
	c := *raw
	c.compared = true
	if other != nil {
		c.other = other
	}
	return &c
}
