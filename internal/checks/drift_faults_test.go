package checks_test

import (
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
)

const faulty = `version: mlobs/v1
model: shop
owner: ml
selector: {job: shop}
metrics:
  seen_total: {type: counter, labels: {class: [a, b, c], track: [stable, live], alone: [x], many: 9}}
  age: {type: histogram, unit: none, buckets: [0.1, 0.5, 1], role: feature}
  wait_seconds: {type: histogram, unit: seconds, buckets: [0.1, 0.5, 1], role: feature}
  coarse: {type: histogram, unit: none, buckets: [1]}
  free: {type: histogram, unit: none}
  native: {type: native_histogram, unit: none}
  load: {type: gauge}
checks:
  - {CHECK}
`

// TestDriftFaults: what is wrong with a check is said once, at its place, with a way out.
func TestDriftFaults(t *testing.T) {
	for check, want := range map[string]string{
		"drift: load":                                                                              "`load` is a gauge, and `drift` looks at a counter or histogram or native_histogram",
		"drift: seen_total, across: clas":                                                          "`seen_total` has no label `clas`",
		"drift: seen_total":                                                                        "which label of `seen_total` holds the class?",
		"drift: seen_total, across: alone":                                                         "the label `alone` of `seen_total` has one value, whose share is always 1",
		"drift: seen_total, across: class, by: [class]":                                            "`class` holds the class, and results are made by it",
		"drift: age, across: track":                                                                "`across` of `age`, whose buckets are what is compared",
		"drift: seen_total, across: class, method: ks":                                             "method `ks` is for numbers, and this are classes",
		"drift: seen_total, across: class, method: pis":                                            "it has psi, kl, js, js2, tvd, hellinger, linf, chi2",
		"drift: seen_total, across: class, quantile: 0.9":                                          "`quantile` of method `psi`, which compares whole distributions",
		"drift: seen_total, across: class, method: tvd, smoothing: 1":                              "`smoothing` of method `tvd`, which does not divide by shares",
		"drift: seen_total, across: class, method: tvd, significance: 0.01":                        "`tvd` has no `significance`",
		"drift: seen_total, across: many, significance: 0.01":                                      "depends on the number of classes, which is not known",
		"drift: seen_total, across: class, method: chi2, alert: 9, against: {offsets: [1d, 2d]}":   "`chi2` compares the counts of two samples",
		"drift: seen_total, across: class, method: chi2":                                           "`chi2` has no limit of its own",
		"drift: age, method: wasserstein":                                                          "`wasserstein` has no limit of its own",
		"drift: seen_total, across: class, method: linf, alert: 1":                                 "`linf` never is above `1`",
		"drift: seen_total, across: class, warn: 0.3, alert: 0.2":                                  "`warn: 0.3` is beyond the limit",
		"drift: seen_total, across: class, window: 30s":                                            "a window of 30s has fewer than four scrapes",
		"drift: seen_total, across: class, window: 20d":                                            "a window of 20d, and Prometheus keeps 15d",
		"drift: seen_total, across: class, against: {offset: 30m}":                                 "the baseline of 30m ago overlaps the window of 1h",
		"drift: seen_total, across: class, against: {offset: 15d}":                                 "the baseline of 15d ago is not kept",
		"drift: seen_total, across: class, against: {track: stabel}":                               "the label `track` of `seen_total` is never `stabel`",
		"drift: seen_total, across: class, against: {trakc: stable}":                               "`seen_total` has no label `trakc`",
		"drift: seen_total, across: class, against: {alone: x}":                                    "the label `alone` of `seen_total` has one value, so that there is nothing to compare",
		"drift: seen_total, across: class, by: [track], against: {track: stable}":                  "`track` tells what is compared, and results are made by it",
		"drift: seen_total, across: class, against: {reference: {a: 0.5, b: 0.5}}":                 "the reference lacks `c` of the label `class`",
		"drift: seen_total, across: class, against: {reference: {a: 0.5, b: 0.2, c: 0.2, d: 0.1}}": "`d` is no value of the label `class` of `seen_total`",
		"drift: seen_total, across: class, against: {reference: {a: 0.5, b: 0.2, c: 0.2}}":         "sum to `0.9`, not to 1",
		"drift: age, against: {reference: {0.1: 0.5, 0.5: 0.3, 2: 0.1, +Inf: 0.1}}":                "the buckets of the reference are not those of `age`",
		"drift: age, against: {reference: {0.1: 0.5, 0.5: 0.4, 1: 0.1}}":                           "the reference lacks the bucket `+Inf`",
		"drift: age, against: {reference: {low: 0.5, high: 0.5}}":                                  "`low` is not the upper bound of a bucket",
		"drift: age, method: mean, against: {reference: {0.1: 0.5, 0.5: 0.3, 1: 0.1, +Inf: 0.1}}":  "`mean` cannot be computed of the shares of a reference",
		"drift: coarse":                                                      "`coarse` has one finite bucket",
		"drift: free, method: psi":                                           "`psi` needs to know the buckets of `free`",
		"drift: native":                                                      "`native` is a native histogram, whose buckets have no fixed bounds",
		"drift: {role: output}":                                              "no metric has the role `output`",
		"drift: seen_total, across: class, alert: -1":                        "`psi` always is above `-1`: it is at least 0",
		"drift: seen_total, across: class, selector: {class: a}":             "`class` holds the class, and only one is selected, whose share is always 1",
		"drift: seen_total, across: class, against: {class: a}":              "`class` holds the class, and cannot tell the two sides apart, too",
		"drift: agee":                                                        "unknown metric `agee`",
		"drift: {role: feature}, at_least: 3":                                "at least 3 metrics must have drifted, and the check looks at 2",
		"drift: {role: feature}, except: {coarse: {alert: 0.3}}":             "`coarse` is none of the metrics of the check",
		"drift: {role: feature}, except: {age: {alert: 2}}":                  "`ks` never is above `2`",
		"name: x, drift: [age, wait_seconds], method: wasserstein, alert: 1": "`wasserstein` is in the unit of its metric, and `wait_seconds` has another one than `age`",
		"name: x, drift: [age, coarse], except: {age: {omit: it is new}, coarse: {omit: it is new}}": "all metrics of the check are left out",
		"drift: seen_total, across: class, by: [feature]":                                            "has no label `feature`",
	} {
		t.Run(check, func(t *testing.T) {
			got := scenario.CompileErr(t, map[string]string{"model.yaml": strings.ReplaceAll(faulty, "CHECK", check)})
			if !strings.Contains(got, want) {
				t.Errorf("the message does not say %q:\n%s", want, got)
			}
			if n := strings.Count(got, ": error: "); n != 1 {
				t.Errorf("%d messages for one mistake:\n%s", n, got)
			}
			if !strings.Contains(got, "help: ") {
				t.Errorf("no way out:\n%s", got)
			}
			if !strings.Contains(got, "model.yaml:14:") {
				t.Errorf("not at the check:\n%s", got)
			}
		})
	}
}
