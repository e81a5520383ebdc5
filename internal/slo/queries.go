package slo

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// perWindow says how a query counts: events in the window, or events per second.
type perWindow int

const (
	countsEvents perWindow = iota
	countsPerSecond
	// countsUnknown: the query has a mistake, which is reported at its place.
	countsUnknown
)

// queries are an author's own.
func (o *objective) queries() bool {
	s := o.spec
	bad, what := s.Errors, "errors"
	if s.Good != nil {
		bad, what = s.Good, "good"
	}
	total, counts, ok := o.authored(s.Total, "total")
	text, also, fine := o.authored(bad, what)
	if !ok || !fine {
		return false
	}
	o.total, o.totalAuthored = total+" >= 0", o.judged(s.Total)
	if counts != also && counts != countsUnknown && also != countsUnknown {
		o.errorf(bad.Span, "one query counts events, the other events per second").WithHelp("use `increase(…[$window])` in both, or `rate(…[$window])`").See(s.Total.Span, "the other one")
		return false
	}
	o.errors, o.errorsAuthored = text, o.judged(bad)
	if s.Good != nil {
		o.errors, o.zeroFill = o.without(text), false
	}
	o.good, o.bad = "events are good", "bad events"
	return true
}

// authored is an author's query, as a number of events; false after reporting.
func (o *objective) authored(text *diag.Text, what string) (string, perWindow, bool) {
	var quiet diag.Report
	q := promql.Parse(*text, &quiet)
	if q == nil {
		return text.Value, countsUnknown, true
	}
	if len(o.spec.Selector) > 0 {
		r := promql.Renaming{Metrics: map[string]string{}, Matchers: map[string][]metric.Matcher{}}
		for _, sel := range q.Selectors() {
			r.Metrics[sel.Name], r.Matchers[sel.Name] = sel.Name, o.spec.Selector
		}
		renamed, err := q.Rename(r)
		if err != nil {
			o.errorf(text.Span, "the selector cannot be added to this query: %s", err)
			return "", 0, false
		}
		q = renamed
	}
	if plainSelector(q) {
		return o.sum("increase(" + q.Text() + o.window() + ")"), countsEvents, o.checkPlain(*text, q.Selectors()[0])
	}
	counted := q.Text()
	if strings.Contains(counted, "#") { // a comment ends with its line
		counted += "\n"
	}
	counts, perSecond := false, false
	for _, sel := range q.Selectors() {
		switch sel.Func {
		case "rate", "irate":
			perSecond = true
		case "increase":
			counts = true
		default:
			continue
		}
		if sel.RangeToken < 0 && sel.Range != o.Window {
			o.errorf(sel.Span, "a window of %s in an objective, which needs several", metric.FormatDuration(sel.Range)).WithHelp("write `[$window]`: it becomes what is needed")
			return "", 0, false
		}
	}
	if counts && perSecond {
		o.errorf(text.Span, "`%s` mixes events and events per second", what).WithHelp("use `increase(…[$window])` throughout")
		return "", 0, false
	}
	switch names, known := promql.ResultLabels(q.Expr()); {
	case !known && !o.readsAll(q):
		return "", 0, false
	case !known: // what nobody adds up is added up
		counted = o.sum(counted)
	case !o.checkBy(*text, names, what):
		return "", 0, false
	default:
		counted = "(" + counted + ")"
	}
	if perSecond {
		return counted + " * " + seconds(o.Window).String(), countsPerSecond, true
	}
	return counted, countsEvents, true
}

// plainSelector reports whether a query is nothing but a selector: short for the events that it counts.
func plainSelector(q *promql.Query) bool {
	s, ok := q.Expr().(*parser.VectorSelector)
	return ok && s.OriginalOffset == 0 && s.Timestamp == nil && s.StartOrEnd == 0
}

// judged is a query as the linter sees it: with what it is short for around it, and each of its bytes at its place.
func (o *objective) judged(text *diag.Text) *diag.Text {
	var quiet diag.Report
	q := promql.Parse(*text, &quiet)
	if q == nil {
		return text
	}
	form := o.sum("\x00")
	if plainSelector(q) {
		form = o.sum("increase(\x00" + o.window() + ")")
	} else if _, known := promql.ResultLabels(q.Expr()); known {
		return text
	}
	before, after, _ := strings.Cut(form, "\x00")
	read := diag.NewText(before+text.Value+after, text.Span)
	if at := text.Range(0, len(text.Value)); at.End-at.Start == len(text.Value) {
		read.Map(len(before), at.Start)
	}
	return &read
}

// checkPlain reports a selector that selects no counter, whose increase says nothing.
func (o *objective) checkPlain(text diag.Text, s promql.Selector) bool {
	m := o.metricOfSeries(s.Name)
	if m == nil {
		return true // an unknown one is reported where its metrics are looked up
	}
	if counts := m.Name != s.Name || m.Type == metric.Counter; !counts {
		o.errorf(text.Span, "`%s` is a %s: its series do not count events", s.Name, m.Type).WithHelp("name a counter, or write a query that counts").See(m.Span, "the metric")
		return false
	}
	return o.reads(m)
}

// readsAll is reads for each metric of a query.
func (o *objective) readsAll(q *promql.Query) bool {
	for _, s := range q.Selectors() {
		if m := o.metricOfSeries(s.Name); m != nil && !o.reads(m) {
			return false
		}
	}
	return true
}

// metricOfSeries is the metric that counts in a series: a counter, or a histogram or summary in those that count what it
// observed. Nil: there is none of that name.
func (o *objective) metricOfSeries(name string) *metric.Metric {
	for _, part := range []metric.Part{metric.Count, metric.Bucket} {
		if base, ok := strings.CutSuffix(name, part.Suffix()); ok {
			if m := o.Metric(base); m != nil && slices.Contains(m.Parts(), part) {
				return m
			}
		}
	}
	return o.Metric(name)
}

// checkBy reports a query whose result has other labels than `by` says.
func (o *objective) checkBy(text diag.Text, names []string, what string) bool {
	for _, l := range o.spec.By {
		if !slices.Contains(names, l.Value) {
			o.errorf(l.Span, "the result of `%s` has no label `%s`", what, l.Value).WithHelp("aggregate by it, as in `sum by (%s) (…)`", l.Value).See(text.Span, "the query")
			return false
		}
	}
	for _, name := range names {
		if !slices.Contains(o.by, name) {
			o.errorf(text.Span, "the result of `%s` has the label `%s`", what, name).WithHelp("say `by: [%s]` for an objective of each, or aggregate it away", name)
			return false
		}
	}
	return true
}
