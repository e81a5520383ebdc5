package lint

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// silenceRules judge the comments that silence others. They say nothing that a comment could silence.
var silenceRules = []*Rule{expiredAllow, unknownAllow, unusedAllow}

var expiredAllow = &Rule{
	Name: "expired-allow", Group: Silences, Severity: diag.Warning,
	Doc: "a silence whose last day has passed",
}

var unknownAllow = &Rule{
	Name: "unknown-allow", Group: Silences, Severity: diag.Error,
	Doc: "a silence of a rule that does not exist",
}

var unusedAllow = &Rule{
	Name: "unused-allow", Group: Silences, Severity: diag.Warning,
	Doc: "a silence that silences nothing",
}

// allowing returns the index of the comment that silences a finding; -1: none does.
func allowing(allows []diag.Allow, d *diag.Diagnostic, today string) int {
	return slices.IndexFunc(allows, func(a diag.Allow) bool {
		return a.Rule == d.Rule && a.Covers.File == d.Span.File && a.Covers.Start <= d.Span.Start && d.Span.Start < a.Covers.End && !expired(a, today)
	})
}

// expired reports whether the last day of a comment has passed. Days are 2006-01-02, so that text compares.
func expired(a diag.Allow, today string) bool { return a.Until != "" && today != "" && a.Until < today }

// judgeAllows reports comments that are good for nothing.
func (r *run) judgeAllows(allows []diag.Allow, used []bool, today string) (list []*diag.Diagnostic) {
	report := func(rule *Rule, a diag.Allow, message, help string) {
		if !r.policy.Levels[rule.Name].Off {
			list = append(list, &diag.Diagnostic{Severity: rule.Severity, Rule: rule.Name, Message: message, Help: help, Span: a.Span})
		}
	}
	for i, a := range allows {
		rule := Lookup(a.Rule)
		switch {
		case used[i]:
		case rule == nil:
			report(unknownAllow, a, "there is no rule `"+a.Rule+"`", diag.DidYouMean(a.Rule, Names(), "`mlobs-gen rules` lists them"))
		case rule.Group == Silences:
			report(unknownAllow, a, "`"+a.Rule+"` cannot be silenced", "remove the comment that it is about")
		case expired(a, today):
			report(expiredAllow, a, "this silence of `"+a.Rule+"` ended on "+a.Until, "mend what it was about, or give it another day")
		case r.policy.Levels[a.Rule].Off:
			report(unusedAllow, a, "`"+a.Rule+"` is switched off by the workspace, and needs no silence", "remove the comment")
		default:
			report(unusedAllow, a, "`"+a.Rule+"` finds nothing here", "remove the comment")
		}
	}
	return list
}
