package planner

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// An author's panel with the title of one that a role or profile brings changes that one (LANGUAGE rule 7):
// under `dashboard: panels:` where it stands, in a row of the author's it moves there. Its identity stays.

// changePanels applies what `dashboard: panels:` says.
func (b *builder) changePanels() {
	for _, p := range b.model.Panels {
		if !b.changePanel(p, nil) {
			titles := b.broughtTitles()
			b.rep.Errorf(p.Title.Span, "no role or profile brings a panel `%s`", p.Title.Value).
				WithHelp("%s", diag.DidYouMean(p.Title.Value, titles, "a panel of your own stands in a row under `dashboard: rows:`"))
		}
	}
}

func (b *builder) broughtTitles() (titles []string) {
	for _, item := range b.panels {
		if item.bd != nil {
			titles = append(titles, item.Title.Value)
		}
	}
	return titles
}

// changePanel changes the brought panel of that title; false if there is none. In a row of the author's the
// panel moves there.
func (b *builder) changePanel(p *spec.Panel, row *spec.Row) bool {
	i := slices.IndexFunc(b.panels, func(item *panelItem) bool { return item.bd != nil && item.Title.Value == p.Title.Value })
	if i < 0 {
		return b.omitted[p.Title.Value]
	}
	item := b.panels[i]
	if first := b.changed[item.key]; first != nil {
		b.rep.Errorf(p.Title.Span, "two entries change the panel `%s`", p.Title.Value).WithHelp("put all changes into one entry").See(first.Title.Span, "the other one")
		return true
	}
	b.changed[item.key] = p
	if p.ID.Given() {
		b.rep.Errorf(p.ID.Span, "the panel `%s` of a role or profile has its identity already", p.Title.Value).WithHelp("leave `id` out")
	}
	changed := *item.Panel // a Profile is used by many models: nothing of it changes
	item.Panel = &changed
	if len(p.Queries) > 0 { // what was said of the old query says nothing of the new one
		changed = spec.Panel{Title: changed.Title, ID: changed.ID, Width: changed.Width, Height: changed.Height, Order: changed.Order, Queries: p.Queries, Span: p.Span}
	}
	override(&changed.Description, p.Description)
	override(&changed.Type, p.Type)
	override(&changed.Unit, p.Unit)
	override(&changed.Repeat, p.Repeat)
	override(&changed.Source, p.Source)
	if p.Window.Given() {
		changed.Window, changed.WholeRange = p.Window, p.WholeRange
	}
	if p.Min != nil {
		changed.Min = p.Min
	}
	if p.Max != nil {
		changed.Max = p.Max
	}
	if p.Thresholds != nil {
		changed.Thresholds = p.Thresholds
	}
	if p.Values != nil {
		changed.Values = p.Values
	}
	if p.Width > 0 {
		changed.Width = p.Width
	}
	if p.Stack != nil {
		changed.Stack = p.Stack
	}
	switch {
	case len(p.Queries) > 0:
		item.queries = nil
		b.readAuthorQueries(item)
	case p.Window.Given():
		b.checkWindow(p.Window.Span, item.reads()...)
	}
	if row != nil {
		item.row, item.storey = row, orElse(row.Storey.Value, storeyModel)
	}
	return true
}

// changeOf is the entry that changes, or leaves out, the brought panel of that title; nil: none.
func (b *builder) changeOf(title string) *spec.Panel {
	lists := [][]*spec.Panel{b.model.Panels}
	for _, row := range b.model.Rows {
		lists = append(lists, row.Panels)
	}
	for _, list := range lists {
		for _, p := range list {
			if p.Title.Value == title {
				return p
			}
		}
	}
	return nil
}

// isPanel reports whether an author's panel of its own is whole; false after reporting.
func (b *builder) isPanel(p *spec.Panel) bool {
	switch {
	case p.Omit.Given():
		b.rep.Errorf(p.Title.Span, "no panel `%s` to omit", p.Title.Value).
			WithHelp("%s", diag.DidYouMean(p.Title.Value, b.broughtTitles(), "`omit` is for panels that a role or profile brings"))
		return false
	case len(p.Queries) == 0:
		b.rep.Errorf(p.Title.Span, "the panel `%s` has no query", p.Title.Value).
			WithHelp("%s", diag.DidYouMean(p.Title.Value, b.broughtTitles(), "write `query:`; to change a panel that a role or profile brings use its title"))
		return false
	}
	return true
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
