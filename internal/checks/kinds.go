package checks

import (
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Kind is a kind of check: what it asks of a model.
type Kind struct {
	Name spec.CheckKind
	// Title is one line, Doc a paragraph; Markdown without headings.
	Title, Doc string
	// Window, MinSamples, For and Severity hold where a check gives none; 0: there is none.
	Window     time.Duration
	MinSamples int
	For        time.Duration
	Severity   string
	// Methods, the default of each subject first.
	Methods []*Method
	// Pitfalls are what goes wrong with it, Questions what to ask when it fires. One sentence each.
	Pitfalls, Questions []string
	// Example is a check as a spec has it, three lines if that is enough; Metrics what it needs under `metrics`.
	Example, Metrics string

	// signal is its line in the strip, which all checks of the kind share; order its place.
	signal string
	order  int
}

// Method is one way to compute a score.
type Method struct {
	Name, Title string
	// Of is what it is for, where the kind has several subjects: `classes` or `numbers` of drift. Empty: all.
	Of string
	// Parts are the metrics that belong together, where an evaluation needs several; nil: it is of one.
	Parts []string
	// Formula is written as people write it; Source is who defines it so.
	Formula, Source string
	// Op is the bad side of a limit: spec.Above or spec.Below.
	Op spec.Op
	// Low and High bound the score; empty: it has no bound there.
	Low, High string
	Unit      metric.Unit
	// Warn and Alert are the limits where a check gives none, in Unit; empty: it must.
	Warn, Alert string
	// Reading says what the numbers mean.
	Reading string
}

// plain is the unit of scores without one.
var plain = metric.Unit{Name: "none", Grafana: "none"}

// Kinds are all kinds, in the order in which documentation shows them.
var Kinds = []*Kind{drift, confidence, collapse, silence, quality, freshness, canary, evaluation, fairness, external, score}

// KindNamed finds a kind by its word; nil: there is none.
func KindNamed(name string) *Kind { return kindOf(spec.CheckKind(name)) }

func kindOf(name spec.CheckKind) *Kind {
	for _, k := range Kinds {
		if k.Name == name {
			return k
		}
	}
	return nil
}
