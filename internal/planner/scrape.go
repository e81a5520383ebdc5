package planner

import (
	"regexp"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// scrape decides how the operator of Kubernetes makes Prometheus scrape the model server; nil if the spec
// does not name the port, or nobody asked for resources of Kubernetes.
func (b *builder) scrape() *plan.Scrape {
	s := b.model.Scrape
	if !b.pws.EmitKubernetes || !s.Port.Given() {
		return nil
	}
	if len(s.Labels) == 0 {
		b.rep.Errorf(s.Port.Span, "a ServiceMonitor without labels would scrape every service").
			WithHelp("say by which labels the service is found: `scrape: {port: %s, labels: {app: %s}}`", s.Port.Value, b.model.Name.Value)
		return nil
	}
	scrape := &plan.Scrape{Port: s.Port.Value, Path: s.Path.Value, Interval: b.model.ScrapeInterval, Namespaces: b.namespaces()}
	for _, l := range s.Labels {
		scrape.Labels = append(scrape.Labels, plan.Label{Name: l.Name.Value, Value: l.Value.Value})
	}
	sortLabels(scrape.Labels)
	return scrape
}

// namespaces are those that the selector of the model server names; none: any may be meant.
func (b *builder) namespaces() []string {
	for _, m := range b.model.Sources[0].Selector {
		if m.Label != "namespace" || m.Op != metric.Equal && m.Op != metric.Match {
			continue
		}
		names := strings.Split(m.Value, "|")
		if !slices.ContainsFunc(names, func(name string) bool { return !namespace.MatchString(name) }) {
			return names
		}
	}
	return nil
}

// namespace is the name of one; regular expressions are none.
var namespace = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
