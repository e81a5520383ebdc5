// Package scenario shows what a spec makes of the weather, in tests: it compiles a workspace as the command does,
// runs the rule groups that came out, from their text, over scrape data through the real engine, and says what
// they recorded and which alerts fire.
//
// Its place in the flow: behind everything. Where enginetest runs any rules, this runs the generated ones.
package scenario

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/generators/alerts"
	"github.com/mlobs-gen/mlobs-gen/generators/dashboards"
	"github.com/mlobs-gen/mlobs-gen/generators/kubernetes"
	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
)

// Scenario is a workspace that compiled.
type Scenario struct {
	// Files are all that was generated, by path below the output folder; digests are left out.
	Files map[string][]byte
	// Findings is the text of what the linter says of it, warnings and above; empty: nothing.
	Findings string

	tb testing.TB
}

// Compile compiles the files of a workspace, given by their paths, to all outputs that its `mlobs.yaml` asks for.
// Without an `mlobs.yaml` the specs are all other files, and everything is as where a workspace says nothing. The
// test fails with the diagnostics if it does not compile.
func Compile(tb testing.TB, files map[string]string) *Scenario {
	tb.Helper()
	out, list := compileFiles(tb, files)
	if out == nil {
		tb.Fatalf("the workspace does not compile:\n%s", render(tb, list))
	}
	list = slices.DeleteFunc(list, func(d *diag.Diagnostic) bool { return d.Severity < diag.Warning })
	return &Scenario{Files: out, Findings: render(tb, list), tb: tb}
}

// CompileErr compiles a workspace that must not compile, and returns the text of its errors.
func CompileErr(tb testing.TB, files map[string]string) string {
	tb.Helper()
	out, list := compileFiles(tb, files)
	if out != nil {
		tb.Fatalf("the workspace compiles: %s", strings.Join(slices.Sorted(maps.Keys(out)), ", "))
	}
	return render(tb, slices.DeleteFunc(list, func(d *diag.Diagnostic) bool { return d.Severity < diag.Error }))
}

// RuleFiles are the texts of the generated rule files, by path.
func (s *Scenario) RuleFiles() (list [][]byte) {
	for _, path := range slices.Sorted(maps.Keys(s.Files)) {
		if strings.HasPrefix(path, "prometheus/") {
			list = append(list, s.Files[path])
		}
	}
	return list
}

// compileFiles returns the files that were generated, nil if it came to nothing, and all that was found.
func compileFiles(tb testing.TB, files map[string]string) (map[string][]byte, []*diag.Diagnostic) {
	tb.Helper()
	dir := tb.TempDir()
	if _, ok := files[source.ConfigName]; !ok {
		files = maps.Clone(files)
		files[source.ConfigName] = "version: mlobs/v1\nspecs: [" + strings.Join(slices.Sorted(maps.Keys(files)), ", ") + "]\n"
	}
	for path, text := range files {
		path = filepath.Join(dir, filepath.FromSlash(path))
		must(tb, os.MkdirAll(filepath.Dir(path), 0o755))
		must(tb, os.WriteFile(path, []byte(text), 0o644))
	}
	workspaces, err := source.Find(dir, nil, nil)
	must(tb, err)
	defer func() {
		for _, ws := range workspaces {
			must(tb, ws.Close())
		}
	}()
	result, err := compile.Run(context.Background(), compile.Input{
		Workspaces: workspaces, Targets: Targets(), Mode: compile.Write, FailOn: diag.Error, Explicit: true, Verify: Verify,
	})
	must(tb, err)
	if result.Failing || result.Broken || len(result.Outputs) == 0 {
		return nil, result.Report.All()
	}
	return readFolder(tb, filepath.Join(dir, result.Outputs[0].Folder)), result.Report.All()
}

// Targets are all there are.
func Targets() []*generators.Target {
	return []*generators.Target{
		alerts.Alertmanager(), dashboards.Target(), dashboards.Provider(), alerts.Unified(), alerts.Legacy(), kubernetes.Target(), alerts.Prometheus(),
	}
}

// Verify judges a generated file with what knows its format.
func Verify(f generators.File, ws *plan.Workspace) error {
	var errs []error
	for _, p := range append(alerts.Check(f, ws), kubernetes.Check(f)...) {
		errs = append(errs, errors.New(p.String()))
	}
	if strings.HasPrefix(f.Path, "dashboards/") {
		for _, p := range dashboards.Check(f.Data) {
			errs = append(errs, errors.New(p.String()))
		}
	}
	return errors.Join(errs...)
}

// readFolder reads what was generated.
func readFolder(tb testing.TB, dir string) map[string][]byte {
	tb.Helper()
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, ".mlobs/") {
			return err
		}
		files[path], err = os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		return err
	})
	must(tb, err)
	if len(files) == 0 {
		must(tb, errors.New("nothing was generated"))
	}
	return files
}

func render(tb testing.TB, list []*diag.Diagnostic) string {
	tb.Helper()
	var b strings.Builder
	must(tb, diag.Render(&b, list, diag.Style{}))
	return b.String()
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
