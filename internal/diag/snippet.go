package diag

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

const (
	tabWidth = 4
	// aroundSpan is how many bytes of a line are looked at before and after what is underlined: enough
	// for any width, and little however long the line is.
	aroundSpan = 2_000
	ellipsis   = "…"
)

// line is a piece of source as it is shown: a text, and in which column its bytes stand.
type line struct {
	text  string
	cells []cell
	width int // columns of text
}

// cell is one thing on the screen, a character or what stands for one, and its place.
type cell struct {
	text       string
	start, end int // bytes in the file
	column     int // first column
	width      int // columns
}

// layout prepares a line of source whose first byte is at offset start, clipped to width columns around
// the first mark.
func layout(source []byte, start int, marks []mark, width int) line {
	span := marks[0].span
	from := max(0, min(span.Start-start, len(source)))
	to := max(from, min(span.End-start, len(source)))
	low, high := max(0, from-aroundSpan), min(len(source), to+aroundSpan, from+2*aroundSpan)
	for low > 0 && !utf8.RuneStart(source[low]) {
		low--
	}
	cells := cut(source[low:high], start+low)

	// The first cell shown: such that a third of the width stands before the span.
	first, at := 0, 0
	for at < len(cells) && cells[at].end <= start+from {
		at++
	}
	total := 0
	for _, c := range cells {
		total += c.width
	}
	if at > 0 && (total > width || low > 0) {
		for room := width / 3; ; {
			if at == 0 || cells[at-1].width > room {
				break
			}
			room -= cells[at-1].width
			at--
		}
		first = at
	}
	return assemble(cells[first:], low > 0 || first > 0, high < len(source), width)
}

// assemble puts cells beside each other until width is full; the flags say that the line goes on before
// and after them.
func assemble(cells []cell, before, after bool, width int) line {
	var l line
	var b strings.Builder
	if before {
		b.WriteString(ellipsis)
		l.width = 1
	}
	for i, c := range cells {
		room := width - l.width
		if c.width > room || c.width == room && i < len(cells)-1 && cells[i+1].width > 0 {
			after = true
			break
		}
		c.column = l.width
		l.cells = append(l.cells, c)
		l.width += c.width
		b.WriteString(c.text)
	}
	if after {
		b.WriteString(ellipsis)
	}
	l.text = b.String()
	return l
}

// surroundings is what is shown of a line of source, and some bytes more on both sides: a name that says
// what a value is may stand outside.
func (l line) surroundings(source []byte, start int) []byte {
	if len(l.cells) == 0 {
		return source[:min(len(source), aroundSpan)]
	}
	from, to := l.cells[0].start-start, l.cells[len(l.cells)-1].end-start
	return source[max(0, from-aroundSpan/4):min(len(source), to+aroundSpan/4)]
}

// columns is where a span stands in the line: at least one column, and nothing beyond the line.
func (l line) columns(span Span) (from, to int) {
	from, to = l.width, 0
	for _, c := range l.cells {
		if c.end > span.Start && from == l.width {
			from = c.column
		}
		if c.start < span.End {
			to = c.column + c.width
		}
	}
	return from, max(to, from+1)
}

// cut splits text, whose first byte is at offset start, into cells.
func cut(text []byte, start int) []cell {
	var cells []cell
	column, state := 0, -1
	add := func(shown string, size, width int) {
		cells = append(cells, cell{text: shown, start: start, end: start + size, width: width})
		start += size
		column += width
	}
	for len(text) > 0 {
		var cluster []byte
		var width int
		cluster, text, width, state = uniseg.FirstGraphemeCluster(text, state)
		switch {
		case len(cluster) == 1 && cluster[0] == '\t':
			w := tabWidth - column%tabWidth
			add(strings.Repeat(" ", w), 1, w)
		case isVisible(cluster):
			add(string(cluster), len(cluster), width)
		default:
			for len(cluster) > 0 {
				_, size := utf8.DecodeRune(cluster)
				shown := visible(cluster[:size])
				add(shown, size, uniseg.StringWidth(shown))
				cluster = cluster[size:]
			}
		}
	}
	return cells
}

// Visible is text with all characters that a terminal would obey instead of show, or that would change
// the order of others, written as their numbers: <U+202E>, <0xFF>. Line breaks and tabs are among them:
// the result is one line.
func Visible(text string) string {
	if isVisible([]byte(text)) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		_, size := utf8.DecodeRuneInString(text)
		b.WriteString(visible([]byte(text[:size])))
		text = text[size:]
	}
	return b.String()
}

// isVisible reports whether all characters can be shown as they are. U+200D may stand between two: it
// joins emoji.
func isVisible(text []byte) bool {
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		joins := r == '\u200d' && at > 0 && at+size < len(text)
		if hidden(r, size) && !joins {
			return false
		}
		at += size
	}
	return true
}

func hidden(r rune, size int) bool {
	return r == utf8.RuneError && size == 1 || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp)
}

// visible is one character, encoded, as it may be shown.
func visible(char []byte) string {
	r, size := utf8.DecodeRune(char)
	switch {
	case !hidden(r, size):
		return string(char)
	case r == '\n':
		return `\n`
	case r == '\t':
		return `\t`
	case r == '\r':
		return `\r`
	case r == utf8.RuneError && size <= 1:
		return fmt.Sprintf("<0x%02X>", char[0])
	}
	return fmt.Sprintf("<U+%04X>", r)
}
