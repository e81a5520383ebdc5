package promql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// leLabel is the label of a classic histogram's buckets.
const leLabel = "le"

// Native returns the query for metrics that are native histograms although it was written for classic ones:
// m_bucket becomes m, without matchers on `le` and without `le` in the lists of labels that kept it; m_sum
// becomes histogram_sum(m), m_count histogram_count(m), around the smallest instant expression. A query that
// reads none of that comes back as it is.
//
// It fails where native histograms cannot say the same: single buckets, buckets that are added up,
// compared, or go through a function that does not read histograms.
func (q *Query) Native(metrics ...string) (*Query, error) {
	n := native{rewriting: rewriting{q: q, meant: map[parser.Expr]parser.Expr{}}, metrics: metrics}
	n.matchers = n.meantMatchers
	if _, err := n.expr(q.src.expr); err != nil {
		return nil, err
	}
	return n.finish()
}

// native is one run of Native.
type native struct {
	rewriting
	metrics []string
}

// form is what an expression gives when it reads native histograms.
type form int

const (
	plain     form = iota // numbers, as ever
	histogram             // histograms, where there were buckets
	mixed                 // histograms and, beside them, numbers
	sumOf                 // histograms, of which the sum was meant and not yet taken
	countOf               // and the number of observations
)

// part tells which series of which of the metrics a selector reads.
func (n *native) part(vs *parser.VectorSelector) (base string, f form) {
	s := &n.q.selectors[n.q.selectorIndex(vs)]
	if vs.BypassEmptyMatcherCheck || !n.q.exact(s) {
		return "", plain
	}
	for suffix, f := range map[string]form{"_bucket": histogram, "_sum": sumOf, "_count": countOf} {
		if base, ok := strings.CutSuffix(s.Name, suffix); ok && slices.Contains(n.metrics, base) {
			return base, f
		}
	}
	return "", plain
}

// selector renames a selector.
func (n *native) selector(vs *parser.VectorSelector) (form, error) {
	base, f := n.part(vs)
	if f == plain {
		return plain, nil
	}
	s := &n.q.selectors[n.q.selectorIndex(vs)]
	if f == histogram {
		for _, m := range s.Matchers {
			if m.Name == leLabel && !manyBuckets(m) {
				return 0, fmt.Errorf("`%s` asks for buckets of `%s`, and a native histogram has none of that name: "+
					"`histogram_fraction` tells how many observations lie between two bounds", m, s.Name)
			}
		}
	}
	edits, quoted := n.q.nameEdits(s, base)
	n.edits = append(n.edits, edits...)
	if quoted != "" {
		n.edits = append(n.edits, n.q.insertMatchers(s, []string{quoted}))
	}
	if f == histogram {
		n.dropMatchers(s)
	}
	return f, nil
}

// manyBuckets reports whether a matcher on `le` surely keeps all buckets, or all but one.
func manyBuckets(m *labels.Matcher) bool {
	switch m.Type {
	case labels.MatchNotEqual:
		return !holdsTokens(m.Value)
	case labels.MatchRegexp:
		return m.Value == ".*" || m.Value == ".+"
	}
	return false
}

// dropMatchers removes the matchers on `le`.
func (n *native) dropMatchers(s *Selector) {
	x := n.q.src.lexed
	dropped := func(p part) bool { return p.op != "" && labelName(x.of(x.list[p.label])) == leLabel }
	for i := 0; i < len(s.parts); i++ {
		if !dropped(s.parts[i]) {
			continue
		}
		first := i // neighbours go in one cut
		for i+1 < len(s.parts) && dropped(s.parts[i+1]) {
			i++
		}
		start, end := s.parts[first].label, s.parts[i].value
		if comma := x.next(end); x.is(comma, ",") {
			end = comma
		} else if first > 0 { // the last ones take the comma before them along
			start = x.next(s.parts[first-1].value)
		}
		n.edits = append(n.edits, x.cut(start, end)...)
	}
}

// meantMatchers is what a selector must match.
func (n *native) meantMatchers(vs *parser.VectorSelector) []match {
	list := matchesOf(vs)
	base, f := n.part(vs)
	if f == plain {
		return list
	}
	rename(list, n.q.selectors[n.q.selectorIndex(vs)].Name, base)
	if f == histogram {
		list = slices.DeleteFunc(list, func(m match) bool { return m.name == leLabel })
	}
	return list
}

// expr rewrites an expression.
func (n *native) expr(e parser.Expr) (form, error) {
	switch e := e.(type) {
	case *parser.ParenExpr:
		return n.expr(e.Expr)
	case *parser.UnaryExpr:
		return n.expr(e.Expr)
	case *parser.SubqueryExpr:
		return n.expr(e.Expr)
	case *parser.MatrixSelector:
		f, err := n.selector(e.VectorSelector.(*parser.VectorSelector))
		if f > histogram {
			return 0, fmt.Errorf("a range of a native histogram's sum or count is nothing by itself: take its `rate`")
		}
		return f, err
	case *parser.VectorSelector:
		f, err := n.selector(e)
		return n.take(e, f), err
	case *parser.AggregateExpr:
		return n.aggregate(e)
	case *parser.Call:
		return n.call(e)
	case *parser.BinaryExpr:
		return n.binary(e)
	}
	return plain, nil
}

// take puts the function around a place that gives the sum or the count.
func (n *native) take(place parser.Expr, f form) form {
	name := map[form]string{sumOf: "histogram_sum", countOf: "histogram_count"}[f]
	if name == "" {
		return f
	}
	first, last := n.q.span(place)
	x := n.q.src.lexed
	start, end := x.list[first].start, x.list[last].end
	n.edits = append(n.edits, edit{start, start, name + "("}, edit{end, end, ")"})
	n.meant[place] = &parser.Call{Func: parser.Functions[name], Args: parser.Expressions{copyOf(place)}}
	return plain
}
