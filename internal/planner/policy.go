package planner

import (
	"maps"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// policy is what the workspace demands of its files.
func policy(ws *spec.Workspace) plan.Policy {
	b := ws.Budgets
	p := plan.Policy{
		Levels:             map[string]plan.Level{},
		RequireLabels:      texts(ws.Lint.RequireLabels),
		RequireAnnotations: texts(ws.Lint.RequireAnnotations),
		Budgets: plan.Budgets{
			SeriesPerMetric:       b.SeriesPerMetric.Value,
			SeriesPerModel:        b.SeriesPerModel.Value,
			SeriesPerRecord:       b.SeriesPerRecord.Value,
			SeriesPerPanel:        b.SeriesPerPanel.Value,
			ValuesPerVariable:     b.ValuesPerVariable.Value,
			NotificationsPerAlert: b.NotificationsPerAlert.Value,
			BytesPerDashboard:     b.BytesPerDashboard.Value,
			PanelsPerDashboard:    b.PanelsPerDashboard.Value,
			QueriesPerDashboard:   b.QueriesPerDashboard.Value,
		},
	}
	setLevels(p.Levels, ws.Lint.Rules)
	return p
}

// Override is a workspace whose rules are as grave as an override says.
func Override(ws *plan.Workspace, o *spec.LintOverride) *plan.Workspace {
	other := *ws
	other.Policy.Levels = maps.Clone(ws.Policy.Levels)
	setLevels(other.Policy.Levels, o.Rules)
	return &other
}

func setLevels(levels map[string]plan.Level, rules []spec.RuleLevel) {
	for _, r := range rules {
		level := plan.Level{Off: r.Level.Value == "off", Span: r.Rule.Span}
		for s := diag.Info; s <= diag.Error; s++ {
			if s.String() == r.Level.Value {
				level.Severity = s
			}
		}
		levels[r.Rule.Value] = level
	}
}

func texts(list []diag.Located[string]) []string {
	values := make([]string, 0, len(list))
	for _, l := range list {
		values = append(values, l.Value)
	}
	return values
}
