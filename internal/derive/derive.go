// Package derive has the nouns of what objectives and checks are made of: recording rules, panels, tiles and alerts
// as text, under the model's own names. Packages slo and checks write them, the planner binds them as it binds what
// roles and profiles bring.
package derive

import (
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Thing is what one objective or check is made of.
type Thing struct {
	// Key begins the identity of all that it has: `slo/latency`.
	Key string
	// Source is where its metrics are looked for first.
	Source int
	// Records in the order of evaluation.
	Records []*Record
	Rows    []*spec.Row
	Tiles   []*spec.Tile
	Alerts  []*Alert
	// SLO is nil for checks.
	SLO *plan.SLO
	// Span is where it was written.
	Span diag.Span
}

// Record is one recording rule.
type Record struct {
	Name, Query string
	Unit        metric.Unit
	// Set are labels that the rule sets beside the model's. Rules of one name differ in them.
	Set []metric.Matcher
	// Group is where it is evaluated; nil: with the model's own rules.
	Group *plan.Group
	// Authored is what an author wrote of the query; nil: nothing.
	Authored *diag.Text
}

// Alert is one alert. Alerts with one signal share a line of the strip: the worst of them counts.
type Alert struct {
	spec.Alert
	Group *plan.Group
}

// The storeys of the dashboard that objectives and checks have for themselves.
const (
	Objectives = "objectives"
	Checks     = "checks"
)

// Made is a value that we made: it is nobody's text, so that nothing is said about how it is written.
func Made[T any](v T) diag.Located[T] { return diag.At(v, diag.Span{File: made}) }

// Query is a query that we made.
func Query(text string) diag.Text { return diag.NewText(text, diag.Span{File: made}) }

// made is the file of all that we make.
var made = diag.NewFile("made by mlobs-gen", nil)

// Env is what is known while things are made.
type Env struct {
	Model     *spec.Model
	Workspace *spec.Workspace
	// Window is the shortest time that a rate is taken of.
	Window time.Duration
	Report *diag.Report
}

// Metric finds a metric of the model by its name, the author's own first; nil: there is none.
func (e *Env) Metric(name string) (found *metric.Metric) {
	for _, m := range e.Model.Metrics {
		if m.Name == name && !m.Optional && (found == nil || found.Brought && !m.Brought) {
			found = m
		}
	}
	return found
}

// MetricNames lists the names that Metric finds.
func (e *Env) MetricNames() (names []string) {
	for _, m := range e.Model.Metrics {
		if !m.Optional {
			names = append(names, m.Name)
		}
	}
	return names
}

// WithRole are the metrics that have the role: own ones if there are any.
func (e *Env) WithRole(role string) (list []*metric.Metric) {
	for _, own := range []bool{true, false} {
		for _, m := range e.Model.Metrics {
			if m.Role == role && !m.Optional && m.Brought != own {
				list = append(list, m)
			}
		}
		if len(list) > 0 {
			break
		}
	}
	return list
}

// OnTargets reports whether a label stands on the targets of a source.
func (e *Env) OnTargets(source int, label string) bool {
	return slices.Contains(e.Model.Sources[source].TargetLabels, label) ||
		source == 0 && slices.ContainsFunc(e.Model.Replicas, func(r metric.Label) bool { return r.Name == label })
}

// Bounded reports results made by a label of which nobody said how many values it has: each would be a series of all that
// is recorded, and an alert. False after reporting, at the label's place.
func (e *Env) Bounded(m *metric.Metric, by diag.Located[string]) bool {
	l, own := m.Label(by.Value)
	if !own || m.Brought || l.Values.AtMost > 0 || len(l.Values.Exactly) > 0 {
		return true
	}
	e.Report.Errorf(by.Span, "results by `%s`, of which `%s` may have any number of values", by.Value, m.Name).
		WithHelp("say at most how many there are: `labels: {%s: 50}`; or leave it out of `by`", by.Value).See(l.Span, "the label")
	return false
}

// Series is a selector in PromQL: `name{a="b"}`.
func Series(name string, matchers ...metric.Matcher) string {
	if len(matchers) == 0 {
		return name
	}
	text := name + "{"
	for i, m := range matchers {
		if i > 0 {
			text += ", "
		}
		text += promql.MatcherText(m)
	}
	return text + "}"
}

// Bound matches the bucket of an upper bound, however clients write it: `1` or `1.0`.
func Bound(bound decimal.Decimal) metric.Matcher { return promql.BoundMatcher(bound) }

// Aggregate is an aggregation: `sum by (a, b) (expr)`.
func Aggregate(operator string, by []string, expr string) string {
	if len(by) > 0 {
		operator += " by " + Labels(by) + " "
	}
	return operator + "(" + expr + ")"
}

// Labels is a list of labels: `(a, b)`.
func Labels(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = promql.LabelText(n)
	}
	return "(" + strings.Join(quoted, ", ") + ")"
}

// Pace is how often rules about a window are evaluated: ten times in it, but neither more often than the workspace's
// rules nor less often than every 2m30s, since an instant value is not older than five minutes.
func (e *Env) Pace(window time.Duration) time.Duration {
	return max(e.Workspace.EvaluationInterval.Value, min((window/10).Truncate(time.Second), 150*time.Second))
}

// Group is the rule group of things of a kind that are evaluated at a pace: `slos/30s`.
func (e *Env) Group(kind string, window time.Duration) *plan.Group {
	pace := e.Pace(window)
	return &plan.Group{Name: kind + "/" + metric.FormatDuration(pace), Interval: pace}
}

// Template is a text for an alert, of parts.
func Template(parts ...spec.TemplatePart) *spec.Template {
	return &spec.Template{Parts: parts, Text: diag.NewText("", diag.Span{File: made})}
}

// Say is a literal part of a Template, Value the alert's value, Label a label of its series.
func Say(text string) spec.TemplatePart   { return spec.TemplatePart{Literal: text} }
func Value() spec.TemplatePart            { return spec.TemplatePart{Name: "value"} }
func Label(name string) spec.TemplatePart { return spec.TemplatePart{Name: "labels", Label: name} }

// Model is the name of the model, or of its member, in a Template; Threshold the alert's limit.
func Model() spec.TemplatePart     { return spec.TemplatePart{Name: "model"} }
func Threshold() spec.TemplatePart { return spec.TemplatePart{Name: "threshold"} }

// Ask is a number that is asked for when the text is made: that of the results that have the same values of the
// labels by as the alert. Targets that cannot ask leave out the sentence that it stands in.
func Ask(query string, unit metric.Unit, by ...string) spec.TemplatePart {
	return spec.TemplatePart{Name: "query", Query: query, Unit: unit, By: by}
}

// List is a list of results: the value of a label, and the number.
func List(query string, unit metric.Unit, label string, by ...string) spec.TemplatePart {
	return spec.TemplatePart{Name: "query", Query: query, Unit: unit, Label: label, By: by}
}
