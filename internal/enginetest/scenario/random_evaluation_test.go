package scenario_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
)

// histogram is one of some pods: scores fall into random buckets, of which some stay empty.
func histogram(r *rand.Rand, name, labels string, bounds []string) (list []enginetest.Series) {
	for pod := range 1 + r.IntN(2) {
		upTo, restart := 0.0, time.Duration(r.IntN(40))*time.Minute
		for _, le := range append(append([]string{}, bounds...), "+Inf") {
			if le != "+Inf" || r.IntN(2) == 0 {
				upTo += amount(r) * r.Float64()
			}
			perSecond := upTo
			list = append(list, enginetest.Series{
				Series: fmt.Sprintf(`%s_bucket{job="m",pod="%d",le="%s"%s}`, name, pod, le, labels), For: 20 * time.Minute,
				Func: enginetest.Switch(restart, enginetest.Linear(perSecond), func(at time.Duration) float64 { return (at - restart).Seconds() * perSecond }),
			})
		}
	}
	return list
}

// scoreBounds are written as different clients write them.
var scoreBounds = []string{"0.2", "0.4", "0.6", "0.8", "1.0"}

// TestEvaluatedScores: AUC is the chance that a positive has the higher score, ties counted half; KS the largest
// distance of the two distributions. Both histograms may be one, by a label of the truth.
func TestEvaluatedScores(t *testing.T) {
	spec := `version: mlobs/v1
model: m
owner: o
selector: {job: m}
metrics:
  positive_score: {type: histogram, buckets: [0.2, 0.4, 0.6, 0.8, 1], labels: {pod: 2, version: [v1, v2]}}
  negative_score: {type: histogram, buckets: [0.2, 0.4, 0.6, 0.8, 1], labels: {pod: 2, version: [v1, v2]}}
  one_score: {type: histogram, buckets: [0.2, 0.4, 0.6, 0.8, 1], labels: {pod: 2, version: [v1, v2], truth: ["1", "0"]}}
checks:
`
	for _, m := range []string{"auc", "ks"} {
		spec += "  - {evaluation: {positive: positive_score, negative: negative_score}, method: " + m + ", by: [version], window: 10m, min_samples: 1, alert: off}\n" +
			"  - {name: one-" + m + ", evaluation: one_score, truth: truth, class: \"1\", method: " + m + ", by: [version], window: 10m, min_samples: 1, alert: off}\n"
	}
	compiled := scenario.Compile(t, map[string]string{"m.yaml": spec})
	for seed := range seeds() {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(seed), 5))
			var list []enginetest.Series
			for _, v := range []string{"v1", "v2"} {
				label := fmt.Sprintf(`,version="%s"`, v)
				list = append(list, histogram(r, "positive_score", label, scoreBounds)...)
				list = append(list, histogram(r, "one_score", label+`,truth="1"`, scoreBounds)...)
				if r.IntN(4) > 0 { // one side alone has no score
					list = append(list, histogram(r, "negative_score", label, scoreBounds)...)
					list = append(list, histogram(r, "one_score", label+`,truth="0"`, scoreBounds)...)
				}
			}
			run := compiled.LoadAt(enginetest.Pace{AtLeast: 10 * time.Minute}, 30*time.Second, list)
			run.Until(20 * time.Minute)
			for _, h := range []struct{ name, positive, negative, suffix string }{
				{"positive_score", "positive_score_bucket", "negative_score_bucket", ""},
				{"one_score", `one_score_bucket{truth="1"}`, `one_score_bucket{truth="0"}`, "one-"},
			} {
				positive, negative := grown(run, h.positive, "version", "le"), grown(run, h.negative, "version", "le")
				auc, ks := map[string]float64{}, map[string]float64{}
				for _, v := range []string{"v1", "v2"} {
					p, n := positive[v+" +Inf"], negative[v+" +Inf"]
					if p < 1 || n < 1 {
						continue
					}
					var pBefore, nBefore, higher, distance float64
					for _, le := range append(append([]string{}, scoreBounds...), "+Inf") {
						pUpTo, nUpTo := positive[v+" "+le], negative[v+" "+le]
						// Negatives of this bucket against positives of higher ones, and half of those of the same.
						higher += (nUpTo - nBefore) * ((p - pUpTo) + (pUpTo-pBefore)/2)
						distance = max(distance, math.Abs(pUpTo/p-nUpTo/n))
						pBefore, nBefore = pUpTo, nUpTo
					}
					auc[v], ks[v] = higher/p/n, distance
				}
				check := "evaluation-"
				if h.suffix != "" {
					check = h.suffix
				}
				hasRecorded(t, run, `ml_model_version:`+h.name+`:auc_10m{check="`+check+`auc"}`, auc, "version")
				hasRecorded(t, run, `ml_model_version:`+h.name+`:ks_10m{check="`+check+`ks"}`, ks, "version")
			}
			noNaN(t, run)
		})
	}
}

// TestEvaluatedValues: errors of values and of probabilities.
func TestEvaluatedValues(t *testing.T) {
	spec := `version: mlobs/v1
model: m
owner: o
selector: {job: m}
metrics:
`
	for _, name := range []string{"absolute", "squared", "predicted", "actual", "actual_squared", "labels"} {
		spec += "  " + name + "_total: {type: counter, labels: {pod: 3, version: [v1, v2]}}\n"
	}
	for _, name := range []string{"bin", "bin_correct", "bin_confidence"} {
		spec += "  " + name + "_total: {type: counter, labels: {pod: 3, version: [v1, v2], bin: 5}}\n"
	}
	spec += "checks:\n"
	const rest = ", by: [version], window: 10m, min_samples: 1, alert: off}\n"
	for method, parts := range map[string]string{
		"mae": "absolute: absolute_total", "rmse": "squared: squared_total", "brier": "squared: squared_total",
		"bias": "predicted: predicted_total, actual: actual_total", "r2": "squared: squared_total, actual: actual_total, actual_squared: actual_squared_total",
	} {
		spec += "  - {evaluation: {" + parts + ", count: labels_total}, method: " + method + rest
	}
	for _, method := range []string{"ece", "mce"} {
		spec += "  - {evaluation: {count: bin_total, correct: bin_correct_total, confidence: bin_confidence_total}, across: bin, method: " + method + rest
	}
	compiled := scenario.Compile(t, map[string]string{"m.yaml": spec})
	for seed := range seeds() {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(seed), 6))
			var list []enginetest.Series
			for _, v := range []string{"v1", "v2"} {
				label := fmt.Sprintf(`version="%s"`, v)
				for _, name := range []string{"absolute_total", "squared_total", "predicted_total", "actual_total", "labels_total"} {
					list = append(list, counter(r, name, label, 3)...)
				}
				list = append(list, counter(r, "actual_squared_total", label, 100)...)
				for bin := range 5 {
					label := label + `,bin="` + strconv.Itoa(bin) + `"`
					n := amount(r)
					list = append(list, counter(r, "bin_total", label, n)...)
					for _, name := range []string{"bin_correct_total", "bin_confidence_total"} {
						if r.IntN(4) > 0 {
							list = append(list, counter(r, name, label, n)...)
						}
					}
				}
			}
			run := compiled.LoadAt(enginetest.Pace{AtLeast: 10 * time.Minute}, 30*time.Second, list)
			run.Until(20 * time.Minute)
			sum := map[string]map[string]float64{}
			for _, name := range []string{"absolute", "squared", "predicted", "actual", "actual_squared", "labels", "bin"} {
				sum[name] = grown(run, name+"_total", "version")
			}
			want := map[string]map[string]float64{"mae": {}, "rmse": {}, "brier": {}, "bias": {}, "r2": {}, "ece": {}, "mce": {}}
			for v, n := range sum["labels"] {
				if n < 1 {
					continue
				}
				want["mae"][v], want["brier"][v] = sum["absolute"][v]/n, sum["squared"][v]/n
				want["rmse"][v] = math.Sqrt(sum["squared"][v] / n)
				want["bias"][v] = sum["predicted"][v]/n - sum["actual"][v]/n
				mean := sum["actual"][v] / n
				if spread := sum["actual_squared"][v] - n*mean*mean; spread > 0 {
					want["r2"][v] = 1 - sum["squared"][v]/spread
				}
			}
			bins, correct, confidence := grown(run, "bin_total", "version", "bin"), grown(run, "bin_correct_total", "version", "bin"), grown(run, "bin_confidence_total", "version", "bin")
			for at, n := range bins {
				v, _, _ := strings.Cut(at, " ")
				if all := sum["bin"][v]; all >= 1 {
					gap := math.Abs(correct[at] - confidence[at])
					want["ece"][v] += gap / all
					want["mce"][v] = max(want["mce"][v], ratio(gap, n))
				}
			}
			for method, record := range map[string]string{"mae": "absolute", "rmse": "squared", "brier": "squared", "bias": "predicted", "r2": "squared", "ece": "bin", "mce": "bin"} {
				hasRecorded(t, run, "ml_model_version:"+record+":"+method+"_10m", want[method], "version")
			}
			noNaN(t, run)
		})
	}
}
