package dashboards

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
)

// Problem is something in a dashboard that Grafana takes without a word and shows wrongly.
type Problem struct {
	// Path leads to the place: `panels[3].targets[0].refId`. Empty: the whole file.
	Path string
	// Message is in lower case, with code in back quotes and no full stop.
	Message string
}

func (p Problem) String() string {
	if p.Path == "" {
		return p.Message
	}
	return p.Path + ": " + p.Message
}

// Check judges a dashboard file: ours, or anybody's. It finds what no schema can: panels that overlap or
// leave the grid, ids and refIds that are missing or twice, an unusable uid, units and panel types that
// Grafana does not know, variables that are not defined or not used, rows out of order, titles that are
// missing or twice. The problems are in the order of the file.
func Check(data []byte) []Problem {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var root any
	if err := dec.Decode(&root); err != nil {
		return []Problem{{Message: "not JSON: " + err.Error()}}
	}
	if _, err := dec.Token(); err != io.EOF {
		return []Problem{{Message: "something follows the JSON object"}}
	}
	board, ok := root.(map[string]any)
	if !ok {
		return []Problem{{Message: "not a JSON object"}}
	}
	if inner, wrapped := board["dashboard"].(map[string]any); wrapped && board["panels"] == nil {
		return append([]Problem{{Path: "dashboard", Message: "a dashboard file has no wrapper; Grafana refuses it"}}, checkBoard(inner)...)
	}
	return checkBoard(board)
}

func checkBoard(board map[string]any) []Problem {
	c := &checker{board: board, ids: map[string]string{}}
	c.head()
	c.panels()
	c.units("", board)
	c.variables()
	return c.problems
}

type checker struct {
	board    map[string]any
	problems []Problem
	// ids are the panel ids seen, with the path of the first panel that has them.
	ids map[string]string
	// schema is the schemaVersion, 0 if unknown.
	schema int
	// unitIDs are the units that Grafana knows, sorted; filled when first asked.
	unitIDs []string
}

func (c *checker) report(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{path, fmt.Sprintf(format, args...)})
}

var uidForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

// Schema versions that exist: dashboards before 5 had rows instead of a grid.
const oldestSchema, newestSchema = 16, 60

func (c *checker) head() {
	if stringOf(c.board["title"]) == "" {
		c.report("title", "is missing: Grafana does not load the file")
	}
	switch uid := stringOf(c.board["uid"]); {
	case c.board["uid"] == nil || uid == "":
		c.report("uid", "is missing: Grafana makes a new one with each import, and links break")
	case !uidForm.MatchString(uid):
		c.report("uid", "`%s` is not 1 to 40 of `a-z A-Z 0-9 _ -`", uid)
	}
	if id := c.board["id"]; id != nil {
		c.report("id", "must be absent: it belongs to one server's database")
	}
	schema, ok := wholeNumber(c.board["schemaVersion"])
	switch {
	case c.board["schemaVersion"] == nil:
		c.report("schemaVersion", "is missing: Grafana migrates the file as if it were the oldest")
	case !ok || schema < oldestSchema || schema > newestSchema:
		c.report("schemaVersion", "is not a version of Grafana 5 or later")
	default:
		c.schema = schema
	}
	if _, ok := c.board["panels"].([]any); !ok {
		c.report("panels", "is missing")
	}
}

// stringOf is a string value; empty for anything else.
func stringOf(v any) string {
	s, _ := v.(string)
	return s
}

// wholeNumber is a number without a fraction.
func wholeNumber(v any) (int, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int(f), true
}

// objects are the elements of a list that are objects, with their paths.
func objects(path string, v any) (out []object) {
	list, _ := v.([]any)
	for i, element := range list {
		if o, ok := element.(map[string]any); ok {
			out = append(out, object{fmt.Sprintf("%s[%d]", path, i), o})
		}
	}
	return out
}

type object struct {
	path   string
	fields map[string]any
}

func (o object) at(name string) string { return o.path + "." + name }

func (o object) text(name string) string { return stringOf(o.fields[name]) }

// units checks every place that names a unit, wherever it stands.
func (c *checker) units(path string, v any) {
	switch v := v.(type) {
	case []any:
		for i, element := range v {
			c.units(fmt.Sprintf("%s[%d]", path, i), element)
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			at := key
			if path != "" {
				at = path + "." + key
			}
			if unit, ok := v[key].(string); ok && isUnit(path, key, v) && unit != "" && !c.knownUnit(unit) && !strings.ContainsAny(unit, "$[") {
				c.report(at, "Grafana does not know the unit `%s` and prints it behind the number", unit)
			}
			c.units(at, v[key])
		}
	}
}

// isUnit: the key names a unit in field settings, in options, in an override or on an axis.
func isUnit(path, key string, parent map[string]any) bool {
	switch key {
	case "unit":
		return strings.HasSuffix(path, "fieldConfig.defaults") || strings.HasSuffix(path, ".yAxis") || strings.HasSuffix(path, ".cellValues")
	case "value":
		return parent["id"] == "unit"
	case "format":
		return strings.Contains(path, "yaxes[") || strings.HasSuffix(path, ".yAxis")
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
