package scenario_test

import (
	"math"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
)

// perMinute is a counter that grows so fast for three hours.
func perMinute(series string, v float64) enginetest.Series {
	return enginetest.Series{Series: series, For: 3 * hour, Func: enginetest.Linear(v / 60)}
}

func constant(series string, v float64) enginetest.Series {
	return enginetest.Series{Series: series, For: 3 * hour, Func: enginetest.Constant(v)}
}

// TestObjectiveKinds: what each kind of objective counts as bad, in a case that can be counted by hand.
func TestObjectiveKinds(t *testing.T) {
	histogram := []enginetest.Series{
		perMinute(`answer_seconds_bucket{job="api",le="0.1"}`, 60), perMinute(`answer_seconds_bucket{job="api",le="0.25"}`, 95),
		perMinute(`answer_seconds_bucket{job="api",le="+Inf"}`, 100), perMinute(`answer_seconds_count{job="api"}`, 100), perMinute(`answer_seconds_sum{job="api"}`, 12),
	}
	const metrics = `
  requests_total: {type: counter, role: requests, labels: {code: [ok, refused, failed], tenant: 5}, errors: {code: failed}}
  answer_seconds: {type: histogram, unit: seconds, role: latency, buckets: [0.1, 0.25]}
  inputs_total: {type: counter, labels: {state: [valid, empty, odd]}}
  loaded_at_seconds: {type: gauge, unit: timestamp}
`
	requests := []enginetest.Series{
		perMinute(`requests_total{job="api",tenant="a",code="ok"}`, 90), perMinute(`requests_total{job="api",tenant="a",code="failed"}`, 10),
		perMinute(`requests_total{job="api",tenant="b",code="ok"}`, 300), perMinute(`requests_total{job="api",tenant="b",code="refused"}`, 100),
	}
	started := float64(enginetest.Start.Unix())
	for _, tt := range []struct {
		name, kind string
		series     []enginetest.Series
		want       map[string]float64 // the bad share by tenant
		within     float64            // 0: 1e-9
	}{
		{"requests by role", "role: requests", requests, map[string]float64{"": 10.0 / 500}, 0},
		{"requests of each tenant", "role: requests\n    by: [tenant]", requests, map[string]float64{"a": 0.1, "b": 0}, 0},
		{"a selected tenant", "role: requests\n    selector: {tenant: a}", requests, map[string]float64{"": 0.1}, 0},
		{"good ones", `good: sum(increase(requests_total{code="ok"}[$window]))` + "\n    total: sum(increase(requests_total[$window]))", requests, map[string]float64{"": 110.0 / 500}, 0},
		{"rates", `errors: sum(rate(requests_total{code!="ok"}[$window]))` + "\n    total: sum(rate(requests_total[$window]))", requests, map[string]float64{"": 110.0 / 500}, 0},
		{"selectors", "errors: requests_total{code=\"failed\"}\n    total: requests_total", requests, map[string]float64{"": 10.0 / 500}, 0},
		{"latency", "latency: {under: 250ms}", histogram, map[string]float64{"": 0.05}, 0},
		{"share above", "share: {metric: answer_seconds, above: 100ms}", histogram, map[string]float64{"": 0.6}, 0},
		{"share of good series", "share: {metric: inputs_total, good: {state: valid}}", []enginetest.Series{
			perMinute(`inputs_total{job="api",state="valid"}`, 97), perMinute(`inputs_total{job="api",state="empty"}`, 2), perMinute(`inputs_total{job="api",state="odd"}`, 1),
		}, map[string]float64{"": 0.03}, 0},
		{"nothing is good", "share: {metric: inputs_total, good: {state: valid}}", []enginetest.Series{perMinute(`inputs_total{job="api",state="empty"}`, 2)}, map[string]float64{"": 1}, 0},
		{"availability", "availability: targets", []enginetest.Series{
			constant(`up{job="api",instance="a"}`, 1), constant(`up{job="api",instance="b"}`, 1), constant(`up{job="api",instance="c"}`, 1), constant(`up{job="api",instance="d"}`, 0),
		}, map[string]float64{"": 0.25}, 0},
		{"freshness", "freshness: {metric: loaded_at_seconds, under: 1h}", []enginetest.Series{
			{Series: `loaded_at_seconds{job="api"}`, For: 3 * hour, Func: func(at time.Duration) float64 { // every two hours
				return started + math.Floor(at.Hours()/2)*7200
			}},
		}, map[string]float64{"": 0.5}, 0.05}, // judged each five minutes
		{"never loaded", "freshness: {metric: loaded_at_seconds, under: 1h}", []enginetest.Series{constant(`loaded_at_seconds{job="api"}`, 0)}, map[string]float64{"": 1}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if testing.Short() && slices.Contains([]string{"requests by role", "a selected tenant", "rates", "share above", "nothing is good", "never loaded"}, tt.name) {
				t.Skip("long: runs without -short, as in .ci/run")
			}
			s := scenario.Compile(t, map[string]string{"mlobs.yaml": minutely, "model.yaml": `version: mlobs/v1
model: api
owner: ml
selector: {job: api}
replicas: {instance: 4}
metrics:` + metrics + `
slos:
  - name: one
    objective: 40
    ` + tt.kind + "\n"})
			run := s.LoadAt(sparse, time.Minute, slices.Concat(tt.series, []enginetest.Series{perMinute(`requests_total{job="other",tenant="a",code="failed"}`, 1000), constant(`up{job="other"}`, 0)}))
			run.Until(3 * hour)
			// Of the last two hours: freshness needs a whole round.
			got := map[string]float64{}
			for _, sample := range run.Vector(`sum by (tenant) (sum_over_time(ml_model:slo_errors:increase5m[2h:5m])) / sum by (tenant) (sum_over_time(ml_model:slo_total:increase5m[2h:5m]))`) {
				got[sample.Labels["tenant"]] = sample.Value
			}
			for tenant, want := range tt.want {
				if v, ok := got[tenant]; !ok || math.Abs(v-want) > max(tt.within, 1e-9) {
					t.Errorf("%q: %v is bad, want %v", tenant, v, want)
				}
			}
			if len(got) != len(tt.want) {
				t.Errorf("got %v", got)
			}
		})
	}
}

// TestObjectiveNoData: an objective whose series are not there although the targets are up is told of; where
// targets are down that is told, and nothing else.
func TestObjectiveNoData(t *testing.T) {
	s := compileSLO(t, "99.9", "30d")
	for _, tt := range []struct {
		name string
		up   float64
		want []string
	}{
		{"renamed", 1, []string{"RequestsBudgetNoData"}},
		{"down", 0, []string{"TargetsDown"}},
	} {
		run := s.Load(time.Minute, []enginetest.Series{constant(`up{job="api"}`, tt.up)})
		run.Until(30 * time.Minute)
		fired := slices.DeleteFunc(run.Fired(), func(name string) bool { return name != "RequestsBudgetNoData" && name != "TargetsDown" })
		if d := cmp.Diff(tt.want, fired); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
	run := s.Load(time.Minute, traffic(spell{hour, 10, 0}))
	run.Until(hour)
	if fired := run.Fired(); fired != nil {
		t.Errorf("%v fired in good weather", fired)
	}
}

// TestObjectiveRevision: a new revision does not read the history of the one before it.
func TestObjectiveRevision(t *testing.T) {
	before := compileSLO(t, "99.9", "7d")
	after := scenario.Compile(t, map[string]string{"mlobs.yaml": minutely, "model.yaml": requestsSLO("99.9", "7d") + "    revision: v2\n"})
	list := traffic(spell{2 * hour, 1000, 100}, spell{2 * hour, 1000, 0})
	run := before.LoadAt(sparse, time.Minute, list)
	run.Until(2 * hour)
	if got := run.Value("ml_model:slo_budget:remaining7d"); math.Abs(got+99) > 1e-6 {
		t.Errorf("of the budget %v is left", got)
	}
	run = after.LoadAt(enginetest.Pace{AtLeast: sparse.AtLeast, Late: func(string, time.Duration) time.Duration { return 2*hour + 5*time.Minute }}, time.Minute, list)
	for _, file := range before.RuleFiles() {
		if err := run.Storage.Rules(file, enginetest.At(0), enginetest.At(2*hour)); err != nil {
			t.Fatal(err)
		}
	}
	run.Until(4 * hour)
	if got := run.Value(`ml_model:slo_budget:remaining7d{revision="v2"}`); math.Abs(got-1) > 1e-9 {
		t.Errorf("of the new budget %v is left", got)
	}
}

// told is what an alert says of the budget.
var told = regexp.MustCompile(`Of the budget of 30 days [78]\d\.\d+% is left; at this pace the rest is gone in 1d \d+h`)

// TestObjectiveText: who is told reads how much of the budget is left, and how long it will last: at fifteen times
// the pace, four fifths of it last for four fifths of two days.
func TestObjectiveText(t *testing.T) {
	long(t)
	run := compileSLO(t, "99.9", "30d").LoadAt(sparse, time.Minute, traffic(spell{3 * day, 1000, 0}, spell{hour, 1000, 20}))
	run.Until(3*day + hour)
	for _, n := range run.Storage.Sent {
		if n.Name == "RequestsBudgetBurn1h" {
			if text := n.Annotations["description"]; !told.MatchString(text) {
				t.Errorf("the alert says: %s", text)
			}
			return
		}
	}
	t.Errorf("RequestsBudgetBurn1h did not fire, but %v", run.Fired())
}
