// Package kubernetes wraps what other targets spell in resources of Kubernetes: recording and alerting rules
// in a PrometheusRule, the dashboard in a ConfigMap for Grafana's sidecar. It adds a ServiceMonitor for
// the model server. It stands behind those targets: planner → generators/alerts, generators/dashboards →
// generators/kubernetes → output.
//
// Check judges such files as the API server and the Prometheus operator do.
package kubernetes

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/prometheus/common/model"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/generators/alerts"
	"github.com/mlobs-gen/mlobs-gen/generators/dashboards"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

const folder = "kubernetes"

// What the API server takes, in bytes: the operator refuses a larger PrometheusRule, a ConfigMap holds no
// more data.
const (
	maxRules     = 512 << 10
	maxConfigMap = 1 << 20
)

// Target returns the target that writes `kubernetes/<model>.<kind>.yaml`, one resource in each file.
func Target() *generators.Target {
	return &generators.Target{
		Name:  "kubernetes",
		Doc:   "resources of Kubernetes: PrometheusRule, ServiceMonitor, and a ConfigMap with the dashboard",
		Wants: func(ws *plan.Workspace) bool { return ws.EmitKubernetes },
		Model: resources,
	}
}

func resources(p *plan.Plan) ([]generators.File, error) {
	var files []generators.File
	for _, spell := range []func(*plan.Plan) ([]generators.File, error){rules, serviceMonitor, configMap} {
		list, err := spell(p)
		if err != nil {
			return nil, err
		}
		files = append(files, list...)
	}
	return files, nil
}

// rules wraps the groups of the rules file: as many of them in one PrometheusRule as it may hold.
func rules(p *plan.Plan) ([]generators.File, error) {
	list, err := alerts.Prometheus().Model(p)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var file struct {
		Groups []yaml.Node `yaml:"groups"`
	}
	if err := yaml.Unmarshal(list[0].Data, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", list[0].Path, err)
	}
	var files []generators.File
	for len(file.Groups) > 0 {
		f, taken, err := ruleResource(p, len(files), file.Groups)
		if err != nil {
			return nil, err
		}
		files, file.Groups = append(files, f), file.Groups[taken:]
	}
	return files, nil
}

// ruleResource is the n-th PrometheusRule. It returns how many of the groups are in it.
func ruleResource(p *plan.Plan, n int, groups []yaml.Node) (f generators.File, taken int, err error) {
	kind, key := "prometheusrule", p.Model
	if n > 0 {
		kind, key = fmt.Sprintf("prometheusrule-%d", n+1), fmt.Sprintf("%s/rules/%d", p.Model, n+1)
	}
	size := 0
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range groups {
		data, err := yaml.Marshal(&groups[i])
		if err != nil {
			return f, 0, err
		}
		if len(data) > maxRules-overhead {
			return f, 0, &generators.LimitError{What: "a group of rules in a PrometheusRule", Size: len(data), Most: maxRules - overhead}
		}
		if size += len(data); size > maxRules-overhead {
			break
		}
		list.Content = append(list.Content, &groups[i])
	}
	f, err = file(p, kind, resource("monitoring.coreos.com/v1", "PrometheusRule", metadata(p.Workspace, name(key), nil, nil), "spec", generators.Mapping("groups", list)))
	return f, len(list.Content), err
}

// overhead is the room for a resource's head, and for the longer form in which it is stored.
const overhead = 64 << 10

// serviceMonitor makes the operator scrape the model server. It returns nothing if the spec does not say
// how.
func serviceMonitor(p *plan.Plan) ([]generators.File, error) {
	s := p.Scrape
	if s == nil {
		return nil, nil
	}
	namespaces := generators.Mapping("any", generators.Plain("true"))
	if len(s.Namespaces) > 0 {
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for _, ns := range s.Namespaces {
			list.Content = append(list.Content, generators.Scalar(ns))
		}
		namespaces = generators.Mapping("matchNames", list)
	}
	spec := generators.Mapping(
		"selector", generators.Mapping("matchLabels", labels(s.Labels)),
		"namespaceSelector", namespaces,
		"endpoints", generators.Sequence(generators.Mapping(
			"port", generators.Scalar(s.Port),
			"path", generators.Text(s.Path),
			"interval", generators.Scalar(model.Duration(s.Interval).String()),
		)),
	)
	f, err := file(p, "servicemonitor", resource("monitoring.coreos.com/v1", "ServiceMonitor", metadata(p.Workspace, name(p.Model), nil, nil), "spec", spec))
	return []generators.File{f}, err
}

// configMap holds the dashboard for Grafana's sidecar, which writes all dashboards of the cluster into one
// folder, by their keys.
func configMap(p *plan.Plan) ([]generators.File, error) {
	list, err := dashboards.Target().Model(p)
	if err != nil {
		return nil, err
	}
	var files []generators.File
	for _, board := range list {
		key := name(p.Model) + ".json"
		if size := len(key) + len(board.Data); size > maxConfigMap {
			return nil, &generators.LimitError{What: "the ConfigMap of the dashboard", Size: size, Most: maxConfigMap}
		}
		var annotations []plan.Label
		if p.Dashboard.Folder != "" {
			annotations = []plan.Label{{Name: "grafana_folder", Value: p.Dashboard.Folder}}
		}
		head := metadata(p.Workspace, name(p.Model), []plan.Label{{Name: "grafana_dashboard", Value: "1"}}, annotations)
		f, err := file(p, "dashboard", resource("v1", "ConfigMap", head, "data", generators.Mapping(key, generators.Scalar(string(board.Data)))))
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

func file(p *plan.Plan, kind string, content *yaml.Node) (generators.File, error) {
	data, err := generators.EncodeYAML("the resource "+kind, content)
	if err != nil {
		return generators.File{}, fmt.Errorf("%s of model %q: %w", kind, p.Model, err)
	}
	return generators.File{Path: folder + "/" + p.Model + "." + kind + ".yaml", Data: data}, nil
}

func resource(version, kind string, head *yaml.Node, key string, content *yaml.Node) *yaml.Node {
	return generators.Mapping("apiVersion", generators.Scalar(version), "kind", generators.Scalar(kind), "metadata", head, key, content)
}

// metadata carries the workspace's labels, by which the operator finds resources, and further ones, which win.
func metadata(ws *plan.Workspace, name string, further, annotations []plan.Label) *yaml.Node {
	return generators.Mapping(
		"name", generators.Scalar(name),
		"namespace", generators.Text(ws.Kubernetes.Namespace),
		"labels", labels(ws.Kubernetes.Labels, further...),
		"annotations", labels(annotations),
	)
}

func labels(list []plan.Label, further ...plan.Label) *yaml.Node {
	m := make(map[string]string, len(list)+len(further))
	for _, l := range list {
		m[l.Name] = l.Value
	}
	for _, l := range further {
		m[l.Name] = l.Value
	}
	return generators.Texts(m)
}

// maxName is the longest DNS label.
const maxName = 63

// name is a DNS label for something with that key: as readable as fits, and never that of another key. It
// says whose it is, since the model's own resources are often called like the model.
func name(key string) string {
	const prefix = "mlobs-"
	if full := prefix + key; len(full) <= maxName && !strings.Contains(key, "/") {
		return full
	}
	sum := sha256.Sum256([]byte(key))
	hash := "-" + hex.EncodeToString(sum[:6])
	readable, _, _ := strings.Cut(key, "/")
	readable = prefix + readable
	return readable[:min(len(readable), maxName-len(hash))] + hash
}
