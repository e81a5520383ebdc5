// Package examples has no code: its tests hold the workspaces in this folder to what they promise, in
// the real engine of Prometheus.
package examples

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/promql"

	"github.com/mlobs-gen/mlobs-gen/generators/alerts"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/planner"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// planExample plans a spec of an example; grafana, if not empty, replaces the workspace's version, and
// with it the alerting: later ones have no legacy alerts.
func planExample(t *testing.T, dir, model, grafana string) *plan.Plan {
	t.Helper()
	read := func(name string) *diag.File {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if grafana != "" {
			text = strings.Replace(text, `version: "7.1"`, `version: "`+grafana+`"`, 1)
			text = strings.Replace(text, "# mlobs:allow two-evaluators: Grafana notifies until everybody has moved\nalerting: [prometheus, grafana-legacy]", "alerting: prometheus", 1)
		}
		return diag.NewFile(name, []byte(text))
	}
	rep := &diag.Report{}
	lib := spec.NewLibrary(rep)
	ws := spec.LoadWorkspace(read("mlobs.yaml"), rep)
	if ws == nil {
		t.Fatal(rep.All()[0].Message)
	}
	pws := planner.Workspace(ws, rep)
	m := spec.Load(read(model), ws, lib, rep)
	if m == nil || pws == nil || len(rep.All()) > 0 {
		t.Fatal(rep.All()[0].Message)
	}
	p := planner.New(lib).Build(m, ws, pws, rep)
	for _, d := range rep.All() {
		t.Fatal(d.Message)
	}
	return p
}

func cifarPlan(t *testing.T, grafana string) *plan.Plan {
	return planExample(t, "spell-cifar10", "models/cnn-cifar10.yaml", grafana)
}

// run loads the series and runs the generated rules over them.
func run(t *testing.T, p *plan.Plan, series []enginetest.Series) *enginetest.Storage {
	t.Helper()
	files, err := alerts.Prometheus().Model(p)
	if err != nil {
		t.Fatal(err)
	}
	s := enginetest.Load(t, interval, series)
	if err := s.Rules(files[0].Data, enginetest.At(begin), enginetest.At(end)); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestCifarAlerts: each alert that roles and profiles bring fires in its fault, and no other does. The
// seed's own alert fires whatever the weather: a quantile never falls below 0.9 of the first bucket,
// 4.5 ms, so that it is never within 4.2 ms while there is traffic.
func TestCifarAlerts(t *testing.T) {
	p := cifarPlan(t, "")
	for name, tt := range map[string]struct {
		weather func(*cifar)
		fires   []string
		// signals at the end that are not 0.
		signals map[string]float64
	}{
		"good weather": {func(*cifar) {}, nil, nil},
		"targets down": {func(w *cifar) { w.up = false }, []string{"TargetsDown", "TrafficDropped"},
			map[string]float64{"Targets up": 2, "Latency p95": -1, "Confidence": -1, "Traffic change": 2, "Class mix drift": -1, "Unknown classes": -1}},
		"model gone": {func(w *cifar) { w.up, w.gone = false, true }, []string{"TargetsDown", "TrafficDropped"},
			map[string]float64{"Targets up": 2, "Latency p95": -1, "Confidence": -1, "Traffic change": 2, "Class mix drift": -1, "Unknown classes": -1, "Pods ready": -1, "CPU of limit": -1, "Memory of limit": -1}},
		"slow":         {func(w *cifar) { w.latency = 0.4 }, []string{"LatencyHigh"}, map[string]float64{"Latency p95": 2}},
		"a bit slow":   {func(w *cifar) { w.latency = 0.1 }, nil, map[string]float64{"Latency p95": 1}},
		"unsure":       {func(w *cifar) { w.sure = 1.5 }, []string{"ConfidenceLow"}, map[string]float64{"Confidence": 2}},
		"a bit unsure": {func(w *cifar) { w.sure = 3 }, nil, map[string]float64{"Confidence": 1}},
		"traffic lost": {func(w *cifar) { w.rate = 0.1 }, []string{"TrafficDropped"}, map[string]float64{"Traffic change": 2}},
		"no traffic": {func(w *cifar) { w.rate = 0 }, []string{"TrafficDropped"},
			map[string]float64{"Traffic change": 2, "Latency p95": -1, "Confidence": -1, "Class mix drift": -1}},
		"drift":        {func(w *cifar) { w.mix = []float64{.06, .05, .11, .27, .09, .15, .17, .06, .02, .02} }, []string{"ClassMixDrift"}, map[string]float64{"Class mix drift": 2}},
		"new class":    {func(w *cifar) { w.extra = 0.01 }, []string{"UnknownClasses"}, map[string]float64{"Unknown classes": 1}},
		"not ready":    {func(w *cifar) { w.ready = false }, []string{"PodsNotReady"}, map[string]float64{"Pods ready": 2}},
		"cpu full":     {func(w *cifar) { w.cpu = 1 }, []string{"CPUNearLimit"}, map[string]float64{"CPU of limit": 2}},
		"throttled":    {func(w *cifar) { w.throttled = 0.4 }, []string{"CPUThrottling"}, nil},
		"memory full":  {func(w *cifar) { w.memory = 0.97 }, []string{"MemoryNearLimit"}, map[string]float64{"Memory of limit": 2}},
		"crash loop":   {func(w *cifar) { w.restarts = 10 }, []string{"PodRestarts"}, map[string]float64{"Restarts": 2}},
		"two restarts": {func(w *cifar) { w.restarts = 1 }, nil, map[string]float64{"Restarts": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			longUnless(t, name, "slow")
			t.Parallel()
			after := goodWeather()
			tt.weather(&after)
			s := run(t, p, goodWeather().series(after))
			// Its day of samples outlives every fault.
			outlook{fires: tt.fires, always: []string{"SlowInference"}, signals: tt.signals}.check(t, p, s)
			want := append(tt.fires, "SlowInference")
			slices.Sort(want)
			if diff := cmp.Diff(want, legacyFiring(t, p, s)); diff != "" {
				t.Errorf("legacy alerts that fire in the end (-want +got):\n%s", diff)
			}
		})
	}
}

// firing are the names of the alerts that fire at a time, sorted.
func firing(t *testing.T, s *enginetest.Storage, at time.Duration) []string {
	t.Helper()
	return firingOf(t, s, "", at)
}

func query(t *testing.T, s *enginetest.Storage, expr string, at time.Duration) promql.Vector {
	t.Helper()
	v, err := s.Query(expr, enginetest.At(at))
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	return v
}

// legacyFiring judges the generated alert blocks as Grafana 7.1 would: the last window of the query,
// reduced, compared. It reads the JSON, not the plan.
func legacyFiring(t *testing.T, p *plan.Plan, s *enginetest.Storage) (names []string) {
	t.Helper()
	files, err := alerts.Legacy().Model(p)
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ RefID, Expr string }
			Alert   *struct {
				Conditions []struct {
					Query     struct{ Params []string }
					Reducer   struct{ Type string }
					Evaluator struct {
						Type   string
						Params []float64
					}
				}
			}
		}
	}
	if err := json.Unmarshal(files[0].Data, &board); err != nil {
		t.Fatal(err)
	}
	for _, panel := range board.Panels {
		c := panel.Alert.Conditions[0]
		window, err := time.ParseDuration(c.Query.Params[1])
		if err != nil {
			t.Fatal(err)
		}
		m, err := s.QueryRange(panel.Targets[0].Expr, enginetest.At(end-window), enginetest.At(end), 15*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		for _, series := range m {
			if v, ok := reduce(t, c.Reducer.Type, series.Floats); ok && judge(t, c.Evaluator.Type, c.Evaluator.Params, v) {
				names = append(names, panel.Title)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func reduce(t *testing.T, how string, points []promql.FPoint) (float64, bool) {
	var values []float64
	for _, p := range points {
		if !math.IsNaN(p.F) {
			values = append(values, p.F)
		}
	}
	if len(values) == 0 {
		return 0, false
	}
	switch how {
	case "max":
		return slices.Max(values), true
	case "last":
		return values[len(values)-1], true
	}
	t.Fatalf("reducer %s", how)
	return 0, false
}

func judge(t *testing.T, how string, params []float64, v float64) bool {
	switch how {
	case "gt":
		return v > params[0]
	case "lt":
		return v < params[0]
	}
	t.Fatalf("evaluator %s", how)
	return false
}

// TestCifarPanels: every query of every panel, variable and annotation returns data in good weather, and the
// columns of a table have the label that joins them.
func TestCifarPanels(t *testing.T) {
	for _, grafana := range []string{"", "12"} {
		t.Run("grafana "+grafana, func(t *testing.T) {
			longUnless(t, grafana, "12")
			t.Parallel()
			p := cifarPlan(t, grafana)
			s := run(t, p, goodWeather().series(goodWeather()))
			if queries := checkQueries(t, p, s, end, nil); queries < 40 {
				t.Errorf("only %d queries", queries)
			}
			tables := 0
			for _, panel := range p.Dashboard.Panels {
				if panel.Kind == plan.Table {
					tables++
				}
			}
			if tables != 2 {
				t.Errorf("%d tables", tables)
			}
		})
	}
}
