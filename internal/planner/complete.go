package planner

import (
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
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
// ours: it is reported, and the expression is empty.
func (b *builder) complete(q *query, at place, window time.Duration) promql.Expr {
	return b.completeWith(q, at, window, nil)
}

// completeWith is complete with one more matcher for the buckets that the query reads; nil: none.
func (b *builder) completeWith(q *query, at place, window time.Duration, buckets *metric.Matcher) promql.Expr {
	literal := metric.FormatDuration(b.window())
	if window == wholeRange {
		literal = "$__range"
	}
	if window > 0 { // fewer than four scrapes are no window (LANGUAGE rule 4)
		literal = metric.FormatDuration(max(window, 4*b.model.ScrapeInterval))
	}
	ctx := promql.Context{
		Matchers: func(s promql.Selector) []metric.Matcher {
			list := b.matchers(q, s)
			if buckets != nil && strings.HasSuffix(s.Name, metric.Bucket.Suffix()) {
				list = slices.Concat(list, []metric.Matcher{*buckets})
			}
			return list
		},
		OldName: func(s promql.Selector) string { return b.oldName(q, s) },
	}
	if at != inRule {
		ctx.Variables = func(s promql.Selector) []promql.Variable { return b.variablesOf(q, s, at) }
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
			return b.past(), true
		}
		return "", false
	}
	expr, err := q.CompleteExpr(ctx)
	if err != nil {
		b.rep.Errorf(q.Span(0, len(q.Text())), "this query cannot be completed: %s", err)
	}
	return expr
}

// wholeRange is a window: the time range on show.
const wholeRange time.Duration = -1

// minStep is the scrape interval of a model that is scraped more seldom than the workspace says.
func (b *builder) minStep() string {
	if b.model.ScrapeInterval <= b.ws.ScrapeInterval.Value {
		return ""
	}
	return metric.FormatDuration(b.model.ScrapeInterval)
}

// matchers are what a selector must hold: the selector of the source and of the metric itself. What we
// record is found by the label of the model.
func (b *builder) matchers(q *query, s promql.Selector) []metric.Matcher {
	list := []metric.Matcher{{Label: labelModel, Op: metric.Equal, Value: b.model.Name.Value}}
	if !b.recorded.has(s.Name) {
		list = b.model.Sources[b.sourceOf(q, s.Name)].Selector
		if series, ok := b.scraped(q, s.Name); ok {
			list = slices.Concat(list, series.Metric.Selector)
		}
	}
	if b.ofMember(q, s) {
		list = slices.Concat(list, b.memberMatcher())
	}
	return list
}

// oldName is what a series was called before its metric was renamed, or nothing.
func (b *builder) oldName(q *query, s promql.Selector) string {
	if series, ok := b.scraped(q, s.Name); ok && !b.recorded.has(s.Name) && series.Metric.RenamedFrom != "" {
		return series.Metric.RenamedFrom + series.Part.Suffix()
	}
	return ""
}

// variablesOf are the reader's choices that hold for a selector (LANGUAGE rule 3): those of labels that
// its metric has, unless the author matched the label with = or =~, or asks for absence.
func (b *builder) variablesOf(q *query, s promql.Selector, at place) (list []promql.Variable) {
	if s.InAbsent {
		return nil
	}
	// The whole dashboard speaks of one member.
	if v, ok := b.memberVariable(); ok && b.ofMember(q, s) && !matched(s, v.Label) {
		list = append(list, v)
	}
	if at == inStrip || b.recorded.has(s.Name) {
		return list
	}
	for _, name := range b.variableLabels() {
		if b.hasLabel(q, s.Name, name) && !matched(s, name) {
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
	add := func(name diag.Located[string]) {
		if name.Given() && !slices.Contains(names, name.Value) {
			names = append(names, name.Value)
		}
	}
	for _, v := range b.model.Variables {
		add(v)
	}
	for _, row := range b.model.Rows {
		for _, p := range row.Panels {
			add(p.Repeat)
		}
	}
	return names
}

// hasLabel reports whether a variable of the label holds for a series: the model server's metrics that
// have it (replicas are target labels: all of them), and those of sources that share it.
func (b *builder) hasLabel(q *query, series, label string) bool {
	index := b.sourceOf(q, series)
	source := b.model.Sources[index]
	if index != 0 {
		return slices.Contains(source.Share, label)
	}
	if s, ok := b.scraped(q, series); ok {
		if _, own := s.Metric.Label(label); own {
			return true
		}
	}
	return slices.ContainsFunc(b.model.Replicas, func(r metric.Label) bool { return r.Name == label }) ||
		slices.Contains(source.TargetLabels, label)
}
