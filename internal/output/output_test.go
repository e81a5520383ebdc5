package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// put is one model of a run: its name, then its files as `path=text`.
type put []string

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (p put) to(s *Sink) error {
	var files []generators.File
	var names []string
	for _, f := range p[1:] {
		name, text, _ := strings.Cut(f, "=")
		files = append(files, generators.File{Path: name, Data: []byte(text)})
		names = append(names, name)
	}
	slices.Sort(names)
	return s.Put(&plan.Digest{Model: p[0], Files: names}, files)
}

// generate is a whole run over dir; it returns what changed as `created a, removed b`.
func generate(t testing.TB, dir string, whole bool, models ...put) (string, error) {
	t.Helper()
	s, err := Create(Folder{Path: dir, Name: "out"})
	if err != nil {
		return "", err
	}
	defer func() { must(t, s.Close()) }()
	for _, p := range models {
		if err := p.to(s); err != nil {
			return "", err
		}
	}
	changes, err := s.Commit(whole)
	return list(changes), err
}

func changes(t testing.TB, s *Sink, whole bool) []Change {
	t.Helper()
	list, err := s.Changes(whole)
	must(t, err)
	return list
}

func list(changes []Change) string {
	var parts []string
	for _, c := range changes {
		if c.Kind != Unchanged {
			parts = append(parts, c.Kind.String()+" "+c.Path)
		}
	}
	return strings.Join(parts, ", ")
}

// snapshot is all files below dir as `path=text`, folders as `path/`, links as `path -> target`.
func snapshot(t testing.TB, dir string) string {
	t.Helper()
	var parts []string
	must(t, filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir():
			parts = append(parts, rel+"/")
		case entry.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(name)
			parts = append(parts, rel+" -> "+target)
			return err
		default:
			data, err := os.ReadFile(name)
			text := string(data)
			if strings.HasPrefix(rel, plan.DigestFolder) {
				text = strings.Join(strings.Fields(text), "") // also of what is staged
			}
			parts = append(parts, rel+"="+text)
			return err
		}
		return nil
	}))
	return strings.Join(parts, "\n")
}

func write(t testing.TB, name, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(name), 0o755))
	must(t, os.WriteFile(name, []byte(text), 0o644))
}

var (
	cats = put{"cats", "rules/cats.yaml=c1", "dash/pets/cats.json=c2"}
	dogs = put{"dogs", "rules/dogs.yaml=d1"}
)

const both = `.mlobs/
.mlobs/cats.json={"model":"cats","files":["dash/pets/cats.json","rules/cats.yaml"]}
.mlobs/dogs.json={"model":"dogs","files":["rules/dogs.yaml"]}
dash/
dash/pets/
dash/pets/cats.json=c2
rules/
rules/cats.yaml=c1
rules/dogs.yaml=d1`

func TestTwiceEqualsOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "here")
	changes, err := generate(t, dir, true, cats, dogs)
	must(t, err)
	if want := "created .mlobs/cats.json, created .mlobs/dogs.json, created dash/pets/cats.json, created rules/cats.yaml, created rules/dogs.yaml"; changes != want {
		t.Errorf("first run: %s", changes)
	}
	if got := snapshot(t, dir); got != both {
		t.Errorf("got\n%s", got)
	}
	past := time.Now().Add(-time.Hour)
	must(t, filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chtimes(name, past, past))
	}))
	changes, err = generate(t, dir, true, dogs, cats)
	must(t, err)
	if changes != "" {
		t.Errorf("second run: %s", changes)
	}
	must(t, filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if info, _ := entry.Info(); info.ModTime().After(past.Add(time.Minute)) {
			t.Errorf("%s was touched", name)
		}
		return err
	}))
}

func TestPruning(t *testing.T) {
	tests := []struct {
		name   string
		whole  bool
		models []put
		want   string
		gone   []string
	}{
		{"one model alone", false, []put{dogs}, "", nil},
		{"a file of a model that was compiled", false, []put{{"cats", "rules/cats.yaml=c1"}},
			"changed .mlobs/cats.json, removed dash/pets/cats.json", []string{"dash"}},
		{"a file that moved", false, []put{{"cats", "rules/cats.yaml=c1", "dash/zoo/cats.json=c2"}},
			"changed .mlobs/cats.json, removed dash/pets/cats.json, created dash/zoo/cats.json", []string{"dash/pets"}},
		{"a vanished model, part of the workspace", false, []put{cats}, "", nil},
		{"a vanished model, whole workspace", true, []put{cats}, "removed .mlobs/dogs.json, removed rules/dogs.yaml", nil},
		{"all models", true, nil,
			"removed .mlobs/cats.json, removed .mlobs/dogs.json, removed dash/pets/cats.json, removed rules/cats.yaml, removed rules/dogs.yaml", []string{"dash", ".mlobs"}},
		{"a file that goes from one model to another", true, []put{{"cats", "rules/dogs.yaml=d2"}, {"dogs", "rules/x.yaml=x"}},
			"changed .mlobs/cats.json, changed .mlobs/dogs.json, removed dash/pets/cats.json, removed rules/cats.yaml, changed rules/dogs.yaml, created rules/x.yaml", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := generate(t, dir, true, cats, dogs)
			must(t, err)
			write(t, filepath.Join(dir, "rules/mine.yaml"), "mine")
			write(t, filepath.Join(dir, "README"), "mine")
			s, err := Compare(Folder{Path: dir, Name: "out"})
			must(t, err)
			for _, p := range test.models {
				must(t, p.to(s))
			}
			if got := list(changes(t, s, test.whole)); got != test.want {
				t.Errorf("compare\n got %s\nwant %s", got, test.want)
			}
			must(t, s.Close())
			got, err := generate(t, dir, test.whole, test.models...)
			must(t, err)
			if got != test.want {
				t.Errorf("commit\n got %s\nwant %s", got, test.want)
			}
			after := snapshot(t, dir)
			for _, mine := range []string{"rules/mine.yaml=mine", "README=mine"} {
				if !strings.Contains(after, mine) {
					t.Errorf("%s is gone", mine)
				}
			}
			for _, folder := range test.gone {
				if strings.Contains(after, folder+"/") {
					t.Errorf("%s is still there:\n%s", folder, after)
				}
			}
		})
	}
}

// A model whose spec does not compile has not vanished.
func TestDrop(t *testing.T) {
	dir := t.TempDir()
	_, err := generate(t, dir, true, cats, dogs)
	must(t, err)
	s, err := Create(Folder{Path: dir, Name: "out"})
	must(t, err)
	must(t, put{"cats", "rules/cats.yaml=new", "rules/more.yaml=new"}.to(s))
	must(t, dogs.to(s))
	s.Drop("cats")
	changes, err := s.Commit(true)
	must(t, err)
	must(t, s.Close())
	if list(changes) != "" || snapshot(t, dir) != both {
		t.Errorf("got %s\n%s", list(changes), snapshot(t, dir))
	}
}

func TestNothingBeforeCommit(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "a/b")
	s, err := Create(Folder{Path: dir, Name: "out"})
	must(t, err)
	must(t, cats.to(s))
	for _, line := range strings.Split(snapshot(t, dir), "\n") {
		if !strings.HasPrefix(line, ".mlobs/") || strings.HasPrefix(line, ".mlobs/cats") {
			t.Errorf("before Commit: %s", line)
		}
	}
	must(t, s.Close())
	if got := snapshot(t, parent); got != "" {
		t.Errorf("after Close:\n%s", got)
	}
}

func TestCompareWritesNothing(t *testing.T) {
	parent := t.TempDir()
	s, err := Compare(Folder{Path: filepath.Join(parent, "a/b"), Name: "out"})
	must(t, err)
	must(t, dogs.to(s))
	if got := list(changes(t, s, true)); got != "created .mlobs/dogs.json, created rules/dogs.yaml" {
		t.Errorf("got %s", got)
	}
	must(t, s.Close())
	if got := snapshot(t, parent); got != "" {
		t.Errorf("got\n%s", got)
	}
}

func TestDiff(t *testing.T) {
	dir := t.TempDir()
	_, err := generate(t, dir, true, put{"m", "f=a\nb\nc\n"}, put{"long", "l=" + strings.Repeat("x\n", 1000)})
	must(t, err)
	s, err := Compare(Folder{Path: dir, Name: "out"})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	must(t, put{"m", "f=a\nB\nc\n"}.to(s))
	must(t, put{"long", "l=" + strings.Repeat(strings.Repeat("ü", 1000)+"\n", 1000)}.to(s))
	for _, c := range changes(t, s, true) {
		switch c.Path {
		case "f":
			if want := "--- a/out/f\n+++ b/out/f\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"; c.Diff != want {
				t.Errorf("got\n%s", c.Diff)
			}
		case "l":
			if n := strings.Count(c.Diff, "\n"); n != maxDiff+1 || !strings.HasSuffix(c.Diff, "… 1883 more lines\n") || len(c.Diff) > maxDiff*(maxDiffLine+4) {
				t.Errorf("%d lines, %d bytes, ends %q", n, len(c.Diff), c.Diff[len(c.Diff)-40:])
			}
		}
	}
}

// A complete diff has all that comes and goes, digests included, and nothing that stays.
func TestCompleteDiff(t *testing.T) {
	dir := t.TempDir()
	_, err := generate(t, dir, true, put{"m", "f=a\nb\nc\n", "gone=x"}, put{"same", "s=s"}, put{"gone", "g=g\n"})
	must(t, err)
	s, err := Diff(Folder{Path: dir, Name: "out"})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	long := strings.Repeat(strings.Repeat("ü", 1000)+"\n", 1000)
	must(t, put{"m", "f=a\nB\nc\n", "new=n\n", "long=" + long, "empty="}.to(s))
	must(t, put{"same", "s=s"}.to(s))
	want := map[string]string{
		"f":     "--- a/out/f\n+++ b/out/f\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n",
		"gone":  "--- a/out/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n\\ No newline at end of file\n",
		"g":     "--- a/out/g\n+++ /dev/null\n@@ -1 +0,0 @@\n-g\n",
		"new":   "--- /dev/null\n+++ b/out/new\n@@ -0,0 +1 @@\n+n\n",
		"long":  "--- /dev/null\n+++ b/out/long\n@@ -0,0 +1,1000 @@\n+" + strings.ReplaceAll(strings.TrimSuffix(long, "\n"), "\n", "\n+") + "\n",
		"empty": "",
		"s":     "",
	}
	for _, c := range changes(t, s, true) {
		w, known := want[c.Path]
		switch digest := strings.HasPrefix(c.Path, plan.DigestFolder); {
		case known && c.Diff != w, !known && !digest:
			t.Errorf("%s\n got %q\nwant %q", c.Path, c.Diff, w)
		case digest && (c.Kind == Unchanged) != (c.Diff == ""):
			t.Errorf("%s %s: %q", c.Kind, c.Path, c.Diff)
		}
		delete(want, c.Path)
	}
	if len(want) > 0 {
		t.Errorf("not there: %v", want)
	}
}

func TestPermissionsStay(t *testing.T) {
	dir := t.TempDir()
	_, err := generate(t, dir, true, dogs)
	must(t, err)
	name := filepath.Join(dir, "rules/dogs.yaml")
	must(t, os.Chmod(name, 0o640))
	_, err = generate(t, dir, true, put{"dogs", "rules/dogs.yaml=d2"})
	must(t, err)
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

func TestPutIsConcurrent(t *testing.T) {
	dir := t.TempDir()
	for _, want := range []string{"created", ""} {
		s, err := Create(Folder{Path: dir, Name: "out"})
		must(t, err)
		var wg sync.WaitGroup
		errs := make([]error, 50)
		for i := range errs {
			wg.Go(func() {
				errs[i] = put{fmt.Sprint("m", i), fmt.Sprintf("a/%d/x=%d", i%7, i), fmt.Sprintf("b/%d=%d", i, i)}[:3:3].without(1).to(s)
			})
		}
		wg.Wait()
		must(t, errors.Join(errs...))
		changes, err := s.Commit(true)
		must(t, err)
		must(t, s.Close())
		if got := list(changes); (want == "") != (got == "") {
			t.Errorf("got %s", got)
		}
	}
}

// without returns p without its i-th element.
func (p put) without(i int) put { return slices.Delete(slices.Clone(p), i, i+1) }
