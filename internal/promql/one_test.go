package promql_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// One mistake is one problem, though two passes and several checks look at the same text.
func TestOneMessage(t *testing.T) {
	schema := exampleSchema(t)
	for expr, want := range map[string]promql.ProblemKind{
		`rate(requests_total{code="4..|5.."}[5m])`:        promql.RegexInEquality,
		`rate(requests_total{code=~"^503$"}[5m])`:         promql.ImpossibleValue,
		`rate(requests_total{status=~"^5..$"}[5m])`:       promql.UnknownLabel,
		`histogram_quantile(0.9, rate(queue_length[5m]))`: promql.QuantileOfNothing,
		`share == 1.5`: promql.ImpossibleComparison,
		`sum by (kind) (label_replace(queue_length, "kind", "$1", "model", "x(.*)"))`:                                    promql.LabelReplaceNoOp,
		`sum(rate(requests_total{code="503"}[5m])) / sum(rate(requests_total{code="503"}[5m]) + rate(errors_total[5m]))`: promql.ImpossibleValue,
	} {
		problems := promql.Analyse(parse(t, expr), schema, promql.Use{Place: promql.InPanel}).Problems
		if len(problems) != 1 || problems[0].Kind != want {
			t.Errorf("%s: want %s alone, got %d: %+v", expr, want, len(problems), problems)
		}
	}
}

// Help for sides that never match says how they could.
func TestMatchHelp(t *testing.T) {
	schema := exampleSchema(t)
	for expr, want := range map[string]string{
		`sum by (code) (rate(requests_total[5m])) / sum(rate(requests_total[5m]))`:                      "`/ ignoring (code) group_left ()`",
		`sum(rate(requests_total[5m])) / sum by (code) (rate(requests_total[5m]))`:                      "`/ ignoring (code) group_right ()`",
		`sum by (code) (rate(requests_total[5m])) / sum by (reason) (rate(errors_total[5m]))`:           "aggregate `code` away on the left side and `reason` on the right",
		`sum by (code) (rate(requests_total[5m])) / on (code) sum by (reason) (rate(errors_total[5m]))`: "match by labels that both sides have",
	} {
		problems := promql.Analyse(parse(t, expr), schema, promql.Use{Place: promql.InPanel}).Problems
		if len(problems) != 1 || !strings.Contains(problems[0].Help, want) {
			t.Errorf("%s: want help with %q, got %+v", expr, want, problems)
		}
	}
}

// In files of others a name is a finding only where it is a slip away from one that a contract knows.
func TestMisspelt(t *testing.T) {
	schema := exampleSchema(t).Foreign()
	kinds := func(expr string) (list []promql.ProblemKind) {
		q := promql.ParseForeign(textOf(expr), new(diag.Report))
		for _, p := range promql.Analyse(q, schema, promql.Use{Place: promql.InPanel}).Problems {
			list = append(list, p.Kind)
		}
		return list
	}
	for _, name := range []string{"request_total", "requests_totl", "reqeusts_total", "queue_lenght"} {
		if got := kinds("sum(rate(" + name + "[5m]))"); !slices.Contains(got, promql.UnknownMetric) {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, expr := range []string{"queue_depth", "bequests_total", "other + another_one", "latency_seconds_max", "sum(rate(requests_total[5m]))"} {
		if got := kinds(expr); slices.Contains(got, promql.UnknownMetric) {
			t.Errorf("%s: %v", expr, got)
		}
	}
}

// TestForeignRecords: what a contract's own rules record may have labels that no target has.
func TestForeignRecords(t *testing.T) {
	own := exampleSchema(t)
	scraped := own.Lookup
	own.Lookup = func(name string) (metric.Series, bool) {
		if own.Recorded.Has(name) {
			return metric.Series{Metric: &metric.Metric{Name: name, Type: metric.Gauge}}, true
		}
		return scraped(name)
	}
	for expr, want := range map[string]int{
		`model:requests:rate5m{team="ml", tenant="x"}`: 0,
		`queue_length{team="ml"}`:                      1,
	} {
		for name, schema := range map[string]*promql.Schema{"one": own.Foreign(), "merged": promql.MergeSchemas([]*promql.Schema{exampleSchema(t).Foreign(), own.Foreign()})} {
			q := promql.ParseForeign(textOf(expr), new(diag.Report))
			if got := promql.Analyse(q, schema, promql.Use{Place: promql.InPanel}).Problems; len(got) != want {
				t.Errorf("%s, %s: %+v", name, expr, got)
			}
		}
	}
}
