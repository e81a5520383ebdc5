package spec

import (
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// kind is what a YAML node is.
type kind int

const (
	scalarNode kind = iota
	mappingNode
	sequenceNode
)

// node is a YAML node that knows where it begins and ends. yaml.v3's nodes do not end, count columns in
// characters and interpret scalars; ours are bytes of the file and text.
type node struct {
	kind  kind
	style yaml.Style
	// value of a scalar: its text, whatever YAML would take it for.
	value string
	// start and end are byte offsets: of a quoted scalar with its quotes, of a block scalar without its
	// `|`, of a flow collection with its brackets.
	start, end int
	// at is where yaml.v3 says the node begins: of a block scalar its `|`.
	at int
	// partial: a merge key was taken out of the mapping.
	partial bool
	// content of a sequence; of a mapping: key, value, key, value, …
	content []*node
}

// null: there is no value, or one that YAML reads as none.
func (n *node) null() bool {
	if n.kind != scalarNode || n.style != 0 {
		return false
	}
	switch n.value {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// what names the node in messages.
func (n *node) what() string {
	switch n.kind {
	case mappingNode:
		return "a map"
	case sequenceNode:
		return "a list"
	}
	return "a text"
}

// Limits of what is read: far more than a spec that people write, little enough for a second.
const (
	maxBytes = 1 << 20
	maxDepth = 50
	maxNodes = 100_000
)

// tree converts yaml.v3's nodes to ours and refuses what is not in the language: anchors, aliases, merge
// keys and tags. It reports the first of each mistake where it stands.
type tree struct {
	*loader
	nodes int
	// The place that was converted last: nodes come in the order of the file, so that finding offsets
	// costs one walk along each line.
	line, column, offset int
	full                 bool
}

func (t *tree) at(line, column int) int {
	if line != t.line || column < t.column {
		t.line, t.column, t.offset = line, 1, t.file.Offset(line, 1)
	}
	t.offset = skipRunes(t.file.Data, t.offset, column-t.column)
	t.column = column
	return t.offset
}

// convert returns the node, or nil if it must not be there.
func (t *tree) convert(y *yaml.Node, depth int) *node {
	n := &node{style: y.Style &^ (yaml.TaggedStyle | yaml.FlowStyle), start: t.at(y.Line, y.Column)}
	n.end, n.at = n.start, n.start
	if t.nodes++; t.full || t.nodes > maxNodes {
		if !t.full {
			t.errorf(t.span(n), "more than %d values in one file", maxNodes)
		}
		t.full = true
		return nil
	}
	if depth > maxDepth {
		t.errorf(t.span(n), "nested more than %d levels deep", maxDepth)
		t.full = true
		return nil
	}
	if t.refused(y, n) {
		return nil
	}
	switch y.Kind {
	case yaml.ScalarNode:
		n.value = y.Value
		n.start, n.end = diag.ScalarExtent(t.file.Data, n.start, n.style, n.value)
		return n
	case yaml.MappingNode:
		n.kind = mappingNode
	case yaml.SequenceNode:
		n.kind = sequenceNode
	}
	n.content = make([]*node, 0, len(y.Content))
	last := n.start
	for i := 0; i < len(y.Content); i++ {
		if n.kind == mappingNode && i%2 == 0 && t.merge(y.Content[i]) {
			i++
			n.partial = true
			continue
		}
		c := t.convert(y.Content[i], depth+1)
		if t.full {
			return nil
		}
		if c == nil { // reported; stands in as an empty text that nobody complains about
			c = &node{style: refusedStyle, start: t.offset, end: t.offset}
		}
		last = max(last, c.end)
		n.content = append(n.content, c)
	}
	n.end = last
	if y.Style&yaml.FlowStyle != 0 {
		n.style = yaml.FlowStyle
		n.end = closing(t.file.Data, max(last, n.start+1), n.kind)
	}
	return n
}

// refusedStyle marks a scalar that was reported already.
const refusedStyle = yaml.Style(1 << 30)

func (n *node) refused() bool { return n.style == refusedStyle }

func (t *tree) refused(y *yaml.Node, n *node) bool {
	data := t.file.Data
	word := wordAt(data, n.start)
	span := diag.Span{File: t.file, Start: n.start, End: n.start + len(word)}
	switch {
	case y.Kind == yaml.AliasNode:
		t.errorf(span, "aliases (`*%s`) are not part of the language", clip(y.Value)).WithHelp("write the value out; what several specs share belongs in a profile. A text that begins with `*` needs quotes")
	case y.Anchor != "":
		t.errorf(span, "anchors (`&%s`) are not part of the language", clip(y.Anchor)).WithHelp("write the value out where it is needed; what several specs share belongs in a profile. A text that begins with `&` needs quotes")
	case y.Style&yaml.TaggedStyle != 0 || len(word) > 0 && word[0] == '!':
		t.errorf(span, "tags (%s) are not part of the language", code(word)).WithHelp("leave it out: every value is read as its key needs it. A text that begins with `!` needs quotes")
	default:
		return false
	}
	return true
}

// merge reports a merge key.
func (t *tree) merge(y *yaml.Node) bool {
	if y.Kind != yaml.ScalarNode || y.Value != "<<" || y.Style != 0 && y.Style != yaml.TaggedStyle {
		return false
	}
	at := t.at(y.Line, y.Column)
	t.errorf(diag.Span{File: t.file, Start: at, End: at + 2}, "merge keys (`<<`) are not part of the language").WithHelp("write the values out; what several specs share belongs in a profile")
	return true
}

func (l *loader) span(n *node) diag.Span {
	return diag.Span{File: l.file, Start: n.start, End: n.end}
}

// scalarText returns the value of a scalar as a Text that knows the place of each byte.
func (l *loader) scalarText(n *node) diag.Text {
	return diag.ScalarText(l.file, n.at, n.style, n.value)
}

// wordAt returns the bytes from at to the next blank or bracket.
func wordAt(data []byte, at int) string {
	end := at
	for end < len(data) && end-at < 60 && data[end] > ' ' && data[end] != ',' && data[end] != ']' && data[end] != '}' {
		end++
	}
	return string(data[at:end])
}

// closing finds the bracket that closes a flow collection whose last value ends at.
func closing(data []byte, at int, k kind) int {
	bracket := byte('}')
	if k == sequenceNode {
		bracket = ']'
	}
	for i := at; i < len(data); i++ {
		switch c := data[i]; c {
		case bracket:
			return i + 1
		case ' ', '\t', '\r', '\n', ',', ':', '?':
		case '#':
			for i < len(data) && data[i] != '\n' {
				i++
			}
		default:
			return at
		}
	}
	return at
}

// entry returns the value of a key in a map; nil if n is nil, no map, or lacks the key.
func (n *node) entry(key string) *node {
	if n == nil || n.kind != mappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.content); i += 2 {
		if n.content[i].value == key {
			return n.content[i+1]
		}
	}
	return nil
}
