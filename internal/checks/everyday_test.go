package checks_test

import (
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
)

const everydayMetrics = `version: mlobs/v1
model: m
owner: ml
selector: {job: m}
metrics:
  predictions_total: {type: counter, labels: {class: [a, b], version: [stable, canary], one: [x], many: any}}
  requests_total: {type: counter, role: requests, errors: {code: "500"}, labels: {version: [stable, canary], code: ["200", "500"]}}
  sure: {type: histogram, unit: ratio, buckets: [0.5, 0.9], labels: {version: [stable, canary]}}
  size: {type: histogram, unit: bytes}
  slow: {type: summary, unit: seconds, quantiles: [0.5], labels: {version: [stable, canary]}}
  score: {type: gauge, unit: ratio}
  score2: {type: gauge, unit: seconds}
  updated: {type: gauge, unit: timestamp}
checks:
`

// What is wrong with a check is said at its place, once, with a way out.
func TestEverydayMistakes(t *testing.T) {
	for check, want := range map[string]string{
		"{confidence: sure}":                                                                       "error: the check `confidence-sure` has no limit: which mean is bad, only you know",
		"{confidence: sure, method: share, alert: 1%}":                                             "error: the share of what?",
		"{confidence: sure, method: mean, under: 0.5}":                                             "error: a bound is for a share, and the method is `mean`",
		"{confidence: sure, method: median, alert: 1}":                                             "error: `confidence` has no method `median`",
		"{confidence: sure, under: 0.6, alert: 1%}":                                                "error: `0.6` is no bucket of `sure`, so that no series counts what is below it",
		"{confidence: sure, under: 5ms, alert: 1%}":                                                "error: `5ms` is a quantity of seconds",
		"{confidence: sure, under: 0.5, alert: 1}":                                                 "error: `share` never is above `1`: it lies between 0 and 1",
		"{confidence: sure, alert: -1}":                                                            "error: `mean` never is below `-1`: it is at least 0",
		"{confidence: sure, against: {offset: 1d}, alert: 10%}":                                    "error: a change below `10%` is no worse than none",
		"{confidence: sure, under: 0.5, against: {offset: 1d}, alert: -10%}":                       "error: a change above `-10%` is no worse than none",
		"{confidence: score, alert: 0.5, min_samples: 5}":                                          "error: `min_samples` of a gauge",
		"{confidence: score, under: 0.5, alert: 1%}":                                               "error: `score` is a gauge, and `confidence` looks at a histogram or native_histogram",
		"{name: x, confidence: [score, score2], alert: 0.5}":                                       "error: `score` and `score2` have different units",
		"{collapse: predictions_total}":                                                            "error: which label of `predictions_total` holds the class?",
		"{collapse: predictions_total, across: clas}":                                              "error: `predictions_total` has no label `clas`",
		"{collapse: predictions_total, across: one}":                                               "error: the label `one` of `predictions_total` has one value, whose share is always 1",
		"{collapse: predictions_total, across: many, method: entropy}":                             "error: how many classes does the label `many` of `predictions_total` have?",
		"{collapse: predictions_total, across: class, by: [class]}":                                "error: `class` holds the class, and results are made by it",
		"{collapse: score, across: class}":                                                         "error: `score` is a gauge, and `collapse` looks at a counter",
		"{silence: predictions_total, method: rate}":                                               "error: method `rate` is for traffic, against the past",
		"{silence: predictions_total, min_samples: 5}":                                             "error: `min_samples` counts predictions of the past",
		"{silence: predictions_total, against: {offset: 5m}}":                                      "error: the baseline of 5m ago overlaps the window of 10m",
		"{silence: predictions_total, window: 30s}":                                                "error: a window of 30s has fewer than four scrapes",
		"{quality: predictions_total, across: many}":                                               "error: what is bad about `predictions_total`?",
		"{quality: predictions_total, bad: {state: x}}":                                            "error: `predictions_total` has no label `state`",
		"{quality: predictions_total, of: sure}":                                                   "error: `sure` is a histogram: all values are counted by a counter",
		"{quality: predictions_total, of: nothing}":                                                "error: unknown metric `nothing`",
		"{quality: size, valid: [0, 1]}":                                                           "error: the buckets of `size` are not declared",
		"{quality: sure, valid: [-Inf, +Inf]}":                                                     "error: everything lies between `-Inf` and `+Inf`",
		"{quality: sure, valid: [0.1, 0.9]}":                                                       "error: `0.1` is no bucket of `sure`",
		"{freshness: updated}":                                                                     "error: the check `freshness-updated` has no limit",
		"{freshness: score, alert: 1h}":                                                            "error: `score` is in ratio, and a time is in seconds since 1970",
		"{freshness: updated, alert: 1h, min_samples: 5}":                                          "error: `min_samples` of a timestamp",
		"{freshness: updated, alert: 2h, warn: 3h}":                                                "error: `warn: 3h` is beyond the limit",
		"{canary: requests_total}":                                                                 "error: against which version?",
		"{canary: requests_total, against: {offset: 1d}}":                                          "error: against which version?",
		"{canary: requests_total, against: {version: old}}":                                        "error: the label `version` is never `old`",
		"{canary: requests_total, against: {versions: stable}}":                                    "error: `requests_total` has no label `versions`",
		"{canary: predictions_total, against: {one: x}}":                                           "error: the label `one` has one value: there is no other version",
		"{canary: requests_total, against: {version: stable}, by: [version]}":                      "error: `by` has the label `version`, which tells the versions apart",
		"{canary: predictions_total, against: {version: stable}, method: errors}":                  "error: `predictions_total` does not say which requests failed",
		"{canary: predictions_total, against: {version: stable}, across: many}":                    "error: the classes of versions are compared if `many` lists them, 2 to 40",
		"{canary: predictions_total, against: {version: stable}, across: class, significance: 1%}": "error: `significance` for the method `errors` alone",
		"{canary: requests_total, against: {version: stable}, direction: below}":                   "error: `direction` for a mean or a quantile alone",
		"{canary: requests_total, against: {version: stable}, quantile: 0.9}":                      "error: `quantile` for the method `quantile` alone",
		"{canary: slow, against: {version: stable}, method: quantile}":                             "error: quantiles of a summary cannot be taken over several copies",
		"{name: two, canary: [sure, slow], against: {version: stable}}":                            "error: a check of `canary` is about one metric",
		"{canary: slow, against: {version: stable}, direction: below, alert: 10%}":                 "error: a change below `10%` is no worse than none",
		"{external: score}":                                                                        "error: the check `external-score` has no limit",
		"{external: score, alert: 2, range: [0, 1]}":                                               "error: `worst` never is above `2`: it lies between 0 and 1",
		"{external: score, alert: 0.5, window: 1h}":                                                "error: `window` of a gauge, whose value now counts",
		"{external: requests_total, direction: below}":                                             "error: `direction` of a counter of detections",
		"{external: sure, alert: 1}":                                                               "error: `sure` is a histogram, and `external` looks at a gauge or counter",
		"{name: s, score: {query: max(score)}}":                                                    "error: the check `s` has no limit",
		"{name: s, score: {query: max(scor), alert: 1}}":                                           "error: unknown metric `scor`",
		"{name: s, score: {query: 'max(score', alert: 1}}":                                         "error: ",
		"{name: s, score: {query: 'score[5m]', alert: 1}}":                                         "error: a recording rule records one value of each series, not a range of samples",
		"{name: s, score: {query: max(score), alert: 1}, window: 1h}":                              "error: the query has no `$window`, so that `window` says nothing",
	} {
		got := ""
		t.Run(check, func(t *testing.T) {
			got = scenario.CompileErr(t, map[string]string{"m.yaml": everydayMetrics + "  - " + check + "\n"})
		})
		if !strings.Contains(got, want) || strings.Count(got, "error: ") != 1 || !strings.HasPrefix(got, "m.yaml:") {
			t.Errorf("%s\nsays %s\nwant %s", check, got, want)
		}
		if !strings.Contains(got, "help: ") && !strings.Contains(got, "write a plain number") {
			t.Errorf("%s\nhas no way out: %s", check, got)
		}
	}
}
