package planner

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// legacyTag marks the dashboards of legacy alerts; the alert lists of the readers' dashboards find them by it.
const legacyTag = tag + "-alerts"

// legacyTitle is the title of the dashboard that carries the model's legacy alerts.
func (b *builder) legacyTitle() string { return b.model.Title.Value + ": alert rules" }

// planLegacy decides the dashboard for Grafana's legacy alerting: one graph panel for each alert, with
// literal labels and windows, since an alert rule allows no variable.
func (b *builder) planLegacy() *plan.Dashboard {
	m := b.model
	d := &plan.Dashboard{
		UID: suffixedUID(m.Name.Value, "_alerts"), Title: b.legacyTitle(),
		Description: "The alerts of " + m.Title.Value + ". Fixed labels: alert rules cannot use variables.",
		Tags:        []string{legacyTag, m.Name.Value}, From: "now-6h", Refresh: "1m",
		Links: b.links(),
	}
	if b.pws.Grafana.FoldersByOwner {
		d.Folder = m.Owner.Value
	}
	var panels []*plan.Panel
	for _, item := range b.merged {
		for _, a := range item.planned {
			panels = append(panels, b.legacyPanel(item, a.Alert))
		}
	}
	d.Panels = layout([]section{{panels: panels}})
	return d
}

// legacyPanel is the graph that carries an alert.
func (b *builder) legacyPanel(item *alertItem, a *plan.Alert) *plan.Panel {
	key, title := "alert/"+a.Key, a.Name
	if a.Member != "" {
		key, title = key+"/"+a.Member, title+" ("+a.Member+")"
	}
	p := &plan.Panel{
		Key: key, ID: plan.PanelID(key), Kind: plan.TimeSeries, Title: title, Grid: plan.Grid{W: 8, H: 6},
		Description: strings.TrimSpace(literal(a.Description)),
		Unit:        a.Unit, Min: b.legacyMin(item), Steps: item.limits.lineSteps(), Lines: true, Fill: 10,
		Color:   plan.Color{Mode: plan.FixedColor, Fixed: colorSeries},
		Queries: []plan.Query{{RefID: "A", Expr: a.Query, Legend: "value", Format: plan.FormatTimeSeries}},
		Legend:  plan.Legend{Mode: plan.NoLegend},
		Alert:   a,
	}
	b.makeRoom(p, item.limits, item.unit)
	if item.raw != nil { // what is drawn counts the results of the expression
		p.Steps = []plan.Step{{Color: colorClear}, step(levelOf(0), colorCritical)}
	}
	if by, known := b.alertSeries(item); !known || len(by) > 0 {
		p.Color = plan.Color{Mode: plan.Palette}
		p.Queries[0].Legend = b.autoLegend(item.query, "value")
		p.Legend.Mode = plan.LegendList
	}
	return p
}

// legacyMin begins the axis at zero, where no limit lies below: on an axis that fits its data alone a
// quiet value looks like a cliff, and the limit is not on it.
func (b *builder) legacyMin(item *alertItem) *decimal.Decimal {
	for _, c := range item.limits.crit {
		if c.IsNegative() {
			return nil
		}
	}
	return &zero
}

// alertSeries are the labels that tell the results of an alert's query apart.
func (b *builder) alertSeries(item *alertItem) ([]string, bool) {
	if item.query == nil {
		return nil, true // counted: one result
	}
	return b.resultLabels(item.query)
}
