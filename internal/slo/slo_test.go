package slo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/planner"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// head is a model with one metric of each kind that an objective may count. What tests add begins at line 18.
const head = `version: mlobs/v1
model: shop
owner: team
selector: {job: shop}
replicas: {pod: 2}
metrics:
  requests_total: {type: counter, labels: {status: [2xx, 5xx], version: 3}}
  answers_total: {type: counter, role: requests, errors: {status: 5xx}, labels: {status: [2xx, 5xx], version: 3}}
  answer_seconds: {type: histogram, unit: seconds, role: latency, buckets: [50ms, 250ms, 1s]}
  step_seconds: {type: native_histogram, unit: seconds}
  confidence: {type: histogram, unit: ratio, buckets: [0.5, 0.7, 0.9]}
  inputs_total: {type: counter, labels: {valid: ['true', 'false']}}
  trained: {type: gauge, unit: timestamp}
  load: {type: gauge}
  heat_celsius: {type: gauge, unit: celsius}
  size_bytes: {type: summary, unit: bytes, quantiles: [0.5]}
slos:
`

const workspace = "version: mlobs/v1\nprometheus: {retention: 90d}\n"

// build plans a spec in a workspace and returns the plan and what is reported, one line each: `LINE:COLUMN message | help`.
func build(t testing.TB, workspace, text string) (*plan.Plan, string) {
	t.Helper()
	rep := &diag.Report{}
	lib := spec.NewLibrary(rep)
	ws := spec.LoadWorkspace(diag.NewFile("mlobs.yaml", []byte(workspace)), rep)
	if ws == nil {
		t.Fatalf("workspace: %v", rep.All())
	}
	pws := planner.Workspace(ws, rep)
	var p *plan.Plan
	if m := spec.Load(diag.NewFile("shop.yaml", []byte(text)), ws, lib, rep); m != nil {
		p = planner.New(lib).Build(m, ws, pws, rep)
	}
	var b strings.Builder
	for _, d := range rep.All() {
		pos := d.Span.Position()
		fmt.Fprintf(&b, "%d:%d %s | %s\n", pos.Line, pos.Column, d.Message, d.Help)
	}
	return p, b.String()
}

func mustBuild(t testing.TB, workspace, text string) *plan.Plan {
	t.Helper()
	p, reported := build(t, workspace, text)
	if reported != "" {
		t.Fatalf("reported:\n%s", reported)
	}
	return p
}

// one plans the model with a single objective: what stands between the braces of its entry.
func one(t testing.TB, entry string) *plan.Plan {
	t.Helper()
	if !strings.Contains(entry, "objective:") {
		entry = "objective: 99, " + entry
	}
	return mustBuild(t, workspace, head+"  - {name: x, "+entry+"}\n")
}

// recordOf is the expression of the objective's record of a name.
func recordOf(t testing.TB, p *plan.Plan, name string) string {
	t.Helper()
	for _, r := range p.Records {
		if r.Name == name {
			return r.Expr
		}
	}
	t.Fatalf("%s is not recorded", name)
	return ""
}

// TestMistakes: each has one message, at its place, which says what to do.
func TestMistakes(t *testing.T) {
	for _, tt := range []struct{ entry, want string }{
		{`role: requests, by: [verson]`, "18:55 `answers_total` has no label `verson` | did you mean `version`?"},
		{`role: requests, selector: {valid: x}`, "18:61 `answers_total` has no label `valid` | declare it under the metric's `labels`"},
		{`latency: {under: 300ms}`, "18:51 `300ms` is no bucket of `answer_seconds`, so that no series counts what is below it | take the bucket next to it: `0.25` or `1` (seconds); or add one to the histogram"},
		{`latency: {under: 2s}`, "18:51 `2s` is no bucket of `answer_seconds`, so that no series counts what is below it | take the bucket next to it: `1` (seconds); or add one to the histogram"},
		{`latency: {under: 20ms}`, "18:51 `20ms` is no bucket of `answer_seconds`, so that no series counts what is below it | take the bucket next to it: `0.05` (seconds); or add one to the histogram"},
		{`latency: {under: 5MiB}`, "18:51 `5MiB` is a quantity of bytes, but this is in seconds: write a plain number, or one with a unit that fits | "},
		{`latency: {metric: answr_seconds, under: 250ms}`, "18:52 unknown metric `answr_seconds` | did you mean `answer_seconds`?"},
		{`latency: {metric: load, under: 250ms}`, "18:43 `load` is a gauge: only a histogram knows how much was below a bound | take a histogram, or write `errors` and `total`"},
		{`latency: {metric: size_bytes, under: 250ms}`, "18:43 `size_bytes` is a summary: only a histogram knows how much was below a bound | take a histogram, or write `errors` and `total`"},
		{`share: {metric: confidence, above: 0.8}`, "18:69 `0.8` is no bucket of `confidence`, so that no series counts what is below it | take the bucket next to it: `0.7` or `0.9` (ratio); or add one to the histogram"},
		{`share: {metric: confidence, good: {valid: 'true'}}`, "18:50 `good` selects series of a counter, and `confidence` is a histogram | of a histogram say what is good: `above: X` or `under: X`"},
		{`share: {metric: inputs_total, above: 0.8}`, "18:41 `inputs_total` is a counter: only a histogram knows how much was below a bound | take a histogram, or write `errors` and `total`"},
		{`share: {metric: inputs_total, good: {vald: 'true'}}`, "18:71 `inputs_total` has no label `vald` | did you mean `valid`?"},
		{`share: {metric: inputs_total, good: {valid: 'yes'}}`, "18:71 label `valid` of `inputs_total` is never `yes` | its values are `true`, `false`"},
		{`freshness: {metric: inputs_total, under: 6h}`, "18:45 `inputs_total` is a counter, not a gauge that says when something was made | name a gauge of `unit: timestamp`, in seconds since 1970"},
		{`freshness: {metric: heat_celsius, under: 6h}`, "18:45 `heat_celsius` is in celsius, and says no time | name a gauge of `unit: timestamp`, in seconds since 1970"},
		{`availability: targets, by: [valid]`, "18:62 targets have no label `valid` | name a label of the targets"},
		{`availability: targets, selector: {valid: x}`, "18:68 targets have no label `valid` | name a label of the targets"},
		{`errors: load, total: requests_total`, "18:42 `load` is a gauge: its series do not count events | name a counter, or write a query that counts"},
		{`errors: 'requests_total{status="5xx"}', total: requests_total, by: [zone]`, "18:102 `requests_total` has no label `zone` | declare it under the metric's `labels`"},
		{`errors: 'sum(rate(requests_total{status="5xx"}[$window]))', total: requests_total`, "18:43 one query counts events, the other events per second | use `increase(…[$window])` in both, or `rate(…[$window])`"},
		{`errors: 'sum(increase(load[1h]))', total: requests_total`, "18:56 a window of 1h in an objective, which needs several | write `[$window]`: it becomes what is needed"},
		{`errors: 'sum(rate(load[$window])) + sum(increase(load[$window]))', total: requests_total`, "18:43 `errors` mixes events and events per second | use `increase(…[$window])` throughout"},
		{`errors: 'sum by (version) (increase(requests_total[$window]))', total: requests_total`, "18:43 the result of `errors` has the label `version` | say `by: [version]` for an objective of each, or aggregate it away"},
		{`errors: 'sum(increase(requests_total[$window]))', total: requests_total, by: [version]`, "18:112 the result of `errors` has no label `version` | aggregate by it, as in `sum by (version) (…)`"},
		{`errors: 'requests_total > ', total: 'sum(rate(requests_total[$window]))'`, "18:58 the query ends too early after `>` | "},
		{`errors: requests_totl, total: requests_totle`, "18:42 unknown metric `requests_totl` | did you mean `requests_total`?\n18:64 unknown metric `requests_totle` | did you mean `requests_total`?"},
	} {
		p, got := build(t, workspace, head+"  - {name: xxxxx, objective: 99, "+tt.entry+"}\n")
		if strings.TrimSuffix(got, "\n") != tt.want || p != nil {
			t.Errorf("%s\ngot  %s\nwant %s", tt.entry, got, tt.want)
		}
	}
	// What a metric's role is needed for.
	for _, tt := range []struct{ metrics, entry, want string }{
		{"a_total: {type: counter}", "role: requests", "8:36 no metric has the role `requests` | give the counter of requests `role: requests`, or write `errors` and `total`"},
		{"a_total: {type: counter, role: requests}", "role: requests", "8:36 `a_total` does not say which requests failed | say it on the metric, as in `errors: {status: 5xx}`, or write `errors` and `total`"},
		{"a_total: {type: counter}", "latency: {under: 1s}", "8:39 which metric? | name it: `metric: …`; or give one metric `role: latency`"},
	} {
		_, got := build(t, workspace, "version: mlobs/v1\nmodel: m\nowner: o\nselector: {job: m}\nmetrics:\n  "+tt.metrics+"\nslos:\n  - {name: x, objective: 99, "+tt.entry+"}\n")
		if strings.TrimSuffix(got, "\n") != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.entry, got, tt.want)
		}
	}
}

// TestIndicators: what is counted of each kind, and what is bad of it.
func TestIndicators(t *testing.T) {
	const own = `{ml_model="shop", slo="x"}`
	total := "ml_model:slo_total:increase5m" + own
	for _, tt := range []struct{ entry, total, errors string }{
		{
			`role: requests`,
			`sum(increase(answers_total{job="shop"}[5m])) >= 0`,
			`sum(increase(answers_total{job="shop", status="5xx"}[5m])) >= 0 or on () 0 * sum(` + total + `)`,
		}, {
			`role: requests, by: [version], selector: {pod: {matches: 'gold-.*'}}`,
			`sum by (version) (increase(answers_total{job="shop", pod=~"gold-.*"}[5m])) >= 0`,
			`sum by (version) (increase(answers_total{job="shop", status="5xx", pod=~"gold-.*"}[5m])) >= 0 or on (version) 0 * sum by (version) (` + total + `)`,
		}, {
			`latency: {under: 250ms}`,
			`sum(increase(answer_seconds_count{job="shop"}[5m])) >= 0`,
			`clamp_min(sum(increase(answer_seconds_count{job="shop"}[5m])) - sum(increase(answer_seconds_bucket{job="shop", le="0.25"}[5m])), 0) >= 0`,
		}, {
			`latency: {under: 1s}`, // Prometheus 2 keeps `1` where 3 has `1.0`
			`sum(increase(answer_seconds_count{job="shop"}[5m])) >= 0`,
			`clamp_min(sum(increase(answer_seconds_count{job="shop"}[5m])) - sum(increase(answer_seconds_bucket{job="shop", le=~"1([.]0)?"}[5m])), 0) >= 0`,
		}, {
			`latency: {metric: step_seconds, under: 300ms}`, // any bound will do
			`histogram_count(sum(increase(step_seconds{job="shop"}[5m]))) >= 0`,
			`clamp_min((1 - histogram_fraction(-Inf, 0.3, sum(increase(step_seconds{job="shop"}[5m])))) * histogram_count(sum(increase(step_seconds{job="shop"}[5m]))), 0) >= 0 or on () 0 * sum(` + total + `)`,
		}, {
			`share: {metric: confidence, above: 70%}`,
			`sum(increase(confidence_count{job="shop"}[5m])) >= 0`,
			`sum(increase(confidence_bucket{job="shop", le="0.7"}[5m])) >= 0`,
		}, {
			`share: {metric: confidence, under: 0.7}`,
			`sum(increase(confidence_count{job="shop"}[5m])) >= 0`,
			`clamp_min(sum(increase(confidence_count{job="shop"}[5m])) - sum(increase(confidence_bucket{job="shop", le="0.7"}[5m])), 0) >= 0`,
		}, {
			`share: {metric: step_seconds, above: 300ms}`,
			`histogram_count(sum(increase(step_seconds{job="shop"}[5m]))) >= 0`,
			`clamp_min(histogram_fraction(-Inf, 0.3, sum(increase(step_seconds{job="shop"}[5m]))) * histogram_count(sum(increase(step_seconds{job="shop"}[5m]))), 0) >= 0 or on () 0 * sum(` + total + `)`,
		}, {
			`share: {metric: inputs_total, good: {valid: 'true'}}`,
			`sum(increase(inputs_total{job="shop"}[5m])) >= 0`,
			`clamp_min(sum(` + total + `) - on () ((sum(increase(inputs_total{job="shop", valid="true"}[5m]))) or on () 0 * sum(` + total + `)), 0) >= 0`,
		}, {
			`availability: targets`, // of 15s scrapes 20 are in five minutes
			`sum(count_over_time(up{job="shop"}[5m])) or on () vector(20)`,
			`sum(count_over_time(up{job="shop"}[5m])) - on () sum(sum_over_time(up{job="shop"}[5m])) or on () sum(` + total + `)`,
		}, {
			`availability: targets, by: [pod]`,
			`sum by (pod) (count_over_time(up{job="shop"}[5m]))`,
			`sum by (pod) (count_over_time(up{job="shop"}[5m])) - on (pod) sum by (pod) (sum_over_time(up{job="shop"}[5m]))`,
		}, {
			`freshness: {metric: trained, under: 6h}`,
			`group(trained{job="shop"}) or on () vector(1)`,
			`(time() - max(trained{job="shop"} > 0)) > bool 21600 or on () max(` + total + `)`,
		}, {
			`errors: 'requests_total{status="5xx"}', total: requests_total, by: [version]`,
			`sum by (version) (increase(requests_total{job="shop"}[5m])) >= 0`,
			`sum by (version) (increase(requests_total{job="shop", status="5xx"}[5m])) >= 0 or on (version) 0 * sum by (version) (` + total + `)`,
		}, {
			`good: 'requests_total{status!="5xx"}', total: requests_total, selector: {version: v1}`,
			`sum(increase(requests_total{job="shop", version="v1"}[5m])) >= 0`,
			`clamp_min(sum(` + total + `) - on () ((sum(increase(requests_total{job="shop", version="v1", status!="5xx"}[5m]))) or on () 0 * sum(` + total + `)), 0) >= 0`,
		}, {
			`errors: 'sum(rate(requests_total{status="5xx"}[$window]))', total: 'sum(rate(requests_total[$window]))'`,
			`(sum(rate(requests_total{job="shop"}[5m]))) * 300 >= 0`,
			`(sum(rate(requests_total{job="shop", status="5xx"}[5m]))) * 300 >= 0 or on () 0 * sum(` + total + `)`,
		}, {
			`errors: 'increase(requests_total{status="5xx"}[$window])', total: 'increase(requests_total[$window])'`, // nobody adds up
			`sum(increase(requests_total{job="shop"}[5m])) >= 0`,
			`sum(increase(requests_total{job="shop", status="5xx"}[5m])) >= 0 or on () 0 * sum(` + total + `)`,
		}, {
			`errors: answer_seconds_count, total: 'answer_seconds_bucket{le="+Inf"}'`,
			`sum(increase(answer_seconds_bucket{job="shop", le="+Inf"}[5m])) >= 0`,
			`sum(increase(answer_seconds_count{job="shop"}[5m])) >= 0 or on () 0 * sum(` + total + `)`,
		},
	} {
		p := one(t, tt.entry)
		if got := recordOf(t, p, "ml_model:slo_total:increase5m"); got != tt.total {
			t.Errorf("%s: of all\ngot  %s\nwant %s", tt.entry, got, tt.total)
		}
		if got := recordOf(t, p, "ml_model:slo_errors:increase5m"); got != tt.errors {
			t.Errorf("%s: bad\ngot  %s\nwant %s", tt.entry, got, tt.errors)
		}
	}
}

// TestComment: a query that ends in a comment does not swallow what we write behind it.
func TestComment(t *testing.T) {
	p := mustBuild(t, workspace, head+`  - name: x
    objective: 99
    errors: |
      sum(increase(requests_total{status="5xx"}[$window])) # those that failed
    total: |
      sum(increase(requests_total[$window])) # all
`)
	for _, name := range []string{"ml_model:slo_total:increase5m", "ml_model:slo_errors:increase5m"} {
		if got := recordOf(t, p, name); !strings.Contains(got, "\n) >= 0") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// burns are the alerts of an objective: `NAME LONG/SHORT FACTOR SEVERITY EVENTS`.
func burns(s *plan.SLO) (list []string) {
	for _, b := range s.Burns {
		list = append(list, fmt.Sprintf("%s %v/%v %v %s %d", b.Alert, metric.FormatDuration(b.Long), metric.FormatDuration(b.Short), b.Factor, b.Severity, b.MinEvents))
	}
	return list
}

// TestBurns: factors are share × period ÷ window (Site Reliability Workbook, table 5-8), exact, at least 1; what could
// never fire is left out, and one event is never beyond a limit unless the author says so.
func TestBurns(t *testing.T) {
	for _, tt := range []struct {
		entry, budget string
		want          []string
	}{
		{"objective: 99.9, role: requests", "0.001", []string{"XBudgetBurn1h 1h/5m 14.4 page 70", "XBudgetBurn6h 6h/30m 6 page 167", "XBudgetBurn1d 1d/2h 3 ticket 334", "XBudgetBurn3d 3d/6h 1 ticket 1000"}},
		{"objective: 99.95, role: requests, period: 28d", "0.0005", []string{"XBudgetBurn1h 1h/5m 13.44 page 149", "XBudgetBurn6h 6h/30m 5.6 page 358", "XBudgetBurn1d 1d/2h 2.8 ticket 715", "XBudgetBurn3d 3d/6h 1 ticket 2000"}},
		{"objective: 99.999, role: requests, period: 7d", "0.00001", []string{"XBudgetBurn1h 1h/5m 3.36 page 29762", "XBudgetBurn6h 6h/30m 1.4 page 71429", "XBudgetBurn1d 1d/2h 1 ticket 100000", "XBudgetBurn3d 3d/6h 1 ticket 100000"}},
		{"objective: 99, role: requests, period: 90d, min_events: 10", "0.01", []string{"XBudgetBurn1h 1h/5m 43.2 page 10", "XBudgetBurn6h 6h/30m 18 page 10", "XBudgetBurn1d 1d/2h 9 ticket 10", "XBudgetBurn3d 3d/6h 3 ticket 10"}},
		// 14.4 × 10 % is more than everything.
		{"objective: 90, role: requests", "0.1", []string{"XBudgetBurn6h 6h/30m 6 page 2", "XBudgetBurn1d 1d/2h 3 ticket 4", "XBudgetBurn3d 3d/6h 1 ticket 10"}},
		{"objective: 50, role: requests", "0.5", []string{"XBudgetBurn3d 3d/6h 1 ticket 2"}},
		// Of 90 days even 3 × 50 % is: the slowest is left, at 1.
		{"objective: 50, role: requests, period: 90d", "0.5", []string{"XBudgetBurn3d 3d/6h 1 ticket 2"}},
		{"objective: 99, availability: targets", "0.01", []string{"XBudgetBurn1h 1h/5m 14.4 page 0", "XBudgetBurn6h 6h/30m 6 page 0", "XBudgetBurn1d 1d/2h 3 ticket 0", "XBudgetBurn3d 3d/6h 1 ticket 0"}},
	} {
		s := one(t, tt.entry).SLOs[0]
		if s.Budget.String() != tt.budget || !s.Objective.Add(s.Budget).Equal(decimal.NewFromInt(1)) {
			t.Errorf("%s: the budget is %v of %v", tt.entry, s.Budget, s.Objective)
		}
		if d := cmp.Diff(tt.want, burns(s)); d != "" {
			t.Errorf("%s: %s", tt.entry, d)
		}
	}
}

// TestRecords: in the order of evaluation, each in a group whose interval fits its shortest window.
func TestRecords(t *testing.T) {
	p := one(t, "objective: 99.9, role: requests, revision: v2")
	var got []string
	for _, r := range p.Records {
		if strings.HasPrefix(r.Name, "ml_model:slo_") {
			got = append(got, r.Name+" "+r.Group.Name+" "+r.Group.Interval.String())
		}
		if r.Name == "ml_model:slo_total:increase5m" {
			if d := cmp.Diff([]plan.Label{{Name: "ml_model", Value: "shop"}, {Name: "revision", Value: "v2"}, {Name: "slo", Value: "x"}}, r.Labels); d != "" {
				t.Error(d)
			}
		}
	}
	want := []string{
		"ml_model:slo_total:increase5m slos/30s 30s",
		"ml_model:slo_errors:increase5m slos/30s 30s",
		"ml_model:slo_errors:ratio_rate5m slos/30s 30s",
		"ml_model:slo_errors:ratio_rate1h slos/30s 30s",
		"ml_model:slo_burn:rate1h slos/30s 30s",
		"ml_model:slo_errors:ratio_rate30m slos/2m30s 2m30s",
		"ml_model:slo_errors:ratio_rate6h slos/2m30s 2m30s",
		"ml_model:slo_burn:rate6h slos/2m30s 2m30s",
		"ml_model:slo_errors:ratio_rate2h slos/2m30s 2m30s",
		"ml_model:slo_errors:ratio_rate1d slos/2m30s 2m30s",
		"ml_model:slo_burn:rate1d slos/2m30s 2m30s",
		"ml_model:slo_errors:ratio_rate3d slos/2m30s 2m30s",
		"ml_model:slo_burn:rate3d slos/2m30s 2m30s",
		"ml_model:slo_budget:remaining30d slos/2m30s 2m30s",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	const x = `{ml_model="shop", slo="x", revision="v2"}`
	for name, want := range map[string]string{
		"ml_model:slo_errors:ratio_rate5m": "ml_model:slo_errors:increase5m" + x + " / (ml_model:slo_total:increase5m" + x + " > 0)",
		"ml_model:slo_errors:ratio_rate1h": "sum_over_time(ml_model:slo_errors:increase5m" + x + "[1h:5m]) / (sum_over_time(ml_model:slo_total:increase5m" + x + "[1h:5m]) > 0)",
		"ml_model:slo_burn:rate1h":         "(ml_model:slo_errors:ratio_rate1h" + x + " < ml_model:slo_errors:ratio_rate5m" + x + " or ml_model:slo_errors:ratio_rate5m" + x + ") / 0.001 and sum_over_time(ml_model:slo_total:increase5m" + x + "[1h:5m]) >= 70",
		"ml_model:slo_budget:remaining30d": "1 - sum_over_time(ml_model:slo_errors:increase5m" + x + "[30d:5m]) / (sum_over_time(ml_model:slo_total:increase5m" + x + "[30d:5m]) > 0) / 0.001",
	} {
		if got := recordOf(t, p, name); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", name, got, want)
		}
	}
}

// TestPace: a group is evaluated ten times in its shortest window, but neither more often than the others nor less often
// than every 2m30s.
func TestPace(t *testing.T) {
	text := head + "  - {name: x, objective: 99.9, role: requests}\n"
	for evaluation, want := range map[string]string{"15s": "30s 2m30s", "45s": "45s 2m30s", "1m": "1m0s 2m30s", "4m": "4m0s"} {
		p := mustBuild(t, "version: mlobs/v1\nprometheus: {retention: 90d, scrape_interval: 15s, evaluation_interval: "+evaluation+"}\n", text)
		var paces []string
		for _, r := range p.Records {
			if r.Group != nil && !slices.Contains(paces, r.Group.Interval.String()) {
				paces = append(paces, r.Group.Interval.String())
			}
		}
		if got := strings.Join(paces, " "); got != want {
			t.Errorf("evaluated every %s: %s instead of %s", evaluation, got, want)
		}
	}
}

// TestSlowScrapes: a rate needs four scrapes, so that what is counted at once is more than five minutes.
func TestSlowScrapes(t *testing.T) {
	p := mustBuild(t, "version: mlobs/v1\nprometheus: {retention: 90d, scrape_interval: 2m, evaluation_interval: 2m}\n", head+"  - {name: x, objective: 99.9, role: requests}\n")
	if got, want := recordOf(t, p, "ml_model:slo_total:increase8m"), `sum(increase(answers_total{job="shop"}[8m])) >= 0`; got != want {
		t.Error(got)
	}
	if got := burns(p.SLOs[0])[0]; got != "XBudgetBurn1h 1h/8m 14.4 page 70" {
		t.Error(got)
	}
	if got := recordOf(t, p, "ml_model:slo_errors:ratio_rate6h"); !strings.Contains(got, "[6h:8m]") {
		t.Error(got)
	}
}

// TestTraffic: where silence is normal nothing is said of missing data; of what runs once in a while no window is shorter
// than a run, and the events of a run count once, although what it leaves behind is recorded again and again.
func TestTraffic(t *testing.T) {
	with := func(traffic, entry string) *plan.Plan {
		return mustBuild(t, workspace, strings.Replace(head, "slos:", "traffic: "+traffic+"\nslos:", 1)+"  - {name: x, "+entry+"}\n")
	}
	noData := func(p *plan.Plan) bool {
		return slices.ContainsFunc(p.Alerts, func(a *plan.Alert) bool { return a.Name == "XBudgetNoData" })
	}
	for _, tt := range []struct {
		traffic, entry string
		noData         bool
	}{
		{"continuous", "objective: 99, latency: {under: 250ms}", true},
		{"sporadic", "objective: 99, latency: {under: 250ms}", false},
		{"{every: 24h}", "objective: 99, latency: {under: 250ms}", false},
		{"continuous", "objective: 99, availability: targets", false}, // it has a value even without targets
		{"continuous", "objective: 99, availability: targets, by: [pod]", true},
	} {
		if p := with(tt.traffic, tt.entry); noData(p) != tt.noData {
			t.Errorf("%s, %s: told of missing data: %v", tt.traffic, tt.entry, noData(p))
		}
	}
	p := with("sporadic", "objective: 99, availability: targets")
	if got, want := recordOf(t, p, "ml_model:slo_total:increase5m"), `sum(count_over_time(up{job="shop"}[5m]))`; got != want {
		t.Error(got)
	}
	for every, want := range map[string][]string{
		"24h":  {"XBudgetBurn1d 1d/2h 3 ticket 34", "XBudgetBurn3d 3d/6h 1 ticket 100"},
		"168h": {"XBudgetBurn7d 7d/6h 1 ticket 100"},
	} {
		p := with("{every: "+every+"}", "objective: 99, share: {metric: inputs_total, good: {valid: 'true'}}")
		if d := cmp.Diff(want, burns(p.SLOs[0])); d != "" {
			t.Errorf("every %s: %s", every, d)
		}
	}
	p = with("{every: 24h}", "objective: 99, share: {metric: inputs_total, good: {valid: 'true'}}")
	if got := recordOf(t, p, "ml_model:slo_burn:rate3d"); !strings.HasSuffix(got, `and sum_over_time(ml_model:slo_total:increase5m{ml_model="shop", slo="x"}[3d:5m]) / 288 >= 100`) {
		t.Error(got)
	}
	if got, want := recordOf(t, p, "ml_model:slo_total:increase5m"), `sum(inputs_total{job="shop"}) >= 0`; got != want {
		t.Error(got)
	}
}

// TestMembers: each member has rules of its own, in groups of its own.
func TestMembers(t *testing.T) {
	p := mustBuild(t, workspace, strings.Replace(head, "slos:", "members: {version: [a, b]}\nslos:", 1)+"  - {name: x, objective: 99, role: requests}\n")
	var got []string
	for _, r := range p.Records {
		if r.Name == "ml_model:slo_total:increase5m" {
			got = append(got, r.Member+": "+r.Expr)
		}
	}
	if d := cmp.Diff([]string{`a: sum(increase(answers_total{job="shop", version="a"}[5m])) >= 0`, `b: sum(increase(answers_total{job="shop", version="b"}[5m])) >= 0`}, got); d != "" {
		t.Error(d)
	}
	n := 0
	for _, a := range p.Alerts {
		if a.Name == "XBudgetBurn1h" {
			n++
			if !strings.Contains(a.Expr, `version="`+a.Member+`"`) {
				t.Errorf("%s: %s", a.Member, a.Expr)
			}
		}
	}
	if n != 2 {
		t.Errorf("%d alerts for two members", n)
	}
}

// TestTexts: what an alert and the panels say, in exact decimals.
func TestTexts(t *testing.T) {
	p := mustBuild(t, workspace, head+"  - {name: answers-in-time, objective: 99.95, latency: {under: 250ms}, description: What the shop was promised}\n")
	for _, a := range p.Alerts {
		if a.Name != "AnswersInTimeBudgetBurn1h" {
			continue
		}
		var text strings.Builder
		for _, part := range append(slices.Clone(a.Summary), a.Description...) {
			text.WriteString(part.Literal)
			if part.Hole == plan.HoleQuery {
				text.WriteString("[" + part.UnitName + "]")
			}
		}
		want := "shop: the burn rate of `answers-in-time` is  (last hour)" +
			"Both in the last hour and in the last 5 minutes the share of answers slower than 250ms was more than 0.72 %; the objective of 99.95 % allows for 0.05 %. " +
			"Of the budget of 30 days [ratio] is left; at this pace the rest is gone in [seconds]. Find out what changed, and undo it first."
		if text.String() != want {
			t.Errorf("got  %s\nwant %s", text.String(), want)
		}
	}
	titles := map[string]*plan.Panel{}
	for _, panel := range p.Dashboard.Panels {
		titles[panel.Title] = panel
	}
	left := titles["Answers in time: budget left"]
	if left == nil || !strings.HasPrefix(left.Description, "What the shop was promised. Objective: in 99.95 % of all cases answers come within 250ms.") {
		t.Errorf("%+v", left)
	}
	rate := titles["Answers in time: burn rate"]
	if rate == nil || len(rate.Queries) != 4 || rate.Queries[3].Legend != "3 days (limit 1)" {
		t.Errorf("%+v", rate)
	}
	for _, title := range []string{"Answers in time: bad share", "Answers in time: budget lasts", "Budget left"} {
		if titles[title] == nil {
			t.Errorf("no panel %q", title)
		}
	}
}

// TestMiddleWindow: what is shown of one window names it.
func TestMiddleWindow(t *testing.T) {
	for _, panel := range one(t, "objective: 90, role: requests").Dashboard.Panels {
		if panel.Title == "X: bad share" && panel.Queries[0].Legend != "6 hours" {
			t.Error(panel.Queries[0].Legend)
		}
	}
}

// TestProfile: what a profile has ready is off until a spec names it, and is changed by what the spec gives.
func TestProfile(t *testing.T) {
	spec := func(uses, slos string) string {
		return "version: mlobs/v1\nmodel: shop\nowner: team\nselector: {job: shop}\nuses: [{profile: fastapi" + uses + "}]\n" + slos
	}
	if p := mustBuild(t, workspace, spec("", "")); len(p.SLOs) != 0 {
		t.Errorf("%d objectives that nobody asked for", len(p.SLOs))
	}
	p := mustBuild(t, workspace, spec(", prefix: x_", "slos:\n  - name: answers\n  - {name: latency, objective: 98}\n"))
	if len(p.SLOs) != 2 || p.SLOs[0].Objective.String() != "0.999" || p.SLOs[1].Objective.String() != "0.98" {
		t.Fatalf("%+v", p.SLOs)
	}
	if got, want := recordOf(t, p, "ml_model:slo_total:increase5m"), "sum(increase(x_http_requests_total{"; !strings.HasPrefix(got, want) {
		t.Error(got)
	}
	var latency string
	for _, r := range p.Records {
		if r.Name == "ml_model:slo_errors:increase5m" && strings.Contains(r.Expr, "bucket") {
			latency = r.Expr
		}
	}
	if !strings.Contains(latency, `x_http_request_duration_highr_seconds_bucket{job="shop", le="0.5"}`) {
		t.Error(latency)
	}
	_, got := build(t, workspace, spec(", version: '4.10'", "slos:\n  - name: latency\n"))
	if want := "7:11 the profile's SLO `latency` counts in `http_request_duration_highr_seconds`, which is not there | name what there is: `metric: …`, or leave the SLO out\n"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
