package adopt

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// maxDepth is how deep objects and lists may nest; dashboards need about twenty.
const maxDepth = 200

// kind of a value of JSON.
type kind uint8

const (
	jsonNull kind = iota
	jsonBool
	jsonNumber
	jsonString
	jsonList
	jsonObject
)

// value is a value of JSON with its place: bytes [start, end) of the file, quotes included. A nil value is
// absent, and everything that is asked of it is empty: a null reads as absent, too.
type value struct {
	file       *diag.File
	kind       kind
	start, end int
	members    []member
	items      []*value
}

// member is one name of an object with its value.
type member struct {
	name  string
	value *value
}

// syntaxError says what is wrong with a file, and where.
type syntaxError struct {
	at      int
	message string
}

func (e *syntaxError) Error() string { return e.message }

// parseJSON reads a file that holds one value.
func parseJSON(file *diag.File) (*value, *syntaxError) {
	p := &jsonParser{file: file, data: file.Data}
	if bytes.HasPrefix(p.data, []byte("\ufeff")) {
		p.at = len("\ufeff")
	}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.blanks(); p.at < len(p.data) {
		return nil, p.fail("something stands behind the end of the JSON")
	}
	return v, nil
}

type jsonParser struct {
	file *diag.File
	data []byte
	at   int
}

func (p *jsonParser) fail(format string, args ...any) *syntaxError {
	return &syntaxError{min(p.at, len(p.data)), fmt.Sprintf(format, args...)}
}

// unexpected says what stands where something else was expected.
func (p *jsonParser) unexpected(want string) *syntaxError {
	if p.at >= len(p.data) {
		return p.fail("the JSON ends where %s is expected", want)
	}
	r, _ := utf8.DecodeRune(p.data[p.at:])
	return p.fail("%s is expected in the JSON, not %s", want, strconv.QuoteRune(r))
}

func (p *jsonParser) blanks() {
	for p.at < len(p.data) && bytes.IndexByte([]byte(" \t\r\n"), p.data[p.at]) >= 0 {
		p.at++
	}
}

// next skips blanks and returns the byte behind them; 0 at the end.
func (p *jsonParser) next() byte {
	p.blanks()
	if p.at >= len(p.data) {
		return 0
	}
	return p.data[p.at]
}

func (p *jsonParser) value(depth int) (v *value, err *syntaxError) {
	c := p.next()
	v = &value{file: p.file, start: p.at}
	switch {
	case depth > maxDepth:
		return nil, p.fail("the JSON nests more than %d deep", maxDepth)
	case c == '{':
		v.kind = jsonObject
		err = p.object(v, depth)
	case c == '[':
		v.kind = jsonList
		err = p.list(v, depth)
	case c == '"':
		v.kind = jsonString
		err = p.skipString()
	case c == '-' || c >= '0' && c <= '9':
		v.kind = jsonNumber
		err = p.number()
	default:
		err = p.word(v)
	}
	v.end = p.at
	return v, err
}

func (p *jsonParser) object(v *value, depth int) *syntaxError {
	p.at++
	if p.next() == '}' {
		p.at++
		return nil
	}
	for {
		if p.next() != '"' {
			return p.unexpected("a name in quotes")
		}
		name := &value{file: p.file, kind: jsonString, start: p.at}
		if err := p.skipString(); err != nil {
			return err
		}
		name.end = p.at
		if p.next() != ':' {
			return p.unexpected("`:`")
		}
		p.at++
		item, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		v.members = append(v.members, member{name.str(), item})
		switch p.next() {
		case ',':
			p.at++
		case '}':
			p.at++
			return nil
		default:
			return p.unexpected("`,` or `}`")
		}
	}
}

func (p *jsonParser) list(v *value, depth int) *syntaxError {
	p.at++
	if p.next() == ']' {
		p.at++
		return nil
	}
	for {
		item, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		v.items = append(v.items, item)
		switch p.next() {
		case ',':
			p.at++
		case ']':
			p.at++
			return nil
		default:
			return p.unexpected("`,` or `]`")
		}
	}
}

func (p *jsonParser) word(v *value) *syntaxError {
	for _, word := range [...]string{"true", "false", "null"} {
		if bytes.HasPrefix(p.data[p.at:], []byte(word)) {
			if word != "null" {
				v.kind = jsonBool
			}
			p.at += len(word)
			return nil
		}
	}
	return p.unexpected("a value")
}

func (p *jsonParser) number() *syntaxError {
	start := p.at
	for p.at < len(p.data) && bytes.IndexByte([]byte("+-.eE0123456789"), p.data[p.at]) >= 0 {
		p.at++
	}
	if _, err := strconv.ParseFloat(string(p.data[start:p.at]), 64); err != nil {
		text := p.data[start:p.at]
		p.at = start
		return p.fail("`%s` is not a number", text)
	}
	return nil
}

// skipString goes behind the string that begins here.
func (p *jsonParser) skipString() *syntaxError {
	start := p.at
	for p.at++; p.at < len(p.data); {
		switch c := p.data[p.at]; {
		case c == '"':
			p.at++
			return nil
		case c < ' ':
			return p.fail("a string holds a line break or another control character")
		case c == '\\':
			n := escapeLength(p.data[p.at:])
			if n == 0 {
				return p.fail("`\\` begins nothing that JSON knows")
			}
			p.at += n
		default:
			p.at++
		}
	}
	p.at = start
	return p.fail("the string that begins here does not end")
}

// escapeLength is the length of the escape sequence that data begins with; 0: it is none.
func escapeLength(data []byte) int {
	switch {
	case len(data) < 2:
	case data[1] == 'u':
		if len(data) >= 6 {
			if _, err := strconv.ParseUint(string(data[2:6]), 16, 16); err == nil {
				return 6
			}
		}
	case bytes.IndexByte([]byte(`"\/bfnrt`), data[1]) >= 0:
		return 2
	}
	return 0
}

// unescape returns what the escape sequence that data begins with stands for, and how long it is. The two
// halves of a character outside the basic plane are one sequence.
func unescape(data []byte) (text string, n int) {
	if n = escapeLength(data); n == 2 {
		return map[byte]string{'"': `"`, '\\': `\`, '/': "/", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t"}[data[1]], n
	}
	r := codeUnit(data)
	if utf16.IsSurrogate(r) {
		pair := utf8.RuneError
		if len(data) >= 12 && data[6] == '\\' && escapeLength(data[6:]) == 6 {
			pair = utf16.DecodeRune(r, codeUnit(data[6:]))
		}
		if pair != utf8.RuneError {
			return string(pair), 12
		}
		r = utf8.RuneError
	}
	return string(r), n
}

// codeUnit reads the digits of a sequence \uXXXX, which escapeLength has seen.
func codeUnit(data []byte) rune {
	u, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(u)
}

// text returns a string with the places of its bytes; the zero Text for other values.
func (v *value) text() diag.Text {
	if v == nil || v.kind != jsonString {
		return diag.Text{}
	}
	raw := v.file.Data[v.start+1 : v.end-1]
	t := diag.NewText("", diag.Span{File: v.file, Start: v.start + 1, End: v.end - 1})
	if bytes.IndexByte(raw, '\\') < 0 {
		t.Value = string(raw)
		t.Map(0, v.start+1)
		return t
	}
	var b strings.Builder
	literal := true // what comes next is not behind a piece that is mapped
	for i := 0; i < len(raw); {
		if raw[i] == '\\' {
			text, n := unescape(raw[i:])
			t.MapEscape(b.Len(), len(text), v.start+1+i, v.start+1+i+n)
			b.WriteString(text)
			i, literal = i+n, true
			continue
		}
		if literal {
			t.Map(b.Len(), v.start+1+i)
			literal = false
		}
		b.WriteByte(raw[i])
		i++
	}
	if literal {
		t.Map(b.Len(), v.end-1)
	}
	t.Value = b.String()
	return t
}
