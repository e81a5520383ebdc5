package promql

import (
	"reflect"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// matching is by which labels two sides are joined.
type matching struct {
	on    bool
	names []string
}

func matchingOf(e *parser.BinaryExpr) matching {
	return matching{e.VectorMatching.On, e.VectorMatching.MatchingLabels}
}

// has reports whether a label takes part.
func (m matching) has(name string) bool {
	if m.on {
		return slices.Contains(m.names, name)
	}
	return name != nameLabel && !slices.Contains(m.names, name)
}

// labels are those that take part: all that one of both sides may have.
func (m matching) labels(l, r *disjunct) []string {
	if m.on {
		return m.names
	}
	names := make([]string, 0, len(l.labels)+len(r.labels))
	for _, list := range [2][]labelDomain{l.labels, r.labels} {
		for i := range list {
			if m.has(list[i].name) {
				names = append(names, list[i].name)
			}
		}
	}
	return byName(names)
}

// clash is a label that keeps two sources from ever matching; empty: they can.
func (m matching) clash(l, r *disjunct) string {
	for _, name := range m.labels(l, r) {
		if !l.label(name).meets(r.label(name)) {
			return name
		}
	}
	return ""
}

// partners are the sources of r that l can match.
func (m matching) partners(l *disjunct, r *Facts) (list []*disjunct) {
	for i := range r.sources {
		if m.clash(l, &r.sources[i]) == "" {
			list = append(list, &r.sources[i])
		}
	}
	return list
}

// covers reports whether for every series of r there is one of l with the same labels of the matching.
func (m matching) covers(l, r *disjunct, q *Query) bool {
	if l.from == nil || r.from == nil || l.open || r.open || l.native != r.native || !q.subset(r.from, l.from) {
		return false
	}
	for _, name := range m.labels(l, r) {
		a, b := l.label(name), r.label(name)
		if a.never() != b.never() {
			return false
		}
	}
	return true
}

// subset reports whether a reads only series that b reads, at the same times, and makes a result of no more.
func (q *Query) subset(a, b *selection) bool {
	x, y := a.node, b.node
	if a.window != b.window || a.token != b.token || a.least != b.least || !q.sameTime(x, y) {
		return false
	}
	return takesAtLeast(q, y, x)
}

// sameTime reports whether two selectors read the same time.
func (q *Query) sameTime(x, y *parser.VectorSelector) bool {
	if q.tokenOf(x.OriginalOffset.Seconds()) >= 0 || q.tokenOf(y.OriginalOffset.Seconds()) >= 0 {
		return false
	}
	return x.OriginalOffset == y.OriginalOffset && x.StartOrEnd == y.StartOrEnd &&
		(x.Timestamp == nil) == (y.Timestamp == nil) && (x.Timestamp == nil || *x.Timestamp == *y.Timestamp)
}

// takesAtLeast reports whether every matcher of the wide selector stands in the narrow one, too.
func takesAtLeast(q *Query, wide, narrow *parser.VectorSelector) bool {
	w, n := &q.selectors[q.selectorIndex(wide)], &q.selectors[q.selectorIndex(narrow)]
	if w.Name == "" || w.Name != n.Name || !q.exact(w) || !q.exact(n) {
		return false
	}
	for i, m := range w.Matchers {
		found := false
		for k, o := range n.Matchers {
			found = found || m.Name == o.Name && m.Type == o.Type && m.Value == o.Value && w.MatcherSpans[i].Text() == n.MatcherSpans[k].Text()
		}
		if !found {
			return false
		}
	}
	return true
}

// meet narrows the labels of d to what its partners have.
func (m matching) meet(d *disjunct, partners []*disjunct) {
	var names []string
	for i := range d.labels {
		if m.has(d.labels[i].name) {
			names = append(names, d.labels[i].name)
		}
	}
	for _, name := range names {
		dom := partners[0].label(name)
		for _, p := range partners[1:] {
			dom = dom.join(p.label(name))
		}
		d.set(name, d.label(name).meet(dom))
	}
}

// set works out and, or, unless.
func (a *analyser) set(e *parser.BinaryExpr, l, r *Facts) *Facts {
	if a.variableMatching(e) {
		f := a.nothingKnown().from(l, r)
		f.told = true
		return f
	}
	a.checkMatchingLabels(e, l, r)
	switch e.Op {
	case parser.LAND:
		return a.and(e, l, r)
	case parser.LUNLESS:
		return a.unless(e, l, r)
	}
	return a.or(e, l, r)
}

func (a *analyser) and(e *parser.BinaryExpr, l, r *Facts) *Facts {
	m := matchingOf(e)
	f := l.derive()
	f.from(r)
	f.keep(func(d *disjunct) bool {
		list := m.partners(d, r)
		if len(list) == 0 {
			return false
		}
		d.filtered()
		d.constant = false
		m.meet(d, list)
		d.count()
		return true
	})
	f.returns = false
	a.checkNoMatch(e, f, l, r)
	a.checkApart(e, f, l, r)
	return f
}

// checkApart reports `x > 5 and x < 3`.
func (a *analyser) checkApart(e *parser.BinaryExpr, f, l, r *Facts) {
	x, okX := a.filterOf(e.LHS)
	y, okY := a.filterOf(e.RHS)
	if f.told || !okX || !okY || e.VectorMatching.On || len(e.VectorMatching.MatchingLabels) > 0 || !a.q.sameText(x, y) {
		return
	}
	v, w := l.Range(), r.Range()
	if v.noNumber() || w.noNumber() || !v.narrow(parser.EQLC, w).noNumber() || !a.facts[x].oneName() {
		return
	}
	start, end := a.q.operatorBytes(e)
	p := a.problem(ImpossibleComparison, start, end, true, "both conditions never hold at once: the left side is %s, the right side %s", v.words(), w.words())
	a.add(p, "write `or` if one of them is enough")
	f.sources, f.told = nil, true
}

// oneName reports whether no two series differ in the metric's name only.
func (f *Facts) oneName() bool {
	return len(f.sources) == 1 && f.sources[0].label(nameLabel).pinned()
}

// filterOf is the vector in `vector > number`, without bool.
func (a *analyser) filterOf(e parser.Expr) (parser.Expr, bool) {
	b, ok := bare(e).(*parser.BinaryExpr)
	if !ok || b.ReturnBool || !b.Op.IsComparisonOperator() || b.LHS.Type() != parser.ValueTypeVector || b.RHS.Type() != parser.ValueTypeScalar {
		return nil, false
	}
	return b.LHS, true
}

// sameText reports whether two parts are written with the same lexemes.
func (q *Query) sameText(x, y parser.Expr) bool {
	x, y = bare(x), bare(y)
	if reflect.TypeOf(x) != reflect.TypeOf(y) {
		return false
	}
	i, endX := q.extent(x)
	k, endY := q.extent(y)
	for i <= endX && k <= endY {
		if q.src.of(q.src.list[i]) != q.src.of(q.src.list[k]) {
			return false
		}
		i, k = q.src.next(i), q.src.next(k)
	}
	return i > endX && k > endY
}

func (a *analyser) unless(e *parser.BinaryExpr, l, r *Facts) *Facts {
	m := matchingOf(e)
	f := l.derive()
	f.from(r)
	never, gone := true, len(l.sources) > 0
	f.keep(func(d *disjunct) bool {
		list := m.partners(d, r)
		if len(list) == 0 {
			gone = false
			return true
		}
		never = false
		covered := slices.ContainsFunc(list, func(p *disjunct) bool { return m.covers(p, d, a.q) })
		gone = gone && covered
		d.filtered()
		d.constant = false
		return !covered
	})
	if !never {
		f.returns = false
	}
	switch {
	case f.told || l.told || r.told || len(l.sources) == 0 || len(r.sources) == 0:
	case never:
		start, end := a.q.joinBytes(e)
		message, reasons := a.whyNoMatch(e, &l.sources[0], &r.sources[0])
		p := a.problem(NoOpUnless, start, end, false, "`unless` removes nothing: %s", message)
		a.add(p, "match by labels that both sides have: `unless on (…)`", reasons...)
	case gone:
		start, end := a.q.joinBytes(e)
		p := a.problem(DeadBranch, start, end, true, "`unless` removes everything: whatever is on the left is on the right, too")
		a.add(p, "compare different series, or filter the right side")
		f.told = true
	}
	return f
}
