package scenario_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
)

// everything asks for all outputs that a Grafana of today reads, old for those of one that evaluates legacy alerts.
const (
	everything = minutely + `alerting: [prometheus, grafana] # mlobs:allow two-evaluators: every output at once
emit: [dashboards, prometheus, kubernetes, alertmanager]
kubernetes: {namespace: monitoring, labels: {release: prometheus-stack}}
contacts: {oncall: {slack: {channel: "#ml", url: {file: /run/secrets/slack}}}}
routes: [{to: oncall}]
`
	old = minutely + `alerting: [prometheus, grafana-legacy] # mlobs:allow two-evaluators: every output at once
grafana: {version: "7.1"}
contacts: {ml: {slack: {channel: "#ml", url: {env: SLACK_URL}}}}
`
)

// noise is a number as binary fractions leave it behind: 0.0005000000000000004, 14.399999999999999.
var noise = regexp.MustCompile(`\d\.\d*(?:0{6,}|9{6,})\d*`)

// TestObjectiveIsExact: an objective is printed as it was written, and its budget as one would write it, in all
// files.
func TestObjectiveIsExact(t *testing.T) {
	for _, tt := range []struct{ objective, budget, allowed, page string }{
		{"99.95", "0.0005", "0.05 %", "0.72 %"},
		{"99.9", "0.001", "0.1 %", "1.44 %"},
		{"99.99", "0.0001", "0.01 %", "0.144 %"},
		{"99.999", "0.00001", "0.001 %", "0.0144 %"},
		{"97.3", "0.027", "2.7 %", "38.88 %"},
	} {
		for _, workspace := range []string{everything, old} {
			s := scenario.Compile(t, map[string]string{"mlobs.yaml": workspace, "model.yaml": requestsSLO(tt.objective, "30d")})
			for _, path := range slices.Sorted(maps.Keys(s.Files)) {
				if found := noise.FindString(string(s.Files[path])); found != "" {
					t.Errorf("%s: %s has %s", tt.objective, path, found)
				}
			}
			has := func(path string, texts ...string) {
				t.Helper()
				for _, text := range texts {
					if !strings.Contains(string(s.Files[path]), text) {
						t.Errorf("%s: %s does not say %q", tt.objective, path, text)
					}
				}
			}
			has("dashboards/ml/api.json", tt.objective+" %", tt.allowed)
			for _, path := range []string{"prometheus/api.rules.yaml", "kubernetes/api.prometheusrule.yaml", "grafana-alerting/api.yaml", "grafana-legacy/api.json"} {
				if strings.Contains(path, "legacy") == (workspace == old) || strings.HasPrefix(path, "prometheus/") {
					has(path, tt.objective+" %", tt.allowed, tt.page, "14.4")
				}
			}
			has("prometheus/api.rules.yaml", " / "+tt.budget, "> 14.4")
		}
	}
}
