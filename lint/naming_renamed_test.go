package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/adopt"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/exposition"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/planner"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/lint"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// What profiles know of names that their stack had once is said of the queries of others, once for each metric that a
// query reads, and never of a file that serves both versions.
func TestRenamedInProfiles(t *testing.T) {
	var rep diag.Report
	library := spec.NewLibrary(&rep)
	schema := promql.MergeSchemas([]*promql.Schema{planner.ProfileSchema(library.Profile("vllm")), planner.ProfileSchema(library.Profile("knative"))})
	for _, c := range []struct {
		query string
		want  []string
	}{
		{`max(vllm:gpu_cache_usage_perc)`, []string{"`vllm:gpu_cache_usage_perc` was renamed to `vllm:kv_cache_usage_perc` (gone since version 0.11)"}},
		{`sum(rate(vllm:time_per_output_token_seconds_sum[5m])) / sum(rate(vllm:time_per_output_token_seconds_count[5m]))`,
			[]string{"`vllm:time_per_output_token_seconds_sum` was renamed to `vllm:inter_token_latency_seconds_sum` (gone since version 0.12)"}},
		{`sum(vllm:num_requests_swapped)`, []string{"`vllm:num_requests_swapped` is gone since version 0.11"}},
		{`max(vllm:kv_cache_usage_perc) or max(vllm:gpu_cache_usage_perc)`, nil},
		{`absent(vllm:gpu_cache_usage_perc)`, nil},
		{`max(vllm:kv_cache_usage_perc)`, nil},
		// Knative renamed the depth of its queue twice.
		{`max(revision_queue_depth)`, []string{"`revision_queue_depth` was renamed to `kn_serving_queue_depth` (gone since version 1.19)"}},
		{`max(revision_queue_depth) or max(kn_serving_queue_depth)`, nil},
	} {
		_, got := findingsOf(t, c.query, schema)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%q, want\n%q", c.query, got, c.want)
		}
	}
}

// An old name that is nearly the new one is no slip of the pen: one finding says what became of it.
func TestRenamedIsNotMisspelt(t *testing.T) {
	contract := metric.NewContract([]*metric.Metric{{Name: "orders_total", Type: metric.Counter, RenamedFrom: "order_total"}})
	schema := &promql.Schema{Lookup: contract.Lookup, Names: contract.Names, Renamed: contract.Renamed, Targets: []promql.Targets{{Open: true}}}
	got, messages := findingsOf(t, "sum(rate(order_total[5m]))", schema)
	if !slices.Equal(got, []string{"renamed-metric"}) || messages[0] != "`order_total` was renamed to `orders_total`" {
		t.Errorf("%v %q", got, messages)
	}
}

// A page of /metrics shows values and says nothing of how many there can be.
func TestPageBoundsNothing(t *testing.T) {
	var rep diag.Report
	page := exposition.Read(diag.NewFile("page.txt", []byte("# TYPE orders_total counter\norders_total{plan=\"pro\",uuid=\"a\"} 1\n")), &rep)
	if page == nil {
		t.Fatal(rep.All())
	}
	if got, messages := findingsOf(t, "sum by (plan) (rate(orders_total[5m]))", page.Schema()); len(got) > 0 {
		t.Errorf("%v %q", got, messages)
	}
}

// findingsOf are the rules that find something in the query of a recording rule that somebody else wrote, and what
// they say; what a record is called is no matter.
func findingsOf(t *testing.T, query string, schema *promql.Schema) (rules, messages []string) {
	t.Helper()
	var rep diag.Report
	ws := planner.Workspace(spec.LoadWorkspace(nil, &rep), &rep)
	file := diag.NewFile("a.rules.yml", []byte("groups: [{name: g, rules: [{record: 'a:b:c', expr: '"+query+"'}]}]"))
	p := adopt.Read(adopt.Input{File: file, Workspace: ws, Schema: schema}, &rep)
	if p == nil {
		t.Fatalf("%s: %v", query, rep.All())
	}
	lint.Run(p, today, &rep)
	for _, d := range rep.All() {
		if !strings.HasPrefix(d.Rule, "record-") {
			rules, messages = append(rules, d.Rule), append(messages, d.Message)
		}
	}
	return rules, messages
}
