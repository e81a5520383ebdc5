package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/lint"
)

// servedModel is what the rules below are about.
const servedModel = `version: mlobs/v1
model: ml
owner: growth-ml
selector: {job: ml}
replicas: {instance: 2}
metrics:
  ml_predictions_total: {type: counter, labels: {version: [v1, v2], class: [a, b, c]}}
  ml_requests_total: {type: counter, role: requests, errors: {code: "500"}, labels: {code: ["200", "400", "500"]}}
  ml_latency_seconds: {type: histogram, unit: seconds, role: latency, buckets: [0.1, 0.25, 1]}
  ml_accuracy_ratio: {type: gauge, unit: ratio, range: [0, 1], labels: {version: [v1, v2]}}
  ml_psi: {type: gauge, role: drift_score, range: [0, +Inf], labels: {feature: [age, income]}}
  ml_drift_p_value: {type: gauge, range: [0, 1], labels: {feature: [age, income]}}
  ml_queue_length: {type: gauge}
  ml_error_budget_remaining_ratio: {type: gauge, unit: ratio}
  ml_last_train_timestamp_seconds: {type: gauge, unit: timestamp}
`

const (
	p90    = "histogram_quantile(0.9, sum by (le) (rate(ml_latency_seconds_bucket[5m])))"
	errors = `sum(rate(ml_requests_total{code="500"}[5m])) / sum(rate(ml_requests_total[5m]))`
)

// Alerts of all sorts, alone in a file: what is found, by which rule, and that nothing else is.
func TestAlerts(t *testing.T) {
	for _, tt := range []struct {
		expr string
		// rest of the rule, one key each; `for: 5m` where it is empty.
		rest string
		want string // names of rules; empty: nothing
	}{
		// Conditions.
		{expr: p90, want: "alert-without-condition"},
		{expr: "sum by (code) (rate(ml_requests_total[5m]))", want: "alert-without-condition"},
		{expr: "ml_queue_length > bool 5", want: "alert-without-condition"},
		{expr: "ml_queue_length > 5 or ml_accuracy_ratio", want: "alert-without-condition"},
		{expr: "max_over_time((ml_queue_length > 5)[10m:1m])"},
		{expr: "count(ml_queue_length > 5)"},
		{expr: "ml_queue_length and on () (sum(up) > 1)"},
		{expr: "vector(1)"},
		{expr: "ALERTS{alertname=\"X\"}"},
		{expr: "team:somewhere_else:bad"},
		{expr: "(sum(ml_queue_length)) * 2 > 5"},
		// Limits.
		{expr: p90 + " > 0.3"},
		{expr: p90 + " > 2", want: "alert-never-fires"},
		{expr: p90 + " > 1", want: "alert-never-fires"},
		{expr: p90 + " > 250", want: "threshold-in-another-unit"},
		{expr: "0.25 < " + p90},
		{expr: "250 < " + p90, want: "threshold-in-another-unit"},
		{expr: p90 + " > 0.05", want: "alert-always-fires"},
		{expr: "count(ml_queue_length > 5) > 0"},
		{expr: "(count(up == 1) unless on () ml_queue_length) > 0"},
		{expr: "count(up) > 0", want: "alert-always-fires"},
		{expr: p90 + " > 0.095", want: "threshold-in-first-bucket"},
		{expr: "sum(rate(ml_latency_seconds_sum[5m])) / sum(rate(ml_latency_seconds_count[5m])) > 250", want: "threshold-in-another-unit"},
		{expr: "sum(rate(ml_latency_seconds_sum[5m])) / sum(rate(ml_latency_seconds_count[5m])) > 0.25"},
		{expr: "min by (version) (ml_accuracy_ratio) < 90", want: "threshold-in-another-unit"},
		{expr: "min by (version) (ml_accuracy_ratio) < 0.9"},
		{expr: "min by (version) (ml_accuracy_ratio) > 1", want: "alert-never-fires"},
		{expr: errors + " > 5", want: "threshold-in-another-unit"},
		{expr: errors + " > 0.05"},
		{expr: "100 * " + errors + " > 5"},
		{expr: "sum(rate(ml_requests_total[5m])) < 0", want: "alert-never-fires"},
		{expr: "sum(rate(ml_requests_total[5m])) / sum(rate(ml_requests_total[5m] offset 1d)) > 20"},
		{expr: "sum(rate(ml_requests_total[5m])) > 100"},
		{expr: "time() - ml_last_train_timestamp_seconds > 2592000"},
		// Directions.
		{expr: "min by (version) (ml_accuracy_ratio) > 0.8", want: "wrong-direction"},
		{expr: "1 - min by (version) (ml_accuracy_ratio) > 0.2"},
		{expr: "max by (feature) (ml_psi) < 0.2", want: "wrong-direction"},
		{expr: "max by (feature) (ml_psi) > 0.2"},
		{expr: "min by (feature) (ml_drift_p_value) > 0.05", want: "wrong-direction"},
		{expr: "min by (feature) (ml_drift_p_value) < 0.05"},
		{expr: p90 + " < 0.5", want: "wrong-direction"},
		{expr: errors + " < 0.05", want: "wrong-direction"},
		{expr: "ml_error_budget_remaining_ratio < 0.1"},
		// Waiting.
		{expr: "ml_queue_length > 100", rest: "labels: {severity: page}", want: "missing-for"},
		{expr: "ml_queue_length > 100", rest: "labels: {severity: info}"},
		{expr: "max_over_time(ml_queue_length[15m]) > 100", rest: "labels: {severity: page}"},
		{expr: "increase(ml_requests_total{code=\"500\"}[5m]) > 10", rest: "labels: {severity: page}"},
		{expr: "ml_certificate_ttl_seconds < 604800", rest: "labels: {severity: page}"},
		{expr: "ml_queue_length > 100", rest: "for: 3d", want: "for-too-long"},
		{expr: "absent(ml_queue_length)", rest: "labels: {severity: page}", want: "absent-without-for"},
		{expr: "absent(ml_queue_length)"},
		{expr: "absent(sum(ml_queue_length))", want: "absent-of-aggregate"},
		{expr: "absent(up{job=~\"a|b\"})", want: "absent-of-several"},
		{expr: "absent(up{job=~\"ml-.*\"})"},
		// Texts.
		{expr: "sum by (code) (rate(ml_requests_total[5m])) > 9", rest: "for: 5m\n    annotations: {summary: '{{ $labels.instance }}'}", want: "gone-label-in-text"},
		{expr: "sum by (code) (rate(ml_requests_total[5m])) > 9", rest: "for: 5m\n    annotations: {summary: '{{ $labels.code }}: {{ $value | humanize }}'}"},
		{expr: "rate(ml_requests_total[5m]) > 9", rest: "for: 5m\n    annotations: {summary: '{{ $labels.instance }}'}"},
		{expr: errors + " > 0.1", rest: "for: 5m\n    annotations: {summary: '{{ $value }}'}", want: "plain-value"},
		{expr: "count(up == 0) > 2", rest: "for: 5m\n    annotations: {summary: '{{ $value }} are down'}"},
		{expr: "ml_queue_length > 9", rest: "for: 5m\n    labels: {length: '{{ $value }}'}", want: "value-in-label"},
		{expr: "ml_queue_length == 9", rest: "for: 5m\n    labels: {length: '{{ $value }}'}"},
		// Models.
		{expr: "avg(ml_accuracy_ratio) < 0.8", want: "average-hides-one"},
		{expr: "avg(ml_accuracy_ratio{version=\"v1\"}) < 0.8"},
		{expr: "avg by (version) (ml_accuracy_ratio) < 0.8"},
		{expr: "avg(max by (job) (ml_accuracy_ratio)) < 0.8"},
		{expr: "avg(ml_queue_length) > 100"},
		{expr: "max by (feature) (ml_psi) > 0.2", rest: "for: 30m\n    labels: {severity: page}", want: "paging-on-drift"},
		{expr: "node_ntp_clock_drift_seconds > 1", rest: "for: 30m\n    labels: {severity: page}"},
	} {
		rest := tt.rest
		if rest == "" {
			rest = "for: 5m"
		}
		e := lint.Example{Name: "x.rules.yml", Text: "groups:\n- name: ml\n  rules:\n  - alert: Example\n    expr: >-\n      " + tt.expr + "\n    " + rest + "\n",
			Beside: []lint.File{{Name: "contract.yaml", Text: servedModel}}}
		var got []string
		for _, d := range judge(t, e) {
			got = append(got, d.Rule)
			if d.Span.IsZero() || d.Help == "" || !strings.Contains(e.Text, d.Span.Text()) {
				t.Errorf("%s: %+v", tt.expr, d)
			}
		}
		slices.Sort(got)
		if strings.Join(slices.Compact(got), " ") != tt.want {
			t.Errorf("%s; %s\ngot  %v\nwant %v", tt.expr, strings.ReplaceAll(rest, "\n    ", "; "), got, tt.want)
		}
	}
}
