package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/bargauge"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/gauge"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/table"
)

// olderOptions leaves the options that stat, gauge, bar gauge and table have had for long.
func (s *speller) olderOptions(options any) any {
	switch o := options.(type) {
	case *stat.Options:
		return struct {
			ColorMode     common.BigValueColorMode      `json:"colorMode"`
			GraphMode     common.BigValueGraphMode      `json:"graphMode"`
			JustifyMode   common.BigValueJustifyMode    `json:"justifyMode"`
			Orientation   common.VizOrientation         `json:"orientation"`
			TextMode      common.BigValueTextMode       `json:"textMode"`
			ReduceOptions common.ReduceDataOptions      `json:"reduceOptions"`
			Text          *common.VizTextDisplayOptions `json:"text,omitempty"`
		}{o.ColorMode, o.GraphMode, o.JustifyMode, o.Orientation, o.TextMode, o.ReduceOptions, s.textSize(o.Text)}
	case *gauge.Options:
		return struct {
			Orientation          common.VizOrientation    `json:"orientation"`
			ReduceOptions        common.ReduceDataOptions `json:"reduceOptions"`
			ShowThresholdLabels  bool                     `json:"showThresholdLabels"`
			ShowThresholdMarkers bool                     `json:"showThresholdMarkers"`
		}{o.Orientation, o.ReduceOptions, o.ShowThresholdLabels, o.ShowThresholdMarkers}
	case *bargauge.Options:
		return struct {
			DisplayMode   common.BarGaugeDisplayMode    `json:"displayMode"`
			Orientation   common.VizOrientation         `json:"orientation"`
			ReduceOptions common.ReduceDataOptions      `json:"reduceOptions"`
			ShowUnfilled  bool                          `json:"showUnfilled"`
			Text          *common.VizTextDisplayOptions `json:"text,omitempty"`
		}{o.DisplayMode, o.Orientation, o.ReduceOptions, o.ShowUnfilled, s.textSize(o.Text)}
	case *table.Options:
		out := struct {
			ShowHeader bool                           `json:"showHeader"`
			SortBy     []common.TableSortByFieldState `json:"sortBy,omitempty"`
			CellHeight *common.TableCellHeight        `json:"cellHeight,omitempty"`
		}{o.ShowHeader, o.SortBy, nil}
		if s.can.cellOptions {
			out.CellHeight = o.CellHeight
		}
		return out
	}
	return options
}

// textSize is the size of words and numbers; before 8 it is Grafana's choice.
func (s *speller) textSize(o *common.VizTextDisplayOptions) *common.VizTextDisplayOptions {
	if !s.can.modernPanels {
		return nil
	}
	return o
}
