package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/heatmap"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// heatmap spells buckets over time. The cells are counts; the plan's unit is that of the rows.
func (s *speller) heatmap(p *plan.Panel) (*panelJSON, error) {
	rows := heatmap.NewYAxisConfigBuilder().AxisPlacement(common.AxisPlacementLeft).Reverse(false)
	if p.Unit != "" {
		rows.Unit(p.Unit)
	}
	if p.Decimals != nil {
		rows.Decimals(float32(*p.Decimals))
	}
	b := head(s, heatmap.NewPanelBuilder(), p).
		Calculate(false).
		CellGap(0).
		CellValues(heatmap.NewCellValuesBuilder().Unit("short").Decimals(1)).
		Color(heatmap.NewHeatmapColorOptionsBuilder().
			Mode(heatmap.HeatmapColorModeScheme).Scheme("Blues").
			Scale(heatmap.HeatmapColorScaleExponential).Exponent(0.5).
			Steps(64).Reverse(false).Fill("dark-blue")).
		FilterValues(heatmap.NewFilterValueRangeBuilder().Le(1e-9)).
		RowsFrame(heatmap.NewRowsHeatmapOptionsBuilder().Layout(common.HeatmapCellLayoutAuto)).
		ShowValue(common.VisibilityModeNever).
		HideLegend().
		YAxis(rows).
		Tooltip(heatmap.NewHeatmapTooltipBuilder().
			Mode(common.TooltipDisplayModeSingle).YHistogram(true).ShowColorScale(true))
	built, err := b.Build()
	return s.finish(p, built, err)
}

// angularHeatmap spells the same for versions whose heatmap has no options yet.
func (s *speller) angularHeatmap(p *plan.Panel) (*heatmapJSON, error) {
	built, err := head(s, dashboard.NewPanelBuilder().Type("heatmap"), p).Build()
	panel, err := s.finish(p, built, err)
	if err != nil {
		return nil, err
	}
	out := &heatmapJSON{
		panelJSON:       panel,
		DataFormat:      "tsbuckets",
		YBucketBound:    "upper",
		HideZeroBuckets: true,
		HighlightCards:  true,
		Tooltip:         heatmapTooltip{Show: true, ShowHistogram: true},
		XAxis:           heatmapXAxis{Show: true},
		YAxis:           heatmapYAxis{Format: p.Unit, Show: true, Decimals: p.Decimals, LogBase: 1},
	}
	if out.YAxis.Format == "" {
		out.YAxis.Format = "short"
	}
	if p.Decimals == nil {
		zero := 0 // else each bucket's bound is written with all its digits
		out.YAxis.Decimals = &zero
	}
	out.Color = heatmapColor{
		Mode: "spectrum", ColorScheme: "interpolateBlues", ColorScale: "sqrt", Exponent: 0.5, CardColor: "#56B4E9",
	}
	return out, nil
}

// heatmapJSON is Grafana's heatmap as an Angular panel.
type heatmapJSON struct {
	*panelJSON
	DataFormat      string         `json:"dataFormat"`
	YBucketBound    string         `json:"yBucketBound"`
	ReverseYBuckets bool           `json:"reverseYBuckets"`
	HideZeroBuckets bool           `json:"hideZeroBuckets"`
	HighlightCards  bool           `json:"highlightCards"`
	Heatmap         struct{}       `json:"heatmap"`
	Cards           heatmapCards   `json:"cards"`
	Color           heatmapColor   `json:"color"`
	Legend          heatmapLegend  `json:"legend"`
	Tooltip         heatmapTooltip `json:"tooltip"`
	XAxis           heatmapXAxis   `json:"xAxis"`
	YAxis           heatmapYAxis   `json:"yAxis"`
}

type heatmapCards struct {
	CardPadding int `json:"cardPadding"`
	CardRound   int `json:"cardRound"`
}

type heatmapColor struct {
	Mode        string  `json:"mode"`
	ColorScheme string  `json:"colorScheme"`
	ColorScale  string  `json:"colorScale"`
	Exponent    float64 `json:"exponent"`
	CardColor   string  `json:"cardColor"`
}

type heatmapLegend struct {
	Show bool `json:"show"`
}

type heatmapTooltip struct {
	Show          bool `json:"show"`
	ShowHistogram bool `json:"showHistogram"`
}

type heatmapXAxis struct {
	Show bool `json:"show"`
}

type heatmapYAxis struct {
	Format   string `json:"format"`
	Show     bool   `json:"show"`
	Decimals *int   `json:"decimals"`
	LogBase  int    `json:"logBase"`
}
