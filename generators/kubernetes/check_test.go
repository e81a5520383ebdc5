package kubernetes

import (
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/generators"
)

// Each fault is one change of a sound resource.
func TestCheck(t *testing.T) {
	files := generate(t, winePlan())
	board := files["kubernetes/wine-quality.dashboard.yaml"]
	for _, test := range []struct{ name, text, old, new, want string }{
		{"rules", wineRules, "", "", ""},
		{"no YAML", wineRules, "spec:", "spec: [", "did not find expected"},
		{"kind", wineRules, "kind: PrometheusRule", "kind: PrometheusRules", "`PrometheusRules` is nothing that we write"},
		{"version", wineRules, "monitoring.coreos.com/v1", "v1", "`v1` is not `monitoring.coreos.com/v1`"},
		{"unknown key", wineRules, "namespace: monitoring", "nameSpace: monitoring", "field nameSpace not found"},
		{"name", wineRules, "name: mlobs-wine-quality", "name: Wine", "`Wine` is not the name of a resource"},
		{"namespace", wineRules, "namespace: monitoring", "namespace: my_space", "`my_space` is not the name of a namespace"},
		{"label's name", wineRules, "release: prometheus-stack", "re lease: x", "`re lease` is not the name of a label"},
		{"label's value", wineRules, "release: prometheus-stack", "release: a b", "metadata.labels.release: `a b` is not the value of a label"},
		{"a rule that does not parse", wineRules, "rate5m > 1", "rate5m >", "spec: "},
		{"no rules", wineRules, wineRules[strings.Index(wineRules, "      rules:"):], "", "spec.groups[0]: a group without rules"},
		{"no groups", wineRules, wineRules[strings.Index(wineRules, "  groups:"):], "  groups: []\n", "spec.groups: there is none"},
		{"too large", wineRules, "team: \"yes\"\n", "team: \"yes\"\n" + strings.Repeat("#\n", maxRules/2), "the operator takes at most 524288"},
		{"monitor", wineMonitor, "", "", ""},
		{"no selector", wineMonitor, wineMonitor[strings.Index(wineMonitor, "    matchLabels:"):strings.Index(wineMonitor, "  namespaceSelector")], "    matchLabels: {}\n", "all services would be scraped"},
		{"service's label", wineMonitor, "track: \"1.10\"", "track: -x", "matchLabels.track"},
		{"both namespaces", wineMonitor, "    matchNames:", "    any: true\n    matchNames:", "either any namespace, or those named"},
		{"bad namespace", wineMonitor, "- models", "- Models", "`Models` is not the name of a namespace"},
		{"port", wineMonitor, "port: http", "port: http_metrics", "endpoints[0].port"},
		{"interval", wineMonitor, "interval: 15s", "interval: 15", "endpoints[0].interval: `15` is no duration"},
		{"nothing to scrape", wineMonitor, wineMonitor[strings.Index(wineMonitor, "  endpoints:"):], "", "nothing would be scraped"},
		{"dashboard", board, "", "", ""},
		{"sidecar", board, "grafana_dashboard: \"1\"", "grafana_dashboard: \"true\"", "the sidecar looks for"},
		{"key", board, "mlobs-wine-quality.json:", "wine quality.json:", "`wine quality.json` is not the name of a file"},
		{"a fault of the dashboard", board, `"uid": "wine-quality"`, `"uid": "wine quality"`, "data.mlobs-wine-quality.json: uid"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(test.text, test.old) {
				t.Fatalf("%q is not in\n%s", test.old, test.text)
			}
			problems := Check(generators.File{Path: "prod/kubernetes/x.yaml", Data: []byte(strings.Replace(test.text, test.old, test.new, 1))})
			switch {
			case test.want == "" && len(problems) > 0:
				t.Errorf("problems: %v", problems)
			case test.want != "" && (len(problems) != 1 || !strings.Contains(problems[0].String(), test.want)):
				t.Errorf("got %v, want only %q", problems, test.want)
			}
		})
	}
	for _, path := range []string{"prometheus/x.yaml", "dashboards/kubernetes/x.json"} {
		if problems := Check(generators.File{Path: path, Data: []byte("no")}); problems != nil {
			t.Errorf("%s: %v", path, problems)
		}
	}
}
