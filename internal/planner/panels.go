package planner

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// panelItem is a panel on its way: what was written, with its queries bound.
type panelItem struct {
	*spec.Panel
	bd      *binding // nil: the author's own
	key     string
	storey  string
	queries []boundQuery
	// row is the author's row that it stands in; nil: where its role or profile puts it.
	row *spec.Row
	// broken: mistakes in its queries were reported; an alert on it is not told of them again.
	broken bool
}

type tileItem struct {
	*spec.Tile
	bd    *binding
	key   string
	query *query
}

type columnItem struct {
	*spec.Column
	bd    *binding
	query *query
}

// The storeys in the order of reading, with their titles.
const (
	storeyInterface      = "interface"
	storeyObjectives     = derive.Objectives
	storeyChecks         = derive.Checks
	storeyModel          = "model"
	storeyInfrastructure = "infrastructure"
)

var storeys = []struct{ name, title string }{
	{storeyInterface, "Interface: what callers get"},
	{storeyObjectives, "Objectives: what was promised"},
	{storeyModel, "Model: what it answers"},
	{storeyChecks, "Checks: is it still what it was"},
	{storeyInfrastructure, "Infrastructure: what it runs on"},
}

// readPanels binds the queries of all panels, tiles and columns. What needs a label or metric that the
// model lacks is left out: a panel is never drawn empty.
func (b *builder) readPanels() {
	b.omitted, b.changed = map[string]bool{}, map[string]*spec.Panel{}
	for _, bd := range b.bindings {
		for _, row := range bd.Rows {
			for _, p := range row.Panels {
				if !b.applies(bd, p.When) {
					continue
				}
				item := &panelItem{Panel: bd.titled(p), bd: bd, key: bd.key + "/" + panelKey(p), storey: cmp.Or(row.Storey.Value, storeyModel)}
				change := b.changeOf(item.Title.Value)
				switch {
				case change != nil && change.Omit.Given():
					b.omitted[item.Title.Value] = true
				case b.bindQueries(item), change != nil && len(change.Queries) > 0:
					b.addBrought(item)
				}
			}
		}
		for _, t := range bd.Tiles {
			if !b.applies(bd, t.When) {
				continue
			}
			again := slices.ContainsFunc(b.tiles, func(other *tileItem) bool { return other.Title.Value == t.Title.Value })
			if q := b.bind(bd, t.Query); q != nil && !again {
				b.tiles = append(b.tiles, &tileItem{t, bd, bd.key + "/tile-" + slug(t.Title.Value), q})
			}
		}
		for _, c := range bd.Columns {
			if !b.applies(bd, c.When) {
				continue
			}
			if q := b.bind(bd, c.Query); q != nil {
				b.columns = append(b.columns, &columnItem{c, bd, q})
			}
		}
	}
	slices.SortStableFunc(b.panels, func(x, y *panelItem) int { return cmp.Compare(x.Order, y.Order) })
	slices.SortStableFunc(b.columns, func(x, y *columnItem) int { return cmp.Compare(x.Order, y.Order) })
	b.changePanels()
	b.readAuthorPanels()
}

// titled is a panel of a role under the title that it has here: "by worker" is "by pod" where pods are all
// that there is.
func (bd *binding) titled(p *spec.Panel) *spec.Panel {
	before, ok := strings.CutSuffix(p.Title.Value, " by worker")
	workers := bd.renaming.Labels[labelWorker]
	if !ok || len(workers) != 1 {
		return p
	}
	named := *p // a role is used by many models: nothing of it changes
	named.Title.Value = before + " by " + strings.ReplaceAll(workers[0], "_", " ")
	return &named
}

// addBrought appends a panel. That of a role which several metrics have is drawn once, with a query for each.
func (b *builder) addBrought(item *panelItem) {
	if item.bd.Many {
		for _, other := range b.panels {
			if other.key == item.key {
				other.queries = append(other.queries, item.queries...)
				return
			}
		}
	}
	for _, other := range b.panels {
		if other.Title.Value == item.Title.Value && other.storey == item.storey {
			named := *item.Panel // two of one title are not told apart
			named.Title.Value += " (" + item.bd.Name + ")"
			item.Panel = &named
		}
	}
	b.panels = append(b.panels, item)
}

// readAuthorPanels appends the author's panels. Two with the same key would share their id, and links
// and alerts would point at the wrong one: an error, not a counter.
func (b *builder) readAuthorPanels() {
	seen := map[string]*spec.Panel{}
	rows := map[string]*spec.Row{}
	for _, row := range b.model.Rows {
		if other, ok := rows[slug(row.Title.Value)]; ok {
			b.rep.Errorf(row.Title.Span, "two rows have the title `%s`", row.Title.Value).
				WithHelp("put the panels into one row, or give one of them another title").See(other.Title.Span, "the other one")
		}
		rows[slug(row.Title.Value)] = row
		for _, p := range row.Panels {
			if b.changePanel(p, row) || !b.isPanel(p) {
				continue
			}
			key := panelKey(p)
			if other, ok := seen[key]; ok {
				b.rep.Errorf(keySpan(p), "two panels have the key `%s`", key).
					WithHelp("the key comes from the title and keeps the panel's identity: give one of them another title, or an `id:`").
					See(keySpan(other), "the other one")
				continue
			}
			seen[key] = p
			item := &panelItem{Panel: p, key: key, storey: cmp.Or(row.Storey.Value, storeyModel), row: row}
			b.readAuthorQueries(item)
			b.panels = append(b.panels, item)
		}
	}
}

// readAuthorQueries binds and checks the queries of an author's panel.
func (b *builder) readAuthorQueries(item *panelItem) {
	failed := b.rep.Errors()
	if b.bindQueries(item) {
		for _, q := range item.queries {
			b.checkQuery(q.query)
			b.checkType(q.query, "a panel draws")
		}
	}
	if item.Window.Given() && b.rep.Errors() == failed {
		b.checkWindow(item.Window.Span, item.reads()...)
	}
	item.broken = b.rep.Errors() > failed
}

// reads are the queries of a panel.
func (item *panelItem) reads() (queries []*query) {
	for _, q := range item.queries {
		queries = append(queries, q.query)
	}
	return queries
}

// keySpan is where the key of a panel was written.
func keySpan(p *spec.Panel) diag.Span {
	if p.ID.Given() {
		return p.ID.Span
	}
	return p.Title.Span
}

func panelKey(p *spec.Panel) string {
	if p.ID.Given() {
		return slug(p.ID.Value)
	}
	return slug(p.Title.Value)
}

// bindQueries parses and binds the queries of a panel; false if the panel is left out. Of a panel that is
// brought only the queries are left out that need what the model lacks, as long as one remains.
func (b *builder) bindQueries(item *panelItem) bool {
	for _, pq := range item.Queries {
		var q *query
		legend := pq.Legend.Value
		own := item.bd == nil || pq.Text.Span.File == b.model.File
		if own {
			q = b.parse(pq.Text, b.sourceNamed(item.Source))
		} else {
			q = b.bind(item.bd, pq.Text)
			legend = promql.RenameLegend(legend, item.bd.renaming.Labels)
			if item.bd.holder != nil {
				legend = strings.ReplaceAll(legend, "$metric", item.bd.holder.Name)
			}
		}
		switch {
		case q != nil:
			item.queries = append(item.queries, boundQuery{q, legend, b.ownSpan(pq.Legend.Span)})
		case own:
			return false
		}
	}
	return len(item.queries) > 0
}

// ownSpan is a place in the author's file; zero for one in a role or profile.
func (b *builder) ownSpan(at diag.Span) diag.Span {
	if at.File != b.model.File {
		return diag.Span{}
	}
	return at
}

// checkQuery reports what is wrong with an author's query whatever its place: metrics that nobody
// declared, and variables that do not exist.
func (b *builder) checkQuery(q *query) {
	b.checkMetrics(q)
	b.checkPushed(q)
	for _, t := range q.Tokens() {
		if t.Role == promql.RoleText && !b.isVariable(t.Name) && !inSelector(q, t) {
			continue // a dollar sign in a string is none of ours
		}
		switch {
		case slices.Contains([]string{"baseline", "window", "__rate_interval", "__interval", "__range"}, t.Name), b.isVariable(t.Name):
		default:
			known := append([]string{"window", "__range"}, b.variableLabels()...)
			b.rep.Errorf(t.Span, "undefined variable `%s`", t.Text).
				WithHelp("%s", diag.DidYouMean(t.Name, known, "name its label under `dashboard: variables:`"))
		}
	}
}

// inSelector reports whether the token stands in a selector: in the value of a matcher.
func inSelector(q *query, t promql.Token) bool {
	return slices.ContainsFunc(q.Selectors(), func(s promql.Selector) bool {
		return s.Span.File == t.Span.File && s.Span.Start <= t.Span.Start && t.Span.End <= s.Span.End
	})
}

// autoLegend names the series of a query by the labels that they have; a single series by the title.
func (b *builder) autoLegend(q *query, title string) string {
	labels, known := b.resultLabels(q)
	if !known && !b.pws.Grafana.Version.AtLeast(8, 5) {
		return "" // all labels; later versions show those that differ
	}
	if !known {
		return "__auto"
	}
	if len(labels) == 0 {
		return title
	}
	for _, g := range q.Groupings() { // in the order that the author chose, if that names them all
		var written []string
		for _, l := range g.Labels {
			if slices.Contains(labels, l.Value) {
				written = append(written, l.Value)
			}
		}
		if g.Kind == "by" && len(written) == len(labels) {
			labels = written
			break
		}
	}
	return "{{" + strings.Join(labels, "}} / {{") + "}}"
}

// panelUnit is the unit of a panel's queries: what is written, else what they all have.
func (b *builder) panelUnit(item *panelItem) metric.Unit {
	if item.Unit.Given() {
		return item.Unit.Value
	}
	var unit metric.Unit
	for i, q := range item.queries {
		u := b.unit(q.query)
		if i > 0 && u != unit {
			return metric.Unit{}
		}
		unit = u
	}
	return unit
}
