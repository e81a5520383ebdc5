package alerts

import (
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// Each fault is one change of the seed's file.
func TestCheckUnified(t *testing.T) {
	on12 := plan.Version{Major: 12}
	for _, test := range []struct {
		name     string
		old, new string
		want     string
		version  plan.Version
	}{
		{"fine", "", "", "", on12},
		{"no YAML", "groups:", "groups: [", "did not find expected", on12},
		{"unknown key", "noDataState: OK", "nodataState: OK", "field nodataState not found", on12},
		{"no version", "apiVersion: 1\n", "", "have the version 1", on12},
		{"no folder", "folder: vision-ml", "folder: ''", "groups[0].folder: missing", on12},
		{"no name", "name: cnn-cifar10\n", "name: ' '\n", "groups[0].name: missing", on12},
		{"interval", "interval: 30s", "interval: 15s", "groups[0].interval: `15s` is no multiple of 10s", on12},
		{"no interval", "interval: 30s", "interval: ''", "is no multiple", on12},
		{"uid with a dot", "uid: cnn-cifar10_slow", "uid: cnn.cifar10_slow", "is no uid", on12},
		{"long uid", "uid: cnn-cifar10_slow", "uid: " + strings.Repeat("u", 40), "is no uid", on12},
		{"same uid", "uid: cnn-cifar10_targetsmissing", "uid: cnn-cifar10_slowinference", "is taken by groups[0].rules[0]", on12},
		{"no title", "title: 'cnn-cifar10: SlowInference'", "title: ''", "rules[0].title: missing", on12},
		{"long title", "title: 'cnn-cifar10: SlowInference'", "title: " + strings.Repeat("t", 191), "longer than the 190", on12},
		{"same title", "title: 'cnn-cifar10: TargetsMissing'", "title: 'cnn-cifar10: SlowInference'", "", on12},
		{"no for", "for: 1m\n", "for: ''\n", "rules[0].for", on12},
		{"for a number", "for: 1m\n", "for: 60\n", "`60` is no duration", on12},
		{"for a day", "for: 1m\n", "for: 1d\n", "", on12},
		{"keep firing", "for: 1m\n", "for: 1m\n        keepFiringFor: soon\n", "`soon` is no duration", on12},
		{"state", "noDataState: OK", "noDataState: ok", "rules[0].noDataState: `ok` is not one of", on12},
		{"KeepLast", "", "", "`KeepLast` is refused before Grafana 10.4", plan.Version{Major: 9, Minor: 3}},
		{"condition", "condition: C", "condition: D", "`D` is none of the steps", on12},
		{"data source", "datasourceUid: prometheus", "datasourceUid: prom", "`prom` is none of the server's data sources (prometheus)", on12},
		{"variable data source", "datasourceUid: prometheus", "datasourceUid: $datasource", "is not the uid of a data source", on12},
		{"time range", "from: 600", "from: 0", "relativeTimeRange", on12},
		{"query", "expr: |-\n                max_over_time(", "expr: |-\n                max_over_time((", "data[0].model.expr: the query does not parse", on12},
		{"range query", "instant: true", "instant: false", "data[1].model.expression: `A` has a range of values", on12},
		{"macro", "[5m]", "[$__rate_interval]", "", on12},
		{"kind", "type: threshold", "type: treshold", "`treshold` is no kind of expression", on12},
		{"operand", "expression: A", "expression: $A", "`$A` is none of the other steps", on12},
		{"itself", "expression: A", "expression: C", "`C` is none of the other steps", on12},
		{"evaluator", "type: gt", "type: above", "`above` is none of gt, lt, outside_range, within_range", on12},
		{"arity", "params: [0.0042]", "params: [0.0042, 1]", "`gt` needs 1 numbers and has 2", on12},
		{"number", "params: [0.0042]", "params: ['0.0042']", "is not a number", on12},
		{"half a link", `__panelId__: "12"`, "", "go together", on12},
		{"panel", `__panelId__: "12"`, `__panelId__: twelve`, "go together", on12},
		{"template", "{{ .Value | humanizeDuration }}", "{{ .Value | humanizeduration }}", "annotations.summary", on12},
		{"no value", "{{ with $values.A }}{{ .Value | humanizeDuration }}{{ end }}", "{{ $values.A.Value | humanize }}", "annotations.summary", on12},
		{"value", "{{ with $values.A }}{{ .Value | humanizeDuration }}{{ end }}", "{{ $labels.pod }} {{ $value }}", "", on12},
		{"label", "severity: warning", "severity: $5", "labels.severity: a `$` that begins no variable", on12},
		{"label's template", "severity: warning", "severity: '{{ $$foo }}'", "labels.severity", on12},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := unifiedSeed
			if !strings.Contains(text, test.old) {
				t.Fatalf("%q is not in the seed", test.old)
			}
			text = strings.Replace(text, test.old, test.new, 1)
			expectProblem(t, CheckUnified([]byte(text), Server{Version: test.version, DatasourceUIDs: []string{"prometheus"}}), test.want)
		})
	}
}

// A title is unique in its folder before Grafana 10.
func TestCheckTitles(t *testing.T) {
	text := strings.Replace(unifiedSeed, "TargetsMissing'", "SlowInference'", 1)
	text = strings.ReplaceAll(text, "KeepLast", "OK")
	expectProblem(t, CheckUnified([]byte(text), Server{Version: plan.Version{Major: 9, Minor: 3}}), "a title is unique in its folder")
}

// Steps that people write by hand: a range that is reduced, and arithmetic.
func TestCheckSteps(t *testing.T) {
	rule := func(data string) string {
		return "apiVersion: 1\ngroups:\n- name: g\n  folder: f\n  interval: 1m\n  rules:\n  - uid: u\n    title: t\n    condition: C\n    for: 0s\n    noDataState: OK\n    execErrState: Error\n    data:\n" + data
	}
	const (
		query  = "    - {refId: A, relativeTimeRange: {from: 600, to: 0}, datasourceUid: p, model: {expr: up}}\n"
		reduce = "    - {refId: B, datasourceUid: __expr__, model: {type: reduce, expression: A, reducer: last}}\n"
	)
	for _, test := range []struct{ name, data, want string }{
		{"reduced", query + reduce + "    - {refId: C, datasourceUid: __expr__, model: {type: math, expression: '$B > 1 && ${B} < 5'}}\n", ""},
		{"not reduced", query + "    - {refId: C, datasourceUid: __expr__, model: {type: math, expression: $A > 1}}\n", "`A` has a range of values"},
		{"no operand", query + "    - {refId: C, datasourceUid: __expr__, model: {type: math, expression: A > 1}}\n", "`A > 1` reads no other step"},
		{"unknown operand", query + "    - {refId: C, datasourceUid: __expr__, model: {type: math, expression: $D > 1}}\n", "`D` is none of the other steps"},
		{"no model", query + "    - {refId: C, datasourceUid: __expr__}\n", "data[1].model: missing"},
		{"no refId", query + strings.Replace(query, "refId: A, ", "", 1) + reduce + "    - {refId: C, datasourceUid: __expr__, model: {type: math, expression: $B}}\n", "data[1].refId"},
		{"no condition", strings.Replace(query, "expr: up", "expr: up, instant: true", 1) + "    - {refId: C, datasourceUid: __expr__, model: {type: threshold, expression: A, conditions: []}}\n", "a threshold has one condition"},
		{"a text", "    - {refId: C, relativeTimeRange: {from: 600, to: 0}, datasourceUid: p, model: {expr: '\"x\"', instant: true}}\n", "the query is a string"},
	} {
		t.Run(test.name, func(t *testing.T) {
			expectProblem(t, CheckUnified([]byte(rule(test.data)), Server{Version: plan.Version{Major: 12}}), test.want)
		})
	}
}
