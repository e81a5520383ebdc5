package adopt_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mlobs-gen/mlobs-gen/internal/adopt"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

const group = "groups:\n- name: g\n  rules:\n"

// What Prometheus refuses is reported once, at its place.
func TestFaultsOfRules(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		// want are places and pieces of messages: `line:column text`.
		want []string
	}{
		"syntax of PromQL":        {group + "  - alert: A\n    expr: sum(up > 0\n", []string{"5:14 "}},
		"inside a block":          {group + "  - alert: A\n    expr: |\n      sum by (job) (\n        rate(up[5x])\n      ) > 0\n", []string{"7:17 "}},
		"behind an anchor":        {group + "  - alert: A\n    expr: &e sum(up > 0\n", []string{"5:17 "}},
		"behind a tag":            {group + "  - alert: A\n    expr: !!str sum(up > 0\n", []string{"5:20 "}},
		"a range":                 {group + "  - alert: A\n    expr: up[5m]\n", []string{"5:11 not a range"}},
		"a text":                  {group + "  - alert: A\n    expr: '\"x\"'\n", []string{"5:12 this is a text"}},
		"neither":                 {group + "  - expr: up\n", []string{"4:5 neither"}},
		"both":                    {group + "  - alert: A\n    record: b\n    expr: up\n", []string{"5:13 either"}},
		"no expression":           {group + "  - alert: A\n    for: 5m\n", []string{"4:12 without `expr`"}},
		"empty expression":        {group + "  - alert: A\n    expr: ''\n", []string{"4:12 without `expr`"}},
		"a map for an expression": {group + "  - alert: A\n    expr: {a: b}\n", []string{"5:11 takes a text"}},
		"no duration":             {group + "  - alert: A\n    expr: up == 0\n    for: 5\n", []string{"6:10 no duration"}},
		"unknown key":             {group + "  - alert: A\n    expr: up == 0\n    anotations: {}\n", []string{"6:5 no key `anotations`"}},
		"unknown key of a group":  {"groups:\n- name: g\n  intervall: 5m\n  rules: []\n", []string{"3:3 no key `intervall`"}},
		"for of a record":         {group + "  - record: a\n    expr: up\n    for: 5m\n", []string{"6:5 no `for`"}},
		"name of a record":        {group + "  - record: a{b=\"c\"}\n    expr: up\n", []string{"4:13 is an expression"}},
		"label's name":            {group + "  - record: a\n    expr: up\n    labels: {__name__: x}\n", []string{"6:14 cannot be the name"}},
		"group without a name":    {"groups:\n- rules: []\n", []string{"2:3 without a name"}},
		"group twice":             {"groups:\n- name: g\n- name: g\n", []string{"3:9 second group"}},
		"groups are no list":      {"groups: {a: b}\n", []string{"1:9 no list"}},
		"a rule is no map":        {group + "  - up == 0\n", []string{"4:5 a rule is a map"}},
		"template":                {group + "  - alert: A\n    expr: up == 0\n    annotations:\n      summary: down {{ $labels.pod }\n", []string{"7:16 template of `summary`"}},
		"function of a template":  {group + "  - alert: A\n    expr: up == 0\n    annotations: {a: '{{ humanise $value }}'}\n", []string{"6:23 humanise"}},
		"variable of a template":  {group + "  - alert: A\n    expr: up == 0\n    labels: {a: '{{ $label.pod }}'}\n", []string{"6:18 $label"}},
		"no YAML":                 {"groups:\n- name: g\n  rules: [\n", []string{"this is not YAML"}},
		"a tab":                   {"groups:\n\t- name: g\n", []string{"2:2 this is not YAML"}},
		"something else":          {"a: b\n", []string{"1:1 neither a dashboard"}},
		"a list":                  {"- a\n", []string{"1:1 neither a dashboard"}},
		"another kind":            {"apiVersion: v1\nkind: Service\n", []string{"2:7 no rules in this file: `kind: Service`"}},
		"a template of Helm":      {group + "  - alert: A\n    expr: up == 0\n    for: {{ .Values.wait }}\n", []string{"6:10 template of Helm"}},
		"limit":                   {"groups:\n- name: g\n  limit: many\n", []string{"3:10 whole number"}},
		"key twice":               {group + "  - alert: A\n    expr: up == 0\n    expr: up == 1\n", []string{"6:5 a second `expr`"}},
	} {
		_, rep := readRules("r.yml", tt.text)
		ok := len(rep.All()) == len(tt.want)
		for i, d := range rep.All() {
			ok = ok && found(d, tt.want[i])
		}
		if !ok {
			t.Errorf("%s: want %q, got\n%s", name, tt.want, show(rep))
		}
	}
}

// found reports whether a diagnostic is at a place with a piece of a message.
func found(d *diag.Diagnostic, want string) bool {
	at, piece, placed := strings.Cut(want, " ")
	if !placed || !strings.Contains(at, ":") {
		return strings.Contains(d.Message, want)
	}
	return place(d.Span) == at && strings.Contains(d.Message, piece)
}

// Everything that Prometheus or its operator reads is read, in whatever YAML it is written.
func TestShapesOfRules(t *testing.T) {
	for name, tt := range map[string]struct {
		text            string
		alerts, records int
	}{
		"null":                 {"null\n", 0, 0},
		"an empty map":         {"{}\n", 0, 0},
		"no groups":            {"groups: []\n", 0, 0},
		"a file":               {group + "  - alert: A\n    expr: up == 0\n  - record: a:b\n    expr: sum(up)\n", 1, 1},
		"a resource":           {"kind: PrometheusRule\nspec:\n  groups:\n  - name: g\n    rules:\n    - alert: A\n      expr: up == 0\n", 1, 0},
		"JSON":                 {`{"kind": "PrometheusRule", "spec": {"groups": [{"name": "g", "rules": [{"alert": "A", "expr": "up == 0"}]}]}}`, 1, 0},
		"among others":         {"kind: Service\n---\nkind: PrometheusRule\nspec:\n  groups:\n  - name: g\n    rules:\n    - alert: A\n      expr: up == 0\n", 1, 0},
		"in a list":            {"kind: List\nitems:\n- kind: Service\n- kind: PrometheusRule\n  spec: {groups: [{name: g, rules: [{record: a, expr: up}]}]}\n", 0, 1},
		"same group in two":    {"kind: PrometheusRule\nspec: {groups: [{name: g, rules: [{record: a, expr: up}]}]}\n---\nkind: PrometheusRule\nspec: {groups: [{name: g, rules: [{record: b, expr: up}]}]}\n", 0, 2},
		"anchors and merges":   {"groups:\n- name: g\n  rules:\n  - &a\n    alert: A\n    expr: up == 0\n    labels: &l {team: x}\n  - <<: *a\n    alert: B\n  - alert: C\n    expr: up == 1\n    labels: *l\n", 3, 0},
		"keys of Mimir":        {"namespace: x\ngroups:\n- name: g\n  source_tenants: [a]\n  rules: []\n", 0, 0},
		"keys of VictoriaM.":   {"groups:\n- name: g\n  concurrency: 2\n  rules: [{alert: A, expr: up == 0, debug: true}]\n", 1, 0},
		"labels of the group":  {"groups:\n- name: g\n  labels: {team: x}\n  rules: [{alert: A, expr: up == 0, labels: {severity: page}}]\n", 1, 0},
		"a number for a label": {group + "  - alert: A\n    expr: up == 0\n    labels: {tier: 1, on: true, none: }\n", 1, 0},
	} {
		p, rep := readRules("r.yml", tt.text)
		if p == nil || len(rep.All()) > 0 {
			t.Errorf("%s: %s", name, show(rep))
			continue
		}
		if len(p.Alerts) != tt.alerts || len(p.Records) != tt.records {
			t.Errorf("%s: %d alerts and %d records", name, len(p.Alerts), len(p.Records))
		}
	}
}

// An alert is taken apart: what it compares, with what, for how long, and what its texts read.
func TestAlertOfAFile(t *testing.T) {
	const text = `groups:
- name: g
  interval: 2m
  labels: {team: x, severity: info}
  rules:
  - record: job:up:sum
    expr: sum by (job) (up)
  - alert: Down
    expr: >-
      job:up:sum
      < 0.5
    for: 0s
    keep_firing_for: 10m
    labels: {severity: critical}
    annotations:
      summary: '{{ $labels.job }} has {{ $value }} of {{ with query "up" }}{{ .Value }}{{ end }}'
      description: '{{ if gt .Value 0.2 }}{{ .Labels.pod | toUpper }}{{ end }}{{ printf "%.2f" $value }} {{ index $labels "app.kubernetes.io/name" }}'
`
	p, rep := readRules("r.yml", text)
	if p == nil || len(rep.All()) > 0 || len(p.Alerts) != 1 {
		t.Fatal(show(rep))
	}
	a := p.Alerts[0]
	if a.Whole || a.Op != plan.Below || a.Limits[0].String() != "0.5" || a.Bar.Limit.Text() != "0.5" || a.Written.Query.Text() != "job:up:sum" || !a.Written.Use.Below {
		t.Errorf("%+v, limit at %q", a, a.Bar.Limit.Text())
	}
	if a.Severity != plan.Page || len(a.Labels) != 2 || !a.File.For.Given() || a.File.KeepFiringFor.Span.Text() != "10m" || a.File.Group.Interval.Value.Minutes() != 2 {
		t.Errorf("severity %s, labels %v", a.Severity, a.Labels)
	}
	if a.Written.Schema.Recorded["job:up:sum"] == nil || a.Written.Schema.Evaluation.Minutes() != 2 {
		t.Error("the alert does not know the record, or its interval")
	}
	var holes []string
	for _, e := range a.File.Annotations {
		for _, part := range e.Parts {
			if part.Hole != plan.HoleNone {
				holes = append(holes, part.Span.Text())
			}
		}
	}
	want := "$labels.job $value .Value .Labels.pod $value \"app.kubernetes.io/name\""
	if got := strings.Join(holes, " "); got != want {
		t.Errorf("holes %s\nwant  %s", got, want)
	}
	if plain := a.File.Annotations[0].Plain; len(plain) != 1 || plain[0].Text() != "$value" || len(a.File.Annotations[1].Plain) > 0 {
		t.Errorf("plain values: %v", plain)
	}
}

// Any bytes are rules or have mistakes, and every place lies inside the file.
func FuzzRules(f *testing.F) {
	for _, seed := range []string{
		"", "{}", group, group + "  - alert: A\n    expr: up == 0\n    for: 5m\n    annotations: {a: '{{ $labels.x }} {{ $value }}'}\n",
		group + "  - record: a\n    expr: |\n      sum(\n       a)\n  - record: b\n    expr: a + b\n", "kind: List\nitems: [{kind: PrometheusRule, spec: {groups: [{name: g}]}}]\n",
		"a: &a [*a]\ngroups: *a\n", "groups:\n- &g\n  name: x\n  <<: *g\n  rules: [*g]\n", "# mlobs:allow a: b\ngroups: []\n---\n# mlobs:allow b: c\nkind: List\n",
		group + "  - alert: A\n    expr: !!str &x up\n    labels: {a: '{{ define \"t\" }}{{ .Labels.x }}{{ end }}{{ template \"t\" . }}'}\n", "groups: [{name: g, rules: [{alert: A, expr: \"a\\u0041 > 5\"}]}]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if adopt.Recognise([]byte(text)) != adopt.Rules {
			return
		}
		_, rep := readRules("r.yml", text)
		for _, d := range rep.All() {
			if d.Span.File == nil || d.Span.Start < 0 || d.Span.End < d.Span.Start || d.Span.End > len(text) {
				t.Errorf("%s is at %d to %d of %d bytes", d.Message, d.Span.Start, d.Span.End, len(text))
			}
			if !utf8.ValidString(d.Message) && utf8.ValidString(text) {
				t.Errorf("%q is no text", d.Message)
			}
		}
	})
}
