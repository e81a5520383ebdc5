package scenario_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
)

// TestObjectiveRestarts: of two pods one restarts now and then, and its counters begin at 0: the share of what
// fails stays what it is.
func TestObjectiveRestarts(t *testing.T) {
	var list []enginetest.Series
	for pod, every := range []time.Duration{0, 47 * time.Minute} {
		for code, rate := range map[string]float64{"200": 990, "500": 10} {
			list = append(list, enginetest.Series{Series: fmt.Sprintf(`requests_total{job="api",pod="%d",code="%s"}`, pod, code), For: 6 * hour, Func: func(at time.Duration) float64 {
				if every > 0 {
					at %= every
				}
				return at.Minutes() * rate
			}})
		}
	}
	run := compileSLO(t, "99", "7d").LoadAt(sparse, time.Minute, list)
	run.Until(6 * hour)
	for _, expr := range []string{"ml_model:slo_errors:ratio_rate5m", "ml_model:slo_errors:ratio_rate6h", "(1 - ml_model:slo_budget:remaining7d) * 0.01"} {
		if got := run.Value(expr); math.Abs(got-0.01) > 1e-9 {
			t.Errorf("%s is %v", expr, got)
		}
	}
}

// TestObjectiveNaN: a counter that is NaN for a moment, as no client should export it, does not poison what adds up
// windows for a month, and is no fault.
func TestObjectiveNaN(t *testing.T) {
	long(t)
	for _, kind := range []string{
		"role: requests", "latency: {metric: answer_seconds, under: 100ms}", "share: {metric: answer_seconds, above: 100ms}",
		`share: {metric: requests_total, good: {code: "200"}}`, "errors: requests_total{code=\"500\"}\n    total: requests_total", "good: requests_total{code=\"200\"}\n    total: requests_total",
	} {
		s := scenario.Compile(t, map[string]string{"mlobs.yaml": minutely, "model.yaml": `version: mlobs/v1
model: api
owner: ml
selector: {job: api}
metrics:
  requests_total: {type: counter, role: requests, labels: {code: ["200", "500"]}, errors: {code: "500"}}
  answer_seconds: {type: histogram, unit: seconds, buckets: [0.1]}
slos:
  - name: requests
    objective: 99
    period: 7d
    ` + kind + "\n"})
		list := func() []enginetest.Series {
			return []enginetest.Series{
				perMinute(`requests_total{job="api",code="200"}`, 990), perMinute(`requests_total{job="api",code="500"}`, 10),
				perMinute(`answer_seconds_bucket{job="api",le="0.1"}`, 990), perMinute(`answer_seconds_bucket{job="api",le="+Inf"}`, 1000), perMinute(`answer_seconds_count{job="api"}`, 1000),
			}
		}
		spent := func(series []enginetest.Series) float64 {
			run := s.LoadAt(sparse, time.Minute, series)
			run.Until(3 * hour)
			return 1 - run.Value("ml_model:slo_budget:remaining7d")
		}
		want := spent(list())
		for i := range list() {
			ill := list()
			values := ill[i].Func
			ill[i].Func = func(at time.Duration) float64 {
				if at == 2*hour {
					return math.NaN()
				}
				return values(at)
			}
			// A window or two of thirty-six are not known.
			if got := spent(ill); !(math.Abs(got/want-1) < 0.06) {
				t.Errorf("%s: with NaN in %s %v of the budget is spent, without %v", kind, ill[i].Series, got, want)
			}
		}
	}
}

// TestObjectiveOfTwoModels: objectives of one name in two models do not read each other.
func TestObjectiveOfTwoModels(t *testing.T) {
	s := scenario.Compile(t, map[string]string{
		"mlobs.yaml": "version: mlobs/v1\nspecs: [a.yaml, b.yaml]\nprometheus: {scrape_interval: 1m, evaluation_interval: 1m}\n",
		"a.yaml":     namedSLO("a"), "b.yaml": namedSLO("b"),
	})
	run := s.LoadAt(sparse, time.Minute, []enginetest.Series{
		perMinute(`requests_total{job="a",code="200"}`, 900), perMinute(`requests_total{job="a",code="500"}`, 100),
		perMinute(`requests_total{job="b",code="200"}`, 1000), constant(`up{job="a"}`, 1), constant(`up{job="b"}`, 1),
	})
	run.Until(2 * hour)
	want := []string{"RequestsBudgetBurn1d a", "RequestsBudgetBurn1h a", "RequestsBudgetBurn3d a", "RequestsBudgetBurn6h a"}
	if d := cmp.Diff(want, burning(run, 2*hour, "ml_model")); d != "" {
		t.Error(d)
	}
	if got := run.Value(`ml_model:slo_budget:remaining30d{ml_model="b"}`); got != 1 {
		t.Errorf("of the budget of the other model %v is left", got)
	}
}

// burning are the alerts of objectives that fire.
func burning(run *scenario.Run, at time.Duration, labels ...string) (list []string) {
	for _, name := range run.Firing(at, labels...) {
		if strings.HasPrefix(name, "RequestsBudgetBurn") {
			list = append(list, name)
		}
	}
	return list
}

func namedSLO(model string) string {
	return `version: mlobs/v1
model: ` + model + `
owner: ml
selector: {job: ` + model + `}
metrics:
  requests_total: {type: counter, labels: {code: ["200", "500"]}}
slos:
  - name: requests
    objective: 99.9
    errors: requests_total{code="500"}
    total: requests_total
`
}

// TestObjectiveOfMembers: each member has its objective.
func TestObjectiveOfMembers(t *testing.T) {
	s := scenario.Compile(t, map[string]string{"mlobs.yaml": minutely, "model.yaml": `version: mlobs/v1
model: delivery
owner: ml
selector: {job: delivery}
members: {country: [AT, NO]}
metrics:
  requests_total: {type: counter, labels: {code: ["200", "500"], country: [AT, NO]}}
slos:
  - name: requests
    objective: 99.9
    errors: requests_total{code="500"}
    total: requests_total
`})
	run := s.LoadAt(sparse, time.Minute, []enginetest.Series{
		perMinute(`requests_total{job="delivery",country="NO",code="200"}`, 900), perMinute(`requests_total{job="delivery",country="NO",code="500"}`, 100),
		perMinute(`requests_total{job="delivery",country="AT",code="200"}`, 1000), constant(`up{job="delivery"}`, 1),
	})
	run.Until(2 * hour)
	want := []string{"RequestsBudgetBurn1d NO", "RequestsBudgetBurn1h NO", "RequestsBudgetBurn3d NO", "RequestsBudgetBurn6h NO"}
	if d := cmp.Diff(want, burning(run, 2*hour, "country")); d != "" {
		t.Error(d)
	}
	if got := run.Value(`ml_model:slo_budget:remaining30d{country="AT"}`); got != 1 {
		t.Errorf("of the budget of the other member %v is left", got)
	}
}

// TestObjectiveAllGone: where no target is left, those that must be there are down, and what must be fresh is old.
func TestObjectiveAllGone(t *testing.T) {
	s := scenario.Compile(t, map[string]string{"mlobs.yaml": minutely, "model.yaml": `version: mlobs/v1
model: api
owner: ml
selector: {job: api}
metrics:
  loaded_at_seconds: {type: gauge, unit: timestamp}
slos:
  - name: up
    objective: 90
    availability: targets
  - name: fresh
    objective: 90
    freshness: {metric: loaded_at_seconds, under: 1h}
`})
	run := s.LoadAt(sparse, time.Minute, []enginetest.Series{constant(`up{job="other"}`, 1)})
	run.Until(2 * hour)
	for _, name := range []string{"up", "fresh"} {
		if got := run.Value(`ml_model:slo_errors:ratio_rate6h{slo="` + name + `"}`); got != 1 {
			t.Errorf("%s: %v is bad", name, got)
		}
	}
}
