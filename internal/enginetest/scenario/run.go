package scenario

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
)

// Run is a Prometheus with the generated rules, at a moment.
type Run struct {
	// Storage has the scrape data, what was recorded and what was sent.
	Storage *enginetest.Storage
	// Now is up to when the rules have run, since enginetest.Start.
	Now time.Duration

	groups *enginetest.Groups
	tb     testing.TB
}

// Sample is one result of a query.
type Sample struct {
	// Labels include the name, where there is one.
	Labels map[string]string
	Value  float64
}

// Load loads scrape data that has a sample every interval. All groups are evaluated first at enginetest.Start.
func (s *Scenario) Load(interval time.Duration, list []enginetest.Series) *Run {
	s.tb.Helper()
	return s.LoadAt(enginetest.Pace{}, interval, list)
}

// LoadAt is Load with groups that run at another pace; its Start is set.
func (s *Scenario) LoadAt(pace enginetest.Pace, interval time.Duration, list []enginetest.Series) *Run {
	s.tb.Helper()
	pace.Start = enginetest.Start
	storage := enginetest.Load(s.tb, interval, list)
	groups, err := storage.Groups(pace, s.RuleFiles()...)
	must(s.tb, err)
	return &Run{Storage: storage, groups: groups, tb: s.tb}
}

// Until evaluates the groups up to a time after enginetest.Start, included.
func (r *Run) Until(at time.Duration) {
	r.tb.Helper()
	must(r.tb, r.groups.Until(enginetest.At(at)))
	r.Now = at
}

// Outage is a Prometheus that is down until a time and starts anew then. What it would have scraped is for the
// caller to leave out; see enginetest.Without.
func (r *Run) Outage(until time.Duration) {
	r.tb.Helper()
	must(r.tb, r.groups.Restart(enginetest.At(until)))
	r.Now = until
}

// Value is the only value of a query, now.
func (r *Run) Value(expr string) float64 {
	r.tb.Helper()
	v, err := r.Storage.Value(expr, enginetest.At(r.Now))
	must(r.tb, err)
	return v
}

// Vector are the results of a query now, sorted by labels.
func (r *Run) Vector(expr string) []Sample {
	r.tb.Helper()
	list, err := vector(r.Storage, expr, r.Now)
	must(r.tb, err)
	return list
}

// Firing are the names of the alerts that fire at a time that has been run over, sorted. Each is followed by the
// values of the labels that are asked for.
func (r *Run) Firing(at time.Duration, labels ...string) []string {
	r.tb.Helper()
	list, err := r.Storage.Firing(enginetest.At(at))
	must(r.tb, err)
	return named(list, labels)
}

// Pending are the alerts whose condition holds at a time, but not yet long enough; otherwise as Firing.
func (r *Run) Pending(at time.Duration, labels ...string) []string {
	r.tb.Helper()
	list, err := r.Storage.Pending(enginetest.At(at))
	must(r.tb, err)
	return named(list, labels)
}

// Fired are the names of all alerts that have fired so far, sorted: none is a good weather without false alarms.
func (r *Run) Fired() (names []string) {
	for _, n := range r.Storage.Sent {
		names = append(names, n.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func named(list []enginetest.Alert, labels []string) (names []string) {
	for _, a := range list {
		name := a.Name
		for _, l := range labels {
			name += " " + a.Labels[l]
		}
		names = append(names, strings.TrimSpace(name))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func vector(s *enginetest.Storage, expr string, at time.Duration) (list []Sample, err error) {
	v, err := s.Query(expr, enginetest.At(at))
	for _, sample := range v {
		list = append(list, Sample{Labels: sample.Metric.Map(), Value: sample.F})
	}
	slices.SortFunc(list, func(a, b Sample) int { return cmp.Compare(text(a.Labels), text(b.Labels)) })
	return list, err
}

// text writes labels in an order: the name first.
func text(labels map[string]string) string {
	var b strings.Builder
	b.WriteString(labels[model.MetricNameLabel])
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if name != model.MetricNameLabel {
			b.WriteString(" " + name + "=" + labels[name])
		}
	}
	return b.String()
}
