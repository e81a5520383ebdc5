package spec

import (
	"reflect"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// promises is a profile with SLOs ready, under names that specs change.
const promises = `
metrics:
  answer_seconds: {type: histogram, unit: seconds, labels: {route: any}}
  answers_total: {type: counter, labels: {route: any, valid: ["true", "false"]}}
slos:
  - {name: fast, objective: 99, period: 28d, latency: {metric: answer_seconds, under: 300ms}, by: [route], selector: {route: /predict}, min_events: 50, revision: a, description: Fast.}
  - {name: valid, objective: 99.5, share: {metric: answers_total, good: {valid: "true"}}}
  - {name: failed, objective: 99.9, errors: 'sum(increase(answers_total{valid="false"}[$window]))', total: 'sum(increase(answers_total[$window]))'}
  - {name: unused, objective: 95, availability: targets}
`

func TestReadySLOs(t *testing.T) {
	lib := shelved(t, map[string]string{"stack": promises, "other": "slos: [{name: valid, objective: 90, role: requests}]\n"})
	for text, want := range map[string]string{
		"uses: [{profile: stack}]\nslos: [{name: fats, objective: 99}]\n":                                   "m.yaml:2:15: error: no profile of `uses` brings an SLO `fats` (did you mean `fast`?)",
		"uses: [{profile: stack}]\nslos: [{name: fast, role: requests}]\n":                                  "m.yaml:2:21: error: `role` beside what profile `stack` says is good: SLO `fast` cannot become another one (leave it out, or give yours another name)",
		"uses: [{profile: stack}]\nslos: [{name: valid, total: up}]\n":                                      "m.yaml:2:22: error: `total` beside what profile `stack` says is good: SLO `valid` cannot become another one (leave it out, or give yours another name)",
		"uses: [{profile: stack}]\nslos: [{name: nothing, objective: 99}]\n":                                "m.yaml:2:15: error: nothing says what is good in SLO `nothing` (",
		"uses: [{profile: stack}]\nslos: [{name: unused2, omit: not ours}]\n":                               "m.yaml:2:15: error: no SLO `unused2` to leave out (did you mean `unused`?)",
		"uses: [{profile: stack}, {profile: other}]\nslos: [{name: valid}]\n":                               "m.yaml:2:15: error: profiles `stack` and `other` both bring an SLO `valid` (give it another name in one of the profiles)",
		"uses: [{profile: nothing}]\nslos: [{name: fast, objective: 99}]\n":                                 "m.yaml:1:18: error: unknown profile `nothing` (",
		"uses: [{profile: stack}]\nslos: [{name: fast, objective: 0.5}]\n":                                  "m.yaml:2:32: error: an objective is in per cent, and `0.5` is less than one (write `50`)",
		"uses: [{profile: stack}]\nslos: [{name: failed, good: up}, {name: unused, omit: why, period: 7d}]": "m.yaml:2:60: error: `period` of an SLO that is left out (leave it out, or `omit`)",
	} {
		rep := &diag.Report{}
		m := Load(diag.NewFile("m.yaml", []byte(complete("m.yaml", text+"\n"))), DefaultWorkspace(), lib, rep)
		got := strings.Join(show(rep), "\n")
		if !strings.HasPrefix(got, want) || m != nil || strings.Contains(got, "\n") {
			t.Errorf("%s\nsays %s\nwant %s", text, got, want)
		}
	}
}

// What a spec says of an SLO that a profile brings changes the fields it gives; the rest is the profile's, under the
// names that metrics and labels have here.
func TestReadySLOsAreChanged(t *testing.T) {
	lib := shelved(t, map[string]string{"stack": promises})
	rep := &diag.Report{}
	m := Load(diag.NewFile("m.yaml", []byte(complete("m.yaml", `uses: [{profile: stack, prefix: x_, rename: {labels: {route: path, valid: sound}}}]
slos:
  - {name: mine, objective: 99, availability: targets}
  - {name: valid}
  - {name: fast, objective: 99.9, selector: {pod: a}}
  - {name: failed, total: 'sum(increase(x_answers_total[$window]))'}
  - {name: unused, omit: not ours}
`))), DefaultWorkspace(), lib, rep)
	if m == nil {
		t.Fatal(show(rep))
	}
	var names []string
	for _, s := range m.SLOs {
		names = append(names, s.Name.Value)
	}
	if got := strings.Join(names, " "); got != "mine valid fast failed" {
		t.Fatal(got)
	}
	mine, valid, fast, failed := m.SLOs[0], m.SLOs[1], m.SLOs[2], m.SLOs[3]
	if mine.Use != nil || valid.Use != m.Uses[0] || fast.Use != m.Uses[0] {
		t.Error("it is not known what brings them")
	}
	if valid.Objective.Value.String() != "99.5" || valid.Share.Metric.Value != "x_answers_total" || valid.Share.Good[0].Label != "sound" || valid.Name.Span.File != m.File {
		t.Errorf("%+v %+v", valid, valid.Share)
	}
	if fast.Objective.Value.String() != "99.9" || fast.Latency.Metric.Value != "x_answer_seconds" || fast.Latency.Under.Value != "300ms" || fast.By[0].Value != "path" ||
		len(fast.Selector) != 1 || fast.Selector[0].Label != "pod" || fast.MinEvents.Value != 50 || fast.Revision.Value != "a" || fast.Description.Value != "Fast." || fast.Period.Value.Hours() != 28*24 {
		t.Errorf("%+v %+v", fast, fast.Latency)
	}
	if failed.Errors.Span.File == m.File || failed.Total.Span.File != m.File || failed.Good != nil {
		t.Errorf("%+v", failed)
	}
	if p := m.Uses[0].Profile.SLOs[0]; p.By[0].Value != "route" || p.Selector[0].Label != "route" || p.Latency.Metric.Value != "answer_seconds" {
		t.Errorf("the profile was changed: %+v", p)
	}
}

// No field of an SLO is forgotten when an entry is completed.
func TestSLOChangesAllFields(t *testing.T) {
	brought := &SLO{}
	fill(t, reflect.ValueOf(brought).Elem())
	got := &SLO{}
	got.change(brought, brought.Use)
	forgotten(t, reflect.ValueOf(got).Elem(), "Name", "Omit", "Span")
}

// fill gives every field a value.
func fill(t *testing.T, v reflect.Value) {
	file := diag.NewFile("f", []byte("x"))
	for i := range v.NumField() {
		f := v.Field(i)
		switch f.Kind() {
		case reflect.Pointer:
			f.Set(reflect.New(f.Type().Elem()))
		case reflect.Slice:
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Struct:
			span := f
			if span.Type() != reflect.TypeFor[diag.Span]() {
				span = f.FieldByName("Span")
			}
			span.Set(reflect.ValueOf(diag.Span{File: file, End: 1}))
		default:
			t.Fatalf("a field of kind %s", f.Kind())
		}
	}
}

// forgotten reports fields without a value, but those that are each entry's own.
func forgotten(t *testing.T, v reflect.Value, own ...string) {
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		is := strings.Contains(" "+strings.Join(own, " ")+" ", " "+name+" ")
		if v.Field(i).IsZero() != is {
			t.Errorf("%s of the profile is lost, or should be", name)
		}
	}
}

// loadText loads a spec, and returns what is said about it.
func loadText(t *testing.T, lib *Library, text string) (*Model, string) {
	t.Helper()
	rep := &diag.Report{}
	m := Load(diag.NewFile("m.yaml", []byte(complete("m.yaml", text))), DefaultWorkspace(), lib, rep)
	return m, strings.Join(show(rep), "\n")
}

// guards is a profile with checks ready, under names that specs change.
const guards = `
metrics:
  predictions_total: {type: counter, labels: {class: any}}
  rows_total: {type: counter, labels: {state: any}}
  sure: {type: histogram, unit: ratio}
checks:
  - {drift: predictions_total, across: class, by: [class], selector: {class: {not: none}}, against: {track: stable}, alert: off, warn: 0.1}
  - {name: features, drift: [predictions_total, rows_total], except: {rows_total: {alert: 0.5}}, at_least: 2, alert: 0.3}
  - {name: sure, confidence: sure, under: 0.5}
  - {name: nulls, quality: rows_total, bad: {state: bad}}
  - {name: errors, evaluation: {count: rows_total, squared: predictions_total}, method: rmse, coverage: predictions_total}
  - {name: lag, score: {query: max(rows_total), alert: 5}}
  - {name: gone, silence: rows_total}
`

func TestReadyChecks(t *testing.T) {
	lib := shelved(t, map[string]string{"stack": guards, "other": "checks: [{name: lag, freshness: a}]\n"})
	for text, want := range map[string]string{
		"uses: [{profile: stack}]\nchecks: [{name: featrues, alert: 1}]\n":                      "m.yaml:2:17: error: no profile of `uses` brings a check `featrues` (did you mean `features`?)",
		"uses: [{profile: stack}]\nchecks: [{name: sure, silence: a}]\n":                        "m.yaml:2:23: error: check `sure` of profile `stack` is one of `confidence`: it cannot become another one (leave the kind out, or give yours another name)",
		"uses: [{profile: stack}]\nchecks: [{name: sure, smoothing: 1}]\n":                      "m.yaml:2:23: error: `smoothing` of a check of `confidence` (leave it out: only `drift` can have it)",
		"uses: [{profile: stack}]\nchecks: [{name: sure, against: {track: a}}]\n":               "m.yaml:2:33: error: a check of `confidence` is compared with the past (write `against: {offset: 7d}`, or `offsets: [7d, 14d, 21d]`)",
		"uses: [{profile: stack}]\nchecks: [{name: features, at_least: 3}]\n":                   "m.yaml:2:37: error: at least 3 metrics must have drifted, and the check looks at 2 (write `at_least: 2` or less, or leave it out)",
		"uses: [{profile: stack}]\nchecks: [{name: features, except: {sure: {alert: 1}}}]\n":    "m.yaml:2:36: error: `sure` is none of the metrics of the check (they are `predictions_total`, `rows_total`)",
		"uses: [{profile: stack}]\nchecks: [{name: features, drift: predictions_total}]\n":      "m.yaml:2:17: error: at least 2 metrics must have drifted, and the check looks at 1 (write `at_least: 1` or less, or leave it out)",
		"uses: [{profile: stack}]\nchecks: [{name: nothing, alert: 1}]\n":                       "m.yaml:2:11: error: nothing says what the check asks (",
		"uses: [{profile: stack}]\nchecks: [{name: features2, omit: no}]\n":                     "m.yaml:2:34: error: `omit` takes the reason, not `no` (",
		"uses: [{profile: stack}]\nchecks: [{name: feature, omit: ours}]\n":                     "m.yaml:2:17: error: no check `feature` to leave out (did you mean `features`?)",
		"uses: [{profile: stack}, {profile: other}]\nchecks: [{name: lag}]\n":                   "m.yaml:2:17: error: profiles `stack` and `other` both bring a check `lag` (give it another `name:` in one of the profiles)",
		"uses: [{profile: nothing}]\nchecks: [{name: lag, alert: 1}]\n":                         "m.yaml:1:18: error: unknown profile `nothing` (",
		"uses: [{profile: stack}]\nchecks: [{name: errors, min_coverage: 2}]\n":                 "m.yaml:2:39: error: `2` is not above 0 and at most 1 (",
		"uses: [{profile: stack}]\nchecks: [{drift: predictions_total}, {silence: [a]}]\n":      "m.yaml:2:39: error: a check of several metrics without a name (",
		"uses: [{profile: stack}]\nchecks: [{name: lag, score: {query: up}, selector: {a: b}}]": "m.yaml:2:42: error: `selector` of a check of `score` (leave it out: what it says belongs into the query)",
	} {
		m, got := loadText(t, lib, text+"\n")
		if !strings.HasPrefix(got, want) || m != nil || strings.Contains(got, "\n") {
			t.Errorf("%s\nsays %s\nwant %s", text, got, want)
		}
	}
}

// What a spec says of a check that a profile brings changes the fields it gives; the rest is the profile's, under the
// names that metrics and labels have here.
func TestReadyChecksAreChanged(t *testing.T) {
	m, said := loadText(t, shelved(t, map[string]string{"stack": guards}), `uses: [{profile: stack, prefix: x_, rename: {labels: {class: kind, state: status}}}]
checks:
  - {name: lag, warn: 3}
  - {name: drift-predictions-total, alert: 0.4}
  - {name: features, except: {x_predictions_total: {warn: 0.1}}}
  - {name: sure, above: 0.9}
  - {name: nulls, of: x_predictions_total}
  - {name: errors, min_coverage: 50%}
  - {drift: predictions_total, name: mine}
  - {name: gone, omit: not ours}
`)
	if m == nil {
		t.Fatal(said)
	}
	if len(m.Checks) != 7 {
		t.Fatalf("%d checks", len(m.Checks))
	}
	lag, drift, features, sure, nulls, errors, mine := m.Checks[0], m.Checks[1], m.Checks[2], m.Checks[3], m.Checks[4], m.Checks[5], m.Checks[6]
	if lag.Use != m.Uses[0] || mine.Use != nil || lag.Query.Span.File == m.File || lag.Alert.Value != "5" || lag.Warn.Value != "3" || lag.Kind.Value != CheckScore {
		t.Errorf("%+v", lag)
	}
	if drift.Metrics[0].Value != "x_predictions_total" || drift.Across.Value != "kind" || drift.By[0].Value != "kind" || drift.Selector[0].Label != "kind" ||
		drift.Against.Label.Value != "track" || drift.NoAlert || drift.Alert.Value != "0.4" || drift.Warn.Value != "0.1" {
		t.Errorf("%+v", drift)
	}
	if len(features.Metrics) != 2 || len(features.Except) != 1 || features.Except[0].Warn.Value != "0.1" || features.AtLeast.Value != 2 || features.NoAlert {
		t.Errorf("%+v", features)
	}
	if sure.Under.Given() || sure.Above.Value != "0.9" || len(nulls.Bad) != 0 || nulls.Of.Value != "x_predictions_total" || nulls.Metrics[0].Value != "x_rows_total" {
		t.Errorf("%+v %+v", sure, nulls)
	}
	if errors.Parts[1].Metric.Value != "x_predictions_total" || errors.Coverage.Value != "x_predictions_total" || errors.MinCoverage.Value != "50%" || errors.Method.Value != "rmse" {
		t.Errorf("%+v", errors)
	}
	if p := m.Uses[0].Profile.Checks; p[0].Across.Value != "class" || p[0].Metrics[0].Value != "predictions_total" || p[1].Except[0].Metric.Value != "rows_total" {
		t.Errorf("the profile was changed: %+v", p[0])
	}
}

// No field of a check is forgotten when an entry is completed.
func TestCheckChangesAllFields(t *testing.T) {
	brought := &Check{}
	fill(t, reflect.ValueOf(brought).Elem())
	got := &Check{}
	got.change(brought, brought.Use)
	forgotten(t, reflect.ValueOf(got).Elem(), "Name", "Omit", "Span")
}
