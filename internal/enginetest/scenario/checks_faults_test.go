package scenario_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
)

const watched = `version: mlobs/v1
model: m
owner: ml
selector: {job: m}
scrape: {interval: 1m}
metrics:
  predictions_total: {type: counter, labels: {class: [a, b, c], country: [AT, DE]}}
  sure: {type: histogram, unit: ratio, buckets: [0.5]}
  rows_total: {type: counter, labels: {feature: [age, zip], state: [ok, missing]}}
  requests_total: {type: counter, role: requests, errors: {code: "500"}, labels: {version: [stable, canary], code: ["200", "500"]}}
  latency: {type: histogram, unit: seconds, buckets: [0.1, 0.5, 1], labels: {version: [stable, canary]}}
  updated: {type: gauge, unit: timestamp, labels: {feature: [age, zip]}}
  drift_now: {type: gauge}
  found_total: {type: counter}
alerts: # what the role of the requests brings is not what is asked here
  - {name: TrafficDropped, omit: only checks are asked}
  - {name: ErrorsHigh, omit: only checks are asked}
  - {name: BadRequestsHigh, omit: only checks are asked}
checks:
  - {name: less-sure, confidence: sure, window: 10m, against: {offset: 30m}}
  - {name: collapse, collapse: predictions_total, across: class, by: [country], window: 10m}
  - {name: silent, silence: predictions_total, by: [country], against: {offset: 30m}}
  - {name: bad, quality: rows_total, bad: {state: missing}, by: [feature], window: 10m}
  - {name: errors, canary: requests_total, against: {version: stable}, window: 10m, significance: 0.01}
  - {name: slower, canary: latency, against: {version: stable}, window: 10m}
  - {name: old, freshness: updated, by: [feature], alert: 1h}
  - {name: drifted, external: drift_now, range: [0, 1], alert: 0.3}
  - {name: found, external: found_total, window: 10m}
`

// watchedRates is good weather: what each series counts per second.
var watchedRates = map[string]float64{
	`predictions_total{job="m",class="a",country="AT"}`: 0.5, `predictions_total{job="m",class="b",country="AT"}`: 0.4,
	`predictions_total{job="m",class="a",country="DE"}`: 0.5, `predictions_total{job="m",class="c",country="DE"}`: 0.4,
	`sure_sum{job="m"}`: 0.9, `sure_count{job="m"}`: 1,
	`rows_total{job="m",feature="age",state="ok"}`: 1, `rows_total{job="m",feature="zip",state="ok"}`: 1, `rows_total{job="m",feature="zip",state="missing"}`: 0.002,
	`requests_total{job="m",version="stable",code="200"}`: 10, `requests_total{job="m",version="canary",code="200"}`: 1,
	`requests_total{job="m",version="stable",code="500"}`: 0.01, `requests_total{job="m",version="canary",code="500"}`: 0.001,
	`latency_sum{job="m",version="stable"}`: 1, `latency_count{job="m",version="stable"}`: 10,
	`latency_sum{job="m",version="canary"}`: 0.1, `latency_count{job="m",version="canary"}`: 1,
	`found_total{job="m"}`: 0,
}

// TestChecksInBadWeather: each fault fires its alert and no other, after it has lasted; good weather and little traffic
// fire none.
func TestChecksInBadWeather(t *testing.T) {
	s := scenario.Compile(t, map[string]string{"m.yaml": watched})
	if s.Findings != "" {
		t.Errorf("findings:\n%s", s.Findings)
	}
	const change, end = 90 * time.Minute, 115 * time.Minute
	updated := func(feature string, last time.Duration) enginetest.Series {
		return enginetest.Series{Series: `updated{job="m",feature="` + feature + `"}`, For: end, Func: func(at time.Duration) float64 {
			return float64(enginetest.At(min(at, last)).Unix())
		}}
	}
	fine := []enginetest.Series{updated("age", end), updated("zip", end), {Series: `drift_now{job="m"}`, For: end, Func: enginetest.Constant(0.1)}}
	for name, test := range map[string]struct {
		// rates that are others from the change on; scale is that of all rates, at all times.
		rates map[string]float64
		scale float64
		// gone is what has no samples any more.
		gone string
		also []enginetest.Series
		want []string
	}{
		"fine":      {},
		"less sure": {rates: map[string]float64{`sure_sum{job="m"}`: 0.7}, want: []string{"LessSure"}},
		"collapse":  {rates: map[string]float64{`predictions_total{job="m",class="b",country="AT"}`: 0}, want: []string{"Collapse AT"}},
		"zero": {rates: map[string]float64{`predictions_total{job="m",class="a",country="DE"}`: 0, `predictions_total{job="m",class="c",country="DE"}`: 0},
			want: []string{"Silent DE"}},
		"gone":     {gone: "predictions_total", want: []string{"Silent AT", "Silent DE"}},
		"far less": {rates: map[string]float64{`predictions_total{job="m",class="a",country="DE"}`: 0.04, `predictions_total{job="m",class="c",country="DE"}`: 0.03}, want: []string{"Silent DE"}},
		"bad rows": {rates: map[string]float64{`rows_total{job="m",feature="zip",state="missing"}`: 0.2}, want: []string{"Bad zip"}},
		"errors":   {rates: map[string]float64{`requests_total{job="m",version="canary",code="500"}`: 0.1}, want: []string{"Errors canary"}},
		"both have errors": {rates: map[string]float64{`requests_total{job="m",version="canary",code="500"}`: 0.1, `requests_total{job="m",version="stable",code="500"}`: 1},
			want: nil},
		"slower":    {rates: map[string]float64{`latency_sum{job="m",version="canary"}`: 0.15}, want: []string{"Slower canary"}},
		"old":       {also: []enginetest.Series{updated("age", end), updated("zip", 40*time.Minute), fine[2]}, want: []string{"Old zip"}},
		"never set": {also: []enginetest.Series{updated("age", end), {Series: `updated{job="m",feature="zip"}`, For: end, Func: enginetest.Constant(0)}, fine[2]}, want: []string{"OldNeverSet zip"}},
		"drifted":   {also: []enginetest.Series{fine[0], fine[1], {Series: `drift_now{job="m"}`, For: end, Func: enginetest.Switch(change, enginetest.Constant(0.1), enginetest.Constant(0.4))}}, want: []string{"Drifted"}},
		"found":     {rates: map[string]float64{`found_total{job="m"}`: 0.01}, want: []string{"Found"}},
		"all bad, few": {scale: 0.005, want: nil, rates: map[string]float64{
			`sure_sum{job="m"}`: 0.1, `predictions_total{job="m",class="b",country="AT"}`: 0, `predictions_total{job="m",class="a",country="DE"}`: 0, `predictions_total{job="m",class="c",country="DE"}`: 0,
			`rows_total{job="m",feature="zip",state="missing"}`: 1, `requests_total{job="m",version="canary",code="500"}`: 1, `latency_sum{job="m",version="canary"}`: 1,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && !slices.Contains([]string{"collapse", "errors", "old", "all bad, few"}, name) {
				t.Skip("long: runs without -short, as in .ci/run")
			}
			after := maps.Clone(watchedRates)
			maps.Copy(after, test.rates)
			if test.scale == 0 {
				test.scale = 1
			}
			list := append([]enginetest.Series{{Series: `up{job="m"}`, For: end, Func: enginetest.Constant(1)}}, fine...)
			if test.also != nil {
				list = append(list[:1], test.also...)
			}
			for series, rate := range watchedRates {
				of := enginetest.Then(change, enginetest.Linear(rate*test.scale), enginetest.Linear(after[series]*test.scale))
				if test.gone != "" && len(series) > len(test.gone) && series[:len(test.gone)] == test.gone {
					of = enginetest.Without(change, end+time.Minute, of)
				}
				list = append(list, enginetest.Series{Series: series, For: end, Func: of})
			}
			run := s.LoadAt(enginetest.Pace{AtLeast: time.Minute}, time.Minute, list)
			run.Until(end)
			var fires []string
			for _, alert := range run.Firing(end, "country", "feature", "version") {
				fires = append(fires, strings.Join(strings.Fields(alert), " "))
			}
			if d := cmp.Diff(test.want, fires); d != "" {
				t.Error(d)
			}
			if early := run.Firing(change + time.Minute); name != "old" && name != "never set" && len(early) > 0 {
				t.Errorf("%v fire at once", early)
			}
		})
	}
}
