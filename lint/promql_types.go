package lint

import (
	"regexp"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// typeRules are about functions and the metrics that they are for.
var typeRules = []*Rule{
	problem(promql.RateOfGauge, diag.Error, "a rate of what may fall"),
	problem(promql.DeltaOfCounter, diag.Error, "a difference of counter values, which begin anew with their process"),
	problemAt(promql.RawCounter, diag.Error, "the value of a counter, which says how old its process is", rawCounterAt),
	problem(promql.RateOfAggregate, diag.Error, "a rate of a sum, or of what is a rate already"),
	problem(promql.QuantileOfNothing, diag.Error, "`histogram_quantile` of what has no buckets"),
	problemAt(promql.QuantileOfRawBuckets, diag.Error, "a quantile of everything since the process began", inRules(diag.Error, diag.Warning)),
	problem(promql.QuantileWithoutLe, diag.Error, "a quantile of buckets whose label `le` was aggregated away"),
	problem(promql.QuantileWithoutInf, diag.Error, "a quantile of buckets without the one that counts all"),
	problem(promql.QuantileOutOfRange, diag.Error, "a quantile below 0 or above 1"),
	problem(promql.AveragedQuantile, diag.Error, "a mean or sum of quantiles"),
	problem(promql.HistogramFunction, diag.Error, "a function for native histograms on plain numbers"),
	problem(promql.NativeBuckets, diag.Error, "`_bucket`, `_sum` or `_count` of a native histogram"),
	problem(promql.MixedHistogramWindows, diag.Error, "the parts of a histogram over different ranges"),
}

// sinceStart are words by which a panel says that it shows what was counted since the process began.
var sinceStart = regexp.MustCompile(`(?i)\b(cumulative|since)\b`)

// rawCounterAt is how bad the value of a counter is at a site.
func rawCounterAt(s *Site) diag.Severity {
	switch {
	case s.Alert != nil || s.Record != nil:
		return diag.Error
	case s.Panel != nil && sinceStart.MatchString(s.Panel.Title):
		return silent
	}
	return diag.Info
}
