// Package exposition reads what a server answers at /metrics, in Prometheus's text format or in
// OpenMetrics, as a contract: names, types, units, labels, buckets. Which of the two it is, the content
// says.
//
// A page shows one server at one moment. What it shows is there; what it does not show may still come.
// So a page closes nothing: other names, other labels and other values of labels stay possible.
//
// Its place is beside package spec: a source of contracts for the linter. The parsers are Prometheus's own,
// so that a page is read here if and only if a scrape would read it; the few pages that a scrape would
// take and that are surely not what a server answers are refused.
package exposition

import (
	"sync"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// MaxPage is the largest page that is read, in bytes; who opens the file need not read more. The pages of
// kube-state-metrics, the largest that are common, have some tens of megabytes in clusters of thousands of pods.
const MaxPage = 64 << 20

// maxObserved is how many values of a label are kept, the first ones: enough for a message or a suggestion.
const maxObserved = 100

// Page is what a page of /metrics says.
type Page struct {
	// Families by name, those that the page declares without a sample included.
	Families []*Family
	// Samples is how many lines with values the page has.
	Samples int
	// OpenMetrics says that the page is in that format, otherwise in Prometheus's text format.
	OpenMetrics bool
}

// Family is a metric that a page shows.
type Family struct {
	// Metric is what the page declares of it, under the name that Prometheus stores. Type is empty where
	// the page says none (`untyped`, `unknown`, no `# TYPE`). Labels are those that every one of its series
	// has, with any values; a label that only some have, and those that scraping may rename, are not among
	// them. Buckets are known if all its series have the same.
	*metric.Metric
	// Samples is how many of them the page has; 0 if it only declares the metric.
	Samples int
	// Observed are all labels of its series, by name, `le` and `quantile` left out.
	Observed []Observed
}

// Observed is a label of a metric with values that it had.
type Observed struct {
	Label string
	// Values in the order of the page, each once, at most 100. There may be others on other days.
	Values []string
	// More: the page has further values.
	More bool
}

// Read reads a page. Of what is wrong with it one error is reported, the first, and nil returned.
func Read(file *diag.File, rep *diag.Report) *Page {
	form, ok := recognise(file, rep)
	if !ok {
		return nil
	}
	r := &reader{file: file, rep: rep, openMetrics: form == openMetrics, declared: map[string]*declaration{}, series: map[string]*seriesOf{}}
	if !r.read() {
		return nil
	}
	if !r.plausible() {
		return nil
	}
	return &Page{Families: r.families(), Samples: r.samples, OpenMetrics: r.openMetrics}
}

// Metrics are the metrics of the families, by name.
func (p *Page) Metrics() []*metric.Metric {
	list := make([]*metric.Metric, len(p.Families))
	for i, f := range p.Families {
		list[i] = f.Metric
	}
	return list
}

// Schema is the page as what expressions are read against. It closes nothing.
func (p *Page) Schema() *promql.Schema {
	contract := metric.NewContract(p.Metrics())
	return &promql.Schema{Lookup: contract.Lookup, Names: sync.OnceValue(contract.Names), Targets: []promql.Targets{{Open: true}}}
}
