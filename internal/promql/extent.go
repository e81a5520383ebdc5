package promql

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/prometheus/promql/parser"
)

// extent returns the first and the last lexeme of any part of the query, modifiers included. The tree knows
// where parts begin; where they end it only nearly knows.
func (q *Query) extent(e parser.Expr) (first, last int) {
	x := q.src.lexed
	switch n := e.(type) {
	case *parser.BinaryExpr:
		first, _ = q.extent(n.LHS)
		_, last = q.extent(n.RHS)
		return first, last
	case *parser.UnaryExpr:
		_, last = q.extent(n.Expr)
		return x.at(int(n.StartPos)), last
	case *parser.VectorSelector, *parser.Call:
		return q.span(e)
	case *parser.MatrixSelector:
		first, _ = q.span(n.VectorSelector)
		_, last = q.brackets(n)
		last, _ = x.modifiers(last)
		return first, last
	case *parser.SubqueryExpr:
		first, _ = q.extent(n.Expr)
		_, last = q.brackets(n)
		last, _ = x.modifiers(last)
		return first, last
	case *parser.AggregateExpr:
		first = x.at(int(n.PosRange.Start))
		return first, q.endOfAggregation(first)
	case *parser.ParenExpr:
		first = x.at(int(n.PosRange.Start))
		return first, x.closing(first)
	}
	first = x.at(int(e.PositionRange().Start))
	last = first
	for x.is(last, "-") || x.is(last, "+") {
		last = x.next(last)
	}
	return first, last
}

// endOfAggregation: `sum by (a) (x)` and `sum(x) by (a)`.
func (q *Query) endOfAggregation(first int) int {
	x := q.src.lexed
	at := x.next(first)
	if x.is(at, "(") {
		last := x.closing(at)
		after := x.next(last)
		if after >= len(x.list) {
			return last
		}
		switch x.groupingKind(after) {
		case "by", "without":
			return x.closing(x.next(after))
		}
		return last
	}
	return x.closing(x.next(x.closing(x.next(at))))
}

// brackets returns the lexemes `[` and `]` of a range or a subquery.
func (q *Query) brackets(e parser.Expr) (open, last int) {
	x := q.src.lexed
	switch n := e.(type) {
	case *parser.MatrixSelector:
		vs, ok := n.VectorSelector.(*parser.VectorSelector)
		if !ok {
			panic("a range stands behind a selector")
		}
		open = x.next(q.selectors[q.selectorIndex(vs)].last)
	case *parser.SubqueryExpr:
		_, before := q.extent(n.Expr)
		open = x.next(before)
	}
	return open, x.closing(open)
}

// lexemeBytes returns the bytes of lexemes [first, last].
func (q *Query) lexemeBytes(first, last int) (start, end int) {
	list := q.src.list
	return list[first].start, list[min(last, len(list)-1)].end
}

// place returns the bytes of a part.
func (q *Query) place(e parser.Expr) (start, end int) { return q.lexemeBytes(q.extent(e)) }

// operator returns the lexeme of an operator.
func (q *Query) operator(n *parser.BinaryExpr) int {
	_, last := q.extent(n.LHS)
	return q.src.next(last)
}

// textOf returns a part as the author wrote it.
func (q *Query) textOf(e parser.Expr) string {
	start, end := q.place(e)
	return q.src.text[start:end]
}

// inner returns a part without the parentheses around it, as the author wrote it.
func (q *Query) inner(e parser.Expr) string { return q.textOf(bare(e)) }

// backquoted returns text in back quotes, on one line and not too long.
func backquoted(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > 80 {
		cut := 80
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + "…"
	}
	for _, r := range text {
		if !strconv.IsPrint(r) || r == utf8.RuneError {
			return "`" + strings.Trim(strconv.QuoteToASCII(text), `"`) + "`"
		}
	}
	return "`" + text + "`"
}
