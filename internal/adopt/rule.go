package adopt

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/shopspring/decimal"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// rule reads one rule. What Prometheus refuses is reported, and what can be judged all the same is kept.
func (r *ruleReader) rule(g *plan.RuleGroup, groupLabels []plan.RuleText, n *yaml.Node) {
	alert, record := r.string(n, "alert"), r.string(n, "record")
	switch {
	case alert.Value != "" && record.Value != "":
		r.rep.Errorf(record.Span, "a rule is either an `alert` or a `record`, not both").WithHelp("make two rules of it").See(alert.Span, "the alert")
		return
	case alert.Value == "" && record.Value == "":
		r.rep.Errorf(r.head(n), "a rule that is neither an `alert` nor a `record`").WithHelp("write `alert: NAME` or `record: NAME`")
		return
	}
	file := &plan.FileRule{Group: g, Name: alert.Span, For: r.duration(n, "for"), KeepFiringFor: r.duration(n, "keep_firing_for")}
	file.Labels = inherit(r.texts(n, "labels", alert.Value != ""), groupLabels)
	file.Annotations = r.texts(n, "annotations", alert.Value != "")
	if record.Value != "" {
		file.Name = record.Span
		r.unknownKeys(n, "a rule", recordKeys)
		r.onlyOfAlerts(n)
		r.recordName(record)
	} else {
		r.unknownKeys(n, "a rule", alertKeys)
	}
	if file.Expr = r.expression(n, file.Name); file.Expr == nil {
		return
	}
	if alert.Value != "" {
		r.plan.Alerts = append(r.plan.Alerts, r.alert(alert.Value, file))
		return
	}
	r.plan.Records = append(r.plan.Records, &plan.Record{
		Name: record.Value, Expr: file.Expr.Text(), Labels: ruleLabels(file.Labels), Source: file.Name, File: file,
		Written: r.written(file, file.Expr, promql.Use{Place: promql.InRecord}),
	})
}

// inherit adds labels of the group that a rule does not have itself.
func inherit(own, group []plan.RuleText) []plan.RuleText {
	for _, l := range group {
		if _, has := plan.Entry(own, l.Name.Value); !has {
			own = append(own, l)
		}
	}
	return own
}

func ruleLabels(list []plan.RuleText) (labels []plan.Label) {
	for _, l := range list {
		labels = append(labels, plan.Label{Name: l.Name.Value, Value: l.Value.Value})
	}
	return labels
}

// onlyOfAlerts reports what a recording rule cannot have.
func (r *ruleReader) onlyOfAlerts(n *yaml.Node) {
	for _, e := range r.entries(n) {
		switch e.key.Value {
		case "for", "keep_firing_for", "annotations":
			empty := isNull(e.value) || e.value.Value == "0" || e.value.Kind == yaml.MappingNode && len(e.value.Content) == 0
			if !empty {
				r.rep.Errorf(r.span(e.key), "a recording rule has no `%s`", e.key.Value).WithHelp("it is for alerts: remove it")
			}
		}
	}
}

func (r *ruleReader) recordName(name diag.Located[string]) {
	switch {
	case strings.ContainsAny(name.Value, "{}"):
		r.rep.Errorf(name.Span, "`%s` is an expression, not the name of a record", clip(name.Value)).WithHelp("give the series a name, and write its expression in `expr`")
	case !model.UTF8Validation.IsValidMetricName(name.Value):
		r.rep.Errorf(name.Span, "`%s` is not the name of a metric", clip(name.Value)).WithHelp("write letters, digits, `_` and `:`")
	}
}

// expression parses `expr`; nil after reporting.
func (r *ruleReader) expression(n *yaml.Node, name diag.Span) *promql.Query {
	v := r.scalar(n, "expr")
	switch {
	case v == nil || strings.TrimSpace(v.Value) == "":
		meant := slices.ContainsFunc(r.entries(n), func(e pair) bool { return diag.Suggest(e.key.Value, []string{"expr"}) != "" })
		if !meant && (valueOf(n, "expr") == nil || v != nil) { // a misspelt key was reported
			r.rep.Errorf(name, "a rule without `expr`").WithHelp("write what it evaluates: `expr: …`")
		}
		return nil
	case len(v.Value) > maxExpression:
		r.rep.Errorf(r.span(v), "the expression has %d bytes; at most %d are read", len(v.Value), maxExpression).WithHelp("record its parts, and read the records")
		return nil
	}
	q := promql.ParseForeign(r.text(v), r.rep)
	if q == nil {
		return nil
	}
	whole := q.Span(0, len(q.Text()))
	switch q.Expr().Type() {
	case parser.ValueTypeMatrix:
		r.rep.Errorf(whole, "a rule takes one value of each series, not a range of samples").WithHelp("put it into a function, as in `max_over_time(x[5m])` or `rate(x_total[5m])`")
		return nil
	case parser.ValueTypeString:
		r.rep.Errorf(whole, "a rule takes numbers, and this is a text").WithHelp("write an expression without the quotes around it")
		return nil
	}
	return q
}

// alert makes an alert of a rule: what it compares and with what, where that can be told.
func (r *ruleReader) alert(name string, file *plan.FileRule) *plan.Alert {
	a := &plan.Alert{
		Name: name, Severity: r.severity(file.Labels), Labels: ruleLabels(file.Labels), Expr: file.Expr.Text(),
		For: file.For.Value, Reduce: "last", Source: file.Name, File: file, Bar: plan.Bar{For: file.For.Span},
	}
	if t, ok := plan.Entry(file.Annotations, "summary"); ok {
		a.Summary = t.Parts
	}
	if t, ok := plan.Entry(file.Annotations, "description"); ok {
		a.Description = t.Parts
	}
	if t, ok := plan.Entry(file.Annotations, "runbook_url"); ok {
		a.RunbookURL = t.Value.Value
	}
	use := promql.Use{Place: promql.InAlert, Whole: true}
	q := file.Expr
	a.Whole = true
	if apart, ok := promql.TakeApart(q); ok {
		if limit, err := decimal.NewFromString(apart.Number); err == nil {
			a.Whole, a.Op, a.Limits = false, plan.Op(apart.Op), []decimal.Decimal{limit}
			a.Bar.Limit, a.Bar.Text = q.Span(apart.Start, apart.End), q.Text()[apart.Start:apart.End]
			a.Query, a.Value = apart.Inner.Text(), apart.Inner.Text()
			use.Whole, use.Below = false, a.Op == plan.Below
			q = apart.Inner
		}
	}
	a.Written = r.written(file, q, use)
	return a
}

// severity is what the label `severity` asks of people: in the words of the workspace, or in those of the field.
func (r *ruleReader) severity(labels []plan.RuleText) plan.Severity {
	label, ok := plan.Entry(labels, "severity")
	if !ok {
		return ""
	}
	word := strings.ToLower(label.Value.Value)
	if r.in.Workspace != nil {
		for _, s := range []plan.Severity{plan.Page, plan.Ticket, plan.Notice} {
			if strings.ToLower(r.in.Workspace.Severities[s]) == word {
				return s
			}
		}
	}
	switch word {
	case "page", "critical":
		return plan.Page
	case "ticket", "warning":
		return plan.Ticket
	case "info", "none":
		return plan.Notice
	}
	return ""
}

// written is a query for the linter, with the schema of its group.
func (r *ruleReader) written(file *plan.FileRule, q *promql.Query, use promql.Use) *plan.Written {
	return &plan.Written{Query: q, Schema: r.schema(file.Group), Use: use}
}

// schema is what is known of the series that the rules of a group read.
func (r *ruleReader) schema(g *plan.RuleGroup) *promql.Schema {
	if r.schemas == nil {
		r.schemas = map[*plan.RuleGroup]*promql.Schema{}
		r.recorded = promql.Records{}
	}
	s, ok := r.schemas[g]
	if !ok {
		copied := *r.in.Schema
		s = &copied
		s.Recorded = r.recorded
		if g.Interval.Given() && g.Interval.Value > 0 {
			s.Evaluation = g.Interval.Value
		}
		r.schemas[g] = s
	}
	return s
}
