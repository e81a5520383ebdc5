package metric

import (
	"testing"

	"github.com/shopspring/decimal"
)

func TestSeriesAtMost(t *testing.T) {
	bounds := func(n int) []decimal.Decimal { return make([]decimal.Decimal, n) }
	label := func(name string, n int) Label { return Label{Name: name, Values: Values{AtMost: n}} }
	for name, c := range map[string]struct {
		metric    Metric
		want      int
		unbounded string
	}{
		"one":               {Metric{Type: Gauge}, 1, ""},
		"labels multiply":   {Metric{Type: Counter, Labels: []Label{label("a", 3), label("b", 4)}}, 12, ""},
		"histogram":         {Metric{Type: Histogram, Buckets: bounds(10), Labels: []Label{label("a", 2)}}, 26, ""},
		"buckets not known": {Metric{Type: Histogram}, 0, "le"},
		"native":            {Metric{Type: NativeHistogram, Labels: []Label{label("a", 2)}}, 2, ""},
		"summary":           {Metric{Type: Summary, Quantiles: bounds(3)}, 5, ""},
		"any":               {Metric{Type: Gauge, Labels: []Label{label("a", 3), label("user", 0)}}, 0, "user"},
		"too many buckets":  {Metric{Type: Histogram, Buckets: bounds(10), Labels: []Label{label("a", maxSeries)}}, 0, "a"},
		"too many":          {Metric{Type: Gauge, Labels: []Label{label("a", maxSeries/4), label("b", 5)}}, 0, "b"},
	} {
		if n, unbounded := c.metric.SeriesAtMost(); unbounded != c.unbounded || unbounded == "" && n != c.want {
			t.Errorf("%s: %d, %q", name, n, unbounded)
		}
	}
}
