package spec

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// CheckKind is what a check asks of a model.
type CheckKind string

// The kinds, in the order in which documentation shows them.
const (
	CheckDrift      CheckKind = "drift"      // a distribution is another than it was, or should be
	CheckConfidence CheckKind = "confidence" // the model is less sure
	CheckCollapse   CheckKind = "collapse"   // one class dominates
	CheckSilence    CheckKind = "silence"    // predictions stop
	CheckQuality    CheckKind = "quality"    // inputs are null, invalid or out of range
	CheckFreshness  CheckKind = "freshness"  // a feature, or the model, is old
	CheckCanary     CheckKind = "canary"     // versions against one of them
	CheckEvaluation CheckKind = "evaluation" // predictions against the truth
	CheckFairness   CheckKind = "fairness"   // groups are treated differently
	CheckExternal   CheckKind = "external"   // the score of somebody else's detector
	CheckScore      CheckKind = "score"      // any query
)

// Check is one check as written: `KIND: subject`, and keys beside it. Which keys a kind takes is a table of the
// loader; what they mean, what is left out and which methods there are, is package checks.
type Check struct {
	// Kind with the place of its key.
	Kind diag.Located[CheckKind]
	// Name is a slug, unique within the model; not Given: its Value is made of kind and subject.
	Name diag.Located[string]
	// Omit leaves out one that a profile brings; the value is the reason. Such an entry is in no Model.
	Omit diag.Located[string]

	// Metrics are the subject: one metric, a list, or none where Role names them. Parts name several metrics that
	// belong together, as in `evaluation: {squared: error_squared_total, count: labels_total}`.
	Metrics []diag.Located[string]
	Role    diag.Located[string]
	Parts   []CheckPart
	// Query is the subject of a score.
	Query *diag.Text

	Method diag.Located[string]
	// Across is the label whose values form a distribution, are the groups, or the bins.
	Across diag.Located[string]
	// By lists labels: one result for each of their values.
	By       []diag.Located[string]
	Selector []metric.Matcher
	Window   diag.Located[time.Duration]
	// MinSamples is how many samples each window (fairness: each group) needs.
	MinSamples diag.Located[int]
	Against    *Against
	// Quantile from 0 to 1, of methods that compare quantiles.
	Quantile diag.Located[decimal.Decimal]
	// Smoothing is added to each count, of methods that divide by shares; not Given: a floor.
	Smoothing diag.Located[decimal.Decimal]
	// Significance is the chance of an alert without a change that is accepted: the alert asks for it beside its
	// limit. 0 < x < 0.5; not Given: it does not.
	Significance diag.Located[decimal.Decimal]
	// Under and Above bound what counts, in the metric's unit. Valid is what is in range: [low, high].
	Under, Above diag.Located[string]
	Valid        []diag.Located[string]
	// Bad selects the bad series of a counter, Of is the metric that counts all.
	Bad []metric.Matcher
	Of  diag.Located[string]
	// Truth and Predicted are labels of an evaluation that hold the true and the predicted class; of fairness,
	// Positive and Actual select what was predicted positive and what truly is. Class is one class.
	Truth, Predicted, Class diag.Located[string]
	Positive, Actual        []metric.Matcher
	// Reference is the group that the others are compared with; not Given: the best of them.
	Reference diag.Located[string]
	// Delay is how late the truth comes; Coverage is the metric that counts predictions, and how large a share of
	// them must have a label.
	Delay       diag.Located[time.Duration]
	Coverage    diag.Located[string]
	MinCoverage diag.Located[string]
	// Except changes a check of several metrics for one of them. AtLeast is how many must have drifted.
	Except  []CheckException
	AtLeast diag.Located[int]

	// Direction is above or below: which side is bad; not Given: the method's.
	Direction diag.Located[string]
	// Range bounds a score: [low, high]; not Given: the method's. An end of Range and of Valid may be -Inf or +Inf.
	Range []diag.Located[string]
	Unit  diag.Located[metric.Unit]
	// Warn and Alert are limits in the unit of the score; not Given: the method's defaults. NoAlert is
	// `alert: off`: a line and no alert.
	Warn, Alert diag.Located[string]
	NoAlert     bool
	For         diag.Located[time.Duration]
	Severity    diag.Located[string]
	Description diag.Located[string]
	// Use is what brings the check; nil: the author wrote it. Metrics and labels have their names here; a query speaks
	// the names of the file that it stands in.
	Use  *Use
	Span diag.Span
}

// CheckPart is one of several metrics that belong together.
type CheckPart struct{ Part, Metric diag.Located[string] }

// CheckException is what is different for one metric.
type CheckException struct {
	Metric, Warn, Alert diag.Located[string]
	// Omit leaves the metric out; the value is the reason.
	Omit diag.Located[string]
	Span diag.Span
}

// Against is what a check compares with. One of Offsets, Reference and Label is set.
type Against struct {
	// Offsets are times of the past; of several, the median counts.
	Offsets []diag.Located[time.Duration]
	// Reference is the share of each class, or of each bucket by its upper bound; it sums to 1. File is where it
	// was read from; not Given: it is in the spec. The places of a file's entries are that of File.
	Reference []ReferenceShare
	File      diag.Located[string]
	// Label and Value name the series to compare with: `{track: stable}`.
	Label, Value diag.Located[string]
	Span         diag.Span
}

// ReferenceShare is a class, or the upper bound of a bucket, with its share.
type ReferenceShare struct {
	Key   diag.Located[string]
	Share diag.Located[decimal.Decimal]
}
