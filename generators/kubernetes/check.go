package kubernetes

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/generators/alerts"
	"github.com/mlobs-gen/mlobs-gen/generators/dashboards"
)

// Problem is something in a resource that Kubernetes, the operator or the sidecar refuses or ignores.
type Problem = dashboards.Problem

// object is what resources have in common.
type object struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string `yaml:"kind"`
	Metadata   struct {
		Name        string            `yaml:"name"`
		Namespace   string            `yaml:"namespace"`
		Labels      map[string]string `yaml:"labels"`
		Annotations map[string]string `yaml:"annotations"`
	} `yaml:"metadata"`
}

type monitor struct {
	object `yaml:",inline"`
	Spec   struct {
		Selector struct {
			MatchLabels map[string]string `yaml:"matchLabels"`
		} `yaml:"selector"`
		NamespaceSelector struct {
			Any        bool     `yaml:"any"`
			MatchNames []string `yaml:"matchNames"`
		} `yaml:"namespaceSelector"`
		Endpoints []struct {
			Port     string `yaml:"port"`
			Path     string `yaml:"path"`
			Interval string `yaml:"interval"`
		} `yaml:"endpoints"`
	} `yaml:"spec"`
}

type ruleSet struct {
	object `yaml:",inline"`
	Spec   struct {
		Groups yaml.Node `yaml:"groups"`
	} `yaml:"spec"`
}

type config struct {
	object `yaml:",inline"`
	Data   map[string]string `yaml:"data"`
}

// Check judges a file that the target wrote; of other files it says nothing.
func Check(f generators.File) []Problem {
	if path.Ext(f.Path) != ".yaml" || !slices.Contains(strings.Split(path.Dir(f.Path), "/"), folder) {
		return nil
	}
	c := &check{}
	var kind struct{ Kind string }
	if err := yaml.Unmarshal(f.Data, &kind); err != nil {
		c.add("", "%v", err)
		return c.problems
	}
	switch kind.Kind {
	case "PrometheusRule":
		c.rules(f.Data)
	case "ServiceMonitor":
		c.monitor(f.Data)
	case "ConfigMap":
		c.config(f.Data)
	default:
		c.add("kind", "`%s` is nothing that we write", kind.Kind)
	}
	return c.problems
}

// check is one run over one file.
type check struct{ problems []Problem }

func (c *check) add(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{Path: path, Message: fmt.Sprintf(format, args...)})
}

// decode reads a resource strictly; false after reporting.
func (c *check) decode(data []byte, into any) bool {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		c.add("", "%v", err)
		return false
	}
	return true
}

var (
	dnsLabel = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
	// labelName has a DNS name in front, which is optional.
	labelName  = regexp.MustCompile(`^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
	labelValue = regexp.MustCompile(`^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$`)
	portName   = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$`)
	dataKey    = regexp.MustCompile(`^[-._a-zA-Z0-9]{1,253}$`)
)

func (c *check) head(o object, version string) {
	if o.APIVersion != version {
		c.add("apiVersion", "`%s` is not `%s`", o.APIVersion, version)
	}
	if !dnsLabel.MatchString(o.Metadata.Name) {
		c.add("metadata.name", "`%s` is not the name of a resource", o.Metadata.Name)
	}
	if ns := o.Metadata.Namespace; ns != "" && !dnsLabel.MatchString(ns) {
		c.add("metadata.namespace", "`%s` is not the name of a namespace", ns)
	}
	c.labels(o.Metadata.Labels, "metadata.labels")
}

func (c *check) labels(labels map[string]string, path string) {
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if !labelName.MatchString(name) {
			c.add(path, "`%s` is not the name of a label", name)
		}
		if !labelValue.MatchString(labels[name]) {
			c.add(path+"."+name, "`%s` is not the value of a label", labels[name])
		}
	}
}

func (c *check) rules(data []byte) {
	var r ruleSet
	if !c.decode(data, &r) {
		return
	}
	c.head(r.object, "monitoring.coreos.com/v1")
	if len(data) > maxRules {
		c.add("", "%d bytes; the operator takes at most %d", len(data), maxRules)
	}
	var list []struct{ Rules []any }
	if err := r.Spec.Groups.Decode(&list); err != nil || len(list) == 0 {
		c.add("spec.groups", "there is none")
		return
	}
	for i, g := range list {
		if len(g.Rules) == 0 {
			c.add(fmt.Sprintf("spec.groups[%d]", i), "a group without rules")
		}
	}
	groups, err := yaml.Marshal(map[string]*yaml.Node{"groups": &r.Spec.Groups})
	if err != nil {
		c.add("spec.groups", "%v", err)
		return
	}
	for _, p := range alerts.CheckRules(groups) {
		c.add("spec: "+p.Path, "%s", p.Message)
	}
}

func (c *check) monitor(data []byte) {
	var m monitor
	if !c.decode(data, &m) {
		return
	}
	c.head(m.object, "monitoring.coreos.com/v1")
	if len(m.Spec.Selector.MatchLabels) == 0 {
		c.add("spec.selector", "without labels all services would be scraped")
	}
	c.labels(m.Spec.Selector.MatchLabels, "spec.selector.matchLabels")
	for _, ns := range m.Spec.NamespaceSelector.MatchNames {
		if !dnsLabel.MatchString(ns) {
			c.add("spec.namespaceSelector", "`%s` is not the name of a namespace", ns)
		}
	}
	if m.Spec.NamespaceSelector.Any == (len(m.Spec.NamespaceSelector.MatchNames) > 0) {
		c.add("spec.namespaceSelector", "either any namespace, or those named")
	}
	if len(m.Spec.Endpoints) == 0 {
		c.add("spec.endpoints", "nothing would be scraped")
	}
	for i, e := range m.Spec.Endpoints {
		at := fmt.Sprintf("spec.endpoints[%d]", i)
		if !portName.MatchString(e.Port) {
			c.add(at+".port", "`%s` is not the name of a port", e.Port)
		}
		if d, err := model.ParseDuration(e.Interval); err != nil || d <= 0 {
			c.add(at+".interval", "`%s` is no duration", e.Interval)
		}
	}
}

func (c *check) config(data []byte) {
	var m config
	if !c.decode(data, &m) {
		return
	}
	c.head(m.object, "v1")
	if m.Metadata.Labels["grafana_dashboard"] != "1" {
		c.add("metadata.labels", "the sidecar looks for `grafana_dashboard: \"1\"`")
	}
	size := 0
	for _, key := range slices.Sorted(maps.Keys(m.Data)) {
		size += len(key) + len(m.Data[key])
		if !dataKey.MatchString(key) || path.Ext(key) != ".json" {
			c.add("data", "`%s` is not the name of a file that the sidecar reads", key)
		}
		for _, p := range dashboards.Check([]byte(m.Data[key])) {
			c.add("data."+key+": "+p.Path, "%s", p.Message)
		}
	}
	if size > maxConfigMap {
		c.add("data", "%d bytes; a ConfigMap holds at most %d", size, maxConfigMap)
	}
}
