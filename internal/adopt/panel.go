package adopt

import (
	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// panels reads all panels in the order of reading: of the list, of collapsed rows, and of the rows that
// dashboards had before Grafana 5.
func (r *boardReader) panels(v *value) {
	repeat := "" // of the open row above
	for _, p := range v.get("panels").list() {
		if !p.isObject() {
			continue
		}
		row := r.panel(p, -1, repeat)
		if row.Kind != plan.Row {
			continue
		}
		repeat = row.Foreign.Repeat.Value
		r.inside(p, repeat)
	}
	for _, p := range v.get("rows").list() {
		if !p.isObject() {
			continue
		}
		row := r.panel(p, -1, "")
		row.Kind, row.Foreign.Type.Value = plan.Row, string(plan.Row)
		r.inside(p, row.Foreign.Repeat.Value)
	}
}

// inside reads the panels of the row that was read last.
func (r *boardReader) inside(row *value, repeat string) {
	index := len(r.board.Panels) - 1
	for _, p := range row.get("panels").list() {
		if p.isObject() {
			r.panel(p, index, repeat)
		}
	}
}

// kinds are the kinds of panel that have another name in JSON.
var kinds = map[string]plan.Kind{
	"graph": plan.TimeSeries, "singlestat": plan.Stat, "grafana-singlestat-panel": plan.Stat, "table-old": plan.Table, "alertlist": plan.Firing,
}

func (r *boardReader) panel(v *value, row int, repeat string) *plan.Panel {
	f := &plan.ForeignPanel{
		ID:          v.get("id").integer(),
		Type:        v.get("type").located(),
		Title:       v.get("title").located(),
		Description: v.get("description").located(),
		Datasource:  r.datasource(v.get("datasource")),
		Grid:        grid(v.get("gridPos")),
		Repeat:      v.get("repeat").located(),
		RowRepeat:   repeat,
		Clone:       v.get("repeatPanelId") != nil || v.get("repeatedByRow").isTrue(),
		Row:         row,
		Collapsed:   v.get("collapsed").isTrue() || v.get("collapse").isTrue(),
		Library:     v.get("libraryPanel") != nil,
		Transformed: len(v.get("transformations").list()) > 0,
		Mapped:      len(v.get("fieldConfig", "defaults", "mappings").list()) > 0,
		ShowsText:   v.get("options", "textMode").str() == "name" || v.get("options", "reduceOptions", "fields").str() != "",
		Links:       links(v.get("links")),
		Span:        v.span(),
		Head:        v.head(),
	}
	f.Unit, f.UnitOverrides = units(v)
	f.Min, f.Max = bounds(v)
	p := &plan.Panel{
		Kind: plan.Kind(f.Type.Value), Title: f.Title.Value, Description: f.Description.Value, Grid: f.Grid.Value,
		Unit: f.Unit.Value, Source: f.Title.Span, UnitSpan: f.Unit.Span, Repeat: f.Repeat.Value, Foreign: f,
		Min: exact(f.Min), Max: exact(f.Max),
	}
	if kind, ok := kinds[f.Type.Value]; ok {
		p.Kind = kind
	}
	if p.Source.IsZero() {
		p.Source = f.Head
	}
	r.board.Panels = append(r.board.Panels, p)
	r.targets(p, v.get("targets").list())
	if alert := v.get("alert"); alert != nil {
		r.alert(p, alert)
	}
	return p
}

func exact(n diag.Located[float64]) *decimal.Decimal {
	if !n.Given() {
		return nil
	}
	d := decimal.NewFromFloat(n.Value)
	return &d
}

func grid(v *value) diag.Located[plan.Grid] {
	if v.get("w") == nil || v.get("h") == nil {
		return diag.Located[plan.Grid]{}
	}
	n := func(name string) int { return v.get(name).integer().Value }
	return diag.At(plan.Grid{X: n("x"), Y: n("y"), W: n("w"), H: n("h")}, v.span())
}

// units finds the unit of a panel where panels of its age have it, and those of single series.
func units(v *value) (unit diag.Located[string], overrides []diag.Located[string]) {
	unit = v.get("fieldConfig", "defaults", "unit").located()
	switch v.get("type").str() {
	case "graph":
		if axes := v.get("yaxes").list(); len(axes) > 0 {
			unit = axes[0].get("format").located()
		}
	case "singlestat", "grafana-singlestat-panel":
		unit = v.get("format").located()
	case "heatmap":
		if !unit.Given() {
			unit = v.get("options", "yAxis", "unit").located()
		}
		if !unit.Given() {
			unit = v.get("yAxis", "format").located()
		}
	}
	for _, o := range v.get("fieldConfig", "overrides").list() {
		for _, property := range o.get("properties").list() {
			if property.get("id").str() == "unit" && property.get("value").isString() {
				overrides = append(overrides, property.get("value").located())
			}
		}
	}
	for _, style := range v.get("styles").list() {
		if u := style.get("unit").located(); u.Given() && style.get("type").str() == "number" {
			overrides = append(overrides, u)
		}
	}
	return unit, overrides
}

// bounds are those of the panel's values.
func bounds(v *value) (low, high diag.Located[float64]) {
	at := v.get("fieldConfig", "defaults")
	if axes := v.get("yaxes").list(); len(axes) > 0 {
		at = axes[0]
	}
	return at.get("min").number(), at.get("max").number()
}

// targets reads the queries of a panel: all of them, and those of Prometheus as queries.
func (r *boardReader) targets(p *plan.Panel, list []*value) {
	f := p.Foreign
	f.Targets = make([]plan.ForeignTarget, 0, len(list))
	for _, v := range list {
		if !v.isObject() {
			continue
		}
		d := f.Datasource
		if v.get("datasource") != nil {
			d = r.datasource(v.get("datasource"))
		} else if d.Type == "mixed" {
			d = plan.Datasource{}
		}
		text := v.get("expr").text()
		foreign := d.Type != "" && d.Type != prometheus || !v.get("expr").isString() && len(v.members) > 0 && isOtherLanguage(v)
		f.Targets = append(f.Targets, plan.ForeignTarget{
			RefID: v.get("refId").located(), Hidden: v.get("hide").isTrue(), Datasource: d, Empty: !foreign && text.Value == "",
			Instant: v.get("instant").isTrue(), Range: v.get("range").isTrue(), Span: v.span(),
		})
		target := &f.Targets[len(f.Targets)-1]
		if foreign {
			r.passed.add(d, v.head())
			continue
		}
		if target.Empty {
			continue
		}
		written := r.query(text, d, promql.InPanel)
		if written == nil {
			continue
		}
		legend := v.get("legendFormat").located()
		p.Queries = append(p.Queries, plan.Query{
			RefID: target.RefID.Value, Expr: text.Value, Legend: legend.Value, LegendSpan: legend.Span, Format: plan.Format(v.get("format").str()),
			Instant: target.Instant && !target.Range, MinStep: v.get("interval").str(), Written: written, Foreign: target,
		})
	}
}

// isOtherLanguage: the query is written in something that is not PromQL.
func isOtherLanguage(v *value) bool {
	for _, name := range [...]string{"rawSql", "query", "target", "bucketAggs", "queryText", "panelId", "expression", "measurement"} {
		if v.get(name) != nil {
			return true
		}
	}
	return false
}
