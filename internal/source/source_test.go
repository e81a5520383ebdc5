package source_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/source"
)

// tree writes files into a new folder; a name that ends in a slash is a folder, `link -> target` a link.
func tree(t *testing.T, names ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range names {
		link, target, isLink := strings.Cut(name, " -> ")
		full := filepath.Join(root, link)
		if strings.HasSuffix(name, "/") {
			must(t, os.MkdirAll(full, 0o755))
			continue
		}
		must(t, os.MkdirAll(filepath.Dir(full), 0o755))
		if isLink {
			must(t, os.Symlink(target, full))
		} else {
			must(t, os.WriteFile(full, []byte("# "+name+"\n"), 0o644))
		}
	}
	return root
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var files = []string{
	".git/config", "up.yaml",
	"one/mlobs.yaml", "one/models/a.yaml", "one/models/sub/b.yaml", "one/models/notes.txt", "one/other/x.yaml",
	"one/generated/models/g.yaml", "one/nested/mlobs.yaml", "one/nested/models/n.yaml",
	"two/mlobs.yaml", "two/models/c.yaml", "two/node_modules/p/mlobs.yaml", ".hidden/mlobs.yaml",
	"alone/s.yaml", "alone/t.yaml", "empty/",
}

// specs is where specs lie if mlobs.yaml does not say.
var specs = []string{"models/**/*.yaml"}

// describe is the outcome of a search in one line: dir(within)[*]: specs !strangers +profiles ?asked; …
func describe(t *testing.T, list []*source.Workspace, patterns source.Patterns) string {
	t.Helper()
	var parts []string
	for _, ws := range list {
		s, err := ws.Select(patterns)
		must(t, err)
		text := ws.Dir + "(" + ws.Within + ")"
		if ws.Whole {
			text += "*"
		}
		text += ": " + strings.Join(s.Specs, " ")
		if len(s.Strangers) > 0 {
			text += " !" + strings.Join(s.Strangers, " ")
		}
		if len(s.Profiles) > 0 {
			text += " +" + strings.Join(s.Profiles, " ")
		}
		if len(s.Asked) > 0 {
			text += " ?" + strings.Join(s.Asked, " ")
		}
		if len(s.Idle) > 0 {
			text += " idle " + strings.Join(s.Idle, " ")
		}
		parts = append(parts, strings.TrimSpace(text))
		must(t, ws.Close())
	}
	return strings.Join(parts, "; ")
}

func TestFind(t *testing.T) {
	root := tree(t, files...)
	tests := []struct {
		name, cwd string
		args      []string
		patterns  string
		want      string
	}{
		{"no argument, at the root of a workspace", "one", nil, "", ".(.)*: models/a.yaml models/sub/b.yaml"},
		{"no argument, further down", "one/models/sub", nil, "", "../..(.)*: models/a.yaml models/sub/b.yaml"},
		{"a workspace folder", ".", []string{"one"}, "", "one(.)*: models/a.yaml models/sub/b.yaml"},
		{"its mlobs.yaml", ".", []string{"one/mlobs.yaml"}, "", "one(.)*: models/a.yaml models/sub/b.yaml"},
		{"a spec of a workspace", ".", []string{"one/models/a.yaml"}, "", "one(.): models/a.yaml"},
		{"a spec that no pattern matches", ".", []string{"one/other/x.yaml"}, "", "one(.): other/x.yaml !other/x.yaml"},
		{"a folder inside a workspace", ".", []string{"one/models/sub"}, "", "one(.): models/sub/b.yaml"},
		{"the folder one stands in, inside a workspace", "one/models", []string{"."}, "", "..(.): models/a.yaml models/sub/b.yaml"},
		{"a folder with several workspaces", ".", []string{"."}, "", "one(one)*: models/a.yaml models/sub/b.yaml; two(two)*: models/c.yaml"},
		{"a spec and its workspace", ".", []string{"one/models/a.yaml", "one"}, "", "one(.)*: models/a.yaml models/sub/b.yaml"},
		{"the same spec three times", ".", []string{"one/models/a.yaml", "./one/models/a.yaml", "one/../one/models/a.yaml"}, "", "one(.): models/a.yaml"},
		{"any order", ".", []string{"two/models/c.yaml", "one/models/sub/b.yaml", "one/models/a.yaml"}, "", "one(.): models/a.yaml models/sub/b.yaml; two(.): models/c.yaml"},
		{"specs without a workspace", ".", []string{"alone/t.yaml", "alone/s.yaml"}, "", "alone(.): s.yaml t.yaml"},
		{"standard input in a workspace", "one/models", []string{"-"}, "", "..(.): <stdin>"},
		{"standard input elsewhere", "alone", []string{"-"}, "", ".(.): <stdin>"},
		{"greedy patterns", ".", []string{"one"}, "**/*.yaml", "one(.)*: models/a.yaml models/sub/b.yaml other/x.yaml"},
		{"patterns that overlap", ".", []string{"one"}, "models/*.yaml|models/**/*.yaml|models/a.yaml", "one(.)*: models/a.yaml models/sub/b.yaml"},
		{"a pattern without a match", ".", []string{"one"}, "modles/*.yaml", "one(.)*:"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			patterns := source.Patterns{Specs: specs, Out: "generated"}
			if test.patterns != "" {
				patterns.Specs = strings.Split(test.patterns, "|")
			}
			list, err := source.Find(filepath.Join(root, test.cwd), test.args, strings.NewReader("x"))
			must(t, err)
			if got := describe(t, list, patterns); got != test.want {
				t.Errorf("\n got %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestFindFails(t *testing.T) {
	root := tree(t, append(files, "dangling/mlobs.yaml -> nowhere", "folder/mlobs.yaml/", "out/mlobs.yaml -> ../one/mlobs.yaml")...)
	tests := []struct {
		name, cwd string
		args      []string
		usage     bool
		want      string
	}{
		{"no workspace", "alone", nil, true, "there is no mlobs.yaml here or above"},
		{"a folder without one", ".", []string{"empty"}, true, "there is no mlobs.yaml in, beneath or above empty"},
		{"a file that is missing", ".", []string{"one", "nope.yaml"}, false, "cannot read nope.yaml: it does not exist"},
		{"a device", ".", []string{os.DevNull}, false, "cannot read /dev/null: it is a device; use `-` to read standard input"},
		{"standard input twice", ".", []string{"-", "-"}, true, "`-` is given twice, standard input can be read once"},
		{"a dangling mlobs.yaml", ".", []string{"dangling"}, false, "cannot read dangling/mlobs.yaml: it does not exist"},
		{"mlobs.yaml is a folder", ".", []string{"folder"}, false, "cannot read folder/mlobs.yaml: it is a folder"},
		{"mlobs.yaml leads out", ".", []string{"out"}, false, "cannot read out/mlobs.yaml: it leads out of the workspace through a link"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := source.Find(filepath.Join(root, test.cwd), test.args, strings.NewReader("x"))
			var usage *source.UsageError
			var read *source.ReadError
			if err == nil || errors.As(err, &usage) != test.usage || errors.As(err, &read) == test.usage {
				t.Fatalf("got %#v", err)
			}
			if err.Error() != test.want {
				t.Errorf("\n got %s\nwant %s", err, test.want)
			}
		})
	}
}

// Profiles are found like specs, whatever was asked for, and are never specs.
func TestProfiles(t *testing.T) {
	root := tree(t, ".git/", "mlobs.yaml", "models/a.yaml", "models/ours.yaml", "profiles/p.yaml", "profiles/q.yaml", "profiles/notes.txt",
		"generated/profiles/g.yaml", "nested/mlobs.yaml", "nested/profiles/n.yaml", "elsewhere/e.yaml", "profiles/linked -> ../elsewhere")
	tests := []struct {
		name            string
		args            []string
		specs, profiles string
		want            string
	}{
		{"the workspace", nil, "models/*.yaml", "profiles/*.yaml", ".(.)*: models/a.yaml models/ours.yaml +profiles/p.yaml profiles/q.yaml"},
		{"one spec", []string{"models/a.yaml"}, "models/*.yaml", "profiles/*.yaml", ".(.): models/a.yaml +profiles/p.yaml profiles/q.yaml"},
		{"standard input", []string{"-"}, "models/*.yaml", "profiles/*.yaml", ".(.): <stdin> +profiles/p.yaml profiles/q.yaml"},
		{"both match: a profile", nil, "**/*.yaml", "profiles/*.yaml|models/ours.yaml", ".(.)*: elsewhere/e.yaml models/a.yaml +models/ours.yaml profiles/p.yaml profiles/q.yaml"},
		{"a profile by name is no stranger", []string{"profiles/p.yaml"}, "models/*.yaml", "profiles/*.yaml", ".(.):  +profiles/p.yaml profiles/q.yaml ?profiles/p.yaml"},
		{"a folder of profiles", []string{"profiles"}, "models/*.yaml", "profiles/*.yaml", ".(.):  +profiles/p.yaml profiles/q.yaml ?profiles/p.yaml profiles/q.yaml"},
		{"a folder of both", []string{"models"}, "models/*.yaml", "models/ours.yaml", ".(.): models/a.yaml +models/ours.yaml ?models/ours.yaml"},
		{"patterns that overlap", nil, "models/*.yaml", "profiles/p.yaml|**/p.yaml", ".(.)*: models/a.yaml models/ours.yaml +profiles/p.yaml"},
		{"a pattern without a match", nil, "models/*.yaml", "profiles/p.yaml|profile/*.yaml", ".(.)*: models/a.yaml models/ours.yaml +profiles/p.yaml idle profile/*.yaml"},
		{"links and nested workspaces", nil, "models/*.yaml", "profiles/**/e.yaml|nested/**|generated/**", ".(.)*: models/a.yaml models/ours.yaml idle profiles/**/e.yaml nested/** generated/**"},
		{"a link that a pattern names", nil, "models/*.yaml", "profiles/linked/*.yaml", ".(.)*: models/a.yaml models/ours.yaml +profiles/linked/e.yaml"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			list, err := source.Find(root, test.args, strings.NewReader("x"))
			must(t, err)
			patterns := source.Patterns{Specs: strings.Split(test.specs, "|"), Profiles: strings.Split(test.profiles, "|"), Out: "generated"}
			if got := describe(t, list, patterns); got != test.want {
				t.Errorf("\n got %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestRead(t *testing.T) {
	root := tree(t, "w/mlobs.yaml", "w/models/a.yaml", "w/models/dir.yaml/x", "w/models/in.yaml -> a.yaml",
		"w/models/out.yaml -> ../../secret.yaml", "w/models/loop.yaml -> loop.yaml", "w/models/gone.yaml -> gone", "secret.yaml",
		"elsewhere/s.yaml", "w/models/linked -> ../../elsewhere", "w/models/linked2 -> ../other", "w/other/o.yaml")
	models := filepath.Join(root, "w/models")
	must(t, os.WriteFile(filepath.Join(models, "max.yaml"), make([]byte, source.MaxFile), 0o644))
	must(t, os.WriteFile(filepath.Join(models, "huge.yaml"), make([]byte, source.MaxFile+1), 0o644))
	list, err := source.Find(root, []string{"w"}, nil)
	must(t, err)
	ws := list[0]
	defer func() { must(t, ws.Close()) }()

	s, err := ws.Select(source.Patterns{Specs: specs, Out: "generated"})
	must(t, err)
	if got, want := strings.Join(s.Specs, " "), "models/a.yaml models/gone.yaml models/huge.yaml models/in.yaml models/loop.yaml models/max.yaml models/out.yaml"; got != want {
		t.Errorf("links to folders are not followed, others are specs\n got %s\nwant %s", got, want)
	}
	for name, want := range map[string]string{
		"models/a.yaml":    "",
		"models/in.yaml":   "",
		"models/max.yaml":  "",
		"models/huge.yaml": "w/models/huge.yaml is larger than 1024 KiB, the most that is read",
		"models/out.yaml":  "cannot read w/models/out.yaml: it leads out of the workspace through a link",
		"models/gone.yaml": "cannot read w/models/gone.yaml: it does not exist",
		"models/dir.yaml":  "cannot read w/models/dir.yaml: it is a folder",
		"../secret.yaml":   "cannot read secret.yaml: it leads out of the workspace through a link",
		"models/loop.yaml": "cannot read w/models/loop.yaml: too many levels of symbolic links",
	} {
		file, err := ws.Read(name)
		switch {
		case want == "":
			must(t, err)
			if file.Path != "w/"+name {
				t.Errorf("%s is shown as %s", name, file.Path)
			}
		case err == nil || err.Error() != want:
			t.Errorf("%s:\n got %v\nwant %s", name, err, want)
		}
	}
}

// What a spec names beside it lies in its workspace, whatever the user stands in.
func TestBeside(t *testing.T) {
	root := tree(t, "w/mlobs.yaml", "w/models/sub/a.yaml", "w/models/sub/s.csv", "w/models/s.csv", "w/s.csv", "w/models/sub/dir.csv/x",
		"w/models/sub/out.csv -> ../../../secret.csv", "secret.csv", "alone/b.yaml", "alone/s.csv", "models/sub/s.csv")
	must(t, os.WriteFile(filepath.Join(root, "w/huge.csv"), make([]byte, source.MaxFile+1), 0o644))
	for _, test := range []struct{ cwd, arg, spec, rel, want string }{
		{".", "w", "models/sub/a.yaml", "s.csv", "w/models/sub/s.csv"},
		{".", "w", "models/sub/a.yaml", "./../s.csv", "w/models/s.csv"},
		{"w", ".", "models/sub/a.yaml", "../../s.csv", "s.csv"},
		{"w/models/sub", "a.yaml", "models/sub/a.yaml", "../../s.csv", "../../s.csv"},
		{"alone", "../w", "models/sub/a.yaml", "s.csv", "../w/models/sub/s.csv"},
		{"alone", "b.yaml", "b.yaml", "s.csv", "s.csv"},
		{"alone", "b.yaml", "b.yaml", "../secret.csv", "cannot read ../secret.csv: it lies outside of the workspace"},
		{".", "w", "models/sub/a.yaml", "../../../secret.csv", "cannot read ../../../secret.csv: it lies outside of the workspace"},
		{".", "w", "models/sub/a.yaml", "../../../w/s.csv", "cannot read ../../../w/s.csv: it lies outside of the workspace"},
		{".", "w", "models/sub/a.yaml", "out.csv", "cannot read w/models/sub/out.csv: it leads out of the workspace through a link"},
		{".", "w", "models/sub/a.yaml", "dir.csv", "cannot read w/models/sub/dir.csv: it is a folder"},
		{".", "w", "models/sub/a.yaml", "gone.csv", "cannot read w/models/sub/gone.csv: it does not exist"},
		{".", "w", "models/sub/a.yaml", "../../huge.csv", "w/huge.csv is larger than 1024 KiB, the most that is read"},
		{"w", "-", source.Stdin, "s.csv", "a spec from standard input has no files beside it"},
	} {
		list, err := source.Find(filepath.Join(root, test.cwd), []string{test.arg}, strings.NewReader("x"))
		must(t, err)
		spec, err := list[0].Read(test.spec)
		must(t, err)
		got := ""
		if file, err := list[0].Beside(spec, test.rel); err != nil {
			got = err.Error()
		} else {
			got = file.Path
		}
		if got != test.want {
			t.Errorf("%s, %s from %s:\n got %s\nwant %s", test.cwd, test.rel, test.spec, got, test.want)
		}
		must(t, list[0].Close())
	}
	abs := filepath.Join(root, "w")
	list, err := source.Find(t.TempDir(), []string{abs}, nil)
	must(t, err)
	defer func() { must(t, list[0].Close()) }()
	spec, err := list[0].Read("models/sub/a.yaml")
	must(t, err)
	if _, err := list[0].Beside(spec, "s.csv"); err != nil {
		t.Errorf("from far away: %v", err)
	}
}

func TestStandardInputLimit(t *testing.T) {
	list, err := source.Find(t.TempDir(), []string{"-"}, strings.NewReader(strings.Repeat("x", source.MaxFile+1)))
	must(t, err)
	defer func() { must(t, list[0].Close()) }()
	_, err = list[0].Read(source.Stdin)
	var large *source.TooLargeError
	if !errors.As(err, &large) || large.Path != source.Stdin {
		t.Errorf("got %v", err)
	}
}

func TestSelectRefusesPatterns(t *testing.T) {
	root := tree(t, "mlobs.yaml", "models/a.yaml")
	list, err := source.Find(root, nil, nil)
	must(t, err)
	defer func() { must(t, list[0].Close()) }()
	for _, pattern := range []string{"../x/*.yaml", "/etc/*", "models/[a", "{a,b", "a/../../b"} {
		for _, patterns := range []source.Patterns{{Specs: []string{"models/*.yaml", pattern}, Out: "."}, {Specs: specs, Profiles: []string{pattern}, Out: "."}} {
			_, err := list[0].Select(patterns)
			var bad *source.PatternError
			if !errors.As(err, &bad) || bad.Pattern != pattern {
				t.Errorf("%s: got %v", pattern, err)
			}
		}
	}
	s, err := list[0].Select(source.Patterns{Specs: []string{"./models/*.yaml"}, Out: "."})
	must(t, err)
	if !slices.Equal(s.Specs, []string{"models/a.yaml"}) {
		t.Errorf("got %v", s.Specs)
	}
}
