package promql

import (
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// closing returns the index of the bracket that closes the one at i.
func (x *lexed) closing(i int) int {
	depth := 0
	for ; i < len(x.list); i++ {
		if x.list[i].kind != lexPunct {
			continue
		}
		switch x.of(x.list[i]) {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(x.list) - 1
}

// modifiers finds the offset and @ behind lexeme i, which ends a selector or its range: last is the last
// lexeme of them, or i; offset that of the offset's duration, or -1.
func (x *lexed) modifiers(i int) (last, offset int) {
	last, offset = i, -1
	for {
		at := x.next(last)
		if at >= len(x.list) || !x.is(at, "@") && !x.keyword(at, "offset") {
			return last, offset
		}
		value := x.next(at)
		for x.is(value, "-") || x.is(value, "+") {
			value = x.next(value)
		}
		if !x.is(at, "@") {
			offset = value
		} else if open := x.next(value); x.is(open, "(") { // start() or end()
			value = x.closing(open)
		}
		last = value
	}
}

// span returns the first and the last lexeme of a selector with its modifiers, or of a call.
func (q *Query) span(e parser.Expr) (first, last int) {
	x := q.src.lexed
	switch e := e.(type) {
	case *parser.VectorSelector:
		s := &q.selectors[q.selectorIndex(e)]
		last, _ = x.modifiers(s.last)
		return x.at(int(e.PosRange.Start)), last
	case *parser.Call:
		first = x.at(int(e.PosRange.Start))
		return first, x.closing(x.next(first))
	}
	panic("a place is a selector or a call")
}

// cut are the edits that remove lexemes [from, to], with the blanks before each, and leave the comments
// between them. Words on both sides of what goes stay apart.
func (x *lexed) cut(from, to int) (edits []edit) {
	for i := from; i <= to; i++ {
		if x.list[i].kind == lexComment {
			continue
		}
		start := x.list[i].start
		for i < to && x.list[i+1].kind != lexComment {
			i++
		}
		e := edit{start, x.list[i].end, ""}
		for e.start > 0 && isBlank(x.text[e.start-1]) {
			e.start--
		}
		switch {
		case x.text[e.start-1] == '{': // the first of a list takes the blanks behind it along
			for isBlank(x.text[e.end]) {
				e.end++
			}
		case e.end < len(x.text) && isWordByte(x.text[e.end]):
			e.text = " "
		}
		edits = append(edits, e)
	}
	return edits
}

// opening are the edits that remove the name of a call that begins at lexeme first and its parenthesis.
func (x *lexed) opening(first int) []edit {
	open := x.next(first)
	edits := []edit{{x.list[first].start, x.list[first].end, ""}}
	if open == first+1 {
		edits[0].end = x.list[open].start // and the blanks between them
	}
	e := edit{x.list[open].start, x.list[open].end, ""}
	for isBlank(x.text[e.end]) {
		e.end++
	}
	return append(edits, e)
}

// isWordByte reports whether a word or number may go on with c.
func isWordByte(c byte) bool {
	return isAlpha(c) || isDigit(c) || strings.IndexByte(":.$", c) >= 0
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// exact reports whether the name of a selector is known and holds no tokens; nor does the label that gives it
// in braces, where a variable may stand that only looks like `__name__` to the parser.
func (q *Query) exact(s *Selector) bool {
	if s.name >= 0 {
		return s.Name != "" && q.src.list[s.name].tokens == 0
	}
	for _, p := range s.parts {
		if q.src.list[p.label].tokens > 0 {
			return false
		}
	}
	return s.Name != ""
}
