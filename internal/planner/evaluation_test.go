package planner

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// evaluated is a model with all that can be evaluated.
const evaluated = `version: mlobs/v1
model: m
owner: team
selector: {service: s}
metrics:
  labeled_total: {type: counter, labels: {actual: [cat, dog], predicted: [cat, dog], version: [v1, v2]}}
  preds_total: {type: counter, labels: {version: [v1, v2]}}
  heat: {type: gauge, unit: celsius}
  pos: {type: histogram, buckets: [0.5, 1]}
  neg: {type: histogram, buckets: [0.5, 2]}
  bare: {type: histogram, labels: {truth: ["0", "1"]}}
  single: {type: histogram, buckets: [1]}
  scored: {type: histogram, buckets: [0.5, 1], labels: {truth: ["0", "1"]}}
  abs_total: {type: counter}
  sq_total: {type: counter}
  n_total: {type: counter}
  bin_total: {type: counter, labels: {bin: 10}}
  right_total: {type: counter, labels: {bin: 10}}
  sure_total: {type: counter}
  decisions_total: {type: counter, labels: {group: [a, b], alone: [x], decision: ["yes", "no"], outcome: [good, bad], any: any}}
checks:
  - {`

// TestEvaluationFaults: each mistake has one message, at its place.
func TestEvaluationFaults(t *testing.T) {
	const (
		classes  = "evaluation: labeled_total, truth: actual, predicted: predicted, alert: 0.9"
		decision = `fairness: decisions_total, across: group, positive: {decision: "yes"}`
	)
	for check, want := range map[string]string{
		"evaluation: labeld_total, alert: 0.9":                                                                  "unknown metric `labeld_total` | did you mean `labeled_total`?",
		"evaluation: heat, alert: 0.9":                                                                          "`heat` is a gauge, and `evaluation` looks at a counter or histogram | name another metric, or correct its `type`",
		"evaluation: labeled_total, alert: 0.9":                                                                 "which label of `labeled_total` holds the true class? | say it: `truth: LABEL`",
		classes[:len(classes)-3] + "90":                                                                         "`accuracy` always is below `90`: it lies between 0 and 1 | take a limit inside of that range",
		"evaluation: preds_total, truth: version, alert: 0.9":                                                   "which label of `preds_total` holds the predicted class? | say it: `predicted: LABEL`",
		"evaluation: labeled_total, truth: predicted, alert: 0.9":                                               "`predicted` is the truth, too | name the label that holds what was predicted",
		"evaluation: labeled_total, truth: actul, predicted: predicted, alert: 0.9":                             "`labeled_total` has no label `actul` | did you mean `actual`?",
		"evaluation: labeled_total, truth: actual, predicted: actual, alert: 0.9":                               "`actual` is the truth, too | name the label that holds what was predicted",
		"evaluation: labeled_total, truth: actual, predicted: predicted":                                        "nothing says which accuracy is too low | write what you promise, as in `alert: 0.9`; `alert: off` makes a panel and no alert",
		"evaluation: labeled_total, truth: actual, predicted: predicted, method: fpr":                           "nothing says which false positive rate is too high | write what you promise, as in `alert: 0.1`; `alert: off` makes a panel and no alert",
		"evaluation: {absolute: abs_total, count: n_total}":                                                     "nothing says which mean absolute error is too high | write what you promise, as in `alert: 10`; `alert: off` makes a panel and no alert",
		classes + ", by: [actual]":                                                                              "`by: [actual]` divides what belongs together: it is a label of the class | leave it out; results by class have the label `class`",
		classes + ", by: [verion]":                                                                              "`labeled_total` has no label `verion` | did you mean `version`?",
		classes + ", class: cat":                                                                                "`class` has no effect on `accuracy` | leave it out: it is about all classes",
		classes + ", class: cow, method: recall":                                                                "`labeled_total` has no class `cow` | declare it among the values of `actual` and `predicted`",
		classes + ", across: actual":                                                                            "`across` has no effect on `accuracy` | leave it out: `truth` and `predicted` name the labels of the class",
		classes + ", method: acuracy":                                                                           "`evaluation` has no method `acuracy` | did you mean `accuracy`?",
		classes + ", method: auc":                                                                               "`auc` cannot be told from one counter | name its parts: `evaluation: {positive: …, negative: …}`",
		classes + ", method: bias":                                                                              "`bias` cannot be told from one counter | name its parts: `evaluation: {predicted: …, actual: …, count: …}`; a counter of signed errors would fall, and each fall would be read as a restart",
		classes + ", direction: above":                                                                          "`direction` of a check of `evaluation` | leave it out: only `canary`, `external`, `score` can have it",
		strings.Replace(classes, "0.9", "0", 1):                                                                 "`accuracy` never is below `0`: it lies between 0 and 1 | take a limit inside of that range",
		classes + ", window: 30s":                                                                               "a window of 30s has fewer than four scrapes | take at least 1m",
		classes + ", delay: 15d":                                                                                "predictions of 15d ago are not kept: Prometheus keeps 15d | set `prometheus: retention` in mlobs.yaml, or leave `delay` out",
		classes + ", coverage: pred_total":                                                                      "unknown metric `pred_total` | did you mean `preds_total`?",
		classes + ", coverage: heat":                                                                            "`heat` is a gauge, and predictions are counted by a counter | name another metric, or correct its `type`",
		classes + ", coverage: labeled_total":                                                                   "`labeled_total` counts what has a truth, not all predictions | name the counter of all predictions",
		classes + ", min_coverage: 80%":                                                                         "`min_coverage` without `coverage` | say which metric counts all predictions: `coverage: predictions_total`",
		"evaluation: {positive: pos, negative: neg}, alert: 0.8":                                                "the buckets of `pos` and `neg` differ | give both histograms the same",
		"evaluation: {positive: pos, negative: bare}, alert: 0.8":                                               "the buckets of `bare` are not declared | declare them: `buckets: [0.1, 0.2, …]`; or take the method `ks`, which needs none",
		"evaluation: {positive: single, negative: single}, alert: 0.8":                                          "`single` is `positive` and `negative` | each part has its own metric",
		"evaluation: {positive: pos, negative: n_total}, alert: 0.8":                                            "`n_total` is a counter, and `negative` of `auc` is a histogram | name another metric, or correct its `type`",
		"evaluation: {positive: pos}, alert: 0.8":                                                               "no method is made of these parts alone | they belong together like this: auc {positive: …, negative: …}, ks {positive: …, negative: …}, mae {absolute: …, count: …}, rmse {squared: …, count: …}, bias {predicted: …, actual: …, count: …}, r2 {squared: …, actual: …, actual_squared: …, count: …}, brier {squared: …, count: …}, ece {count: …, correct: …, confidence: …}, mce {count: …, correct: …, confidence: …}",
		"evaluation: {positive: pos}, method: ks, alert: 0.8":                                                   "`ks` needs `negative` | add the metric: `evaluation: {positive: …, negative: …}`",
		"evaluation: {absolute: abs_total, squared: sq_total, count: n_total}, alert: 2":                        "`mae` has no use for `squared` | leave it out, or name the method that is meant",
		"evaluation: {absolute: abs_total, count: n_total}, method: accuracy, alert: 0.9":                       "`accuracy` is counted by class, not in parts | name the counter by true and predicted class: `evaluation: METRIC`",
		"evaluation: {absolute: abs_total, count: n_total}, truth: actual, alert: 2":                            "`truth` has no effect on `mae` | leave it out: it is for a counter by class",
		"evaluation: {absolute: abs_total, count: n_total}, across: bin, alert: 2":                              "`across` has no effect on `mae` | leave it out: errors are of one value",
		"evaluation: {absolute: abs_total, count: n_total}, by: [version], alert: 2":                            "`abs_total` has no label `version` | declare it under the metric's `labels`",
		"evaluation: scored, alert: 0.8":                                                                        "which scores of `scored` are of positives? | say which label has the truth, and its value: `truth: LABEL` and `class: VALUE`; or name two histograms: `evaluation: {positive: …, negative: …}`",
		"evaluation: scored, truth: truth, class: \"2\", alert: 0.8":                                            "`truth` of `scored` is never `2` | it is one of 0, 1",
		"evaluation: scored, truth: truth, class: \"1\", method: recall, alert: 0.8":                            "`recall` cannot be told from one histogram | name a counter by true and predicted class",
		"evaluation: {count: bin_total, correct: right_total, confidence: sure_total}, across: bin, alert: 0.1": "`sure_total` has no label `bin`, which holds the bin | count it by bin, too",
		"evaluation: {count: bin_total, correct: right_total, confidence: sure_total}, alert: 0.1":              "which label of `bin_total` holds the bin of confidence? | say it: `across: LABEL`",
		"fairness: decisions_total, across: group":                                                              "which decisions of `decisions_total` are positive? | say it: `positive: {LABEL: VALUE}`",
		"fairness: decisions_total, positive: {decision: \"yes\"}":                                              "which label of `decisions_total` holds the group? | say it: `across: LABEL`",
		"fairness: heat, across: group":                                                                         "`heat` is a gauge, and `fairness` looks at a counter | name another metric, or correct its `type`",
		"name: f, fairness: [decisions_total, labeled_total], across: group":                                    "fairness looks at one metric, and these are several | write a check for each",
		strings.Replace(decision, "group", "alone", 1):                                                          "`alone` has one value: there is no other group to compare with | take a label with at least two",
		strings.Replace(decision, "group", "grup", 1):                                                           "`decisions_total` has no label `grup` | did you mean `group`?",
		strings.Replace(decision, "yes", "yess", 1):                                                             "`decision` of `decisions_total` is never `yess` | did you mean `yes`?",
		strings.Replace(decision, "decision:", "decison:", 1):                                                   "`decisions_total` has no label `decison` | did you mean `decision`?",
		`fairness: decisions_total, across: group, positive: {group: a}`:                                        "`group` is the label of the groups | take the label of the decision, or of the truth",
		decision + ", by: [group]":                                                                              "`by: [group]` leaves one group in each result | leave it out: `group` holds the groups",
		decision + ", reference: c":                                                                             "`group` of `decisions_total` is never `c` | it is one of a, b",
		decision + ", method: equal_opportunity":                                                                "`equal_opportunity` needs the truth: what truly is positive? | say it: `actual: {LABEL: VALUE}`; without the truth there are `four_fifths`, `parity_difference` and `parity_ratio`",
		decision + ", actual: {outcome: good}":                                                                  "`actual` has no effect on `four_fifths` | leave it out: it looks at decisions, not at the truth; `equal_opportunity` looks at both",
		decision + ", method: parity_ratio, reference: a":                                                       "`reference` has no effect on `parity_ratio` | leave it out: only `four_fifths` compares with one group",
		decision + ", method: equal_opportunity, actual: {outcome: god}":                                        "`outcome` of `decisions_total` is never `god` | did you mean `good`?",
		decision + ", method: equal_odds":                                                                       "`fairness` has no method `equal_odds` | it has four_fifths, parity_difference, parity_ratio, equal_opportunity, equalised_odds, predictive_parity, accuracy_gap",
		decision + ", method: parity_difference, alert: 1":                                                      "`parity_difference` never is above `1`: it lies between 0 and 1 | take a limit inside of that range",
	} {
		_, rep := build(t, "", evaluated+check+"}\n")
		at, message, _ := strings.Cut(strings.TrimSpace(listing(rep)), " ")
		if d := cmp.Diff(want, message); d != "" {
			t.Errorf("%s\n%s", check, d)
		}
		if !strings.HasPrefix(at, "22:") {
			t.Errorf("%s: said at %s", check, at)
		}
	}
}

// TestEvaluationOfRuns: a model that pushes its values once per run is judged by the last run.
func TestEvaluationOfRuns(t *testing.T) {
	daily := strings.Replace(evaluated, "metrics:", "traffic: {every: 24h}\nmetrics:", 1)
	const fair = `fairness: decisions_total, across: group, positive: {decision: "yes"}`
	for _, check := range []string{"evaluation: labeled_total, truth: actual, predicted: predicted, alert: 0.9", fair} {
		_, rep := build(t, "", daily+check+", window: 1h}\n")
		if got := listing(rep); !strings.Contains(got, "`window` of a model that runs every 1d") || strings.Count(got, "\n") != 1 {
			t.Errorf("%s: %s", check, got)
		}
	}
	p := mustBuild(t, "", daily+strings.Replace(fair, "group", "any", 1)+"}\n")
	a := alertNamed(t, p, "FairnessDecisionsTotalGroupMissing")
	if text := fmt.Sprint(a.Summary); !strings.Contains(text, "in the last run") {
		t.Error(text)
	}
	for _, r := range p.Records {
		if strings.Contains(r.Expr, "increase(") {
			t.Errorf("%s asks how a pushed value grew: %s", r.Name, r.Expr)
		}
		if strings.Contains(r.Name, "group_missing") && !strings.Contains(r.Expr, "offset 1d") {
			t.Errorf("a group is missed since the run before: %s", r.Expr)
		}
	}
}

// TestManyAlertsOfOneSignal: however many checks share a signal, its expressions stay short.
func TestManyAlertsOfOneSignal(t *testing.T) {
	text := strings.TrimSuffix(evaluated, "  - {")
	for i := range 40 {
		text += fmt.Sprintf("  - {name: c%d, evaluation: labeled_total, truth: actual, predicted: predicted, alert: 0.9}\n", i)
	}
	p := mustBuild(t, "", text)
	parts := 0
	for _, r := range p.Records {
		switch r.Name {
		case signalPart:
			parts++
		case signalMetric:
			if strings.Contains(r.Expr, "labeled") {
				t.Errorf("%s reads alerts: %s", r.Name, r.Expr)
			}
		}
		if len(r.Expr) > promql.MaxLength {
			t.Errorf("%s has %d bytes", r.Name, len(r.Expr))
		}
	}
	if parts != 4 {
		t.Errorf("%d parts", parts)
	}
}
