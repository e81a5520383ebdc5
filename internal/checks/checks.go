// Package checks makes a statement about a model, such as "predictions have not drifted from last week", into
// recording rules, panels and alerts that run on an unmodified Prometheus.
//
// Each kind of check is one value of the table Kinds: what it is, which methods it has, with formula, source,
// direction, range and defaults, and what to do when it fires. Documentation is written from the same table.
//
// What is recorded comes in layers, in one rule group: counts, shares, score. A baseline of the past is read from the
// recorded counts, never from raw series.
package checks

import (
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// check is one on its way.
type check struct {
	*derive.Env
	spec   *spec.Check
	kind   *Kind
	method *Method
	name   string
	// metrics are its subjects, at least one but for scores and evaluations of several parts.
	metrics    []*metric.Metric
	by         []string
	window     time.Duration
	minSamples int64
	group      *plan.Group
	thing      *derive.Thing
	// panels stand in the storey of checks.
	panels []*spec.Panel
}

// Make makes a check; nil if it has mistakes, which are reported, each once.
func Make(env *derive.Env, s *spec.Check) *derive.Thing {
	failed := env.Report.Errors()
	c := &check{Env: env, spec: s, kind: kindOf(s.Kind.Value), name: s.Name.Value, window: s.Window.Value}
	for _, l := range s.By {
		c.by = append(c.by, l.Value)
	}
	if c.window == 0 {
		c.window = c.kind.Window
	}
	c.minSamples = int64(c.kind.MinSamples)
	if s.MinSamples.Given() {
		c.minSamples = int64(s.MinSamples.Value)
	}
	c.group = c.Group(groups, c.window)
	c.thing = &derive.Thing{Key: "check/" + c.name, Span: s.Span}
	if !c.findMetrics() || !c.checkWindow() {
		return nil
	}
	c.make()
	if env.Report.Errors() > failed {
		return nil
	}
	if len(c.panels) > 0 {
		c.thing.Rows = []*spec.Row{{Storey: derive.Made(derive.Checks), Panels: c.panels}}
	}
	return c.thing
}

// make records, draws and alerts; what is wrong it reports.
func (c *check) make() {
	switch c.kind.Name {
	case spec.CheckDrift:
		makeDrift(c)
	case spec.CheckConfidence:
		makeConfidence(c)
	case spec.CheckCollapse:
		makeCollapse(c)
	case spec.CheckSilence:
		makeSilence(c)
	case spec.CheckQuality:
		makeQuality(c)
	case spec.CheckFreshness:
		makeFreshness(c)
	case spec.CheckCanary:
		makeCanary(c)
	case spec.CheckExternal:
		makeExternal(c)
	case spec.CheckScore:
		makeScore(c)
	case spec.CheckEvaluation:
		makeEvaluation(c)
	case spec.CheckFairness:
		makeFairness(c)
	}
}

// groups is what the rule groups of checks are called.
const groups = "checks"

// findMetrics looks the subjects up; false after reporting.
func (c *check) findMetrics() bool {
	for _, name := range c.spec.Metrics {
		m := c.metric(name)
		if m == nil {
			return false
		}
		c.metrics = append(c.metrics, m)
	}
	if role := c.spec.Role; role.Given() {
		if c.metrics = c.WithRole(role.Value); len(c.metrics) == 0 {
			c.errorf(role.Span, "no metric has the role `%s`", role.Value).WithHelp("give the metrics that are meant `role: %s`, or name them", role.Value)
			return false
		}
	}
	if len(c.metrics) > 0 {
		c.thing.Source = c.metrics[0].Source
	}
	return true
}

// metric finds a metric by the name that somebody wrote; nil after reporting.
func (c *check) metric(name diag.Located[string]) *metric.Metric {
	m := c.Metric(name.Value)
	if m == nil {
		c.errorf(name.Span, "unknown metric `%s`", name.Value).
			WithHelp("%s", diag.DidYouMean(name.Value, c.MetricNames(), "declare it under `metrics`, or use the profile that brings it"))
	}
	return m
}

// takes reports whether the metric has one of the types; false after reporting.
func (c *check) takes(m *metric.Metric, types ...metric.Type) bool {
	if slices.Contains(types, m.Type) {
		return true
	}
	words := make([]string, len(types))
	for i, t := range types {
		words[i] = string(t)
	}
	c.errorf(c.subject(m), "`%s` is a %s, and `%s` looks at a %s", m.Name, m.Type, c.kind.Name, strings.Join(words, " or ")).
		WithHelp("name another metric, or correct its `type`").See(m.Span, "the metric")
	return false
}

// subject is where the check names the metric.
func (c *check) subject(m *metric.Metric) diag.Span {
	for _, name := range c.spec.Metrics {
		if name.Value == m.Name {
			return name.Span
		}
	}
	if c.spec.Role.Given() {
		return c.spec.Role.Span
	}
	return c.spec.Kind.Span
}

// label finds a label of the metric that somebody named; false after reporting.
func (c *check) label(m *metric.Metric, name diag.Located[string]) (metric.Label, bool) {
	if l, ok := m.Label(name.Value); ok {
		return l, true
	}
	if c.OnTargets(m.Source, name.Value) {
		return metric.Label{Name: name.Value}, true
	}
	names := slices.Clone(c.Model.Sources[m.Source].TargetLabels)
	for _, l := range m.Labels {
		names = append(names, l.Name)
	}
	c.errorf(name.Span, "`%s` has no label `%s`", m.Name, name.Value).
		WithHelp("%s", diag.DidYouMean(name.Value, names, "declare it under the metric's `labels`")).See(m.Span, "the metric")
	return metric.Label{}, false
}

// checkLabels reports labels of `by` that the metric lacks.
func (c *check) checkBy(m *metric.Metric) bool {
	for _, l := range c.spec.By {
		if _, ok := c.label(m, l); !ok || !c.Bounded(m, l) {
			return false
		}
	}
	return true
}

// checkWindow reports a window that is too short for a rate, or reaches beyond what is kept.
func (c *check) checkWindow() bool {
	at := c.spec.Window.Span
	if !c.spec.Window.Given() {
		at = c.spec.Kind.Span
	}
	if least := 4 * c.Model.ScrapeInterval; c.window > 0 && c.window < least {
		c.errorf(at, "a window of %s has fewer than four scrapes", metric.FormatDuration(c.window)).WithHelp("take at least %s", metric.FormatDuration(least))
		return false
	}
	kept := c.Workspace.Retention.Value
	if kept > 0 && c.window >= kept {
		c.errorf(at, "a window of %s, and Prometheus keeps %s", metric.FormatDuration(c.window), metric.FormatDuration(kept)).WithHelp("take a shorter one, or set `prometheus: retention` in mlobs.yaml")
		return false
	}
	for _, o := range c.offsets() {
		switch {
		case o.Value < c.window:
			c.errorf(o.Span, "the baseline of %s ago overlaps the window of %s", metric.FormatDuration(o.Value), metric.FormatDuration(c.window)).WithHelp("take an offset of at least the window")
			return false
		case kept > 0 && o.Value+c.window > kept:
			c.errorf(o.Span, "the baseline of %s ago is not kept: Prometheus keeps %s", metric.FormatDuration(o.Value), metric.FormatDuration(kept)).WithHelp("take a later one, or set `prometheus: retention` in mlobs.yaml")
			return false
		}
	}
	return true
}

// offsets are the times of the past that the check compares with.
func (c *check) offsets() []diag.Located[time.Duration] {
	if c.spec.Against == nil {
		return nil
	}
	return c.spec.Against.Offsets
}

// errorf reports a mistake.
func (c *check) errorf(at diag.Span, format string, args ...any) *diag.Diagnostic {
	return c.Report.Errorf(at, format, args...)
}

// labels tell the records of the check apart from those of others, and, where it looks at several things, of one of
// them from another.
func (c *check) labels(more ...metric.Matcher) []metric.Matcher {
	return append([]metric.Matcher{{Label: "check", Op: metric.Equal, Value: c.name}}, more...)
}

// record adds a recording rule and returns the selector that reads it. Its name is level:metric:operations, where the
// level has the labels of the result.
func (c *check) record(level []string, subject, operations, query string, unit metric.Unit, set ...metric.Matcher) string {
	for _, m := range set {
		level = append(slices.Clone(level), m.Label)
	}
	name := strings.Join(append([]string{"ml_model"}, level...), "_") + ":" + recordPart(subject) + ":" + operations
	c.thing.Records = append(c.thing.Records, &derive.Record{Name: name, Query: query, Unit: unit, Set: c.labels(set...), Group: c.group})
	return derive.Series(name, c.labels(set...)...)
}

// recordPart is the name of a metric within the name of a record.
func recordPart(name string) string {
	return strings.ReplaceAll(strings.TrimSuffix(name, "_total"), ":", "_")
}

// over is an operation with its window: `psi_1h`; of a model that runs once in a while it is of the last run.
func (c *check) over(operation string) string {
	if c.scheduled() {
		return operation + "_last_run"
	}
	return operation + "_" + metric.FormatDuration(c.window)
}

// counts is how many of a counter's events fall into the window.
func (c *check) counts(by []string, series string) string {
	return derive.Aggregate("sum", by, "increase("+series+"["+metric.FormatDuration(c.window)+"])")
}

// series selects a metric with the check's own selector.
func (c *check) series(name string, matchers ...metric.Matcher) string {
	return derive.Series(name, append(slices.Clone(matchers), c.spec.Selector...)...)
}

// past reads what was recorded some time ago, a gap of a few evaluations aside.
func (c *check) past(series string, ago time.Duration) string {
	gap := max(20*time.Minute, 3*c.group.Interval)
	return "last_over_time(" + series + "[" + metric.FormatDuration(gap) + "] offset " + metric.FormatDuration(ago) + ")"
}

// on matches by the labels of `by`.
func (c *check) on() string { return "on " + derive.Labels(c.by) }

// enough keeps a value where there were enough samples in each of the counts; NaN never is.
func (c *check) enough(value string, counts ...string) string {
	for _, n := range counts {
		value += "\n  and " + c.on() + " " + derive.Aggregate("sum", c.by, n) + " >= " + c.least()
	}
	return value
}

// least is how many samples a judgement needs; nothing is said about none.
func (c *check) least() string { return decimal.NewFromInt(max(c.minSamples, 1)).String() }
