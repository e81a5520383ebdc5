package spec

import (
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// quantity is a number, with a unit or without; what it is a quantity of is known later.
func (l *loader) quantity(into *diag.Located[string]) value {
	return parsed(l, into, aQuantity, "a number", func(text string) (string, string, string) {
		text = strings.TrimSpace(text)
		if err := l.ws.Units.CheckQuantity(text); err != nil {
			wrong, help := explained(err)
			return "", wrong, help
		}
		return text, "", ""
	})
}

// quantityPointer is quantity for optional fields.
func (l *loader) quantityPointer(into **diag.Located[string]) value {
	var at diag.Located[string]
	v := l.quantity(&at)
	return value{shape: v.shape, read: func(k, n *node) {
		if v.read(k, n); at.Given() {
			*into = &at
		}
	}}
}

// unit is the name of a unit.
func (l *loader) unit(into *diag.Located[metric.Unit]) value {
	v := parsed(l, into, aWord, "a unit", func(text string) (metric.Unit, string, string) {
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
	return v
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
