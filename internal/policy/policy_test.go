// Package policy has no code: its test keeps the way of the data plain. Each package has a place in the
// order load → plan → lint → generate → write, and may import only what stands before it.
package policy

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/mlobs-gen/mlobs-gen/"

// allowed says which of our packages a package may import; the table of docs/architecture.md.
var allowed = map[string][]string{
	"internal/diag":         {},
	"internal/metric":       {"internal/diag"},
	"internal/promql":       {"internal/diag", "internal/metric"},
	"spec":                  {"internal/diag", "internal/metric"},
	"internal/plan":         {"internal/diag", "internal/metric", "internal/promql"},
	"internal/derive":       {"internal/diag", "internal/metric", "internal/promql", "spec", "internal/plan"},
	"internal/slo":          {"internal/diag", "internal/metric", "internal/promql", "spec", "internal/plan", "internal/derive"},
	"internal/checks":       {"internal/diag", "internal/metric", "internal/promql", "spec", "internal/plan", "internal/derive"},
	"internal/planner":      {"internal/diag", "internal/metric", "internal/promql", "spec", "internal/plan", "internal/derive", "internal/slo", "internal/checks"},
	"internal/cost":         {"internal/diag", "internal/metric", "internal/exposition", "internal/promql", "internal/plan"},
	"lint":                  {"internal/diag", "internal/metric", "internal/promql", "internal/plan"},
	"generators":            {"internal/plan"},
	"generators/dashboards": {"generators", "internal/plan"},
	"generators/alerts":     {"generators", "generators/dashboards", "internal/plan"},
	"generators/kubernetes": {"generators", "generators/alerts", "generators/dashboards", "internal/plan"},
	"internal/exposition":   {"internal/diag", "internal/metric", "internal/promql"},
	"internal/adopt":        {"internal/diag", "internal/metric", "internal/promql", "internal/plan"},
	"internal/source":       {"internal/diag"},
	"internal/report":       {"internal/diag"},
	"internal/output":       {"generators", "internal/diag", "internal/plan"},
	"internal/compile":      {"internal/diag", "internal/metric", "internal/promql", "spec", "internal/plan", "internal/planner", "lint", "internal/adopt", "internal/exposition", "generators", "internal/source", "internal/output"},
	"internal/enginetest":   {"internal/plan"},
	"internal/soak":         {}, // tests only
	"internal/workload":     {}, // tests only
	"internal/policy":       {},
	"examples":              nil, // tests only, as golden
	"golden":                nil,
	"cmd/mlobs-gen":         {"*"},

	// Tests only: the whole way, from a spec to what fires.
	"internal/enginetest/scenario": {"internal/diag", "internal/plan", "generators", "generators/alerts", "generators/dashboards", "generators/kubernetes", "internal/compile", "internal/source", "internal/enginetest"},
}

// outside are the packages that reach the machine or change from run to run: only these three may.
var (
	outside = []string{"os", "os/exec", "net", "net/http", "math/rand", "math/rand/v2", "crypto/rand"}
	may     = []string{"cmd/mlobs-gen", "internal/source", "internal/output"}
	// forTests are no part of the program.
	forTests = []string{"internal/enginetest", "internal/enginetest/scenario", "internal/soak", "internal/workload"}
)

type goPackage struct {
	ImportPath string
	Imports    []string
	GoFiles    []string
}

func TestImports(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range list(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		seen[name] = true
		want, known := allowed[name]
		if !known {
			t.Errorf("%s is not in the table: say what it may import, and show it in docs/architecture.md", name)
			continue
		}
		for _, i := range p.Imports {
			ours, isOurs := strings.CutPrefix(i, module)
			switch {
			case isOurs && !slices.Contains(want, "*") && !slices.Contains(want, ours):
				t.Errorf("%s imports %s, which stands behind it", name, ours)
			case slices.Contains(outside, i) && !slices.Contains(may, name) && !slices.Contains(forTests, name):
				t.Errorf("%s imports %s: only %s reach the machine", name, i, strings.Join(may, ", "))
			}
		}
	}
	for name := range allowed {
		if name != "lint" && !seen[name] {
			t.Errorf("%s is in the table and does not exist", name)
		}
	}
}

// TestClock keeps the time of day, init functions and global state that changes out of the compiler:
// the same input gives the same bytes.
func TestClock(t *testing.T) {
	out, err := exec.Command("git", "grep", "-n", "-E", `time\.(Now|Since)\(|^func init\(\)`, "--", "../../*.go", ":!../../*_test.go", ":!../../cmd", ":!../../internal/source", ":!../../internal/output", ":!../../internal/soak").Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Skipf("git cannot search: %v", err)
	}
	if exit != nil && exit.ExitCode() > 1 {
		t.Skipf("not a Git checkout: %s", exit.Stderr)
	}
	if len(out) > 0 {
		t.Errorf("the clock and init are not for the compiler:\n%s", out)
	}
}

func list(t *testing.T) (packages []goPackage) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,GoFiles", module+"...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages
		case err != nil:
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
