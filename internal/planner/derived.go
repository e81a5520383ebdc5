package planner

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/checks"
	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/internal/slo"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Objectives and checks become recording rules, panels and alerts, which are bound as those of roles are: from there
// on they are like any other.

// addDerived makes what the objectives and checks of the model consist of.
func (b *builder) addDerived() {
	env := &derive.Env{Model: b.model, Workspace: b.ws, Window: b.window(), Report: b.rep}
	mistaken := b.mistakes()
	for _, s := range b.model.SLOs {
		if s.Name.Value != "" && s.Objective.Value.IsPositive() && !mistaken(s.Span) { // what lacks them was reported when it was read
			b.addThing(slo.Make(env, s))
		}
	}
	b.addThing(slo.Tile(b.slos))
	for _, c := range b.model.Checks {
		if c.Name.Value != "" && !mistaken(c.Span) {
			b.addThing(checks.Make(env, c))
		}
	}
}

// mistakes says which entries of a spec have mistakes that were reported when it was read: what else could be said of
// them would follow from those.
func (b *builder) mistakes() func(entry diag.Span) bool {
	if b.rep.Errors() == 0 {
		return func(diag.Span) bool { return false }
	}
	list := b.rep.All()
	return func(entry diag.Span) bool {
		return slices.ContainsFunc(list, func(d *diag.Diagnostic) bool {
			return d.Severity == diag.Error && d.Span.File == entry.File && entry.Start <= d.Span.Start && d.Span.Start < entry.End
		})
	}
}

// addThing binds a thing; nil: it has mistakes, which were reported.
func (b *builder) addThing(t *derive.Thing) {
	if t == nil {
		return
	}
	p := &spec.Profile{Name: t.Key, Role: true, Rows: t.Rows, Tiles: t.Tiles}
	for _, a := range t.Alerts {
		p.Alerts = append(p.Alerts, &a.Alert)
	}
	bd := newBinding(p, t.Key, t.Source)
	bd.thing = t
	b.bindings = append(b.bindings, bd)
	if t.SLO != nil {
		b.slos = append(b.slos, t.SLO)
	}
}

// derivedRecords are the recording rules of objectives and checks. Of a thing whose rules have mistakes nothing is
// left: what follows from them is not reported.
func (b *builder) derivedRecords() (list []*recorded) {
	b.bindings = slices.DeleteFunc(b.bindings, func(bd *binding) bool {
		if bd.thing == nil {
			return false
		}
		made, ok := b.recordsOf(bd)
		if !ok {
			return true
		}
		list = append(list, made...)
		return false
	})
	return list
}

// recordsOf are the recording rules of one thing; false after reporting.
func (b *builder) recordsOf(bd *binding) (list []*recorded, ok bool) {
	for _, rec := range bd.thing.Records {
		if other := b.recorded.find(rec.Name, nil); other != nil && len(other.set) == 0 {
			b.rep.Errorf(bd.thing.Span, "`%s` is recorded twice", rec.Name).WithHelp("give one of the two another name").See(other.span, "the other one")
			return nil, false
		}
		r := &recorded{name: rec.Name, as: metric.Metric{Name: rec.Name, Type: metric.Gauge, Unit: rec.Unit}, set: rec.Set, group: rec.Group, used: true, span: bd.thing.Span}
		if rec.Authored != nil {
			r.authored = b.readAuthored(*rec.Authored)
		}
		if rec.Authored == nil || r.authored != nil {
			r.query = b.bind(bd, derive.Query(rec.Query))
		}
		list = append(list, r)
	}
	if slices.ContainsFunc(list, func(r *recorded) bool { return r.query == nil }) {
		return nil, false
	}
	for _, r := range list {
		b.recorded[r.name] = append(b.recorded[r.name], r)
	}
	return list, true
}

// readAuthored judges a query that an author wrote for an objective or a check; nil after reporting.
func (b *builder) readAuthored(text diag.Text) *plan.Written {
	failed := b.rep.Errors()
	q := b.parse(text, anySource)
	if q == nil {
		return nil
	}
	b.checkTokens(q, "a recording rule")
	b.checkType(q, "a recording rule records")
	b.checkPushed(q)
	b.checkMetrics(q)
	if b.rep.Errors() > failed {
		return nil
	}
	return b.written(q, false, promql.Use{Place: promql.InRecord}, 0)
}

// groupOf is where an alert is evaluated; nil: with the model's own rules.
func (bd *binding) groupOf(alert string) *plan.Group {
	if bd == nil || bd.thing == nil {
		return nil
	}
	for _, a := range bd.thing.Alerts {
		if a.Name.Value == alert {
			return a.Group
		}
	}
	return nil
}
