package output

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What is in the way of a run is named, and stays as it is.
func TestInTheWay(t *testing.T) {
	tests := []struct {
		name  string
		setup func(t *testing.T, parent string) // makes parent/out, or not
		want  string
	}{
		{"somebody's file", func(t *testing.T, parent string) { write(t, parent+"/out/rules/dogs.yaml", "mine") },
			"out/rules/dogs.yaml is in the way: no run of mlobs-gen wrote it, so it is not overwritten"},
		{"somebody's folder", func(t *testing.T, parent string) { write(t, parent+"/out/rules/dogs.yaml/x", "mine") },
			"out/rules/dogs.yaml is in the way: it is a folder"},
		{"a file for a folder", func(t *testing.T, parent string) { write(t, parent+"/out/rules", "mine") },
			"out/rules is in the way: it is a file, not a folder"},
		{"the output folder is a file", func(t *testing.T, parent string) { write(t, parent+"/out", "mine") },
			"out is a file, not a folder"},
		{"a file above the output folder", func(t *testing.T, parent string) {
			write(t, parent+"/out", "mine")
			must(t, os.Rename(parent+"/out", parent+"/up"))
			must(t, os.Symlink("up/x", parent+"/out"))
		},
			"out cannot be opened: not a directory"},
		{"a link out of the folder", func(t *testing.T, parent string) {
			write(t, parent+"/elsewhere/x", "mine")
			must(t, os.MkdirAll(parent+"/out", 0o755))
			must(t, os.Symlink("../elsewhere", parent+"/out/rules"))
		}, "out/rules is in the way: it is a link, and links are not followed, not a folder"},
		{"a link that stays inside", func(t *testing.T, parent string) {
			write(t, parent+"/out/elsewhere/x", "mine")
			must(t, os.Symlink("elsewhere", parent+"/out/rules"))
		}, "out/rules is in the way: it is a link, and links are not followed, not a folder"},
		{"a link for a file", func(t *testing.T, parent string) {
			write(t, parent+"/passwd", "mine")
			must(t, os.MkdirAll(parent+"/out/rules", 0o755))
			must(t, os.Symlink("../../passwd", parent+"/out/rules/dogs.yaml"))
		}, "out/rules/dogs.yaml is in the way: it is a link, and links are not followed"},
		{"a link for the digests", func(t *testing.T, parent string) {
			write(t, parent+"/elsewhere/x", "mine")
			must(t, os.MkdirAll(parent+"/out", 0o755))
			must(t, os.Symlink("../elsewhere", parent+"/out/.mlobs"))
		}, "out/.mlobs is in the way: it is a link, and links are not followed, not a folder"},
		{"a file for the digests", func(t *testing.T, parent string) { write(t, parent+"/out/.mlobs", "mine") },
			"out/.mlobs is in the way: it is a file, not a folder"},
		{"a huge file", func(t *testing.T, parent string) {
			write(t, parent+"/out/rules/dogs.yaml", "mine")
			must(t, os.Truncate(parent+"/out/rules/dogs.yaml", 2*maxOld))
		}, "out/rules/dogs.yaml has 128 MiB: no run of mlobs-gen wrote that"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			parent := t.TempDir()
			test.setup(t, parent)
			huge := test.name == "a huge file"
			before := ""
			if !huge {
				before = snapshot(t, parent)
			}
			_, err := generate(t, parent+"/out", true, dogs)
			var failure *Error
			if !errors.As(err, &failure) || err.Error() != test.want {
				t.Errorf("\n got %v\nwant %s", err, test.want)
			}
			if !huge && snapshot(t, parent) != before {
				t.Errorf("before\n%s\nafter\n%s", before, snapshot(t, parent))
			}
		})
	}
}

// A file that nobody claims but that is what we would write is ours.
func TestSameBytesAreAdopted(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/rules/dogs.yaml", "d1")
	changes, err := generate(t, dir, true, dogs)
	must(t, err)
	if changes != "created .mlobs/dogs.json" {
		t.Errorf("got %s", changes)
	}
}

// `out` of mlobs.yaml stays inside its workspace, links included; `--out` may be anywhere.
func TestBase(t *testing.T) {
	parent := t.TempDir()
	write(t, parent+"/ws/mlobs.yaml", "")
	must(t, os.Mkdir(parent+"/elsewhere", 0o755))
	must(t, os.Symlink("../elsewhere", parent+"/ws/out"))
	for path, want := range map[string]string{
		"out":          "out cannot be opened: a link leads out of the folder",
		"out/deeper":   "out cannot be made: a link leads out of the folder",
		"../elsewhere": "out cannot be opened: a link leads out of the folder",
	} {
		at := Folder{Base: parent + "/ws", Path: path, Name: "out"}
		for _, open := range []func(Folder) (*Sink, error){Create, Compare} {
			if _, err := open(at); err == nil || !strings.Contains(err.Error(), "a link leads out of the folder") {
				t.Errorf("%s: got %v, want %s", path, err, want)
			}
		}
	}
	changes, err := generate(t, parent+"/ws/out", true, dogs)
	must(t, err)
	if _, err := os.Stat(parent + "/elsewhere/rules/dogs.yaml"); changes == "" || err != nil {
		t.Errorf("%s %v", changes, err)
	}
}

func TestBadDigests(t *testing.T) {
	victim := `"../victim"`
	tests := map[string]struct{ text, want string }{
		"not JSON":        {"{", "it is not the JSON that was written"},
		"another type":    {"[]", "it is not the JSON that was written"},
		"empty":           {"", "it is not the JSON that was written"},
		"merged":          {"{\n<<<<<<< HEAD\n}", "a merge of Git left its marks in it"},
		"another model's": {`{"model":"cats","files":[]}`, "it is that of `cats`"},
		"leads out":       {`{"model":"dogs","files":[` + victim + `]}`, `"../victim" is no path for a generated file`},
		"absolute":        {`{"model":"dogs","files":["/etc/passwd"]}`, `"/etc/passwd" is no path for a generated file`},
		"dots inside":     {`{"model":"dogs","files":["a/../../victim"]}`, `"a/../../victim" is no path for a generated file`},
		"digests":         {`{"model":"dogs","files":[".mlobs/cats.json"]}`, `".mlobs/cats.json" is no path for a generated file`},
		"the folder":      {`{"model":"dogs","files":["."]}`, `"." is no path for a generated file`},
		"backslash":       {`{"model":"dogs","files":["..\\victim"]}`, `"..\\victim" is no path for a generated file`},
		"control":         {`{"model":"dogs","files":["a\u0000b"]}`, `"a\x00b" is no path for a generated file`},
		"many":            {`{"model":"dogs","files":[` + strings.Repeat(`"a",`, maxFiles) + `"a"]}`, "it lists more than 10000 files"},
		"huge":            {strings.Repeat(" ", maxDigest) + `{"model":"dogs"}`, "it is larger than 4 MiB"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			write(t, parent+"/victim", "mine")
			write(t, parent+"/out/.mlobs/dogs.json", test.text)
			before := snapshot(t, parent)
			_, err := generate(t, parent+"/out", true)
			want := "out/.mlobs/dogs.json does not tell which files are ours: " + test.want
			if err == nil || err.Error() != want {
				t.Errorf("\n got %v\nwant %s", err, want)
			}
			if snapshot(t, parent) != before {
				t.Error("something changed")
			}
		})
	}
}

// A digest can name files of ours only by paths inside the folder; links on the way are not followed.
func TestPruningDoesNotFollowLinks(t *testing.T) {
	parent := t.TempDir()
	write(t, parent+"/elsewhere/victim", "mine")
	write(t, parent+"/out/.mlobs/dogs.json", `{"model":"dogs","files":["link/victim"]}`)
	must(t, os.Symlink("../elsewhere", parent+"/out/link"))
	_, err := generate(t, parent+"/out", true)
	if err == nil || !strings.HasPrefix(err.Error(), "out/link is in the way") {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(snapshot(t, parent), "elsewhere/victim=mine") {
		t.Error("the file is gone")
	}
}

// Defects of a caller are no *Error, and write nothing.
func TestDefects(t *testing.T) {
	for name, models := range map[string][]put{
		"leads out":        {{"m", "../x=1"}},
		"absolute":         {{"m", "/x=1"}},
		"a digest":         {{"m", ".mlobs/y.json=1"}},
		"a digest, upper":  {{"m", ".MLOBS/y.json=1"}},
		"twice":            {{"m", "x=1", "x=1"}},
		"two models":       {{"m", "x=1"}, {"n", "x=1"}},
		"two models, case": {{"m", "a/x=1"}, {"n", "A/X=1"}},
		"backslash":        {{"m", `a\b=1`}},
		"a newline":        {{"m", "a\nb=1"}},
		"a model's name":   {{"../m", "x=1"}},
		"no name":          {{"", "x=1"}},
		"a long name":      {{"m", strings.Repeat("x", 256) + "=1"}},
		"a trailing dot":   {{"m", "x.=1"}},
	} {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			_, err := generate(t, parent+"/out", true, models...)
			var failure *Error
			if err == nil || errors.As(err, &failure) {
				t.Errorf("got %v", err)
			}
			if got := snapshot(t, parent); got != "" {
				t.Errorf("got\n%s", got)
			}
		})
	}
}

func TestReadOnly(t *testing.T) {
	if os.Geteuid() == 0 {
		// The superuser may write anywhere but below /proc.
		_, err := generate(t, "/proc/self/out", true, dogs)
		var failure *Error
		if !errors.As(err, &failure) || !strings.HasPrefix(err.Error(), "out cannot be made: ") {
			t.Errorf("got %v", err)
		}
		return
	}
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o555))
	for _, path := range []string{dir, filepath.Join(dir, "deeper")} {
		_, err := generate(t, path, true, dogs)
		var failure *Error
		if !errors.As(err, &failure) || failure.Help == "" || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("got %v", err)
		}
	}
}

func TestOneRunAtATime(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	first, err := Create(Folder{Path: dir, Name: "out"})
	must(t, err)
	if _, err := Create(Folder{Path: dir, Name: "out", Wait: 50 * time.Millisecond}); err == nil || err.Error() != "out is being written by another run of mlobs-gen" {
		t.Errorf("got %v", err)
	}
	must(t, dogs.to(first))
	done := make(chan error)
	go func() {
		_, err := generate(t, dir, false, cats)
		done <- err
	}()
	time.Sleep(30 * time.Millisecond)
	_, err = first.Commit(true)
	must(t, err)
	must(t, first.Close())
	must(t, <-done)
	if got := snapshot(t, dir); got != both {
		t.Errorf("got\n%s", got)
	}
}

// The run that was waited for may remove the folder again: then it is made anew.
func TestWaitingForAFolderThatGoes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	first, err := Create(Folder{Path: dir, Name: "out"})
	must(t, err)
	done := make(chan error)
	go func() {
		_, err := generate(t, dir, true, cats, dogs)
		done <- err
	}()
	time.Sleep(30 * time.Millisecond)
	must(t, first.Close())
	must(t, <-done)
	if got := snapshot(t, dir); got != both {
		t.Errorf("got\n%s", got)
	}
}
