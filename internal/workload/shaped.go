package workload

import "strings"

// shapedMetric is a metric of a role, and the limit that its alert needs.
type shapedMetric struct{ name, text, alert string }

// shapedRole is a role on the types that it takes.
type shapedRole struct {
	// often is how often a model has it.
	often float64
	// grouped: the metrics make sense for each member.
	grouped bool
	// served: of servers only, not of batch jobs.
	served  bool
	metrics []shapedMetric
}

// queries are what one asks of a metric of that type; pushed: its values are those of the last run.
func (m shapedMetric) queries(pushed bool) []string {
	by := ""
	if _, labels, ok := strings.Cut(m.text, "labels: {"); ok {
		label, _, _ := strings.Cut(labels, ":")
		by = " by (" + label + ")"
	}
	le := strings.Replace(by, ")", ", le)", 1)
	if le == "" {
		le = " by (le)"
	}
	kind, _, _ := strings.Cut(strings.TrimPrefix(m.text, "type: "), ",")
	if pushed {
		return m.lastRun(kind, by, le)
	}
	switch kind {
	case "counter":
		return []string{
			"sum" + by + " (rate(" + m.name + "[$window]))",
			"sum(rate(" + m.name + "[$window])) / (sum(rate(" + m.name + "[$window] offset 1d)) > 0)",
			"sum(increase(" + m.name + "[1h]))",
		}
	case "histogram":
		return []string{
			"histogram_quantile(0.9, sum" + le + " (rate(" + m.name + "_bucket[$window])))",
			"sum" + by + " (rate(" + m.name + "_sum[$window])) / sum" + by + " (rate(" + m.name + "_count[$window]))",
		}
	case "native_histogram":
		return []string{"histogram_quantile(0.9, sum" + by + " (rate(" + m.name + "[$window])))", "histogram_avg(sum(rate(" + m.name + "[$window])))"}
	case "summary":
		return []string{"sum" + by + " (rate(" + m.name + "_sum[$window])) / sum" + by + " (rate(" + m.name + "_count[$window]))"}
	case "gauge":
		return []string{"max" + by + " (" + m.name + ")", "avg" + by + " (avg_over_time(" + m.name + "[1h]))"}
	}
	return []string{"count" + by + " (" + m.name + ")"}
}

// lastRun are queries for what a batch job pushed at its end.
func (m shapedMetric) lastRun(kind, by, le string) []string {
	switch kind {
	case "counter":
		return []string{"sum" + by + " (" + m.name + ")"}
	case "histogram":
		return []string{
			"histogram_quantile(0.9, sum" + le + " (" + m.name + "_bucket))",
			"sum" + by + " (" + m.name + "_sum) / sum" + by + " (" + m.name + "_count)",
		}
	case "native_histogram":
		return []string{"histogram_quantile(0.9, sum" + by + " (" + m.name + "))"}
	case "summary":
		return []string{"sum" + by + " (" + m.name + "_sum) / sum" + by + " (" + m.name + "_count)"}
	}
	return []string{"max" + by + " (" + m.name + ")"}
}

var plainRequests = []shapedMetric{
	{"calls_total", "type: counter, unit: requests, labels: {path: [/predict, /explain]}", ""},
	{"calls_total", "type: counter, unit: requests", ""},
}

// shapedRoles are all roles, on all types that each takes.
var shapedRoles = []shapedRole{
	{0.6, true, false, []shapedMetric{
		{"hits_total", "type: counter, unit: requests, role: requests", ""},
		{"hits_total", "type: counter, unit: requests, role: requests, labels: {status: [2xx, 4xx, 5xx]}, errors: {status: 5xx}, client_errors: {status: 4xx}", "name: ErrorsHigh, above: 2%"},
		{"hits_total", "type: counter, unit: requests, role: requests, labels: {code: 20}, errors: {code: {matches: 5..}}", ""},
	}},
	{0.3, true, false, []shapedMetric{
		{"failures_total", "type: counter, unit: requests, role: errors", ""},
		{"failures_total", "type: counter, unit: requests, role: errors, labels: {reason: [memory, timeout]}", ""},
	}},
	{0.6, true, false, []shapedMetric{
		{"answer_seconds", "type: histogram, unit: seconds, role: latency, buckets: python", "name: LatencyHigh, above: 300ms, warn: 150ms"},
		{"answer_seconds", "type: histogram, unit: seconds, role: latency, buckets: [50ms, 100ms, 300ms, 1s, 5s], labels: {path: [/predict, /explain]}", "name: LatencyHigh, above: 1s"},
		{"answer_seconds", "type: native_histogram, unit: seconds, role: latency", "name: LatencyHigh, above: 500ms"},
		{"answer_seconds", "type: summary, unit: seconds, role: latency, quantiles: [0.5, 0.9, 0.99]", ""},
		{"answer_seconds", "type: summary, unit: seconds, role: latency", ""},
	}},
	{0.3, true, true, []shapedMetric{
		{"in_flight_requests", "type: gauge, unit: requests, role: in_flight", "name: InFlightHigh, above: 20"},
		{"in_flight_requests", "type: gauge, unit: requests, role: in_flight, labels: {method: [GET, POST]}", ""},
	}},
	{0.5, true, false, []shapedMetric{
		{"predictions_total", "type: counter, role: classes, labels: {class: [cat, dog, frog]}", ""},
		{"predictions_total", "type: counter, role: classes, labels: {class: [yes, NO]}", ""},
	}},
	{0.5, true, false, []shapedMetric{
		{"confidence_ratio", "type: histogram, unit: ratio, role: confidence, buckets: [0.1, 0.3, 0.5, 0.7, 0.9, 1]", "name: ConfidenceLow, below: 60%"},
		{"confidence_ratio", "type: native_histogram, unit: ratio, role: confidence", "name: ConfidenceLow, below: 60%"},
		{"confidence_ratio", "type: summary, unit: ratio, role: confidence", "name: ConfidenceLow, below: 60%, warn: 70%"},
		{"confidence_ratio", "type: gauge, unit: ratio, role: confidence, range: [0, 1]", "name: ConfidenceLow, below: 60%"},
	}},
	{0.4, true, false, []shapedMetric{
		{"predicted_score", "type: histogram, role: output, range: [0, 10], buckets: [1, 2, 4, 6, 8, 10]", ""},
		{"predicted_score", "type: native_histogram, role: output", ""},
		{"predicted_score", "type: summary, role: output", ""},
		{"predicted_score", "type: gauge, role: output, range: [0, 10]", ""},
	}},
	{0.5, false, false, []shapedMetric{
		{"feature_age_years", "type: histogram, role: feature, buckets: [10, 20, 40, 60, 80, 100]", ""},
		{"feature_age_years", "type: native_histogram, role: feature", ""},
		{"feature_age_years", "type: summary, role: feature", ""},
		{"feature_age_years", "type: gauge, role: feature", ""},
	}},
	{0.2, false, false, []shapedMetric{{"feature_income", "type: summary, role: feature", ""}, {"feature_income", "type: gauge, role: feature", ""}}},
	{0.2, false, false, []shapedMetric{
		{"truth_total", "type: counter, role: outcome, labels: {truth: [cat, dog]}", ""},
		{"truth_total", "type: counter, role: outcome, labels: {label: [cat, dog], truth: [cat, dog]}", ""},
	}},
	{0.2, false, false, []shapedMetric{
		{"label_delay_seconds", "type: histogram, unit: seconds, role: label_delay, buckets: [60, 600, 3600, 86400]", "name: LabelsLate, above: 2h"},
		{"label_delay_seconds", "type: native_histogram, unit: seconds, role: label_delay", "name: LabelsLate, above: 2h"},
		{"label_delay_seconds", "type: summary, unit: seconds, role: label_delay", "name: LabelsLate, above: 2h"},
		{"label_delay_seconds", "type: gauge, unit: seconds, role: label_delay", "name: LabelsLate, above: 2h"},
	}},
	{0.2, false, false, []shapedMetric{
		{"drift_score", "type: gauge, role: drift_score, labels: {feature: [age, plan]}", "name: DriftScoreHigh, above: 0.3"},
		{"drift_score", "type: gauge, role: drift_score", ""},
	}},
	{0.2, false, false, []shapedMetric{
		{"drift_detected_total", "type: counter, role: drift_events, labels: {feature: [age, plan]}", ""},
		{"drift_detected_total", "type: counter, role: drift_events", ""},
	}},
	{0.3, false, false, []shapedMetric{
		{"model_info", "type: info, role: model_info, labels: {version: 10, framework: 2}", ""},
		{"model_version", "type: gauge, role: model_info, labels: {version: 10}", ""},
	}},
	{0.2, false, false, []shapedMetric{
		{"gpu_load_ratio", "type: gauge, unit: ratio, range: [0, 1], role: gpu, labels: {gpu: 8}", "name: GPUHigh, above: 95%"},
		{"gpu_temperature_celsius", "type: gauge, unit: celsius, role: gpu, labels: {gpu: 8}", ""},
	}},
	{0.2, false, false, []shapedMetric{
		{"server_cpu_seconds_total", "type: counter, unit: seconds, role: cpu", ""},
		{"server_cpu_ratio", "type: gauge, unit: ratio, role: cpu", ""},
	}},
	{0.2, false, false, []shapedMetric{
		{"server_memory_bytes", "type: gauge, unit: bytes, role: memory", ""},
		{"server_memory_ratio", "type: gauge, unit: ratio, role: memory", ""},
	}},
	{0.2, false, false, []shapedMetric{
		{"sent_bytes_total", "type: counter, unit: bytes, role: network", ""},
		{"sent_bytes", "type: gauge, unit: bytes, role: network", ""},
	}},
	{0.2, false, false, []shapedMetric{
		{"disk_used_ratio", "type: gauge, unit: ratio, role: disk, labels: {mountpoint: 4}", ""},
		{"disk_used_bytes", "type: gauge, unit: bytes, role: disk", ""},
		{"disk_read_bytes_total", "type: counter, unit: bytes, role: disk, labels: {device: 4}", ""},
	}},
}
