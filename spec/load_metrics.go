package spec

import (
	"strconv"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// metricEntry is an entry of `metrics` while it is read: what depends on its unit or type waits until
// all its keys are known.
type metricEntry struct {
	*metric.Metric
	given given

	typ, role, across, client diag.Located[string]
	unit                      diag.Located[metric.Unit]
	bounds, quantiles         []diag.Located[string]
	limits                    []diag.Located[string] // of range
	selects, of               diag.Located[string]
}

// metrics reads the map of metrics; entries with mistakes are left out.
func (l *loader) metrics(into *[]*metric.Metric) value {
	return value{shape: aMap, of: &value{shape: aSection, table: func() fields { return l.metric(&metricEntry{Metric: &metric.Metric{}}) }}, read: func(k, n *node) {
		for _, e := range l.entries(k, n) {
			before := l.errors
			m := &metricEntry{Metric: &metric.Metric{Name: e.key.value, Span: l.span(e.key)}}
			g, ok := l.walk("metric "+code(e.key.value), e.key, e.value, l.metric(m))
			if !ok {
				continue
			}
			m.given = g
			l.metricName(m)
			l.finishMetric(m)
			if l.errors == before {
				*into = append(*into, m.Metric)
			}
		}
	}}
}

// metricTypes of the language; those of laterTypes are not built yet.
var (
	metricTypes = []string{string(metric.Counter), string(metric.Gauge), string(metric.Histogram), string(metric.Summary), string(metric.Info)}
	laterTypes  = []string{string(metric.GaugeHistogram), string(metric.NativeHistogram)}
)

func (l *loader) metric(m *metricEntry) fields {
	var help diag.Located[string]
	return fields{
		{"type", 0, l.metricType(&m.typ), "what kind of metric it is; a metric with a `query` has none"},
		{"unit", 0, l.unit(&m.unit), "the unit of its values; of the observed values for histograms and summaries"},
		{"role", 0, l.line(&m.role), "what the metric means; the role brings panels and alerts"},
		{"across", 0, l.labelName(&m.across), "which label holds the class, for roles that have classes"},
		{"buckets", 0, l.buckets(m), "upper bounds of a histogram: those of a client (`python`, `go`, `otel`, `java`), or a list; left out: not known"},
		{"labels", 0, l.labels(&m.Labels), "the metric's own labels: a list of all values, a number of at most so many, or `any`"},
		{"help", 0, also(l.prose(&help), func() { m.Help = help.Value }), "what it measures"},
		{"range", 0, l.pair(&m.limits, l.bound), "the lowest and the highest value that it can have; `-Inf` or `+Inf` where there is no bound"},
		{"quantiles", 0, each(l, &m.quantiles, l.bound), "the quantiles of a summary, from 0 to 1"},
		{"selector", 0, l.selector(&m.Selector, false), "labels that are asked for wherever the metric is read"},
		{"query", 0, l.queryPointer(&m.Query), "PromQL: the metric is recorded under this name; its type and labels follow from the query"},
		{"optional", onlyProfiles, l.boolean(&m.Optional), "servers may lack it: panels that need it appear only if the spec names it"},
		{"select", onlyProfiles, l.oneOf(&m.selects, "undeclared", "errors", "client_errors"), "the series of another metric of the role, only those whose class is undeclared, or that count errors"},
		{"of", onlyProfiles, l.line(&m.of), "whose series `select` selects"},
		later("renamed_from", "the old name of a metric, read beside the new one"),
		later("errors", "which series of role requests count failures of the server"),
		later("client_errors", "which series of role requests count failures of the caller"),
		later("omit", "why a metric that a profile brings is left out"),
		later("source", "which source the metric comes from"),
	}
}

// metricType is one of the types; servers also know metrics without one.
func (l *loader) metricType(into *diag.Located[string]) value {
	v := l.oneOfBut(into, laterTypes, metricTypes...)
	read := v.read
	v.read = func(k, n *node) {
		if n.kind == scalarNode && (n.value == "untyped" || n.value == "unknown") {
			l.errorf(l.span(n), "%s says nothing", code(n.value)).WithHelp("write what it is: `counter` if it only rises, else `gauge`")
			return
		}
		read(k, n)
	}
	return v
}

// also calls after when the value was read.
func also(v value, after func()) value {
	read := v.read
	v.read = func(k, n *node) { read(k, n); after() }
	return v
}

// pair is a list of exactly two.
func (l *loader) pair(into *[]diag.Located[string], one func(*diag.Located[string]) value) value {
	var unused diag.Located[string]
	of := one(&unused)
	return value{shape: aList, of: &of, read: func(k, n *node) {
		if n.kind != sequenceNode {
			if !n.null() && !n.refused() {
				l.errorf(l.head(n), "%s takes a list of two values", code(k.value)).WithHelp("write `%s: [LOW, HIGH]`", k.value)
			} else {
				l.items(k, n)
			}
			return
		}
		items := n.content
		if len(items) != 2 {
			l.errorf(l.span(n), "%s takes two values, not %d", code(k.value), len(items)).WithHelp("write `%s: [LOW, HIGH]`", k.value)
			return
		}
		var pair [2]diag.Located[string]
		for i, item := range items {
			one(&pair[i]).read(k, item)
		}
		if pair[0].Given() && pair[1].Given() {
			*into = pair[:]
		}
	}}
}

// bound is a quantity, or an infinity.
func (l *loader) bound(into *diag.Located[string]) value {
	v := l.quantity(into)
	read := v.read
	v.read = func(k, n *node) {
		if n.kind == scalarNode && infinite(n.value) != 0 {
			*into = diag.At(n.value, l.span(n))
			return
		}
		read(k, n)
	}
	return v
}

// infinite returns the sign of an infinity, 0 for everything else.
func infinite(text string) int {
	switch strings.ToLower(strings.ReplaceAll(text, ".", "")) {
	case "+inf", "inf", "+infinity", "infinity":
		return 1
	case "-inf", "-infinity":
		return -1
	}
	return 0
}

// buckets is the name of a client, or a list of bounds.
func (l *loader) buckets(m *metricEntry) value {
	client := l.word(&m.client, clients, nil)
	list := each(l, &m.bounds, l.bound)
	v := list
	v.or = &client
	v.read = func(k, n *node) {
		if n.kind == scalarNode && !n.null() {
			client.read(k, n)
			return
		}
		list.read(k, n)
	}
	return v
}

// labels is a map of labels with the values they may have.
func (l *loader) labels(into *[]metric.Label) value {
	return value{shape: aMap, of: &value{shape: someValues}, read: func(k, n *node) {
		for _, e := range l.entries(k, n) {
			if wrong, help := badLabel(e.key.value); wrong != "" {
				l.errorf(l.span(e.key), "%s", wrong).WithHelp("%s", help)
				continue
			}
			if v, ok := l.labelValues(e); ok {
				*into = append(*into, metric.Label{Name: e.key.value, Values: v, Span: l.span(e.key)})
			}
		}
	}}
}

// labelValues reads which values a label has: a list, a number, or `any` (LANGUAGE rule 6).
func (l *loader) labelValues(e entry) (metric.Values, bool) {
	if e.value.kind == sequenceNode {
		var list []diag.Located[string]
		before := l.errors
		each(l, &list, l.labelValue).read(e.key, e.value)
		v := metric.Values{AtMost: len(list)}
		for _, item := range list {
			v.Exactly = append(v.Exactly, item.Value)
		}
		return v, l.errors == before
	}
	text, ok := l.scalar(e.key, e.value, "a list of values, a number of at most so many, or `any`")
	if !ok {
		return metric.Values{}, false
	}
	if text == "any" {
		return metric.Values{}, true
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		l.errorf(l.span(e.value), "the values of label %s are a list, a number or `any`, not %s", code(e.key.value), code(text)).WithHelp("exactly this value: `[%s]`; at most so many: a number; no bound: `any`", clip(text))
	case e.value.style != 0:
		l.errorf(l.span(e.value), "%s in quotes may be a value or a number", code(text)).WithHelp("exactly this value: `[%s]`; at most so many: `%s` without quotes", text, text)
	case n < 1 || n > 100_000_000:
		l.errorf(l.span(e.value), "label %s with at most %s values", code(e.key.value), code(text)).WithHelp("write a number from 1 on, or `any` for no bound")
	default:
		return metric.Values{AtMost: n}, true
	}
	return metric.Values{}, false
}
