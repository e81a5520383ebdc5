package lint

import (
	"slices"
	"sync"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// modelRules know what models are: drift, versions, samples, labels that come late.
var modelRules = []*Rule{pagingOnDrift, averageHidesOne, tooFewSamples, labelsComeLate}

var pagingOnDrift = &Rule{
	Name: "paging-on-drift", Group: Alerts, Severity: diag.Warning,
	Doc: "drift, bias or data quality that wakes somebody",
	Run: func(p *Pass) {
		for s := range p.Alerts() {
			at, own := p.ownName(s.Alert)
			what := s.qualityOf()
			if !own || s.Alert.Severity != plan.Page || s.Alert.Op == plan.Absent || what == "" {
				continue
			}
			d := p.Reportf(at, "%s wakes somebody for %s, which no one mends at night", s.What(), what)
			d.Help = "`severity: ticket`: the model serves on, and labels and data are looked at by day"
			if s.Alert.File != nil {
				if label, ok := plan.Entry(s.Alert.File.Labels, "severity"); ok {
					d.Span = label.Value.Range(0, len(label.Value.Value))
				}
				d.Help = "give it a severity that waits for the morning: the model serves on"
			}
		}
	},
}

// qualities are roles of what says how good a model is, not whether it serves.
var qualities = map[string]string{
	"drift_score": "drift", "drift_events": "drift", "feature": "the values of a feature", "confidence": "how sure the model is", "output": "what the model predicts",
}

// qualityOf says what the alert watches of the quality of a model; empty: nothing.
func (s *Site) qualityOf() string {
	for _, sel := range s.Query.Selectors() {
		words := tokens(sel.Name)
		if anyToken(words, "psi", "drift") && !anyToken(words, "clock", "time", "ntp", "config") {
			return "drift"
		}
		if anyToken(words, "fairness", "bias", "disparity") {
			return "bias"
		}
	}
	for _, series := range s.readings() {
		if what := qualities[series.Metric.Role]; what != "" {
			return what
		}
		if series.Metric.Role == "outcome" && divides(s.Query.Expr()) {
			return "the quality of predictions"
		}
	}
	return ""
}

func divides(e parser.Expr) (found bool) {
	each(e, func(e parser.Expr) {
		b, ok := e.(*parser.BinaryExpr)
		found = found || ok && b.Op == parser.DIV
	})
	return found
}

var averageHidesOne = &Rule{
	Name: "average-hides-one", Group: Alerts, Severity: diag.Warning,
	Doc: "a mean over versions or features, in which one bad one disappears",
	Run: func(p *Pass) {
		watched := sync.OnceValue(p.watchedApart) // asked only when a mean takes a label away
		for s := range p.Queries() {
			if s.Alert == nil && s.Record == nil {
				continue
			}
			each(s.Query.Expr(), func(e parser.Expr) {
				switch n := e.(type) {
				case *parser.AggregateExpr:
					if n.Op == parser.AVG {
						p.reportMean(s, n, watched, diag.Warning)
					}
				case *parser.BinaryExpr:
					l, isSum := unparen(n.LHS).(*parser.AggregateExpr)
					r, also := unparen(n.RHS).(*parser.AggregateExpr)
					if n.Op == parser.DIV && isSum && also && l.Op == parser.SUM && r.Op == parser.SUM && sameGroups(l, r) && len(s.merged(r)) > 0 {
						p.reportMean(s, l, watched, diag.Info)
					}
				}
			})
		}
	},
}

// sameGroups: the one is a part of the other. Where they are grouped by other labels it is a distribution.
func sameGroups(l, r *parser.AggregateExpr) bool {
	return l.Without == r.Without && slices.Equal(slices.Sorted(slices.Values(l.Grouping)), slices.Sorted(slices.Values(r.Grouping)))
}

// parts are labels whose values are things of their own: a bad one is not made good by the others.
var parts = map[string]string{
	"version": "versions", "model_version": "versions", "revision": "revisions", "track": "tracks", "variant": "variants",
	"feature": "features", "feature_name": "features", "column": "columns",
}

// mergedLabel is a label that an aggregation takes away, of a metric that declares several values of it.
type mergedLabel struct {
	name   string
	metric *metric.Metric
}

// merged finds the labels of that kind which an aggregation takes away.
func (s *Site) merged(n *parser.AggregateExpr) (list []mergedLabel) {
	inner := s.Analysis().Of(n.Expr)
	each(n.Expr, func(e parser.Expr) {
		vs, ok := e.(*parser.VectorSelector)
		if !ok {
			return
		}
		series, ok := s.selected(vs)
		if !ok {
			return
		}
		for _, l := range series.Metric.Labels {
			kept := slices.Contains(n.Grouping, l.Name) != n.Without
			if parts[l.Name] == "" || l.Values.AtMost < 2 || kept || pinned(vs, l.Name) || inner.Label(l.Name).Presence == promql.Never {
				continue
			}
			list = append(list, mergedLabel{l.Name, series.Metric})
		}
	})
	return list
}

// pinned reports whether a selector asks for one value of a label.
func pinned(vs *parser.VectorSelector, label string) bool {
	for _, m := range vs.LabelMatchers {
		if m.Name == label && m.Matches(m.Value) && len(m.SetMatches()) <= 1 {
			return true
		}
	}
	return false
}

func (p *Pass) reportMean(s *Site, n *parser.AggregateExpr, watched func() map[mergedLabel]bool, severity diag.Severity) {
	for _, l := range s.merged(n) {
		if watched()[l] {
			continue
		}
		start := int(n.PosRange.Start)
		d := p.Reportf(s.Span(start, start+len(n.Op.String())), "a mean over all %s of `%s`: a bad one disappears in it", parts[l.name], l.metric.Name)
		d.Help = "keep them apart, as in `" + n.Op.String() + " by (" + l.name + ") (…)`"
		d.Severity = min(d.Severity, severity)
		if label, ok := l.metric.Label(l.name); ok {
			d.See(label.Span, "the values of `%s`", l.name)
		}
		return
	}
}

// watchedApart are the labels of metrics that some alert keeps: then another one may look at the whole.
func (p *Pass) watchedApart() map[mergedLabel]bool {
	watched := map[mergedLabel]bool{}
	for s := range p.Alerts() {
		for _, series := range s.readings() {
			for _, l := range series.Metric.Labels {
				if parts[l.Name] != "" && s.Analysis().Root.Label(l.Name).Presence == promql.Surely {
					watched[mergedLabel{l.Name, series.Metric}] = true
				}
			}
		}
	}
	return watched
}

var labelsComeLate = &Rule{
	Name: "labels-come-late", Group: Alerts, Severity: diag.Warning,
	Doc: "a window that ends before the labels of its predictions come",
	Run: func(p *Pass) {
		delay, at := p.labelDelay()
		if delay == 0 {
			return
		}
		for s := range p.Alerts() {
			if s.Brought {
				continue
			}
			window, outcome, mixed := s.labelledWindow()
			if !outcome || window == 0 || window >= delay {
				continue
			}
			d := p.Reportf(s.Whole(), "%s looks at %s, and labels come up to %s after their predictions", s.What(), metric.FormatDuration(window), metric.FormatDuration(delay))
			d.Help = "look at a longer window, or know that it judges the predictions of " + metric.FormatDuration(delay) + " ago"
			if mixed {
				d.Help = "compare labels with the predictions that they belong to: `offset " + metric.FormatDuration(delay) + "` on the predictions, or a window much longer"
			} else {
				d.Severity = diag.Info
			}
			d.See(at, "how late labels come")
		}
	},
}

// labelDelay is how late labels are known to come: by the range of the metric that says so, or by the limit of an
// alert on it. 0: nobody says.
func (p *Pass) labelDelay() (time.Duration, diag.Span) {
	if p.Plan.Contract == nil {
		return 0, diag.Span{}
	}
	for _, m := range p.Plan.Contract.Metrics {
		if m.Role == "label_delay" && m.Range != nil && m.Range.Low != nil && m.Range.Low.IsPositive() {
			return seconds(m.Range.Low.InexactFloat64()), m.Span
		}
	}
	for s := range p.Alerts() {
		if s.Alert.Op != plan.Above || len(s.Alert.Limits) != 1 {
			continue
		}
		for _, series := range s.readings() {
			if series.Metric.Role == "label_delay" {
				at := s.Alert.Bar.Limit
				if at.IsZero() {
					at = series.Metric.Span
				}
				return seconds(s.Alert.Limits[0].InexactFloat64()), at
			}
		}
	}
	return 0, diag.Span{}
}

func seconds(v float64) time.Duration { return time.Duration(v * float64(time.Second)) }

// labelledWindow is the longest window in which an alert counts labels as they come; mixed: it counts predictions
// of the same time beside them.
func (s *Site) labelledWindow() (window time.Duration, outcome, mixed bool) {
	for _, sel := range s.Query.Selectors() {
		if s.Schema == nil || s.Schema.Lookup == nil || sel.Node.OriginalOffset != 0 {
			continue
		}
		series, ok := s.Schema.Lookup(sel.Name)
		switch {
		case !ok:
		case series.Metric.Role == "outcome":
			outcome = true
			r := sel.Range
			if sel.RangeToken >= 0 {
				r = s.Use.Window
			}
			window = max(window, r)
		case series.Metric.Role == "requests", series.Metric.Role == "classes":
			mixed = true
		}
	}
	return window, outcome, mixed
}
