package planner

import (
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// TestProfileSchema judges queries of others against profiles: what a profile knows is said, what it cannot know
// is not.
func TestProfileSchema(t *testing.T) {
	library := spec.NewLibrary(&diag.Report{})
	for _, c := range []struct{ profile, query, want string }{
		{"kubernetes", `sum by (pod) (container_memory_working_set_bytes{image!="", container!="", cluster="a"})`, ""},
		{"kubernetes", `sum by (namespace) (rate(container_cpu_usage_seconds_total{container="POD"}[5m]))`, ""},
		{"kubernetes", `kube_pod_status_phase{namespace="b", phase="Failed"} * on (namespace, pod) group_left (node) kube_pod_info`, ""},
		{"kubernetes", `kube_pod_status_phase{phase="Fialed"}`, "Fialed"},
		{"vllm", `sum(rate(vllm:request_success_total{finished_reason="stop", namespace="x"}[5m]))`, ""},
		{"vllm", `vllm:request_success_total{finished_reason="stopped"}`, "stopped"},
		{"vllm", `rate(vllm:num_requests_running[5m])`, "gauge"},
		{"vllm", `vllm:gpu_cache_usage_perc > 0.9`, ""},
		{"vllm", `my_own_metric{any="thing"}`, ""},
		{"kubernetes", `count(kube_node_info)`, ""},
		{"kubernetes", `count(kube_pod_inof)`, "kube_pod_inof"},
		{"dcgm", `avg by (Hostname) (DCGM_FI_DEV_GPU_UTIL{pod="", GPU_I_ID=""})`, ""},
		{"dcgm", `rate(DCGM_FI_PROF_PCIE_TX_BYTES[5m])`, "gauge"},
	} {
		var rep diag.Report
		q := promql.Parse(diag.Text{Value: c.query}, &rep)
		if q == nil {
			t.Fatalf("%s: %v", c.query, rep.All())
		}
		var said []string
		for _, p := range promql.Analyse(q, ProfileSchema(library.Profile(c.profile)), promql.Use{Place: promql.InPanel}).Problems {
			said = append(said, p.Message)
		}
		if got := strings.Join(said, "; "); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %s: %q, want %q", c.profile, c.query, got, c.want)
		}
	}
	old, ok := ProfileSchema(library.Profile("vllm")).Lookup("vllm:time_per_output_token_seconds_bucket")
	if !ok || old.Metric.RenamedTo != "vllm:inter_token_latency_seconds" || old.Metric.Until == "" || old.Part != metric.Bucket {
		t.Errorf("%+v", old)
	}
}

// A contract of every profile at once is one, too, and no profile contradicts another on what a name is.
func TestProfileSchemasTogether(t *testing.T) {
	library := spec.NewLibrary(&diag.Report{})
	types := map[string]metric.Type{}
	var list []*promql.Schema
	for _, p := range library.Profiles() {
		s := ProfileSchema(p)
		list = append(list, s)
		for _, name := range s.Names() {
			series, ok := s.Lookup(name)
			if !ok {
				t.Fatalf("%s: %s is listed and not found", p.Name, name)
			}
			if was, known := types[name]; known && was != series.Metric.Type {
				t.Errorf("%s: %s is a %s, and elsewhere a %s", p.Name, name, series.Metric.Type, was)
			}
			types[name] = series.Metric.Type
		}
	}
	merged := promql.MergeSchemas(list)
	if len(merged.Names()) != len(types) || merged.Closed || len(merged.Targets) != len(list) {
		t.Errorf("%d names of %d, %d targets", len(merged.Names()), len(types), len(merged.Targets))
	}
}
