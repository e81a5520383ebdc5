package spec

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// SLO is a service level objective as written. Exactly one kind is set: events by queries (Total with Errors or
// Good), events by Role, Latency, Availability, Freshness or Share.
type SLO struct {
	// Name is a slug, unique within the model; it is the label `slo` of all that is recorded.
	Name diag.Located[string]
	// Omit leaves out one that a profile brings; the value is the reason. Such an entry is in no Model.
	Omit diag.Located[string]
	// Objective in per cent, above 0 and below 100, exact.
	Objective diag.Located[decimal.Decimal]
	// Period is 7d, 28d, 30d or 90d; not Given: 30d.
	Period diag.Located[time.Duration]

	// Errors or Good, and Total, are queries: what happened in `$window`.
	Errors, Good, Total *diag.Text
	// Role is `requests`: answers without a fault of the server, of the metric that has the role.
	Role diag.Located[string]
	// Latency and Share judge a metric's observations.
	Latency, Share *SLOShare
	// Availability is `targets`: the share of targets that can be scraped.
	Availability diag.Located[string]
	Freshness    *SLOShare

	// By lists labels: one objective for each of their values. Selector is added to all that is read.
	By       []diag.Located[string]
	Selector []metric.Matcher
	// MinEvents is how many events the long window of an alert needs; not Given: as many as make one error stay
	// below the limit.
	MinEvents diag.Located[int]
	// Revision starts a new history: it is the label `revision` of all that is recorded. Not Given: none.
	Revision    diag.Located[string]
	Description diag.Located[string]
	// Use is what brings the SLO; nil: the author wrote it. Metrics and labels have their names here; a query speaks
	// the names of the file that it stands in.
	Use  *Use
	Span diag.Span
}

// SLOShare is the share of what a metric counts, that is good.
type SLOShare struct {
	// Metric is the name; not Given: the metric of the role (Latency: latency).
	Metric diag.Located[string]
	// Under and Above are bounds of a good observation, in the metric's unit; of Freshness, Under is an age. One at most.
	Under, Above diag.Located[string]
	// Good selects the good series of a counter; none: a bound says what is good.
	Good []metric.Matcher
	Span diag.Span
}
