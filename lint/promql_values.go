package lint

import (
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// valueRules are about numbers: what they can be, and what they are compared with.
var valueRules = []*Rule{
	problem(promql.ImpossibleComparison, diag.Error, "a comparison that never holds"),
	problem(promql.AlwaysTrue, diag.Warning, "a comparison that always holds"),
	problem(promql.MissingBool, diag.Error, "a comparison that filters where it should give 0 or 1"),
	problem(promql.FloatEquality, diag.Warning, "equality with a number that is calculated or measured"),
	problem(promql.NaNInAggregation, diag.Warning, "a division inside an aggregation, where 0/0 spoils the whole"),
	problemAt(promql.MissingZero, diag.Warning, "a ratio that is missing as long as nothing failed", missingMatters),
	problem(promql.UnitMismatch, diag.Error, "different units added or compared"),
}

// missingMatters is where no result is taken for a good one: where low values are bad, and where others read
// the result. An alert above a limit is right to be silent, and a reader sees that there is nothing. That an alert
// is below a limit may be the mistake itself.
func missingMatters(s *Site) diag.Severity {
	if s.Record != nil || s.Alert != nil && s.Use.Below && !s.onGoodSide() {
		return diag.Warning
	}
	return silent
}
