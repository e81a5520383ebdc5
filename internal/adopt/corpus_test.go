package adopt_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/adopt"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// corpus reads the published dashboards that stand beside the repository.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../../../shared/corpus/dashboards/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("the corpus is not at hand")
	}
	texts := map[string][]byte{}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(path)] = data
	}
	return texts
}

func read(name string, data []byte) (*plan.Plan, *diag.Report) {
	var rep diag.Report
	p := adopt.Read(adopt.Input{File: diag.NewFile(name, data), Workspace: &plan.Workspace{}}, &rep)
	return p, &rep
}

// written lists all PromQL of a plan.
func written(p *plan.Plan) (list []*plan.Written) {
	add := func(w *plan.Written) {
		if w != nil {
			list = append(list, w)
		}
	}
	for i := range p.Dashboard.Variables {
		add(p.Dashboard.Variables[i].Written)
	}
	for i := range p.Dashboard.Annotations {
		add(p.Dashboard.Annotations[i].Written)
	}
	for _, panel := range p.Dashboard.Panels {
		for i := range panel.Queries {
			add(panel.Queries[i].Written)
		}
	}
	return list
}

// Every piece of every query of the corpus stands in the file where the plan says: what is written there,
// read as JSON, is the piece.
func TestPlaces(t *testing.T) {
	queries := 0
	for name, data := range corpus(t) {
		p, _ := read(name, data)
		if p == nil || p.Dashboard == nil {
			continue
		}
		for _, w := range written(p) {
			queries++
			checkPlaces(t, name, w)
		}
	}
	if queries < 700 {
		t.Errorf("only %d queries were read", queries)
	}
}

func checkPlaces(t *testing.T, name string, w *plan.Written) {
	t.Helper()
	text := w.Query.Text()
	check := func(what string, span diag.Span, want string) {
		var got string
		if err := json.Unmarshal([]byte(`"`+span.Text()+`"`), &got); err != nil || got != want {
			t.Errorf("%s: %s stands at %q, want %q", name, what, span.Text(), want)
		}
	}
	check("the query", w.Query.Span(0, len(text)), text)
	for _, token := range w.Query.Tokens() {
		check("a variable", token.Span, token.Text)
	}
	for _, s := range w.Query.Selectors() {
		r := s.Node.PosRange
		check("a selector", w.Query.Span(int(r.Start), int(r.Start)+len(s.Name)), text[r.Start:int(r.Start)+len(s.Name)])
	}
	for at := range text {
		end := at + 1
		for end < len(text) && text[end]&0xC0 == 0x80 {
			end++
		}
		check("a character", w.Query.Span(at, end), text[at:end])
	}
}

// What the corpus is, and that nothing in it is refused but what is not PromQL.
func TestCorpus(t *testing.T) {
	texts := corpus(t)
	for name, data := range texts {
		start := time.Now()
		p, rep := read(name, data)
		t.Logf("%s: %v, %d bytes", name, time.Since(start), len(data))
		for _, d := range rep.All() {
			t.Logf("%s: %v %s %q", name, d.Severity, d.Message, d.Span.Text()[:min(60, len(d.Span.Text()))])
		}
		if p != nil && p.Dashboard != nil {
			t.Logf("   %d panels %d variables %d queries", len(p.Dashboard.Panels), len(p.Dashboard.Variables), len(written(p)))
		}
	}
}
