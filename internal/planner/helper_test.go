package planner

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// base is a model that most tests add something to.
const base = `version: mlobs/v1
model: m
owner: team
selector: {service: s}
replicas: {pod: 2}
metrics:
  lat: {type: histogram, unit: seconds, buckets: python, labels: {pid: 4}}
  hits_total: {type: counter, labels: {kind: [a, b]}}
  heat: {type: gauge, unit: celsius}
`

// build plans a spec in a workspace (empty: none) and returns the plan and everything reported.
func build(t testing.TB, workspace, text string) (*plan.Plan, *diag.Report) {
	t.Helper()
	return buildWith(t, workspace, text, nil)
}

// buildWith is build with profiles of the workspace: what follows their names.
func buildWith(t testing.TB, workspace, text string, profiles map[string]string) (*plan.Plan, *diag.Report) {
	t.Helper()
	rep := &diag.Report{}
	lib := spec.NewLibrary(rep)
	var files []*diag.File
	for _, name := range slices.Sorted(maps.Keys(profiles)) {
		files = append(files, diag.NewFile(name+".yaml", []byte("version: mlobs/v1\nprofile: "+name+"\n"+profiles[name])))
	}
	lib = lib.With(files, spec.DefaultWorkspace(), rep)
	var file *diag.File
	if workspace != "" {
		file = diag.NewFile("mlobs.yaml", []byte(workspace))
	}
	ws := spec.LoadWorkspace(file, rep)
	if ws == nil {
		t.Fatalf("workspace: %s", listing(rep))
	}
	pws := Workspace(ws, rep)
	m := spec.Load(diag.NewFile("m.yaml", []byte(text)), ws, lib, rep)
	if pws == nil || m == nil {
		return nil, rep
	}
	return New(lib).Build(m, ws, pws, rep), rep
}

// mustBuild plans a spec without a mistake.
func mustBuild(t testing.TB, workspace, text string) *plan.Plan {
	t.Helper()
	p, rep := build(t, workspace, text)
	if p == nil || len(rep.All()) > 0 {
		t.Fatalf("not planned:\n%s", listing(rep))
	}
	return p
}

// listing prints diagnostics, one a line: `7:5 message | help`.
func listing(rep *diag.Report) string {
	var b strings.Builder
	for _, d := range rep.All() {
		at := "-"
		if !d.Span.IsZero() {
			pos := d.Span.Position()
			at = fmt.Sprintf("%d:%d", pos.Line, pos.Column)
		}
		fmt.Fprintf(&b, "%s %s", at, d.Message)
		if d.Help != "" {
			fmt.Fprintf(&b, " | %s", d.Help)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func alertNamed(t testing.TB, p *plan.Plan, name string) *plan.Alert {
	t.Helper()
	for _, a := range p.Alerts {
		if a.Name == name {
			return a
		}
	}
	t.Fatalf("no alert %s", name)
	return nil
}

func panelTitled(t testing.TB, d *plan.Dashboard, title string) *plan.Panel {
	t.Helper()
	for _, p := range d.Panels {
		if p.Title == title && p.Kind != plan.Row {
			return p
		}
	}
	t.Fatalf("no panel %q", title)
	return nil
}
