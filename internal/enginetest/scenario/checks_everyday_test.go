package scenario_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
)

// everyday has each method of the everyday checks, with short windows.
const everyday = `version: mlobs/v1
model: m
owner: ml
selector: {job: m}
scrape: {interval: 1m}
metrics:
  predictions_total: {type: counter, labels: {class: [a, b, c], country: 3}}
  sure: {type: histogram, unit: ratio, buckets: [0.1, 0.5, 0.9], labels: {country: 3}}
  sure_now: {type: gauge, unit: ratio, labels: {country: 3}}
  rows_total: {type: counter, labels: {feature: 3, state: [ok, missing, invalid]}}
  nulls_total: {type: counter, labels: {feature: 3}}
  values_total: {type: counter, labels: {feature: 3}}
  size: {type: histogram, buckets: [0, 10, 100], labels: {country: 3}}
  requests_total: {type: counter, role: requests, errors: {code: {matches: 5..}}, labels: {version: 3, country: 3, code: any}}
  answers_total: {type: counter, labels: {version: 3, class: [a, b, c]}}
  latency: {type: histogram, unit: seconds, buckets: [0.1, 0.5, 1], labels: {version: 3}}
  updated: {type: gauge, unit: timestamp, labels: {feature: 3}}
  drift_now: {type: gauge, labels: {feature: 3}}
  found_total: {type: counter, labels: {feature: 3}}
checks:
  - {name: mean, confidence: sure, by: [country], window: 10m, min_samples: 20, alert: 0.5}
  - {name: mean-all, confidence: sure, window: 10m, min_samples: 20, against: {offset: 20m}}
  - {name: mean-two, confidence: sure, by: [country], window: 10m, min_samples: 20, against: {offsets: [20m, 30m, 40m]}}
  - {name: under, confidence: sure, under: 0.5, by: [country], window: 10m, min_samples: 20, alert: 0.5}
  - {name: beyond, confidence: sure, above: 0.1, by: [country], window: 10m, min_samples: 20, against: {offset: 20m}}
  - {name: gauge, confidence: sure_now, by: [country], window: 10m, alert: 0.5}
  - {name: biggest, collapse: predictions_total, across: class, by: [country], window: 10m, min_samples: 20}
  - {name: entropy, collapse: predictions_total, across: class, window: 10m, min_samples: 20, method: entropy}
  - {name: silent, silence: predictions_total, by: [country]}
  - {name: gone, silence: predictions_total, by: [country], against: {offset: 20m}}
  - {name: gone-count, silence: sure, by: [country], method: count, against: {offsets: [20m, 30m]}}
  - {name: bad, quality: rows_total, bad: {state: [missing, invalid]}, by: [feature], window: 10m, min_samples: 20}
  - {name: nulls, quality: nulls_total, of: values_total, by: [feature], window: 10m, min_samples: 20}
  - {name: range, quality: size, valid: [0, 100], by: [country], window: 10m, min_samples: 20}
  - {name: unseen, quality: predictions_total, across: class, window: 10m, min_samples: 20}
  - {name: errors, canary: requests_total, by: [country], against: {version: stable}, window: 10m, min_samples: 20, significance: 0.05}
  - {name: slower, canary: latency, against: {version: stable}, window: 10m, min_samples: 20}
  - {name: tail, canary: latency, method: quantile, quantile: 0.9, against: {version: stable}, window: 10m, min_samples: 20}
  - {name: mix, canary: answers_total, across: class, method: psi, against: {version: stable}, window: 10m, min_samples: 20}
  - {name: mix-kl, canary: answers_total, across: class, method: kl, against: {version: stable}, window: 10m, min_samples: 20}
  - {name: mix-js, canary: answers_total, across: class, method: js, against: {version: stable}, window: 10m, min_samples: 20}
  - {name: mix-tvd, canary: answers_total, across: class, method: tvd, against: {version: stable}, window: 10m, min_samples: 20}
  - {name: mix-hellinger, canary: answers_total, across: class, method: hellinger, against: {version: stable}, window: 10m, min_samples: 20}
  - {name: mix-linf, canary: answers_total, across: class, method: linf, against: {version: stable}, window: 10m, min_samples: 20}
  - {name: age, freshness: updated, by: [feature], alert: 1h}
  - {name: high, external: drift_now, by: [feature], alert: 0.5}
  - {name: low, external: drift_now, direction: below, alert: 0.5}
  - {name: found, external: found_total, by: [feature], window: 10m}
`

// everydayWeather has something of all that the checks look at, and not of all values.
func everydayWeather(seed uint64) *climate {
	w := newClimate(seed)
	some := func(values ...string) (list []string) {
		for _, v := range values {
			if w.IntN(4) > 0 {
				list = append(list, v)
			}
		}
		return list
	}
	for _, country := range some("AT", "DE", "NO") {
		l := `country="` + country + `"`
		for _, class := range some("a", "b", "c", "d", "e") {
			w.counter("predictions_total", l+`,class="`+class+`"`, []int{0, 1, 5, 50}[w.IntN(4)])
		}
		w.histogram("sure", l, []float64{0.1, 0.5, 0.9}, []int{1, 4, 40}[w.IntN(3)])
		w.histogram("size", l, []float64{0, 10, 100}, []int{1, 4, 40}[w.IntN(3)])
		w.gauge("sure_now", l, w.Float64)
		for _, version := range some("stable", "canary", "next") {
			for _, code := range some("200", "500", "503") {
				w.counter("requests_total", l+`,version="`+version+`",code="`+code+`"`, []int{0, 1, 10, 40}[w.IntN(4)])
			}
		}
	}
	for _, version := range some("stable", "canary", "next") {
		for _, class := range some("a", "b", "c", "d") {
			w.counter("answers_total", `version="`+version+`",class="`+class+`"`, []int{0, 1, 10, 40}[w.IntN(4)])
		}
		w.histogram("latency", `version="`+version+`"`, []float64{0.1, 0.5, 1}, []int{1, 4, 40}[w.IntN(3)])
	}
	for _, feature := range some("age", "zip", "income") {
		l := `feature="` + feature + `"`
		for _, state := range some("ok", "missing", "invalid") {
			w.counter("rows_total", l+`,state="`+state+`"`, []int{0, 1, 10, 40}[w.IntN(4)])
		}
		for _, name := range some("nulls_total", "values_total", "found_total") {
			w.counter(name, l, []int{0, 1, 10, 40}[w.IntN(4)])
		}
		set := float64(w.IntN(3)) * 1000
		w.gauge("updated", l, func() float64 { return set })
		w.gauge("drift_now", l, w.NormFloat64)
	}
	return w
}

// TestEverydayChecks holds what rules record against the definitions.
func TestEverydayChecks(t *testing.T) {
	s := scenario.Compile(t, map[string]string{"m.yaml": everyday})
	if s.Findings != "" {
		t.Errorf("findings:\n%s", s.Findings)
	}
	found := map[string]int{}
	for seed := range weatherSeeds(50) {
		run := s.Load(weatherStep, everydayWeather(uint64(seed)).list)
		run.Until(weatherEnd)
		w := &world{t: t, run: run, window: "10m"}
		for name, n := range everydayDefinitions(w) {
			found[name] += n
		}
		for _, sample := range run.Vector(`{ml_model="m"}`) {
			if math.IsNaN(sample.Value) {
				t.Errorf("NaN is recorded: %v", sample.Labels)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	for name, n := range found {
		if n == 0 {
			t.Errorf("%s never had a result", name)
		}
	}
}

// everydayDefinitions holds each record against its definition, and says how many results there were of each.
func everydayDefinitions(w *world) map[string]int {
	found := map[string]int{}
	now := w.run.Now
	same := func(name string, selector string, want groups, by ...string) {
		w.t.Helper()
		found[name] += len(want)
		w.same(name, w.recorded(selector, by...), want)
	}
	const pace = time.Minute

	mean := func(at time.Duration, by ...string) groups {
		return over(w.increase("sure_sum", at, by...), w.increase("sure_count", at, by...), 20)
	}
	same("mean", `ml_model_country:sure:mean_10m{check="mean"}`, mean(now, "country"), "country")
	same("mean-all", `ml_model:sure:mean_change_10m_against_20m`, change(mean(now), w.lately(20*time.Minute, pace, func(at time.Duration) groups { return mean(at) })))
	thrice := map[string][]float64{}
	for _, ago := range []time.Duration{20 * time.Minute, 30 * time.Minute, 40 * time.Minute} {
		for key, v := range w.lately(ago, pace, func(at time.Duration) groups { return mean(at, "country") }) {
			thrice[key] = append(thrice[key], v)
		}
	}
	same("mean-two", `ml_model_country:sure:mean_change_10m_against_20m_30m_40m`, change(mean(now, "country"), medians(thrice)), "country")
	under := func(le string, at time.Duration) groups {
		return over(w.increase(`sure_bucket{le="`+le+`"}`, at, "country"), w.increase("sure_count", at, "country"), 20)
	}
	same("under", `ml_model_country:sure:share_under_10m`, under("0.5", now), "country")
	beyond := func(at time.Duration) groups {
		out := groups{}
		for key, v := range under("0.1", at) {
			out[key] = max(1-v, 0)
		}
		return out
	}
	same("beyond", `ml_model_country:sure:share_above_change_10m_against_20m`, change(beyond(now), w.lately(20*time.Minute, pace, beyond)), "country")
	same("gauge", `ml_model_country:sure_now:mean_10m`, w.gaugeMean("sure_now", 10, "country"), "country")

	// Collapse: classes that the spec does not list are one.
	biggest, entropy := groups{}, groups{}
	perCountry := map[string]groups{}
	for key, n := range w.increase("predictions_total", now, "country", "class") {
		country, class, _ := strings.Cut(key, "/")
		if strings.Contains("de", class) {
			class = "other"
		}
		for _, of := range []string{"in " + country, "all"} {
			if perCountry[of] == nil {
				perCountry[of] = groups{}
			}
			perCountry[of][class] += n
		}
	}
	for of, classes := range perCountry {
		all := total(classes)
		if all < 20 {
			continue
		}
		h := 0.0
		for _, n := range classes {
			if n > 0 {
				h -= n / all * math.Log(n/all)
			}
		}
		if country, ok := strings.CutPrefix(of, "in "); ok {
			biggest[country] = slices.Max(values(classes)) / all
		} else {
			entropy[""] = h / math.Log(3)
		}
	}
	same("biggest", `ml_model_country:predictions:max_share_10m`, biggest, "country")
	same("entropy", `ml_model:predictions:entropy_10m`, entropy)

	// Silence survives the end of the series.
	predictions := func(at time.Duration) groups { return w.increase("predictions_total", at, "country") }
	expected := predictions(now)
	for ago := pace; ago <= now; ago += pace {
		for key := range predictions(now - ago) {
			expected[key] += 0
		}
	}
	same("silent", `ml_model_country:predictions:expected_10m`, expected, "country")
	gone := groups{}
	for key, then := range w.lately(20*time.Minute, pace, predictions) {
		if then >= 20 {
			gone[key] = predictions(now)[key] / then
		}
	}
	same("gone", `ml_model_country:predictions:ratio_10m_against_20m`, gone, "country")
	twice := map[string][]float64{}
	asked := func(at time.Duration) groups { return w.increase("sure_count", at, "country") }
	for _, ago := range []time.Duration{20 * time.Minute, 30 * time.Minute} {
		for key, v := range w.lately(ago, pace, asked) {
			twice[key] = append(twice[key], v)
		}
	}
	count := groups{}
	for key, then := range medians(twice) {
		if then >= 20 {
			count[key] = asked(now)[key]
		}
	}
	same("gone-count", `ml_model_country:sure:increase_where_10m_against_20m_30m`, count, "country")

	// Quality: what no series counts is zero.
	same("bad", `ml_model_feature:rows:bad_share_10m`, over(w.increase(`rows_total{state!="ok"}`, now, "feature"), w.increase("rows_total", now, "feature"), 20), "feature")
	same("nulls", `ml_model_feature:nulls:bad_share_10m`, over(w.increase(`nulls_total`, now, "feature"), w.increase("values_total", now, "feature"), 20), "feature")
	same("unseen", `ml_model:predictions:bad_share_10m`, over(w.increase(`predictions_total{class=~"d|e"}`, now), w.increase("predictions_total", now), 20))
	outside := groups{}
	high, low, all := w.increase(`size_bucket{le="100.0"}`, now, "country"), w.increase(`size_bucket{le="0.0"}`, now, "country"), w.increase("size_count", now, "country")
	for key, n := range all {
		outside[key] = n - high[key] + low[key]
	}
	same("range", `ml_model_country:size:bad_share_10m`, over(outside, all, 20), "country")

	everydayCanaries(w, same)

	// Gauges: NaN is no value, and 0 is no time.
	age, highest, lowest := groups{}, groups{}, groups{}
	for _, s := range w.instant("updated", "drift_now") {
		feature := s.Labels["feature"]
		switch v := s.Value; {
		case math.IsNaN(v):
		case s.Labels["__name__"] == "drift_now":
			extreme(highest, feature, v, math.Max)
			extreme(lowest, "", v, math.Min)
		case v > 0:
			age[feature] = float64(enginetest.At(now).Unix()) - v
		}
	}
	same("age", `ml_model_feature:updated:age`, age, "feature")
	same("high", `ml_model_feature:drift_now:max`, highest, "feature")
	same("low", `ml_model:drift_now:min`, lowest)
	same("found", `ml_model_feature:found:increase_10m`, w.increase("found_total", now, "feature"), "feature")
	return found
}

// everydayCanaries holds versions against the stable one.
func everydayCanaries(w *world, same func(name, selector string, want groups, by ...string)) {
	now := w.run.Now
	n, failed := w.increase("requests_total", now, "country", "version"), w.increase(`requests_total{code=~"5.."}`, now, "country", "version")
	difference, z := groups{}, groups{}
	for key, m := range n {
		country, version, _ := strings.Cut(key, "/")
		base := country + "/stable"
		if version == "stable" || m < 20 || n[base] < 20 {
			continue
		}
		p, p0 := failed[key]/m, failed[base]/n[base]
		difference[key] = p - p0
		pooled := (failed[key] + failed[base]) / (m + n[base])
		if variance := pooled * (1 - pooled) * (1/m + 1/n[base]); variance > 1e-12 {
			z[key] = (p - p0) / math.Sqrt(variance)
		}
	}
	same("errors", `ml_model_country_version:requests:error_ratio_difference_10m`, difference, "country", "version")
	same("z", `ml_model_country_version:requests:error_ratio_z_10m`, z, "country", "version")

	against := func(sizes groups) groups {
		out := groups{}
		for version, v := range sizes {
			if base, ok := sizes["stable"]; ok && version != "stable" && base != 0 {
				out[version] = (v - base) / math.Abs(base)
			}
		}
		return out
	}
	counts := w.increase("latency_count", now, "version")
	same("slower", `ml_model_version:latency:mean_change_10m`, against(over(w.increase("latency_sum", now, "version"), counts, 20)), "version")
	tails := groups{}
	for version, m := range counts {
		if m >= 20 {
			tails[version] = quantile(0.9, []float64{0.1, 0.5, 1}, func(le string) float64 {
				return w.increase(`latency_bucket{le="`+le+`",version="`+version+`"}`, now)[""]
			})
		}
	}
	same("tail", `ml_model_version:latency:p90_change_10m`, against(tails), "version")

	shares := map[string]groups{}
	for key, v := range w.increase("answers_total", now, "version", "class") {
		version, class, _ := strings.Cut(key, "/")
		if shares[version] == nil {
			shares[version] = groups{}
		}
		shares[version][class] = v
	}
	psi, kl, js, tvd, hellinger, linf := groups{}, groups{}, groups{}, groups{}, groups{}, groups{}
	for version, q := range shares {
		p := shares["stable"]
		if version == "stable" || total(q) < 20 || total(p) < 20 {
			continue
		}
		sums := groups{}
		for _, class := range []string{"a", "b", "c", "d"} {
			x, y := q[class]/total(q), p[class]/total(p)
			tvd[version] += math.Abs(x-y) / 2
			linf[version] = max(linf[version], math.Abs(x-y))
			hellinger[version] += math.Pow(math.Sqrt(x)-math.Sqrt(y), 2) / 2
			for _, share := range []float64{x, y} {
				if share > 0 {
					js[version] += share * math.Log(2*share/(x+y)) / 2
				}
			}
			x, y = max(x, 0.0001), max(y, 0.0001)
			psi[version] += (x - y) * math.Log(x/y)
			sums["q"], sums["p"], sums["kl"] = sums["q"]+x, sums["p"]+y, sums["kl"]+y*math.Log(y/x)
		}
		kl[version] = sums["kl"]/sums["p"] + math.Log(sums["q"]/sums["p"])
		js[version], hellinger[version] = math.Sqrt(max(js[version], 0)), math.Sqrt(hellinger[version])
	}
	for method, want := range map[string]groups{"kl": kl, "js": js, "tvd": tvd, "hellinger": hellinger, "linf": linf} {
		same("mix-"+method, "ml_model_version:answers:"+method+"_10m_against_baseline", want, "version")
	}
	same("mix", `ml_model_version:answers:psi_10m_against_baseline`, psi, "version")
}

// over is a ratio where the whole is large enough; a part that no series counts is zero.
func over(part, whole groups, least float64) groups {
	out := groups{}
	for key, n := range whole {
		if n >= least {
			out[key] = max(part[key], 0) / n
		}
	}
	return out
}

// change is how much larger now is than then.
func change(now, then groups) groups {
	out := groups{}
	for key, v := range now {
		if was := then[key]; was > 0 {
			out[key] = v/was - 1
		}
	}
	return out
}

func medians(lists map[string][]float64) groups {
	out := groups{}
	for key, list := range lists {
		slices.Sort(list)
		half := len(list) / 2
		out[key] = list[half]
		if len(list)%2 == 0 {
			out[key] = (list[half-1] + list[half]) / 2
		}
	}
	return out
}

func total(g groups) (sum float64) {
	for _, v := range g {
		sum += v
	}
	return sum
}

func values(g groups) (list []float64) {
	for _, v := range g {
		list = append(list, v)
	}
	return list
}

// extreme keeps the higher or lower of two.
func extreme(of groups, key string, v float64, better func(a, b float64) float64) {
	if was, ok := of[key]; ok {
		v = better(v, was)
	}
	of[key] = v
}

// quantile lies within a bucket as if all that is in it were spread evenly; above the last bound it is that bound.
func quantile(q float64, bounds []float64, upTo func(le string) float64) float64 {
	texts := []string{"0.1", "0.5", "1.0"}
	rank := q * upTo("+Inf")
	before, low := 0.0, 0.0
	for i, b := range bounds {
		n := max(upTo(texts[i]), before)
		if n >= rank {
			return low + (b-low)*(rank-before)/(n-before)
		}
		before, low = n, b
	}
	return bounds[len(bounds)-1]
}

// gaugeMean is the mean over the last evaluations of the mean over the copies, without what is not a number.
func (w *world) gaugeMean(name string, evaluations int, by string) groups {
	out, n := groups{}, groups{}
	for i := range evaluations {
		sums, counts := groups{}, groups{}
		for _, s := range w.instantAt(w.run.Now-time.Duration(i)*time.Minute, name) {
			if !math.IsNaN(s.Value) {
				sums[s.Labels[by]] += s.Value
				counts[s.Labels[by]]++
			}
		}
		for key, sum := range sums {
			out[key] += sum / counts[key]
			n[key]++
		}
	}
	for key := range out {
		out[key] /= n[key]
	}
	return out
}

// instant are the values that scrapes left behind.
func (w *world) instant(names ...string) []scenario.Sample { return w.instantAt(w.run.Now, names...) }

func (w *world) instantAt(at time.Duration, names ...string) (list []scenario.Sample) {
	for _, name := range names {
		v, err := w.run.Storage.Query(name, enginetest.At(at))
		if err != nil {
			w.t.Fatal(err)
		}
		for _, s := range v {
			list = append(list, scenario.Sample{Labels: s.Metric.Map(), Value: s.F})
		}
	}
	return list
}
