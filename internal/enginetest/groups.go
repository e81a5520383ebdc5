package enginetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/rules"
)

// Pace says when rule groups run.
type Pace struct {
	// Start is when all groups run for the first time.
	Start time.Time
	// Spread lets each group start up to an interval later, at the moment that a Prometheus chooses for it by its
	// name: what two groups record is then of different moments.
	Spread bool
	// AtLeast is the interval of groups whose own is shorter: a month is then a matter of seconds.
	AtLeast time.Duration
	// Late says how long after Start a group of that name and interval runs for the first time; nil: all at once. What
	// nobody reads before the end need not be computed before.
	Late func(name string, interval time.Duration) time.Duration
}

// Groups are rule groups on their way through time.
type Groups struct {
	storage *Storage
	pace    Pace
	files   []*rulefmt.RuleGroups
	list    []*group
}

// Groups prepares the groups of rules files; Until runs them. All errors of the files are returned.
func (s *Storage) Groups(pace Pace, files ...[]byte) (*Groups, error) {
	g := &Groups{storage: s, pace: pace}
	for _, file := range files {
		parsed, errs := rulefmt.Parse(file, false, model.UTF8Validation, promParser, promslog.NewNopLogger())
		if len(errs) > 0 {
			return nil, errors.Join(errs...)
		}
		g.files = append(g.files, parsed)
	}
	return g, g.Restart(pace.Start)
}

// Restart begins anew at a time, as after an outage of some hours: rules know no alert and no series that they
// recorded before. Each group runs at the first of its moments that is not before that time.
func (g *Groups) Restart(at time.Time) error {
	g.list = nil
	for _, file := range g.files {
		for i := range file.Groups {
			one, err := g.group(&file.Groups[i])
			if err != nil {
				return err
			}
			one.next = g.pace.Start
			if g.pace.Spread {
				one.next = one.EvalTimestamp(g.pace.Start.Add(one.interval).UnixNano())
			}
			begin := at
			if g.pace.Late != nil {
				if late := g.pace.Start.Add(g.pace.Late(one.Name(), one.interval)); late.After(begin) {
					begin = late
				}
			}
			if late := begin.Sub(one.next); late > 0 {
				one.next = one.next.Add((late + one.interval - 1) / one.interval * one.interval)
			}
			g.list = append(g.list, one)
		}
	}
	return nil
}

// Until runs the groups up to a time, included, each at its interval, groups that are due at the same time in
// the order of the files, rules of a group in theirs. What they record is in the storage afterwards, with the
// series ALERTS and ALERTS_FOR_STATE; what they would send is in Sent.
//
// Of the errors of the evaluations the first of each rule is returned: queries that fail, the same labels twice,
// templates that do not expand, samples that two rules write differently.
func (g *Groups) Until(end time.Time) error {
	var failed []error
	for due := g.due(); due != nil && !due.next.After(end); due = g.due() {
		at := due.next
		due.next = at.Add(due.interval)
		failed = append(failed, due.run(at)...)
	}
	return errors.Join(failed...)
}

// due is the group that runs next; nil if there is none.
func (g *Groups) due() (first *group) {
	for _, one := range g.list {
		if first == nil || one.next.Before(first.next) {
			first = one
		}
	}
	return first
}

// group is a rule group on its way through time.
type group struct {
	*rules.Group
	interval time.Duration
	next     time.Time
	failed   map[rules.Rule]bool
}

func (g *Groups) group(in *rulefmt.RuleGroup) (*group, error) {
	s := g.storage
	interval := max(cmp.Or(time.Duration(in.Interval), s.EvaluationInterval), g.pace.AtLeast)
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
	made := rules.NewGroup(rules.GroupOptions{
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
	return &group{Group: made, interval: interval, failed: map[rules.Rule]bool{}}, nil
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
