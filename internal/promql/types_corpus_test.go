package promql_test

import (
	"bufio"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// corpusUse says how an expression of the corpus is used: dashboards have panels, and of rules those that
// compare are alerts.
func corpusUse(c corpusExpr, q *promql.Query) promql.Use {
	if strings.HasSuffix(c.file, ".json") {
		return promql.Use{Place: promql.InPanel}
	}
	e := q.Expr()
	for {
		p, ok := e.(*parser.ParenExpr)
		if !ok {
			break
		}
		e = p.Expr
	}
	if n, ok := e.(*parser.BinaryExpr); ok && (n.Op.IsComparisonOperator() || n.Op.IsSetOperator()) {
		return promql.Use{Place: promql.InAlert, Whole: true}
	}
	return promql.Use{Place: promql.InRecord}
}

// corpusProblems returns what is found in the corpus, one line each, by kind.
func corpusProblems(t testing.TB, s *promql.Schema) map[promql.ProblemKind][]string {
	t.Helper()
	found := map[promql.ProblemKind][]string{}
	seen := map[string]bool{}
	for _, c := range corpus(t) {
		var rep diag.Report
		q := promql.ParseForeign(textOf(c.expr), &rep)
		if q == nil {
			t.Errorf("%s: %s does not parse", c.file, c.expr)
			continue
		}
		if seen[c.expr] {
			continue
		}
		seen[c.expr] = true
		for _, p := range promql.Analyse(q, s, corpusUse(c, q)).Problems {
			found[p.Kind] = append(found[p.Kind], c.file+": "+strings.Join(strings.Fields(c.expr), " ")+"\n\t"+c.expr[p.Start:p.End]+": "+p.Message+"; "+p.Help)
		}
	}
	return found
}

// knownTypes is a schema of the types and units that the shared catalogue and dumps of /metrics declare.
func knownTypes(t testing.TB) *promql.Schema {
	t.Helper()
	root := filepath.Join("..", "..", "..", "shared")
	types := map[string]*metric.Metric{}
	add := func(name, kind, unit string) {
		for _, known := range metric.Types() {
			if string(known) == kind && types[name] == nil {
				u, _ := metric.Units{}.Named(unit)
				types[name] = &metric.Metric{Name: name, Type: known, Unit: u}
			}
		}
	}
	files, _ := filepath.Glob(filepath.Join(root, "catalogue", "*.yaml"))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Metrics []struct{ Name, Type, Unit string }
		}
		if err := yaml.Unmarshal(data, &doc); err != nil {
			t.Logf("%s: %v", file, err)
			continue
		}
		for _, m := range doc.Metrics {
			add(m.Name, m.Type, m.Unit)
		}
	}
	files, _ = filepath.Glob(filepath.Join(root, "corpus", "exposition", "*.txt"))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(strings.NewReader(string(data))); lines.Scan(); {
			if f := strings.Fields(lines.Text()); len(f) == 4 && f[0] == "#" && f[1] == "TYPE" {
				name := f[2]
				if strings.Contains(file, "openmetrics") && f[3] == "counter" {
					name += "_total"
				}
				add(name, f[3], "")
			}
		}
	}
	if len(types) == 0 {
		t.Skip("no catalogue and no dumps")
	}
	var list []*metric.Metric
	for _, m := range types {
		list = append(list, m)
	}
	contract := metric.NewContract(list)
	return &promql.Schema{Lookup: contract.Lookup, Names: contract.Names, Scrape: 15 * time.Second, Evaluation: time.Minute, Retention: 90 * 24 * time.Hour}
}

// TestTypesOfCorpus keeps the findings that were read one by one and are all right: without a contract, and with
// the types that the catalogue and the dumps declare. A new one is to be read before its number changes here.
func TestTypesOfCorpus(t *testing.T) {
	texts := map[promql.ProblemKind]int{promql.MissingBool: 1, promql.RegexWithoutPattern: 23, promql.RedundantAnchor: 11, promql.Irate: 3}
	types := maps.Clone(texts)
	types[promql.RateOfGauge], types[promql.ShortRange], types[promql.RawCounter] = 2, 5, 8
	for _, c := range []struct {
		name   string
		schema *promql.Schema
		want   map[promql.ProblemKind]int
	}{{"no contract", &promql.Schema{}, texts}, {"known types", knownTypes(t), types}} {
		found := corpusProblems(t, c.schema)
		for _, k := range typeKinds {
			if len(found[k]) != c.want[k] {
				t.Errorf("%s: %d times %s, want %d:\n%s", c.name, len(found[k]), k, c.want[k], strings.Join(found[k], "\n"))
			}
		}
	}
}
