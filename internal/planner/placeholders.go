package planner

import (
	"slices"
	"sync"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Placeholder labels in roles: each is bound to labels of the model.
const (
	labelCopy   = "copy"   // the label that tells copies (pods) apart
	labelWorker = "worker" // all labels that tell copies and their worker processes apart
	labelClass  = "class"  // the label whose values are the classes
	labelStatus = "status" // the label that tells failed requests from good ones
	labelAcross = "across" // the label that the metric or the role names
)

// placeholderLabels are what the placeholders of a role stand for; none: what groups by it is left out.
func (b *builder) placeholderLabels(role *spec.Profile, m *metric.Metric) map[string][]string {
	labels := map[string][]string{labelCopy: b.onSource(m, b.copyLabel()), labelWorker: b.onSource(m, b.workerLabels(m)), labelClass: nil, labelStatus: nil, labelAcross: nil}
	if class, ok := b.classLabel(m); ok {
		labels[labelClass] = []string{class.Name}
	}
	if m == nil {
		return labels
	}
	for _, matcher := range slices.Concat(m.Errors, m.ClientErrors) {
		labels[labelStatus] = []string{matcher.Label}
		break
	}
	for _, name := range append([]string{m.Across}, role.Across...) {
		if _, ok := m.Label(name); ok {
			labels[labelAcross] = []string{name}
			break
		}
	}
	return labels
}

// onSource are those of the labels that the series of m have: the model server's tell its own copies apart, and
// those of sources that share them.
func (b *builder) onSource(m *metric.Metric, labels []string) (names []string) {
	if m == nil || m.Source == 0 {
		return labels
	}
	for _, name := range labels {
		if _, own := m.Label(name); own || slices.Contains(b.model.Sources[m.Source].Share, name) {
			names = append(names, name)
		}
	}
	return names
}

// copyLabel is the label that tells copies of the model server apart, as a list of none or one: the
// first of `replicas`, else the first that a profile names.
func (b *builder) copyLabel() []string {
	if len(b.model.Replicas) > 0 {
		return []string{b.model.Replicas[0].Name}
	}
	for _, u := range b.model.Uses {
		if u.Source == 0 && len(u.Replicas) > 0 {
			return u.Replicas[:1]
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
		for _, name := range u.Replicas {
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
		for _, other := range b.holders["classes"] {
			if label, ok := b.classLabel(other); ok {
				return m.Label(label.Name)
			}
		}
		return metric.Label{}, false
	}
	var listed []metric.Label
	for _, l := range m.Labels {
		if len(l.Values.Exactly) > 0 && !b.isMember(l.Name) {
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
