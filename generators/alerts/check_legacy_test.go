package alerts

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// goodBoard is a dashboard as Grafana 7.1 exports it, cut down to what the checks read.
const goodBoard = `{
  "title": "Alerts", "uid": "alerts", "schemaVersion": 26,
  "panels": [
    {"id": 1, "type": "row", "title": "Row", "collapsed": false, "panels": []},
    {"id": 2, "type": "graph", "title": "P90", "datasource": "Prometheus", "targets": [
        {"refId": "A", "expr": "histogram_quantile(0.9, sum by (le) (rate(inference_time_bucket[5m])))"},
        {"refId": "B", "expr": "label_replace(up, \"x\", \"$1-${n}\", \"y\", \"(?P<n>.*)$\")"}],
      "alert": {
        "name": "Slow", "message": "m", "frequency": "1m", "for": "5m", "handler": 1,
        "noDataState": "no_data", "executionErrorState": "keep_state", "alertRuleTags": {"severity": "page"},
        "notifications": [{"uid": "oncall"}],
        "conditions": [{"type": "query", "operator": {"type": "and"}, "query": {"params": ["A", "5m", "now"]},
          "reducer": {"type": "max", "params": []}, "evaluator": {"type": "gt", "params": [0.0042]}}]}},
    {"id": 3, "type": "graph", "title": "Gone", "datasource": "Prometheus", "targets": [{"refId": "A", "expr": "up"}],
      "alert": {"name": "Gone", "frequency": "30s", "conditions": [{"type": "query", "query": {"params": ["A", "10m", "now"]},
          "reducer": {"type": "last"}, "evaluator": {"type": "no_value", "params": []}}]}}
  ]
}`

// gone removes a key.
type gone struct{}

// edited returns goodBoard with the values at dotted paths replaced; values are JSON, or gone.
func edited(t *testing.T, pairs ...any) []byte {
	t.Helper()
	var root any
	dec := json.NewDecoder(strings.NewReader(goodBoard))
	dec.UseNumber()
	if err := dec.Decode(&root); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		root = edit(t, root, strings.Split(pairs[i].(string), "."), pairs[i+1])
	}
	data, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func edit(t *testing.T, node any, path []string, value any) any {
	t.Helper()
	if len(path) == 0 {
		var v any
		dec := json.NewDecoder(bytes.NewReader([]byte(value.(string))))
		dec.UseNumber()
		if err := dec.Decode(&v); err != nil {
			t.Fatalf("%s: %v", value, err)
		}
		return v
	}
	switch node := node.(type) {
	case map[string]any:
		if _, remove := value.(gone); remove && len(path) == 1 {
			delete(node, path[0])
		} else {
			node[path[0]] = edit(t, node[path[0]], path[1:], value)
		}
		return node
	case []any:
		i, err := strconv.Atoi(path[0])
		if err != nil || i >= len(node) {
			t.Fatalf("no element %s", path[0])
		}
		node[i] = edit(t, node[i], path[1:], value)
		return node
	}
	t.Fatalf("nothing at %v", path)
	return nil
}

var (
	theServer = Server{Datasources: []string{"Prometheus", "Other"}, DatasourceUIDs: []string{"prometheus"}, Notifiers: []string{"oncall"}}
	server9   = Server{Version: plan.Version{Major: 9, Minor: 3}, Datasources: theServer.Datasources, DatasourceUIDs: theServer.DatasourceUIDs, Notifiers: theServer.Notifiers}
)

const (
	firstAlert = "panels.1.alert."
	firstCond  = "panels.1.alert.conditions.0."
	firstQuery = "panels.1.targets.0."
)

func TestCheckLegacy(t *testing.T) {
	for _, test := range []struct {
		name  string
		edits []any
		want  string // empty: fine
	}{
		{"as it is", nil, ""},
		{"no title", []any{"title", `""`}, "without a title"},
		{"wrapped", []any{"dashboard", `{"title": "x"}`, "title", gone{}}, "is not wrapped"},
		{"older schema", []any{"schemaVersion", "20"}, ""},
		{"newer schema", []any{"schemaVersion", "27"}, "schemaVersion: schema 27 is newer than Grafana 7.1, which writes 26"},
		{"panels no list", []any{"panels", `{"x": 1}`}, "panels: not a list"},
		{"panel no object", []any{"panels.0", `1`}, "panels[0]: not an object"},

		{"no panel id", []any{"panels.1.id", gone{}}, "panels[1].id: a panel with an alert needs"},
		{"panel id 0", []any{"panels.1.id", "0"}, "needs a whole number"},
		{"panel id as text", []any{"panels.1.id", `"2"`}, "needs a whole number"},
		{"panel id with a fraction", []any{"panels.1.id", `2.5`}, "needs a whole number"},
		{"panel id twice", []any{"panels.1.id", `3`}, "panels[2].id: panel id 3 is taken by panels[1]"},
		{"panel type", []any{"panels.1.type", `"timeseries"`}, "a panel of type `timeseries` shows no alert"},
		{"panel type stat", []any{"panels.1.type", `"stat"`}, "use `graph`"},
		{"alert null", []any{"panels.1.alert", "null"}, "an empty alert is refused"},
		{"alert empty", []any{"panels.1.alert", "{}"}, "an empty alert is refused"},
		{"in an open row", []any{"panels.0.panels", `[{"id": 9, "type": "graph", "alert": {"name": "x"}}]`}, "are ignored, and their alerts"},
		{"without alert in an open row", []any{"panels.0.panels", `[{"id": 9, "type": "graph"}]`}, ""},
		{"in a collapsed row", []any{"panels.0.collapsed", "true", "panels.0.panels", `[{"id": 9, "type": "graph", "datasource": "Prometheus", "targets": [{"refId": "A", "expr": "up"}],
			"alert": {"name": "x", "frequency": "1m", "conditions": [{"type": "query", "query": {"params": ["A", "5m", "now"]}, "reducer": {"type": "max"}, "evaluator": {"type": "lt", "params": [1]}}]}}]`}, ""},
		{"on a collapsed row", []any{"panels.0.collapsed", "true", "panels.0.alert", "{}"}, "collapsed row itself is ignored"},
		{"rows of old", []any{"rows", `[{"panels": [{"id": 9, "type": "graph", "alert": null}]}]`}, "rows[0].panels[0].alert: an empty alert"},

		{"disabled", []any{firstAlert + "enabled", "false"}, "not evaluated"},
		{"enabled", []any{firstAlert + "enabled", "true"}, ""},
		{"no name", []any{firstAlert + "name", gone{}}, "without a name"},
		{"blank name", []any{firstAlert + "name", `" "`}, "without a name"},
		{"name twice", []any{firstAlert + "name", `"Gone"`}, "another alert is called `Gone`: panels[1].alert.name"},
		{"long name", []any{firstAlert + "name", `"` + strings.Repeat("é", 256) + `"`}, "256 characters"},
		{"name that just fits", []any{firstAlert + "name", `"` + strings.Repeat("é", 255) + `"`}, ""},
		{"message", []any{firstAlert + "message", "5"}, "message: not a text"},

		{"no frequency", []any{firstAlert + "frequency", gone{}}, "a frequency is a text"},
		{"frequency as number", []any{firstAlert + "frequency", "60"}, "a frequency is a text"},
		{"frequency empty", []any{firstAlert + "frequency", `""`}, "a frequency is a text"},
		{"frequency of two units", []any{firstAlert + "frequency", `"1m30s"`}, "`1m30s` is refused, or read as something else"},
		{"frequency in weeks", []any{firstAlert + "frequency", `"1w"`}, "`1w`"},
		{"frequency in milliseconds", []any{firstAlert + "frequency", `"10ms"`}, "`10ms`"},
		{"frequency without unit", []any{firstAlert + "frequency", `"60"`}, "`60`"},
		{"frequency as variable", []any{firstAlert + "frequency", `"$__interval"`}, "$__interval"},
		{"frequency 0", []any{firstAlert + "frequency", `"0s"`}, "of 0 is refused"},
		{"frequency in hours", []any{firstAlert + "frequency", `"24h"`}, ""},

		{"for of a day", []any{firstAlert + "for", `"1d"`}, "`1d` is refused"},
		{"for without unit", []any{firstAlert + "for", `"5"`}, "`5` is refused"},
		{"for as number", []any{firstAlert + "for", `5`}, "not a text"},
		{"for in milliseconds", []any{firstAlert + "for", `"1s500ms"`}, ""},
		{"for negative", []any{firstAlert + "for", `"-1m"`}, "`-1m` is refused, or no time"},
		{"for of two units", []any{firstAlert + "for", `"1m30s"`}, ""},
		{"for 0", []any{firstAlert + "for", `"0m"`}, ""},
		{"no for", []any{firstAlert + "for", gone{}}, ""},

		{"noDataState", []any{firstAlert + "noDataState", `"OK"`}, "`OK` is none of alerting, keep_state, no_data, ok"},
		{"executionErrorState", []any{firstAlert + "executionErrorState", `"ok"`}, "`ok` is none of alerting, keep_state"},
		{"states left out", []any{firstAlert + "noDataState", gone{}, firstAlert + "executionErrorState", gone{}}, ""},
		{"tag as number", []any{firstAlert + "alertRuleTags.severity", "1"}, "tag `severity` is not a text"},
		{"empty tag", []any{firstAlert + "alertRuleTags.severity", `""`}, "tag `severity` is empty"},
		{"long tag", []any{firstAlert + "alertRuleTags.severity", `"` + strings.Repeat("x", 101) + `"`}, "longer than the 100"},
		{"tags as list", []any{firstAlert + "alertRuleTags", `[]`}, "not an object"},
		{"notification by id", []any{firstAlert + "notifications.0", `{"id": 1}`}, "use its `uid`"},
		{"notification without uid", []any{firstAlert + "notifications.0", `{}`}, "without a `uid` is refused"},
		{"unknown notification", []any{firstAlert + "notifications.0.uid", `"nobody"`}, "no notification channel has the uid `nobody`"},
		{"notifications as object", []any{firstAlert + "notifications", `{"uid": "oncall"}`}, "nobody would be notified"},

		{"no conditions", []any{firstAlert + "conditions", "[]"}, "without conditions is refused"},
		{"condition no object", []any{firstAlert + "conditions.0", "1"}, "conditions[0]: not an object"},
		{"condition type", []any{firstCond + "type", `"classic"`}, "only `query` exists"},
		{"operator", []any{firstCond + "operator.type", `"AND"`}, "`AND` is none of and, or"},
		{"operator or", []any{firstCond + "operator.type", `"or"`}, ""},
		{"reducer", []any{firstCond + "reducer.type", `"mean"`}, "`mean` is accepted and always gives no value"},
		{"no reducer", []any{firstCond + "reducer", gone{}}, "always gives no value"},
		{"evaluator", []any{firstCond + "evaluator.type", `"gte"`}, "`gte` is refused"},
		{"no evaluator", []any{firstCond + "evaluator", gone{}}, "is refused; the evaluators are"},
		{"gt without number", []any{firstCond + "evaluator.params", `[]`}, "`gt` needs 1 numbers and has 0"},
		{"gt with two numbers", []any{firstCond + "evaluator.params", `[1, 2]`}, "`gt` needs 1 numbers and has 2"},
		{"gt with text", []any{firstCond + "evaluator.params", `["1"]`}, "`1` is not a number"},
		{"range with one number", []any{firstCond + "evaluator", `{"type": "within_range", "params": [1]}`}, "`within_range` needs 2 numbers and has 1"},
		{"range", []any{firstCond + "evaluator", `{"type": "outside_range", "params": [1, 2.5]}`}, ""},

		{"two query params", []any{firstCond + "query.params", `["A", "5m"]`}, "with fewer the server panics"},
		{"four query params", []any{firstCond + "query.params", `["A", "5m", "now", "x"]`}, "exactly three texts"},
		{"number in query params", []any{firstCond + "query.params", `["A", 5, "now"]`}, "exactly three texts"},
		{"no query", []any{firstCond + "query", gone{}}, "exactly three texts"},
		{"unknown refId", []any{firstCond + "query.params.0", `"C"`}, "no query of the panel is called `C`"},
		{"other refId", []any{firstCond + "query.params.0", `"B"`}, ""},
		{"window of a day", []any{firstCond + "query.params.1", `"1d"`}, "the window `1d` is refused"},
		{"window in hours", []any{firstCond + "query.params.1", `"24h"`}, ""},
		{"window with now", []any{firstCond + "query.params.1", `"now-5m"`}, ""},
		{"window 0", []any{firstCond + "query.params.1", `"0m"`}, "the window `0m` is refused, or empty"},
		{"end in the past", []any{firstCond + "query.params.2", `"now-1m"`}, ""},
		{"end before begin", []any{firstCond + "query.params.2", `"now-10m"`}, "ends before it begins"},
		{"end of a day", []any{firstCond + "query.params.2", `"now-1d"`}, "the end `now-1d` is not read"},

		{"no datasource", []any{"panels.1.datasource", gone{}}, "panels[1].datasource: the alert would be evaluated by whatever"},
		{"datasource null", []any{"panels.1.datasource", "null"}, "whatever the default datasource is"},
		{"datasource variable", []any{"panels.1.datasource", `"$datasource"`}, "`$datasource` is a variable"},
		{"datasource input", []any{"panels.1.datasource", `"${DS_PROMETHEUS}"`}, "is a variable"},
		{"datasource object", []any{"panels.1.datasource", `{"type": "prometheus", "uid": "prometheus"}`}, "reads an object as the default datasource"},
		{"unknown datasource", []any{"panels.1.datasource", `"prometheus"`}, "none of the server's datasources (Prometheus, Other)"},
		{"mixed", []any{"panels.1.datasource", `"-- Mixed --"`}, "no datasource that an alert can ask"},
		{"mixed with target", []any{"panels.1.datasource", `"-- Mixed --"`, firstQuery + "datasource", `"Other"`}, ""},
		{"target datasource", []any{firstQuery + "datasource", `"$ds"`}, "panels[1].targets[0].datasource: `$ds` is a variable"},

		{"empty query", []any{firstQuery + "expr", `" "`}, "the query of an alert is empty"},
		{"variable", []any{firstQuery + "expr", `"up{pod=~\"$pod\"}"`}, "`$pod` is a variable"},
		{"variable in braces", []any{firstQuery + "expr", `"up{pod=~\"${pod:regex}\"}"`}, "`${pod:regex}` is a variable"},
		{"variable in brackets", []any{firstQuery + "expr", `"up{pod=~\"[[pod]]\"}"`}, "`[[pod]]` is a variable"},
		{"variable as range", []any{firstQuery + "expr", `"rate(x[$window])"`}, "`$window` is a variable"},
		{"rate interval", []any{firstQuery + "expr", `"rate(x[$__rate_interval])"`}, "`$__rate_interval` is not replaced"},
		{"interval", []any{firstQuery + "expr", `"rate(x[${__interval}])"`}, "`${__interval}` is not replaced"},
		{"end of a regular expression", []any{firstQuery + "expr", `"up{pod=~\"a$|[[:alpha:]]\"}"`}, ""},
		{"syntax", []any{firstQuery + "expr", `"sum(up"`}, "does not parse"},
		{"range as result", []any{firstQuery + "expr", `"up[5m]"`}, "the query is a matrix"},
		{"step", []any{firstQuery + "interval", `"$step"`}, "`$step` is not read"},
		{"step of a day", []any{"panels.1.interval", `"1d"`}, "panels[1].interval: `1d` is not read"},
		{"least step", []any{firstQuery + "interval", `">30s"`}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			expectProblem(t, CheckLegacy(edited(t, test.edits...), theServer), test.want)
		})
	}
}

// What a 7.1 does not take, a 9.3 may.
func TestCheckLegacyOfLaterVersions(t *testing.T) {
	for _, test := range []struct {
		name  string
		edits []any
		want  string
	}{
		{"newer schema", []any{"schemaVersion", "37"}, ""},
		{"timeseries", []any{"panels.1.type", `"timeseries"`}, ""},
		{"datasource object", []any{"panels.1.datasource", `{"type": "prometheus", "uid": "prometheus"}`}, ""},
		{"datasource object of a variable", []any{"panels.1.datasource", `{"type": "prometheus", "uid": "${datasource}"}`}, "is a variable"},
		{"unknown uid", []any{"panels.1.datasource", `{"type": "prometheus", "uid": "Prometheus"}`}, "none of the server's datasources (prometheus)"},
		{"no uid", []any{"panels.1.datasource", `{"type": "prometheus"}`}, "whatever the default"},
	} {
		t.Run(test.name, func(t *testing.T) {
			expectProblem(t, CheckLegacy(edited(t, test.edits...), server9), test.want)
		})
	}
}

// Of a server of which nothing is known, nothing is said about names.
func TestCheckLegacyWithoutServer(t *testing.T) {
	expectProblem(t, CheckLegacy(edited(t, "panels.1.datasource", `"Anything"`, firstAlert+"notifications.0.uid", `"anybody"`), Server{}), "")
}

func TestCheckLegacyOfNoDashboard(t *testing.T) {
	for data, want := range map[string]string{
		"": "not a dashboard", "null": "`null`", "[]": "not a dashboard", `{"title": "x"} {}`: "behind the JSON object", "{\"title\": \"\xff\"}": "invalid UTF-8",
		`{"title": "x"}`: "",
	} {
		expectProblem(t, CheckLegacy([]byte(data), Server{}), want)
	}
}

// No JSON makes the checks panic.
func FuzzCheckLegacy(f *testing.F) {
	f.Add([]byte(goodBoard))
	f.Add([]byte(`{"title":"x","panels":[{"alert":{"conditions":[{"query":{"params":["A","5m","now"]}}]},"targets":[1]}],"rows":[1]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			t.Skip("longer inputs find nothing that shorter ones do not, and slow the fuzzer down")
		}
		for _, p := range CheckLegacy(data, theServer) {
			if p.Message == "" {
				t.Error("a problem without a message")
			}
		}
	})
}
