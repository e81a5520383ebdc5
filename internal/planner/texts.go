package planner

import (
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// text fills a template with everything that is known now (LANGUAGE rule 9); the value and labels of
// the result stay holes. nil gives nil.
func (b *builder) text(item *alertItem, t *spec.Template) plan.Text {
	if t == nil {
		return nil
	}
	var text plan.Text
	for _, p := range t.Parts {
		part := plan.TextPart{Literal: p.Literal}
		switch p.Name {
		case "":
		case "value":
			part = plan.TextPart{Hole: plan.HoleValue, Span: b.ownSpan(t.Text.Range(p.Start, p.End))}
		case "labels":
			part = plan.TextPart{Hole: plan.HoleLabel, Label: p.Label, Span: b.ownSpan(t.Text.Range(p.Start, p.End))}
			if b.member != "" && b.isMember(p.Label) {
				part = plan.TextPart{Literal: b.member}
			}
		case "model":
			part.Literal = b.modelText()
		case "owner":
			part.Literal = b.model.Owner.Value
		case "threshold":
			part.Literal = item.threshold
		case "alert":
			part.Literal = item.Name.Value
		case "query":
			q := b.bind(item.bd, derive.Query(p.Query))
			if q == nil {
				continue // reported
			}
			b.read(q)
			part = plan.TextPart{Hole: plan.HoleQuery, Query: b.complete(q, inRule, item.window).String(), UnitName: p.Unit.Name, Label: p.Label, By: p.By}
		}
		text = append(text, part)
	}
	return text
}

// modelText is what texts call the model that an alert is about: a member of a family has a name of its own.
func (b *builder) modelText() string {
	if b.member == "" {
		return b.model.Name.Value
	}
	return b.model.Name.Value + " (" + b.member + ")"
}

// runbook is the address of an alert's runbook; it is the same for all members.
func (b *builder) runbook(item *alertItem) string {
	t := item.Runbook
	if t == nil {
		t = b.ws.Runbook
	}
	member := b.member
	b.member = ""
	text := literal(b.text(item, t))
	b.member = member
	return text
}

// defaultSummary says what is wrong where the author did not: `SlowInference of m: 12 s, above 4.2ms`.
func (b *builder) defaultSummary(item *alertItem) plan.Text {
	subject := item.Name.Value + " of " + b.modelText()
	switch {
	case item.raw != nil:
		return plan.Text{{Literal: subject}}
	case item.limits.op == spec.Absent:
		return plan.Text{{Literal: subject + ": no data for " + item.threshold}}
	}
	if item.Panel.Given() {
		subject += ": " + item.Panel.Value + " is"
	} else {
		subject += ":"
	}
	return plan.Text{{Literal: subject + " "}, {Hole: plan.HoleValue}, {Literal: ", " + string(item.limits.op) + " " + item.threshold}}
}

// literal is a text without holes; holes are left out.
func literal(t plan.Text) string {
	var b strings.Builder
	for _, p := range t {
		if p.Hole == plan.HoleNone {
			b.WriteString(p.Literal)
		}
	}
	return b.String()
}
