package cost

import (
	"fmt"
	"maps"
	"slices"
	"time"

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
	// perTarget: its series have a label that tells targets apart, so that a deploy makes new ones. ofTargets: it is
	// made of nothing but what the model's targets have.
	perTarget, ofTargets bool
}

// rules counts recording rules in the order of their evaluation, then alerts, and adds up those of one name.
func (c *counter) rules() ([]Rule, error) {
	list := &ruleList{at: map[ruleKey]int{}}
	for _, r := range c.plan.Records {
		e, err := c.parse(r.Expr, r.Member, promql.InRecord)
		if err != nil {
			return nil, err
		}
		made := recorded{labels: r.Labels, series: e.result(e.query.Expr()), perTarget: c.perTarget(e.analysis.Root), ofTargets: e.fromOneTarget(e.query.Expr())}
		c.recorded[r.Name] = append(c.recorded[r.Name], made)
		c.learn(r, e.analysis)
		rule := Rule{Name: r.Name, Rules: 1, Read: e.read(), Elsewhere: e.elsewhere}
		rule.ReadPerSecond = c.perSecond(rule.Read, r.Group)
		if rule.Usage = use(made.series, c.pace(r.Group), bytesOfGauge); !e.analysis.Root.Floats() {
			rule.BytesPerDay, rule.Natives = 0, true
		}
		list.add(rule)
	}
	for _, a := range c.plan.Alerts {
		e, err := c.parse(a.Expr, a.Member, promql.InAlert)
		if err != nil {
			return nil, err
		}
		list.add(Rule{Name: a.Name, Alert: true, Rules: 1, Read: e.read(), ReadPerSecond: c.perSecond(e.read(), a.Group), Elsewhere: e.elsewhere})
	}
	return list.rules, nil
}

// pace is how often the rules of a group are evaluated.
func (c *counter) pace(g *plan.Group) time.Duration {
	if g != nil {
		return g.Interval
	}
	return c.plan.Workspace.EvaluationInterval
}

// perSecond is what is read by the interval of a group; 0 without a bound.
func (c *counter) perSecond(read Bound, g *plan.Group) float64 {
	if !read.Known() || c.pace(g) <= 0 {
		return 0
	}
	return read.Most / c.pace(g).Seconds()
}

// learn tells the analysis of the rules of a member what one of them records.
func (c *counter) learn(r *plan.Record, a *promql.Analysis) {
	c.known(r.Member).Add(r.Name, a.Recorded(matchersOf(r.Labels)...))
}

// known is what the rules of a member, or of all of them, may read of what is recorded.
func (c *counter) known(member string) promql.Records {
	if c.members[member] == nil {
		c.members[member] = promql.Records{}
		maps.Copy(c.members[member], c.members[""])
	}
	return c.members[member]
}

func matchersOf(labels []plan.Label) (list []metric.Matcher) {
	for _, l := range labels {
		list = append(list, metric.Matcher{Label: l.Name, Op: metric.Equal, Value: l.Value})
	}
	return list
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
	sum.Read, sum.Elsewhere = sum.Read.plus(r.Read), sum.Elsewhere || r.Elsewhere
	if sum.ReadPerSecond += r.ReadPerSecond; !sum.Read.Known() {
		sum.ReadPerSecond = 0
	}
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
	// elsewhere: it reads what other targets than the model's have.
	elsewhere bool
}

func (c *counter) parse(text, member string, place promql.Place) (*expression, error) {
	var rep diag.Report
	q := promql.ParseForeign(diag.Text{Value: text}, &rep)
	if q == nil {
		return nil, fmt.Errorf("a rule of model %s cannot be parsed: %s", c.plan.Model, text)
	}
	schema := *c.schema
	schema.Recorded = c.known(member)
	return &expression{counter: c, query: q, analysis: promql.Analyse(q, &schema, promql.Use{Place: place, Whole: true})}, nil
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
