package lint

import (
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// waitRules judge how long an alert waits, and how it takes absence.
var waitRules = []*Rule{missingFor, forTooShort, forTooLong, absentWithoutFor, absentOfAggregate, absentOfSeveral}

var missingFor = &Rule{
	Name: "missing-for", Group: Alerts, Severity: diag.Warning,
	Doc: "an alert that wakes somebody for one sample",
	Run: func(p *Pass) {
		if c := p.Plan.Contract; c != nil && c.Scheduled {
			return // waiting changes nothing
		}
		for s := range p.Alerts() {
			a := s.Alert
			at, own := p.ownName(a)
			if a.For > 0 || a.Over > 0 || a.Op == plan.Absent || !own || s.Brought || a.Severity == plan.Notice || s.isSlow() {
				continue
			}
			meant := a.File != nil && a.File.For.Given() || a.Legacy != nil && a.Legacy.For.Given() // `for: 0m`
			if meant && a.Severity != plan.Page {
				continue
			}
			shortest, ok := looksAtNow(s)
			if !ok {
				continue
			}
			d := p.Reportf(at, "%s fires at once on %s", s.What(), shortest)
			d.Help = "say how long it must hold, as in `for: 5m`"
			if a.Severity != plan.Page || meant {
				d.Severity = diag.Info
			}
		}
	},
}

// isSlow reports whether an alert compares what runs down by itself, and does not come back: the life of a
// certificate, the age of a backup.
func (s *Site) isSlow() bool {
	const day = 86_400 // seconds
	for _, c := range s.comparisons() {
		m, ok := c.subject(c.value)
		words := tokens(m.name)
		if ok && (anyToken(words, "ttl", "expiry", "expiration", "expires", "timestamp", "age") || c.limit >= day && anyToken(words, "seconds")) {
			return true
		}
	}
	return false
}

// shortWindow is up to what range one burst of events decides alone.
const shortWindow = 5 * time.Minute

// looksAtNow reports whether one sample, or a short range, decides an alert: nothing that it reads looks further
// back, and it counts no events, which are over when `for` would be.
func looksAtNow(s *Site) (what string, ok bool) {
	longest, now := time.Duration(0), false
	each(s.Query.Expr(), func(e parser.Expr) {
		switch n := e.(type) {
		case *parser.MatrixSelector:
			longest = max(longest, n.Range)
		case *parser.SubqueryExpr:
			longest = max(longest, n.Range)
		case *parser.Call:
			if countsEvents[n.Func.Name] {
				longest = max(longest, time.Hour)
			}
		case *parser.VectorSelector:
			if strings.Contains(seriesName(n), ":") {
				longest = max(longest, time.Hour) // what is recorded is smoothed already, or meant to be
			}
			now = true
		}
	})
	switch {
	case longest > shortWindow || !now:
		return "", false
	case longest > 0:
		return "a burst within " + metric.FormatDuration(longest), true
	}
	return "a single sample", true
}

// countsEvents are functions of what happened at all: an alert on it holds for the whole window.
var countsEvents = map[string]bool{
	"increase": true, "changes": true, "resets": true, "delta": true, "idelta": true, "predict_linear": true, "deriv": true,
	"absent": true, "absent_over_time": true, "time": true, "timestamp": true, "vector": true,
}

var forTooShort = &Rule{
	Name: "for-under-interval", Group: Alerts, Severity: diag.Warning,
	Doc: "a `for` that is shorter than the time between two evaluations",
	Run: func(p *Pass) {
		for s := range p.Alerts() {
			a := s.Alert
			interval := p.interval(a)
			if a.For <= 0 || a.For >= interval || !p.Own(a.Bar.For) {
				continue
			}
			d := p.Reportf(a.Bar.For, "`for: %s` is shorter than the %s between two evaluations", metric.FormatDuration(a.For), metric.FormatDuration(interval))
			d.Help = "the alert waits for the next evaluation in any case: write a multiple of " + metric.FormatDuration(interval)
			if a.File != nil && a.File.Group.Interval.Given() {
				d.See(a.File.Group.Interval.Span, "the interval of the group")
			}
		}
	},
}

// interval between two evaluations of an alert; 0: not known.
func (p *Pass) interval(a *plan.Alert) time.Duration {
	switch {
	case a.File != nil && a.File.Group.Interval.Value > 0:
		return a.File.Group.Interval.Value
	case a.Legacy != nil:
		every, err := time.ParseDuration(a.Legacy.Frequency.Value)
		if err != nil {
			return 0
		}
		return every
	}
	return p.Plan.Workspace.EvaluationInterval
}

var forTooLong = &Rule{
	Name: "for-too-long", Group: Alerts, Severity: diag.Info,
	Doc: "an alert that waits for days",
	Run: func(p *Pass) {
		const day = 24 * time.Hour
		for s := range p.Alerts() {
			if a := s.Alert; a.For > day && p.Own(a.Bar.For) {
				p.Reportf(a.Bar.For, "%s waits for %s, and begins anew after every restart and gap", s.What(), metric.FormatDuration(a.For)).
					Help = "look at a longer window instead, as in `min_over_time(…[1d])`, and wait for minutes"
			}
		}
	},
}

// absences calls visit for each `absent` in the alerts that the author wrote whole.
func (p *Pass) absences(visit func(s *Site, call *parser.Call, arg parser.Expr)) {
	for s := range p.Alerts() {
		if s.Brought {
			continue
		}
		each(s.Query.Expr(), func(e parser.Expr) {
			if call, ok := e.(*parser.Call); ok && call.Func.Name == "absent" && len(call.Args) == 1 {
				visit(s, call, unparen(call.Args[0]))
			}
		})
	}
}

// callSpan is where the name of a function stands.
func (s *Site) callSpan(call *parser.Call) diag.Span {
	start := int(call.PosRange.Start)
	return s.Span(start, start+len(call.Func.Name))
}

var absentWithoutFor = &Rule{
	Name: "absent-without-for", Group: Alerts, Severity: diag.Warning,
	Doc: "an alert on absence that a single missed scrape fires",
	Run: func(p *Pass) {
		p.absences(func(s *Site, call *parser.Call, arg parser.Expr) {
			if s.Alert.For > 0 || looksBack(arg) {
				return
			}
			d := p.Reportf(s.callSpan(call), "%s fires at the first gap: a restart, one missed scrape", s.What())
			d.Help = "wait for a while, as in `for: 10m`"
			if s.Alert.File == nil {
				d.Help += "; or write `query:` and `absent: 10m`"
			}
		})
	},
}

// looksBack reports whether an expression looks at more than the last sample.
func looksBack(e parser.Expr) (back bool) {
	each(e, func(e parser.Expr) {
		switch e.(type) {
		case *parser.MatrixSelector, *parser.SubqueryExpr:
			back = true
		}
	})
	return back
}

var absentOfAggregate = &Rule{
	Name: "absent-of-aggregate", Group: Alerts, Severity: diag.Warning,
	Doc: "`absent` of an aggregate, whose alert does not say what is missing",
	Run: func(p *Pass) {
		p.absences(func(s *Site, call *parser.Call, arg parser.Expr) {
			if n, ok := arg.(*parser.AggregateExpr); ok {
				p.Reportf(s.callSpan(call), "`absent` of `%s` has no labels: the alert does not say what is missing", n.Op).
					Help = "ask for the series itself, as in `absent(up{job=\"…\"})`: labels of `=` matchers stay"
			}
		})
	},
}

var absentOfSeveral = &Rule{
	Name: "absent-of-several", Group: Alerts, Severity: diag.Warning,
	Doc: "`absent` of several things, which fires when the last of them is gone",
	Run: func(p *Pass) {
		p.absences(func(s *Site, call *parser.Call, arg parser.Expr) {
			selector, ok := arg.(*parser.VectorSelector)
			if !ok {
				return
			}
			for _, m := range selector.LabelMatchers {
				if values := m.SetMatches(); m.Name != "__name__" && len(values) > 1 {
					p.Reportf(s.callSpan(call), "this fires only when `%s` `%s` and all the others are gone", m.Name, values[0]).
						Help = "write one `absent` for each with `=`, joined by `or`"
					return
				}
			}
		})
	},
}
