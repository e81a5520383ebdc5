package diag

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// ScalarExtent returns where a scalar of YAML begins and ends in data: quoted ones with their quotes, block
// scalars without their header. at is where yaml.v3 says that it begins.
func ScalarExtent(data []byte, at int, style yaml.Style, value string) (start, end int) {
	if strings.TrimLeft(value, "\n ") == "" && (style == yaml.LiteralStyle || style == yaml.FoldedStyle) {
		return at, at + 1
	}
	if style == 0 && bytes.HasPrefix(data[at:], []byte(value)) {
		return at, at + len(value)
	}
	a := align(data, at, style, value)
	return a.start, a.end
}

// ScalarText returns the value of a scalar of YAML as a Text that knows the place of each byte. at is where
// yaml.v3 says that it begins, style how it is quoted, without yaml.TaggedStyle.
func ScalarText(file *File, at int, style yaml.Style, value string) Text {
	a := align(file.Data, at, style, value)
	t := NewText(value, Span{File: file, Start: a.from, End: a.to})
	if a.exact {
		t.runs = a.runs
	}
	return t
}

// alignment lays the value of a scalar beside its source.
type alignment struct {
	start, end int // with quotes
	from, to   int // without
	// runs say where in the file each stretch of the value stands; only to be trusted if exact: every byte
	// of the value was found, in order, where YAML's rules put it.
	runs  []run
	exact bool
}

func (a *alignment) add(value, file int) {
	if n := len(a.runs); n > 0 {
		if last := a.runs[n-1]; last.value == value {
			a.runs[n-1].file = file
			return
		} else if file-last.file == value-last.value {
			return
		}
	}
	a.runs = append(a.runs, run{value, file})
}

func align(data []byte, at int, style yaml.Style, value string) alignment {
	switch style {
	case yaml.LiteralStyle, yaml.FoldedStyle:
		return alignBlock(data, blockContent(data, at), value)
	case yaml.SingleQuotedStyle:
		return alignFlow(data, at, '\'', value)
	case yaml.DoubleQuotedStyle:
		return alignFlow(data, at, '"', value)
	}
	return alignFlow(data, at, 0, value)
}

// alignFlow aligns plain (quote 0) and quoted scalars, line breaks folded.
func alignFlow(data []byte, at int, quote byte, value string) alignment {
	a := alignment{start: at, end: at, from: at, to: at}
	i, v := at, 0
	if quote != 0 {
		if i >= len(data) || data[i] != quote {
			return a
		}
		i++
		a.from = i
	}
	a.add(0, i)
	ok := true
	lastEnd := i // after the last byte that is not a blank
	for i < len(data) {
		c := data[i]
		if quote == 0 && v == len(value) {
			break
		}
		if c == quote && quote != 0 {
			if quote == '\'' && i+1 < len(data) && data[i+1] == '\'' {
				ok = ok && v < len(value) && value[v] == '\''
				a.add(v, i+1)
				i, v = i+2, v+1
				lastEnd = i
				a.add(v, i)
				continue
			}
			a.to, a.end = i, i+1
			a.exact = ok && v == len(value)
			return a
		}
		if c == '\\' && quote == '"' {
			n, text, at := readEscape(data[i:])
			ok = ok && len(value) >= v+len(text) && value[v:v+len(text)] == text
			a.add(v, i+at)
			i, v = i+n, v+len(text)
			lastEnd = i
			a.add(v, i)
			continue
		}
		if c == ' ' || c == '\t' || c == '\r' || c == '\n' {
			blank := i
			breaks := 0
			for i < len(data) && (data[i] == ' ' || data[i] == '\t' || data[i] == '\r' || data[i] == '\n') {
				if data[i] == '\n' {
					breaks++
				}
				i++
			}
			fold := string(data[blank:i])
			if breaks == 1 {
				fold = " "
			} else if breaks > 1 {
				fold = string(bytes.Repeat([]byte{'\n'}, breaks-1))
			}
			if len(value) < v+len(fold) || value[v:v+len(fold)] != fold {
				ok = false
				if quote == 0 {
					break
				}
			}
			v += len(fold)
			a.add(v, i)
			continue
		}
		if v >= len(value) || value[v] != c {
			ok = false
			if quote == 0 {
				break
			}
		}
		i, v = i+1, v+1
		lastEnd = i
	}
	a.to, a.end = lastEnd, lastEnd
	a.exact = ok && quote == 0 && v == len(value)
	return a
}

// readEscape decodes the escape that data begins with: its length, what it stands for, and which of its
// bytes is the same as the first byte of that.
func readEscape(data []byte) (length int, text string, at int) {
	if len(data) < 2 {
		return len(data), "", 0
	}
	switch c := data[1]; c {
	case '"', '\'', '\\', ' ', '\t':
		return 2, string(c), 1
	case '0':
		return 2, "\x00", 0
	case 'a':
		return 2, "\a", 0
	case 'b':
		return 2, "\b", 0
	case 't':
		return 2, "\t", 0
	case 'n':
		return 2, "\n", 0
	case 'v':
		return 2, "\v", 0
	case 'f':
		return 2, "\f", 0
	case 'r':
		return 2, "\r", 0
	case 'e':
		return 2, "\x1b", 0
	case 'N':
		return 2, "\u0085", 0
	case '_':
		return 2, "\u00a0", 0
	case 'L':
		return 2, "\u2028", 0
	case 'P':
		return 2, "\u2029", 0
	case 'x', 'u', 'U':
		n := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
		if len(data) >= 2+n {
			if r, err := strconv.ParseUint(string(data[2:2+n]), 16, 32); err == nil && utf8.ValidRune(rune(r)) {
				return 2 + n, string(rune(r)), 0
			}
		}
	case '\r', '\n': // the line goes on; blank lines after it stay
		n, breaks := 1, 0
		for ; n < len(data) && (data[n] == ' ' || data[n] == '\t' || data[n] == '\r' || data[n] == '\n'); n++ {
			if data[n] == '\n' {
				breaks++
			}
		}
		return n, strings.Repeat("\n", max(0, breaks-1)), 0
	}
	return 2, "", 0
}

// blockContent returns where the content of the block scalar whose header is at begins: the first line
// after it that is not blank, without its indentation; or the end of the header if there is none.
func blockContent(data []byte, at int) int {
	eol := bytes.IndexByte(data[at:], '\n')
	if eol < 0 {
		return at
	}
	for i := at + eol + 1; i < len(data); i++ {
		switch data[i] {
		case ' ', '\n', '\r':
		default:
			return i
		}
	}
	return at
}

// alignBlock aligns literal and folded block scalars; at is the first byte that is not a blank.
func alignBlock(data []byte, at int, value string) alignment {
	a := alignment{start: at, end: at, from: at, to: at}
	// The value may begin with blank lines and, if its indentation is stated, with blanks: so many less is
	// the indentation. What comes before the first line with letters has no place.
	first := len(value) - len(strings.TrimLeft(value, "\n "))
	v := strings.LastIndexByte(value[:first], '\n') + 1
	blanks := first - v
	if first == len(value) {
		return a
	}
	lineStart := bytes.LastIndexByte(data[:at], '\n') + 1
	indent := at - lineStart - blanks
	if indent < 0 {
		return a
	}
	i := lineStart + indent
	a.start, a.from = i, i
	for {
		a.add(v, i)
		for i < len(data) && data[i] != '\n' && data[i] != '\r' && v < len(value) && data[i] == value[v] {
			i, v = i+1, v+1
		}
		a.end, a.to = i, i
		rest := value[v:]
		if len(bytes.Trim([]byte(rest), "\n")) == 0 {
			a.exact = true
			return a
		}
		// A line break, perhaps with blank lines after it.
		if i < len(data) && data[i] == '\r' {
			i++
		}
		if i >= len(data) || data[i] != '\n' {
			return a
		}
		if rest[0] == '\n' {
			// Breaks that were kept: each stands in the file, one may have been folded away before others.
			n := len(rest) - len(bytes.TrimLeft([]byte(rest), "\n"))
			a.add(v, i)
			v += n
		} else if rest[0] == ' ' {
			a.add(v, i)
			v++
		} else {
			return a
		}
		i = nextLine(data, i+1, indent)
		if i < 0 {
			return a
		}
	}
}

// nextLine returns where the content of the next line that is not blank begins; from is the beginning of a line.
func nextLine(data []byte, from, indent int) int {
	for from < len(data) {
		i := from
		for i < len(data) && i-from < indent && data[i] == ' ' {
			i++
		}
		if i < len(data) && data[i] != '\n' && data[i] != '\r' {
			if i-from < indent {
				return -1
			}
			return i
		}
		eol := bytes.IndexByte(data[i:], '\n')
		if eol < 0 {
			return -1
		}
		from = i + eol + 1
	}
	return -1
}
