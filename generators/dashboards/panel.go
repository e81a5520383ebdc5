package dashboards

import (
	"errors"
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/heatmap"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/table"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// panelJSON is the SDK's panel with what it lacks: a datasource of either form, field settings of either
// form, an alert. It is only ever encoded.
type panelJSON struct {
	dashboard.Panel
	Datasource  any `json:"datasource,omitempty"`
	FieldConfig any `json:"fieldConfig,omitempty"`
	Alert       any `json:"alert,omitempty"`
}

// panel spells one panel of the plan; some take two in older versions.
func (s *speller) panel(p *plan.Panel) ([]any, error) {
	switch p.Kind {
	case plan.Row:
		return s.row(p)
	case plan.TextKind:
		return one(s.text(p))
	case plan.Firing:
		return s.firing(p)
	case plan.Table:
		return one(s.table(p))
	case plan.Heatmap:
		if s.can.modernHeatmap {
			return one(s.heatmap(p))
		}
		return one(s.angularHeatmap(p))
	}
	if !s.can.modernPanels {
		return s.classicPanel(p)
	}
	switch p.Kind {
	case plan.Stat:
		return one(s.stat(p))
	case plan.Status:
		return one(s.status(p))
	case plan.Signals:
		return one(s.signals(p))
	case plan.TimeSeries:
		return one(s.timeSeries(p))
	case plan.Compare:
		if ofBuckets(p) && !s.can.filteredSteps {
			return s.compareApart(p)
		}
		return one(s.compare(p))
	case plan.BarChart:
		if p.JoinBy == "" && !s.can.barsOverTime {
			return one(s.timeSeries(p))
		}
		return one(s.barChart(p))
	case plan.BarGauge:
		return one(s.barGauge(p))
	case plan.Gauge:
		return one(s.gauge(p))
	}
	return nil, fmt.Errorf("kind %q", p.Kind)
}

// one makes a list of one panel.
func one[T any](panel *T, err error) ([]any, error) {
	if err != nil {
		return nil, err
	}
	return []any{panel}, nil
}

func (s *speller) row(p *plan.Panel) ([]any, error) {
	row, err := dashboard.NewRowBuilder(title(p.Title)).Id(uint32(p.ID)).GridPos(grid(p.Grid)).Collapsed(false).Build()
	if err != nil {
		return nil, err
	}
	return []any{row}, nil
}

// panelBuilder is what all panel builders of the SDK have in common.
type panelBuilder[B any] interface {
	Id(uint32) B
	Title(string) B
	Description(string) B
	GridPos(dashboard.GridPos) B
	MaxDataPoints(float64) B
	WithTarget(cog.Builder[variants.Dataquery]) B
	WithTransformation(dashboard.DataTransformerConfig) B
	Unit(string) B
	Decimals(float64) B
	Min(float64) B
	Max(float64) B
	NoValue(string) B
	Mappings([]dashboard.ValueMapping) B
	Thresholds(cog.Builder[dashboard.ThresholdsConfig]) B
	ColorScheme(cog.Builder[dashboard.FieldColor]) B
	OverrideByName(string, []dashboard.DynamicConfigValue) B
	OverrideByRegexp(string, []dashboard.DynamicConfigValue) B
	Build() (dashboard.Panel, error)
}

// head says what every panel says: who and where it is, what it asks.
func head[B panelBuilder[B]](s *speller, b B, p *plan.Panel) B {
	b.Id(uint32(p.ID)).Title(s.title(p)).GridPos(grid(p.Grid))
	if p.Description != "" {
		b.Description(markdown(p.Description))
	}
	if p.MaxDataPoints > 0 {
		b.MaxDataPoints(float64(p.MaxDataPoints))
	}
	for i := range p.Queries {
		b.WithTarget(s.target(&p.Queries[i], s.legend(p.Queries[i].Legend)))
	}
	return b
}

// title is the title of a panel. One that is drawn for each value of a variable names the value.
func (s *speller) title(p *plan.Panel) string {
	if p.Repeat == "" {
		return title(p.Title)
	}
	return title(p.Title) + ": ${" + p.Repeat + "}"
}

// repeat draws a panel once for each value of a variable, side by side, as wide as it is. Only what
// stands in a row of its own can be: Grafana puts the copies where other panels may be.
func repeat(built *dashboard.Panel, p *plan.Panel) {
	if p.Repeat == "" {
		return
	}
	built.Repeat = &p.Repeat
	built.RepeatDirection = cog.ToPtr(dashboard.PanelRepeatDirectionH)
	built.MaxPerRow = cog.ToPtr(float64(max(1, columns/max(1, p.Grid.W))))
}

// finish completes a built panel.
func (s *speller) finish(p *plan.Panel, built dashboard.Panel, err error) (*panelJSON, error) {
	if err != nil {
		return nil, err
	}
	built.Transparent, built.RepeatDirection = nil, nil
	repeat(&built, p)
	switch o := built.Options.(type) { // what the SDK sets without being asked
	case *table.Options:
		o.Footer, o.ShowTypeIcons = nil, nil
	case *heatmap.Options:
		o.SelectionMode = nil
	}
	if !s.can.laterOptions {
		built.Options = s.olderOptions(built.Options)
	}
	out := &panelJSON{Panel: built}
	if len(p.Queries) > 0 {
		out.Datasource = s.source
	}
	switch {
	case built.FieldConfig == nil:
	case s.can.modernPanels:
		out.FieldConfig = built.FieldConfig
	default:
		out.FieldConfig = classicConfig(p, built.FieldConfig)
	}
	out.Alert, err = s.alert(p)
	return out, err
}

func (s *speller) alert(p *plan.Panel) (any, error) {
	switch {
	case p.Alert == nil:
		return nil, nil
	case s.block == nil:
		return nil, errors.New("carries an alert, but nobody spells it")
	}
	return s.block(p)
}

func grid(g plan.Grid) dashboard.GridPos {
	return dashboard.GridPos{X: uint32(g.X), Y: uint32(g.Y), W: uint32(g.W), H: uint32(g.H)}
}

// target spells a query; the legend is spelled already, and empty where nobody sees it.
func (s *speller) target(q *plan.Query, legend string) *targetBuilder {
	t := &targetBuilder{Expr: q.Expr, RefId: &q.RefID, Datasource: s.ref()}
	format := prometheus.PromQueryFormat(q.Format)
	if format == "" {
		format = prometheus.PromQueryFormatTimeSeries
	}
	t.Format = &format
	t.Instant = cog.ToPtr(q.Instant)
	if legend != "" {
		t.LegendFormat = &legend
	}
	if q.MinStep != "" {
		t.Interval = &q.MinStep
	}
	if s.can.modernPanels {
		t.Range = cog.ToPtr(!q.Instant)
		t.EditorMode = cog.ToPtr(prometheus.QueryEditorModeCode)
	}
	return t
}

// targetBuilder is a finished query where the SDK wants a builder.
type targetBuilder prometheus.Dataquery

// Build returns the query.
func (t *targetBuilder) Build() (variants.Dataquery, error) { return (*prometheus.Dataquery)(t), nil }

func (s *speller) text(p *plan.Panel) (*panelJSON, error) {
	b := head(s, newTextBuilder(), p).Content(markdown(p.Text))
	built, err := b.Build()
	return s.finish(p, built, err)
}

// reduce says which number of a series is shown.
func reduce(calc string) *common.ReduceDataOptionsBuilder {
	return common.NewReduceDataOptionsBuilder().Calcs([]string{calc}).Fields("").Values(false)
}
