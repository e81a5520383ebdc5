package spec

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// metricName checks the name as such. `*` at the end stands for every name that begins so, in profiles.
func (l *loader) metricName(m *metricEntry) {
	name := m.Name
	if l.format != specFile {
		name = strings.TrimSuffix(name, "*")
	}
	switch {
	case !metricPattern.MatchString(name):
		d := l.errorf(m.Span, "%s is not the name of a metric", code(m.Name))
		if help := l.storedName(name); help != "" {
			d.WithHelp("%s", help)
		} else {
			d.WithHelp("letters, digits, `_` and `:`, not beginning with a digit; write the name as Prometheus stores it")
		}
	case len(name) > maxName:
		l.errorf(m.Span, "the name of the metric has %d bytes", len(name)).WithHelp("make it shorter")
	case l.format != roleFile && reserved(name) && strings.ToLower(name) == name:
		l.errorf(m.Span, "%s is there for every target", code(name)).WithHelp("use it without declaring it")
	case l.format != roleFile && reserved(name):
		l.errorf(m.Span, "%s is written by Prometheus", code(name)).WithHelp("choose another name")
	}
}

// reserved: Prometheus writes series of that name itself.
func reserved(name string) bool {
	return name == "up" || strings.HasPrefix(name, "scrape_") || name == "ALERTS" || name == "ALERTS_FOR_STATE"
}

// finishMetric holds the keys of a metric against each other, and converts what needed its unit.
func (l *loader) finishMetric(m *metricEntry) {
	m.Unit, m.Role, m.Across = m.unit.Value, m.role.Value, m.across.Value
	m.RoleSpan, m.UnitSpan, m.BucketsSpan = m.role.Span, m.unit.Span, m.client.Span
	if len(m.bounds) > 0 {
		m.BucketsSpan = m.bounds[0].Span
	}
	if len(m.limits) > 0 {
		m.RangeSpan = m.limits[0].Span
	}
	m.Type = metric.Type(m.typ.Value)
	m.Select, m.Of = m.selects.Value, m.of.Value
	m.RenamedFrom, m.Since, m.Until, m.RenamedTo = m.renamedFrom.Value, m.since.Value, m.until.Value, m.renamedTo.Value
	if g := m.given; g.has("renamed_to") && g.lacks("until") {
		l.errorf(l.span(g.key("renamed_to")), "`renamed_to` without `until`").WithHelp("say which version of the stack is the first without it")
	}
	switch g := m.given; {
	case g.has("query"):
		l.foreign(g, "a metric that is recorded: it follows from the query", besideQuery...)
		m.Type = metric.Gauge
	case g.has("select"):
		l.foreign(g, "a metric with `select`: it is that of the other", besideSelect...)
		if g.lacks("of") {
			l.errorf(l.span(g.key("select")), "`select` without `of`").WithHelp("say whose series: `of: METRIC`")
		}
	case g.has("of") && g.lacks("select"):
		l.errorf(l.span(g.key("of")), "`of` without `select`").WithHelp("say which series: `select: undeclared`")
	case g.lacks("type") && !m.typ.Given():
		l.errorf(m.Span, "the metric %s has no `type`", code(m.Name)).WithHelp("one of %s; or a `query` if it is to be recorded", quoteAll(metricTypes))
	case m.typ.Given():
		l.typeFields(m)
		l.role(m)
	}
	l.quantities(m)
}

// foreign reports keys that do not belong to what the metric is.
func (l *loader) foreign(g given, what string, keys ...string) {
	for _, k := range g.all(keys...) {
		l.errorf(l.span(k), "`%s` of %s", k.value, what).WithHelp("leave it out")
	}
}

// typeFields checks which keys the type can have.
func (l *loader) typeFields(m *metricEntry) {
	only := func(key string, types ...metric.Type) {
		if k := m.given.key(key); k != nil && !slices.Contains(types, m.Type) {
			var words []string
			for _, t := range types {
				words = append(words, string(t))
			}
			l.errorf(l.span(k), "`%s` of a metric of type `%s`", key, m.Type).WithHelp("only metrics of type %s have it", quoteAll(words))
		}
	}
	for _, k := range typeKeys {
		only(k.key, k.types...)
	}
	l.requestFields(m)
	l.oldName(m)
	parts := m.Parts()
	if len(parts) < 2 {
		return
	}
	for _, part := range parts {
		suffix := part.Suffix()
		if suffix == "" {
			continue
		}
		if base, ok := strings.CutSuffix(m.Name, suffix); ok && base != "" {
			l.errorf(m.Span, "%s is one of the series of a %s, not its name", code(m.Name), m.Type).WithHelp("declare `%s`: `%s_sum`, `%s_count` and the others come with it", base, base, base)
		}
	}
}

// requestFields checks the keys that only role requests reads.
func (l *loader) requestFields(m *metricEntry) {
	for _, key := range []string{"errors", "client_errors"} {
		if k := m.given.key(key); k != nil && m.Role != "requests" && (m.role.Given() || m.given.lacks("role")) && (m.Role == "" || l.lib == nil || slices.Contains(l.lib.metricRoles(), m.Role)) {
			l.errorf(l.span(k), "`%s` of a metric that has not the role `requests`", key).WithHelp("say `role: requests`, or leave it out")
		}
	}
}

// partOf is the suffix of a part that the name ends in; empty: none.
func partOf(name string, parts []metric.Part) string {
	for _, p := range parts {
		if s := p.Suffix(); s != "" && strings.HasSuffix(name, s) {
			return s
		}
	}
	return ""
}

// oldName checks `renamed_from`.
func (l *loader) oldName(m *metricEntry) {
	if !m.renamedFrom.Given() {
		return
	}
	switch old := m.renamedFrom; {
	case !metricPattern.MatchString(old.Value):
		l.errorf(old.Span, "%s is not the name of a metric", code(old.Value)).WithHelp("letters, digits, `_` and `:`, not beginning with a digit")
	case len(m.Parts()) > 1 && partOf(old.Value, m.Parts()) != "":
		suffix := partOf(old.Value, m.Parts())
		l.errorf(old.Span, "%s is one of the series of a %s, not its name", code(old.Value), m.Type).WithHelp("write `%s`", clip(strings.TrimSuffix(old.Value, suffix)))
	case old.Value == m.Name:
		l.errorf(old.Span, "%s is the metric's name already", code(old.Value)).WithHelp("write the name that it had before, or leave it out")
	}
}

// role checks that the role exists and takes such a metric, and what it asks of labels.
func (l *loader) role(m *metricEntry) {
	if k := m.given.key("across"); k != nil && m.Role == "" && m.given.lacks("role") {
		l.errorf(l.span(k), "`across` without a role").WithHelp("it says which label holds the class: `role: classes`")
		return
	}
	if !m.role.Given() || l.lib == nil {
		return
	}
	r := l.lib.load(roleFile, m.Role, l.rep)
	if r == nil || len(r.Types) == 0 {
		l.errorf(m.RoleSpan, "unknown role %s", code(m.Role)).WithHelp("%s", didYouMean(m.Role, l.lib.metricRoles(), "roles are "+quoteAll(l.lib.metricRoles())))
		return
	}
	if !slices.Contains(r.Types, m.Type) {
		var words []string
		for _, t := range r.Types {
			words = append(words, string(t))
		}
		at, why, see := m.RoleSpan, "its type", m.typ.Span
		if at.File != l.file { // the profile gives the role, the spec another type
			at, why, see = m.typ.Span, "its role", m.RoleSpan
		}
		l.errorf(at, "role `%s` takes a metric of type %s, but %s is a %s", m.Role, quoteAll(words), code(m.Name), m.Type).See(see, "%s", why)
	}
	if !m.across.Given() {
		return
	}
	if !hasClasses(r) {
		l.errorf(l.span(m.given.key("across")), "role `%s` has no classes", m.Role).WithHelp("leave `across` out")
	} else if _, ok := m.Label(m.Across); !ok && m.given.has("labels") {
		var names []string
		for _, lab := range m.Labels {
			names = append(names, lab.Name)
		}
		l.errorf(m.across.Span, "%s is not one of the labels of %s", code(m.Across), code(m.Name)).WithHelp("%s", didYouMean(m.Across, names, "its labels are "+quoteAll(names)))
	}
}

// hasClasses: the role's metric has a label that the model's metrics map theirs to, or `across` stands for one.
func hasClasses(r *Profile) bool {
	return len(r.Across) > 0 || slices.ContainsFunc(r.Metrics, func(m *metric.Metric) bool { _, ok := m.Label("class"); return ok })
}

// quantities converts bounds, range and quantiles to the unit of the metric.
func (l *loader) quantities(m *metricEntry) {
	if m.given.has("unit") && !m.unit.Given() {
		return // reported; every conversion would fail with it
	}
	for _, k := range m.key {
		m.Key = append(m.Key, k.Value)
	}
	if m.client.Given() {
		m.Buckets = clientBuckets(m.client.Value)
	}
	for _, b := range m.bounds {
		if infinite(b.Value) > 0 {
			l.errorf(b.Span, "the last bucket `+Inf` is always there").WithHelp("leave it out: `buckets` are the finite bounds")
			continue
		}
		m.Buckets = l.ascending(m.Buckets, b, m.Unit, "bucket")
	}
	for _, q := range m.quantiles {
		before := len(m.Quantiles)
		m.Quantiles = l.ascending(m.Quantiles, q, metric.Ratio(), "quantile")
		if last := len(m.Quantiles) - 1; last == before && (m.Quantiles[last].IsNegative() || m.Quantiles[last].GreaterThan(decimal.New(1, 0))) {
			l.errorf(q.Span, "the quantile %s is not between 0 and 1", code(q.Value)).WithHelp("the median is 0.5")
		}
	}
	if len(m.limits) == 2 {
		l.valueRange(m)
	}
}

// ascending appends the quantity to list if it is greater than the last one there.
func (l *loader) ascending(list []decimal.Decimal, text diag.Located[string], u metric.Unit, what string) []decimal.Decimal {
	if infinite(text.Value) != 0 {
		l.errorf(text.Span, "%s is no finite %s", code(text.Value), what).WithHelp("leave it out")
		return list
	}
	v, err := metric.Quantity(text.Value, u)
	if err != nil {
		wrong, help := explained(err)
		l.errorf(text.Span, "%s", wrong).WithHelp("%s", help)
		return list
	}
	if n := len(list); n > 0 && !v.GreaterThan(list[n-1]) {
		l.errorf(text.Span, "%ss ascend, but %s comes after %s", what, code(text.Value), code(list[n-1].String())).WithHelp("sort them, each once")
		return list
	}
	return append(list, v)
}

// valueRange converts `range`.
func (l *loader) valueRange(m *metricEntry) {
	var r metric.Range
	for i, end := range []**decimal.Decimal{&r.Low, &r.High} {
		text := m.limits[i]
		if sign := infinite(text.Value); sign != 0 {
			if sign != 2*i-1 {
				l.errorf(text.Span, "a range from %s to %s", code(m.limits[0].Value), code(m.limits[1].Value)).WithHelp("write `range: [LOW, HIGH]`")
				return
			}
			continue
		}
		v, err := metric.Quantity(text.Value, m.Unit)
		if err != nil {
			wrong, help := explained(err)
			l.errorf(text.Span, "%s", wrong).WithHelp("%s", help)
			return
		}
		*end = &v
	}
	if r.Low != nil && r.High != nil && !r.Low.LessThan(*r.High) {
		l.errorf(m.limits[0].Span, "a range from %s to %s is empty", code(m.limits[0].Value), code(m.limits[1].Value)).WithHelp("write `range: [LOW, HIGH]`")
		return
	}
	m.Range = &r
}
