package lint

import (
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// dimensioned are the units that names end in by custom: without them a reader cannot tell seconds from
// milliseconds. Shares, counts and scores are told apart by what is measured.
var dimensioned = []string{"amperes", "bytes", "celsius", "hertz", "joules", "meters", "seconds", "timestamp", "volts", "watts"}

var missingUnitSuffix = &Rule{
	Name: "missing-unit-suffix", Group: Naming, Severity: diag.Info,
	Doc: "a metric with a unit that its name does not say",
	Run: func(p *Pass) {
		for m := range p.OwnMetrics() {
			// With a role nobody has to guess: its panels and limits show the unit.
			if !slices.Contains(dimensioned, m.Unit.Name) || m.Role != "" || saysUnit(m) {
				continue
			}
			suffix := m.Unit.Name
			if suffix == "timestamp" {
				suffix = "timestamp_seconds"
			}
			bare, total := strings.CutSuffix(m.Name, "_total")
			better := strings.TrimSuffix(strings.TrimSuffix(bare, "_"+suffix), "_timestamp") + "_" + suffix
			if total {
				better += "_total"
			}
			p.Reportf(m.Span, "`%s` is in %s, and its name does not say so", m.Name, unitPhrase(m.Unit)).
				Help = "call it `" + better + "`; if it cannot be renamed, allow it with the reason"
		}
	},
}

// saysUnit reports whether a name says any unit, anywhere.
func saysUnit(m *metric.Metric) bool {
	list := words(m.Name)
	if m.Unit.Name == "timestamp" {
		return slices.Contains(list, "seconds")
	}
	if _, _, ok := findUnit(m); ok {
		return true
	}
	return slices.ContainsFunc(list, func(word string) bool {
		u, ok := wordUnit(word)
		return ok && u.behind == nil && u.unit == m.Unit.Name
	})
}

func unitPhrase(u metric.Unit) string {
	if u.Name == "timestamp" {
		return "seconds since 1970"
	}
	return u.Name
}

var nonBaseUnit = &Rule{
	Name: "non-base-unit", Group: Naming, Severity: diag.Warning,
	Doc: "a metric in milliseconds, megabytes, per cent: not in the base unit, or with one that is abbreviated",
	Run: func(p *Pass) {
		for m := range p.OwnMetrics() {
			u, _, ok := findUnit(m)
			if ok && u.short && (m.Unit.IsZero() || m.Unit.Name == u.unit) {
				p.Reportf(m.Span, "`%s` abbreviates %s as `%s`", m.Name, u.unit, u.word).
					Help = "call it `" + renamed(m.Name, u.word, u.unit) + "`"
				continue
			}
			if !ok || u.base || ofTheDomain(m) || !m.Unit.IsZero() && ours(m.Unit) {
				continue // with a unit of ours beside it unit-against-name speaks
			}
			d := p.Reportf(m.Span, "`%s` is in `%s`, which is no base unit", m.Name, u.word)
			if u.unit == "ratio" {
				d.Help = "measure the share from 0 to 1, call it `" + renamed(m.Name, u.word, "ratio") + "` and say `unit: ratio`: it is shown in per cent"
				continue
			}
			d.Help = "measure " + u.unit + ", call it `" + renamed(m.Name, u.word, u.unit) + "` and say `unit: " + u.unit + "`: readers see the unit that suits the number"
		}
	},
}

// ours reports whether a unit is of the language, and none that a workspace adds.
func ours(u metric.Unit) bool {
	_, ok := metric.Units{}.Named(u.Name)
	return ok
}

var unitAgainstName = &Rule{
	Name: "unit-against-name", Group: Naming, Severity: diag.Warning,
	Doc: "a declared unit that is not the one in the metric's name",
	Run: func(p *Pass) {
		for m := range p.OwnMetrics() {
			if m.Unit.IsZero() || !ours(m.Unit) {
				continue
			}
			at := m.UnitSpan
			if at.IsZero() {
				at = m.Span
			}
			u, last, ok := findUnit(m)
			switch {
			case pointInTime(m) && m.Unit.Name == "seconds":
				p.Reportf(at, "`%s` is a point in time, declared in seconds: readers would see a duration of decades", m.Name).
					Help = "say `unit: timestamp`"
			case !ok || u.base && !last || agree(u, m.Unit):
			case u.unit == m.Unit.Name:
				p.Reportf(at, "`%s` is declared in %s, but its name says `%s`", m.Name, m.Unit.Name, u.word).
					Help = "if the values are in `" + u.word + "`, convert them where they are measured: limits and axes are in " + m.Unit.Name + "; if not, rename the metric"
			default:
				p.Reportf(at, "`%s` is declared in %s, but its name says `%s`", m.Name, unitPhrase(m.Unit), u.word).
					Help = "say `unit: " + u.unit + "`, or rename the metric"
			}
		}
	},
}

// agree reports whether the unit that a name says can be the declared one. A score or a difference of shares may
// be called a ratio, and a point in time is in seconds.
func agree(u unitWord, declared metric.Unit) bool {
	switch declared.Name {
	case u.unit:
		return u.base || u.short
	case "none", "points":
		return u.unit == "ratio"
	case "timestamp":
		return u.unit == "seconds" && (u.base || u.short)
	}
	return false
}

// pointInTime: the name says so.
func pointInTime(m *metric.Metric) bool {
	name := strings.TrimSuffix(m.Name, "_seconds")
	return strings.HasSuffix(name, "_timestamp") || strings.HasSuffix(name, "_unixtime")
}
