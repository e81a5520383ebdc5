package promql

import (
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// match narrows a source to what the matchers of a selector take; false: nothing is left. report: what is wrong
// with a matcher is told.
func (a *analyser) match(d *disjunct, s *Selector, f *Facts, report bool) bool {
	alive := true
	for i, p := range s.parts {
		m := s.Node.LabelMatchers[i]
		if m.Name == nameLabel || a.q.src.list[p.label].tokens > 0 || p.op == "" {
			continue
		}
		if a.q.src.list[p.value].tokens > 0 {
			d.full, d.spread = false, nil
			continue
		}
		if firstOf(s, m.Name) != i {
			continue // judged together with the first matcher of the label
		}
		if !a.matchLabel(d, s, i, f, report) {
			alive = false
		}
	}
	d.count()
	return alive
}

// firstOf is the first matcher of a label.
func firstOf(s *Selector, name string) int {
	return slices.IndexFunc(s.Node.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == name })
}

// ofLabel lists the matchers of a label, with their parts; those with variables take anything.
func (a *analyser) ofLabel(s *Selector, name string) (list []*labels.Matcher, at []int) {
	for i, p := range s.parts {
		if m := s.Node.LabelMatchers[i]; m.Name == name && p.op != "" && a.q.src.list[p.value].tokens == 0 {
			list, at = append(list, m), append(at, i)
		}
	}
	return list, at
}

// matchLabel applies all matchers of one label.
func (a *analyser) matchLabel(d *disjunct, s *Selector, first int, f *Facts, report bool) bool {
	name := s.Node.LabelMatchers[first].Name
	list, at := a.ofLabel(s, name)
	before := d.label(name)
	after := filterAll(before, list)
	if undeclared(before, list) {
		after, report = filterAll(anyValue, list), false
	}
	if report {
		a.judge(d, s, name, list, at, before, after, f)
	}
	if before.any || before.absent && !before.never() || !before.never() && !d.spreads(name) {
		d.full, d.spread = false, nil
	}
	if name == leLabel && !before.never() {
		for i, m := range list {
			if !m.Matches("+Inf") {
				d.noInf = &why{kind: whyMatcherInf, node: s.Node, values: Interval{Low: float64(at[i])}}
				break
			}
		}
	}
	if after.empty() {
		f.told = f.told || report
		return false
	}
	if _, listed := findLabel(d.labels, name); listed || d.open {
		d.set(name, after)
	}
	return true
}

// undeclared reports whether matchers ask for what a contract rules out: series whose label has none of its listed
// values. Somebody who lists them all in `!~` looks for just those.
func undeclared(before domain, list []*labels.Matcher) bool {
	if len(list) != 1 || list[0].Type != labels.MatchNotRegexp || before.any || before.never() || !before.filter(list[0]).empty() {
		return false
	}
	return list[0].Matches("a value that nobody would list")
}

// judge reports what is wrong with the matchers of a label, one mistake at most.
func (a *analyser) judge(d *disjunct, s *Selector, name string, list []*labels.Matcher, at []int, before, after domain, f *Facts) {
	for i, m := range list {
		switch {
		case m.Type == labels.MatchRegexp && m.Value == ".*":
			p := a.atMatcher(NoOpMatcher, s, at[i], false, "`%s=~\".*\"` takes everything, series without the label too", name)
			a.add(p, "remove it, or write `"+name+"=~\".+\"` if the label must be there")
			return
		case before.never():
			if a.unknownLabelMatcher(d, s, name, m, at[i]) {
				return
			}
		case before.filter(m).empty():
			a.impossible(d, s, name, m, at[i], before)
			return
		case a.excludesNothing(m, before, name, d):
			a.excluded(d, s, name, m, at[i], before)
			return
		}
	}
	if after.empty() && !before.never() {
		last := len(list) - 1
		p := a.atMatcher(Contradiction, s, at[last], true, "no series fits `%s` and the other matcher of `%s`", list[last], name)
		start, end := a.matcherBytes(s, at[0])
		a.add(p, "remove one of them, or write one matcher that takes both values: `"+name+"=~\"…|…\"`", Reason{Start: start, End: end, Text: "the other matcher"})
	}
}

// matcherBytes are the bytes of a matcher.
func (a *analyser) matcherBytes(s *Selector, i int) (start, end int) {
	p := s.parts[i]
	return a.q.src.list[p.label].start, a.q.src.list[p.value].end
}

func (a *analyser) atMatcher(kind ProblemKind, s *Selector, i int, proved bool, format string, args ...any) *Problem {
	start, end := a.matcherBytes(s, i)
	return a.problem(kind, start, end, proved, format, args...)
}

// unknownLabelMatcher reports a matcher of a label that no series has.
func (a *analyser) unknownLabelMatcher(d *disjunct, s *Selector, name string, m *labels.Matcher, at int) bool {
	takesAll := m.Matches("")
	if takesAll && (m.Type == labels.MatchEqual || m.Type == labels.MatchRegexp) {
		return false // `x=""` asks for just that
	}
	if start, end := a.matcherBytes(s, at); a.again(mistake{UnknownLabel, d.name, name}, start, end) {
		return true
	}
	what := "so nothing is selected"
	if takesAll {
		what = "so the matcher takes everything"
	}
	list := labelNames(d)
	label := a.q.src.list[s.parts[at].label]
	p := a.atMatcher(UnknownLabel, s, at, !takesAll, "`%s` has no label `%s`, %s", d.name, name, what)
	p.Fix = a.labelFix(label.start, label.end, name, list)
	a.add(p, didYouMean(name, list, "its labels are "+quoted(list)), a.declaration(d.name)...)
	return true
}

// labelNames are the labels of a source, for a reader.
func labelNames(d *disjunct) (names []string) {
	for _, l := range d.labels {
		if l.name != nameLabel && !l.never() {
			names = append(names, l.name)
		}
	}
	return names
}

// declaration is where a series is declared.
func (a *analyser) declaration(name string) []Reason {
	s, ok := a.lookup(name)
	if !ok || s.Metric == nil || s.Metric.Span.IsZero() {
		return nil
	}
	return []Reason{declaredAt(s.Metric)}
}

// labelDeclaration is where a label of a series is declared.
func (a *analyser) labelDeclaration(name, label string) []Reason {
	s, ok := a.lookup(name)
	if !ok || s.Metric == nil {
		return nil
	}
	if l, ok := s.Metric.Label(label); ok && !l.Span.IsZero() {
		return []Reason{{Span: l.Span, Text: "the values of `" + label + "` are declared here"}}
	}
	return a.declaration(name)
}

// impossible reports a matcher that takes none of a label's values.
func (a *analyser) impossible(d *disjunct, s *Selector, name string, m *labels.Matcher, at int, before domain) {
	switch {
	case name == leLabel && d.bounds != nil:
		a.unknownBucket(d, s, m, at)
		return
	case before.any || m.Type == labels.MatchNotEqual || m.Type == labels.MatchNotRegexp:
		p := a.atMatcher(Contradiction, s, at, true, "`%s` takes no series: `%s` is always there", m, name)
		if m.Type == labels.MatchNotRegexp && m.Matches("") == m.Matches("x") {
			p = a.atMatcher(Contradiction, s, at, true, "`%s` takes no series at all", m)
		}
		a.add(p, "remove it, or exclude less")
		return
	}
	if start, end := a.matcherBytes(s, at); a.again(mistake{ImpossibleValue, d.name, m.String()}, start, end) {
		return
	}
	p := a.atMatcher(ImpossibleValue, s, at, true, "`%s` never has `%s`", d.name, m)
	if meant := slipOf(m.Value, before.values); meant != "" && m.Type == labels.MatchEqual {
		value := a.q.src.list[s.parts[at].value]
		p.Fix = &Fix{Start: value.start, End: value.end, Text: Quote(meant)}
	}
	a.add(p, didYouMean(m.Value, before.values, "the values of `"+name+"` are "+quoted(before.values)), a.labelDeclaration(d.name, name)...)
}

// unknownBucket reports a matcher of `le` that takes no bound, or takes it in a form the server does not store.
func (a *analyser) unknownBucket(d *disjunct, s *Selector, m *labels.Matcher, at int) {
	exact := m.Type == labels.MatchEqual || m.Type == labels.MatchNotEqual
	if v, err := strconv.ParseFloat(m.Value, 64); exact && err == nil {
		stored := labels.FormatOpenMetricsFloat(v)
		if slices.Contains(d.bounds, v) || stored == "+Inf" {
			p := a.atMatcher(UnknownBucket, s, at, true, "the server stores this bound as `le=\"%s\"`, not `%s`", stored, m.Value)
			value := a.q.src.list[s.parts[at].value]
			p.Fix = &Fix{Start: value.start, End: value.end, Text: Quote(stored)}
			a.add(p, "write `le=\""+stored+"\"`", a.declaration(d.name)...)
			return
		}
	}
	p := a.atMatcher(UnknownBucket, s, at, m.Type == labels.MatchEqual || m.Type == labels.MatchRegexp, "`%s` has no bucket `%s`", d.name, m)
	texts := make([]string, len(d.bounds))
	for i, b := range d.bounds {
		texts[i] = labels.FormatOpenMetricsFloat(b)
	}
	a.add(p, "its bounds are "+quoted(append(texts, "+Inf")), a.declaration(d.name)...)
}

// excludesNothing reports whether a `!=` names a value that no series has.
func (a *analyser) excludesNothing(m *labels.Matcher, before domain, name string, d *disjunct) bool {
	if name == leLabel && a.schema != nil && a.schema.OldBounds && d.bounds != nil {
		v, err := strconv.ParseFloat(m.Value, 64)
		positive := m.Type == labels.MatchEqual
		return err == nil && v <= maxBound && (positive || m.Type == labels.MatchNotEqual) && !slices.Contains(d.bounds, v)
	}
	return m.Type == labels.MatchNotEqual && m.Value != "" && !before.any && !slices.Contains(before.values, m.Value)
}

// maxBound is the largest finite number.
const maxBound = 0x1p1023 * (1 + (1 - 0x1p-52))

func (a *analyser) excluded(d *disjunct, s *Selector, name string, m *labels.Matcher, at int, before domain) {
	if name == leLabel && d.bounds != nil {
		a.unknownBucket(d, s, m, at)
		return
	}
	p := a.atMatcher(NoOpMatcher, s, at, false, "`%s` excludes nothing: `%s` never has that value", m, d.name)
	a.add(p, didYouMean(m.Value, before.values, "the values of `"+name+"` are "+quoted(before.values)), a.labelDeclaration(d.name, name)...)
}

// didYouMean is diag.DidYouMean for lists of any length; a long one is not searched.
func didYouMean(word string, list []string, otherwise string) string {
	if len(list) > maxValues || strings.ContainsAny(word, "`\n") {
		return otherwise
	}
	return diag.DidYouMean(word, list, otherwise)
}
