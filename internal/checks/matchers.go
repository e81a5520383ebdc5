package checks

import (
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// checkMatchers reports matchers of a label, or of a value, that the metric lacks; false after reporting.
func (c *check) checkMatchers(m *metric.Metric, list []metric.Matcher) bool {
	for _, of := range list {
		l, ok := c.label(m, diag.At(of.Label, of.Span))
		if !ok || of.Op == metric.Equal && !c.checkValue(m, l, diag.At(of.Value, of.Span)) {
			return false
		}
	}
	return true
}

// checkValue reports a value that a label cannot have, where all are listed; false after reporting.
func (c *check) checkValue(m *metric.Metric, l metric.Label, value diag.Located[string]) bool {
	for _, known := range l.Values.Exactly {
		if known == value.Value {
			return true
		}
	}
	if len(l.Values.Exactly) == 0 {
		return true
	}
	help := "it is one of " + strings.Join(l.Values.Exactly, ", ")
	if len(value.Value) > 2 { // all short ones are alike
		help = diag.DidYouMean(value.Value, l.Values.Exactly, help)
	}
	c.errorf(value.Span, "`%s` of `%s` is never `%s`", l.Name, m.Name, value.Value).WithHelp("%s", help).See(l.Span, "its values")
	return false
}
