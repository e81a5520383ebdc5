package adopt

import (
	"regexp"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// variables reads the template variables.
func (r *boardReader) variables(list []*value) {
	for _, v := range list {
		if !v.isObject() {
			continue
		}
		f := &plan.ForeignVariable{
			Name:       v.get("name").located(),
			Type:       v.get("type").located(),
			Refresh:    v.get("refresh").integer(),
			IncludeAll: v.get("includeAll").boolean(),
			Multi:      v.get("multi").boolean(),
			AllValue:   v.get("allValue").located(),
			Hidden:     v.get("hide").integer().Value == 2,
			Datasource: r.datasource(v.get("datasource")),
			Regex:      v.get("regex").str(),
			Span:       v.span(),
			Head:       v.head(),
		}
		text := variableQuery(v)
		variable := plan.Variable{
			Kind: plan.VariableKind(f.Type.Value), Name: f.Name.Value, Label: v.get("label").str(),
			Query: text.Value, Multi: f.Multiple(), AllValue: f.AllValue.Value, Foreign: f,
		}
		if variable.Kind == plan.QueryVariable {
			f.Frozen = frozen(v)
			variable.Written = r.variableWritten(text, f)
		}
		if variable.Kind == plan.CustomVariable {
			for _, o := range v.get("options").list() {
				variable.Options = append(variable.Options, plan.Option{Text: o.get("text").str(), Value: o.get("value").str()})
			}
		}
		r.board.Variables = append(r.board.Variables, variable)
	}
}

// variableQuery is the text of a variable's query: a string, or an object that holds one.
func variableQuery(v *value) diag.Text {
	q := v.get("query")
	if q.isObject() {
		q = q.get("query")
	}
	return q.text()
}

// frozen finds values of a query that were saved with the variable. All, and nothing, are no values.
func frozen(v *value) diag.Span {
	if options := v.get("options"); len(options.list()) > 0 {
		for _, o := range options.list() {
			if s := o.get("value").str(); s != "" && s != allValue {
				return options.span()
			}
		}
	}
	current := v.get("current", "value")
	values := current.list()
	if current.isString() {
		values = []*value{current}
	}
	for _, c := range values {
		if s := c.str(); s != "" && s != allValue {
			return v.get("current").span()
		}
	}
	return diag.Span{}
}

// allValue is what Grafana saves when All is chosen.
const allValue = "$__all"

var (
	// valuesOf is a list of a label's values: of the series that a selector finds, or of all.
	valuesOf = regexp.MustCompile(`(?s)^\s*label_values\(\s*(?:(.+),\s*)?([a-zA-Z_$\[{][^,(){}]*\}?)\s*\)\s*$`)
	// resultOf is what a query returns, wantedNames the names of metrics or labels, which are no queries.
	resultOf    = regexp.MustCompile(`(?s)^\s*query_result\((.+)\)\s*$`)
	wantedNames = regexp.MustCompile(`(?s)^\s*(?:metrics|label_names)\(.*\)\s*$`)
)

// variableWritten finds the PromQL in the query of a variable; nil: there is none.
func (r *boardReader) variableWritten(text diag.Text, f *plan.ForeignVariable) *plan.Written {
	switch f.Datasource.Type {
	case prometheus, "":
	default:
		r.passed.add(f.Datasource, f.Head)
		return nil
	}
	if strings.TrimSpace(text.Value) == "" || wantedNames.MatchString(text.Value) {
		return nil
	}
	if m := valuesOf.FindStringSubmatchIndex(text.Value); m != nil {
		f.Source = diag.At(strings.TrimSpace(text.Value[m[4]:m[5]]), text.Range(m[4], m[5]))
		if m[2] < 0 {
			return nil
		}
		return r.query(text.Slice(m[2], m[3]), f.Datasource, promql.InVariable)
	}
	if m := resultOf.FindStringSubmatchIndex(text.Value); m != nil {
		return r.query(text.Slice(m[2], m[3]), f.Datasource, promql.InVariable)
	}
	if f.Datasource.Type == "" { // any other language
		r.passed.add(f.Datasource, f.Head)
		return nil
	}
	return r.query(text, f.Datasource, promql.InVariable)
}

// annotations reads the marks that a query makes.
func (r *boardReader) annotations(list []*value) {
	for _, v := range list {
		d := r.datasource(v.get("datasource"))
		text := v.get("expr").text()
		if text.Value == "" {
			text = v.get("target", "expr").text()
		}
		if text.Value == "" || d.Type != prometheus && d.Type != "" {
			continue
		}
		r.board.Annotations = append(r.board.Annotations, plan.Annotation{
			Name: v.get("name").str(), Expr: text.Value, Title: v.get("titleFormat").str(), Text: v.get("textFormat").str(),
			TagKeys: v.get("tagKeys").str(), Color: v.get("iconColor").str(), Step: v.get("step").str(), Hidden: v.get("hide").isTrue(),
			Written: r.query(text, d, promql.InPanel),
		})
	}
}
