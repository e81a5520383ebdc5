package promql_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// corpusExpr is an expression that somebody really uses.
type corpusExpr struct{ file, expr string }

// corpus returns every expression of the shared corpus that is meant to be PromQL.
func corpus(t testing.TB) (list []corpusExpr) {
	t.Helper()
	root := filepath.Join("..", "..", "..", "shared", "corpus")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("no corpus: %v", err)
	}
	add := func(file string, found []string) {
		for _, e := range found {
			list = append(list, corpusExpr{filepath.Base(file), e})
		}
	}
	files, _ := filepath.Glob(filepath.Join(root, "dashboards", "*.json"))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatal(file, err)
		}
		add(file, findExprs(doc))
	}
	files, _ = filepath.Glob(filepath.Join(root, "rules", "*.y*ml"))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := yaml.Unmarshal(data, &doc); err != nil {
			if filepath.Base(file) != helmTemplate {
				t.Fatal(file, err)
			}
			continue
		}
		add(file, findExprs(doc))
	}
	if len(list) < 1000 {
		t.Fatalf("only %d expressions found", len(list))
	}
	return list
}

// findExprs collects the texts under the key `expr`, in a stable order.
func findExprs(v any) (list []string) {
	switch v := v.(type) {
	case map[string]any:
		var keys []string
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			if s, ok := v[k].(string); ok && k == "expr" {
				list = append(list, s)
			}
			list = append(list, findExprs(v[k])...)
		}
	case []any:
		for _, e := range v {
			list = append(list, findExprs(e)...)
		}
	}
	return list
}

// helmTemplate is the one file whose expressions are not read: a template of Helm, which is neither YAML
// nor PromQL until it is rendered. Everything else under `expr` is PromQL. (The two dashboards of the
// corpus for PostgreSQL and InfluxDB have no `expr`.)
const helmTemplate = "nvidia-gpu-exporter-prometheusrule.helm.yaml"

func TestCorpus(t *testing.T) {
	add := always(matchers("mlobs_job", "a$b", "mlobs_pod=~", "x|y"))
	seen := 0
	for _, c := range corpus(t) {
		var rep diag.Report
		q := promql.Parse(textOf(c.expr), &rep)
		if q == nil {
			for _, d := range rep.All() {
				t.Errorf("%s: %q\n\t%s (%s) at %q", c.file, c.expr, d.Message, d.Help, d.Span.Text())
			}
			continue
		}
		seen++
		done, err := q.Complete(promql.Context{Matchers: add})
		if err != nil {
			t.Errorf("%s: %s: %v", c.file, c.expr, err)
			continue
		}
		if n := strings.Count(done, "mlobs_job="); n != len(q.Selectors()) {
			t.Errorf("%s: %d of %d selectors: %s", c.file, n, len(q.Selectors()), done)
		}
	}
	t.Logf("%d expressions", seen)
}
