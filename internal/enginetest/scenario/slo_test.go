package scenario_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
)

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

// requestsSLO is a spec with an objective on a counter by status, over a period.
func requestsSLO(objective, period string) string {
	return `version: mlobs/v1
model: api
owner: ml
selector: {job: api}
metrics:
  requests_total: {type: counter, role: requests, labels: {code: ["200", "500"]}, errors: {code: "500"}}
slos:
  - name: requests
    objective: ` + objective + `
    period: ` + period + `
    role: requests
`
}

// minutely is a workspace whose targets are scraped and rules evaluated each minute.
const minutely = `version: mlobs/v1
specs: [model.yaml]
prometheus: {scrape_interval: 1m, evaluation_interval: 1m, retention: 40d}
`

// sparse is a pace at which days take seconds.
var sparse = enginetest.Pace{AtLeast: 150 * time.Second}

func compileSLO(t *testing.T, objective, period string) *scenario.Scenario {
	t.Helper()
	return scenario.Compile(t, map[string]string{"mlobs.yaml": minutely, "model.yaml": requestsSLO(objective, period)})
}

// spell is how many requests there are per minute, and how many of them fail, for a time.
type spell struct {
	lasts          time.Duration
	requests, fail float64
}

// traffic are the scraped series of a model in one weather after the other, a sample each minute.
func traffic(list ...spell) []enginetest.Series {
	var total time.Duration
	for _, w := range list {
		total += w.lasts
	}
	counter := func(perMinute func(spell) float64) func(time.Duration) float64 {
		return func(at time.Duration) (sum float64) {
			for _, w := range list {
				in := min(at, w.lasts)
				sum += in.Minutes() * perMinute(w)
				if at -= in; at == 0 {
					break
				}
			}
			return sum
		}
	}
	return []enginetest.Series{
		{Series: `requests_total{job="api",code="200"}`, For: total, Func: counter(func(w spell) float64 { return w.requests - w.fail })},
		{Series: `requests_total{job="api",code="500"}`, For: total, Func: counter(func(w spell) float64 { return w.fail })},
		{Series: `up{job="api"}`, For: total, Func: enginetest.Constant(1)},
	}
}

// long skips a test of some seconds where those are not asked for.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("long: runs without -short, as in .ci/run")
	}
}

// TestBurnRates: each pair of windows fires in its fault and soon after it is over no more; slower pairs see a fault
// that is so grave, too. In good weather and where there is little traffic nobody is told.
func TestBurnRates(t *testing.T) {
	good := spell{3 * day, 1000, 0.2}
	for _, tt := range []struct {
		name  string
		fault spell
		// fires in the end of the fault; after is what still fires an hour, or as long as the short window is, later.
		fires, after []string
		short        time.Duration
	}{
		{"good weather", spell{day, 1000, 0.5}, nil, nil, hour},
		{"twenty times, an hour", spell{hour, 1000, 20}, []string{"Burn1h"}, nil, 10 * time.Minute},
		{"eight times, six hours", spell{6 * hour, 1000, 8}, []string{"Burn6h"}, nil, 35 * time.Minute},
		{"four times, a day", spell{day, 1000, 4}, []string{"Burn1d", "Burn3d"}, []string{"Burn3d"}, 3 * hour},
		{"one and a half times, three days", spell{3 * day, 1000, 1.5}, []string{"Burn3d"}, nil, 4 * hour},
		{"few requests, half of them fail", spell{6 * hour, 0.2, 0.1}, nil, nil, hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			long(t)
			t.Parallel()
			before := good
			if tt.fault.requests < 1 {
				before.requests, before.fail = tt.fault.requests, 0
			}
			run := compileSLO(t, "99.9", "30d").LoadAt(sparse, time.Minute,
				traffic(before, tt.fault, spell{day, tt.fault.requests, 0}))
			run.Until(before.lasts)
			if fired := run.Fired(); fired != nil {
				t.Errorf("%v fired before the fault", fired)
			}
			end := before.lasts + tt.fault.lasts
			run.Until(end + tt.short)
			for _, at := range []struct {
				time time.Duration
				want []string
			}{{end, tt.fires}, {end + tt.short, tt.after}} {
				var want []string
				for _, name := range at.want {
					want = append(want, "RequestsBudget"+name)
				}
				if d := cmp.Diff(want, run.Firing(at.time)); d != "" {
					t.Errorf("at %v (-want +got):\n%s", at.time, d)
				}
			}
			if tt.fires == nil && run.Fired() != nil {
				t.Errorf("%v fired", run.Fired())
			}
		})
	}
}

// uneven are days of a busy half without errors and a quiet one in which one request in twenty-one fails: 5 of 105
// each minute. Of all requests 0.45 % fail.
func uneven(days int) (list []spell) {
	for range days {
		list = append(list, spell{12 * hour, 1000, 0}, spell{12 * hour, 105, 5})
	}
	return list
}

const unevenShare = 5.0 * 720 / (1000*720 + 105*720)

// timeWeighted are rules that average the shares of moments, as is often done: a quiet night counts like a busy day.
const timeWeighted = `groups:
- name: average
  interval: 5m
  rules:
  - record: share:rate5m
    expr: (sum(rate(requests_total{code=~"5.."}[5m])) or 0 * sum(rate(requests_total[5m]))) / sum(rate(requests_total[5m]))
`

// lastHour lets groups that were meant to run at another pace than the fastest run only in the end: what they record
// is read by nobody but people.
func lastHour(end time.Duration) func(string, time.Duration) time.Duration {
	return func(name string, _ time.Duration) time.Duration {
		if strings.HasSuffix(name, "/2m30s") {
			return end - hour
		}
		return 0
	}
}

// TestBudgetCountsEvents: the budget of thirty days is right where traffic is uneven; an average of moments is five
// times too much.
func TestBudgetCountsEvents(t *testing.T) {
	long(t)
	t.Parallel()
	const month = 30 * day
	run := compileSLO(t, "99", "30d").LoadAt(enginetest.Pace{AtLeast: 5 * time.Minute, Late: lastHour(month)}, time.Minute, traffic(uneven(30)...))
	run.Until(month)
	if got := 1 - run.Value("ml_model:slo_budget:remaining30d"); math.Abs(got*0.01-unevenShare) > 1e-9 {
		t.Errorf("%v of the requests failed, not %v", got*0.01, unevenShare)
	}
	if err := run.Storage.Rules([]byte(timeWeighted), enginetest.At(0), enginetest.At(month)); err != nil {
		t.Fatal(err)
	}
	if got := run.Value("sum_over_time(share:rate5m[30d]) / count_over_time(share:rate5m[30d])"); math.Abs(got-0.0238) > 1e-4 {
		t.Errorf("the average of moments is %v", got)
	}
}

// TestBudgetWithoutTraffic: a day without requests, or without any series, takes nothing from the budget and
// does not make it unknown.
func TestBudgetWithoutTraffic(t *testing.T) {
	long(t)
	for _, gone := range []bool{false, true} {
		list := traffic(append(append(uneven(2), spell{day, 0, 0}), uneven(1)...)...)
		if gone {
			for i := range list[:2] {
				values := list[i].Func
				list[i].Func = func(at time.Duration) float64 {
					switch {
					case at == 2*day+time.Minute:
						return enginetest.Stale
					case at > 2*day && at < 3*day:
						return enginetest.Gap
					}
					return values(at)
				}
			}
		}
		run := compileSLO(t, "99", "7d").LoadAt(sparse, time.Minute, list)
		for _, at := range []time.Duration{2 * day, 2*day + 12*hour, 3 * day, 4 * day} {
			run.Until(at)
			if got := (1 - run.Value("ml_model:slo_budget:remaining7d")) * 0.01; !(math.Abs(got-unevenShare) < 1e-5) {
				t.Errorf("at %v, series gone: %v: %v of the requests failed, not %v", at, gone, got, unevenShare)
			}
		}
	}
}

// TestBudgetAfterOutage: two hours in which Prometheus was down are missing from both numbers, and nobody is told
// of a fault that there was not.
func TestBudgetAfterOutage(t *testing.T) {
	long(t)
	const from, to = day + 6*hour + 90*time.Second, day + 8*hour + 90*time.Second
	list := traffic(spell{3 * day, 1000, 2})
	for i := range list {
		list[i].Func = enginetest.Without(from, to, list[i].Func)
	}
	run := compileSLO(t, "99", "7d").LoadAt(sparse, time.Minute, list)
	run.Until(from)
	run.Outage(to)
	for _, at := range []time.Duration{to + time.Minute, to + 5*time.Minute, to + hour, 3 * day} {
		run.Until(at)
		if got := 1 - run.Value("last_over_time(ml_model:slo_budget:remaining7d[5m])"); !(math.Abs(got-0.2) < 1e-9) {
			t.Errorf("%v after the outage %v of the budget is gone, not a fifth", at-to, got)
		}
	}
	if fired := run.Fired(); fired != nil {
		t.Errorf("%v fired", fired)
	}
}

// TestObjectiveAlignment: what is recorded and what fires does not depend on the moments at which groups run.
func TestObjectiveAlignment(t *testing.T) {
	s := compileSLO(t, "99.9", "30d")
	for _, pace := range []enginetest.Pace{{}, {Spread: true}} {
		if testing.Short() && !pace.Spread {
			continue // long: runs without -short, as in .ci/run
		}
		run := s.LoadAt(pace, time.Minute, traffic(spell{3 * hour, 1000, 20}))
		run.Until(3 * hour)
		for _, name := range []string{"ml_model:slo_errors:ratio_rate5m", "ml_model:slo_errors:ratio_rate1h", "ml_model:slo_errors:ratio_rate6h", "ml_model:slo_errors:ratio_rate3d"} {
			if got := run.Value(name); math.Abs(got-0.02) > 1e-9 {
				t.Errorf("%+v: %s is %v", pace, name, got)
			}
		}
		if d := cmp.Diff([]string{"RequestsBudgetBurn1d", "RequestsBudgetBurn1h", "RequestsBudgetBurn3d", "RequestsBudgetBurn6h"}, run.Firing(3*hour)); d != "" {
			t.Errorf("%+v: %s", pace, d)
		}
	}
}
