package scenario_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
)

// decisions about a group: all, positive, truly positive, both.
type decisions struct{ all, positive, actual, hits float64 }

// shares are a rate of each group that is taken of at least so many.
func shares(groups map[string]decisions, least float64, of func(decisions) (part, whole float64)) map[string]float64 {
	list := map[string]float64{}
	for g, d := range groups {
		if part, whole := of(d); whole >= least {
			list[g] = part / whole
		}
	}
	return list
}

func ends(list map[string]float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range list {
		low, high = min(low, v), max(high, v)
	}
	return low, high
}

// TestFairness: the measures of fairlearn and aequitas, over groups that have enough; z of the best group against
// each.
func TestFairness(t *testing.T) {
	const least = 50
	methods := []string{"four_fifths", "parity_difference", "parity_ratio", "equal_opportunity", "equalised_odds", "predictive_parity", "accuracy_gap"}
	spec := `version: mlobs/v1
model: m
owner: o
selector: {job: m}
metrics:
  outcomes_total: {type: counter, labels: {pod: 3, version: [v1, v2], group: [a, b, c, d], decision: ["yes", "no"], outcome: [good, bad]}}
checks:
`
	const rest = "fairness: outcomes_total, across: group, positive: {decision: \"yes\"}, by: [version], window: 10m, min_samples: 50, alert: off"
	for _, m := range methods {
		actual := ""
		if strings.HasPrefix(m, "equal") || m == "predictive_parity" || m == "accuracy_gap" {
			actual = ", actual: {outcome: good}"
		}
		spec += "  - {name: " + strings.ReplaceAll(m, "_", "-") + ", " + rest + ", method: " + m + actual + "}\n"
	}
	spec += "  - {name: to-a, " + rest + ", reference: a}\n"
	spec += "  - {name: z, " + strings.Replace(rest, "off", "0.8", 1) + ", significance: 0.05}\n"
	compiled := scenario.Compile(t, map[string]string{"m.yaml": spec})
	for seed := range seeds() {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(seed), 7))
			var list []enginetest.Series
			for _, v := range []string{"v1", "v2"} {
				for _, g := range some(r, "abcd") {
					for _, d := range []string{"yes", "no"} {
						for _, o := range []string{"good", "bad"} {
							if r.IntN(5) > 0 { // never selected, never good: no series
								list = append(list, counter(r, "outcomes_total", fmt.Sprintf(`version="%s",group="%s",decision="%s",outcome="%s"`, v, g, d, o), amount(r))...)
							}
						}
					}
				}
			}
			run := compiled.LoadAt(enginetest.Pace{AtLeast: 10 * time.Minute}, 30*time.Second, list)
			run.Until(20 * time.Minute)
			versions := map[string]map[string]decisions{}
			for k, n := range grown(run, "outcomes_total", "version", "group", "decision", "outcome") {
				f := strings.Fields(k)
				if versions[f[0]] == nil {
					versions[f[0]] = map[string]decisions{}
				}
				d := versions[f[0]][f[1]]
				d.all += n
				if f[2] == "yes" {
					d.positive += n
				}
				if f[3] == "good" {
					d.actual += n
				}
				if f[2] == "yes" && f[3] == "good" {
					d.hits += n
				}
				versions[f[0]][f[1]] = d
			}
			want := map[string]map[string]float64{"to-a": {}, "z": {}}
			for _, m := range methods {
				want[m] = map[string]float64{}
			}
			for v, groups := range versions {
				rates := shares(groups, least, func(d decisions) (float64, float64) { return d.positive, d.all })
				tpr := shares(groups, least, func(d decisions) (float64, float64) { return d.hits, d.actual })
				fpr := shares(groups, least, func(d decisions) (float64, float64) { return d.positive - d.hits, d.all - d.actual })
				precision := shares(groups, least, func(d decisions) (float64, float64) { return d.hits, d.positive })
				right := shares(groups, least, func(d decisions) (float64, float64) { return d.all - d.positive - d.actual + 2*d.hits, d.all })
				difference := func(method string, rates map[string]float64) {
					if low, high := ends(rates); len(rates) > 1 {
						want[method][v] = max(want[method][v], high-low)
					}
				}
				quotient := func(method string, rates map[string]float64) {
					if low, high := ends(rates); len(rates) > 1 && high > 0 {
						want[method][v] = low / high
					}
				}
				difference("parity_difference", rates)
				difference("equal_opportunity", tpr)
				difference("equalised_odds", tpr)
				difference("equalised_odds", fpr)
				difference("accuracy_gap", right)
				quotient("parity_ratio", rates)
				quotient("predictive_parity", precision)
				_, best := ends(rates)
				bestOf := 0.0
				for g, rate := range rates {
					if rate == best {
						bestOf = max(bestOf, groups[g].all)
					}
				}
				for g, rate := range rates {
					if len(rates) > 1 && best > 0 {
						want["four_fifths"][v+" "+g] = rate / best
					}
					if len(rates) > 1 && rates["a"] > 0 {
						want["to-a"][v+" "+g] = rate / rates["a"]
					}
					n := groups[g].all
					pooled := (groups[g].positive + best*bestOf) / (n + bestOf)
					if spread := pooled * (1 - pooled) * (1/n + 1/bestOf); spread > 1e-15 {
						want["z"][v+" "+g] = (rate - best) / math.Sqrt(spread)
					}
				}
			}
			for _, m := range methods[1:] {
				hasRecorded(t, run, "ml_model_version:outcomes:"+m+"_10m", want[m], "version")
			}
			hasRecorded(t, run, `ml_model_version_group:outcomes:four_fifths_10m{check="four-fifths"}`, want["four_fifths"], "version", "group")
			hasRecorded(t, run, `ml_model_version_group:outcomes:four_fifths_10m{check="to-a"}`, want["to-a"], "version", "group")
			hasRecorded(t, run, `ml_model_version_group:outcomes:rate_z_10m`, want["z"], "version", "group")
			noNaN(t, run)
		})
	}
}
