package lint_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
)

// put writes a file below a folder.
func put(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// compiled is what the command finds in the specs of a folder, all of them if none is named. The function, if
// there is one, gets the plan of each model, of several at once.
func compiled(t *testing.T, dir string, look func(*plan.Plan), specs ...string) []*diag.Diagnostic {
	t.Helper()
	spaces, err := source.Find(dir, specs, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		for _, ws := range spaces {
			if err := ws.Close(); err != nil {
				t.Error(err)
			}
		}
	}()
	in := compile.Input{Workspaces: spaces, Mode: compile.Lint, FailOn: diag.Error, Today: today, Crash: true}
	if look != nil {
		in.Mode = compile.Compare
		in.Targets = []*generators.Target{{
			Name: "look", Wants: func(*plan.Workspace) bool { return true },
			Model: func(p *plan.Plan) ([]generators.File, error) {
				look(p)
				return nil, nil
			},
		}}
	}
	result, err := compile.Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return result.Report.All()
}

// rendered is a finding as the command shows it.
func rendered(t *testing.T, list ...*diag.Diagnostic) string {
	t.Helper()
	var b strings.Builder
	if err := diag.Render(&b, list, diag.Style{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
