package spec

import (
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// method is a word; which there are, the kinds know.
func (l *loader) method(into *diag.Located[string]) value {
	return parsed(l, into, aWord, "the name of a method", func(text string) (string, string, string) {
		if !methodPattern.MatchString(text) {
			return "", code(text) + " is not the name of a method", "a word in lower-case letters: `psi`"
		}
		return text, "", ""
	}).fits(&methodText)
}

var methodPattern = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)

// Upper ends of shares.
const (
	decimalHalf = "0.5"
	decimalOne  = "1"
)

// share is a part of 1, above 0 and below high; full says that high is one, too.
func (l *loader) share(into *diag.Located[decimal.Decimal], high string, full bool) value {
	top, bounds := decimal.RequireFromString(high), "above 0 and below "+high
	if full {
		bounds = "above 0 and at most " + high
	}
	return parsed(l, into, aQuantity, "a number", func(text string) (decimal.Decimal, string, string) {
		x, err := metric.Quantity(strings.TrimSpace(text), metric.Ratio())
		if err != nil {
			wrong, help := explained(err)
			return x, wrong, help
		}
		if !x.IsPositive() || x.GreaterThan(top) || x.Equal(top) && !full {
			return x, code(text) + " is not " + bounds, "write a share: `0.05`, or `5%`"
		}
		return x, "", ""
	}).fits(&quantityText)
}

// shareText is a share from above 0 to 1 that is kept as it is written.
func (l *loader) shareText(into *diag.Located[string]) value {
	var x diag.Located[decimal.Decimal]
	v := l.share(&x, decimalOne, true)
	read := v.read
	v.read = func(k, n *node) {
		if read(k, n); x.Given() {
			*into = diag.At(strings.TrimSpace(n.value), x.Span)
		}
	}
	return v
}

// positive is a plain number above zero.
func (l *loader) positive(into *diag.Located[decimal.Decimal]) value {
	return parsed(l, into, aQuantity, "a number", func(text string) (decimal.Decimal, string, string) {
		x, suffix, err := metric.Number(text)
		if err != nil || suffix != "" || !x.IsPositive() {
			return x, code(text) + " is not a number above 0", "write how much is added to each count: `0.5`"
		}
		return x, "", ""
	}).fits(&numberText)
}

// ends is an interval whose ends may be open.
func (l *loader) ends(into *[]diag.Located[string]) value {
	v := l.pair(into, l.bound)
	read := v.read
	v.read = func(k, n *node) {
		if read(k, n); len(*into) != 2 {
			return
		}
		low, high := &(*into)[0], &(*into)[1]
		below, above := infinite(low.Value), infinite(high.Value)
		if below > 0 || above < 0 || below == 0 && above == 0 && !comesAfter(high.Value, low.Value) {
			l.errorf(high.Span, "%s is not above %s", code(high.Value), code(low.Value)).WithHelp("write the lower end first: `%s: [LOW, HIGH]`", k.value)
		}
		if below < 0 {
			low.Value = "-Inf"
		}
		if above > 0 {
			high.Value = "+Inf"
		}
	}
	return v
}

// alertLimit is a quantity, or `off`.
func (l *loader) alertLimit(c *Check) value {
	v := l.quantity(&c.Alert)
	off := l.oneOf(new(diag.Located[string]), "off")
	read := v.read
	v.or = &off
	v.read = func(k, n *node) {
		if n.kind == scalarNode && n.value == "off" {
			c.NoAlert = true
			return
		}
		read(k, n)
	}
	return v
}

// exceptLimit is a quantity, since one metric alone is not left without an alert.
func (l *loader) exceptLimit(into *diag.Located[string]) value {
	v := l.quantity(into)
	read := v.read
	v.read = func(k, n *node) {
		if n.kind == scalarNode && n.value == "off" {
			l.errorf(l.span(n), "`off` for one metric of several").WithHelp("`omit: REASON` leaves it out; `%s: off` beside `drift` holds for all", k.value)
			return
		}
		read(k, n)
	}
	return v
}

// exceptions is a map of metric and what is different for it.
func (l *loader) exceptions(into *[]CheckException) value {
	table := func(x *CheckException) fields {
		return fields{
			{"warn", 0, l.quantity(&x.Warn).like("0.2"), "the softer limit for it"},
			{"alert", 0, l.exceptLimit(&x.Alert).like("0.4"), "the limit that alerts, for it"},
			{"omit", 0, l.reason(&x.Omit).like("it is new every day"), "why it is left out"},
		}
	}
	one := value{shape: aSection, what: "an exception", least: 1, table: func() fields { return table(&CheckException{}) }, rules: []rule{{when: []string{"omit"}, alone: []string{"omit"}}}}
	return value{shape: aMap, keys: &value{shape: aName, text: &metricText, example: "age"}, of: &one, least: 1, read: func(k, n *node) {
		if n.kind == mappingNode && len(n.content) == 0 {
			l.errorf(l.span(n), "`%s` is empty", k.value).WithHelp("name a metric and what is different for it, or remove it")
		}
		for _, e := range l.entries(k, n) {
			x := CheckException{Span: l.span(e.key)}
			l.anyMetric(&x.Metric).read(k, e.key)
			g, ok := l.walk(one.what, e.key, e.value, table(&x))
			switch other := g.first("warn", "alert"); {
			case !ok || !x.Metric.Given():
				continue
			case len(e.value.content) == 0:
				l.errorf(l.span(e.value), "nothing is different for %s", code(e.key.value)).WithHelp("write `warn`, `alert` or `omit`, or remove it")
				continue
			case other != nil && g.has("omit"):
				l.errorf(l.span(other), "`%s` of a metric that is left out", other.value).WithHelp("leave it out, or `omit`")
			}
			*into = append(*into, x)
		}
	}}
}
