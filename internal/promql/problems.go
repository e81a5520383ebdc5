package promql

// ProblemKind names what can be wrong with an expression; it is the name of the lint rule, too.
type ProblemKind string

// The kinds; internal/promql finds them, lint explains them.
const (
	// Types of metrics.
	RateOfGauge           ProblemKind = "rate-of-gauge"            // rate, irate, increase of what may fall
	DeltaOfCounter        ProblemKind = "delta-of-counter"         // delta, idelta, deriv, predict_linear of a counter
	RawCounter            ProblemKind = "counter-without-rate"     // a counter read, compared or averaged without rate
	RateOfAggregate       ProblemKind = "rate-of-aggregate"        // rate of a sum, of a recorded rate, of a rate in a subquery
	QuantileOfNothing     ProblemKind = "quantile-of-no-histogram" // histogram_quantile of what has no buckets
	QuantileOfRawBuckets  ProblemKind = "quantile-of-raw-buckets"  // without rate: since the process began
	QuantileWithoutLe     ProblemKind = "quantile-without-le"      // le aggregated away
	QuantileWithoutInf    ProblemKind = "quantile-without-inf"     // the bucket +Inf filtered out
	QuantileOutOfRange    ProblemKind = "quantile-out-of-range"    // φ outside 0..1
	AveragedQuantile      ProblemKind = "averaged-quantile"        // avg, sum, avg_over_time of quantiles
	HistogramFunction     ProblemKind = "histogram-function-on-floats"
	NativeBuckets         ProblemKind = "buckets-of-native-histogram" // x_bucket, x_sum, x_count of a native histogram
	MixedHistogramWindows ProblemKind = "mixed-histogram-windows"     // _sum over 5m divided by _count over 1h
	// Names, labels and values.
	UnknownMetric       ProblemKind = "unknown-metric"
	UnknownLabel        ProblemKind = "unknown-label"
	ImpossibleValue     ProblemKind = "impossible-label-value"
	UnknownBucket       ProblemKind = "unknown-bucket" // le that is no bound, or written in another form
	RegexInEquality     ProblemKind = "regex-in-equality"
	Contradiction       ProblemKind = "contradictory-matchers"
	NoOpMatcher         ProblemKind = "no-op-matcher"
	RedundantAnchor     ProblemKind = "redundant-anchor"
	RegexWithoutPattern ProblemKind = "regex-without-pattern"
	NamelessSelector    ProblemKind = "nameless-selector"
	RemovedLabel        ProblemKind = "removed-label" // aggregated away, then used
	LabelReplaceNoOp    ProblemKind = "label-replace-without-effect"
	// Joins.
	JoinNeverMatches ProblemKind = "join-never-matches"
	ManyToMany       ProblemKind = "many-to-many"
	MissingGroupLeft ProblemKind = "missing-group-left"
	IncludedLabel    ProblemKind = "included-label-missing" // group_left(x) without x on the one side
	NoOpUnless       ProblemKind = "unless-without-effect"
	DeadBranch       ProblemKind = "dead-branch"
	DuplicateSeries  ProblemKind = "duplicate-series" // same labelset: the engine fails
	OrVector         ProblemKind = "or-vector-on-labels"
	ScalarOfMany     ProblemKind = "scalar-of-many"
	// Values.
	ImpossibleComparison ProblemKind = "impossible-comparison"
	AlwaysTrue           ProblemKind = "comparison-always-true"
	MissingBool          ProblemKind = "missing-bool"
	FloatEquality        ProblemKind = "float-equality"
	NaNInAggregation     ProblemKind = "nan-in-aggregation"
	MissingZero          ProblemKind = "missing-zero" // a ratio whose error series may not exist
	UnitMismatch         ProblemKind = "unit-mismatch"
	// Time.
	MixedWindows        ProblemKind = "mixed-windows"
	ShortRange          ProblemKind = "short-range"
	LongWindow          ProblemKind = "long-rate-window"
	SubqueryWithoutStep ProblemKind = "subquery-without-step"
	BeyondRetention     ProblemKind = "beyond-retention"
	Irate               ProblemKind = "irate-in-rule"
	Experimental        ProblemKind = "experimental-function"
	TopKInRule          ProblemKind = "topk-in-rule"
)
