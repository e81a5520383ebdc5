package lint

import (
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// joinRules are about two sides of an operator, and about labels that must tell series apart.
var joinRules = []*Rule{
	problem(promql.JoinNeverMatches, diag.Error, "two sides that have no labels in common"),
	problem(promql.ManyToMany, diag.Error, "a join with several series on both sides"),
	problem(promql.MissingGroupLeft, diag.Error, "several series that fit one, without `group_left`"),
	problem(promql.IncludedLabel, diag.Error, "`group_left` of a label that the other side does not have"),
	problem(promql.NoOpUnless, diag.Warning, "an `unless` that removes nothing"),
	problem(promql.DeadBranch, diag.Warning, "a side of `or` that never shows"),
	problem(promql.DuplicateSeries, diag.Error, "series that end up with the same labels"),
	problem(promql.OrVector, diag.Warning, "`or vector(0)` beside series with labels"),
	problem(promql.ScalarOfMany, diag.Error, "`scalar` of several series"),
}
