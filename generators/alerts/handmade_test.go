package alerts

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// The original dashboard, which the linter reads, is one that a real Grafana 7.1 takes.
func TestHandmade(t *testing.T) {
	data, err := os.ReadFile("../../lint/testdata/handmade/cifar10.json")
	if err != nil {
		t.Fatal(err)
	}
	server := Server{Version: plan.Version{Major: 7, Minor: 1}, Datasources: []string{"Prometheus"}, Notifiers: []string{"slack-vision-ml"}}
	if problems := CheckLegacy(data, server); len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
	var board struct {
		Time   struct{ From, To string }
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
			Alert   *block
		}
	}
	if err := json.Unmarshal(data, &board); err != nil {
		t.Fatal(err)
	}
	var panels [][2]string
	for _, p := range board.Panels {
		panels = append(panels, [2]string{p.Title, p.Targets[0].Expr})
	}
	want := [][2]string{
		{"Current Predictions Per Second Per Class", `sum by (label) (rate(prediction_value_total{service="model-serving-10494"}[1m]))`},
		{"Predictions Per Server Process", `sum by (pid) (prediction_value_total{service="model-serving-10494"})`},
		{"Predictions Made", `sum by (pod) (inference_time_count{service="model-serving-10494"})`},
		{"Predictions By Label", `sum by (label) (prediction_value_total)`},
		{"P90 Model Inference Time", `histogram_quantile(0.9, sum by (job, le) (rate(inference_time_bucket{job="model-serving-10494"}[24h])))`},
	}
	if diff := cmp.Diff(want, panels); diff != "" {
		t.Errorf("panels (-want +got):\n%s", diff)
	}
	if board.Time.From != "now-30m" || board.Time.To != "now" {
		t.Errorf("time range: %+v", board.Time)
	}
	wantCondition := condition{
		Type: "query", Operator: typed{"and"}, Query: query{[3]string{"A", "5m", "now"}},
		Reducer: reducer{Params: []string{}, Type: "max"}, Evaluator: evaluator{Params: []json.Number{"0.0042"}, Type: "gt"},
	}
	if diff := cmp.Diff([]condition{wantCondition}, board.Panels[4].Alert.Conditions); diff != "" {
		t.Errorf("the alert (-want +got):\n%s", diff)
	}
}
