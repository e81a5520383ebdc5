package golden

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
)

// diffFolder holds, for versions of Grafana between the goldens and after them, how their files differ
// from those for version 12.
const diffFolder = "diffs"

// TestDiffs: versions without a golden of their own differ from 12 as recorded, and nowhere else.
func TestDiffs(t *testing.T) {
	schemas := loadSchemas(t)
	var known []string
	for _, e := range examples {
		if len(e.diffs) == 0 {
			continue
		}
		bases := []recorded{{"12", newGolden("", e.name, "12").compile(t, schemas)}}
		seven := recorded{"7.1", newGolden("", e.name, "7.1").compile(t, schemas)}
		for _, version := range e.diffs {
			got := newGolden("", e.name, version).compile(t, schemas)
			diff := differences(t, got, append(slices.Clone(bases), seven))
			bases = append(bases, recorded{version, got})
			name := e.name + "-grafana" + version + ".diff"
			known = append(known, name)
			t.Run(name, func(t *testing.T) { recordDiff(t, filepath.Join(diffFolder, name), diff) })
		}
	}
	onlyKnown(t, diffFolder, known)
}

// recorded is what a version of Grafana gets.
type recorded struct {
	version string
	files   map[string][]byte
}

func recordDiff(t *testing.T, file, diff string) {
	t.Helper()
	if update {
		if err := os.MkdirAll(diffFolder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(diff), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != diff {
		t.Errorf("%s differs (MLOBS_UPDATE=1 records it):\n%s", file, udiff.Unified("recorded", "generated", string(want), diff))
	}
}

// differences says how files differ from those of the first of bases, which is version 12. A file that it
// does not have, such as the legacy alerts, is held against the next that has it.
func differences(t *testing.T, got map[string][]byte, bases []recorded) string {
	t.Helper()
	all := maps.Clone(got)
	maps.Copy(all, bases[0].files)
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(all)) {
		base := bases[0]
		if i := slices.IndexFunc(bases, func(r recorded) bool { return r.files[path] != nil }); i >= 0 {
			base = bases[i]
		}
		was, is := base.files[path], got[path]
		if bytes.Equal(was, is) {
			continue
		}
		fmt.Fprintf(&b, "%s (was: Grafana %s)\n", path, base.version)
		if filepath.Ext(path) == ".json" {
			b.WriteString(compareJSON(t, was, is))
		} else {
			b.WriteString(udiff.Unified("was", "is", string(was), string(is)))
		}
	}
	return b.String()
}

// compareJSON lists the values that went and came, one in a line with its path: a hunk of a unified diff
// would not say where it stands, and would have line numbers, which change with every line above. Panels
// are matched by their id, whatever their place in the list. What changes in several panels is said once.
func compareJSON(t *testing.T, was, is []byte) string {
	t.Helper()
	before, after := sections(t, was), sections(t, is)
	all := maps.Clone(after)
	maps.Copy(all, before)
	where := map[string][]string{} // by change
	var changes []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		a, b := before[key].values, after[key].values
		paths := maps.Clone(a)
		maps.Copy(paths, b)
		title := after[key].title
		if b == nil {
			title = before[key].title
		}
		for _, path := range slices.Sorted(maps.Keys(paths)) {
			change := ""
			if old, ok := a[path]; ok && old != b[path] {
				change += "- " + path + ": " + old + "\n"
			}
			if now, ok := b[path]; ok && now != a[path] {
				change += "+ " + path + ": " + now + "\n"
			}
			if change == "" {
				continue
			}
			if where[change] == nil {
				changes = append(changes, change)
			}
			where[change] = append(where[change], title)
		}
	}
	// Changes in the same panels stand together.
	var out strings.Builder
	last := ""
	slices.SortStableFunc(changes, func(a, b string) int { return slices.Compare(where[a], where[b]) })
	for _, change := range changes {
		if at := strings.Join(where[change], "; "); at != last {
			out.WriteString("@@ " + at + "\n")
			last = at
		}
		out.WriteString(change)
	}
	return out.String()
}

// section is a panel, or the board without its panels: its title and its values by path.
type section struct {
	title  string
	values map[string]string
}

// sections takes a JSON file apart: panels by their id, the rest under an empty key.
func sections(t *testing.T, data []byte) map[string]section {
	t.Helper()
	out := map[string]section{}
	if data == nil {
		return out
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var board map[string]any
	if err := dec.Decode(&board); err != nil {
		t.Fatal(err)
	}
	list, _ := board["panels"].([]any)
	for _, p := range list {
		panel := p.(map[string]any)
		title, _ := panel["title"].(string)
		out[fmt.Sprint(panel["id"])] = section{title, flatten(map[string]string{}, "", panel)}
	}
	delete(board, "panels")
	out[""] = section{"the board", flatten(map[string]string{}, "", board)}
	return out
}

// flatten collects the values of v by path.
func flatten(into map[string]string, path string, v any) map[string]string {
	switch v := v.(type) {
	case map[string]any:
		for key, e := range v {
			flatten(into, strings.TrimPrefix(path+"."+key, "."), e)
		}
		if len(v) > 0 {
			return into
		}
	case []any:
		for i, e := range v {
			flatten(into, fmt.Sprintf("%s[%d]", path, i), e)
		}
		if len(v) > 0 {
			return into
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // it came from JSON
	}
	into[path] = string(text)
	return into
}

func TestCompareJSON(t *testing.T) {
	was := `{"a": 1, "b": [], "panels": [{"id": 1, "title": "One", "x": {"y": "z"}}, {"id": 2, "title": "Two", "x": {"y": "z"}}, {"id": 3, "title": "Gone"}]}`
	is := `{"a": 1.0, "b": [null], "panels": [{"id": 2, "title": "Two", "x": {"y": "w"}}, {"id": 1, "title": "One", "x": {"y": "w"}}]}`
	want := `@@ Gone
- id: 3
- title: "Gone"
@@ One; Two
- x.y: "z"
+ x.y: "w"
@@ the board
- a: 1
+ a: 1.0
- b: []
+ b[0]: null
`
	if got := compareJSON(t, []byte(was), []byte(is)); got != want {
		t.Error(udiff.Unified("want", "got", want, got))
	}
}
