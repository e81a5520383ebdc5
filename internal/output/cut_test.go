package output

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// Wherever a run is cut off, each file is the old or the new one, what is somebody else's is untouched,
// and a rerun arrives where the run would have.
func TestCutOff(t *testing.T) {
	old := []put{{"a", "a/1=old", "a/2=old", "a/gone=old"}, {"b", "b/1=old"}, {"v", "v/1=old", "v/2=old"}}
	new := []put{{"a", "a/1=new", "a/2=old", "x/moved=new"}, {"b", "b/1=new", "b/2=new"}, {"n", "n/1=new"}}
	errCut := errors.New("cut off")

	reference := t.TempDir()
	_, err := generate(t, reference, true, old...)
	must(t, err)
	_, err = generate(t, reference, true, new...)
	must(t, err)
	want := snapshot(t, reference)

	for steps := 0; ; steps++ {
		dir := t.TempDir()
		_, err := generate(t, dir, true, old...)
		must(t, err)

		s, err := Create(Folder{Path: dir, Name: "out"})
		must(t, err)
		left := steps
		s.folder.cut = func() error {
			if left--; left < 0 {
				return errCut
			}
			return nil
		}
		for _, p := range new {
			must(t, p.to(s))
		}
		_, err = s.Commit(true)
		finished := err == nil
		if !finished && !errors.Is(err, errCut) {
			t.Fatal(err)
		}
		// As if killed: the stage stays, only the system's handles are closed.
		must(t, s.folder.close())
		checkCutOff(t, dir)

		_, err = generate(t, dir, true, new...)
		must(t, err)
		if got := snapshot(t, dir); got != want {
			t.Fatalf("cut off after %d steps, then run again:\n%s\nwant\n%s", steps, got, want)
		}
		if finished {
			if steps < 10 {
				t.Errorf("the run had only %d steps", steps)
			}
			return
		}
	}
}

// checkCutOff makes sure that files are whole and that digests list all that is there.
func checkCutOff(t *testing.T, dir string) {
	t.Helper()
	s, err := Compare(Folder{Path: dir, Name: "out"})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	for _, line := range strings.Split(snapshot(t, dir), "\n") {
		name, text, isFile := strings.Cut(line, "=")
		if !isFile || strings.HasPrefix(name, plan.DigestFolder) {
			continue
		}
		if text != "old" && text != "new" {
			t.Errorf("%s is %q", name, text)
		}
		if !s.ours[name] {
			t.Errorf("%s is in no digest", name)
		}
	}
}

// The stage of a run that was killed goes with the next run, even one that changes nothing; a comparing
// run neither minds it nor removes it.
func TestStaleStage(t *testing.T) {
	dir := t.TempDir()
	_, err := generate(t, dir, true, cats, dogs)
	must(t, err)
	stale := filepath.Join(dir, plan.DigestFolder, stagePrefix+"KILLED")
	write(t, stale+"/0", "half")
	s, err := Compare(Folder{Path: dir, Name: "out"})
	must(t, err)
	must(t, dogs.to(s))
	must(t, cats.to(s))
	if got := list(changes(t, s, true)); got != "" {
		t.Errorf("compare: %s", got)
	}
	must(t, s.Close())
	if _, err := os.Stat(stale); err != nil {
		t.Error(err)
	}
	changes, err := generate(t, dir, true, cats, dogs)
	must(t, err)
	if changes != "" || snapshot(t, dir) != both {
		t.Errorf("%s\n%s", changes, snapshot(t, dir))
	}
}

// BenchmarkCommit is a first run and one that changes nothing, 1,000 models of three files.
func BenchmarkCommit(b *testing.B) {
	var models []put
	text := strings.Repeat("a line of a dashboard\n", 1000)
	for i := range 1000 {
		name := "m" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676))
		models = append(models, put{name, "d/" + name + "=" + text, "r/" + name + "=" + text[:10000], "l/" + name + "=" + text[:15000]})
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			_, err := generate(b, b.TempDir()+"/out", true, models...)
			must(b, err)
		}
	})
	b.Run("unchanged", func(b *testing.B) {
		dir := b.TempDir()
		_, err := generate(b, dir, true, models...)
		must(b, err)
		for b.Loop() {
			_, err := generate(b, dir, true, models...)
			must(b, err)
		}
	})
}
