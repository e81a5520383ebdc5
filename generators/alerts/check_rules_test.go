package alerts

import (
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/generators"
)

func TestCheckRules(t *testing.T) {
	rules := func(s string) string { return "groups:\n- name: g\n  rules:\n" + s }
	for _, test := range []struct{ name, file, want string }{
		{"fine", seedRules, ""},
		{"empty", "", ""},
		{"no YAML", "groups: [", "did not find expected node"},
		{"unknown key", "groups: []\ngroup: []\n", "field group not found"},
		{"syntax", rules("  - {record: a, expr: 'sum('}"), "could not parse expression"},
		{"two documents", "groups: []\n---\ngroups: []\n", "2 YAML documents"},
		{"group twice", "groups:\n- {name: g, rules: []}\n- {name: g, rules: []}\n", "repeated"},
		{"record twice", rules("  - {record: a, expr: b}\n  - {record: a, expr: c}"), `rule 2, record "a": writes the same series as group "g", rule 1`},
		{"record twice, other labels", rules("  - {record: a, expr: b, labels: {x: '1'}}\n  - {record: a, expr: c, labels: {x: '2'}}"), ""},
		{"record twice by group label", "groups:\n- {name: g, labels: {x: '1'}, rules: [{record: a, expr: b}]}\n- {name: h, rules: [{record: a, expr: b, labels: {x: '1'}}]}\n", "writes the same series"},
		{"alert twice", rules("  - {alert: A, expr: b}\n  - {alert: A, expr: b}"), "writes the same series"},
		{"alert twice, other severity", rules("  - {alert: A, expr: b, labels: {severity: a}}\n  - {alert: A, expr: b, labels: {severity: b}}"), ""},
		{"text as result", rules("  - {record: a, expr: '\"text\"'}"), "is a string"},
		{"range as result", rules("  - {alert: A, expr: 'x[5m]'}"), "is a matrix"},
		{"scalar", rules("  - {record: a, expr: '1'}"), ""},
		{"template syntax", rules("  - {alert: A, expr: b, annotations: {summary: '{{ $value'}}"), "unclosed action"},
		{"template fails", rules("  - {alert: A, expr: b, annotations: {summary: '{{ humanize \"x\" }}'}}"), "annotation `summary`"},
		{"template in a label fails", rules("  - {alert: A, expr: b, labels: {l: '{{ template \"x\" }}'}}"), "label `l`"},
		{"bad label", rules("  - {alert: A, expr: b, labels: {__name__: x}}"), "invalid label name"},
		{"large", strings.Repeat("#", generators.MaxFile+1), "at most"},
	} {
		t.Run(test.name, func(t *testing.T) {
			problems := CheckRules([]byte(test.file))
			err := VerifyRules([]byte(test.file))
			if test.want == "" {
				if len(problems) > 0 || err != nil {
					t.Errorf("problems: %v, %v", problems, err)
				}
				return
			}
			if len(problems) == 0 || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", problems, test.want)
			}
		})
	}
}

func TestCheckRulesIsDeterministic(t *testing.T) {
	file := []byte("groups:\n- name: g\n  rules:\n  - {alert: A, expr: 'a', annotations: {a: '{{', b: '{{', c: '{{', d: '{{'}, labels: {e: '{{', f: '{{'}}\n")
	want := VerifyRules(file).Error()
	for range 20 {
		if got := VerifyRules(file).Error(); got != want {
			t.Fatalf("once\n%s\nand once\n%s", want, got)
		}
	}
}
