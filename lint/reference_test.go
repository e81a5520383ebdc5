package lint_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/lint"
)

// docs/rules.md is what the rules say of themselves.
func TestReference(t *testing.T) {
	const path = "../docs/rules.md"
	want, err := lint.Reference()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("MLOBS_UPDATE") != "" {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != want {
		t.Errorf("%s is stale: MLOBS_UPDATE=1 go test ./lint", path)
	}
	for _, name := range regexp.MustCompile("`?lint: \\{rules: \\{(.*?)\\}").FindAllStringSubmatch(want, -1) {
		for _, level := range strings.Split(name[1], ", ") {
			if rule, _, _ := strings.Cut(level, ":"); lint.Lookup(rule) == nil {
				t.Errorf("the page names %q, which is no rule", rule)
			}
		}
	}
}
