package lint

import (
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// promqlRules explain what the analysis of expressions finds: kinds of problems have the names of rules.
var promqlRules = []*Rule{
	problem(promql.RateOfGauge, diag.Error, "a rate of what may fall"),
}

// problem is the rule that reports one kind of problem as it was found.
func problem(kind promql.ProblemKind, severity diag.Severity, doc string) *Rule {
	return &Rule{Name: string(kind), Group: PromQL, Severity: severity, Doc: doc, Run: func(p *Pass) {
		for s, found := range p.Problems(kind) {
			p.ReportProblem(s, found)
		}
	}}
}
