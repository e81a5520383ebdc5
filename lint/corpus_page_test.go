package lint_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
)

// corpusRoot holds dashboards, rule files and pages of /metrics that other people wrote.
const corpusRoot = "../../shared/corpus"

// stack is what is known of the metrics of some files of the corpus: profiles and pages of /metrics.
type stack struct{ contracts, files []string }

// stacks are the files of the corpus whose stack somebody has described.
var stacks = []stack{
	{[]string{"vllm"}, []string{"dashboards/vllm-*.json"}},
	{[]string{"exposition/vllm-0.5-kubeai.txt"}, []string{"dashboards/vllm-*.json"}},
	{[]string{"vllm", "kubernetes", "dcgm"}, []string{"dashboards/kserve-llmisvc-*.json"}},
	{[]string{"ray-serve", "vllm"}, []string{"dashboards/ray-*.json"}},
	{[]string{"sglang"}, []string{"dashboards/sglang-*.json"}},
	{[]string{"exposition/sglang-docs.txt"}, []string{"dashboards/sglang-*.json"}},
	{[]string{"triton"}, []string{"dashboards/triton-*.json", "rules/triton-*.yaml"}},
	{[]string{"kserve", "triton"}, []string{"dashboards/modelmesh.json"}},
	{[]string{"exposition/kserve-python-0.20.txt"}, []string{"dashboards/modelmesh.json"}},
	{[]string{"nvidia-gpu"}, []string{"dashboards/nvidia-gpu-*.json"}},
	{[]string{"exposition/nvidia_gpu_exporter-linux-x86_64__nvidia-l40s__595.80__idle.txt"}, []string{"dashboards/nvidia-gpu-*.json"}},
	{[]string{"istio"}, []string{"dashboards/istio-*.json"}},
	{[]string{"knative"}, []string{"dashboards/knative-*.json"}},
	{[]string{"seldon-core-v1", "triton", "alibi-detect"}, []string{"dashboards/seldon-v1-*.json"}},
	{[]string{"seldon-core-v2", "mlserver", "triton", "kubernetes"}, []string{"dashboards/seldon-v2-*.json"}},
	{[]string{"litellm"}, []string{"dashboards/litellm-*.json", "rules/apa-litellm-*.yml"}},
	{[]string{"evidently"}, []string{"dashboards/evidently-*.json"}},
	{[]string{"fastapi", "python-client", "kubernetes"}, []string{"dashboards/fastapi-*.json"}},
	{[]string{"exposition/fastapi-instrumentator-8.0.2.txt"}, []string{"dashboards/fastapi-*.json"}},
	{[]string{"python-client"}, []string{"rules/apa-python-*.yml"}},
	{[]string{"kubernetes"}, []string{"dashboards/kubernetes-mixin-*.json", "rules/mixin-kube*.yaml", "rules/kube-prometheus-kube*.yaml"}},
	{[]string{"exposition/cadvisor-standalone.txt"}, []string{"dashboards/kubernetes-mixin-*.json", "rules/mixin-kube*.yaml", "rules/kube-prometheus-kube*.yaml"}},
	{[]string{"exposition/node_exporter-darwin.txt"}, []string{"dashboards/node-mixin-*.json", "rules/apa-host-*.yml"}},
	{[]string{"exposition/nri-mixed-245-families.txt"}, []string{"dashboards/node-mixin-*.json", "dashboards/kubernetes-mixin-*.json", "rules/mixin-*.yaml", "rules/kube-prometheus-*.yaml"}},
}

// lintedCorpus is what the command finds in files of the corpus.
func lintedCorpus(t *testing.T, contracts []string, globs ...string) []*diag.Diagnostic {
	t.Helper()
	root, err := filepath.Abs(corpusRoot)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, glob := range globs {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(glob)))
		if err != nil || len(found) == 0 {
			t.Fatalf("no file %s: %v", glob, err)
		}
		files = append(files, found...)
	}
	in := compile.Input{Mode: compile.Lint, FailOn: diag.Error, Today: today, Crash: true}
	if in.Workspaces, err = source.Find(root, files, nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range contracts {
		c, err := source.FindContract(root, name)
		if err != nil {
			t.Fatal(err)
		}
		in.Contracts = append(in.Contracts, c)
	}
	result, err := compile.Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	for _, ws := range in.Workspaces {
		if err := ws.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, c := range in.Contracts {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	return result.Report.All()
}

// sameFinding is what two findings have in common that are one.
type sameFinding struct {
	file    string
	start   int
	row     corpusRow
	message string
}

// corpusRow is a line of a table of the page.
type corpusRow struct {
	severity diag.Severity
	rule     string // empty: the language
}

func (r corpusRow) String() string { return strings.TrimSuffix(r.severity.String()+" "+r.rule, " ") }

// count adds findings that are not among known to a table.
func count(list []*diag.Diagnostic, known map[sameFinding]bool, table map[corpusRow][]*diag.Diagnostic) {
	for _, d := range list {
		f := sameFinding{d.Path, d.Span.Start, corpusRow{d.Severity, d.Rule}, d.Message}
		if d.Span.File != nil {
			f.file = d.Span.File.Path
		}
		if !known[f] {
			known[f] = true
			table[f.row] = append(table[f.row], d)
		}
	}
}

// docs/corpus.md says what the linter finds in what other people wrote, and how much of it is right. Its counts are
// those of today, every finding was read, and no warning or error is wrong more often than once in twenty.
func TestCorpusPage(t *testing.T) {
	if _, err := os.Stat(corpusRoot); err != nil {
		t.Skipf("the corpus is not at hand: %v", err)
	}
	known := map[sameFinding]bool{}
	without, with := map[corpusRow][]*diag.Diagnostic{}, map[corpusRow][]*diag.Diagnostic{}
	count(lintedCorpus(t, nil, "dashboards/*.json", "rules/*.y*ml"), known, without)
	for _, s := range stacks {
		count(lintedCorpus(t, s.contracts, s.files...), known, with)
	}
	const path = "../docs/corpus.md"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := tabled(t, string(data), "without", corpusTable(t, without, readWithout))
	page = tabled(t, page, "with", corpusTable(t, with, readWith))
	if os.Getenv("MLOBS_UPDATE") != "" {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if page != string(data) {
		t.Errorf("%s is stale: MLOBS_UPDATE=1 go test ./lint -run TestCorpusPage", path)
	}
}

// corpusTable writes what was found beside what readers said of it.
func corpusTable(t *testing.T, found map[corpusRow][]*diag.Diagnostic, read map[string]reading) string {
	t.Helper()
	rows := slices.SortedFunc(maps.Keys(found), func(a, b corpusRow) int {
		return cmp.Or(cmp.Compare(b.severity, a.severity), cmp.Compare(a.rule, b.rule))
	})
	var b strings.Builder
	b.WriteString("| severity | rule | found | right | wrong | for example |\n|---|---|--:|--:|--:|---|\n")
	all, unread := reading{}, maps.Clone(read)
	for _, row := range rows {
		list, is := found[row], read[row.String()]
		delete(unread, row.String())
		if n := len(list); is.right+is.wrong != n {
			t.Errorf("%s: %d findings, of which %d were read:\n%s", row, n, is.right+is.wrong, summarised(list))
		} else if row.severity > diag.Info && is.wrong*20 > n {
			t.Errorf("%s is wrong more than once in twenty: mend or demote it", row)
		}
		rule := "(the language)"
		if row.rule != "" {
			rule = "[" + row.rule + "](rules.md#" + row.rule + ")"
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %s |\n", row.severity, rule, len(list), is.right, is.wrong, is.example)
		all.right, all.wrong = all.right+is.right, all.wrong+is.wrong
	}
	fmt.Fprintf(&b, "| | all | %d | %d | %d | |\n", all.right+all.wrong, all.right, all.wrong)
	for row := range unread {
		t.Errorf("%s: nothing found any more", row)
	}
	return b.String()
}

// summarised is a line for each finding, for people to read.
func summarised(list []*diag.Diagnostic) string {
	var b strings.Builder
	for _, d := range list {
		at := d.Path
		if d.Span.File != nil {
			at = fmt.Sprintf("%s:%d", filepath.Base(d.Span.File.Path), d.Span.Position().Line)
		}
		fmt.Fprintf(&b, "  %s %s: %s\n", at, d.Object, d.Message)
	}
	return b.String()
}

// tabled puts a table into the page, between the comments that say where it stands.
func tabled(t *testing.T, page, name, table string) string {
	t.Helper()
	begin, end := "<!-- found "+name+" contracts -->\n", "<!-- end -->"
	before, rest, ok := strings.Cut(page, begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("the page has no place for what is found %s contracts", name)
	}
	return before + begin + table + end + after
}
