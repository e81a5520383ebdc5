package promql

import (
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// Role says what a token stands for.
type Role int

// The roles of tokens. A token in an expression's place is RoleMetric or RoleNumber, whichever parses
// (a metric where both do not).
const (
	RoleText     Role = iota // inside a string
	RoleDuration             // a range, a step or an offset
	RoleNumber               // a number, or the time after @
	RoleMetric               // a metric's name or a part of it
	RoleLabel                // a label's name or a part of it
)

func (r Role) String() string {
	return [...]string{"text", "duration", "number", "metric name", "label name"}[r]
}

// Token is a variable in an expression: Grafana's `$x`, `${x}`, `${x:regex}`, `[[x]]` and macros
// (`$__rate_interval`), or one of ours (`$window`, `$baseline`).
type Token struct {
	// Name without the signs around it: `x`.
	Name string
	// Text as written: `${x:regex}`.
	Text string
	Role Role
	// Func is the function of which the range that holds the token is directly an argument: `rate` in
	// rate(x[$window]); empty for other roles and subqueries.
	Func string
	// InRate says that Func is rate or irate.
	InRate bool
	Span   diag.Span
}

// rawToken is a token in a text: bytes [start, end), of which [name, nameEnd) are its name.
type rawToken struct {
	start, end, name, nameEnd int
	inString                  bool
}

// token returns the offset behind the token that begins at i and notes it, or i if none begins there.
func (x *lexed) token(i int, code bool) int {
	t, ok := scanToken(x.text, i)
	if !ok {
		return i
	}
	t.inString = !code
	x.tokens = append(x.tokens, t)
	return t.end
}

// scanToken finds a token at offset i of s, as Grafana would. Names that begin with a digit are left
// alone: `$1` and `${1}` belong to label_replace.
func scanToken(s string, i int) (t rawToken, ok bool) {
	rest := s[i:]
	switch {
	case strings.HasPrefix(rest, "${"):
		t.name = i + 2
	case strings.HasPrefix(rest, "$"):
		t.name = i + 1
	case strings.HasPrefix(rest, "[["):
		t.name = i + 2
	default:
		return t, false
	}
	n := t.name
	for n < len(s) && (isAlpha(s[n]) || isDigit(s[n])) {
		n++
	}
	if n == t.name || isDigit(s[t.name]) {
		return t, false
	}
	t.start, t.nameEnd, t.end = i, n, n
	switch {
	case rest[0] == '[':
		if n < len(s) && s[n] == ':' {
			for n++; n < len(s) && (isAlpha(s[n]) || isDigit(s[n])); n++ {
			}
		}
		if !strings.HasPrefix(s[n:], "]]") {
			return t, false
		}
		t.end = n + 2
	case t.name == i+2: // ${name}, ${name.field}, ${name:format}
		end := strings.IndexAny(s[n:], "}\n")
		if end < 0 || s[n+end] != '}' || end > 0 && s[n] != '.' && s[n] != ':' {
			return t, false
		}
		t.end = n + end + 1
	}
	return t, true
}

// Reference is a variable of Grafana in a text that need not be PromQL: bytes [Start, End), with its signs.
type Reference struct {
	Name       string
	Start, End int
}

// References lists the variables that a text names, in order: of a title, a link, a data source.
func References(text string) (list []Reference) {
	if !holdsTokens(text) {
		return nil
	}
	for i := 0; i < len(text); {
		t, ok := scanToken(text, i)
		if !ok {
			i++
			continue
		}
		list = append(list, Reference{text[t.name:t.nameEnd], t.start, t.end})
		i = t.end
	}
	return list
}

// holdsTokens is a quick test: false means that text has no tokens for sure.
func holdsTokens(text string) bool {
	return strings.IndexByte(text, '$') >= 0 || strings.Contains(text, "[[")
}
