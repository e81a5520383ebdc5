package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/statetimeline"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// signals spells one line per signal over time.
func (s *speller) signals(p *plan.Panel) (*panelJSON, error) {
	b := fields(s, head(s, statetimeline.NewPanelBuilder(), p), p, textColor).
		Mappings(mappings(p.Mappings, true)).
		FillOpacity(85).
		LineWidth(0).
		NeverSpanNulls().
		MergeValues(true).
		ShowValue(common.VisibilityModeAuto).
		AlignValue(common.TimelineValueAlignmentLeft).
		RowHeight(0.82).
		DisablePagination().
		Legend(s.legendOptions(plan.Legend{})).
		Tooltip(tooltip(common.TooltipDisplayModeSingle, common.SortOrderNone))
	built, err := b.Build()
	return s.finish(p, built, err)
}
