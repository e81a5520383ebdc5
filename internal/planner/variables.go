package planner

import (
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// planVariables are the data source, the labels that readers choose, chained, and the past.
func (b *builder) planVariables(panels []*plan.Panel) []plan.Variable {
	list := []plan.Variable{{Kind: plan.DatasourceVariable, Name: "datasource", Label: "Data source", Query: "prometheus"}}
	var chain []promql.Variable
	if v, ok := b.memberVariable(); ok {
		choice := plan.Variable{Kind: plan.CustomVariable, Name: v.Name, Label: sentence(v.Label), Source: b.model.Members.Span}
		for _, value := range b.model.Members.Values.Exactly {
			choice.Options = append(choice.Options, plan.Option{Text: value, Value: value})
		}
		list, chain = append(list, choice), append(chain, v)
		b.checkMembers()
	}
	for _, label := range b.variableLabels() {
		if b.isMember(label) {
			b.rep.Errorf(b.variableSpan(label), "readers choose one `%s` already: it tells the members apart", label).
				WithHelp("leave it out here").See(b.model.Members.Span, "the members")
			continue
		}
		series, source := b.seriesWith(label)
		if series == "" {
			b.rep.Errorf(b.variableSpan(label), "no metric of the model has the label `%s`", label).
				WithHelp("%s", diag.DidYouMean(label, b.allLabels(), "declare the label under the `labels` of a metric"))
			continue
		}
		q := b.parse(diag.NewText(series, diag.Span{}), source)
		if q == nil {
			continue
		}
		if slices.Contains([]string{"datasource", "baseline", "window"}, label) || strings.HasPrefix(label, "__") {
			b.rep.Errorf(b.variableSpan(label), "a variable cannot be called `%s`: that name has a meaning of its own", label).
				WithHelp("give the label another name with `relabel_configs`, or leave the variable out")
			continue
		}
		text, err := q.Complete(promql.Context{
			Matchers: func(s promql.Selector) []metric.Matcher { return b.matchers(q, s) },
			Variables: func(s promql.Selector) []promql.Variable {
				return slices.DeleteFunc(slices.Clone(chain), func(v promql.Variable) bool { return !b.hasLabel(q, s.Name, v.Label) })
			},
		})
		if err != nil {
			b.rep.Errorf(b.variableSpan(label), "the values of `%s` cannot be asked for: %s", label, err)
		}
		list = append(list, plan.Variable{
			Kind: plan.QueryVariable, Name: label, Label: sentence(label),
			Query: "label_values(" + text + ", " + label + ")", Multi: true, AllValue: ".*", Source: b.variableSpan(label),
		})
		chain = append(chain, promql.Variable{Label: label, Name: label})
	}
	list = b.dropUnused(list, panels)
	if b.usesBaseline {
		list = append(list, plan.Variable{Kind: plan.CustomVariable, Name: "baseline", Label: "Compare with", Options: b.baselines(), Spoken: "$baseline ago"})
	}
	return list
}

// dropUnused leaves out variables that filter nothing: no panel, and no variable behind them. One that the
// author asked for by name is an error.
func (b *builder) dropUnused(list []plan.Variable, panels []*plan.Panel) []plan.Variable {
	var texts []string
	for _, p := range panels {
		for _, q := range p.Queries {
			texts = append(texts, q.Expr)
		}
	}
	var used []plan.Variable
	for _, v := range slices.Backward(list) {
		reads := func(text string) bool { return strings.Contains(text, `"$`+v.Name+`"`) }
		switch {
		case v.Kind != plan.QueryVariable, slices.ContainsFunc(texts, reads):
			used, texts = append(used, v), append(texts, v.Query)
		case b.rep.Errors() == b.failed && slices.ContainsFunc(b.model.Variables, func(w diag.Located[string]) bool { return w.Value == v.Name }):
			b.rep.Errorf(b.variableSpan(v.Name), "the variable `%s` filters nothing: no panel reads a metric with that label, unless its query chooses values itself", v.Name).
				WithHelp("remove it, or add a panel that it can filter")
		}
	}
	slices.Reverse(used)
	return used
}

// seriesWith is the series that the values of a variable are asked of: the first metric of the model
// server that has the label, of own metrics before those of profiles.
func (b *builder) seriesWith(label string) (name string, source int) {
	q := &query{source: 0}
	for _, m := range b.model.Metrics {
		if m.Source != 0 || m.Query != nil || m.Optional || strings.HasSuffix(m.Name, "*") {
			continue
		}
		part := m.Parts()[len(m.Parts())-1]
		if name := m.Name + part.Suffix(); b.hasLabel(q, name, label) {
			return name, 0
		}
	}
	if b.hasLabel(q, "up", label) && !b.scheduled() {
		return "up", 0
	}
	return "", 0
}
