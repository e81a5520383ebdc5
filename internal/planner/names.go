package planner

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// shortNames cuts what all copies' names have in common off the label that tells them apart: a legend
// has room for `c27jr-jm9j2`, not for `model-serving-2481-c27jr-jm9j2`. Other names pass unchanged.
func (b *builder) shortNames(q *query, expr promql.Expr) promql.Expr {
	copies := b.copyLabel()
	prefix := b.copyPrefix()
	by, known := b.resultLabels(q)
	if expr.String() == "" || prefix == "" || !known || !slices.Contains(by, copies[0]) {
		return expr
	}
	shape := fmt.Sprintf("label_replace($1, %s, %s, %s, %s)", promql.Quote(copies[0]), promql.Quote("$1"), promql.Quote(copies[0]), promql.Quote(regexp.QuoteMeta(prefix)+"(.+)"))
	named, err := promql.ComposeExprs(shape, expr)
	if err != nil {
		b.rep.Errorf(q.Span(0, len(q.Text())), "this query cannot be given short names: %s", err)
	}
	return named
}

// copyPrefix is what the names of all copies begin with: what a selector of a source says of the label
// (`pod: {matches: 'my-model-.*'}`), else, for pods, the service they belong to, by Kubernetes's custom.
func (b *builder) copyPrefix() string {
	copies := b.copyLabel()
	if len(copies) == 0 {
		return ""
	}
	for i, s := range b.model.Sources {
		if i > 0 && !slices.Contains(s.Share, copies[0]) {
			continue
		}
		for _, m := range s.Selector {
			if m.Label != copies[0] || m.Op != metric.Match {
				continue
			}
			if re, err := regexp.Compile(m.Value); err == nil {
				prefix, whole := re.LiteralPrefix()
				if cut := strings.LastIndexByte(prefix, '-'); !whole && cut > 0 { // never inside a word
					return prefix[:cut+1]
				}
			}
		}
	}
	for _, m := range b.model.Sources[0].Selector {
		if copies[0] == "pod" && m.Label == "service" && m.Op == metric.Equal {
			return m.Value + "-"
		}
	}
	return ""
}
