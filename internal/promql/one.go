package promql

import (
	"slices"
	"sort"
)

// spokenFor are kinds of problems that are silent where one of the kinds behind them is found, too: it says of
// the same mistake what there is to say.
var spokenFor = map[ProblemKind][]ProblemKind{
	ImpossibleValue:      {RegexInEquality},
	UnknownBucket:        {RegexInEquality},
	NoOpMatcher:          {RegexInEquality},
	Contradiction:        {RegexInEquality},
	RegexInEquality:      {UnknownLabel},
	RedundantAnchor:      {ImpossibleValue, UnknownBucket, UnknownLabel, NoOpMatcher},
	RegexWithoutPattern:  {ImpossibleValue, UnknownBucket, UnknownLabel, NoOpMatcher},
	FloatEquality:        {ImpossibleComparison, AlwaysTrue},
	ImpossibleComparison: {UnitMismatch},
	AlwaysTrue:           {UnitMismatch},
	RateOfGauge:          {QuantileOfNothing, HistogramFunction},
	RawCounter:           {QuantileOfNothing, HistogramFunction},
	QuantileOfRawBuckets: {QuantileOfNothing},
}

// oneMessage drops problems that touch the bytes of another which speaks for them. The list is sorted by Start.
func oneMessage(list []Problem) []Problem {
	if len(list) < 2 {
		return list
	}
	found := map[ProblemKind]*touched{}
	for i := range list {
		p := &list[i]
		if found[p.Kind] == nil {
			found[p.Kind] = &touched{}
		}
		found[p.Kind].add(p.Start, p.End)
	}
	return slices.DeleteFunc(list, func(p Problem) bool {
		return slices.ContainsFunc(spokenFor[p.Kind], func(by ProblemKind) bool { return found[by] != nil && found[by].touch(p.Start, p.End) })
	})
}

// touched are pieces of a text, sorted by their starts.
type touched struct {
	starts []int
	// ends are those of the pieces up to each that reach furthest.
	ends []int
}

func (t *touched) add(start, end int) {
	if n := len(t.ends); n > 0 {
		end = max(end, t.ends[n-1])
	}
	t.starts, t.ends = append(t.starts, start), append(t.ends, end)
}

// touch reports whether one of the pieces overlaps [start, end).
func (t *touched) touch(start, end int) bool {
	i := sort.SearchInts(t.starts, end)
	return i > 0 && t.ends[i-1] > start
}
