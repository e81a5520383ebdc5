package planner

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// What `traffic` decides: whether silence is a state of its own, and, for a model that runs once in a while
// and pushes its values, how they are read.

func (b *builder) scheduled() bool { return b.model.Traffic.Kind == spec.Scheduled }

// silence is what a signal is where its query has no result: not known, but for a model whose silence is
// normal.
func (b *builder) silence() int64 {
	if b.model.Traffic.Kind == spec.Sporadic {
		return 0
	}
	return -1
}

// pushed reports whether a run of the model leaves the series behind: all that come from the model server.
func (b *builder) pushed(bd *binding, series string) bool {
	return !b.recorded.has(series) && b.sourceOf(&query{source: bd.source}, series) == 0
}

// roleRuns tells of a missing run; its alert is about a run a day.
const roleRuns = "runs"

// addRuns adds the role that tells of a missing run, unless a gateway says when values were pushed.
func (b *builder) addRuns() {
	if !b.scheduled() || slices.ContainsFunc(b.model.Metrics, func(m *metric.Metric) bool { return m.Brought && m.Name == "push_time_seconds" }) {
		return
	}
	for _, m := range b.model.Metrics {
		if m.Source != 0 || m.Query != nil || m.Optional || strings.HasSuffix(m.Name, "*") {
			continue
		}
		bd := newBinding(b.lib.Role(roleRuns), "role/"+roleRuns, 0)
		parts := m.Parts()
		bd.renaming.Metrics["run"] = m.Name + parts[len(parts)-1].Suffix()
		b.bindings = append(b.bindings, bd)
		return
	}
}

// scaled is the condition of role `runs`, for a run a day, for this model.
func (b *builder) scaled(c *spec.Condition) *spec.Condition {
	scaled := *c
	perDay := c.AbsentFor.Value.Minutes() / (24 * time.Hour).Minutes()
	scaled.AbsentFor.Value = time.Duration(perDay*b.model.Traffic.Every.Minutes()) * time.Minute
	return &scaled
}

// checkPushed reports a rate over what is pushed once per run: between two runs it is 0, whatever happened.
func (b *builder) checkPushed(q *query) {
	if !b.scheduled() {
		return
	}
	for _, s := range q.Selectors() {
		if slices.Contains([]string{"rate", "irate", "increase"}, s.Func) && !b.recorded.has(s.Name) && b.sourceOf(q, s.Name) == 0 {
			b.rep.Errorf(s.Span, "`%s` of `%s`, whose value is pushed once per run and stays", s.Func, s.Name).
				WithHelp("read the value, which is that of the last run: `%s`", s.Name)
			return
		}
	}
}

// recent is the time that shares are taken of.
func (b *builder) recent() string {
	if b.scheduled() {
		return "last run"
	}
	return "last 30 minutes"
}

// inRuns makes a duration of a limit that profiles and roles state in runs; any other text stays.
func (b *builder) inRuns(text string) string {
	n, ok := spec.Runs(text)
	if !ok || !b.scheduled() {
		return text
	}
	seconds := n.Mul(decimal.NewFromInt(int64(b.model.Traffic.Every / time.Second)))
	return metric.FormatDuration(time.Duration(seconds.IntPart()) * time.Second)
}

// Operations in the names of recorded metrics that say otherwise for values that are pushed.
var (
	rateOperation = regexp.MustCompile(`rate[0-9]+[smhdw]`)
	dayAgo        = regexp.MustCompile(`_1d(_|$)`)
)

// pushedOperations are the operations in a record's name for values that are pushed once per run: they are
// those of the last run, compared with the run before.
func (b *builder) pushedOperations(operations string) string {
	every := metric.FormatDuration(b.model.Traffic.Every)
	return dayAgo.ReplaceAllString(rateOperation.ReplaceAllString(operations, "last"), "_"+every+"$1")
}

// past is what rules compare with, and the first choice of readers.
func (b *builder) past() string {
	if b.scheduled() {
		return metric.FormatDuration(b.model.Traffic.Every)
	}
	return defaultBaseline
}

// baselines are the pasts that a reader can choose, as far as the samples are kept.
func (b *builder) baselines() (list []plan.Option) {
	options := []plan.Option{{Text: "1 day ago", Value: defaultBaseline}, {Text: "1 hour ago", Value: "1h"}, {Text: "7 days ago", Value: "7d"}}
	if b.scheduled() {
		options = nil
		for _, n := range []int{1, 2, 7} {
			runs := "1 run ago"
			if n > 1 {
				runs = fmt.Sprintf("%d runs ago", n)
			}
			options = append(options, plan.Option{Text: runs, Value: metric.FormatDuration(time.Duration(n) * b.model.Traffic.Every)})
		}
	}
	for _, o := range options {
		if d, err := metric.Duration(o.Value); err == nil && (b.ws.Retention.Value == 0 || d < b.ws.Retention.Value) {
			list = append(list, o)
		}
	}
	return list
}

// timeRange is what a dashboard shows when it opens: hours of a server, two weeks of runs.
func (b *builder) timeRange() string {
	if b.model.Time.Given() {
		return b.model.Time.Value
	}
	if !b.scheduled() {
		return "now-6h"
	}
	const day = 24 * time.Hour
	days := max(1, int(14*b.model.Traffic.Every/day))
	if kept := int(b.ws.Retention.Value / day); kept > 0 {
		days = min(days, kept)
	}
	return fmt.Sprintf("now-%dd", days)
}
