package checks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
)

// Good weather until the fault; the check compares ten minutes with those an hour before.
const (
	fault = 80 * time.Minute
	over  = 110 * time.Minute
)

// turning is a counter whose rate changes with the fault.
func turning(series string, before, after float64) enginetest.Series {
	return enginetest.Series{Series: series, For: over, Func: enginetest.Then(fault, enginetest.Linear(before), enginetest.Linear(after))}
}

// turningHistogram has its values below 1 before and above 1 after, or not.
func turningHistogram(name string, turns bool) (list []enginetest.Series) {
	low, high := 1.0, 1.0
	if turns {
		high = 0
	}
	list = append(list, turning(name+`_bucket{job="shop",le="1"}`, low, high))
	for _, le := range []string{`_bucket{job="shop",le="2"}`, `_bucket{job="shop",le="+Inf"}`, `_count{job="shop"}`, `_sum{job="shop"}`} {
		list = append(list, turning(name+le, 1, 1))
	}
	return list
}

func weather(t *testing.T, spec string, series []enginetest.Series) *scenario.Run {
	t.Helper()
	compiled := scenario.Compile(t, map[string]string{"mlobs.yaml": shop, "model.yaml": "version: mlobs/v1\nmodel: shop\nowner: ml\nselector: {job: shop}\n" + spec})
	if compiled.Findings != "" {
		t.Errorf("findings:\n%s", compiled.Findings)
	}
	run := compiled.Load(30*time.Second, append(series, enginetest.Series{Series: `up{job="shop"}`, For: over, Func: enginetest.Constant(1)}))
	run.Until(over)
	return run
}

const drifting = `metrics:
  seen_total: {type: counter, labels: {class: [a, b, c]}}
checks:
  - {drift: seen_total, window: 10m, against: {offset: 1h}, for: 5m}
`

// TestDriftFires: in its fault, after `for`, and neither in good weather nor of too few samples.
func TestDriftFires(t *testing.T) {
	data := func(rate, after float64) []enginetest.Series {
		return []enginetest.Series{turning(`seen_total{job="shop",class="a"}`, rate, after), turning(`seen_total{job="shop",class="b"}`, rate, rate)}
	}
	run := weather(t, drifting, data(1, 0))
	for at, want := range map[time.Duration][]string{fault: nil, fault + 5*time.Minute: nil, fault + 14*time.Minute: {"DriftSeenTotal"}} {
		if d := cmp.Diff(want, run.Firing(at)); d != "" {
			t.Errorf("at %v: %s", at, d)
		}
	}
	sent := slices.IndexFunc(run.Storage.Sent, func(n enginetest.Notification) bool { return n.Name == "DriftSeenTotal" })
	if sent < 0 {
		t.Fatal("nobody was told")
	}
	text := fmt.Sprint(run.Storage.Sent[sent])
	for _, want := range []string{"`seen_total` has drifted from 1 hour ago (PSI ", "now less then: ", "a -", "b ", "Did the inputs change"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not say %q: %s", want, text)
		}
	}
	for name, data := range map[string][]enginetest.Series{"good weather": data(1, 1), "more of everything": {turning(`seen_total{job="shop",class="a"}`, 1, 3), turning(`seen_total{job="shop",class="b"}`, 1, 3)}, "few samples": data(0.2, 0)} {
		if fired := weather(t, drifting, data).Fired(); fired != nil {
			t.Errorf("%s: %v fires", name, fired)
		}
	}
}

// TestDriftSignal: the strip shows the worst of several metrics, in one line.
func TestDriftSignal(t *testing.T) {
	run := weather(t, `metrics:
  age: {type: histogram, unit: none, buckets: [1, 2], role: feature}
  size: {type: histogram, unit: none, buckets: [1, 2], role: feature}
checks:
  - {drift: {role: feature}, window: 10m, against: {offset: 1h}}
`, append(turningHistogram("age", true), turningHistogram("size", false)...))
	if v := run.Value(`ml_model:signal:state{signal="Drift"}`); v != 2 {
		t.Errorf("the signal is %g", v)
	}
	if d := cmp.Diff([]string{"DriftFeature age"}, run.Firing(over, "feature")); d != "" {
		t.Error(d)
	}
}

const features = `metrics:
  age: {type: histogram, unit: none, buckets: [1, 2]}
  size: {type: histogram, unit: none, buckets: [1, 2]}
  speed: {type: histogram, unit: none, buckets: [1, 2]}
checks:
  - {name: inputs, drift: [age, size, speed], window: 10m, against: {offset: 1h}, at_least: 2, except: {speed: {LIMIT}}}
`

// TestDriftAtLeast: one alert when so many metrics have drifted, which it lists; an exception has its own limit.
func TestDriftAtLeast(t *testing.T) {
	data := func(turn ...string) (list []enginetest.Series) {
		for _, name := range []string{"age", "size", "speed"} {
			list = append(list, turningHistogram(name, slices.Contains(turn, name))...)
		}
		return list
	}
	with := func(limit string) string { return strings.Replace(features, "LIMIT", limit, 1) }
	run := weather(t, with("alert: 0.3"), data("age", "speed"))
	if v := run.Value(`ml_model:inputs:drifted_10m_against_1h`); v != 2 {
		t.Errorf("%g have drifted", v)
	}
	if d := cmp.Diff([]string{"Inputs"}, run.Firing(over)); d != "" {
		t.Error(d)
	}
	text := fmt.Sprint(run.Storage.Sent)
	for _, want := range []string{"2 of 3 metrics have drifted from 1 hour ago", "KS distance): age ", "%, speed "} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not say %q: %s", want, text)
		}
	}
	if fired := weather(t, with("alert: 0.3"), data("age")).Fired(); fired != nil {
		t.Errorf("of one: %v", fired)
	}
	if fired := weather(t, with("omit: it is new"), data("age", "speed")).Fired(); fired != nil {
		t.Errorf("of one that counts: %v", fired)
	}
}

// TestDriftMembers: each member is compared by itself, also with shares that all have in common.
func TestDriftMembers(t *testing.T) {
	var data []enginetest.Series
	for _, country := range []string{"AT", "DE"} {
		after := map[string]float64{"AT": 1, "DE": 0}[country]
		data = append(data, turning(`seen_total{job="shop",country="`+country+`",class="a"}`, 1, after), turning(`seen_total{job="shop",country="`+country+`",class="b"}`, 1, 1))
	}
	run := weather(t, `members: {country: [AT, DE]}
metrics:
  seen_total: {type: counter, labels: {country: [AT, DE], class: [a, b, c]}}
checks:
  - {drift: seen_total, across: class, window: 10m, against: {offset: 1h}}
  - {name: trained, drift: seen_total, across: class, window: 10m, method: tvd, against: {reference: {a: 0.45, b: 0.5, c: 0.05}}}
`, data)
	if d := cmp.Diff([]string{"DriftSeenTotal DE", "Trained DE"}, run.Firing(over, "country")); d != "" {
		t.Error(d)
	}
	if v := run.Value(`ml_model:seen:tvd_10m_against_reference{country="AT"}`); !(v > 0.04999 && v < 0.05001) {
		t.Errorf("the distance of AT is %g", v)
	}
}

// TestDriftRuns: a batch job leaves the numbers of its last run behind, which are compared with a run before.
func TestDriftRuns(t *testing.T) {
	steps := func(series string, before, after float64) enginetest.Series {
		return enginetest.Series{Series: series, For: over, Func: enginetest.Switch(fault, enginetest.Constant(before), enginetest.Constant(after))}
	}
	run := weather(t, `traffic: {every: 1h}
metrics:
  seen_total: {type: counter, labels: {class: [a, b, c]}}
checks:
  - {drift: seen_total, against: {offset: 1h}, method: tvd}
`, []enginetest.Series{steps(`seen_total{job="shop",class="a"}`, 600, 200), steps(`seen_total{job="shop",class="b"}`, 400, 800)})
	if v := run.Value(`ml_model:seen:tvd_last_run_against_1h`); !(v > 0.39999 && v < 0.40001) {
		t.Errorf("the distance is %g", v)
	}
	if d := cmp.Diff([]string{"DriftSeenTotal"}, run.Firing(over)); d != "" {
		t.Error(d)
	}
	for want, check := range map[string]string{"is no whole number of runs": "against: {offset: 90m}", "its values are those of the last run": "window: 2h"} {
		got := scenario.CompileErr(t, map[string]string{"model.yaml": "version: mlobs/v1\nmodel: shop\nowner: ml\nselector: {job: shop}\ntraffic: {every: 1h}\nmetrics:\n  seen_total: {type: counter, labels: {class: [a, b]}}\nchecks:\n  - {drift: seen_total, " + check + "}\n"})
		if !strings.Contains(got, want) {
			t.Errorf("the message does not say %q:\n%s", want, got)
		}
	}
}
