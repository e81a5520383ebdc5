package adopt

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// alert reads the block of a legacy alert. If it has one condition, and that is a comparison of a query of
// the panel, it is an alert of the plan as well.
func (r *boardReader) alert(p *plan.Panel, v *value) {
	a := &plan.LegacyAlert{
		Name: v.get("name").located(), Frequency: v.get("frequency").located(), For: v.get("for").located(), Span: v.span(), Head: v.head(),
	}
	p.Foreign.Alert = a
	if tags := v.get("alertRuleTags"); tags != nil {
		for _, m := range tags.members {
			a.Tags = append(a.Tags, plan.Label{Name: m.name, Value: m.value.str()})
		}
		slices.SortFunc(a.Tags, func(a, b plan.Label) int { return cmp.Compare(a.Name, b.Name) })
	}
	for _, c := range v.get("conditions").list() {
		params := c.get("query", "params").list()
		for len(params) < 2 {
			params = append(params, nil)
		}
		a.RefIDs, a.Windows = append(a.RefIDs, params[0].located()), append(a.Windows, params[1].located())
		a.Reducers = append(a.Reducers, c.get("reducer", "type").located())
		a.Evaluators = append(a.Evaluators, c.get("evaluator", "type").located())
		var limits []diag.Located[float64]
		for _, n := range c.get("evaluator", "params").list() {
			limits = append(limits, n.number())
		}
		a.Params = append(a.Params, limits)
	}
	if alert := r.comparison(p, a); alert != nil {
		p.Alert = alert
		r.plan.Alerts = append(r.plan.Alerts, alert)
	}
}

// evaluators are the comparisons of legacy alerts, with the number of their limits.
var evaluators = map[string]struct {
	op     plan.Op
	limits int
}{"gt": {plan.Above, 1}, "lt": {plan.Below, 1}, "outside_range": {plan.Outside, 2}, "within_range": {plan.Within, 2}, "no_value": {plan.Absent, 0}}

// reducers are those that pick or average values of the query, so that limits are in its unit.
var reducers = map[string]string{"avg": "avg", "min": "min", "max": "max", "median": "median", "last": "last"}

func (r *boardReader) comparison(p *plan.Panel, a *plan.LegacyAlert) *plan.Alert {
	if len(a.Evaluators) != 1 {
		return nil
	}
	i := slices.IndexFunc(p.Queries, func(q plan.Query) bool { return q.RefID == a.RefIDs[0].Value })
	evaluator, ok := evaluators[a.Evaluators[0].Value]
	reduce, picks := reducers[a.Reducers[0].Value]
	if i < 0 || !ok || !picks || len(a.Params[0]) < evaluator.limits {
		return nil
	}
	q := p.Queries[i].Written
	alert := &plan.Alert{
		Name: a.Name.Value, Key: a.Name.Value, Query: q.Query.Text(), Reduce: reduce, Over: goDuration(a.Windows[0].Value), For: goDuration(a.For.Value),
		Op: evaluator.op, Unit: p.Unit, Source: a.Name.Span, Legacy: a,
		Written: &plan.Written{Query: q.Query, Schema: q.Schema, Use: promql.Use{Place: promql.InAlert, Below: evaluator.op == plan.Below}},
		Bar:     plan.Bar{For: a.For.Span},
	}
	if alert.Source.IsZero() {
		alert.Source = a.Head
	}
	alert.Labels = a.Tags
	for _, l := range a.Params[0][:evaluator.limits] {
		if !l.Given() {
			return nil
		}
		alert.Limits = append(alert.Limits, decimal.NewFromFloat(l.Value))
	}
	if evaluator.limits > 0 {
		alert.Bar.Limit, alert.Bar.Text = a.Params[0][0].Span, alert.Limits[0].String()
	}
	return alert
}

// goDuration reads a duration of a legacy alert; 0: there is none, or it is not one. Days, which Grafana refuses
// here, are what they say: one mistake is enough.
func goDuration(text string) time.Duration {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		return 24 * goDuration(days+"h")
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0
	}
	return d
}
