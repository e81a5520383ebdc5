package adopt

import (
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// boardReader reads one dashboard into a plan.
type boardReader struct {
	in    Input
	plan  *plan.Plan
	rep   *diag.Report
	board *plan.Dashboard
	// types are the kinds of data source that variables stand for, by the variable's name.
	types map[string]string
	// passed are queries that are not of Prometheus.
	passed passedOver
}

// readDashboard reads the JSON of a dashboard: alone, as the API wraps it, or as the spec of a resource.
func readDashboard(in Input, p *plan.Plan, rep *diag.Report) *plan.Plan {
	root, err := parseJSON(in.File)
	if err != nil {
		rep.Errorf(diag.Span{File: in.File, Start: err.at, End: min(err.at+1, len(in.File.Data))}, "%s", err.message).
			WithHelp("a dashboard is one JSON object, as Grafana exports it")
		return nil
	}
	v := unwrap(root)
	switch {
	case root.get("kind").str() == "ConfigMap":
		rep.Add(&diag.Diagnostic{Severity: diag.Info, Message: "what is inside a ConfigMap is not judged", Span: root.head()}).
			WithHelp("lint the files that it is made of")
		return p
	case v == nil:
		reportUnknown(in.File, rep)
		return nil
	}
	if isElements(v) {
		rep.Add(&diag.Diagnostic{Severity: diag.Info, Message: "dashboards of schema v2 are not judged", Span: v.head()}).
			WithHelp("export it in the classic form to have it judged")
		return p
	}
	r := &boardReader{in: in, plan: p, rep: rep, board: &plan.Dashboard{}, types: map[string]string{}}
	p.Dashboard = r.board
	r.head(v)
	r.inputs(v.get("__inputs"))
	variables := v.get("templating", "list").list()
	r.datasourceVariables(variables)
	r.variables(variables)
	r.annotations(v.get("annotations", "list").list())
	r.panels(v)
	r.references(v)
	r.passed.report(rep)
	return p
}

// unwrap finds the dashboard in what the file holds; nil: there is none.
func unwrap(root *value) *value {
	if isDashboard(root) {
		return root
	}
	for _, name := range [...]string{"dashboard", "spec"} {
		if inner := root.get(name); isDashboard(inner) {
			return inner
		}
	}
	return nil
}

func isDashboard(v *value) bool {
	return v.get("panels").isList() || v.get("rows").isList() || v.get("templating").isObject() || isElements(v) ||
		v.get("schemaVersion") != nil && v.get("title").isString()
}

// isElements: the dashboard is of schema v2, where panels are the elements of a layout.
func isElements(v *value) bool { return v.get("elements").isObject() && v.get("layout").isObject() }

// kindOf tells what an object of JSON is. One that could be a spec, which YAML would read as well, is Unknown;
// what cannot be anything is taken for a dashboard, as broken JSON is.
func kindOf(root *value) Kind {
	switch kind := root.get("kind").str(); {
	case unwrap(root) != nil:
		return Dashboard
	case root.get("groups") != nil, kind == "PrometheusRule", strings.HasSuffix(kind, "List"):
		return Rules
	case root.get("model") != nil, strings.HasPrefix(root.get("version").str(), "mlobs/"):
		return Unknown
	}
	return Dashboard
}

// head reads what the dashboard says of itself.
func (r *boardReader) head(v *value) {
	f := &plan.ForeignDashboard{
		Title:       v.get("title").located(),
		UID:         v.get("uid").located(),
		Description: v.get("description").located(),
		Schema:      v.get("schemaVersion").integer(),
		ID:          v.get("id").integer(),
		Editable:    v.get("editable").boolean(),
		Refresh:     v.get("refresh").located(),
		From:        v.get("time", "from").located(),
		Size:        len(r.in.File.Data),
		Head:        v.head(),
		Links:       links(v.get("links")),
	}
	r.board.Foreign = f
	r.board.Title, r.board.UID, r.board.Description = f.Title.Value, f.UID.Value, f.Description.Value
	r.board.From, r.board.Refresh = f.From.Value, f.Refresh.Value
	for _, tag := range v.get("tags").list() {
		r.board.Tags = append(r.board.Tags, tag.str())
	}
}

// inputs reads what the import page asks for: each is a variable while importing.
func (r *boardReader) inputs(v *value) {
	for _, input := range v.list() {
		name := input.get("name").str()
		if name == "" {
			continue
		}
		r.board.Foreign.Inputs = v.span()
		r.board.Foreign.InputNames = append(r.board.Foreign.InputNames, name)
		r.types[name] = input.get("pluginId").str()
	}
}

func links(v *value) (list []plan.ForeignLink) {
	for _, l := range v.list() {
		if !l.isObject() {
			continue
		}
		link := plan.ForeignLink{
			Title:           l.get("title").str(),
			Type:            l.get("type").str(),
			URL:             l.get("url").located(),
			PassesVariables: l.get("includeVars").isTrue(),
			Span:            l.span(),
		}
		for _, tag := range l.get("tags").list() {
			link.Tags = append(link.Tags, tag.str())
		}
		list = append(list, link)
	}
	return list
}
