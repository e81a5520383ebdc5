package lint_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/lint"
)

// recorded is a plan of one recording rule, read against a schema.
func recorded(t *testing.T, name, expr string, labels []plan.Label, schema *promql.Schema) *plan.Plan {
	t.Helper()
	file := diag.NewFile("rules.yml", []byte(name+"\n"+expr+"\n"))
	text := diag.NewText(expr, diag.Span{File: file, Start: len(name) + 1, End: len(name) + 1 + len(expr)})
	text.Map(0, len(name)+1)
	var rep diag.Report
	q := promql.Parse(text, &rep)
	if q == nil {
		t.Fatalf("%s: %s", expr, rep.All()[0].Message)
	}
	return &plan.Plan{File: file, Workspace: &plan.Workspace{}, Records: []*plan.Record{{
		Name: name, Expr: expr, Labels: labels, Source: diag.Span{File: file, End: len(name)},
		Written: &plan.Written{Query: q, Schema: schema, Use: promql.Use{Place: promql.InRecord}},
	}}}
}

// ofRecords are the rules about what a record is called and how much it records.
var ofRecords = []string{"counted-values", "record-cardinality", "record-keeps-labels", "record-level", "record-name", "record-operation", "unbounded-grouping"}

func findingsOfRecord(t *testing.T, name, expr string, labels []plan.Label, schema *promql.Schema) (rules, messages []string) {
	t.Helper()
	var rep diag.Report
	lint.Run(recorded(t, name, expr, labels, schema), "", &rep)
	for _, d := range rep.All() {
		if slices.Contains(ofRecords, d.Rule) {
			rules, messages = append(rules, d.Rule), append(messages, d.Message)
			if strings.Contains(d.Message+d.Help, "%!") || d.Help == "" {
				t.Errorf("%s: %s (%s)", name, d.Message, d.Help)
			}
		}
	}
	return rules, messages
}

// shopSchema is a contract with one counter and one histogram.
func shopSchema() *promql.Schema {
	values := func(n int) metric.Values { return metric.Values{AtMost: n} }
	contract := metric.NewContract([]*metric.Metric{
		{Name: "orders_total", Type: metric.Counter, Labels: []metric.Label{{Name: "plan", Values: values(3)}, {Name: "plan_region", Values: values(2)}, {Name: "user", Values: values(0)}}},
		{Name: "queue", Type: metric.Gauge},
	})
	return &promql.Schema{Lookup: contract.Lookup, Names: contract.Names, Targets: []promql.Targets{{Labels: []promql.TargetLabel{{Name: "job", Always: true}, {Name: "instance"}, {Name: "pod"}}}}}
}

func TestNamesOfRecords(t *testing.T) {
	quantile := []plan.Label{{Name: "quantile", Value: "0.99"}}
	for _, c := range []struct {
		name, expr string
		labels     []plan.Label
		want       string
	}{
		{"job:x:rate5m", "sum by (job) (rate(x_total[5m]))", nil, ""},
		{"x_rate", "sum by (job) (rate(x_total[5m]))", nil, "record-name"},
		{"job:x", "sum by (job) (x)", nil, ""},
		{":x:sum", "sum(x)", nil, ""},
		{"model:x:sum", "sum(x)", nil, ""},
		{"service:x:sum", "sum(x)", nil, ""},
		{"cluster:x:sum", "sum by (region) (x)", nil, ""},
		{"job_pod:x:sum", "sum by (job) (x)", nil, "record-level"},
		{"job_pod:x:sum", `sum by (job) (x{resource="pod"})`, nil, ""}, // of pods, not by pod
		{"job:x:sum", "sum by (job, version) (x)", nil, "record-level"},
		{"job:x:sum", "sum by (job, cluster) (x)", nil, ""},
		{"job:x_bucket:rate5m", "sum by (job, le) (rate(x_bucket[5m]))", nil, ""},
		{"job:x:sum", "sum without (instance) (x)", nil, ""},
		{"job_quantile:x:histogram_quantile", "histogram_quantile(0.99, sum by (job, le) (rate(x_bucket[5m])))", quantile, ""},
		{"workload:x:sum", "sum by (workload) (x)", []plan.Label{{Name: "kind", Value: "job"}}, ""},
		// Labels with underscores are one word, whichever is longer.
		{"plan_region:orders:rate5m", "sum by (plan_region) (rate(orders_total[5m]))", nil, ""},
		{"plan:orders:rate5m", "sum by (plan_region) (rate(orders_total[5m]))", nil, "record-level"},
		// A level says words that are no labels.
		{"frontend:orders:rate5m", "sum(rate(orders_total[5m]))", nil, ""},

		{"job:x:rate5m", "sum by (job) (rate(x_total[10m]))", nil, "record-operation"},
		{"job:x:sum_rate5m", "sum by (job) (rate(x_total[5m]))", nil, ""},
		{"job:x:rate5m", "sum by (job) (increase(x_total[5m]))", nil, "record-operation"},
		{"job:x:increase1h", "sum by (job) (increase(x_total[1h]))", nil, ""},
		{"job:x:increase60m", "sum by (job) (increase(x_total[1h]))", nil, ""},
		{"job:x:increase30d", "sum by (job) (avg_over_time(job:x:increase1h[30d])) * 24 * 30", nil, ""},
		{"job:x:rate5m_max1h", "max_over_time(job:x:rate5m[1h])", nil, ""},
		{"job:x:max_rate5m", "max by (job) (max_over_time(rate(x_total[5m])[1h:1m]))", nil, ""},
		{"job:x:ratio_rate5m", "sum by (job) (rate(a_total[5m])) / sum by (job) (rate(b_total[5m]))", nil, ""},
		{"job:x:ratio_rate1h", "sum by (job) (rate(a_total[5m])) / sum by (job) (rate(b_total[5m]))", nil, "record-operation"},
		{"job:x:p99", "histogram_quantile(0.99, sum by (job, le) (rate(x_bucket[5m])))", nil, ""},
		{"job:x:p999", "histogram_quantile(0.999, sum by (job, le) (rate(x_bucket[5m])))", nil, ""},
		{"job:x:p99", "histogram_quantile(0.95, sum by (job, le) (rate(x_bucket[5m])))", nil, "record-operation"},
		{"job:x:99quantile", "histogram_quantile(0.5, sum by (job, le) (rate(x_bucket[5m])))", nil, "record-operation"},
		{"job:x:avg", "sum by (job) (x_sum) / sum by (job) (x_count)", nil, ""},
		{"job:x:avg", "max by (job) (x)", nil, "record-operation"},
		{"job:x:avg", "max by (job) (avg_over_time(x[5m]))", nil, ""},

		{"job:orders:rate5m", "rate(orders_total[5m])", nil, "record-keeps-labels"},
		{"job:queue:max1h", "max_over_time(queue[1h])", nil, ""},
		{"job:orders:rate5m", `rate(orders_total{plan="pro"}[5m])`, nil, "record-level"},
		{"job:orders:trend", "job:orders:rate5m / (job:orders:rate5m offset 1d)", nil, ""},
		{"user:orders:rate5m", "sum by (user) (rate(orders_total[5m]))", nil, "unbounded-grouping"},
		{"user:orders:rate5m", "topk(5, sum by (user) (rate(orders_total[5m])))", nil, ""},
		{"users:orders:count", "count(count by (user) (orders_total))", nil, ""},
		{"user:orders:rate5m", `sum by (user) (rate(orders_total{user=~"a|b"}[5m]))`, nil, ""},
		{"request_id:x:rate5m", "sum by (request_id) (rate(x_total[5m]))", nil, "unbounded-grouping"},
		{"x:x:rate5m", "sum by (_) (rate(x_total[5m]))", nil, ""},
		{"uuid:x:rate5m", "sum by (uuid) (rate(x_total[5m]))", nil, ""},
		{":x:versions", `count_values("version", x)`, nil, ""},
		{":x:lengths", `count_values("length", x)`, nil, "counted-values"},
	} {
		got, messages := findingsOfRecord(t, c.name, c.expr, c.labels, shopSchema())
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s = %s: %v %q, want %q", c.name, c.expr, got, messages, c.want)
		}
	}
}

// The records of rule files that people use are found fault with where they should be: here are all findings, each read.
func TestRecordsOfOthers(t *testing.T) {
	files, err := filepath.Glob("../../shared/corpus/rules/*.y*ml")
	if err != nil || len(files) == 0 {
		t.Skip("no rule files of others beside the repository")
	}
	want := map[string]int{
		"record-operation node:node_num_cpu:sum":                     2, // it is a count
		"record-level namespace_workload_pod:kube_pod_owner:relabel": 2, // one of nine has workload_type besides
		"record-keeps-labels triton:compute_duration:average":        1,
		"record-keeps-labels triton:queue_compute:ratio":             1,
		"record-keeps-labels triton:queue_duration:average":          1,
		"record-keeps-labels triton:request_duration:average":        1,
	}
	n := 0
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range recordsIn(data) {
			n++
			rules, messages := findingsOfRecord(t, r.Record, r.Expr, r.labels(), &promql.Schema{})
			for i, rule := range rules {
				key := rule + " " + r.Record
				if want[key]--; want[key] < 0 {
					t.Errorf("%s: %s", filepath.Base(f), messages[i])
				}
			}
		}
	}
	for key, left := range want {
		if left > 0 {
			t.Errorf("not found: %s", key)
		}
	}
	if n < 150 {
		t.Errorf("only %d records", n)
	}
}

type fileRecord struct {
	Record, Expr string
	Labels       map[string]string
}

func (r fileRecord) labels() (list []plan.Label) {
	for name, value := range r.Labels {
		list = append(list, plan.Label{Name: name, Value: value})
	}
	return list
}

var recordKey = regexp.MustCompile(`(?m)^\s*(?:- )?record:`)

// recordsIn finds the records in YAML, however deep they lie.
func recordsIn(data []byte) (list []fileRecord) {
	if !recordKey.Match(data) {
		return nil
	}
	var root yaml.Node
	if yaml.Unmarshal(data, &root) != nil {
		return nil
	}
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		var r fileRecord
		if n.Kind == yaml.MappingNode && n.Decode(&r) == nil && r.Record != "" {
			list = append(list, r)
			return
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(&root)
	return list
}
