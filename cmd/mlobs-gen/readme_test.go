package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	consoleBlock = regexp.MustCompile("(?s)```console\n(.*?)```")
	fileBlock    = regexp.MustCompile("(?s)<!-- file: (\\S+?)(?:, continued)? -->\n```yaml\n(.*?)```")
)

// TestReadme does what the README shows: its files are written, its commands run, in a copy of the
// examples, and what they print is compared with what the README says.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	ci, err := os.ReadFile("../../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS("../../examples")); err != nil {
		t.Fatal(err)
	}
	generated, err := filepath.Glob(filepath.Join(dir, "examples/*/generated"))
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range generated {
		if err := os.RemoveAll(g); err != nil {
			t.Fatal(err)
		}
	}
	files := map[string]string{}
	for _, m := range fileBlock.FindAllSubmatch(readme, -1) {
		files[string(m[1])] += string(m[2])
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	ran := 0
	for _, m := range consoleBlock.FindAllSubmatch(readme, -1) {
		command, want, _ := strings.Cut(string(m[1]), "\n")
		command = strings.TrimPrefix(command, "$ ")
		args, ours := strings.CutPrefix(command, "go run ./cmd/mlobs-gen ")
		if !ours {
			args, ours = strings.CutPrefix(command, "mlobs-gen ")
		}
		if !ours {
			if !bytes.Contains(ci, []byte(command)) {
				t.Errorf(".ci/run does not call the README's `%s`", command)
			}
			continue
		}
		ran++
		var out bytes.Buffer
		Main(strings.Fields(args), strings.NewReader(""), &out, &out)
		if got := out.String(); got != want {
			t.Errorf("`%s` prints\n%s\nthe README says\n%s", command, got, want)
		}
	}
	if ran < 2 || len(files) != 3 {
		t.Errorf("%d commands and %d files found in the README", ran, len(files))
	}
}
