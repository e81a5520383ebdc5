package dashboards

import (
	"fmt"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// variableJSON is the SDK's variable with a datasource of either form.
type variableJSON struct {
	dashboard.VariableModel
	Datasource any `json:"datasource,omitempty"`
}

func (s *speller) variable(v *plan.Variable) (*variableJSON, error) {
	switch v.Kind {
	case plan.DatasourceVariable:
		return s.datasourceVariable(v)
	case plan.QueryVariable:
		return s.queryVariable(v)
	case plan.CustomVariable:
		return s.customVariable(v)
	}
	return nil, fmt.Errorf("kind %q", v.Kind)
}

func (s *speller) datasourceVariable(v *plan.Variable) (*variableJSON, error) {
	model, err := dashboard.NewDatasourceVariableBuilder(v.Name).Label(title(v.Label)).Type(v.Query).Build()
	if err != nil {
		return nil, err
	}
	model.Refresh = cog.ToPtr(dashboard.VariableRefreshOnDashboardLoad)
	return quietVariable(model, nil), nil
}

func (s *speller) queryVariable(v *plan.Variable) (*variableJSON, error) {
	b := dashboard.NewQueryVariableBuilder(v.Name).Label(title(v.Label)).
		Query(dashboard.StringOrMap{String: &v.Query}).Definition(v.Query).
		Refresh(dashboard.VariableRefreshOnTimeRangeChanged).
		Sort(dashboard.VariableSortAlphabeticalAsc)
	if v.Multi {
		b.Multi(true).IncludeAll(true).Current(option("All", "$__all", true))
		if v.AllValue != "" {
			b.AllValue(v.AllValue)
		}
	}
	model, err := b.Build()
	if err != nil {
		return nil, err
	}
	return quietVariable(model, s.source), nil
}

// customVariable spells a list of options. Grafana before 8 makes the options from the query alone and
// knows no texts, so there the values are shown.
func (s *speller) customVariable(v *plan.Variable) (*variableJSON, error) {
	if len(v.Options) == 0 {
		return nil, fmt.Errorf("no options")
	}
	var query []string
	var options []dashboard.VariableOption
	for i, o := range v.Options {
		text, value := optionText(o.Text), strings.ReplaceAll(o.Value, ",", `\,`)
		switch {
		case !s.can.modernPanels || text == o.Value:
			text = o.Value
			query = append(query, value)
		default:
			query = append(query, text+" : "+value)
		}
		entry := option(text, o.Value, false)
		entry.Selected = cog.ToPtr(i == 0)
		options = append(options, entry)
	}
	current := options[0]
	current.Selected = nil
	model, err := dashboard.NewCustomVariableBuilder(v.Name).Label(title(v.Label)).
		Values(dashboard.StringOrMap{String: cog.ToPtr(strings.Join(query, ","))}).
		Current(current).Options(options).Build()
	if err != nil {
		return nil, err
	}
	return quietVariable(model, nil), nil
}

// optionText keeps what separates options, and text from value, out of the text of one.
func optionText(s string) string {
	return title(strings.NewReplacer(",", " ", " : ", " ").Replace(s))
}

// option is one option; as a list for a variable of several values.
func option(text, value string, multi bool) dashboard.VariableOption {
	if multi {
		return dashboard.VariableOption{
			Text:  dashboard.StringOrArrayOfString{ArrayOfString: []string{text}},
			Value: dashboard.StringOrArrayOfString{ArrayOfString: []string{value}},
		}
	}
	return dashboard.VariableOption{
		Text:  dashboard.StringOrArrayOfString{String: &text},
		Value: dashboard.StringOrArrayOfString{String: &value},
	}
}

// quietVariable drops what the SDK sets for kinds of variables that we do not use.
func quietVariable(v dashboard.VariableModel, source any) *variableJSON {
	v.Auto, v.AutoMin, v.AutoCount, v.AllowCustomValue, v.SkipUrlSync = nil, nil, nil, nil, nil
	return &variableJSON{VariableModel: v, Datasource: source}
}
