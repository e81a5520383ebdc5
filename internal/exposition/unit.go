package exposition

import (
	"regexp"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// unit of the values of a family: what OpenMetrics says, else what its name says for certain. The zero Unit
// where neither does.
func (g *group) unit() metric.Unit {
	units := metric.Units{}
	if g.said != nil && g.said.unit != "" {
		if u, ok := units.Named(g.said.unit); ok {
			return u
		}
	}
	name := g.name
	if g.typ == metric.Counter {
		name = strings.TrimSuffix(name, "_total")
	}
	var unit metric.Unit
	for _, base := range baseUnits {
		if strings.HasSuffix(name, "_"+base) {
			unit, _ = units.Named(base)
		}
	}
	switch {
	case perSecond.MatchString(name):
		return metric.Unit{}
	case g.typ != metric.Gauge && g.typ != "":
		return unit
	case (unit.Name == "seconds" || strings.HasSuffix(name, "_created")) && g.isTime():
		unit, _ = units.Named("timestamp")
	case unit.Name == "seconds" && !g.isLength():
		return metric.Unit{} // 0, or no sample: a length or a point in time
	}
	return unit
}

// baseUnits are the suffixes of names that mean their unit, by Prometheus's conventions. `_ratio` is not
// among them: under that name people store shares from 0 to 1 and numbers of any size.
var baseUnits = []string{"amperes", "bytes", "celsius", "joules", "meters", "seconds", "volts", "watts"}

// perSecond are names of what is stored as a rate: node_network_speed_bytes.
var perSecond = regexp.MustCompile(`_(?:speed|bandwidth|throughput|rate|per_second|per_sec)(?:_|$)`)

// aDecade of 1970 on, in seconds: no length of time that a server measures is that long, and no point in time
// that it means so early.
const aDecade = 10 * 365 * 86400

// isTime reports whether every value is a point in time.
func (g *group) isTime() bool { return g.values(func(low, _ float64) bool { return low >= aDecade }) }

// isLength reports whether every value is below any point in time, and not always 0.
func (g *group) isLength() bool {
	return g.values(func(low, high float64) bool { return high < aDecade && (low != 0 || high != 0) })
}

// values reports whether all plain series of the family have such values; false without any.
func (g *group) values(are func(low, high float64) bool) bool {
	plain := 0
	for _, s := range g.members {
		if s.part == metric.Value && s.valued {
			if !are(s.low, s.high) {
				return false
			}
			plain++
		}
	}
	return plain > 0
}
