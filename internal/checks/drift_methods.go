package checks

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Methods of drift that something else in this package asks for by name.
const (
	methodPSI         = "psi"
	methodKL          = "kl"
	methodChi2        = "chi2"
	methodKS          = "ks"
	methodWasserstein = "wasserstein"
	methodMean        = "mean"
	methodQuantile    = "quantile"
)

// In the formulas q are the shares now and p those of the reference, N and M how many samples there are, and F and G
// the cumulative shares of a histogram up to each of its bounds.
var driftMethods = slices.Concat(numberDistances, distances, []*Method{chiSquaredTest})

var numberDistances = []*Method{
	{
		Name: methodKS, Title: "KS distance", Of: ofNumbers, Formula: "max |F − G| over the bounds of the buckets", Source: "Kolmogorov and Smirnov; scipy (ks_2samp), nannyml",
		Op: spec.Above, Low: "0", High: "1", Unit: metric.Ratio(), Warn: "0.1", Alert: "0.2",
		Reading: "The largest part of all values that has moved across one bound. Between two bounds a histogram knows nothing, so that the true distance may be larger.",
	},
	{
		Name: methodWasserstein, Title: "Wasserstein distance", Of: ofNumbers, Formula: "Σ |F − G| · (rᵢ₊₁ − rᵢ), r the middle of each bucket; the first begins at 0, the last is at its lower bound", Source: "scipy (wasserstein_distance), evidently",
		Op: spec.Above, Low: "0",
		Reading: "How far the values have moved on average, in the unit of the metric.",
	},
	{
		Name: methodMean, Title: "Shift of the mean", Of: ofNumbers, Formula: "|mean now − mean then| / |mean then|", Source: "sum and count of the histogram",
		Op: spec.Above, Low: "0", Unit: metric.Ratio(), Warn: "0.1", Alert: "0.25",
		Reading: "By how much of itself the mean has moved, up or down. A shape that changes around the same mean is not seen.",
	},
	{
		Name: methodQuantile, Title: "Shift of the quantile", Of: ofNumbers, Formula: "|quantile now − quantile then|, the median unless `quantile` says another one", Source: "Prometheus (histogram_quantile)",
		Op: spec.Above, Low: "0",
		Reading: "By how much the quantile has moved, in the unit of the metric. It never is above the last bound of the histogram.",
	},
}

// distances compare the shares of two distributions, bin by bin: of classes, or of buckets.
var distances = []*Method{
	{
		Name: methodPSI, Title: "PSI", Formula: "Σ (q − p) · ln(q / p), shares below 0.0001 counted as 0.0001", Source: "Siddiqi, Credit Risk Scorecards, 2006; evidently (psi)",
		Op: spec.Above, Low: "0", Unit: plain, Warn: "0.1", Alert: "0.25",
		Reading: "Below 0.1 nothing has happened, above 0.25 the distribution is another.",
	},
	{
		Name: methodKL, Title: "KL divergence", Formula: "Σ p · ln(p / q), shares below 0.0001 counted as 0.0001, then both divided by their sums", Source: "Kullback and Leibler, 1951; scipy (entropy), evidently (kl_div)",
		Op: spec.Above, Low: "0", Unit: plain, Warn: "0.1", Alert: "0.2",
		Reading: "How surprising the reference would be to somebody who knows the present, in nats. What is missing now counts more than what is new.",
	},
	{
		Name: "js", Title: "Jensen-Shannon distance", Formula: "√((Σ p · ln(p / m) + Σ q · ln(q / m)) / 2), m = (p + q) / 2", Source: "scipy (jensenshannon), evidently (jensenshannon)",
		Op: spec.Above, Low: "0", High: "0.832554611157698", Unit: plain, Warn: "0.1", Alert: "0.2",
		Reading: "0 is the same, 0.83 nothing in common. Classes that are new or gone need no floor.",
	},
	{
		Name: "js2", Title: "Jensen-Shannon distance", Formula: "√((Σ p · log₂(p / m) + Σ q · log₂(q / m)) / 2), m = (p + q) / 2", Source: "scipy (jensenshannon with base 2), nannyml (jensen_shannon)",
		Op: spec.Above, Low: "0", High: "1", Unit: plain, Warn: "0.1", Alert: "0.2",
		Reading: "0 is the same, 1 nothing in common.",
	},
	{
		Name: "tvd", Title: "Total variation distance", Formula: "Σ |q − p| / 2", Source: "Levin and Peres, Markov Chains and Mixing Times; evidently (TVD)",
		Op: spec.Above, Low: "0", High: "1", Unit: metric.Ratio(), Warn: "0.1", Alert: "0.2",
		Reading: "The part of all samples that is in another class than it was.",
	},
	{
		Name: "hellinger", Title: "Hellinger distance", Formula: "√(Σ (√q − √p)² / 2)", Source: "Hellinger, 1909; evidently (hellinger), nannyml, whylogs",
		Op: spec.Above, Low: "0", High: "1", Unit: plain, Warn: "0.15", Alert: "0.4",
		Reading: "0 is the same, 1 nothing in common. It sees rare classes better than the total variation does.",
	},
	{
		Name: "linf", Title: "Largest shift of a share", Formula: "max |q − p|", Source: "nannyml (l_infinity)",
		Op: spec.Above, Low: "0", High: "1", Unit: metric.Ratio(), Warn: "0.05", Alert: "0.1",
		Reading: "By how much the share of one class has moved, at most. It is easy to explain, and blind for many small shifts.",
	},
}

// chiSquaredTest needs to know how many samples there were, too.
var chiSquaredTest = &Method{
	Name: methodChi2, Title: "Chi-squared", Formula: "Σ (q − p)² / (q / M + p / N); against fixed shares N · Σ (q − p)² / p", Source: "Pearson, 1900; scipy (chi2_contingency, chisquare), alibi-detect (chisquare)",
	Op: spec.Above, Low: "0", Unit: plain,
	Reading: "It grows with the number of samples: with many of them the smallest change is significant. Prefer a distance where there is much traffic.",
}

// methodNamed finds one by its name.
func methodNamed(name string) *Method {
	return driftMethods[slices.IndexFunc(driftMethods, func(m *Method) bool { return m.Name == name })]
}

// byBound reports whether a method reads cumulative shares; byPoint, whether it reads one number of the distribution.
func byBound(method string) bool { return method == methodKS || method == methodWasserstein }
func byPoint(method string) bool { return method == methodMean || method == methodQuantile }
