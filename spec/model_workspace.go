package spec

import (
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// Workspace is mlobs.yaml: what is true of all specs beneath it. DefaultWorkspace says what holds
// where it is silent.
type Workspace struct {
	// File is nil without an mlobs.yaml.
	File     *diag.File
	Specs    []diag.Located[string]
	Out      diag.Located[string]
	Profiles []diag.Located[string]

	PrometheusVersion  diag.Located[string]
	ScrapeInterval     diag.Located[time.Duration]
	EvaluationInterval diag.Located[time.Duration]
	Retention          diag.Located[time.Duration]
	TargetLabels       []diag.Located[string]

	Grafana    Grafana
	Alerting   []diag.Located[string] // prometheus, grafana, grafana-legacy
	Emit       []diag.Located[string] // dashboards, prometheus, kubernetes, alertmanager
	Kubernetes Kubernetes
	Contacts   []Contact
	Routes     []Route
	Severities map[string]string // what the label `severity` says for page, ticket, info
	Labels     []LabelPair
	Runbook    *Template
	Units      metric.Units
	Budgets    Budgets
	Lint       Lint
	// Allows are the comments that silence rules of the linter in mlobs.yaml itself.
	Allows []diag.Allow
}

// Kubernetes is where resources go, and the labels by which the operator finds them.
type Kubernetes struct {
	Namespace diag.Located[string]
	Labels    []LabelPair
}

// Grafana is the server that dashboards are written for.
type Grafana struct {
	Version    diag.Located[string]
	URL        diag.Located[string]
	Datasource Datasource
	// Folders is by-owner: one folder for each owner.
	Folders diag.Located[string]
}

// Datasource names a Prometheus in Grafana.
type Datasource struct{ Name, UID diag.Located[string] }

// LabelPair is a fixed label.
type LabelPair struct{ Name, Value diag.Located[string] }

// Contact is somebody who can be notified.
type Contact struct {
	Name diag.Located[string]
	// Kind is slack, email, webhook or pagerduty.
	Kind diag.Located[string]
	// Settings are the kind's, in order.
	Settings []Setting
}

// Setting is one setting of a contact: a plain value, or the place of a secret, never the secret.
type Setting struct {
	Name  diag.Located[string]
	Value diag.Located[string]
	// Env names an environment variable, Path a file, that holds the value.
	Env, Path diag.Located[string]
}

// Route sends alerts to a contact: those of Severity and Owner, where given.
type Route struct {
	Severity, Owner, To diag.Located[string]
	Span                diag.Span
}
