package promql

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// reportError says in our words why src does not parse. One mistake is one message: after the first
// error of syntax nothing that follows can be trusted, and of errors at one place the first counts.
func reportError(text diag.Text, src *source, err error, rep *diag.Report) {
	var list parser.ParseErrors
	var deep *depthError
	switch {
	case errors.As(err, &deep):
		rep.Errorf(text.Span, "%s", deep.Error()).WithHelp("split the query with recording rules")
		return
	case !errors.As(err, &list) || len(list) == 0:
		if len(text.Value) > MaxLength {
			rep.Errorf(text.Span, "%s", err).WithHelp("split the query with recording rules")
		} else {
			rep.Errorf(text.Span, "the Prometheus parser gives up on this query").WithHelp("simplify it")
		}
		return
	}
	type place struct{ start, end int }
	var done []place
	for _, e := range list {
		c := complaint{src: src, text: e.Err.Error(), start: int(e.PositionRange.Start), end: int(e.PositionRange.End)}
		c.translate()
		if slices.ContainsFunc(done, func(p place) bool { return c.start < p.end && p.start < c.end }) {
			continue
		}
		done = append(done, place{c.start, c.end})
		span := text.Range(c.start, c.end)
		if c.start == 0 && c.end == 0 {
			span = text.Span
		}
		rep.Errorf(span, "%s", c.message).Help = c.help
		if c.syntax {
			return
		}
	}
}

// complaint is one error of the parser on its way into our words.
type complaint struct {
	src        *source
	text       string // the parser's
	start, end int    // bytes of src.text; both 0: everywhere
	message    string
	help       string
	syntax     bool
}

// written returns what stands at the place, shortened, in back quotes.
func (c *complaint) written() string {
	s := c.src.text[max(0, min(c.start, len(c.src.text))):max(0, min(c.end, len(c.src.text)))]
	if line, _, more := strings.Cut(s, "\n"); more {
		s = line + " …"
	}
	if len(s) > 60 {
		cut := 60
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	for _, r := range s {
		if !strconv.IsPrint(r) || r == utf8.RuneError {
			s = strings.Trim(strconv.QuoteToASCII(s), `"`)
			break
		}
	}
	return "`" + s + "`"
}

// narrow makes the place the lexeme that begins at or covers its start: the parser's lexer complains
// about everything up to the end of the text.
func (c *complaint) narrow() {
	i := c.src.at(c.start)
	if i > 0 && (i == len(c.src.list) || c.src.list[i].start > c.start) && c.src.list[i-1].end > c.start {
		i--
	}
	if i < len(c.src.list) {
		c.start, c.end = c.src.list[i].start, c.src.list[i].end
		return
	}
	c.end = len(c.src.text)
	c.start = min(c.start, c.end)
}

// unclosed makes the place the innermost bracket that is open at the end of the text.
func (c *complaint) unclosed() {
	var stack []lexeme
	for i, l := range c.src.list {
		switch {
		case c.src.is(i, "(") || c.src.is(i, "[") || c.src.is(i, "{"):
			stack = append(stack, l)
		case (c.src.is(i, ")") || c.src.is(i, "]") || c.src.is(i, "}")) && len(stack) > 0:
			stack = stack[:len(stack)-1]
		}
	}
	c.syntax = true
	if len(stack) == 0 {
		c.narrow()
		return
	}
	open := stack[len(stack)-1]
	c.start, c.end = open.start, open.end
	c.message = c.written() + " is never closed"
	c.help = "add `" + map[string]string{"(": ")", "[": "]", "{": "}"}[c.src.of(open)] + "`"
}

// translate finds message and help, and a better place where the parser's is too wide.
func (c *complaint) translate() {
	t := c.text
	switch {
	case t == "no expression found in input":
		c.message, c.start, c.end = "the query is empty", 0, 0
	case t == "unclosed left parenthesis", t == "unclosed left bracket", t == "unexpected end of input inside braces",
		t == "unexpected end of input in duration expression":
		c.unclosed()
	case strings.HasPrefix(t, "unterminated "):
		c.narrow()
		c.syntax = true
		c.message = "the text in quotes does not end on its line"
		c.help = "close the quotes; inside them a quote is written `\\\"`"
	case strings.Contains(t, "escape sequence"):
		c.syntax = true
		c.narrow()
		c.message = "this text has a backslash that PromQL does not know: " + t
		c.help = "double the backslash (`\\\\.`), or write the text in back quotes"
	case t == "invalid UTF-8 rune":
		c.syntax = true
		c.narrow()
		c.message = "the text is not valid UTF-8"
	case strings.HasPrefix(t, "bad number or duration syntax"):
		c.syntax = true
		c.narrow()
		c.message = c.written() + " is neither a number nor a duration"
		c.help = "write durations like `30s`, `5m`, `1h30m` or `7d`"
	case strings.HasPrefix(t, "unexpected right parenthesis"): // the parser's place is behind it
		c.syntax = true
		c.start--
		c.narrow()
		c.message, c.help = "unexpected "+c.written(), "nothing is open here"
	case strings.HasPrefix(t, "unexpected character"), strings.HasPrefix(t, "unexpected colon"),
		strings.HasPrefix(t, "unexpected repeated colon"), strings.HasPrefix(t, "unexpected left "),
		strings.HasPrefix(t, "unexpected right "):
		c.syntax = true
		c.narrow()
		c.message = "unexpected " + c.written()
		c.help = c.hintCharacter()
	case strings.HasPrefix(t, "unexpected "):
		c.translateUnexpected()
	default:
		c.translateMeaning()
	}
	if c.message == "" {
		c.message = t
	}
}

// hintCharacter says what to do about a character that PromQL does not have.
func (c *complaint) hintCharacter() string {
	_, token := scanToken(c.src.text, c.start)
	switch rest := c.src.text[c.start:]; {
	case token:
		return "a variable stands for a whole number or duration, without a point beside it"
	case strings.HasPrefix(rest, "$") || strings.HasPrefix(rest, "[["):
		return "variables are written `$name`, `${name}` or `[[name]]`"
	case strings.HasPrefix(rest, "=~"), strings.HasPrefix(rest, "!~"):
		return "regular expressions stand inside braces: `metric{label=~\"…\"}`"
	case strings.HasPrefix(rest, "&"), strings.HasPrefix(rest, "|"):
		return "PromQL writes `and`, `or` and `unless`"
	case strings.HasPrefix(rest, "]"):
		return "nothing is open here"
	}
	return ""
}

// translateUnexpected handles "unexpected X in CONTEXT, expected Y".
func (c *complaint) translateUnexpected() {
	c.syntax = true
	what, expected, _ := strings.Cut(strings.TrimPrefix(c.text, "unexpected "), ", expected ")
	what, context, _ := strings.Cut(what, " in ")
	if what == "end of input" {
		c.start, c.end = len(strings.TrimRight(c.src.text, " \t\r\n")), len(c.src.text)
		c.message = "the query ends too early"
		if n := len(c.src.list); n > 0 {
			c.start, c.end = c.src.list[n-1].start, c.src.list[n-1].end
			c.message += " after " + c.written()
		}
	} else {
		c.message = "unexpected " + c.written()
	}
	if context != "" {
		c.message += " in " + contextName(context)
	}
	switch {
	case expected != "":
		c.help = "expected here: " + strings.NewReplacer(`"`, "`", `\"`, `"`).Replace(expected)
	case what != "end of input" && (strings.HasPrefix(what, "identifier") || strings.HasPrefix(what, "metric")):
		c.help = "an operator is missing before it, or a bracket closes too early"
	}
}

// contextName turns the parser's name of a place into ours.
func contextName(context string) string {
	switch context {
	case "label matching":
		return "the matchers"
	case "grouping opts":
		return "the list of labels"
	case "aggregation":
		return "the aggregation"
	case "subquery selector", "subquery or range", "subquery or range selector":
		return "the range"
	}
	return "`" + context + "`"
}
