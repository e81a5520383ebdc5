package checks_test

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

// The present of the simulated worlds, and how often they are scraped.
const (
	present = 80 * time.Minute
	scraped = 30 * time.Second
)

const shop = `version: mlobs/v1
specs: [model.yaml]
prometheus: {scrape_interval: 30s, evaluation_interval: 30s}
`

// world is scrape data of random weather: several pods that restart, classes and buckets that come, go or stay empty.
type world struct {
	*rand.Rand
	series []enginetest.Series
}

// counter adds a counter whose rates change in time, and that begins anew now and then.
func (w *world) counter(series string, rates [2]int, born, dies time.Duration, restarts []time.Duration) {
	values := map[time.Duration]float64{}
	value := 0.0
	for at := time.Duration(0); at <= present; at += scraped {
		if slices.Contains(restarts, at) {
			value = 0
		}
		rate := rates[0]
		if at > 45*time.Minute {
			rate = rates[1]
		}
		if rate > 0 {
			value += float64(w.IntN(2*rate + 1))
		}
		values[at] = value
	}
	w.series = append(w.series, enginetest.Series{Series: series, For: present, Func: func(at time.Duration) float64 {
		switch {
		case at < born || at > dies:
			return enginetest.Gap
		case at+scraped > dies && dies < present:
			return enginetest.Stale
		}
		return values[at]
	}})
}

// life is when a series begins and ends: most are always there.
func (w *world) life() (born, dies time.Duration) {
	moment := func() time.Duration { return time.Duration(w.IntN(int(present/scraped))) * scraped }
	switch w.IntN(6) {
	case 0:
		return moment(), 2 * present
	case 1:
		return 0, moment()
	}
	return 0, 2 * present
}

var classes = []string{"a", "b", "c", "d"}

// classesOf are counters by class for each pod, version and track.
func (w *world) classes(pods int) {
	for pod := range pods {
		restarts := w.restarts()
		for _, version := range []string{"1", "2"} {
			for _, track := range []string{"stable", "live"} {
				for _, class := range append(slices.Clone(classes), "unlisted") {
					if class == "unlisted" && w.IntN(3) > 0 {
						continue
					}
					born, dies := w.life()
					rates := [2]int{w.IntN(40), w.IntN(40)}
					if w.IntN(4) == 0 {
						rates[w.IntN(2)] = 0
					}
					w.counter(fmt.Sprintf(`predictions_total{job="shop",pod="p%d",version="%s",track="%s",class="%s"}`, pod, version, track, class), rates, born, dies, restarts)
				}
			}
		}
	}
}

func (w *world) restarts() (list []time.Duration) {
	for range w.IntN(3) {
		list = append(list, time.Duration(w.IntN(int(present/scraped)))*scraped)
	}
	return list
}

// histogram are the buckets, count and sum of a histogram for each pod.
func (w *world) histogram(pods int) {
	suffix := []string{"", ".0"}[w.IntN(2)]
	for pod := range pods {
		restarts := w.restarts()
		for _, track := range []string{"stable", "live"} {
			var rates [][2]int
			for range buckets {
				r := [2]int{w.IntN(30), w.IntN(30)}
				if w.IntN(4) == 0 {
					r[w.IntN(2)] = 0
				}
				rates = append(rates, r)
			}
			labels := fmt.Sprintf(`job="shop",pod="p%d",track="%s"`, pod, track)
			upto := make([]float64, len(buckets)+1)
			values := map[time.Duration][]float64{}
			for at := time.Duration(0); at <= present; at += scraped {
				if slices.Contains(restarts, at) {
					clear(upto)
				}
				before := 0.0
				for i := range buckets {
					r := rates[i][0]
					if at > 45*time.Minute {
						r = rates[i][1]
					}
					n := 0.0
					if r > 0 {
						n = float64(w.IntN(2*r + 1))
					}
					before += n
					upto[i] += before
					upto[len(buckets)] += n * (float64(i) + 0.5)
				}
				values[at] = slices.Clone(upto)
			}
			for i, b := range buckets {
				if i < len(bounds) && bounds[i] == math.Trunc(bounds[i]) {
					b += suffix
				}
				w.series = append(w.series, enginetest.Series{Series: `age_bucket{` + labels + `,le="` + b + `"}`, For: present, Func: func(at time.Duration) float64 { return values[at][i] }})
			}
			last := len(buckets) - 1
			w.series = append(w.series,
				enginetest.Series{Series: `age_count{` + labels + `}`, For: present, Func: func(at time.Duration) float64 { return values[at][last] }},
				enginetest.Series{Series: `age_sum{` + labels + `}`, For: present, Func: func(at time.Duration) float64 { return values[at][last+1] }})
		}
	}
}

// increases are what the engine says that counters grew by in the ten minutes before a time, as a distribution over a
// label, of series whose labels fit.
func increases(t *testing.T, s *enginetest.Storage, series, label string, at time.Duration, fit func(map[string]string) bool) dist {
	t.Helper()
	v, err := s.Query("increase("+series+"[10m])", enginetest.At(at))
	if err != nil {
		t.Fatal(err)
	}
	d := dist{}
	for _, sample := range v {
		labels := sample.Metric.Map()
		if fit != nil && !fit(labels) {
			continue
		}
		bin := labels[label]
		switch {
		case label == "class" && bin == "unlisted":
			bin = "__other__"
		case label == "le":
			bin = strings.TrimSuffix(bin, ".0")
		}
		d[bin] += sample.F
	}
	return d
}

// masses are what is in each bucket, of counts up to its bound.
func (d dist) masses() dist {
	m, below := dist{}, 0.0
	for _, b := range buckets {
		m[b] = max(d[b]-below, 0)
		below = d[b]
	}
	return m
}

func (d dist) cumulated() (list []float64) {
	for _, b := range buckets {
		list = append(list, d[b])
	}
	return list
}

// baselines of the tests, by what stands behind `against`.
var baselines = []struct {
	name, against string
	ago           []time.Duration
}{
	{"1h", "{offset: 1h}", []time.Duration{time.Hour}},
	{"20m_40m_1h", "{offsets: [20m, 40m, 1h]}", []time.Duration{20 * time.Minute, 40 * time.Minute, time.Hour}},
	{"track", "{track: stable}", nil},
	{"reference", "", nil},
}

var ofClasses = []string{"psi", "kl", "js", "js2", "tvd", "hellinger", "linf", "chi2"}

// specOf has a check of each method against a baseline.
func specOf(against, ofBuckets string) string {
	var b strings.Builder
	b.WriteString(`version: mlobs/v1
model: shop
owner: ml
selector: {job: shop}
metrics:
  predictions_total: {type: counter, labels: {class: [a, b, c, d], version: 3, track: [stable, live]}}
  age: {type: histogram, unit: none, buckets: [0.1, 0.5, 1, 2, 5], labels: {track: [stable, live]}}
checks:
`)
	add := func(name, metric, rest string) {
		fmt.Fprintf(&b, "  - {name: %s, drift: %s, window: 10m, min_samples: 30, alert: 0.05, %s}\n", name, metric, rest)
	}
	for _, m := range ofClasses {
		if m == "chi2" && strings.Contains(against, "offsets") {
			continue // a median of several times is no sample
		}
		by := "by: [version], "
		add("c-"+m, "predictions_total", by+"across: class, method: "+m+", against: "+against)
		add("n-"+m, "age", "method: "+m+", against: "+ofBuckets)
	}
	add("c-smooth", "predictions_total", "across: class, method: psi, smoothing: 0.5, against: "+against)
	add("n-ks", "age", "method: ks, against: "+ofBuckets)
	add("n-wasserstein", "age", "method: wasserstein, against: "+ofBuckets)
	if !strings.Contains(against, "reference") {
		add("n-mean", "age", "method: mean, against: "+against)
		add("n-quantile", "age", "method: quantile, quantile: 0.9, against: "+against)
	}
	return b.String()
}

// TestDriftRandom: what generated rules record is what the definitions say of what `increase` returns.
func TestDriftRandom(t *testing.T) {
	rounds := 50
	if testing.Short() {
		rounds = 1
	}
	scored := map[string]int{}
	compiled := map[string]*scenario.Scenario{}
	for i, base := range baselines {
		if testing.Short() && i%2 == 0 {
			continue // several windows and the reference show the most
		}
		for round := range rounds {
			seed := uint64(1000*i + round)
			randomRound(t, base.name, base.against, base.ago, seed, scored, compiled)
		}
	}
	for _, m := range append(slices.Clone(ofClasses), "smooth") {
		if scored["c-"+m] < rounds {
			t.Errorf("method %s has %d scores of classes: too few to show anything", m, scored["c-"+m])
		}
	}
}

func randomRound(t *testing.T, name, against string, ago []time.Duration, seed uint64, scored map[string]int, done map[string]*scenario.Scenario) {
	t.Helper()
	w := &world{Rand: rand.New(rand.NewPCG(seed, 1))}
	pods := 1 + w.IntN(3)
	w.classes(pods)
	w.histogram(pods)
	var fixed, fixedBuckets dist
	if name == "reference" {
		fixed, against = w.reference(classes)
	}
	ofBuckets := against
	if name == "reference" {
		fixedBuckets, ofBuckets = w.reference(buckets)
	}
	text := specOf(against, ofBuckets)
	if done[text] == nil {
		done[text] = scenario.Compile(t, map[string]string{"mlobs.yaml": shop, "model.yaml": text})
	}
	run := done[text].LoadAt(enginetest.Pace{AtLeast: 5 * time.Minute}, scraped, w.series)
	run.Until(present)
	got := func(check, version string) (float64, bool) {
		matcher := `{__name__=~"ml_model(_version)?:[a-z]+:[a-z0-9]+_10m_against_` + name + `",check="` + check + `"`
		if version != "" {
			matcher += `,version="` + version + `"`
		}
		list := run.Vector(matcher + "}")
		if len(list) == 0 {
			return 0, false
		}
		return list[0].Value, true
	}
	// judge compares a score; it is absent where there are too few samples.
	judge := func(check, version string, want, n, m float64) {
		t.Helper()
		if strings.HasSuffix(check, "-chi2") && len(ago) > 1 {
			return // see specOf
		}
		have, ok := got(check, version)
		enough := n >= 30 && m >= 30
		switch {
		case ok != enough:
			t.Errorf("seed %d: %s against %s, version %q: a score is there: %v, samples %g and %g", seed, check, name, version, ok, n, m)
		case ok && !(math.Abs(have-want) <= 1e-9*max(1, math.Abs(want))):
			t.Errorf("seed %d: %s against %s, version %q is %.12g, want %.12g", seed, check, name, version, have, want)
		case ok:
			scored[check]++
		}
	}
	sideFit := func(reference bool, version string) func(map[string]string) bool {
		return func(l map[string]string) bool {
			return (name != "track" || (l["track"] == "stable") == reference) && (version == "" || l["version"] == version)
		}
	}
	// pairOf are the distributions now and then, of classes or of buckets, and their samples.
	pairOf := func(series, label, version string, fixed dist, change func(dist) dist, add float64) (q, p dist, n, m float64) {
		now := change(increases(t, run.Storage, series, label, present, sideFit(false, version)))
		n = now.sum()
		switch {
		case fixed != nil:
			bins := union(now, fixed)
			return now.shares(bins, add), fixed, n, math.Inf(1)
		case ago == nil:
			then := change(increases(t, run.Storage, series, label, present, sideFit(true, version)))
			bins := union(now, then)
			return now.shares(bins, add), then.shares(bins, add), n, then.sum()
		}
		var past []dist
		m = math.Inf(1)
		for _, a := range ago {
			then := change(increases(t, run.Storage, series, label, present-a, sideFit(true, version)))
			if sum := then.sum(); sum >= 30 || len(ago) == 1 {
				past, m = append(past, then), min(m, sum)
			}
		}
		bins := union(append([]dist{now}, past...)...)
		if len(ago) == 1 {
			return now.shares(bins, add), past[0].shares(bins, add), n, m
		}
		if len(past) == 0 {
			return now, now, n, 0
		}
		smoothed := make([]dist, len(past))
		for i, d := range past {
			smoothed[i] = d.shares(bins, add)
		}
		return now.shares(bins, add), median(bins, smoothed), n, m
	}
	same := func(d dist) dist { return d }
	for _, version := range []string{"1", "2"} {
		q, p, n, m := pairOf("predictions_total", "class", version, fixed, same, 0)
		for _, method := range ofClasses {
			judge("c-"+method, version, score(method, q, p, n, m), n, m)
		}
	}
	q, p, n, m := pairOf("predictions_total", "class", "", fixed, same, 0.5)
	judge("c-smooth", "", score("smooth", q, p, n, m), n, m)
	q, p, n, m = pairOf("age_bucket", "le", "", fixedBuckets, dist.masses, 0)
	for _, method := range ofClasses {
		judge("n-"+method, "", score(method, q, p, n, m), n, m)
	}
	f, g := q.upto(), p.upto()
	if len(ago) > 1 {
		g = medianUpto(t, run.Storage, ago)
	}
	judge("n-ks", "", ks(f, g), n, m)
	judge("n-wasserstein", "", wasserstein(f, g), n, m)
	if name == "reference" {
		return
	}
	mean := func(at time.Duration, reference bool) float64 {
		fit := sideFit(reference, "")
		return increases(t, run.Storage, "age_sum", "job", at, fit)["shop"] / increases(t, run.Storage, "age_count", "job", at, fit)["shop"]
	}
	quantile := func(at time.Duration, reference bool) float64 {
		return quantileOf(0.9, increases(t, run.Storage, "age_bucket", "le", at, sideFit(reference, "")).cumulated())
	}
	then := func(of func(time.Duration, bool) float64) float64 {
		if ago == nil {
			return of(present, true)
		}
		var values []float64
		for _, a := range ago {
			values = append(values, of(present-a, true))
		}
		return middle(values)
	}
	was := then(mean)
	judge("n-mean", "", math.Abs(mean(present, false)-was)/math.Abs(was), n, m)
	judge("n-quantile", "", math.Abs(quantile(present, false)-then(quantile)), n, m)
}

// medianUpto is the median of cumulative shares, bound by bound.
func medianUpto(t *testing.T, s *enginetest.Storage, ago []time.Duration) (g []float64) {
	t.Helper()
	each := make([][]float64, len(buckets))
	for _, a := range ago {
		counts := increases(t, s, "age_bucket", "le", present-a, nil).cumulated()
		for i, c := range counts {
			each[i] = append(each[i], c/counts[len(counts)-1])
		}
	}
	for _, values := range each {
		g = append(g, middle(values))
	}
	return g
}

// reference are random shares, some of them zero, and how they are written.
func (w *world) reference(bins []string) (dist, string) {
	d, left, text := dist{}, 1000, ""
	for i, b := range bins {
		n := w.IntN(left/2 + 1)
		if w.IntN(4) == 0 {
			n = 0
		}
		if i == len(bins)-1 {
			n = left
		}
		left -= n
		d[b] = float64(n) / 1000
		text += fmt.Sprintf("%q: %g, ", b, d[b])
	}
	return d, "{reference: {" + strings.TrimSuffix(text, ", ") + "}}"
}
