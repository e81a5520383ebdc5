package plan

import (
	"sync"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// Written is a query as somebody wrote it, before it was completed for the place where it is used: with the
// places of its bytes, and what is known of the series that it reads. The linter looks at it.
type Written struct {
	Query  *promql.Query
	Schema *promql.Schema
	Use    promql.Use
	// Brought: a role or profile wrote it, so that its text is not the author's fault.
	Brought bool

	once     sync.Once
	analysis *promql.Analysis
}

// Analysis is what is known of the query; worked out once.
func (w *Written) Analysis() *promql.Analysis {
	w.once.Do(func() { w.analysis = promql.Analyse(w.Query, w.Schema, w.Use) })
	return w.analysis
}

// Contract is what a spec declares of its metrics.
type Contract struct {
	// Metrics are all that are scraped, in the order of the spec, then what profiles bring.
	Metrics []*metric.Metric
	// Copies is how many targets a source has at most, by metric.Metric.Source; 0: not known.
	Copies []int
	// Replicas are the labels that tell the copies of the model server apart.
	Replicas []metric.Label
	// Members are the values of the label that tells apart the models that the spec describes; nil: one model.
	Members *metric.Label
	// Schema is that of an author's query that names no source.
	Schema *promql.Schema
	// Scheduled: the model runs once in a while and pushes what it counted; a value holds from run to run, and its
	// labels stay as the job wrote them (`honor_labels`).
	Scheduled bool
	// Named is where the spec names the model.
	Named diag.Span
}

// Bar is where an alert begins to say something of a value: a limit, in the unit of the query.
type Bar struct {
	// Limit and For are where the author wrote them; zero: a role or profile did, or nobody.
	Limit, For diag.Span
	// Text is the limit as written: `300ms`; of two, the first.
	Text string
}

// Policy is what a workspace demands, and what it forgives.
type Policy struct {
	// Levels are what `lint: rules:` says of rules by name.
	Levels map[string]Level
	// Require lists labels and annotations that every alert must have.
	RequireLabels, RequireAnnotations []string
	Budgets                           Budgets
}

// Level is the severity of a rule's findings; Off: it does not run.
type Level struct {
	Severity diag.Severity
	Off      bool
	// Span is where the level was set.
	Span diag.Span
}

// Budgets are numbers beyond which a query, a metric or an alert is too much; 0: no budget.
type Budgets struct {
	// SeriesPerMetric and SeriesPerModel count the series that are scraped, on all targets, of a spec's own
	// metrics.
	SeriesPerMetric, SeriesPerModel int
	// SeriesPerRecord and SeriesPerPanel count the result of one query.
	SeriesPerRecord, SeriesPerPanel int
	// ValuesPerVariable is how many values a reader can choose from.
	ValuesPerVariable int
	// NotificationsPerAlert is how many alerts one rule can raise at once.
	NotificationsPerAlert int
	// BytesPerDashboard is the size of its JSON, PanelsPerDashboard and QueriesPerDashboard count what is drawn
	// and asked when it opens.
	BytesPerDashboard, PanelsPerDashboard, QueriesPerDashboard int
}
