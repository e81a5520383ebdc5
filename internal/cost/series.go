package cost

import (
	"slices"
	"strings"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// counter counts one plan.
type counter struct {
	plan     *plan.Plan
	contract *plan.Contract
	options  Options
	pushed   bool
	// targets are the model's, targetLabels what tells them apart: replicas, and members if their label is one of
	// targets.
	targets      Bound
	targetLabels []metric.Label
	// schema is the contract's, with what the number of targets says of their labels.
	schema *promql.Schema
	// recorded are the rules that were counted, by the name of their series; named is how many there are.
	recorded map[string][]recorded
	named    map[string]int
	// members has for each member, and for the rules of none, what is known of the series that its rules make.
	members map[string]promql.Records
}

func newCounter(p *plan.Plan, o Options) *counter {
	c := &counter{plan: p, contract: p.Contract, options: o, recorded: map[string][]recorded{}, named: map[string]int{}, members: map[string]promql.Records{}}
	targets := c.contract.Schema.Targets
	c.pushed = len(targets) > 0 && targets[0].Pushed
	c.targetLabels = c.ofTargets()
	c.targets = atMost(1)
	for _, l := range c.targetLabels {
		c.targets = c.targets.times(valuesOf(l))
	}
	c.schema = c.bounded(c.contract.Schema)
	for _, r := range p.Records {
		c.named[r.Name]++
	}
	c.schema.Lookup = c.scraped
	return c
}

// scraped finds the metric of a series that no rule of the plan makes.
func (c *counter) scraped(name string) (metric.Series, bool) {
	if c.named[name] > 0 {
		return metric.Series{}, false
	}
	return c.contract.Schema.Lookup(name)
}

// valuesOf is how many values a label has.
func valuesOf(l metric.Label) Bound {
	if l.Values.AtMost == 0 {
		return without(l.Name)
	}
	return atMost(l.Values.AtMost)
}

// ofTargets are the labels that tell the targets of the model server apart. A replica label that a metric has of its
// own, like the worker process, is within a target.
func (c *counter) ofTargets() (list []metric.Label) {
	labels := slices.Clone(c.contract.Replicas)
	if m := c.contract.Members; m != nil && c.isTargetLabel(m.Name) {
		labels = append(labels, *m)
	}
	for _, l := range labels {
		own := func(m *metric.Metric) bool { _, has := m.Label(l.Name); return m.Source == 0 && has }
		if !slices.ContainsFunc(c.contract.Metrics, own) {
			list = append(list, l)
		}
	}
	return list
}

func (c *counter) isTargetLabel(name string) bool {
	targets := c.contract.Schema.Targets
	return len(targets) > 0 && slices.ContainsFunc(targets[0].Labels, func(l promql.TargetLabel) bool { return l.Name == name })
}

// bounded is a schema that knows how many targets there are: a label of targets has at most one value for each. What
// it knows of recorded series is of queries before they were completed, and forgotten.
func (c *counter) bounded(s *promql.Schema) *promql.Schema {
	out := *s
	out.Closed, out.Recorded = false, nil
	if !c.targets.Known() || len(s.Targets) == 0 {
		return &out
	}
	out.Targets = slices.Clone(s.Targets)
	out.Targets[0].Labels = slices.Clone(s.Targets[0].Labels)
	for i := range out.Targets[0].Labels {
		if v := &out.Targets[0].Labels[i].Values; v.Exactly == nil && v.AtMost == 0 {
			v.AtMost = int(c.targets.Most)
		}
	}
	return &out
}

// metric counts a scraped metric.
func (c *counter) metric(m *metric.Metric) Metric {
	out := Metric{Name: m.Name, Type: m.Type, Stack: m.Brought, Elsewhere: m.Source != 0}
	factors, sets := c.setsOf(m)
	each, known := eachSet(m)
	if each > 1 {
		factors = append(factors, Factor{N: each})
	}
	bytes, natives := bytesOf(m)
	if c.pushed && m.Source == 0 && !natives { // from run to run nothing changes
		bytes = float64(float64(each) * bytesOfConstant)
	}
	if c.options.Created && m.Source == 0 && hasCreated(m.Type) {
		each, bytes = each+1, bytes+bytesOfConstant
		factors = withCreated(factors)
	}
	series := sets.times(atMost(each))
	if !known {
		series = series.plus(without("le"))
	}
	out.Usage = use(series, c.interval(m), bytes/float64(each))
	out.Natives = natives
	if series.Known() {
		out.Factors = factors
	}
	return out
}

// withCreated adds the series `_created` to those of each set of labels.
func withCreated(factors []Factor) []Factor {
	if n := len(factors); n > 0 && factors[n-1].Of == "" {
		factors[n-1].N++
		return factors
	}
	return append(factors, Factor{N: 2})
}

// interval between two scrapes of a metric.
func (c *counter) interval(m *metric.Metric) time.Duration {
	if m.Source != 0 {
		return c.plan.Workspace.ScrapeInterval
	}
	return c.schema.Scrape
}

// setsOf is how many sets of labels a metric has on all targets, `le` and `quantile` apart.
func (c *counter) setsOf(m *metric.Metric) (factors []Factor, sets Bound) {
	sets = atMost(1)
	times := func(n Bound, of string) {
		sets = sets.times(n)
		if n.Known() && n.Most != 1 {
			factors = append(factors, Factor{N: int(n.Most), Of: of})
		}
	}
	if strings.HasSuffix(m.Name, "*") { // any number of names
		sets = without("__name__")
	}
	switch {
	case m.Source == 0:
		for _, l := range c.targetLabels {
			times(valuesOf(l), l.Name)
		}
	default:
		times(c.elsewhere(m), targetsName)
	}
	for _, l := range m.Labels {
		if m.Key == nil || slices.Contains(m.Key, l.Name) {
			times(c.ownValues(m, l), l.Name)
		}
	}
	return factors, sets
}

// elsewhere is how many targets another source has.
func (c *counter) elsewhere(m *metric.Metric) Bound {
	if m.Source < len(c.contract.Copies) && c.contract.Copies[m.Source] > 0 {
		return atMost(c.contract.Copies[m.Source])
	}
	return without(targetsName)
}

// ownValues is how many values an own label has. That of the members has theirs: other models that the server may
// have are not this spec's.
func (c *counter) ownValues(m *metric.Metric, l metric.Label) Bound {
	n := valuesOf(l)
	if members := c.contract.Members; members != nil && members.Name == l.Name && m.Source == 0 {
		n = n.min(valuesOf(*members))
	}
	return n
}

// eachSet is how many series a metric has for one set of labels; false: nobody declared the buckets.
func eachSet(m *metric.Metric) (n int, known bool) {
	switch m.Type {
	case metric.Histogram, metric.GaugeHistogram:
		return len(m.Buckets) + 3, m.Buckets != nil // the bucket of infinity, sum, count
	case metric.Summary:
		return len(m.Quantiles) + 2, true
	}
	return 1, true
}

// scraping are the series that Prometheus makes for each target; false: they are not the model's.
func (c *counter) scraping() (Metric, bool) {
	if c.pushed {
		return Metric{}, false
	}
	out := Metric{Name: "up, scrape_*", Type: metric.Gauge, Stack: true}
	series := c.targets.times(atMost(scrapingSeries))
	out.Usage = use(series, c.schema.Scrape, scrapingBytes/scrapingSeries)
	if series.Known() {
		for _, l := range c.targetLabels {
			if l.Values.AtMost != 1 {
				out.Factors = append(out.Factors, Factor{N: l.Values.AtMost, Of: l.Name})
			}
		}
		out.Factors = append(out.Factors, Factor{N: scrapingSeries})
	}
	return out, true
}
