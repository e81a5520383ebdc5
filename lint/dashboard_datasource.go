package lint

import (
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// datasourceRules are about where panels and variables ask.
var datasourceRules = []*Rule{hardCodedDatasource}

// fixedSource is a data source that is named by hand, and how often.
type fixedSource struct {
	first  diag.Span
	places int
}

var hardCodedDatasource = &Rule{
	Name: "hard-coded-datasource", Group: Dashboards, Severity: diag.Warning,
	Doc: "a dashboard that works with one data source only, by its name or uid",
	Run: func(p *Pass) {
		if p.foreign() == nil {
			return
		}
		order, sources := p.hardCoded()
		for _, ref := range order {
			s := sources[ref]
			p.Reportf(s.first, "the data source `%s` is named in %s: where it has another name, nothing is shown", ref, plural(s.places, "place", "places")).
				WithHelp("add a variable of type `datasource`, and refer to it: `${datasource}`")
		}
	},
}

// hardCoded lists the data sources that are named by hand, in the order of the file. Legacy alerts must do so.
func (p *Pass) hardCoded() (order []string, sources map[string]*fixedSource) {
	sources = map[string]*fixedSource{}
	seen := map[diag.Span]bool{}
	add := func(d plan.Datasource) {
		switch {
		case d.Ref == "" || d.Span.IsZero() || seen[d.Span], d.Type != "" && d.Type != "prometheus", len(promqlNames(d.Ref)) > 0:
			return
		}
		seen[d.Span] = true
		if sources[d.Ref] == nil {
			order = append(order, d.Ref)
			sources[d.Ref] = &fixedSource{first: d.Span}
		}
		sources[d.Ref].places++
	}
	for _, v := range p.foreignVariables() {
		add(v.Foreign.Datasource)
	}
	for panel := range p.foreignPanels() {
		f := panel.Foreign
		if panel.Kind == plan.Row || f.Alert != nil {
			continue
		}
		add(f.Datasource)
		for i := range f.Targets {
			add(f.Targets[i].Datasource)
		}
	}
	return order, sources
}
