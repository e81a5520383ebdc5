package lint

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

var recordCardinality = &Rule{
	Name: "record-cardinality", Group: Cardinality, Severity: diag.Warning,
	Doc: "a recording rule that makes more series than the budget",
	Run: func(p *Pass) {
		budget := p.Budgets().SeriesPerRecord
		for s := range p.OwnRecords() {
			if keepsLabels(s.Query.Expr()) {
				continue // record-keeps-labels speaks
			}
			if c, ok := p.resultOf(s); ok && budget > 0 && c.series > budget {
				p.Reportf(s.Record.Source, "`%s` records %s series%s%s; the budget is %s", s.Record.Name, c.amount(), c.where(), c.how(), thousands(budget)).
					Help = "aggregate more labels away, or raise `budgets: {series_per_record: …}` in mlobs.yaml"
			}
		}
	},
}

var recordKeepsLabels = &Rule{
	Name: "record-keeps-labels", Group: Cardinality, Severity: diag.Warning,
	Doc: "a recording rule that keeps every label: as many series as it reads",
	Run: func(p *Pass) {
		for s := range p.OwnRecords() {
			if !keepsLabels(s.Query.Expr()) {
				continue
			}
			labels, known := s.ownLabels()
			if known && len(labels) == 0 {
				continue // nothing to aggregate but copies
			}
			d := p.Reportf(s.Record.Source, "`%s` keeps every label of what it reads: it records as many series as are scraped", s.Record.Name)
			d.Help = "aggregate first, as in `sum by (…) (…)`, or leave the expression where it is read"
			if !known || s.readsBrought() {
				d.Severity = diag.Info // there may be few of them
			}
		}
	},
}

// ownLabels are the labels that metrics have of their own, of those that a query reads; known: a contract has them all.
func (s *Site) ownLabels() (names []string, known bool) {
	known = true
	for _, sel := range s.Query.Selectors() {
		series, ok := s.lookup(sel.Name)
		if known = known && ok; !ok {
			continue
		}
		for _, l := range series.Metric.Labels {
			if len(l.Values.Exactly) != 1 {
				names = append(names, l.Name)
			}
		}
	}
	return names, known
}

// keepsLabels reports whether a result has all labels of the series that it is made of: nothing aggregates, and no
// join chooses. What is made of recorded series was aggregated before.
func keepsLabels(e parser.Expr) bool {
	switch n := e.(type) {
	case *parser.ParenExpr:
		return keepsLabels(n.Expr)
	case *parser.UnaryExpr:
		return keepsLabels(n.Expr)
	case *parser.SubqueryExpr:
		return keepsLabels(n.Expr)
	case *parser.MatrixSelector:
		return keepsLabels(n.VectorSelector)
	case *parser.VectorSelector:
		return !strings.Contains(n.Name, ":") && !choosesOne(n)
	case *parser.Call:
		return n.Func.Name != "absent" && n.Func.Name != "absent_over_time" && n.Type() == parser.ValueTypeVector && slices.ContainsFunc(n.Args, keepsLabels)
	case *parser.BinaryExpr:
		left, right := n.LHS.Type() != parser.ValueTypeScalar, n.RHS.Type() != parser.ValueTypeScalar
		switch {
		case left && right:
			return !n.Op.IsSetOperator() && n.VectorMatching != nil && !n.VectorMatching.On && n.VectorMatching.Card == parser.CardOneToOne && keepsLabels(n.LHS) && keepsLabels(n.RHS)
		case left:
			return keepsLabels(n.LHS)
		}
		return keepsLabels(n.RHS)
	}
	return false
}

// choosesOne: a selector that chooses single values means few series.
func choosesOne(v *parser.VectorSelector) bool {
	return slices.ContainsFunc(v.LabelMatchers, func(m *labels.Matcher) bool {
		return m.Name != model.MetricNameLabel && m.Name != "job" && m.Type == labels.MatchEqual && m.Value != ""
	})
}
