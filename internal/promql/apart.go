package promql

import (
	"math"
	"strconv"

	"github.com/prometheus/prometheus/promql/parser"
)

// Apart is a comparison taken apart: Inner is above or below Number.
type Apart struct {
	// Inner is the vector that is compared, with its places in the author's file.
	Inner *Query
	// Op is "above" or "below".
	Op string
	// Number is the limit as a decimal number.
	Number string
	// Start and End are the bytes of the number in the text of the whole.
	Start, End int
}

// TakeApart takes an expression apart whose root, parentheses aside, is a vector `>` or `<` a number
// without `bool`; the number may stand on either side. It returns false for everything else.
func TakeApart(q *Query) (Apart, bool) {
	x := q.src.lexed
	lo, hi := x.next(-1), len(x.list)
	root := q.src.expr
	for {
		p, ok := root.(*parser.ParenExpr)
		if !ok {
			break
		}
		root = p.Expr
		lo, hi = x.next(lo), x.prev(hi)
	}
	b, ok := root.(*parser.BinaryExpr)
	if !ok || b.ReturnBool || b.Op != parser.GTR && b.Op != parser.LSS {
		return Apart{}, false
	}
	above := b.Op == parser.GTR
	inner, numberRight := b.LHS, true
	number, ok := literal(b.RHS)
	if !ok {
		number, ok = literal(b.LHS)
		inner, numberRight, above = b.RHS, false, !above
	}
	if _, token := standInOf(number, len(q.src.coded)); !ok || token || inner.Type() != parser.ValueTypeVector ||
		math.IsNaN(number) || math.IsInf(number, 0) {
		return Apart{}, false
	}
	at := q.operatorLexeme(lo, hi, numberRight)
	if at < 0 {
		return Apart{}, false
	}
	from, to := lo, at // lexemes of the number
	if numberRight {
		from, to, hi = at+1, hi, at
	} else {
		lo = at + 1
	}
	from, to = x.next(from-1), x.prev(to)
	if lo >= hi || from > to {
		return Apart{}, false
	}
	if x.prev(lo) < 0 {
		lo = 0 // a comment before everything belongs to the query
	}
	text := sliceMapped(q.text, x.list[lo].start, x.list[hi-1].end)
	src, err := parseSource(text.Value)
	if err != nil || !(&comparison{}).equal(inner, src.expr) {
		return Apart{}, false // the operator was not where we looked: carried whole, nothing is lost
	}
	op := "below"
	if above {
		op = "above"
	}
	rest := newQuery(text, src)
	rest.foreign = q.foreign
	return Apart{Inner: rest, Op: op, Number: formatNumber(number), Start: x.list[from].start, End: x.list[to].end}, true
}

// operatorLexeme finds the last (or the first) comparison outside all brackets among lexemes [lo, hi).
func (q *Query) operatorLexeme(lo, hi int, last bool) int {
	x, depth, found := q.src.lexed, 0, -1
	for i := lo; i < hi; i++ {
		if x.list[i].kind != lexPunct {
			continue
		}
		switch x.of(x.list[i]) {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case ">", "<":
			if depth == 0 {
				found = i
				if !last {
					return found
				}
			}
		}
	}
	return found
}

// literal returns the value of a number with its signs and parentheses.
func literal(e parser.Expr) (float64, bool) {
	switch n := bare(e).(type) {
	case *parser.NumberLiteral:
		return n.Val, true
	case *parser.UnaryExpr:
		v, ok := literal(n.Expr)
		if n.Op == parser.SUB {
			v = -v
		}
		return v, ok
	}
	return 0, false
}

// formatNumber writes v as a decimal number, without an exponent where people would not write one.
func formatNumber(v float64) string {
	if a := math.Abs(v); a != 0 && (a < 1e-9 || a >= 1e15) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
