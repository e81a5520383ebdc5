package planner

import (
	"fmt"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// signalRecords are the signals as one recorded family: 0 fine, 1 warn, 2 critical, −1 not known.
func (b *builder) signalRecords() (list []*plan.Record) {
	for _, item := range b.signals {
		for _, a := range item.planned {
			b.member = a.Member
			list = append(list, &plan.Record{
				Name:   signalMetric,
				Expr:   b.compose(item, b.signalShape(item), a.value).String(),
				Labels: b.ruleLabels(plan.Label{Name: "signal", Value: item.Signal.Value}),
				Member: a.Member,
				Source: item.Signal.Span,
			})
		}
	}
	b.member = ""
	return list
}

// signalMetric is the family that the strip, the status and later the fleet page read.
const signalMetric = "ml_model:signal:state"

// signalShape turns a value into a state. Of several series the worst counts. NaN is no value: it must
// read as not known, where a bare comparison would call it fine; profiles and roles do not record it.
func (b *builder) signalShape(item *alertItem) string {
	l, than := item.limits, ">"
	if l.op == spec.Below {
		than = "<"
	}
	var state string
	switch {
	case l.warn != nil:
		state = fmt.Sprintf("($1 %s bool %s) + ($1 %s bool %s)", than, l.warn, than, l.crit[0])
	case l.page:
		state = fmt.Sprintf("2 * ($1 %s bool %s)", than, l.crit[0])
	default:
		state = fmt.Sprintf("$1 %s bool %s", than, l.crit[0])
	}
	if r := b.recordedBy(item.query); r == nil || item.bd == nil {
		state = "(" + state + " and $1 >= -Inf)"
	}
	if !b.single(item.query) {
		state = "max(" + state + ")"
	}
	return fmt.Sprintf("%s or on () vector(%d)", state, b.silence())
}
