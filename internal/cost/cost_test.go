package cost_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/cost"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/exposition"
)

const plainWorkspace = "version: mlobs/v1\nspecs: [model.yaml]\nprometheus: {scrape_interval: 15s, evaluation_interval: 30s}\n"

// spec is a spec with the given head and metrics.
func spec(head, metrics string) string {
	return "version: mlobs/v1\nmodel: m\nowner: ml\nselector: {app: m}\n" + head + "metrics:\n" + metrics
}

func metricOf(t *testing.T, m *cost.Model, name string) cost.Metric {
	t.Helper()
	i := slices.IndexFunc(m.Metrics, func(of cost.Metric) bool { return of.Name == name })
	if i < 0 {
		t.Fatalf("no metric %s", name)
	}
	return m.Metrics[i]
}

func ruleOf(t *testing.T, m *cost.Model, name string) cost.Rule {
	t.Helper()
	i := slices.IndexFunc(m.Rules, func(of cost.Rule) bool { return of.Name == name })
	if i < 0 {
		t.Fatalf("no rule %s", name)
	}
	return m.Rules[i]
}

func TestSeries(t *testing.T) {
	tests := []struct {
		name, head, metric string
		options            cost.Options
		// want is the number of series, or what has no bound, and how many targets there are.
		want, targets string
	}{
		{name: "no replicas: one target", metric: "{type: gauge}", want: "1", targets: "1"},
		{name: "counter", head: "replicas: {pod: 3}\n", metric: "{type: counter, labels: {a: [x, y], b: 4}}", want: "24", targets: "3"},
		{name: "replicas multiply", head: "replicas: {pod: 3, shard: [a, b]}\n", metric: "{type: gauge}", want: "6", targets: "6"},
		{name: "a worker within a target", head: "replicas: {pod: 3, pid: 4}\n", metric: "{type: gauge, labels: {pid: 4}}", want: "12", targets: "3"},
		{name: "histogram", metric: "{type: histogram, buckets: [1, 2]}", want: "5", targets: "1"},
		{name: "native histogram", metric: "{type: native_histogram, labels: {a: 3}}", want: "3", targets: "1"},
		{name: "summary", metric: "{type: summary, quantiles: [0.5, 0.9, 0.99], labels: {a: 2}}", want: "10", targets: "1"},
		{name: "summary without quantiles", metric: "{type: summary}", want: "2", targets: "1"},
		{name: "info with a key", head: "replicas: {pod: 3}\n", metric: "{type: info, key: [pod], labels: {version: 50}}", want: "3", targets: "3"},
		{name: "created counter", options: cost.Options{Created: true}, metric: "{type: counter, labels: {a: 3}}", want: "6", targets: "1"},
		{name: "created histogram", options: cost.Options{Created: true}, metric: "{type: histogram, buckets: [1]}", want: "5", targets: "1"},
		{name: "no created gauge", options: cost.Options{Created: true}, metric: "{type: gauge, labels: {a: 3}}", want: "3", targets: "1"},
		{name: "members in the metric", head: "members: {a: [x, y]}\n", metric: "{type: gauge, labels: {a: 40}}", want: "2", targets: "1"},
		{name: "members are targets", head: "replicas: {pod: 3}\nmembers: {service: [x, y]}\n", metric: "{type: gauge}", want: "6", targets: "6"},
		{name: "any", metric: "{type: counter, labels: {user: any, b: any, c: 3}}", want: "b user", targets: "1"},
		{name: "unknown buckets", metric: "{type: histogram}", want: "le", targets: "1"},
		{name: "any replicas", head: "replicas: {pod: any}\n", metric: "{type: gauge}", want: "pod", targets: "pod"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name := "x"
			if strings.Contains(test.metric, "counter") {
				name = "x_total"
			}
			m := count(t, planOf(t, plainWorkspace, spec(test.head, "  "+name+": "+test.metric+"\n")), test.options)
			of := metricOf(t, m, name)
			if got := show(of.Series); got != test.want {
				t.Errorf("%s series instead of %s", got, test.want)
			}
			if got := show(m.Targets); got != test.targets {
				t.Errorf("%s targets instead of %s", got, test.targets)
			}
			product := 1
			for _, f := range of.Factors {
				product *= f.N
			}
			switch {
			case of.Series.Known() && product != int(of.Series.Most):
				t.Errorf("factors %v do not make %v", of.Factors, of.Series.Most)
			case !of.Series.Known() && (of.SamplesPerSecond != 0 || of.HeadBytes != 0 || of.BytesPerDay != 0):
				t.Errorf("numbers without a bound: %+v", of.Usage)
			case !of.Series.Known() && !slices.Contains(m.Totals.Unbounded, name):
				t.Errorf("the totals do not name %s", name)
			}
		})
	}
}

func show(b cost.Bound) string {
	if b.Known() {
		return fmt.Sprint(b.Most)
	}
	return strings.Join(b.Without, " ")
}

// TestBytes holds bytes per day against a calculation: 5,760 scrapes a day.
func TestBytes(t *testing.T) {
	m := count(t, planOf(t, plainWorkspace, spec("", `
  c_total: {type: counter}
  g: {type: gauge}
  i: {type: info, labels: {v: 1}}
  h: {type: histogram, buckets: [1, 2, 3]}
  s: {type: summary, quantiles: [0.5]}
  n: {type: native_histogram}
`)), cost.Options{Created: true})
	want := map[string]float64{
		"c_total": 2.8 + 0.45, "g": 7.7, "i": 0.45, "h": 4*2.0 + 7.2 + 2.8 + 0.45, "s": 7.7 + 7.2 + 2.8 + 0.45, "n": 0, "up, scrape_*": 4*0.45 + 7.7,
	}
	for name, each := range want {
		if got := metricOf(t, m, name).BytesPerDay; math.Abs(got-each*5760) > 1e-6 {
			t.Errorf("%s takes %v bytes a day, not %v", name, got, each*5760)
		}
	}
	if !metricOf(t, m, "n").Natives || !m.Totals.All.Natives || metricOf(t, m, "h").Natives {
		t.Error("native histograms are not told")
	}
}

// TestUnboundedRules: what a rule reads without a bound is said, and what it makes is known nevertheless.
func TestUnboundedRules(t *testing.T) {
	m := count(t, planOf(t, plainWorkspace, spec("replicas: {pod: 2}\n", `
  x_total: {type: counter, labels: {user: any, a: [b, c]}}
  'ml_model:x:rate5m': {query: 'sum(rate(x_total[5m]))'}
  'ml_model_a:x:rate5m': {query: 'sum by (a) (rate(x_total[5m]))'}
  'ml_model_user:x:rate5m': {query: 'sum by (user) (rate(x_total[5m]))'}
  'ml_model:x:one': {query: 'sum(rate(x_total{user="me"}[5m]))'}
`)), cost.Options{})
	for name, want := range map[string][2]string{
		"ml_model:x:rate5m": {"user", "1"}, "ml_model_a:x:rate5m": {"user", "2"}, "ml_model_user:x:rate5m": {"user", "user"}, "ml_model:x:one": {"80", "1"},
	} {
		r := ruleOf(t, m, name)
		if read, series := show(r.Read), show(r.Series); read != want[0] || series != want[1] {
			t.Errorf("%s reads %s and makes %s, not %v", name, read, series, want)
		}
	}
	if len(m.Totals.Unbounded) != 4 {
		t.Errorf("without a bound: %v", m.Totals.Unbounded)
	}
	if m.Rules[0].Read.Known() {
		t.Errorf("the dearest rule is %s, and not one without a bound", m.Rules[0].Name)
	}
}

// TestDeploy: series of targets are replaced, and what rules record of each of them; sums are not.
func TestDeploy(t *testing.T) {
	m := count(t, planOf(t, plainWorkspace, spec("replicas: {pod: 2}\n", `
  g: {type: gauge, labels: {a: 3}}
  'ml_model_pod:g:sum': {query: 'sum by (pod) (g)'}
  'ml_model:g:sum': {query: sum(g)}
`)), cost.Options{})
	replaced := 2.0*3 + 2*5 + 2
	if d := m.Totals.Deploy; d.Replaced != replaced || d.HeadSeries != m.Totals.All.Series.Most+replaced || d.HeadBytes != d.HeadSeries*4096 {
		t.Errorf("%+v, not %v replaced", d, replaced)
	}
}

// TestPage: lines of a page are series.
func TestPage(t *testing.T) {
	const text = `# TYPE c counter
c_total{a="x"} 1
c_total{a="y"} 1
# TYPE h histogram
h_bucket{le="1.0"} 1
h_bucket{le="+Inf"} 1
h_sum 1
h_count 1
# TYPE nothing gauge
# EOF
`
	rep := &diag.Report{}
	page := exposition.Read(diag.NewFile("page.txt", []byte(text)), rep)
	if page == nil {
		t.Fatal(rep.All())
	}
	m, err := cost.OfPage("page.txt", page, cost.Targets{N: 10, Scrape: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.Totals.All.Series.Most, 10.0*(2+4+5); got != want {
		t.Errorf("%v series, not %v", got, want)
	}
	if got, want := metricOf(t, m, "h").BytesPerDay, 10.0*1440*(2*2.0+7.2+2.8); math.Abs(got-want) > 1e-6 {
		t.Errorf("%v bytes a day, not %v", got, want)
	}
}

// TestOrder: the order of models makes no difference to what is printed, and equal models are equal.
func TestOrder(t *testing.T) {
	plans := plansOf(t, "../../examples")
	var first string
	for i := range 2 {
		slices.Reverse(plans)
		var models []*cost.Model
		for _, p := range plans {
			models = append(models, count(t, p, cost.Options{}))
		}
		var out bytes.Buffer
		if err := cost.WriteText(&out, models, 0); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = out.String()
		} else if out.String() != first {
			t.Error("the output depends on the order of the models")
		}
	}
	if !strings.Contains(first, "prediction_confidence") {
		t.Errorf("no metric in\n%s", first)
	}
}
