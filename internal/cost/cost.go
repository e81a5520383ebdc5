// Package cost says what a plan costs before it is deployed: series, samples per second, memory of the head and
// bytes per day, by metric and by rule, and what a deploy adds for a while.
//
// Its place in the flow is beside the linter: it reads a complete plan and changes nothing. What it says is an
// upper bound for a server that keeps to the contract, and exact where all declared series exist. Where the
// contract has no bound there is no number, only the name of what has none.
//
// docs/cost.md explains the model and shows it on the examples.
package cost

import (
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// Options say what a contract does not.
type Options struct {
	// Created: the clients send a series `_created` beside each counter, classic histogram and summary, as that of
	// Python does in both formats unless it is told otherwise.
	Created bool
}

// Model is what one model costs.
type Model struct {
	// Model is the slug of the model, File the spec it is from. In the cost of a contract alone Model is its name.
	Model, File string
	// Targets is how many servers of the model are scraped, at most. A model that pushes its values has none of its
	// own: then Pushed is set, and they count once.
	Targets Bound
	Pushed  bool
	// Scrape is the time between two scrapes of the model's targets, StackScrape between those of other targets,
	// Evaluation between two evaluations of a rule.
	Scrape, StackScrape, Evaluation time.Duration
	// Metrics are all that are scraped, the dearest first: the spec's own, then the stack's.
	Metrics []Metric
	// Rules by name, the dearest first.
	Rules []Rule
	// Absent is how many metrics of profiles are not counted, since only some servers have them.
	Absent int
	Totals Totals
}

// Metric is what one metric costs on all targets.
type Metric struct {
	Name string
	Type metric.Type
	// Stack: a profile brought it. Elsewhere: other targets than the model's have it.
	Stack, Elsewhere bool
	// Factors make up the series: 2 of `pod`, 4 of `pid`, 17 series of a histogram. Those that are 1 are left out.
	Factors []Factor
	Usage
}

// Factor is one of the numbers that a number of series is the product of.
type Factor struct {
	N int
	// Of is a label's name, `targets`, or `on the page`; empty for the series that each set of labels has.
	Of string
}

// Rule is what the rules of one name cost: those of members, and the signals, which differ in labels only.
type Rule struct {
	Name string
	// Alert: the rules are alerts. They make series only while they fire, which are not counted.
	Alert bool
	// Rules is how many there are.
	Rules int
	// Elsewhere: they read what other targets than the model's have.
	Elsewhere bool
	// Read is how many samples one evaluation of all of them reads.
	Read Bound
	// ReadPerSecond is the same by the interval of evaluation; 0 without a bound.
	ReadPerSecond float64
	Usage
}

// Usage is what series cost. Without a bound of Series the other numbers are 0 and mean nothing.
type Usage struct {
	Series Bound
	// SamplesPerSecond are ingested.
	SamplesPerSecond float64
	// HeadBytes is the memory of the series in the head; PessimisticHeadBytes twice as much.
	HeadBytes, PessimisticHeadBytes float64
	// BytesPerDay on disk, in blocks, by the type of the samples. Natives: it does not hold samples of native
	// histograms, whose size depends on how many buckets are filled.
	BytesPerDay float64
	Natives     bool
}

// Of counts what a plan costs. The plan must be one of a spec. An error is a defect of ours: an expression of the
// plan that cannot be parsed.
func Of(p *plan.Plan, o Options) (*Model, error) {
	c := newCounter(p, o)
	m := &Model{
		Model: p.Model, File: p.File.Path, Targets: c.targets, Pushed: c.pushed,
		Scrape: c.schema.Scrape, StackScrape: p.Workspace.ScrapeInterval, Evaluation: p.Workspace.EvaluationInterval,
	}
	for _, of := range p.Contract.Metrics {
		if absent(of) {
			m.Absent++
			continue
		}
		m.Metrics = append(m.Metrics, c.metric(of))
	}
	if scraping, ok := c.scraping(); ok {
		m.Metrics = append(m.Metrics, scraping)
	}
	rules, err := c.rules()
	if err != nil {
		return nil, err
	}
	m.Rules = rules
	m.sort()
	m.Totals = m.total(c)
	return m, nil
}

// absent reports whether a server of today's stack may well lack the metric: a profile says so and the spec does
// not name it, or older versions have it under this name.
func absent(m *metric.Metric) bool { return m.Optional || m.Brought && m.Until != "" }
