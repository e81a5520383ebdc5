package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
	"github.com/mlobs-gen/mlobs-gen/internal/planner"
	"github.com/mlobs-gen/mlobs-gen/internal/soak"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// FuzzCompile feeds the whole compiler with any workspace and any spec. Whatever they are: nothing
// panics; every message stands inside its file; and a spec without an error gives files that the
// checkers of their formats accept.
func FuzzCompile(f *testing.F) {
	for _, seed := range compileSeeds(f) {
		f.Add(seed[0], seed[1])
	}
	var broken diag.Report
	library := spec.NewLibrary(&broken)
	p := planner.New(library)
	f.Fuzz(func(t *testing.T, workspace, text string) { compileAnything(t, library, p, workspace, text) })
}

// TestSoakCompile is FuzzCompile without the fuzzer: `go test ./golden -run TestSoakCompile -soak 10000000`.
func TestSoakCompile(t *testing.T) {
	var broken diag.Report
	library := spec.NewLibrary(&broken)
	p := planner.New(library)
	soak.Run(t, compileSeeds(t), func(t testing.TB, input []string) { compileAnything(t, library, p, input[0], input[1]) })
}

// compileSeeds are pairs of a workspace and a spec: all examples, all fixtures of faults, and what strangers
// might write.
func compileSeeds(f testing.TB) (seeds [][]string) {
	f.Helper()
	add := func(workspace, text string) { seeds = append(seeds, []string{workspace, text}) }
	example, err := os.ReadFile("../examples/spell-cifar10/models/cnn-cifar10.yaml")
	if err != nil {
		f.Fatal(err)
	}
	workspace, err := os.ReadFile("../examples/spell-cifar10/mlobs.yaml")
	if err != nil {
		f.Fatal(err)
	}
	add(string(workspace), string(example))
	add("version: mlobs/v1\n", string(example))
	add(`version: mlobs/v1
alerting: [grafana, prometheus] # mlobs:allow two-evaluators: every output at once
emit: [dashboards, kubernetes, alertmanager]
severities: {page: "cri$tical {{ x }}", ticket: 'a"b\c'}
labels: {team: "$HOME {{ $labels.x }}"}
contacts: {a: {slack: {channel: "#x{{y}}$z", url: {file: /run/a}}}, b: {email: {to: "a$b@example.org"}}}
routes: [{severity: page, owner: o, to: a}, {to: b}]
kubernetes: {namespace: monitoring, labels: {release: "1.10"}}
`, strings.Replace(string(example), "scrape: {interval: 1s}", "scrape: {port: http, labels: {app: \"yes\"}}", 1))
	add("version: mlobs/v1\n", `version: mlobs/v1
model: m
owner: "o'{{ $x }}"
title: "a $pod ${datasource} [[pod]] {{ .Labels }} <b>\u202e"
selector: {service: 'a"b\c$pod'}
metrics:
  x: {type: gauge, labels: {l: ["a$b", 'c"d', "e\nf"]}}
dashboard:
  variables: [l]
  rows: [{title: "$x", text: "# t ${x}", panels: [{title: "p $x", query: 'max by (l) (x{l!="$y"})', legend: "{{l}} $l"}]}]
alerts:
  - {name: A, query: 'max by (l) (x)', outside: [1, 2], summary: "{{ $labels.l }} }} {{ $value }} $x", for: 90s}
  - {name: B, expr: 'x > 1 # note', severity: page}
  - {name: C, query: x, absent: 1d}
`)
	faults, err := filepath.Glob("../spec/testdata/faults/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range faults {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if filepath.Base(name) == "workspace.txtar" {
				add(string(file.Data), "version: mlobs/v1\nmodel: m\n")
			} else {
				add("version: mlobs/v1\n", string(file.Data))
			}
		}
	}
	models, err := filepath.Glob("../examples/*/models/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range models {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		workspace, err := os.ReadFile(filepath.Join(filepath.Dir(path), "..", "mlobs.yaml"))
		if err != nil {
			f.Fatal(err)
		}
		add(string(workspace), string(text))
	}
	return seeds
}

// compileAnything holds for every workspace and every spec. The planner is shared, as by all models of a run:
// what roles and profiles say is parsed once.
func compileAnything(t testing.TB, library *spec.Library, builder *planner.Planner, workspace, text string) {
	rep := &diag.Report{}
	ws := spec.LoadWorkspace(diag.NewFile("mlobs.yaml", []byte(workspace)), rep)
	if ws == nil {
		check(t, rep)
		return
	}
	pws := planner.Workspace(ws, rep)
	m := spec.Load(diag.NewFile("m.yaml", []byte(text)), ws, library, rep)
	if m == nil && pws != nil {
		if part, complete := spec.Salvage(diag.NewFile("m.yaml", []byte(text)), ws, library); part != nil {
			builder.Check(part, complete, ws, pws, rep)
		}
	}
	if m == nil || pws == nil {
		check(t, rep)
		return
	}
	p := builder.Build(m, ws, pws, rep)
	if p == nil {
		check(t, rep)
		return
	}
	if rep.Failed() {
		t.Fatal("planned in spite of errors")
	}
	for _, target := range scenario.Targets() {
		if !target.Wants(pws) {
			continue
		}
		var files []generators.File
		if target.Model != nil {
			var err error
			if files, err = target.Model(p); err != nil {
				t.Fatalf("%s: %v", target.Name, err)
			}
		}
		if target.Workspace != nil {
			more, err := target.Workspace(pws)
			if err != nil {
				t.Fatalf("%s: %v", target.Name, err)
			}
			files = append(files, more...)
		}
		for _, file := range files {
			if !filepath.IsLocal(file.Path) {
				t.Fatalf("%s leads out of the output folder", file.Path)
			}
			if err := scenario.Verify(file, pws); err != nil {
				t.Fatalf("%s: %v", file.Path, err)
			}
		}
	}
}

// check: what failed says why, inside the text that it is about.
func check(t testing.TB, rep *diag.Report) {
	if !rep.Failed() {
		t.Fatal("refused without an error")
	}
	for _, d := range rep.All() {
		if s := d.Span; !s.IsZero() && (s.Start < 0 || s.End < s.Start || s.End > len(s.File.Data)) {
			t.Fatalf("%q at %d to %d, outside its file", d.Message, s.Start, s.End)
		}
		if d.Message == "" {
			t.Fatal("an error without words")
		}
	}
}
