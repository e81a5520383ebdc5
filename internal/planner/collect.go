package planner

import (
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// binding is a role or profile as it applies to this model: what its names mean here.
type binding struct {
	*spec.Profile
	// key begins the identity of everything derived: `role/latency`, `profile/kubernetes`.
	key string
	// source is where its metrics come from.
	source int
	// holder is the metric that has the role; nil for profiles and for the role of all models.
	holder   *metric.Metric
	renaming promql.Renaming
	// thing is the objective or check that it is; nil: a role or profile.
	thing *derive.Thing
	// absent are its metrics that this model cannot have; what reads them is left out.
	absent map[string]bool
}

// roleTargets is the role that every model has.
const roleTargets = "targets"

// collect finds the roles and profiles that apply and binds their placeholders.
func (b *builder) collect() {
	b.addRole(roleTargets, nil)
	b.holders = map[string][]*metric.Metric{}
	for _, m := range b.model.Metrics {
		if m.Role != "" && !m.Optional {
			b.hold(m)
		}
	}
	for _, m := range b.model.Metrics {
		if slices.Contains(b.holders[m.Role], m) {
			b.addRole(m.Role, m)
		}
	}
	for _, u := range b.model.Uses {
		b.addProfile(u)
	}
	b.addRuns()
	b.addDerived()
}

// hold decides whether a metric has its role: of one's own metrics and those of profiles the own one, else
// the first; all of them if many may have it. Own metrics come first.
func (b *builder) hold(m *metric.Metric) {
	holders := b.holders[m.Role]
	role := b.lib.Role(m.Role)
	switch many := role != nil && role.Many; {
	case many, len(holders) == 0:
		b.holders[m.Role] = append(holders, m)
	case !m.Brought:
		first := holders[0]
		b.rep.Errorf(m.RoleSpan, "two metrics have the role `%s`", m.Role).
			WithHelp("the role's panels and alerts are made for one metric: take the role from `%s` or `%s`", first.Name, m.Name).
			See(first.RoleSpan, "the other one")
	}
}

// hasRole reports whether a metric of the model has the role.
func (b *builder) hasRole(role string) bool { return len(b.holders[role]) > 0 }

// applies reports whether a thing of a profile or role is there for this model.
func (b *builder) applies(bd *binding, w spec.When) bool {
	is := func(list []diag.Located[string], word string) bool {
		return len(list) == 0 || slices.ContainsFunc(list, func(l diag.Located[string]) bool { return l.Value == word })
	}
	return !slices.ContainsFunc(w.Unless, func(role diag.Located[string]) bool { return b.hasRole(role.Value) }) &&
		!b.isChecked(bd, w.UnlessCheck) &&
		is(w.Traffic, string(b.model.Traffic.Kind)) &&
		(bd.holder == nil || is(w.Types, string(bd.holder.Type)) && (len(w.Units) == 0 || slices.ContainsFunc(w.Units, func(u diag.Located[metric.Unit]) bool { return u.Value == bd.holder.Unit })))
}

// isChecked reports whether a check of the kind looks at the metric that has the role: it says the same with the author's
// own limits, and two alerts for one fact are one too many.
func (b *builder) isChecked(bd *binding, kind diag.Located[string]) bool {
	return kind.Given() && bd.holder != nil && slices.ContainsFunc(b.model.Checks, func(c *spec.Check) bool {
		named := func(name diag.Located[string]) bool { return name.Value == bd.holder.Name }
		return string(c.Kind.Value) == kind.Value && (c.Role.Value == bd.holder.Role || slices.ContainsFunc(c.Metrics, named))
	})
}

// addProfile binds what a profile brings: its names are the model's, but for `prefix` and `rename`.
func (b *builder) addProfile(u *spec.Use) {
	bd := newBinding(u.Profile, "profile/"+u.Profile.Name, u.Source)
	for _, m := range u.Profile.Metrics {
		name := m.Name
		if to, ok := u.Renamed[m.Name]; ok {
			name = to
			bd.renaming.Metrics[m.Name] = to
		}
		if !slices.ContainsFunc(b.model.Metrics, func(have *metric.Metric) bool {
			return have.Name == name && (have.Source == u.Source || !have.Brought) && !have.Optional
		}) {
			bd.absent[m.Name] = true // optional, left out, or of another version of the stack
		}
	}
	for from, to := range u.Labels {
		if bd.renaming.Labels == nil {
			bd.renaming.Labels = map[string][]string{}
		}
		bd.renaming.Labels[from] = []string{to}
	}
	b.bindings = append(b.bindings, bd)
}

// addRole binds a role to the metric that has it; m is nil for the role of all models.
func (b *builder) addRole(name string, m *metric.Metric) {
	role := b.lib.Role(name)
	if role == nil { // the loader knows all roles: only a metric of a newer profile can get here
		b.rep.Errorf(m.RoleSpan, "unknown role `%s`", name)
		return
	}
	bound := newBinding(role, "role/"+name, 0)
	bound.holder = m
	bound.renaming.Labels = b.placeholderLabels(role, m)
	if m != nil {
		bound.source = m.Source
		for _, placeholder := range role.Metrics {
			if !b.bindPlaceholder(bound, placeholder) {
				return
			}
		}
	}
	b.bindings = append(b.bindings, bound)
}

// bindPlaceholder says which metric of the model a placeholder of a role is; false after reporting.
func (b *builder) bindPlaceholder(bound *binding, placeholder *metric.Metric) bool {
	m, r := bound.holder, &bound.renaming
	selected := func(matchers []metric.Matcher) {
		if len(matchers) == 0 {
			bound.absent[placeholder.Name] = true
			return
		}
		if r.Matchers == nil {
			r.Matchers = map[string][]metric.Matcher{}
		}
		r.Metrics[placeholder.Name], r.Matchers[placeholder.Name] = m.Name, matchers
	}
	switch {
	case placeholder.Query != nil: // named when it is recorded
	case placeholder.Role != "":
		if !b.hasRole(placeholder.Role) {
			bound.absent[placeholder.Name] = true
			break
		}
		r.Metrics[placeholder.Name] = b.holders[placeholder.Role][0].Name
	case placeholder.Select == "undeclared":
		selected(b.undeclared(m))
	case placeholder.Select == "errors":
		selected(m.Errors)
	case placeholder.Select == "client_errors":
		selected(m.ClientErrors)
	default:
		r.Metrics[placeholder.Name] = m.Name
		if !placeholder.Unit.IsZero() && m.Unit != placeholder.Unit && m.Type != metric.Counter {
			b.rep.Errorf(m.RoleSpan, "role `%s` is for %s, and `%s` %s", bound.Name, placeholder.Unit.Name, m.Name, hasUnit(m)).
				WithHelp("say `unit: %s` if it is that, or give it no role", placeholder.Unit.Name)
			return false
		}
	}
	return true
}

func hasUnit(m *metric.Metric) string {
	if m.Unit.IsZero() {
		return "has no unit"
	}
	return "is in " + m.Unit.Name
}

func newBinding(p *spec.Profile, key string, source int) *binding {
	return &binding{Profile: p, key: key, source: source, absent: map[string]bool{}, renaming: promql.Renaming{Metrics: map[string]string{}}}
}

// undeclared matches series of m whose class has none of its declared values. No value is undeclared where
// none is declared; and thousands of them fit no query.
func (b *builder) undeclared(m *metric.Metric) []metric.Matcher {
	class, ok := b.classLabel(m)
	if !ok || len(class.Values.Exactly) == 0 {
		return nil
	}
	quoted := make([]string, len(class.Values.Exactly))
	for i, v := range class.Values.Exactly {
		quoted[i] = regexp.QuoteMeta(v)
	}
	text := strings.Join(quoted, "|")
	if len(text) > promql.MaxLength/2 {
		return nil
	}
	return []metric.Matcher{{Label: class.Name, Op: metric.NotMatch, Value: text}}
}

// label is what a label of a profile or role is called in the model.
func (bd *binding) label(name string) string {
	if to := bd.renaming.Labels[name]; len(to) == 1 {
		return to[0]
	}
	return name
}

// misses reports whether the model lacks the metric of a series that a query of the binding reads, or the
// quantile of a summary.
func (bd *binding) misses(s promql.Selector) bool {
	for _, suffix := range [...]string{"", "_bucket", "_sum", "_count", "_gsum", "_gcount"} {
		if base, ok := strings.CutSuffix(s.Name, suffix); ok && (bd.absent[base] || bd.absent[bd.renaming.Metrics[base]]) {
			return true
		}
	}
	return bd.holder != nil && bd.holder.Type == metric.Summary && bd.renaming.Metrics[s.Name] == bd.holder.Name && !hasQuantile(bd.holder, s)
}

// hasQuantile reports whether a summary has the quantile that a selector asks for; any, if it names none.
func hasQuantile(m *metric.Metric, s promql.Selector) bool {
	return slices.ContainsFunc(m.Quantiles, func(q decimal.Decimal) bool {
		return !slices.ContainsFunc(s.Matchers, func(l *labels.Matcher) bool { return l.Name == "quantile" && !l.Matches(q.String()) })
	})
}
