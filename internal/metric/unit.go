package metric

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"
)

// Unit is what a number counts. The zero Unit means that nothing is known.
type Unit struct {
	// Name in specs: seconds, bytes, ratio, … A rate of u has the name "u/s".
	Name string
	// Grafana is the unit id that Grafana formats the number with.
	Grafana string
}

// IsZero reports whether no unit is known.
func (u Unit) IsZero() bool { return u.Name == "" }

// scale is one way to write a quantity of a unit.
type scale struct {
	suffix string
	factor decimal.Decimal
}

// baseUnit is a row of the table below.
type baseUnit struct {
	name, grafana string
	// perSecond is Grafana's unit of the rate; empty: "suffix:/s" behind a plain number.
	perSecond string
	scales    []scale
	doc       string
}

func scales(pairs ...string) (list []scale) {
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, scale{pairs[i], decimal.RequireFromString(pairs[i+1])})
	}
	return list
}

// baseUnits is the table of units that specs may name; LANGUAGE rule 5. Grafana's ids are those of its
// unit picker (@grafana/data, valueFormats/categories.ts). Sorted by name.
var baseUnits = []baseUnit{
	{"amperes", "amp", "", scales("A", "1", "mA", "0.001"), "electric current"},
	{"bytes", "bytes", "Bps", scales("B", "1", "KiB", "1024", "MiB", "1048576", "GiB", "1073741824", "TiB", "1099511627776", "kB", "1000", "MB", "1000000", "GB", "1000000000", "TB", "1000000000000"), "amounts of data"},
	{"celsius", "celsius", "", scales("°C", "1", "C", "1"), "temperature"},
	{"cores", "suffix:cores", "", scales("m", "0.001"), "processor cores; a rate of CPU seconds"},
	{"count", "short", "suffix:/s", scales("k", "1000", "M", "1000000"), "things that are counted; the unit of a counter without one"},
	{"hertz", "hertz", "", scales("Hz", "1", "kHz", "1000", "MHz", "1000000", "GHz", "1000000000"), "frequency"},
	{"joules", "joule", "watt", scales("J", "1", "kJ", "1000"), "energy"},
	{"meters", "lengthm", "", scales("m", "1", "km", "1000"), "length"},
	{"none", "none", "", nil, "a plain number without a unit, such as a score"},
	{"points", "suffix:pt", "", nil, "percentage points, the difference of two shares in per cent"},
	{"predictions", "short", "suffix:/s", nil, "answers of a model"},
	{"ratio", "percentunit", "", scales("%", "0.01"), "shares from 0 to 1; 85% is 0.85"},
	{"requests", "short", "reqps", nil, "requests"},
	{"seconds", "s", "", scales("ns", "0.000000001", "us", "0.000001", "µs", "0.000001", "ms", "0.001", "s", "1", "m", "60", "min", "60", "h", "3600", "d", "86400", "w", "604800"), "durations"},
	{"timestamp", "dateTimeAsIso", "", nil, "seconds since 1970, a point in time"},
	{"tokens", "short", "suffix:tok/s", nil, "tokens of a language model"},
	{"volts", "volt", "", scales("V", "1", "mV", "0.001"), "voltage"},
	{"watts", "watt", "", scales("W", "1", "kW", "1000"), "power"},
}

// Units is a table of units: ours and those a workspace adds. The zero value has ours only.
type Units struct {
	// Extra maps names from `units:` in mlobs.yaml to Grafana's ids.
	Extra map[string]string
}

// Named returns the unit of that name, or false. `bytes/s` is the rate of bytes.
func (us Units) Named(name string) (Unit, bool) {
	if of, ok := strings.CutSuffix(name, "/s"); ok {
		u, ok := us.Named(of)
		if !ok || strings.HasSuffix(of, "/s") {
			return Unit{}, false
		}
		return u.PerSecond(), true
	}
	if id, ok := us.Extra[name]; ok {
		return Unit{name, id}, true
	}
	if b := base(name); b != nil {
		return Unit{b.name, b.grafana}, true
	}
	return Unit{}, false
}

// Names lists all names, sorted; for suggestions and documentation.
func (us Units) Names() []string {
	var names []string
	for _, b := range baseUnits {
		names = append(names, b.name)
	}
	for n := range us.Extra {
		names = append(names, n)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Describe returns what a unit of ours counts, and the suffixes that quantities of it can have.
func (us Units) Describe(name string) (doc string, suffixes []string) {
	b := base(name)
	if b == nil {
		return "", nil
	}
	for _, s := range b.scales {
		suffixes = append(suffixes, s.suffix)
	}
	return b.doc, suffixes
}

// otherNames of units, as people write them where only base units are known.
var otherNames = []struct{ name, unit string }{
	{"days", "seconds"}, {"gigabytes", "bytes"}, {"hours", "seconds"}, {"kilobytes", "bytes"}, {"megabytes", "bytes"}, {"microseconds", "seconds"},
	{"milliseconds", "seconds"}, {"minutes", "seconds"}, {"nanoseconds", "seconds"}, {"percent", "ratio"}, {"percentage", "ratio"}, {"sec", "seconds"},
}

// Meant returns the unit that text is another name of: Grafana's id, a suffix of quantities, a multiple.
// It returns "" if there is none.
func (us Units) Meant(text string) string {
	for _, b := range baseUnits {
		if b.grafana == text {
			return b.name
		}
	}
	for _, o := range otherNames {
		if o.name == text {
			return o.unit
		}
	}
	if names := unitsWithSuffix(text); len(names) == 1 {
		return names[0]
	}
	return ""
}

// CheckQuantity says whether text can be a quantity of any unit; which one is known later.
func (us Units) CheckQuantity(text string) error {
	_, suffix, err := Number(text)
	if err != nil {
		return err
	}
	if _, named := us.Named(suffix); named || suffix == "" || len(unitsWithSuffix(strings.TrimSuffix(suffix, "/s"))) > 0 {
		return nil
	}
	if _, ok := compound(text); ok {
		return nil
	}
	return unknownUnit(suffix, text)
}

// compound reads `1m30s`, a duration of several parts, in seconds.
func compound(text string) (decimal.Decimal, bool) {
	d, err := Duration(text)
	if err != nil {
		return decimal.Zero, false
	}
	return decimal.New(int64(d), -9), true
}

func base(name string) *baseUnit {
	i, ok := slices.BinarySearchFunc(baseUnits, name, func(b baseUnit, n string) int { return strings.Compare(b.name, n) })
	if !ok {
		return nil
	}
	return &baseUnits[i]
}

// Ratio is the unit of shares between 0 and 1.
func Ratio() Unit { return Unit{"ratio", "percentunit"} }

// Seconds is the unit of durations.
func Seconds() Unit { return Unit{"seconds", "s"} }

// PerSecond returns the unit of a rate of u: bytes become bytes/s, seconds per second a ratio.
func (u Unit) PerSecond() Unit {
	switch u.Name {
	case "":
		return Unit{"count/s", "suffix:/s"}
	case "seconds":
		return Unit{"ratio", "percentunit"}
	case "joules":
		return Unit{"watts", "watt"}
	}
	id := "suffix:/s"
	if b := base(u.Name); b != nil && b.perSecond != "" {
		id = b.perSecond
	}
	return Unit{u.Name + "/s", id}
}

// number is a decimal as people write it; exponents stay small, so that no input can blow up.
var number = regexp.MustCompile(`^([+-]?(?:[0-9]{1,18}(?:_?[0-9]{1,18}){0,4}(?:\.[0-9]{1,18})?|\.[0-9]{1,18})(?:[eE][+-]?[0-9]{1,2})?)\s*(\S*)$`)

// Quantity parses a plain number in the unit u, or one that brings its own unit (`300ms`, `85%`, `2GiB`),
// converted exactly to u.
//
// A number may also name the unit itself (`0.3 seconds`). With u unknown only plain numbers and
// percentages pass.
func Quantity(text string, u Unit) (decimal.Decimal, error) {
	value, suffix, err := Number(text)
	if err != nil {
		return decimal.Zero, err
	}
	if suffix == "" || suffix == u.Name {
		return value, nil
	}
	name, perSecond := strings.CutSuffix(u.Name, "/s")
	if perSecond {
		suffix = strings.TrimSuffix(suffix, "/s")
		if suffix == name {
			return value, nil
		}
	}
	if b := base(name); b != nil {
		for _, s := range b.scales {
			if s.suffix == suffix {
				return value.Mul(s.factor), nil
			}
		}
	}
	if name == "seconds" && !perSecond {
		if d, ok := compound(text); ok {
			return d, nil
		}
	}
	if suffix == "%" && u.IsZero() {
		return value.Mul(decimal.New(1, -2)), nil
	}
	if others := unitsWithSuffix(suffix); len(others) > 0 {
		return decimal.Zero, problem(fmt.Sprintf("`%s` is a quantity of %s, but this is in %s", clip(text), strings.Join(others, " or "), u.describe()), "write a plain number, or one with a unit that fits")
	}
	return decimal.Zero, unknownUnit(suffix, text)
}

func (u Unit) describe() string {
	if u.IsZero() {
		return "a number without a known unit"
	}
	return u.Name
}

func unitsWithSuffix(suffix string) (names []string) {
	for _, b := range baseUnits {
		if suffix == b.name || slices.ContainsFunc(b.scales, func(s scale) bool { return s.suffix == suffix }) {
			names = append(names, b.name)
		}
	}
	return names
}

// Number splits text into an exact decimal and what follows it. Underscores may group digits.
func Number(text string) (value decimal.Decimal, suffix string, err error) {
	m := number.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil || m[2] != "" && strings.ContainsAny(m[2][:1], "0123456789.+-") {
		return decimal.Zero, "", notNumber(text)
	}
	value, err = decimal.NewFromString(strings.ReplaceAll(m[1], "_", ""))
	if err != nil {
		return decimal.Zero, "", notNumber(text)
	}
	return value, m[2], nil
}

func notNumber(text string) error {
	return problem("`"+clip(text)+"` is not a number", "write a number, with a unit if it is not in that of its metric: `300ms`, `85%`, `2GiB`")
}

func unknownUnit(suffix, text string) error {
	return problem("unknown unit `"+clip(suffix)+"` in `"+clip(text)+"`", "write a number, with a unit if it is not in that of its metric: `300ms`, `85%`, `2GiB`")
}

func clip(s string) string {
	s = strings.Join(strings.FieldsFunc(s, unicode.IsControl), " ")
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
