package compile_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/workload"
)

// straight is what a program cannot do without that turns a typical spec into its files: the text that it
// reads, the expressions that it writes, and the files as values.
type straight struct {
	spec       []byte
	exprs      []string
	dashboards []any
	rules      rulefmt.RuleGroups
}

// BenchmarkStraightLine does the unavoidable and nothing else: decode the spec, parse each expression of the
// output once, marshal the files. Names, units, thresholds, selectors, layout and identities come from nowhere,
// nothing is judged, no place in the spec is known, and no file is written or compared. It uses the libraries that
// we use, as one does who is not in a hurry. Compare with BenchmarkScale.
func BenchmarkStraightLine(b *testing.B) {
	const n = 100
	p := straightLine(b)
	before := processTime()
	for b.Loop() {
		for range n {
			p.run(b)
		}
	}
	each := (processTime() - before) / time.Duration(b.N*n)
	b.ReportMetric(float64(each.Microseconds())/1000, "cpu-ms/model")
}

// TestStraightLine: it makes the files that the compiler makes.
func TestStraightLine(t *testing.T) {
	p := straightLine(t)
	if len(p.exprs) < 20 || len(p.dashboards) != 2 {
		t.Errorf("%d expressions, %d dashboards", len(p.exprs), len(p.dashboards))
	}
	p.run(t)
}

// straightLine compiles a typical model and takes apart what came out.
func straightLine(t testing.TB) *straight {
	dir := filled(t, workload.Typical(1))
	result, err := run(t, t.Context(), dir, compile.Input{Mode: compile.Write, Targets: targets()})
	must(t, err)
	p := &straight{spec: []byte(workload.TypicalSpec("m0"))}
	for _, c := range result.Outputs[0].Changes {
		if strings.Contains(c.Path, ".mlobs/") || !strings.Contains(c.Path, "m0") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, "generated", c.Path))
		must(t, err)
		if strings.HasSuffix(c.Path, ".json") {
			var v any
			must(t, json.Unmarshal(data, &v))
			p.dashboards = append(p.dashboards, v)
			p.collect(v)
			continue
		}
		must(t, yaml.Unmarshal(data, &p.rules))
		for _, g := range p.rules.Groups {
			for _, r := range g.Rules {
				p.exprs = append(p.exprs, r.Expr)
			}
		}
	}
	slices.Sort(p.exprs)
	p.exprs = slices.Compact(p.exprs)
	return p
}

// collect finds the expressions of a dashboard.
func (p *straight) collect(v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if text, ok := value.(string); ok && key == "expr" {
				p.exprs = append(p.exprs, text)
			}
			p.collect(value)
		}
	case []any:
		for _, item := range v {
			p.collect(item)
		}
	}
}

func (p *straight) run(t testing.TB) {
	var spec any
	must(t, yaml.Unmarshal(p.spec, &spec))
	grammar := parser.NewParser(parser.Options{})
	for _, text := range p.exprs {
		_, err := grammar.ParseExpr(text)
		must(t, err)
	}
	for _, d := range p.dashboards {
		_, err := json.MarshalIndent(d, "", "  ")
		must(t, err)
	}
	_, err := yaml.Marshal(&p.rules)
	must(t, err)
}
