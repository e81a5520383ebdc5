package promql

import "github.com/prometheus/prometheus/promql/parser"

// groupingLexeme finds the `by` or `without` of an aggregation that begins at lexeme first; -1: it has none.
// after says that it stands behind the argument.
func (q *Query) groupingLexeme(first int) (at int, after bool) {
	x := q.src.lexed
	at = x.next(first)
	if !x.is(at, "(") {
		return at, false
	}
	at = x.next(x.closing(at))
	if at < len(x.list) && x.groupingKind(at) != "" && x.is(x.next(at), "(") {
		if kind := x.groupingKind(at); kind == "by" || kind == "without" {
			return at, true
		}
	}
	return -1, false
}

// aggregateGrouping returns the list of labels of an aggregation; nil: it has none.
func (q *Query) aggregateGrouping(e *parser.AggregateExpr) *Grouping {
	at, _ := q.groupingLexeme(q.src.at(int(e.PosRange.Start)))
	if at < 0 {
		return nil
	}
	return q.groupingAt(q.src.list[at].start, q.src.list[at].end)
}

// joinGrouping returns a list of labels between the operands of a binary expression: on, ignoring, group_left or
// group_right; nil: it has none. included asks for the last two.
func (q *Query) joinGrouping(e *parser.BinaryExpr, included bool) *Grouping {
	_, left := q.extent(e.LHS)
	right, _ := q.extent(e.RHS)
	from, to := q.src.list[left].end, q.src.list[right].start
	for i := range q.groupings {
		g := &q.groupings[i]
		if g.start >= from && g.start < to && (g.Kind == "group_left" || g.Kind == "group_right") == included {
			return g
		}
	}
	return nil
}

func (q *Query) groupingAt(from, to int) *Grouping {
	for i := range q.groupings {
		if g := &q.groupings[i]; g.start >= from && g.start < to {
			return g
		}
	}
	return nil
}

// labelBytes are the bytes of a label in a list; those of the list if it is not found.
func (q *Query) labelBytes(g *Grouping, name string) (start, end int) {
	for i, e := range g.elements {
		if g.Labels[i].Value == name {
			return q.src.list[e.lexeme].start, q.src.list[e.lexeme].end
		}
	}
	return g.start, g.end
}

// holdsToken reports whether a list of labels has a variable in it.
func (q *Query) holdsToken(g *Grouping) bool {
	if g == nil {
		return false
	}
	for _, e := range g.elements {
		if q.src.list[e.lexeme].tokens > 0 {
			return true
		}
	}
	return false
}

// operatorBytes are the bytes from the operator of a binary expression to its end: `> bool 5`.
func (q *Query) operatorBytes(e *parser.BinaryExpr) (start, end int) {
	_, left := q.extent(e.LHS)
	_, right := q.extent(e.RHS)
	return q.src.list[q.src.next(left)].start, q.src.list[right].end
}

// joinBytes are the bytes of an operator and of how it matches: `/ on (pod) group_left ()`.
func (q *Query) joinBytes(e *parser.BinaryExpr) (start, end int) {
	_, left := q.extent(e.LHS)
	right, _ := q.extent(e.RHS)
	return q.src.list[q.src.next(left)].start, q.src.list[q.src.prev(right)].end
}

// tokenInString reports whether a text in quotes holds a variable.
func (q *Query) tokenInString(e parser.Expr) bool {
	if len(q.tokens) == 0 {
		return false
	}
	first, last := q.extent(bare(e))
	return first == last && q.src.list[first].tokens > 0
}
