package lint

import (
	"fmt"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// cardinalityRules count series. Budgets are about a spec's own metrics: what a profile brings is what its stack
// costs.
var cardinalityRules = []*Rule{
	alertFanOut, countedValues, highCardinality, identifierValue, modelCardinality, panelCardinality, recordCardinality,
	recordKeepsLabels, unboundedGrouping, unboundedLabel, variableCardinality,
}

// count is how many series there are at most, and how that comes about.
type count struct {
	// series; labels without a bound and unknown buckets count once, so that it may be more.
	series int
	// factors, in words: "4 of `pod`".
	factors []string
	// atLeast: something without a bound counted once. eachTarget: so did targets, of which nobody says how many
	// there are.
	atLeast, eachTarget bool
}

func (c *count) times(n int, format string, args ...any) {
	if n < 2 {
		return
	}
	c.series = saturated(c.series, n)
	c.factors = append(c.factors, thousands(n)+" "+fmt.Sprintf(format, args...))
}

// saturated multiplies; a number that no Prometheus could hold stays one.
func saturated(a, b int) int {
	const most = 1_000_000_000_000
	if b > 0 && a > most/b {
		return most
	}
	return a * b
}

// how says how a number comes about, if there is anything to say.
func (c *count) how() string {
	if len(c.factors) < 2 {
		return ""
	}
	return ": " + strings.Join(c.factors, " × ")
}

// amount is the number in words.
func (c *count) amount() string {
	if c.atLeast {
		return "at least " + thousands(c.series)
	}
	return "up to " + thousands(c.series)
}

// where says that there is more than one server, if nobody says how many.
func (c *count) where() string {
	if c.eachTarget {
		return " for each target"
	}
	return ""
}

// thousands writes a number with separators: 24,480.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// seriesOf counts the series of an own metric on all targets. Of a spec that describes many models, those of one:
// each is a model of its own.
func (p *Pass) seriesOf(m *metric.Metric) count {
	c := count{series: 1}
	if m.Source == 0 {
		for _, r := range p.Plan.Contract.Replicas {
			if _, own := m.Label(r.Name); own {
				continue // it tells copies apart within a target: worker processes
			}
			c.atLeast = c.atLeast || r.Values.AtMost == 0
			c.times(r.Values.AtMost, "of `%s`", r.Name)
		}
	}
	for _, l := range m.Labels {
		if p.isMember(l.Name) {
			continue
		}
		c.atLeast = c.atLeast || l.Values.AtMost == 0
		c.times(l.Values.AtMost, "of `%s`", l.Name)
	}
	switch m.Type {
	case metric.Histogram, metric.GaugeHistogram:
		c.atLeast = c.atLeast || m.Buckets == nil
		c.times(len(m.Buckets)+3, "series of each histogram")
	case metric.Summary:
		c.times(len(m.Quantiles)+2, "series of each summary")
	}
	return c
}

var highCardinality = &Rule{
	Name: "high-cardinality", Group: Cardinality, Severity: diag.Warning,
	Doc: "a metric with more series than the budget",
	Run: func(p *Pass) {
		budget := p.Budgets().SeriesPerMetric
		for m := range p.OwnMetrics() {
			c := p.seriesOf(m)
			if budget == 0 || c.series <= budget {
				continue
			}
			p.Reportf(m.Span, "`%s` has %s series%s; the budget is %s", m.Name, c.amount(), c.how(), thousands(budget)).
				Help = cheaper(m)
		}
	},
}

// cheaper says what makes a metric cheaper.
func cheaper(m *metric.Metric) string {
	most, at := 0, ""
	for _, l := range m.Labels {
		if l.Values.AtMost > most {
			most, at = l.Values.AtMost, l.Name
		}
	}
	ways := []string{}
	if at != "" {
		ways = append(ways, "drop `"+at+"` or give it fewer values")
	}
	if m.Type == metric.Histogram && len(m.Buckets) > 5 {
		ways = append(ways, "give the histogram fewer buckets, or make it a native one")
	}
	return strings.Join(append(ways, "or raise `budgets: {series_per_metric: …}` in mlobs.yaml"), "; ")
}

var modelCardinality = &Rule{
	Name: "model-cardinality", Group: Cardinality, Severity: diag.Warning,
	Doc: "a model whose metrics have more series than the budget, although none is too large by itself",
	Run: func(p *Pass) {
		budget, each := p.Budgets().SeriesPerModel, p.Budgets().SeriesPerMetric
		if budget == 0 || p.Plan.Contract == nil {
			return
		}
		total, largest := count{}, count{}
		var worst *metric.Metric
		for m := range p.OwnMetrics() {
			c := p.seriesOf(m)
			if each > 0 && c.series > each {
				continue // high-cardinality speaks
			}
			total.series += c.series
			total.atLeast = total.atLeast || c.atLeast
			if c.series > largest.series {
				largest, worst = c, m
			}
		}
		if total.series > budget {
			p.Reportf(p.Plan.Contract.Named, "the metrics of `%s` have %s series; the budget is %s", p.Plan.Model, total.amount(), thousands(budget)).
				WithHelp("fewer labels or buckets; or raise `budgets: {series_per_model: …}` in mlobs.yaml").
				See(worst.Span, "the largest: %s%s", thousands(largest.series), largest.how())
		}
	},
}
