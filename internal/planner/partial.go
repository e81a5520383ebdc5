package planner

import (
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Partial is a plan that has the author's queries and nothing else, of a model that cannot be planned, since it
// has mistakes that were reported: so that its queries can be judged in the same run. Those with mistakes are
// not in it.
func (p *Planner) Partial(m *spec.Model, ws *spec.Workspace, pws *plan.Workspace) *plan.Plan {
	b := &builder{Planner: p, model: m, ws: ws, pws: pws, rep: &diag.Report{}}
	b.know()
	b.collect()
	b.knowMetrics()
	b.readPanels()
	b.readAlerts()
	result := &plan.Plan{Model: m.Name.Value, Owner: m.Owner.Value, Workspace: pws, File: m.File, Allows: m.Allows, Dashboard: &plan.Dashboard{}}
	for _, r := range b.order {
		if r.own {
			result.Records = append(result.Records, &plan.Record{Name: r.name, Source: r.span, Written: r.written})
		}
	}
	for _, item := range b.panels {
		if item.broken || item.bd != nil {
			continue
		}
		panel := &plan.Panel{Title: item.Title.Value, Source: item.Title.Span}
		for _, q := range item.queries {
			panel.Queries = append(panel.Queries, plan.Query{Written: b.written(q.query, false, promql.Use{Place: promql.InPanel}, item.Window.Value)})
		}
		result.Dashboard.Panels = append(result.Dashboard.Panels, panel)
	}
	for _, item := range b.merged {
		if item.bd == nil {
			result.Alerts = append(result.Alerts, &plan.Alert{Name: item.Name.Value, Source: item.Name.Span, Written: item.written(b)})
		}
	}
	return result
}
