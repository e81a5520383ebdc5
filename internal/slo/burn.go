package slo

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// pair is a burn-rate alert of the Site Reliability Workbook: it fires when a share of the budget is gone within the
// long window, and stops when the short one is clean.
type pair struct {
	long, short time.Duration
	// share of the budget.
	share    decimal.Decimal
	severity plan.Severity
}

// pairs, the fastest first (Site Reliability Workbook, table 5-8).
var pairs = []pair{
	{time.Hour, 5 * time.Minute, decimal.New(2, -2), plan.Page},
	{6 * time.Hour, 30 * time.Minute, decimal.New(5, -2), plan.Page},
	{24 * time.Hour, 2 * time.Hour, decimal.New(10, -2), plan.Ticket},
	{72 * time.Hour, 6 * time.Hour, decimal.New(10, -2), plan.Ticket},
}

// factor is share × period ÷ long window, and 1 at least: below 1 the objective is being met. Two decimals are exact for
// the windows of the workbook.
func (p pair) factor(period, long time.Duration) decimal.Decimal {
	return decimal.Max(p.share.Mul(seconds(period)).DivRound(seconds(long), 2), one)
}

// burn is a pair for one objective.
type burn struct {
	pair
	// factor is how many times faster than allowed for the budget is spent.
	factor    decimal.Decimal
	minEvents int64
	group     *plan.Group
}

// planBurns decides the alerts. Pairs are left out that could never fire, since not even all events being bad spends the
// budget so fast; and, of a model that runs once in a while, those that see less than a run. One is always left.
func (o *objective) planBurns() (list []burn) {
	for i, p := range pairs {
		b := burn{pair: p}
		b.short = max(b.short, o.Window)
		if o.Model.Traffic.Kind == spec.Scheduled && b.long < o.Model.Traffic.Every {
			if i < len(pairs)-1 {
				continue
			}
			b.long = o.Model.Traffic.Every
		}
		b.factor = p.factor(o.period, b.long)
		if i == len(pairs)-1 && len(list) == 0 && !b.factor.Mul(o.budget).LessThan(one) {
			b.factor = one // an objective without any alert would be a promise that nobody keeps
		}
		limit := b.factor.Mul(o.budget)
		if !limit.LessThan(one) {
			continue
		}
		if o.events {
			b.minEvents = one.Div(limit).Ceil().IntPart() // one bad event is not beyond the limit
			if o.spec.MinEvents.Given() {
				b.minEvents = int64(o.spec.MinEvents.Value)
			}
		}
		b.group = o.Group(groups, b.short)
		list = append(list, b)
	}
	return list
}

var one = decimal.NewFromInt(1)

func seconds(d time.Duration) decimal.Decimal { return decimal.NewFromInt(int64(d / time.Second)) }

func (o *objective) alertName(b burn) string {
	return o.camel + "BudgetBurn" + metric.FormatDuration(b.long)
}

// rate is the burn rate that an alert compares: the lower one of its two windows, if the long one had enough events.
func (o *objective) rate(b burn) string {
	long, short := o.series(ratioName(b.long)), o.series(ratioName(b.short))
	query := "(" + long + " < " + short + " or " + short + ") / " + o.budget.String()
	if b.minEvents > 1 {
		query += " and " + o.eventsIn(b.long) + " >= " + decimal.NewFromInt(b.minEvents).String()
	}
	return query
}

// eventsIn is how many events a window had. What a run leaves behind is recorded until the next one: its events count
// once.
func (o *objective) eventsIn(window time.Duration) string {
	events := o.over(o.totalName(), window)
	if repeated := int64(o.Model.Traffic.Every / o.Window); o.Model.Traffic.Kind == spec.Scheduled && repeated > 1 {
		events += " / " + decimal.NewFromInt(repeated).String()
	}
	return events
}

// lasts is how long the rest of the budget lasts at the burn rate of a window, in seconds; the period at most.
func (o *objective) lasts(window time.Duration) string {
	period := seconds(o.period).String()
	return "clamp_max(clamp_min(" + o.series(o.budgetName()) + ", 0) * " + period + " / clamp_min(" + o.series(ratioName(window)) + " / " + o.budget.String() + ", 0.001), " + period + ")"
}

// alerts are one for each pair, so that it is known which one fired, and one for an objective without data.
func (o *objective) alerts() (list []*derive.Alert) {
	for _, b := range o.burns {
		query := derive.Query(o.series(burnName(b)))
		a := spec.Alert{
			Name: derive.Made(o.alertName(b)), Query: &query, Severity: derive.Made(string(b.severity)), Signal: derive.Made(o.signal()), Order: signalOrder,
			Condition: &spec.Condition{Op: spec.Above, Limits: []diag.Located[string]{derive.Made(b.factor.String())}, Span: derive.Made(0).Span},
		}
		long, short := words(b.long), words(b.short)
		a.Summary = derive.Template(slices.Concat([]spec.TemplatePart{derive.Model(), derive.Say(": the burn rate of ")}, o.subject(), []spec.TemplatePart{derive.Say(" is "), derive.Value(), derive.Say(" (last " + long + ")")})...)
		a.Description = derive.Template(
			derive.Say("Both in the last "+long+" and in the last "+short+" the share of "+o.bad+" was more than "+percent(b.factor.Mul(o.budget))+"; the objective of "+percent(o.spec.Objective.Value.Shift(-2))+" allows for "+percent(o.budget)+". "),
			derive.Say("Of the budget of "+words(o.period)+" "), derive.Ask(o.series(o.budgetName()), metric.Ratio(), o.by...),
			derive.Say(" is left; at this pace the rest is gone in "), derive.Ask(o.lasts(b.long), metric.Seconds(), o.by...), derive.Say(". "+o.advice(b)),
		)
		list = append(list, &derive.Alert{Alert: a, Group: b.group})
	}
	if a := o.noData(); a != nil {
		list = append(list, a)
	}
	return list
}

// signalOrder is the place of objectives among the signals: what a caller feels comes first.
const signalOrder = 15

func (o *objective) signal() string { return o.title + " SLO" }

// quoted is the name in a sentence.
func (o *objective) quoted() string { return "`" + o.spec.Name.Value + "`" }

// subject names the objective in a sentence, with the values of its labels: `answers` (version v2).
func (o *objective) subject() []spec.TemplatePart {
	parts := []spec.TemplatePart{derive.Say(o.quoted())}
	before := " ("
	for _, l := range o.by {
		parts = append(parts, derive.Say(before+l+" "), derive.Label(l))
		before = ", "
	}
	if len(o.by) > 0 {
		parts = append(parts, derive.Say(")"))
	}
	return parts
}

func (o *objective) advice(b burn) string {
	if b.severity == plan.Page {
		return "Find out what changed, and undo it first."
	}
	return "Nobody has to get up for it; but at this pace the objective will be missed."
}

// noData is the alert for an objective whose series are missing although targets are up; whoever is told that targets
// are down does not need it. Where silence is normal there is none.
func (o *objective) noData() *derive.Alert {
	if o.Model.Traffic.Kind != spec.Continuous || o.alwaysThere {
		return nil
	}
	query := derive.Query("count(up == 1) unless on () " + o.series(o.errorsName()))
	a := spec.Alert{
		Name: derive.Made(o.camel + "BudgetNoData"), Query: &query, Severity: derive.Made(string(plan.Ticket)), For: derive.Made(15 * time.Minute),
		Condition: &spec.Condition{Op: spec.Above, Limits: []diag.Located[string]{derive.Made("0")}, Span: derive.Made(0).Span},
	}
	a.Summary = derive.Template(derive.Model(), derive.Say(": nothing is known of "+o.quoted()))
	a.Description = derive.Template(derive.Say("Targets are up, but the series that the objective counts are missing: " + o.missing + " Its budget does not move until they are back."))
	return &derive.Alert{Alert: a, Group: o.Group(groups, o.Window)}
}

// words is a duration as people say it.
func words(d time.Duration) string {
	units := []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}}
	for _, u := range units {
		if d%u.of == 0 {
			n := decimal.NewFromInt(int64(d / u.of)).String()
			switch {
			case n == "1" && u.name == "day":
				return "24 hours"
			case n == "1":
				return u.name
			}
			return n + " " + u.name + "s"
		}
	}
	return metric.FormatDuration(d)
}

// percent is a share as people write it, exact.
func percent(share decimal.Decimal) string { return share.Shift(2).String() + " %" }
