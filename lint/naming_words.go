package lint

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// words are the words of a metric's or label's name, in lower case: inferenceTime_ms is inference, time, ms.
func words(name string) (list []string) {
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == ':' || r == '.' || r == '-' }) {
		from := 0
		for i := 1; i < len(part); i++ {
			if unicode.IsUpper(rune(part[i])) && !unicode.IsUpper(rune(part[i-1])) {
				list, from = append(list, strings.ToLower(part[from:i])), i
			}
		}
		list = append(list, strings.ToLower(part[from:]))
	}
	return list
}

// unitWord is a word that says a unit in the name of a metric.
type unitWord struct {
	word string
	// unit is ours that it belongs to: `ms` belongs to seconds.
	unit string
	// base: it is that unit itself. short: it is that unit, abbreviated.
	base, short bool
	// behind lists words that it must stand behind to mean a unit at all, unless the metric is declared in that
	// unit: `duration_us` counts microseconds, `requests_us` those from America. Nil: it needs none.
	behind []string
	// last: it means a unit only at the end of a name.
	last bool
}

var (
	ofTime = []string{"age", "delay", "duration", "elapsed", "interval", "lag", "latency", "time", "timeout", "uptime", "wait"}
	ofData = []string{"allocated", "available", "cache", "disk", "free", "heap", "memory", "ram", "size", "storage", "usage", "used"}
)

// unitWords are the words by which names say units, and the units of Prometheus's table of base units that they
// should be in. Multiples with a prefix (milliseconds) are found by it.
var unitWords = []unitWord{
	{word: "amperes", unit: "amperes", base: true},
	{word: "bytes", unit: "bytes", base: true},
	{word: "celsius", unit: "celsius", base: true},
	{word: "hertz", unit: "hertz", base: true},
	{word: "joules", unit: "joules", base: true},
	{word: "meters", unit: "meters", base: true},
	{word: "metres", unit: "meters", base: true},
	{word: "ratio", unit: "ratio", base: true},
	{word: "seconds", unit: "seconds", base: true},
	{word: "volts", unit: "volts", base: true},
	{word: "watts", unit: "watts", base: true},

	{word: "b", unit: "bytes", short: true, behind: ofData, last: true},
	{word: "bits", unit: "bytes", last: true},
	{word: "calories", unit: "joules", last: true},
	{word: "d", unit: "seconds", behind: ofTime, last: true},
	{word: "days", unit: "seconds", last: true},
	{word: "fahrenheit", unit: "celsius"},
	{word: "gb", unit: "bytes", last: true},
	{word: "gib", unit: "bytes", last: true},
	{word: "h", unit: "seconds", behind: ofTime, last: true},
	{word: "hours", unit: "seconds", last: true},
	{word: "hz", unit: "hertz", short: true, last: true},
	{word: "inches", unit: "meters", last: true},
	{word: "kb", unit: "bytes", last: true},
	{word: "kib", unit: "bytes", last: true},
	{word: "m", unit: "seconds", behind: ofTime, last: true},
	{word: "mb", unit: "bytes", last: true},
	{word: "mib", unit: "bytes", last: true},
	{word: "micros", unit: "seconds", last: true},
	{word: "miles", unit: "meters", last: true},
	{word: "millis", unit: "seconds", last: true},
	{word: "minutes", unit: "seconds", last: true},
	{word: "mins", unit: "seconds", last: true},
	{word: "ms", unit: "seconds", last: true},
	{word: "msec", unit: "seconds", last: true},
	{word: "msecs", unit: "seconds", last: true},
	{word: "nanos", unit: "seconds", last: true},
	{word: "ns", unit: "seconds", behind: ofTime, last: true},
	{word: "pb", unit: "bytes", behind: ofData, last: true},
	{word: "pct", unit: "ratio", last: true},
	{word: "percent", unit: "ratio", last: true},
	{word: "percentage", unit: "ratio", last: true},
	{word: "s", unit: "seconds", short: true, behind: ofTime, last: true},
	{word: "sec", unit: "seconds", short: true, last: true},
	{word: "secs", unit: "seconds", short: true, last: true},
	{word: "tb", unit: "bytes", last: true},
	{word: "tib", unit: "bytes", last: true},
	{word: "us", unit: "seconds", behind: ofTime, last: true},
	{word: "usec", unit: "seconds", last: true},
	{word: "usecs", unit: "seconds", last: true},
	{word: "weeks", unit: "seconds", last: true},
	{word: "yards", unit: "meters", last: true},
}

// multiples are what stands before a base unit: milliseconds, kilobytes, mebibytes.
var multiples = []string{"pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "mega", "giga", "tera", "peta", "kibi", "mebi", "gibi", "tebi", "pebi"}

// typeSuffixes say nothing of a unit, which stands before them.
var typeSuffixes = []string{"total", "bucket", "sum", "count", "created", "info", "counter", "gauge", "histogram", "summary", "avg", "max", "min", "mean"}

// findUnit returns the word that says the unit in the name of a metric, and whether the name ends in it, the
// suffixes of types apart. A rate (bytes_per_second) says none.
func findUnit(m *metric.Metric) (u unitWord, last, ok bool) {
	list := words(m.Name)
	for len(list) > 1 && slices.Contains(typeSuffixes, list[len(list)-1]) {
		list = list[:len(list)-1]
	}
	if slices.Contains(list, "per") {
		return unitWord{}, false, false
	}
	for i, word := range slices.Backward(list) {
		last := i == len(list)-1
		u, ok := wordUnit(word)
		if !ok || u.last && !last {
			continue
		}
		if u.behind == nil || m.Unit.Name == u.unit || i > 0 && slices.Contains(u.behind, list[i-1]) {
			return u, last, true
		}
	}
	return unitWord{}, false, false
}

// wordUnit looks a word up; with a prefix it is a multiple.
func wordUnit(word string) (unitWord, bool) {
	for _, u := range unitWords {
		if u.word == word {
			return u, true
		}
		if !u.base || u.unit == "ratio" {
			continue
		}
		if prefix, ok := strings.CutSuffix(word, u.word); ok && slices.Contains(multiples, prefix) {
			return unitWord{word: word, unit: u.unit}, true
		}
	}
	return unitWord{}, false
}

// renamed returns the name with a word replaced, the last one that is it.
func renamed(name, word, by string) string {
	i := strings.LastIndex(strings.ToLower(name), word)
	if i < 0 {
		return name
	}
	return name[:i] + by + name[i+len(word):]
}

// ofTheDomain: the values are what the model reads or predicts, in the unit of its training data. Nobody would
// convert the miles of a feature for a dashboard.
func ofTheDomain(m *metric.Metric) bool {
	return slices.Contains([]string{"classes", "feature", "outcome", "output"}, m.Role)
}
