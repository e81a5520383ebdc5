package planner

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// nonNegative reports whether no value of the panel can be below zero, so that the axis may begin there:
// on an axis that fits its data alone a quiet value looks like a cliff.
func (b *builder) nonNegative(item *panelItem) bool {
	if item.bd != nil && item.bd.thing != nil {
		return !slices.ContainsFunc(item.queries, func(q boundQuery) bool { return b.isDifference(q.query.Expr(), nil) })
	}
	if item.bd != nil && item.Queries[0].Text.Span.File != b.model.File {
		m := item.bd.holder
		if m != nil && m.Range == nil && m.Unit.IsZero() && m.Type != metric.Counter {
			return !b.panelUnit(item).IsZero() // values of which nothing is known
		}
		return m == nil || m.Range == nil || m.Range.Low == nil || !m.Range.Low.IsNegative()
	}
	unit := strings.TrimSuffix(b.panelUnit(item).Name, "/s")
	if !slices.Contains([]string{"bytes", "count", "predictions", "ratio", "requests", "seconds", "tokens"}, unit) {
		return false
	}
	for _, q := range item.queries {
		falls := false
		parser.Inspect(q.Expr(), func(n parser.Node, _ []parser.Node) error {
			switch n := n.(type) {
			case *parser.BinaryExpr:
				falls = falls || n.Op == parser.SUB
			case *parser.UnaryExpr:
				falls = falls || n.Op == parser.SUB
			case *parser.Call:
				falls = falls || slices.Contains([]string{"delta", "deriv", "idelta", "ln", "log10", "log2", "predict_linear"}, n.Func.Name)
			}
			return nil
		})
		for _, s := range q.Selectors() {
			series, ok := b.scraped(q.query, s.Name)
			if ok && series.Metric.Type == metric.Gauge {
				r := series.Metric.Range
				falls = falls || r != nil && r.Low != nil && r.Low.IsNegative()
			}
		}
		if falls {
			return false
		}
	}
	l, _ := b.limitsOf(item.Limits.Value)
	for _, c := range l.crit {
		if c.IsNegative() {
			return false
		}
	}
	return true
}

// isDifference reports whether a value is what one number is more than another, such as a budget that may be
// overdrawn: in the expression itself, or in the rule that records it; outer are the rules that are being read. A sum
// of products is a distance.
func (b *builder) isDifference(expr parser.Expr, outer []*recorded) bool {
	switch e := expr.(type) {
	case *parser.ParenExpr:
		return b.isDifference(e.Expr, outer)
	case *parser.AggregateExpr:
		return slices.Contains([]parser.ItemType{parser.AVG, parser.MAX, parser.MIN}, e.Op) && b.isDifference(e.Expr, outer)
	case *parser.BinaryExpr:
		switch e.Op {
		case parser.SUB:
			return true
		case parser.LOR:
			return b.isDifference(e.LHS, outer) || b.isDifference(e.RHS, outer)
		}
		return b.isDifference(e.LHS, outer)
	case *parser.VectorSelector:
		r := b.recorded.find(e.Name, e.LabelMatchers)
		return r != nil && !slices.Contains(outer, r) && b.isDifference(r.query.Expr(), append(slices.Clone(outer), r))
	}
	return false
}

// styleTimeSeries decides colours, fill, axis and legend of a graph.
func (b *builder) styleTimeSeries(item *panelItem, p *plan.Panel) {
	switch {
	case p.Min != nil:
	case b.nonNegative(item):
		p.Min = &zero
	case item.bd != nil && item.bd.thing != nil: // a budget that is not overdrawn is drawn from 0 on
		p.SoftMin = &zero
	}
	by, known := b.seriesLabels(item)
	several := len(p.Queries) > 1 || !known || len(by) > 0
	if !several && !p.Stack {
		p.Fill = 15
	}
	if p.Stack {
		p.Fill = 80
	}
	class, isClass := b.classOf(by)
	switch {
	case isClass:
		b.styleClasses(class, p)
	case slices.ContainsFunc(by, func(l string) bool { return slices.Contains(b.allWorkerLabels(), l) }):
		p.Color = plan.Color{Mode: plan.Shades, Fixed: colorSeries}
	case !several:
		p.Color = plan.Color{Mode: plan.FixedColor, Fixed: colorSeries}
	}
	for _, q := range p.Queries {
		for _, s := range seriesStyles {
			if s.Name == q.Legend || strings.HasPrefix(q.Legend, s.Name+" (") {
				s.Name = q.Legend
				p.Series = append(p.Series, s)
			}
		}
	}
	if item.bd != nil && len(by) == 1 && slices.Equal(by, item.bd.renaming.Labels[labelStatus]) {
		p.Series = append(p.Series, statusStyles...)
	}
	b.styleBand(p)
	if slices.ContainsFunc(p.Queries, func(q plan.Query) bool {
		return strings.Contains(q.Legend, "baseline") || strings.HasSuffix(q.Legend, " ago")
	}) {
		p.Series = append(p.Series, past())
		if len(p.Queries) == 2 && !slices.ContainsFunc(p.Series, func(s plan.SeriesStyle) bool { return s.Name == "mean" }) {
			p.Fill = 20
		}
	}
	p.Legend = b.legendFor(p, several, known && len(by) == 0)
}

// styleBand fills what lies between the tenth and the ninetieth percentile.
func (b *builder) styleBand(p *plan.Panel) {
	has := func(legend string) bool {
		return slices.ContainsFunc(p.Queries, func(q plan.Query) bool { return q.Legend == legend })
	}
	if !has("p10") || !has("p90") {
		return
	}
	fill := 15
	p.Series = slices.DeleteFunc(p.Series, func(s plan.SeriesStyle) bool { return s.Name == "p90" })
	p.Series = append(p.Series,
		plan.SeriesStyle{Name: "p90", Color: colorSeries, Width: 1, FillTo: "p10", Fill: &fill},
		plan.SeriesStyle{Name: "p10", Color: colorSeries, Width: 1, Fill: new(int)},
	)
}

// legendFor: none for one series, a list for a few known ones (the tiles show the numbers), a table for
// pods and classes: beside wide graphs, below narrow ones.
func (b *builder) legendFor(p *plan.Panel, several, fixed bool) plan.Legend {
	switch {
	case !several:
		return plan.Legend{Mode: plan.NoLegend}
	case fixed:
		return plan.Legend{Mode: plan.LegendList}
	}
	calcs := []string{"lastNotNull", "max"}
	if p.Stack {
		calcs = calcs[:1]
	}
	if p.Grid.W >= 12 {
		return plan.Legend{Mode: plan.TableBeside, Calcs: calcs}
	}
	return plan.Legend{Mode: plan.TableBelow, Calcs: calcs}
}

// seriesLabels are the labels that tell the series of a panel apart.
func (b *builder) seriesLabels(item *panelItem) (by []string, known bool) {
	for i, q := range item.queries {
		labels, ok := promql.ResultLabelsOf(q.query.Expr(), b.recordedLabels(nil))
		if !ok {
			return nil, false
		}
		if i == 0 {
			by = labels
		}
	}
	return by, true
}

// resultLabels are those of the query; a metric that we record has those of its query.
func (b *builder) resultLabels(q *query) ([]string, bool) {
	r := b.recordedBy(q)
	if r == nil {
		return promql.ResultLabels(q.Expr())
	}
	names, known := b.resultLabels(r.query)
	for _, l := range r.set { // of several rules that set a label, the query chooses one, or reads all
		chosen := slices.ContainsFunc(q.Selectors()[0].Matchers, func(m *labels.Matcher) bool { return m.Name == l.Label && m.Type == labels.MatchEqual })
		if !chosen && !slices.Contains(names, l.Label) {
			names = append(names, l.Label)
		}
	}
	return names, known
}

// recordedLabels tells the labels of what we record. outer are the rules that are being read: one that reads
// itself tells nothing.
func (b *builder) recordedLabels(outer []*recorded) func(*parser.VectorSelector) ([]string, bool) {
	return func(s *parser.VectorSelector) ([]string, bool) {
		r := b.recorded.find(s.Name, s.LabelMatchers)
		if r == nil || slices.Contains(outer, r) {
			return nil, false
		}
		names, known := promql.ResultLabelsOf(r.query.Expr(), b.recordedLabels(append(slices.Clone(outer), r)))
		for _, l := range r.set { // of several rules that set a label, the query chooses one, or reads all
			chosen := slices.ContainsFunc(s.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == l.Label && m.Type == labels.MatchEqual })
			if !chosen && !slices.Contains(names, l.Label) {
				names = append(names, l.Label)
			}
		}
		return names, known
	}
}

// classOf reports whether series are told apart by the class label alone.
func (b *builder) classOf(by []string) (metric.Label, bool) {
	if len(by) != 1 {
		return metric.Label{}, false
	}
	for _, m := range b.holders["classes"] {
		if l, ok := b.classLabel(m); ok && l.Name == by[0] {
			return l, true
		}
	}
	return metric.Label{}, false
}

// maxClassColors is how many classes get a colour by name; of more the palette takes care.
const maxClassColors = 40

// styleClasses gives every declared class its colour, the same in all panels.
func (b *builder) styleClasses(class metric.Label, p *plan.Panel) {
	values := class.Values.Exactly
	if len(values) == 0 || len(values) > maxClassColors {
		return
	}
	p.Color = plan.Color{Mode: plan.FixedColor, Fixed: colorUnknownClass}
	p.Description = joinSentences(p.Description, "A class that the spec does not list is drawn in magenta.")
	for i, v := range values {
		p.Series = append(p.Series, plan.SeriesStyle{Name: v, Color: classColors[i%len(classColors)]})
	}
}

// allWorkerLabels tell copies and workers apart on any metric of the model.
func (b *builder) allWorkerLabels() (names []string) {
	for _, m := range b.model.Metrics {
		for _, l := range b.workerLabels(m) {
			if !slices.Contains(names, l) {
				names = append(names, l)
			}
		}
	}
	return append(names, "pod")
}
