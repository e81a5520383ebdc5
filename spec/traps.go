package spec

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// mark makes a trap at bytes [start, end) of the line.
func mark(start, end int, message, help string, errors ...string) *trap {
	return &trap{span: diag.Span{Start: start, End: end}, message: message, help: help, errors: errors}
}

// trap returns what looks like a mistake in the line, or nil.
func (t trapLine) trap() *trap {
	if tab := strings.IndexByte(t.text, '\t'); tab >= 0 && strings.TrimLeft(t.text[:tab], " -") == "" {
		return mark(tab, tab+1, "a tab in the indentation", "indent with blanks", "tab", "cannot start any token", "did not find", "mapping values")
	}
	v := t.value
	if v == "" || v[0] == '#' {
		return nil
	}
	end := t.at + len(v)
	switch v[0] {
	case '{', '[':
		return cmp.Or(t.bracket(), t.escape())
	case '"', '\'':
		return cmp.Or(t.quoted(), t.escape())
	case '`':
		return mark(t.at, end, "a text must not begin with a back quote", "put the text in quotes", "cannot start any token")
	case ':':
		return mark(t.at, t.at+1, "a key is missing before `:`", "write `key: value`, or put the text in quotes", "did not find expected key")
	case '%', '@':
		return mark(t.at, end, fmt.Sprintf("a text must not begin with %s", code(v[:1])), "put the text in quotes", "cannot start any token", "directive")
	case '*':
		return mark(t.at, end, "YAML reads `*` at the beginning of a text as an alias, and aliases are not part of the language", "put the text in quotes", "anchor", "alphabetic or numeric", "did not find expected", "mapping values")
	case '&':
		return mark(t.at, end, "YAML reads `&` at the beginning of a text as an anchor, and anchors are not part of the language", "put the text in quotes", "anchor", "alphabetic or numeric", "did not find expected")
	case '!':
		return mark(t.at, end, "YAML reads `!` at the beginning of a text as a tag, and tags are not part of the language", "put the text in quotes", "tag", "did not find expected")
	case '>', '|':
		return mark(t.at, end, fmt.Sprintf("YAML reads %s at the beginning of a text as a text of several lines", code(v[:1])), "put the text in quotes", "comment or line break", "indentation indicator", "did not find expected", "could not find expected")
	}
	if (strings.HasPrefix(v, "- ") || v == "-") && t.key != "" {
		return mark(t.at, t.at+1, "a list cannot begin on the line of its key", "begin it on the next line, or write `[…]`", "block sequence entries")
	}
	if i := colon(v); i >= 0 {
		return mark(t.at+i, t.at+i+1, "`: ` inside a text without quotes begins another map", "put the text in quotes", "mapping values", "could not find expected ':'")
	}
	if t.key == "" && len(t.dashes) == 0 {
		return mark(t.at, end, "a line without a key", "write `key: value`; a text over several lines needs `|` after its key", "mapping values", "could not find expected ':'")
	}
	return t.escape()
}

// escape looks for an escape that there is not, anywhere in the line.
func (t trapLine) escape() *trap {
	if m := badEscape.FindStringIndex(t.text); m != nil && strings.Contains(t.text[:m[0]], `"`) {
		return mark(m[0], m[1], fmt.Sprintf("in double quotes YAML reads %s as an escape, and there is none like it", code(t.text[m[0]:m[1]])), "put regular expressions in single quotes", "escape")
	}
	return nil
}

// dedent keeps the columns where maps and lists are open, and returns a trap if the line goes back to none of them.
func (t trapLine) dedent(open *[]column) *trap {
	if t.key == "" && len(t.dashes) == 0 {
		return nil
	}
	back := false
	for n := len(*open); n > 0 && (*open)[n-1].at > t.blanks; n-- {
		*open, back = (*open)[:n-1], true
	}
	n := len(*open)
	whole := func(message, help string) *trap {
		return mark(t.blanks, t.blanks+len(strings.TrimSpace(t.text)), message, help, "did not find expected key", "did not find expected '-' indicator")
	}
	if back && (n == 0 || (*open)[n-1].at != t.blanks) {
		*open = append(*open, column{t.blanks, false})
		return whole("this line is indented like none above it", "indent it like its neighbours")
	}
	if back && (*open)[n-1].dash && len(t.dashes) == 0 {
		return whole("this line stands among the items of a list and is none", "begin it with `- `, or indent it like its neighbours")
	}
	for i := range len(t.dashes) + 1 {
		c := column{t.indent, false}
		if i < len(t.dashes) {
			c = column{t.dashes[i], true}
		}
		if n := len(*open); n == 0 || (*open)[n-1].at < c.at {
			*open = append(*open, c)
		}
	}
	return nil
}

// column is where a map, or a list of dashes, stands.
type column struct {
	at   int
	dash bool
}

// colon finds a `: ` in plain text, or a `:` at its end, before any comment.
func colon(v string) int {
	for i := 0; i < len(v); i++ {
		switch {
		case v[i] == '#' && i > 0 && (v[i-1] == ' ' || v[i-1] == '\t'):
			return -1
		case v[i] == ':' && (i+1 == len(v) || v[i+1] == ' ' || v[i+1] == '\t'):
			return i
		}
	}
	return -1
}

// bracket looks at a value that begins with `{` or `[`.
func (t trapLine) bracket() *trap {
	v, end := t.value, t.at+len(t.value)
	if strings.HasPrefix(v, "{{") {
		return mark(t.at, end, "YAML reads `{{` at the beginning of a text as a map", "put the text in quotes")
	}
	if i := strings.Index(v, "#"); i > 0 && strings.ContainsRune(" ,[{", rune(v[i-1])) && i+1 < len(v) && v[i+1] != ' ' {
		return mark(t.at+i, end, "`#` begins a comment here", "put the text that begins with `#` in quotes", "did not find expected ',' or", "did not find expected node", "unexpected end of stream", "did not find expected key", "could not find expected")
	}
	var open []int
	quote := byte(0)
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{' || c == '[':
			open = append(open, i)
		case c == '}' || c == ']':
			last := open[len(open)-1]
			if (v[last] == '{') != (c == '}') {
				return mark(t.at+i, t.at+i+1, fmt.Sprintf("%s closes %s", code(v[i:i+1]), code(v[last:last+1])), "close each bracket with its like; texts with brackets or braces in them need quotes", "did not find expected ',' or")
			}
			open = open[:len(open)-1]
			rest := strings.TrimLeft(v[i+1:], " \t")
			fits := rest == "" || strings.IndexByte("#,]}:", rest[0]) >= 0
			if len(open) > 0 && !fits {
				at := end - len(rest)
				return mark(at, end, "a comma is missing before this", "put a comma before it; texts with brackets or braces in them need quotes", "did not find expected ',' or")
			}
			if len(open) > 0 {
				continue
			}
			if fits {
				return nil
			}
			what := "map"
			if v[0] == '[' {
				what = "list"
			}
			return mark(t.at, end, fmt.Sprintf("YAML reads %s at the beginning of a text as a %s", code(v[:1]), what), "put the whole text in quotes, or write it on the next line after `|`")
		}
	}
	if last := len(open) - 1; last >= 0 && quote == 0 {
		return mark(t.at+open[last], t.at+open[last]+1, fmt.Sprintf("this %s is not closed", code(v[open[last]:open[last]+1])), "close it; texts with brackets or braces in them need quotes", "did not find expected ',' or")
	}
	return nil
}

var badEscape = regexp.MustCompile(`\\[^0abtnvfre "'\\N_LPxuU\t]`)

// quoted looks at a value that begins with a quote.
func (t trapLine) quoted() *trap {
	v := t.value
	closed := -1
	for i := 1; i < len(v); i++ {
		if v[i] == '\\' && v[0] == '"' {
			i++
		} else if v[i] == v[0] {
			if v[0] == '\'' && i+1 < len(v) && v[i+1] == '\'' {
				i++
				continue
			}
			closed = i
			break
		}
	}
	if v[0] == '"' {
		if m := badEscape.FindStringIndex(v); m != nil && (closed < 0 || m[0] < closed) {
			return mark(t.at+m[0], t.at+m[1], fmt.Sprintf("in double quotes YAML reads %s as an escape, and there is none like it", code(v[m[0]:m[1]])), "put regular expressions in single quotes", "escape")
		}
	}
	if closed < 0 {
		return mark(t.at, t.at+1, "this quote is not closed", "close it", "unexpected end of stream", "could not find expected ':'", "document indicator", "did not find expected")
	}
	rest := strings.TrimLeft(v[closed+1:], " \t")
	if rest == "" || rest[0] == '#' || rest[0] == ',' || rest[0] == ']' || rest[0] == '}' || rest[0] == ':' {
		return nil
	}
	other := "single"
	if v[0] == '\'' {
		other = "double"
	}
	return mark(t.at+closed+1, t.at+len(v), "text goes on after the closing quote", fmt.Sprintf("put the whole text in %s quotes, or write it on the next line after `|`", other))
}
