package alerts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// pointSettings are the kinds of contact points that we write, each with the settings of which it needs one.
var pointSettings = map[string][]string{
	"email":     {"addresses"},
	"pagerduty": {"integrationKey"},
	"slack":     {"url", "token"},
	"webhook":   {"url"},
}

// CheckContactPoints judges a file of contact points for provisioning/alerting.
func CheckContactPoints(data []byte) []Problem {
	var file struct {
		APIVersion    int `yaml:"apiVersion"`
		ContactPoints []struct {
			OrgID     int    `yaml:"orgId"`
			Name      string `yaml:"name"`
			Receivers []struct {
				UID                   string         `yaml:"uid"`
				Type                  string         `yaml:"type"`
				Settings              map[string]any `yaml:"settings"`
				DisableResolveMessage bool           `yaml:"disableResolveMessage"`
			} `yaml:"receivers"`
		} `yaml:"contactPoints"`
		DeleteContactPoints []struct {
			OrgID int    `yaml:"orgId"`
			UID   string `yaml:"uid"`
		} `yaml:"deleteContactPoints"`
	}
	if problems := decodeProvisioned(data, &file); problems != nil {
		return problems
	}
	c := &unifiedCheck{uids: map[string]string{}, titles: map[string]string{}}
	c.apiVersion(file.APIVersion)
	for i, p := range file.ContactPoints {
		path := fmt.Sprintf("contactPoints[%d]", i)
		c.expanded(p.Name, path+".name", maxRuleTitle)
		if first, dup := c.titles[p.Name]; dup {
			c.add(path+".name", "`%s` is taken by %s", p.Name, first)
		}
		c.titles[p.Name] = path
		for j, r := range p.Receivers {
			at := fmt.Sprintf("%s.receivers[%d]", path, j)
			if first, dup := c.uids[r.UID]; dup {
				c.add(at+".uid", "`%s` is taken by %s", r.UID, first)
			} else if !anyUID.MatchString(r.UID) {
				c.add(at+".uid", "`%s` is no uid: 1 to 40 letters, digits, `-` and `_`", r.UID)
			}
			c.uids[r.UID] = at
			c.settings(r.Type, r.Settings, at+".settings")
		}
	}
	return c.problems
}

func (c *unifiedCheck) settings(kind string, settings map[string]any, path string) {
	if len(settings) == 0 {
		c.add(path, "missing: Grafana would not start")
		return
	}
	given := func(name string) bool { return settings[name] != nil && settings[name] != "" }
	if needs := pointSettings[kind]; needs != nil && !slices.ContainsFunc(needs, given) {
		c.add(path, "`%s` needs `%s`", kind, strings.Join(needs, "` or `"))
	}
	for _, key := range sortedKeys(settings) {
		if text, ok := settings[key].(string); ok {
			c.dollars(text, path+"."+key)
		}
	}
}

// readPolicy is a policy of the tree.
type readPolicy struct {
	OrgID         int          `yaml:"orgId"`
	Receiver      string       `yaml:"receiver"`
	GroupBy       []string     `yaml:"group_by"`
	Matchers      [][]string   `yaml:"object_matchers"`
	Continue      bool         `yaml:"continue"`
	GroupWait     string       `yaml:"group_wait"`
	GroupInterval string       `yaml:"group_interval"`
	Repeat        string       `yaml:"repeat_interval"`
	Mute          []string     `yaml:"mute_time_intervals"`
	Routes        []readPolicy `yaml:"routes"`
}

// CheckPolicies judges a tree of policies for provisioning/alerting.
func CheckPolicies(data []byte, on Server) []Problem {
	var file struct {
		APIVersion int          `yaml:"apiVersion"`
		Policies   []readPolicy `yaml:"policies"`
	}
	if problems := decodeProvisioned(data, &file); problems != nil {
		return problems
	}
	c := &unifiedCheck{on: on}
	c.apiVersion(file.APIVersion)
	for i, p := range file.Policies {
		path := fmt.Sprintf("policies[%d]", i)
		if p.Receiver == "" || len(p.Matchers) > 0 {
			c.add(path, "the root of the tree has a receiver and no matchers")
		}
		c.policy(p, path)
	}
	return c.problems
}

func (c *unifiedCheck) policy(p readPolicy, path string) {
	c.dollars(p.Receiver, path+".receiver")
	if name := strings.ReplaceAll(p.Receiver, "$$", "$"); name != "" && c.on.Contacts != nil && !slices.Contains(c.on.Contacts, name) {
		c.add(path+".receiver", "there is no contact point `%s`: Grafana would not start", name)
	}
	for i, m := range p.Matchers {
		at := fmt.Sprintf("%s.object_matchers[%d]", path, i)
		if len(m) != 3 || !slices.Contains([]string{"=", "!=", "=~", "!~"}, m[1]) {
			c.add(at, "a matcher is a label, one of = != =~ !~, and a value")
			continue
		}
		c.dollars(m[2], at)
		if _, err := regexp.Compile(strings.ReplaceAll(m[2], "$$", "$")); strings.HasSuffix(m[1], "~") && err != nil {
			c.add(at, "%v", err)
		}
	}
	for i, r := range p.Routes {
		c.policy(r, fmt.Sprintf("%s.routes[%d]", path, i))
	}
}
