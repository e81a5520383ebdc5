package adopt

import (
	"regexp"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// passedOn is a variable that a link sets: `var-pod=…`.
var passedOn = regexp.MustCompile(`\bvar-(\w+)`)

// references notes every variable that the dashboard names.
func (r *boardReader) references(board *value) {
	for _, m := range board.members {
		switch {
		case m.name == "templating":
			for i, v := range m.value.get("list").list() {
				r.inVariable(v, i)
			}
		case m.name != "__inputs" && m.name != "__requires":
			r.refer(m.value, m.name, -1)
		}
	}
}

// inVariable notes what the definition of a variable names. Values that were saved say nothing.
func (r *boardReader) inVariable(v *value, index int) {
	if v == nil {
		return
	}
	for _, m := range v.members {
		switch m.name {
		case "current", "options", "name", "label":
		default:
			r.refer(m.value, m.name, index)
		}
	}
}

// refer notes what a value names, and all that is in it. Name is that of the nearest member around it.
func (r *boardReader) refer(v *value, name string, variable int) {
	switch v.kind {
	case jsonObject:
		expanded := ""
		if name == "datasource" {
			expanded = name
		}
		for _, m := range v.members {
			inner := m.name
			if expanded != "" && inner == "uid" {
				inner = expanded
			}
			r.refer(m.value, inner, variable)
		}
	case jsonList:
		for _, item := range v.items {
			r.refer(item, name, variable)
		}
	case jsonString:
		r.referText(v, name, variable)
	}
}

func (r *boardReader) referText(v *value, name string, variable int) {
	add := func(of string, span diag.Span, expanded bool) {
		r.board.Foreign.References = append(r.board.Foreign.References, plan.Reference{Name: of, Span: span, Variable: variable, Expanded: expanded})
	}
	if name == "repeat" && v.str() != "" {
		add(v.str(), v.located().Span, true)
		return
	}
	value := v.str()
	found := promql.References(value)
	passed := passedOn.FindAllStringSubmatch(value, -1)
	if len(found) == 0 && len(passed) == 0 {
		return
	}
	text := v.text()
	for _, f := range found {
		add(f.Name, text.Range(f.Start, f.End), name == "datasource" || name == "title")
	}
	for _, p := range passed {
		add(p[1], text.Span, false)
	}
}
