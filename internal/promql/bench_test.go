package promql_test

import (
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// benchQueries are like those of one model.
var benchQueries = []string{
	`sum by (label) (rate(prediction_value_total[$window]))`,
	`histogram_quantile(0.9, sum by (le) (rate(inference_time_bucket[$window])))`,
	`sum(rate(prediction_confidence_sum[$window])) / sum(rate(prediction_confidence_count[$window]))`,
	`sum by (pod) (inference_time_count)`,
	`max by (pod) (process_resident_memory_bytes{container!=""}) / on (pod) group_left () kube_pod_container_resource_limits`,
}

func BenchmarkParse(b *testing.B) {
	var texts []diag.Text
	for _, s := range benchQueries {
		texts = append(texts, textOf(s))
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, t := range texts {
			promql.Parse(t, new(diag.Report))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(texts)), "µs/query")
}

func BenchmarkComplete(b *testing.B) {
	rule := promql.Context{
		Matchers: func(promql.Selector) []metric.Matcher {
			return []metric.Matcher{{Label: "service", Op: metric.Equal, Value: "model-serving-10494"}}
		},
		Token: func(promql.Token) (string, bool) { return "5m", true },
	}
	dashboard := promql.Context{
		Matchers: rule.Matchers,
		Variables: func(promql.Selector) []promql.Variable {
			return []promql.Variable{{Label: "pod", Name: "pod"}, {Label: "pid", Name: "pid"}}
		},
		Token: func(promql.Token) (string, bool) { return "$__rate_interval", true },
	}
	for name, ctx := range map[string]promql.Context{"rule": rule, "dashboard": dashboard} {
		b.Run(name, func(b *testing.B) {
			var queries []*promql.Query
			for _, s := range benchQueries {
				queries = append(queries, parse(b, s))
			}
			b.ReportAllocs()
			for b.Loop() {
				for _, q := range queries {
					if _, err := q.Complete(ctx); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(queries)), "µs/query")
		})
	}
}

func BenchmarkCompose(b *testing.B) {
	const shape = "max_over_time($1[5m:30s]) > 0.0042"
	q, err := parse(b, `histogram_quantile(0.9, sum by (le) (rate(inference_time_bucket{service="model-serving-10494"}[5m])))`).CompleteExpr(promql.Context{})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("text", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := promql.Compose(shape, q.String()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parsed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := promql.ComposeExprs(shape, q); err != nil {
				b.Fatal(err)
			}
		}
	})
}
