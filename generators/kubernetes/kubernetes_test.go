package kubernetes

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/generators/alerts"
	"github.com/mlobs-gen/mlobs-gen/generators/dashboards"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// winePlan is a small model in a cluster with kube-prometheus-stack.
func winePlan() *plan.Plan {
	key := "latency"
	return &plan.Plan{
		Model: "wine-quality", Title: "Wine quality", Owner: "wine-ml",
		Workspace: &plan.Workspace{
			Grafana:          plan.Grafana{Version: plan.Version{Major: 12}, DatasourceName: "Prometheus", DatasourceUID: "prometheus", FoldersByOwner: true},
			PrometheusAlerts: true, EmitKubernetes: true, EvaluationInterval: 30 * time.Second,
			Kubernetes: plan.Kubernetes{Namespace: "monitoring", Labels: []plan.Label{{Name: "release", Value: "prometheus-stack"}, {Name: "team", Value: "yes"}}},
		},
		Dashboard: &plan.Dashboard{
			UID: "wine-quality", Title: "Wine quality", Folder: "wine-ml", From: "now-6h", Refresh: "1m",
			Variables: []plan.Variable{{Kind: plan.DatasourceVariable, Name: "datasource", Label: "Datasource", Query: "prometheus"}},
			Panels: []*plan.Panel{{
				Key: key, ID: plan.PanelID(key), Kind: plan.TimeSeries, Title: "Latency", Unit: "s", Grid: plan.Grid{W: 12, H: 8},
				Queries: []plan.Query{{RefID: "A", Expr: `sum(rate(x_total{service="wine"}[5m]))`, Legend: "now", Format: plan.FormatTimeSeries}},
			}},
		},
		Records: []*plan.Record{{Name: "ml_model:x:rate5m", Expr: "sum(\n  rate(x_total[5m])  # all\n)", Labels: []plan.Label{{Name: "ml_model", Value: "wine-quality"}}}},
		Alerts: []*plan.Alert{{
			Name: "Slow", Key: "slow", Expr: "ml_model:x:rate5m > 1", For: time.Minute,
			Labels: []plan.Label{{Name: "severity", Value: "warning"}}, Summary: plan.Text{{Literal: "slow: "}, {Hole: plan.HoleValue}},
		}},
		Scrape: &plan.Scrape{
			Port: "http", Path: "/metrics", Interval: 15 * time.Second, Namespaces: []string{"models"},
			Labels: []plan.Label{{Name: "app.kubernetes.io/name", Value: "wine"}, {Name: "track", Value: "1.10"}},
		},
	}
}

const wineRules = generators.Header + `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: mlobs-wine-quality
  namespace: monitoring
  labels:
    release: prometheus-stack
    team: "yes"
spec:
  groups:
    - name: wine-quality
      interval: 30s
      rules:
        - record: ml_model:x:rate5m
          expr: |-
            sum(
              rate(x_total[5m])  # all
            )
          labels:
            ml_model: wine-quality
        - alert: Slow
          expr: ml_model:x:rate5m > 1
          for: 1m
          labels:
            severity: warning
          annotations:
            summary: 'slow: {{ $value | humanize }}'
`

const wineMonitor = generators.Header + `apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: mlobs-wine-quality
  namespace: monitoring
  labels:
    release: prometheus-stack
    team: "yes"
spec:
  selector:
    matchLabels:
      app.kubernetes.io/name: wine
      track: "1.10"
  namespaceSelector:
    matchNames:
      - models
  endpoints:
    - port: http
      path: /metrics
      interval: 15s
`

func TestResources(t *testing.T) {
	p := winePlan()
	files := generate(t, p)
	for path, want := range map[string]string{
		"kubernetes/wine-quality.prometheusrule.yaml": wineRules,
		"kubernetes/wine-quality.servicemonitor.yaml": wineMonitor,
	} {
		if diff := cmp.Diff(want, files[path]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	var m config
	if err := yaml.Unmarshal([]byte(files["kubernetes/wine-quality.dashboard.yaml"]), &m); err != nil {
		t.Fatal(err)
	}
	board, err := dashboards.Target().Model(p)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"mlobs-wine-quality.json": string(board[0].Data)}, m.Data); diff != "" {
		t.Errorf("the dashboard in the ConfigMap (-want +got):\n%s", diff)
	}
	if m.Metadata.Labels["grafana_dashboard"] != "1" || m.Metadata.Labels["release"] != "prometheus-stack" || m.Metadata.Annotations["grafana_folder"] != "wine-ml" {
		t.Errorf("head of the ConfigMap: %+v", m.Metadata)
	}
	if len(files) != 3 {
		t.Errorf("%d files", len(files))
	}
}

// generate spells a plan and judges each file.
func generate(t *testing.T, p *plan.Plan) map[string]string {
	t.Helper()
	list, err := Target().Model(p)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range list {
		if _, dup := files[f.Path]; dup {
			t.Errorf("%s twice", f.Path)
		}
		files[f.Path] = string(f.Data)
		for _, p := range Check(f) {
			t.Errorf("%s: %s", f.Path, p)
		}
	}
	return files
}

func TestWithout(t *testing.T) {
	p := winePlan()
	p.Workspace.Kubernetes = plan.Kubernetes{}
	p.Scrape, p.Workspace.PrometheusAlerts, p.Records = nil, false, nil
	files := generate(t, p)
	if len(files) != 1 || strings.Contains(files["kubernetes/wine-quality.dashboard.yaml"], "namespace:") {
		t.Errorf("got %v", files)
	}
}

func TestAnyNamespace(t *testing.T) {
	p := winePlan()
	p.Scrape.Namespaces = nil
	if text := generate(t, p)["kubernetes/wine-quality.servicemonitor.yaml"]; !strings.Contains(text, "namespaceSelector:\n    any: true\n") {
		t.Errorf("got\n%s", text)
	}
}

// Names are DNS labels, and those of two keys are never the same.
func TestName(t *testing.T) {
	long := strings.Repeat("a", 63)
	seen := map[string]string{}
	for _, key := range []string{"m", "m-2", "m/rules/2", "m/rules/3", "m-rules-2", long, long[:62] + "b", long + "/rules/2", strings.Repeat("a", 57), strings.Repeat("a", 58)} {
		n := name(key)
		if first, dup := seen[n]; dup || !dnsLabel.MatchString(n) {
			t.Errorf("%s: %s, as %s", key, n, first)
		}
		seen[n] = key
	}
}

// groups are n groups of some size, as the rules file has them.
func groups(t *testing.T, n, size int) (list []yaml.Node) {
	t.Helper()
	for i := range n {
		var g yaml.Node
		text := fmt.Sprintf("name: g%d\nrules:\n- record: a:b%d\n  expr: up\n  labels: {l: %s}\n", i, i, strings.Repeat("x", size))
		if err := yaml.Unmarshal([]byte(text), &g); err != nil {
			t.Fatal(err)
		}
		list = append(list, *g.Content[0])
	}
	return list
}

// Groups are spread over as many resources as they need; one that is too large is an error of the input.
func TestLargeRules(t *testing.T) {
	p := winePlan()
	var taken []int
	for rest := groups(t, 7, 150<<10); len(rest) > 0; {
		f, n, err := ruleResource(p, len(taken), rest)
		if err != nil {
			t.Fatal(err)
		}
		if problems := Check(f); len(problems) > 0 {
			t.Errorf("%s: %v", f.Path, problems)
		}
		if want := "kubernetes/wine-quality.prometheusrule-3.yaml"; len(taken) == 2 && f.Path != want {
			t.Errorf("path %s", f.Path)
		}
		taken, rest = append(taken, n), rest[n:]
	}
	if diff := cmp.Diff([]int{2, 2, 2, 1}, taken); diff != "" {
		t.Errorf("groups in each resource (-want +got):\n%s", diff)
	}
	var limit *generators.LimitError
	if _, _, err := ruleResource(p, 0, groups(t, 1, maxRules)); !errors.As(err, &limit) {
		t.Errorf("a group of 512 KiB: %v", err)
	}
}

// What strangers wrote stays what it was, and the YAML whole.
func TestStrangers(t *testing.T) {
	for _, s := range []string{"{{", "\"'`\\", "a: b # c", "- x", "%", "ü\u2028\u200b", "$HOME ${X}", "yes", " x ", "&a *b !c"} {
		p := winePlan()
		p.Dashboard.Title, p.Dashboard.Description, p.Dashboard.Folder = "t"+s, s, s
		p.Alerts[0].Summary = plan.Text{{Literal: s}}
		files := generate(t, p)
		var m config
		if err := yaml.Unmarshal([]byte(files["kubernetes/wine-quality.dashboard.yaml"]), &m); err != nil {
			t.Errorf("%q: %v", s, err)
		}
		if got := m.Metadata.Annotations["grafana_folder"]; got != s {
			t.Errorf("folder %q became %q", s, got)
		}
		var r struct {
			Spec struct{ Groups yaml.Node }
		}
		if err := yaml.Unmarshal([]byte(files["kubernetes/wine-quality.prometheusrule.yaml"]), &r); err != nil {
			t.Errorf("%q: %v", s, err)
		}
		plain, err := alerts.Prometheus().Model(p)
		if err != nil {
			t.Fatal(err)
		}
		var want struct{ Groups yaml.Node }
		if err := yaml.Unmarshal(plain[0].Data, &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(decoded(t, &want.Groups), decoded(t, &r.Spec.Groups)); diff != "" {
			t.Errorf("%q (-rules file +resource):\n%s", s, diff)
		}
	}
}

func decoded(t *testing.T, n *yaml.Node) (v any) {
	t.Helper()
	if err := n.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}
