package dashboards

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/bargauge"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/gauge"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/text"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// stat spells a tile: its colour is that of the value, which is the colour of text while all is well.
func (s *speller) stat(p *plan.Panel) (*panelJSON, error) {
	b := statPanel(s, p).
		ColorMode(common.BigValueColorModeValue).
		GraphMode(common.BigValueGraphModeNone).
		TextMode(common.BigValueTextModeValue).
		ReduceOptions(reduce("lastNotNull"))
	if p.Sparkline {
		// `last`: an hour after an outage the last good number must not stand there.
		b.GraphMode(common.BigValueGraphModeArea).ReduceOptions(reduce("last"))
	}
	if namesSeries(p) {
		b.TextMode(common.BigValueTextModeValueAndName)
	}
	built, err := b.Build()
	return s.finish(p, built, err)
}

// status spells the tile that names the worst signal, the only one coloured in good times.
func (s *speller) status(p *plan.Panel) (*panelJSON, error) {
	b := statPanel(s, p).
		ColorMode(common.BigValueColorModeBackground).
		GraphMode(common.BigValueGraphModeNone).
		TextMode(common.BigValueTextModeValueAndName).
		Text(common.NewVizTextDisplayOptionsBuilder().TitleSize(15).ValueSize(38)).
		ReduceOptions(reduce("lastNotNull"))
	if s.can.solidBackground {
		b.ColorMode(common.BigValueColorModeBackgroundSolid)
	}
	built, err := b.Build()
	return s.finish(p, built, err)
}

func statPanel(s *speller, p *plan.Panel) *stat.PanelBuilder {
	return fields(s, head(s, stat.NewPanelBuilder(), p), byValue(p), textColor).
		JustifyMode(common.BigValueJustifyModeCenter).
		Orientation(common.VizOrientationAuto)
}

// byValue is p coloured by its value, unless the plan says otherwise.
func byValue(p *plan.Panel) *plan.Panel {
	if p.Color.Mode != "" && p.Color.Mode != plan.Palette {
		return p
	}
	q := *p
	q.Color = plan.Color{Mode: plan.ByValue}
	return &q
}

// namesSeries: there can be several values, and only their names tell them apart.
func namesSeries(p *plan.Panel) bool {
	return len(p.Queries) > 1 || len(p.Queries) == 1 && strings.Contains(p.Queries[0].Legend, "{{")
}

// barColor is the colour of a bar without limits.
func barColor(p *plan.Panel) string {
	if p.Color.Fixed != "" {
		return p.Color.Fixed
	}
	return textColor
}

func (s *speller) gauge(p *plan.Panel) (*panelJSON, error) {
	b := fields(s, head(s, gauge.NewPanelBuilder(), p), byValue(p), barColor(p)).
		ReduceOptions(reduce("lastNotNull")).
		ShowThresholdLabels(false).
		ShowThresholdMarkers(true).
		Orientation(common.VizOrientationAuto)
	built, err := b.Build()
	return s.finish(p, built, err)
}

func (s *speller) barGauge(p *plan.Panel) (*panelJSON, error) {
	built, err := barsPanel(s, p).Build()
	return s.finish(p, built, err)
}

func barsPanel(s *speller, p *plan.Panel) *bargauge.PanelBuilder {
	return fields(s, head(s, bargauge.NewPanelBuilder(), p), byValue(p), barColor(p)).
		ReduceOptions(reduce("lastNotNull")).
		DisplayMode(common.BarGaugeDisplayModeBasic).
		Orientation(common.VizOrientationHorizontal).
		Text(common.NewVizTextDisplayOptionsBuilder().TitleSize(14).ValueSize(20)). // else a few bars shout
		Legend(s.legendOptions(plan.Legend{}))
}

// newTextBuilder begins a panel of Markdown.
func newTextBuilder() *text.PanelBuilder { return text.NewPanelBuilder().Mode(text.TextModeMarkdown) }
