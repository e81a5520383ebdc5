package lint

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// dashboardRules look at dashboards: of others as they were written, and of specs at what an author decides.
var dashboardRules = slices.Concat(headRules, layoutRules, panelRules, unitRules, datasourceRules, variableRules, filterRules, legacyRules)

// foreign returns the dashboard that somebody else wrote; nil: there is none.
func (p *Pass) foreign() *plan.ForeignDashboard {
	if p.Plan.Dashboard == nil {
		return nil
	}
	return p.Plan.Dashboard.Foreign
}

// foreignPanels are the panels of a dashboard that somebody else wrote, rows included, without the copies that
// `repeat` had made when it was saved.
func (p *Pass) foreignPanels() iter.Seq[*plan.Panel] {
	return func(yield func(*plan.Panel) bool) {
		if p.foreign() == nil {
			return
		}
		for _, panel := range p.Plan.Dashboard.Panels {
			if !panel.Foreign.Clone && !yield(panel) {
				return
			}
		}
	}
}

// foreignVariables are the variables of a dashboard that somebody else wrote.
func (p *Pass) foreignVariables() iter.Seq2[int, *plan.Variable] {
	return func(yield func(int, *plan.Variable) bool) {
		if p.foreign() == nil {
			return
		}
		for i := range p.Plan.Dashboard.Variables {
			if !yield(i, &p.Plan.Dashboard.Variables[i]) {
				return
			}
		}
	}
}

// drawn are the types of panel that show what queries return.
var drawn = []string{
	"graph", "timeseries", "stat", "singlestat", "grafana-singlestat-panel", "gauge", "bargauge", "barchart", "table", "table-old", "heatmap", "histogram",
	"piechart", "grafana-piechart-panel", "state-timeline", "status-history", "trend", "xychart", "candlestick",
}

// isDrawn: the panel shows what queries return.
func isDrawn(panel *plan.Panel) bool { return slices.Contains(drawn, panel.Foreign.Type.Value) }

// overTime: the panel draws values over time.
func overTime(panel *plan.Panel) bool { return panel.Kind == plan.TimeSeries }

// titled is how messages name a panel.
func titled(panel *plan.Panel) string {
	if panel.Title != "" {
		return "panel `" + panel.Title + "`"
	}
	if f := panel.Foreign; f != nil && f.ID.Given() {
		return fmt.Sprintf("panel %d", f.ID.Value)
	}
	return "a panel without a title"
}

// plural counts things: `1 panel`, `3 panels`.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// listed joins names: `a`, `b` and `c`.
func listed(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "`" + n + "`"
	}
	if n := len(quoted) - 1; n > 0 {
		return strings.Join(quoted[:n], ", ") + " and " + quoted[n]
	}
	return strings.Join(quoted, "")
}
