package dashboards_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/generators/dashboards"
)

// sound is a small dashboard without a fault.
const sound = `{
  "uid": "a", "title": "A", "schemaVersion": 41,
  "templating": {"list": [
    {"type": "datasource", "name": "ds", "query": "prometheus"},
    {"type": "query", "name": "pod", "datasource": {"uid": "${ds}"}, "query": "label_values(up, pod)"}
  ]},
  "panels": [
    {"id": 1, "type": "timeseries", "title": "One", "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
     "fieldConfig": {"defaults": {"unit": "s"}, "overrides": [{"matcher": {"id": "byName", "options": "x"}, "properties": [{"id": "unit", "value": "bytes"}]}]},
     "targets": [{"refId": "A", "expr": "label_replace(up{pod=~\"$pod\"}, \"a\", \"$1\", \"b\", \"(.*)$\")"}, {"refId": "B", "expr": "up[$__rate_interval]"}]},
    {"id": 2, "type": "row", "title": "Row", "gridPos": {"x": 0, "y": 8, "w": 24, "h": 1}, "panels": []},
    {"id": 3, "type": "heatmap", "title": "One", "gridPos": {"x": 0, "y": 9, "w": 24, "h": 8}, "options": {"yAxis": {"unit": "s"}},
     "targets": [{"refId": "A", "expr": "up"}]}
  ]
}`

// set changes a generic JSON value at a path of keys and indices; nil removes.
func set(v any, value any, path ...any) {
	for _, step := range path[:len(path)-1] {
		switch step := step.(type) {
		case string:
			v = v.(map[string]any)[step]
		case int:
			v = v.([]any)[step]
		}
	}
	switch last := path[len(path)-1].(type) {
	case string:
		if value == nil {
			delete(v.(map[string]any), last)
			return
		}
		v.(map[string]any)[last] = value
	case int:
		v.([]any)[last] = value
	}
}

func TestCheckFindsFaults(t *testing.T) {
	if problems := dashboards.Check([]byte(sound)); len(problems) > 0 {
		t.Fatalf("the sound one: %v", problems)
	}
	grid := func(x, y, w, h any) map[string]any { return map[string]any{"x": x, "y": y, "w": w, "h": h} }
	panel := func(i int, more ...any) []any { return append([]any{"panels", i}, more...) }
	for _, c := range []struct {
		what  string
		value any
		path  []any
		want  string
	}{
		{"no title", nil, []any{"title"}, "title: is missing"},
		{"no uid", nil, []any{"uid"}, "uid: is missing"},
		{"uid of 41", strings.Repeat("a", 41), []any{"uid"}, "uid: `" + strings.Repeat("a", 41) + "` is not"},
		{"uid with a dot", "a.b", []any{"uid"}, "uid: `a.b` is not"},
		{"an id", 7, []any{"id"}, "id: must be absent"},
		{"no schema", nil, []any{"schemaVersion"}, "schemaVersion: is missing"},
		{"odd schema", 41.5, []any{"schemaVersion"}, "schemaVersion: is not"},
		{"schema of 4", 14, []any{"schemaVersion"}, "schemaVersion: is not"},
		{"no panels", nil, []any{"panels"}, "panels: is missing"},
		{"no place", nil, panel(0, "gridPos"), "panels[0].gridPos: is missing"},
		{"half places", grid(0, 0.5, 12, 8), panel(0, "gridPos"), "must be whole numbers"},
		{"no width", grid(0, 0, nil, 8), panel(0, "gridPos"), "must be whole numbers"},
		{"negative", grid(-1, 0, 12, 8), panel(0, "gridPos"), "is no place"},
		{"flat", grid(0, 0, 12, 0), panel(0, "gridPos"), "is no place"},
		{"too wide", grid(13, 0, 12, 8), panel(0, "gridPos"), "panels[0].gridPos: ends at column 25 of 24"},
		{"overlap", grid(0, 0, 12, 9), panel(0, "gridPos"), "panels[1].gridPos: overlaps panels[0] (`One`)"},
		{"order", grid(0, 20, 24, 8), panel(1, "gridPos"), "panels[2].gridPos: stands above panels[1]"},
		{"no panel id", nil, panel(0, "id"), "panels[0].id: is missing"},
		{"id 0", 0, panel(0, "id"), "panels[0].id: is not between"},
		{"huge id", 1 << 40, panel(0, "id"), "panels[0].id: is not between"},
		{"id as text", "1", panel(0, "id"), "panels[0].id: is not between"},
		{"ids twice", 1, panel(2, "id"), "panels[2].id: 1 is the id of panels[0] too"},
		{"no refId", nil, panel(0, "targets", 0, "refId"), "panels[0].targets[0].refId: is missing"},
		{"refIds twice", "A", panel(0, "targets", 1, "refId"), "panels[0].targets[1].refId: `A` is the refId of panels[0].targets[0] too"},
		{"no type", nil, panel(0, "type"), "panels[0].type: is missing"},
		{"unknown type", "timeserie", panel(0, "type"), "no panel type `timeserie`"},
		{"no panel title", nil, panel(0, "title"), "panels[0].title: is missing"},
		{"no row title", nil, panel(1, "title"), "panels[1].title: is missing"},
		{"open row with panels", []any{map[string]any{"id": 9, "type": "text", "gridPos": grid(0, 9, 1, 1)}}, panel(1, "panels"), "panels[1].panels: panels inside an open row"},
		{"unit", "seconds", panel(0, "fieldConfig", "defaults", "unit"), "panels[0].fieldConfig.defaults.unit: Grafana does not know the unit `seconds`"},
		{"unit of an override", "qps", panel(0, "fieldConfig", "overrides", 0, "properties", 0, "value"), "the unit `qps`"},
		{"unit of an axis", "secs", panel(2, "options", "yAxis", "unit"), "panels[2].options.yAxis.unit: Grafana does not know the unit `secs`"},
		{"empty custom unit", "suffix:", panel(0, "fieldConfig", "defaults", "unit"), "the unit `suffix:`"},
		{"unknown variable", "up{a=\"$nobody\"}", panel(0, "targets", 1, "expr"), "panels[0].targets[1].expr: the variable `nobody` is not defined"},
		{"in braces", "a ${nobody:text}", panel(0, "title"), "panels[0].title: the variable `nobody` is not defined"},
		{"in brackets", "[[nobody]]", panel(0, "targets", 0, "legendFormat"), "the variable `nobody` is not defined"},
		{"repeat", "nobody", panel(0, "repeat"), "panels[0].repeat: the variable `nobody` is not defined"},
		{"unused variable", "up", panel(0, "targets", 0, "expr"), "templating.list[1]: the variable `pod` is used nowhere"},
		{"nameless variable", nil, []any{"templating", "list", 1, "name"}, "templating.list[1].name: is missing"},
		{"variables twice", "ds", []any{"templating", "list", 1, "name"}, "`ds` is the name of templating.list[0] too"},
		{"own use", "label_values(up{pod=\"$pod\"}, pod)", []any{"templating", "list", 1, "query"}, ""},
		{"schema of 7", 26, []any{"schemaVersion"}, "panels[0].type: `timeseries` exists from Grafana 8 on"},
		{"custom unit", "suffix: tok/s", panel(0, "fieldConfig", "defaults", "unit"), ""},
		{"plugin", "vonage-status-panel", panel(0, "type"), ""},
	} {
		var board any
		if err := json.Unmarshal([]byte(sound), &board); err != nil {
			t.Fatal(err)
		}
		set(board, c.value, c.path...)
		data, _ := json.Marshal(board)
		problems := dashboards.Check(data)
		found := c.want == "" && len(problems) == 0
		for _, p := range problems {
			found = found || c.want != "" && strings.Contains(p.String(), c.want)
		}
		if !found {
			t.Errorf("%s: %v, want %q", c.what, problems, c.want)
		}
	}
}

func TestCheckOfRows(t *testing.T) {
	closed := `{"uid":"a","title":"A","schemaVersion":41,"panels":[
	  {"id":1,"type":"row","title":"R","collapsed":true,"gridPos":{"x":0,"y":0,"w":24,"h":1},"panels":[
	    {"id":2,"type":"text","gridPos":{"x":0,"y":1,"w":24,"h":8}},
	    {"id":2,"type":"text","title":"T","gridPos":{"x":0,"y":2,"w":24,"h":8}},
	    {"id":3,"type":"text","title":"T","gridPos":{"x":0,"y":10,"w":24,"h":8}}]},
	  {"id":4,"type":"row","title":"S","gridPos":{"x":0,"y":1,"w":24,"h":1}},
	  {"id":5,"type":"text","title":"T","gridPos":{"x":0,"y":2,"w":24,"h":8}}]}`
	var got []string
	for _, p := range dashboards.Check([]byte(closed)) {
		got = append(got, p.String())
	}
	want := []string{
		"panels[0].panels[1].gridPos: overlaps panels[0].panels[0] (``)",
		"panels[0].panels[1].id: 2 is the id of panels[0].panels[0] too",
		"panels[0].panels[2].title: `T` is the title of panels[0].panels[1] too, in the same row",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

func TestCheckOfOtherThings(t *testing.T) {
	for data, want := range map[string]string{
		"":                                     "not JSON",
		"{":                                    "not JSON",
		"[]":                                   "not a JSON object",
		sound + "{}":                           "something follows",
		`{"dashboard": ` + sound + `}`:         "has no wrapper",
		`{"panels": {"a": 1}, "templating":1}`: "panels: is missing",
	} {
		problems := dashboards.Check([]byte(data))
		if len(problems) == 0 || !strings.Contains(problems[0].String()+problems[len(problems)-1].String()+joinProblems(problems), want) {
			t.Errorf("%.30q: %v, want %q", data, problems, want)
		}
	}
}

func joinProblems(problems []dashboards.Problem) string {
	var b strings.Builder
	for _, p := range problems {
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}

// The hand-made references are sound, and no real dashboard breaks the check.
func TestCheckOfRealDashboards(t *testing.T) {
	references, _ := filepath.Glob("../../../shared/dashboards/*.json")
	corpus, _ := filepath.Glob("../../../shared/corpus/dashboards/*.json")
	if len(references) == 0 {
		t.Skip("no ../shared")
	}
	for i, file := range append(references, corpus...) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		problems := dashboards.Check(data)
		if i < len(references) && len(problems) > 0 {
			t.Errorf("%s: %v", filepath.Base(file), problems)
		}
	}
}

// Every unit that the SDK has a name for is known.
func TestUnitsOfTheSDK(t *testing.T) {
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/grafana/grafana-foundation-sdk/go/units").Output()
	if err != nil {
		t.Skip("the go command does not find the SDK")
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "types_gen.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		lit, ok := node.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		unit, _ := strconv.Unquote(lit.Value)
		var board any
		if err := json.Unmarshal([]byte(sound), &board); err != nil {
			t.Fatal(err)
		}
		set(board, unit, "panels", 0, "fieldConfig", "defaults", "unit")
		data, _ := json.Marshal(board)
		if problems := dashboards.Check(data); len(problems) > 0 {
			t.Errorf("%q: %v", unit, problems)
		}
		n++
		return true
	})
	if n < 200 {
		t.Errorf("only %d units found", n)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(sound))
	f.Add([]byte(`{"panels":[1,null,{"gridPos":1,"targets":[1],"panels":2}],"templating":{"list":[1,{"name":1}]}}`))
	f.Fuzz(func(_ *testing.T, data []byte) { dashboards.Check(data) })
}
