package planner

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// CheckProfile reports mistakes in the queries of a profile, whether a spec uses it or not: the syntax, and
// metrics that it does not declare. While planning, what reads a metric that the model lacks is left out, so
// that nobody would see a misspelt name.
func CheckProfile(p *spec.Profile, rep *diag.Report) {
	var scraped []*metric.Metric
	names := slices.Clone(builtIn)
	for _, m := range p.Metrics {
		if m.Query == nil {
			scraped = append(scraped, m)
		} else {
			names = append(names, m.Name)
		}
	}
	contract := metric.NewContract(scraped)
	unknown := map[string]*diag.Diagnostic{}
	for _, text := range profileQueries(p) {
		q := promql.Parse(*text, rep)
		if q == nil {
			continue
		}
		for _, s := range q.Selectors() {
			if _, ok := contract.Lookup(s.Name); ok || s.Name == "" || slices.Contains(names, s.Name) {
				continue
			}
			if first, ok := unknown[s.Name]; ok { // one mistake, one message
				first.See(s.NameSpan, "also here")
				continue
			}
			unknown[s.Name] = rep.Errorf(s.NameSpan, "profile `%s` has no metric `%s`", p.Name, s.Name).
				WithHelp("%s", diag.DidYouMean(s.Name, slices.Concat(names, contract.Names()), "declare it under `metrics`"))
		}
	}
}

// profileQueries are all queries of a profile.
func profileQueries(p *spec.Profile) (list []*diag.Text) {
	for _, m := range p.Metrics {
		list = append(list, m.Query)
	}
	for _, t := range p.Tiles {
		list = append(list, &t.Query)
	}
	for _, row := range p.Rows {
		for _, panel := range row.Panels {
			for i := range panel.Queries {
				list = append(list, &panel.Queries[i].Text)
			}
		}
	}
	for _, c := range p.Columns {
		list = append(list, &c.Query)
	}
	for _, m := range p.Marks {
		list = append(list, &m.Query)
	}
	for _, a := range p.Alerts {
		list = append(list, a.Query, a.Expr)
	}
	return slices.DeleteFunc(list, func(t *diag.Text) bool { return t == nil || t.Value == "" })
}
