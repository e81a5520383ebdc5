package promql

import (
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// Outcome says how often a comparison with a limit holds.
type Outcome int

// The outcomes. Values that are no number are left aside: they fail every comparison.
const (
	Sometimes Outcome = iota // or not known
	NeverHolds
	AlwaysHolds
)

var comparisons = map[string]parser.ItemType{
	">": parser.GTR, ">=": parser.GTE, "<": parser.LSS, "<=": parser.LTE, "==": parser.EQLC, "!=": parser.NEQ,
}

// Compare says whether a comparison of the result with a limit, in the unit of the result, never holds or always
// does, and why. op is `>`, `>=`, `<`, `<=`, `==` or `!=`. Nothing is concluded from what is never there.
func (f *Facts) Compare(op string, limit float64) (Outcome, []Reason) {
	item, ok := comparisons[op]
	if !ok || !f.known || f.told || len(f.sources) == 0 {
		return Sometimes, nil
	}
	number := scalar(point(limit))
	never, always := true, true
	for i := range f.sources {
		d := &f.sources[i]
		never = never && (!d.float || d.values.never(item, number.values))
		always = always && d.float && !d.native && d.values.always(item, number.values)
	}
	p := compared{&f.sources[0], &number}
	switch {
	case never:
		return NeverHolds, f.query.boundReasons(p)
	case always:
		return AlwaysHolds, f.query.boundReasons(p)
	}
	return Sometimes, nil
}

// boundReasons are the causes of the bounds that decide a comparison.
func (q *Query) boundReasons(p compared) (list []Reason) {
	l, r := p.left.values, p.right.values
	causes := []*why{p.left.high, p.right.low}
	if l.Low >= r.High || l.single() {
		causes = []*why{p.left.low, p.right.high}
	}
	for _, w := range causes {
		if w == nil {
			continue
		}
		if reason := q.reason(w, ""); !slices.Contains(list, reason) {
			list = append(list, reason)
		}
	}
	return list
}
