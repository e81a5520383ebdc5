package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

var (
	yamlBlock      = regexp.MustCompile("(?s)(<!-- ([^\n]*) -->\n)?```yaml\n(.*?)```")
	moduleLine     = regexp.MustCompile(`(?m)^module (\S+)$`)
	programAddress = regexp.MustCompile(`[^\s{}]+/cmd/mlobs-gen@[^\s{}]+`)
)

// hook is a hook of pre-commit: the keys that we use, and no others.
type hook struct {
	ID            string   `yaml:"id"`
	Name          string   `yaml:"name"`
	Description   string   `yaml:"description"`
	Language      string   `yaml:"language"`
	Entry         string   `yaml:"entry"`
	Args          []string `yaml:"args"`
	PassFilenames *bool    `yaml:"pass_filenames"`
	Types         []string `yaml:"types"`
	TypesOr       []string `yaml:"types_or"`
}

func readHooks(t *testing.T) (hooks []hook) {
	t.Helper()
	decode(t, read(t, "../../.pre-commit-hooks.yaml"), &hooks)
	return hooks
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t *testing.T, data []byte, into any) {
	t.Helper()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		t.Errorf("%v\n%s", err, data)
	}
}

// generatedExamples goes to a copy of the examples, with everything generated.
func generatedExamples(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS("../../examples")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	if code := Main([]string{"generate", "."}, strings.NewReader(""), io.Discard, io.Discard); code != exitClean {
		t.Fatalf("generate: exit code %d", code)
	}
}

// runs runs a command line of ours, without the program's name.
func runs(t *testing.T, line string, want int) {
	t.Helper()
	var out bytes.Buffer
	if code := Main(strings.Fields(line), strings.NewReader(""), &out, &out); code != want {
		t.Errorf("mlobs-gen %s: exit code %d, not %d\n%s", line, code, want, &out)
	}
}

// scripts are all texts of a list, or under a key, that is named `run` or `script`.
func scripts(n *yaml.Node) (lines []string) {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && slices.Contains([]string{"run", "script"}, n.Content[i-1].Value) {
			for _, leaf := range append([]*yaml.Node{c}, c.Content...) {
				if leaf.Kind == yaml.ScalarNode {
					lines = append(lines, leaf.Value)
				}
			}
			continue
		}
		lines = append(lines, scripts(c)...)
	}
	return lines
}

// The YAML in the documents is YAML, and what it calls is there and does what is said.
func TestRecipes(t *testing.T) {
	module := string(moduleLine.FindSubmatch(read(t, "../../go.mod"))[1])
	documents := []string{string(read(t, "../../README.md")), string(read(t, "../../docs/ci.md"))}
	hooks := readHooks(t)
	generatedExamples(t)
	ran, named := 0, 0
	for _, text := range documents {
		for _, address := range programAddress.FindAllString(text, -1) {
			if !strings.HasSuffix(address, module+"/cmd/mlobs-gen@latest") {
				t.Errorf("`%s` is not where the program is", address)
			}
		}
		var file strings.Builder // a spec in several blocks
		for _, m := range yamlBlock.FindAllStringSubmatch(text, -1) {
			kind, block := m[2], m[3]
			var node yaml.Node
			switch {
			case strings.HasPrefix(kind, "file: "):
				file.WriteString(block)
			case kind == "ci":
				decode(t, []byte(block), &node)
				for _, line := range scripts(&node) {
					args, ours := strings.CutPrefix(strings.Replace(line, "go run $MLOBS_GEN ", "mlobs-gen ", 1), "mlobs-gen ")
					if ours {
						ran++
						runs(t, args, exitClean)
					} else if !strings.HasPrefix(line, "go install "+module+"/cmd/mlobs-gen@") {
						t.Errorf("what is `%s`?", line)
					}
				}
			case kind == "pre-commit":
				var config struct {
					Repos []struct {
						Repo, Rev string
						Hooks     []hook
					}
				}
				decode(t, []byte(block), &config)
				for _, h := range config.Repos[0].Hooks {
					named++
					if !slices.ContainsFunc(hooks, func(there hook) bool { return there.ID == h.ID }) {
						t.Errorf("there is no hook `%s`", h.ID)
					}
				}
			default:
				t.Errorf("what is this?\n%s", block)
			}
		}
		var spec yaml.Node
		if file.Len() > 0 {
			decode(t, []byte(file.String()), &spec)
		}
	}
	if ran != 8 || named != len(hooks) {
		t.Errorf("%d commands of ours and %d hooks", ran, named)
	}
}

// The hooks are silent on a repository that is as it should be, and stop a commit that is not.
func TestHooks(t *testing.T) {
	if testing.Short() {
		t.Skip("long: runs without -short, as in .ci/run")
	}
	hooks := readHooks(t)
	generatedExamples(t)
	line := func(h hook) string {
		return strings.TrimPrefix(h.Entry, "mlobs-gen ") + " " + strings.Join(h.Args, " ")
	}
	ids := map[string]bool{}
	for _, h := range hooks {
		if ids[h.ID] || h.Name == "" || h.Language != "golang" || !strings.HasPrefix(h.Entry, "mlobs-gen ") || h.PassFilenames == nil || *h.PassFilenames {
			t.Errorf("got %+v", h)
		}
		ids[h.ID] = true
		runs(t, line(h), exitClean)
	}
	spec := "examples/spell-cifar10/models/cnn-cifar10.yaml"
	text := bytes.Replace(read(t, spec), []byte("\ntitle: "), []byte("\ntitle: Another "), 1)
	if err := os.WriteFile(spec, text, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, h := range hooks {
		runs(t, line(h), map[string]int{"mlobs-gen-lint": exitClean, "mlobs-gen-generate-check": exitInput}[h.ID])
	}
	if err := os.WriteFile(spec, []byte("version: mlobs/v2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, h := range hooks {
		runs(t, line(h), exitInput)
	}
}
