package adopt_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/adopt"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// board wraps members of a dashboard.
func board(members string) string { return `{"title": "T", "schemaVersion": 39, ` + members + `}` }

// shape says what a plan has: panels with their queries, rows, variables.
func shape(p *plan.Plan) string {
	if p == nil || p.Dashboard == nil {
		return "nothing"
	}
	var list []string
	for _, v := range p.Dashboard.Variables {
		text := "-"
		if v.Written != nil {
			text = v.Written.Query.Text()
		}
		list = append(list, fmt.Sprintf("$%s %s of %s", v.Name, text, v.Foreign.Source.Value))
	}
	for _, a := range p.Dashboard.Annotations {
		list = append(list, "mark "+a.Name)
	}
	for _, panel := range p.Dashboard.Panels {
		text := fmt.Sprintf("%s(%d)", panel.Title, panel.Foreign.Row)
		for _, q := range panel.Queries {
			text += " " + q.RefID + "=" + q.Expr
		}
		list = append(list, text)
	}
	return strings.Join(list, "; ")
}

// Dashboards of every age, and what is no PromQL.
func TestReadDashboard(t *testing.T) {
	target := func(more string) string {
		return `"panels": [{"title": "P", "type": "graph", "targets": [{"refId": "A", "expr": "up"` + more + `}]}]`
	}
	const loki = `"datasource": {"type": "loki", "uid": "l"}`
	for _, c := range []struct{ name, text, want, says string }{
		{"panel", board(target("")), "P(-1) A=up", ""},
		{"byte order mark", "\ufeff" + board(target("")), "P(-1) A=up", ""},
		{"wrapped", `{"meta": {}, "dashboard": ` + board(target("")) + `}`, "P(-1) A=up", ""},
		{"resource", `{"apiVersion": "dashboard.grafana.app/v1", "kind": "Dashboard", "spec": ` + board(target("")) + `}`, "P(-1) A=up", ""},
		{"schema v2", `{"apiVersion": "dashboard.grafana.app/v2", "kind": "Dashboard", "spec": {"elements": {}, "layout": {}, "title": "T"}}`, "nothing", "schema v2"},
		{"rows of old", board(`"rows": [{"title": "R", "collapse": true, "panels": [{"title": "P", "type": "graph", "targets": [{"refId": "A", "expr": "up"}]}]}]`), "R(-1); P(0) A=up", ""},
		{"row that is collapsed", board(`"panels": [{"type": "row", "title": "R", "collapsed": true, ` + target("") + `}, {"title": "Q", "type": "text"}]`), "R(-1); P(0) A=up; Q(-1)", ""},
		{"library panel", board(`"panels": [{"title": "L", "libraryPanel": {"uid": "x"}}]`), "L(-1)", ""},
		{"no targets", board(`"panels": [{"title": "P", "type": "graph"}, {"title": "Q", "type": "graph", "targets": null}]`), "P(-1); Q(-1)", ""},
		{"targets without expr", board(`"panels": [{"title": "P", "type": "graph", "targets": [{"refId": "A"}, {"refId": "B", "expr": ""}]}]`), "P(-1)", ""},
		{"the source of the panel", board(strings.Replace(target(""), `"type"`, loki+`, "type"`, 1)), "P(-1)", "a query of `loki` is not judged"},
		{"the source of the query", board(target(", " + loki)), "P(-1)", "a query of `loki` is not judged"},
		{"mixed", board(strings.Replace(target(`, "datasource": "Prometheus"`), `"type"`, `"datasource": "-- Mixed --", "type"`, 1)), "P(-1) A=up", ""},
		{"variable of another kind", board(strings.Replace(target(""), `"type"`, `"datasource": "$ds", "type"`, 1) + `, "templating": {"list": [{"type": "datasource", "name": "ds", "query": "loki"}]}`), "$ds - of ; P(-1)", "a query of `loki`"},
		{"pipes of an unknown source", board(strings.Replace(target(""), `"up"`, `"{a=\"b\"} |= \"c\""`, 1)), "P(-1)", "a query of an unknown data source"},
		{"pipes in a string", board(strings.Replace(target(""), `"up"`, `"sum(x{a=~\"b|c\"}"`, 1)), "P(-1)", "is never closed"},
		{"SQL", board(`"panels": [{"title": "P", "type": "graph", "targets": [{"refId": "A", "rawSql": "select 1"}]}]`), "P(-1)", "a query of an unknown data source"},
		{"expression", board(`"panels": [{"title": "P", "type": "graph", "targets": [{"refId": "B", "datasource": {"type": "__expr__", "uid": "__expr__"}, "expression": "$A > 1"}]}]`), "P(-1)", ""},
		{"PromQL that is none", board(strings.Replace(target(`, "datasource": {"type": "prometheus"}`), `"up"`, `"sum(up"`, 1)), "P(-1)", "is never closed"},
		{"too long", board(strings.Replace(target(""), `"up"`, `"`+strings.Repeat("up+", 3000)+`up"`, 1)), "P(-1)", "an expression of 9002 bytes is not judged"},
		{"variables", board(`"panels": [], "templating": {"list": [
			{"type": "query", "name": "a", "query": "label_values(pod)"},
			{"type": "query", "name": "b", "query": {"query": "label_values(up{job=\"x, y\"}, pod)", "refId": "A"}},
			{"type": "query", "name": "c", "query": "query_result(sum by (a) (up))"},
			{"type": "query", "name": "d", "query": "metrics(up.*)"},
			{"type": "query", "name": "e", "query": "label_values(up{pod=~\"$a\"}, $b)"},
			{"type": "query", "name": "f", "query": "SHOW TAG VALUES"},
			{"type": "query", "name": "g", "query": "up", "datasource": "Prometheus"},
			{"type": "custom", "name": "h", "query": "1,2"}]}`),
			"$a - of pod; $b up{job=\"x, y\"} of pod; $c sum by (a) (up) of ; $d - of ; $e up{pod=~\"$a\"} of $b; $f - of ; $g up of ; $h - of ", "a query of an unknown data source"},
		{"annotations", board(`"panels": [], "annotations": {"list": [{"name": "m", "datasource": "Prometheus", "expr": "up == 0"}, {"name": "l", ` + loki + `, "expr": "{}"}, {"name": "g", "datasource": "-- Grafana --"}]}`), "mark m", ""},
		{"neither", `{"a": 1}`, "nothing", "neither a dashboard"},
		{"ConfigMap", `{"kind": "ConfigMap", "data": {}}`, "nothing", "inside a ConfigMap"},
		{"cut off", `{"panels": [{"title": "P`, "nothing", "the string that begins here does not end"},
		{"comma", `{"panels": [1,]}`, "nothing", "a value is expected in the JSON, not ']'"},
		{"behind", `{"panels": []} x`, "nothing", "something stands behind the end"},
		{"control character", "{\"panels\": [], \"title\": \"a\nb\"}", "nothing", "a string holds a line break"},
		{"escape", `{"panels": [], "title": "\q"}`, "nothing", "begins nothing that JSON knows"},
		{"number", `{"panels": [], "id": 1e}`, "nothing", "`1e` is not a number"},
		{"deep", `{"panels": ` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `}`, "nothing", "nests more than 200 deep"},
		{"kinds that are wrong", `{"title": 1, "panels": [1, null, "x", {"id": "7", "title": [], "targets": {"a": 1}, "gridPos": 3, "alert": 7, "links": "x"}], "templating": {"list": [null, 3, {}]}, "annotations": [], "__inputs": 3}`, "$ - of ; (-1)", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, rep := read("f.json", []byte(c.text))
			if got := shape(p); got != c.want {
				t.Errorf("the plan has %q, want %q", got, c.want)
			}
			var says []string
			for _, d := range rep.All() {
				says = append(says, d.Message)
			}
			if got := strings.Join(says, "; "); c.says == "" && got != "" || !strings.Contains(got, c.says) {
				t.Errorf("it says %q, want %q", got, c.says)
			}
		})
	}
}

// Escape sequences of every kind: an error in PromQL stands where its bytes are.
func TestPlacesBehindEscapes(t *testing.T) {
	for _, c := range []struct{ expr, want string }{
		{`sum(rate(x{a=\"b\"}[5m]) \u003e\u003e 1`, `\u003e`},
		{`x{a=\"\u00e4\ud83d\ude00\"} + foo(\t1)`, "foo"},
		{`up +\n\n* 2`, "*"},
	} {
		text := board(`"panels": [{"type": "graph", "datasource": "Prometheus", "targets": [{"refId": "A", "expr": "` + c.expr + `"}]}]`)
		_, rep := read("f.json", []byte(text))
		if len(rep.All()) != 1 || rep.All()[0].Span.Text() != c.want {
			for _, d := range rep.All() {
				t.Errorf("%s: %s at %q, want %q", c.expr, d.Message, d.Span.Text(), c.want)
			}
		}
	}
}

// An alert inside a panel is an alert of the plan if it compares one query with limits.
func TestReadLegacyAlert(t *testing.T) {
	alert := func(reducer, evaluator, params string) string {
		return `"panels": [{"id": 2, "type": "graph", "title": "P", "targets": [{"refId": "A", "expr": "up"}], "alert": {"name": "N", "for": "5m", "frequency": "1m",
			"conditions": [{"query": {"params": ["A", "10m", "now"]}, "reducer": {"type": "` + reducer + `"}, "evaluator": {"type": "` + evaluator + `", "params": [` + params + `]}}]}}]`
	}
	for _, c := range []struct{ text, want string }{
		{alert("avg", "gt", "0.5"), "N avg 10m0s above [0.5] for 5m0s at 0.5"},
		{alert("max", "outside_range", "1, 2"), "N max 10m0s outside [1 2] for 5m0s at 1"},
		{alert("min", "no_value", ""), "N min 10m0s absent [] for 5m0s at "},
		{alert("count", "gt", "3"), ""}, // the limit is of the number of values
		{alert("avg", "within_range", "1"), ""},
		{alert("avg", "like", "1"), ""},
		{strings.Replace(alert("avg", "gt", "1"), `["A"`, `["B"`, 1), ""},
	} {
		p, _ := read("f.json", []byte(board(c.text)))
		got := ""
		for _, a := range p.Alerts {
			got = fmt.Sprintf("%s %s %s %s %v for %s at %s", a.Name, a.Reduce, a.Over, a.Op, a.Limits, a.For, a.Bar.Limit.Text())
		}
		if got != c.want || p.Dashboard.Panels[0].Foreign.Alert == nil {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestRecognise(t *testing.T) {
	for text, want := range map[string]adopt.Kind{
		`{"panels": []}`: adopt.Dashboard, `{"rows": []}`: adopt.Dashboard, `{"templating": {}}`: adopt.Dashboard, `{"dashboard": {"panels": []}}`: adopt.Dashboard,
		`{"title": "T", "schemaVersion": 1}`: adopt.Dashboard, `{"groups": []}`: adopt.Rules, `{"kind": "PrometheusRule"}`: adopt.Rules, `{"kind": "List", "items": []}`: adopt.Rules,
		"groups: []": adopt.Rules, "version: mlobs/v1\nmodel: x": adopt.Unknown, `{"version": "mlobs/v1", "model": "x"}`: adopt.Unknown, `{`: adopt.Dashboard, "": adopt.Unknown,
	} {
		if got := adopt.Recognise([]byte(text)); got != want {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}

// Whatever a file holds, reading it ends, and each message and each query stands inside the file.
func FuzzDashboard(f *testing.F) {
	f.Add(board(`"panels": [{"id": 1, "type": "graph", "title": "$a", "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}, "targets": [{"refId": "A", "expr": "sum(rate(x{a=\"$b\"}[$__rate_interval]))"}]}]`))
	f.Add(board(`"rows": [{"panels": [{"alert": {"conditions": [{"query": {"params": ["A", "5m", "now"]}}]}}]}]`))
	f.Add(board(`"templating": {"list": [{"type": "query", "name": "a", "query": "label_values(up{a=~\"[[b]]\"}, $c)", "options": [{"value": "x"}]}]}`))
	f.Add(`{"dashboard": {"panels": [{"targets": [{"expr": "\ud83d\ude00 \u003e \ud800 up"}]}], "links": [{"url": "?var-a=$b"}]}}`)
	f.Add("\ufeff{\"elements\": {}, \"layout\": {}}")
	f.Fuzz(func(t *testing.T, text string) {
		file := diag.NewFile("f.json", []byte(text))
		var rep diag.Report
		p := adopt.Read(adopt.Input{File: file, Workspace: &plan.Workspace{}}, &rep)
		inside := func(s diag.Span) {
			if s.File != nil && (s.File != file || s.Start < 0 || s.Start > s.End || s.End > len(text)) {
				t.Fatalf("%d to %d is outside of %d bytes", s.Start, s.End, len(text))
			}
		}
		for _, d := range rep.All() {
			inside(d.Span)
		}
		if p == nil || p.Dashboard == nil {
			return
		}
		for _, w := range written(p) {
			inside(w.Query.Source().Span)
			for i := range w.Query.Text() {
				inside(w.Query.Span(i, i+1))
			}
		}
		if foreign := p.Dashboard.Foreign; foreign != nil {
			for _, r := range foreign.References {
				inside(r.Span)
			}
		}
	})
}
