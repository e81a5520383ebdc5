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
		case brought != nil && brought.Query != nil && e.given.has("query"):
			m.Metrics = slices.DeleteFunc(m.Metrics, func(x *metric.Metric) bool { return x == brought })
			own = append(own, e) // recorded from another query
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
		case m.lacksProfiles && e.given.lacks("type") && e.given.lacks("query"):
			// it may change what a profile with mistakes brings: those were reported
		default:
			own = append(own, e)
		}
	}
	declared := l.declared(own)
	for _, x := range declared {
		m.judged = append(m.judged, judged{x, x.Span})
	}
	m.Metrics = append(declared, m.Metrics...)
}

// checkRenamed reports a metric that is not what its old name is declared to be: both are read as one.
func (l *loader) checkRenamed(m *modelEntry) {
	taken := map[string]*metric.Metric{}
	for _, is := range m.Metrics {
		if other := taken[is.RenamedFrom]; other != nil && is.RenamedFrom != "" && other.Source == is.Source {
			l.errorf(is.Span, "%s and %s cannot both have been %s", code(other.Name), code(is.Name), code(is.RenamedFrom)).WithHelp("leave one `renamed_from` out").See(other.Span, "the other one")
		}
		taken[is.RenamedFrom] = is
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
		named := slices.ContainsFunc(m.Uses, func(u *Use) bool { return u.Source == b.Source && u.Profile.Name == e.source.Value })
		if b.Name == e.Name && (!e.source.Given() || named) {
			found = append(found, b)
		}
	}
	if len(found) == 0 {
		return nil
	}
	if i := slices.IndexFunc(found, func(b *metric.Metric) bool { return b.Source != found[0].Source }); i > 0 && !e.source.Given() {
		l.errorf(e.Span, "two sources have a metric %s", code(e.Name)).
			WithHelp("say which one: `source: %s`", m.profileOf(found[i])).See(found[0].Span, "one of them").See(found[i].Span, "the other one")
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
	if brought.Query != nil {
		l.foreign(g, "a metric that is recorded: it follows from the query", "type", "role", "across", "buckets", "labels", "range", "quantiles", "key", "selector", "errors", "client_errors", "renamed_from")
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
	if is.Unit != was.Unit || is.Type != was.Type {
		was.Buckets, was.Range, was.Quantiles = nil, nil, nil
	}
	was.Type, was.Unit, was.Role, was.RoleSpan, was.Across = is.Type, is.Unit, is.Role, is.RoleSpan, is.Across
	for key, take := range map[string]func(){
		"labels":        func() { was.Labels = is.Labels },
		"selector":      func() { was.Selector = is.Selector },
		"help":          func() { was.Help = is.Help },
		"errors":        func() { was.Errors = is.Errors },
		"client_errors": func() { was.ClientErrors = is.ClientErrors },
		"renamed_from":  func() { was.RenamedFrom = is.RenamedFrom },
		"key":           func() { was.Key = is.Key },
		"unit":          func() { was.UnitSpan = is.UnitSpan },
		"buckets":       func() { was.Buckets, was.BucketsSpan = is.Buckets, is.BucketsSpan },
		"range":         func() { was.Range, was.RangeSpan = is.Range, is.RangeSpan },
		"quantiles":     func() { was.Quantiles = is.Quantiles },
	} {
		if g.has(key) {
			take()
		}
	}
	was.Optional = false // it was named: this server has it
	*brought = was
	m.judged = append(m.judged, judged{brought, e.Span})
}

// profileOf is a profile of the source that a metric comes from.
func (m *modelEntry) profileOf(x *metric.Metric) string {
	for _, u := range m.Uses {
		if u.Source == x.Source {
			return u.Profile.Name
		}
	}
	return ""
}

// checkMatchers reports matchers of metrics that the spec declares or changes which can match nothing, or all:
// a metric's own labels are closed, so that a label must be one of them or one of the targets'.
func (l *loader) checkMatchers(m *modelEntry) {
	for _, j := range m.judged {
		l.checkMatchersOf(j, m.Sources[j.Source].TargetLabels)
	}
}

func (l *loader) checkMatchersOf(j judged, targets []string) {
	missing := map[string]bool{}
	for _, matcher := range slices.Concat(j.Errors, j.ClientErrors, j.Selector) {
		at := matcher.Span
		if at.File != l.file { // the profile's, of labels that the spec has changed
			at = j.at
		}
		label, own := j.Label(matcher.Label)
		switch {
		case own && matcher.Op == metric.Equal && len(label.Values.Exactly) > 0 && !slices.Contains(label.Values.Exactly, matcher.Value):
			l.errorf(at, "label %s of %s is never %s", code(matcher.Label), code(j.Name), code(matcher.Value)).WithHelp("%s", didYouMean(matcher.Value, label.Values.Exactly, "its values are "+quoteAll(label.Values.Exactly)))
		case !own && !slices.Contains(targets, matcher.Label) && !missing[matcher.Label]:
			missing[matcher.Label] = true
			l.errorf(at, "%s has no label %s", code(j.Name), code(matcher.Label)).WithHelp("%s", didYouMean(matcher.Label, append(labelNames(j.Metric), targets...), "declare it under its `labels`"))
		}
	}
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
