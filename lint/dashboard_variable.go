package lint

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// variableRules are about template variables.
var variableRules = []*Rule{
	undefinedVariable, unusedVariable, duplicateVariable, cyclicVariables, variableOrder, multiValueInEquality, staleVariable, frozenVariable, allValueWithoutAll,
}

// variableIndex finds variables by name; of two with one name the first.
func (p *Pass) variableIndex() map[string]int {
	index := map[string]int{}
	for i, v := range p.foreignVariables() {
		if _, ok := index[v.Name]; !ok {
			index[v.Name] = i
		}
	}
	return index
}

// use is one place where a variable stands for something. Sure: what stands there cannot be text that only
// looks like a variable.
type use struct {
	span diag.Span
	sure bool
}

var undefinedVariable = &Rule{
	Name: "undefined-variable", Group: Dashboards, Severity: diag.Error,
	Doc: "a variable that the dashboard does not define",
	Run: func(p *Pass) {
		f := p.foreign()
		if f == nil {
			return
		}
		uses := map[string][]use{}
		var order []string
		index := p.variableIndex()
		add := func(name string, span diag.Span, sure bool) {
			if _, ok := index[name]; ok || strings.HasPrefix(name, "__") || slices.Contains(f.InputNames, name) {
				return // the dashboard, Grafana itself, or the import page gives it a value
			}
			if uses[name] == nil {
				order = append(order, name)
			}
			uses[name] = append(uses[name], use{span, sure})
		}
		for s := range p.Queries() {
			for _, t := range s.Query.Tokens() {
				add(t.Name, t.Span, t.Role != promql.RoleText)
			}
		}
		for _, r := range f.References {
			if r.Expanded {
				add(r.Name, r.Span, true)
			}
		}
		var names []string
		for _, v := range p.foreignVariables() {
			names = append(names, v.Name)
		}
		for _, name := range order {
			list := uses[name]
			d := p.Reportf(list[0].span, "no variable `%s` is defined", name)
			d.Help = diag.DidYouMean(name, names, "define it under `templating`, or write what it stands for")
			if len(list) > 1 {
				d.Message += ", and it stands in " + plural(len(list), "place", "places")
			}
			if !slices.ContainsFunc(list, func(u use) bool { return u.sure }) {
				d.Severity = diag.Warning
			}
		}
	},
}

var unusedVariable = &Rule{
	Name: "unused-variable", Group: Dashboards, Severity: diag.Warning,
	Doc: "a variable that changes nothing",
	Run: func(p *Pass) {
		f := p.foreign()
		if f == nil {
			return
		}
		used := map[string]bool{}
		for _, r := range f.References {
			if r.Variable < 0 || p.Plan.Dashboard.Variables[r.Variable].Name != r.Name {
				used[r.Name] = true
			}
		}
		passed := slices.ContainsFunc(f.Links, func(l plan.ForeignLink) bool { return l.PassesVariables })
		fixed, _ := p.hardCoded()
		for _, v := range p.foreignVariables() {
			switch v.Foreign.Type.Value {
			case "adhoc", "groupby": // they change every query
				continue
			case "datasource":
				if len(fixed) > 0 { // that is why
					continue
				}
			}
			if used[v.Name] || v.Name == "" {
				continue
			}
			d := p.Reportf(v.Foreign.Name.Span, "the variable `%s` is used nowhere: what a reader chooses changes nothing", v.Name).
				WithHelp("remove it, or use it in the queries that it should filter")
			if passed {
				d.Severity = diag.Info // links may hand it on
			}
		}
	},
}

var duplicateVariable = &Rule{
	Name: "duplicate-variable", Group: Dashboards, Severity: diag.Error,
	Doc: "two variables with one name",
	Run: func(p *Pass) {
		first := map[string]diag.Span{}
		for _, v := range p.foreignVariables() {
			at := v.Foreign.Name.Span
			if other, ok := first[v.Name]; ok && v.Name != "" {
				p.Reportf(at, "two variables are called `%s`: only one of them has a say", v.Name).WithHelp("rename one of them, or remove it").See(other, "the other one")
				continue
			}
			first[v.Name] = at
		}
	},
}

var multiValueInEquality = &Rule{
	Name: "multi-value-in-equality", Group: Dashboards, Severity: diag.Warning,
	Doc: "a variable with several values, compared with `=`",
	Run: func(p *Pass) {
		if p.foreign() == nil {
			return
		}
		index := p.variableIndex()
		for s := range p.Queries() {
			if name, span := p.multiInEquality(s, index); name != "" {
				p.Reportf(span, "`%s` can have several values, which no label equals: as soon as two are chosen, or All, nothing is found", name).
					WithHelp("write `=~` for `=`, `!~` for `!=`")
			}
		}
	},
}

// multiInEquality finds the first matcher of a query that compares a label with several values at once.
func (p *Pass) multiInEquality(s *Site, index map[string]int) (name string, span diag.Span) {
	for _, sel := range s.Query.Selectors() {
		for i, m := range sel.Matchers {
			if m.Type != labels.MatchEqual && m.Type != labels.MatchNotEqual {
				continue
			}
			for _, ref := range promqlNames(m.Value) {
				v, ok := index[ref]
				if ok && p.Plan.Dashboard.Variables[v].Foreign.Multiple() && !repeatedBy(s.Panel, ref) {
					return ref, sel.MatcherSpans[i]
				}
			}
		}
	}
	return "", diag.Span{}
}

// repeatedBy: the panel is drawn once for each value of the variable, so that it has one value in it.
func repeatedBy(panel *plan.Panel, name string) bool {
	return panel != nil && (panel.Foreign.Repeat.Value == name || panel.Foreign.RowRepeat == name)
}

var staleVariable = &Rule{
	Name: "variable-never-refreshes", Group: Dashboards, Severity: diag.Warning,
	Doc: "a variable that offers the values of the day on which it was saved",
	Run: func(p *Pass) {
		for _, v := range p.foreignVariables() {
			f := v.Foreign
			if v.Kind == plan.QueryVariable && f.Refresh.Value == 0 {
				p.Reportf(orHead(f.Refresh.Span, f.Head), "the values of `%s` are never asked for again: what came later cannot be chosen", v.Name).
					WithHelp("write `\"refresh\": 2`: whenever the time range changes; 1 is when the dashboard loads")
			}
		}
	},
}

var frozenVariable = &Rule{
	Name: "frozen-variable", Group: Dashboards, Severity: diag.Info,
	Doc: "values of a query that were saved with the dashboard",
	Run: func(p *Pass) {
		for _, v := range p.foreignVariables() {
			if at := v.Foreign.Frozen; !at.IsZero() && v.Foreign.Refresh.Value != 0 {
				p.Reportf(at, "the values that `%s` had when the dashboard was saved are part of it: noise in diffs, and the first choice of readers elsewhere", v.Name).
					WithHelp("write `\"current\": {}` and `\"options\": []`")
			}
		}
	},
}

var allValueWithoutAll = &Rule{
	Name: "all-value-without-all", Group: Dashboards, Severity: diag.Warning,
	Doc: "what All stands for, without a choice All",
	Run: func(p *Pass) {
		for _, v := range p.foreignVariables() {
			f := v.Foreign
			if f.AllValue.Value != "" && !f.IncludeAll.Value {
				p.Reportf(f.AllValue.Span, "`%s` has an `allValue`, and readers cannot choose All", v.Name).WithHelp("write `\"includeAll\": true`, or remove the `allValue`")
			}
		}
	},
}
