package adopt_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/adopt"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// readRules reads a rule file with the settings that hold where nobody says anything.
func readRules(name, text string) (*plan.Plan, *diag.Report) {
	rep := &diag.Report{}
	ws := &plan.Workspace{Severities: map[plan.Severity]string{plan.Page: "critical", plan.Ticket: "warning", plan.Notice: "info"}}
	return adopt.Read(adopt.Input{File: diag.NewFile(name, []byte(text)), Workspace: ws}, rep), rep
}

func show(rep *diag.Report) string {
	var b strings.Builder
	for _, d := range rep.All() {
		fmt.Fprintf(&b, "%s: %s [%s] (%s)\n", place(d.Span), d.Message, d.Span.Text(), d.Help)
	}
	return b.String()
}

func place(s diag.Span) string {
	if s.IsZero() {
		return "nowhere"
	}
	at := s.Position()
	return fmt.Sprintf("%d:%d", at.Line, at.Column)
}

// Every rule file of the corpus is read, and each piece of PromQL stands where it is said to stand.
func TestCorpusOfRules(t *testing.T) {
	files, err := filepath.Glob("../../../shared/corpus/rules/*.y*ml")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("the corpus is not at hand")
	}
	alerts, records := 0, 0
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		p, rep := readRules(filepath.Base(f), string(data))
		if strings.Contains(f, ".helm.") {
			if p != nil || len(rep.All()) != 1 || !strings.Contains(rep.All()[0].Message, "Helm") {
				t.Errorf("%s: %s", f, show(rep))
			}
			continue
		}
		if p == nil || len(rep.All()) > 0 {
			t.Errorf("%s: %s", f, show(rep))
			continue
		}
		alerts, records = alerts+len(p.Alerts), records+len(p.Records)
		for _, a := range p.Alerts {
			checkNames(t, a.Written)
			if a.File.Name.Text() != a.Name {
				t.Errorf("%s: alert %s stands at %q", f, a.Name, a.File.Name.Text())
			}
			for _, texts := range [][]plan.RuleText{a.File.Annotations, a.File.Labels} {
				checkTexts(t, texts)
			}
		}
		for _, r := range p.Records {
			checkNames(t, r.Written)
		}
	}
	if alerts < 300 || records < 150 {
		t.Errorf("%d alerts and %d records", alerts, records)
	}
}

func checkNames(t *testing.T, w *plan.Written) {
	t.Helper()
	for _, s := range w.Query.Selectors() {
		if s.Name != "" && s.NameSpan.Text() != s.Name {
			t.Errorf("%s stands at %q", s.Name, s.NameSpan.Text())
		}
	}
}

func checkTexts(t *testing.T, texts []plan.RuleText) {
	t.Helper()
	for _, text := range texts {
		for _, p := range text.Parts {
			if got := p.Span.Text(); p.Hole == plan.HoleLabel && got != "$labels."+p.Label || p.Hole == plan.HoleValue && got != "$value" {
				t.Errorf("%v stands at %q in %q", p, got, text.Value.Value)
			}
		}
	}
}
