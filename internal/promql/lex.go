package promql

import "strings"

// lexKind says what a lexeme is.
type lexKind uint8

const (
	lexWord    lexKind = iota // a name, a keyword, an operator that is a word; may hold tokens
	lexNumber                 // a number or a duration; may hold tokens
	lexString                 // with its quotes; may hold tokens
	lexComment                // from # to the end of the line
	lexPunct                  // an operator or a bracket
)

// lexeme is a piece of an expression between spaces. Offsets are bytes of the text. There are many of them: it is kept
// small.
type lexeme struct {
	start, end int
	// tokens says how many tokens it holds, firstToken the index of the first in lexed.tokens. A text of MaxLength has
	// fewer than 2¹⁵.
	tokens, firstToken int16
	kind               lexKind
}

// lexed is a text cut into lexemes. Cutting never fails: what is not PromQL becomes lexPunct and is
// the parser's to refuse. Outside strings and comments the lexemes of a valid text are the parser's.
type lexed struct {
	text string
	list []lexeme
	// tokens are all tokens outside comments, in order.
	tokens []rawToken
}

func (x *lexed) of(l lexeme) string { return x.text[l.start:l.end] }

// is reports whether lexeme i exists and is the punctuation p.
func (x *lexed) is(i int, p string) bool {
	return i >= 0 && i < len(x.list) && x.list[i].kind == lexPunct && x.of(x.list[i]) == p
}

// next returns the index of the first lexeme after i that is no comment; len(x.list) if there is none.
func (x *lexed) next(i int) int {
	for i++; i < len(x.list) && x.list[i].kind == lexComment; i++ {
	}
	return i
}

// prev returns the index of the last lexeme before i that is no comment; -1 if there is none.
func (x *lexed) prev(i int) int {
	for i--; i >= 0 && x.list[i].kind == lexComment; i-- {
	}
	return i
}

// at returns the index of the lexeme that begins at offset or, if none does, of the first one after it.
func (x *lexed) at(offset int) int {
	lo, hi := 0, len(x.list)
	for lo < hi {
		if mid := (lo + hi) / 2; x.list[mid].start < offset {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// lex cuts text. It is linear and knows no grammar but this: inside [ ] a colon stands alone, elsewhere
// it belongs to names.
func lex(text string) *lexed {
	x := &lexed{text: text, list: make([]lexeme, 0, len(text)/4+8)}
	brackets := 0
	for i := 0; i < len(text); {
		c := text[i]
		l := lexeme{kind: lexPunct, start: i, firstToken: int16(len(x.tokens))}
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case c == '#':
			l.kind = lexComment
			if n := strings.IndexAny(text[i:], "\r\n"); n >= 0 {
				i += n
			} else {
				i = len(text)
			}
		case c == '"' || c == '\'' || c == '`':
			l.kind = lexString
			i = x.lexString(i)
		case isDigit(c) || c == '.' && i+1 < len(text) && isDigit(text[i+1]):
			l.kind = lexNumber
			i = x.lexNumber(i)
		case isAlpha(c) || c == ':' && brackets == 0:
			l.kind = lexWord
			i = x.lexWord(i, brackets > 0)
		default:
			if n := x.token(i, true); n > i {
				l.kind = lexWord
				i = x.lexWord(n, brackets > 0)
				break
			}
			switch c {
			case '[':
				brackets++
			case ']':
				brackets = max(0, brackets-1)
			}
			i += punctLen(text[i:])
		}
		l.end = i
		l.tokens = int16(len(x.tokens)) - l.firstToken
		x.list = append(x.list, l)
	}
	return x
}

// lexString returns the offset behind the string that begins at i; a string that does not end ends
// where the parser gives up: at the line's end, a raw one at the text's.
func (x *lexed) lexString(i int) int {
	quote := x.text[i]
	for i++; i < len(x.text); {
		switch c := x.text[i]; {
		case c == quote:
			return i + 1
		case c == '\n' && quote != '`':
			return i
		case c == '\\' && quote != '`' && i+1 < len(x.text):
			i += 2
		case c == '$' || c == '[':
			i = max(x.token(i, false), i+1)
		default:
			i++
		}
	}
	return i
}

// lexNumber returns the offset behind the number or duration that begins at i.
func (x *lexed) lexNumber(i int) int {
	start := i
	for i < len(x.text) {
		switch c := x.text[i]; {
		case isDigit(c) || isAlpha(c) || c == '.':
			i++
		case (c == '+' || c == '-') && i > start && (x.text[i-1] == 'e' || x.text[i-1] == 'E') && !strings.HasPrefix(strings.ToLower(x.text[start:i]), "0x"):
			i++
		default:
			n := x.token(i, true)
			if n == i {
				return i
			}
			i = n
		}
	}
	return i
}

// lexWord returns the offset behind the word that goes on at i.
func (x *lexed) lexWord(i int, inBrackets bool) int {
	for i < len(x.text) {
		switch c := x.text[i]; {
		case isDigit(c) || isAlpha(c) || c == ':' && !inBrackets:
			i++
		default:
			n := x.token(i, true)
			if n == i {
				return i
			}
			i = n
		}
	}
	return i
}

// punctLen is the length of the operator or bracket that s begins with; one whole character of what is
// none of PromQL's.
func punctLen(s string) int {
	if len(s) >= 2 {
		switch s[:2] {
		case "==", "!=", "<=", ">=", "=~", "!~", "</", ">/":
			return 2
		}
	}
	n := 1
	for n < len(s) && s[0] >= 0x80 && s[n]&0xC0 == 0x80 {
		n++
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isAlpha(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }
