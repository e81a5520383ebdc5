package compile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/compile"
)

// BenchmarkRuleFiles lints rule files that somebody else wrote, eleven rules each, with a contract; the second
// has twice as many. docs/performance.md says what it may take.
func BenchmarkRuleFiles(b *testing.B) {
	for _, n := range []int{1000, 2000} {
		b.Run(fmt.Sprint("files=", n), func(b *testing.B) { benchmarkRuleFiles(b, n) })
	}
}

func benchmarkRuleFiles(b *testing.B, n int) {
	dir := b.TempDir()
	must(b, os.MkdirAll(filepath.Join(dir, "rules"), 0o755))
	must(b, os.WriteFile(filepath.Join(dir, "mlobs.yaml"), []byte("version: mlobs/v1\nlint: {files: [rules/*.yml], contract: [contract/churn.yaml]}\n"), 0o644))
	must(b, os.MkdirAll(filepath.Join(dir, "contract"), 0o755))
	must(b, os.WriteFile(filepath.Join(dir, "contract", "churn.yaml"), []byte(foreignContract), 0o644))
	for i := range n {
		must(b, os.WriteFile(filepath.Join(dir, "rules", fmt.Sprint("m", i, ".yml")), []byte(foreignRules(fmt.Sprint("m", i))), 0o644))
	}
	before := processTime()
	for b.Loop() {
		result, err := run(b, b.Context(), dir, compile.Input{Mode: compile.Lint})
		must(b, err)
		if len(result.Report.All()) > 0 || result.Files != n {
			b.Fatal(result.Files, messages(result))
		}
	}
	b.ReportMetric(float64((processTime()-before)/time.Duration(b.N))/float64(time.Second), "cpu-s")
}

const foreignContract = `version: mlobs/v1
model: churn
owner: growth-ml
selector: {job: churn}
replicas: {pod: 4}
metrics:
  ml_requests_total: {type: counter, unit: requests, labels: {code: ['200', '400', '500'], path: [/predict, /explain]}}
  ml_errors_total: {type: counter, labels: {reason: [oom, timeout]}}
  ml_request_seconds: {type: histogram, unit: seconds, buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10], labels: {path: [/predict, /explain]}}
  ml_queue_length: {type: gauge, unit: requests, range: [0, 1000]}
  ml_gpu_memory_bytes: {type: gauge, unit: bytes, labels: {gpu: ['0', '1']}}
  ml_gpu_memory_limit_bytes: {type: gauge, unit: bytes, labels: {gpu: ['0', '1']}}
  ml_drift_psi: {type: gauge, range: [0, +Inf], labels: {feature: [age, zip, plan]}, role: drift_score}
  ml_accuracy_ratio: {type: gauge, unit: ratio, range: [0, 1], labels: {version: [v1, v2]}}
`

// foreignRules are four records and seven alerts of a model, as people write them.
func foreignRules(model string) string {
	records := [][2]string{
		{"path:ml_requests:rate5m", `sum by (path) (rate(ml_requests_total{job="M"}[5m]))`},
		{"job_le:ml_request_seconds_bucket:rate5m", `sum by (job, le) (rate(ml_request_seconds_bucket{job="M"}[5m]))`},
		{"job:ml_errors:ratio_rate5m", `(sum by (job) (rate(ml_requests_total{job="M", code="500"}[5m])) or 0 * sum by (job) (rate(ml_requests_total{job="M"}[5m]))) / sum by (job) (rate(ml_requests_total{job="M"}[5m]))`},
		{"job:ml_queue_length:max5m", `max by (job) (max_over_time(ml_queue_length{job="M"}[5m]))`},
	}
	alerts := []string{
		`histogram_quantile(0.99, sum by (le) (rate(ml_request_seconds_bucket{job="M"}[5m]))) > 1`,
		`ml_gpu_memory_bytes{job="M"} / ml_gpu_memory_limit_bytes > 0.95`, `absent(ml_queue_length{job="M"})`,
		`max by (feature) (ml_drift_psi{job="M"}) > 0.25`, `min by (version) (ml_accuracy_ratio{job="M"}) < 0.9`,
		`sum(rate(ml_errors_total{job="M"}[5m])) > 5`, `up{job="M"} == 0`,
	}
	var b strings.Builder
	fmt.Fprintf(&b, "groups:\n  - name: %s\n    rules:\n", model)
	for _, r := range records {
		fmt.Fprintf(&b, "      - record: %s\n        expr: %s\n", r[0], strings.ReplaceAll(r[1], `"M"`, `"`+model+`"`))
	}
	for i, expr := range alerts {
		fmt.Fprintf(&b, "      - alert: Alert%d\n        expr: %s\n        for: 5m\n        annotations: {summary: something is wrong}\n", i, strings.ReplaceAll(expr, `"M"`, `"`+model+`"`))
	}
	return b.String()
}
