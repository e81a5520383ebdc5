package lint

import (
	"iter"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
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
		for s := range p.OwnRecords() {
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

var recordLevel = &Rule{
	Name: "record-level", Group: Naming, Severity: diag.Warning,
	Doc: "a recorded metric whose level is not the labels that remain",
	Run: func(p *Pass) {
		for s := range p.OwnRecords() {
			level, _, ok := recordParts(s.Record.Name)
			remaining, closed := s.Analysis().Root.Labels()
			if !ok || level == "" || !closed || keepsLabels(s.Query.Expr()) {
				continue
			}
			for _, l := range s.Record.Labels {
				remaining = append(remaining, promql.LabelFact{Name: l.Name, Values: []string{l.Value}})
			}
			said, rest := levelLabels(level, p.labelNames(s))
			if gone := firstGone(said, remaining); gone != "" {
				d := p.Reportf(s.Record.Source, "the level of `%s` says `%s`, which the result does not have", s.Record.Name, gone)
				d.Help = "keep the label (`by (" + gone + ")`), or call it `" + rename(s, remaining) + "`"
				p.seeGone(d, s, gone)
			} else if more := unnamed(said, remaining); more != "" && rest == "" {
				p.Reportf(s.Record.Source, "the result of `%s` has the label `%s`, which its level does not say", s.Record.Name, more).
					Help = "call it `" + rename(s, remaining) + "`, or aggregate the label away"
			}
		}
	},
}

// labelNames are the names of labels that a level may speak of: those that the query names, those of the metrics
// that it reads and of their targets.
func (p *Pass) labelNames(s *Site) []string {
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
		if series, ok := s.lookup(sel.Name); ok {
			names = append(names, series.Metric.SeriesLabels(series.Part)...)
		}
	}
	if s.Schema != nil {
		for _, t := range s.Schema.Targets {
			for _, l := range t.Labels {
				names = append(names, l.Name)
			}
		}
	}
	facts, _ := s.Analysis().Root.Labels()
	for _, l := range facts {
		names = append(names, l.Name)
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(names)
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

// firstGone returns a label that a level says and the result does not have. A level may say what the record is
// about as a whole (`cluster`, `ml_model`).
func firstGone(said []string, remaining []promql.LabelFact) string {
	for _, name := range said {
		if !slices.Contains(unsaid, name) && !slices.ContainsFunc(remaining, func(l promql.LabelFact) bool { return l.Name == name }) {
			return name
		}
	}
	return ""
}

// unnamed returns a label of the result that a level does not say. One that has only one value says nothing.
func unnamed(said []string, remaining []promql.LabelFact) string {
	if len(said) == 0 {
		return ""
	}
	for _, l := range remaining {
		if len(l.Values) != 1 && !slices.Contains(said, l.Name) && !slices.Contains(unsaid, l.Name) {
			return l.Name
		}
	}
	return ""
}

// rename is the name of a record with the level that it should have.
func rename(s *Site, remaining []promql.LabelFact) string {
	_, rest, _ := strings.Cut(s.Record.Name, ":")
	var names []string
	for _, l := range remaining {
		if len(l.Values) != 1 && !slices.Contains(unsaid, l.Name) {
			names = append(names, l.Name)
		}
	}
	if len(names) == 0 {
		return "model:" + rest
	}
	return strings.Join(names, "_") + ":" + rest
}

// seeGone shows where a label ends.
func (p *Pass) seeGone(d *diag.Diagnostic, s *Site, label string) {
	if r := s.Analysis().Root.Label(label).Reason; r != nil && r.Span.IsZero() {
		d.See(s.Span(r.Start, r.End), "%s", r.Text)
	}
}
