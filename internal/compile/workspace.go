package compile

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/output"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/planner"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
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
	// failOn is the severity from which on a finding of this workspace is one too many.
	failOn diag.Severity
	// incomplete: not all specs and profiles were found, so that specs might be blamed for what is missing.
	incomplete bool
	// schema is what is known of the metrics of files that somebody else wrote.
	schema *promql.Schema
}

// prepare loads a workspace and finds its specs. One with mistakes is left out: what its specs mean
// depends on it, so that their mistakes might be none.
func (r *run) prepare(src *source.Workspace, library *spec.Library) {
	before := r.result.Report.Errors()
	ws, selected := r.load(src, library)
	if ws == nil {
		return
	}
	r.place(ws)
	r.result.Profiles += len(selected.Profiles)
	if ws.incomplete {
		return
	}
	r.judge(ws, selected)
	ws.planner = planner.New(ws.library)
	ws.specs = selected.Specs
	if r.Mode == Lint {
		ws.specs = slices.Concat(selected.Specs, selected.Files)
		ws.schema = promql.MergeSchemas(slices.Concat(r.contracts, r.workspaceContracts(ws)))
	}
	ws.failed = r.result.Report.Errors() > before
	r.workspaces = append(r.workspaces, ws)
	r.total += len(ws.specs)
}

// load loads mlobs.yaml, finds what lies in the workspace, and adds its profiles to the library. It returns
// nil if mlobs.yaml has mistakes.
func (r *run) load(src *source.Workspace, library *spec.Library) (*workspace, source.Selection) {
	rep := r.result.Report
	ws := &workspace{source: src, library: library.Reading(src.Beside)}
	if ws.spec = spec.LoadWorkspaceFor(r.Grafana, src.Config, rep); ws.spec == nil {
		return nil, source.Selection{}
	}
	if ws.plan = planner.Workspace(ws.spec, rep); ws.plan == nil {
		return nil, source.Selection{}
	}
	r.readPolicy(ws)
	selected, err := src.Select(source.Patterns{Specs: values(ws.spec.Specs), Profiles: values(ws.spec.Profiles), Files: values(ws.spec.Lint.Files), Out: ws.spec.Out.Value})
	var bad *source.PatternError
	switch {
	case errors.As(err, &bad):
		for _, p := range slices.Concat(ws.spec.Specs, ws.spec.Profiles, ws.spec.Lint.Files) {
			if p.Value == bad.Pattern {
				ws.report(rep, p.Span, "%s", bad.Error()).WithHelp(helpPatterns)
			}
		}
	case err != nil:
		r.fail(rep, err)
	}
	ws.incomplete = err != nil || len(selected.Idle) > 0
	for _, p := range ws.spec.Profiles {
		if slices.Contains(selected.Idle, p.Value) {
			ws.report(rep, p.Span, "no profile matches `%s`", p.Value).WithHelp(helpPatterns)
		}
	}
	for _, p := range ws.spec.Lint.Files {
		if r.Mode == Lint && slices.Contains(selected.IdleFiles, p.Value) {
			ws.report(rep, p.Span, "no file matches `%s`", p.Value).WithHelp(helpPatterns)
		}
	}
	r.readProfiles(ws, selected.Profiles)
	return ws, selected
}

const helpPatterns = "paths are relative to " + source.ConfigName + "; `*` stands for any name, `**` for any folders"

// readProfiles adds the profiles of a workspace to its library.
func (r *run) readProfiles(ws *workspace, names []string) {
	var files []*diag.File
	for _, name := range names {
		file, err := ws.source.Read(name)
		if err != nil {
			r.fail(r.result.Report, err)
			ws.incomplete = true
			continue
		}
		files = append(files, file)
	}
	if len(files) == 0 {
		return
	}
	ws.library = ws.library.With(files, ws.spec, r.result.Report)
	for _, file := range files {
		ws.incomplete = ws.incomplete || !ws.library.Has(file)
		if p := ws.library.Of(file); p != nil {
			planner.CheckProfile(p, r.result.Report)
		}
	}
}

// Library returns what the specs of a workspace can use: the profiles and roles that come with the program,
// and the workspace's own. The Result has the mistakes that were found in mlobs.yaml and in profiles.
func Library(src *source.Workspace) (*spec.Library, *Result) {
	r := &run{Input: Input{Mode: Lint}, result: &Result{Report: &diag.Report{}}}
	library := spec.NewLibrary(r.result.Report)
	r.guarded(r.result.Report, src.Dir, func() error {
		if ws, _ := r.load(src, library); ws != nil {
			library = ws.library
		}
		return nil
	})
	r.result.Broken = r.broken.Load()
	return library, r.result
}

func values(list []diag.Located[string]) []string {
	texts := make([]string, 0, len(list))
	for _, l := range list {
		texts = append(texts, l.Value)
	}
	return texts
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
	switch {
	case len(selected.Specs) > 0 || r.Mode == Lint && len(selected.Asked)+len(selected.Files) > 0: // they can be judged alone
	case len(selected.Asked) > 0 && r.Mode == Plan:
		rep.Add(&diag.Diagnostic{Severity: diag.Error, Path: ws.source.Show(selected.Asked[0]), Message: "a profile alone has no targets"}).
			WithHelp("name a spec that uses it, or count one target: `--contract FILE`")
	case len(selected.Asked) > 0:
		rep.Add(&diag.Diagnostic{Severity: diag.Error, Path: ws.source.Show(selected.Asked[0]), Message: "nothing is generated from a profile alone"}).
			WithHelp("name a spec that uses it, or the workspace")
	default:
		ws.report(rep, span, "no spec matches %s", strings.Join(patterns, ", ")).
			WithHelp("write a spec there, or say in `specs` of %s where they are", source.ConfigName)
	}
	if !r.Mode.writes() {
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
	if !r.Mode.writes() || r.result.Report.Failed() && !r.KeepGoing {
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
	open := map[Mode]func(output.Folder) (*output.Sink, error){Compare: output.Compare, Diff: output.Diff, Write: output.Create}[r.Mode]
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
