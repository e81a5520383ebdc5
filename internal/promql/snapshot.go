package promql

import (
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
)

// Snapshot returns the query for a batch job, whose values are pushed once in a run and stay: pushed tells
// which series are such. Of these rate, irate and increase over a range become the value itself, and a
// literal offset becomes past, the time of the run before. An offset that is a token stays, and so do other
// functions over a range. A query that has none of all that comes back as it is.
func (q *Query) Snapshot(pushed func(series string) bool, past string) (*Query, error) {
	before, err := model.ParseDuration(past)
	if err != nil || before == 0 {
		return nil, errInternal("`%s` is not the time of a run before", past)
	}
	r := rewriting{q: q, meant: map[parser.Expr]parser.Expr{}}
	x := q.src.lexed
	parser.Inspect(q.src.expr, func(node parser.Node, path []parser.Node) error {
		vs, ok := node.(*parser.VectorSelector)
		if !ok || vs.BypassEmptyMatcherCheck {
			return nil
		}
		s := &q.selectors[q.selectorIndex(vs)]
		if !q.exact(s) || !pushed(s.Name) {
			return nil
		}
		meant, last := *vs, s.last
		if s.Range != 0 {
			last = x.closing(x.next(s.last))
		}
		_, offset := x.modifiers(last)
		literal := offset >= 0 && x.list[offset].tokens == 0 && vs.OriginalOffset > 0
		if literal && vs.OriginalOffset != time.Duration(before) {
			r.replace(offset, past)
			meant.OriginalOffset = time.Duration(before)
			r.meant[vs] = &meant
		}
		if call, _ := callOf(path); call != nil && perRun(call) {
			first, end := q.span(call)
			r.edits = append(r.edits, x.opening(first)...)
			r.edits = append(r.edits, x.cut(x.next(s.last), last)...)
			r.edits = append(r.edits, x.cut(end, end)...)
			r.meant[call] = &meant
		}
		return nil
	})
	return r.finish()
}

// perRun reports whether a call asks how much a counter grew, which for a value of one run is the value.
func perRun(call *parser.Call) bool {
	switch call.Func.Name {
	case "rate", "irate", "increase":
		return true
	}
	return false
}
