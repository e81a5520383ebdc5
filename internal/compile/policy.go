package compile

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/lint"
)

// readPolicy decides which findings of a workspace are one too many, and reports rules that do not exist:
// which there are, only the linter knows.
func (r *run) readPolicy(ws *workspace) {
	ws.failOn = r.FailOn
	if fail := ws.spec.Lint.FailOn; fail.Given() && !r.Explicit {
		for s := diag.Info; s <= diag.Error; s++ {
			if s.String() == fail.Value {
				ws.failOn = s
			}
		}
	}
	r.result.FailOn = min(r.result.FailOn, ws.failOn)
	names := lint.Names()
	for _, level := range ws.spec.Lint.Rules {
		if !slices.Contains(names, level.Rule.Value) {
			r.result.Report.Errorf(level.Rule.Span, "there is no rule `%s`", level.Rule.Value).
				WithHelp("%s", diag.DidYouMean(level.Rule.Value, names, "`mlobs-gen rules` lists them"))
		}
	}
}
