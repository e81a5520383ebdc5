package enginetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
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

// Rules runs the groups of a Prometheus rules file from start to end, both included, each group at its
// interval, groups that are due at the same time in the order of the file, rules of a group in theirs.
// What they record is in the storage afterwards, with the series ALERTS and ALERTS_FOR_STATE; what they
// would send is in Sent.
//
// Rules of one call know nothing of the state of an earlier one. All errors of the file are returned, and of
// the evaluations the first of each rule: queries that fail, the same labels twice, templates that do
// not expand, samples that two rules write differently.
func (s *Storage) Rules(file []byte, start, end time.Time) error {
	parsed, errs := rulefmt.Parse(file, false, model.UTF8Validation, promParser, promslog.NewNopLogger())
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	var groups []*group
	for i := range parsed.Groups {
		g, err := s.group(&parsed.Groups[i])
		if err != nil {
			return err
		}
		groups = append(groups, g)
	}
	var failed []error
	for at := start; !at.After(end); {
		next := end.Add(1)
		for _, g := range groups {
			if due := g.due(start); due.Equal(at) {
				g.runs++
				failed = append(failed, g.run(at)...)
			}
			if due := g.due(start); due.Before(next) {
				next = due
			}
		}
		at = next
	}
	return errors.Join(failed...)
}

// group is a rule group on its way through time.
type group struct {
	*rules.Group
	interval time.Duration
	runs     int
	failed   map[rules.Rule]bool
}

func (g *group) due(start time.Time) time.Time {
	return start.Add(time.Duration(g.runs) * g.interval)
}

func (s *Storage) group(in *rulefmt.RuleGroup) (*group, error) {
	interval := cmp.Or(time.Duration(in.Interval), s.EvaluationInterval)
	var list []rules.Rule
	for _, r := range in.Rules {
		expr, err := promParser.ParseExpr(r.Expr)
		if err != nil {
			return nil, err
		}
		all := maps.Clone(in.Labels)
		if all == nil {
			all = map[string]string{}
		}
		maps.Copy(all, r.Labels)
		if r.Record != "" {
			list = append(list, rules.NewRecordingRule(r.Record, expr, labels.FromMap(all)))
			continue
		}
		// restored: true, or the rule waits for the state of an earlier server and writes no ALERTS.
		list = append(list, rules.NewAlertingRule(r.Alert, expr, time.Duration(r.For), time.Duration(r.KeepFiringFor),
			labels.FromMap(all), labels.FromMap(r.Annotations), labels.EmptyLabels(), "", true, promslog.NewNopLogger()))
	}
	g := rules.NewGroup(rules.GroupOptions{
		Name: in.Name, File: "rules.yaml", Interval: interval, Limit: in.Limit, Rules: list,
		QueryOffset: (*time.Duration)(in.QueryOffset),
		Opts: &rules.ManagerOptions{
			ExternalURL: &url.URL{},
			Context:     context.Background(),
			QueryFunc:   rules.EngineQueryFunc(s.engine, s),
			Queryable:   s,
			Appendable:  s,
			NotifyFunc:  s.notify,
			// Each alert is sent when it begins and when it ends, not again in between.
			ResendDelay: 100 * 365 * 24 * time.Hour,
			Logger:      promslog.NewNopLogger(),
		},
	})
	return &group{Group: g, interval: interval, failed: map[rules.Rule]bool{}}, nil
}

// run evaluates all rules of the group once and returns what failed for the first time.
func (g *group) run(at time.Time) (failed []error) {
	g.Eval(context.Background(), at)
	for _, r := range g.Group.Rules() {
		err := r.LastError()
		if a, ok := r.(*rules.AlertingRule); ok && err == nil {
			err = templateError(a)
		}
		if err != nil && !g.failed[r] {
			g.failed[r] = true
			failed = append(failed, fmt.Errorf("%s: %s at %s: %w", g.Name(), r.Name(), at.Sub(Start), err))
		}
	}
	return failed
}

// templateError finds annotations and labels that did not expand, which the rule itself only logs.
func templateError(r *rules.AlertingRule) error {
	for _, a := range r.ActiveAlerts() {
		for _, texts := range []labels.Labels{a.Annotations, a.Labels} {
			var err error
			texts.Range(func(l labels.Label) {
				if strings.Contains(l.Value, "<error expanding template:") {
					err = fmt.Errorf("%s: %s", l.Name, l.Value)
				}
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
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
