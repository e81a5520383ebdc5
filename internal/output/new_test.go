package output

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/generators"
)

func TestWriteNew(t *testing.T) {
	for _, test := range []struct {
		name   string
		before []string // `path=text`
		files  []string
		want   string // the message; empty: all is written
	}{
		{"a folder that is not there", nil, []string{"a=1", "b/c/d=2"}, ""},
		{"beside others", []string{"x=mine", "b/x=mine"}, []string{"a=1", "b/c=2"}, ""},
		{"the first is there", []string{"a=mine"}, []string{"a=1", "b=2"}, "out/a is there already, and is not overwritten"},
		{"the last is there", []string{"b/c=mine"}, []string{"a=1", "b/c=2"}, "out/b/c is there already, and is not overwritten"},
		{"a folder in the place of a file", []string{"a/x=mine"}, []string{"a=1"}, "out/a is there already, and is not overwritten"},
		{"a file in the place of a folder", []string{"b=mine"}, []string{"a=1", "b/c=2"}, "out/b is in the way: it is a file, not a folder"},
		{"the last cannot be written", nil, []string{"a=1", "a/b=2"}, "out/a/b cannot be written: file exists"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "deep/out")
			for _, f := range test.before {
				name, text, _ := strings.Cut(f, "=")
				write(t, filepath.Join(dir, name), text)
			}
			before := snapshot(t, filepath.Dir(filepath.Dir(dir)))
			var files []generators.File
			for _, f := range test.files {
				name, text, _ := strings.Cut(f, "=")
				files = append(files, generators.File{Path: name, Data: []byte(text)})
			}
			err := WriteNew(Folder{Path: dir, Name: "out"}, files)
			after := snapshot(t, filepath.Dir(filepath.Dir(dir)))
			if test.want == "" {
				must(t, err)
				for _, f := range append(test.files, test.before...) {
					if !strings.Contains(after, "deep/out/"+f) {
						t.Errorf("no %s in\n%s", f, after)
					}
				}
				return
			}
			var failure *Error
			if !errors.As(err, &failure) || failure.Error() != test.want {
				t.Errorf("got %v", err)
			}
			if after != before {
				t.Errorf("before\n%s\nafter\n%s", before, after)
			}
		})
	}
}
