package compile

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/output"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/planner"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// workspace is one workspace of a run.
type workspace struct {
	source  *source.Workspace
	spec    *spec.Workspace
	plan    *plan.Workspace
	library *spec.Library
	planner *planner.Planner
	specs   []string
	out     output.Folder
	sink    *output.Sink // nil when linting
	failed  bool
}

// prepare loads a workspace and finds its specs. One with mistakes is left out: what its specs mean
// depends on it, so that their mistakes might be none.
func (r *run) prepare(src *source.Workspace, library *spec.Library) {
	rep := r.result.Report
	before := rep.Errors()
	ws := &workspace{source: src, library: library, planner: planner.New(library)}
	if ws.spec = spec.LoadWorkspace(src.Config, rep); ws.spec == nil {
		return
	}
	if ws.plan = planner.Workspace(ws.spec, rep); ws.plan == nil {
		return
	}
	r.place(ws)
	patterns := make([]string, 0, len(ws.spec.Specs))
	for _, p := range ws.spec.Specs {
		patterns = append(patterns, p.Value)
	}
	selected, err := src.Select(patterns, ws.spec.Out.Value)
	var bad *source.PatternError
	switch {
	case errors.As(err, &bad):
		for _, p := range ws.spec.Specs {
			if p.Value == bad.Pattern {
				ws.report(rep, p.Span, "%s", bad.Error()).WithHelp("paths are relative to %s; `*` stands for any name, `**` for any folders", source.ConfigName)
			}
		}
	case err != nil:
		r.fail(rep, err)
	}
	ws.specs = selected.Specs
	if err == nil {
		r.judge(ws, selected)
	}
	ws.failed = rep.Errors() > before
	r.workspaces = append(r.workspaces, ws)
	r.total += len(ws.specs)
}

// judge reports specs that cannot be what was meant.
func (r *run) judge(ws *workspace, selected source.Selection) {
	patterns := make([]string, 0, len(ws.spec.Specs))
	var span diag.Span
	for _, p := range ws.spec.Specs {
		patterns = append(patterns, "`"+p.Value+"`")
		if span.IsZero() {
			span = p.Span
		}
	}
	rep := r.result.Report
	if len(selected.Specs) == 0 {
		ws.report(rep, span, "no spec matches %s", strings.Join(patterns, ", ")).
			WithHelp("write a spec there, or say in `specs` of %s where they are", source.ConfigName)
	}
	if r.Mode == Lint {
		return
	}
	for _, name := range selected.Strangers {
		rep.Add(&diag.Diagnostic{
			Severity: diag.Error, Path: ws.source.Show(name),
			Message: "the workspace does not know this spec: the next run over all of it would remove what is generated here",
			Help:    "move it to where `specs` of " + ws.source.Show(source.ConfigName) + " finds it (" + strings.Join(patterns, ", ") + "), or add it there",
		})
	}
}

// report reports an error at a place of mlobs.yaml, or in the workspace as such if it does not say.
func (ws *workspace) report(rep *diag.Report, span diag.Span, format string, args ...any) *diag.Diagnostic {
	d := &diag.Diagnostic{Severity: diag.Error, Message: fmt.Sprintf(format, args...), Span: span}
	if span.IsZero() {
		d.Path = ws.source.Show(source.ConfigName)
	}
	return rep.Add(d)
}

// place says where the workspace's output goes.
func (r *run) place(ws *workspace) {
	if r.Out != "" {
		below := filepath.Join(r.Out, filepath.FromSlash(ws.source.Within))
		ws.out = output.Folder{Path: below, Name: filepath.ToSlash(below)}
		return
	}
	out := ws.spec.Out.Value
	ws.out = output.Folder{Base: ws.source.Root, Path: filepath.FromSlash(out), Name: ws.source.Show(out)}
	if !filepath.IsLocal(ws.out.Path) {
		ws.report(r.result.Report, ws.spec.Out.Span, "`%s` leads out of the workspace", out).
			WithHelp("name a folder inside it, or say with `--out` where else to write")
	}
}

// openSinks opens the output folders of workspaces that are right as such. Each needs its own.
func (r *run) openSinks() error {
	if r.Mode == Lint || r.result.Report.Failed() && !r.KeepGoing {
		return nil
	}
	taken := map[string]string{}
	for _, ws := range r.workspaces {
		if ws.failed {
			continue
		}
		key := filepath.Join(ws.out.Base, ws.out.Path)
		if other, ok := taken[key]; ok {
			return &source.UsageError{
				Message: fmt.Sprintf("the workspaces %s and %s would both be written to %s", other, ws.source.Dir, ws.out.Name),
				Help:    "name the folder that holds them both: each then has a folder below `--out`",
			}
		}
		taken[key] = path.Clean(ws.source.Dir)
	}
	open := output.Compare
	if r.Mode == Write {
		open = output.Create
	}
	for _, ws := range r.workspaces {
		if ws.failed {
			continue
		}
		var err error
		if ws.sink, err = open(ws.out); err != nil {
			ws.failed = true
			r.fail(r.result.Report, err)
		}
	}
	return nil
}
