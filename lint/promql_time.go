package lint

import (
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// timeRules are about ranges, steps, and what a server keeps and understands.
var timeRules = []*Rule{
	problem(promql.MixedWindows, diag.Warning, "a ratio of rates over different ranges"),
	problem(promql.ShortRange, diag.Error, "a range with too few scrapes in it"),
	problem(promql.LongWindow, diag.Info, "a rate over hours in a panel or an alert"),
	problem(promql.SubqueryWithoutStep, diag.Info, "a subquery that leaves its step to the server"),
	problem(promql.BeyondRetention, diag.Error, "a look further back than samples are kept"),
	problem(promql.Irate, diag.Warning, "`irate` in an alert or a record"),
	problem(promql.Experimental, diag.Warning, "what a server without feature flags refuses"),
	problem(promql.TopKInRule, diag.Warning, "`topk` or its like in an alert or a record"),
}
