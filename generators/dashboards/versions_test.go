package dashboards_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/generators/dashboards"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// withMore is the sample with the panels that it lacks.
func withMore(v plan.Version) *plan.Plan {
	p := sample(v.Major, v.Minor)
	bars := &plan.Panel{
		Key: "bars", ID: plan.PanelID("bars"), Kind: plan.BarChart, Title: "Bars over time", Grid: plan.Grid{Y: 200, W: 10, H: 8},
		Queries: []plan.Query{{RefID: "A", Expr: "up", Legend: "up"}}, Repeat: "pod",
		Mappings: []plan.Mapping{word(0, "down", ""), word(1, "up", "")},
	}
	words := *bars
	words.Key, words.ID, words.Kind, words.Title, words.Repeat = "words", plan.PanelID("words"), plan.Stat, "Words", ""
	words.Grid.X = 12
	p.Dashboard.Panels = append(p.Dashboard.Panels, bars, &words)
	return p
}

func marshalMore(t *testing.T, v plan.Version) []byte {
	t.Helper()
	p := withMore(v)
	data, err := dashboards.Marshal(p.Dashboard, p.Workspace)
	if err != nil {
		t.Fatalf("%v: %v", v, err)
	}
	for _, problem := range dashboards.Check(data) {
		t.Errorf("%v: %v", v, problem)
	}
	return data
}

// Neighbouring versions of which one has a spelling, and the other has not.
func TestFeatures(t *testing.T) {
	for _, c := range []struct {
		text          string
		with, without plan.Version
	}{
		{`:queryparam}`, ver(7, 5), ver(7, 4)},
		{`"type": "graph"`, ver(7, 5), ver(8, 0)},
		{`"type": "timeseries"`, ver(8, 0), ver(7, 5)},
		{`"type": "state-timeline"`, ver(8, 0), ver(7, 5)},
		{`1 day ago : 1d`, ver(8, 0), ver(7, 5)},
		{`"datasource": "$datasource"`, ver(8, 2), ver(8, 3)},
		{`"uid": "${datasource}"`, ver(8, 3), ver(8, 2)},
		{`"drawStyle": "bars"`, ver(8, 3), ver(8, 4)},
		{`"displayMode": "hidden"`, ver(9, 1), ver(9, 2)},
		{`"seriesToColumns"`, ver(9, 1), ver(9, 2)},
		{`"joinByField"`, ver(9, 2), ver(9, 1)},
		{`"dashed"`, ver(9, 2), ver(9, 1)},
		{`"custom.cellOptions"`, ver(9, 4), ver(9, 3)},
		{`"cellHeight"`, ver(9, 4), ver(9, 3)},
		{`"background_solid"`, ver(9, 5), ver(9, 4)},
		{`"shades"`, ver(10, 0), ver(9, 5)},
		{`"palette-classic-by-name"`, ver(10, 0), ver(9, 5)},
		{`"filter": {`, ver(10, 0), ver(9, 5)},
		{`"dataFormat": "tsbuckets"`, ver(10, 2), ver(10, 3)},
		{`"rowsFrame"`, ver(10, 3), ver(10, 2)},
		{`"wideLayout"`, ver(10, 3), ver(10, 2)},
		{`"titleFormat"`, ver(11, 6), ver(12, 0)},
		{`"refId": "Anno"`, ver(12, 0), ver(11, 6)},
		{"\n        \"expr\": \"max by (alertname, severity)", ver(12, 0), ver(12, 1)},
	} {
		if !strings.Contains(string(marshalMore(t, c.with)), c.text) {
			t.Errorf("%v: no %s", c.with, c.text)
		}
		if strings.Contains(string(marshalMore(t, c.without)), c.text) {
			t.Errorf("%v: %s", c.without, c.text)
		}
	}
}

// A comparison of histograms needs transformations of single queries: before those, it is two panels of bars.
func TestCompareBuckets(t *testing.T) {
	const title = "Confidence now against then"
	for v, kind := range map[plan.Version]string{ver(7, 1): "graph", ver(8, 0): "barchart", ver(9, 5): "barchart"} {
		apart := decode(t, marshalMore(t, v))
		ago := "${baseline:text}: "
		if kind == "graph" {
			ago = "$baseline ago: "
		}
		now, then := panelNamed(t, apart, "last 30 min: "+title), panelNamed(t, apart, ago+title)
		if now["type"] != kind || then["type"] != kind || now["id"] == then["id"] || at(t, now, "targets", 0, "instant") != false {
			t.Errorf("%v: %v, %v", v, now, then)
		}
		if kind == "graph" && at(t, now, "xaxis", "mode") != "series" {
			t.Errorf("%v", now["xaxis"])
		}
	}
	if together := panelNamed(t, decode(t, marshalMore(t, ver(10, 0))), title); together["type"] != "barchart" {
		t.Errorf("%v", together["type"])
	}
}

// Bars of a label's values are named after their panel: the label's name in braces would be a name of its own.
func TestBarNames(t *testing.T) {
	p := sample(12, 0)
	for legend, want := range map[string]string{"{{pod}}": "Bars", "": "Bars", "ready": "ready"} {
		p.Dashboard.Panels = append(p.Dashboard.Panels[:1:1], &plan.Panel{
			Key: "bars", ID: 7, Kind: plan.BarChart, Title: "Bars", Grid: plan.Grid{Y: 200, W: 12, H: 8}, JoinBy: "pod",
			Queries: []plan.Query{{RefID: "A", Expr: "up", Legend: legend, Format: plan.FormatTable, Instant: true}},
		})
		data, err := dashboards.Marshal(p.Dashboard, p.Workspace)
		if err != nil {
			t.Fatal(err)
		}
		overrides := at(t, panelNamed(t, decode(t, data), "Bars"), "fieldConfig", "overrides")
		if got := at(t, overrides, 1, "properties", 0, "value"); got != want {
			t.Errorf("%q: %v, want %s", legend, got, want)
		}
	}
}

// A repeated panel names the value in its title, is repeated side by side, and as wide as it is.
func TestRepeat(t *testing.T) {
	for _, v := range versions {
		board := decode(t, marshalMore(t, v))
		p := panelNamed(t, board, "Bars over time: ${pod}")
		if p["repeat"] != "pod" || p["repeatDirection"] != "h" || p["maxPerRow"] != 2.0 {
			t.Errorf("%v: %v %v %v", v, p["repeat"], p["repeatDirection"], p["maxPerRow"])
		}
		if p := panelNamed(t, board, "Words"); p["repeat"] != nil || p["repeatDirection"] != nil {
			t.Errorf("%v: %v", v, p)
		}
	}
}

// The words of an author for values.
func TestWords(t *testing.T) {
	for _, v := range versions {
		got, err := json.Marshal(at(t, panelNamed(t, decode(t, marshalMore(t, v)), "Words"), "fieldConfig", "defaults", "mappings"))
		if err != nil {
			t.Fatal(err)
		}
		want := `[{"options":{"0":{"index":0,"text":"down"},"1":{"index":1,"text":"up"}},"type":"value"}]`
		if !v.HasTimeSeries() {
			want = `[{"id":0,"op":"=","text":"down","type":1,"value":"0"},{"id":1,"op":"=","text":"up","type":1,"value":"1"}]`
		}
		if string(got) != want {
			t.Errorf("%v: %s", v, got)
		}
	}
}

// A choice among members: what separates options is escaped in a value.
func TestMembers(t *testing.T) {
	for _, v := range versions {
		p := sample(v.Major, v.Minor)
		p.Dashboard.Variables[4] = plan.Variable{
			Kind: plan.CustomVariable, Name: "baseline", Options: []plan.Option{{Text: "AT", Value: "AT"}, {Text: "Paris, TX", Value: "Paris, TX"}},
		}
		data, err := dashboards.Marshal(p.Dashboard, p.Workspace)
		if err != nil {
			t.Fatal(err)
		}
		want := `AT,Paris TX : Paris\, TX`
		if !v.HasTimeSeries() {
			want = `AT,Paris\, TX`
		}
		m := at(t, decode(t, data), "templating", "list", 4).(map[string]any)
		if m["query"] != want || m["multi"] != false || m["includeAll"] != false || fmt.Sprint(m["current"]) != "map[text:AT value:AT]" {
			t.Errorf("%v: %v", v, m)
		}
	}
}
