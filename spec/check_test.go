package spec

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// Every key of a check, as the whole spec has them.
func TestChecks(t *testing.T) {
	m := model(t, DefaultWorkspace(), wholeChecks)
	var got []string
	by := map[string]*Check{}
	for _, c := range m.Checks {
		got = append(got, string(c.Kind.Value)+" "+c.Name.Value)
		by[c.Name.Value] = c
		if c.Use != nil || c.Kind.Span.Text() != string(c.Kind.Value) {
			t.Errorf("%+v", c)
		}
	}
	want := []string{"drift drift-prediction-total", "drift features", "drift drift-feature", "confidence confidence-prediction-confidence", "confidence sure",
		"collapse collapse-prediction-total", "silence silence-prediction-total", "quality quality-age", "quality nulls", "quality missing",
		"freshness freshness-feature-time-seconds", "canary canary-inference-time", "evaluation evaluation-f1", "evaluation evaluation",
		"fairness fairness-decisions-total", "external external-drift-score", "score backlog", "score other"}
	if !slices.Equal(got, want) {
		t.Fatalf("%q", got)
	}
	c := by["drift-prediction-total"]
	if c.Name.Given() || c.Metrics[0].Value != "prediction_total" || c.Across.Value != "label" || c.By[0].Value != "pod" || c.Selector[0].Value != "gold" || c.Method.Value != "psi" ||
		c.Window.Value != time.Hour || c.Against.Offsets[0].Value != 7*24*time.Hour || c.MinSamples.Value != 500 || c.Smoothing.Value.String() != "0.5" || c.Significance.Value.String() != "0.01" ||
		c.Warn.Value != "0.1" || c.Alert.Value != "0.25" || c.NoAlert || c.For.Value != 30*time.Minute || c.Severity.Value != "page" || c.Description.Value != "Ask the shop." {
		t.Errorf("%+v", c)
	}
	c = by["features"]
	if len(c.Metrics) != 2 || c.Quantile.Value.String() != "0.95" || len(c.Against.Offsets) != 3 || c.AtLeast.Value != 1 || len(c.Except) != 2 ||
		c.Except[0].Metric.Value != "age" || c.Except[0].Warn.Value != "0.2" || c.Except[0].Alert.Value != "40%" || c.Except[1].Omit.Value != "new every day" {
		t.Errorf("%+v", c)
	}
	c = by["drift-feature"]
	if c.Role.Value != "feature" || len(c.Metrics) != 0 || !c.NoAlert || c.Alert.Given() || c.Against.File.Given() {
		t.Errorf("%+v", c)
	}
	var shares []string
	for _, s := range c.Against.Reference {
		shares = append(shares, s.Key.Value+"="+s.Share.Value.String())
	}
	if strings.Join(shares, " ") != "a=0.25 0.5=0.25 NO=0.5" {
		t.Error(shares)
	}
	if by["confidence-prediction-confidence"].Under.Value != "0.5" || by["sure"].Above.Value != "90%" || by["sure"].Method.Value != "share" {
		t.Errorf("%+v", by["sure"])
	}
	if v := by["quality-age"].Valid; len(v) != 2 || v[0].Value != "0" || v[1].Value != "+Inf" {
		t.Errorf("%+v", v)
	}
	if b := by["nulls"].Bad; len(b) != 1 || b[0].Op != metric.Match || b[0].Value != "missing|invalid" || by["missing"].Of.Value != "rows_total" {
		t.Errorf("%+v", b)
	}
	if a := by["canary-inference-time"].Against; a.Label.Value != "version" || a.Value.Value != "stable" || a.Label.Span.Text() != "version" {
		t.Errorf("%+v", a)
	}
	c = by["evaluation-f1"]
	if c.Truth.Value != "actual" || c.Predicted.Value != "guess" || c.Class.Value != "cat" || c.Delay.Value != 72*time.Hour || c.Coverage.Value != "prediction_total" || c.MinCoverage.Value != "80%" {
		t.Errorf("%+v", c)
	}
	if p := by["evaluation"].Parts; len(p) != 2 || p[0].Part.Value != "count" || p[1].Part.Value != "squared" || p[1].Metric.Value != "error_squared_total" {
		t.Errorf("%+v", p)
	}
	c = by["fairness-decisions-total"]
	if c.Across.Value != "group" || c.Positive[0].Value != "yes" || c.Actual[0].Label != "outcome" || c.Reference.Value != "majority" {
		t.Errorf("%+v", c)
	}
	if c = by["external-drift-score"]; c.Direction.Value != "above" || len(c.Range) != 2 || c.Range[1].Value != "1" {
		t.Errorf("%+v", c)
	}
	for name, direction := range map[string]string{"backlog": "above", "other": "below"} {
		if c := by[name]; c.Query.Value != "max(backlog_rows)" || c.Warn.Value != "10" || c.Alert.Value != "20" || c.Direction.Value != direction || !c.Unit.Given() || c.Window.Given() != (name == "other") {
			t.Errorf("%+v", c)
		}
	}
}

// The table of keys is about keys that there are, and every kind has some.
func TestCheckKeys(t *testing.T) {
	table := tableLoader(specFile).check(&checkEntry{})
	for _, k := range checkKeys {
		if table.find(k.key) == nil || len(k.kinds) == 0 || len(k.kinds) == len(checkKinds) {
			t.Errorf("%s", k.key)
		}
	}
	for _, kind := range checkKinds {
		f := table.find(string(kind))
		if f == nil || f.value.example == "" {
			t.Errorf("%s has no subject", kind)
		}
		if n := len(keysBeyond(kind)); n == 0 || n == len(checkKeys) && kind != CheckFreshness {
			t.Errorf("%s: %d keys are not its own", kind, n)
		}
	}
}

// A list that is too long is one mistake.
func TestTooManyEntries(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"slos: [" + strings.Repeat("{}, ", maxSLOs+1) + "]\n", "m.yaml:5:1: error: 51 entries in `slos`; at most 50 are read (`by: [LABEL]` makes one entry many)"},
		{"checks: [" + strings.Repeat("{}, ", maxChecks+1) + "]\n", "m.yaml:5:1: error: 101 entries in `checks`; at most 100 are read (`by: [LABEL]` makes one entry many)"},
	} {
		if _, said := loadText(t, NewLibrary(nil), head+test.text); said != test.want {
			t.Errorf("\n got %s\nwant %s", said, test.want)
		}
	}
}
