package exposition

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/prometheus/common/model"
	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// ownLabel reports whether a label is the metric's own, and not one that splits it into series of a histogram
// or summary.
func ownLabel(name string, part metric.Part, typ metric.Type) bool {
	return !(part == metric.Bucket && name == model.BucketLabel) && !(part == metric.Value && typ == metric.Summary && name == model.QuantileLabel)
}

// renamed are labels of a page that Prometheus stores as `exported_job` and `exported_instance`, unless it is
// told to honour them: the target has labels of these names.
var renamed = []string{model.JobLabel, model.InstanceLabel}

// labels notes the labels of a family's series: all as observed, and as its own those that each of them has.
func (g *group) labels(f *Family) {
	all := map[string]*labelOf{}
	for _, s := range g.members {
		for name, l := range s.labels {
			if !ownLabel(name, s.part, g.typ) {
				continue
			}
			if all[name] == nil {
				all[name] = &labelOf{span: l.span, seen: map[string]bool{}}
			}
			all[name].add(l)
		}
	}
	for name, l := range all {
		f.Observed = append(f.Observed, Observed{Label: name, Values: l.values, More: l.more})
		if l.samples == f.Samples && !slices.Contains(renamed, name) {
			f.Labels = append(f.Labels, metric.Label{Name: name, Span: l.span})
		}
	}
	slices.SortFunc(f.Observed, func(a, b Observed) int { return cmp.Compare(a.Label, b.Label) })
	slices.SortFunc(f.Labels, func(a, b metric.Label) int { return cmp.Compare(a.Name, b.Name) })
}

// add takes in what another part of the family has.
func (l *labelOf) add(other *labelOf) {
	l.samples += other.samples
	l.more = l.more || other.more
	for _, v := range other.values {
		switch {
		case l.seen[v]:
		case len(l.values) == maxObserved:
			l.more = true
		default:
			l.seen[v] = true
			l.values = append(l.values, v)
		}
	}
}

// bounds notes the buckets of a histogram and the quantiles of a summary, if all series have the same.
func (g *group) bounds(m *metric.Metric) {
	for _, s := range g.members {
		switch {
		case s.part == metric.Bucket:
			// A histogram that lacks its last bucket was cut, and one that has only that is a native
			// histogram, of which a page in text shows nothing else.
			if list := same(s.split); len(list) > 1 && math.IsInf(list[len(list)-1], 1) {
				m.Buckets = decimals(list[:len(list)-1])
			}
		case s.part == metric.Value && m.Type == metric.Summary:
			m.Quantiles = decimals(same(s.split))
		}
	}
}

// same are the numbers that each of the lists consists of, ascending; nil if two differ or one has something
// else.
func same(split map[string][]string) []float64 {
	var first []float64
	for _, texts := range split {
		list := make([]float64, len(texts))
		for i, text := range texts {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil || math.IsNaN(v) {
				return nil
			}
			list[i] = v
		}
		slices.Sort(list)
		list = slices.Compact(list)
		if first != nil && !slices.Equal(first, list) {
			return nil
		}
		first = list
	}
	return first
}

// decimals are finite numbers as they are written shortest; nil if one is infinite.
func decimals(list []float64) (exact []decimal.Decimal) {
	for _, v := range list {
		if math.IsInf(v, 0) {
			return nil
		}
		exact = append(exact, decimal.NewFromFloat(v))
	}
	return exact
}
