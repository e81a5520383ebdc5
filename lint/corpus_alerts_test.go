package lint_test

import (
	"maps"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/adopt"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/planner"
	"github.com/mlobs-gen/mlobs-gen/lint"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// readFindings is how many warnings and errors the rules of alerts have in the corpus. All of them were read, and
// are right.
var readFindings = map[string]int{"gone-label-in-text": 19}

// Every rule file of the corpus is judged without a crash, and no finding is new. With -v they are shown, for
// people to read.
func TestCorpusOfRules(t *testing.T) {
	files, err := filepath.Glob("../../shared/corpus/rules/*.y*ml")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("the corpus is not at hand")
	}
	counts, unread := map[string]int{}, map[string]int{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var rep diag.Report
		ws := planner.Workspace(spec.LoadWorkspace(nil, &rep), &rep)
		if p := adopt.Read(adopt.Input{File: diag.NewFile(filepath.Base(f), data), Workspace: ws}, &rep); p != nil {
			lint.Run(p, today, &rep)
		}
		for _, d := range rep.All() {
			counts[d.Severity.String()+" "+d.Rule]++
			if r := lint.Lookup(d.Rule); r != nil && r.Group == lint.Alerts && d.Severity >= diag.Warning {
				unread[d.Rule]++
			}
		}
		if testing.Verbose() {
			var b strings.Builder
			if err := diag.Render(&b, rep.All(), diag.Style{}); err != nil {
				t.Fatal(err)
			}
			t.Log(b.String())
		}
	}
	if !maps.Equal(unread, readFindings) {
		t.Errorf("findings %v, of which %v were read", unread, readFindings)
	}
	var lines []string
	for name := range counts {
		lines = append(lines, name)
	}
	sort.Strings(lines)
	for _, name := range lines {
		t.Logf("%4d %s", counts[name], name)
	}
}
