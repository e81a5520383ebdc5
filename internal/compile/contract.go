package compile

import (
	"path"
	"regexp"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/exposition"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/planner"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Contract is what is known of the metrics of one profile or spec, or of the servers that answer like a page.
type Contract struct {
	// Name of the profile, or the path of the file.
	Name string
	// Metrics are those that a profile declares, or a spec of its own targets; nil for a Page of /metrics.
	Metrics []*metric.Metric
	Page    *exposition.Page
}

// Contracts reads contracts, each profile of a folder by itself. A file that is no YAML is a page of /metrics. The
// Result has the mistakes in them.
func Contracts(sources []*source.Contract) ([]Contract, *Result) {
	r := &run{Input: Input{Mode: Plan}, result: &Result{Report: &diag.Report{}}}
	library := spec.NewLibrary(r.result.Report)
	var list []Contract
	for _, c := range sources {
		r.guarded(r.result.Report, c.Name, func() error { list = append(list, r.declared(c, library)...); return nil })
	}
	r.result.Broken, r.result.Failing = r.broken.Load(), r.result.Report.Failed()
	return list, r.result
}

// declared are the metrics that each part of a contract declares.
func (r *run) declared(c *source.Contract, library *spec.Library) (list []Contract) {
	if len(c.Files) == 0 {
		if p := r.namedProfile(c.Name, library); p != nil {
			list = append(list, Contract{Name: p.Name, Metrics: scraped(p.Metrics)})
		}
		return list
	}
	ws, _ := r.load(c.Workspace, library)
	if ws == nil {
		return nil
	}
	for _, file := range c.Files {
		if isPage(file) {
			if page := exposition.Read(file, r.result.Report); page != nil {
				list = append(list, Contract{Name: file.Path, Page: page})
			}
			continue
		}
		if p, is := r.profileIn(ws, file); is {
			if p != nil {
				list = append(list, Contract{Name: file.Path, Metrics: scraped(p.Metrics)})
			}
			continue
		}
		if p := r.planOf(ws, file); p != nil {
			list = append(list, Contract{Name: file.Path, Metrics: ofModel(p.Contract.Metrics)})
		}
	}
	return list
}

// namedProfile finds a profile by its name, and reports if there is none.
func (r *run) namedProfile(name string, library *spec.Library) *spec.Profile {
	p := library.Profile(name)
	if p == nil {
		r.result.Report.Add(&diag.Diagnostic{Severity: diag.Error, Message: "there is no profile and no file `" + name + "`"}).WithHelp("%s", profileHelp(name, library))
	}
	return p
}

// isPage reports whether a file is taken for what a /metrics page says: it is no YAML.
func isPage(file *diag.File) bool {
	ext := path.Ext(file.Path)
	return ext != ".yaml" && ext != ".yml"
}

// profileKey is what a profile begins with and a spec never has.
var profileKey = regexp.MustCompile(`(?m)^profile[ \t]*:`)

// profileIn reads the profile in a file; nil after reporting what is wrong with it. It is false for a file that
// holds another thing.
func (r *run) profileIn(ws *workspace, file *diag.File) (p *spec.Profile, is bool) {
	if !profileKey.Match(file.Data) {
		return nil, false
	}
	return ws.library.With([]*diag.File{file}, ws.spec, r.result.Report).Of(file), true
}

// planOf plans the spec in a file; nil after reporting what is wrong with it.
func (r *run) planOf(ws *workspace, file *diag.File) *plan.Plan {
	m := spec.Load(file, ws.spec, ws.library, r.result.Report)
	if m == nil {
		return nil
	}
	return planner.New(ws.library).Build(m, ws.spec, ws.plan, r.result.Report)
}

// scraped leaves out what is recorded.
func scraped(list []*metric.Metric) (out []*metric.Metric) {
	for _, m := range list {
		if m.Query == nil {
			out = append(out, m)
		}
	}
	return out
}

// ofModel leaves out what other targets have.
func ofModel(list []*metric.Metric) (out []*metric.Metric) {
	for _, m := range list {
		if m.Source == 0 {
			out = append(out, m)
		}
	}
	return out
}
