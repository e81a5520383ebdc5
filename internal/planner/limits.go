package planner

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// limits are what an alert and everything that draws it share: decided once, here.
type limits struct {
	op   spec.Op
	crit []decimal.Decimal
	warn *decimal.Decimal
	// page: the alert wakes somebody, so that it is critical without a softer limit.
	page bool
}

// readLimits converts the limits of an alert to the unit of its query, exactly.
func (b *builder) readLimits(item *alertItem) limits {
	c := item.Condition
	l := limits{op: c.Op, page: item.Severity.Value == "page"}
	var texts []string
	for _, text := range c.Limits {
		texts = append(texts, showQuantity(b.inRuns(text.Value), item.unit))
		if v, ok := b.quantity(text, item.unit); ok {
			l.crit = append(l.crit, v)
		}
	}
	item.threshold = strings.Join(texts, " to ")
	if c.Op == spec.Absent {
		item.threshold = metric.FormatDuration(c.AbsentFor.Value)
	}
	if len(l.crit) == 2 && !l.crit[0].LessThan(l.crit[1]) {
		b.rep.Errorf(c.Span, "`%s` needs the lower limit first: `%s` is not below `%s`", c.Op, texts[0], texts[1])
	}
	inherited := item.brought && item.Warn.Span.File != b.model.File
	if !item.Warn.Given() || inherited && len(l.crit) < len(c.Limits) { // one mistake, one message
		return l
	}
	warn, ok := b.quantity(item.Warn, item.unit)
	switch {
	case !ok || len(l.crit) == 0 && c.Op != spec.Absent:
	case inherited && (c.Op == spec.Above && !warn.LessThan(l.crit[0]) || c.Op == spec.Below && !warn.GreaterThan(l.crit[0])):
		// The author moved the limit past the softer one that came with the alert: there is none now.
	case c.Op == spec.Above && !warn.LessThan(l.crit[0]), c.Op == spec.Below && !warn.GreaterThan(l.crit[0]):
		d := b.rep.Errorf(item.Warn.Span, "`warn: %s` is beyond the limit `%s: %s`", item.Warn.Value, c.Op, texts[0])
		d.WithHelp("the softer limit is reached first: give one that is %s it", map[spec.Op]string{spec.Above: "below", spec.Below: "above"}[c.Op])
		if c.Span.File != item.Warn.Span.File || c.Span.Start != item.Warn.Span.Start {
			d.See(c.Limits[0].Span, "the limit")
		}
	case c.Op == spec.Above || c.Op == spec.Below:
		l.warn = &warn
	default:
		b.rep.Errorf(item.Warn.Span, "`warn` goes with `above` or `below` only")
	}
	return l
}

// showQuantity is a limit as people read it: a plain number gets the unit that it is in.
func showQuantity(text string, unit metric.Unit) string {
	v, suffix, err := metric.Number(text)
	if err != nil || suffix != "" {
		return text
	}
	switch unit.Name {
	case "ratio":
		return v.Mul(decimal.NewFromInt(100)).String() + "%"
	case "seconds":
		return v.String() + " s"
	case "bytes":
		return v.String() + " B"
	case "celsius":
		return v.String() + " °C"
	}
	return v.String()
}

// quantity reads a number in a unit; false after reporting.
func (b *builder) quantity(text diag.Located[string], unit metric.Unit) (decimal.Decimal, bool) {
	if _, ok := spec.Runs(text.Value); ok && !b.scheduled() {
		b.rep.Errorf(text.Span, "`%s` needs a model that runs once in a while", text.Value).WithHelp("say of the alert that it is for those only: `traffic: [every]`")
		return decimal.Zero, false
	}
	text.Value = b.inRuns(text.Value)
	v, err := metric.Quantity(text.Value, unit)
	if err != nil {
		b.rep.Errorf(text.Span, "%s", err)
		return decimal.Zero, false
	}
	return v, true
}
