package spec

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// TestSchemas compares docs/schema with the schemas; MLOBS_UPDATE=1 writes them.
func TestSchemas(t *testing.T) {
	for _, name := range Schemas() {
		got, err := Schema(name)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "../docs/schema/"+name+".json", got)
		compiled(t, name) // the compiler holds it against the metaschema
	}
	if _, err := Schema("role"); err == nil {
		t.Error("a schema of nothing")
	}
}

// golden compares a file of the repository with what it should be; MLOBS_UPDATE=1 writes it.
func golden(t *testing.T, path string, want []byte) {
	t.Helper()
	if os.Getenv("MLOBS_UPDATE") != "" {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Errorf("%s is not fresh (MLOBS_UPDATE=1 go test ./spec writes it):\n%s", path, cmp.Diff(string(have), string(want)))
	}
}

func compiled(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	data, err := Schema(name)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(SchemaAddress(name), doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(SchemaAddress(name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// instance is what an editor with YAML 1.2 hands to a schema; false: it is no YAML.
func instance(data []byte) (any, bool) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil || len(doc.Content) == 0 {
		return nil, false
	}
	return plainValue(doc.Content[0]), true
}

var (
	yamlInteger = regexp.MustCompile(`^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$`)
	yamlFloat   = regexp.MustCompile(`^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$`)
)

// plainValue follows the core schema of YAML 1.2. What it cannot say in JSON is a number.
func plainValue(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plainValue(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, plainValue(item))
		}
		return list
	case yaml.AliasNode:
		return plainValue(n.Alias)
	}
	if n.Style != 0 {
		return n.Value
	}
	switch n.Value {
	case "", "~", "null", "Null", "NULL":
		return nil
	case "true", "True", "TRUE":
		return true
	case "false", "False", "FALSE":
		return false
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
		return math.MaxFloat64
	case "-.inf", "-.Inf", "-.INF":
		return -math.MaxFloat64
	}
	if yamlInteger.MatchString(n.Value) {
		if i, err := strconv.ParseInt(strings.Replace(n.Value, "0o", "0", 1), 0, 64); err == nil && !strings.HasPrefix(n.Value, "0") {
			return float64(i)
		}
	}
	if f, err := strconv.ParseFloat(n.Value, 64); err == nil && yamlFloat.MatchString(n.Value) {
		return f
	}
	return n.Value
}

// schemaOf is the name of the schema for a file with that name.
func schemaOf(path string) string {
	switch {
	case strings.HasSuffix(path, "mlobs.yaml"):
		return "workspace"
	case strings.HasSuffix(path, ".profile.yaml"), strings.HasSuffix(path, ".role.yaml"), strings.Contains(path, "profiles/"), strings.Contains(path, "roles/"):
		return "profile"
	}
	return "spec"
}

func compiledSchemas(t testing.TB) map[string]*jsonschema.Schema {
	all := map[string]*jsonschema.Schema{}
	for _, name := range Schemas() {
		all[name] = compiled(t, name)
	}
	return all
}

// ourFiles are the specs, profiles, roles and workspaces of this repository.
func ourFiles(t testing.TB) (paths []string) {
	for _, pattern := range []string{"profiles/*.yaml", "roles/*.yaml", "../examples/*/mlobs.yaml", "../cmd/mlobs-gen/starter/mlobs.yaml", "../examples/*/models/*.yaml", "../examples/*/profiles/*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	if len(paths) < 9 {
		t.Fatalf("only %d files: %v", len(paths), paths)
	}
	return paths
}

// Every file of ours is what its schema says, and tells editors which one that is.
func TestOurFilesFitTheirSchemas(t *testing.T) {
	schemas := compiledSchemas(t)
	for _, path := range ourFiles(t) {
		data := readFile(t, path).Data
		name := schemaOf(path)
		value, ok := instance(data)
		if !ok {
			t.Errorf("%s is no YAML", path)
		} else if err := schemas[name].Validate(value); err != nil {
			t.Errorf("%s: %s", path, err)
		}
		if line := "# yaml-language-server: $schema=" + SchemaAddress(name) + "\n"; !bytes.HasPrefix(data, []byte(line)) {
			t.Errorf("%s does not begin with\n%s", path, line)
		}
	}
}

// TestSchemasRefuseFaults holds all fixtures against the schemas: what loads is valid; what does not load is not,
// unless no schema can know.
func TestSchemasRefuseFaults(t *testing.T) {
	schemas := compiledSchemas(t)
	paths, err := filepath.Glob("testdata/faults/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	why := map[string]string{}
	for reason, names := range beyondSchemas {
		for _, name := range strings.Fields(names) {
			if why[name] != "" {
				t.Errorf("%s has two reasons", name)
			}
			why[name] = reason
		}
	}
	lib := NewLibrary(&diag.Report{})
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range parseArchive(string(data)).files {
			if !strings.HasSuffix(f.name, ".yaml") {
				continue
			}
			text := faultText(f.name, f.text)
			value, ok := instance([]byte(text))
			valid := false
			if ok {
				err = schemas[schemaOf(f.name)].Validate(value)
				valid = err == nil
			}
			reason := why[f.name]
			delete(why, f.name)
			switch {
			case load(f.name, text, lib, &diag.Report{}):
				if !valid {
					t.Errorf("%s: %s loads, and its schema refuses it: %v", path, f.name, err)
				}
			case valid && reason == "":
				t.Errorf("%s: its schema does not refuse %s: add it to beyondSchemas, or the fact to the tables", path, f.name)
			case !valid && reason != "":
				t.Errorf("%s: the schema refuses %s: take it out of beyondSchemas (%s)", path, f.name, reason)
			}
		}
	}
	for name := range why {
		t.Errorf("beyondSchemas has %s, which is no fixture", name)
	}
}

// beyondSchemas are the faults that a schema cannot see, by the reason.
var beyondSchemas = map[string]string{
	"YAML hides it: a parser has decided already": `twice.yaml twice-metric.yaml twice-in-flow.yaml twice-label.yaml two-documents.yaml
		broken-second-document.yaml anchor.yaml tag-map.yaml directive.yaml second-bom.yaml escaped-control.yaml`,
	"comments are no values": `allow.yaml`,
	"a name that stands elsewhere in the file": `renamed-to.profile.yaml role-references.role.yaml series-twice.yaml uses-twice.yaml routes-no-contacts.mlobs.yaml
		check-several.yaml`,
	"what a profile or role says": `pattern-type.yaml role-type.yaml check-role.yaml across.yaml uses-no-selector.yaml uses-wrong-selector.yaml
		metric-omit-unknown.yaml metric-change-query.yaml metric-source.yaml metric-source-without.yaml series-of-profile.yaml`,
	"an entry that a profile could complete": `no-type.yaml metric-errors.yaml slo-no-kind.yaml`,
	"units of the workspace":                 `units.yaml`,
	"numbers that are compared":              `quantiles.yaml intervals.mlobs.yaml traffic-often.yaml check-numbers.yaml check-sums.yaml check-against-meant.yaml`,
	"regular expressions":                    `regexp-breaks-anchor.yaml regexp-backspace.yaml metric-selector.yaml`,
	"the type and the name of a metric":      `suffixes.yaml metric-renamed.yaml metric-renamed-other.yaml`,
	"what holds unless said otherwise":       `legacy-by-default.mlobs.yaml`,
	"versions that are compared": `both-of-grafana.mlobs.yaml legacy-on-11.mlobs.yaml legacy-on-12.mlobs.yaml
		grafana-alerts-on-7.mlobs.yaml grafana-alerts-on-9-0.mlobs.yaml`,
	"what looks like a secret":                      ``,
	"files beside a spec":                           `check-no-files.yaml`,
	"a key that may stand in two places, or in one": `check-score-twice.yaml`,
	"what a kind goes with, one section deeper":     `check-baseline.yaml`,
}

// The pattern of a text is laxer than the loader, or the same: what the loader takes fits.
func TestTextsOfSchemas(t *testing.T) {
	for _, c := range []struct {
		text      *text
		good, bad []string
	}{
		{&lineText, []string{"a", " a ", "a\n", strings.Repeat("x", maxLine), "\na"}, []string{"", " ", "a\nb", "a\tb", strings.Repeat("x", maxLine+1)}},
		{&durationText, []string{"90s", "1h30m", "7d", "1y1w1d1h1m1s1ms"}, []string{"", "0s", "5", "5 m", "1m1h", "1.5h"}},
		{&anyDurationText, []string{"0s"}, []string{"", "0"}},
		{&quantityText, []string{"300ms", "85%", "85 %", "-1_000.5e3", ".5GiB", "1m30s"}, []string{"", "fast", "1.2.3", "--1"}},
		{&boundText, []string{"+Inf", "-.inf", "Infinity", "1"}, []string{"", "in", "+-Inf"}},
		{&colorText, []string{"red", "semi-dark-blue", "#fff", "#c0ffee00", "transparent"}, []string{"dark-white", "#ffff", "rot"}},
		{&legendText, []string{"{{pod}}", "p{90} {{ le }}", "{{{a}}"}, []string{"{{$labels.pod}}", "{{a", "{{a b}}"}},
		{&pathText, []string{"models/**/*.yaml", ".", "a..b"}, []string{"/x", "a/../b", "C:/x", `a\b`, "http://x"}},
		{&labelText, []string{"pod", "_x"}, []string{"__x", "le", "quantile", "a-b", "1a"}},
	} {
		fits := func(s string) bool {
			return regexp.MustCompile(c.text.match).MatchString(s) && regexp.MustCompile(c.text.also).MatchString(s) &&
				(c.text.never == "" || !regexp.MustCompile(c.text.never).MatchString(s))
		}
		for _, s := range c.good {
			if !fits(s) {
				t.Errorf("%q does not fit %s", s, c.text.match)
			}
		}
		for _, s := range c.bad {
			if fits(s) {
				t.Errorf("%q fits %s", s, c.text.match)
			}
		}
	}
	p := regexp.MustCompile(templatePattern([]string{"value", "labels"}))
	for s, want := range map[string]bool{"is {{ $value }} on {{$labels.pod}}": true, "{a}": true, "{{ $model }}": false, "{{ value }}": false, "{{": false, "a {{ $labels }}": false} {
		if p.MatchString(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}

// Patterns are written so that ECMAScript reads them as Go does.
func TestPatternsArePortable(t *testing.T) {
	portable := regexp.MustCompile(`\(\?[^:]|\\[^sSdDwWnt.*+?^$(){}\[\]\\|/-]|\[\[:`)
	for _, name := range Schemas() {
		data, err := Schema(name)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		patterns := stringsUnder(doc, "pattern")
		if len(patterns) < 20 {
			t.Errorf("only %d patterns in %s", len(patterns), name)
		}
		for _, p := range patterns {
			if portable.MatchString(p) {
				t.Errorf("%s: %s", name, p)
			}
		}
	}
}

func stringsUnder(v any, key string) (list []string) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if s, ok := x.(string); ok && k == key {
				list = append(list, s)
			}
			list = append(list, stringsUnder(x, key)...)
		}
	case []any:
		for _, x := range v {
			list = append(list, stringsUnder(x, key)...)
		}
	}
	slices.Sort(list)
	return list
}

// Whatever stands in the place of a value or key: if the spec still loads, its schema takes it.
func TestSchemasAreNoStricter(t *testing.T) {
	for _, text := range []string{whole, wholeSLOs, wholeChecks} {
		noStricter(t, text)
	}
}

func noStricter(t *testing.T, whole string) {
	schema := compiled(t, "spec")
	lib := NewLibrary(&diag.Report{})
	l := &loader{file: diag.NewFile("m.yaml", []byte(whole)), rep: &diag.Report{}, ws: DefaultWorkspace()}
	root, _ := l.parse()
	if root == nil {
		t.Fatal(show(l.rep))
	}
	others := []string{`"404"`, `1.10`, `True`, `" x "`, `'5m '`, `85 %`, `.inf`, `[1.1, 1.10]`, `{a: b}`, `""`, `"{{a}} {b"`}
	loaded, least, places := 0, 100, 0
	if testing.Short() {
		least = 10
	}
	var visit func(n *node)
	visit = func(n *node) {
		for _, c := range n.content {
			visit(c)
		}
		if n == root || n.kind == scalarNode && strings.Contains(n.value, "\n") {
			return
		}
		places++
		for i, other := range others {
			if testing.Short() && (places+i)%len(others) != 0 {
				continue // each of the others at one place in eleven; at all of them without -short, as in .ci/run
			}
			text := whole[:n.start] + other + whole[n.end:]
			if Load(diag.NewFile("m.yaml", []byte(text)), DefaultWorkspace(), lib, &diag.Report{}) == nil {
				continue
			}
			loaded++
			value, ok := instance([]byte(text))
			if !ok {
				t.Fatalf("no YAML: %s", text)
			}
			if err := schema.Validate(value); err != nil {
				t.Errorf("%s instead of %s: %s", other, whole[n.start:n.end], err)
			}
		}
	}
	visit(root)
	if loaded < least {
		t.Errorf("only %d specs load", loaded)
	}
}
