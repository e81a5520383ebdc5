package promql_test

import (
	"strings"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

func BenchmarkAnalyse(b *testing.B) {
	schema := exampleSchema(b)
	var queries []*promql.Query
	for _, c := range analysed {
		queries = append(queries, parse(b, c.expr))
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, q := range queries {
			promql.Analyse(q, schema, promql.Use{Place: promql.InAlert})
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(queries)), "µs/query")
}

// TestAnalyseLong keeps the longest expressions cheap: nothing may be quadratic.
func TestAnalyseLong(t *testing.T) {
	schema := exampleSchema(t)
	for name, unit := range map[string]string{
		"sum": "requests_total + ", "or": "queue_length or ", "and": "queue_length and ", "unless": "queue_length unless ", "dead": "(queue_length > 5 < 3) or ",
		"unknown": "nope or ", "labels": `requests_total{nope="1"} or `, "pattern": `{__name__=~".+_total"} or `, "join": "requests_total / on (model) ", "compare": "queue_length > ",
	} {
		text := strings.Repeat(unit, (promql.MaxLength-20)/len(unit)) + "queue_length"
		q := promql.Parse(textOf(text), new(diag.Report))
		if q == nil {
			t.Fatalf("%s does not parse", name)
		}
		checkQuick(t, name, q, schema)
	}
	for name, nest := range map[string][2]string{"sum": {"sum by (model) (", ")"}, "abs": {"abs(", ")"}, "replace": {"label_replace(", `, "x", "$1", "model", "(.*)")`}} {
		n := min(promql.MaxDepth, (promql.MaxLength-20)/(len(nest[0])+len(nest[1])))
		text := strings.Repeat(nest[0], n/2) + "queue_length" + strings.Repeat(nest[1], n/2)
		checkQuick(t, name, parse(t, text), schema)
	}
}

// checkQuick wants one of a few runs to be quick: the machine may be busy.
func checkQuick(t *testing.T, name string, q *promql.Query, schema *promql.Schema) {
	t.Helper()
	const limit = 100 * time.Millisecond
	best := time.Hour
	for range 20 {
		began := time.Now()
		promql.Analyse(q, schema, promql.Use{})
		if best = min(best, time.Since(began)); best < limit {
			return
		}
	}
	t.Errorf("%s: %v", name, best)
}
