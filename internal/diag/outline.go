package diag

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// outline is where the parts of a YAML document begin and end; yaml.v3 tells only where they begin.
type outline struct {
	file *File
	// entries are all entries of maps and items of lists, in the order of the file.
	entries []entry
	// quoted and blocks are the scalars inside which `#` begins no comment of YAML, ascending. A block
	// begins with the line after `|` or `>`.
	quoted, blocks []Span
}

// entry is a key with its value, or an item of a list.
type entry struct {
	start int // byte offset of the key, or of the item without its dash
	end   int // where the next entry begins that is not inside, or the end of the file
	last  int // index of the last entry inside, or its own
}

func newOutline(file *File, root *yaml.Node) *outline {
	o := &outline{file: file}
	o.node(root)
	for i, e := range o.entries {
		end := len(file.Data)
		if e.last+1 < len(o.entries) {
			end = o.beforeDash(o.entries[e.last+1].start)
		}
		o.entries[i].end = max(e.start, end)
	}
	byStart := func(a, b Span) int { return cmp.Compare(a.Start, b.Start) }
	slices.SortFunc(o.quoted, byStart)
	slices.SortFunc(o.blocks, byStart)
	return o
}

// beforeDash is the beginning of the line if nothing but blanks and dashes of lists stands before at.
func (o *outline) beforeDash(at int) int {
	for i := at; i > 0; i-- {
		switch o.file.Data[i-1] {
		case ' ', '-':
		case '\n':
			return i
		default:
			return at
		}
	}
	return 0
}

func (o *outline) node(n *yaml.Node) {
	switch n.Kind {
	case yaml.DocumentNode:
		for _, child := range n.Content {
			o.node(child)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			o.entry(n.Content[i], n.Content[i+1])
		}
	case yaml.SequenceNode:
		for _, child := range n.Content {
			o.entry(child)
		}
	case yaml.ScalarNode:
		o.scalar(n)
	}
}

func (o *outline) entry(nodes ...*yaml.Node) {
	index := len(o.entries)
	o.entries = append(o.entries, entry{start: o.file.Offset(nodes[0].Line, nodes[0].Column)})
	for _, n := range nodes {
		o.node(n)
	}
	o.entries[index].last = len(o.entries) - 1
}

// scalar notes where a scalar lies that may hold `#`. Plain ones cannot: ` #` ends them.
func (o *outline) scalar(n *yaml.Node) {
	start := o.file.Offset(n.Line, n.Column)
	rest := o.file.Data[start:]
	switch {
	case len(rest) == 0:
	case n.Style&yaml.DoubleQuotedStyle != 0 && rest[0] == '"', n.Style&yaml.SingleQuotedStyle != 0 && rest[0] == '\'':
		o.quoted = append(o.quoted, Span{o.file, start, start + quotedLength(rest)})
	case n.Style&yaml.LiteralStyle != 0:
		lines := strings.Count(n.Value, "\n")
		if !strings.HasSuffix(n.Value, "\n") {
			lines++
		}
		_, from := o.file.Line(n.Line + 1)
		_, to := o.file.Line(n.Line + 1 + lines)
		o.addBlock(n, from, to)
	case n.Style&yaml.FoldedStyle != 0:
		from, to := o.folded(n.Line + 1)
		o.addBlock(n, from, to)
	}
}

func (o *outline) addBlock(n *yaml.Node, from, to int) {
	if n.Value != "" && from < to {
		o.blocks = append(o.blocks, Span{o.file, from, to})
	}
}

// folded returns the place of a folded scalar's lines: from the given one up to the first that is
// indented less than the first that is not blank.
func (o *outline) folded(first int) (from, to int) {
	indent := -1
	for n := first; ; n++ {
		text, start := o.file.Line(n)
		if n == first {
			from = start
		}
		if text == nil && start == len(o.file.Data) {
			return from, start
		}
		blanks := blanksBefore(text)
		switch {
		case blanks == len(text):
		case indent < 0:
			indent = blanks
		case blanks < indent:
			return from, start
		}
	}
}

func blanksBefore(text []byte) int { return len(text) - len(bytes.TrimLeft(text, " \t")) }

// quotedLength is how many bytes a quoted scalar has, quotes included.
func quotedLength(text []byte) int {
	quote := text[0]
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] == quote && quote == '\'' && i+1 < len(text) && text[i+1] == quote:
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return len(text)
}
