package promql

import (
	"slices"
	"sort"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// maxValues is the longest list of values of one label that is kept; a longer one becomes "at most so many".
const maxValues = 1000

// domain is what values a label has in the series of a source. The zero domain: the label is never there.
type domain struct {
	// values are all there are, sorted, none of them empty; if any is set they mean nothing.
	values []string
	any    bool
	// atMost bounds the number of values of any; 0: no bound.
	atMost int
	// absent: a series may be without the label, which is the same as an empty value.
	absent bool
	// soft: no mistake is concluded from the number of values. So it is with a label that nobody declared, and
	// with an info metric's own, which rarely has more than one value at a time for the same target.
	soft bool
}

var (
	neverThere = domain{absent: true}
	anyValue   = domain{any: true, absent: true, soft: true}
)

// exactly is a label that is always there. The list may have any order.
func exactly(values ...string) domain {
	if !sort.StringsAreSorted(values) {
		values = slices.Clone(values)
		slices.Sort(values)
	}
	d := domain{values: slices.Compact(values)}
	if len(d.values) > 0 && d.values[0] == "" {
		d.values, d.absent = d.values[1:], true
	}
	return d.capped()
}

// declaredValues is a label that is always there, with the values that a contract gives it.
func declaredValues(v metric.Values) domain {
	if v.Exactly != nil {
		return exactly(v.Exactly...)
	}
	return domain{any: true, atMost: v.AtMost}
}

func (d domain) capped() domain {
	if len(d.values) > maxValues {
		return domain{any: true, atMost: len(d.values), absent: d.absent, soft: d.soft}
	}
	return d
}

// empty: no value at all is possible, and no series.
func (d domain) empty() bool { return !d.any && len(d.values) == 0 && !d.absent }

// never: the label is surely absent.
func (d domain) never() bool { return !d.any && len(d.values) == 0 }

func (d domain) presence() Presence {
	switch {
	case d.never():
		return Never
	case d.absent:
		return Possibly
	}
	return Surely
}

// size is how many values there are, absence included; Unbounded if nobody knows.
func (d domain) size() int {
	n := len(d.values)
	if d.any {
		if d.atMost == 0 {
			return Unbounded
		}
		n = d.atMost
	}
	if d.absent {
		n++
	}
	return n
}

// pinned: all series have the same value, or none has any.
func (d domain) pinned() bool { return d.size() <= 1 }

// several: it is known that there are at least two values.
func (d domain) several() bool { return !d.any && len(d.values) > 1 && !d.soft }

// filter keeps what a matcher accepts.
func (d domain) filter(m *labels.Matcher) domain {
	d.absent = d.absent && m.Matches("")
	if !d.any {
		for i, v := range d.values {
			if m.Matches(v) {
				continue
			}
			kept := slices.Clone(d.values[:i])
			for _, v := range d.values[i+1:] {
				if m.Matches(v) {
					kept = append(kept, v)
				}
			}
			d.values = kept
			break
		}
		return d
	}
	var list []string
	switch m.Type {
	case labels.MatchEqual:
		if m.Value != "" {
			list = []string{m.Value}
		}
	case labels.MatchRegexp:
		// A flag or a wildcard makes the list nil.
		if list = m.SetMatches(); list == nil {
			return d
		}
	case labels.MatchNotRegexp:
		if m.Value == ".*" || m.Value == ".+" {
			return domain{absent: d.absent, soft: d.soft}
		}
		return d
	case labels.MatchNotEqual:
		return d
	}
	known := exactly(list...)
	if d.atMost > 0 && len(known.values) > d.atMost {
		return d
	}
	known.absent, known.soft = d.absent, d.soft
	return known
}

// meet are the values that both have.
func (d domain) meet(o domain) domain {
	out := domain{absent: d.absent && o.absent, soft: d.soft}
	switch {
	case d.any && o.any:
		out.any = true
		out.atMost = d.atMost
		if o.atMost > 0 && (d.atMost == 0 || o.atMost < d.atMost) {
			out.atMost = o.atMost
		}
	case d.any:
		out.values = o.values
	case o.any:
		out.values = d.values
	default:
		out.values = common(d.values, o.values)
	}
	return out
}

// meets reports whether both can have the same value, absence being one.
func (d domain) meets(o domain) bool {
	if d.absent && o.absent {
		return true
	}
	switch {
	case d.any:
		return o.any || len(o.values) > 0
	case o.any:
		return len(d.values) > 0
	}
	for i, k := 0, 0; i < len(d.values) && k < len(o.values); {
		switch {
		case d.values[i] == o.values[k]:
			return true
		case d.values[i] < o.values[k]:
			i++
		default:
			k++
		}
	}
	return false
}

// join are the values that one of both has.
func (d domain) join(o domain) domain {
	out := domain{absent: d.absent || o.absent, soft: d.soft || o.soft}
	switch {
	case d.any && o.any:
		out.any = true
		if d.atMost > 0 && o.atMost > 0 {
			out.atMost = d.atMost + o.atMost
		}
	case d.any:
		out.any = true
		if d.atMost > 0 {
			out.atMost = d.atMost + len(o.values)
		}
	case o.any:
		out.any = true
		if o.atMost > 0 {
			out.atMost = o.atMost + len(d.values)
		}
	case len(d.values) == 0:
		out.values = o.values
	case len(o.values) == 0 || slices.Equal(d.values, o.values):
		out.values = d.values
	default:
		out.values = slices.Concat(d.values, o.values)
		slices.Sort(out.values)
		out.values = slices.Compact(out.values)
		return out.capped()
	}
	return out
}

// same reports whether both have exactly the same listed values.
func (d domain) same(o domain) bool {
	return !d.any && !o.any && d.absent == o.absent && slices.Equal(d.values, o.values)
}

func common(a, b []string) (both []string) {
	for i, k := 0, 0; i < len(a) && k < len(b); {
		switch {
		case a[i] == b[k]:
			both = append(both, a[i])
			i++
			k++
		case a[i] < b[k]:
			i++
		default:
			k++
		}
	}
	return both
}
