package scenario_test

import (
	"math"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
)

// TestMain lets garbage pile up: these tests evaluate small queries by the hundred thousand.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	m.Run()
}

const small = `version: mlobs/v1
model: digits
owner: vision
selector: {job: digits}
metrics:
  requests_total: {type: counter, labels: {code: ["200", "500"]}}
  code:requests:rate5m:
    query: sum by (code) (rate(requests_total[5m]))
alerts:
  - name: TooMany
    query: sum(rate(requests_total[$window]))
    window: 5m
    above: 5
    for: 2m
    severity: page
`

// load of the model: so many requests per second before and after a quarter of an hour.
func load(before, after float64) []enginetest.Series {
	return []enginetest.Series{
		{Series: `requests_total{job="digits",code="200"}`, For: time.Hour, Func: enginetest.Then(15*time.Minute, enginetest.Linear(before), enginetest.Linear(after))},
		{Series: `up{job="digits"}`, For: time.Hour, Func: enginetest.Constant(1)},
		{Series: `requests_total{job="other",code="200"}`, For: time.Hour, Func: enginetest.Linear(100)},
	}
}

// TestRun: the generated rules record and fire at the moments of their group.
func TestRun(t *testing.T) {
	s := scenario.Compile(t, map[string]string{"digits.yaml": small})
	for _, path := range []string{"prometheus/digits.rules.yaml", "dashboards/vision/digits.json"} {
		if len(s.Files[path]) == 0 {
			t.Errorf("no %s", path)
		}
	}
	run := s.Load(15*time.Second, load(1, 10))
	run.Until(14 * time.Minute)
	if v := run.Value("sum(code:requests:rate5m)"); math.Abs(v-1) > 1e-9 {
		t.Errorf("recorded %v", v)
	}
	if fired := run.Fired(); fired != nil {
		t.Errorf("%v fired", fired)
	}
	run.Until(30 * time.Minute)
	// 5 of 10 requests a second are passed when a bit less than half of the window is over.
	if d := cmp.Diff([]string{"TooMany digits page"}, run.Pending(18*time.Minute, "ml_model", "severity")); d != "" {
		t.Error(d)
	}
	for at, want := range map[time.Duration][]string{16 * time.Minute: nil, 19*time.Minute + 30*time.Second: {"TooMany digits"}, 30 * time.Minute: {"TooMany digits"}} {
		if d := cmp.Diff(want, run.Firing(at, "ml_model")); d != "" {
			t.Errorf("at %v: %s", at, d)
		}
	}
	if d := cmp.Diff([]string{"TooMany"}, run.Fired()); d != "" {
		t.Error(d)
	}
	got := run.Vector(`code:requests:rate5m{job!="x"}`)
	for i := range got {
		got[i].Value = math.Round(got[i].Value)
	}
	want := []scenario.Sample{{Labels: map[string]string{"__name__": "code:requests:rate5m", "code": "200", "ml_model": "digits"}, Value: 10}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestOutage: during an outage nothing is evaluated, after it alerts wait again.
func TestOutage(t *testing.T) {
	list := load(10, 10)
	for i := range list {
		list[i].Func = enginetest.Without(20*time.Minute, 40*time.Minute, list[i].Func)
	}
	run := scenario.Compile(t, map[string]string{"digits.yaml": small}).Load(15*time.Second, list)
	run.Until(20*time.Minute - time.Second)
	run.Outage(40 * time.Minute)
	run.Until(time.Hour)
	for at, want := range map[time.Duration]int{19 * time.Minute: 1, 30 * time.Minute: 0, 41 * time.Minute: 0, 50 * time.Minute: 1} {
		if got := run.Firing(at); len(got) != want {
			t.Errorf("at %v %v fire", at, got)
		}
	}
}

// TestSpread: what is recorded does not depend on the moment at which a group runs.
func TestSpread(t *testing.T) {
	s := scenario.Compile(t, map[string]string{"digits.yaml": small})
	for _, pace := range []enginetest.Pace{{}, {Spread: true}, {AtLeast: time.Minute}} {
		run := s.LoadAt(pace, 15*time.Second, load(1, 1))
		run.Until(30 * time.Minute)
		if v := run.Value("sum(code:requests:rate5m)"); math.Abs(v-1) > 1e-9 {
			t.Errorf("%+v: recorded %v", pace, v)
		}
	}
}

func TestCompileErr(t *testing.T) {
	got := scenario.CompileErr(t, map[string]string{"digits.yaml": strings.Replace(small, "above: 5", "above: 5ms", 1)})
	if !strings.Contains(got, "digits.yaml:13:") || !strings.Contains(got, "5ms") {
		t.Errorf("got %s", got)
	}
}

// TestFindings: what the linter says is at hand.
func TestFindings(t *testing.T) {
	s := scenario.Compile(t, map[string]string{"digits.yaml": small})
	if s.Findings != "" {
		t.Errorf("findings:\n%s", s.Findings)
	}
	s = scenario.Compile(t, map[string]string{"digits.yaml": strings.Replace(small, `["200", "500"]`, "9000", 1)})
	if !strings.Contains(s.Findings, "warning") {
		t.Errorf("findings:\n%s", s.Findings)
	}
}
