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

// seeds of random weather: all that the long test looks at, a few of them with -short.
func seeds() int {
	if testing.Short() {
		return 5
	}
	return 60
}

// counter is a counter of some pods that grow by random amounts, of which some restart.
func counter(r *rand.Rand, name, labels string, amount float64) (list []enginetest.Series) {
	for pod := range 1 + r.IntN(3) {
		perSecond := amount * r.Float64()
		f := enginetest.Linear(perSecond)
		if r.IntN(3) == 0 {
			restart := time.Duration(r.IntN(20)) * time.Minute
			f = enginetest.Switch(restart, f, func(at time.Duration) float64 { return (at - restart).Seconds() * perSecond })
		}
		list = append(list, enginetest.Series{Series: fmt.Sprintf(`%s{job="m",pod="%d",%s}`, name, pod, labels), For: 20 * time.Minute, Func: f})
	}
	return list
}

// amount is how much a second brings at most: nothing, little or much.
func amount(r *rand.Rand) float64 { return []float64{0, 0.01, 1, 1, 10}[r.IntN(5)] }

// grown is what increase returns, summed by some labels. Series that only a reader of the sum would see are in it, too.
func grown(run *scenario.Run, metric string, by ...string) map[string]float64 {
	sums := map[string]float64{}
	for _, s := range run.Vector("increase(" + metric + "[10m])") {
		sums[key(s, by...)] += s.Value
	}
	return sums
}

func key(s scenario.Sample, by ...string) string {
	var values []string
	for _, l := range by {
		values = append(values, s.Labels[l])
	}
	return strings.Join(values, " ")
}

// hasRecorded compares a record with what it must be: exactly these results, to nine digits.
func hasRecorded(t *testing.T, run *scenario.Run, record string, want map[string]float64, by ...string) {
	t.Helper()
	got := map[string]float64{}
	for _, s := range run.Vector(record) {
		got[key(s, by...)] = s.Value
	}
	for k, v := range got {
		if w, ok := want[k]; !ok {
			t.Errorf("%s: %q is %v, and there is none", record, k, v)
		} else if math.IsNaN(v) || math.Abs(v-w) > 1e-9*max(1, math.Abs(w)) {
			t.Errorf("%s: %q is %v, want %v", record, k, v, w)
		}
	}
	for k := range want {
		if _, ok := got[k]; !ok {
			t.Errorf("%s: %q is missing, want %v", record, k, want[k])
		}
	}
}

// noNaN: it would stay in whatever is computed of a record.
func noNaN(t *testing.T, run *scenario.Run) {
	t.Helper()
	list := run.Vector(`{check!=""}`)
	for _, s := range list {
		if math.IsNaN(s.Value) || math.IsInf(s.Value, 0) {
			t.Errorf("recorded %v", s)
		}
	}
}

// matrix counts by truth and prediction.
type matrix map[[2]string]float64

func (m matrix) sums() (classes []string, truths, predicted map[string]float64, correct, all float64) {
	truths, predicted = map[string]float64{}, map[string]float64{}
	for at, n := range m {
		truths[at[0]] += n
		predicted[at[1]] += n
		all += n
		if at[0] == at[1] {
			correct += n
		}
	}
	for at, n := range m {
		if n > 0 {
			classes = append(classes, at[0], at[1])
		}
	}
	slices.Sort(classes)
	return slices.Compact(classes), truths, predicted, correct, all
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// scores are what scikit-learn says of a matrix, by method, with zero_division=0.
func (m matrix) scores() map[string]float64 {
	classes, truths, predicted, correct, all := m.sums()
	if all < 1 {
		return nil
	}
	s := map[string]float64{"accuracy": correct / all, "micro_f1": correct / all}
	var chance, p2, t2, found float64
	for _, c := range classes {
		tp, p, t := m[[2]string{c, c}], predicted[c], truths[c]
		s["precision "+c], s["recall "+c], s["f1 "+c] = ratio(tp, p), ratio(tp, t), ratio(2*tp, p+t)
		if all-t > 1e-9 {
			s["fpr "+c] = (p - tp) / (all - t)
		}
		n := float64(len(classes))
		s["macro_f1"] += s["f1 "+c] / n
		s["macro_precision"] += s["precision "+c] / n
		s["macro_recall"] += s["recall "+c] / n
		s["weighted_f1"] += s["f1 "+c] * t / all
		if t > 0 {
			found++
			s["balanced_accuracy"] += tp / t
		}
		chance += p * t
		p2 += p * p
		t2 += t * t
	}
	s["balanced_accuracy"] /= found
	one := func(sums map[string]float64) bool {
		return slices.ContainsFunc(classes, func(c string) bool { return math.Abs(sums[c]-all) < 1e-9 })
	}
	if one(predicted) || one(truths) {
		s["mcc"] = 0
	} else {
		s["mcc"] = (correct*all - chance) / (math.Sqrt(all*all-p2) * math.Sqrt(all*all-t2))
	}
	if len(classes) > 1 {
		s["kappa"] = (correct/all - chance/all/all) / (1 - chance/all/all)
	}
	return s
}

var classMethods = []string{"accuracy", "precision", "recall", "f1", "fpr", "macro_f1", "micro_f1", "weighted_f1", "macro_precision", "macro_recall", "balanced_accuracy", "kappa", "mcc"}

// TestEvaluatedClasses: whatever the counts, the recorded scores are scikit-learn's.
func TestEvaluatedClasses(t *testing.T) {
	spec := `version: mlobs/v1
model: m
owner: o
selector: {job: m}
metrics:
  labeled_total: {type: counter, labels: {pod: 3, version: [v1, v2], actual: [a, b, c, d], predicted: [a, b, c, d]}}
checks:
`
	for _, m := range classMethods {
		spec += "  - {evaluation: labeled_total, truth: actual, predicted: predicted, method: " + m + ", by: [version], window: 10m, min_samples: 1, alert: off}\n"
	}
	spec += "  - {name: recall-of-b, evaluation: labeled_total, truth: actual, predicted: predicted, class: b, method: recall, by: [version], window: 10m, min_samples: 1, alert: 0.5}\n"
	compiled := scenario.Compile(t, map[string]string{"m.yaml": spec})
	for seed := range seeds() {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(seed), 4))
			var list []enginetest.Series
			for _, v := range []string{"v1", "v2"}[:1+r.IntN(2)] {
				// Classes may be on one side only, and predictions may all be the same, or all wrong.
				truths, predicted := some(r, "abcd"), some(r, "abcd")
				for _, y := range truths {
					for _, p := range predicted {
						if r.IntN(4) > 0 {
							list = append(list, counter(r, "labeled_total", fmt.Sprintf(`version="%s",actual="%s",predicted="%s"`, v, y, p), amount(r))...)
						}
					}
				}
			}
			run := compiled.LoadAt(enginetest.Pace{AtLeast: 10 * time.Minute}, 30*time.Second, list)
			run.Until(20 * time.Minute)
			want, byClass := map[string]map[string]float64{}, map[string]map[string]float64{}
			matrices := map[string]matrix{}
			for k, n := range grown(run, "labeled_total", "version", "actual", "predicted") {
				f := strings.Fields(k)
				if matrices[f[0]] == nil {
					matrices[f[0]] = matrix{}
				}
				matrices[f[0]][[2]string{f[1], f[2]}] += n
			}
			for version, m := range matrices {
				for name, v := range m.scores() {
					method, class, ok := strings.Cut(name, " ")
					into := want
					if ok {
						into, version = byClass, version+" "+class
					}
					if into[method] == nil {
						into[method] = map[string]float64{}
					}
					into[method][version] = v
					version, _, _ = strings.Cut(version, " ")
				}
			}
			ofB := map[string]float64{}
			for k, v := range byClass["recall"] {
				if version, class, _ := strings.Cut(k, " "); class == "b" {
					ofB[version] = v
				}
			}
			for _, m := range classMethods {
				switch m {
				case "precision", "recall", "f1", "fpr":
					hasRecorded(t, run, `ml_model_version_class:labeled:`+m+`_10m{check="evaluation-`+strings.ReplaceAll(m, "_", "-")+`"}`, byClass[m], "version", "class")
				default:
					hasRecorded(t, run, "ml_model_version:labeled:"+m+"_10m", want[m], "version")
				}
			}
			hasRecorded(t, run, `ml_model_version:labeled:recall_10m{check="recall-of-b"}`, ofB, "version")
			noNaN(t, run)
		})
	}
}

// some of the letters, at least one.
func some(r *rand.Rand, letters string) (list []string) {
	for _, l := range strings.Split(letters, "") {
		if r.IntN(3) > 0 {
			list = append(list, l)
		}
	}
	if len(list) == 0 {
		return []string{letters[:1]}
	}
	return list
}
