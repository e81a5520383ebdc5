package promql_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// contractWorld is a random schema, and a storage that keeps to it.
type contractWorld struct {
	schema  *promql.Schema
	metrics []*metric.Metric
	names   []string
	storage *enginetest.Storage
	// full: all series that the schema allows exist, with all samples.
	full bool
}

// worldAge is how long the series of a world are, queryAt when it is asked.
const (
	worldAge = 9 * time.Minute
	queryAt  = 9 * time.Minute
)

// labelPool are labels with the values that a metric may declare. They overlap, so that joins match at times.
var labelPool = map[string][]string{
	"model": {"m1", "m2", "m3"}, "version": {"v1", "v2"}, "class": {"a", "b"}, "code": {"200", "400", "500"}, "free": {"x", "y", "z"},
}

func newContractWorld(t testing.TB, r *rand.Rand) *contractWorld {
	w := &contractWorld{full: r.IntN(2) == 0, storage: enginetest.New(t)}
	w.schema = &promql.Schema{Closed: true, OldBounds: r.IntN(6) == 0, Scrape: 30 * time.Second, Evaluation: 30 * time.Second, Recorded: promql.Records{}}
	w.addTargets(r)
	types := []metric.Type{metric.Counter, metric.Counter, metric.Gauge, metric.Gauge, metric.Gauge, metric.Histogram, metric.NativeHistogram, metric.Summary, metric.Info}
	for i, name := range []string{"c_total", "d_total", "g", "u", "ratio", "h", "n", "s", "i_info"} {
		w.metrics = append(w.metrics, randomMetric(r, name, types[i]))
	}
	contract := metric.NewContract(w.metrics)
	w.schema.Lookup, w.schema.Names = contract.Lookup, contract.Names
	w.names = contract.Names()
	for _, m := range w.metrics {
		w.populate(t, r, m)
	}
	return w
}

func (w *contractWorld) addTargets(r *rand.Rand) {
	g := promql.Targets{Open: r.IntN(5) == 0}
	g.Labels = append(g.Labels, promql.TargetLabel{Name: "instance", Always: true, Values: metric.Values{Exactly: []string{"i1", "i2"}[:1+r.IntN(2)]}})
	if r.IntN(2) == 0 {
		g.Labels = append(g.Labels, promql.TargetLabel{Name: "env", Values: metric.Values{Exactly: []string{"dev", "prod"}}})
	}
	if r.IntN(3) == 0 {
		g.Labels = append(g.Labels, promql.TargetLabel{Name: "zone", Always: r.IntN(2) == 0, Selector: matchers("zone=~", "z1|z2")})
	}
	w.schema.Targets = []promql.Targets{g}
}

func randomMetric(r *rand.Rand, name string, kind metric.Type) *metric.Metric {
	m := &metric.Metric{Name: name, Type: kind}
	for _, label := range sortedKeys(labelPool) {
		if r.IntN(5) > 1 {
			continue
		}
		values := labelPool[label][:1+r.IntN(len(labelPool[label]))]
		l := metric.Label{Name: label, Values: metric.Values{Exactly: values, AtMost: len(values)}}
		if label == "free" {
			l.Values = metric.Values{AtMost: []int{0, 3}[r.IntN(2)]}
		}
		m.Labels = append(m.Labels, l)
	}
	switch kind {
	case metric.Histogram:
		bounds := [][]string{{"0.005", "0.1", "1"}, {"1", "2.5", "10"}, {"-1", "0", "5"}, {"0.1"}}[r.IntN(4)]
		for _, b := range bounds {
			m.Buckets = append(m.Buckets, decimal.RequireFromString(b))
		}
		if r.IntN(8) == 0 {
			m.Buckets = nil
		}
	case metric.Summary:
		m.Quantiles = []decimal.Decimal{decimal.RequireFromString("0.5"), decimal.RequireFromString("1")}
	case metric.Info:
		if r.IntN(2) == 0 {
			m.Key = []string{"instance", "env", "zone", "model"}
		}
	}
	if name == "ratio" {
		zero, one := decimal.Zero, decimal.NewFromInt(1)
		m.Range = &metric.Range{Low: &zero, High: &one}
	}
	return m
}

// values are those that a label has in the storage; an empty one: it may be missing.
func (w *contractWorld) values(r *rand.Rand, l metric.Label) []string {
	if l.Values.Exactly != nil {
		return l.Values.Exactly
	}
	return labelPool["free"][:1+r.IntN(len(labelPool["free"]))]
}

func (w *contractWorld) targets(r *rand.Rand) map[string][]string {
	out := map[string][]string{}
	for _, l := range w.schema.Targets[0].Labels {
		out[l.Name] = slices.Clone(l.Values.Exactly)
		if l.Name == "zone" {
			out[l.Name] = []string{"z1", "z2"}
		}
		if !l.Always {
			out[l.Name] = append(out[l.Name], "")
		}
		if l.Name == "zone" && !l.Always {
			out[l.Name] = out[l.Name][:2] // its selector takes no series without it
		}
	}
	if w.schema.Targets[0].Open && r.IntN(2) == 0 {
		out["extra"] = []string{"e1", "e2", ""}
	}
	return out
}

func (w *contractWorld) populate(t testing.TB, r *rand.Rand, m *metric.Metric) {
	own, targets := map[string][]string{}, w.targets(r)
	for _, l := range m.Labels {
		own[l.Name] = w.values(r, l)
	}
	for _, part := range m.Parts() {
		extra := map[string][]string{}
		switch {
		case part == metric.Bucket:
			extra["le"] = append(w.bounds(m), "+Inf")
		case part == metric.Value && m.Type == metric.Summary:
			extra["quantile"] = []string{"0.5", "1.0"}
			if w.schema.OldBounds {
				extra["quantile"][1] = "1"
			}
		}
		list := combine(own, targets, extra)
		if m.Key != nil {
			r.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
			list = keyed(list, m.Key)
		}
		for _, l := range list {
			if !w.full && r.IntN(3) == 0 {
				continue
			}
			w.addSeries(t, r, m, part, named(m.Name+part.Suffix(), l).MatchLabels(false))
		}
	}
}

func (w *contractWorld) bounds(m *metric.Metric) (list []string) {
	bounds := m.Buckets
	if bounds == nil {
		bounds = []decimal.Decimal{decimal.NewFromInt(2)}
	}
	for _, b := range bounds {
		text := labels.FormatOpenMetricsFloat(b.InexactFloat64())
		if w.schema.OldBounds {
			text = strings.TrimSuffix(text, ".0")
		}
		list = append(list, text)
	}
	return list
}

// addSeries adds a series whose values are those that its type allows: also none, zero, infinity and NaN.
func (w *contractWorld) addSeries(t testing.TB, r *rand.Rand, m *metric.Metric, part metric.Part, l labels.Labels) {
	l = labels.NewBuilder(l).Set(model.MetricNameLabel, m.Name+part.Suffix()).Labels().WithoutEmpty()
	if m.Type == metric.NativeHistogram {
		values := fmt.Sprintf("{{schema:0 sum:%d count:4 buckets:[1 2 1]}}+{{schema:0 sum:5 count:4 buckets:[1 2 1]}}x18", r.IntN(9))
		if err := w.storage.Add(30*time.Second, []enginetest.Series{{Series: l.String(), Values: values}}); err != nil {
			t.Fatal(err)
		}
		return
	}
	shape, size := r.IntN(8), math.Floor(r.Float64()*6)
	counts := m.Type == metric.Counter || part == metric.Bucket || part == metric.Count || part == metric.Sum
	err := w.storage.AddFunc(l, 30*time.Second, worldAge, func(at time.Duration) float64 {
		step := math.Floor(at.Seconds() / 30)
		switch {
		case !w.full && shape == 7 && at > worldAge-time.Minute:
			return enginetest.Stale
		case m.Type == metric.Info:
			return 1
		case counts && shape == 1:
			return 0
		case counts && shape == 2:
			return math.Mod(step*size, 20)
		case counts:
			return step*size + size
		case m.Range != nil:
			return [...]float64{0, 1, 0.1, 0.3, 0.7, math.NaN(), 1, math.Mod(step, 2)}[shape]
		}
		return [...]float64{0, 1, -size, size, size * 0.1, math.NaN(), math.Inf(1), math.Mod(step, 5) - 2}[shape]
	})
	if err != nil {
		t.Fatal(err)
	}
}
