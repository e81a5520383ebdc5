package compile_test

import (
	"fmt"
	"iter"
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
	"github.com/mlobs-gen/mlobs-gen/internal/workload"
)

// BenchmarkCompile compiles one model for three targets, from bytes on disk to bytes that are compared with
// those on disk: a typical one of twelve panels and eleven rules, the example's (27 panels, 34 rules), and one with every
// kind of check.
func BenchmarkCompile(b *testing.B) {
	b.Run("typical", func(b *testing.B) { benchmark(b, filled(b, workload.Typical(1)), 1) })
	b.Run("example", func(b *testing.B) { benchmark(b, exampleTimes(b, spell, 1), 1) })
	b.Run("checks", func(b *testing.B) { benchmark(b, exampleTimes(b, fraud, 1), 1) })
	// What roles say is read once for a run: the more models, the less of it is each one's.
	b.Run("checks of ten models", func(b *testing.B) { benchmark(b, exampleTimes(b, fraud, 10), 10) })
}

// BenchmarkScale compiles workspaces of many models; docs/performance.md says what it may take.
func BenchmarkScale(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprint("models=", n), func(b *testing.B) { benchmark(b, filled(b, workload.Typical(n)), n) })
	}
}

// BenchmarkMixed compiles a workspace as a company has it.
func BenchmarkMixed(b *testing.B) { benchmark(b, filled(b, workload.Mixed(300, 1)), 300) }

// targets are the three that are measured.
func targets() []*generators.Target {
	return []*generators.Target{dashboards.Target(), alerts.Legacy(), alerts.Prometheus()}
}

// benchmark reports CPU time for each model: wall time depends on what else the machine does. The garbage
// collector is set as the command sets it.
func benchmark(b *testing.B, dir string, n int) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	in := compile.Input{Mode: compile.Write, Targets: targets()}
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

// example is a workspace of examples/ with one model.
type example struct{ folder, model string }

var (
	spell = example{"spell-cifar10", "cnn-cifar10"}
	fraud = example{"fraud", "card-fraud"}
)

// exampleTimes is a workspace with n models like the example's.
func exampleTimes(b *testing.B, of example, n int) string {
	b.Helper()
	dir := b.TempDir()
	must(b, os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "examples", of.folder))))
	text, err := os.ReadFile(filepath.Join(dir, "models", of.model+".yaml"))
	must(b, err)
	for i := range n - 1 {
		more := strings.Replace(string(text), "model: "+of.model, fmt.Sprint("model: m", i), 1)
		must(b, os.WriteFile(filepath.Join(dir, "models", fmt.Sprint("m", i, ".yaml")), []byte(more), 0o644))
	}
	return dir
}

// filled is a workspace with the files.
func filled(t testing.TB, files iter.Seq[workload.File]) string {
	t.Helper()
	dir := t.TempDir()
	for f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(f.Text), 0o644))
	}
	return dir
}

// TestTypical keeps the benchmark's model at the size that it claims.
func TestTypical(t *testing.T) {
	dir := workspace(t)
	must(t, os.WriteFile(filepath.Join(dir, "models", "m.yaml"), []byte(workload.TypicalSpec("m")), 0o644))
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
