package planner

import (
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// `members` make one spec many models. Each has its own rules and alerts: the same queries with one more
// matcher, so that a member that vanishes is missed. What reads nothing with the members' label, such as
// pods that they share, exists once. The dashboard shows the member that its reader chooses.

// isMember reports whether the label tells the members apart.
func (b *builder) isMember(label string) bool {
	return b.model.Members != nil && b.model.Members.Name == label
}

// ofMember reports whether series of that name carry the members' label.
func (b *builder) ofMember(q *query, s promql.Selector) bool {
	if b.model.Members == nil {
		return false
	}
	label := b.model.Members.Name
	if r := b.recorded.find(s.Name, s.Matchers); r != nil {
		return r.ofMember
	}
	if series, ok := b.scraped(q, s.Name); ok {
		if _, own := series.Metric.Label(label); own {
			return true
		}
	}
	source := b.model.Sources[b.sourceOf(q, s.Name)]
	if source != b.model.Sources[0] {
		return slices.Contains(source.Share, label)
	}
	return slices.Contains(source.TargetLabels, label)
}

// perMember reports whether a rule with the query exists for each member.
func (b *builder) perMember(q *query) bool {
	return slices.ContainsFunc(q.Selectors(), func(s promql.Selector) bool { return b.ofMember(q, s) })
}

// checkMembers reports members whose label nothing has, or that cannot be told apart by it.
func (b *builder) checkMembers() {
	members := b.model.Members
	for _, matcher := range b.model.Sources[0].Selector {
		if matcher.Label == members.Name {
			b.rep.Errorf(matcher.Span, "the selector chooses a `%s`, and so do the members", members.Name).
				WithHelp("leave it out of the selector").See(members.Span, "the members")
			return
		}
	}
	for _, l := range b.ws.Labels {
		if l.Name.Value == members.Name {
			b.rep.Errorf(members.Span, "every alert has a label `%s` already", members.Name).WithHelp("tell the members apart by another label").See(l.Name.Span, "it is set here")
			return
		}
	}
	for _, m := range b.model.Metrics {
		l, ok := m.Label(members.Name)
		for _, value := range members.Values.Exactly {
			if ok && !m.Brought && len(l.Values.Exactly) > 0 && !slices.Contains(l.Values.Exactly, value) {
				b.rep.Errorf(members.Span, "the label `%s` of `%s` is never `%s`", members.Name, m.Name, value).
					WithHelp("leave the member out, or add the value to the label").See(l.Span, "its values")
				return
			}
		}
	}
	if b.memberLabelKnown() {
		return
	}
	b.rep.Errorf(members.Span, "no metric has the label `%s`, which tells the members apart", members.Name).
		WithHelp("%s", diag.DidYouMean(members.Name, b.allLabels(), "declare it under the `labels` of metrics; a label of the targets under `prometheus: target_labels` of mlobs.yaml"))
}

// memberLabelKnown reports whether anything has the label that tells the members apart.
func (b *builder) memberLabelKnown() bool {
	return slices.Contains(b.model.Sources[0].TargetLabels, b.model.Members.Name) ||
		slices.ContainsFunc(b.model.Metrics, func(m *metric.Metric) bool { _, own := m.Label(b.model.Members.Name); return own && m.Query == nil })
}

// eachMember calls plan for each member if the query is one of theirs, else once.
func (b *builder) eachMember(q *query, plan func()) {
	if !b.perMember(q) {
		plan()
		return
	}
	for _, value := range b.model.Members.Values.Exactly {
		b.member = value
		plan()
	}
	b.member = ""
}

// checkMember reports a rule of the author's that would be the same for all members.
func (b *builder) checkMember(q *query, what string) {
	if b.model.Members == nil {
		return
	}
	for _, s := range q.Selectors() {
		if b.ofMember(q, s) && matched(s, b.model.Members.Name) {
			b.rep.Errorf(s.Span, "%s is made for each member, and chooses members itself", what).
				WithHelp("leave the matcher of `%s` out", b.model.Members.Name).See(b.model.Members.Span, "the members")
			return
		}
	}
	if b.perMember(q) || !b.memberLabelKnown() {
		return
	}
	label := b.model.Members.Name
	b.rep.Errorf(q.Span(0, len(q.Text())), "%s reads nothing that has the label `%s` of `members`: it would be the same for all of them", what, label).
		WithHelp("declare the label on the metric that it reads, as in `labels: {%s: %d}`, or leave the rule to a spec without `members`", label, len(b.model.Members.Values.Exactly)).
		See(b.model.Members.Span, "the members")
}

// memberIndex is the place of a member in the list; what they share comes first.
func (b *builder) memberIndex(value string) int {
	if b.model.Members == nil {
		return -1
	}
	return slices.Index(b.model.Members.Values.Exactly, value)
}

// memberMatcher selects the member that rules are being made for; none outside of eachMember.
func (b *builder) memberMatcher() []metric.Matcher {
	if b.member == "" {
		return nil
	}
	return []metric.Matcher{{Label: b.model.Members.Name, Op: metric.Equal, Value: b.member}}
}

// ruleLabels are the labels that rules of the model set, sorted by name, and that select what they record.
func (b *builder) ruleLabels(more ...plan.Label) []plan.Label {
	list := append([]plan.Label{{Name: labelModel, Value: b.model.Name.Value}}, more...)
	if b.member != "" {
		list = append(list, plan.Label{Name: b.model.Members.Name, Value: b.member})
	}
	slices.SortFunc(list, func(a, b plan.Label) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return list
}

// memberVariable is the reader's choice of a member: one at a time, since every number of the dashboard is
// about one model.
func (b *builder) memberVariable() (promql.Variable, bool) {
	if b.model.Members == nil {
		return promql.Variable{}, false
	}
	name := b.model.Members.Name
	return promql.Variable{Label: name, Name: name, One: true}, true
}

// chosen selects, of series that Prometheus or we make, those of the model and, if it has members, of the one
// that the reader has chosen: they have its label or, where the members share them, none. No regular
// expression: Grafana does not escape the value as one within PromQL's quotes.
func (b *builder) chosen(series string, matchers ...string) string {
	list := append(matchers, b.byModel())
	v, ok := b.memberVariable()
	if !ok {
		return series + "{" + strings.Join(list, ",") + "}"
	}
	one := append(slices.Clone(list), promql.VariableText(v))
	shared := append(slices.Clone(list), v.Label+`=""`)
	return "(" + series + "{" + strings.Join(one, ",") + "} or " + series + "{" + strings.Join(shared, ",") + "})"
}

// membersPanel is a table of all members: which one is ill, and what with.
func (b *builder) membersPanel() []*plan.Panel {
	if b.model.Members == nil || len(b.signals) == 0 {
		return nil
	}
	label := b.model.Members.Name
	states := signalMetric + "{" + b.byModel() + "," + label + `!=""}`
	p := &plan.Panel{
		Key: keyMembers, ID: plan.PanelID(keyMembers), Kind: plan.Table, Title: "Members: which one is ill", Grid: plan.Grid{W: columns, H: min(8, 3+len(b.model.Members.Values.Exactly))},
		Description: "One line for each " + label + ", the worst first. Its name leads to its numbers.",
		JoinBy:      label, JoinByTitle: sentence(label), JoinByWidth: 290,
		JoinByLink: "/d/" + uid(b.model.Name.Value) + "/?${__url_time_range}&${datasource:queryparam}&var-" + label + "=${__value.raw}",
		Mappings:   []plan.Mapping{noData()},
		Queries: []plan.Query{
			{RefID: "A", Instant: true, Format: plan.FormatTable, Legend: "State", Expr: "max by (" + label + ") (" + states + ")"},
			{RefID: "B", Instant: true, Format: plan.FormatTable, Legend: "Signals", Expr: "count by (" + label + ") (" + states + " > 0) or 0 * max by (" + label + ") (" + states + ")"},
		},
	}
	text := []plan.Step{{Color: colorText}}
	p.Columns = []plan.Column{
		{Title: "State", Width: 120, Sort: true, Steps: text, Mappings: []plan.Mapping{
			mapping(-1, "n/a", colorNoData), mapping(0, "OK", colorOK), mapping(1, "WARN", colorWarn), mapping(2, "CRIT", colorCritical),
		}},
		{Title: "Signals that are not fine", Steps: text},
	}
	return []*plan.Panel{p}
}
