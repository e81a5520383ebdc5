package promql

import (
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

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
	text, err := applyMapped(q.text, r.edits)
	if err != nil {
		return nil, err
	}
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
