package lint_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/lint"
)

// declared is a plan of nothing but declared metrics, with a place for each.
func declared(metrics ...*metric.Metric) *plan.Plan {
	file := diag.NewFile("model.yaml", []byte("metrics\n"))
	at := diag.Span{File: file, Start: 0, End: 7}
	for _, m := range metrics {
		m.Span, m.UnitSpan, m.BucketsSpan, m.RangeSpan = at, at, at, at
		for i := range m.Labels {
			m.Labels[i].Span = at
		}
	}
	return &plan.Plan{File: file, Workspace: &plan.Workspace{}, Contract: &plan.Contract{Metrics: metrics}}
}

// findings are the names of the rules that find something in metrics, with the messages.
func findings(metrics ...*metric.Metric) (rules []string, report *diag.Report) {
	report = &diag.Report{}
	lint.Run(declared(metrics...), "", report)
	for _, d := range report.All() {
		rules = append(rules, d.Rule)
	}
	slices.Sort(rules)
	return slices.Compact(rules), report
}

func unit(t *testing.T, name string) metric.Unit {
	t.Helper()
	if name == "" {
		return metric.Unit{}
	}
	u, ok := metric.Units{Extra: map[string]string{"EUR": "currencyEUR", "milliseconds": "ms"}}.Named(name)
	if !ok {
		t.Fatalf("no unit %s", name)
	}
	return u
}

func TestNamesOfMetrics(t *testing.T) {
	for _, c := range []struct {
		name, kind, unit, role string
		want                   string // rules, separated by blanks
	}{
		{"requests_total", "counter", "requests", "requests", ""},
		{"requests", "counter", "", "", "counter-without-total"},
		{"requests_count", "counter", "", "", "misleading-suffix"},
		{"request_counter", "counter", "", "", "type-in-name"},
		{"queue_total", "gauge", "", "", "misleading-suffix"},
		{"memory_total_bytes", "gauge", "bytes", "", ""},
		{"batch_bucket", "gauge", "", "", "misleading-suffix"},
		{"model_info", "gauge", "", "", ""},
		{"model_info", "info", "", "", ""},
		{"model_info", "counter", "", "", "misleading-suffix"},
		{"model_version", "info", "", "", "misleading-suffix"},
		{"fuel_gauge", "gauge", "", "", "type-in-name"},
		{"summary_length", "gauge", "", "", ""},
		{"document_summary_length", "histogram", "", "", ""},
		{"latency_histogram_seconds", "histogram", "seconds", "latency", "type-in-name"},
		{"latency_native_histogram", "native_histogram", "", "", "type-in-name"},

		{"latency_seconds", "histogram", "seconds", "latency", ""},
		{"inference_time", "histogram", "seconds", "latency", ""},
		{"inference_time", "histogram", "seconds", "", "missing-unit-suffix"},
		{"model_memory", "gauge", "bytes", "", "missing-unit-suffix"},
		{"last_success", "gauge", "timestamp", "", "missing-unit-suffix"},
		{"process_start_time_seconds", "gauge", "timestamp", "", ""},
		{"confidence", "histogram", "ratio", "confidence", ""},
		{"tokens_per_second", "gauge", "tokens/s", "", ""},
		{"network_bytes_per_second", "gauge", "bytes/s", "", ""},
		{"predicted_eta", "gauge", "seconds", "output", ""},

		{"latency_ms", "histogram", "", "latency", "non-base-unit"},
		{"latency_milliseconds", "histogram", "", "", "non-base-unit"},
		{"latency_ms", "histogram", "milliseconds", "", "non-base-unit"},
		{"model_age_days", "gauge", "", "", "non-base-unit"},
		{"memory_usage_mb", "gauge", "", "", "non-base-unit"},
		{"kilobytes_read_total", "counter", "", "", "non-base-unit"},
		{"gpu_utilization_percent", "gauge", "", "", "non-base-unit"},
		{"request_duration_us", "counter", "", "", "counter-without-total non-base-unit"},
		{"duration_us_total", "counter", "", "", "non-base-unit"},
		{"visitors_us_total", "counter", "", "", ""},
		{"effect_cohens_d", "gauge", "none", "", ""},
		{"group_b", "gauge", "", "", ""},
		{"trip_miles", "histogram", "", "feature", ""},
		{"delivery_predicted_days", "histogram", "", "output", ""},
		{"days_open", "gauge", "", "", ""},

		{"latency_ms", "histogram", "seconds", "latency", "unit-against-name"},
		{"latency_seconds", "histogram", "bytes", "", "unit-against-name"},
		{"latency_seconds", "histogram", "count", "", "unit-against-name"},
		{"latency_s", "histogram", "seconds", "", "non-base-unit"},
		{"latency_s", "histogram", "bytes", "", "unit-against-name"},
		{"gpu_clock_hz", "gauge", "hertz", "", "non-base-unit"},
		{"gpu_utilization_percent", "gauge", "ratio", "", "unit-against-name"},
		{"error_ratio", "gauge", "none", "", ""},
		{"accuracy_difference_percent", "gauge", "points", "", ""},
		{"cost_seconds", "gauge", "EUR", "", ""},
		{"trip_miles", "histogram", "meters", "feature", "unit-against-name"},
		{"last_success_timestamp_seconds", "gauge", "seconds", "", "unit-against-name"},
		{"last_success_timestamp_seconds", "gauge", "timestamp", "", ""},
		{"seconds_waited_requests", "gauge", "requests", "", ""},
		{"cpu_seconds_total", "counter", "seconds", "", ""},

		{"inferenceTime_seconds", "histogram", "seconds", "", "name-style"},
		{"vllm:num_requests_running", "gauge", "", "", "name-style"},
		{"DCGM_FI_DEV_GPU_UTIL", "gauge", "", "", ""},
	} {
		m := &metric.Metric{Name: c.name, Type: metric.Type(c.kind), Unit: unit(t, c.unit), Role: c.role}
		got, report := findings(m)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %s in %s: %v, want %q", c.kind, c.name, c.unit, got, c.want)
		}
		for _, d := range report.All() {
			if strings.Contains(d.Message+d.Help, "%!") || strings.Contains(d.Help, "``") || strings.Contains(d.Help, "__") {
				t.Errorf("%s: %s (%s)", c.name, d.Message, d.Help)
			}
		}
	}
}

// promTypes are the types as Prometheus's client library has them.
var promTypes = map[metric.Type]dto.MetricType{
	metric.Counter: dto.MetricType_COUNTER, metric.Gauge: dto.MetricType_GAUGE, metric.Histogram: dto.MetricType_HISTOGRAM,
	metric.Summary: dto.MetricType_SUMMARY, metric.Info: dto.MetricType_GAUGE,
}

// catalogued are the metrics of 26 stacks, by stack.
func catalogued(t *testing.T) map[string][]*metric.Metric {
	t.Helper()
	files, err := filepath.Glob("../../shared/catalogue/*.yaml")
	if err != nil || len(files) == 0 {
		t.Skip("no catalogue of real metrics beside the repository")
	}
	stacks := map[string][]*metric.Metric{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var stack struct {
			Metrics []struct {
				Name, Type, Unit string
				Labels           []struct{ Name, Cardinality string }
			}
		}
		if err := yaml.Unmarshal(data, &stack); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(f), ".yaml")
		for _, s := range stack.Metrics {
			m := &metric.Metric{Name: s.Name, Type: metric.Type(s.Type)}
			m.Unit, _ = metric.Units{}.Named(s.Unit)
			for _, l := range s.Labels {
				values := metric.Values{AtMost: 3}
				if s.Type == "histogram" && l.Name == "le" || s.Type == "summary" && l.Name == "quantile" {
					continue
				}
				if l.Cardinality == "unbounded" {
					values.AtMost = 0
				}
				m.Labels = append(m.Labels, metric.Label{Name: l.Name, Values: values})
			}
			stacks[name] = append(stacks[name], m)
		}
	}
	return stacks
}

// differences from promlint are wanted: what it says of a name and we do not.
func wantedDifference(name, text string) bool {
	list := strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == ':' })
	has := func(words ...string) bool {
		return slices.ContainsFunc(list, func(w string) bool { return slices.Contains(words, strings.ToLower(w)) })
	}
	switch {
	case strings.Contains(text, "abbreviated"):
		// Letters that mean a unit only behind an amount (`model_b`), and abbreviations inside of a name.
		return has("b", "m", "s", "h", "d", "us", "ns") || !strings.Contains("_"+name+"_", "_ms_")
	case strings.Contains(text, "use base unit"):
		return has("kelvins", "pounds", "ounces", "days", "hours", "minutes", "weeks")
	}
	return false
}

// What promlint finds in names, declared as they are in real stacks, the rules find as well, at the same metric.
func TestFindsWhatPromlintFinds(t *testing.T) {
	n := 0
	for stack, metrics := range catalogued(t) {
		for _, m := range metrics {
			kind, known := promTypes[m.Type]
			if !known {
				continue
			}
			family := &dto.MetricFamily{Name: &m.Name, Help: &stack, Type: &kind}
			problems, err := promlint.NewWithMetricFamilies([]*dto.MetricFamily{family}).Lint()
			if err != nil {
				t.Fatal(err)
			}
			ours, _ := findings(m)
			for _, p := range problems {
				n++
				if len(ours) == 0 && !wantedDifference(m.Name, p.Text) {
					t.Errorf("%s: %s %s: promlint says %q, and we nothing", stack, m.Type, m.Name, p.Text)
				}
			}
		}
	}
	t.Logf("%d problems", n)
}

// MLOBS_SHOW=1 prints what the rules say of the names of real stacks, for reading.
func TestShowCatalogue(t *testing.T) {
	if os.Getenv("MLOBS_SHOW") == "" {
		t.Skip("only for reading: MLOBS_SHOW=1")
	}
	for stack, metrics := range catalogued(t) {
		_, report := findings(metrics...)
		for _, d := range report.All() {
			t.Logf("%s: %s: %s [%s] (%s)", stack, d.Severity, d.Message, d.Rule, d.Help)
		}
	}
}
