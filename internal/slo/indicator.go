package slo

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// indicator is what an objective counts.
type indicator struct {
	// total and errors are queries: events of the last five minutes, and the bad ones among them.
	total, errors string
	// What an author wrote of them; nil: nothing.
	totalAuthored, errorsAuthored *diag.Text
	// zeroFill: where there is no series of bad events there were none. Not of buckets: they are there as long as
	// anything is counted, and where one is missing its bound is none.
	zeroFill bool
	// events: what is counted are events, not moments.
	events bool
	// alwaysThere: it has a value even without series.
	alwaysThere bool
	// source of its metrics.
	source int
	// good says what is promised, bad what is counted against it, missing why nothing may be known.
	good, bad, missing string
}

// indicate decides what is counted; false after reporting.
func (o *objective) indicate() bool {
	o.indicator = indicator{zeroFill: true, events: true, missing: "are they still exported, and under these names?"}
	s := o.spec
	switch {
	case s.Total != nil:
		return o.queries()
	case s.Role.Given():
		return o.requests()
	case s.Latency != nil:
		m := o.metricOf(s.Latency, "latency")
		return m != nil && o.observations(m, s.Latency)
	case s.Share != nil:
		m := o.metricOf(s.Share, "")
		return m != nil && o.share(m, s.Share)
	case s.Availability.Given():
		return o.availability()
	case s.Freshness != nil:
		m := o.metricOf(s.Freshness, "")
		return m != nil && o.freshness(m)
	}
	o.errorf(s.Name.Span, "the objective `%s` counts nothing", s.Name.Value).WithHelp("say what is good: `latency`, `share`, `role: requests`, or `errors` and `total`")
	return false
}

// metricOf finds the metric that a kind names, else that of a role; nil after reporting.
func (o *objective) metricOf(share *spec.SLOShare, role string) *metric.Metric {
	if !share.Metric.Given() {
		if list := o.WithRole(role); len(list) == 1 {
			return list[0]
		}
		o.errorf(share.Span, "which metric?").WithHelp("name it: `metric: …`; or give one metric `role: %s`", role)
		return nil
	}
	if m := o.Metric(share.Metric.Value); m != nil {
		return m
	}
	if share.Metric.Span.File != o.Model.File {
		o.errorf(o.spec.Name.Span, "the profile's SLO `%s` counts in `%s`, which is not there", o.spec.Name.Value, share.Metric.Value).
			WithHelp("name what there is: `metric: …`, or leave the SLO out").See(share.Metric.Span, "the profile's")
		return nil
	}
	o.errorf(share.Metric.Span, "unknown metric `%s`", share.Metric.Value).
		WithHelp("%s", diag.DidYouMean(share.Metric.Value, o.MetricNames(), "declare it under `metrics`, or use the profile that brings it"))
	return nil
}

// reads says that the objective reads a metric, whose series must have the labels of `by` and may have those of
// `selector`; false after reporting.
func (o *objective) reads(m *metric.Metric) bool {
	o.source = m.Source
	for _, l := range o.spec.By {
		if !o.hasLabel(m, l.Value, l.Span) || !o.Bounded(m, l) {
			return false
		}
	}
	return o.selects(m, o.spec.Selector)
}

// hasLabel reports a label that no series of the metric has.
func (o *objective) hasLabel(m *metric.Metric, label string, at diag.Span) bool {
	if _, own := m.Label(label); own || o.OnTargets(m.Source, label) {
		return true
	}
	var names []string
	for _, own := range m.Labels {
		names = append(names, own.Name)
	}
	o.errorf(at, "`%s` has no label `%s`", m.Name, label).
		WithHelp("%s", diag.DidYouMean(label, append(names, o.Model.Sources[m.Source].TargetLabels...), "declare it under the metric's `labels`")).See(m.Span, "the metric")
	return false
}

// selects reports matchers that select nothing of a metric: all of it would be bad, or nothing would count.
func (o *objective) selects(m *metric.Metric, matchers []metric.Matcher) bool {
	for _, matcher := range matchers {
		if !o.hasLabel(m, matcher.Label, matcher.Span) {
			return false
		}
		own, _ := m.Label(matcher.Label)
		values := own.Values.Exactly
		if matcher.Op != metric.Equal || len(values) == 0 || slices.Contains(values, matcher.Value) {
			continue
		}
		o.errorf(matcher.Span, "label `%s` of `%s` is never `%s`", matcher.Label, m.Name, matcher.Value).
			WithHelp("%s", diag.DidYouMean(matcher.Value, values, "its values are `"+strings.Join(values, "`, `")+"`")).See(m.Span, "the metric")
		return false
	}
	return true
}

// window is the range of all that is counted.
func (o *objective) window() string { return "[" + metric.FormatDuration(o.Window) + "]" }

// count is how many events a counter has seen.
func (o *objective) count(name string, matchers ...metric.Matcher) string {
	series := derive.Series(name, slices.Concat(matchers, o.spec.Selector)...)
	return o.sum("increase(" + series + o.window() + ")")
}

// sum adds up, for each value of `by`; on matches by its labels.
func (o *objective) sum(expr string) string { return derive.Aggregate("sum", o.by, expr) }
func (o *objective) on() string             { return "on " + derive.Labels(o.by) + " " }

// requests counts those of the metric of role requests that are no faults of the server.
func (o *objective) requests() bool {
	list := o.WithRole("requests")
	if len(list) != 1 {
		o.errorf(o.spec.Role.Span, "no metric has the role `requests`").WithHelp("give the counter of requests `role: requests`, or write `errors` and `total`")
		return false
	}
	m := list[0]
	if !o.reads(m) {
		return false
	}
	o.total = o.count(m.Name)
	o.good, o.bad = "requests are answered without a fault of the server", "failed requests"
	if len(m.Errors) > 0 {
		o.errors = o.count(m.Name, m.Errors...)
		return true
	}
	if failed := o.WithRole("errors"); len(failed) == 1 && failed[0].Type == metric.Counter {
		o.errors = o.count(failed[0].Name)
		return o.reads(failed[0])
	}
	o.errorf(o.spec.Role.Span, "`%s` does not say which requests failed", m.Name).WithHelp("say it on the metric, as in `errors: {status: 5xx}`, or write `errors` and `total`").See(m.Span, "the metric")
	return false
}

// share is the share of the good ones: by the labels of a counter, or by a bound of a histogram.
func (o *objective) share(m *metric.Metric, share *spec.SLOShare) bool {
	if len(share.Good) == 0 {
		return o.observations(m, share)
	}
	if m.Type != metric.Counter {
		o.errorf(share.Metric.Span, "`good` selects series of a counter, and `%s` is a %s", m.Name, m.Type).WithHelp("of a histogram say what is good: `above: X` or `under: X`").See(m.Span, "the metric")
		return false
	}
	if !o.reads(m) || !o.selects(m, share.Good) {
		return false
	}
	o.total = o.count(m.Name)
	o.errors = o.without(o.count(m.Name, share.Good...))
	o.zeroFill = false
	o.good, o.bad = "what `"+m.Name+"` counts is good", "what is not good"
	return true
}

// without is the total less what is good; none of it if there is no series of good ones.
func (o *objective) without(good string) string {
	total := o.sum(o.series(o.totalName()))
	return "clamp_min(" + total + " - " + o.on() + "((" + good + ") or " + o.on() + "0 * " + total + "), 0)"
}

// observations are the share of what a histogram observed on the good side of a bound.
func (o *objective) observations(m *metric.Metric, share *spec.SLOShare) bool {
	at, side := share.Under, "within "
	if share.Above.Given() {
		at, side = share.Above, "above "
	}
	if m.Type != metric.Histogram && m.Type != metric.NativeHistogram {
		o.errorf(share.Span, "`%s` is a %s: only a histogram knows how much was below a bound", m.Name, m.Type).WithHelp("take a histogram, or write `errors` and `total`").See(m.Span, "the metric")
		return false
	}
	bound, err := metric.Quantity(at.Value, m.Unit)
	if err != nil {
		o.errorf(at.Span, "%s", err)
		return false
	}
	if !o.reads(m) || m.Type == metric.Histogram && !o.isBucket(m, bound, at) {
		return false
	}
	o.zeroFill = false
	o.good, o.bad = "`"+m.Name+"` is "+side+at.Value, "observations that are not "+side+at.Value
	if m.Unit == metric.Seconds() && share.Under.Given() {
		o.good, o.bad = "answers come within "+at.Value, "answers slower than "+at.Value
	}
	if share.Above.Given() {
		o.good, o.bad = "`"+m.Name+"` is above "+at.Value, "observations of at most "+at.Value
	}
	if m.Type == metric.NativeHistogram {
		series := derive.Series(m.Name, o.spec.Selector...)
		all := o.sum("increase(" + series + o.window() + ")")
		below := "histogram_fraction(-Inf, " + bound.String() + ", " + all + ")"
		if share.Under.Given() {
			below = "(1 - " + below + ")"
		}
		o.total = "histogram_count(" + all + ")"
		o.errors = "clamp_min(" + below + " * " + "histogram_count(" + all + "), 0)"
		o.zeroFill = true // the fraction of nothing is NaN
		return true
	}
	o.total = o.count(m.Name + metric.Count.Suffix())
	below := o.count(m.Name+metric.Bucket.Suffix(), derive.Bound(bound))
	o.errors = below
	if share.Under.Given() {
		o.errors = "clamp_min(" + o.total + " - " + below + ", 0)"
	}
	o.missing = "is " + at.Value + " still a bucket of `" + m.Name + "`?"
	return true
}

// isBucket reports whether the bound is one of a bucket; no other bound has a series, so that nothing would ever be
// bad, or good.
func (o *objective) isBucket(m *metric.Metric, bound decimal.Decimal, at diag.Located[string]) bool {
	if m.Buckets == nil {
		return true
	}
	below, above := "", ""
	for _, b := range m.Buckets {
		switch b.Cmp(bound) {
		case 0:
			return true
		case -1:
			below = b.String()
		default:
			if above == "" {
				above = b.String()
			}
		}
	}
	var near []string
	for _, b := range []string{below, above} {
		if b != "" {
			near = append(near, "`"+b+"`")
		}
	}
	unit := ""
	if !m.Unit.IsZero() {
		unit = " (" + m.Unit.Name + ")"
	}
	o.errorf(at.Span, "`%s` is no bucket of `%s`, so that no series counts what is below it", at.Value, m.Name).
		WithHelp("take the bucket next to it: %s%s; or add one to the histogram", strings.Join(near, " or "), unit).See(m.BucketsSpan, "its buckets")
	return false
}

// availability is the share of scrapes that found their target up. Where no target is left, one is missed.
func (o *objective) availability() bool {
	up := derive.Series("up", o.spec.Selector...) + o.window()
	o.total = o.sum("count_over_time(" + up + ")")
	o.errors = o.total + " - " + o.on() + o.sum("sum_over_time("+up+")")
	o.zeroFill, o.events = false, false
	if len(o.by) == 0 && o.Model.Traffic.Kind == spec.Continuous {
		o.alwaysThere = true
		o.errors += " or on () sum(" + o.series(o.totalName()) + ")"
		o.total += " or on () vector(" + decimal.NewFromInt(int64(o.Window/o.Model.ScrapeInterval)).String() + ")"
	}
	asked := slices.Clone(o.spec.By)
	for _, matcher := range o.spec.Selector {
		asked = append(asked, diag.At(matcher.Label, matcher.Span))
	}
	for _, l := range asked {
		if !o.OnTargets(0, l.Value) {
			o.errorf(l.Span, "targets have no label `%s`", l.Value).WithHelp("%s", diag.DidYouMean(l.Value, o.Model.Sources[0].TargetLabels, "name a label of the targets"))
			return false
		}
	}
	o.good, o.bad = "scrapes find their target up", "scrapes of targets that are down"
	return true
}

// freshness is the share of moments at which the newest timestamp was young enough. One that was never set is old.
func (o *objective) freshness(m *metric.Metric) bool {
	under := o.spec.Freshness.Under
	if m.Type != metric.Gauge {
		o.errorf(o.spec.Freshness.Span, "`%s` is a %s, not a gauge that says when something was made", m.Name, m.Type).
			WithHelp("name a gauge of `unit: timestamp`, in seconds since 1970").See(m.Span, "the metric")
		return false
	}
	if u := m.Unit; !u.IsZero() && u.Name != "timestamp" && u != metric.Seconds() {
		o.errorf(o.spec.Freshness.Span, "`%s` is in %s, and says no time", m.Name, u.Name).
			WithHelp("name a gauge of `unit: timestamp`, in seconds since 1970").See(m.Span, "the metric")
		return false
	}
	age, err := metric.Quantity(under.Value, metric.Seconds())
	if err != nil {
		o.errorf(under.Span, "%s", err)
		return false
	}
	if !o.reads(m) {
		return false
	}
	series := derive.Series(m.Name, o.spec.Selector...)
	newest := func(series string) string { return derive.Aggregate("max", o.by, series) }
	o.total = derive.Aggregate("group", o.by, series)
	o.errors = "(time() - " + newest(series+" > 0") + ") > bool " + age.String() + " or " + o.on() + newest(o.series(o.totalName()))
	o.zeroFill, o.events = false, false
	if len(o.by) == 0 && o.Model.Traffic.Kind == spec.Continuous {
		o.alwaysThere = true
		o.total += " or on () vector(1)"
	}
	o.good, o.bad = "`"+m.Name+"` is younger than "+under.Value, "moments at which it is older than "+under.Value
	return true
}
