package alerts

import (
	"fmt"
	"time"

	"github.com/prometheus/common/model"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// unifiedFile spells the alerts of one model for Grafana's folder provisioning/alerting: one group for the
// model, and one for each of its members. It returns no file if there are no alerts.
//
// Grafana replaces variables of its environment in names, folders and labels, where `$` is escaped, but
// neither in queries nor in annotations (pkg/services/provisioning/alerting, rules_types.go).
func unifiedFile(p *plan.Plan) ([]generators.File, error) {
	if len(p.Alerts) == 0 {
		return nil, nil
	}
	interval, err := unifiedInterval(p.Workspace.EvaluationInterval)
	if err != nil {
		return nil, fmt.Errorf("alerts of model %q: %w", p.Model, err)
	}
	groups := &yaml.Node{Kind: yaml.SequenceNode}
	rules := map[string]*yaml.Node{} // by member
	for _, a := range p.Alerts {
		rule, err := unifiedRule(p, a)
		if err != nil {
			return nil, fmt.Errorf("alert %q of model %q: %w", a.Name, p.Model, err)
		}
		list, ok := rules[a.Member]
		if !ok {
			list = &yaml.Node{Kind: yaml.SequenceNode}
			rules[a.Member] = list
			groups.Content = append(groups.Content, generators.Mapping(
				"orgId", generators.Plain("1"),
				"name", generators.Scalar(provisioned(ofMember(p.Model, a.Member))),
				"folder", generators.Scalar(provisioned(p.Owner)),
				"interval", generators.Scalar(interval.String()),
				"rules", list,
			))
		}
		list.Content = append(list.Content, rule)
	}
	file := generators.Mapping("apiVersion", generators.Plain("1"), "groups", groups)
	if p.Workspace.PrometheusAlerts {
		file.HeadComment = "# Prometheus evaluates these alerts, too: whoever hears of both is told twice."
	}
	data, err := generators.EncodeYAML("the file of the alerts", file)
	if err != nil {
		return nil, fmt.Errorf("alerts of model %q: %w", p.Model, err)
	}
	return []generators.File{{Path: unifiedFolder + "/" + p.Model + ".yaml", Data: data}}, nil
}

// baseInterval is how often Grafana looks which groups are due; the interval of a group is a multiple of it.
const baseInterval = 10 * time.Second

// unifiedInterval rounds up: never more often than asked for.
func unifiedInterval(d time.Duration) (model.Duration, error) {
	if d <= 0 {
		return 0, fmt.Errorf("the evaluation interval is %s", d)
	}
	return model.Duration((d + baseInterval - 1) / baseInterval * baseInterval), nil
}

// alertTitle says in Grafana whose alert it is.
func alertTitle(slug string, a *plan.Alert) string { return ofMember(slug+": "+a.Name, a.Member) }

// ofMember names something of a model, or of one of its members.
func ofMember(name, member string) string {
	if member == "" {
		return name
	}
	return name + " (" + member + ")"
}
