package promql

import (
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// variableMatching reports whether a variable says by which labels two sides are joined, or what is included.
func (a *analyser) variableMatching(e *parser.BinaryExpr) bool {
	return len(a.q.tokens) > 0 && (a.q.holdsToken(a.q.joinGrouping(e, false)) || a.q.holdsToken(a.q.joinGrouping(e, true)))
}

// checkMatchingLabels reports labels of on and ignoring that neither side has.
func (a *analyser) checkMatchingLabels(e *parser.BinaryExpr, l, r *Facts) (told bool) {
	if l.told || r.told || len(l.sources) == 0 || len(r.sources) == 0 {
		return false
	}
	for _, name := range e.VectorMatching.MatchingLabels {
		if name == nameLabel || !l.domain(name).never() || !r.domain(name).never() {
			continue
		}
		g := a.q.joinGrouping(e, false)
		if g == nil {
			return told
		}
		in := l
		if l.removed(name) == nil && (l.open() || r.removed(name) != nil) {
			in = r
		}
		start, end := a.q.labelBytes(g, name)
		a.missingLabel(in, name, start, end, e.VectorMatching.On, "there is nothing to ignore")
		told = told || e.VectorMatching.On
	}
	return told
}

// join works out an operator between two vectors, but for and, or and unless.
func (a *analyser) join(e *parser.BinaryExpr, l, r *Facts) *Facts {
	if a.variableMatching(e) || e.VectorMatching.FillValues.LHS != nil || e.VectorMatching.FillValues.RHS != nil {
		f := a.nothingKnown().from(l, r)
		f.told = true
		return f
	}
	f := (&Facts{}).from(l, r)
	f.told = a.checkMatchingLabels(e, l, r) || f.told
	m := matchingOf(e)
	many, one := l, r
	if e.VectorMatching.Card == parser.CardOneToMany {
		many, one = r, l
	}
	var pairs []compared
	f.sources = make([]disjunct, 0, len(many.sources))
	for i := range many.sources {
		d := many.sources[i]
		partners := m.partners(&d, one)
		for _, p := range partners {
			if many == l {
				pairs = append(pairs, compared{&many.sources[i], p})
			} else {
				pairs = append(pairs, compared{p, &many.sources[i]})
			}
		}
		if len(partners) > 0 && a.joined(&d, e, m, partners, many == r) {
			f.sources = append(f.sources, d)
		}
	}
	if len(pairs) == 0 {
		a.checkNoMatch(e, f, l, r)
		return f
	}
	a.checkCardinality(e, m, f, many, one)
	a.checkIncluded(e, f, many, one)
	a.values(e, m, f, l, r, pairs)
	if len(l.sources) == 1 && len(r.sources) == 1 {
		f.returns = l.returns && r.returns && len(f.sources) > 0 && f.sources[0].constant
	}
	f.unique = len(f.sources) < 2 || e.VectorMatching.Card == parser.CardOneToOne && !(m.on && m.has(nameLabel)) || many.unique && len(e.VectorMatching.Include) == 0
	if !f.unique && changesName(e) {
		a.sameWithoutName(f, e)
	}
	for i := range f.sources {
		f.sources[i].count()
	}
	return f
}

// changesName reports whether the result has no name of a metric.
func changesName(e *parser.BinaryExpr) bool { return !e.Op.IsComparisonOperator() || e.ReturnBool }

// joined makes of the many side's source what the result has of it, values apart; false: no sample is left.
func (a *analyser) joined(d *disjunct, e *parser.BinaryExpr, m matching, partners []*disjunct, swapped bool) bool {
	card := e.VectorMatching.Card
	d.full = d.full && a.sameValues(d, m, partners)
	if !d.full {
		d.spread = nil
	}
	d.from, d.additive = nil, false
	n := 0
	for _, p := range partners {
		n = plus(n, p.n)
	}
	m.meet(d, partners)
	if changesName(e) {
		d.dropName()
	}
	if card == parser.CardOneToOne {
		d.n = min(d.n, n)
		w := &why{kind: whyMatched, node: e}
		if m.on {
			a.keepOnly(d, m, w)
		} else {
			d.drop(w, m.names...)
		}
	}
	for _, name := range e.VectorMatching.Include {
		dom := partners[0].label(name)
		for _, p := range partners[1:] {
			dom = dom.join(p.label(name))
		}
		if dom.never() {
			d.drop(&why{kind: whyIncluded, node: e}, name)
		} else {
			d.loseKeys(name)
			d.set(name, dom)
		}
	}
	d.constant = d.constant && len(partners) == 1 && partners[0].constant
	d.noInf, d.bounds = nil, nil
	return a.kinds(d, e, partners, swapped)
}

// keepOnly removes all labels that are not in on.
func (a *analyser) keepOnly(d *disjunct, m matching, w *why) {
	kept := make([]labelDomain, 0, len(m.names))
	var gone []string
	for _, name := range byName(m.names) {
		if dom := d.label(name); !dom.never() {
			kept = append(kept, labelDomain{name, dom})
		}
	}
	for _, l := range d.labels {
		if !slices.Contains(m.names, l.name) && !l.never() && l.name != nameLabel {
			gone = append(gone, l.name)
		}
	}
	switch {
	case d.open:
		d.gone = append(slices.Clip(d.gone), removal{nil, w})
	case gone != nil:
		d.gone = append(slices.Clip(d.gone), removal{gone, w})
	}
	d.labels, d.open = kept, false
	d.keys = slices.DeleteFunc(slices.Clone(d.keys), func(k []string) bool {
		return slices.ContainsFunc(k, func(n string) bool { return !slices.Contains(m.names, n) })
	})
	d.spread = slices.DeleteFunc(slices.Clone(d.spread), func(n string) bool { return !slices.Contains(m.names, n) })
}

// sameValues reports whether for each series of d there is a partner as soon as all declared series exist.
func (a *analyser) sameValues(d *disjunct, m matching, partners []*disjunct) bool {
	if len(partners) != 1 || !partners[0].full || partners[0].open || d.open {
		return false
	}
	p := partners[0]
	for _, name := range m.labels(d, p) {
		x, y := d.label(name), p.label(name)
		if !x.same(y) || !p.spreads(name) || !d.spreads(name) {
			return false
		}
	}
	return true
}

// kinds says whether the result of an operator is made of floats, native histograms or both.
func (a *analyser) kinds(d *disjunct, e *parser.BinaryExpr, partners []*disjunct, swapped bool) bool {
	float, native := false, false
	for _, p := range partners {
		x, y := d, p
		if swapped {
			x, y = p, d
		}
		ff, nn := x.float && y.float, x.native && y.native
		fn, nf := x.float && y.native, x.native && y.float
		switch e.Op {
		case parser.ADD, parser.SUB:
			float, native = float || ff, native || nn
		case parser.MUL:
			float, native = float || ff, native || fn || nf
		case parser.DIV:
			float, native = float || ff, native || nf
		case parser.EQLC, parser.NEQ:
			float, native = float || ff || nn && e.ReturnBool, native || nn && !e.ReturnBool
		default:
			float = float || ff
		}
		if x.native || y.native {
			d.full, d.spread = false, nil
		}
	}
	d.float, d.native = float, native
	return float || native
}

// values works out where the results lie, and judges comparisons.
func (a *analyser) values(e *parser.BinaryExpr, m matching, f, l, r *Facts, pairs []compared) {
	x, y := hull(pairs, true), hull(pairs, false)
	equal := a.equalSides(e, l, r)
	part := !equal && e.Op == parser.DIV && a.partOf(e, m, l, r)
	if e.Op.IsComparisonOperator() {
		if equal {
			a.checkSelfComparison(e, f)
		} else {
			a.checkComparison(e, f, pairs, e.Op)
		}
	}
	kept := f.sources[:0]
	for i := range f.sources {
		d := f.sources[i]
		if a.valuesOfSource(&d, e, m, x, y, pairs, part, equal) {
			kept = append(kept, d)
		}
	}
	f.sources = kept
	if part {
		a.checkMissingZero(e, l, r, f)
	}
}

func (a *analyser) valuesOfSource(d *disjunct, e *parser.BinaryExpr, m matching, x, y Interval, pairs []compared, part, equal bool) bool {
	w := &why{kind: whyValue, node: e}
	var nan *division
	idle, existence := true, true
	low, high := (*why)(nil), (*why)(nil)
	for _, p := range pairs {
		low, high = p.left.low, p.left.high
		idle = idle && p.left.idle
		existence = existence && p.left.existence
		for _, n := range []*division{p.left.nan, p.right.nan} {
			if n != nil {
				nan = n
			}
		}
	}
	d.existence, d.idle, d.nan = false, false, nan
	switch {
	case e.Op.IsComparisonOperator() && e.ReturnBool:
		d.values = truth(e.Op, x, y)
		if d.native || equal {
			d.values = between(0, 1)
		}
		d.nan = nil
	case e.Op.IsComparisonOperator():
		if !d.native && x.never(e.Op, y) {
			return false
		}
		d.values, d.existence = x.narrow(e.Op, y), existence
		w.kind = whyCompared
		if d.values.Low != x.Low {
			low = w
		}
		if d.values.High != x.High {
			high = w
		}
		w.values = d.values
		d.low, d.high, d.idle = low, high, idle
		d.full, d.spread, d.constant = false, nil, d.constant && x.always(e.Op, y) && !x.NaN && !y.NaN
		if e.Op != parser.NEQ {
			d.nan = nil
		}
		return true
	default:
		d.values = x.arithmetic(e.Op, y)
		d.idle = idle && e.Op == parser.MUL
	}
	if part {
		d.values = Interval{Low: 0, High: 1 + 1e-9, NaN: true}
	}
	if e.Op == parser.DIV {
		if n := a.zeroByZero(e, m, pairs); n != nil {
			d.nan = n
		}
	}
	w.values = d.values
	d.low, d.high = w, w
	return true
}

// hull is where the values of one side lie.
func hull(pairs []compared, left bool) Interval {
	var v Interval
	for i, p := range pairs {
		side := p.left
		if !left {
			side = p.right
		}
		w := side.values
		if !side.float {
			w = Everything()
		}
		if i == 0 {
			v = w
		} else {
			v = v.union(w)
		}
	}
	return v
}

// zeroByZero notes a division whose sides are both zero when nothing happens.
func (a *analyser) zeroByZero(e *parser.BinaryExpr, m matching, pairs []compared) *division {
	for _, p := range pairs {
		if !p.left.idle || !p.right.idle || !p.left.values.has(0) || !p.right.values.has(0) || p.right.open {
			continue
		}
		n := &division{node: e}
		for _, l := range p.right.labels {
			if l.name != nameLabel && !l.pinned() && m.has(l.name) {
				n.by = append(n.by, l.name)
			}
		}
		return n
	}
	return nil
}
