package diag

import (
	"bytes"
	"sort"
	"strings"
)

// comments returns the comments of the file in its order: those of YAML, and those of PromQL inside
// block scalars.
func (o *outline) comments() []comment {
	var list []comment
	data := o.file.Data
	quoted, block := 0, 0
	for at := 0; at < len(data); at++ {
		for quoted < len(o.quoted) && o.quoted[quoted].End <= at {
			quoted++
		}
		for block < len(o.blocks) && o.blocks[block].End <= at {
			block++
		}
		switch {
		case block < len(o.blocks) && o.blocks[block].Start <= at:
			list = append(list, o.promComments(block)...)
			at = o.blocks[block].End - 1
		case quoted < len(o.quoted) && o.quoted[quoted].Start <= at:
			at = o.quoted[quoted].End - 1
		case data[at] == '#' && (at == 0 || bytes.IndexByte([]byte(" \t\r\n"), data[at-1]) >= 0):
			c := o.commentAt(at, -1)
			list = append(list, c)
			at = c.end
		}
	}
	return list
}

// promComments returns the comments of PromQL in a block scalar: from `#` outside of a string on.
func (o *outline) promComments(block int) []comment {
	var list []comment
	span := o.blocks[block]
	quote := byte(0)
	for at := span.Start; at < span.End; at++ {
		c := o.file.Data[at]
		switch {
		case quote != 0 && c == '\\' && quote != '`':
			at++
		case quote != 0 && (c == quote || c == '\n' && quote != '`'):
			quote = 0
		case quote != 0:
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '#':
			list = append(list, o.commentAt(at, block))
			at = list[len(list)-1].end
		}
	}
	return list
}

func (o *outline) commentAt(at, block int) comment {
	line, start := o.file.Line(o.file.Position(at).Line)
	text := strings.Trim(string(line[at-start+1:]), " \t")
	end := start + len(bytes.TrimRight(line, " \t"))
	return comment{start: at, end: end, text: text, alone: len(bytes.TrimSpace(line[:at-start])) == 0, block: block}
}

// covered returns what a comment covers; false if it stands above nothing.
func (o *outline) covered(c comment) (Span, bool) {
	if c.block >= 0 {
		return o.coveredInBlock(c)
	}
	line, start := o.file.Line(o.file.Position(c.start).Line)
	before := strings.TrimSpace(string(line[:c.start-start]))
	next := sort.Search(len(o.entries), func(i int) bool { return o.entries[i].start > c.start })
	switch {
	case strings.Trim(before, "- ") == "" && next == 0 && len(o.entries) > 0 && c.alone:
		return Span{o.file, 0, len(o.file.Data)}, true
	case strings.Trim(before, "- ") == "": // alone, or behind the dash of an item
		if next == len(o.entries) {
			return Span{}, false
		}
		line, start = o.file.Line(o.file.Position(o.entries[next].start).Line)
	default:
		next = sort.Search(len(o.entries), func(i int) bool { return o.entries[i].start >= start })
	}
	end := start + len(line)
	for _, e := range o.entries[next:] {
		if e.start >= start+len(line) {
			break
		}
		end = max(end, e.end)
	}
	return Span{o.file, start, end}, true
}

// coveredInBlock is covered for a comment of PromQL.
func (o *outline) coveredInBlock(c comment) (Span, bool) {
	span := o.blocks[c.block]
	first := o.file.Position(span.Start).Line
	at := o.file.Position(c.start).Line
	if c.alone {
		head := true
		for n := first; n < at; n++ {
			text, _ := o.file.Line(n)
			head = head && isBlank(text)
		}
		if head {
			return span, true
		}
		for {
			at++
			text, start := o.file.Line(at)
			if start >= span.End {
				return Span{}, false
			}
			if !isBlank(text) {
				break
			}
		}
	}
	text, start := o.file.Line(at)
	end := start + len(text)
	for n := at + 1; ; n++ {
		next, nextStart := o.file.Line(n)
		if nextStart >= span.End {
			break
		}
		blanks := blanksBefore(next)
		inside := blanks == len(next) || blanks > blanksBefore(text)
		closes := !inside && blanks == blanksBefore(text) && strings.IndexByte(")]}", next[blanks]) >= 0
		if !inside && !closes {
			break
		}
		end = nextStart + len(next)
		if closes {
			break
		}
	}
	return Span{o.file, start, end}, true
}

// isBlank reports whether a line of PromQL holds nothing but a comment.
func isBlank(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) == 0 || text[0] == '#'
}
