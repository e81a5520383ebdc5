package main

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // as main does, for the tests that call Main
	testscript.Main(m, map[string]func(){"mlobs-gen": main})
}

// TestScripts runs the command as users do: testdata/script has one file per thing it promises.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("MLOBS_UPDATE") != "",
		Setup: func(env *testscript.Env) error {
			// A workspace is not looked for above a repository: nothing above the test can disturb it.
			return os.Mkdir(filepath.Join(env.WorkDir, ".git"), 0o755)
		},
		Condition: func(name string) (bool, error) {
			return name == "root" && os.Geteuid() == 0, nil
		},
	})
}
