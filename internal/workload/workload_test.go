package workload

import (
	"flag"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"testing"
)

// To measure the command, write a workspace and compile it; docs/performance.md says how.
var (
	write  = flag.String("write", "", "folder that a workspace is written to")
	models = flag.Int("models", 1000, "how many models it has")
	mixed  = flag.Uint64("mixed", 0, "seed of a mixed workspace; 0: a typical one")
)

func TestWrite(t *testing.T) {
	if *write == "" {
		t.Skip("no -write folder")
	}
	files := Typical(*models)
	if *mixed != 0 {
		files = Mixed(*models, *mixed)
	}
	for f := range files {
		path := filepath.Join(*write, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(f.Text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSame: the same arguments give the same files, whose names are their own; another seed gives others.
func TestSame(t *testing.T) {
	read := func(files iter.Seq[File]) map[string]string {
		m := map[string]string{}
		for f := range files {
			if _, twice := m[f.Path]; twice {
				t.Errorf("%s twice", f.Path)
			}
			m[f.Path] = f.Text
		}
		return m
	}
	const n = 200
	one := read(Mixed(n, 1))
	if len(one) != n+2 { // mlobs.yaml and the profile
		t.Errorf("%d files", len(one))
	}
	if !maps.Equal(one, read(Mixed(n, 1))) {
		t.Error("the same seed gives other files")
	}
	if maps.Equal(one, read(Mixed(n, 2))) {
		t.Error("another seed gives the same files")
	}
	if typical := read(Typical(n)); len(typical) != n+1 {
		t.Errorf("%d files of typical models", len(typical))
	}
}
