package adopt_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
			checkJSONPlaces(t, name, w)
		}
	}
	if queries < 700 {
		t.Errorf("only %d queries were read", queries)
	}
}

func checkJSONPlaces(t *testing.T, name string, w *plan.Written) {
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

// Nothing in the corpus is refused but what is no dashboard, and all that is passed over is not PromQL.
func TestCorpus(t *testing.T) {
	expected := map[string]string{
		"evidently-data-drift-sql.json": "3 queries of `postgres` are not judged: only PromQL is",
		"knative-perf-influx.json":      "46 queries of `influxdb` are not judged: only PromQL is",
		"knative-serving.json":          "what is inside a ConfigMap is not judged",
		"seldon-v1-triton-gpt2.json":    "this is neither a dashboard of Grafana nor a rule file of Prometheus",
	}
	for name, data := range corpus(t) {
		p, rep := read(name, data)
		var got []string
		for _, d := range rep.All() {
			got = append(got, d.Message)
		}
		if want := expected[name]; strings.Join(got, "; ") != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if expected[name] == "" && (p == nil || p.Dashboard == nil || len(written(p)) == 0) {
			t.Errorf("%s: nothing was read", name)
		}
	}
}

// The largest dashboards that people publish are read within milliseconds.
func BenchmarkRead(b *testing.B) {
	data := corpus(b)["ray-serve-llm.json"]
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		read("ray-serve-llm.json", data)
	}
}
