package compile

import (
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
	if p := adopt.Read(adopt.Input{File: file, Workspace: j.ws.planFor(j.spec, ""), Schema: j.ws.schema}, j.rep); p != nil {
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
	if len(c.Files) == 0 {
		if p := r.namedProfile(c.Name, library); p != nil {
			list = append(list, planner.ProfileSchema(p))
		}
		return list
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

func profileHelp(name string, library *spec.Library) string {
	return diag.DidYouMean(name, library.ProfileNames(), "name a spec, a profile, or a file with what a /metrics page says")
}

// contractOf reads one file of a contract: a spec, a profile, or what a /metrics page says.
func (r *run) contractOf(ws *workspace, file *diag.File) *promql.Schema {
	if isPage(file) {
		page := exposition.Read(file, r.result.Report)
		if page == nil {
			return nil
		}
		return page.Schema()
	}
	if p, is := r.profileIn(ws, file); is {
		if p == nil {
			return nil
		}
		return planner.ProfileSchema(p)
	}
	p := r.planOf(ws, file)
	if p == nil {
		return nil
	}
	return p.Contract.Schema.Foreign()
}
