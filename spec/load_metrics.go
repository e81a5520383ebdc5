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
	bounds, quantiles, key    []diag.Located[string]
	limits                    []diag.Located[string] // of range
	selects, of               diag.Located[string]
	omit, source, renamedFrom diag.Located[string]
	since, until, renamedTo   diag.Located[string]
	// bad: some of its keys had mistakes.
	bad bool
}

// metrics reads the map of metrics. What the entries mean depends on the profiles: see declare.
func (l *loader) metrics(into *[]*metricEntry) value {
	one := value{shape: aSection, what: "a metric", table: func() fields { return l.metric(&metricEntry{Metric: &metric.Metric{}}) }, rules: metricRules, example: "{type: histogram, unit: seconds}"}
	return value{shape: aMap, keys: l.metricKey(), of: &one, read: func(k, n *node) {
		for _, e := range l.entries(k, n) {
			before := l.errors
			m := &metricEntry{Metric: &metric.Metric{Name: e.key.value, Span: l.span(e.key)}}
			g, ok := l.walk("metric "+code(e.key.value), e.key, e.value, l.metric(m))
			if !ok {
				continue
			}
			m.given, m.bad = g, l.errors > before
			*into = append(*into, m)
		}
	}}
}

// declared finishes entries that declare metrics; those with mistakes are left out.
func (l *loader) declared(entries []*metricEntry) (list []*metric.Metric) {
	for _, m := range entries {
		before := l.errors
		l.metricName(m)
		l.finishMetric(m)
		if l.errors == before && !m.bad {
			list = append(list, m.Metric)
		}
	}
	return list
}

// metricTypes of the language.
var metricTypes = func() (words []string) {
	for _, t := range metric.Types() {
		words = append(words, string(t))
	}
	return words
}()

func (l *loader) metric(m *metricEntry) fields {
	var help diag.Located[string]
	return fields{
		{"type", 0, l.metricType(&m.typ).like("histogram"), "what kind of metric it is; only a metric with a `query` has none"},
		{"unit", 0, l.unit(&m.unit).like("seconds"), "the unit of its values; of the observed values for histograms and summaries"},
		{"role", 0, l.metricRole(&m.role).like("latency"), "what the metric means; a role brings panels, alerts and signals"},
		{"across", 0, l.labelName(&m.across).like("label").otherwise("the role's"), "which label holds the class, for roles that speak of classes"},
		{"buckets", 0, l.buckets(m).like("[100ms, 0.25, 1s]").otherwise("not known"), "bounds of a histogram: a list, or a client's defaults (`python`, `go`, `otel`, `java`); of a native one, where checks look at it"},
		{"labels", 0, l.labels(&m.Labels).like("{status: [2xx, 4xx, 5xx], path: 20, user: any}"), "the metric's own labels: a list of all values, a number of at most so many, or `any`"},
		{"help", 0, also(l.prose(&help), func() { m.Help = help.Value }).like("Time from question to answer."), "what it measures"},
		{"range", 0, l.pair(&m.limits, l.bound).like("[0, 10]"), "the lowest and the highest value that it can have; `-Inf` or `+Inf` where there is no bound"},
		{"quantiles", 0, each(l, &m.quantiles, l.bound).like("[0.5, 0.99]"), "the quantiles of a summary, from 0 to 1"},
		{"key", 0, each(l, &m.key, l.labelName).like("[instance]").otherwise("all its labels"), "of an info metric: the labels that tell its series apart, those of its targets among them; the others follow from them"},
		{"selector", 0, l.selector(&m.Selector, false).like(`{container: {not: ""}}`), "what its series must have besides, wherever the metric is read"},
		{"query", 0, l.queryPointer(&m.Query).like("sum by (pod) (rate(errors_total[5m]))"), "PromQL: the metric is recorded under this name; its type and labels follow from the query"},
		{"optional", onlyProfiles, l.boolean(&m.Optional).like("true").otherwise("`false`"), "servers may lack it: panels that need it appear only if the spec names it"},
		{"select", onlyProfiles, l.oneOf(&m.selects, "undeclared", "errors", "client_errors").like("undeclared"), "the series of another metric of the role, only those whose class is undeclared, or that count errors"},
		{"of", onlyProfiles, l.line(&m.of).like("classes"), "whose series `select` selects"},
		{"errors", 0, l.selector(&m.Errors, false).like("{status: 5xx}"), "of role requests: the series that count faults of the server, as in `{status: 5xx}`"},
		{"client_errors", 0, l.selector(&m.ClientErrors, false).like("{status: 4xx}"), "of role requests: the series that count mistakes of the caller, as in `{status: 4xx}`"},
		{"renamed_from", 0, l.line(&m.renamedFrom).like("answer_seconds"), "the metric's old name: both are read"},
		{"source", onlySpecs, l.line(&m.source).like("fastapi"), "the profile whose metric of this name is changed, where two have one"},
		{"omit", onlySpecs, l.reason(&m.omit).like("this server lacks it"), "why the metric of this name that a profile brings is left out"},
		{"since", onlyProfiles, l.stackVersion(&m.since).like("0.8.0"), "the first version of the stack that has it"},
		{"until", onlyProfiles, l.stackVersion(&m.until).like("1.2.0"), "the first version of the stack that does not have it any more"},
		{"renamed_to", onlyProfiles, l.line(&m.renamedTo).like("answer_duration_seconds"), "the metric of the profile that has its place from that version on"},
	}
}

// metricType is one of the types; servers also know metrics without one.
func (l *loader) metricType(into *diag.Located[string]) value {
	v := l.oneOf(into, metricTypes...)
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

// metricRole is the name of a role; that it is one is said when the type of the metric is known.
func (l *loader) metricRole(into *diag.Located[string]) value {
	v := l.line(into)
	v.shape = aRole
	if l.lib != nil {
		v.words = l.lib.metricRoles
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
	return value{shape: aList, of: &of, least: 2, most: 2, read: func(k, n *node) {
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
	return v.fits(&boundText)
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
	return value{shape: aMap, keys: &value{shape: aLabel, text: &labelText}, of: &value{shape: someValues, least: 1, most: maxValues}, read: func(k, n *node) {
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

// maxValues that a label may be said to have.
const maxValues = 100_000_000

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
	case n < 1 || n > maxValues:
		l.errorf(l.span(e.value), "label %s with at most %s values", code(e.key.value), code(text)).WithHelp("write a number from 1 on, or `any` for no bound")
	default:
		return metric.Values{AtMost: n}, true
	}
	return metric.Values{}, false
}
