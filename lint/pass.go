package lint

import (
	"fmt"
	"iter"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// Pass is one rule looking at one plan.
type Pass struct {
	Plan *plan.Plan
	rule *Rule
	run  *run
}

// Reportf reports a finding at a place. The zero place is fine for what stands in no text.
func (p *Pass) Reportf(at diag.Span, format string, args ...any) *diag.Diagnostic {
	return p.run.report(p.rule, at, fmt.Sprintf(format, args...))
}

// Own reports whether a place is in the author's file, not in a role or profile.
func (p *Pass) Own(at diag.Span) bool { return at.File != nil && at.File == p.Plan.File }

// Budgets of the workspace.
func (p *Pass) Budgets() plan.Budgets { return p.run.policy.Budgets }

// WorkspacePass is one rule looking at what belongs to no model.
type WorkspacePass struct {
	Workspace *plan.Workspace
	rule      *Rule
	run       *run
}

// Reportf reports a finding at a place of mlobs.yaml.
func (p *WorkspacePass) Reportf(at diag.Span, format string, args ...any) *diag.Diagnostic {
	return p.run.report(p.rule, at, fmt.Sprintf(format, args...))
}

// Site is a place where a query stands: exactly one of Alert, Record, Target, Variable and Annotation is set,
// Panel with Target. A query that several rules share (members) is one site.
type Site struct {
	*plan.Written
	Alert    *plan.Alert
	Record   *plan.Record
	Panel    *plan.Panel
	Target   *plan.Query
	Variable *plan.Variable
	// Annotation is a mark in all graphs.
	Annotation *plan.Annotation
}

// Span returns where bytes of the query stand in the file.
func (s *Site) Span(start, end int) diag.Span { return s.Query.Span(start, end) }

// Whole is where the query stands.
func (s *Site) Whole() diag.Span { return s.Query.Span(0, len(s.Query.Text())) }

// What says what the query belongs to, for messages: "alert `X`", "record `x:y:z`", "panel `T`".
func (s *Site) What() string {
	switch {
	case s.Alert != nil:
		return "alert `" + s.Alert.Name + "`"
	case s.Record != nil:
		return "record `" + s.Record.Name + "`"
	case s.Panel != nil:
		return "panel `" + s.Panel.Title + "`"
	case s.Variable != nil:
		return "variable `" + s.Variable.Name + "`"
	case s.Annotation != nil:
		return "annotation `" + s.Annotation.Name + "`"
	}
	return "query"
}

// Sites are the places where queries stand, those of roles and profiles included.
func (p *Pass) Sites() []*Site { return p.run.collect() }

// Queries are the sites whose query the author wrote.
func (p *Pass) Queries() iter.Seq[*Site] {
	return func(yield func(*Site) bool) {
		for _, s := range p.run.collect() {
			if !s.Brought && !yield(s) {
				return
			}
		}
	}
}

// collect lists the sites once: an alert on a panel and the panel are two, the alerts of members are one.
func (r *run) collect() []*Site {
	if r.ready {
		return r.sites
	}
	r.ready = true
	seen := map[*plan.Written]bool{}
	add := func(w *plan.Written, s Site) {
		if w == nil || seen[w] {
			return
		}
		seen[w] = true
		s.Written = w
		r.sites = append(r.sites, &s)
	}
	for _, record := range r.plan.Records {
		add(record.Written, Site{Record: record})
	}
	for _, alert := range r.plan.Alerts {
		add(alert.Written, Site{Alert: alert})
	}
	if d := r.plan.Dashboard; d != nil {
		for i := range d.Variables {
			add(d.Variables[i].Written, Site{Variable: &d.Variables[i]})
		}
		for i := range d.Annotations {
			add(d.Annotations[i].Written, Site{Annotation: &d.Annotations[i]})
		}
		for _, panel := range d.Panels {
			for i := range panel.Queries {
				add(panel.Queries[i].Written, Site{Panel: panel, Target: &panel.Queries[i]})
			}
		}
	}
	return r.sites
}

// found is a problem of a query with the query.
type found struct {
	site    *Site
	problem *promql.Problem
}

// Problems are what the analysis finds of one kind in the author's queries.
func (p *Pass) Problems(kind promql.ProblemKind) iter.Seq2[*Site, *promql.Problem] {
	if p.run.problems == nil {
		p.run.problems = map[string][]found{}
		for s := range p.Queries() {
			a := s.Analysis()
			for i := range a.Problems {
				name := string(a.Problems[i].Kind)
				p.run.problems[name] = append(p.run.problems[name], found{s, &a.Problems[i]})
			}
		}
	}
	return func(yield func(*Site, *promql.Problem) bool) {
		for _, f := range p.run.problems[string(kind)] {
			if !yield(f.site, f.problem) {
				return
			}
		}
	}
}

// fixOf is a fix of a query in its file: only what is still a query afterwards.
func fixOf(s *Site, fix *promql.Fix) *diag.Fix {
	if fix == nil || s.Brought {
		return nil
	}
	text := s.Query.Text()
	if _, err := promql.ParseExpr(text[:fix.Start] + fix.Text + text[fix.End:]); err != nil {
		return nil
	}
	if in, ok := s.Query.Source().Replace(fix.Start, fix.End, fix.Text); ok {
		return &in
	}
	return nil
}

// ReportProblem reports what the analysis found, with what causes it. What is not proved is a warning at most.
func (p *Pass) ReportProblem(s *Site, problem *promql.Problem) *diag.Diagnostic {
	d := p.Reportf(s.Span(problem.Start, problem.End), "%s", problem.Message)
	d.Help, d.Object = problem.Help, s.What()
	if !problem.Proved {
		d.Severity = min(d.Severity, diag.Warning)
	}
	d.Fix = fixOf(s, problem.Fix)
	for _, r := range problem.Reasons {
		at := r.Span
		if at.IsZero() {
			at = s.Span(r.Start, r.End)
		}
		d.See(at, "%s", r.Text)
	}
	return d
}
