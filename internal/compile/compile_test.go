package compile_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/output"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// specOf is a small spec.
func specOf(model string) string {
	return fmt.Sprintf(`version: mlobs/v1
model: %s
owner: team
selector: {job: %[1]s}
metrics:
  requests_total: {type: counter}
dashboard:
  rows:
    - title: Load
      panels:
        - title: Requests
          query: sum(rate(requests_total[$window]))
`, model)
}

// workspace writes mlobs.yaml and one spec for each name; `file=model` gives the file another name.
func workspace(t testing.TB, specs ...string) string {
	t.Helper()
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "models"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "mlobs.yaml"), []byte("version: mlobs/v1\n"), 0o644))
	for _, s := range specs {
		file, model, ok := strings.Cut(s, "=")
		if !ok {
			model = file
		}
		must(t, os.WriteFile(filepath.Join(dir, "models", file+".yaml"), []byte(specOf(model)), 0o644))
	}
	return dir
}

// run compiles the workspace in dir.
func run(t testing.TB, ctx context.Context, dir string, in compile.Input) (*compile.Result, error) {
	t.Helper()
	var err error
	in.Workspaces, err = source.Find(dir, nil, nil)
	must(t, err)
	defer func() {
		for _, ws := range in.Workspaces {
			must(t, ws.Close())
		}
	}()
	if in.FailOn == diag.Info {
		in.FailOn = diag.Error
	}
	return compile.Run(ctx, in)
}

func messages(r *compile.Result) string {
	var b strings.Builder
	for _, d := range r.Report.All() {
		path := d.Path
		if d.Span.File != nil {
			path = d.Span.File.Path
		}
		fmt.Fprintf(&b, "%s: %s\n", path, d.Message)
	}
	return b.String()
}

// target writes one file a model, `fake/<model>`, and does what a test wants with it.
func target(model func(*plan.Plan) ([]generators.File, error)) []*generators.Target {
	return []*generators.Target{{Name: "fake", Wants: func(*plan.Workspace) bool { return true }, Model: model}}
}

func plain(p *plan.Plan) ([]generators.File, error) {
	return []generators.File{{Path: "fake/" + p.Model, Data: []byte(p.Model)}}, nil
}

func generated(t testing.TB, dir string) (names []string) {
	t.Helper()
	entries, err := filepath.Glob(filepath.Join(dir, "generated/fake/*"))
	must(t, err)
	for _, e := range entries {
		names = append(names, filepath.Base(e))
	}
	return names
}

// A defect of a generator names the model and what failed, keeps anything from being written, and does
// not end the program.
func TestDefects(t *testing.T) {
	broken := map[string]struct {
		model  func(*plan.Plan) ([]generators.File, error)
		verify func(generators.File, *plan.Workspace) error
		want   string
	}{
		"error": {model: func(p *plan.Plan) ([]generators.File, error) { return nil, errors.New("no such colour") },
			want: "target fake cannot spell model b: no such colour"},
		"panic": {model: func(p *plan.Plan) ([]generators.File, error) { panic("index out of range") },
			want: "panic: index out of range"},
		"a path that leads out": {model: func(p *plan.Plan) ([]generators.File, error) {
			return []generators.File{{Path: "../x"}}, nil
		}, want: `"../x" is no path for a generated file`},
		"verify": {model: plain, verify: func(generators.File, *plan.Workspace) error { return errors.New("empty") },
			want: "fake/b is not valid: empty"},
	}
	for name, test := range broken {
		t.Run(name, func(t *testing.T) {
			dir := workspace(t, "a", "b", "c")
			in := compile.Input{Mode: compile.Write, Targets: target(func(p *plan.Plan) ([]generators.File, error) {
				if p.Model == "b" {
					return test.model(p)
				}
				return plain(p)
			})}
			if test.verify != nil {
				in.Verify = func(f generators.File, ws *plan.Workspace) error {
					if f.Path == "fake/b" {
						return test.verify(f, ws)
					}
					return nil
				}
			}
			result, err := run(t, t.Context(), dir, in)
			must(t, err)
			if got, want := messages(result), "models/b.yaml: a defect of mlobs-gen: "+test.want+"\n"; got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
			if got := generated(t, dir); got != nil {
				t.Errorf("written: %v", got)
			}
			in.KeepGoing = true
			_, err = run(t, t.Context(), dir, in)
			must(t, err)
			if got := generated(t, dir); !slices.Equal(got, []string{"a", "c"}) {
				t.Errorf("written with KeepGoing: %v", got)
			}
		})
	}
}

// An interrupted run writes nothing and leaves nothing.
func TestInterrupted(t *testing.T) {
	dir := workspace(t, "a", "b", "c")
	ctx, cancel := context.WithCancel(t.Context())
	_, err := run(t, ctx, dir, compile.Input{Mode: compile.Write, Targets: target(func(p *plan.Plan) ([]generators.File, error) {
		cancel()
		return plain(p)
	})})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "generated")); !os.IsNotExist(err) {
		t.Errorf("the output folder is there: %v", err)
	}
}

// Nothing that is found or written depends on the number of processors or on who comes first.
func TestOrder(t *testing.T) {
	specs := []string{"twin1=t", "twin2=t", "twin3=t"}
	for i := range 40 {
		specs = append(specs, fmt.Sprintf("m%02d", i))
	}
	dir := workspace(t, specs...)
	for i := range 40 {
		if i%5 == 0 {
			name := filepath.Join(dir, "models", fmt.Sprintf("m%02d.yaml", i))
			must(t, os.WriteFile(name, []byte(strings.Replace(specOf("x"), "requests_total[", "nope[", 1)), 0o644))
		}
	}
	var first string
	for _, n := range []int{1, 8, 3} {
		before := runtime.GOMAXPROCS(n)
		progress := 0
		result, err := run(t, t.Context(), dir, compile.Input{
			Mode: compile.Write, KeepGoing: true, Targets: target(plain),
			Progress: func(done, total int) {
				if progress++; done != progress || total != len(specs) {
					t.Errorf("progress %d: %d of %d", progress, done, total)
				}
			},
		})
		runtime.GOMAXPROCS(before)
		must(t, err)
		text := messages(result) + strings.Join(generated(t, dir), " ")
		if first == "" {
			first = text
		}
		if text != first || result.Models != len(specs) {
			t.Errorf("with %d processors\n%s\nwith one\n%s", n, text, first)
		}
	}
	if strings.Count(first, "another spec has the model `t`") != 2 || strings.Count(first, "another spec has the model `x`") != 7 || strings.Contains(first, " t ") {
		t.Errorf("got\n%s", first)
	}
}

// Files that belong to no model come and go with the workspace.
func TestWorkspaceFiles(t *testing.T) {
	dir := workspace(t, "a")
	targets := target(plain)
	targets[0].Workspace = func(*plan.Workspace) ([]generators.File, error) {
		return []generators.File{{Path: "fake/all", Data: []byte("x")}}, nil
	}
	_, err := run(t, t.Context(), dir, compile.Input{Mode: compile.Write, Targets: targets})
	must(t, err)
	if got := generated(t, dir); !slices.Equal(got, []string{"a", "all"}) {
		t.Errorf("got %v", got)
	}
	targets[0].Workspace = nil
	result, err := run(t, t.Context(), dir, compile.Input{Mode: compile.Write, Targets: targets})
	must(t, err)
	if got := generated(t, dir); !slices.Equal(got, []string{"a"}) {
		t.Errorf("got %v", got)
	}
	removed := 0
	for _, c := range result.Outputs[0].Changes {
		if c.Kind == output.Removed {
			removed++
		}
	}
	if removed != 2 {
		t.Errorf("removed %d", removed)
	}
}

func TestUnwantedTargetsAreNotAsked(t *testing.T) {
	dir := workspace(t, "a")
	targets := target(func(*plan.Plan) ([]generators.File, error) { return nil, errors.New("asked") })
	targets[0].Wants = func(*plan.Workspace) bool { return false }
	result, err := run(t, t.Context(), dir, compile.Input{Mode: compile.Write, Targets: targets})
	must(t, err)
	if messages(result) != "" {
		t.Error(messages(result))
	}
}

func TestLintAsksNoTarget(t *testing.T) {
	dir := workspace(t, "a")
	var asked atomic.Int32
	_, err := run(t, t.Context(), dir, compile.Input{Mode: compile.Lint, Targets: target(func(p *plan.Plan) ([]generators.File, error) {
		asked.Add(1)
		return plain(p)
	})})
	must(t, err)
	if asked.Load() > 0 || generated(t, dir) != nil {
		t.Error("lint generated")
	}
}
