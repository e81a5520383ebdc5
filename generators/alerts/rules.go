package alerts

import (
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// rulesSchema tells editors what a file of rules may hold.
const rulesSchema = "# yaml-language-server: $schema=https://json.schemastore.org/prometheus.rules.json\n"

// ruleFile spells the rules of one model. It returns no file if there is nothing to evaluate.
func ruleFile(p *plan.Plan) ([]generators.File, error) {
	groups := RuleGroups(p)
	if len(groups) == 0 {
		return nil, nil
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, g := range groups {
		if err := checkGroup(g); err != nil {
			return nil, fmt.Errorf("rules of model %q: %w", p.Model, err)
		}
		list.Content = append(list.Content, groupNode(g))
	}
	data, err := generators.EncodeYAML("the file of the rules", generators.Mapping("groups", list))
	if err != nil {
		return nil, fmt.Errorf("rules of model %q: %w", p.Model, err)
	}
	data = slices.Insert(data, len(generators.Header), []byte(rulesSchema)...)
	return []generators.File{{Path: prometheusFolder + "/" + p.Model + rulesSuffix, Data: data}}, nil
}

// RuleGroups are the rules of a plan as Prometheus evaluates them: each group in order, recording rules
// before the alerts that read them; what belongs to the model as a whole, then the groups of each member.
func RuleGroups(p *plan.Plan) (groups []rulefmt.RuleGroup) {
	type key struct {
		member string
		group  plan.Group
	}
	index := map[key]int{}
	add := func(member string, group *plan.Group, r rulefmt.Rule) {
		g := plan.Group{Interval: p.Workspace.EvaluationInterval}
		if group != nil {
			g = *group
		}
		i, ok := index[key{member, g}]
		if !ok {
			i = len(groups)
			index[key{member, g}] = i
			name := p.Model
			for _, part := range []string{member, g.Name} {
				if part != "" {
					name += "/" + part
				}
			}
			groups = append(groups, rulefmt.RuleGroup{Name: name, Interval: model.Duration(g.Interval)})
		}
		groups[i].Rules = append(groups[i].Rules, r)
	}
	for _, r := range p.Records {
		add(r.Member, r.Group, rulefmt.Rule{Record: r.Name, Expr: r.Expr, Labels: recordLabels(r.Labels)})
	}
	if p.Workspace.PrometheusAlerts {
		for _, a := range p.Alerts {
			add(a.Member, a.Group, alertingRule(a))
		}
	}
	return groups
}

func alertingRule(a *plan.Alert) rulefmt.Rule {
	rule := rulefmt.Rule{
		Alert:       a.Name,
		Expr:        a.Expr,
		For:         model.Duration(a.For),
		Labels:      make(map[string]string, len(a.Labels)),
		Annotations: make(map[string]string, 4),
	}
	for _, l := range a.Labels {
		rule.Labels[l.Name] = promLiteral(l.Value) // labels of alerts are templates too
	}
	for name, text := range map[string]string{
		"summary":       promText(a.Summary, a.UnitName),
		"description":   promText(a.Description, a.UnitName),
		"runbook_url":   promLiteral(a.RunbookURL),
		"dashboard_url": promLiteral(a.PanelURL),
	} {
		if text != "" {
			rule.Annotations[name] = text
		}
	}
	return rule
}

// recordLabels are plain text: Prometheus expands no templates in recording rules.
func recordLabels(labels []plan.Label) map[string]string {
	m := make(map[string]string, len(labels))
	for _, l := range labels {
		m[l.Name] = l.Value
	}
	return m
}

// checkGroup refuses what a plan must not contain and what no reader of the file would report.
func checkGroup(g rulefmt.RuleGroup) error {
	if g.Interval <= 0 {
		return fmt.Errorf("the evaluation interval is %s", time.Duration(g.Interval))
	}
	size := 0
	for _, r := range g.Rules {
		if r.Expr == "" {
			return fmt.Errorf("rule %q has no expression", r.Record+r.Alert)
		}
		size += len(r.Expr)
	}
	if size > MaxPromQL {
		return &generators.LimitError{What: "PromQL of the rules", Size: size, Most: MaxPromQL}
	}
	return nil
}

// groupNode is a group, in the order of rulefmt's fields.
func groupNode(g rulefmt.RuleGroup) *yaml.Node {
	rules := &yaml.Node{Kind: yaml.SequenceNode}
	for _, r := range g.Rules {
		rules.Content = append(rules.Content, generators.Mapping(
			"record", generators.Text(r.Record),
			"alert", generators.Text(r.Alert),
			"expr", generators.Text(r.Expr),
			"for", duration(r.For),
			"labels", generators.Texts(r.Labels),
			"annotations", generators.Texts(r.Annotations),
		))
	}
	return generators.Mapping("name", generators.Text(g.Name), "interval", duration(g.Interval), "rules", rules)
}

// duration is nil for 0.
func duration(d model.Duration) *yaml.Node {
	if d == 0 {
		return nil
	}
	return generators.Text(d.String())
}
