package scenario_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
)

// judged is a model whose predictions get a truth, by version.
const judged = `version: mlobs/v1
model: m
owner: o
selector: {job: m}
metrics:
  predictions_total: {type: counter, labels: {version: [v1, v2, v3]}}
  labeled_total: {type: counter, labels: {version: [v1, v2, v3], actual: [cat, dog], predicted: [cat, dog]}}
  error_total: {type: counter, labels: {version: [v1, v2, v3]}}
  predicted_total: {type: counter, labels: {version: [v1, v2, v3]}}
  actual_total: {type: counter, labels: {version: [v1, v2, v3]}}
  values_total: {type: counter, labels: {version: [v1, v2, v3]}}
checks:
  - {name: quality, evaluation: labeled_total, truth: actual, predicted: predicted, by: [version], window: 10m, alert: 90%, coverage: predictions_total, min_coverage: 50%, delay: 20m}
  - {name: found, evaluation: labeled_total, truth: actual, predicted: predicted, method: recall, by: [version], window: 10m, alert: 0.8}
  - {name: error, evaluation: {absolute: error_total, count: values_total}, by: [version], window: 10m, alert: 2}
  - {name: bias, evaluation: {predicted: predicted_total, actual: actual_total, count: values_total}, by: [version], window: 10m, alert: 1}
`

// answers of a version: so many right and wrong truths per second, from a time on.
func answers(version string, change time.Duration, before, after [2]float64) (list []enginetest.Series) {
	add := func(series string, before, after float64) {
		list = append(list, enginetest.Series{Series: fmt.Sprintf(series, version), For: 3 * time.Hour, Func: enginetest.Then(change, enginetest.Linear(before), enginetest.Linear(after))})
	}
	for _, class := range [][2]string{{"cat", "dog"}, {"dog", "cat"}} {
		add(`labeled_total{job="m",version="%s",actual="`+class[0]+`",predicted="`+class[0]+`"}`, before[0]/2, after[0]/2)
	}
	add(`labeled_total{job="m",version="%s",actual="cat",predicted="dog"}`, before[1], after[1])
	add(`predictions_total{job="m",version="%s"}`, before[0]+before[1], before[0]+before[1])
	add(`values_total{job="m",version="%s"}`, before[0]+before[1], after[0]+after[1])
	add(`error_total{job="m",version="%s"}`, before[1], after[1]*8)
	add(`predicted_total{job="m",version="%s"}`, 10, 10)
	add(`actual_total{job="m",version="%s"}`, 10, 10+after[1]*4)
	return append(list, up(version))
}

// up is a target that answers.
func up(instance string) enginetest.Series {
	return enginetest.Series{Series: `up{job="m",instance="` + instance + `"}`, For: 3 * time.Hour, Func: enginetest.Constant(1)}
}

// TestEvaluationAlerts: each fires when its version became bad, after `for`, and for no other.
func TestEvaluationAlerts(t *testing.T) {
	s := scenario.Compile(t, map[string]string{"m.yaml": judged})
	list := answers("v1", time.Hour, [2]float64{9.5, 0.5}, [2]float64{5, 5})
	list = append(list, answers("v2", time.Hour, [2]float64{9.5, 0.5}, [2]float64{9.5, 0.5})...)
	list = append(list, answers("v3", time.Hour, [2]float64{0.05, 0}, [2]float64{0, 0.1})...) // bad, but few
	run := s.Load(30*time.Second, list)
	run.Until(90 * time.Minute)
	if got := run.Firing(time.Hour); len(got) > 0 {
		t.Errorf("%v fire in good weather", got)
	}
	// A share of 10 % wrong is passed when a ninth of the window is over; then it must hold for three minutes.
	if d := cmp.Diff([]string{"Found v1", "Quality v1"}, run.Pending(62*time.Minute, "version")); d != "" {
		t.Error(d)
	}
	if got := run.Firing(62*time.Minute, "version"); len(got) > 0 {
		t.Errorf("%v fire too early", got)
	}
	if d := cmp.Diff([]string{"Bias v1 ", "Error v1 ", "Found v1 cat", "Quality v1 "}, trimmed(run.Firing(90*time.Minute, "version", "class"))); d != "" {
		t.Error(d)
	}
	if s.Findings != "" {
		t.Errorf("findings:\n%s", s.Findings)
	}
}

// trimmed gives names a blank at the end where the last label is empty: scenario cuts it off.
func trimmed(list []string) []string {
	for i, s := range list {
		if s[len(s)-1] == '1' {
			list[i] = s + " "
		}
	}
	return list
}

// TestLabelCoverage: where truths fail to come the score says nothing, which is said.
func TestLabelCoverage(t *testing.T) {
	run := scenario.Compile(t, map[string]string{"m.yaml": judged}).Load(30*time.Second, answers("v1", time.Hour, [2]float64{9.5, 0.5}, [2]float64{0.9, 0.6}))
	run.Until(90 * time.Minute)
	if d := cmp.Diff([]string{"Bias v1", "Error v1", "Found v1", "QualityCoverage v1"}, run.Firing(90*time.Minute, "version")); d != "" {
		t.Error(d)
	}
	if got := run.Vector("ml_model_version:labeled:accuracy_10m"); len(got) > 0 {
		t.Errorf("judged with too few truths: %v", got)
	}
	if got := run.Vector("ml_model_version:predictions:label_coverage_10m"); len(got) != 1 || got[0].Value < 0.149 || got[0].Value > 0.151 {
		t.Errorf("coverage %v", got)
	}
}

const decided = `version: mlobs/v1
model: m
owner: o
selector: {job: m}
metrics:
  decisions_total: {type: counter, labels: {group: [a, b, c], decision: ["yes", "no"]}}
  seen_total: {type: counter, labels: {group: 3, decision: ["yes", "no"]}}
checks:
  - {name: equal, fairness: decisions_total, across: group, positive: {decision: "yes"}, window: 10m}
  - {name: sure, fairness: decisions_total, across: group, positive: {decision: "yes"}, window: 10m, significance: 0.01}
  - {name: gap, fairness: decisions_total, across: group, positive: {decision: "yes"}, window: 10m, method: parity_difference, alert: 0.15}
  - {name: to-a, fairness: decisions_total, across: group, positive: {decision: "yes"}, window: 10m, reference: a}
  - {name: half, fairness: decisions_total, across: group, positive: {decision: "yes"}, window: 10m, method: parity_ratio, alert: 0.5}
  - {name: open, fairness: seen_total, across: group, positive: {decision: "yes"}, window: 10m}
`

// decisionsOf a group, per second: for and against, before and after an hour.
func decisionsOf(group string, before, after [2]float64) (list []enginetest.Series) {
	for _, name := range []string{"decisions_total", "seen_total"} {
		for i, d := range []string{"yes", "no"} {
			list = append(list, enginetest.Series{
				Series: fmt.Sprintf(`%s{job="m",group="%s",decision="%s"}`, name, group, d), For: 2 * time.Hour,
				Func: enginetest.Then(time.Hour, enginetest.Linear(before[i]), enginetest.Linear(after[i])),
			})
		}
	}
	return append(list, up(group))
}

// TestFairnessAlerts: which fire half an hour after a change, and for which groups.
func TestFairnessAlerts(t *testing.T) {
	s := scenario.Compile(t, map[string]string{"m.yaml": decided})
	if s.Findings != "" {
		t.Errorf("findings:\n%s", s.Findings)
	}
	fair := [2]float64{1, 1}
	for name, c := range map[string]struct {
		b, c [2]float64
		want []string
	}{
		"good weather":     {b: fair, c: [2]float64{0.5, 0.6}},
		"b is left behind": {b: [2]float64{0.6, 1.4}, c: fair, want: []string{"Equal b", "Gap", "Open b", "Sure b", "ToA b"}}, // 30 % against 50 %
		"b is preferred":   {b: [2]float64{1.4, 0.6}, c: fair, want: []string{"Equal a", "Equal c", "Gap", "Open a", "Open c", "Sure a", "Sure c", "ToA b"}},
		"b is never chosen": {
			b: [2]float64{0, 1}, c: fair,
			want: []string{"Equal b", "Gap", "Half", "Open b", "Sure b", "ToA b"},
		},
		"too few":         {b: [2]float64{0.01, 0.1}, c: [2]float64{0, 0.1}},
		"little evidence": {b: [2]float64{0.1, 0.2}, c: fair, want: []string{"Equal b", "Gap", "Open b", "Sure b", "ToA b"}},
		"less evidence":   {b: [2]float64{0.074, 0.126}, c: fair, want: []string{"Equal b", "Open b", "ToA b"}}, // 37 % of 120
		"b vanishes":      {b: [2]float64{0, 0}, c: fair, want: []string{"EqualGroupMissing b", "GapGroupMissing b", "HalfGroupMissing b", "SureGroupMissing b", "ToAGroupMissing b"}},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && !slices.Contains([]string{"b is left behind", "b vanishes"}, name) {
				t.Skip("long: runs without -short, as in .ci/run")
			}
			list := decisionsOf("a", fair, fair)
			list = append(list, decisionsOf("b", fair, c.b)...)
			list = append(list, decisionsOf("c", fair, c.c)...)
			run := s.Load(30*time.Second, list)
			run.Until(90 * time.Minute)
			if got := run.Firing(time.Hour); len(got) > 0 {
				t.Errorf("%v fire in good weather", got)
			}
			if got := run.Firing(61 * time.Minute); len(got) > 0 {
				t.Errorf("%v fire too early", got)
			}
			if d := cmp.Diff(c.want, run.Firing(90*time.Minute, "group")); d != "" {
				t.Error(d)
			}
			// Twelve alerts share a signal, which is made in parts.
			state := 0.0
			if c.want != nil {
				state = 1
			} else if name == "too few" { // one group is left, and nothing to compare it with
				state = -1
			}
			if got := run.Value(`ml_model:signal:state{signal="Equal treatment"}`); got != state {
				t.Errorf("the signal is %v, want %v", got, state)
			}
			// Where the groups are not listed, one that was there a window ago is missed.
			missed := false
			for _, name := range run.Fired() {
				missed = missed || name == "OpenGroupMissing"
			}
			if missed != (name == "b vanishes") {
				t.Errorf("fired: %v", run.Fired())
			}
		})
	}
}
