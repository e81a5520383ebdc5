package golden

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
)

// meantInGoldens are rules that find in generated files, which have no silences, what is meant: silenced in the
// spec with a reason, or known to the planner only.
var meantInGoldens = map[string]string{
	// The spec keeps what the hand-made dashboard had, and says so.
	"spell-cifar10":           "{fixed-range: off, long-rate-window: off, counter-without-rate: off}",
	"spell-cifar10-grafana12": "{fixed-range: off, long-rate-window: off, counter-without-rate: off}",
	// A batch job: a value holds from run to run, and waiting changes nothing.
	"nightly": "{missing-for: off, for-under-interval: off}",
	// Every kind of check, to be looked at, not to be on call with.
	"fraud": "{large-dashboard: off}",
}

// What we generate is as good as what we ask of others: dashboards and rules of all goldens are linted as if
// somebody had written them, for their version of Grafana, at every severity.
func TestGoldensLintClean(t *testing.T) {
	for _, g := range goldens {
		t.Run(g.folder, func(t *testing.T) {
			dir := t.TempDir()
			files := 0
			err := filepath.WalkDir(g.folder, func(path string, entry fs.DirEntry, err error) error {
				if err != nil || entry.IsDir() {
					return err
				}
				dashboard := strings.HasSuffix(path, ".json") && strings.Contains(filepath.ToSlash(path), "/dashboards/")
				if !dashboard && !strings.HasSuffix(path, ".rules.yaml") {
					return nil
				}
				files++
				data, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				to := filepath.Join(dir, path)
				if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
					return err
				}
				return os.WriteFile(to, data, 0o644)
			})
			if err != nil {
				t.Fatal(err)
			}
			config := "version: mlobs/v1\ngrafana: {version: \"" + g.version + "\"}\nlint:\n  files: ['**/*.json', '**/*.rules.yaml']\n"
			if rules, ok := meantInGoldens[g.folder]; ok {
				config += "  rules: " + rules + "\n"
			}
			if err := os.WriteFile(filepath.Join(dir, source.ConfigName), []byte(config), 0o644); err != nil {
				t.Fatal(err)
			}
			spaces, err := source.Find(dir, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				for _, ws := range spaces {
					if err := ws.Close(); err != nil {
						t.Error(err)
					}
				}
			}()
			result, err := compile.Run(t.Context(), compile.Input{Workspaces: spaces, Mode: compile.Lint, FailOn: diag.Error, Crash: true})
			if err != nil {
				t.Fatal(err)
			}
			if result.Files != files || files == 0 {
				t.Errorf("%d of %d files were judged", result.Files, files)
			}
			var b strings.Builder
			if err := diag.Render(&b, result.Report.All(), diag.Style{}); err != nil {
				t.Fatal(err)
			}
			if b.Len() > 0 {
				t.Error(b.String())
			}
		})
	}
}
