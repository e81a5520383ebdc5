package planner

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// binding is a role or profile as it applies to this model: what its names mean here.
type binding struct {
	*spec.Profile
	// key begins the identity of everything derived: `role/latency`, `profile/kubernetes`.
	key      string
	renaming promql.Renaming
	// absent are its metrics that this model cannot have; what reads them is left out.
	absent map[string]bool
}

// Placeholder labels in roles: each is bound to labels of the model.
const (
	labelCopy   = "copy"   // the label that tells copies (pods) apart
	labelWorker = "worker" // all labels that tell copies and their worker processes apart
	labelClass  = "class"  // the label whose values are the classes
)

// roleTargets is the role that every model has.
const roleTargets = "targets"

// collect finds the roles and profiles that apply and binds their placeholders.
func (b *builder) collect() {
	b.addRole(roleTargets, nil)
	holders := map[string]*metric.Metric{}
	for _, m := range b.model.Metrics {
		if m.Role == "" {
			continue
		}
		if first, ok := holders[m.Role]; ok {
			b.rep.Errorf(m.RoleSpan, "two metrics have the role `%s`", m.Role).
				WithHelp("the role's panels and alerts are made for one metric: take the role from `%s` or `%s`", first.Name, m.Name).
				See(first.RoleSpan, "the other one")
			continue
		}
		holders[m.Role] = m
	}
	for _, m := range b.model.Metrics {
		if holders[m.Role] == m {
			b.addRole(m.Role, m)
		}
	}
	for _, u := range b.model.Uses {
		b.bindings = append(b.bindings, newBinding(u.Profile, "profile/"+u.Profile.Name))
	}
}

// hasRole reports whether a metric of the model has the role.
func (b *builder) hasRole(role string) bool {
	return slices.ContainsFunc(b.model.Metrics, func(m *metric.Metric) bool { return m.Role == role })
}

// addRole binds a role to the metric that has it; m is nil for the role of all models.
func (b *builder) addRole(name string, m *metric.Metric) {
	role := b.lib.Role(name)
	if role == nil { // the loader knows all roles: only a metric of a newer profile can get here
		b.rep.Errorf(m.RoleSpan, "unknown role `%s`", name)
		return
	}
	bound := newBinding(role, "role/"+name)
	r := &bound.renaming
	r.Labels = map[string][]string{labelCopy: b.copyLabel(), labelWorker: b.workerLabels(m), labelClass: nil}
	class, haveClass := b.classLabel(m)
	if haveClass {
		r.Labels[labelClass] = []string{class.Name}
	}
	if m != nil {
		for _, placeholder := range role.Metrics {
			switch {
			case placeholder.Query != nil: // named when it is recorded
			case placeholder.Select == "undeclared" && (len(class.Values.Exactly) == 0 || len(undeclared(class).Value) > promql.MaxLength/2):
				// No value is undeclared where none is declared; and thousands of them fit no query.
				bound.absent[placeholder.Name] = true
			case placeholder.Select == "undeclared":
				r.Metrics[placeholder.Name] = m.Name
				if r.Matchers == nil {
					r.Matchers = map[string][]metric.Matcher{}
				}
				r.Matchers[placeholder.Name] = []metric.Matcher{undeclared(class)}
			default:
				r.Metrics[placeholder.Name] = m.Name
				if m.Unit != placeholder.Unit && m.Type != metric.Counter {
					b.rep.Errorf(m.RoleSpan, "role `%s` is for %s, and `%s` %s", name, placeholder.Unit.Name, m.Name, hasUnit(m)).
						WithHelp("say `unit: %s` if it is that, or give it no role", placeholder.Unit.Name)
					return
				}
			}
		}
	}
	b.bindings = append(b.bindings, bound)
}

func hasUnit(m *metric.Metric) string {
	if m.Unit.IsZero() {
		return "has no unit"
	}
	return "is in " + m.Unit.Name
}

func newBinding(p *spec.Profile, key string) *binding {
	return &binding{Profile: p, key: key, absent: map[string]bool{}, renaming: promql.Renaming{Metrics: map[string]string{}}}
}

// undeclared matches series whose label has none of its declared values.
func undeclared(label metric.Label) metric.Matcher {
	quoted := make([]string, len(label.Values.Exactly))
	for i, v := range label.Values.Exactly {
		quoted[i] = regexp.QuoteMeta(v)
	}
	return metric.Matcher{Label: label.Name, Op: metric.NotMatch, Value: strings.Join(quoted, "|")}
}

// copyLabel is the label that tells copies of the model server apart, as a list of none or one: the
// first of `replicas`, else the first that a profile names.
func (b *builder) copyLabel() []string {
	if len(b.model.Replicas) > 0 {
		return []string{b.model.Replicas[0].Name}
	}
	for _, u := range b.model.Uses {
		if u.Source == 0 && len(u.Profile.Replicas) > 0 {
			return u.Profile.Replicas[:1]
		}
	}
	return nil
}

// workerLabels are all labels that tell copies and workers apart on the series of m: those of
// `replicas`, and what the stack's profile calls so if m has it.
func (b *builder) workerLabels(m *metric.Metric) (names []string) {
	for _, r := range b.model.Replicas {
		names = append(names, r.Name)
	}
	for _, u := range b.model.Uses {
		if u.Source != 0 {
			continue
		}
		for _, name := range u.Profile.Replicas {
			own := false
			if m != nil {
				_, own = m.Label(name)
			}
			if own && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return b.copyLabel()
	}
	return names
}

// classLabel is the label of m whose values are the classes that the model predicts: what `across`
// says, else that of the metric of role classes, else the only label with listed values. A metric of
// role classes without one is an error.
func (b *builder) classLabel(m *metric.Metric) (metric.Label, bool) {
	if m == nil {
		return metric.Label{}, false
	}
	if m.Across != "" {
		label, ok := m.Label(m.Across)
		if !ok {
			b.rep.Errorf(m.RoleSpan, "`%s` has no label `%s`, which `across` names", m.Name, m.Across).
				WithHelp("declare it: `labels: {%s: [cat, dog]}`", m.Across)
		}
		return label, ok
	}
	if m.Role != "classes" {
		for _, other := range b.model.Metrics {
			if other.Role == "classes" {
				if label, ok := b.classLabel(other); ok {
					return m.Label(label.Name)
				}
			}
		}
		return metric.Label{}, false
	}
	var listed []metric.Label
	for _, l := range m.Labels {
		if len(l.Values.Exactly) > 0 {
			listed = append(listed, l)
		}
	}
	if len(listed) == 1 {
		return listed[0], true
	}
	if len(listed) > 1 {
		b.rep.Errorf(m.RoleSpan, "%d labels of `%s` have listed values: which one holds the predicted class?", len(listed), m.Name).
			WithHelp("say it: `across: %s`", listed[0].Name)
	} else {
		b.rep.Errorf(m.RoleSpan, "no label of `%s` has listed values: which one holds the predicted class?", m.Name).
			WithHelp("list the classes, as in `labels: {label: [cat, dog]}`, or name the label: `across: label`")
	}
	return metric.Label{}, false
}

// queryCache keeps the parsed queries of profiles and roles: they are the same for all models.
type queryCache struct{ parsed sync.Map }

// parse returns the parsed text; profile texts are parsed once, whatever the number of models.
func (c *queryCache) parse(text diag.Text, rep *diag.Report) *promql.Query {
	key := text.Span
	if q, ok := c.parsed.Load(key); ok {
		return q.(*promql.Query)
	}
	q := promql.Parse(text, rep)
	if q != nil {
		c.parsed.Store(key, q)
	}
	return q
}

// bind parses a query and gives it the names that the model's metrics and labels have; bd is nil for
// the author's own. It returns nil if the query needs a label that the model does not have (the thing
// is left out), or a past that is not kept, or after reporting.
func (b *builder) bind(bd *binding, text diag.Text) *promql.Query {
	if bd == nil {
		return promql.Parse(text, b.rep)
	}
	q := b.queries.parse(text, b.rep)
	if q == nil {
		return nil
	}
	for _, s := range q.Selectors() {
		if bd.absent[s.Name] || bd.absent[bd.renaming.Metrics[s.Name]] {
			return nil
		}
		if kept := b.ws.Retention.Value; kept > 0 && s.Node.OriginalOffset+s.Range >= kept {
			return nil // the samples of that past are gone
		}
	}
	for _, g := range q.Groupings() {
		for _, l := range g.Labels {
			if to, ok := bd.renaming.Labels[l.Value]; ok && len(to) == 0 {
				return nil
			}
		}
	}
	if len(bd.renaming.Metrics)+len(bd.renaming.Labels) == 0 {
		return q
	}
	bound, err := q.Rename(bd.renaming)
	if err != nil {
		b.rep.Errorf(text.Span, "this query of `%s` cannot be bound to the model: %s", bd.key, err)
		return nil
	}
	return bound
}
