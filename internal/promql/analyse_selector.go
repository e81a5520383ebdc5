package promql

import (
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// selector reads series; matrix is the range around it, or nil.
func (a *analyser) selector(vs *parser.VectorSelector, matrix *parser.MatrixSelector) *Facts {
	s := &a.q.selectors[a.q.selectorIndex(vs)]
	read := a.selection(vs, matrix)
	var f *Facts
	switch {
	case s.Name == "" && !slices.ContainsFunc(vs.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == nameLabel }):
		if !a.mentionsToken(s) {
			p := a.problem(NamelessSelector, a.q.src.list[s.firstLexeme()].start, a.q.src.list[s.last].end, false, "a selector without the name of a metric")
			a.add(p, "name the metric: this reads every series with these labels, whatever it means")
		}
		f = a.nothingKnown()
		f.told = true
	case s.Name == "" || !a.q.exact(s):
		f = a.named(vs, s)
	default:
		f = a.metric(s)
	}
	single := len(f.sources) == 1 && !f.told
	f.keep(func(d *disjunct) bool { return a.match(d, s, f, single) })
	for i := range f.sources {
		d := &f.sources[i]
		if f.told || d.n == Unbounded && d.open && d.name == "" {
			continue
		}
		d.from, d.additive = read, true
		if matrix != nil {
			d.overTime()
		}
	}
	return f
}

func (a *analyser) selection(vs *parser.VectorSelector, matrix *parser.MatrixSelector) *selection {
	read := &selection{node: vs, least: 1}
	if matrix != nil {
		read.window = matrix.Range
		if i := a.q.tokenOf(matrix.Range.Seconds()); i >= 0 {
			read.window, read.token = a.use.Window, a.q.tokens[i].Text
		}
	}
	return read
}

// firstLexeme is where the selector begins.
func (s *Selector) firstLexeme() int {
	if s.name >= 0 {
		return s.name
	}
	return s.open
}

// mentionsToken reports whether a matcher of s holds a variable, which may be the metric's name.
func (a *analyser) mentionsToken(s *Selector) bool {
	return slices.ContainsFunc(s.parts, func(p part) bool { return a.q.src.list[p.label].tokens > 0 })
}

// nameBytes are the bytes of the metric's name.
func (a *analyser) nameBytes(s *Selector) (start, end int) {
	at := s.name
	if at < 0 {
		for i, p := range s.parts {
			if s.Node.LabelMatchers[i].Name == nameLabel {
				at = p.value
				break
			}
		}
	}
	if at < 0 {
		at = s.firstLexeme()
	}
	return a.q.src.list[at].start, a.q.src.list[at].end
}

// metric are the series of one name.
func (a *analyser) metric(s *Selector) *Facts {
	f, ok := a.series(s.Name, s.Node)
	if ok {
		return f
	}
	if !a.closed() && !a.misread(s) && !a.misspelt(s) {
		d := unknown()
		d.name = s.Name
		d.set(nameLabel, exactly(s.Name))
		return &Facts{sources: []disjunct{d}, unique: true}
	}
	if a.closed() {
		a.unknownMetric(s)
	}
	f = a.nothingKnown()
	f.told = true
	return f
}

// series finds what a name stands for; false: nobody declared it.
func (a *analyser) series(name string, node *parser.VectorSelector) (*Facts, bool) {
	if a.schema == nil {
		return nil, false
	}
	if r := a.schema.Recorded.Find(name, node.LabelMatchers); r != nil {
		return a.recorded(name, r, node), true
	}
	s, ok := a.lookup(name)
	if !ok || s.Metric == nil {
		return nil, false
	}
	return &Facts{sources: []disjunct{a.declared(name, s)}, unique: true}, true
}

// named are the series whose names match: a pattern, or a variable.
func (a *analyser) named(vs *parser.VectorSelector, s *Selector) *Facts {
	d := unknown()
	if a.q.nameHoldsToken(s) {
		return &Facts{sources: []disjunct{d}}
	}
	var of []*labels.Matcher
	for _, m := range vs.LabelMatchers {
		if m.Name == nameLabel {
			of = append(of, m)
		}
	}
	if a.closed() && a.schema.Names != nil {
		return a.allNamed(s, func(name string) bool {
			return name != "" && !slices.ContainsFunc(of, func(m *labels.Matcher) bool { return !m.Matches(name) })
		})
	}
	d.set(nameLabel, filterAll(anyValue, of))
	return &Facts{sources: []disjunct{d}}
}

// nameHoldsToken reports whether a variable stands for the name of s or for a part of it.
func (q *Query) nameHoldsToken(s *Selector) bool {
	if s.name >= 0 {
		return q.src.list[s.name].tokens > 0
	}
	for i, p := range s.parts {
		if q.src.list[p.label].tokens > 0 || s.Node.LabelMatchers[i].Name == nameLabel && q.src.list[p.value].tokens > 0 {
			return true
		}
	}
	return false
}

// allNamed are the declared series whose names match.
func (a *analyser) allNamed(s *Selector, matches func(string) bool) *Facts {
	f := &Facts{}
	names := slices.Concat(a.schema.Names(), a.schema.Recorded.Names())
	for _, name := range names {
		if !matches(name) {
			continue
		}
		if of, ok := a.series(name, s.Node); ok {
			f.sources = append(f.sources, of.sources...)
			f.told = f.told || of.told
		}
	}
	if len(f.sources) == 0 {
		start, end := a.nameBytes(s)
		a.add(a.problem(UnknownMetric, start, end, true, "no metric has such a name"), "declare the metrics that it means under `metrics`")
		f = a.nothingKnown()
		f.told = true
	}
	return f.bounded()
}

// unknownMetric reports a name that nobody declared.
func (a *analyser) unknownMetric(s *Selector) {
	start, end := a.nameBytes(s)
	if a.again(mistake{UnknownMetric, s.Name, ""}, start, end) || a.misread(s) {
		return
	}
	help := "declare it under `metrics`"
	if a.schema.Names != nil {
		names := slices.Concat(a.schema.Names(), a.schema.Recorded.Names())
		help = didYouMean(s.Name, names, help)
	}
	a.add(a.problem(UnknownMetric, start, end, true, "unknown metric `%s`", s.Name), help)
}

func declaredAt(m *metric.Metric) Reason {
	return Reason{Span: m.Span, Text: "`" + m.Name + "` is declared here"}
}

// quoted writes values for a reader: `a`, `b` and 3 more.
func quoted(values []string) string {
	const most = 8
	var b strings.Builder
	for i, v := range values {
		switch {
		case i == most && len(values) > most+1:
			return b.String() + " and " + strconv.Itoa(len(values)-most) + " more"
		case i > 0 && i == len(values)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString("`" + v + "`")
	}
	return b.String()
}
