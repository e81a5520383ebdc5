package alerts

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// notificationFiles spells who is told of unified alerts. It returns no files if there are no contacts.
func notificationFiles(ws *plan.Workspace) ([]generators.File, error) {
	if len(ws.Contacts) == 0 {
		return nil, nil
	}
	points := &yaml.Node{Kind: yaml.SequenceNode}
	for _, c := range ws.Contacts {
		point, err := contactPoint(c)
		if err != nil {
			return nil, fmt.Errorf("contact %q: %w", c.Name, err)
		}
		points.Content = append(points.Content, point)
	}
	var files []generators.File
	for _, f := range []struct {
		name, what string
		content    *yaml.Node
	}{
		{contactsFile, "the file of the contact points", generators.Mapping("apiVersion", generators.Plain("1"), "contactPoints", points)},
		{policiesFile, "the file of the policies", policies(ws)},
	} {
		data, err := generators.EncodeYAML(f.what, f.content)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.what, err)
		}
		files = append(files, generators.File{Path: unifiedFolder + "/" + f.name, Data: data})
	}
	return files, nil
}

// contactPoint spells a contact. Its settings are called as in a legacy channel; Grafana knows itself which
// of them are stored encrypted.
func contactPoint(c plan.Contact) (*yaml.Node, error) {
	kind, ok := channelKinds[c.Kind]
	if !ok {
		return nil, fmt.Errorf("unknown kind %q", c.Kind)
	}
	settings := &yaml.Node{Kind: yaml.MappingNode}
	for _, s := range c.Settings {
		setting, ok := kind.settings[s.Name]
		if !ok {
			return nil, fmt.Errorf("unknown setting %q", s.Name)
		}
		if setting.template {
			s.Value = promLiteral(s.Value)
		}
		value, err := settingValue(s)
		if err != nil {
			return nil, fmt.Errorf("setting %q: %w", s.Name, err)
		}
		settings.Content = append(settings.Content, generators.Scalar(setting.name), generators.Scalar(value))
	}
	return generators.Mapping(
		"orgId", generators.Plain("1"),
		"name", generators.Scalar(provisioned(c.Name)),
		"receivers", generators.Sequence(generators.Mapping(
			"uid", generators.Scalar(provisioned(c.UID)),
			"type", generators.Scalar(c.Kind),
			"settings", settings,
		)),
	), nil
}

// policies is the tree of policies, of which Grafana has one: a file takes the place of what was there.
func policies(ws *plan.Workspace) *yaml.Node {
	file := generators.Mapping("apiVersion", generators.Plain("1"), "policies", generators.Sequence(policy(ws)))
	file.HeadComment = "# Grafana has one tree of policies: this file takes the place of all of it. Leave it out where others have routes."
	return file
}

// policy is the root of the tree. Our routes hold for alerts of models only.
func policy(ws *plan.Workspace) *yaml.Node {
	rest := restOf(ws)
	if rest == "" { // a tree needs somebody at its root
		rest = ws.Routes[len(ws.Routes)-1].To
	}
	root := generators.Mapping(
		"orgId", generators.Plain("1"),
		"receiver", generators.Scalar(provisioned(rest)),
		"group_by", inline("grafana_folder", "alertname"), // Grafana's own
	)
	if routes := policyRoutes(ws); routes != nil {
		root.Content = append(root.Content, generators.Scalar("routes"), generators.Sequence(generators.Mapping(
			"receiver", generators.Scalar(provisioned(rest)),
			"object_matchers", generators.Sequence(inline(modelLabel, "=~", ".+")),
			"routes", routes,
		)))
	}
	return root
}

// policyRoutes spells the routes before the one that fits every alert; nil if there are none.
func policyRoutes(ws *plan.Workspace) *yaml.Node {
	var list []*yaml.Node
	for _, r := range someRoutes(ws) {
		var matchers []*yaml.Node
		for _, l := range routeLabels(ws, r) {
			matchers = append(matchers, inline(l.Name, "=", provisioned(l.Value)))
		}
		list = append(list, generators.Mapping("receiver", generators.Scalar(provisioned(r.To)), "object_matchers", generators.Sequence(matchers...)))
	}
	return generators.Sequence(list...)
}

func inline(items ...string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, item := range items {
		n.Content = append(n.Content, generators.Scalar(item))
	}
	return n
}

// modelLabel is on every alert of ours, and tells them from those of others.
const modelLabel = "ml_model"

// fitsAll finds the route that fits every alert: what stands behind it is never reached. -1: there is none.
func fitsAll(ws *plan.Workspace) int {
	return slices.IndexFunc(ws.Routes, func(r plan.Route) bool { return r.Severity == "" && r.Owner == "" })
}

// restOf is the contact for alerts that no other route fits; empty: there are none such.
func restOf(ws *plan.Workspace) string {
	switch i := fitsAll(ws); {
	case i >= 0:
		return ws.Routes[i].To
	case len(ws.Routes) == 0 && len(ws.Contacts) > 0:
		return ws.Contacts[0].Name
	}
	return ""
}

// someRoutes are the routes that do not fit every alert.
func someRoutes(ws *plan.Workspace) []plan.Route {
	if i := fitsAll(ws); i >= 0 {
		return ws.Routes[:i]
	}
	return ws.Routes
}

// routeLabels are the labels of the alerts that a route fits.
func routeLabels(ws *plan.Workspace, r plan.Route) (labels []plan.Label) {
	if r.Severity != "" {
		labels = append(labels, plan.Label{Name: "severity", Value: ws.Severities[r.Severity]})
	}
	if r.Owner != "" {
		labels = append(labels, plan.Label{Name: "owner", Value: r.Owner})
	}
	return labels
}
