package planner

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// planAlerts decides expressions, labels and receivers of all alerts. The panel that shows an alert is
// known later.
func (b *builder) planAlerts() {
	keys, signals := map[string]*alertItem{}, map[string]*signal{}
	for _, item := range b.merged {
		severity := plan.Severity(item.Severity.Value)
		if severity == "" {
			severity = plan.Ticket
		}
		key := item.Name
		if item.ID.Given() {
			key = item.ID
		}
		if other, ok := keys[slug(key.Value)]; ok {
			b.rep.Errorf(key.Span, "the alerts `%s` and `%s` have the same key `%s`", other.Name.Value, item.Name.Value, slug(key.Value)).
				WithHelp("give one of them another name, or an `id:`").See(other.Name.Span, "the other one")
			continue
		}
		keys[slug(key.Value)] = item
		b.eachMember(item.reads(), func() {
			a := b.planAlert(item, slug(key.Value), severity)
			item.planned = append(item.planned, a)
			b.alerts = append(b.alerts, a.Alert)
		})
		if !item.Signal.Given() {
			continue
		}
		switch other := signals[item.Signal.Value]; {
		case other == nil:
			s := &signal{name: item.Signal, alerts: []*alertItem{item}}
			signals[item.Signal.Value] = s
			b.signals = append(b.signals, s)
		case item.thing != nil && other.alerts[0].thing != nil:
			other.alerts = append(other.alerts, item)
		default:
			b.rep.Errorf(item.Signal.Span, "two alerts have the signal `%s`", item.Signal.Value).
				WithHelp("a signal is one line of the strip: give it another name").See(other.name.Span, "the other one")
		}
	}
	// From what a caller feels to what explains it; the author's own last.
	slices.SortStableFunc(b.signals, func(x, y *signal) int {
		return cmp.Compare(b.signalOrder(x.alerts[0]), b.signalOrder(y.alerts[0]))
	})
}

// reads is the query of the alert, taken apart or not.
func (item *alertItem) reads() *query {
	if item.raw != nil {
		return item.raw
	}
	return item.query
}

// planAlert decides one alert.
func (b *builder) planAlert(item *alertItem, key string, severity plan.Severity) plannedAlert {
	a := &plan.Alert{
		Name: item.Name.Value, Key: key, Member: b.member, Group: item.group, Severity: severity,
		Labels:   b.alertLabels(severity),
		For:      item.For.Value,
		Op:       plan.Op(item.limits.op),
		Limits:   item.limits.crit,
		Warn:     item.limits.warn,
		Unit:     item.unit.Grafana,
		UnitName: item.unit.Name,
		Reduce:   item.Reduce.Value,
		Over:     item.Over.Value,
		Notify:   b.notified(severity),
		Source:   item.Name.Span,
	}
	if a.Reduce == "" {
		a.Reduce = "last"
	}
	value := b.planExpr(item, a)
	a.SilentWithoutData = a.Op != plan.Absent
	a.Written, a.Bar = item.written(b), b.bar(item)
	a.Summary = b.text(item, item.Summary)
	if a.Summary == nil {
		a.Summary = b.defaultSummary(item)
	}
	a.Description = b.text(item, item.Description)
	a.RunbookURL = b.runbook(item)
	return plannedAlert{a, value}
}

// signalOrder is the place of a signal: an author's stands behind that of the alert whose limits its panel
// draws, if there is one.
func (b *builder) signalOrder(item *alertItem) int {
	if item.Order > 0 {
		return item.Order
	}
	for _, other := range b.merged {
		if item.panel != nil && other.Order > 0 && item.panel.Limits.Value == other.Name.Value {
			return other.Order
		}
	}
	return math.MaxInt
}

// alertLabels are ml_model, owner, severity and the workspace's, sorted; ours win.
func (b *builder) alertLabels(severity plan.Severity) []plan.Label {
	list := b.ruleLabels(plan.Label{Name: "severity", Value: b.severityLabel(severity)})
	if b.model.Owner.Value != "" {
		list = append(list, plan.Label{Name: "owner", Value: b.model.Owner.Value})
	}
	for _, l := range b.ws.Labels {
		if !slices.ContainsFunc(list, func(x plan.Label) bool { return x.Name == l.Name.Value }) {
			list = append(list, plan.Label{Name: l.Name.Value, Value: l.Value.Value})
		}
	}
	slices.SortFunc(list, func(a, b plan.Label) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// severityLabel is what the label `severity` says in this workspace.
func (b *builder) severityLabel(s plan.Severity) string { return severityLabel(b.ws, s) }

// planExpr fills Expr (for Prometheus) and Query (for Grafana's legacy alerts) from one query, and returns
// what is compared with the limits.
func (b *builder) planExpr(item *alertItem, a *plan.Alert) promql.Expr {
	if item.raw != nil {
		b.read(item.raw)
		expr := b.complete(item.raw, inRule, item.window)
		a.Expr, a.Query = expr.String(), b.compose(item, "count($1) or vector(0)", expr).String()
		a.Op, a.Limits, a.Whole = plan.Above, []decimal.Decimal{decimal.Zero}, true
		return promql.Expr{}
	}
	b.read(item.query)
	value := b.complete(item.query, inRule, item.window)
	a.Query = value.String()
	if a.Op == plan.Absent {
		a.For = item.Condition.AbsentFor.Value
		a.Expr = b.absent(item)
		return promql.Expr{}
	}
	if item.Over.Given() {
		value = b.overTime(item, a, value)
	}
	a.Value = value.String()
	limit := func(i int) string { return a.Limits[i].String() }
	var shape string
	switch a.Op {
	case plan.Above:
		shape = "$1 > " + limit(0)
	case plan.Below:
		shape = "$1 < " + limit(0)
	case plan.Outside:
		shape = "$1 < " + limit(0) + " or $1 > " + limit(1)
	case plan.Within:
		shape = "$1 > " + limit(0) + " < " + limit(1)
	}
	a.Expr = b.compose(item, shape, value).String()
	return value
}

// overTime reduces the last `over` of a query. Only a plain selector has a past to read; any other
// query is recorded first, without NaN, which would poison every window that it falls into.
func (b *builder) overTime(item *alertItem, a *plan.Alert, query promql.Expr) promql.Expr {
	shapes := map[string]string{
		"max": "max_over_time(%s[%s])", "min": "min_over_time(%s[%s])", "avg": "avg_over_time(%s[%s])",
		"median": "quantile_over_time(0.5, %s[%s])", "last": "last_over_time(%s[%s])",
	}
	shape, ok := shapes[a.Reduce]
	if !ok { // Grafana's legacy alerts only: Prometheus evaluates nothing
		return query
	}
	series := "$1"
	s, plain := item.query.Expr().(*parser.VectorSelector)
	renamed := slices.ContainsFunc(item.query.Selectors(), func(s promql.Selector) bool { return b.oldName(item.query, s) != "" })
	if !plain || renamed || s.OriginalOffset != 0 || s.Timestamp != nil || s.StartOrEnd != 0 {
		series = b.record(item, a, query)
	}
	return b.compose(item, fmt.Sprintf(shape, series, metric.FormatDuration(a.Over)), query)
}

// record adds a recording rule for the query of an alert and returns the selector that reads it.
func (b *builder) record(item *alertItem, a *plan.Alert, query promql.Expr) string {
	window := item.window
	if window == 0 {
		window = b.window()
	}
	name, operations := promql.RecordName(item.query.Expr(), metric.FormatDuration(window))
	level := labelModel
	if by, known := promql.ResultLabels(item.query.Expr()); known && len(by) > 0 {
		level += "_" + strings.Join(by, "_")
	}
	full := level + ":" + name + ":" + operations
	expr := b.compose(item, "$1 >= -Inf", query).String()
	for _, r := range b.extra {
		if r.Name == full && r.Member == b.member && r.Expr != expr { // the same operations on other series of the metric
			full += "_" + strings.ReplaceAll(a.Key, "-", "_")
		}
	}
	if b.recorded.has(full) {
		full += "_" + strings.ReplaceAll(a.Key, "-", "_")
	}
	labels := b.ruleLabels()
	if !slices.ContainsFunc(b.extra, func(r *plan.Record) bool { return r.Name == full && r.Expr == expr }) {
		b.extra = append(b.extra, &plan.Record{Name: full, Expr: expr, Labels: labels, Member: b.member, Source: item.Name.Span})
	}
	var matchers []string
	for _, l := range labels {
		matchers = append(matchers, promql.MatcherText(metric.Matcher{Label: l.Name, Op: metric.Equal, Value: l.Value}))
	}
	return full + "{" + strings.Join(matchers, ",") + "}"
}

// absent asks whether the query has no result. The author's text goes into absent() before it is
// completed: there only = matchers are added (DESIGN, "One query, three contexts").
func (b *builder) absent(item *alertItem) string {
	text, err := promql.Compose("absent($1)", item.query.Text())
	if err != nil {
		b.rep.Errorf(item.Name.Span, "`absent` of this query cannot be written: %s", err)
		return ""
	}
	var quiet diag.Report
	q := promql.Parse(diag.NewText(text, item.query.Span(0, len(item.query.Text()))), &quiet)
	if q == nil {
		b.rep.Errorf(item.Name.Span, "`absent` of this query cannot be written")
		return ""
	}
	return b.complete(&query{Query: q, source: item.query.source}, inRule, item.window).String()
}

// compose puts an expression into a shape by the one function that checks the result; a failure is a defect
// of ours or an expression that is too long, reported at the alert.
func (b *builder) compose(item *alertItem, shape string, part promql.Expr) promql.Expr {
	if part.String() == "" {
		return part // reported already
	}
	expr, err := promql.ComposeExprs(shape, part)
	if err != nil {
		b.rep.Errorf(item.Name.Span, "the expression of alert `%s` cannot be written: %s", item.Name.Value, err)
	}
	return expr
}

// single reports whether the query surely has one result without labels.
func (b *builder) single(q *query) bool {
	for _, s := range q.Selectors() {
		fitting := 0
		for _, r := range b.recorded[s.Name] {
			if r.fits(s.Matchers) {
				fitting++
			}
		}
		if fitting > 1 { // one series of each
			return false
		}
	}
	by, known := b.resultLabels(q)
	return known && len(by) == 0
}

// recordedBy is the metric of ours that the query reads and does nothing with; nil for any other query.
func (b *builder) recordedBy(q *query) *recorded {
	if s, ok := q.Expr().(*parser.VectorSelector); ok {
		return b.recorded.find(s.Name, s.LabelMatchers)
	}
	return nil
}
