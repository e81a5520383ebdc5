package exposition

import (
	"cmp"
	"slices"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// group is a family while its series are collected.
type group struct {
	name string // as Prometheus stores it, without the suffix of a part
	typ  metric.Type
	// said is what the page declares of it; nil: nothing.
	said    *declaration
	members []member
}

// member is one name of series of a family, and which part of it.
type member struct {
	*seriesOf
	part metric.Part
}

// families makes metrics of declarations and series, by name.
func (r *reader) families() []*Family {
	groups := map[string]*group{}
	add := func(g group) *group {
		if groups[g.name] == nil {
			groups[g.name] = &g
		}
		return groups[g.name]
	}
	for _, d := range r.declared {
		if d.typ != "" { // `# HELP` alone does not say that there is a series
			add(group{name: r.stored(d), typ: typeOf(d.typ), said: d})
		}
	}
	for _, name := range r.names() {
		g, part := r.owner(name)
		own := add(g)
		own.members = append(own.members, member{r.series[name], part})
	}
	list := make([]*Family, 0, len(groups))
	for _, g := range groups {
		list = append(list, g.family())
	}
	slices.SortFunc(list, func(a, b *Family) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// typeOf is the type in our words. A state set is a gauge of 0 and 1 for each state.
func typeOf(t model.MetricType) metric.Type {
	switch t {
	case model.MetricTypeCounter:
		return metric.Counter
	case model.MetricTypeGauge, model.MetricTypeStateset:
		return metric.Gauge
	case model.MetricTypeHistogram:
		return metric.Histogram
	case model.MetricTypeGaugeHistogram:
		return metric.GaugeHistogram
	case model.MetricTypeSummary:
		return metric.Summary
	case model.MetricTypeInfo:
		return metric.Info
	}
	return ""
}

// stored is the name under which Prometheus stores what a line `# TYPE` declares: OpenMetrics leaves `_total`
// and `_info` out there. A page in the text format does so, too, if somebody took its last line away.
func (r *reader) stored(d *declaration) string {
	suffix := ""
	switch d.typ {
	case model.MetricTypeCounter:
		suffix = "_total"
	case model.MetricTypeInfo:
		suffix = "_info"
	}
	longer := d.name + suffix
	switch {
	case suffix == "" || strings.HasSuffix(d.name, suffix) || r.series[d.name] != nil || r.declares(longer):
		return d.name
	case r.openMetrics || r.series[longer] != nil:
		return longer
	}
	return d.name
}

// declares reports whether the page gives the name a type.
func (r *reader) declares(name string) bool {
	d := r.declared[name]
	return d != nil && d.typ != ""
}

// owner is the family that a series of that name belongs to, and the part that it is.
func (r *reader) owner(name string) (group, metric.Part) {
	if r.declares(name) {
		d := r.declared[name]
		return group{name: name, typ: typeOf(d.typ), said: d}, metric.Value
	}
	for _, part := range []metric.Part{metric.Bucket, metric.Sum, metric.Count, metric.GaugeSum, metric.GaugeCount} {
		base, ok := strings.CutSuffix(name, part.Suffix())
		if !ok || base == "" {
			continue
		}
		if d := r.declared[base]; r.declares(base) && slices.Contains(parts(typeOf(d.typ)), part) {
			return group{name: base, typ: typeOf(d.typ), said: d}, part
		}
		if r.isHistogram(base) {
			return group{name: base, typ: metric.Histogram, said: r.declared[base]}, part
		}
	}
	for _, s := range []struct {
		suffix string
		typ    metric.Type
		of     []model.MetricType
	}{
		{"_total", metric.Counter, []model.MetricType{model.MetricTypeCounter}},
		{"_info", metric.Info, []model.MetricType{model.MetricTypeInfo}},
		{"_created", metric.Gauge, []model.MetricType{model.MetricTypeCounter, model.MetricTypeHistogram, model.MetricTypeSummary}},
	} {
		base, ok := strings.CutSuffix(name, s.suffix)
		if d := r.declared[base]; ok && d != nil && slices.Contains(s.of, d.typ) {
			if s.suffix == "_created" {
				d = &declaration{name: name}
			}
			return group{name: name, typ: s.typ, said: d}, metric.Value
		}
	}
	return group{name: name, said: r.declared[name]}, metric.Value
}

// parts are what series a family of a type can have beside those of its own name.
func parts(t metric.Type) []metric.Part { return (&metric.Metric{Type: t}).Parts() }

// isHistogram reports whether the page has all of a histogram, though it does not say so: an answer of
// /federate declares nothing.
func (r *reader) isHistogram(base string) bool {
	buckets := r.series[base+"_bucket"]
	if buckets == nil || r.series[base+"_sum"] == nil || r.series[base+"_count"] == nil {
		return false
	}
	le := buckets.labels[model.BucketLabel]
	return le != nil && le.samples == buckets.samples && slices.Contains(le.values, "+Inf")
}

// family is what the page says of a group.
func (g *group) family() *Family {
	m := &metric.Metric{Name: g.name, Type: g.typ, Brought: true} // a page shows values and bounds none
	if d := g.said; d != nil {
		m.Help, m.Span = d.help, d.typed
	}
	f := &Family{Metric: m}
	for _, s := range g.members {
		f.Samples += s.samples
		if m.Span.IsZero() {
			m.Span = s.span
		}
	}
	g.labels(f)
	g.bounds(m)
	m.Unit = g.unit()
	return f
}
