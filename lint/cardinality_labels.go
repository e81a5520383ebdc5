package lint

import (
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

var unboundedLabel = &Rule{
	Name: "unbounded-label", Group: Cardinality, Severity: diag.Warning,
	Doc: "a label declared as `any`: identifiers, texts, addresses, or nobody knows what",
	Run: func(p *Pass) {
		for _, m := range p.measured() {
			for _, l := range m.Labels {
				if l.Values.AtMost > 0 || !p.Own(l.Span) {
					continue
				}
				if b, ok := stranger(l.Name); ok {
					p.Reportf(l.Span, "the label `%s` of `%s` has no bound and holds %s: each value makes new series", l.Name, m.Name, b.what).
						Help = b.where + "; if there are few say how many: `" + l.Name + ": 50`"
					continue
				}
				d := p.Reportf(l.Span, "the label `%s` of `%s` has no bound: each value makes new series", l.Name, m.Name)
				d.Help = "say how many values there are at a time, at most: `" + l.Name + ": 50`; if nobody can, they belong into logs"
				d.Severity = diag.Info
			}
		}
	},
}

var identifierValue = &Rule{
	Name: "identifier-value", Group: Cardinality, Severity: diag.Warning,
	Doc: "a label whose declared values are identifiers, times or addresses",
	Run: func(p *Pass) {
		for _, m := range p.measured() {
			for _, l := range m.Labels {
				if !p.Own(l.Span) {
					continue
				}
				for _, v := range l.Values.Exactly {
					if shape := shapeOf(l.Name, v); shape != "" {
						p.Reportf(l.Span, "the value `%s` of label `%s` is %s: tomorrow there will be another one", v, l.Name, shape).
							Help = "what happens once belongs into logs and traces; give the label the name of its kind"
						break
					}
				}
			}
		}
	},
}

var countedValues = &Rule{
	Name: "counted-values", Group: Cardinality, Severity: diag.Warning,
	Doc: "a recording rule with `count_values`: a series for each number that is measured",
	Run: func(p *Pass) {
		for s := range p.OwnRecords() {
			parser.Inspect(s.Query.Expr(), func(n parser.Node, _ []parser.Node) error {
				a, ok := n.(*parser.AggregateExpr)
				if !ok || a.Op != parser.COUNT_VALUES {
					return nil
				}
				if label, ok := bare(a.Param).(*parser.StringLiteral); ok && !isVersion(label.Val) {
					r := a.PositionRange()
					p.Reportf(s.Span(int(r.Start), int(r.End)), "`%s` records a series for each number that is measured", s.Record.Name).
						Help = "a histogram shows how values are distributed, in as many series as it has buckets"
				}
				return nil
			})
		}
	},
}
