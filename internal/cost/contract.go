package cost

import (
	"strings"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/exposition"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// Targets are servers of which nothing is known but their metrics.
type Targets struct {
	// N is how many there are.
	N int
	// Scrape is the time between two scrapes.
	Scrape time.Duration
}

// plan is a plan of these servers.
func (t Targets) plan(name string, s *promql.Schema) *plan.Plan {
	schema := *s
	schema.Scrape = t.Scrape
	return &plan.Plan{
		Model: name, File: &diag.File{}, Workspace: &plan.Workspace{ScrapeInterval: t.Scrape},
		Contract: &plan.Contract{Schema: &schema, Replicas: []metric.Label{{Name: targetsName, Values: metric.Values{AtMost: t.N}}}},
	}
}

// OfMetrics counts what servers cost that have the metrics of a contract. Nothing is known of rules; who brings the
// metrics is no matter.
func OfMetrics(name string, metrics []*metric.Metric, t Targets, o Options) (*Model, error) {
	contract := metric.NewContract(metrics)
	p := t.plan(name, &promql.Schema{Lookup: contract.Lookup, Names: contract.Names})
	for _, m := range metrics {
		own := *m
		own.Brought, own.Source = false, 0
		own.Optional = own.Optional || m.Until != "" || strings.HasSuffix(m.Name, "*")
		p.Contract.Metrics = append(p.Contract.Metrics, &own)
	}
	return Of(p, o)
}

// OfPage counts what servers cost that each answer like a page of /metrics: its lines are series. It is no bound, but
// what was there when somebody looked.
func OfPage(name string, page *exposition.Page, t Targets) (*Model, error) {
	p := t.plan(name, page.Schema())
	m, err := Of(p, Options{})
	if err != nil {
		return nil, err
	}
	for _, f := range page.Families {
		if f.Samples == 0 {
			continue
		}
		of := Metric{Name: f.Name, Type: f.Type, Factors: []Factor{{N: f.Samples, Of: "on the page"}}}
		if t.N > 1 {
			of.Factors = append([]Factor{{N: t.N, Of: targetsName}}, of.Factors...)
		}
		bytes, natives := meanOf(f.Metric)
		of.Usage = use(atMost(f.Samples*t.N), t.Scrape, bytes)
		of.Natives = natives
		m.Metrics = append(m.Metrics, of)
	}
	m.sort()
	m.Totals = m.total(newCounter(p, Options{}))
	return m, nil
}

// meanOf are the bytes of one sample of a metric that a page shows, on average. Where it does not say which series are
// which, they are the dearest.
func meanOf(m *metric.Metric) (bytes float64, natives bool) {
	n, known := eachSet(m)
	if !known {
		return bytesOfGauge, false
	}
	bytes, natives = bytesOf(m)
	return bytes / float64(n), natives
}
