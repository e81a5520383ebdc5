package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"text/template"

	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// What init writes. Comments have a blank after the #; what has none, or two, is YAML to choose from.
var (
	//go:embed starter/mlobs.yaml
	starterWorkspace []byte
	//go:embed starter/spec.yaml
	starterSpec string
)

// starter fills in starterSpec. Model and Owner are YAML already.
type starter struct {
	Model, Owner, Profile string
	// Selector is what the profile needs; empty: the model's own will do.
	Selector string
	// Complete says that the profile brings metrics with roles, so that a spec needs none of its own.
	Complete bool
}

// newSpec is the spec to begin with. It fails with a *usageError if a name cannot be that of a model, an
// owner or a profile.
func newSpec(model, owner, profile string) ([]byte, error) {
	library, _, err := findLibrary() // mistakes of a workspace are no matter for a new spec
	if err != nil {
		return nil, err
	}
	s := starter{Profile: profile}
	if profile != "" {
		p := library.Profile(profile)
		if p == nil {
			return nil, noProfile(profile, library)
		}
		if s.Selector, err = selectorFor(p, model); err != nil {
			return nil, err
		}
		s.Complete = slices.ContainsFunc(p.Metrics, func(m *metric.Metric) bool { return m.Role != "" })
	}
	if s.Model, err = quoted(model); err != nil {
		return nil, err
	}
	if s.Owner, err = quoted(owner); err != nil {
		return nil, err
	}
	t, err := template.New("spec").Parse(starterSpec)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, s); err != nil {
		return nil, err
	}
	var rep diag.Report
	if spec.Load(diag.NewFile("", b.Bytes()), spec.DefaultWorkspace(), library, &rep) == nil {
		first := rep.All()[0]
		return nil, &usageError{message: first.Message, help: first.Help}
	}
	return b.Bytes(), nil
}

// selectorFor is the selector of a profile whose series are about the model's pods and not from them: they
// say themselves of which namespace they are. In it are the labels that all of them have.
func selectorFor(p *spec.Profile, model string) (string, error) {
	labels := sharedLabels(p)
	if !slices.Contains(labels, "namespace") {
		return "", nil
	}
	selector := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	for _, label := range labels {
		var name, value yaml.Node
		name.SetString(label)
		value.SetString(model)
		switch label {
		case "namespace":
			value.SetString("my-namespace")
		case "pod":
			if err := value.Encode(map[string]string{"matches": model + "-.*"}); err != nil {
				return "", err
			}
		}
		selector.Content = append(selector.Content, &name, &value)
	}
	text, err := yaml.Marshal(selector)
	return strings.TrimSuffix(string(text), "\n"), err
}

// sharedLabels are the labels that all metrics of a profile have, in the order of the first.
func sharedLabels(p *spec.Profile) (labels []string) {
	metrics := slices.DeleteFunc(slices.Clone(p.Metrics), func(m *metric.Metric) bool { return m.Query != nil })
	if len(metrics) == 0 {
		return nil
	}
	for _, l := range metrics[0].Labels {
		everywhere := !slices.ContainsFunc(metrics, func(m *metric.Metric) bool { _, ok := m.Label(l.Name); return !ok })
		if everywhere {
			labels = append(labels, l.Name)
		}
	}
	return labels
}

// quoted is a name as a scalar that says just that: JSON is YAML. What can be a name needs no quotes.
func quoted(name string) (string, error) {
	if name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" {
		return name, nil
	}
	text, err := json.Marshal(name)
	return string(text), err
}
