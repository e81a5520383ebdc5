package dashboards

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/barchart"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// compare spells two distributions side by side: each category has a bar for now and one for then.
func (s *speller) compare(p *plan.Panel) (*panelJSON, error) {
	if len(p.Queries) != 2 {
		return nil, fmt.Errorf("compares %d queries instead of two", len(p.Queries))
	}
	half := *p
	half.Queries = slices.Clone(p.Queries)
	for i := range half.Queries {
		half.Queries[i].Legend = "" // it names the bars instead
		if ofBuckets(p) {
			half.Queries[i].Format, half.Queries[i].Legend = plan.FormatHeatmap, "{{"+p.JoinBy+"}}"
		}
	}
	if p.Legend.Mode == "" {
		half.Legend = plan.Legend{Mode: plan.LegendList}
	}
	b := barChartPanel(s, &half)
	category, bars := p.JoinBy, []string(nil)
	if ofBuckets(p) {
		category, bars = joinBuckets(b, p)
	} else {
		bars = s.joinLabels(b, p)
	}
	b.XField(category).OverrideByName(category, []dashboard.DynamicConfigValue{property("unit", "string")})
	for i, bar := range bars {
		q := p.Queries[i]
		properties := []dashboard.DynamicConfigValue{property("displayName", s.legend(q.Legend))}
		if c := colorOf(p, q.Legend); c != "" {
			properties = append(properties, fixed(c))
		}
		b.OverrideByName(bar, properties)
	}
	built, err := b.Build()
	return s.finish(p, built, err)
}

// ofBuckets: the distributions are those of histograms, whose buckets Grafana must take apart first.
func ofBuckets(p *plan.Panel) bool {
	return p.JoinBy == "le" || len(p.Queries) > 0 && p.Queries[0].Format == plan.FormatHeatmap
}

// joinLabels puts the results of table queries side by side by their label, and names the bars.
func (s *speller) joinLabels(b *barchart.PanelBuilder, p *plan.Panel) (bars []string) {
	for i := range p.Queries {
		bars = append(bars, valueField(p, p.Queries[i].RefID))
	}
	if len(p.Queries) > 1 {
		b.WithTransformation(s.join(p.JoinBy))
	}
	b.WithTransformation(keep(append([]string{p.JoinBy}, bars...)))
	return bars
}

// joinBuckets makes a row of each bucket. Grafana has already turned cumulative buckets into plain ones.
// The reducers differ so that the columns get different names; of one sample each says the same.
func joinBuckets(b *barchart.PanelBuilder, p *plan.Panel) (category string, bars []string) {
	for i, reducer := range []string{"lastNotNull", "max"} {
		b.WithTransformation(dashboard.DataTransformerConfig{
			Id:      "reduce",
			Filter:  &dashboard.MatcherConfig{Id: "byRefId", Options: p.Queries[i].RefID},
			Options: reduceOptions{Reducers: []string{reducer}, Mode: "seriesToRows"},
		})
		bars = append(bars, calcTitle(reducer))
	}
	b.WithTransformation(dashboard.DataTransformerConfig{
		Id: "joinByField", Options: joinOptions{ByField: "Field", Mode: "outer"},
	})
	return "Field", bars
}

type reduceOptions struct {
	Reducers []string `json:"reducers"`
	Mode     string   `json:"mode"`
}

// colorOf is the colour of the series with a legend; empty if the plan names none.
func colorOf(p *plan.Panel, legend string) string {
	for _, style := range p.Series {
		if !style.Regexp && style.Name == legend {
			return style.Color
		}
	}
	return ""
}

// barChart spells bars of one or more queries, by the label JoinBy or over time.
func (s *speller) barChart(p *plan.Panel) (*panelJSON, error) {
	b := barChartPanel(s, p)
	if p.JoinBy != "" {
		bars := s.joinLabels(b, p)
		b.XField(p.JoinBy).OverrideByName(p.JoinBy, []dashboard.DynamicConfigValue{property("unit", "string")})
		for i, bar := range bars {
			b.OverrideByName(bar, []dashboard.DynamicConfigValue{property("displayName", s.barName(p, p.Queries[i].Legend))})
		}
	}
	for _, style := range p.Series {
		if properties := s.styleProperties(p, style); style.Regexp {
			b.OverrideByRegexp(pattern(style.Name), properties)
		} else {
			b.OverrideByName(s.seriesName(p, style.Name), properties)
		}
	}
	built, err := b.Build()
	return s.finish(p, built, err)
}

// barName names the bars of a query. The categories have the values of its labels for their names, so that
// a legend that is made of those says nothing of the bars.
func (s *speller) barName(p *plan.Panel, legend string) string {
	if legend == "" || strings.Contains(legend, "{{") {
		return title(p.Title)
	}
	return s.legend(legend)
}

func barChartPanel(s *speller, p *plan.Panel) *barchart.PanelBuilder {
	b := fields(s, head(s, barchart.NewPanelBuilder(), p), p, transparent).
		LineWidth(0).
		FillOpacity(85).
		GradientMode(common.GraphGradientModeNone).
		ThresholdsStyle(common.NewGraphThresholdsStyleConfigBuilder().Mode(s.limitStyle(p))).
		Orientation(common.VizOrientationAuto).
		BarWidth(0.92).
		GroupWidth(0.8).
		ShowValue(common.VisibilityModeNever).
		XTickLabelSpacing(60). // else numbers run into one another
		XTickLabelMaxLength(40).
		Legend(s.legendOptions(p.Legend)).
		Tooltip(tooltip(common.TooltipDisplayModeMulti, common.SortOrderNone))
	if p.Words {
		b.Orientation(common.VizOrientationHorizontal).XTickLabelSpacing(0)
	}
	if p.Stack {
		b.Stacking(common.StackingModeNormal)
	}
	return b
}
