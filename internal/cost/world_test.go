package cost_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"

	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
)

// plansOf plans the specs of a folder.
func plansOf(t *testing.T, dir string) []*plan.Plan {
	t.Helper()
	cwd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	workspaces, err := source.Find(cwd, []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		for _, ws := range workspaces {
			if err := ws.Close(); err != nil {
				t.Error(err)
			}
		}
	}()
	var plans []*plan.Plan
	var mu sync.Mutex
	result, err := compile.Run(context.Background(), compile.Input{Workspaces: workspaces, Mode: compile.Plan, Crash: true, Planned: func(p *plan.Plan) error {
		mu.Lock()
		defer mu.Unlock()
		plans = append(plans, p)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range result.Report.All() {
		t.Errorf("%s in %s: %s (%s)", d.Severity, d.Path, d.Message, d.Help)
	}
	if len(plans) == 0 {
		t.Fatal("no plans")
	}
	return plans
}

// planOf plans a spec that stands in a test.
func planOf(t *testing.T, workspace, spec string) *plan.Plan {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"mlobs.yaml": workspace, "model.yaml": spec} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return plansOf(t, dir)[0]
}

// world is a real storage of Prometheus with all series that a plan declares.
type world struct {
	t  *testing.T
	p  *plan.Plan
	db *tsdb.DB
	// scraped are the series of the model's targets.
	scraped []labels.Labels
}

func newWorld(t *testing.T, p *plan.Plan) *world {
	t.Helper()
	options := tsdb.DefaultOptions()
	options.OutOfOrderTimeWindow = (48 * time.Hour).Milliseconds()
	db, err := tsdb.Open(t.TempDir(), nil, nil, options, nil)
	if err != nil {
		t.Fatal(err)
	}
	db.DisableCompactions()
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{t: t, p: p, db: db}
	w.declare()
	return w
}

// set is a set of labels while it is made.
type set map[string]string

func (s set) with(name, value string) set {
	out := maps.Clone(s)
	out[name] = value
	return out
}

// spread makes one set for each value of a label.
func spread(sets []set, name string, values []string) (out []set) {
	for _, s := range sets {
		for _, v := range values {
			out = append(out, s.with(name, v))
		}
	}
	return out
}

// valuesOf makes up values where a contract gives only their number. What the metric's selector names is one of them.
func valuesOf(l metric.Label, selector []metric.Matcher) []string {
	if l.Values.Exactly != nil {
		return l.Values.Exactly
	}
	var list []string
	for _, m := range selector {
		if m.Label == l.Name && m.Op == metric.Equal {
			list = append(list, m.Value)
		}
	}
	for i := len(list); i < l.Values.AtMost; i++ {
		list = append(list, fmt.Sprintf("%s-%d", l.Name, i))
	}
	return list
}

// declare lists all series that the targets of the model have, written down as a client library and a scrape make
// them.
func (w *world) declare() {
	target := set{}
	for _, l := range w.p.Contract.Schema.Targets[0].Labels {
		for _, m := range l.Selector {
			if m.Op == metric.Equal {
				target[m.Label] = m.Value
			}
		}
	}
	targets := []set{target}
	for _, r := range w.p.Contract.Replicas {
		targets = spread(targets, r.Name, valuesOf(r, nil))
	}
	for i := range targets {
		targets[i] = targets[i].with("instance", fmt.Sprintf("10.0.0.%d:8080", i))
	}
	for _, m := range w.p.Contract.Metrics {
		if m.Source != 0 || m.Optional || m.Brought && m.Until != "" {
			continue
		}
		sets := targets
		for _, l := range m.Labels {
			values := valuesOf(l, m.Selector)
			if members := w.p.Contract.Members; members != nil && members.Name == l.Name {
				values = members.Values.Exactly
			}
			sets = spread(sets, l.Name, values)
		}
		w.family(m, sets)
	}
	if w.p.Contract.Schema.Targets[0].Pushed {
		return
	}
	for _, name := range []string{"up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling", "scrape_series_added"} {
		w.add(name, targets)
	}
}

// family are the series of a metric.
func (w *world) family(m *metric.Metric, sets []set) {
	switch m.Type {
	case metric.Histogram:
		bounds := []string{"+Inf"}
		for _, b := range m.Buckets {
			bounds = append(bounds, labels.FormatOpenMetricsFloat(b.InexactFloat64()))
		}
		w.add(m.Name+"_bucket", spread(sets, "le", bounds))
		w.add(m.Name+"_sum", sets)
		w.add(m.Name+"_count", sets)
	case metric.Summary:
		for _, q := range m.Quantiles {
			w.add(m.Name, spread(sets, "quantile", []string{labels.FormatOpenMetricsFloat(q.InexactFloat64())}))
		}
		w.add(m.Name+"_sum", sets)
		w.add(m.Name+"_count", sets)
	default:
		w.add(m.Name, sets)
	}
}

func (w *world) add(name string, sets []set) {
	for _, s := range sets {
		w.scraped = append(w.scraped, labels.FromMap(s.with(model.MetricNameLabel, name)))
	}
}

// append gives series a sample at each of some times; values rise.
func (w *world) append(list []labels.Labels, times []time.Time) {
	w.t.Helper()
	refs := make([]storage.SeriesRef, len(list))
	for n, at := range times {
		app := w.db.Appender(context.Background())
		for i, l := range list {
			var err error
			if refs[i], err = app.Append(refs[i], l, at.UnixMilli(), float64(n*(i%7+1))); err != nil {
				w.t.Fatalf("%s: %v", l, err)
			}
		}
		if err := app.Commit(); err != nil {
			w.t.Fatal(err)
		}
	}
}

// every are the times of samples in the window (end-window, end].
func every(interval, window time.Duration, end time.Time) (times []time.Time) {
	for at := end; at.After(end.Add(-window)); at = at.Add(-interval) {
		times = append(times, at)
	}
	slices.Reverse(times)
	return times
}

// query evaluates an expression, and says how many samples that read.
func (w *world) query(engine *promql.Engine, text string, at time.Time) (promql.Vector, int64) {
	w.t.Helper()
	q, err := engine.NewInstantQuery(context.Background(), w.db, promql.NewPrometheusQueryOpts(false, 0), text, at)
	if err != nil {
		w.t.Fatalf("%s: %v", text, err)
	}
	defer q.Close()
	result := q.Exec(context.Background())
	if result.Err != nil {
		w.t.Fatalf("%s: %v", text, result.Err)
	}
	read := q.Stats().Samples.SamplesRead
	v, err := result.Vector()
	if err != nil {
		w.t.Fatalf("%s: %v", text, err)
	}
	return slices.Clone(v), read
}
