package spec

// value is what a key takes: how it is read, and what documentation says about it.
type value struct {
	shape shape
	// what a section is called in messages: `a panel`.
	what string
	// words are all values it may have, if they can be listed; nil: they cannot.
	words func() []string
	// text says which texts it may be; nil: any.
	text *text
	// least and most bound an integer, or how many values a list, a map or a section holds; most 0: no bound.
	least, most int
	// table is the section's, if it is a map with fixed keys; rules say which of them go together.
	table func() fields
	rules []rule
	// of is what a list, or a map with free keys, holds; keys are those of the map.
	of, keys *value
	// or is a second form.
	or *value
	// example is one, in YAML; fallback is what holds when the key is left out.
	example, fallback string
	// read takes the key, for messages, and the value. It reports what is wrong. Nil: the section reads
	// the value when it knows the others.
	read func(k, n *node)
}

// fits says which texts a value may be.
func (v value) fits(t *text) value { v.text = t; return v }

// like gives a value an example.
func (v value) like(example string) value { v.example = example; return v }

// otherwise says what holds when the key is left out.
func (v value) otherwise(fallback string) value { v.fallback = fallback; return v }

// shape is what a value looks like, in the words of the reference page.
type shape string

const (
	aWord      shape = "word"
	aText      shape = "text"
	aSlug      shape = "slug"
	aName      shape = "name"
	aLabel     shape = "label"
	aURL       shape = "URL"
	aPath      shape = "path"
	aDuration  shape = "duration"
	aQuantity  shape = "number"
	aUnit      shape = "unit"
	aRole      shape = "role"
	aTimeRange shape = "time range"
	anInteger  shape = "whole number"
	aBool      shape = "`true` or `false`"
	aColor     shape = "colour"
	aQuery     shape = "PromQL"
	aTemplate  shape = "template"
	aRegexp    shape = "regular expression"
	aVersion   shape = "version"
	aList      shape = "list"
	aMap       shape = "map"
	aSection   shape = "section"
	someValues shape = "values"
)
