package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// oneOf is the check of a flag that takes one of some words.
func oneOf(flag, value string, words ...string) error {
	if slices.Contains(words, value) {
		return nil
	}
	return &usageError{
		message: fmt.Sprintf("%s takes %s, not `%s`", flag, strings.Join(words, ", "), value),
		help:    diag.DidYouMean(value, words, ""),
	}
}

// severityFlag is --fail-on.
type severityFlag struct{ diag.Severity }

// Set implements pflag.Value.
func (f *severityFlag) Set(text string) error {
	for s := diag.Info; s <= diag.Error; s++ {
		if s.String() == text {
			f.Severity = s
			return nil
		}
	}
	return errors.New("it is error, warning or info")
}

// Type implements pflag.Value.
func (*severityFlag) Type() string { return "severity" }

// grafanaFlag is --grafana: a version as in mlobs.yaml, empty if it is not given.
type grafanaFlag string

// Set implements pflag.Value.
func (f *grafanaFlag) Set(text string) error {
	if wrong, help := spec.CheckGrafanaVersion(text); wrong != "" {
		return &usageError{message: "--grafana: " + wrong, help: help}
	}
	*f = grafanaFlag(text)
	return nil
}

func (f *grafanaFlag) String() string { return string(*f) }

// Type implements pflag.Value.
func (*grafanaFlag) Type() string { return "version" }

// grafanaVersions are those worth a line of completion: where something changed in what we write. What is
// not supported is left out.
func grafanaVersions() []cobra.Completion {
	var list []cobra.Completion
	for _, v := range []string{"7.1", "8.5", "9.4", "10.4", "11", "12", "13"} {
		if wrong, _ := spec.CheckGrafanaVersion(v); wrong == "" {
			list = append(list, v)
		}
	}
	return list
}
