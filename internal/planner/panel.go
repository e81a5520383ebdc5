package planner

import (
	"cmp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// planPanel decides how a panel looks and what it asks.
func (b *builder) planPanel(item *panelItem) *plan.Panel {
	unit := b.panelUnit(item)
	p := &plan.Panel{
		Key: item.key, ID: plan.PanelID(item.key), Title: item.Title.Value, Description: item.Description.Value,
		Unit: unit.Grafana, Stack: item.Stack != nil && *item.Stack, Storey: item.storey,
		Kind: b.panelKind(item),
		Grid: plan.Grid{W: cmp.Or(item.Width, 8), H: cmp.Or(item.Height, 8)},
		Min:  b.bound(item.Min, unit), Max: b.bound(item.Max, unit),
		Repeat: item.Repeat.Value,
	}
	if item.Title.Span.File == b.model.File {
		p.Source, p.UnitSpan = item.Title.Span, item.Unit.Span
	}
	b.holderRange(item, p)
	if item.bd != nil && p.Kind == plan.Gauge && p.Max == nil {
		p.Kind = plan.Stat // nobody knows where its scale ends
	}
	b.describeLimits(item, p)
	window := item.Window.Value
	if item.WholeRange {
		window = wholeRange
	}
	for i, q := range item.queries {
		b.read(q.query)
		expr := b.completeWith(q.query, inRow, window, b.fewerRows(q.query, p.Kind))
		if item.bd != nil && p.Kind == plan.TimeSeries {
			expr = b.shortNames(q.query, expr)
		}
		query := plan.Query{RefID: refID(i), Expr: expr.String(), Legend: q.legend, Format: plan.FormatTimeSeries, MinStep: b.minStep()}
		if query.Legend == "" {
			query.Legend = b.autoLegend(q.query, item.Title.Value)
		}
		query.Written = b.written(q.query, item.bd != nil, promql.Use{Place: promql.InPanel}, item.Window.Value)
		query.LegendSpan = q.legendSpan
		if item.bd != nil {
			query.Legend = baselineLegend(query.Legend)
		}
		p.Queries = append(p.Queries, query)
	}
	b.styleKind(item, p)
	p.Mappings = append(p.Mappings, b.valueTexts(item.Values)...)
	return p
}

// holderRange gives a gauge the range of the metric that has the role, where nothing else says how far its
// scale goes.
func (b *builder) holderRange(item *panelItem, p *plan.Panel) {
	if p.Kind != plan.Gauge && p.Kind != plan.BarGauge || item.bd == nil || item.bd.holder == nil || item.bd.holder.Range == nil || b.panelUnit(item) != item.bd.holder.Unit {
		return
	}
	if p.Min == nil {
		p.Min = item.bd.holder.Range.Low
	}
	if p.Max == nil {
		p.Max = item.bd.holder.Range.High
	}
}

// valueTexts are the texts that an author has for numbers. They have no colour of their own: thresholds
// give it.
func (b *builder) valueTexts(list []spec.ValueText) (mappings []plan.Mapping) {
	for _, v := range list {
		number, err := decimal.NewFromString(v.Value.Value)
		if err != nil {
			b.rep.Errorf(v.Value.Span, "`%s` is not a number", v.Value.Value)
			continue
		}
		mappings = append(mappings, plan.Mapping{Value: number, Text: v.Text.Value})
	}
	return mappings
}

// panelKind is what the author says, else what suits the query: cumulative buckets are a heatmap,
// everything else is drawn over time.
func (b *builder) panelKind(item *panelItem) plan.Kind {
	if item.Type.Given() {
		if kind := panelTypes[item.Type.Value]; kind != plan.BarChart || len(item.queries) != 2 {
			return kind
		}
		return plan.Compare // now against then
	}
	if len(item.queries) == 1 {
		if b.isNativeHistogram(item.queries[0].query) {
			return plan.Heatmap
		}
		if by, known := promql.ResultLabels(item.queries[0].Expr()); known && slices.Equal(by, []string{"le"}) {
			return plan.Heatmap
		}
	}
	return plan.TimeSeries
}

// isNativeHistogram reports whether the result of a query is native histograms: a rate of one, summed up.
func (b *builder) isNativeHistogram(q *query) bool {
	expr := q.Expr()
	for {
		switch e := expr.(type) {
		case *parser.ParenExpr:
			expr = e.Expr
		case *parser.AggregateExpr:
			if e.Op != parser.SUM && e.Op != parser.AVG {
				return false
			}
			expr = e.Expr
		case *parser.Call:
			if !slices.Contains([]string{"rate", "irate", "increase"}, e.Func.Name) {
				return false
			}
			expr = e.Args[0]
		case *parser.MatrixSelector:
			expr = e.VectorSelector
		case *parser.VectorSelector:
			s, ok := b.lookup(q, e.Name)
			return ok && s.Metric.Type == metric.NativeHistogram
		default:
			return false
		}
	}
}

// panelTypes are the types that specs may name; the words are Grafana's.
var panelTypes = map[string]plan.Kind{
	"barchart": plan.BarChart, "bargauge": plan.BarGauge, "gauge": plan.Gauge, "heatmap": plan.Heatmap,
	"stat": plan.Stat, "table": plan.Table, "timeseries": plan.TimeSeries,
}

// bound reads an axis limit; nil if there is none.
func (b *builder) bound(text *diag.Located[string], unit metric.Unit) *decimal.Decimal {
	if text == nil {
		return nil
	}
	v, ok := b.quantity(*text, unit)
	if !ok {
		return nil
	}
	return &v
}

// limitsOf returns what the alert of that name fires on; false if it is off or omitted.
func (b *builder) limitsOf(name string) (limits, bool) {
	for _, item := range b.merged {
		if item.Name.Value == name && item.raw == nil && !item.changed {
			return item.limits, true
		}
	}
	return limits{}, false
}

// describeLimits draws the limits of the alert that the panel names, or that names the panel. A panel
// with thresholds of its own keeps those.
func (b *builder) describeLimits(item *panelItem, p *plan.Panel) {
	if len(item.Thresholds) > 0 {
		unit := b.panelUnit(item)
		for _, s := range item.Thresholds {
			step := plan.Step{Color: color(s.Color.Value)}
			if s.Value.Given() {
				if v, ok := b.quantity(s.Value, unit); ok {
					step.From = &v
				}
			}
			p.Steps = append(p.Steps, step)
		}
		switch p.Kind {
		case plan.TimeSeries:
			p.Lines = true
		case plan.Gauge, plan.Stat, plan.BarGauge:
			p.Steps = aboveNoData(p.Steps)
		}
		return
	}
	alerts := b.alertsOf(item)
	if len(alerts) == 0 {
		return
	}
	l := alerts[0].limits
	switch p.Kind {
	case plan.Gauge, plan.Stat, plan.BarGauge:
		alerts = alerts[:1] // one number, one scale
		p.Steps = aboveNoData(l.textSteps(colorOK))
		if p.Kind == plan.Stat {
			p.Steps = l.tileSteps()
		}
	default:
		for _, a := range alerts {
			p.Steps, p.Lines = addLines(p.Steps, a.limits), true
			b.makeRoom(p, a.limits, b.panelUnit(item))
		}
	}
	for _, a := range alerts {
		p.Description = joinSentences(p.Description, b.limitSentence(a))
	}
}

// alertsOf are the alerts whose limits a panel draws: the one that it names, and those that name it.
func (b *builder) alertsOf(item *panelItem) (alerts []*alertItem) {
	for _, a := range b.merged {
		named := item.Limits.Given() && a.hasLimits(item.Limits.Value, item.bd) && !a.changed
		if (named || a.panel == item) && a.raw == nil && len(a.limits.crit) > 0 {
			alerts = append(alerts, a)
		}
	}
	return alerts
}

// hasLimits: the limits that a panel names are those of the alert; those of an objective may be of all its alerts, by
// the signal that they share.
func (item *alertItem) hasLimits(name string, of *binding) bool {
	return item.Name.Value == name || of != nil && of.thing != nil && item.thing == of.thing && item.Signal.Value == name
}

// makeRoom keeps the limits of a graph on its axis. Before Grafana 8 an axis cannot be asked to be at
// least so high; a share is then drawn up to 100 %, where its limits are.
func (b *builder) makeRoom(p *plan.Panel, l limits, unit metric.Unit) {
	if top := l.softMax(); top != nil && (p.SoftMax == nil || top.GreaterThan(*p.SoftMax)) {
		p.SoftMax = top
	}
	whole := decimal.NewFromInt(1)
	if p.SoftMax != nil && p.Max == nil && !b.pws.Grafana.Version.HasTimeSeries() && unit == metric.Ratio() && l.crit[0].LessThan(whole) {
		p.Max = &whole
	}
}

// limitSentence says in words what the lines are.
func (b *builder) limitSentence(a *alertItem) string {
	s := "Limit: " + string(a.limits.op) + " " + a.threshold
	if _, legend, ok := strings.Cut(a.Panel.Value, "/"); ok {
		s = "Limit of " + legend + ": " + string(a.limits.op) + " " + a.threshold
	}
	if a.limits.warn != nil {
		s = "Warn " + string(a.limits.op) + " " + showQuantity(b.inRuns(a.Warn.Value), a.unit) + ", alarm " + string(a.limits.op) + " " + a.threshold
	}
	return s + " (" + a.Name.Value + ")."
}

// joinSentences puts a text behind another, which an author may have left without a full stop.
func joinSentences(a, b string) string {
	if a = strings.TrimSpace(a); a != "" && b != "" && !strings.ContainsAny(a[len(a)-1:], ".!?:)") {
		a += "."
	}
	return strings.TrimSpace(a + " " + b)
}

// baselineLegend says in a legend which past the reader has chosen.
func baselineLegend(legend string) string {
	return strings.ReplaceAll(legend, "$baseline", "${baseline:text}")
}
