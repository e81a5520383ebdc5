package planner

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// place is where a query is used; it decides how the query is completed.
type place int

const (
	// inRule: literal windows, no variables. Recording rules, alerts, and Grafana's legacy alerts.
	inRule place = iota
	// inRow: the reader's variables and windows hold.
	inRow
	// inStrip: as inRow, but the variables do not hold: the strip speaks of the whole model.
	inStrip
)

// complete makes the query ready for its place: selectors always, variables and windows where readers
// look. window is what `window:` beside the query says, 0 if it says nothing. An error is a defect of
// ours: it is reported, and the text is empty.
func (b *builder) complete(q *promql.Query, at place, window time.Duration) string {
	literal := metric.FormatDuration(b.window())
	if window > 0 { // fewer than four scrapes are no window (LANGUAGE rule 4)
		literal = metric.FormatDuration(max(window, 4*b.model.ScrapeInterval))
	}
	ctx := promql.Context{Matchers: b.matchers}
	if at == inRow {
		ctx.Variables = b.variablesOf
	}
	ctx.Token = func(t promql.Token) (string, bool) {
		macro := at != inRule && b.pws.Grafana.Version.HasRateInterval()
		switch t.Name {
		case "window":
			if macro && t.InRate && window == 0 {
				return "$__rate_interval", true
			}
			return literal, true
		case "__rate_interval":
			if macro {
				return "", false
			}
			return literal, true
		case "__interval", "__range":
			if at != inRule {
				return "", false
			}
			return literal, true
		case "baseline":
			if at != inRule {
				b.usesBaseline = true
				return "$baseline", true
			}
			return defaultBaseline, true
		}
		return "", false
	}
	text, err := q.Complete(ctx)
	if err != nil {
		b.rep.Errorf(q.Span(0, len(q.Text())), "this query cannot be completed: %s", err)
	}
	return text
}

// minStep is the scrape interval of a model that is scraped more seldom than the workspace says.
func (b *builder) minStep() string {
	if b.model.ScrapeInterval <= b.ws.ScrapeInterval.Value {
		return ""
	}
	return metric.FormatDuration(b.model.ScrapeInterval)
}

// matchers are what a selector must hold: the selector of the source and of the metric itself. What we
// record is found by the label of the model.
func (b *builder) matchers(s promql.Selector) []metric.Matcher {
	if b.recorded[s.Name] != nil {
		return []metric.Matcher{{Label: labelModel, Op: metric.Equal, Value: b.model.Name.Value}}
	}
	series, ok := b.contract.Lookup(s.Name)
	if !ok { // up and its like: the model server's
		return b.model.Sources[0].Selector
	}
	return slices.Concat(b.model.Sources[series.Metric.Source].Selector, series.Metric.Selector)
}

// variablesOf are the reader's choices that hold for a selector (LANGUAGE rule 3): those of labels that
// its metric has, unless the author matched the label with = or =~, or asks for absence.
func (b *builder) variablesOf(s promql.Selector) (list []promql.Variable) {
	if s.InAbsent || b.recorded[s.Name] != nil {
		return nil
	}
	for _, name := range b.variableLabels() {
		if b.hasLabel(s.Name, name) && !matched(s, name) {
			list = append(list, promql.Variable{Label: name, Name: name})
		}
	}
	return list
}

// matched reports whether the author chose values of the label.
func matched(s promql.Selector, label string) bool {
	return slices.ContainsFunc(s.Matchers, func(m *labels.Matcher) bool {
		return m.Name == label && (m.Type == labels.MatchEqual || m.Type == labels.MatchRegexp)
	})
}

// variableLabels are the labels that readers choose values of: replicas, then `variables`.
func (b *builder) variableLabels() (names []string) {
	for _, r := range b.model.Replicas {
		names = append(names, r.Name)
	}
	for _, v := range b.model.Variables {
		if !slices.Contains(names, v.Value) {
			names = append(names, v.Value)
		}
	}
	return names
}

// hasLabel reports whether a variable of the label holds for a series: the model server's metrics that
// have it (replicas are target labels: all of them), and those of sources that share it.
func (b *builder) hasLabel(series, label string) bool {
	s, ok := b.contract.Lookup(series)
	source := b.model.Sources[0]
	if ok {
		source = b.model.Sources[s.Metric.Source]
		if s.Metric.Source != 0 {
			return slices.Contains(source.Share, label)
		}
		if _, own := s.Metric.Label(label); own {
			return true
		}
	}
	return slices.ContainsFunc(b.model.Replicas, func(r metric.Label) bool { return r.Name == label }) ||
		slices.Contains(source.TargetLabels, label)
}
