package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/lint"
)

// Every fix in the examples of the pages mends its finding and brings no other, and touches nothing but bytes of
// the query.
func TestFixesOfPages(t *testing.T) {
	fixes := 0
	for _, r := range lint.Rules() {
		page, err := lint.Explain(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Examples {
			before := judge(t, e)
			for i, d := range before {
				if d.Fix == nil {
					continue
				}
				fixes++
				data, _ := diag.ApplyFixes(d.Fix.Span.File, []diag.Fix{*d.Fix})
				mended := e
				mended.Text = string(data)
				left := slices.Delete(slices.Clone(before), i, i+1)
				after := judge(t, mended)
				if len(after) != len(left) {
					t.Errorf("%s, %s: %d findings before the fix of %q, %d after it:\n%s", r.Name, e.Name, len(before), d.Message, len(after), mended.Text)
				}
				for _, now := range after {
					if !slices.ContainsFunc(left, func(old *diag.Diagnostic) bool { return old.Rule == now.Rule }) {
						t.Errorf("%s, %s: the fix of %q brings: %s", r.Name, e.Name, d.Message, now.Message)
					}
				}
			}
		}
	}
	if fixes < 5 {
		t.Errorf("only %d fixes", fixes)
	}
}

// What a fix makes of a query, held against the tree that is meant, in each way to write a text.
func TestFixes(t *testing.T) {
	contract := lint.File{Name: "contract.yaml", Text: `version: mlobs/v1
model: churn
owner: growth-ml
selector: {job: churn}
metrics:
  requests_total: {type: counter, labels: {code: ['200', '500'], path: [/predict, /explain]}}
  latency_seconds: {type: histogram, unit: seconds, buckets: [0.5, 1, 2]}
`}
	for _, c := range []struct{ expr, want string }{
		{`sum(rate(requests_total{code=~"^5..$"}[5m])) > 5`, `sum(rate(requests_total{code=~"5.."}[5m])) > 5`},
		{`sum(rate(requests_total{code=~"500"}[5m])) > 5`, `sum(rate(requests_total{code="500"}[5m])) > 5`},
		{`sum(rate(requests_total{code!~"500"}[5m])) > 5`, `sum(rate(requests_total{code!="500"}[5m])) > 5`},
		{`sum(rate(latency_seconds_bucket{le="1"}[5m])) > 5`, `sum(rate(latency_seconds_bucket{le="1.0"}[5m])) > 5`},
		{`sum(rate(requests_total{paht="/predict"}[5m])) > 5`, `sum(rate(requests_total{path="/predict"}[5m])) > 5`},
		{`sum by (paht) (rate(requests_total[5m])) > 5`, `sum by (path) (rate(requests_total[5m])) > 5`},
		{`sum(rate(requests_total{path="/Predict"}[5m])) > 5`, `sum(rate(requests_total{path="/predict"}[5m])) > 5`},
		{`sum(rate(requests_totl[5m])) > 5`, `sum(rate(requests_total[5m])) > 5`},
		{`sum(rate(requests_total{code="5.."}[5m])) > 5`, `sum(rate(requests_total{code=~"5.."}[5m])) > 5`},
	} {
		want, err := parser.NewParser(parser.Options{}).ParseExpr(c.want)
		if err != nil {
			t.Fatal(err)
		}
		for _, style := range []struct{ before, after, quoted string }{
			{"        expr: ", "\n", c.expr},
			{"        expr: |\n          ", "\n", c.expr},
			{"        expr: '", "'\n", strings.ReplaceAll(c.expr, "'", "''")},
			{`        expr: "`, "\"\n", strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(c.expr)},
		} {
			e := lint.Example{Name: "x.rules.yml", Beside: []lint.File{contract}, Text: "groups:\n  - name: g\n    rules:\n      - alert: Wrong\n" + style.before + style.quoted + style.after + "        for: 5m\n"}
			var found *diag.Diagnostic
			for _, d := range judge(t, e) {
				if d.Fix != nil {
					found = d
				}
			}
			if found == nil {
				t.Errorf("no fix in\n%s", e.Text)
				continue
			}
			file := found.Fix.Span.File
			data, _ := diag.ApplyFixes(file, []diag.Fix{*found.Fix})
			after := string(data)
			if !strings.HasPrefix(after, e.Text[:strings.Index(e.Text, style.quoted)]) || !strings.HasSuffix(after, style.after+"        for: 5m\n") {
				t.Errorf("more than the query changed:\n%s", after)
			}
			start := strings.Index(e.Text, style.quoted)
			text := after[start : len(after)-len(style.after+"        for: 5m\n")]
			switch {
			case strings.HasSuffix(style.before, `"`):
				text = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(text)
			case strings.HasSuffix(style.before, `'`):
				text = strings.ReplaceAll(text, "''", "'")
			}
			got, err := parser.NewParser(parser.Options{}).ParseExpr(text)
			if err != nil || got.String() != want.String() {
				t.Errorf("%s became\n%s, want\n%s (%v)", c.expr, text, c.want, err)
			}
			e.Text = after
			if left := judge(t, e); len(left) > 0 {
				t.Errorf("after the fix of %s: %s", c.expr, left[0].Message)
			}
		}
	}
}
