package promql

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

const quantileLabel = "quantile"

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
	if r, ok := a.schema.Recorded[name]; ok {
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
	names := slices.Collect(maps.Keys(a.schema.Recorded))
	slices.Sort(names)
	names = slices.Concat(a.schema.Names(), names)
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
		names := slices.AppendSeq(slices.Clone(a.schema.Names()), maps.Keys(a.schema.Recorded))
		help = didYouMean(s.Name, names, help)
	}
	a.add(a.problem(UnknownMetric, start, end, true, "unknown metric `%s`", s.Name), help)
}

func declaredAt(m *metric.Metric) Reason {
	return Reason{Span: m.Span, Text: "`" + m.Name + "` is declared here"}
}

// declared are the series of a declared metric.
func (a *analyser) declared(name string, s metric.Series) disjunct {
	m := s.Metric
	d := disjunct{n: Unbounded, float: true, full: true, name: name}
	info := m.Type == metric.Info || strings.HasSuffix(m.Name, "_info")
	d.labels = make([]labelDomain, 0, len(m.Labels)+6)
	d.labels = append(d.labels, labelDomain{nameLabel, domain{values: []string{name}}})
	spreads := func(label string, dom domain, own bool) {
		switch {
		case dom.any || dom.absent:
		case info && m.Key != nil && !slices.Contains(m.Key, label), info && m.Key == nil && own:
		default:
			d.spread = append(d.spread, label)
		}
	}
	for _, l := range m.Labels {
		dom := declaredValues(l.Values)
		dom.absent = dom.absent || l.Optional
		dom.soft = info && m.Key == nil
		spreads(l.Name, dom, true)
		d.labels = append(d.labels, labelDomain{l.Name, dom})
	}
	switch {
	case s.Part == metric.Bucket:
		dom := a.bounds(&d, m)
		spreads(leLabel, dom, false)
		d.labels = append(d.labels, labelDomain{leLabel, dom})
	case s.Part == metric.Value && m.Type == metric.Summary:
		dom := a.numbers(m.Quantiles)
		spreads(quantileLabel, dom, false)
		d.labels = append(d.labels, labelDomain{quantileLabel, dom})
	}
	slices.SortFunc(d.labels, func(x, y labelDomain) int { return strings.Compare(x.name, y.name) })
	if m.Key != nil {
		d.keys = [][]string{m.Key}
	}
	if a.schema.Targets == nil || m.Source < 0 || m.Source >= len(a.schema.Targets) {
		d.open = true
	} else {
		t := &a.schema.Targets[m.Source]
		d.open = t.Open
		for _, l := range t.Labels {
			dom := targetDomain(l)
			if i, ok := findLabel(d.labels, l.Name); ok { // a metric's own: scraping may win, or rename one of them
				dom = dom.join(d.labels[i].domain)
				dom.any, dom.atMost = true, 0
				d.loseKeys(l.Name)
			} else {
				spreads(l.Name, dom, false)
			}
			d.set(l.Name, dom)
		}
	}
	for _, m := range m.Selector {
		if dom := d.label(m.Label).filter(matcherOf(m)); !dom.empty() {
			d.set(m.Label, dom)
		}
	}
	a.valuesOf(&d, s)
	d.count()
	return d
}

// targetDomain are the values of a target label under its source's selector.
func targetDomain(l TargetLabel) domain {
	dom := declaredValues(l.Values)
	dom.absent = dom.absent || !l.Always
	for _, m := range l.Selector {
		if narrowed := dom.filter(matcherOf(m)); !narrowed.empty() {
			dom = narrowed
		}
	}
	return dom
}

// matcherOf compiles a matcher of a contract, whose expressions the loader of specs has tried.
func matcherOf(m metric.Matcher) *labels.Matcher {
	compiled, err := labels.NewMatcher(matchTypes[m.Op], m.Label, m.Value)
	if err != nil {
		return &labels.Matcher{Type: labels.MatchNotEqual, Name: m.Label, Value: "\x00"} // takes everything
	}
	return compiled
}

// filterAll applies matchers: those that list values first, so that the others find a list.
func filterAll(d domain, list []*labels.Matcher) domain {
	for _, positive := range []bool{true, false} {
		for _, m := range list {
			if positive == (m.Type == labels.MatchEqual || m.Type == labels.MatchRegexp) {
				d = d.filter(m)
			}
		}
	}
	return d
}

// bounds are the values of `le`, and the numbers behind them.
func (a *analyser) bounds(d *disjunct, m *metric.Metric) domain {
	if m.Buckets == nil {
		return domain{any: true}
	}
	d.bounds = make([]float64, len(m.Buckets))
	for i, b := range m.Buckets {
		d.bounds[i] = b.InexactFloat64()
	}
	if a.schema.OldBounds { // clients differ in how they write them
		return domain{any: true, atMost: len(d.bounds) + 1}
	}
	list := make([]string, 0, len(d.bounds)+1)
	for _, b := range d.bounds {
		list = append(list, labels.FormatOpenMetricsFloat(b))
	}
	return exactly(append(list, "+Inf")...)
}

// numbers are the values of `quantile`.
func (a *analyser) numbers(list []decimal.Decimal) domain {
	if len(list) == 0 {
		return domain{any: true}
	}
	if a.schema.OldBounds {
		return domain{any: true, atMost: len(list)}
	}
	var texts []string
	for _, q := range list {
		texts = append(texts, labels.FormatOpenMetricsFloat(q.InexactFloat64()))
	}
	return exactly(texts...)
}

// valuesOf says where the samples of a metric lie: what counts is never negative and always a number.
func (a *analyser) valuesOf(d *disjunct, s metric.Series) {
	m := s.Metric
	d.values = Everything()
	switch {
	case m.Type == metric.NativeHistogram:
		d.float, d.native = false, true
	case m.Type == metric.Info:
		d.values = point(1)
	case m.Type == metric.Counter, s.Part == metric.Bucket, s.Part == metric.Count, s.Part == metric.GaugeCount:
		d.values = atLeast(0)
	case m.Range != nil && s.Part == metric.Value:
		if m.Range.Low != nil {
			d.values.Low = m.Range.Low.InexactFloat64()
		}
		if m.Range.High != nil {
			d.values.High = m.Range.High.InexactFloat64()
		}
		d.low = &why{kind: whyDeclared, metric: m, values: d.values}
		d.high = d.low
	}
}

// recorded are the series that a recording rule makes.
func (a *analyser) recorded(name string, r *Recorded, node *parser.VectorSelector) *Facts {
	if r == nil || r.Analysis == nil || !r.Analysis.Root.known {
		d := unknown()
		d.name = name
		d.set(nameLabel, exactly(name))
		return &Facts{sources: []disjunct{d}, unique: true}
	}
	root := r.Analysis.Root
	f := &Facts{told: root.told || root.fails || len(root.sources) == 0, unique: root.unique}
	for _, d := range root.sources {
		d.name, d.gone, d.nan, d.constant, d.existence, d.from = name, nil, nil, false, false, nil
		if d.open { // what it lost is lost still, but the reason stands in another text
			for _, g := range root.sources[len(f.sources)].gone {
				d.gone = append(d.gone, removal{g.names, &why{kind: whyRecorded, node: node, values: d.values}})
			}
		}
		if d.low != nil || d.high != nil {
			d.low = &why{kind: whyRecorded, node: node, values: d.values}
			d.high = d.low
		}
		if d.noInf != nil {
			d.noInf = &why{kind: whyMatcherInf, node: node}
		}
		d.set(nameLabel, exactly(name))
		for _, m := range r.Labels {
			d.loseKeys(m.Label)
			d.set(m.Label, exactly(m.Value))
		}
		f.sources = append(f.sources, d)
	}
	return f
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
