package planner

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// checkRule reports what an alert cannot do: it has no reader, so no variables and no time range.
func (b *builder) checkRule(q *query, item *alertItem) {
	for _, d := range b.checkTokens(q, "an alert") {
		if item.panel != nil {
			d.See(item.Panel.Span, "the alert `%s` evaluates this query", item.Name.Value)
		}
	}
}

// checkWindow reports a `window:` that no query reads.
func (b *builder) checkWindow(at diag.Span, queries ...*query) {
	for _, q := range queries {
		if slices.ContainsFunc(q.Tokens(), func(t promql.Token) bool { return t.Name == "window" || t.Name == "__rate_interval" }) {
			return
		}
	}
	b.rep.Errorf(at, "`window` has no effect: the query does not read it").WithHelp("write `[$window]` as its range, or remove `window`")
}

// checkTokens reports what has no value in a rule, be it an alert or a recording rule.
func (b *builder) checkTokens(q *query, in string) (list []*diag.Diagnostic) {
	for _, t := range q.Tokens() {
		switch t.Name {
		case "window", "baseline", "__rate_interval":
			continue
		}
		help := "write what it shall look at, as in `[5m]`"
		if t.Role == promql.RoleText {
			if !b.isVariable(t.Name) && !inSelector(q, t) {
				continue // a dollar sign in a string
			}
			help = "write the value that it shall match"
		}
		list = append(list, b.rep.Errorf(t.Span, "`%s` has no value in %s: only a dashboard has variables and a time range", t.Text, in).WithHelp("%s", help))
	}
	return list
}

// setLabels are the labels that rules set themselves: a result must not bring them.
func (b *builder) setLabels() []string {
	list := []string{"alertname"}
	for _, l := range b.alertLabels(plan.Ticket) {
		list = append(list, l.Name)
	}
	return list
}

// checkLabels reports a result that may have several values of a label that the rule sets: Prometheus
// would make them one, and refuse the rule.
func (b *builder) checkLabels(q *query, at diag.Span, set []string) {
	names, known := b.resultLabels(q)
	if !known {
		for _, s := range q.Selectors() {
			if series, ok := b.scraped(q, s.Name); ok {
				names = append(names, series.Metric.SeriesLabels(series.Part)...)
			}
		}
	}
	for _, name := range set {
		if !slices.Contains(names, name) {
			continue
		}
		for _, g := range q.Groupings() {
			for _, l := range g.Labels {
				if l.Value == name {
					at = l.Span
				}
			}
		}
		b.rep.Errorf(at, "the result has the label `%s`, which the rule sets itself", name).
			WithHelp("aggregate it away, or rename it with `label_replace`")
		return
	}
}

// checkType reports what is no instant vector: a range of samples, a string, a number.
func (b *builder) checkType(q *query, who string) {
	switch q.Expr().Type() {
	case parser.ValueTypeVector:
		return
	case parser.ValueTypeMatrix:
		b.rep.Errorf(q.Span(0, len(q.Text())), "%s one value of each series, not a range of samples", who).
			WithHelp("put it into a function, as in `max_over_time(x[5m])` or `rate(x_total[5m])`")
	case parser.ValueTypeScalar:
		b.rep.Errorf(q.Span(0, len(q.Text())), "%s series, and this is a single number", who).WithHelp("write `vector(…)` around it")
	default:
		b.rep.Errorf(q.Span(0, len(q.Text())), "%s numbers, and this is a text", who)
	}
}

func (b *builder) isVariable(name string) bool {
	return b.isMember(name) || slices.Contains(b.variableLabels(), name) || name == "datasource"
}

func (b *builder) checkRaw(item *alertItem) {
	if item.Condition != nil {
		b.rep.Errorf(item.Condition.Span, "an `expr` has its comparison in it").
			WithHelp("write `query:` for what is compared, and `%s:` beside it", item.Condition.Op)
	}
	if item.Reduce.Given() {
		b.rep.Errorf(item.Reduce.Span, "an `expr` that is no plain comparison cannot be reduced").
			WithHelp("write `query:` for what is reduced, and the comparison beside it")
	}
	if item.Warn.Given() {
		b.rep.Errorf(item.Warn.Span, "an `expr` that is no plain comparison has no softer limit").
			WithHelp("write `query:` for what is compared, and `above:` or `below:` beside it")
	}
}

// reducers exist in every output.
var reducers = []string{"max", "min", "avg", "median", "last"}

func (b *builder) checkReduce(item *alertItem, failed int) {
	switch {
	case item.Over.Given() && !item.Reduce.Given():
		b.rep.Errorf(item.Over.Span, "`over` without `reduce`").WithHelp("say what the last %s become: `reduce: max`, min, avg, median or last", metric.FormatDuration(item.Over.Value))
	case item.Reduce.Given() && !item.Over.Given() && item.Reduce.Value != "last":
		b.rep.Errorf(item.Reduce.Span, "`reduce: %s` without `over`", item.Reduce.Value).WithHelp("say over what time: `over: 5m`")
	case item.Reduce.Given() && (b.pws.PrometheusAlerts || b.pws.UnifiedAlerts) && !slices.Contains(reducers, item.Reduce.Value):
		b.rep.Errorf(item.Reduce.Span, "Prometheus has no reducer `%s`: only Grafana's legacy alerts have", item.Reduce.Value).
			WithHelp("use one of %s", strings.Join(reducers, ", "))
	case item.Condition != nil && item.Condition.Op == spec.Absent && item.Reduce.Given():
		b.rep.Errorf(item.Reduce.Span, "`absent` reduces nothing").WithHelp("remove `reduce` and `over`")
	case item.Condition != nil && item.Condition.Op == spec.Absent && item.For.Given():
		b.rep.Errorf(item.For.Span, "`absent` has its own duration").WithHelp("remove `for`, and say `absent: %s`", metric.FormatDuration(item.For.Value))
	}
	if item.Signal.Given() && len(item.limits.crit) != 1 && (item.raw != nil || b.rep.Errors() == failed) {
		b.rep.Errorf(item.Signal.Span, "`signal` goes with `above` or `below` only").WithHelp("a signal has a value that is compared with one limit")
	}
}
