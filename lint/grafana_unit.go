package lint

import (
	"slices"
	"strings"
)

// shown says what a unit of Grafana takes its number for: a quantity, and how many of its base unit one is.
// Per second is a quantity of its own. An empty quantity is a plain number.
type shown struct {
	quantity string
	factor   float64
}

// shownAs are the units of Grafana whose quantity a metric can have, too; the ids of its unit picker.
var shownAs = map[string]shown{
	"s": {"seconds", 1}, "ms": {"seconds", 1e-3}, "µs": {"seconds", 1e-6}, "ns": {"seconds", 1e-9}, "m": {"seconds", 60}, "h": {"seconds", 3600}, "d": {"seconds", 86400},
	"dtdurations": {"seconds", 1}, "dtdurationms": {"seconds", 1e-3}, "dthms": {"seconds", 1}, "dtdhms": {"seconds", 1}, "clocks": {"seconds", 1}, "clockms": {"seconds", 1e-3},
	"timeticks": {"seconds", 1e-2},
	"bytes":     {"bytes", 1}, "decbytes": {"bytes", 1}, "bits": {"bytes", 0.125}, "decbits": {"bytes", 0.125},
	"kbytes": {"bytes", 1 << 10}, "mbytes": {"bytes", 1 << 20}, "gbytes": {"bytes", 1 << 30}, "tbytes": {"bytes", 1 << 40}, "pbytes": {"bytes", 1 << 50},
	"deckbytes": {"bytes", 1e3}, "decmbytes": {"bytes", 1e6}, "decgbytes": {"bytes", 1e9}, "dectbytes": {"bytes", 1e12}, "decpbytes": {"bytes", 1e15},
	"Bps": {"bytes/s", 1}, "binBps": {"bytes/s", 1}, "bps": {"bytes/s", 0.125}, "binbps": {"bytes/s", 0.125},
	"KBs": {"bytes/s", 1e3}, "MBs": {"bytes/s", 1e6}, "GBs": {"bytes/s", 1e9}, "TBs": {"bytes/s", 1e12}, "PBs": {"bytes/s", 1e15},
	"KiBs": {"bytes/s", 1 << 10}, "MiBs": {"bytes/s", 1 << 20}, "GiBs": {"bytes/s", 1 << 30}, "TiBs": {"bytes/s", 1 << 40}, "PiBs": {"bytes/s", 1 << 50},
	"Kbits": {"bytes/s", 125}, "Mbits": {"bytes/s", 125e3}, "Gbits": {"bytes/s", 125e6}, "Tbits": {"bytes/s", 125e9}, "Pbits": {"bytes/s", 125e12},
	"percentunit": {"ratio", 1}, "percent": {"ratio", 1e-2},
	"cps": {"events/s", 1}, "ops": {"events/s", 1}, "reqps": {"events/s", 1}, "rps": {"events/s", 1}, "wps": {"events/s", 1}, "iops": {"events/s", 1}, "eps": {"events/s", 1},
	"mps": {"events/s", 1}, "recps": {"events/s", 1}, "rowsps": {"events/s", 1}, "pps": {"events/s", 1},
	"cpm": {"events/s", 1. / 60}, "opm": {"events/s", 1. / 60}, "reqpm": {"events/s", 1. / 60}, "rpm": {"events/s", 1. / 60}, "wpm": {"events/s", 1. / 60}, "epm": {"events/s", 1. / 60},
	"mpm": {"events/s", 1. / 60}, "recpm": {"events/s", 1. / 60}, "rowspm": {"events/s", 1. / 60},
	"celsius": {"celsius", 1}, "watt": {"watts", 1}, "mwatt": {"watts", 1e-3}, "kwatt": {"watts", 1e3}, "megwatt": {"watts", 1e6}, "gwatt": {"watts", 1e9},
	"joule": {"joules", 1}, "watth": {"joules", 3600}, "kwatth": {"joules", 3.6e6}, "amp": {"amperes", 1}, "mamp": {"amperes", 1e-3}, "kamp": {"amperes", 1e3},
	"volt": {"volts", 1}, "mvolt": {"volts", 1e-3}, "kvolt": {"volts", 1e3}, "hertz": {"hertz", 1}, "rothz": {"hertz", 1},
	"lengthm": {"meters", 1}, "lengthmm": {"meters", 1e-3}, "lengthkm": {"meters", 1e3},
	"fahrenheit": {"fahrenheit", 1}, "kelvin": {"kelvin", 1},
	"none": {}, "short": {}, "locale": {}, "sci": {},
}

// otherUnits are the ids of Grafana's unit picker that no metric here has.
var otherUnits = strings.Fields(`
	string humidity dB hex0x hex pixel accMS2 accFS2 accG degree radian grad arcmin arcsec areaM2 areaF2 areaMI2 areaAC areaHA
	flops mflops gflops tflops pflops eflops zflops yflops
	ppm conppb conngm3 conngNm3 conμgm3 conμgNm3 conmgm3 conmgNm3 congm3 congNm3 conmgdL conmmolL
	dateTimeAsIso dateTimeAsIsoNoDateIfToday dateTimeAsUS dateTimeAsUSNoDateIfToday dateTimeAsLocal dateTimeAsLocalNoDateIfToday dateTimeAsSystem dateTimeFromNow
	Kibits Mibits Gibits Tibits Pibits
	Wm2 voltamp kvoltamp voltampreact kvoltampreact watthperkg kwattm amph kamph mamph ev dBm ohm kohm Mohm farad µfarad nfarad pfarad ffarad henry mhenry µhenry lumens
	mohm mvoltamp mvoltampreact megwatth
	flowgpm flowcms flowcfs flowcfm litreh flowlpm flowmlpm lux forceNm forcekNm forceN forcekN Hs KHs MHs GHs THs PHs EHs
	massmg massg masslb masskg masst lengthin lengthft lengthmi pressurembar pressurebar pressurekbar pressurepa pressurehpa pressurekpa pressurehg pressurepsi
	radbq radci radgy radrad radsv radmsv radusv radrem radexpckg radr radsvh radmsvh radusvh rotrpm rotrads rotdegs
	velocityms velocitykmh velocitymph velocityknot mlitre litre m3 Nm3 dm3 gallons bool bool_yes_no bool_on_off`)

// unitPrefixes begin the units that people make: `suffix: tok`.
var unitPrefixes = []string{"suffix:", "prefix:", "time:", "si:", "count:", "currency", "bool:"}

// isGrafanaUnit reports whether Grafana formats numbers with a unit of that id.
func isGrafanaUnit(id string) bool {
	if _, ok := shownAs[id]; ok || slices.Contains(otherUnits, id) {
		return true
	}
	return slices.ContainsFunc(unitPrefixes, func(prefix string) bool { return strings.HasPrefix(id, prefix) })
}

// meantUnits are words that people write for a unit, in lower case.
var meantUnits = map[string]string{
	"sec": "s", "secs": "s", "second": "s", "seconds": "s", "msec": "ms", "millis": "ms", "millisecond": "ms", "milliseconds": "ms", "us": "µs", "usec": "µs", "microseconds": "µs",
	"nanoseconds": "ns", "min": "m", "minutes": "m", "hours": "h", "days": "d", "byte": "bytes", "b": "bytes", "kb": "deckbytes", "kib": "kbytes", "mb": "decmbytes", "mib": "mbytes",
	"gb": "decgbytes", "gib": "gbytes", "bytes/s": "Bps", "bytes/sec": "Bps", "b/s": "Bps", "bits/s": "bps", "ratio": "percentunit", "percentage": "percent", "%": "percent",
	"req/s": "reqps", "requests/s": "reqps", "requests/sec": "reqps", "rps/s": "reqps", "qps": "reqps", "ops/s": "ops", "hz": "hertz", "watts": "watt", "w": "watt", "joules": "joule",
	"volts": "volt", "amps": "amp", "c": "celsius", "°c": "celsius", "degc": "celsius", "count": "short", "number": "none",
}

// unitMeant finds the unit that an unknown one was meant to be; "" if nobody can know.
func unitMeant(id string) string {
	lower := strings.ToLower(strings.TrimSpace(id))
	if meant, ok := meantUnits[lower]; ok {
		return meant
	}
	for known := range shownAs {
		if strings.ToLower(known) == lower && len(lower) > 3 {
			return known
		}
	}
	return ""
}
