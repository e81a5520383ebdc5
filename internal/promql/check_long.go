package promql

import (
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// LongRange is from when on the rate of a scraped counter says more of the past than of now.
const LongRange = 6 * time.Hour

// checkLong judges rates over hours of scraped series, once for each query. An increase over a day is a
// count, and a ratio is a share of that time. A long range beside a short one of the same series is what the
// short one is compared with, as in a trend or a burn rate. A record is where such a rate belongs.
func (t *typing) checkLong() {
	if t.use.Place != InPanel && t.use.Place != InAlert {
		return
	}
	var long []*parser.MatrixSelector
	short := map[string]bool{}
	parser.Inspect(t.q.src.expr, func(node parser.Node, path []parser.Node) error {
		n, ok := node.(*parser.MatrixSelector)
		if !ok {
			return nil
		}
		vs, ok := n.VectorSelector.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		name := selectedName(vs)
		s := &t.q.selectors[t.q.selectorIndex(vs)]
		switch {
		case s.RangeToken >= 0 || n.RangeExpr != nil || n.Range < LongRange:
			short[name] = true
		case t.facts[n].recorded && strings.Contains(name, ":"), !rateOf(path), ofRatio(path):
		default:
			long = append(long, n)
		}
		return nil
	})
	for _, n := range long {
		vs := n.VectorSelector.(*parser.VectorSelector)
		if short[selectedName(vs)] || t.settled[n] {
			continue
		}
		start, end := t.q.rangePlace(vs)
		length := strings.TrimSpace(t.q.src.text[start+1 : end-1])
		t.report(Problem{
			Kind: LongWindow, Start: start, End: end,
			Message: "a rate over " + length + " shows a change hours late, and reads " + length + " of samples for each point",
			Help:    "write " + backquoted("["+t.q.window()+"]") + " and look at a longer time; for a mean over " + length + " record a short rate, and take `avg_over_time` of that",
		})
		return
	}
}

// rateOf reports whether the function that a range stands in is `rate`.
func rateOf(path []parser.Node) bool {
	for i := len(path) - 1; i >= 0; i-- {
		switch n := path[i].(type) {
		case *parser.Call:
			return n.Func.Name == "rate"
		case *parser.ParenExpr:
		default:
			return false
		}
	}
	return false
}

// ofRatio reports whether one of the nodes around is a division of two vectors.
func ofRatio(path []parser.Node) bool {
	return slices.ContainsFunc(path, func(node parser.Node) bool {
		n, ok := node.(*parser.BinaryExpr)
		return ok && n.Op == parser.DIV && n.VectorMatching != nil
	})
}
