package dashboards

import (
	"fmt"
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// classicPanel spells what the panel types of Grafana before 8 can show.
func (s *speller) classicPanel(p *plan.Panel) ([]any, error) {
	switch p.Kind {
	case plan.Stat:
		return one(s.stat(p))
	case plan.Status:
		return one(s.status(p))
	case plan.Gauge:
		return one(s.gauge(p))
	case plan.BarGauge:
		return one(s.barGauge(p))
	case plan.Signals:
		return one(s.signalsNow(p))
	case plan.Compare:
		return s.compareApart(p)
	case plan.BarChart:
		if p.JoinBy != "" {
			return one(s.barsByLabel(p))
		}
		return one(s.graph(p))
	case plan.TimeSeries:
		return one(s.graph(p))
	}
	return nil, fmt.Errorf("kind %q", p.Kind)
}

// signalsNow spells one box per signal. Nothing before 8 can show states over time.
func (s *speller) signalsNow(p *plan.Panel) (*panelJSON, error) {
	q := *p
	q.Queries = slices.Clone(p.Queries)
	for i := range q.Queries {
		q.Queries[i].Instant = true
	}
	q.MaxDataPoints = 0
	b := statPanel(s, &q).
		ColorMode(common.BigValueColorModeBackground).
		GraphMode(common.BigValueGraphModeNone).
		TextMode(common.BigValueTextModeValueAndName).
		ReduceOptions(reduce("lastNotNull")).
		Orientation(common.VizOrientationVertical)
	built, err := b.Build()
	return s.finish(&q, built, err)
}

// compareApart spells a comparison as two panels that share its place.
func (s *speller) compareApart(p *plan.Panel) ([]any, error) {
	if len(p.Queries) != 2 {
		return nil, fmt.Errorf("compares %d queries instead of two", len(p.Queries))
	}
	var out []any
	for i, q := range p.Queries {
		half := *p
		half.Grid.W = p.Grid.W / 2
		if i == 1 {
			half.ID = plan.ThenID(p.Key)
			half.Grid.X += half.Grid.W
			half.Grid.W = p.Grid.W - half.Grid.W
		}
		half.Queries = []plan.Query{barQuery(p, q)}
		half.Steps, half.Lines, half.Series, half.Legend = nil, false, nil, plan.Legend{}
		half.Decimals = classicDecimals(p)
		panel, err := s.half(&half, q.Legend, colorOf(p, q.Legend))
		if err != nil {
			return nil, err
		}
		out = append(out, panel)
	}
	return out, nil
}

// half spells one of two distributions: labels as a bar gauge, which names each bar, buckets as bars side by
// side, since there are many.
func (s *speller) half(p *plan.Panel, legend, color string) (any, error) {
	name := s.legend(legend) + ": " + s.title(p) // in this order: a narrow panel cuts the end
	switch {
	case !ofBuckets(p):
		p.Color = plan.Color{Mode: plan.ByValue, Fixed: color}
		built, err := barsPanel(s, p).Title(name).ShowUnfilled(false).Build()
		return s.finish(p, built, err)
	case s.can.modernPanels:
		p.Color = plan.Color{Mode: plan.FixedColor, Fixed: color}
		b := barChartPanel(s, p).Title(name).WithTransformation(dashboard.DataTransformerConfig{
			Id: "reduce", Options: reduceOptions{Reducers: []string{"lastNotNull"}, Mode: "seriesToRows"},
		})
		built, err := b.XField("Field").OverrideByName("Field", []dashboard.DynamicConfigValue{property("unit", "string")}).Build()
		return s.finish(p, built, err)
	}
	p.Kind, p.Color = plan.BarChart, plan.Color{Mode: plan.FixedColor, Fixed: color}
	bars, err := s.graph(p)
	if err != nil {
		return nil, err
	}
	bars.Title = &name
	bars.XAxis = graphXAxis{Mode: "series", Show: true, Values: []string{"current"}}
	return bars, nil
}

// barsByLabel spells bars of what holds now, one for each value of a label.
func (s *speller) barsByLabel(p *plan.Panel) (*panelJSON, error) {
	q := *p
	q.Decimals = classicDecimals(p)
	q.Queries = nil
	for _, query := range p.Queries {
		q.Queries = append(q.Queries, barQuery(p, query))
	}
	built, err := barsPanel(s, &q).Build()
	return s.finish(&q, built, err)
}

// classicDecimals is one for shares that leave it to Grafana: before 8 it writes three or more.
func classicDecimals(p *plan.Panel) *int {
	if p.Decimals == nil && (p.Unit == "percentunit" || p.Unit == "percent") {
		one := 1
		return &one
	}
	return p.Decimals
}

// barQuery asks for series, one per bar, where newer versions ask for a table. Buckets need a range
// query: Grafana before 8 refuses to take cumulative buckets apart in an instant one.
func barQuery(p *plan.Panel, q plan.Query) plan.Query {
	q.Legend = "{{" + p.JoinBy + "}}"
	if ofBuckets(p) {
		q.Format, q.Instant = plan.FormatHeatmap, false
		return q
	}
	q.Format = plan.FormatTimeSeries
	return q
}

// classicFields are field settings before 8: mappings of another form, and `custom` always there.
type classicFields struct {
	Defaults  classicDefaults                                 `json:"defaults"`
	Overrides []dashboard.DashboardFieldConfigSourceOverrides `json:"overrides"`
}

type classicDefaults struct {
	dashboard.FieldConfig
	Mappings []classicMapping `json:"mappings"`
	Custom   any              `json:"custom"`
}

// classicMapping is a word for a value; it has no colour.
type classicMapping struct {
	ID    int    `json:"id"`
	Type  int    `json:"type"`
	Op    string `json:"op"`
	Value string `json:"value"`
	Text  string `json:"text"`
}

func classicMappings(list []plan.Mapping) []classicMapping {
	const valueToText = 1
	out := []classicMapping{}
	for i, m := range list {
		value := m.Value.String()
		switch {
		case m.Null:
			value = "null"
		case m.Match != "":
			value = m.Match
		}
		out = append(out, classicMapping{ID: i, Type: valueToText, Op: "=", Value: value, Text: title(m.Text)})
	}
	return out
}

// mappings spells words for the values of a column.
func (s *speller) mappings(list []plan.Mapping) any {
	if s.can.modernPanels {
		return mappings(list, false)
	}
	return classicMappings(list)
}

// classicSteps are the steps of a panel with the colours that its mappings would have: before 8 only
// steps have colours.
func classicSteps(steps []plan.Step, words []plan.Mapping) []plan.Step {
	out := slices.Clone(steps)
	for _, m := range words {
		if m.Null || m.Match != "" || m.Color == "" {
			continue
		}
		value := m.Value
		out = slices.DeleteFunc(out, func(s plan.Step) bool { return s.From != nil && s.From.Equal(value) })
		out = append(out, plan.Step{From: &value, Color: m.Color})
	}
	slices.SortStableFunc(out, func(a, b plan.Step) int {
		switch { // the one without a bound is the bottom
		case a.From == nil:
			return -1
		case b.From == nil:
			return 1
		}
		return a.From.Cmp(*b.From)
	})
	return out
}

// classicConfig turns field settings into those of Grafana before 8.
func classicConfig(p *plan.Panel, config *dashboard.FieldConfigSource) *classicFields {
	out := &classicFields{Overrides: config.Overrides, Defaults: classicDefaults{
		FieldConfig: config.Defaults, Mappings: classicMappings(p.Mappings), Custom: struct{}{},
	}}
	return out
}
