package compile_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/workload"
)

// Bounds of memory, in bytes.
const (
	// keptPerModel is what may stay of a model when it is done: its name, the paths of its files. A plan has
	// several times as much.
	keptPerModel = 32 << 10
	// most is what a run over a thousand models may have at once.
	most = 200 << 20
)

// TestMemory: nothing of a model is kept when its files are staged, so that what is in use does not grow with
// the workspace. The collector is set as the command sets it.
func TestMemory(t *testing.T) {
	n := 1000
	if testing.Short() {
		n = 100
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	dir := filled(t, workload.Mixed(n, 1))
	var early, peak uint64
	result, err := run(t, t.Context(), dir, compile.Input{Mode: compile.Write, Targets: targets(), Progress: func(done, total int) {
		peak = max(peak, memory("/memory/classes/total:bytes")-memory("/memory/classes/heap/released:bytes"))
		if done == total/5 {
			runtime.GC()
			early = memory("/gc/heap/live:bytes")
		}
		if done == total {
			runtime.GC()
			late := memory("/gc/heap/live:bytes")
			t.Logf("%d models: %d KiB live, %d KiB after a fifth of them; at most %d MiB", total, late>>10, early>>10, peak>>20)
			if kept := int64(late) - int64(early); kept > int64(total-total/5)*keptPerModel {
				t.Errorf("%d bytes are kept of each model, at most %d may be", kept/int64(total-total/5), keptPerModel)
			}
		}
	}})
	must(t, err)
	if len(result.Report.All()) > 0 || result.Models != n || early == 0 {
		t.Fatalf("%d models; %s", result.Models, messages(result))
	}
	if peak > most {
		t.Errorf("%d MiB at the peak, at most %d are allowed", peak>>20, most>>20)
	}
}

// memory reads a number of the runtime.
func memory(name string) uint64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// TestProcessors: neither what is said nor what is written depends on the number of processors.
func TestProcessors(t *testing.T) {
	dir := filled(t, workload.Mixed(56, 2))
	for i, f := range slices.Sorted(maps.Keys(files(t, filepath.Join(dir, "models")))) {
		if i%7 == 0 { // a mistake in some
			path := filepath.Join(dir, "models", f)
			text, err := os.ReadFile(path)
			must(t, err)
			must(t, os.WriteFile(path, []byte(strings.Replace(string(text), "alerts:", "alert:", 1)), 0o644))
		}
	}
	var want map[string]string
	for _, n := range []int{1, 2, 8} {
		must(t, os.RemoveAll(filepath.Join(dir, "generated")))
		before := runtime.GOMAXPROCS(n)
		result, err := run(t, t.Context(), dir, compile.Input{Mode: compile.Write, KeepGoing: true, Targets: targets()})
		runtime.GOMAXPROCS(before)
		must(t, err)
		got := files(t, filepath.Join(dir, "generated"))
		got["messages"] = messages(result)
		if want == nil {
			want = got
		}
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if got[name] != want[name] {
				t.Errorf("%s is another one with %d processors", name, n)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d files with %d processors, %d with one", len(got), n, len(want))
		}
	}
	if broken := strings.Count(want["messages"], "unknown key"); broken != 8 || len(want) < 4*48 {
		t.Errorf("%d specs have a mistake, %d files are written", broken, len(want))
	}
}

// files reads a folder, by path.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	m := map[string]string{}
	root := os.DirFS(dir)
	must(t, fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, path)
		m[path] = string(data)
		return err
	}))
	return m
}
