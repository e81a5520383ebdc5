package source_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/source"
)

func TestChanged(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@b.org", "-c", "commit.gpgsign=false"}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.Split("1 2 3 4 5 6 7 8 9", " ")
	whole := strings.Join(lines, "\n") + "\n"
	git("init", "-q")
	write("models/a.yaml", whole)
	write("models/ü \"b.yaml", whole)
	write("same.yaml", whole)
	git("add", "-A")
	git("commit", "-q", "-m", "x")
	write("models/a.yaml", strings.Replace(strings.Replace(whole, "3\n", "drei\nund mehr\n", 1), "8\n", "", 1))
	write("models/ü \"b.yaml", "+++ b/same.yaml\n@@ -1 +1 @@\n"+whole)
	write("new.yaml", whole)

	c, err := source.Changed(t.Context(), filepath.Join(dir, "models"), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		file        string
		first, last int
		want        bool
	}{
		{"a.yaml", 1, 2, false}, {"a.yaml", 3, 3, true}, {"a.yaml", 4, 4, true}, {"a.yaml", 5, 7, false},
		{"a.yaml", 8, 8, true}, {"a.yaml", 9, 9, false}, {"a.yaml", 2, 5, true},
		{"ü \"b.yaml", 1, 1, true}, {"ü \"b.yaml", 3, 9, false}, {"../same.yaml", 1, 9, false}, {"../new.yaml", 5, 5, true},
		{filepath.Join(dir, "new.yaml"), 1, 1, true}, {"gone.yaml", 1, 9, false},
	} {
		if got := c.Touches(test.file, test.first, test.last); got != test.want {
			t.Errorf("%s, lines %d to %d: %v", test.file, test.first, test.last, got)
		}
	}
	for _, revision := range []string{"nothing", "--output=x", "HEAD..nothing"} {
		var usage *source.UsageError
		if _, err := source.Changed(t.Context(), dir, revision); !errors.As(err, &usage) || usage.Help == "" {
			t.Errorf("%s: %v", revision, err)
		}
	}
	var usage *source.UsageError
	if _, err := source.Changed(t.Context(), t.TempDir(), "HEAD"); !errors.As(err, &usage) {
		t.Errorf("outside of a repository: %v", err)
	}
}
