package promql

import (
	"fmt"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// why is the cause of a fact. It becomes a Reason where somebody asks.
type why struct {
	kind whyKind
	// node is what causes it; nil with a metric.
	node parser.Expr
	// metric is whose contract says so.
	metric *metric.Metric
	// values are where it says the value lies, phi and bounds of a quantile.
	values Interval
	phi    Interval
	bounds []float64
}

// whyKind says how a why is told.
type whyKind uint8

const (
	whyGrouped    whyKind = iota // an aggregation removed the label
	whyMatched                   // on or ignoring did
	whyQuantile                  // histogram_quantile removed le
	whyReplaced                  // label_replace removed the label
	whyIncluded                  // group_left removed the label
	whyValue                     // a function or aggregation gives such values
	whyBuckets                   // a quantile of buckets lies between them
	whyDeclared                  // a contract says where the value lies
	whyCompared                  // a comparison lets only such values through
	whyRecorded                  // a recording rule records such values
	whyMatcherInf                // a matcher takes no bucket of infinity
)

// reason tells w; label is the one that it is about, if it is about one.
func (q *Query) reason(w *why, label string) Reason {
	r := Reason{}
	switch w.kind {
	case whyDeclared:
		r.Span = w.metric.Span
		r.Text = fmt.Sprintf("`%s` is declared as %s", w.metric.Name, w.values.words())
		return r
	case whyGrouped:
		agg := w.node.(*parser.AggregateExpr)
		r.Start, r.End = q.place(agg)
		if g := q.aggregateGrouping(agg); g != nil {
			r.Start, r.End = g.start, g.end
		}
	case whyMatched, whyIncluded:
		bin := w.node.(*parser.BinaryExpr)
		r.Start, r.End = q.place(bin)
		if g := q.joinGrouping(bin, w.kind == whyIncluded); g != nil {
			r.Start, r.End = g.start, g.end
		}
	case whyCompared:
		r.Start, r.End = q.operatorBytes(w.node.(*parser.BinaryExpr))
	default:
		r.Start, r.End = q.place(w.node)
	}
	r.Text = w.text(label)
	return r
}

func (w *why) text(label string) string {
	switch w.kind {
	case whyGrouped, whyMatched, whyQuantile, whyReplaced:
		return "the label `" + label + "` ends here"
	case whyIncluded:
		return "the label `" + label + "` is taken from the side that lacks it, and so removed"
	case whyBuckets:
		return w.bucketText()
	case whyCompared:
		return "only values " + w.values.words() + " come through here"
	case whyRecorded:
		return "what is recorded is " + w.values.words()
	case whyMatcherInf:
		return "the bucket of infinity is left out here"
	}
	return "this is " + w.values.words()
}

func (w *why) bucketText() string {
	first, last := w.bounds[0], w.bounds[len(w.bounds)-1]
	if w.phi.single() && first > 0 {
		return fmt.Sprintf("this quantile lies between %s (%s × the first bound %s) and the last bound %s, whatever is observed",
			number(w.phi.Low*first), number(w.phi.Low), number(first), number(last))
	}
	return fmt.Sprintf("this quantile lies between %s and the last bound %s, whatever is observed", number(min(first, 0)), number(last))
}
