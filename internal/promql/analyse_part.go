package promql

import (
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// equalSides reports whether a series is compared with itself.
func (a *analyser) equalSides(e *parser.BinaryExpr, l, r *Facts) bool {
	return !e.VectorMatching.On && len(e.VectorMatching.MatchingLabels) == 0 && l.oneName() && r.oneName() && a.q.sameText(e.LHS, e.RHS)
}

// checkSelfComparison reports `x >= x` and `x > x`. `x == x` drops NaN, and is left alone.
func (a *analyser) checkSelfComparison(e *parser.BinaryExpr, f *Facts) {
	if f.told {
		return
	}
	start, end := a.q.operatorBytes(e)
	switch e.Op {
	case parser.GTE, parser.LTE:
		p := a.problem(AlwaysTrue, start, end, false, "this comparison always holds: both sides are the same")
		a.add(p, "compare different things, or remove the comparison")
	case parser.GTR, parser.LSS:
		p := a.problem(ImpossibleComparison, start, end, true, "this comparison never holds: both sides are the same")
		a.add(p, "compare different things, or the same thing at another time with `offset`")
		f.told = true
		if !e.ReturnBool {
			f.sources = nil
		}
	}
}

// partOf reports whether the left side sums a part of what the right side sums, group by group.
func (a *analyser) partOf(e *parser.BinaryExpr, m matching, l, r *Facts) bool {
	if len(l.sources) != 1 || len(r.sources) != 1 || e.VectorMatching.Card != parser.CardOneToOne {
		return false
	}
	x, y := &l.sources[0], &r.sources[0]
	if x.from == nil || y.from == nil || !x.additive || !y.additive || x.native || y.native || !(x.values.Low >= 0) || !(y.values.Low >= 0) {
		return false
	}
	if !a.q.subset(x.from, y.from) || x.open != y.open {
		return false
	}
	for _, list := range [2][]labelDomain{x.labels, y.labels} {
		for _, d := range list {
			if name := d.name; name != nameLabel && (!m.has(name) || x.label(name).never() != y.label(name).never()) {
				return false
			}
		}
	}
	return !x.open
}

// checkMissingZero reports a ratio whose dividend may not exist, where that hides something.
func (a *analyser) checkMissingZero(e *parser.BinaryExpr, l, r, f *Facts) {
	hides := a.use.Place == InRecord || a.use.Below && !a.subtracted
	if !hides || l.told || r.told {
		return
	}
	s := &a.q.selectors[a.q.selectorIndex(l.sources[0].from.node)]
	for i, p := range s.parts {
		m := s.Node.LabelMatchers[i]
		if m.Name == nameLabel || p.op != "=" && p.op != "=~" || m.Matches("") || !a.ownLabel(s.Name, m.Name) ||
			takesAtLeast(a.q, l.sources[0].from.node, r.sources[0].from.node) {
			continue
		}
		start, end := a.matcherBytes(s, i)
		left, right := a.q.place(e.LHS)
		p := a.problem(MissingZero, left, right, false, "this ratio has no value until the first series with `%s` exists", m)
		divisor, to := a.q.place(e.RHS)
		a.add(p, "write `("+short(a.q.text.Value[left:right])+" or 0 * "+short(a.q.text.Value[divisor:to])+")`, or let the program create the series at its start",
			Reason{Start: start, End: end, Text: "series that exist only once it has happened"})
		return
	}
}

// short is a text for a message.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 60 {
		return "…"
	}
	return s
}

// ownLabel reports whether a label belongs to the metric and not to its targets.
func (a *analyser) ownLabel(name, label string) bool {
	s, ok := a.lookup(name)
	if !ok || s.Metric == nil {
		return a.schema == nil || !a.schema.Closed
	}
	_, own := s.Metric.Label(label)
	return own
}
