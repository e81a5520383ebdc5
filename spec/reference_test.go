package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// TestReference compares docs/spec.md with the tables; MLOBS_UPDATE=1 writes it.
func TestReference(t *testing.T) {
	text, err := reference()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "../docs/spec.md", []byte(text))
	for _, f := range []format{specFile, workspaceFile, profileFile, roleFile} {
		l := tableLoader(f)
		eachSection(l, func(what, _ string, v *value) {
			for _, field := range v.table() {
				if l.offers(field) && !strings.Contains(text, "\n| `"+field.key+"` | "+field.doc+" |") {
					t.Errorf("`%s` of %s is not on the page", field.key, what)
				}
			}
		})
	}
	for _, m := range regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(text, -1) {
		if !slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool {
			return strings.HasPrefix(line, "#") && anchor(strings.TrimLeft(line, "# ")) == m[1]
		}) {
			t.Errorf("a link to #%s, which is nowhere", m[1])
		}
	}
}

// TestReferenceExamples loads every example of the tables, each in a file that has what it needs.
func TestReferenceExamples(t *testing.T) {
	lib := shelved(t, map[string]string{"ready": "slos: [{name: promised, objective: 99, role: requests}]\nchecks: [{name: watched, drift: a}]\n"}).Reading(sharesBeside)
	used := map[string]bool{}
	for f, name := range map[format]string{specFile: "m.yaml", profileFile: "p.profile.yaml", roleFile: "r.role.yaml", workspaceFile: "w.mlobs.yaml"} {
		l := tableLoader(f)
		eachSection(l, func(what, path string, v *value) {
			for _, field := range v.table() {
				if !l.offers(field) {
					continue
				}
				at := what + "." + field.key
				context, ok := exampleContexts[at]
				if !ok {
					at = what
					if context, ok = exampleContexts[at]; !ok {
						t.Errorf("exampleContexts has neither %s nor %s.%s", what, what, field.key)
					}
				}
				used[at] = true
				example := exampleOf(&field.value)
				block, ok := instance([]byte("k: " + example))
				if flow, good := instance([]byte("{k: " + inFlow(example) + "}")); !ok || !good || fmt.Sprint(flow) != fmt.Sprint(block) {
					t.Errorf("%s.%s: %s is %v, in brackets %v", what, field.key, example, block, flow)
				}
				text := complete(name, strings.ReplaceAll(context, "…", field.key+": "+inFlow(example))+"\n")
				rep := &diag.Report{}
				if !load(name, text, lib, rep) {
					t.Errorf("%s of %s does not load (exampleContexts says what it needs):\n%s%v", field.key, what, text, show(rep))
				}
			}
		})
	}
	for at := range exampleContexts {
		if !used[at] {
			t.Errorf("exampleContexts has %s, which is nowhere", at)
		}
	}
	if len(used) < 30 {
		t.Errorf("only %d sections", len(used))
	}
}

// sharesBeside has one file of shares, whatever its name.
func sharesBeside(*diag.File, string) (*diag.File, error) {
	return diag.NewFile("shares.csv", []byte("cat,0.6\ndog,0.4\n")), nil
}

// Every block of YAML on the page loads.
func TestReferenceBlocks(t *testing.T) {
	page, err := reference()
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(page, -1)
	if len(blocks) != 1+len(referenceBlocks) {
		t.Errorf("%d blocks, and %d are written", len(blocks), 1+len(referenceBlocks))
	}
	for _, b := range blocks {
		name := "m.yaml"
		if strings.Contains(b[1], "contacts:") {
			name = "w.mlobs.yaml"
		}
		rep := &diag.Report{}
		if !load(name, complete(name, b[1]), NewLibrary(rep), rep) {
			t.Errorf("%s\n%v", b[1], show(rep))
		}
	}
}

// What the page says of defaults in code is what holds: written out, it changes nothing.
func TestReferenceDefaults(t *testing.T) {
	l := tableLoader(workspaceFile)
	count := 0
	eachSection(l, func(what, path string, v *value) {
		for _, f := range v.table() {
			fallback := strings.Trim(f.value.fallback, "`")
			if !l.offers(f) || fallback == f.value.fallback {
				continue
			}
			count++
			text := f.key + ": " + fallback
			for _, section := range slices.Backward(strings.Split(path, ".")) {
				if section != "" {
					text = section + ": {" + text + "}"
				}
			}
			rep := &diag.Report{}
			ws := LoadWorkspace(diag.NewFile("mlobs.yaml", []byte("version: mlobs/v1\n"+text+"\n")), rep)
			if ws == nil {
				t.Errorf("%s: %v", text, show(rep))
				continue
			}
			if got, want := values(ws), values(DefaultWorkspace()); got != want {
				t.Errorf("%s is not the default: %s", text, cmp.Diff(want, got))
			}
		}
	})
	if count < 12 {
		t.Errorf("only %d defaults", count)
	}
}

// values writes a workspace without the places of its values.
func values(ws *Workspace) string {
	ws.File = nil
	return regexp.MustCompile(`Span:\{[^{}]*\}`).ReplaceAllString(fmt.Sprintf("%+v", *ws), "")
}
