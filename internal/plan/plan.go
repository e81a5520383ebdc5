// Package plan holds the nouns of what watches a model: queries, panels, alerts, recording rules. A
// Plan is every decision made, in no format yet; generators spell it. It decides nothing.
//
// A Plan is complete when the planner hands it on and is not changed afterwards.
package plan

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// Plan is everything that watches one model.
type Plan struct {
	// Model is the slug of the model; empty in a plan of files that somebody else wrote.
	Model, Title, Owner string
	Workspace           *Workspace
	// File is what the author wrote: the spec, or the file of somebody else. Places in other files are those of
	// roles and profiles.
	File *diag.File
	// Allows are the comments in File that silence rules of the linter.
	Allows []diag.Allow
	// Contract is what the spec declares; nil in a plan of files that somebody else wrote.
	Contract *Contract
	// Dashboard is for readers: with variables, no alert blocks.
	Dashboard *Dashboard
	// Legacy is the dashboard whose graph panels carry the Grafana legacy alerts: concrete datasource, no
	// variables; nil unless legacy alerting is asked for.
	Legacy *Dashboard
	// Records come in the order in which they must be evaluated.
	Records []*Record
	Alerts  []*Alert
	SLOs    []*SLO
	// Groups of a rule file that somebody else wrote; none in a plan of a spec.
	Groups []*RuleGroup
	// Scrape is how Prometheus finds the model server; nil: not known.
	Scrape *Scrape
}

// Workspace is what is true for all plans of a run.
type Workspace struct {
	Grafana Grafana
	// PrometheusAlerts says that Prometheus evaluates alerts, UnifiedAlerts that Grafana's unified alerting
	// does, LegacyAlerts that its legacy alerting does. Recording rules go to Prometheus in any case.
	PrometheusAlerts, UnifiedAlerts, LegacyAlerts bool
	// What `emit` names: EmitKubernetes wraps rules and dashboards in resources of Kubernetes,
	// EmitAlertmanager writes the routes of Prometheus's alerts.
	EmitDashboards, EmitPrometheus, EmitKubernetes, EmitAlertmanager bool
	Kubernetes                                                       Kubernetes
	// Routes say which alerts go to which contact: the first that fits.
	Routes []Route
	// Severities are what the label `severity` says for Page, Ticket and Notice.
	Severities map[Severity]string
	// EvaluationInterval of rule groups, ScrapeInterval of targets for which no spec has another.
	EvaluationInterval, ScrapeInterval time.Duration
	Contacts                           []Contact
	Policy                             Policy
	// File is mlobs.yaml, nil without one; Allows are its comments that silence rules.
	File   *diag.File
	Allows []diag.Allow
	// Evaluators are where `alerting` names who evaluates alerts.
	Evaluators []diag.Located[string]
}

// Grafana is the server that dashboards are written for.
type Grafana struct {
	Version Version
	// URL without a slash at its end; empty: not known.
	URL string
	// DatasourceName is how Grafana up to 8.2 refers to Prometheus, DatasourceUID how later ones do.
	DatasourceName, DatasourceUID string
	// FoldersByOwner puts dashboards in one folder for each owner.
	FoldersByOwner bool
}

// Kubernetes is where resources go.
type Kubernetes struct {
	Namespace string
	// Labels are on every resource, sorted by name: by them the operator finds it.
	Labels []Label
}

// Scrape is what a ServiceMonitor says.
type Scrape struct {
	// Port is the name of the service's port, Path where the metrics are.
	Port, Path string
	Interval   time.Duration
	// Labels are the service's, sorted by name; never none.
	Labels []Label
	// Namespaces the service is in; none: any.
	Namespaces []string
}

// Route sends alerts of a severity and an owner (empty: any) to a contact.
type Route struct {
	Severity Severity
	Owner    string
	// To is the contact's name.
	To string
}

// Contact is a notification channel.
type Contact struct {
	Name, UID, Kind string
	Settings        []Setting
}

// Setting is one setting of a contact, in the order written. Exactly one of Value, Env and Path is set.
type Setting struct{ Name, Value, Env, Path string }

// Record is a recording rule.
type Record struct {
	Name string
	// Expr is the complete expression, as Prometheus evaluates it.
	Expr string
	// Labels are set on the result, sorted by name.
	Labels []Label
	// Member is the value of the members' label that the rule is for; empty: the model as a whole. Rules of
	// one member are a group of their own.
	Member string
	// Group is nil for the model's own group.
	Group *Group
	// Source is where the query was written; for messages.
	Source diag.Span
	// Written is the query as written; nil: the compiler made it.
	Written *Written
	// File is what else a rule file of somebody else says; nil: a spec made the record.
	File *FileRule
}

// Group is a rule group beside the model's own, whose rules are evaluated at a pace of their own. Equal groups are
// one value.
type Group struct {
	// Name follows the model's and the member's.
	Name     string
	Interval time.Duration
}

// Label is a name with its value.
type Label struct{ Name, Value string }

// Severity says what an alert asks of people.
type Severity string

// The severities. Page wakes somebody, Ticket waits for the morning, Info is only shown.
const (
	Page   Severity = "page"
	Ticket Severity = "ticket"
	Notice Severity = "info"
)

// Op is how a value is compared with limits; all comparisons are strict.
type Op string

// The comparisons.
const (
	Above   Op = "above"
	Below   Op = "below"
	Outside Op = "outside"
	Within  Op = "within"
	Absent  Op = "absent"
)

// Alert is one alert, for every backend.
type Alert struct {
	// Name is CamelCase by custom; unique within the model.
	Name string
	// Key identifies the alert when it is renamed: the slug of its `id:` or name.
	Key string
	// Member and Group are as in Record; alerts of several members share Name and Key.
	Member   string
	Group    *Group
	Severity Severity
	// Labels are all labels of the alert (ml_model, owner, severity, the workspace's), sorted by name.
	Labels []Label
	// Expr is what Prometheus evaluates, comparison included.
	Expr string
	// For is how long it must hold.
	For time.Duration

	// Query is the value that is compared, complete and literal: no variables, no macros. It is what
	// Grafana's legacy alerting evaluates and what the panel of the alert draws.
	Query string
	// Value is the same after Reduce, as Prometheus computes it: what Expr compares with Limits. Empty for
	// Absent and Whole, where nothing is compared.
	Value string
	// Reduce folds the last Over of Query into one number: max min avg median last. Over is 0 where
	// nothing is folded and the value of now counts; Reduce is last then.
	Reduce string
	Over   time.Duration
	// Op compares it with Limits: one, or two for Outside and Within, none for Absent.
	Op     Op
	Limits []decimal.Decimal
	// Whole: the author's `expr` could not be taken apart. Query counts its results, and Op and Limits are
	// about that count: texts must not show them as limits of the value.
	Whole bool
	// Warn is the softer limit, drawn but not alerted on; nil: none.
	Warn *decimal.Decimal
	// Unit is Grafana's unit id of Query.
	Unit string
	// UnitName is ours.
	UnitName string

	Summary, Description Text
	// RunbookURL and PanelURL are complete, or empty.
	RunbookURL, PanelURL string
	// PanelID is the panel of the dashboard that shows the alert best; 0: none.
	PanelID int32
	// Notify are the UIDs of the contacts.
	Notify []string
	// SilentWithoutData: no data is fine; something else alerts on absence. False for Absent.
	SilentWithoutData bool
	// Source is where the alert was written; for messages.
	Source diag.Span
	// Written is the value that is compared with Limits, as written; of a Whole alert, and one that has no limits
	// (Absent), all that was written.
	Written *Written
	Bar     Bar
	// Legacy is set on the alert of a panel that somebody else wrote; such an alert has no Expr.
	Legacy *LegacyAlert
	// File is what else a rule file of somebody else says; nil: a spec made the alert.
	File *FileRule
}

// Text is a text with holes. Each target spells the holes its own way, or leaves them out.
type Text []TextPart

// TextPart is a literal, or a hole: the value (in Unit), a label of the result, or the result of another query.
// Everything else that a template may say is known while planning and is a literal here.
type TextPart struct {
	Literal string
	// Hole is HoleNone for a literal.
	Hole Hole
	// Label names the label of HoleLabel; of HoleQuery the label whose values are listed with the results.
	Label string
	// Query is the complete expression of HoleQuery, in the unit UnitName. Of its results those count that have the
	// same values of the labels By as the alert.
	Query    string
	UnitName string
	By       []string
	// Span is where the hole was written; zero: a default text.
	Span diag.Span
}

// Hole is what a TextPart leaves to the evaluator.
type Hole int

// The holes.
const (
	HoleNone Hole = iota
	HoleValue
	HoleLabel
	// HoleQuery is a number that is asked for when the text is made. Targets that cannot ask leave out the sentence
	// that it stands in.
	HoleQuery
)
