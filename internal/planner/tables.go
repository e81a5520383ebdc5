package planner

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// Tables to which several roles and profiles contribute a column each.
const (
	tableReplicas = "replicas"
	tableClasses  = "classes"
)

// table is a table with a line for each copy of the model server, or each predicted class; none if no
// column fits.
func (b *builder) table(name string) []*plan.Panel {
	join := ""
	p := &plan.Panel{Key: "table/" + name, ID: plan.PanelID("table/" + name), Kind: plan.Table, Mappings: []plan.Mapping{noData()}}
	switch name {
	case tableReplicas:
		if copies := b.copyLabel(); len(copies) > 0 {
			join = copies[0]
		}
		p.Title, p.Description, p.Grid = sentence(join)+"s", "One line for each "+join+", now.", plan.Grid{W: columns, H: 6}
		p.JoinByWidth = 290
		p.Storey = storeyInfrastructure
	case tableClasses:
		for _, m := range b.holders["classes"] {
			if l, ok := b.classLabel(m); ok {
				join = l.Name
			}
		}
		p.Title, p.Description, p.Grid = "Classes", "Each class in the "+b.recent()+", and its change against the past in percentage points.", plan.Grid{W: 12, H: 8}
		p.JoinByWidth = 110
		p.Storey = storeyModel
	}
	if join == "" {
		return nil
	}
	p.JoinBy, p.JoinByTitle = join, sentence(join)
	if name == tableClasses {
		p.JoinByTitle = "Class"
	}
	for _, c := range b.columns {
		if c.Table.Value != name {
			continue
		}
		// A column of another label would be a table of its own.
		if by, known := promql.ResultLabels(c.query.Expr()); !known || !slices.Contains(by, join) {
			continue
		}
		b.read(c.query)
		p.Queries = append(p.Queries, plan.Query{
			RefID: refID(len(p.Queries)), Expr: b.complete(c.query, inRow, 0).String(), Legend: c.Title.Value, Instant: true, Format: plan.FormatTable,
		})
		p.Columns = append(p.Columns, b.planColumn(c))
	}
	if len(p.Columns) == 0 {
		return nil
	}
	if name == tableReplicas && slices.Contains(b.variableLabels(), join) {
		p.JoinByLink = "/d/" + uid(b.model.Name.Value) + "/?${__url_time_range}&${datasource:queryparam}&var-" + join + "=${__value.raw}"
	}
	return []*plan.Panel{p}
}

func (b *builder) planColumn(c *columnItem) plan.Column {
	unit := c.Unit.Value
	if unit.IsZero() {
		unit = b.unit(c.query)
	}
	col := plan.Column{Title: c.Title.Value, Unit: unit.Grafana, Decimals: decimals(c.Decimals), Width: c.Width, Gauge: c.Gauge, Sort: c.Sort, Label: c.bd.label(c.Label.Value)}
	if c.Max != nil {
		col.Max = b.bound(c.Max, unit)
	}
	fine := colorText
	if c.Gauge {
		fine = colorEmphasis
	}
	col.Steps = []plan.Step{{Color: fine}}
	if l, ok := b.limitsOf(c.Limits.Value); ok {
		col.Steps = l.textSteps(fine)
	}
	if c.ChangeLimit != nil {
		if v, ok := b.quantity(*c.ChangeLimit, unit); ok {
			col.Steps = []plan.Step{{Color: colorWarn}, step(v.Neg(), colorText), step(v, colorWarn)}
		}
	}
	col.Mappings = b.valueTexts(c.Values)
	for i := range col.Mappings {
		col.Mappings[i].Color = colorText
		if col.Mappings[i].Value.IsZero() {
			col.Mappings[i].Color = colorCritical
		}
	}
	return col
}

// decimals of a number; nil (Grafana decides) where none were given.
func decimals(n int) *int {
	if n < 0 {
		return nil
	}
	return &n
}
