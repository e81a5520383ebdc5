package promql

import (
	"slices"
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

// rewriting is a change of a query that says what it means node by node.
type rewriting struct {
	q     *Query
	edits []edit
	// meant holds what stands in place of a node.
	meant map[parser.Expr]parser.Expr
	// matchers is the hook of comparison.
	matchers func(*parser.VectorSelector) []match
}

func (r *rewriting) replace(lexeme int, text string) {
	l := r.q.src.list[lexeme]
	r.edits = append(r.edits, edit{l.start, l.end, text})
}

// finish makes the query, parses it and compares it with what was meant.
func (r *rewriting) finish() (*Query, error) {
	q := r.q
	if len(r.edits) == 0 {
		return q, nil
	}
	text := applyMapped(q.text, r.edits)
	if len(text.Value) > MaxLength {
		return nil, lengthError(len(text.Value))
	}
	src, err := parseSource(text.Value)
	if err != nil {
		return nil, errInternal("the rewritten query does not parse: %v", err)
	}
	c := comparison{number: r.standIns().of, matchers: r.matchers}
	c.hole = func(e parser.Expr) (parser.Expr, *comparison) { return r.meant[e], &c }
	if !c.equal(q.src.expr, src.expr) {
		return nil, errInternal("the rewritten query says something else: %s", text.Value)
	}
	return newQuery(text, src), nil
}

// standIns says what the stand-ins become when the edits have removed some.
func (r *rewriting) standIns() standIns {
	list := make(standIns, len(r.q.src.coded))
	left := 0
	for i, c := range r.q.src.coded {
		l := r.q.src.list[c.lexeme]
		if slices.ContainsFunc(r.edits, func(e edit) bool { return e.start <= l.start && l.end <= e.end }) {
			continue
		}
		list[i] = standIn(left)
		left++
	}
	return list
}
