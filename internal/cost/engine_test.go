package cost_test

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/cost"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// TestHead loads all series that the examples declare into a real head: it has as many as the estimate says.
func TestHead(t *testing.T) {
	for _, p := range plansOf(t, "../../examples") {
		t.Run(p.Model, func(t *testing.T) {
			m := count(t, p, cost.Options{})
			want := 0.0
			for _, of := range m.Metrics {
				if of.Elsewhere {
					continue
				}
				if !of.Series.Known() {
					t.Fatalf("%s has no bound: %v", of.Name, of.Series.Without)
				}
				want += of.Series.Most
			}
			w := newWorld(t, p)
			w.append(w.scraped, []time.Time{time.Unix(0, 0)})
			if got := float64(w.db.Head().NumSeries()); got != want {
				t.Errorf("the head has %v series, the estimate is %v", got, want)
			}
			if got := m.Totals.Own.Series.Most + m.Totals.Stack.Series.Most; got != want {
				t.Errorf("the totals say %v instead of %v", got, want)
			}
		})
	}
}

func count(t *testing.T, p *plan.Plan, o cost.Options) *cost.Model {
	t.Helper()
	m, err := cost.Of(p, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// rules has one of each way to read.
const rules = `
version: mlobs/v1
model: read
owner: ml
selector: {job: read}
replicas: {pod: 3}
scrape: {interval: 15s}
metrics:
  served_total: {type: counter, labels: {class: [a, b], worker: 2}}
  took_seconds: {type: histogram, unit: seconds, buckets: [0.1, 1], labels: {class: [a, b]}}
  sized_bytes: {type: summary, unit: bytes, quantiles: [0.5, 0.9]}
  loaded: {type: gauge, labels: {class: [a, b]}}
  'ml_model_pod:served:rate5m': {query: 'sum by (pod) (rate(served_total[5m]))'}
  'ml_model_class:served:rate5m': {query: 'sum by (class) (rate(served_total[5m]))'}
  'ml_model_instance:served:last': {query: 'max by (pod, instance) (served_total)'}
  'ml_model:served:rate5m_a': {query: 'sum(rate(served_total{class="a"}[5m] offset 10m))'}
  'ml_model:served:mean1h': {query: 'avg_over_time(sum(rate(served_total[5m]))[30m:1m])'}
  'ml_model:served:apart': {query: 'avg_over_time(sum(rate(served_total[1m]))[30m:5m])'}
  'ml_model:served:nested': {query: 'max_over_time(avg_over_time(sum(rate(served_total[5m]))[10m:1m])[30m:2m])'}
  'ml_model:served:gaps': {query: 'max_over_time(avg_over_time(sum(rate(served_total[5m]))[2m:1m])[30m:10m])'}
  'ml_model:served:instants': {query: 'max_over_time(sum(loaded)[30m:1m])'}
  'ml_model:served:global': {query: 'max_over_time(sum(loaded)[10m:])'}
  'ml_model:served:other': {query: 'sum(increase(served_total{class!="a",pod=~".*"}[90s]))'}
  'ml_model:served:rec10m': {query: 'sum(avg_over_time(ml_model_class:served:rate5m[10m]))'}
  'ml_model:served:rec_a': {query: 'sum(ml_model_class:served:rate5m{class="a"})'}
  'ml_model:took:p90': {query: 'histogram_quantile(0.9, sum by (le) (rate(took_seconds_bucket[5m])))'}
  'ml_model_class:took:mean': {query: 'rate(took_seconds_sum[5m]) / rate(took_seconds_count[5m])'}
  'ml_model_class:took:share': {query: 'sum by (class) (rate(took_seconds_bucket{le="1.0"}[5m])) / ignoring (class) group_left () sum(rate(took_seconds_count[5m]))'}
  'ml_model:sized:p90': {query: 'max(sized_bytes{quantile="0.9"})'}
  'ml_model:loaded:top': {query: 'topk(2, loaded)'}
  'ml_model:loaded:both': {query: 'sum(loaded{class="a"}) or on () sum(loaded{class="b"})'}
  'ml_model:loaded:pods': {query: 'count(up == 0 or up)'}
  'ml_model:loaded:none': {query: 'absent(loaded{class="a"})'}
  'ml_model_pod:loaded:and': {query: 'sum by (pod) (loaded) and on (pod) up unless on (pod) (up > 5)'}
  'ml_model_pod:loaded:name': {query: 'sum by (pod) (label_replace(loaded, "kind", "$1", "class", "(.*)")) + on (pod) sum by (pod) (up)'}
`

// TestRead evaluates the rules of a spec that has one of each way to read, and those of examples, on a real storage
// that has all declared series: what the engine reads is what the estimate says, and no rule makes more series.
func TestRead(t *testing.T) {
	workspace := "version: mlobs/v1\nspecs: [model.yaml]\nprometheus: {scrape_interval: 15s, evaluation_interval: 30s}\n"
	plans := []*plan.Plan{planOf(t, workspace, rules)}
	if !testing.Short() {
		for _, dir := range []string{"countries", "nightly", "triton", "wine-quality"} {
			plans = append(plans, plansOf(t, "../../examples/"+dir)...)
		}
	}
	for _, p := range plans {
		t.Run(p.Model, func(t *testing.T) { checkRead(t, p) })
	}
}

// fewer are rules whose result depends on values that this world does not have: one that says that nothing is there, one
// that leaves out what is there, one about samples of a kind that counters do not make.
var fewer = map[string]bool{"ml_model:loaded:none": true, "ml_model_pod:loaded:and": true, "ml_model:churn_score:ks_last_against_1d": true}

func checkRead(t *testing.T, p *plan.Plan) {
	w := newWorld(t, p)
	scrape, evaluation := p.Contract.Schema.Scrape, p.Workspace.EvaluationInterval
	now := time.Unix(1_700_000_000, 0).Truncate(time.Hour)
	for _, end := range []time.Time{now.Add(-24 * time.Hour), now} {
		w.append(w.scraped, every(scrape, 65*time.Minute, end))
	}
	engine := promql.NewEngine(promql.EngineOpts{
		MaxSamples: 50_000_000, Timeout: time.Minute, LookbackDelta: 5 * time.Minute, EnableAtModifier: true,
		NoStepSubqueryIntervalFn: func(int64) int64 { return evaluation.Milliseconds() }, Parser: parser.NewParser(parser.Options{}),
	})
	type sum struct{ read, series int64 }
	records, alerts := map[string]sum{}, map[string]sum{}
	for _, r := range p.Records {
		result, read := w.query(engine, r.Expr, now)
		records[r.Name] = sum{records[r.Name].read + read, records[r.Name].series + int64(len(result))}
		w.append(recordedBy(r, result), every(evaluation, 30*time.Minute, now))
	}
	for _, a := range p.Alerts {
		_, read := w.query(engine, a.Expr, now)
		alerts[a.Name] = sum{read: alerts[a.Name].read + read}
	}
	for _, r := range count(t, p, cost.Options{}).Rules {
		got := records[r.Name]
		if r.Alert {
			got = alerts[r.Name]
		}
		if !r.Read.Known() {
			continue
		}
		// The engine evaluates the steps in gaps, and forgets them in its statistics; and objectives read a past that is not
		// in this world, see TestObjectiveCost.
		if r.Name == "ml_model:served:gaps" || strings.HasPrefix(r.Name, "ml_model:slo_") {
			if float64(got.read) > r.Read.Most {
				t.Errorf("%s reads %d samples, the estimate is %v", r.Name, got.read, r.Read.Most)
			}
		} else if float64(got.read) != r.Read.Most {
			t.Errorf("%s reads %d samples, the estimate is %v", r.Name, got.read, r.Read.Most)
		}
		if !r.Series.Known() || float64(got.series) > r.Series.Most {
			t.Errorf("%s makes %d series, the estimate is %v", r.Name, got.series, r.Series)
		} else if float64(got.series) < r.Series.Most && !fewer[r.Name] {
			t.Errorf("%s makes %d series, fewer than the estimate of %v", r.Name, got.series, r.Series.Most)
		}
	}
}

// recordedBy are the series that a rule makes of its result. A rule that has none, since it reads what other targets
// have or these values do not satisfy it, has one: others are to read it.
func recordedBy(r *plan.Record, result promql.Vector) (list []labels.Labels) {
	if len(result) == 0 {
		result = promql.Vector{{}}
	}
	for _, s := range result {
		b := labels.NewBuilder(s.Metric).Set(model.MetricNameLabel, r.Name)
		for _, l := range r.Labels {
			b.Set(l.Name, l.Value)
		}
		list = append(list, b.Labels())
	}
	return list
}
