package cost

import (
	"math"
	"slices"
)

// Bound is a number that is not exceeded, or the names of what has no bound.
type Bound struct {
	// Most is the number. It is whole, and exact below 2⁵³.
	Most float64
	// Without names what has no bound, sorted: labels that may have any value, `le` where nobody declared the
	// buckets, `targets` where nobody declared how many there are. Then Most means nothing.
	Without []string
}

// targetsName stands among labels for the number of targets.
const targetsName = "targets"

func atMost(n int) Bound { return Bound{Most: float64(n)} }

func without(names ...string) Bound { return Bound{Without: names} }

// Known reports whether there is a bound.
func (b Bound) Known() bool { return len(b.Without) == 0 }

// unite is a bound without a number, for what has none of b or c.
func (b Bound) unite(c Bound) Bound {
	names := slices.Concat(b.Without, c.Without)
	slices.Sort(names)
	return Bound{Without: slices.Compact(names)}
}

func (b Bound) plus(c Bound) Bound {
	if !b.Known() || !c.Known() {
		return b.unite(c)
	}
	return Bound{Most: b.Most + c.Most}
}

// times multiplies. Nothing of what has no bound is nothing.
func (b Bound) times(c Bound) Bound {
	switch {
	case b.isNothing() || c.isNothing():
		return Bound{}
	case !b.Known() || !c.Known():
		return b.unite(c)
	}
	return Bound{Most: b.Most * c.Most}
}

func (b Bound) isNothing() bool { return b.Known() && b.Most == 0 }

// min is the better of two bounds of one thing.
func (b Bound) min(c Bound) Bound {
	switch {
	case !c.Known():
		return b
	case !b.Known():
		return c
	}
	return Bound{Most: math.Min(b.Most, c.Most)}
}
