package compile

import (
	"slices"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/planner"
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
	levels := slices.Clone(ws.spec.Lint.Rules)
	for _, o := range ws.spec.Lint.Overrides {
		levels = append(levels, o.Rules...)
		for _, p := range o.Paths {
			if !doublestar.ValidatePattern(p.Value) {
				r.result.Report.Errorf(p.Span, "`%s` is no pattern of paths", p.Value).WithHelp(helpPatterns)
			}
		}
	}
	for _, level := range levels {
		if !slices.Contains(names, level.Rule.Value) {
			r.result.Report.Errorf(level.Rule.Span, "there is no rule `%s`", level.Rule.Value).
				WithHelp("%s", diag.DidYouMean(level.Rule.Value, names, "`mlobs-gen rules` lists them"))
		}
	}
}

// planFor is the workspace as it is for one file: with the overrides that are for it. Owner is that of a spec,
// empty for what somebody else wrote.
func (ws *workspace) planFor(file, owner string) *plan.Workspace {
	p := ws.plan
	for _, o := range ws.spec.Lint.Overrides {
		matches := func(pattern diag.Located[string]) bool { return doublestar.MatchUnvalidated(pattern.Value, file) }
		if (len(o.Paths) == 0 || slices.ContainsFunc(o.Paths, matches)) && (!o.Owner.Given() || o.Owner.Value == owner) {
			p = planner.Override(p, o)
		}
	}
	return p
}
