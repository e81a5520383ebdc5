// Package metric says what a metric is: type, unit, labels and their values, buckets and range. A set
// of metrics is a Contract: what may be assumed of series without asking a server.
package metric

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// Type is the type of a metric as a spec names it.
type Type string

// The types of the language.
const (
	Counter         Type = "counter"
	Gauge           Type = "gauge"
	Histogram       Type = "histogram" // classic: _bucket, _sum, _count
	GaugeHistogram  Type = "gaugehistogram"
	NativeHistogram Type = "native_histogram"
	Summary         Type = "summary"
	Info            Type = "info"
)

// Types lists all types in the order in which documentation shows them.
func Types() []Type {
	return []Type{Counter, Gauge, Histogram, GaugeHistogram, NativeHistogram, Summary, Info}
}

// Metric is one declared metric.
type Metric struct {
	// Name as Prometheus stores it, without _bucket, _sum and _count. A profile may end it in `*`: then it
	// stands for every name that begins so (a platform that prefixes what users send).
	Name string
	Type Type
	// Unit of the value; of the observed value for histograms and summaries. The zero Unit: none.
	Unit Unit
	Help string
	// Role says what the metric means (see spec.Role); empty: nothing is derived from it.
	Role string
	// Labels are the metric's own labels in the order written. They are closed: no other label stands on
	// its series but target labels.
	Labels []Label
	// Key are the labels that tell the series of an info metric apart at any one time, those of its targets
	// among them: `instance` of a build info, whose `version` has one value per instance. Nil: all labels.
	Key []string
	// Buckets are the finite upper bounds of a classic histogram, ascending; nil: not known.
	Buckets []decimal.Decimal
	// Quantiles of a summary, ascending; nil: none.
	Quantiles []decimal.Decimal
	// Range bounds the value (nil: not known).
	Range *Range
	// Selector is added wherever the metric is read, beside its source's.
	Selector []Matcher
	// RenamedFrom is the metric's old name, read beside the new one; empty: none.
	RenamedFrom string
	// Errors and ClientErrors select the failed ones of a metric of role requests: the server's faults, the
	// caller's. Empty: not known.
	Errors, ClientErrors []Matcher
	// Across is the label whose values are the classes of a metric of role classes.
	Across string
	// Source is the index of the source (model server: 0) in the model's list.
	Source int
	// Brought says that a profile declares it, which a spec may have changed, or that a page of /metrics shows it:
	// nobody has said how many values its labels have here.
	Brought bool
	// Since and Until bound the versions of the stack that have a profile's metric: from Since on, before
	// Until. Empty: no bound.
	Since, Until string
	// RenamedTo is the name that a profile's metric has from version Until on; empty: it has none any more, or
	// nobody renamed it.
	RenamedTo string
	// Query is set on metrics that we record ourselves.
	Query *diag.Text
	// Optional metrics of a profile may be missing from a server: a panel that needs one appears only
	// when the spec names it.
	Optional bool
	// Select and Of make a role's placeholder stand for the series of another one, Of, with more
	// matchers: undeclared (Across has a value that the spec does not list), errors or client_errors.
	// Type, Unit and Labels are those of Of.
	Select, Of string
	// Span is the name where it was declared.
	Span diag.Span
	// RoleSpan is the role where it was given; zero without a role. UnitSpan, BucketsSpan and RangeSpan are the same
	// for `unit`, `buckets` (the first bound, or the client) and `range` (its lower end).
	RoleSpan, UnitSpan, BucketsSpan, RangeSpan diag.Span
}

// Range is an interval of values, both ends included; a nil end is open.
type Range struct{ Low, High *decimal.Decimal }

// Label is one of a metric's own labels, or a target label, with the values it may take.
type Label struct {
	Name   string
	Values Values
	// Optional: series may lack it, by the stack's version or settings, or one by one.
	Optional bool
	Span     diag.Span
}

// Values says which values a label has.
type Values struct {
	// Exactly lists them all; nil if they are not listed.
	Exactly []string
	// AtMost bounds their number; len(Exactly) if listed; 0: no bound (`any`).
	AtMost int
}

// Label returns the metric's own label of that name.
func (m *Metric) Label(name string) (Label, bool) {
	i := slices.IndexFunc(m.Labels, func(l Label) bool { return l.Name == name })
	if i < 0 {
		return Label{}, false
	}
	return m.Labels[i], true
}

// Part tells which of a metric's series a name is.
type Part int

// Value is a plain series; the others belong to histograms and summaries. A gauge histogram's sum and count
// have names of their own (OpenMetrics).
const (
	Value Part = iota
	Bucket
	Sum
	Count
	GaugeSum
	GaugeCount
)

var suffixes = map[Part]string{Value: "", Bucket: "_bucket", Sum: "_sum", Count: "_count", GaugeSum: "_gsum", GaugeCount: "_gcount"}

// Suffix is what the series of that part append to the metric's name.
func (p Part) Suffix() string { return suffixes[p] }

// Parts returns what series the metric has: of a classic histogram Bucket, Sum and Count.
func (m *Metric) Parts() []Part {
	switch m.Type {
	case Histogram:
		return []Part{Bucket, Sum, Count}
	case GaugeHistogram:
		return []Part{Bucket, GaugeSum, GaugeCount}
	case Summary:
		if len(m.Quantiles) == 0 {
			return []Part{Sum, Count}
		}
		return []Part{Value, Sum, Count}
	}
	return []Part{Value}
}

// SeriesLabels returns the names of the labels the part's series carry of their own, `le` and `quantile` included.
func (m *Metric) SeriesLabels(p Part) []string {
	names := make([]string, 0, len(m.Labels)+1)
	for _, l := range m.Labels {
		names = append(names, l.Name)
	}
	switch {
	case p == Bucket:
		names = append(names, "le")
	case p == Value && m.Type == Summary:
		names = append(names, "quantile")
	}
	return names
}

// Series is one name that can be read: a metric and which part of it.
type Series struct {
	Metric *Metric
	Part   Part
}

// Contract is what is known of the metrics of a model. It is complete after NewContract and safe for
// concurrent reading.
type Contract struct {
	series   map[string]Series
	old      map[string]Series
	patterns []*Metric
}

// NewContract builds the contract of metrics. Of two metrics with the same name the first counts;
// whether that may be is the loader's business.
func NewContract(metrics []*Metric) *Contract {
	c := &Contract{series: make(map[string]Series, 2*len(metrics)), old: map[string]Series{}}
	for _, m := range metrics {
		if strings.HasSuffix(m.Name, "*") {
			c.patterns = append(c.patterns, m)
			continue
		}
		for _, p := range m.Parts() {
			if name := m.Name + p.Suffix(); !c.has(name) {
				c.series[name] = Series{m, p}
			}
			if m.RenamedFrom != "" {
				c.old[m.RenamedFrom+p.Suffix()] = Series{m, p}
			}
		}
	}
	return c
}

func (c *Contract) has(name string) bool { _, ok := c.series[name]; return ok }

// Lookup finds the metric that owns a series name.
func (c *Contract) Lookup(name string) (Series, bool) {
	if s, ok := c.series[name]; ok {
		return s, true
	}
	for _, m := range c.patterns {
		prefix := strings.TrimSuffix(m.Name, "*")
		if strings.HasPrefix(name, prefix) && len(name) > len(prefix) {
			return Series{m, Value}, true
		}
	}
	return Series{}, false
}

// Renamed finds what a series is called today whose name a metric had before (RenamedFrom). A name that is
// declared itself is not an old one.
func (c *Contract) Renamed(old string) (Series, bool) {
	if c.has(old) {
		return Series{}, false
	}
	s, ok := c.old[old]
	return s, ok
}

// Names returns all series names, sorted; for suggestions.
func (c *Contract) Names() []string {
	names := make([]string, 0, len(c.series))
	for n := range c.series {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
