package enginetest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
)

// paced are groups that record when they run, at two intervals; the one that reads stands first.
const paced = `
groups:
- name: slow
  interval: 3m
  rules:
  - {record: slow, expr: time()}
  - {record: seen, expr: fast}
- name: fast
  interval: 1m
  rules: [{record: fast, expr: time()}]
`

// recorded are the minutes after Start at which a series has a sample, up to now.
func recorded(t *testing.T, s *enginetest.Storage, name string, now time.Duration) (minutes []float64) {
	t.Helper()
	m, err := s.QueryRange("("+name+" - "+"timestamp("+name+")) * 0 + timestamp("+name+")", enginetest.At(0), enginetest.At(now), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	for _, series := range m {
		for _, p := range series.Floats {
			minutes = append(minutes, (p.F-float64(enginetest.Start.Unix()))/60)
		}
	}
	slices.Sort(minutes)
	return slices.Compact(minutes)
}

func groups(t *testing.T, s *enginetest.Storage, pace enginetest.Pace) *enginetest.Groups {
	t.Helper()
	pace.Start = enginetest.Start
	g, err := s.Groups(pace, []byte(paced))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func until(t *testing.T, g *enginetest.Groups, at time.Duration) {
	t.Helper()
	if err := g.Until(enginetest.At(at)); err != nil {
		t.Fatal(err)
	}
}

// TestPace: each group runs at its interval; what is due at once runs in the order of the file.
func TestPace(t *testing.T) {
	s := enginetest.New(t)
	g := groups(t, s, enginetest.Pace{})
	until(t, g, 2*time.Minute)
	until(t, g, 4*time.Minute)
	if d := cmp.Diff([]float64{0, 1, 2, 3, 4}, recorded(t, s, "fast", 4*time.Minute)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]float64{0, 3}, recorded(t, s, "slow", 4*time.Minute)); d != "" {
		t.Error(d)
	}
	if got := query(t, s, `time() - seen`, 3*time.Minute); got != `{} 60` {
		t.Errorf("the first group does not read what the second recorded a minute before: %s", got)
	}
}

func TestPaceAtLeast(t *testing.T) {
	s := enginetest.New(t)
	until(t, groups(t, s, enginetest.Pace{AtLeast: 2 * time.Minute}), 6*time.Minute)
	if d := cmp.Diff([]float64{0, 2, 4, 6}, recorded(t, s, "fast", 6*time.Minute)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]float64{0, 3, 6}, recorded(t, s, "slow", 6*time.Minute)); d != "" {
		t.Error(d)
	}
}

func TestPaceLate(t *testing.T) {
	s := enginetest.New(t)
	late := func(_ string, interval time.Duration) time.Duration {
		if interval < 3*time.Minute {
			return 0
		}
		return 4 * time.Minute
	}
	until(t, groups(t, s, enginetest.Pace{Late: late}), 9*time.Minute)
	if d := cmp.Diff([]float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, recorded(t, s, "fast", 9*time.Minute)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]float64{6, 9}, recorded(t, s, "slow", 9*time.Minute)); d != "" {
		t.Error(d)
	}
}

// TestPaceSpread: groups run at moments of their own, always the same, an interval apart.
func TestPaceSpread(t *testing.T) {
	var first []float64
	for range 2 {
		s := enginetest.New(t)
		until(t, groups(t, s, enginetest.Pace{Spread: true}), 12*time.Minute)
		fast, slow := recorded(t, s, "fast", 12*time.Minute), recorded(t, s, "slow", 12*time.Minute)
		if len(fast) != 12 || len(slow) != 4 || fast[0] == slow[0] || fast[0] > 1 || slow[0] > 3 {
			t.Errorf("fast at %v, slow at %v", fast, slow)
		}
		for i := range len(fast) - 1 {
			if gap := fast[i+1] - fast[i]; gap < 0.999 || gap > 1.001 {
				t.Errorf("fast at %v", fast)
			}
		}
		if first != nil && !slices.Equal(first, fast) {
			t.Errorf("at %v, then at %v", first, fast)
		}
		first = fast
	}
}

// TestRestart: after an outage the groups keep their moments, and alerts wait again.
func TestRestart(t *testing.T) {
	s := enginetest.New(t)
	g := groups(t, s, enginetest.Pace{})
	until(t, g, 4*time.Minute)
	if err := g.Restart(enginetest.At(10 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	until(t, g, 12*time.Minute)
	if d := cmp.Diff([]float64{0, 3, 12}, recorded(t, s, "slow", 12*time.Minute)); d != "" {
		t.Error(d)
	}

	const alert = "groups:\n- name: g\n  rules: [{alert: A, expr: vector(1), for: 5m}]\n"
	s = enginetest.New(t)
	g, err := s.Groups(enginetest.Pace{Start: enginetest.Start}, []byte(alert))
	if err != nil {
		t.Fatal(err)
	}
	until(t, g, 4*time.Minute)
	if err := g.Restart(enginetest.At(10 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	until(t, g, 15*time.Minute)
	for at, want := range map[time.Duration]int{14 * time.Minute: 0, 15 * time.Minute: 1} {
		firing, err := s.Firing(enginetest.At(at))
		if err != nil || len(firing) != want {
			t.Errorf("at %v %v fires, %v", at, firing, err)
		}
	}
}
