package spec

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// quantity is a number, with a unit or without; what it is a quantity of is known later.
func (l *loader) quantity(into *diag.Located[string]) value {
	return parsed(l, into, aQuantity, "a number", func(text string) (string, string, string) {
		text = strings.TrimSpace(text)
		if _, ok := Runs(text); ok && l.format&(profileFile|roleFile) != 0 {
			return text, "", ""
		}
		if err := l.ws.Units.CheckQuantity(text); err != nil {
			wrong, help := explained(err)
			return "", wrong, help
		}
		return text, "", ""
	}).fits(&quantityText).like("0.5")
}

// Runs returns how many times the time from run to run a limit is: profiles and roles write `1.5 runs` for
// what depends on how often a batch job runs. False for any other text.
func Runs(text string) (decimal.Decimal, bool) {
	number, ok := strings.CutSuffix(text, " runs")
	if !ok {
		return decimal.Zero, false
	}
	v, err := decimal.NewFromString(number)
	return v, err == nil && v.IsPositive()
}

// quantityPointer is quantity for optional fields.
func (l *loader) quantityPointer(into **diag.Located[string]) value {
	var at diag.Located[string]
	return also(l.quantity(&at), func() {
		if at.Given() {
			*into = &at
		}
	})
}

// unit is the name of a unit.
func (l *loader) unit(into *diag.Located[metric.Unit]) value {
	v := parsed(l, into, aUnit, "a unit", func(text string) (metric.Unit, string, string) {
		if u, ok := l.ws.Units.Named(text); ok {
			return u, "", ""
		}
		names := l.ws.Units.Names()
		if name := l.ws.Units.Meant(text); name != "" {
			return metric.Unit{}, "unknown unit " + code(text), "write `" + name + "` if its numbers are in that; other numbers are best converted where they are measured"
		}
		return metric.Unit{}, "unknown unit " + code(text), didYouMean(text, names, "known units: "+quoteAll(names)+"; others can be added under `units:` in mlobs.yaml")
	})
	v.words = l.ws.Units.Names
	return v.fits(&unitText)
}

func isNumber(text string) bool {
	_, _, err := metric.Number(text)
	return err == nil
}

// comesAfter reports whether b < a, or that this cannot be said without their unit.
func comesAfter(a, b string) bool {
	x, ux, errX := metric.Number(a)
	y, uy, errY := metric.Number(b)
	return errX != nil || errY != nil || ux != uy || x.GreaterThan(y)
}

// lookback is how long Prometheus shows a series after its last sample (its flag --query.lookback-delta).
const lookback = 5 * time.Minute

// interval is the time between two samples of a series. From the lookback on the series would be gone in
// between: panels would have holes, and alerts would not hold.
func (l *loader) interval(into *diag.Located[time.Duration]) value {
	return also(l.duration(into, false), func() {
		if into.Value >= lookback && into.Given() {
			l.errorf(into.Span, "`%s` is too long: Prometheus forgets a series 5m after its last sample", metric.FormatDuration(into.Value)).
				WithHelp("write at most `4m`; what runs more seldom than that keeps its last value at a Pushgateway")
		}
	})
}
