package lint

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// sloRules hold objectives against what traffic and storage can tell.
var sloRules = []*Rule{sloOneErrorPages, sloBeyondRetention}

var sloOneErrorPages = &Rule{
	Name: "slo-one-error-pages", Group: Alerts, Severity: diag.Warning,
	Doc: "an objective that so few events suffice for that one error fires its alert",
	Run: func(p *Pass) {
		for _, s := range p.Plan.SLOs {
			beyond := slices.DeleteFunc(slices.Clone(s.Burns), func(b plan.Burn) bool { return b.MinEvents == 0 || b.MinEvents >= eventsFor(s, b) })
			if len(beyond) == 0 || s.EventsSpan.IsZero() {
				continue
			}
			first, enough := beyond[0], int64(0)
			for _, b := range beyond {
				enough = max(enough, eventsFor(s, b))
			}
			what := "open a ticket"
			if first.Severity == plan.Page {
				what = "page"
			}
			d := p.Reportf(s.EventsSpan, "one error of %s is %s, beyond %s × %s = %s: it alone would %s (`%s`)",
				counted(first.MinEvents), exactPercent(one.Div(decimal.NewFromInt(first.MinEvents)).Round(4)), first.Factor, exactPercent(s.Budget), exactPercent(first.Factor.Mul(s.Budget)), what, first.Alert)
			d.Help = "leave it out: each alert then waits for as many events as it needs; from " + decimal.NewFromInt(enough).String() + " on no alert is about one error"
		}
	},
}

// eventsFor is from how many events on one of them is not beyond the limit of an alert.
func eventsFor(s *plan.SLO, b plan.Burn) int64 {
	return one.Div(b.Factor.Mul(s.Budget)).Ceil().IntPart()
}

func counted(events int64) string {
	if events == 1 {
		return "1 event"
	}
	return decimal.NewFromInt(events).String() + " events"
}

// exactPercent is a share as people write it.
func exactPercent(share decimal.Decimal) string { return share.Shift(2).String() + " %" }

var sloBeyondRetention = &Rule{
	Name: "slo-beyond-retention", Group: Alerts, Severity: diag.Warning,
	Doc: "an objective over a longer time than samples are kept",
	Run: func(p *Pass) {
		if len(p.Plan.SLOs) == 0 || p.Plan.Contract.Schema.Retention <= 0 {
			return
		}
		kept := p.Plan.Contract.Schema.Retention
		found := map[time.Duration]*diag.Diagnostic{} // what is wrong is the retention: one finding for each period
		for _, s := range p.Plan.SLOs {
			if s.Period <= kept {
				continue
			}
			at := s.PeriodSpan
			if at.IsZero() {
				at = s.Span
			}
			if d := found[s.Period]; d != nil {
				d.See(at, "this one, too")
				continue
			}
			period := metric.FormatDuration(s.Period)
			d := p.Reportf(at, "SLO `%s` is about %s, but samples are kept for %s: its budget would forget what was spent before", s.Name, period, metric.FormatDuration(kept))
			d.Help = "say in mlobs.yaml how long the server keeps them, if it is longer: `prometheus: {retention: " + period + "}`"
			if kept >= shortestPeriod {
				d.Help += "; else choose a period that is shorter, such as `period: " + metric.FormatDuration(shortestPeriod) + "`"
			}
			found[s.Period] = d
		}
	},
}

// shortestPeriod of an objective.
const shortestPeriod = 7 * 24 * time.Hour
