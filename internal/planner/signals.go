package planner

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// signal is a line of the strip. Several alerts of objectives and checks may share one: the worst state counts.
type signal struct {
	name   diag.Located[string]
	alerts []*alertItem
}

// signalMetric is the family that the strip, the status and later the fleet page read.
const signalMetric = "ml_model:signal:state"

// signalRecords are the signals as one recorded family: 0 fine, 1 warn, 2 critical, −1 not known.
func (b *builder) signalRecords() (list []*plan.Record) {
	for _, s := range b.signals {
		for i, a := range s.alerts[0].planned {
			b.member = a.Member
			of := plan.Label{Name: "signal", Value: s.name.Value}
			rec := &plan.Record{Name: signalMetric, Labels: b.ruleLabels(of), Member: a.Member, Source: s.name.Span}
			if len(s.alerts) <= alertsAtOnce {
				rec.Expr = b.signalExpr(s, i)
				list = append(list, rec)
				continue
			}
			n := 0
			for some := range slices.Chunk(s.alerts, alertsAtOnce) {
				n++
				part := *rec
				part.Name, part.Labels = signalPart, b.ruleLabels(of, plan.Label{Name: "part", Value: strconv.Itoa(n)})
				part.Expr = b.worst(&signal{name: s.name, alerts: some}, i, "")
				list = append(list, &part)
			}
			rec.Expr = "max(" + signalPart + "{" + labelMatchers(rec.Labels) + "})" + b.nothingKnown()
			list = append(list, rec)
		}
	}
	b.member = ""
	return list
}

// alertsAtOnce is how many alerts one expression looks at; a signal that more of them share is made in parts, each
// recorded: an expression has an end.
const alertsAtOnce = 10

// signalPart is the worst state of some of the alerts that share a signal.
const signalPart = "ml_model:signal:part"

// labelMatchers selects series by labels.
func labelMatchers(list []plan.Label) string {
	texts := make([]string, len(list))
	for i, l := range list {
		texts[i] = promql.MatcherText(metric.Matcher{Label: l.Name, Op: metric.Equal, Value: l.Value})
	}
	return strings.Join(texts, ",")
}

// nothingKnown gives a signal its value where nothing is known.
func (b *builder) nothingKnown() string { return fmt.Sprintf(" or on () vector(%d)", b.silence()) }

// signalExpr is the state of a signal for the i-th member.
func (b *builder) signalExpr(s *signal, i int) string {
	item := s.alerts[0]
	if len(s.alerts) == 1 {
		return b.compose(item, b.signalShape(item)+b.nothingKnown(), item.planned[i].value).String()
	}
	return b.worst(s, i, b.nothingKnown())
}

// worst is the worst state of the alerts that share a signal.
func (b *builder) worst(s *signal, i int, unknown string) string {
	var shape []string
	var states []promql.Expr
	for n, other := range s.alerts {
		if i >= len(other.planned) {
			continue
		}
		states = append(states, b.compose(other, b.signalShape(other), other.planned[i].value))
		shape = append(shape, fmt.Sprintf(`label_replace($%d, "alert", %s, "", "")`, n+1, promql.Quote(other.Name.Value)))
	}
	expr, err := promql.ComposeExprs("max("+strings.Join(shape, " or ")+")"+unknown, states...)
	if err != nil {
		b.rep.Errorf(s.name.Span, "the signal `%s` cannot be written: %s", s.name.Value, err)
	}
	return expr.String()
}

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
	return state
}
