package promql

import (
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

func (a *analyser) or(e *parser.BinaryExpr, l, r *Facts) *Facts {
	m := matchingOf(e)
	f := (&Facts{returns: l.returns || r.returns}).from(l, r)
	f.told = l.told && r.told
	f.sources = slices.Clone(l.sources)
	dead := len(r.sources) > 0
	for i := range r.sources {
		d := r.sources[i]
		if a.overshadowed(m, l, &d) {
			continue
		}
		dead = false
		if len(l.sources) > 0 {
			d.filtered()
			d.constant = false
		}
		f.sources = append(f.sources, d)
	}
	// What r adds differs from all of l in a label that is matched.
	f.unique = l.unique && r.unique && !(m.on && m.has(nameLabel)) || len(f.sources) < 2
	if m.on && l.separate(m.names) && r.separate(m.names) {
		f.apart = append([]string{}, m.names...)
	}
	if len(r.sources) == 0 {
		f.unique = l.unique
	} else if len(l.sources) == 0 {
		f.unique = r.unique
	}
	if l.told || r.told {
		return f.bounded()
	}
	switch {
	case dead && len(l.sources) > 0:
		start, end := a.q.operatorBytes(e)
		p := a.problem(DeadBranch, start, end, false, "the right side of `or` never adds anything: whatever is there is on the left already")
		a.add(p, "remove it, or match by fewer labels")
	default:
		a.checkVector(e, m, l, r)
	}
	return f.bounded()
}

// separate reports whether series of different sources differ in some of these labels.
func (f *Facts) separate(names []string) bool {
	if len(f.sources) < 2 {
		return true
	}
	return f.apart != nil && !slices.ContainsFunc(f.apart, func(n string) bool { return !slices.Contains(names, n) })
}

// overshadowed reports whether each series of d has one in l with the same labels of the matching.
func (a *analyser) overshadowed(m matching, l *Facts, d *disjunct) bool {
	if l.returns {
		for i := range l.sources {
			s := &l.sources[i]
			alone := s.constant && len(s.labels) == 0 && !s.open && !d.open
			if alone && !slices.ContainsFunc(m.labels(s, d), func(name string) bool { return !d.label(name).never() }) {
				return true
			}
		}
	}
	return slices.ContainsFunc(l.sources, func(s disjunct) bool { return m.covers(&s, d, a.q) })
}

// checkVector reports `or vector(0)` beside series with labels: what it adds has none of them. In a sum of all
// that is as good as 0.
func (a *analyser) checkVector(e *parser.BinaryExpr, m matching, l, r *Facts) {
	if m.on || len(l.sources) == 0 || len(r.sources) != 1 {
		return
	}
	d := &r.sources[0]
	if !d.constant || len(d.labels) > 0 || d.open {
		return
	}
	label := ""
	summed := a.summed
	if summed != nil && bare(summed.Expr) != e {
		summed = nil
	}
	for i := range l.sources {
		s := &l.sources[i]
		at := slices.IndexFunc(s.labels, func(l labelDomain) bool {
			// `sum by (a) (x or vector(0))` fills a gap where a need not be there.
			return l.name != nameLabel && l.presence() == Surely && (summed == nil || !summed.Without && slices.Contains(summed.Grouping, l.name))
		})
		if at < 0 {
			return
		}
		label = s.labels[at].name
	}
	start, end := a.q.operatorBytes(e)
	p := a.problem(OrVector, start, end, false, "the left side has the label `%s`, which `vector` lacks: it fills no gap, but always adds a series", label)
	a.add(p, "write `or 0 * …` with an expression that has the same labels, or `or on () vector(…)` if it is for an empty result")
}
