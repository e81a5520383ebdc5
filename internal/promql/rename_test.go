package promql_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

func TestRename(t *testing.T) {
	r := promql.Renaming{
		Metrics: map[string]string{"latency": "inference_time", "requests": "http.requests", "b": "sum", "on_": "on"},
		Labels:  map[string][]string{"replica": {"pod", "pid"}, "status": {"code"}, "gone": {}, "node": {"k8s.node"}, "w": {"without"}},
		Matchers: map[string][]metric.Matcher{
			"requests": matchers("code=~", "5..", "env", "prod"),
			"errors":   matchers("a", "b"),
		},
	}
	for _, tt := range []struct{ in, want string }{
		{`latency`, `inference_time`},
		{`sum by (le) (rate(latency_bucket{a="b"}[$window]))`, `sum by (le) (rate(inference_time_bucket{a="b"}[$window]))`},
		{`latency_sum / latency_count + latency_total`, `inference_time_sum / inference_time_count + latency_total`},
		{`{__name__="latency"} # latency`, `{__name__="inference_time"} # latency`},
		{`{__name__="latency", __name__="x"}`, `{__name__="inference_time", __name__="x"}`},
		{`{__name__="x", __name__="latency"}`, `{__name__="x", __name__="latency"}`},
		{`{'latency', a="b"}`, `{"inference_time", a="b"}`},
		{`requests`, `{"http.requests", code=~"5..", env="prod"}`},
		{`requests{a="b"} offset 5m`, `{"http.requests", code=~"5..", env="prod", a="b"} offset 5m`},
		{`requests{env="prod",}`, `{"http.requests", code=~"5..", env="prod",}`},
		{`requests{ }[5m]`, ``},
		{`errors_sum{}`, `errors_sum{a="b"}`},
		{`b + on_`, `sum + {"on"}`},
		{`sum by (le, replica) (x)`, `sum by (le, pod, pid) (x)`},
		{`sum by (pod, replica, le) (x)`, `sum by (pod, pid, le) (x)`},
		{`sum by (replica, pod) (x)`, `sum by (pod, pid, ) (x)`},
		{`sum by (gone) (x)`, `sum by () (x)`},
		{`sum by (gone, le) (x)`, `sum by (le) (x)`},
		{`sum by (le, gone) (x)`, `sum by (le) (x)`},
		{`sum by (le, gone,) (x)`, `sum by (le,) (x)`},
		{`sum by (gone,) (x)`, `sum by () (x)`},
		{`sum by (a, gone, b, gone) (x)`, `sum by (a, b) (x)`},
		{"sum by (\n  a, # one\n  gone, # two\n  b # three\n) (x)", "sum by (\n  a, # one\n  # two\n  b # three\n) (x)"},
		{`sum without (replica, node, w) (x)`, `sum without (pod, pid, "k8s.node", "without") (x)`},
		{`x * on (replica) group_left (status, gone) y`, `x * on (pod, pid) group_left (code) y`},
		{`x / ignoring (status) y{status="200"}`, `x / ignoring (code) y{code="200"}`},
		{`x{node="a", w!="b"}`, `x{"k8s.node"="a", without!="b"}`},
		{`label_replace(x, "status", "$1", "status", "status(.*)")`, `label_replace(x, "code", "$1", "code", "status(.*)")`},
		{`label_join(x, "status", "-", "replica", 'le')`, `label_join(x, "code", "-", "pod", "pid", 'le')`},
		{`count_values("status", x)`, `count_values("code", x)`},
		{`x{status="$status"} # status`, `x{code="$status"} # status`},
		{`status{status="status"}`, `status{code="status"}`},
		{`sum by (unchanged, unchanged) (x)`, `sum by (unchanged, unchanged) (x)`},
	} {
		if tt.want == "" {
			continue
		}
		q, err := parse(t, tt.in).Rename(r)
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		want := strings.ReplaceAll(tt.want, "pid, )", "pid)")
		if q.Text() != want {
			t.Errorf("got  %s\nwant %s", q.Text(), want)
		}
	}
	for _, in := range []string{
		`x{replica="a"}`, `x{gone="a"}`, `label_replace(x, "replica", "$1", "a", "b")`, `label_join(x, "a", ",", "gone")`, `count_values("replica", x)`,
	} {
		if q, err := parse(t, in).Rename(r); err == nil || strings.Contains(err.Error(), "internal") {
			t.Errorf("%s: %v, %v", in, q, err)
		}
	}
}

// A renamed query can be used like any other, and knows where its unchanged parts stand.
func TestRenamedPlaces(t *testing.T) {
	q := parse(t, "sum by (replica, le) (\n  rate(latency_bucket{a=\"b\"}[$window])\n)")
	q, err := q.Rename(promql.Renaming{
		Metrics: map[string]string{"latency": "inference_time"},
		Labels:  map[string][]string{"replica": {"pod", "pid"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if tok := q.Tokens()[0]; tok.Span.Text() != "$window" || !tok.InRate {
		t.Errorf("the token stands at %q", tok.Span.Text())
	}
	s := q.Selectors()[0]
	if s.Name != "inference_time_bucket" || s.MatcherSpans[0].Text() != `a="b"` {
		t.Errorf("%s has its matcher at %q", s.Name, s.MatcherSpans[0].Text())
	}
	if g := q.Groupings()[0]; len(g.Labels) != 3 || g.Labels[2].Span.Text() != "le" {
		t.Errorf("%v", g.Labels)
	}
	got, err := q.Complete(promql.Context{Matchers: always(matchers("job", "x"))})
	if want := "sum by (pod, pid, le) (\n  rate(inference_time_bucket{job=\"x\", a=\"b\"}[$window])\n)"; err != nil || got != want {
		t.Errorf("%s, %v", got, err)
	}
}

func TestRenameLegend(t *testing.T) {
	labels := map[string][]string{"replica": {"pod", "pid"}, "status": {"code"}, "gone": {}}
	for in, want := range map[string]string{
		"{{replica}}":                   "{{pod}} / {{pid}}",
		"{{ status }} of {{replica}}":   "{{code}} of {{pod}} / {{pid}}",
		"{{le}} {{gone}}x":              "{{le}} x",
		"{{status":                      "{{status",
		"":                              "",
		"status {{status}} {{ status }": "status {{code}} {{ status }",
	} {
		if got := promql.RenameLegend(in, labels); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// In a quoted scalar of YAML, where the file has more bytes than the value, places stay exact.
func TestRenamedPlacesInQuotes(t *testing.T) {
	data := `query: 'x{a=''b''} + latency + y{c=''d''}'`
	value := `x{a='b'} + latency + y{c='d'}`
	text := diag.NewText(value, diag.Span{File: diag.NewFile("spec.yaml", []byte(data)), Start: 8, End: len(data) - 1})
	for v, f := 0, 8; v < len(value); v, f = v+1, f+1 {
		if value[v] == '\'' {
			text.Map(v, f) // each quote stands twice: the value's is the first
			f++
			text.Map(v+1, f+1)
		}
		if v == 0 {
			text.Map(0, 8)
		}
	}
	var rep diag.Report
	q := promql.Parse(text, &rep)
	q, err := q.Rename(promql.Renaming{Metrics: map[string]string{"latency": "inference_time"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range q.Selectors() {
		if at := s.NameSpan; s.Name != "inference_time" && at.Text() != s.Name {
			t.Errorf("%s stands at %q", s.Name, at.Text())
		}
		for _, at := range s.MatcherSpans {
			if want := strings.ReplaceAll(at.Text(), "''", "'"); want != `a='b` && want != `c='d` && want != `a='b'` && want != `c='d'` {
				t.Errorf("a matcher stands at %q", at.Text())
			}
		}
	}
}

func TestQueryForMany(t *testing.T) {
	q := parse(t, `sum by (le) (rate(latency_bucket{a=~"b|c"}[$window])) / on (le) group_left absent(x)`)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 20 {
				if _, err := q.Complete(promql.Context{Matchers: always(matchers("job", "x"))}); err != nil {
					t.Error(err)
				}
				if _, err := q.Rename(promql.Renaming{Metrics: map[string]string{"latency": "y"}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
