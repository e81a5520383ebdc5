package promql_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// exampleSchema is a small contract: targets, and metrics of every type.
func exampleSchema(t testing.TB) *promql.Schema {
	t.Helper()
	label := func(name string, values ...string) metric.Label {
		return metric.Label{Name: name, Values: metric.Values{Exactly: values, AtMost: len(values)}}
	}
	zero, one := decimal.Zero, decimal.NewFromInt(1)
	model := label("model", "m1", "m2")
	contract := metric.NewContract([]*metric.Metric{
		{Name: "requests_total", Type: metric.Counter, Labels: []metric.Label{model, label("code", "200", "400", "500")}},
		{Name: "errors_total", Type: metric.Counter, Labels: []metric.Label{model, label("reason", "oom", "timeout")}},
		{Name: "latency_seconds", Type: metric.Histogram, Labels: []metric.Label{model}, Buckets: numbers(t, []string{"0.005", "0.1", "1", "10"})},
		{Name: "score", Type: metric.NativeHistogram, Labels: []metric.Label{model}},
		{Name: "batch_seconds", Type: metric.Summary, Labels: []metric.Label{model}, Quantiles: numbers(t, []string{"0.5", "0.99"})},
		{Name: "queue_length", Type: metric.Gauge, Labels: []metric.Label{model}},
		{Name: "queue_limit", Type: metric.Gauge, Labels: []metric.Label{model}},
		{Name: "share", Type: metric.Gauge, Labels: []metric.Label{model}, Range: &metric.Range{Low: &zero, High: &one}},
		{Name: "build_info", Type: metric.Info, Labels: []metric.Label{model, label("version", "v1", "v2")}},
		{Name: "model_info", Type: metric.Info, Labels: []metric.Label{model, label("version", "v1", "v2")}, Key: []string{"instance", "model"}},
		{Name: "users", Type: metric.Gauge, Labels: []metric.Label{{Name: "user"}, {Name: "tenant", Values: metric.Values{AtMost: 5}}}},
	})
	s := &promql.Schema{
		Lookup: contract.Lookup, Names: contract.Names, Closed: true, Scrape: 30 * time.Second, Evaluation: 30 * time.Second,
		Targets: []promql.Targets{{Labels: []promql.TargetLabel{
			{Name: "job", Always: true, Values: metric.Values{Exactly: []string{"ml"}, AtMost: 1}},
			{Name: "instance", Always: true, Values: metric.Values{Exactly: []string{"i1", "i2"}, AtMost: 2}},
			{Name: "env", Values: metric.Values{Exactly: []string{"dev", "prod"}, AtMost: 2}},
		}}},
		Recorded: promql.Records{},
	}
	of := promql.Analyse(parse(t, `sum by (model) (rate(requests_total[5m]))`), s, promql.Use{Place: promql.InRecord})
	s.Recorded.Add("model:requests:rate5m", of.Recorded(matchers("team", "ml")...))
	return s
}

// openSchema knows nothing at all.
func openSchema() *promql.Schema { return &promql.Schema{} }

// analysed are expressions with the problems that they have: "kind at `text`", and no others. Where nothing is
// known but the text, openly is what is found.
var analysed = []struct {
	expr    string
	want    []string
	openly  []string
	message string
}{
	{expr: `sum by (model) (rate(requests_total[5m]))`},
	{expr: `sum(rate(requests_total[5m]) or vector(0))`},
	{expr: `sum by (model) (rate(requests_total[5m]) or vector(0))`, want: []string{"or-vector-on-labels at `or vector(0)`"}},
	{expr: `rate(requests_total[5m]) * on (model) group_left (code) topk by (model) (1, requests_total)`},
	{expr: `rate(requests_total[5m]) * on (model) group_left (code) topk by (model) (2, requests_total)`, want: []string{"many-to-many at `* on (model) group_left (code)`"}},
	{expr: `sum(rate(errors_total[5m])) / sum(rate(requests_total[5m]))`},
	{expr: `histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[$window]))) > 0.1`},
	{expr: `histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[5m]))) > 0.0042`, want: []string{"comparison-always-true at `> 0.0042`"},
		message: "the left side is between 0.0045 and 10, the right side 0.0042"},
	{expr: `histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[5m]))) > 60`, want: []string{"impossible-comparison at `> 60`"}},
	{expr: `histogram_quantile(0.9, score)`},
	{expr: `latency_seconds_bucket{le="1"}`, want: []string{"unknown-bucket at `le=\"1\"`"}, message: "the server stores this bound as `le=\"1.0\"`"},
	{expr: `latency_seconds_bucket{le=~"1(\\.0)?"}`},
	{expr: `latency_seconds_bucket{le="0.3"}`, want: []string{"unknown-bucket at `le=\"0.3\"`"}},
	{expr: `latency_seconds_bucket{le!="0.3"}`, want: []string{"unknown-bucket at `le!=\"0.3\"`"}},
	{expr: `rate(latency_seconds[5m])`, want: []string{"unknown-metric at `latency_seconds`"}, message: "which has no series of that name"},
	{expr: `rate(score_count[5m])`, want: []string{"buckets-of-native-histogram at `score_count`"}},
	{expr: `{job="ml"}`, want: []string{"nameless-selector at `{job=\"ml\"}`"}, openly: []string{"nameless-selector at `{job=\"ml\"}`"}},
	{expr: `requests_total{region="eu"}`, want: []string{"unknown-label at `region=\"eu\"`"}},
	{expr: `requests_total{region!="eu"}`, want: []string{"unknown-label at `region!=\"eu\"`"}},
	{expr: `requests_total{region=""}`},
	{expr: `requests_total{code="501"}`, want: []string{"impossible-label-value at `code=\"501\"`"}},
	{expr: `requests_total{code!="501"}`, want: []string{"no-op-matcher at `code!=\"501\"`"}},
	{expr: `requests_total{code=~"5.."}`},
	{expr: `requests_total{code=~".*"}`, want: []string{"no-op-matcher at `code=~\".*\"`"}, openly: []string{"no-op-matcher at `code=~\".*\"`"}},
	{expr: `requests_total{code!~".*"}`, want: []string{"contradictory-matchers at `code!~\".*\"`"}, openly: []string{"contradictory-matchers at `code!~\".*\"`"}},
	{expr: `requests_total{model="m1", model!="m1"}`, want: []string{"contradictory-matchers at `model!=\"m1\"`"}, openly: []string{"contradictory-matchers at `model!=\"m1\"`"}},
	{expr: `requests_total{code="$code", model=~"$model"}`},
	{expr: `sum by ($by) (requests_total) / sum by (model) (requests_total)`},
	{expr: `requests_total{env=""}`},
	{expr: `sum by (version) (sum by (model) (model_info))`, want: []string{"removed-label at `version`"}, openly: []string{"removed-label at `version`"}},
	{expr: `sum(requests_total{nope="x"}) / sum(requests_total) > 5 < 3`, want: []string{"unknown-label at `nope=\"x\"`"}, openly: []string{"impossible-comparison at `< 3`"}},
	{expr: `sum by (model) (rate(errors_total[5m])) / sum by (code) (rate(requests_total[5m]))`, want: []string{"join-never-matches at `/`"}},
	{expr: `sum by (model) (rate(errors_total[5m])) / on (model) sum by (model, code) (rate(requests_total[5m]))`,
		want: []string{"missing-group-left at `/ on (model)`"}},
	{expr: `sum by (model, code) (rate(requests_total[5m])) / on (model) sum by (model) (rate(requests_total[5m]))`,
		want: []string{"missing-group-left at `/ on (model)`"}, message: "the left side"},
	{expr: `requests_total * on (instance, model, env) group_left (version) model_info`},
	{expr: `requests_total * on (instance, model, env) group_left (version) build_info`},
	{expr: `requests_total * on (model) group_left (version) build_info`, want: []string{"many-to-many at `* on (model) group_left (version)`"}},
	{expr: `queue_length / on (instance) group_left (nope) max by (instance) (queue_limit)`, want: []string{"included-label-missing at `nope`"}, openly: []string{"included-label-missing at `nope`"}},
	{expr: `queue_length / on (nope) queue_limit`, want: []string{"unknown-label at `nope`"}},
	{expr: `queue_length unless on (model) (queue_length > 5)`},
	{expr: `queue_length unless queue_length`, want: []string{"dead-branch at `unless`"}},
	{expr: `queue_length > 5 and queue_length < 3`, want: []string{"impossible-comparison at `and queue_length < 3`"}, openly: []string{"impossible-comparison at `and queue_length < 3`"}},
	{expr: `vector(1) or sum(queue_length)`, want: []string{"dead-branch at `or sum(queue_length)`"}, openly: []string{"dead-branch at `or sum(queue_length)`"}},
	{expr: `sum by (model) (queue_length) or on () vector(0)`},
	{expr: `share > 1`, want: []string{"impossible-comparison at `> 1`"}},
	{expr: `avg(share) > 1`, want: []string{"impossible-comparison at `> 1`"}},
	{expr: `100 * share > 80`},
	{expr: `100 * share > 110`, want: []string{"impossible-comparison at `> 110`"}},
	{expr: `count(queue_length) > 0`},
	{expr: `absent(queue_length) == 1`},
	{expr: `absent(queue_length) == 0`, want: []string{"impossible-comparison at `== 0`"}, openly: []string{"impossible-comparison at `== 0`"}},
	{expr: `queue_length == queue_length`},
	{expr: `rate(score[5m]) > 5`, want: []string{"impossible-comparison at `> 5`"}},
	{expr: `histogram_count(rate(score[5m])) > 5`},
	{expr: `model:requests:rate5m{team="ml"} > 5`},
	{expr: `sum by (code) (model:requests:rate5m)`, want: []string{"unknown-label at `code`"}},
	{expr: `label_replace(label_replace(queue_length, "name", "$1", "model", "(.*)"), "model", "", "", "")`},
	{expr: `label_replace(sum by (model) (queue_length), "model", "x", "", "")`, want: []string{"duplicate-series at `label_replace(sum by (model) (queue_length), \"model\", \"x\", \"\", \"\")`"}},
	{expr: `avg by (model) (rate(latency_seconds_sum[5m]) / rate(latency_seconds_count[5m]))`,
		want: []string{"nan-in-aggregation at `avg by (model) (rate(latency_seconds_sum[5m]) / rate(latency_seconds_count[5m]))`"}},
	{expr: `avg by (model) (rate(latency_seconds_sum[5m]) / (rate(latency_seconds_count[5m]) > 0))`},
	{expr: `avg(queue_length / queue_limit)`},
	{expr: `histogram_quantile(0.9, sum by (model) (rate(x_bucket[5m])))`, want: []string{"unknown-metric at `x_bucket`"}, openly: []string{"quantile-without-le at `sum by (model) (rate(x_bucket[5m]))`"}},
	{expr: `scalar(sum by (model) (queue_length))`, want: []string{"scalar-of-many at `scalar(sum by (model) (queue_length))`"}},
	{expr: `scalar(sum(queue_length)) + vector(1)`},
	{expr: `rate(queue_length[30s])`},
}

func TestAnalyse(t *testing.T) {
	schema := exampleSchema(t)
	for _, c := range analysed {
		for _, at := range []struct {
			name   string
			schema *promql.Schema
			want   []string
		}{{"closed", schema, c.want}, {"open", openSchema(), c.openly}} {
			var got []string
			a := promql.Analyse(parse(t, c.expr), at.schema, promql.Use{Place: promql.InAlert})
			for _, p := range a.Problems {
				if !slices.Contains(ofTypes, p.Kind) {
					got = append(got, string(p.Kind)+" at `"+c.expr[p.Start:p.End]+"`")
				}
			}
			if !slices.Equal(got, at.want) {
				t.Errorf("%s, %s:\ngot  %q\nwant %q", c.expr, at.name, got, at.want)
			}
			told := func(p promql.Problem) bool { return strings.Contains(p.Message, c.message) }
			if at.name == "closed" && !slices.ContainsFunc(a.Problems, told) && c.message != "" {
				t.Errorf("%s: nothing says %q", c.expr, c.message)
			}
		}
	}
}

// TestForeignTwice: a name that no open contract knows, nor one like it, is no mistake, however often it is read.
func TestForeignTwice(t *testing.T) {
	schema := exampleSchema(t)
	schema.Closed = false
	if a := promql.Analyse(parse(t, `rate(somebody_elses_total[5m]) / rate(somebody_elses_total[5m])`), schema, promql.Use{}); len(a.Problems) > 0 {
		t.Errorf("%+v", a.Problems)
	}
}

// TestFamousAlert is the alert of the seed: a P90 of Python's buckets is always above 0.0042 seconds, and the reason
// says why.
func TestFamousAlert(t *testing.T) {
	a := promql.Analyse(parse(t, `histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[5m])))`), exampleSchema(t), promql.Use{})
	outcome, reasons := a.Root.Compare(">", 0.0042)
	if outcome != promql.AlwaysHolds || len(reasons) != 1 || !strings.Contains(reasons[0].Text, "between 0.0045 (0.9 × the first bound 0.005) and the last bound 10") {
		t.Errorf("%v: %+v", outcome, reasons)
	}
	for limit, want := range map[float64]promql.Outcome{0.0042: promql.AlwaysHolds, 0.0046: promql.Sometimes, 10: promql.NeverHolds} {
		if got, _ := a.Root.Compare(">", limit); got != want {
			t.Errorf("> %v: %v", limit, got)
		}
	}
}

// TestReasons looks at second places: where a label ends, where a contract says so.
func TestReasons(t *testing.T) {
	expr := `sum by (version) (sum by (model) (model_info))`
	a := promql.Analyse(parse(t, expr), exampleSchema(t), promql.Use{})
	if len(a.Problems) != 1 || len(a.Problems[0].Reasons) != 1 {
		t.Fatalf("%+v", a.Problems)
	}
	if r := a.Problems[0].Reasons[0]; expr[r.Start:r.End] != "by (model)" || r.Text != "the label `version` ends here" {
		t.Errorf("%q: %s", expr[r.Start:r.End], r.Text)
	}
	if l := a.Root.Label("version"); l.Presence != promql.Never || l.Reason == nil {
		t.Errorf("%+v", l)
	}
	fix := promql.Analyse(parse(t, `rate(latency_seconds_bucket{le="1"}[5m])`), exampleSchema(t), promql.Use{}).Problems[0].Fix
	if fix == nil || fix.Text != `"1.0"` {
		t.Errorf("%+v", fix)
	}
}

// TestFacts looks at what is known of results.
func TestFacts(t *testing.T) {
	schema := exampleSchema(t)
	for expr, want := range map[string]int{
		`users`: promql.Unbounded, `sum by (tenant) (users)`: 5, `count by (model) (build_info)`: 2, `requests_total`: 36, `requests_total{env="dev"}`: 12,
		`topk(3, requests_total)`: 3, `topk by (model) (3, requests_total)`: 6, `model_info`: 4, `max_over_time(model_info[5m])`: 24,
		`model:requests:rate5m`: 2, `max_over_time(topk(1, queue_length)[5m:1m])`: 12, `vector(1)`: 1, `nope`: promql.Unbounded,
	} {
		if got := promql.Analyse(parse(t, expr), schema, promql.Use{}).Root.MaxSeries(); got != want {
			t.Errorf("%s: %d series, want %d", expr, got, want)
		}
	}
	if v := promql.Analyse(parse(t, `time() - 5`), openSchema(), promql.Use{}).Root.Range(); v.NaN || !math.IsInf(v.High, 1) {
		t.Errorf("%+v", v)
	}
	var zero promql.Facts
	if _, closed := zero.Labels(); closed || zero.Empty() || zero.MaxSeries() != promql.Unbounded || zero.Fails() || zero.Range() != promql.Everything() {
		t.Error("the zero facts say something")
	}
}

// TestUnsoundOnce are rules that looked right and were not.
func TestUnsoundOnce(t *testing.T) {
	schema := exampleSchema(t)
	facts := func(expr string) *promql.Facts { return promql.Analyse(parse(t, expr), schema, promql.Use{}).Root }
	// A result is of floats, of native histograms, or of both: one bit is not enough.
	if f := facts(`score or queue_length`); !f.Floats() || !f.Natives() {
		t.Error("a union of both kinds")
	}
	// A key that holds le tells nothing apart once le is gone.
	if f := facts(`histogram_quantile(0.9, sum by (le, model) (rate(latency_seconds_bucket[5m])))`); f.MaxSeries() != 2 || f.Label("le").Presence != promql.Never {
		t.Errorf("%d series", f.MaxSeries())
	}
	// Source and destination of label_replace are the same: each value goes to its own.
	if f := facts(`label_replace(queue_length{model="m1"}, "model", "x$1", "model", "m(.*)")`).Label("model"); !slices.Equal(f.Values, []string{"x1"}) {
		t.Errorf("%+v", f)
	}
	// Both sides of a union may have the same labels but for the name, if it matches by on.
	if a := promql.Analyse(parse(t, `rate((queue_length or on (model) queue_limit)[5m:1m])`), schema, promql.Use{}); a.Root.Fails() {
		t.Error("a union that need not fail")
	}
	// NaN fails every comparison, with itself too.
	if facts(`(Inf % vector(0)) >= (Inf % vector(0))`).Returns() {
		t.Error("NaN >= NaN")
	}
	// A quantile of classic and native histograms at once: the engine drops both or fails.
	if f := facts(`histogram_quantile(0.9, rate(score[5m]) or rate(latency_seconds_bucket[5m]))`); f.Fails() || f.Returns() {
		t.Error("classic and native histograms")
	}
}

// ofTypes are the kinds that the pass over types and units finds; it has tests of its own.
var ofTypes = []promql.ProblemKind{
	promql.AveragedQuantile, promql.BeyondRetention, promql.RawCounter, promql.DeltaOfCounter, promql.RateOfAggregate,
	promql.RateOfGauge, promql.UnitMismatch, promql.FloatEquality, promql.TopKInRule, promql.QuantileOfRawBuckets,
}
