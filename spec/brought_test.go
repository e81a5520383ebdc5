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
	if got := strings.Join(names, " "); got != "mine valid fast failed unused" {
		t.Fatal(got)
	}
	mine, valid, fast, failed, unused := m.SLOs[0], m.SLOs[1], m.SLOs[2], m.SLOs[3], m.SLOs[4]
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
	if unused.Omit.Value != "not ours" {
		t.Errorf("%+v", unused)
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
