package scenario_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
)

// Random weather for checks: pods that come, go and restart, labels of which some values never occur, empty buckets.
// What the rules record is held against definitions that are computed here, from what `increase` says of each series.

const (
	weatherStep = time.Minute
	weatherEnd  = 70 * time.Minute
)

// climate makes the series of some counters.
type climate struct {
	*rand.Rand
	list []enginetest.Series
	pods []pod
}

// pod is one copy of the model: it lives from start to end, and restarts once or never.
type pod struct {
	name                string
	start, end, restart time.Duration
}

func newClimate(seed uint64) *climate {
	w := &climate{Rand: rand.New(rand.NewPCG(seed, 7))}
	for i := range 1 + w.IntN(3) {
		p := pod{name: fmt.Sprintf("p%d", i), end: weatherEnd}
		if i > 0 && w.IntN(3) == 0 {
			p.start = time.Duration(w.IntN(60)) * time.Minute
		}
		if i > 0 && w.IntN(3) == 0 {
			p.end = p.start + time.Duration(w.IntN(60))*time.Minute
		}
		if w.IntN(3) == 0 {
			p.restart = p.start + time.Duration(1+w.IntN(60))*time.Minute
		}
		w.pods = append(w.pods, p)
	}
	return w
}

// counter is a series on each pod that grows by up to most in a step; in a second half by another pace.
func (w *climate) counter(name, labels string, most int) {
	w.counters([]string{name}, []string{labels}, func() []int { return []int{w.IntN(most + 1)} })
}

// counters are series that grow together: grow says by how much in each step.
func (w *climate) counters(names, labels []string, grow func() []int) {
	for _, p := range w.pods {
		values := make([][]float64, len(names))
		sums := make([]float64, len(names))
		for at := time.Duration(0); at <= weatherEnd; at += weatherStep {
			for i, by := range grow() {
				if at == p.restart {
					sums[i] = 0
				}
				v := enginetest.Gap
				if at >= p.start && at <= p.end {
					sums[i] += float64(by)
					v = sums[i]
				}
				values[i] = append(values[i], v)
			}
		}
		for i := range names {
			w.add(fmt.Sprintf(`%s{job="m",pod=%q%s}`, names[i], p.name, comma(labels[i])), values[i])
		}
	}
}

func (w *climate) add(series string, values []float64) {
	w.list = append(w.list, enginetest.Series{Series: series, For: weatherEnd, Func: func(at time.Duration) float64 { return values[at/weatherStep] }})
}

func comma(labels string) string {
	if labels == "" {
		return ""
	}
	return "," + labels
}

// histogram is a classic one of values below the last bound and some above; some buckets are never hit.
func (w *climate) histogram(name, labels string, bounds []float64, most int) {
	hit := make([]bool, len(bounds)+1)
	for i := range hit {
		hit[i] = w.IntN(3) > 0
	}
	hit[w.IntN(len(hit))] = true
	names, all := make([]string, 0, len(bounds)+3), []string(nil)
	for _, b := range append(slices.Clone(bounds), math.Inf(1)) {
		le := fmt.Sprint(b)
		if !strings.Contains(le, ".") {
			le += ".0"
		}
		names, all = append(names, name+"_bucket"), append(all, strings.TrimPrefix(comma(labels)+`,le="`+strings.Replace(le, "+Inf.0", "+Inf", 1)+`"`, ","))
	}
	names, all = append(names, name+"_sum", name+"_count"), append(all, labels, labels)
	w.counters(names, all, func() []int {
		growth := make([]int, len(names))
		for range w.IntN(most + 1) {
			bin := w.IntN(len(hit))
			if !hit[bin] {
				continue
			}
			for i := bin; i <= len(bounds); i++ {
				growth[i]++
			}
			growth[len(bounds)+1] += bin + 1 // what was observed, in units of its own
			growth[len(bounds)+2]++
		}
		return growth
	})
}

// gauge is a series on each pod, now and then NaN.
func (w *climate) gauge(name, labels string, of func() float64) {
	for _, p := range w.pods {
		var values []float64
		for at := time.Duration(0); at <= weatherEnd; at += weatherStep {
			v := of()
			switch {
			case at < p.start || at > p.end:
				v = enginetest.Gap
			case w.IntN(20) == 0:
				v = math.NaN()
			}
			values = append(values, v)
		}
		w.add(fmt.Sprintf(`%s{job="m",pod=%q%s}`, name, p.name, comma(labels)), values)
	}
}

// world answers what definitions ask: increases at a time.
type world struct {
	t   *testing.T
	run *scenario.Run
	// window of all increases.
	window string
}

// groups is a number for each combination of values of labels.
type groups map[string]float64

// increase is the increase of the series that a selector selects, summed by labels.
func (w *world) increase(selector string, at time.Duration, by ...string) groups {
	v, err := w.run.Storage.Query("increase("+selector+"["+w.window+"])", enginetest.At(at))
	if err != nil {
		w.t.Fatal(err)
	}
	out := groups{}
	for _, s := range v {
		var key []string
		for _, l := range by {
			key = append(key, s.Metric.Get(l))
		}
		out[strings.Join(key, "/")] += s.F
	}
	return out
}

// recorded is what the rules of a check recorded, by labels.
func (w *world) recorded(selector string, by ...string) groups {
	v, err := w.run.Storage.Query(selector, enginetest.At(w.run.Now))
	if err != nil {
		w.t.Fatal(err)
	}
	out := groups{}
	for _, s := range v {
		var key []string
		for _, l := range by {
			key = append(key, s.Metric.Get(l))
		}
		if _, again := out[strings.Join(key, "/")]; again {
			w.t.Errorf("%s: %v is there twice", selector, key)
		}
		out[strings.Join(key, "/")] = s.F
	}
	return out
}

// same holds what was recorded against what follows from the definition.
func (w *world) same(what string, got, want groups) {
	w.t.Helper()
	for key, v := range want {
		g, ok := got[key]
		if !ok || !(math.Abs(g-v) <= 1e-9*max(1, math.Abs(v))) {
			w.t.Errorf("%s of %q: recorded %v (%v), by definition %v", what, key, g, ok, v)
		}
		if math.IsNaN(g) {
			w.t.Errorf("%s of %q is NaN", what, key)
		}
	}
	for key, g := range got {
		if _, ok := want[key]; !ok {
			w.t.Errorf("%s of %q: recorded %v, by definition there is none", what, key, g)
		}
	}
}

// lately is the last of what a definition gave at an offset, up to twenty minutes before: rules read so far back.
func (w *world) lately(ago, pace time.Duration, of func(at time.Duration) groups) groups {
	out := groups{}
	for back := time.Duration(0); back < 20*time.Minute; back += pace {
		at := w.run.Now - ago - back
		if at < 0 {
			break
		}
		for key, v := range of(at) {
			if _, ok := out[key]; !ok {
				out[key] = v
			}
		}
	}
	return out
}

// weatherSeeds are those of random weather: many in long tests.
func weatherSeeds(long int) int {
	if testing.Short() {
		return 2
	}
	return long
}
