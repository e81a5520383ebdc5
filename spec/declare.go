package spec

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// declare takes over the entries of `metrics`, now that the profiles are known: an entry with the name of
// a metric that a profile brings changes it (LANGUAGE rule 7), every other declares one.
func (l *loader) declare(m *modelEntry) {
	var own []*metricEntry
	for _, e := range m.metrics {
		switch brought := l.broughtBy(m, e); {
		case brought != nil:
			l.change(m, e, brought)
		case e.omit.Given():
			var names []string
			for _, b := range m.Metrics {
				names = append(names, b.Name)
			}
			l.errorf(e.Span, "no metric %s to leave out", code(e.Name)).WithHelp("%s", didYouMean(e.Name, names, "`omit` is for metrics that a profile of `uses` brings"))
		case e.source.Given() && !e.bad:
			if l.sourceExists(m, e.source) {
				l.errorf(e.source.Span, "profile %s has no metric %s", code(e.source.Value), code(e.Name)).WithHelp("leave `source` out: the model's own metrics come from the model server")
			}
		default:
			own = append(own, e)
		}
	}
	m.Metrics = append(l.declared(own), m.Metrics...)
}

// checkRenamed reports a metric that is not what its old name is declared to be: both are read as one.
func (l *loader) checkRenamed(m *modelEntry) {
	for _, is := range m.Metrics {
		i := slices.IndexFunc(m.Metrics, func(x *metric.Metric) bool {
			return is.RenamedFrom != "" && x.Name == is.RenamedFrom && x.Source == is.Source
		})
		if i < 0 {
			continue
		}
		var differ string
		switch was := m.Metrics[i]; {
		case was.Type != is.Type:
			differ = "type"
		case was.Unit != is.Unit:
			differ = "unit"
		case !slices.Equal(labelNames(was), labelNames(is)):
			differ = "labels"
		case !slices.EqualFunc(was.Buckets, is.Buckets, decimal.Decimal.Equal):
			differ = "buckets"
		default:
			continue
		}
		l.errorf(is.Span, "%s and its old name %s do not have the same `%s`", code(is.Name), code(is.RenamedFrom), differ).
			WithHelp("what is read under two names must be the same: leave the old declaration out, or make them agree").See(m.Metrics[i].Span, "the old one")
	}
}

func labelNames(m *metric.Metric) []string {
	names := m.SeriesLabels(metric.Value)
	slices.Sort(names)
	return names
}

// broughtBy finds the metric that an entry changes; nil if no profile brings it.
func (l *loader) broughtBy(m *modelEntry, e *metricEntry) *metric.Metric {
	var found []*metric.Metric
	for _, b := range m.Metrics {
		if b.Name == e.Name && (!e.source.Given() || m.Sources[b.Source].Name == e.source.Value) {
			found = append(found, b)
		}
	}
	if len(found) == 0 {
		return nil
	}
	if i := slices.IndexFunc(found, func(b *metric.Metric) bool { return b.Source != found[0].Source }); i > 0 && !e.source.Given() {
		l.errorf(e.Span, "two sources have a metric %s", code(e.Name)).
			WithHelp("say which one: `source: %s`", m.Sources[found[i].Source].Name).See(found[0].Span, "one of them").See(found[i].Span, "the other one")
	}
	return found[0]
}

// change applies what an entry gives to the metric that a profile brings.
func (l *loader) change(m *modelEntry, e *metricEntry, brought *metric.Metric) {
	g := e.given
	if e.omit.Given() {
		l.foreign(g, "a metric that is left out", besideMetricOmit...)
		m.Metrics = slices.DeleteFunc(m.Metrics, func(x *metric.Metric) bool { return x == brought })
		return
	}
	if k := g.key("query"); k != nil {
		l.errorf(l.span(k), "%s is scraped: profile says so", code(e.Name)).WithHelp("record it under another name").See(brought.Span, "the profile")
		return
	}
	before := l.errors
	if !e.typ.Given() {
		e.typ = diag.At(string(brought.Type), brought.Span)
	}
	if !g.has("unit") {
		e.unit.Value = brought.Unit
	}
	if !e.role.Given() {
		e.role = diag.At(brought.Role, brought.RoleSpan)
	}
	if !e.across.Given() {
		e.across.Value = brought.Across
	}
	l.finishMetric(e)
	if l.errors > before || e.bad {
		return
	}
	// What the entry does not give stays; what depends on a unit or type that changed does not.
	was, is := *brought, e.Metric
	is.Span, is.Source, is.Brought, is.Since, is.Until = was.Span, was.Source, true, was.Since, was.Until
	if !g.has("labels") {
		is.Labels = was.Labels
	}
	if !g.has("selector") {
		is.Selector = was.Selector
	}
	if !g.has("help") {
		is.Help = was.Help
	}
	if !g.has("errors") {
		is.Errors = was.Errors
	}
	if !g.has("client_errors") {
		is.ClientErrors = was.ClientErrors
	}
	if is.Unit == was.Unit && is.Type == was.Type {
		if !g.has("buckets") {
			is.Buckets = was.Buckets
		}
		if !g.has("range") {
			is.Range = was.Range
		}
		if !g.has("quantiles") {
			is.Quantiles = was.Quantiles
		}
	}
	*brought = *is
	brought.Optional = false // it was named: this server has it
}

// checkSources reports `source:` that names nothing.
func (l *loader) checkSources(m *modelEntry) {
	for _, a := range m.Alerts {
		l.sourceExists(m, a.Source)
	}
	for _, r := range m.Rows {
		for _, p := range r.Panels {
			l.sourceExists(m, p.Source)
		}
	}
	for _, p := range m.Panels {
		l.sourceExists(m, p.Source)
	}
}

// sourceExists reports a source that no profile is; false after reporting.
func (l *loader) sourceExists(m *modelEntry, at diag.Located[string]) bool {
	if !at.Given() {
		return true
	}
	var names []string
	for _, u := range m.uses { // also those with mistakes
		names = append(names, u.profile.Value)
	}
	if slices.Contains(names, at.Value) {
		return true
	}
	l.errorf(at.Span, "no source %s", code(at.Value)).WithHelp("%s", didYouMean(at.Value, names, "a source has the name of a profile under `uses`"))
	return false
}
