package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// SchemaAddress is where editors find a schema.
func SchemaAddress(name string) string {
	return "https://raw.githubusercontent.com/mlobs-gen/mlobs-gen/main/docs/schema/" + name + ".json"
}

// Schemas are the names of the schemas, one for each kind of file.
func Schemas() []string { return []string{"spec", "profile", "workspace"} }

// Schema returns the JSON Schema (2020-12) of specs, of profiles and roles, or of mlobs.yaml. It is made of the
// tables that files are loaded with: what they know is in it, and it refuses nothing that loads.
func Schema(name string) ([]byte, error) {
	b := &schemaBuilder{defs: map[string]*schema{}}
	root := &schema{}
	switch name {
	case "spec":
		*root = *b.root(specFile)
		root.Title = "Spec of a model"
	case "profile":
		root.Title = "Profile of a serving stack, or role of metrics"
		root.If = &schema{Required: []string{"role"}}
		root.Else = b.named("profile", b.root(profileFile))
		root.Then = b.named("role", b.root(roleFile))
	case "workspace":
		*root = *b.root(workspaceFile)
		root.Title = "Workspace"
	default:
		return nil, fmt.Errorf("there is no schema %q", name)
	}
	if b.err != nil {
		return nil, b.err
	}
	root.Schema = "https://json-schema.org/draft/2020-12/schema"
	root.ID = SchemaAddress(name)
	root.Defs = b.defs
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// schemaBuilder collects the sections, each under its name.
type schemaBuilder struct {
	*loader
	defs map[string]*schema
	err  error
}

// root is the schema of a whole file.
func (b *schemaBuilder) root(f format) *schema {
	b.loader = tableLoader(f)
	return b.section(b.rootTable(), nil)
}

// tableLoader is a loader that has tables and reads nothing.
func tableLoader(f format) *loader {
	return &loader{file: diag.NewFile("", nil), rep: new(diag.Report), format: f, ws: DefaultWorkspace(), lib: NewLibrary(new(diag.Report))}
}

// rootTable is the table of the file as a whole.
func (l *loader) rootTable() fields {
	switch l.format {
	case specFile:
		return l.model(&modelEntry{Model: &Model{}})
	case workspaceFile:
		return l.workspace(l.ws)
	}
	return l.profile(&Profile{}, new(diag.Located[string]))
}

// named puts a schema under $defs and returns a reference to it. Roles have keys that profiles lack: a section that
// differs in them has a name of its own.
func (b *schemaBuilder) named(name string, s *schema) *schema {
	if old := b.defs[name]; old != nil && !same(old, s) {
		if b.format != roleFile {
			b.err = fmt.Errorf("two sections are called %q", name)
		}
		name = "role-" + name
	}
	b.defs[name] = s
	return &schema{Ref: "#/$defs/" + name}
}

// section is the schema of a map with fixed keys.
func (b *schemaBuilder) section(table fields, rules []rule) *schema {
	s := &schema{Type: "object", Others: false}
	for _, f := range table {
		if !b.offers(f) {
			continue
		}
		v := *b.value(&f.value)
		v.Description = f.doc
		if f.value.fallback != "" {
			v.Description += "; left out: " + f.value.fallback
		}
		s.Properties = append(s.Properties, property{f.key, &v})
		if b.requires(f) {
			s.Required = append(s.Required, f.key)
		}
	}
	for _, r := range rules {
		if then := r.then(s.Properties); then != nil {
			s.AllOf = append(s.AllOf, &schema{If: r.condition(), Then: then})
		}
	}
	return s
}

// condition is when the rule holds.
func (r rule) condition() *schema {
	s := &schema{Required: r.when}
	if r.is != nil {
		s.Properties = properties{{r.when[0], &schema{Enum: anys(r.is)}}}
	}
	return s
}

// then is what holds beside those keys, in a section with these properties; nil: nothing.
func (r rule) then(all properties) *schema {
	s := &schema{}
	for _, p := range all {
		beside := r.alone != nil && !slices.Contains(r.alone, p.key) && !slices.Contains(r.when, p.key)
		if beside || slices.Contains(r.excludes, p.key) {
			s.Properties = append(s.Properties, property{p.key, false})
		}
		if slices.Contains(r.needs, p.key) {
			s.Required = append(s.Required, p.key)
		}
	}
	if s.Properties == nil && s.Required == nil {
		return nil
	}
	return s
}

// value is the schema of what a key takes.
func (b *schemaBuilder) value(v *value) *schema {
	s := b.form(v)
	if v.or == nil {
		return s
	}
	other := b.value(v.or)
	if other.AnyOf != nil {
		return &schema{AnyOf: append([]*schema{s}, other.AnyOf...)}
	}
	return &schema{AnyOf: []*schema{s, other}}
}

// form is the schema of a value's first form.
func (b *schemaBuilder) form(v *value) *schema {
	switch v.shape {
	case aSection:
		s := b.section(v.table(), v.rules)
		s.MinKeys, s.MaxKeys = v.least, v.most
		return b.named(defName(v.what), s)
	case aList:
		items := b.value(v.of)
		// Texts that differ can be the same number: 1.1 and 1.10.
		return &schema{Type: "array", Items: items, MinItems: v.least, MaxItems: v.most, Unique: isText(v.of) && !takes(v.of, numbers)}
	case aMap:
		s := &schema{Type: "object", Others: b.value(v.of), MinKeys: v.least, MaxKeys: v.most}
		if v.keys.text != nil {
			s.Keys = &schema{}
			s.Keys.fit(v.keys)
		}
		return s
	case someValues:
		number := &schema{Type: "integer", Minimum: from(v.least), Maximum: v.most}
		list := &schema{Type: "array", Items: &schema{Type: []string{"string", "number", "boolean"}, Pattern: someText.match}, MinItems: 1}
		return &schema{AnyOf: []*schema{number, {Enum: []any{"any"}}, list}}
	case aBool:
		return &schema{Enum: []any{true, false, "true", "false"}}
	case anInteger:
		return &schema{Type: []string{"integer", "string"}, Minimum: from(v.least), Maximum: v.most, Pattern: `^[+-]?[0-9]+$`}
	}
	s := &schema{}
	switch words := v.words; {
	case v.shape == aUnit:
		s.Examples = words()
	case v.shape == aTemplate:
		s.AllOf = []*schema{{Pattern: `\S`}, {Pattern: templatePattern(words())}}
	case words != nil:
		return &schema{Enum: anys(words())}
	}
	s.Type = "string"
	if types := scalarTypes(v); len(types) > 1 {
		s.Type = types
	}
	s.fit(v)
	return s
}

// fit says which texts a scalar may be.
func (s *schema) fit(v *value) {
	t := v.text
	if t == nil {
		return
	}
	s.Pattern, s.MaxLength = t.match, t.most
	if t.also != "" {
		s.AllOf = append(s.AllOf, &schema{Pattern: t.also})
	}
	if t.high != 0 {
		s.Minimum, s.Below = &t.low, t.high
	}
	if t.never != "" {
		s.Not = &schema{Type: "string", Pattern: t.never}
	}
}

func from(least int) *float64 {
	f := float64(least)
	return &f
}

// What texts look like that YAML takes for numbers and booleans.
var (
	numbers  = []string{"2", "8", "-1", "+1", "1.5", ".5", "1e3", "0x1F"}
	booleans = []string{"true", "True", "FALSE"}
)

// scalarTypes are the types that YAML takes texts for which fit.
func scalarTypes(v *value) []string {
	types := []string{"string"}
	if takes(v, numbers) {
		types = append(types, "number")
	}
	if takes(v, booleans) {
		types = append(types, "boolean")
	}
	return types
}

func isText(v *value) bool { return v.shape != aSection && v.or == nil }

// takes: one of the texts fits.
func takes(v *value, texts []string) bool {
	if v.words != nil && v.shape != aTemplate && v.shape != aUnit {
		return false
	}
	if v.text == nil {
		return true
	}
	match, never := regexp.MustCompile(v.text.match), regexp.MustCompile(v.text.never)
	return slices.ContainsFunc(texts, func(s string) bool {
		return match.MatchString(s) && (v.text.never == "" || !never.MatchString(s))
	})
}

// templatePattern is a text with no holes but the allowed ones.
func templatePattern(allowed []string) string {
	var names []string
	for _, name := range allowed {
		if name == "labels" {
			name = `labels\.[a-zA-Z_][a-zA-Z0-9_]*`
		}
		names = append(names, name)
	}
	return `^(?:[^{]|\{(?:[^{]|$)|\{\{\s*\$(?:` + strings.Join(names, "|") + `)\s*\}\})*$`
}

// defName makes a name of what a section is called: `an entry of uses` becomes entry-of-uses.
func defName(what string) string {
	_, name, found := strings.Cut(what, " ")
	if !found || strings.HasPrefix(what, "`") {
		name = what
	}
	return slugify(name)
}

func anys(words []string) (list []any) {
	for _, w := range words {
		list = append(list, w)
	}
	return list
}
