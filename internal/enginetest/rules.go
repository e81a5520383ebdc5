package enginetest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/storage"
)

// Alert is one alert that fires.
type Alert struct {
	Name   string
	Labels map[string]string // without alertname
}

// Notification is what Prometheus sends when an alert begins to fire or is resolved.
type Notification struct {
	At          time.Time
	Name        string
	Labels      map[string]string // without alertname
	Annotations map[string]string
	Resolved    bool
}

// Rules runs the groups of a Prometheus rules file from start to end, both included; see Groups.
//
// Rules of one call know nothing of the state of an earlier one.
func (s *Storage) Rules(file []byte, start, end time.Time) error {
	g, err := s.Groups(Pace{Start: start}, file)
	if err != nil {
		return err
	}
	return g.Until(end)
}

func (s *Storage) notify(_ context.Context, _ string, alerts ...*rules.Alert) {
	for _, a := range alerts {
		n := Notification{
			At:          a.LastSentAt,
			Name:        a.Labels.Get(labels.AlertName),
			Labels:      Labels(a.Labels),
			Annotations: a.Annotations.Map(),
			Resolved:    !a.ResolvedAt.IsZero(),
		}
		delete(n.Labels, labels.AlertName)
		s.Sent = append(s.Sent, n)
	}
}

// Firing returns the alerts that fire at a time that Rules has run over, sorted by name and labels.
func (s *Storage) Firing(at time.Time) ([]Alert, error) {
	return s.alerts(`ALERTS{alertstate="firing"}`, at)
}

// Pending returns the alerts whose condition holds, but not yet long enough.
func (s *Storage) Pending(at time.Time) ([]Alert, error) {
	return s.alerts(`ALERTS{alertstate="pending"}`, at)
}

func (s *Storage) alerts(expr string, at time.Time) ([]Alert, error) {
	v, err := s.Query(expr, at)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(v, func(a, b promql.Sample) int { return labels.Compare(a.Metric, b.Metric) })
	var list []Alert
	for _, sample := range v {
		a := Alert{Name: sample.Metric.Get(labels.AlertName), Labels: Labels(sample.Metric)}
		delete(a.Labels, labels.AlertName)
		delete(a.Labels, "alertstate")
		list = append(list, a)
	}
	slices.SortStableFunc(list, func(a, b Alert) int { return cmp.Compare(a.Name, b.Name) })
	return list, nil
}

// Appender is for the rules.
func (s *Storage) Appender(context.Context) storage.Appender { return &appender{s: s} }

// appender writes at once; a rule that fails has not appended yet. What the rules do not call is nil.
type appender struct {
	storage.Appender
	s *Storage
}

func (a *appender) Append(_ storage.SeriesRef, l labels.Labels, t int64, v float64) (storage.SeriesRef, error) {
	return 0, a.s.append(l, sample{t: t, v: v})
}

func (a *appender) AppendHistogram(_ storage.SeriesRef, l labels.Labels, t int64, h *histogram.Histogram, fh *histogram.FloatHistogram) (storage.SeriesRef, error) {
	if h != nil {
		fh = h.ToFloat(nil)
	}
	return 0, a.s.append(l, sample{t: t, h: fh})
}

func (a *appender) SetOptions(*storage.AppendOptions) {}
func (a *appender) Commit() error                     { return nil }
func (a *appender) Rollback() error                   { return nil }
