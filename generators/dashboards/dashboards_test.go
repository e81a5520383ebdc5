package dashboards_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/generators/dashboards"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

func ver(major, minor int) plan.Version { return plan.Version{Major: major, Minor: minor} }

// versions are those whose spelling differs somewhere.
var versions = []plan.Version{
	ver(7, 1), ver(7, 2), ver(7, 5), ver(8, 0), ver(8, 3), ver(8, 4), ver(8, 5), ver(9, 2), ver(9, 4), ver(9, 5),
	ver(10, 0), ver(10, 3), ver(10, 4), ver(11, 0), ver(12, 0), ver(12, 1), ver(12, 2), ver(13, 0),
}

// marshal spells both boards of the sample, the second with alerts.
func marshal(t testing.TB, v plan.Version) (board, legacy []byte) {
	t.Helper()
	p := sample(v.Major, v.Minor)
	board, err := dashboards.Marshal(p.Dashboard, p.Workspace)
	if err != nil {
		t.Fatalf("%v: %v", v, err)
	}
	legacy, err = dashboards.MarshalWithAlerts(p.Legacy, p.Workspace, func(panel *plan.Panel) (any, error) {
		return map[string]any{"name": panel.Alert.Name, "message": "costs $x"}, nil
	})
	if err != nil {
		t.Fatalf("%v: %v", v, err)
	}
	return board, legacy
}

// decode reads a dashboard as generic JSON.
func decode(t testing.TB, data []byte) map[string]any {
	t.Helper()
	var board map[string]any
	if err := json.Unmarshal(data, &board); err != nil {
		t.Fatal(err)
	}
	return board
}

func panelsOf(board map[string]any) (out []map[string]any) {
	for _, p := range board["panels"].([]any) {
		out = append(out, p.(map[string]any))
	}
	return out
}

// panelNamed is the panel with a title.
func panelNamed(t testing.TB, board map[string]any, title string) map[string]any {
	t.Helper()
	for _, p := range panelsOf(board) {
		if p["title"] == title {
			return p
		}
	}
	t.Fatalf("no panel %q", title)
	return nil
}

// at follows a path of keys and indices.
func at(t testing.TB, v any, path ...any) any {
	t.Helper()
	for i, step := range path {
		switch step := step.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok || m[step] == nil {
				t.Fatalf("nothing at %v in %v", path[:i+1], v)
			}
			v = m[step]
		case int:
			v = v.([]any)[step]
		}
	}
	return v
}

func TestTarget(t *testing.T) {
	target := dashboards.Target()
	p := sample(12, 0)
	if !target.Wants(p.Workspace) || target.Wants(&plan.Workspace{}) {
		t.Error("wanted when not emitted, or the other way round")
	}
	files, err := target.Model(p)
	if err != nil || len(files) != 1 || files[0].Path != "dashboards/vision-ml/cifar10.json" {
		t.Fatalf("files %v, error %v", files, err)
	}
	for _, c := range []struct{ folder, path string }{
		{"", "dashboards/cifar10.json"}, {"../../etc", "dashboards/etc/cifar10.json"}, {"..", "dashboards/cifar10.json"},
		{"Größe / B", "dashboards/gr-e-b/cifar10.json"}, {"a.b_c", "dashboards/a.b_c/cifar10.json"},
	} {
		p.Dashboard.Folder = c.folder
		if got := dashboards.Path(p); got != c.path {
			t.Errorf("folder %q: %s, want %s", c.folder, got, c.path)
		}
	}
	p.Dashboard = nil
	if files, err := target.Model(p); files != nil || err != nil {
		t.Errorf("without a dashboard: %v, %v", files, err)
	}
}

// Every version gets a sound dashboard of panel types that it has.
func TestVersions(t *testing.T) {
	for _, v := range versions {
		t.Run(v.String(), func(t *testing.T) {
			for _, data := range func() [][]byte { a, b := marshal(t, v); return [][]byte{a, b} }() {
				for _, p := range dashboards.Check(data) {
					t.Error(p)
				}
				if !bytes.HasSuffix(data, []byte("}\n")) || bytes.Contains(data, []byte("\r")) || bytes.Contains(data, []byte("\t")) {
					t.Error("not laid out as it should be")
				}
				board := decode(t, data)
				if got := int(board["schemaVersion"].(float64)); got != v.SchemaVersion() {
					t.Errorf("schemaVersion %d, want %d", got, v.SchemaVersion())
				}
				checkTypes(t, v, board)
				checkDatasources(t, v, board)
			}
		})
	}
}

func checkTypes(t *testing.T, v plan.Version, board map[string]any) {
	t.Helper()
	for _, p := range panelsOf(board) {
		kind := p["type"].(string)
		switch modern := slices.Contains([]string{"timeseries", "state-timeline", "barchart"}, kind); {
		case modern && !v.HasTimeSeries():
			t.Errorf("%s has no %s", v, kind)
		case kind == "graph" && v.HasTimeSeries():
			t.Errorf("%s draws %s although it has timeseries", v, kind)
		}
	}
}

// checkDatasources: names before 8.3, objects from then on, everywhere.
func checkDatasources(t *testing.T, v plan.Version, node any) {
	t.Helper()
	switch node := node.(type) {
	case []any:
		for _, element := range node {
			checkDatasources(t, v, element)
		}
	case map[string]any:
		for key, value := range node {
			if _, isName := value.(string); key == "datasource" && isName == v.HasObjectDatasource() {
				t.Errorf("datasource %v", value)
			}
			checkDatasources(t, v, value)
		}
	}
}

// Same plan, same bytes, also at the same time.
func TestDeterministic(t *testing.T) {
	for _, v := range []plan.Version{ver(7, 1), ver(12, 0)} {
		p := sample(v.Major, v.Minor)
		want, err := dashboards.Marshal(p.Dashboard, p.Workspace)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				got, err := dashboards.Marshal(p.Dashboard, p.Workspace)
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("%v: another result (%v)", v, err)
				}
			})
		}
		wg.Wait()
	}
}

// The dashboard of legacy alerts has what a 7.1 server needs: a graph panel with the block, the name of a
// datasource, and no variable.
func TestLegacyBoard(t *testing.T) {
	_, data := marshal(t, ver(7, 1))
	board := decode(t, data)
	panel := panelNamed(t, board, "LatencyHigh")
	if panel["type"] != "graph" || panel["datasource"] != "Prometheus" || at(t, panel, "alert", "name") != "LatencyHigh" {
		t.Errorf("%v", panel)
	}
	if at(t, panel, "thresholds", 0, "value") != 0.3 || at(t, panel, "targets", 0, "refId") != "A" {
		t.Errorf("thresholds %v", panel["thresholds"])
	}
	if list := at(t, board, "templating", "list").([]any); len(list) != 0 {
		t.Errorf("variables %v", list)
	}
	if target := at(t, panel, "targets", 0).(map[string]any); target["datasource"] != nil {
		t.Errorf("a query with a datasource of its own: %v", target)
	}
	_, data = marshal(t, ver(10, 4))
	panel = panelNamed(t, decode(t, data), "LatencyHigh")
	if panel["type"] != "timeseries" || at(t, panel, "datasource", "uid") != "prometheus" || at(t, panel, "alert", "name") != "LatencyHigh" {
		t.Errorf("%v", panel)
	}
}

func TestErrors(t *testing.T) {
	for name, spoil := range map[string]func(*plan.Dashboard){
		"carries an alert":         func(d *plan.Dashboard) { d.Panels[0].Alert = &plan.Alert{} },
		`kind "cloud"`:             func(d *plan.Dashboard) { d.Panels[0].Kind = "cloud" },
		"queries instead of two":   func(d *plan.Dashboard) { d.Panels[0].Kind = plan.Compare },
		"neither an address nor a": func(d *plan.Dashboard) { d.Links = []plan.Link{{Title: "x"}} },
		"no options":               func(d *plan.Dashboard) { d.Variables[4].Options = nil },
		"has no query": func(d *plan.Dashboard) {
			d.Panels[0].Kind, d.Panels[0].Columns = plan.Table, make([]plan.Column, 2)
		},
	} {
		for _, v := range []plan.Version{ver(7, 1), ver(12, 0)} {
			p := sample(v.Major, v.Minor)
			spoil(p.Dashboard)
			if _, err := dashboards.Marshal(p.Dashboard, p.Workspace); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%v: error %v, want %q", v, err, name)
			}
		}
	}
}

// What Grafana before 8 shows instead of the newer panels.
func TestClassic(t *testing.T) {
	data, _ := marshal(t, ver(7, 1))
	board := decode(t, data)
	status := panelNamed(t, board, "Status")
	steps := fmt.Sprint(at(t, status, "fieldConfig", "defaults", "thresholds", "steps"))
	if want := "[map[color:#7D64A8 value:<nil>] map[color:#009E73 value:0] map[color:#B36B00 value:1] map[color:#E02F44 value:2]]"; steps != want {
		t.Errorf("mappings have no colour before 8, so the steps must: %s", steps)
	}
	if text := at(t, panelNamed(t, board, "Latency"), "fieldConfig", "defaults", "thresholds", "steps", 1, "color"); text != "#B0B0B8" {
		t.Errorf("the colour of text is %v", text)
	}
	signals := panelNamed(t, board, "Signals: what is wrong, and since when")
	if signals["type"] != "stat" || len(at(t, signals, "targets").([]any)) != 4 || at(t, signals, "targets", 0, "instant") != true {
		t.Errorf("signals: %v", signals)
	}
	now, then := panelNamed(t, board, "last 30 min: Class mix now against then"), panelNamed(t, board, "$baseline ago: Class mix now against then")
	if fmt.Sprint(now["gridPos"], then["gridPos"]) != "map[h:9 w:6 x:12 y:30] map[h:9 w:6 x:18 y:30]" {
		t.Errorf("places %v %v", now["gridPos"], then["gridPos"])
	}
	if key := "compare/class-mix-now-against-then"; now["id"] != float64(plan.PanelID(key)) || then["id"] != float64(plan.ThenID(key)) {
		t.Errorf("ids %v %v", now["id"], then["id"])
	}
	if at(t, now, "targets", 0, "format") != "time_series" || at(t, now, "targets", 0, "legendFormat") != "{{label}}" {
		t.Errorf("query %v", at(t, now, "targets", 0))
	}
	if buckets := panelNamed(t, board, "last 30 min: Confidence now against then"); at(t, buckets, "targets", 0, "instant") != false {
		t.Error("7.1 takes buckets apart in range queries only")
	}
	if mix := at(t, board, "templating", "list", 4, "query"); mix != "1d,1h,7d" {
		t.Errorf("options %v: texts are not known before 8", mix)
	}
	rate := panelNamed(t, board, "Class mix")
	if rate["nullPointMode"] != "null as zero" || rate["linewidth"] != 0.0 || at(t, rate, "aliasColors", "cat") != "#FFAABB" {
		t.Errorf("stack %v", rate)
	}
	if o := at(t, rate, "seriesOverrides", 0, "alias").(string); !strings.HasPrefix(o, "/^(?!(?:airplane|") {
		t.Errorf("the colour of undeclared classes applies to %s", o)
	}
	change := at(t, panelNamed(t, board, "Classes"), "fieldConfig", "overrides", 2, "properties")
	if !strings.Contains(fmt.Sprint(change), "color:#E69F00 value:-1e+12") {
		t.Errorf("without a number at the bottom, 7.1 colours -0.1 as if it were below -5: %v", change)
	}
	if link := at(t, panelNamed(t, board, "Pods"), "fieldConfig", "overrides", 0, "properties", 1, "value", 0, "url").(string); strings.Contains(link, "queryparam") ||
		!strings.Contains(link, "&var-service=${service:percentencode}&") {
		t.Errorf("link %s", link)
	}
}

// Who lists the alerts that fire.
func TestFiring(t *testing.T) {
	for _, c := range []struct {
		name          string
		major         int
		legacy, query bool
		want          string
	}{
		{"prometheus", 12, false, true, "table"}, {"unified", 12, false, false, "alertlist"},
		{"prometheus before 8", 7, false, true, "stat"}, {"legacy before 8", 7, true, true, "alertlist"}, {"legacy in 9", 9, true, false, "alertlist"},
	} {
		p := sample(c.major, 1)
		p.Workspace.LegacyAlerts = c.legacy
		firing := p.Dashboard.Panels[7]
		firing.AlertTags, firing.AlertLabels = []string{"ml-serving-alerts", "cifar10"}, []plan.Label{{Name: "ml_model", Value: "cifar10"}}
		if !c.query {
			firing.Queries = nil
		}
		data, err := dashboards.Marshal(p.Dashboard, p.Workspace)
		if err != nil {
			t.Fatal(err)
		}
		panel := panelNamed(t, decode(t, data), "Firing now")
		if panel["type"] != c.want {
			t.Errorf("%s: %v", c.name, panel["type"])
		}
		if got, _ := json.Marshal(panel); c.want == "alertlist" && !bytes.Contains(got, []byte("cifar10")) {
			t.Errorf("%s lists the alerts of everybody: %s", c.name, got)
		}
	}
}
