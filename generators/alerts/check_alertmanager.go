package alerts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
)

// readRoute and readReceiver are what we write of Alertmanager's configuration, which is read strictly.
type readRoute struct {
	Receiver string      `yaml:"receiver"`
	Matchers []string    `yaml:"matchers"`
	GroupBy  []string    `yaml:"group_by"`
	Continue bool        `yaml:"continue"`
	Routes   []readRoute `yaml:"routes"`
}

type readReceiver struct {
	Name      string           `yaml:"name"`
	Email     []map[string]any `yaml:"email_configs"`
	PagerDuty []map[string]any `yaml:"pagerduty_configs"`
	Slack     []map[string]any `yaml:"slack_configs"`
	Webhook   []map[string]any `yaml:"webhook_configs"`
}

// CheckAlertmanager judges a part of Alertmanager's configuration: routes, and the receivers that they name.
func CheckAlertmanager(data []byte) []Problem {
	var file struct {
		Routes    []readRoute    `yaml:"routes"`
		Receivers []readReceiver `yaml:"receivers"`
	}
	if problems := decodeProvisioned(data, &file); problems != nil {
		return problems
	}
	c := &alertmanagerCheck{}
	for i, r := range file.Receivers {
		path := fmt.Sprintf("receivers[%d]", i)
		switch {
		case r.Name == "":
			c.add(path+".name", "missing")
		case slices.Contains(c.receivers, r.Name):
			c.add(path+".name", "`%s` is there twice", r.Name)
		}
		c.receivers = append(c.receivers, r.Name)
		c.configs(r.Email, path+".email_configs", []string{"to"}, nil)
		c.configs(r.PagerDuty, path+".pagerduty_configs", []string{"routing_key_file", "service_key_file"}, []string{"routing_key", "service_key"})
		c.configs(r.Slack, path+".slack_configs", []string{"api_url_file"}, []string{"api_url"})
		c.configs(r.Webhook, path+".webhook_configs", []string{"url_file"}, []string{"url"})
	}
	for i, r := range file.Routes {
		c.route(r, fmt.Sprintf("routes[%d]", i))
	}
	return c.problems
}

type alertmanagerCheck struct {
	receivers []string
	problems  []Problem
}

func (c *alertmanagerCheck) add(path, format string, args ...any) {
	c.problems = append(c.problems, problem(path, format, args...))
}

// configs judges the settings of a receiver: one of needs must be there, none of secrets may.
func (c *alertmanagerCheck) configs(list []map[string]any, path string, needs, secrets []string) {
	for i, config := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		given := func(name string) bool { return config[name] != nil && config[name] != "" }
		if !slices.ContainsFunc(needs, given) {
			c.add(at, "needs `%s`", strings.Join(needs, "` or `"))
		}
		for _, name := range secrets {
			if given(name) {
				c.add(at+"."+name, "a secret: name the file that holds it, with `%s_file`", name)
			}
		}
	}
}

// matcherForm is a matcher in the syntax of every version since 0.22.
var matcherForm = regexp.MustCompile(`^([a-zA-Z_][a-zA-Z0-9_]*)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"$`)

func (c *alertmanagerCheck) route(r readRoute, path string) {
	if r.Receiver != "" && !slices.Contains(c.receivers, r.Receiver) {
		c.add(path+".receiver", "there is no receiver `%s`", r.Receiver)
	}
	for i, m := range r.Matchers {
		at := fmt.Sprintf("%s.matchers[%d]", path, i)
		parts := matcherForm.FindStringSubmatch(m)
		if parts == nil {
			c.add(at, "`%s` is no matcher: write `label=\"value\"`", m)
		} else if _, err := regexp.Compile("^(?:" + parts[3] + ")$"); strings.HasSuffix(parts[2], "~") && err != nil {
			c.add(at, "%v", err)
		}
	}
	for i, name := range r.GroupBy {
		if name != "..." && !model.LegacyValidation.IsValidLabelName(name) {
			c.add(fmt.Sprintf("%s.group_by[%d]", path, i), "`%s` is no label", name)
		}
	}
	for i, sub := range r.Routes {
		c.route(sub, fmt.Sprintf("%s.routes[%d]", path, i))
	}
}
