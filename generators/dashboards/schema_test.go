package dashboards_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

const schemaFolder = "../../../shared/schemas"

// schemas are Grafana's own, compiled when asked for.
type schemas struct {
	compiler *jsonschema.Compiler
	known    map[string]bool
}

func loadSchemas(t *testing.T) *schemas {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(schemaFolder, "*.jsonschema.json"))
	if len(files) == 0 {
		t.Skip("no schemas in " + schemaFolder)
	}
	s := &schemas{jsonschema.NewCompiler(), map[string]bool{}}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".jsonschema.json")
		if err := s.compiler.AddResource("mem:///"+name, doc); err != nil {
			t.Fatal(err)
		}
		s.known[name] = true
	}
	return s
}

// validate reports what v breaks in one schema.
func (s *schemas) validate(t *testing.T, what, schema string, v any) {
	t.Helper()
	compiled, err := s.compiler.Compile("mem:///" + schema)
	if err != nil {
		t.Fatal(err)
	}
	var invalid *jsonschema.ValidationError
	switch err := compiled.Validate(v); {
	case errors.As(err, &invalid):
		t.Errorf("%s: %v", what, invalid)
	case err != nil:
		t.Fatal(err)
	}
}

// schemaOf names the schema of a panel type.
var schemaOf = map[string]string{
	"timeseries": "timeseries", "state-timeline": "statetimeline", "barchart": "barchart", "heatmap": "heatmap", "stat": "stat",
	"table": "table", "bargauge": "bargauge", "gauge": "gauge", "text": "text",
}

// A dashboard for 12 validates whole, and every panel's options and field settings with the schema of its
// type. So does one for 13.
func TestSchemas(t *testing.T) {
	s := loadSchemas(t)
	for _, v := range []plan.Version{ver(12, 0), ver(12, 2), ver(13, 0)} {
		data, legacy := marshal(t, v)
		for _, board := range []map[string]any{decode(t, data), decode(t, legacy)} {
			for _, p := range panelsOf(board) {
				delete(p, "alert") // legacy alerts are in no schema
				s.panel(t, p)
			}
			s.validate(t, "dashboard", "dashboard", board)
		}
	}
}

func (s *schemas) panel(t *testing.T, p map[string]any) {
	t.Helper()
	what := p["type"].(string) + " " + p["title"].(string)
	if p["type"] == "row" {
		s.validate(t, what, "dashboard#/definitions/RowPanel", p)
		return
	}
	s.validate(t, what, "dashboard#/definitions/Panel", p)
	targets, _ := p["targets"].([]any)
	for _, target := range targets {
		s.validate(t, what+" target", "prometheus", target)
	}
	schema := schemaOf[p["type"].(string)]
	if !s.known[schema] {
		t.Fatalf("no schema for %s", what)
	}
	s.validate(t, what+" options", schema+"#/definitions/Options", p["options"])
	config, _ := p["fieldConfig"].(map[string]any)
	defaults, _ := config["defaults"].(map[string]any)
	if custom := defaults["custom"]; custom != nil {
		s.validate(t, what+" custom", schema+"#/definitions/FieldConfig", custom)
	}
	overrides, _ := config["overrides"].([]any)
	for _, o := range overrides {
		for _, property := range at(t, o, "properties").([]any) {
			s.property(t, what, schema, property.(map[string]any))
		}
	}
}

var cellSchema = map[string]string{"gauge": "TableBarGaugeCellOptions", "color-text": "TableColorTextCellOptions"}

// property validates the value of an override as if it stood among the defaults.
func (s *schemas) property(t *testing.T, what, schema string, property map[string]any) {
	t.Helper()
	id := property["id"].(string)
	what += " override " + id
	if custom, ok := strings.CutPrefix(id, "custom."); ok {
		if cell, ok := property["value"].(map[string]any); ok && schema == "table" { // all kinds at once exclude one another
			s.validate(t, what, "table#/definitions/"+cellSchema[cell["type"].(string)], cell)
			return
		}
		v := map[string]any{custom: property["value"]}
		if schema == "table" {
			v["align"], v["inspect"] = "auto", false // required there
		}
		s.validate(t, what, schema+"#/definitions/FieldConfig", v)
		return
	}
	if id == "links" {
		return // data links are not in the schema: it has those of dashboards
	}
	s.validate(t, what, "dashboard#/definitions/FieldConfig", map[string]any{id: property["value"]})
}
