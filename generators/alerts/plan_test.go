package alerts

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

const seedQuery = `histogram_quantile(0.9, sum by (le) (rate(inference_time_bucket{service="model-serving-10494"}[5m])))`

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func lit(s string) plan.TextPart   { return plan.TextPart{Literal: s} }
func label(s string) plan.TextPart { return plan.TextPart{Hole: plan.HoleLabel, Label: s} }

var value = plan.TextPart{Hole: plan.HoleValue}

// asked is a number that is asked for when a text is made.
var asked = plan.TextPart{Hole: plan.HoleQuery, Query: `budget{slo="x"}`, UnitName: "ratio"}

// seedWorkspace is the workspace of the CIFAR-10 example: Grafana 7.1, alerts in Prometheus and in Grafana.
func seedWorkspace() *plan.Workspace {
	return &plan.Workspace{
		Grafana:            plan.Grafana{Version: plan.Version{Major: 7, Minor: 1}, URL: "https://grafana.example.org", DatasourceName: "Prometheus", DatasourceUID: "prometheus"},
		PrometheusAlerts:   true,
		LegacyAlerts:       true,
		EmitDashboards:     true,
		EmitPrometheus:     true,
		EvaluationInterval: 30 * time.Second,
		Contacts: []plan.Contact{{Name: "oncall", UID: "oncall", Kind: "slack", Settings: []plan.Setting{
			{Name: "channel", Value: "#ml-oncall"},
			{Name: "url", Env: "SLACK_URL"},
		}}},
	}
}

// seedPlan is the CIFAR-10 example by hand: the seed's alert and an alert on absence.
func seedPlan() *plan.Plan {
	labels := []plan.Label{{Name: "ml_model", Value: "cnn-cifar10"}, {Name: "owner", Value: "vision-ml"}, {Name: "severity", Value: "warning"}}
	slow := &plan.Alert{
		Name: "SlowInference", Key: "slowinference", Severity: plan.Ticket, Labels: labels,
		Expr:       "max_over_time(\n  cnn_cifar10:slow_inference{ml_model=\"cnn-cifar10\"}[5m]\n) > 0.0042",
		For:        time.Minute,
		Query:      seedQuery,
		Reduce:     "max",
		Over:       5 * time.Minute,
		Op:         plan.Above,
		Limits:     []decimal.Decimal{dec("0.0042")},
		Unit:       "s",
		UnitName:   "seconds",
		Summary:    plan.Text{lit("P90 inference time is "), value},
		RunbookURL: "https://runbooks.example.org/cnn-cifar10#SlowInference",
		PanelURL:   "https://grafana.example.org/d/cnn-cifar10?viewPanel=12",
		PanelID:    12,
		Notify:     []string{"oncall"},
	}
	gone := &plan.Alert{
		Name: "TargetsMissing", Key: "targetsmissing", Severity: plan.Page, Labels: labels,
		Expr:    `absent(up{service="model-serving-10494"})`,
		For:     10 * time.Minute,
		Query:   `up{service="model-serving-10494"}`,
		Reduce:  "last",
		Op:      plan.Absent,
		Summary: plan.Text{lit("No target of the model is scraped")},
		Notify:  []string{"oncall"},
	}
	p := &plan.Plan{
		Model: "cnn-cifar10", Title: "CIFAR-10 image classifier", Owner: "vision-ml",
		Workspace: seedWorkspace(),
		Records: []*plan.Record{
			{Name: "cnn_cifar10:slow_inference", Expr: seedQuery, Labels: []plan.Label{{Name: "ml_model", Value: "cnn-cifar10"}}},
			{Name: "pid:predictions:rate5m", Expr: "sum by (pid) (\n  rate(prediction_value_total{service=\"model-serving-10494\"}[5m])  # per worker\n)"},
		},
		Alerts: []*plan.Alert{slow, gone},
		Legacy: &plan.Dashboard{UID: "cnn-cifar10-alerts", Title: "CIFAR-10 image classifier: alerts", From: "now-6h", Refresh: "1m"},
	}
	for i, a := range p.Alerts {
		p.Legacy.Panels = append(p.Legacy.Panels, alertPanel(a, i))
	}
	return p
}

func alertPanel(a *plan.Alert, i int) *plan.Panel {
	return &plan.Panel{
		Key: a.Key, ID: int32(100 + i), Kind: plan.TimeSeries, Title: a.Name, Grid: plan.Grid{X: 0, Y: 8 * i, W: 12, H: 8},
		Queries: []plan.Query{{RefID: "A", Expr: a.Query, Legend: "value", Format: plan.FormatTimeSeries}},
		Unit:    a.Unit, Alert: a,
	}
}
