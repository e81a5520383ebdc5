package cost

import (
	"fmt"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// recorded is what one recording rule makes.
type recorded struct {
	labels []plan.Label
	series Bound
	// perTarget: its series have a label that tells targets apart, so that a deploy makes new ones.
	perTarget bool
}

// rules counts recording rules in the order of their evaluation, then alerts, and adds up those of one name.
func (c *counter) rules() ([]Rule, error) {
	list := &ruleList{at: map[ruleKey]int{}}
	for _, r := range c.plan.Records {
		e, err := c.parse(r.Expr, promql.InRecord)
		if err != nil {
			return nil, err
		}
		made := recorded{labels: r.Labels, series: e.result(e.query.Expr()), perTarget: c.perTarget(e.analysis.Root)}
		c.recorded[r.Name] = append(c.recorded[r.Name], made)
		rule := Rule{Name: r.Name, Rules: 1, Read: e.read()}
		if rule.Usage = use(made.series, c.plan.Workspace.EvaluationInterval, bytesOfGauge); !e.analysis.Root.Floats() {
			rule.BytesPerDay, rule.Natives = 0, true
		}
		list.add(rule)
	}
	for _, a := range c.plan.Alerts {
		e, err := c.parse(a.Expr, promql.InAlert)
		if err != nil {
			return nil, err
		}
		list.add(Rule{Name: a.Name, Alert: true, Rules: 1, Read: e.read()})
	}
	for i := range list.rules {
		if r := &list.rules[i]; r.Read.Known() && c.plan.Workspace.EvaluationInterval > 0 {
			r.ReadPerSecond = r.Read.Most / c.plan.Workspace.EvaluationInterval.Seconds()
		}
	}
	return list.rules, nil
}

// perTarget reports whether a label that tells targets apart may be on a result.
func (c *counter) perTarget(f *promql.Facts) bool {
	if c.pushed {
		return false
	}
	may := func(name string) bool { return f.Label(name).Presence != promql.Never }
	return may(model.InstanceLabel) || slices.ContainsFunc(c.targetLabels, func(l metric.Label) bool { return may(l.Name) })
}

// ruleList adds up rules by name.
type ruleList struct {
	rules []Rule
	at    map[ruleKey]int
}

type ruleKey struct {
	name  string
	alert bool
}

func (l *ruleList) add(r Rule) {
	key := ruleKey{r.Name, r.Alert}
	i, ok := l.at[key]
	if !ok {
		l.at[key] = len(l.rules)
		l.rules = append(l.rules, r)
		return
	}
	sum := &l.rules[i]
	sum.Rules++
	sum.Read = sum.Read.plus(r.Read)
	series := sum.Series.plus(r.Series)
	sum.Usage.add(r.Usage)
	if sum.Series = series; !series.Known() {
		sum.Usage = Usage{Series: series}
	}
}

// expression is the expression of a rule, complete as Prometheus evaluates it.
type expression struct {
	counter  *counter
	query    *promql.Query
	analysis *promql.Analysis
}

func (c *counter) parse(text string, place promql.Place) (*expression, error) {
	var rep diag.Report
	q := promql.ParseForeign(diag.Text{Value: text}, &rep)
	if q == nil {
		return nil, fmt.Errorf("a rule of model %s cannot be parsed: %s", c.plan.Model, text)
	}
	return &expression{c, q, promql.Analyse(q, c.schema, promql.Use{Place: place, Whole: true})}, nil
}

// agrees reports whether the labels that a rule sets may satisfy matchers.
func (r recorded) agrees(matchers []*labels.Matcher) bool {
	for _, m := range matchers {
		for _, l := range r.labels {
			if l.Name == m.Name && !m.Matches(l.Value) {
				return false
			}
		}
	}
	return true
}
