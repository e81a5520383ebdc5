package spec

import (
	"fmt"
	"os"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// readFile reads a file of the repository.
func readFile(t testing.TB, path string) *diag.File {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return diag.NewFile(path, data)
}

// show writes diagnostics as tests compare them.
func show(rep *diag.Report) (lines []string) {
	for _, d := range rep.All() {
		at := d.Path
		if !d.Span.IsZero() {
			p := d.Span.Position()
			at = fmt.Sprintf("%s:%d:%d", d.Span.File.Path, p.Line, p.Column)
		}
		lines = append(lines, fmt.Sprintf("%s: %s: %s (%s)", at, d.Severity, d.Message, d.Help))
	}
	return lines
}

func TestEmbeddedLoad(t *testing.T) {
	rep := &diag.Report{}
	lib := NewLibrary(rep)
	for _, s := range append(append([]*shelf{}, lib.profiles...), lib.roles...) {
		p := lib.load(s.format, s.name, rep)
		if p != nil && p.Name != s.name {
			t.Errorf("%s says that it is %q", s.path, p.Name)
		}
	}
	for _, line := range show(rep) {
		t.Error(line)
	}
}

func TestExampleLoads(t *testing.T) {
	rep := &diag.Report{}
	ws := LoadWorkspace(readFile(t, "../examples/spell-cifar10/mlobs.yaml"), rep)
	if ws == nil {
		t.Fatal(show(rep))
	}
	m := Load(readFile(t, "../examples/spell-cifar10/models/cnn-cifar10.yaml"), ws, NewLibrary(rep), rep)
	for _, line := range show(rep) {
		t.Error(line)
	}
	if m == nil {
		t.Fatal("no model")
	}
}

// TestEmptyWorkspace: every key of mlobs.yaml is optional; an empty file marks a workspace.
func TestEmptyWorkspace(t *testing.T) {
	for _, text := range []string{"", "\n", "# ours\n\n  # and this\r\n"} {
		var rep diag.Report
		ws := LoadWorkspace(diag.NewFile("mlobs.yaml", []byte(text)), &rep)
		if ws == nil || rep.Failed() || ws.Grafana.Version.Value != "12" || ws.File == nil {
			t.Errorf("%q: %+v", text, rep.All())
		}
	}
}
