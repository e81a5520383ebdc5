package promql

import (
	"sync"
	"time"

	"github.com/prometheus/common/model"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// Schema is what an expression may be read against: which series can exist, and how often they get a sample.
// It is complete before the first Analyse and safe for concurrent reading.
type Schema struct {
	// Lookup finds the metric that owns the name of a series; false: nobody declared it.
	Lookup func(name string) (metric.Series, bool)
	// Names lists what Lookup knows, sorted: for selectors that match the name, and for suggestions.
	Names func() []string
	// Renamed finds what a series is called today, by a name that it had before; nil: nobody says.
	Renamed func(old string) (metric.Series, bool)
	// Closed: a name that Lookup does not know does not exist. Otherwise it may be anything, and nothing is
	// concluded from it.
	Closed bool
	// Targets are the groups of targets, by metric.Metric.Source. A metric whose source is not among them (-1:
	// every source has it, as `up`) may have any label beside its own.
	Targets []Targets
	// Recorded are the series that recording rules make.
	Recorded Records
	// Scrape is the time between two samples of a scraped series, Evaluation between two of a recorded one,
	// Lookback how old an instant value may be, Retention how long samples are kept; 0: not known.
	Scrape, Evaluation, Lookback, Retention time.Duration
	// OldBounds: the server stores `le` and `quantile` as clients write them (Prometheus 2: `1`), not
	// normalised (Prometheus 3: `1.0`).
	OldBounds bool
}

// Foreign is the schema for files that somebody else wrote: they may read other targets, and other metrics,
// than the contract is about. What it says of its metrics holds, the labels that scraping adds included, but not
// their values.
func (s *Schema) Foreign() *Schema {
	foreign := *s
	foreign.Closed, foreign.Recorded = false, nil
	if s.Names != nil {
		foreign.Names = sync.OnceValue(s.Names) // asked for each name that nobody knows
	}
	foreign.Lookup = func(name string) (metric.Series, bool) {
		series, ok := s.Lookup(name)
		if ok && s.Recorded.Has(name) { // its labels are what the rules make of it, and those they set
			of := *series.Metric
			of.Source = -1
			series.Metric = &of
		}
		return series, ok
	}
	foreign.Targets = make([]Targets, len(s.Targets))
	for i, t := range s.Targets {
		of := Targets{Open: t.Open, Pushed: t.Pushed}
		for _, l := range t.Labels {
			label := TargetLabel{Name: l.Name}
			if l.Name == model.JobLabel && !t.Pushed { // Prometheus sets it itself; numbers are those of one job
				label.Always, label.Values = true, metric.Values{AtMost: 1}
			}
			of.Labels = append(of.Labels, label)
		}
		foreign.Targets[i] = of
	}
	return &foreign
}

// Targets is a group of targets whose metrics a contract declares.
type Targets struct {
	// Labels may stand on the series beside the metric's own. Every label of the selector is among them.
	Labels []TargetLabel
	// Open: labels that are listed nowhere may stand on the series, too, a metric's own ones included. A
	// dump of /metrics and files of others close nothing.
	Open bool
	// Pushed: a batch job leaves the values of its last run behind, and they stay until the next. Counters and
	// buckets are read as they are.
	Pushed bool
}

// pushed reports whether a batch job pushes the metric.
func (s *Schema) pushed(m *metric.Metric) bool {
	return m.Source >= 0 && m.Source < len(s.Targets) && s.Targets[m.Source].Pushed
}

// TargetLabel is a label that scraping adds.
type TargetLabel struct {
	Name string
	// Values are exactly these, at most so many, or any.
	Values metric.Values
	// Always: every series has it. Otherwise it may be absent.
	Always bool
	// Selector are the matchers that a source's selector has for it: they hold for every series.
	Selector []metric.Matcher
}

// Place is where an expression is evaluated.
type Place int

// The places.
const (
	// InPanel: a reader looks at the result, and variables have values.
	InPanel Place = iota
	// InRecord: the result becomes series.
	InRecord
	// InAlert: each series of the result is an alert.
	InAlert
	// InVariable: the values of a label, for a reader to choose from.
	InVariable
)

// Use says how an expression is used.
type Use struct {
	Place Place
	// Window is what `$window` and `$__rate_interval` are at least; 0: not known.
	Window time.Duration
	// Whole: the expression is all of an alert, comparison included. Otherwise it is what something else
	// compares with limits.
	Whole bool
	// Below: values under a limit are bad, so that a result that is missing hides a fault.
	Below bool
}
