package cost

import (
	"slices"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// OfContract counts what targets cost that have the metrics of a contract, scraped every so often. Nothing is known
// of rules; who brings the metrics is no matter.
func OfContract(name string, s *promql.Schema, targets int, scrape time.Duration, o Options) (*Model, error) {
	schema := *s
	schema.Scrape = scrape
	p := &plan.Plan{
		Model: name, File: &diag.File{}, Workspace: &plan.Workspace{ScrapeInterval: scrape},
		Contract: &plan.Contract{Schema: &schema, Replicas: []metric.Label{{Name: targetsName, Values: metric.Values{AtMost: targets}}}},
	}
	for _, m := range metricsOf(s) {
		own := *m
		own.Brought, own.Source = false, 0
		own.Optional = own.Optional || m.Brought && m.Until != ""
		p.Contract.Metrics = append(p.Contract.Metrics, &own)
	}
	return Of(p, o)
}

// metricsOf lists the metrics of a schema by name, without those that stand for many names.
func metricsOf(s *promql.Schema) (list []*metric.Metric) {
	for _, name := range s.Names() {
		if of, ok := s.Lookup(name); ok && of.Metric != nil && !slices.Contains(list, of.Metric) && of.Metric.Query == nil {
			list = append(list, of.Metric)
		}
	}
	return list
}
