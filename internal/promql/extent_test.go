package promql

import (
	"testing"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// FuzzExtent: what stands where a part is said to stand is that part.
func FuzzExtent(f *testing.F) {
	for _, text := range []string{
		`sum by (a) (rate(x{b="}"}[5m] offset 1d)) > bool 5`, `sum(x) by (a) / on (a) group_left (b) -max without (c) (y)`, `- x ^ 2 + +3`,
		`(topk (3, x) # )
		) and ((y[5m:] ))`, `max_over_time((x + y)[1h:5m] offset -5m @ end())`, `quantile by (a)(0.5, x) or vector(time())`,
		`absent({__name__="x", a!~"b"} @ 5)`, `label_replace(x, "a", "$1", "b", "(.*)") unless ignoring (a, b,) y offset 5m`, `histogram_quantile(.9, x) == -Inf`,
		`x[5m] @ start() offset 1h`, `{"a.b", c="d"}`, `1 - (2 * 3s)`, `count_values("v", x) by (v)`, `-(x) * (-1)`, `a / sum(x)`, `sum by (a) (x)`, `x + sum(x) #`, `sum(x) by (a)`, `topk(3, by)`, `x{a="b"}[5m:30s] offset 5m @ 100`, `sum without () (x)`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q := Parse(diag.NewText(text, diag.Span{}), new(diag.Report))
		if q == nil || len(q.tokens) > 0 {
			return
		}
		parser.Inspect(q.Expr(), func(n parser.Node, path []parser.Node) error {
			e, ok := n.(parser.Expr)
			if !ok {
				return nil
			}
			if len(path) > 0 {
				if _, ok := path[len(path)-1].(*parser.MatrixSelector); ok {
					return nil // its offset stands behind the brackets
				}
			}
			part, err := ParseExpr(q.textOf(e))
			switch {
			case err != nil:
				t.Errorf("%q: %q does not parse: %v", text, q.textOf(e), err)
			case part.String() != e.String():
				t.Errorf("%q: %q is %s, want %s", text, q.textOf(e), part, e)
			}
			return nil
		})
	})
}
