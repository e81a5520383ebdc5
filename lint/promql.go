package lint

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// promqlRules explain what the analysis of expressions finds: kinds of problems have the names of rules.
// Here is said how bad each is, and where it matters; what is wrong, where and why, the analysis says.
var promqlRules = slices.Concat(typeRules, nameRules, joinRules, valueRules, timeRules)

// problem is the rule that reports one kind of problem as it was found.
func problem(kind promql.ProblemKind, severity diag.Severity, doc string) *Rule {
	return problemAt(kind, severity, doc, func(*Site) diag.Severity { return severity })
}

// silent is the severity of what is not worth a word at a site.
const silent diag.Severity = -1

// problemAt is a rule whose findings are as bad as the site says, and never worse than the rule.
func problemAt(kind promql.ProblemKind, severity diag.Severity, doc string, at func(*Site) diag.Severity) *Rule {
	return &Rule{Name: string(kind), Group: PromQL, Severity: severity, Doc: doc, Run: func(p *Pass) {
		for s, found := range p.Problems(kind) {
			if level := at(s); level != silent {
				d := p.ReportProblem(s, found)
				d.Severity = min(d.Severity, level)
			}
		}
	}}
}

// inRules is the severity in alerts and records, which nobody looks at; readers of panels see for themselves.
func inRules(rule, panel diag.Severity) func(*Site) diag.Severity {
	return func(s *Site) diag.Severity {
		if s.Alert != nil || s.Record != nil {
			return rule
		}
		return panel
	}
}
