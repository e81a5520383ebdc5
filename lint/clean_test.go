package lint_test

import (
	"flag"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/workload"
	"github.com/mlobs-gen/mlobs-gen/lint"
)

var cleanModels = flag.Int("clean", 0, "models of each clean world; 0: a few hundred")

// worlds are workspaces of good specs: those of a company, and all shapes that the language allows. The
// function gets the folder of each.
func worlds(t *testing.T, check func(t *testing.T, dir string)) {
	n := *cleanModels
	if n == 0 {
		n = 120
		if testing.Short() {
			n = 15
		}
	}
	const most = 500 // in one workspace
	world := func(name string, files iter.Seq[workload.File]) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for f := range files {
				put(t, dir, f.Path, f.Text)
			}
			check(t, dir)
		})
	}
	for seed := uint64(1); n > 0 && !t.Failed(); seed, n = seed+1, n-most {
		world("mixed", workload.Mixed(min(n, most), seed))
		world("shapes", workload.Shapes(min(n, most), seed))
	}
}

// none reports findings, the first of them in full.
func none(t *testing.T, list []*diag.Diagnostic) {
	t.Helper()
	if len(list) > 0 {
		t.Errorf("%d findings in good specs:\n%s", len(list), rendered(t, list[:min(len(list), 20)]...))
	}
}

// Good specs are clean: no rule finds anything in them, at any severity. `-clean 100000` tries more of them.
func TestCleanWorld(t *testing.T) {
	worlds(t, func(t *testing.T, dir string) { none(t, compiled(t, dir, nil)) })
}

// What roles and profiles bring is held against the same rules as what authors write, although nobody is told:
// their queries are clean in models of every shape.
func TestBroughtQueries(t *testing.T) {
	check := func(t *testing.T, dir string) {
		var rep diag.Report
		var mu sync.Mutex
		sites := 0
		for _, d := range compiled(t, dir, func(p *plan.Plan) {
			mu.Lock()
			defer mu.Unlock()
			for _, s := range lint.Sites(p) {
				if strings.Contains(s.Whole().Text(), "_undeclared") {
					continue // role classes asks for what the spec does not list, which is not there if it is right
				}
				s.Brought = false
				sites++
			}
			lint.RunQueries(p, &rep)
		}) {
			if d.Severity == diag.Error {
				t.Errorf("a good spec has an error:\n%s", rendered(t, d))
			}
		}
		none(t, rep.All())
		if sites == 0 {
			t.Error("no queries at all")
		}
	}
	worlds(t, check)
	examples, err := filepath.Glob("../examples/*/mlobs.yaml")
	if err != nil || len(examples) == 0 {
		t.Fatal("no examples", err)
	}
	for _, path := range examples {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(filepath.Dir(path))); err != nil {
				t.Fatal(err)
			}
			check(t, dir)
		})
	}
}
