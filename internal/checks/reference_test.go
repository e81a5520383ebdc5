package checks_test

import (
	"bytes"
	"os"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/checks"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// docs/checks.md is what the checks say of themselves; each example compiles.
func TestReference(t *testing.T) {
	const path = "../../docs/checks.md"
	want := checks.Reference(func(kind spec.CheckKind) string {
		return rulesOf(t, checks.KindNamed(string(kind)))
	})
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
		t.Errorf("%s is stale: MLOBS_UPDATE=1 go test ./internal/checks", path)
	}
}

// rulesOf is what the example of a kind compiles to: the rules of its checks.
func rulesOf(t *testing.T, kind *checks.Kind) string {
	t.Helper()
	compiled := scenario.Compile(t, map[string]string{"m.yaml": kind.Spec()})
	var file struct {
		Groups []yaml.Node `yaml:"groups"`
	}
	if err := yaml.Unmarshal(compiled.RuleFiles()[0], &file); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	for i := range file.Groups {
		var group struct{ Name string }
		if err := file.Groups[i].Decode(&group); err != nil {
			t.Fatal(err)
		}
		if group.Name == "example" {
			continue
		}
		if err := encoder.Encode([]*yaml.Node{&file.Groups[i]}); err != nil {
			t.Fatal(err)
		}
	}
	if out.Len() == 0 {
		t.Errorf("the example of %s makes no rules", kind.Name)
	}
	return out.String()
}
