package golden

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The spec that the tests below change a little, and a panel that they add or move.
const (
	specFile = "models/cnn-cifar10.yaml"
	board    = "dashboards/vision-ml/cnn-cifar10.json"
	newPanel = `        - title: Added
          query: sum(rate(prediction_value_total[$window]))
          width: 8
`
	second = `        # mlobs:allow fixed-range: kept as in the original dashboard
        - title: Current Predictions Per Second Per Class
          query: sum by (label) (rate(prediction_value_total[1m]))
          width: 8
`
)

// compileChanged compiles the example with its spec changed.
func compileChanged(t *testing.T, change func(string) string) map[string][]byte {
	t.Helper()
	dir := copyWorkspace(t, "../examples/spell-cifar10", nil)
	path := filepath.Join(dir, specFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := change(string(data))
	if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	return compileWorkspace(t, dir)
}

// panels returns the panels of a dashboard by id, without their places.
func panels(t *testing.T, data []byte) map[float64]map[string]any {
	t.Helper()
	var d struct{ Panels []map[string]any }
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	byID := map[float64]map[string]any{}
	for _, p := range d.Panels {
		delete(p, "gridPos")
		byID[p["id"].(float64)] = p
	}
	return byID
}

// TestAddPanel: a new panel changes its block and the positions behind it, nothing else.
func TestAddPanel(t *testing.T) {
	before := compileChanged(t, func(s string) string { return s })
	after := compileChanged(t, func(s string) string { return strings.Replace(s, second, second+newPanel, 1) })
	for path := range before {
		if path != board && !strings.HasPrefix(path, ".mlobs/") && string(before[path]) != string(after[path]) {
			t.Errorf("%s changed", path)
		}
	}
	was, is := panels(t, before[board]), panels(t, after[board])
	added := 0
	for id, p := range is {
		if old, ok := was[id]; !ok {
			added++
			if p["title"] != "Added" {
				t.Errorf("%s has another id than before", p["title"])
			}
		} else if diff := cmp.Diff(old, p); diff != "" {
			t.Errorf("%s changed:\n%s", p["title"], diff)
		}
	}
	if added != 1 || len(is) != len(was)+1 {
		t.Errorf("%d panels added to %d: now %d", added, len(was), len(is))
	}
	// Line by line: all that goes or comes outside the new block is a position.
	changed := func(a, b []byte) (lines []string) {
		count := map[string]int{}
		for _, l := range strings.Split(string(b), "\n") {
			count[l]++
		}
		for _, l := range strings.Split(string(a), "\n") {
			if count[l]--; count[l] < 0 {
				lines = append(lines, strings.TrimSpace(l))
			}
		}
		return lines
	}
	for _, l := range changed(before[board], after[board]) {
		if !strings.HasPrefix(l, `"x":`) && !strings.HasPrefix(l, `"y":`) {
			t.Errorf("this line went: %s", l)
		}
	}
}

// TestMovePanel: a panel that moves keeps its id, and all that it is.
func TestMovePanel(t *testing.T) {
	last := "          width: 12\n\nalerts:"
	before := compileChanged(t, func(s string) string { return s })
	after := compileChanged(t, func(s string) string {
		s = strings.Replace(s, second, "", 1)
		return strings.Replace(s, last, "          width: 12\n"+second+"\nalerts:", 1)
	})
	if diff := cmp.Diff(panels(t, before[board]), panels(t, after[board])); diff != "" {
		t.Errorf("more than places changed:\n%s", diff)
	}
	if string(before[board]) == string(after[board]) {
		t.Error("nothing moved")
	}
}

// TestRename: an explicit `id:` keeps the identity of a panel whose title changes.
func TestRename(t *testing.T) {
	id := func(data []byte, title string) float64 {
		for id, p := range panels(t, data) {
			if p["title"] == title {
				return id
			}
		}
		t.Fatalf("no panel %q", title)
		return 0
	}
	before := compileChanged(t, func(s string) string { return s })
	after := compileChanged(t, func(s string) string {
		return strings.Replace(s, "title: Predictions Made\n", "title: Answers given\n          id: predictions-made\n", 1)
	})
	if a, b := id(before[board], "Predictions Made"), id(after[board], "Answers given"); a != b {
		t.Errorf("id %v became %v", a, b)
	}
}

// TestSeedAlert: the legacy alert of the example reads max / 5m / gt 0.0042 on a graph panel with a
// concrete datasource and without a variable.
func TestSeedAlert(t *testing.T) {
	files := compileChanged(t, func(s string) string { return s })
	var d struct {
		Templating struct{ List []any }
		Panels     []struct {
			Title, Type string
			Datasource  any
			Targets     []struct{ RefID, Expr string }
			Alert       map[string]any
		}
	}
	if err := json.Unmarshal(files["grafana-legacy/cnn-cifar10.json"], &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Templating.List) > 0 {
		t.Error("the dashboard of the alerts has variables")
	}
	i := slices.IndexFunc(d.Panels, func(p struct {
		Title, Type string
		Datasource  any
		Targets     []struct{ RefID, Expr string }
		Alert       map[string]any
	}) bool {
		return p.Title == "SlowInference"
	})
	p := d.Panels[i]
	if p.Type != "graph" || p.Datasource != "Prometheus" || strings.Contains(p.Targets[0].Expr, "$") {
		t.Errorf("panel: %+v", p)
	}
	want := []any{map[string]any{
		"type": "query", "operator": map[string]any{"type": "and"},
		"query":     map[string]any{"params": []any{"A", "5m", "now"}},
		"reducer":   map[string]any{"type": "max", "params": []any{}},
		"evaluator": map[string]any{"type": "gt", "params": []any{0.0042}},
	}}
	if diff := cmp.Diff(want, p.Alert["conditions"]); diff != "" {
		t.Errorf("conditions (-want +got):\n%s", diff)
	}
	if expr := p.Targets[0].Expr; expr != `histogram_quantile(0.9, sum by (job, le) (rate(inference_time_bucket{service="model-serving-10494"}[24h])))` {
		t.Errorf("query %s", expr)
	}
}
