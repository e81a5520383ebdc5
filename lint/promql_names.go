package lint

import (
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// nameRules are about names of metrics and labels, and about values of labels.
var nameRules = []*Rule{
	problem(promql.UnknownMetric, diag.Error, "a metric that no contract declares"),
	problem(promql.UnknownLabel, diag.Error, "a label that the metric does not have"),
	problem(promql.ImpossibleValue, diag.Error, "a value that the label never has"),
	problem(promql.UnknownBucket, diag.Error, "an `le` that is no bound of the histogram, or is written in another form"),
	problem(promql.RegexInEquality, diag.Error, "a regular expression behind `=` or `!=`"),
	problem(promql.Contradiction, diag.Error, "matchers that no value passes"),
	problem(promql.NoOpMatcher, diag.Warning, "a matcher that every series passes"),
	problem(promql.RedundantAnchor, diag.Info, "`^` or `$` in a matcher, which matches whole values"),
	problem(promql.RegexWithoutPattern, diag.Info, "a regular expression that matches one text"),
	problem(promql.NamelessSelector, diag.Warning, "a selector without the name of a metric"),
	problem(promql.RemovedLabel, diag.Error, "a label that is used after it was aggregated away"),
	problem(promql.LabelReplaceNoOp, diag.Warning, "a `label_replace` that changes nothing"),
}
