package spec

import (
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// LoadWorkspace loads mlobs.yaml; a nil file is a run without one. It returns nil if it reported errors.
func LoadWorkspace(file *diag.File, rep *diag.Report) *Workspace {
	ws := DefaultWorkspace()
	if file == nil {
		return ws
	}
	l := &loader{file: file, rep: rep, format: workspaceFile, ws: ws}
	root, _ := l.parse()
	if root == nil {
		return nil
	}
	if g, ok := l.walk("mlobs.yaml", nil, root, l.workspace(ws)); ok {
		l.finishWorkspace(ws, g)
	}
	if l.errors > 0 {
		return nil
	}
	ws.File = file
	return ws
}

// Load loads one spec. It returns nil if it reported errors.
func Load(file *diag.File, ws *Workspace, lib *Library, rep *diag.Report) *Model {
	l := &loader{file: file, rep: rep, format: specFile, ws: ws, lib: lib}
	root, document := l.parse()
	if root == nil {
		return nil
	}
	m := &modelEntry{Model: &Model{}}
	before := rep.Errors()
	m.Allows = diag.ParseAllows(file, document, rep)
	l.errors += rep.Errors() - before
	if g, ok := l.walk("a spec", nil, root, l.model(m)); ok {
		l.assemble(m, g)
	}
	if l.errors > 0 {
		return nil
	}
	return m.Model
}

// DefaultWorkspace is what holds without an mlobs.yaml, and where it is silent.
func DefaultWorkspace() *Workspace {
	text := func(s string) diag.Located[string] { return diag.Located[string]{Value: s} }
	texts := func(list ...string) (located []diag.Located[string]) {
		for _, s := range list {
			located = append(located, text(s))
		}
		return located
	}
	return &Workspace{
		Specs:              texts("models/**/*.yaml"),
		Out:                text("generated"),
		PrometheusVersion:  text("3"),
		ScrapeInterval:     diag.Located[time.Duration]{Value: 15 * time.Second},
		EvaluationInterval: diag.Located[time.Duration]{Value: 30 * time.Second},
		Retention:          diag.Located[time.Duration]{Value: 15 * 24 * time.Hour},
		TargetLabels:       texts("job", "instance", "namespace", "pod", "container", "endpoint", "service", "node"),
		Grafana: Grafana{
			Version:    text("12"),
			Datasource: Datasource{Name: text("Prometheus"), UID: text("prometheus")},
			Folders:    text("by-owner"),
		},
		Alerting:   texts("prometheus"),
		Emit:       texts("dashboards", "prometheus"),
		Severities: map[string]string{"page": "page", "ticket": "ticket", "info": "info"},
		Units:      metric.Units{},
	}
}
