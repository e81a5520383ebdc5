package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// timeSeries spells lines (or bars) over time. Gaps stay gaps: an outage must not be bridged.
func (s *speller) timeSeries(p *plan.Panel) (*panelJSON, error) {
	b := fields(s, head(s, timeseries.NewPanelBuilder(), p), p, transparent).
		DrawStyle(common.GraphDrawStyleLine).
		LineInterpolation(common.LineInterpolationLinear).
		LineWidth(1.5).
		FillOpacity(float64(p.Fill)).
		GradientMode(common.GraphGradientModeNone).
		ShowPoints(common.VisibilityModeNever).
		SpanNulls(common.BoolOrFloat64{Bool: cog.ToPtr(false)}).
		ThresholdsStyle(common.NewGraphThresholdsStyleConfigBuilder().Mode(s.limitStyle(p))).
		Stacking(stacking(p.Stack)).
		Legend(s.legendOptions(p.Legend)).
		Tooltip(tooltip(common.TooltipDisplayModeMulti, common.SortOrderDescending))
	if p.Kind == plan.BarChart {
		b.DrawStyle(common.GraphDrawStyleBars).FillOpacity(85)
	}
	if p.Stack {
		b.LineWidth(0) // else the upper edge wears the colour of the last, empty, series
	}
	if p.SoftMax != nil {
		b.AxisSoftMax(number(*p.SoftMax))
	}
	if p.SoftMin != nil {
		b.AxisSoftMin(number(*p.SoftMin))
	}
	for _, style := range p.Series {
		properties := s.styleProperties(p, style)
		if style.Regexp {
			b.OverrideByRegexp(pattern(style.Name), properties)
		} else {
			b.OverrideByName(s.seriesName(p, style.Name), properties)
		}
	}
	built, err := b.Build()
	return s.finish(p, built, err)
}

func (s *speller) limitStyle(p *plan.Panel) common.GraphThresholdsStyleMode {
	switch {
	case !p.Lines:
		return common.GraphThresholdsStyleModeOff
	case s.can.dashedLimits:
		return common.GraphThresholdsStyleModeDashed
	}
	return common.GraphThresholdsStyleModeLine
}

func stacking(on bool) *common.StackingConfigBuilder {
	mode := common.StackingModeNone
	if on {
		mode = common.StackingModeNormal
	}
	return common.NewStackingConfigBuilder().Group("A").Mode(mode)
}

// styleProperties spells how some series differ from the others.
func (s *speller) styleProperties(p *plan.Panel, style plan.SeriesStyle) []dashboard.DynamicConfigValue {
	var out []dashboard.DynamicConfigValue
	if style.Color != "" {
		out = append(out, fixed(style.Color))
	}
	if style.Dashed {
		out = append(out,
			property("custom.lineStyle", lineStyle{Fill: "dash", Dash: []int{6, 6}}),
			property("custom.lineWidth", 1),
			property("custom.fillOpacity", 0),
			property("custom.stacking", common.StackingConfig{
				Group: cog.ToPtr("A"), Mode: cog.ToPtr(common.StackingModeNone),
			}))
		return out
	}
	if style.Width > 0 {
		out = append(out, property("custom.lineWidth", style.Width))
	}
	if style.FillTo != "" {
		out = append(out, property("custom.fillBelowTo", s.seriesName(p, style.FillTo)))
	}
	if style.Fill != nil {
		out = append(out, property("custom.fillOpacity", *style.Fill))
	}
	return out
}

type lineStyle struct {
	Fill string `json:"fill"`
	Dash []int  `json:"dash"`
}
