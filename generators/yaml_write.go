package generators

import (
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// blockWriter writes trees of mappings, lists and texts as the encoder of yaml.v3 does, byte for byte, in a
// fraction of the time: the encoder took more of it than all expressions of a model. What is not plain (a text
// that needs escapes, a flow style, a comment) is left to the encoder, see writeBlock.
type blockWriter struct{ dst []byte }

// writeBlock appends a tree to dst; false: the encoder must write it.
func writeBlock(dst []byte, n *yaml.Node) ([]byte, bool) {
	w := &blockWriter{slices.Grow(dst, room(n))}
	if n.Kind != yaml.MappingNode || !w.mapping(n, 0) {
		return nil, false
	}
	return w.dst, true
}

// room is about as many bytes as a tree takes: each text in a line of its own.
func room(n *yaml.Node) int {
	const indent = 16
	size := len(n.Value) + indent
	for _, of := range n.Content {
		size += room(of)
	}
	return size
}

// mapping writes the entries of n; the first one continues the line.
func (w *blockWriter) mapping(n *yaml.Node, indent int) bool {
	if !bare(n) || len(n.Content) == 0 {
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if i > 0 {
			w.indent(indent)
		}
		if key.Kind != yaml.ScalarNode || !bare(key) || len(key.Value) > 100 || spelling(key) != asIs {
			return false
		}
		w.dst = append(append(w.dst, key.Value...), ':')
		if !w.value(value, indent) {
			return false
		}
	}
	return true
}

// value writes what stands behind a key at indent.
func (w *blockWriter) value(n *yaml.Node, indent int) bool {
	switch n.Kind {
	case yaml.MappingNode:
		w.indent(indent + 2)
		return w.mapping(n, indent+2)
	case yaml.SequenceNode:
		if !bare(n) || len(n.Content) == 0 {
			return false
		}
		for _, item := range n.Content {
			w.indent(indent + 2)
			w.dst = append(w.dst, '-')
			switch item.Kind {
			case yaml.MappingNode:
				w.dst = append(w.dst, ' ')
				if !w.mapping(item, indent+4) {
					return false
				}
			case yaml.ScalarNode:
				if !w.scalar(item, indent+4) {
					return false
				}
			default:
				return false
			}
		}
		return true
	case yaml.ScalarNode:
		return w.scalar(n, indent+2)
	}
	return false
}

// scalar writes a text behind `key:` or `-` and ends the line.
func (w *blockWriter) scalar(n *yaml.Node, indent int) bool {
	if !bare(n) {
		return false
	}
	switch spelling(n) {
	case asIs:
		w.dst = append(append(w.dst, ' '), n.Value...)
	case quoted:
		w.dst = append(w.dst, " '"...)
		w.dst = append(w.dst, strings.ReplaceAll(n.Value, "'", "''")...)
		w.dst = append(w.dst, '\'')
	case literal:
		text, ended := strings.CutSuffix(n.Value, "\n")
		w.dst = append(w.dst, " |"...)
		if !ended {
			w.dst = append(w.dst, '-')
		}
		for line := range strings.SplitSeq(text, "\n") {
			w.dst = append(w.dst, '\n')
			if line != "" {
				w.blanks(indent)
				w.dst = append(w.dst, line...)
			}
		}
	default:
		return false
	}
	w.dst = append(w.dst, '\n')
	return true
}

// indent begins a line, unless one has begun.
func (w *blockWriter) indent(n int) {
	if last := len(w.dst) - 1; w.dst[last] != '\n' {
		w.dst = append(w.dst, '\n')
	}
	w.blanks(n)
}

func (w *blockWriter) blanks(n int) {
	for range n {
		w.dst = append(w.dst, ' ')
	}
}

// bare reports whether a node has nothing beside its content that the encoder would write.
func bare(n *yaml.Node) bool {
	return (n.Style == 0 || n.Style == yaml.LiteralStyle) && (n.Tag == "" || n.Tag == "!!str") && n.Anchor == "" &&
		n.HeadComment == "" && n.LineComment == "" && n.FootComment == ""
}

// how says how a text is spelled.
type how int

const (
	escaped how = iota // in double quotes, or else by the encoder
	asIs
	quoted // in single quotes
	literal
)

// spelling decides as the encoder does (yaml_emitter_analyze_scalar and what reads it).
func spelling(n *yaml.Node) how {
	s := n.Value
	if s == "" || n.Tag == "!!str" && !surelyText(s) {
		return escaped
	}
	best := asIs
	if strings.IndexByte("#,[]{}&*!|>'\"%@`", s[0]) >= 0 || strings.IndexByte("?:-", s[0]) >= 0 && (len(s) == 1 || s[1] == ' ') ||
		strings.HasPrefix(s, "---") || strings.HasPrefix(s, "...") || s[0] == ' ' || s[len(s)-1] == ' ' {
		best = quoted
	}
	lines := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\n':
			if lines = true; i == 0 || s[i-1] == ' ' {
				return escaped
			}
		case c == ':' && (i+1 == len(s) || s[i+1] == ' '), c == '#' && i > 0 && s[i-1] == ' ':
			best = quoted
		case c < ' ' || c == 0x7f:
			return escaped
		case c >= utf8.RuneSelf:
			// Surely printable, and no end of a line: the letters of most languages.
			r, size := utf8.DecodeRuneInString(s[i:])
			if r < 0xC0 || r >= 0xD000 || r == '\u2028' || r == '\u2029' {
				return escaped
			}
			i += size - 1
		}
	}
	switch {
	case !lines && n.Style == 0:
		return best
	case !lines || s[0] == ' ' || s[len(s)-1] == ' ' || strings.HasSuffix(s, "\n\n"):
		return escaped
	}
	return literal
}

// surelyText reports whether no reader takes s for a number, a truth value or a time, going by how it begins
// and ends.
func surelyText(s string) bool {
	switch c := s[0]; {
	case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
		switch strings.ToLower(s) {
		case "true", "false", "null":
			return false
		}
		return true
	case '1' <= c && c <= '9':
		if last := s[len(s)-1]; 'a' <= last && last <= 'z' {
			return true
		}
	}
	// `0 * x or y`: no number or time holds any of these.
	return strings.IndexByte("({[\"'#/*%", s[0]) >= 0 || strings.ContainsAny(s, "({*/=")
}
