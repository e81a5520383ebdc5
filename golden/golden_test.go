// Package golden has no code: it holds what the workspaces in examples compile to, and the test that
// compares. A change of output is a change of a golden, to be read in review.
//
//	MLOBS_UPDATE=1 go test ./golden
//
// records them. Nothing invalid can be recorded: every file is judged first.
package golden

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
)

// examples are the workspaces, with the versions of Grafana that they are compiled for.
var examples = []struct {
	name string
	// own is the version that mlobs.yaml names, full are others that are recorded whole. Of those in
	// diffs, what differs from version 12 is recorded (golden/diffs); newest first.
	own         string
	full, diffs []string
}{
	{name: "spell-cifar10", own: "7.1", full: []string{"12"}, diffs: []string{"13", "11", "10.4", "9.4", "8.5"}},
	{name: "wine-quality", own: "12"},
	{name: "triton", own: "12"},
	{name: "countries", own: "12"},
	{name: "nightly", own: "12"},
	{name: "scale-to-zero", own: "12"},
	{name: "fraud", own: "12"},
}

// golden is a folder here, with the workspace that it comes from.
type golden struct {
	folder, workspace string
	// version of Grafana.
	version string
	// edit changes mlobs.yaml first: other versions of Grafana are no workspaces of their own.
	edit *strings.Replacer
	// schemas: Grafana's JSON Schemas are for this version.
	schemas bool
}

// goldens are all that are recorded whole.
var goldens = func() (list []golden) {
	for _, e := range examples {
		list = append(list, newGolden(e.name, e.name, e.own))
		for _, version := range e.full {
			list = append(list, newGolden(e.name+"-grafana"+version, e.name, version))
		}
	}
	everything := newGolden("wine-quality-everything", "wine-quality", "12")
	everything.edit = strings.NewReplacer("specs: [models/*.yaml]", everythingElse)
	legacy := newGolden("wine-quality-grafana7.1", "wine-quality", "7.1")
	legacy.edit = strings.NewReplacer(`version: "12"`, `version: "7.1"`, "specs: [models/*.yaml]", legacyToo)
	return append(list, everything, legacy)
}()

// legacyToo asks for legacy alerts, of objectives among others.
const legacyToo = `specs: [models/*.yaml]
alerting: [prometheus, grafana-legacy] # mlobs:allow two-evaluators: every output at once`

// everythingElse asks for the outputs that no example asks for.
const everythingElse = `specs: [models/*.yaml]
alerting: [prometheus, grafana] # mlobs:allow two-evaluators: every output at once
emit: [dashboards, prometheus, kubernetes, alertmanager]
kubernetes: {namespace: monitoring, labels: {release: prometheus-stack}}
contacts:
  oncall: {slack: {channel: "#ml-oncall", url: {file: /run/secrets/slack}}}
  wine-ml: {email: {to: wine-ml@example.org}}
routes: [{severity: page, to: oncall}, {owner: wine-ml, to: wine-ml}, {to: oncall}]`

func newGolden(folder, example, version string) golden {
	edit := []string{`version: "7.1"`, `version: "` + version + `"`, `version: "12"`, `version: "` + version + `"`}
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	if err != nil {
		panic(err)
	}
	if n >= 11 {
		edit = append(edit, "# mlobs:allow two-evaluators: Grafana notifies until everybody has moved\nalerting: [prometheus, grafana-legacy]", "alerting: prometheus")
	}
	return golden{folder, "../examples/" + example, version, strings.NewReplacer(edit...), n >= 12}
}

// compile compiles the workspace of g and judges what comes out.
func (g golden) compile(t *testing.T, schemas *schemas) map[string][]byte {
	t.Helper()
	got := compileWorkspace(t, copyWorkspace(t, g.workspace, g.edit))
	for path, data := range got {
		if strings.HasSuffix(path, ".json") && !strings.HasPrefix(path, ".mlobs/") && parseQueries(t, path, data) == 0 {
			t.Errorf("%s has no query", path)
		}
		if strings.HasPrefix(path, "dashboards/") && g.schemas {
			schemas.judge(t, path, data)
		}
	}
	if t.Failed() {
		t.Fatal("not recorded, since it is not valid")
	}
	return got
}

var update = os.Getenv("MLOBS_UPDATE") != ""

func TestGoldens(t *testing.T) {
	schemas := loadSchemas(t)
	known := []string{diffFolder}
	for _, g := range goldens {
		known = append(known, g.folder)
		t.Run(g.folder, func(t *testing.T) {
			got := g.compile(t, schemas)
			if update {
				record(t, g.folder, got)
				return
			}
			compare(t, g.folder, got)
		})
	}
	onlyKnown(t, ".", known)
}

// onlyKnown: a golden that nothing compiles to is one that nobody checks.
func onlyKnown(t *testing.T, folder string, known []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") && !slices.Contains(known, e.Name()) {
			t.Errorf("nothing compiles to %s", e.Name())
		}
	}
}

// copyWorkspace copies the sources of a workspace, not what was generated there.
func copyWorkspace(t testing.TB, from string, edit *strings.Replacer) string {
	t.Helper()
	to := t.TempDir()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == "generated" {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if edit != nil && d.Name() == "mlobs.yaml" {
			data = []byte(edit.Replace(string(data)))
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// compileWorkspace compiles a workspace as the command does and returns the files by path, each judged
// by the checkers of its format.
func compileWorkspace(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	workspaces, err := source.Find(dir, []string{"."}, nil)
	if err != nil {
		t.Fatal(err)
	}
	result, err := compile.Run(t.Context(), compile.Input{
		Workspaces: workspaces, Mode: compile.Write,
		Targets: scenario.Targets(),
		Verify:  scenario.Verify,
	})
	for _, ws := range workspaces {
		err = errors.Join(err, ws.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range result.Report.All() {
		t.Error(d.Message)
	}
	return readFolder(t, filepath.Join(dir, "generated"))
}

// parseQueries parses every query of a dashboard, wherever it stands.
func parseQueries(t testing.TB, path string, data []byte) (n int) {
	t.Helper()
	var board any
	if err := json.Unmarshal(data, &board); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for key, e := range v {
				if expr, ok := e.(string); ok && key == "expr" {
					n++
					if _, err := promql.ParseExpr(expr); err != nil {
						t.Errorf("%s: %s: %v", path, expr, err)
					}
				}
				walk(e)
			}
		}
	}
	walk(board)
	return n
}

func readFolder(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(rel)], err = os.ReadFile(path)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

// compare looks both ways: what is generated must be recorded, what is recorded must be generated.
func compare(t *testing.T, folder string, got map[string][]byte) {
	t.Helper()
	want := readFolder(t, folder)
	for path, data := range got {
		switch recorded, ok := want[path]; {
		case !ok:
			t.Errorf("%s is generated and not recorded", path)
		case !bytes.Equal(recorded, data):
			diff := udiff.Unified("recorded", "generated", string(recorded), string(data))
			if len(diff) > 4000 {
				diff = diff[:4000] + "\n…"
			}
			t.Errorf("%s differs (MLOBS_UPDATE=1 records it):\n%s", path, diff)
		}
	}
	for path := range want {
		if _, ok := got[path]; !ok {
			t.Errorf("%s is recorded and no longer generated", path)
		}
	}
}

func record(t *testing.T, folder string, got map[string][]byte) {
	t.Helper()
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	for path, data := range got {
		path = filepath.Join(folder, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// schemas are Grafana's own JSON Schemas for version 12; they are not part of this repository.
type schemas struct{ dashboard *jsonschema.Schema }

func loadSchemas(t *testing.T) *schemas {
	t.Helper()
	files, err := filepath.Glob("../../shared/schemas/*.jsonschema.json")
	if err != nil || len(files) == 0 {
		t.Log("Grafana's JSON Schemas are not at hand: dashboards are judged by our own checks only")
		return &schemas{}
	}
	c := jsonschema.NewCompiler()
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource("mem:///"+strings.TrimSuffix(filepath.Base(file), ".jsonschema.json"), doc); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile("mem:///dashboard")
	if err != nil {
		t.Fatal(err)
	}
	return &schemas{s}
}

func (s *schemas) judge(t *testing.T, path string, data []byte) {
	t.Helper()
	if s.dashboard == nil {
		return
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.dashboard.Validate(v); err != nil {
		t.Errorf("%s: %v", path, err)
	}
}
