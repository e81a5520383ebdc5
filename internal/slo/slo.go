// Package slo makes an objective into recording rules, burn-rate alerts and panels.
//
// What is recorded of the scraped series are two numbers every few seconds: how many events there were in the last
// five minutes, and how many of them were bad. Everything else, up to the budget of a quarter of a year, adds up
// those: no rule reads raw series of more than five minutes, the budget counts events and not moments, and what was
// not recorded is missing in both numbers.
//
// Source of the method: Site Reliability Workbook, chapter 5 (multiwindow, multi-burn-rate alerts).
package slo

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// defaultPeriod is the period of an objective that names none.
const defaultPeriod = 30 * 24 * time.Hour

// objective is one on its way.
type objective struct {
	*derive.Env
	spec *spec.SLO
	// title is the name as people write it, camel as alerts have it.
	title, camel string
	by           []string
	period       time.Duration
	// budget is the share of events that may be bad: 1 − objective, exact.
	budget decimal.Decimal
	burns  []burn
	indicator
}

// Make makes an objective; nil if it has mistakes, which are reported, each once.
func Make(env *derive.Env, s *spec.SLO) *derive.Thing {
	failed := env.Report.Errors()
	name := s.Name.Value
	o := &objective{Env: env, spec: s, title: sentence(name), camel: camel(name), period: defaultPeriod}
	for _, l := range s.By {
		o.by = append(o.by, l.Value)
	}
	if s.Period.Given() {
		o.period = s.Period.Value
	}
	o.budget = hundred.Sub(s.Objective.Value).Shift(-2)
	if !o.indicate() || env.Report.Errors() > failed {
		return nil
	}
	o.burns = o.planBurns()
	t := &derive.Thing{Key: "slo/" + name, Source: o.source, Span: s.Name.Span, Records: o.records(), Alerts: o.alerts()}
	t.Rows = []*spec.Row{{Storey: derive.Made(derive.Objectives), Panels: o.panels()}}
	t.SLO = o.decided()
	return t
}

var hundred = decimal.NewFromInt(100)

// decided is the objective as the plan keeps it.
func (o *objective) decided() *plan.SLO {
	d := &plan.SLO{
		Name: o.spec.Name.Value, Objective: o.spec.Objective.Value.Shift(-2), Budget: o.budget, Period: o.period, Events: o.events,
		Span: o.spec.Name.Span, PeriodSpan: o.spec.Period.Span, EventsSpan: o.spec.MinEvents.Span,
	}
	for _, b := range o.burns {
		d.Burns = append(d.Burns, plan.Burn{Alert: o.alertName(b), Long: b.long, Short: b.short, Factor: b.factor, Severity: b.severity, MinEvents: b.minEvents})
	}
	return d
}

// labels tell the records of the objective apart from those of others.
func (o *objective) labels() []metric.Matcher {
	set := []metric.Matcher{{Label: "slo", Op: metric.Equal, Value: o.spec.Name.Value}}
	if o.spec.Revision.Given() {
		set = append(set, metric.Matcher{Label: "revision", Op: metric.Equal, Value: o.spec.Revision.Value})
	}
	return set
}

// The names of what is recorded. The window is in the name, so that records of two windows have the same labels.
func (o *objective) totalName() string {
	return "ml_model:slo_total:increase" + metric.FormatDuration(o.Window)
}
func (o *objective) errorsName() string {
	return "ml_model:slo_errors:increase" + metric.FormatDuration(o.Window)
}
func (o *objective) budgetName() string { return budgetName(o.period) }

func budgetName(period time.Duration) string {
	return "ml_model:slo_budget:remaining" + metric.FormatDuration(period)
}
func ratioName(window time.Duration) string {
	return "ml_model:slo_errors:ratio_rate" + metric.FormatDuration(window)
}

func burnName(b burn) string { return "ml_model:slo_burn:rate" + metric.FormatDuration(b.long) }

// series is a record of the objective.
func (o *objective) series(name string) string { return derive.Series(name, o.labels()...) }

// over adds up what was recorded in a window, each event once: the records of every fifth minute.
func (o *objective) over(name string, window time.Duration) string {
	if window == o.Window {
		return o.series(name)
	}
	return "sum_over_time(" + o.series(name) + "[" + metric.FormatDuration(window) + ":" + metric.FormatDuration(o.Window) + "])"
}

// ratio is the share of bad events in a window. Without events there is none: a gap, where 0/0 would be NaN and stay
// in every window that it falls into.
func (o *objective) ratio(window time.Duration) string {
	total := o.over(o.totalName(), window)
	if o.events { // moments there are, or no series
		total = "(" + total + " > 0)"
	}
	return o.over(o.errorsName(), window) + " / " + total
}

// records are the recording rules, in the order of evaluation.
func (o *objective) records() []*derive.Record {
	fast := o.Group(groups, o.Window)
	list := []*derive.Record{
		{Name: o.totalName(), Query: o.counted(), Group: fast, Authored: o.totalAuthored},
		{Name: o.errorsName(), Query: o.filled(), Group: fast, Authored: o.errorsAuthored},
	}
	done := map[time.Duration]bool{}
	for _, b := range o.burns {
		for _, window := range []time.Duration{b.short, b.long} {
			if !done[window] {
				done[window] = true
				list = append(list, &derive.Record{Name: ratioName(window), Query: o.ratio(window), Unit: metric.Ratio(), Group: b.group})
			}
		}
		list = append(list, &derive.Record{Name: burnName(b), Query: o.rate(b), Group: b.group})
	}
	list = append(list, &derive.Record{
		Name: o.budgetName(), Query: "1 - " + o.ratio(o.period) + " / " + o.budget.String(), Unit: metric.Ratio(), Group: o.Group(groups, o.period),
	})
	for _, r := range list {
		r.Set = o.labels()
	}
	return list
}

// groups is what the rule groups of objectives are called.
const groups = "slos"

// counted is how many events there were. One NaN, recorded, would stay in the budget for the whole period.
func (o *objective) counted() string {
	if !o.events || o.totalAuthored != nil { // moments are numbers, and an author's query has its comparison
		return o.total
	}
	return o.total + " >= 0"
}

// filled is how many bad events there were: 0 where there were events, but no series of bad ones; never NaN.
func (o *objective) filled() string {
	switch {
	case !o.events:
		return o.errors
	case !o.zeroFill:
		return o.errors + " >= 0"
	}
	return o.errors + " >= 0 or " + o.on() + "0 * " + o.sum(o.series(o.totalName()))
}

// sentence is a slug as people write it: `answers-in-time` is Answers in time.
func sentence(slug string) string {
	s := strings.ReplaceAll(slug, "-", " ")
	return strings.ToUpper(s[:1]) + s[1:]
}

// camel is a slug as alerts have it: AnswersInTime.
func camel(slug string) string {
	var b strings.Builder
	for _, word := range strings.Split(slug, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	if name := b.String(); name[0] < '0' || name[0] > '9' {
		return name
	}
	return "SLO" + b.String()
}

// errorf reports a mistake.
func (o *objective) errorf(at diag.Span, format string, args ...any) *diag.Diagnostic {
	return o.Report.Errorf(at, format, args...)
}
