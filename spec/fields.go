package spec

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// fields is the only list of the keys of a section, in the order in which documentation shows them.
// Unknown, missing and repeated keys are found with it, whatever the section.
type fields []field

// field is one key.
type field struct {
	key   string
	flags flags
	value value
	// doc is what the reference says about it, one line.
	doc string
}

// flags say when a key may, must or may not be there.
type flags int

const (
	required flags = 1 << iota
	// requiredInProfiles: in profiles and roles, where nothing can be completed by somebody else.
	requiredInProfiles
	// requiredInSpecs: not there.
	requiredInSpecs
	// onlyProfiles: keys of profiles and roles; onlyRoles and onlySpecs likewise.
	onlyProfiles
	onlyRoles
	onlySpecs
	// planned keys are part of the language and not built yet.
	planned
)

// later is a key of the language that is not built yet: it is refused by name.
func later(key, doc string) field { return field{key: key, flags: planned, doc: doc} }

// given says which keys of a section were written.
type given struct {
	keys, values []*node
	// meant are keys that unknown ones were probably meant to be; partial: some keys could not be read.
	meant   []string
	partial bool
	// at is where problems of the section as a whole are shown.
	at diag.Span
}

// key returns the key of that name, or nil.
func (g given) key(name string) *node {
	for _, k := range g.keys {
		if k.value == name {
			return k
		}
	}
	return nil
}

func (g given) has(name string) bool { return g.key(name) != nil }

// lacks: the key is not there, and not because of a mistake that was reported.
func (g given) lacks(name string) bool {
	return !g.has(name) && !g.partial && !slices.Contains(g.meant, name)
}

// value returns what stands behind the key, or nil.
func (g given) value(name string) *node {
	for i, k := range g.keys {
		if k.value == name {
			return g.values[i]
		}
	}
	return nil
}

// first returns the first of the keys, in the order of the file, that is in names; nil if there is none.
func (g given) first(names ...string) *node {
	for _, k := range g.keys {
		if slices.Contains(names, k.value) {
			return k
		}
	}
	return nil
}

// all returns those of names that were written.
func (g given) all(names ...string) (keys []*node) {
	for _, k := range g.keys {
		if slices.Contains(names, k.value) {
			keys = append(keys, k)
		}
	}
	return keys
}

// walk reads a section: n is a map with the keys of table. It returns false if it is no map at all. What
// the section is called in messages is `what`; k is its key, nil for the whole file and items of lists.
func (l *loader) walk(what string, k, n *node, table fields) (given, bool) {
	g := given{at: l.span(n), partial: n.partial}
	if !l.isMap(what, k, n, table) {
		return g, false
	}
	switch {
	case len(n.content) > 0:
		g.at = l.span(n.content[0])
	case k != nil:
		g.at = l.span(k)
	}
	for i := 0; i < len(n.content); i += 2 {
		key, val := n.content[i], n.content[i+1]
		if !l.isKey(key, val) {
			g.partial = true
			continue
		}
		f := table.find(key.value)
		if f == nil {
			g.meant = append(g.meant, l.unknownKey(what, key, table))
			continue
		}
		if first := g.key(key.value); first != nil {
			l.errorf(l.span(key), "key %s a second time", code(key.value)).WithHelp("a key can be written once").See(l.span(first), "the first time")
			continue
		}
		g.keys, g.values = append(g.keys, key), append(g.values, val)
		if l.usable(f, key) && !val.refused() && f.value.read != nil {
			f.value.read(key, val)
		}
	}
	for _, f := range table {
		if l.requires(f) && l.offers(f) && g.lacks(f.key) {
			l.errorf(g.at, "`%s` is missing in %s", f.key, what).WithHelp("add `%s:` (%s)", f.key, f.doc)
		}
	}
	return g, true
}

func (fs fields) find(key string) *field {
	for i := range fs {
		if fs[i].key == key {
			return &fs[i]
		}
	}
	return nil
}

// requires: the key must be there in a file of this format.
func (l *loader) requires(f field) bool {
	return f.flags&required != 0 || f.flags&requiredInProfiles != 0 && l.format&(profileFile|roleFile) != 0 || f.flags&requiredInSpecs != 0 && l.format == specFile
}

// offers: the key may be used in a file of this format.
func (l *loader) offers(f field) bool {
	switch {
	case f.flags&planned != 0:
		return false
	case f.flags&onlyProfiles != 0:
		return l.format&(profileFile|roleFile) != 0
	case f.flags&onlyRoles != 0:
		return l.format == roleFile
	case f.flags&onlySpecs != 0:
		return l.format == specFile
	}
	return true
}

// usable reports a key that this file cannot have.
func (l *loader) usable(f *field, key *node) bool {
	if l.offers(*f) {
		return true
	}
	switch {
	case f.flags&planned != 0:
		l.errorf(l.span(key), "`%s` is not supported yet", f.key).WithHelp("it is part of the language (%s), but this version cannot compile it: leave it out for now", f.doc)
	case f.flags&onlyProfiles != 0:
		l.errorf(l.span(key), "`%s` is a key of profiles, not of specs", f.key).WithHelp("leave it out")
	case f.flags&onlyRoles != 0:
		l.errorf(l.span(key), "`%s` is a key of roles", f.key).WithHelp("leave it out")
	default:
		l.errorf(l.span(key), "`%s` is a key of specs, not of profiles", f.key).WithHelp("leave it out")
	}
	return false
}

// unknownKey reports the key and returns what it was probably meant to be, or "".
func (l *loader) unknownKey(what string, key *node, table fields) string {
	var keys []string
	for _, f := range table {
		if l.offers(f) {
			keys = append(keys, f.key)
		}
	}
	l.errorf(l.span(key), "unknown key %s in %s", code(key.value), what).WithHelp("%s", didYouMean(key.value, keys, "its keys are "+quoteAll(keys)))
	return suggest(key.value, keys)
}

// isKey reports keys that are no texts.
func (l *loader) isKey(key, val *node) bool {
	switch {
	case key.refused():
		return false
	case key.kind != scalarNode:
		if key.style == yaml.FlowStyle && key.kind == mappingNode {
			l.errorf(l.span(key), "YAML reads `{` at the beginning of a text as a map").WithHelp("put the text in quotes")
		} else {
			l.errorf(l.span(key), "a key must be a text, not %s", key.what())
		}
		return false
	case key.null():
		at := l.span(key)
		if at.Start == at.End {
			at.End = min(at.End+1, len(l.file.Data))
		}
		l.errorf(at, "a key is missing before `:`").WithHelp("write `key: value`, or put the text in quotes")
		return false
	}
	return true
}

// isMap reports values that are no maps.
func (l *loader) isMap(what string, k, n *node, table fields) bool {
	switch {
	case n.kind == mappingNode:
		return true
	case n.refused():
	case n.null():
		l.empty(k, n)
	case k == nil:
		d := l.errorf(l.head(n), "%s is a map of keys, not %s", what, n.what())
		if n.kind == scalarNode && len(table) > 0 {
			d.WithHelp("write `- %s: %s`", table[0].key, clip(n.value))
		}
	default:
		l.errorf(l.head(n), "%s takes a map of keys, not %s", code(k.value), n.what()).WithHelp("write its keys below it, further to the right, or `%s: {key: value}`", clip(k.value))
	}
	return false
}

// empty reports a value that is not there, and says why it probably is not.
func (l *loader) empty(k, n *node) {
	name := "an item of the list"
	span := l.span(n)
	if k != nil {
		name = code(k.value)
	}
	if n.value != "" {
		l.errorf(span, "%s has no value: YAML reads %s as none", name, code(n.value)).WithHelp("give it a value, put the text in quotes, or remove it")
		return
	}
	data := l.file.Data
	after := n.start
	if k != nil && (k.end <= n.start || n.start < k.start) && l.sameLine(k.end, n.start) {
		span, after = l.span(k), k.end
	} else if n.start > 0 && data[n.start-1] == '-' {
		span = l.place(n.start-1, n.start)
	}
	help := "give it a value, or remove it"
	line, start := l.file.Line(l.file.Position(after).Line)
	rest := strings.TrimLeft(string(line[min(after-start, len(line)):]), " \t:")
	if len(rest) > 1 && rest[0] == '#' && rest[1] != ' ' && rest[1] != '#' {
		help = "`#` begins a comment: put the text in quotes, `\"" + clip(strings.TrimRight(rest, "]} ")) + "\"`"
	}
	l.errorf(span, "%s has no value", name).WithHelp("%s", help)
}

func (l *loader) sameLine(a, b int) bool {
	return a <= b && !strings.Contains(string(l.file.Data[a:b]), "\n")
}
