package promql

import "slices"

// spoken are problems of which one says all there is to say: where both touch the same bytes, the first speaks
// and the second is silent.
var spoken = map[ProblemKind][]ProblemKind{
	RegexInEquality:      {ImpossibleValue, UnknownBucket, NoOpMatcher, Contradiction},
	ImpossibleValue:      {RedundantAnchor, RegexWithoutPattern},
	UnknownBucket:        {RedundantAnchor, RegexWithoutPattern},
	UnknownLabel:         {RedundantAnchor, RegexWithoutPattern, RegexInEquality},
	NoOpMatcher:          {RedundantAnchor, RegexWithoutPattern},
	ImpossibleComparison: {FloatEquality},
	AlwaysTrue:           {FloatEquality},
	UnitMismatch:         {ImpossibleComparison, AlwaysTrue},
	QuantileOfNothing:    {RateOfGauge, RawCounter, QuantileOfRawBuckets},
	HistogramFunction:    {RateOfGauge, RawCounter},
}

// oneMessage drops problems that say of the same mistake what another problem says better.
func oneMessage(list []Problem) []Problem {
	if len(list) < 2 {
		return list
	}
	kept := make([]Problem, 0, len(list))
	for _, p := range list {
		told := slices.ContainsFunc(list, func(o Problem) bool {
			return o.Start < p.End && p.Start < o.End && slices.Contains(spoken[o.Kind], p.Kind)
		})
		if !told {
			kept = append(kept, p)
		}
	}
	return kept
}
