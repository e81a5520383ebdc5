package plan

import (
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// RuleGroup is a group of a rule file that somebody else wrote.
type RuleGroup struct {
	Name diag.Located[string]
	// Interval between two evaluations; not Given: the server's.
	Interval diag.Located[time.Duration]
	// Limit is how many series or alerts one rule of the group may give; 0: no limit.
	Limit int
}

// FileRule is what a rule file that somebody else wrote says of an alert or a record beside what ours have.
type FileRule struct {
	Group *RuleGroup
	// Expr is the whole expression; Written may be a part of it.
	Expr *promql.Query
	// Name is where the name of the alert or record was written.
	Name diag.Span
	// For and KeepFiringFor are not Given where they were left out.
	For, KeepFiringFor diag.Located[time.Duration]
	// Labels and Annotations in the order written, those of the group behind the rule's own.
	Labels, Annotations []RuleText
}

// RuleText is a label or an annotation of a rule.
type RuleText struct {
	Name diag.Located[string]
	// Value is the template as written.
	Value diag.Text
	// Parts are what the template says outside its actions, and each label and value that it reads, in the order
	// of the text.
	Parts Text
	// Shown are the places where the value is printed in whatever form, Plain those where it is a bare number.
	Shown, Plain []diag.Span
}

// Entry returns the label or annotation of that name.
func Entry(list []RuleText, name string) (RuleText, bool) {
	for _, t := range list {
		if t.Name.Value == name {
			return t, true
		}
	}
	return RuleText{}, false
}
