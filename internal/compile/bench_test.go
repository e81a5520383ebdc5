package compile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/generators/alerts"
	"github.com/mlobs-gen/mlobs-gen/generators/dashboards"
	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// BenchmarkCompile compiles one model for three targets, from bytes on disk to bytes that are compared with
// those on disk: a typical one of twelve panels and eleven rules, and the example's (27 panels, 34 rules).
func BenchmarkCompile(b *testing.B) {
	b.Run("typical", func(b *testing.B) { benchmark(b, typicalTimes(b, 1), 1) })
	b.Run("example", func(b *testing.B) { benchmark(b, exampleTimes(b, 1), 1) })
}

// BenchmarkScale compiles workspaces of many typical models.
func BenchmarkScale(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint("models=", n), func(b *testing.B) { benchmark(b, typicalTimes(b, n), n) })
	}
}

// benchmark reports CPU time for each model: wall time depends on what else the machine does. The garbage
// collector is set as the command sets it.
func benchmark(b *testing.B, dir string, n int) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	in := compile.Input{Mode: compile.Write, Targets: []*generators.Target{dashboards.Target(), alerts.Legacy(), alerts.Prometheus()}}
	before := processTime()
	for b.Loop() {
		result, err := run(b, b.Context(), dir, in)
		must(b, err)
		if result.Report.Failed() || result.Models != n {
			b.Fatal(messages(result))
		}
	}
	each := (processTime() - before) / time.Duration(b.N*n)
	b.ReportMetric(float64(each.Microseconds())/1000, "cpu-ms/model")
}

// exampleTimes is a workspace with n models like the example's.
func exampleTimes(b *testing.B, n int) string {
	b.Helper()
	example := filepath.FromSlash("../../examples/spell-cifar10")
	dir := b.TempDir()
	must(b, os.CopyFS(dir, os.DirFS(example)))
	text, err := os.ReadFile(filepath.Join(dir, "models", "cnn-cifar10.yaml"))
	must(b, err)
	for i := range n - 1 {
		more := strings.Replace(string(text), "model: cnn-cifar10", fmt.Sprint("model: m", i), 1)
		must(b, os.WriteFile(filepath.Join(dir, "models", fmt.Sprint("m", i, ".yaml")), []byte(more), 0o644))
	}
	return dir
}

// typicalTimes is a workspace with n typical models.
func typicalTimes(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	must(b, os.MkdirAll(filepath.Join(dir, "models"), 0o755))
	must(b, os.WriteFile(filepath.Join(dir, "mlobs.yaml"), []byte("version: mlobs/v1\ngrafana: {version: \"7.1\"}\nalerting: [prometheus, grafana-legacy]\n"), 0o644))
	for i := range n {
		must(b, os.WriteFile(filepath.Join(dir, "models", fmt.Sprint("m", i, ".yaml")), []byte(typical(fmt.Sprint("m", i))), 0o644))
	}
	return dir
}

// typical is a model of twelve panels and eleven rules for three targets: the size that peers are
// measured with.
func typical(name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `version: mlobs/v1
model: %s
owner: team
selector: {service: %[1]s}
metrics:
  lat_seconds: {type: histogram, unit: seconds, buckets: python, labels: {handler: 5}}
  req_total: {type: counter, unit: requests, labels: {handler: 5, code: ['200', '400', '500']}}
  queue: {type: gauge, range: [0, 1000]}
dashboard:
  rows:
    - title: Everything
      panels:
        - {title: Requests, query: 'sum by (code) (rate(req_total[$window]))', stack: true}
        - {title: Errors, query: 'sum(rate(req_total{code="500"}[$window])) / sum(rate(req_total[$window]))'}
        - {title: p95, query: 'histogram_quantile(0.95, sum by (le) (rate(lat_seconds_bucket[$window])))'}
        - {title: p50, query: 'histogram_quantile(0.5, sum by (le) (rate(lat_seconds_bucket[$window])))'}
        - {title: Heat, query: 'sum by (le) (rate(lat_seconds_bucket[$window]))'}
        - {title: Mean, query: 'sum(rate(lat_seconds_sum[$window])) / sum(rate(lat_seconds_count[$window]))'}
        - {title: Queue, query: 'max(queue)', type: stat}
alerts:
  - {name: Slow, panel: p95, reduce: max, over: 5m, above: 300ms, for: 5m, summary: 'p95 of {{ $model }} is {{ $value }}'}
  - {name: Failing, panel: Errors, reduce: avg, over: 5m, above: 2%%, for: 5m, severity: page}
  - {name: Typical, panel: p50, reduce: median, over: 10m, above: 100ms}
  - {name: Idle, panel: Mean, reduce: min, over: 10m, below: 1ms}
`, name)
	return b.String()
}

// TestTypical keeps the benchmark's model at the size that it claims.
func TestTypical(t *testing.T) {
	dir := workspace(t)
	must(t, os.WriteFile(filepath.Join(dir, "models", "m.yaml"), []byte(typical("m")), 0o644))
	panels, rules := 0, 0
	result, err := run(t, t.Context(), dir, compile.Input{Mode: compile.Write, Targets: target(func(p *plan.Plan) ([]generators.File, error) {
		for _, panel := range p.Dashboard.Panels {
			if panel.Kind != plan.Row {
				panels++
			}
		}
		rules = len(p.Records) + len(p.Alerts)
		return plain(p)
	})})
	must(t, err)
	if result.Report.Failed() || panels != 12 || rules != 11 {
		t.Errorf("%d panels, %d rules; %s", panels, rules, messages(result))
	}
}
