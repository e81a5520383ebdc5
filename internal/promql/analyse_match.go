package promql

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// checkNoMatch reports sides of which no series ever match.
func (a *analyser) checkNoMatch(e *parser.BinaryExpr, f, l, r *Facts) {
	if len(f.sources) > 0 || len(l.sources) == 0 || len(r.sources) == 0 || f.told {
		return
	}
	message, reasons := a.whyNoMatch(e, &l.sources[0], &r.sources[0])
	start, end := a.q.joinBytes(e)
	p := a.problem(JoinNeverMatches, start, end, true, "the two sides never match: %s", message)
	a.add(p, matchHelp(e, &l.sources[0], &r.sources[0]), reasons...)
	f.told = true
}

// matchHelp says how two sides that never match could.
func matchHelp(e *parser.BinaryExpr, l, r *disjunct) string {
	m := matchingOf(e)
	if e.Op.IsSetOperator() {
		return "match by labels whose values agree, with `on (…)`"
	}
	left, right, others := m.oneSided(l, r)
	op := e.Op.String()
	switch {
	case m.on || len(m.names) > 0 || others || len(left)+len(right) == 0:
		return "match by labels that both sides have, with `on (…)` or `ignoring (…)`"
	case len(right) == 0:
		return "write `" + op + " ignoring (" + strings.Join(left, ", ") + ") group_left ()`, or aggregate " + quoted(left) + " away on the left side"
	case len(left) == 0:
		return "write `" + op + " ignoring (" + strings.Join(right, ", ") + ") group_right ()`, or aggregate " + quoted(right) + " away on the right side"
	}
	return "aggregate " + quoted(left) + " away on the left side and " + quoted(right) + " on the right, or match by what they share, with `on (…)`"
}

// oneSided are labels of the matching that only one side has; others: there are more reasons not to match.
func (m matching) oneSided(l, r *disjunct) (left, right []string, others bool) {
	for _, name := range m.labels(l, r) {
		x, y := l.label(name), r.label(name)
		switch {
		case x.meets(y):
		case y.never():
			left = append(left, name)
		case x.never():
			right = append(right, name)
		default:
			others = true
		}
	}
	return left, right, others
}

// whyNoMatch says which label keeps two sources apart.
func (a *analyser) whyNoMatch(e *parser.BinaryExpr, l, r *disjunct) (string, []Reason) {
	name := matchingOf(e).clash(l, r)
	x, y := l.label(name), r.label(name)
	switch {
	case x.never() && y.presence() == Surely:
		return "only the right side has the label `" + name + "`", a.whyMissing(l, name)
	case y.never() && x.presence() == Surely:
		return "only the left side has the label `" + name + "`", a.whyMissing(r, name)
	case x.any || y.any || x.never() || y.never():
		return "their values of `" + name + "` differ", nil
	}
	return "`" + name + "` is " + quoted(x.values) + " on the left and " + quoted(y.values) + " on the right", nil
}

// whyMissing says where a label ends, or where the metric that has none is declared.
func (a *analyser) whyMissing(d *disjunct, name string) []Reason {
	if w := d.removed(name); w != nil {
		return []Reason{a.q.reason(w, name)}
	}
	return a.declaration(d.name)
}

// unambiguous says whether labels tell the series of a side apart.
type unambiguous struct {
	// no: they may not. sure: they do not, as soon as all declared series exist.
	no, sure bool
	// label is one by which series with the same labels differ.
	label string
	// source is the one where it is; nil: two sources have the same labels.
	source *disjunct
}

// unique finds whether the labels of a matching tell the series of a side apart. What is only possible because
// nobody knows a label is not told.
func (m matching) unique(f *Facts) unambiguous {
	var out unambiguous
	if f.MaxSeries() <= 1 {
		return out
	}
	separate := f.apart != nil && !slices.ContainsFunc(f.apart, func(n string) bool { return !m.has(n) })
	for i := range f.sources {
		d := &f.sources[i]
		u := m.uniqueSource(d)
		if u.no && (!out.no || u.sure) {
			out = u
		}
		for k := range i {
			s := &f.sources[k]
			if out.no || separate || f.unique && m.all(d) && m.all(s) || d.open || s.open || !m.meets(d, s) {
				continue
			}
			if d.listed() && s.listed() {
				out = unambiguous{no: true, sure: m.surelyMeets(d, s)}
			}
		}
	}
	return out
}

// all reports whether all labels of d take part.
func (m matching) all(d *disjunct) bool {
	return !slices.ContainsFunc(d.labels, func(l labelDomain) bool { return l.name != nameLabel && !m.has(l.name) && !l.never() })
}

func (m matching) meets(a, b *disjunct) bool { return m.clash(a, b) == "" }

func (m matching) surelyMeets(a, b *disjunct) bool {
	if !a.full || !b.full {
		return false
	}
	for _, name := range m.labels(a, b) {
		x, y := a.label(name), b.label(name)
		if x.never() && y.never() {
			continue
		}
		if !a.spreads(name) || !b.spreads(name) || len(common(x.values, y.values)) == 0 {
			return false
		}
	}
	return true
}

func (m matching) uniqueSource(d *disjunct) unambiguous {
	if d.n <= 1 {
		return unambiguous{}
	}
	known := func(name string) bool { return m.has(name) || d.label(name).pinned() }
	for _, k := range d.keys {
		if !slices.ContainsFunc(k, func(n string) bool { return !known(n) }) {
			return unambiguous{}
		}
	}
	if d.full && !d.open {
		settled := true // the labels of the matching do not depend on others
		for _, l := range d.labels {
			settled = settled && (!m.has(l.name) || l.pinned() || d.spreads(l.name))
		}
		for _, name := range d.spread {
			if settled && name != nameLabel && !m.has(name) && d.label(name).several() {
				return unambiguous{no: true, sure: true, label: name, source: d}
			}
		}
	}
	for _, l := range d.labels {
		if l.name == nameLabel || known(l.name) || l.soft || l.absent || !m.matters(d, l.name) {
			continue
		}
		if l.any && l.atMost != 1 || l.several() {
			return unambiguous{no: true, label: l.name, source: d}
		}
	}
	return unambiguous{}
}

// matters reports whether a label can tell apart what the labels of the matching do not: with a key, only the
// key's own labels do.
func (m matching) matters(d *disjunct, name string) bool {
	return len(d.keys) == 0 || slices.ContainsFunc(d.keys, func(k []string) bool { return slices.Contains(k, name) })
}

// checkCardinality reports joins that fail because a side is not unique.
func (a *analyser) checkCardinality(e *parser.BinaryExpr, m matching, f, many, one *Facts) {
	if f.told {
		return
	}
	right := m.unique(one)
	grouped := e.VectorMatching.Card != parser.CardOneToOne
	left := unambiguous{}
	if !grouped {
		left = m.unique(many)
	}
	switch {
	case !right.no && !left.no:
		return
	case grouped && !a.provedMany(right):
		// Who writes group_left knows that there is one: a worker has one replica, whatever a label may hold.
	case grouped || right.no && left.no:
		a.manyToMany(e, f, many, one, right)
	case right.no:
		a.missingGroup(e, f, many, one, right, "right", "group_right")
	default:
		a.missingGroup(e, f, one, many, left, "left", "group_left")
	}
}

func (a *analyser) manyToMany(e *parser.BinaryExpr, f, many, one *Facts, u unambiguous) {
	side := "right"
	if e.VectorMatching.Card == parser.CardOneToMany {
		side = "left"
	}
	start, end := a.q.joinBytes(e)
	p := a.problem(ManyToMany, start, end, a.provedMany(u), "the %s side has several series for one match%s, and the query fails", side, u.words())
	a.add(p, "match by that label too, or aggregate it away on the "+side+" side first", a.manyReasons(u)...)
	f.told = true
	f.fails = f.fails || u.sure && many.full() && one.full()
}

// missingGroup reports a side with several series for one match, where neither group_left nor group_right says so.
// Unlike many-to-many it fails only where something matches.
func (a *analyser) missingGroup(e *parser.BinaryExpr, f, one, many *Facts, u unambiguous, side, word string) {
	start, end := a.q.joinBytes(e)
	p := a.problem(MissingGroupLeft, start, end, a.provedMany(u), "the %s side has several series for one match%s, and the query fails", side, u.words())
	a.add(p, "write `"+word+" ()` if that is meant, or aggregate the label away first", a.manyReasons(u)...)
	f.told = true
	if side == "right" {
		f.fails = f.fails || u.sure && many.full() && one.full()
		return
	}
	f.fails = f.fails || u.sure && u.source != nil && len(one.sources) == 1 && len(many.sources) == 1 && !u.source.native &&
		!one.sources[0].native && a.sameValues(u.source, matchingOf(e), []*disjunct{&one.sources[0]})
}

func (a *analyser) provedMany(u unambiguous) bool {
	return u.sure || u.source != nil && u.source.label(u.label).several()
}

func (u unambiguous) words() string {
	if u.label == "" {
		return ""
	}
	return ": they differ in `" + u.label + "`"
}

func (a *analyser) manyReasons(u unambiguous) []Reason {
	if u.source == nil {
		return nil
	}
	return a.labelDeclaration(u.source.name, u.label)
}

// checkIncluded reports labels of group_left that the other side lacks.
func (a *analyser) checkIncluded(e *parser.BinaryExpr, f, many, one *Facts) {
	if one.told || many.told || f.told {
		return
	}
	for _, name := range e.VectorMatching.Include {
		if !one.domain(name).never() {
			continue
		}
		g := a.q.joinGrouping(e, true)
		if g == nil {
			return
		}
		start, end := a.q.labelBytes(g, name)
		effect := "there is nothing to take over"
		if !many.domain(name).never() {
			effect = "it is removed from the result"
		}
		p := a.problem(IncludedLabel, start, end, true, "the other side has no label `%s`, so that %s", name, effect)
		a.add(p, "keep the label on the other side, or leave it out here", a.whyMissing(&one.sources[0], name)...)
	}
}
