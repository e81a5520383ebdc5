package lint

import (
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// layoutRules are about what tells panels apart, and where they stand.
var layoutRules = []*Rule{duplicatePanelID, duplicateRefID, duplicatePanelTitle, panelOffGrid, overlappingPanels, linkToNowhere}

var duplicatePanelID = &Rule{
	Name: "duplicate-panel-id", Group: Dashboards, Severity: diag.Error,
	Doc: "two panels with the same id",
	Run: func(p *Pass) {
		first := map[int]*plan.Panel{}
		for panel := range p.foreignPanels() {
			id := panel.Foreign.ID
			if !id.Given() || id.Value == 0 {
				continue
			}
			if other, ok := first[id.Value]; ok {
				p.Reportf(id.Span, "%s has the id of %s: links and alerts lead to one of them, and Grafana gives the other a new id", titled(panel), titled(other)).
					WithHelp("give each panel an id of its own").See(other.Foreign.ID.Span, "the same id")
				continue
			}
			first[id.Value] = panel
		}
	},
}

var duplicateRefID = &Rule{
	Name: "duplicate-ref-id", Group: Dashboards, Severity: diag.Error,
	Doc: "two queries of a panel with the same refId",
	Run: func(p *Pass) {
		for panel := range p.foreignPanels() {
			first := map[string]diag.Span{}
			for i := range panel.Foreign.Targets {
				ref := panel.Foreign.Targets[i].RefID
				if ref.Value == "" {
					continue
				}
				if other, ok := first[ref.Value]; ok {
					p.Reportf(ref.Span, "two queries of %s have the refId `%s`: the answer to one takes the place of the other's", titled(panel), ref.Value).
						WithHelp("give each query a refId of its own").See(other, "the same refId")
					continue
				}
				first[ref.Value] = ref.Span
			}
		}
	},
}

var duplicatePanelTitle = &Rule{
	Name: "duplicate-panel-title", Group: Dashboards, Severity: diag.Info,
	Doc: "two panels of a row with the same title that show different things",
	Run: func(p *Pass) {
		type key struct {
			title string
			row   *plan.Panel
		}
		first := map[key]*plan.Panel{}
		var row *plan.Panel
		for panel := range p.foreignPanels() {
			f := panel.Foreign
			if panel.Kind == plan.Row {
				row = panel
				continue
			}
			title := strings.ToLower(strings.TrimSpace(panel.Title))
			if title == "" || !isDrawn(panel) || f.Repeat.Value != "" {
				continue
			}
			other, ok := first[key{title, row}]
			if !ok {
				first[key{title, row}] = panel
				continue
			}
			if other.Kind == panel.Kind && !sameQueries(other, panel) {
				p.Reportf(f.Title.Span, "two panels are called `%s`, and show different things", panel.Title).
					WithHelp("say in the titles what tells them apart").See(other.Foreign.Title.Span, "the other one")
			}
		}
	},
}

func sameQueries(a, b *plan.Panel) bool {
	return slices.EqualFunc(a.Queries, b.Queries, func(x, y plan.Query) bool { return x.Expr == y.Expr })
}

// columns of Grafana's grid.
const columns = 24

var panelOffGrid = &Rule{
	Name: "panel-off-grid", Group: Dashboards, Severity: diag.Warning,
	Doc: "a panel that stands outside the 24 columns, or has no size",
	Run: func(p *Pass) {
		for panel := range p.foreignPanels() {
			g := panel.Foreign.Grid
			if !g.Given() || !offGrid(g.Value) {
				continue
			}
			const help = "the grid has 24 columns: `x` from 0 on, `w` and `h` at least 1, `x` + `w` at most 24"
			switch v := g.Value; {
			case v.W < 1 || v.H < 1:
				p.Reportf(g.Span, "%s is %d wide and %d high: nobody sees it", titled(panel), v.W, v.H).Help = help
			case v.X < 0 || v.Y < 0:
				p.Reportf(g.Span, "%s begins outside the grid, at %d, %d", titled(panel), v.X, v.Y).Help = help
			default:
				p.Reportf(g.Span, "%s ends at column %d of 24", titled(panel), v.X+v.W).Help = help
			}
		}
	},
}

func offGrid(g plan.Grid) bool { return g.X < 0 || g.Y < 0 || g.W < 1 || g.H < 1 || g.X+g.W > columns }

var overlappingPanels = &Rule{
	Name: "overlapping-panels", Group: Dashboards, Severity: diag.Warning,
	Doc: "two panels that stand on the same place",
	Run: func(p *Pass) {
		var placed []*plan.Panel
		for panel := range p.foreignPanels() {
			g := panel.Foreign.Grid
			if !g.Given() || offGrid(g.Value) {
				continue
			}
			i := slices.IndexFunc(placed, func(other *plan.Panel) bool {
				// The panels of a collapsed row stand where they will when it is opened.
				return other.Foreign.Row == panel.Foreign.Row && overlap(other.Grid, g.Value)
			})
			placed = append(placed, panel)
			if i >= 0 {
				p.Reportf(g.Span, "%s lies on %s: Grafana moves it down, and all below it", titled(panel), titled(placed[i])).
					WithHelp("give it a place of its own: rows of panels begin where the highest one above ends").See(placed[i].Foreign.Grid.Span, "the place of the other one")
			}
		}
	},
}

func overlap(a, b plan.Grid) bool {
	return a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H
}

var linkToNowhere = &Rule{
	Name: "link-to-nowhere", Group: Dashboards, Severity: diag.Warning,
	Doc: "a link without an address, or to a panel that is not there",
	Run: func(p *Pass) {
		f := p.foreign()
		if f == nil {
			return
		}
		judge := func(l *plan.ForeignLink, needsURL bool) {
			if needsURL && strings.TrimSpace(l.URL.Value) == "" {
				p.Reportf(l.Span, "the link `%s` has no address", l.Title).WithHelp("give it a `url`, or remove it")
			}
			if id, ok := ownPanel(l.URL.Value, f.UID.Value); ok && !p.hasPanel(id) {
				p.Reportf(l.URL.Span, "the link leads to panel %s of this dashboard, which has none with that id", id).WithHelp("take the `id` of the panel that is meant")
			}
		}
		for i := range f.Links {
			judge(&f.Links[i], f.Links[i].Type == "link")
		}
		for panel := range p.foreignPanels() {
			for i := range panel.Foreign.Links {
				judge(&panel.Foreign.Links[i], panel.Foreign.Links[i].Type == "" || panel.Foreign.Links[i].Type == "absolute")
			}
		}
	},
}

// promqlNames are the names of the variables that a text names.
func promqlNames(text string) (names []string) {
	for _, r := range promql.References(text) {
		names = append(names, r.Name)
	}
	return names
}
