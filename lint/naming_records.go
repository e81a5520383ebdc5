package lint

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// OwnRecords are the recording rules that the author wrote.
func (p *Pass) OwnRecords() iter.Seq[*Site] {
	return func(yield func(*Site) bool) {
		for s := range p.Queries() {
			if s.Record != nil && !yield(s) {
				return
			}
		}
	}
}

// namedRecords are those of them that the author named, too. Objectives and checks have names of their own.
func (p *Pass) namedRecords() iter.Seq[*Site] {
	return func(yield func(*Site) bool) {
		for s := range p.OwnRecords() {
			if (s.Record.Group == nil || s.Record.File != nil) && !yield(s) {
				return
			}
		}
	}
}

// recordParts takes level:metric:operations apart. A name without a level (metric:operations) has an empty one.
func recordParts(name string) (level, operations string, ok bool) {
	parts := strings.Split(name, ":")
	switch {
	case len(parts) < 2:
		return "", "", false
	case len(parts) == 2:
		return "", parts[1], true
	}
	return parts[0], strings.Join(parts[2:], "_"), true
}

var recordName = &Rule{
	Name: "record-name", Group: Naming, Severity: diag.Warning,
	Doc: "a recorded metric whose name has no colon, as if it were scraped",
	Run: func(p *Pass) {
		for s := range p.namedRecords() {
			if !strings.Contains(s.Record.Name, ":") {
				p.Reportf(s.Record.Source, "the recorded metric `%s` is named as if it were scraped", s.Record.Name).
					Help = "call it level:metric:operations, as in `" + suggestedName(s) + "`"
			}
		}
	},
}

// suggestedName is a name for a record whose own has no colon.
func suggestedName(s *Site) string {
	level := "job"
	if labels, closed := s.Analysis().Root.Labels(); closed {
		var names []string
		for _, l := range labels {
			names = append(names, l.Name)
		}
		if len(names) == 0 || len(names) > 4 {
			names = []string{"model"}
		}
		level = strings.Join(names, "_")
	}
	operations := "sum"
	if a, ok := bare(s.Query.Expr()).(*parser.AggregateExpr); ok {
		operations = a.Op.String()
	}
	for _, w := range windows(s) {
		if w.function == "rate" || w.function == "increase" {
			operations = w.function + metric.FormatDuration(w.length)
		}
	}
	return level + ":" + strings.TrimSuffix(s.Record.Name, "_"+operations) + ":" + operations
}

// bare is the expression without the parentheses around it.
func bare(e parser.Expr) parser.Expr {
	for {
		p, ok := e.(*parser.ParenExpr)
		if !ok {
			return e
		}
		e = p.Expr
	}
}

// unsaid are labels that no level needs to say: those that a name says otherwise (the `le` of buckets), those of
// what is everywhere one, and those that we set.
var unsaid = []string{"le", "quantile", "cluster", "environment", "ml_model"}

// wholes are words by which a level says that nothing is told apart, though they may be labels as well.
var wholes = []string{"all", "app", "cluster", "environment", "fleet", "global", "ml_model", "model", "service"}

var recordLevel = &Rule{
	Name: "record-level", Group: Naming, Severity: diag.Warning,
	Doc: "a recorded metric whose level is not the labels that remain",
	Run: func(p *Pass) {
		for s := range p.namedRecords() {
			level, _, ok := recordParts(s.Record.Name)
			labels, closed := s.Analysis().Root.Labels()
			if !ok || level == "" || !closed || keepsLabels(s.Query.Expr()) {
				continue
			}
			remaining := levelOf(s, labels)
			said, rest := levelLabels(level, p.labelNames(s, labels))
			has := func(name string) bool {
				return slices.ContainsFunc(labels, func(l promql.LabelFact) bool { return l.Name == name }) ||
					slices.ContainsFunc(s.Record.Labels, func(l plan.Label) bool { return l.Name == name })
			}
			gone := slices.IndexFunc(said, func(name string) bool {
				return !has(name) && !slices.Contains(wholes, name) && !slices.Contains(unsaid, name) && !selects(s, name)
			})
			more := slices.IndexFunc(remaining, func(name string) bool { return !slices.Contains(said, name) })
			switch {
			case gone >= 0:
				d := p.Reportf(s.Record.Source, "the level of `%s` says `%s`, which the result does not have", s.Record.Name, said[gone])
				d.Help = "keep the label in the aggregation, or call it `" + relevelled(s, remaining) + "`"
				p.seeGone(d, s, said[gone])
			case more >= 0 && rest == "" && tellsApart(said):
				p.Reportf(s.Record.Source, "the result of `%s` has the label `%s`, which its level does not say", s.Record.Name, remaining[more]).
					Help = "call it `" + relevelled(s, remaining) + "`, or aggregate the label away"
			}
		}
	},
}

// selects reports whether a query reads series with that value of a label, so that a word of the level is not the label
// of that name: `namespace_cpu:requests:sum` of `{resource="cpu"}`.
func selects(s *Site, value string) bool {
	return slices.ContainsFunc(s.Query.Selectors(), func(sel promql.Selector) bool {
		return slices.ContainsFunc(sel.Matchers, func(m *labels.Matcher) bool { return m.Type == labels.MatchEqual && m.Value == value })
	})
}

// tellsApart: the labels that a level says are meant to be all. Those of `cluster` alone say nothing, and beside
// `quantile` people leave out what a join brought.
func tellsApart(said []string) bool {
	return !slices.Contains(said, "quantile") && slices.ContainsFunc(said, func(name string) bool { return !slices.Contains(unsaid, name) })
}

// levelOf are the labels that the level of a record should say: those that its series surely have, or that the query
// groups by. One that has only one value tells nothing apart.
func levelOf(s *Site, labels []promql.LabelFact) (names []string) {
	for _, l := range labels {
		if len(l.Values) != 1 && (l.Presence == promql.Surely || groups(s, l.Name)) {
			names = append(names, l.Name)
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(unsaid, name) })
}

// labelNames are the names of labels that a level may speak of, the longest first: those that the query names, those of
// the metrics and targets that may be read, and those of the result.
func (p *Pass) labelNames(s *Site, labels []promql.LabelFact) []string {
	names := []string{"job", "instance", "namespace", "pod"}
	for _, g := range s.Query.Groupings() {
		for _, l := range g.Labels {
			names = append(names, l.Value)
		}
	}
	for _, sel := range s.Query.Selectors() {
		for _, m := range sel.Matchers {
			names = append(names, m.Name)
		}
	}
	for _, l := range s.Record.Labels {
		names = append(names, l.Name)
	}
	for _, l := range labels {
		names = append(names, l.Name)
	}
	names = append(names, p.run.knownLabels(s.Schema)...)
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return slices.Compact(names)
}

// knownLabels are the labels of all metrics and targets of a schema.
func (r *run) knownLabels(s *promql.Schema) (names []string) {
	if s == nil || s.Lookup == nil || s.Names == nil {
		return nil
	}
	if known, ok := r.labels[s]; ok {
		return known
	}
	for _, t := range s.Targets {
		for _, l := range t.Labels {
			names = append(names, l.Name)
		}
	}
	for _, name := range s.Names() {
		if series, ok := s.Lookup(name); ok {
			names = append(names, series.Metric.SeriesLabels(series.Part)...)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if r.labels == nil {
		r.labels = map[*promql.Schema][]string{}
	}
	r.labels[s] = names
	return names
}

// lookup finds what a query reads under a name.
func (s *Site) lookup(name string) (metric.Series, bool) {
	if s.Schema == nil || s.Schema.Lookup == nil || name == "" {
		return metric.Series{}, false
	}
	return s.Schema.Lookup(name)
}

// levelLabels finds labels in a level, longest first; rest is what is none.
func levelLabels(level string, names []string) (said []string, rest string) {
	rest = "_" + level + "_"
	for _, name := range names {
		if strings.Contains(rest, "_"+name+"_") {
			said = append(said, name)
			rest = strings.Replace(rest, "_"+name+"_", "_", 1)
		}
	}
	return said, strings.Trim(rest, "_")
}

// relevelled is the name of a record with another level.
func relevelled(s *Site, labels []string) string {
	_, rest, _ := strings.Cut(s.Record.Name, ":")
	if len(labels) == 0 {
		return "model:" + rest
	}
	return strings.Join(labels, "_") + ":" + rest
}

// seeGone shows where a label ends.
func (p *Pass) seeGone(d *diag.Diagnostic, s *Site, label string) {
	if r := s.Analysis().Root.Label(label).Reason; r != nil && r.Span.IsZero() {
		d.See(s.Span(r.Start, r.End), "%s", r.Text)
	}
}
