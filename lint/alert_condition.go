package lint

import (
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// conditionRules judge what an alert compares, and with what.
var conditionRules = []*Rule{alertWithoutCondition, alertNeverFires, alertAlwaysFires, thresholdUnit, thresholdInBucket, wrongDirection}

var alertWithoutCondition = &Rule{
	Name: "alert-without-condition", Group: Alerts, Severity: diag.Error,
	Doc: "an alert that fires as long as there is data",
	Run: func(p *Pass) {
		for s := range p.Alerts() {
			if !s.Alert.Whole || s.Brought || s.Query.Expr().Type() != parser.ValueTypeVector {
				continue
			}
			f := filter{site: s}
			if f.filters(s.Query.Expr()) {
				continue
			}
			d := p.Reportf(s.Whole(), "the %s has no condition: it fires as long as there is data", s.What())
			d.Help = "compare the value with a limit, as in `… > 0.05`"
			if f.bool {
				d.Help = "a comparison with `bool` always has a result, 0 or 1, and both fire: remove `bool`"
			}
			if len(s.readings()) == 0 { // a series that exists in trouble only may be meant
				d.Severity = diag.Warning
				if vs, ok := unparen(s.Query.Expr()).(*parser.VectorSelector); ok && len(vs.LabelMatchers) > 1 {
					d.Severity = diag.Info
				}
			}
		}
	},
}

// filter tells whether an expression may have no result while what it reads is there.
type filter struct {
	site *Site
	// bool: a comparison was met that does not filter.
	bool  bool
	depth int
}

func (f *filter) filters(e parser.Expr) bool {
	switch n := e.(type) {
	case *parser.ParenExpr:
		return f.filters(n.Expr)
	case *parser.UnaryExpr:
		return f.filters(n.Expr)
	case *parser.StepInvariantExpr:
		return f.filters(n.Expr)
	case *parser.SubqueryExpr:
		return f.filters(n.Expr)
	case *parser.MatrixSelector:
		return f.filters(n.VectorSelector)
	case *parser.AggregateExpr:
		return f.filters(n.Expr)
	case *parser.Call:
		return f.call(n)
	case *parser.BinaryExpr:
		return f.binary(n)
	case *parser.VectorSelector:
		return f.selector(n)
	}
	return false
}

// call: absence is a condition, and so is a number without series, the signal that the alerting works.
func (f *filter) call(n *parser.Call) bool {
	switch n.Func.Name {
	case "absent", "absent_over_time":
		return true
	case "vector":
		return f.depth == 0 && f.site.Query.Expr() == parser.Expr(n)
	}
	for _, arg := range n.Args {
		if f.filters(arg) {
			return true
		}
	}
	return false
}

func (f *filter) binary(n *parser.BinaryExpr) bool {
	switch {
	case n.Op == parser.LOR:
		return f.filters(n.LHS) && f.filters(n.RHS)
	case n.Op == parser.LAND, n.Op == parser.LUNLESS:
		return true
	case n.Op.IsComparisonOperator():
		if !n.ReturnBool {
			return true
		}
		f.bool = true
	}
	return f.filters(n.LHS) || f.filters(n.RHS)
}

// selector: of a record that is not known the expression may have the condition; ALERTS are conditions.
func (f *filter) selector(n *parser.VectorSelector) bool {
	name := seriesName(n)
	if name == "ALERTS" || name == "" {
		return true
	}
	r := f.site.Schema.Recorded.Find(name, n.LabelMatchers)
	switch {
	case r == nil:
		return strings.Contains(name, ":")
	case r.Query == nil || f.depth >= maxRecords:
		return true
	}
	f.depth++
	defer func() { f.depth-- }()
	return f.filters(r.Query.Expr())
}
