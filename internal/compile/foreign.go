package compile

import (
	"path"

	"github.com/mlobs-gen/mlobs-gen/internal/adopt"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/exposition"
	"github.com/mlobs-gen/mlobs-gen/internal/planner"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
	"github.com/mlobs-gen/mlobs-gen/lint"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// foreign judges a file that somebody else wrote. Nothing is generated from it.
func (j *job) foreign(file *diag.File) {
	if j.Mode == Plan {
		j.rep.Add(&diag.Diagnostic{Severity: diag.Error, Path: file.Path, Message: "this is no spec: it does not say which series there are"}).
			WithHelp("name a spec, or what declares the metrics: `--contract FILE`")
		return
	}
	if j.Mode != Lint {
		j.rep.Add(&diag.Diagnostic{Severity: diag.Error, Path: file.Path, Message: "this is no spec: nothing is generated from it"}).
			WithHelp("`mlobs-gen lint %s` judges rules and dashboards that were made by hand", file.Path)
		return
	}
	if p := adopt.Read(adopt.Input{File: file, Workspace: j.ws.plan, Schema: j.ws.schema}, j.rep); p != nil {
		lint.Run(p, j.Today, j.rep)
	}
}

// workspaceContracts are those that mlobs.yaml names under `lint: contract`.
func (r *run) workspaceContracts(ws *workspace) (list []*promql.Schema) {
	for _, name := range ws.spec.Lint.Contract {
		c, err := ws.source.InWorkspace(name.Value)
		if err != nil {
			ws.report(r.result.Report, name.Span, "%s", err)
			continue
		}
		if len(c.Files) == 0 && ws.library.Profile(c.Name) == nil {
			ws.report(r.result.Report, name.Span, "there is no profile and no file `%s`", c.Name).WithHelp("%s", profileHelp(c.Name, ws.library))
			continue
		}
		list = append(list, r.readContract(c, ws.library)...)
		if err := c.Close(); err != nil {
			r.fail(r.result.Report, err)
		}
	}
	return list
}

// readContract makes a schema of what a contract says; several of a folder.
func (r *run) readContract(c *source.Contract, library *spec.Library) (list []*promql.Schema) {
	rep := r.result.Report
	if len(c.Files) == 0 {
		p := library.Profile(c.Name)
		if p == nil {
			rep.Add(&diag.Diagnostic{Severity: diag.Error, Message: "there is no profile and no file `" + c.Name + "`"}).WithHelp("%s", profileHelp(c.Name, library))
			return nil
		}
		return []*promql.Schema{planner.ProfileSchema(p)}
	}
	ws, _ := r.load(c.Workspace, library)
	if ws == nil {
		return nil
	}
	for _, file := range c.Files {
		if s := r.contractOf(ws, file); s != nil {
			list = append(list, s)
		}
	}
	return list
}

// Contract is what is known of the metrics of one profile or spec, or of the servers that answer like a page.
type Contract struct {
	// Name of the profile, or the path of the file.
	Name string
	// Schema of a profile or spec, nil for a Page of /metrics.
	Schema *promql.Schema
	Page   *exposition.Page
}

// Contracts reads contracts, each profile of a folder by itself. A file that is no YAML is a page of /metrics. The
// Result has the mistakes in them.
func Contracts(sources []*source.Contract) ([]Contract, *Result) {
	r := &run{Input: Input{Mode: Plan}, result: &Result{Report: &diag.Report{}}}
	library := spec.NewLibrary(r.result.Report)
	var list []Contract
	read := func(name string, c *source.Contract) {
		r.guarded(r.result.Report, name, func() error {
			for _, s := range r.readContract(c, library) {
				list = append(list, Contract{Name: name, Schema: s})
			}
			return nil
		})
	}
	for _, c := range sources {
		if len(c.Files) == 0 {
			read(c.Name, c)
		}
		for _, file := range c.Files {
			if ext := path.Ext(file.Path); ext != ".yaml" && ext != ".yml" {
				if page := exposition.Read(file, r.result.Report); page != nil {
					list = append(list, Contract{Name: file.Path, Page: page})
				}
				continue
			}
			read(file.Path, &source.Contract{Name: c.Name, Files: []*diag.File{file}, Workspace: c.Workspace})
		}
	}
	r.result.Broken, r.result.Failing = r.broken.Load(), r.result.Report.Failed()
	return list, r.result
}

func profileHelp(name string, library *spec.Library) string {
	var names []string
	for _, p := range library.Profiles() {
		names = append(names, p.Name)
	}
	return diag.DidYouMean(name, names, "name a spec, a profile, or a file with what a /metrics page says")
}

// contractOf reads one file of a contract: a spec or a profile.
func (r *run) contractOf(ws *workspace, file *diag.File) *promql.Schema {
	rep := r.result.Report
	if library := ws.library.With([]*diag.File{file}, ws.spec, &diag.Report{}); library.Has(file) {
		for _, p := range library.Profiles() {
			if p.File == file {
				return planner.ProfileSchema(p)
			}
		}
	}
	m := spec.Load(file, ws.spec, ws.library, rep)
	if m == nil {
		return nil
	}
	p := planner.New(ws.library).Build(m, ws.spec, ws.plan, rep)
	if p == nil {
		return nil
	}
	return p.Contract.Schema.Foreign()
}
