package promql

import (
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// dimension is what a number measures, whatever it is called: requests and predictions are both events, a
// rate of seconds is a share, joules per second are watts.
type dimension struct {
	of        string // "" is a plain number: a share, a count of cores
	perSecond int
}

// dimensions of the units of specs, by name. `none` is not here: it says that nobody knows.
var dimensions = map[string]dimension{
	"amperes": {of: "amperes"}, "bytes": {of: "bytes"}, "celsius": {of: "celsius"}, "cores": {}, "count": {of: events}, "hertz": {of: "hertz"},
	"joules": {of: "joules"}, "meters": {of: "meters"}, "percent": {}, "points": {}, "predictions": {of: events}, "ratio": {}, "requests": {of: events},
	"seconds": {of: "seconds"}, "timestamp": {of: "timestamp"}, "tokens": {of: events}, "volts": {of: "volts"}, "watts": {of: "joules", perSecond: 1},
}

const events = "events"

// dimension of a value; false: not known, or nobody declared it.
func (m measure) dimension() (dimension, bool) {
	if m.assumed || m.number || m.base.IsZero() {
		return dimension{}, false
	}
	name, rate := strings.CutSuffix(m.base.Name, "/s")
	d, ok := dimensions[name]
	if rate {
		d.perSecond++
	}
	if m.perSecond {
		d.perSecond++
	}
	if d.of == "seconds" && d.perSecond == 1 {
		d = dimension{}
	}
	return d, ok
}

// plain reports whether a value of the dimension is a number of things or a share. These are not told apart:
// a limit of a rate is often declared as a count.
func (d dimension) plain() bool { return d.of == "" || d.of == events }

// mismatch reports whether values of l and r cannot be added, subtracted or compared.
func mismatch(l, r measure, minus bool) bool {
	a, aKnown := l.dimension()
	b, bKnown := r.dimension()
	switch {
	case !aKnown || !bKnown:
		return false
	case a.of == "timestamp" || b.of == "timestamp":
		return !timesMatch(a, b, minus)
	case a.plain() && b.plain():
		return l.base == percentUnit && r.base == metric.Ratio() || l.base == metric.Ratio() && r.base == percentUnit
	}
	return a != b
}

// timesMatch: two points in time may be compared, and have a distance; a duration may be added to one and
// taken from it. minus is set for everything but additions.
func timesMatch(a, b dimension, minus bool) bool {
	timestamp, seconds := dimension{of: "timestamp"}, dimension{of: "seconds"}
	switch {
	case a == timestamp && b == timestamp:
		return minus
	case a == timestamp:
		return b == seconds
	}
	return a == seconds && !minus
}
