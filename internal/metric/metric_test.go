package metric

import (
	"slices"
	"testing"

	"github.com/shopspring/decimal"
)

func TestRenamed(t *testing.T) {
	lat := &Metric{Name: "predict_seconds", Type: Histogram, RenamedFrom: "latency_seconds"}
	queue := &Metric{Name: "queue", Type: Gauge, RenamedFrom: "depth"}
	c := NewContract([]*Metric{lat, queue, {Name: "depth", Type: Gauge}})
	if s, ok := c.Renamed("latency_seconds_bucket"); !ok || s != (Series{lat, Bucket}) {
		t.Errorf("%v, %v", s, ok)
	}
	for _, name := range []string{"depth", "latency_seconds", "predict_seconds_bucket", ""} { // depth is one of its own
		if s, ok := c.Renamed(name); ok {
			t.Errorf("%s: %v", name, s)
		}
	}
}

func TestContract(t *testing.T) {
	lat := &Metric{Name: "lat", Type: Histogram, Labels: []Label{{Name: "pid"}}}
	sum := &Metric{Name: "size", Type: Summary, Quantiles: []decimal.Decimal{decimal.New(5, -1)}}
	bare := &Metric{Name: "bare", Type: Summary}
	pattern := &Metric{Name: "spell:custom:*", Type: Gauge}
	own := &Metric{Name: "spell:custom:accuracy", Type: Gauge}
	c := NewContract([]*Metric{lat, sum, bare, pattern, own, {Name: "lat", Type: Gauge}})
	for name, want := range map[string]Series{
		"lat_bucket": {lat, Bucket}, "lat_sum": {lat, Sum}, "lat_count": {lat, Count}, "size": {sum, Value}, "size_count": {sum, Count}, "bare_sum": {bare, Sum},
		"spell:custom:x": {pattern, Value}, "spell:custom:accuracy": {own, Value},
	} {
		if got, ok := c.Lookup(name); !ok || got != want {
			t.Errorf("Lookup(%s) = %v, %v", name, got, ok)
		}
	}
	for _, name := range []string{"spell:custom:", "bare", "lat_total", ""} {
		if got, ok := c.Lookup(name); ok {
			t.Errorf("Lookup(%q) = %v", name, got)
		}
	}
	if names := c.Names(); !slices.IsSorted(names) || slices.Contains(names, "spell:custom:*") {
		t.Errorf("Names() = %v", names)
	}
	if got := lat.SeriesLabels(Bucket); !slices.Equal(got, []string{"pid", "le"}) {
		t.Errorf("labels of a bucket: %v", got)
	}
	if got := sum.SeriesLabels(Value); !slices.Equal(got, []string{"quantile"}) {
		t.Errorf("labels of a summary: %v", got)
	}
	if got := sum.SeriesLabels(Count); len(got) != 0 {
		t.Errorf("labels of a count: %v", got)
	}
	if _, ok := lat.Label("pid"); !ok {
		t.Error("no label pid")
	}
	if _, ok := lat.Label("le"); ok {
		t.Error("le is an own label")
	}
	if (Bucket).Suffix() != "_bucket" || (Value).Suffix() != "" {
		t.Error("suffixes")
	}
	if len(Types()) != 7 {
		t.Error(Types())
	}
}
