package lint

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

var alertNeverFires = &Rule{
	Name: "alert-never-fires", Group: Alerts, Severity: diag.Error,
	Doc: "a limit that the value cannot reach",
	Run: func(p *Pass) { p.judgeLimits(neverFires) },
}

var alertAlwaysFires = &Rule{
	Name: "alert-always-fires", Group: Alerts, Severity: diag.Error,
	Doc: "a limit that the value is always beyond",
	Run: func(p *Pass) { p.judgeLimits(alwaysFires) },
}

var thresholdUnit = &Rule{
	Name: "threshold-in-another-unit", Group: Alerts, Severity: diag.Error,
	Doc: "a limit in another unit than the value",
	Run: func(p *Pass) { p.judgeLimits(anotherUnit) },
}

var thresholdInBucket = &Rule{
	Name: "threshold-in-first-bucket", Group: Alerts, Severity: diag.Warning,
	Doc: "a limit for a quantile inside the first bucket, where nothing is known",
	Run: func(p *Pass) { p.judgeLimits(inFirstBucket) },
}

// verdict is what is wrong with a limit. A limit has one fault at most: the first that fits.
type verdict int

const (
	goodLimit verdict = iota
	anotherUnit
	neverFires
	alwaysFires
	inFirstBucket
	wrongWay
)

// limits are the comparisons of a plan, judged.
type limits struct {
	list []judged
	// sides of values on which some alert is: by the text of the value.
	sides map[string]map[plan.Op]bool
}

// judged is a comparison with its fault.
type judged struct {
	comparison
	fault         verdict
	message, help string
}

// limits judges each comparison of the plan once.
func (p *Pass) limits() *limits {
	if p.run.limits != nil {
		return p.run.limits
	}
	l := &limits{sides: map[string]map[plan.Op]bool{}}
	p.run.limits = l
	for s := range p.Alerts() {
		for _, c := range s.comparisons() {
			value := c.value.String()
			if l.sides[value] == nil {
				l.sides[value] = map[plan.Op]bool{}
			}
			l.sides[value][c.op] = true
		}
	}
	for c := range p.comparisons() {
		j := judged{comparison: c}
		j.fault, j.message, j.help = p.judge(c)
		if j.fault != goodLimit {
			l.list = append(l.list, j)
		}
	}
	return l
}

// judgeLimits reports the comparisons that have one fault.
func (p *Pass) judgeLimits(fault verdict) {
	for _, c := range p.limits().list {
		if c.fault != fault {
			continue
		}
		d := p.Reportf(c.at, "%s", c.message)
		d.Help = c.help
		if fault == anotherUnit && !c.never(c.limit) && !c.always(c.limit) || c.part {
			d.Severity = min(d.Severity, diag.Warning)
		}
		if m, ok := c.subject(c.value); ok && m.series.Metric != nil {
			d.See(m.series.Metric.Span, "`%s` is declared here", m.series.Metric.Name)
		}
	}
}

// judge finds the fault of a limit.
func (p *Pass) judge(c comparison) (verdict, string, string) {
	never, always := c.never(c.limit), c.always(c.limit)
	if c.facts.Empty() || never && always || c.part && (never || always) {
		return goodLimit, "", "" // the expression is at fault, and its analysis says so
	}
	if s, ok := c.otherScale(never || always); ok {
		return anotherUnit, s.message, s.help
	}
	switch {
	case never:
		return neverFires, c.What() + " never fires: the value is " + map[plan.Op]string{plan.Above: "never above ", plan.Below: "never below "}[c.op] + c.bound(c.op == plan.Above) + c.because(), "give a limit that the value can reach"
	case always && (&filter{site: c.Site}).filters(c.value):
		return goodLimit, "", "" // that there is a value is the condition, as in `count(up == 0) > 0`
	case always:
		return alwaysFires, c.What() + " always fires: the value is " + map[plan.Op]string{plan.Above: "never below ", plan.Below: "never above "}[c.op] + c.bound(c.op == plan.Below) + c.because(), "give a limit that the value is not always beyond"
	}
	if first, ok := c.firstBucket(); ok {
		return inFirstBucket, "the limit `" + c.text + "` lies inside the first bucket, which ends at " + first + ": the quantile there is a guess", "choose a limit from " + first + " on, or give the histogram smaller buckets"
	}
	if message, help, ok := p.wrongDirection(c); ok {
		return wrongWay, message, help
	}
	return goodLimit, "", ""
}

// bound is one end of the range of the value, as people write it.
func (c comparison) bound(high bool) string {
	r := c.facts.Range()
	v := r.Low
	if high {
		v = r.High
	}
	return c.show(v)
}

// show writes a value in the unit of what is compared.
func (c comparison) show(v float64) string {
	text := strconv.FormatFloat(v, 'g', 6, 64)
	switch {
	case c.unit() == metric.Seconds().Name && math.Abs(v) < 1 && v != 0:
		return strconv.FormatFloat(v*1000, 'g', 6, 64) + "ms"
	case c.unit() == metric.Seconds().Name:
		return text + "s"
	}
	return text
}

// unit is the name of the unit of what is compared; empty: not known.
func (c comparison) unit() string {
	if u := c.facts.Unit(); !u.IsZero() {
		return u.Name
	}
	if !c.part {
		return c.Alert.UnitName
	}
	return ""
}

// because says what bounds the value, where it is the buckets of a histogram or a declared range.
func (c comparison) because() string {
	m, ok := c.subject(c.value)
	switch {
	case !ok || m.series.Metric == nil:
		return ""
	case m.quantile > 0 && m.series.Metric.Type == metric.Histogram && len(m.series.Metric.Buckets) > 0:
		b := m.series.Metric.Buckets
		return ", since the buckets of `" + m.series.Metric.Name + "` go from " + c.show(b[0].InexactFloat64()) + " to " + c.show(b[len(b)-1].InexactFloat64())
	case m.series.Metric.Range != nil && m.series.Part == metric.Value:
		return ", by the range of `" + m.series.Metric.Name + "`"
	}
	return ""
}

// firstBucket returns the end of the first bucket if the limit of a quantile lies inside it.
func (c comparison) firstBucket() (string, bool) {
	m, ok := c.subject(c.value)
	if !ok || m.quantile <= 0 || m.share || m.series.Metric == nil || m.series.Metric.Type != metric.Histogram || len(m.series.Metric.Buckets) == 0 {
		return "", false
	}
	first := m.series.Metric.Buckets[0].InexactFloat64()
	return c.show(first), c.limit > 0 && c.limit < first
}

// otherScale is a limit that was meant in another unit.
type otherScale struct{ message, help string }

// scales are units that people think in, by base unit: a limit in them is factor times too large.
var scales = map[string][]struct {
	name, suffix string
	factor       float64
}{
	"seconds": {{"milliseconds", "ms", 1e-3}, {"microseconds", "µs", 1e-6}, {"nanoseconds", "ns", 1e-9}},
	"ratio":   {{"per cent", "%", 1e-2}},
}

// otherScale finds the unit that a limit was meant in. Proved says that the limit makes no sense as it is.
func (c comparison) otherScale(proved bool) (otherScale, bool) {
	unit := c.unit()
	if c.hasUnit() {
		return otherScale{}, false
	}
	for _, s := range scales[unit] {
		meant := c.limit * s.factor
		fits := meant > 0 && !c.never(meant) && !c.always(meant) && (unit != "ratio" || c.limit > 1)
		if !fits || !proved && !c.suspicious(unit) {
			continue
		}
		o := otherScale{message: "the limit `" + c.text + "` looks like " + s.name + ", and the value is in " + unit}
		o.help = "write `" + c.text + s.suffix + "` or `" + strconv.FormatFloat(meant, 'g', -1, 64) + "`"
		if c.inPromQL() {
			o.help = "write `" + strconv.FormatFloat(meant, 'g', -1, 64) + "`"
		}
		if unit == metric.Ratio().Name {
			o.message = "the limit `" + c.text + "` looks like " + s.name + ", and the value is a share from 0 to 1"
		}
		return o, true
	}
	return otherScale{}, false
}

// suspicious: the limit is none that people choose in this unit, although nothing proves it.
func (c comparison) suspicious(unit string) bool {
	m, ok := c.subject(c.value)
	switch unit {
	case "ratio":
		// A value against its own past is many times as large at times.
		return c.limit >= 10 && c.limit <= 100 && !comparesWithPast(c.value)
	case "seconds":
		return ok && !m.share && c.limit >= 100 && m.series.Metric != nil && m.series.Metric.Role == "latency"
	}
	return false
}

// hasUnit: the author wrote the unit beside the number, and so meant it.
func (c comparison) hasUnit() bool {
	return strings.IndexFunc(strings.TrimLeft(c.text, "+-0123456789._eE"), unicode.IsLetter) >= 0 || strings.HasSuffix(c.text, "%")
}

// inPromQL: the limit is a number of PromQL, where quantities have no units.
func (c comparison) inPromQL() bool { return c.Alert.File != nil || c.part }

// comparesWithPast reports whether an expression reads what was.
func comparesWithPast(e parser.Expr) (past bool) {
	each(e, func(e parser.Expr) {
		switch n := e.(type) {
		case *parser.VectorSelector:
			past = past || n.OriginalOffset != 0 || n.Timestamp != nil
		case *parser.SubqueryExpr:
			past = past || n.OriginalOffset != 0 || n.Timestamp != nil
		}
	})
	return past
}
