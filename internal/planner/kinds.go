package planner

import (
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// styleKind decides what depends on the kind of panel.
func (b *builder) styleKind(item *panelItem, p *plan.Panel) {
	p.Color = plan.Color{Mode: plan.Palette}
	switch p.Kind {
	case plan.TimeSeries:
		b.styleTimeSeries(item, p)
	case plan.Heatmap:
		p.MaxDataPoints = 7 * p.Grid.W
		for i := range p.Queries {
			p.Queries[i].Format = plan.FormatHeatmap
			if !b.isNativeHistogram(item.queries[0].query) { // whose buckets are no series
				p.Queries[i].Legend = "{{le}}"
			}
		}
		if !item.Unit.Given() { // the rows are the observed values, whatever the cells count
			p.Unit = b.bucketUnit(item.queries[0].query).Grafana
		}
	case plan.Compare, plan.BarChart:
		b.styleCompare(item, p)
	case plan.Table:
		b.styleTable(item, p)
	case plan.Stat, plan.Gauge, plan.BarGauge:
		p.Mappings = []plan.Mapping{noData()}
		p.Color = plan.Color{Mode: plan.ByValue}
		if len(p.Steps) == 0 {
			p.Steps = []plan.Step{{Color: colorNoData}, step(belowEverything, colorText)}
			if p.Kind != plan.Stat {
				p.Steps = aboveNoData([]plan.Step{{Color: colorSeries}})
			}
		}
		p.Sparkline = p.Kind == plan.Stat
	}
}

// bucketUnit is the unit of what a histogram observes.
func (b *builder) bucketUnit(q *query) metric.Unit {
	for _, s := range q.Selectors() {
		if series, ok := b.lookup(q, s.Name); ok {
			return series.Metric.Unit
		}
	}
	return metric.Unit{}
}

// styleCompare: bars side by side, now and then.
func (b *builder) styleCompare(item *panelItem, p *plan.Panel) {
	if p.Min == nil {
		p.Min = &zero
	}
	by, _ := b.seriesLabels(item)
	if len(by) > 0 {
		p.JoinBy = by[0]
		p.JoinByTitle = sentence(by[0])
	}
	p.Words = !slices.Equal(by, []string{"le"})
	colors := []string{colorEmphasis, colorPast}
	for i := range p.Queries {
		p.Queries[i].Instant, p.Queries[i].Format = true, plan.FormatTable
		p.Series = append(p.Series, plan.SeriesStyle{Name: p.Queries[i].Legend, Color: colors[min(i, 1)]})
	}
	p.Legend = plan.Legend{Mode: plan.LegendList}
}

// styleTable: an author's table has a line for each value of the first label, a column for each query.
func (b *builder) styleTable(item *panelItem, p *plan.Panel) {
	var lines []string
	for i, q := range item.queries {
		by, known := b.resultLabels(q.query)
		at := q.Span(0, len(q.Text()))
		switch {
		case !known:
			b.rep.Errorf(at, "a table needs to know what tells its lines apart").WithHelp("aggregate by the label of the lines, as in `max by (pod) (…)`")
			return
		case i > 0 && !slices.Equal(by, lines):
			b.rep.Errorf(at, "the columns of a table have the same lines: this one has %s, the first has %s", labelList(by), labelList(lines)).
				WithHelp("aggregate all queries by the same label, or make two panels")
			return
		}
		lines = by
	}
	if len(lines) > 0 {
		p.JoinBy, p.JoinByTitle = lines[0], sentence(lines[0])
	}
	for i := range p.Queries {
		p.Queries[i].Instant, p.Queries[i].Format = true, plan.FormatTable
		title := item.queries[i].legend
		if title == "" {
			title = item.Title.Value
		}
		p.Columns = append(p.Columns, plan.Column{Title: title, Unit: b.unit(item.queries[i].query).Grafana, Steps: []plan.Step{{Color: colorText}}})
	}
}

// labelList says what tells series apart.
func labelList(names []string) string {
	if len(names) == 0 {
		return "one without labels"
	}
	return "one for each `" + strings.Join(names, "`, `") + "`"
}
