package alerts

import (
	"fmt"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// alertmanagerFile spells who is told of Prometheus's alerts, as a part of a configuration that somebody
// else keeps: `routes` for the root's routes, `receivers` for its receivers. It returns no file if there
// are no contacts.
func alertmanagerFile(ws *plan.Workspace) ([]generators.File, error) {
	if len(ws.Contacts) == 0 {
		return nil, nil
	}
	receivers := &yaml.Node{Kind: yaml.SequenceNode}
	for _, c := range ws.Contacts {
		r, err := receiver(c)
		if err != nil {
			return nil, fmt.Errorf("contact %q: %w", c.Name, err)
		}
		receivers.Content = append(receivers.Content, r)
	}
	var routes []*yaml.Node
	for _, r := range someRoutes(ws) {
		routes = append(routes, generators.Mapping("matchers", matchers(routeLabels(ws, r)), "receiver", generators.Scalar(r.To)))
	}
	ours := generators.Mapping(
		"matchers", generators.Sequence(generators.Scalar(modelLabel+`=~".+"`)),
		"receiver", generators.Text(restOf(ws)), // none: the root's
		"group_by", inline(modelLabel, "alertname"),
		"routes", generators.Sequence(routes...),
	)
	file := generators.Mapping("routes", generators.Sequence(ours), "receivers", receivers)
	file.HeadComment = "# A part of Alertmanager's configuration: add the routes to those of your root, the receivers to yours."
	data, err := generators.EncodeYAML("the file of the routes", file)
	if err != nil {
		return nil, fmt.Errorf("routes: %w", err)
	}
	return []generators.File{{Path: routesFile, Data: data}}, nil
}

// matchers spells labels as Alertmanager reads them: texts in quotes, escaped as in Go.
func matchers(labels []plan.Label) *yaml.Node {
	var list []*yaml.Node
	for _, l := range labels {
		list = append(list, generators.Scalar(l.Name+"="+strconv.Quote(l.Value)))
	}
	return generators.Sequence(list...)
}

// receiverKind says what a kind of contact and its settings are called in Alertmanager. What is secret is
// read from a file: there is no other way to keep it out of the configuration.
type receiverKind struct {
	section  string
	settings map[string]receiverSetting
}

type receiverSetting struct {
	name   string
	secret bool
}

var receiverKinds = map[string]receiverKind{
	"email":     {"email_configs", map[string]receiverSetting{"to": {"to", false}}},
	"pagerduty": {"pagerduty_configs", map[string]receiverSetting{"integration_key": {"routing_key_file", true}}},
	"slack":     {"slack_configs", map[string]receiverSetting{"channel": {"channel", false}, "url": {"api_url_file", true}}},
	"webhook":   {"webhook_configs", map[string]receiverSetting{"url": {"url_file", true}}},
}

// receiver spells a contact. It says when an alert is over, as Grafana does; Alertmanager alone would not
// for all kinds.
func receiver(c plan.Contact) (*yaml.Node, error) {
	kind, ok := receiverKinds[c.Kind]
	if !ok {
		return nil, fmt.Errorf("unknown kind %q", c.Kind)
	}
	config := generators.Mapping("send_resolved", generators.Plain("true"))
	for _, s := range c.Settings {
		setting, ok := kind.settings[s.Name]
		value := promLiteral(s.Value) // texts are templates of Go
		switch {
		case !ok:
			return nil, fmt.Errorf("unknown setting %q", s.Name)
		case setting.secret && s.Path == "":
			return nil, fmt.Errorf("setting %q is not in a file", s.Name)
		case setting.secret:
			value = s.Path
		}
		config.Content = append(config.Content, generators.Scalar(setting.name), generators.Scalar(value))
	}
	return generators.Mapping("name", generators.Scalar(c.Name), kind.section, generators.Sequence(config)), nil
}
