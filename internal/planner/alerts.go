package planner

import (
	"slices"
	"strings"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// alertItem is an alert on its way: what was written, merged, then its query and limits.
type alertItem struct {
	*spec.Alert
	bd *binding // what its query is bound to; nil: the author's own query
	// brought: a role or profile has it. changed: the author gave it another query, so that its limits no
	// longer say anything about the panels that came with it.
	brought, changed bool
	// from is the role or profile that brings it.
	from string
	// thing is the objective or check whose alert it is, group where it is evaluated; nil: none.
	thing *derive.Thing
	group *plan.Group
	// panel is the panel that the alert names.
	panel *panelItem
	// query is what is compared; nil for a raw expression that is not taken apart.
	query *query
	// raw is an `expr` carried whole.
	raw    *query
	window time.Duration
	unit   metric.Unit
	limits limits
	// text of the threshold as written: `300ms`.
	threshold string
	// forLinter is its query for the linter; the alerts of members share it.
	forLinter *plan.Written
	// planned is the result: one alert, or one for each member.
	planned []plannedAlert
}

// plannedAlert is an alert, and what it compares with its limits; no expression if it compares nothing.
type plannedAlert struct {
	*plan.Alert
	value promql.Expr
}

// readAlerts merges what profiles and roles bring with what the author wrote, and reads queries and
// limits. An alert without a condition that nobody completes is off.
func (b *builder) readAlerts() {
	var list []*alertItem
	byName := map[string]*alertItem{}
	for _, bd := range b.bindings {
		for _, a := range bd.Alerts {
			if !b.applies(bd, a.When) {
				continue
			}
			if other, ok := byName[a.Name.Value]; ok {
				b.rep.Errorf(a.Name.Span, "`%s` and `%s` both bring an alert `%s`", other.bd.key, bd.key, a.Name.Value)
				continue
			}
			copied := *a
			if bd.Name == roleRuns {
				copied.Condition = b.scaled(a.Condition)
			}
			item := &alertItem{Alert: &copied, bd: bd, brought: true, from: bd.Name, group: bd.groupOf(a.Name.Value), thing: bd.thing}
			byName[a.Name.Value], list = item, append(list, item)
		}
	}
	seen := map[string]*spec.Alert{}
	for _, a := range b.model.Alerts {
		if other, ok := seen[a.Name.Value]; ok {
			b.rep.Errorf(a.Name.Span, "two entries for the alert `%s`", a.Name.Value).
				WithHelp("put all changes into one entry").See(other.Name.Span, "the other one")
			continue
		}
		seen[a.Name.Value] = a
		item, brought := byName[a.Name.Value]
		switch {
		case a.Omit.Given() && !brought:
			b.rep.Errorf(a.Name.Span, "no alert `%s` to omit", a.Name.Value).
				WithHelp("%s", diag.DidYouMean(a.Name.Value, names(list), "roles and profiles bring: "+strings.Join(names(list), ", ")))
		case a.Omit.Given():
			list = slices.DeleteFunc(list, func(i *alertItem) bool { return i == item })
		case brought:
			patch(item, a)
		case b.isWhole(a, list):
			copied := *a // a Model is planned more than once: nothing of it changes
			list = append(list, &alertItem{Alert: &copied})
		}
	}
	for _, item := range list {
		if item.Condition == nil && item.Expr == nil {
			if item.changed {
				b.rep.Errorf(item.Name.Span, "the alert `%s` has no condition: that of its old query says nothing of the new one", item.Name.Value).
					WithHelp("say when it fires: `above:` or `below:`")
			}
			continue // else off until a spec gives it a limit
		}
		if b.readAlert(item) {
			b.nameSignal(item)
			b.merged = append(b.merged, item)
		}
	}
}

// nameSignal gives the signal of a brought alert another name if there is one of that name: two lines of the
// strip would not be told apart.
func (b *builder) nameSignal(item *alertItem) {
	again := func(other *alertItem) bool {
		shared := item.thing != nil && other.thing != nil
		return other.Signal.Value == item.Signal.Value && !shared
	}
	if item.Signal.Given() && item.Signal.Span.File != b.model.File && slices.ContainsFunc(b.merged, again) && item.from != "" {
		item.Signal.Value += " (" + item.from + ")"
	}
}

func names(list []*alertItem) (names []string) {
	for _, i := range list {
		names = append(names, i.Name.Value)
	}
	return names
}

// isWhole reports whether an alert of the author's own says what it looks at and when it fires.
func (b *builder) isWhole(a *spec.Alert, brought []*alertItem) bool {
	near := diag.Suggest(a.Name.Value, names(brought))
	switch {
	case a.Query == nil && a.Expr == nil && !a.Panel.Given():
		help := "say what it looks at: `query:`, `panel:` or `expr:`; to change an alert of a role or profile use its name"
		if near != "" {
			help = "did you mean `" + near + "`? An alert of its own needs `query:`, `panel:` or `expr:`"
		}
		b.rep.Errorf(a.Name.Span, "the alert `%s` looks at nothing", a.Name.Value).WithHelp("%s", help)
		return false
	case a.Condition == nil && a.Expr == nil:
		b.rep.Errorf(a.Name.Span, "the alert `%s` has no condition", a.Name.Value).
			WithHelp("say when it fires: `above:`, `below:`, `outside:`, `within:` or `absent:`")
		return false
	}
	return true
}

// patch changes the fields of a brought alert that the author gives (LANGUAGE rule 7).
func patch(item *alertItem, a *spec.Alert) {
	t := item.Alert
	if a.Query != nil || a.Expr != nil || a.Panel.Given() {
		t.Query, t.Expr, t.Panel, t.Source = a.Query, a.Expr, a.Panel, a.Source
		// What was said of the old query says nothing of the new one.
		t.Condition, t.Warn, t.Window = nil, diag.Located[string]{}, diag.Located[time.Duration]{}
		t.Reduce, t.Over = diag.Located[string]{}, diag.Located[time.Duration]{}
		t.Summary, t.Description = nil, nil
		if a.Expr != nil { // it may have no value to compare
			t.Signal = diag.Located[string]{}
		}
		item.bd, item.changed = nil, true
	}
	if a.Condition != nil {
		if t.Condition != nil && t.Condition.Op != a.Condition.Op {
			// The softer limit is on the other side, and the texts say the opposite.
			t.Warn, t.Summary, t.Description = diag.Located[string]{}, nil, nil
		}
		switch a.Condition.Op {
		case spec.Absent: // has its own duration, and no value to compare
			t.For, t.Signal = diag.Located[time.Duration]{}, diag.Located[string]{}
		case spec.Outside, spec.Within:
			t.Signal = diag.Located[string]{}
		}
		t.Condition = a.Condition
	}
	override(&t.Warn, a.Warn)
	override(&t.Window, a.Window)
	override(&t.Reduce, a.Reduce)
	override(&t.Over, a.Over)
	override(&t.For, a.For)
	override(&t.Severity, a.Severity)
	override(&t.Signal, a.Signal)
	override(&t.ID, a.ID)
	if a.Summary != nil {
		t.Summary = a.Summary
	}
	if a.Description != nil {
		t.Description = a.Description
	}
	if a.Runbook != nil {
		t.Runbook = a.Runbook
	}
	t.Name.Span, t.Span = a.Name.Span, a.Span
}

func override[T any](to *diag.Located[T], from diag.Located[T]) {
	if from.Given() {
		*to = from
	}
}

// readAlert finds the query and the limits of an alert; false after reporting.
func (b *builder) readAlert(item *alertItem) bool {
	failed := b.rep.Errors()
	item.window = item.Window.Value
	switch {
	case item.Panel.Given():
		b.alertOnPanel(item)
	case item.Query != nil:
		item.query = b.alertQuery(item, *item.Query)
	case item.Expr != nil:
		q := b.alertQuery(item, *item.Expr)
		if q == nil {
			break
		}
		if apart, ok := promql.TakeApart(q.Query); ok && item.Condition == nil {
			item.query = &query{Query: apart.Inner, source: q.source}
			number := diag.At(apart.Number, q.Span(apart.Start, apart.End))
			item.Condition = &spec.Condition{Op: spec.Op(apart.Op), Limits: []diag.Located[string]{number}, Span: item.Expr.Span}
		} else {
			item.raw = q
		}
	}
	if b.rep.Errors() > failed {
		return false
	}
	q := item.query
	if q == nil {
		q = item.raw
	}
	if q == nil {
		return false // a label is missing that the query of a role needs
	}
	if item.panel == nil {
		b.checkMetrics(q)
		if item.bd == nil {
			b.checkPushed(q)
		}
	}
	b.checkRule(q, item)
	if absent := item.Condition != nil && item.Condition.Op == spec.Absent; !absent && b.isNativeHistogram(q) {
		b.rep.Errorf(q.Span(0, len(q.Text())), "an alert compares numbers, and this is a histogram").
			WithHelp("ask it for a number, as in `histogram_quantile(0.95, …)` or `histogram_count(…)`")
	}
	if item.bd == nil {
		b.checkMember(q, "the alert `"+item.Name.Value+"`")
	}
	if item.Window.Span.File == b.model.File {
		b.checkWindow(item.Window.Span, q)
	}
	b.checkType(q, "an alert compares")
	b.checkLabels(q, item.Name.Span, b.setLabels())
	if item.raw != nil {
		b.checkRaw(item)
	} else {
		item.unit = b.unit(q)
		item.limits = b.readLimits(item)
	}
	b.checkReduce(item, failed)
	return b.rep.Errors() == failed
}

// alertQuery reads the query of an alert: bound to what a role or profile means, or the author's own.
func (b *builder) alertQuery(item *alertItem, text diag.Text) *query {
	if item.bd != nil {
		return b.bind(item.bd, text)
	}
	return b.parse(text, b.sourceNamed(item.Source))
}

// alertOnPanel finds the panel, and the query in it, that an alert names: `title` or `title/legend`.
func (b *builder) alertOnPanel(item *alertItem) {
	name := item.Panel.Value
	var titles []string
	for _, p := range b.panels {
		titles = append(titles, p.Title.Value)
	}
	candidates := b.panelsNamed(name)
	for n, p := range candidates {
		if p.broken {
			return
		}
		if rest, ok := strings.CutPrefix(name, p.Title.Value); ok {
			legend := strings.TrimPrefix(rest, "/")
			switch i := slices.IndexFunc(p.queries, func(q boundQuery) bool { return q.legend == legend }); {
			case rest == "" && len(p.queries) == 1:
				item.query = p.queries[0].query
			case rest == "":
				b.rep.Errorf(item.Panel.Span, "the panel `%s` has %d queries", name, len(p.queries)).
					WithHelp("name one of them: `%s/%s`", name, p.queries[0].legend).See(p.Title.Span, "the panel")
			case i < 0 && n+1 < len(candidates):
				continue // a panel of the same title may have it
			case i < 0:
				var legends []string
				for _, q := range p.queries {
					legends = append(legends, q.legend)
				}
				b.rep.Errorf(item.Panel.Span, "the panel `%s` has no query with the legend `%s`", p.Title.Value, legend).
					WithHelp("%s", diag.DidYouMean(legend, legends, "its legends are: "+strings.Join(legends, ", "))).See(p.Title.Span, "the panel")
			default:
				item.query = p.queries[i].query
			}
			item.panel = p
			if p.WholeRange && item.query != nil && !item.Window.Given() {
				b.rep.Errorf(item.Panel.Span, "the panel `%s` shows the whole time range, and an alert has none", p.Title.Value).
					WithHelp("say what the alert looks at: `window: 30m`").See(p.Window.Span, "`window: range`")
			}
			if item.window == 0 {
				item.window = p.Window.Value
			}
			return
		}
	}
	b.rep.Errorf(item.Panel.Span, "no panel `%s`", name).
		WithHelp("%s", diag.DidYouMean(name, titles, "name a panel by its title, or write the query here: `query:`"))
}

// panelsNamed returns the panels that a name may mean, the likeliest first: the author's own before
// brought ones, and a whole title before a title with a legend behind it.
func (b *builder) panelsNamed(name string) (list []*panelItem) {
	for _, whole := range []bool{true, false} {
		for _, own := range []bool{true, false} {
			for _, p := range b.panels {
				if own == (p.bd == nil) && (whole && name == p.Title.Value || !whole && strings.HasPrefix(name, p.Title.Value+"/")) {
					list = append(list, p)
				}
			}
		}
	}
	return list
}
