package promql_test

import (
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// What a batch job pushes once per run is read as it is: neither its counters nor its buckets want a rate.
func TestPushedValuesAreReadAsTheyAre(t *testing.T) {
	contract := metric.NewContract([]*metric.Metric{{Name: "rows_total", Type: metric.Counter}, {Name: "score", Type: metric.Histogram}})
	for _, pushed := range []bool{true, false} {
		schema := &promql.Schema{Lookup: contract.Lookup, Names: contract.Names, Closed: true, Targets: []promql.Targets{{Pushed: pushed}}}
		for _, expr := range []string{"rows_total > 5", "histogram_quantile(0.5, score_bucket)"} {
			a := promql.Analyse(parse(t, expr), schema, promql.Use{Place: promql.InAlert, Whole: true})
			if (len(a.Problems) == 0) != pushed {
				t.Errorf("%s, pushed %v: %v", expr, pushed, a.Problems)
			}
		}
	}
}
