package promql

import (
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// experiment is a use of something that a Prometheus without feature flags refuses.
type experiment struct {
	start, end int    // bytes of the text
	what, flag string // `info`, and the flag that allows it
}

// durationFlag is on by default in the newest servers only.
const durationFlag = "promql-duration-expr"

// help says what to do about it.
func (u experiment) help() string {
	if u.flag == durationFlag {
		return "most servers refuse it unless they run with `--enable-feature=" + u.flag + "`: write the duration itself"
	}
	return "Prometheus refuses it unless it runs with `--enable-feature=" + u.flag + "`: write the query without it"
}

// reportExperimental reports what a Prometheus without feature flags refuses, and whether there is any.
func reportExperimental(text diag.Text, src *source, rep *diag.Report) bool {
	list := experimental(src)
	for _, u := range list {
		rep.Errorf(text.Range(u.start, u.end), "%s is experimental", u.what).Help = u.help()
	}
	return len(list) > 0
}

// experimental lists what needs a feature flag, in the order of the tree.
func experimental(src *source) (list []experiment) {
	use := func(at posrange.PositionRange, flag, what string) {
		list = append(list, experiment{int(at.Start), int(at.End), what, flag})
	}
	word := func(start posrange.Pos) posrange.PositionRange {
		i := src.at(int(start))
		if i >= len(src.list) {
			return posrange.PositionRange{Start: start, End: start}
		}
		return posrange.PositionRange{Start: start, End: posrange.Pos(src.list[i].end)}
	}
	parser.Inspect(src.expr, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.Call:
			if n.Func.Experimental {
				use(word(n.PosRange.Start), "promql-experimental-functions", "`"+n.Func.Name+"`")
			}
		case *parser.AggregateExpr:
			if n.Op.IsExperimentalAggregator() {
				use(word(n.PosRange.Start), "promql-experimental-functions", "`"+n.Op.String()+"`")
			}
		case *parser.BinaryExpr:
			if m := n.VectorMatching; m != nil && (m.FillValues.LHS != nil || m.FillValues.RHS != nil) {
				use(n.PositionRange(), "promql-binop-fill-modifiers", "`fill`")
			}
		case *parser.VectorSelector:
			if n.Anchored || n.Smoothed {
				use(n.PosRange, "promql-extended-range-selectors", "`anchored` or `smoothed`")
			}
			if n.OriginalOffsetExpr != nil {
				use(n.PosRange, durationFlag, "a calculated duration")
			}
		case *parser.MatrixSelector:
			if n.RangeExpr != nil {
				use(n.PositionRange(), durationFlag, "a calculated duration")
			}
		case *parser.SubqueryExpr:
			if n.RangeExpr != nil || n.StepExpr != nil || n.OriginalOffsetExpr != nil {
				use(n.PositionRange(), durationFlag, "a calculated duration")
			}
		}
		return nil
	})
	return list
}
