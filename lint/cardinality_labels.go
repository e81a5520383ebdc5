package lint

import (
	"regexp"

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

// valueInText is where a template of Prometheus prints the value of an alert.
var valueInText = regexp.MustCompile(`\{\{[^{}]*(?:\$value\b|\.Value\b)[^{}]*\}\}`)

var valueInLabel = &Rule{
	Name: "value-in-label", Group: Cardinality, Severity: diag.Warning,
	Doc: "a measured value that becomes a label: each number makes new series, or a new alert",
	Run: func(p *Pass) {
		for s := range p.Queries() {
			switch {
			case s.Alert != nil:
				for _, l := range s.Alert.Labels {
					if valueInText.MatchString(l.Value) {
						p.Reportf(s.Alert.Source, "the label `%s` of alert `%s` holds its value: whenever it changes a new alert begins, and `for` with it", l.Name, s.Alert.Name).
							Help = "show the value in an annotation"
					}
				}
			case s.Record != nil:
				p.countValues(s)
			}
		}
	},
}

// countValues reports values that a record turns into a label. Of versions there are few.
func (p *Pass) countValues(s *Site) {
	parser.Inspect(s.Query.Expr(), func(n parser.Node, _ []parser.Node) error {
		a, ok := n.(*parser.AggregateExpr)
		if !ok || a.Op != parser.COUNT_VALUES {
			return nil
		}
		label, ok := bare(a.Param).(*parser.StringLiteral)
		if !ok || isVersion(label.Val) {
			return nil
		}
		r := a.PositionRange()
		p.Reportf(s.Span(int(r.Start), int(r.End)), "`%s` records a label with a value for each number that is measured", s.Record.Name).
			Help = "a histogram shows how values are distributed, in as many series as it has buckets"
		return nil
	})
}
