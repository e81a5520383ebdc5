package soak

import (
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
)

func TestRun(t *testing.T) {
	seeds := [][]string{{"model: m\nowner: o\n", "a"}, {"rate(x[5m]) > 0.5\n", "b"}}
	var calls, changed atomic.Int64
	Run(t, seeds, func(tb testing.TB, input []string) {
		calls.Add(1)
		if len(input) != 2 {
			tb.Fatalf("%d texts", len(input))
		}
		if input[0] != seeds[0][0] && input[0] != seeds[1][0] || input[1] != "a" && input[1] != "b" {
			changed.Add(1)
		}
	})
	if calls.Load() < few() && *executions == 0 || changed.Load() < calls.Load()*8/10 {
		t.Errorf("%d calls, %d with a change", calls.Load(), changed.Load())
	}
}

func TestEach(t *testing.T) {
	var calls, sum atomic.Int64
	Each(t, func(_ testing.TB, seed uint64) {
		calls.Add(1)
		sum.Add(int64(seed - *startAt))
	})
	if n := calls.Load(); n < few() && *executions == 0 || sum.Load() != n*(n-1)/2 {
		t.Errorf("%d calls, seeds add up to %d", n, sum.Load())
	}
}

func TestFailures(t *testing.T) {
	for name, property := range map[string]func(testing.TB){
		"fatal":  func(tb testing.TB) { tb.Fatal("wrong") },
		"errorf": func(tb testing.TB) { tb.Errorf("%s", "wrong") },
		"panic":  func(testing.TB) { panic("wrong") },
	} {
		if problem := try(t, property); !strings.Contains(problem, "wrong") {
			t.Errorf("%s: %q", name, problem)
		}
	}
	if problem := try(t, func(testing.TB) {}); problem != "" {
		t.Error(problem)
	}
}

// The same seed gives the same input, or nothing could be repeated.
func TestMutateRepeats(t *testing.T) {
	seeds := [][]string{{"model: m\nowner: o\nmetrics: {a: {type: gauge}}\n"}, {"x: [1, 2]\ny: 'a b'\n"}}
	words := vocabulary(seeds)
	for seed := range uint64(200) {
		a := mutate(rand.New(rand.NewPCG(seed, 0)), seeds, words)
		b := mutate(rand.New(rand.NewPCG(seed, 0)), seeds, words)
		if a[0] != b[0] {
			t.Fatalf("seed %d: %q, %q", seed, a[0], b[0])
		}
	}
}
