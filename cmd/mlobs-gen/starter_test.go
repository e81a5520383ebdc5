package main

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

var commentedOut = regexp.MustCompile(`(?m)^#(\S|  )`)

// What init writes as a comment to choose from is right, too: all at once.
func TestStarterComments(t *testing.T) {
	var rep diag.Report
	text := commentedOut.ReplaceAllString(string(starterWorkspace), "$1")
	ws := spec.LoadWorkspace(diag.NewFile("mlobs.yaml", []byte(text)), &rep)
	data, err := newSpec("prices", "shop-ml", "")
	if err != nil {
		t.Fatal(err)
	}
	text = commentedOut.ReplaceAllString(string(data), "$1")
	if ws == nil || spec.Load(diag.NewFile("spec.yaml", []byte(text)), ws, spec.NewLibrary(&rep), &rep) == nil {
		for _, d := range rep.All() {
			t.Errorf("%s: %s", d.Span.File.Path, d.Message)
		}
	}
	if n := strings.Count(text, "\n#"); n > 12 || strings.Count(text, "\nalerts:") != 1 {
		t.Errorf("%d comments are left in\n%s", n, text)
	}
}

// Editors find the schema by the first line, and are content.
func TestStarterSchemas(t *testing.T) {
	data, err := newSpec("prices", "shop-ml", "fastapi")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"spec": data, "workspace": starterWorkspace} {
		if first, _, _ := strings.Cut(string(data), "\n"); first != "# yaml-language-server: $schema="+spec.SchemaAddress(name) {
			t.Errorf("%s begins with %s", name, first)
		}
		text, err := spec.Schema(name)
		if err != nil {
			t.Fatal(err)
		}
		resource, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource("schema.json", resource); err != nil {
			t.Fatal(err)
		}
		schema, err := c.Compile("schema.json")
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{string(data), commentedOut.ReplaceAllString(string(data), "$1")} {
			var value any
			if err := yaml.Unmarshal([]byte(text), &value); err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(value); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// Names of strangers stay what they are, or are refused; they add nothing to the spec.
func TestStarterNames(t *testing.T) {
	for _, test := range []struct{ model, owner, want string }{
		{"prices", "shop-ml", ""},
		{"no", "off", ""},
		{"1", "2026-01-01", ""},
		{"prices", "Team: Shop & Söhne #1", "`Team: Shop & Söhne #1`"},
		{"prices", "{{ .Model }}", "`{{ .Model }}`"},
		{"prices", "a\nselector: {job: b}", "the name `a"},
		{"a\nowner: b", "shop-ml", "the name `a"},
		{"", "shop-ml", "the name ``"},
		{"prices", "", "the name ``"},
		{"../prices", "shop-ml", "the name `../prices`"},
		{"prices", "\xff", "the name `"},
	} {
		data, err := newSpec(test.model, test.owner, "")
		var usage *usageError
		if test.want != "" {
			if !errors.As(err, &usage) || !strings.Contains(usage.message, test.want) {
				t.Errorf("%q, %q: got %v", test.model, test.owner, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q, %q: %v", test.model, test.owner, err)
			continue
		}
		var rep diag.Report
		m := spec.Load(diag.NewFile("spec.yaml", data), spec.DefaultWorkspace(), spec.NewLibrary(&rep), &rep)
		if m == nil || m.Name.Value != test.model || m.Owner.Value != test.owner {
			t.Errorf("%q, %q: got\n%s", test.model, test.owner, data)
		}
	}
}
