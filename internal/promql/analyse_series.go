package promql

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

const quantileLabel = "quantile"

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
	var root *Facts
	if r != nil && r.Query != nil {
		root = r.Analysis().Root
	}
	if root == nil || !root.known {
		d := unknown()
		d.name = name
		d.set(nameLabel, exactly(name))
		return &Facts{sources: []disjunct{d}, unique: true}
	}
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
