package spec

import (
	"bytes"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// LoadWorkspace loads mlobs.yaml; a nil file is a run without one. It returns nil if it reported errors.
func LoadWorkspace(file *diag.File, rep *diag.Report) *Workspace {
	return LoadWorkspaceFor("", file, rep)
}

// LoadWorkspaceFor is LoadWorkspace for a version of Grafana that takes the place of the one in the file, see
// CheckGrafanaVersion; empty: none does.
func LoadWorkspaceFor(grafana string, file *diag.File, rep *diag.Report) *Workspace {
	ws := DefaultWorkspace()
	overrideGrafana(ws, grafana)
	if file == nil {
		return ws
	}
	if empty(file.Data) { // every key is optional: an empty file marks a workspace
		ws.File = file
		return ws
	}
	l := &loader{file: file, rep: rep, format: workspaceFile, ws: ws}
	root, document := l.parse()
	if root == nil {
		return nil
	}
	before := l.rep.Errors()
	ws.Allows = diag.ParseAllows(l.file, document, l.rep)
	l.errors += l.rep.Errors() - before
	if g, ok := l.walk("mlobs.yaml", nil, root, l.workspace(ws)); ok {
		l.finishWorkspace(ws, g, grafana)
	}
	if l.errors > 0 {
		return nil
	}
	ws.File = file
	return ws
}

func overrideGrafana(ws *Workspace, version string) {
	if version != "" {
		ws.Grafana.Version = diag.Located[string]{Value: version}
	}
}

// empty reports whether a file has nothing but blanks and comments.
func empty(data []byte) bool {
	for line := range bytes.Lines(data) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' {
			return false
		}
	}
	return true
}

// Load loads one spec. It returns nil if it reported errors.
func Load(file *diag.File, ws *Workspace, lib *Library, rep *diag.Report) *Model {
	l := &loader{file: file, rep: rep, format: specFile, ws: ws, lib: lib}
	m := l.load()
	if m == nil || l.errors > 0 {
		return nil
	}
	return m.Model
}

// Salvage returns what can be understood of a spec for which Load reported errors, so that its queries
// can be judged in the same run; nil if it is no spec at all. It reports nothing. complete says that all
// metrics are known: no mistake stands where they, or the profiles that bring them, are declared.
func Salvage(file *diag.File, ws *Workspace, lib *Library) (m *Model, complete bool) {
	var quiet diag.Report
	l := &loader{file: file, rep: &quiet, format: specFile, ws: ws, lib: lib}
	entry := l.load()
	if entry == nil {
		return nil, false
	}
	return entry.Model, l.errors == entry.elsewhere
}

// load reads the file; nil if it is no YAML that a spec could be.
func (l *loader) load() *modelEntry {
	root, document := l.parse()
	if root == nil {
		return nil
	}
	m := &modelEntry{Model: &Model{}}
	before := l.rep.Errors()
	m.Allows = diag.ParseAllows(l.file, document, l.rep)
	l.errors += l.rep.Errors() - before
	m.elsewhere = l.errors
	g, ok := l.walk("a spec", nil, root, l.model(m))
	if !ok {
		return nil
	}
	l.assemble(m, g)
	return m
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
		Budgets:    defaultBudgets(),
		Lint:       Lint{FailOn: text("error")},
	}
}
