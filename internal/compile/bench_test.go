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
)

// BenchmarkCompile compiles the example, for three targets, from bytes on disk to bytes that are compared
// with those on disk.
func BenchmarkCompile(b *testing.B) { benchmark(b, 1) }

// BenchmarkScale compiles workspaces of many models like the example's.
func BenchmarkScale(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint("models=", n), func(b *testing.B) { benchmark(b, n) })
	}
}

// benchmark reports CPU time for each model: wall time depends on what else the machine does. The garbage
// collector is set as the command sets it.
func benchmark(b *testing.B, n int) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	dir := exampleTimes(b, n)
	in := compile.Input{Mode: compile.Write, Targets: []*generators.Target{dashboards.Target(), alerts.Legacy(), alerts.Prometheus()}}
	before := cpuTime()
	for b.Loop() {
		result, err := run(b, b.Context(), dir, in)
		must(b, err)
		if result.Report.Failed() || result.Models != n {
			b.Fatal(messages(result))
		}
	}
	each := (cpuTime() - before) / time.Duration(b.N*n)
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
