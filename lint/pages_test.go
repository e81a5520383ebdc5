package lint_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/adopt"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/planner"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
	"github.com/mlobs-gen/mlobs-gen/lint"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// today is the day of the tests.
const today = "2026-11-29"

// judge runs the linter on an example as the command would.
func judge(t *testing.T, e lint.Example) []*diag.Diagnostic {
	t.Helper()
	if strings.HasSuffix(e.Name, ".json") || strings.HasSuffix(e.Name, ".rules.yml") {
		return judgeForeign(t, e)
	}
	dir := t.TempDir()
	for _, f := range e.Beside {
		put(t, dir, f.Name, f.Text)
	}
	put(t, dir, e.Name, e.Text)
	return compiled(t, dir, nil, e.Name)
}

// judgeForeign runs the linter on a file that somebody else wrote. A spec `contract.yaml` beside it says what
// its metrics are, a `mlobs.yaml` what holds.
func judgeForeign(t *testing.T, e lint.Example) []*diag.Diagnostic {
	t.Helper()
	var rep diag.Report
	var config, contract *diag.File
	for _, f := range e.Beside {
		switch f.Name {
		case source.ConfigName:
			config = diag.NewFile(f.Name, []byte(f.Text))
		case "contract.yaml":
			contract = diag.NewFile(f.Name, []byte(f.Text))
		}
	}
	ws := spec.LoadWorkspace(config, &rep)
	if ws == nil {
		t.Fatal(rep.All()[0].Message)
	}
	library := spec.NewLibrary(&rep)
	in := adopt.Input{File: diag.NewFile(e.Name, []byte(e.Text)), Workspace: planner.Workspace(ws, &rep)}
	if contract != nil {
		m := spec.Load(contract, ws, library, &rep)
		if m == nil {
			t.Fatal(rep.All()[0].Message)
		}
		p := planner.New(library).Build(m, ws, in.Workspace, &rep)
		if p == nil {
			t.Fatal(rep.All()[0].Message)
		}
		in.Schema = p.Contract.Schema.Foreign()
	}
	if p := adopt.Read(in, &rep); p != nil {
		lint.Run(p, today, &rep)
	}
	return rep.All()
}

var wantComment = regexp.MustCompile(`# want ((?:"[^"]*" ?)+)\s*$`)

// wants are the findings that an example must give, by line.
func wants(e lint.Example) []lint.Want {
	list := slices.Clone(e.Wants)
	for i, line := range strings.Split(e.Text, "\n") {
		m := wantComment.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		for _, message := range strings.Split(strings.Trim(strings.TrimSpace(m[1]), `"`), `" "`) {
			list = append(list, lint.Want{Line: i + 1, Message: message})
		}
	}
	return list
}

// Every rule has a page with a bad example, in which it finds what the example says and no other rule finds
// anything, and a good one, in which nothing is found at all: by no rule, at no severity. So no rule is dead,
// and none fires on what another page shows as good.
func TestPages(t *testing.T) {
	for _, r := range lint.Rules() {
		t.Run(r.Name, func(t *testing.T) {
			page, err := lint.Explain(r)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Text) < 100 {
				t.Errorf("the page says too little: %q", page.Text)
			}
			bad, good := 0, 0
			for _, e := range page.Examples {
				if e.Bad {
					bad++
				} else {
					good++
				}
				t.Run(e.Name, func(t *testing.T) { checkExample(t, r, e) })
			}
			if bad == 0 || good == 0 {
				t.Errorf("%d bad and %d good examples", bad, good)
			}
		})
	}
}

func checkExample(t *testing.T, r *lint.Rule, e lint.Example) {
	missing := wants(e)
	if e.Bad != (len(missing) > 0) {
		t.Fatalf("%d findings are wanted", len(missing))
	}
	for _, d := range judge(t, e) {
		line := 0
		if !d.Span.IsZero() {
			line = d.Span.Position().Line
		}
		i := slices.IndexFunc(missing, func(w lint.Want) bool { return w.Line == line && strings.Contains(d.Message, w.Message) })
		if i < 0 || d.Rule != r.Name {
			t.Errorf("not wanted:\n%s", rendered(t, d))
			continue
		}
		missing = slices.Delete(missing, i, i+1)
		if d.Help == "" {
			t.Errorf("no help: %s", d.Message)
		}
	}
	for _, w := range missing {
		t.Errorf("line %d: nothing found that says %q", w.Line, w.Message)
	}
}

// Names, groups and severities are in order, and each line of documentation reads as one.
func TestRules(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range lint.Rules() {
		if seen[r.Name] {
			t.Errorf("two rules %s", r.Name)
		}
		seen[r.Name] = true
		if !regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`).MatchString(r.Name) {
			t.Errorf("%q is no name", r.Name)
		}
		if !slices.Contains(lint.Groups(), r.Group) {
			t.Errorf("%s: group %q", r.Name, r.Group)
		}
		if r.Doc == "" || strings.HasSuffix(r.Doc, ".") || strings.ToLower(r.Doc[:1]) != r.Doc[:1] && !strings.HasPrefix(r.Doc, "PromQL") {
			t.Errorf("%s: doc %q", r.Name, r.Doc)
		}
	}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".txtar"); !seen[name] {
			t.Errorf("%s is the page of no rule", f)
		}
	}
}
