package spec

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// items returns the values of a list.
func (l *loader) items(k, n *node) []*node {
	switch {
	case n.kind == sequenceNode:
		return n.content
	case n.refused():
	case n.null():
		l.empty(k, n)
	case n.kind == scalarNode:
		l.errorf(l.span(n), "%s takes a list, not a text", code(k.value)).WithHelp("write `%s: [%s]`", clip(k.value), clip(n.value))
	default:
		l.errorf(l.head(n), "%s takes a list, not a map", code(k.value)).WithHelp("begin each item with `- `")
	}
	return nil
}

// entry is one of a map with free keys.
type entry struct{ key, value *node }

// entries returns what a map with free keys holds, without the keys that are written a second time.
func (l *loader) entries(k, n *node) (list []entry) {
	if !l.isMap("it", k, n, nil) {
		return nil
	}
	seen := make(map[string]*node, len(n.content)/2)
	for i := 0; i < len(n.content); i += 2 {
		key, val := n.content[i], n.content[i+1]
		if !l.isKey(key, val) {
			continue
		}
		if first := seen[key.value]; first != nil {
			l.errorf(l.span(key), "%s a second time in %s", code(key.value), code(k.value)).WithHelp("a key can be written once").See(l.span(first), "the first time")
			continue
		}
		seen[key.value] = key
		list = append(list, entry{key, val})
	}
	return list
}

// section is a value that is a map with fixed keys.
func (l *loader) section(what string, table func() fields) value {
	return value{shape: aSection, what: what, table: table, read: func(k, n *node) { l.walk(what, k, n, table()) }}
}

// sections is a value that is a list of sections; each is appended to into, also if it had mistakes. Done
// is called with what was given: it holds the keys against each other.
func sections[T any](l *loader, what string, into *[]*T, table func(*T) fields, done func(*T, *node, given)) value {
	one := &value{shape: aSection, what: what, table: func() fields { return table(new(T)) }}
	return value{shape: aList, of: one, read: func(k, n *node) {
		for _, item := range l.items(k, n) {
			v := new(T)
			if g, ok := l.walk(what, nil, item, table(v)); ok {
				if done != nil {
					done(v, item, g)
				}
				*into = append(*into, v)
			}
		}
	}}
}

// each is a value that is a list of scalars, at least one, none of them twice.
func each[T any](l *loader, into *[]diag.Located[T], one func(*diag.Located[T]) value) value {
	var unused diag.Located[T]
	of := one(&unused)
	return value{shape: aList, of: &of, least: 1, read: func(k, n *node) {
		items := l.items(k, n)
		if n.kind == sequenceNode && len(items) == 0 {
			l.errorf(l.span(n), "%s is an empty list", code(k.value)).WithHelp("give it a value, or remove it")
		}
		seen := map[string]*node{}
		for _, item := range items {
			var v diag.Located[T]
			one(&v).read(k, item)
			if !v.Given() {
				continue
			}
			if first := seen[item.value]; first != nil {
				l.errorf(l.span(item), "%s a second time in %s", code(item.value), code(k.value)).See(l.span(first), "the first time")
				continue
			}
			seen[item.value] = item
			*into = append(*into, v)
		}
	}}
}

// oneOrEach is a scalar, or a list as each reads it.
func oneOrEach[T any](l *loader, into *[]diag.Located[T], one func(*diag.Located[T]) value) value {
	list := each(l, into, one)
	v := one(new(diag.Located[T]))
	v.or, v.read = &list, func(k, n *node) {
		if n.kind == sequenceNode {
			list.read(k, n)
			return
		}
		var found diag.Located[T]
		if one(&found).read(k, n); found.Given() {
			*into = append(*into, found)
		}
	}
	return v
}

// scalar returns the text of a value that is one, or reports why it is not; what it takes is said by
// `takes` (a duration, a text).
func (l *loader) scalar(k, n *node, takes string) (string, bool) {
	switch {
	case n.refused():
		return "", false
	case n.null():
		l.empty(k, n)
		return "", false
	case n.kind == scalarNode && (n.style == yaml.LiteralStyle || n.style == yaml.FoldedStyle) && strings.TrimSpace(n.value) == "":
		header, _, _ := strings.Cut(string(l.file.Data[n.at:]), "\n")
		header = strings.TrimSpace(header)
		l.errorf(l.place(n.at, n.at+len(header)), "%s has no value: %s begins a text of several lines", code(k.value), code(header)).WithHelp("indent the text below its key; a text that begins with `>` or `|` needs quotes")
		return "", false
	case n.kind == scalarNode:
		return n.value, l.printable(n)
	case n.kind == mappingNode && n.style == yaml.FlowStyle && len(n.content) == 2 && n.content[0].kind == mappingNode:
		l.errorf(l.span(n), "YAML reads `{{` at the beginning of a text as a map").WithHelp("put the text in quotes: `%s: \"%s\"`", clip(k.value), clip(l.span(n).Text()))
	case n.kind == mappingNode && n.style == yaml.FlowStyle && onlyKeys(n):
		l.errorf(l.span(n), "YAML reads `{` at the beginning of a text as a map").WithHelp("put the text in quotes: `%s: '%s'`", clip(k.value), clip(l.span(n).Text()))
	default:
		d := l.errorf(l.head(n), "%s takes %s, not %s", code(k.value), takes, n.what())
		if takes == "a text" && n.style == yaml.FlowStyle {
			d.WithHelp("put the text in quotes if the brackets belong to it")
		}
	}
	return "", false
}

// head is the span of n or, if it goes over several lines, of the beginning.
func (l *loader) head(n *node) diag.Span {
	for n.kind != scalarNode && n.style != yaml.FlowStyle && len(n.content) > 0 {
		n = n.content[0]
	}
	return l.span(n)
}

// onlyKeys: a flow map without values, such as `{job="a"}`.
func onlyKeys(n *node) bool {
	for i := 1; i < len(n.content); i += 2 {
		if !n.content[i].null() || n.content[i].value != "" {
			return false
		}
	}
	return len(n.content) > 0
}

// printable reports control characters; only escapes in double quotes can bring them.
func (l *loader) printable(n *node) bool {
	if n.style != yaml.DoubleQuotedStyle {
		return true
	}
	for i, r := range n.value {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == '\ufeff' || r == '\u2028' || r == '\u2029' {
			l.errorf(l.scalarText(n).Range(i, i+1), "an escape in double quotes makes the control character U+%04X", r).WithHelp("remove it; regular expressions need single quotes")
			return false
		}
	}
	return true
}
