package planner

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// What the linter is told: queries as they were written, and what is known of the series that they read.

// lookback is how old an instant value may be, unless a server is started with another limit.
const lookback = 5 * time.Minute

// written is a query for the linter. window is what `window:` beside the query says, 0 if it says nothing.
func (b *builder) written(q *query, brought bool, use promql.Use, window time.Duration) *plan.Written {
	use.Window = b.window()
	if window > 0 {
		use.Window = max(window, 4*b.model.ScrapeInterval)
	}
	return &plan.Written{Query: q.Query, Schema: b.schemaOf(q), Use: use, Brought: brought || q.Source().Span.File != b.model.File}
}

// schemaOf is what is known of the series that a query may read. A profile's query reads those of its own
// source only.
func (b *builder) schemaOf(q *query) *promql.Schema {
	key := schemaKey{q.source, q.only}
	if s, ok := b.schemas[key]; ok {
		return s
	}
	if b.schemas == nil {
		b.schemas = map[schemaKey]*promql.Schema{}
		b.recordedFacts = promql.Records{}
		b.targets = b.targetLabels()
	}
	at := &query{source: key.source, only: key.only}
	s := &promql.Schema{
		Lookup: func(name string) (metric.Series, bool) { return b.readableSeries(at, name) },
		Names:  func() []string { return b.readableNames(at) }, Renamed: b.renamedSeries,
		Closed: true, Targets: b.targets, Recorded: b.recordedFacts,
		Scrape: b.model.ScrapeInterval, Evaluation: b.ws.EvaluationInterval.Value,
		Lookback: lookback, Retention: b.ws.Retention.Value,
		OldBounds: strings.HasPrefix(b.ws.PrometheusVersion.Value, "2"),
	}
	b.schemas[key] = s
	return s
}

// schemaKey is what schemas differ in: where names are looked for first, and whether nowhere else.
type schemaKey struct {
	source int
	only   bool
}

// readableSeries is lookup, and the series that scraping itself makes.
func (b *builder) readableSeries(q *query, name string) (metric.Series, bool) {
	if s, ok := b.lookup(q, name); ok || !slices.Contains(builtIn, name) {
		return s, ok
	}
	m := &metric.Metric{Name: name, Type: metric.Gauge, Source: max(q.source, 0), Brought: true}
	switch {
	case name == "up":
		low, high := decimal.Zero, decimal.NewFromInt(1)
		m.Range = &metric.Range{Low: &low, High: &high}
	case strings.HasSuffix(name, "_seconds"):
		m.Unit = metric.Seconds()
	}
	return metric.Series{Metric: m}, true
}

// readableNames lists what a query can read.
func (b *builder) readableNames(q *query) []string {
	names := slices.Clone(builtIn)
	for i, c := range b.contracts {
		if !q.only || i == q.source {
			names = append(names, c.Names()...)
		}
	}
	for name := range b.recorded {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// renamedSeries finds what a series is called today.
func (b *builder) renamedSeries(old string) (metric.Series, bool) {
	for _, c := range b.contracts {
		if s, ok := c.Renamed(old); ok {
			return s, true
		}
	}
	return metric.Series{}, false
}

// targetLabels are the labels that scraping adds, by source.
func (b *builder) targetLabels() []promql.Targets {
	list := make([]promql.Targets, len(b.model.Sources))
	for i, source := range b.model.Sources {
		var of []promql.TargetLabel
		label := func(name string) *promql.TargetLabel {
			at := slices.IndexFunc(of, func(l promql.TargetLabel) bool { return l.Name == name })
			if at < 0 {
				of = append(of, promql.TargetLabel{Name: name})
				at = len(of) - 1
			}
			return &of[at]
		}
		for _, name := range source.TargetLabels {
			label(name)
		}
		if i == 0 {
			for _, r := range b.model.Replicas {
				label(r.Name).Values = r.Values
			}
			if m := b.model.Members; m != nil && slices.Contains(source.TargetLabels, m.Name) {
				label(m.Name).Values = m.Values
			}
		}
		for _, m := range source.Selector {
			l := label(m.Label)
			l.Selector = append(l.Selector, m)
			l.Always = l.Always || refusesAbsence(m)
			if m.Op == metric.Equal && m.Value != "" {
				l.Values = metric.Values{Exactly: []string{m.Value}, AtMost: 1}
			}
		}
		list[i].Labels, list[i].Pushed = of, i == 0 && b.scheduled()
	}
	return list
}

// refusesAbsence reports whether a matcher holds only for series that have its label.
func refusesAbsence(m metric.Matcher) bool {
	types := map[metric.MatchOp]labels.MatchType{metric.Equal: labels.MatchEqual, metric.NotEqual: labels.MatchNotEqual, metric.Match: labels.MatchRegexp, metric.NotMatch: labels.MatchNotRegexp}
	matcher, err := labels.NewMatcher(types[m.Op], m.Label, m.Value)
	return err == nil && !matcher.Matches("") // the loader has compiled it before
}

// learnRecorded keeps what is known of what a rule records: facts of each recorded series, for the queries that read it. They
// are worked out when somebody asks; inCircle says that r reads what reads r, so that this would never end.
func (b *builder) learnRecorded(r *recorded, inCircle bool) {
	w := b.written(r.query, !r.own, promql.Use{Place: promql.InRecord}, 0)
	r.written = w
	var set []metric.Matcher
	for _, l := range b.ruleLabels(r.labels()...) {
		set = append(set, metric.Matcher{Label: l.Name, Op: metric.Equal, Value: l.Value})
	}
	if inCircle {
		w.Analysis() // now: what it reads in a circle is not known yet
	}
	b.recordedFacts.Add(r.name, &promql.Recorded{Query: r.query.Query, Analysis: w.Analysis, Labels: set, Unit: r.as.Unit})
}

// contract is what the spec declares of its metrics.
func (b *builder) contract() *plan.Contract {
	c := &plan.Contract{Replicas: b.model.Replicas, Members: b.model.Members, Schema: b.schemaOf(&query{source: anySource}), Scheduled: b.scheduled(), Named: b.model.Name.Span}
	for _, m := range b.model.Metrics {
		if m.Query == nil {
			c.Metrics = append(c.Metrics, m)
		}
	}
	slices.SortStableFunc(c.Metrics, func(x, y *metric.Metric) int { return cmp.Compare(boolInt(x.Brought), boolInt(y.Brought)) })
	c.Copies = make([]int, len(b.model.Sources))
	c.Copies[0] = 1
	for _, r := range b.model.Replicas {
		if r.Values.AtMost == 0 {
			c.Copies[0] = 0
			break
		}
		c.Copies[0] *= r.Values.AtMost
	}
	return c
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// bar says where the author wrote the limit of an alert, and how.
func (b *builder) bar(item *alertItem) plan.Bar {
	var bar plan.Bar
	if c := item.Condition; c != nil {
		bar.Limit = b.ownSpan(c.Span)
		if len(c.Limits) > 0 {
			bar.Limit, bar.Text = b.ownSpan(c.Limits[0].Span), c.Limits[0].Value
		}
	}
	bar.For = b.ownSpan(item.For.Span)
	return bar
}

// written is the query of an alert for the linter; the alerts of members share it.
func (item *alertItem) written(b *builder) *plan.Written {
	if item.forLinter == nil {
		use := promql.Use{Place: promql.InAlert, Whole: item.raw != nil, Below: item.limits.op == spec.Below}
		item.forLinter = b.written(item.reads(), item.bd != nil, use, item.window)
	}
	return item.forLinter
}

// ProfileSchema is what a profile says of its metrics to queries that somebody else wrote: of all versions of
// them. What stands on their targets nobody knows, nor how many values a label has: its numbers are about one
// model.
func ProfileSchema(p *spec.Profile) *promql.Schema {
	var scraped []*metric.Metric
	for _, m := range p.Metrics {
		if m.Query == nil {
			scraped = append(scraped, foreign(m))
		}
	}
	contract := metric.NewContract(scraped)
	return &promql.Schema{Lookup: contract.Lookup, Names: sync.OnceValue(contract.Names), Renamed: contract.Renamed, Targets: []promql.Targets{{Open: true}}}
}

// foreign is what of a profile's metric holds wherever it is read. Its selector does not: it says what the
// profile itself reads.
func foreign(m *metric.Metric) *metric.Metric {
	known := *m
	known.Brought, known.Selector = true, nil
	known.Labels = slices.Clone(m.Labels)
	for i, l := range known.Labels {
		if l.Values.Exactly == nil {
			known.Labels[i].Values = metric.Values{}
		}
	}
	return &known
}
