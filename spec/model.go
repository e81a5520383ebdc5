package spec

import (
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// Model is one spec: what its author means, completed by the profiles it uses. Every value knows where
// it was written; what a profile brought points into the profile. Nothing is decided yet.
type Model struct {
	File *diag.File
	// Name is the slug: file names, dashboard uid, label `ml_model`.
	Name        diag.Located[string]
	Title       diag.Located[string] // the name where none was given
	Description diag.Located[string]
	Owner       diag.Located[string]
	Links       []Link
	// Sources are where metrics come from: the model server first, then one for each entry of `uses` that
	// names its own selector. Metric.Source and Row.Source index them.
	Sources []*Source
	// Replicas are the labels that tell copies of the model server apart, with their largest number.
	Replicas []metric.Label
	// ScrapeInterval is the workspace's unless the spec has its own.
	ScrapeInterval time.Duration
	// Scrape is what a ServiceMonitor says beside the interval.
	Scrape Scrape
	// Traffic says what silence means.
	Traffic Traffic
	// Members are the values of a label that tells the models apart that this one spec describes; nil: one
	// model. Its values are listed.
	Members *metric.Label
	// Metrics are all metrics that may be read: own ones in the order written, then those of profiles.
	Metrics []*metric.Metric
	// Time is the dashboard's time range (`now-30m`); not Given without one.
	Time diag.Located[string]
	// Variables are labels beside the replicas that become template variables.
	Variables []diag.Located[string]
	// Rows are the author's, in order.
	Rows []*Row
	// Panels are changes to panels that roles and profiles bring, which stay where they are.
	Panels []*Panel
	// Alerts are the author's entries, in order: new alerts and changes to alerts that profiles and roles bring.
	Alerts []*Alert
	// SLOs and Checks are in the order written; those that a profile brings are among them if the spec names them.
	SLOs   []*SLO
	Checks []*Check
	// Uses are the profiles, in order; their rows, tiles, columns and alerts are still in them.
	Uses []*Use
	// Allows are the comments that silence rules of the linter.
	Allows []diag.Allow
}

// Source is a group of targets that a selector names.
type Source struct {
	// Name is empty for the model server, else the profile's name.
	Name string
	// Selector holds for every series of the source.
	Selector []metric.Matcher
	// TargetLabels are the labels that may stand on any series beside the metric's own. A profile that
	// states them closes the list; else they are the workspace's, and open.
	TargetLabels []string
	Closed       bool
	// Share lists labels whose template variables hold for this source as well (a pod is the same pod
	// to the model server and to Kubernetes).
	Share []string
	Span  diag.Span
}

// Use is one entry of `uses`.
type Use struct {
	Profile *Profile
	// Source indexes Model.Sources: 0 unless the entry names a selector.
	Source int
	// Renamed maps the names of the profile's metrics to the model's, where `prefix` or `rename` changes them.
	Renamed map[string]string
	// Labels maps the profile's labels to the model's, where `rename` changes them.
	Labels map[string]string
	// Replicas are the profile's, as they are called here.
	Replicas []string
	// named are metrics of the profile that `rename` names: this server has them.
	named  map[string]bool
	prefix string
	Span   diag.Span
}

// Scrape is how Prometheus finds the model server, for a ServiceMonitor.
type Scrape struct {
	// Port is the name of the service's port; not Given: no ServiceMonitor is written.
	Port diag.Located[string]
	// Path of the metrics; empty: /metrics.
	Path   diag.Located[string]
	Labels []LabelPair
}

// TrafficKind is a pattern of traffic.
type TrafficKind string

// The patterns. Continuous traffic never stops, so that silence is an alarm. Sporadic traffic may stop at any
// time, and its servers may be gone (scale to zero). Scheduled runs once in a while and leaves values behind.
const (
	Continuous TrafficKind = "continuous"
	Sporadic   TrafficKind = "sporadic"
	Scheduled  TrafficKind = "every"
)

// Traffic says what silence means.
type Traffic struct {
	Kind TrafficKind
	// Every is the time from run to run; of Scheduled only.
	Every time.Duration
	Span  diag.Span
}

// When says for which models a thing of a profile or role is there; the zero value: for all.
type When struct {
	// Unless lists roles: not if the model has a metric of one of them.
	Unless []diag.Located[string]
	// UnlessCheck is a kind of check: not if one of that kind looks at the metric that has the role.
	UnlessCheck diag.Located[string]
	// Traffic lists the patterns; none: any.
	Traffic []diag.Located[string]
	// Types lists the types that the role's metric may have; none: any.
	Types []diag.Located[string]
	// Units lists the units that the role's metric may have; none: any.
	Units []diag.Located[metric.Unit]
}

// Profile is what a serving stack, or a role, brings: metrics, panels and alerts under its own names.
// Profiles and roles have one format; a role's metrics are placeholders that the metrics of a model
// with that role take the place of.
type Profile struct {
	File *diag.File
	// Name of the profile or role.
	Name  string
	Title string // one line for `profiles`
	Doc   string // what it is, for `profiles show`
	// Role is true for role files.
	Role bool
	// Types are the metric types a role accepts, in order of preference.
	Types []metric.Type
	// Replicas are labels that tell copies apart on this stack, worker processes included.
	Replicas []string
	// TargetLabels close the list of target labels of the profile's series; nil: the workspace's.
	TargetLabels []diag.Located[string]
	// OptionalLabels are labels that series may lack, by version or settings: those that its metrics declare,
	// and others, which may stand on any of its series.
	OptionalLabels []string
	Share          []string
	// Across are the labels that the placeholder `across` of a role stands for, unless the metric says it: the
	// first that it has.
	Across []string
	// Many says that several metrics of a model may have the role: its panels are drawn once, with a query
	// for each metric.
	Many    bool
	Metrics []*metric.Metric
	Rows    []*Row
	Tiles   []*Tile
	Columns []*Column
	Marks   []*Mark
	Alerts  []*Alert
	// SLOs and Checks that it has ready: off until a spec names them.
	SLOs   []*SLO
	Checks []*Check
}

// Mark is a line in all graphs while its query has a result: a deploy. In profiles and roles.
type Mark struct {
	Name, Title diag.Located[string]
	Query       diag.Text
	When
	Span diag.Span
}

// Link is a link on top of the dashboard.
type Link struct{ Title, URL diag.Located[string] }

// Row is a group of panels.
type Row struct {
	// Title is a row of its own below the storey; not Given (profiles and roles): the storey's.
	Title diag.Located[string]
	// Storey is interface, model or infrastructure (empty: model).
	Storey diag.Located[string]
	// Text is shown above the panels.
	Text   diag.Located[string]
	Panels []*Panel
	Span   diag.Span
}

// Panel is one panel as written.
type Panel struct {
	Title       diag.Located[string]
	ID          diag.Located[string]
	Description diag.Located[string]
	// Type is Grafana's name; not Given: what suits the query.
	Type diag.Located[string]
	// Queries are one or several; Legend of a single query is the panel's `legend`.
	Queries    []PanelQuery
	Unit       diag.Located[metric.Unit]
	Min, Max   *diag.Located[string] // quantities, in the query's unit
	Stack      *bool                 // nil: not given
	Width      int                   // of 24; 0: what suits
	Height     int                   // 0: what suits
	Window     diag.Located[time.Duration]
	Thresholds []Step
	// Limits names the alert whose limits the panel draws; in profiles and roles. Of an objective or check it may be
	// the signal that its alerts share.
	Limits diag.Located[string]
	// WholeRange is `window: range`: the time range on show.
	WholeRange bool
	// Values show texts for numbers, in the order written.
	Values []ValueText
	// Repeat is a label: the panel is drawn once for each value.
	Repeat diag.Located[string]
	// Source names the profile whose metrics are meant, where two have them.
	Source diag.Located[string]
	// Omit leaves the panel of that title out; the value is the reason.
	Omit diag.Located[string]
	// Order sorts panels of one storey that profiles and roles bring; ascending.
	Order int
	When
	Span diag.Span
}

// ValueText is the text that stands for a number.
type ValueText struct{ Value, Text diag.Located[string] }

// PanelQuery is one query with its legend.
type PanelQuery struct {
	Legend diag.Located[string]
	Text   diag.Text
}

// Step is a colour from a value on; the first has no value.
type Step struct {
	Value diag.Located[string] // a quantity in the query's unit; not Given: from the bottom
	Color diag.Located[string]
}

// Tile is a number in the strip on top; in profiles and roles.
type Tile struct {
	Title, Description diag.Located[string]
	Query              diag.Text
	Unit               diag.Located[metric.Unit]
	Limits             diag.Located[string]
	Decimals           int // -1: not given
	Order              int
	// Rank decides who stays if there are more than five: the lowest.
	Rank int
	When
	Span diag.Span
}

// Column is a column of a table to which several roles contribute; in profiles and roles.
type Column struct {
	// Table is `replicas` (a line per copy) or `classes` (a line per predicted class).
	Table       diag.Located[string]
	Title       diag.Located[string]
	Query       diag.Text
	Unit        diag.Located[metric.Unit]
	Limits      diag.Located[string]
	Decimals    int  // -1: not given
	Width       int  // pixels; 0: what is left
	Gauge       bool // a bar from 0 to Max
	Max         *diag.Located[string]
	Order       int
	Sort        bool                  // the table is sorted by this column, largest first
	ChangeLimit *diag.Located[string] // coloured beyond ± this much
	// Label makes the column show a label of the result instead of the value.
	Label  diag.Located[string]
	Values []ValueText // texts for numbers: 1: yes, 0: NO
	When
	Span diag.Span
}

// Alert is one alert as written: complete, or a change to one of that name.
type Alert struct {
	Name diag.Located[string]
	ID   diag.Located[string]
	// Omit leaves the alert of that name out; the value is the reason.
	Omit diag.Located[string]
	// One of Panel (`title` or `title/legend`), Query, Expr.
	Panel       diag.Located[string]
	Query, Expr *diag.Text
	Window      diag.Located[time.Duration]
	Reduce      diag.Located[string]
	Over        diag.Located[time.Duration]
	Condition   *Condition
	// Warn is a line in panels and the first step of the signal; in the query's unit.
	Warn diag.Located[string]
	For  diag.Located[time.Duration]
	// Severity is page, ticket or info; not Given: ticket.
	Severity diag.Located[string]
	// Order sorts the signals of the strip; ascending; in profiles and roles.
	Order int
	// Signal makes the alert a line of the strip under this name.
	Signal diag.Located[string]
	// Source is as in Panel.
	Source diag.Located[string]
	When
	Summary, Description *Template
	// Runbook is the address of its own; nil: the workspace's.
	Runbook *Template
	Span    diag.Span
}

// Op is how a value is compared with limits.
type Op string

// The comparisons; all are strict. Absent is true if there is no result for a while.
const (
	Above   Op = "above"
	Below   Op = "below"
	Outside Op = "outside"
	Within  Op = "within"
	Absent  Op = "absent"
)

// Condition is a comparison with its limits.
type Condition struct {
	Op Op
	// Limits are quantities in the query's unit: one, or two for Outside and Within; none for Absent.
	Limits []diag.Located[string]
	// AbsentFor is how long nothing may come.
	AbsentFor diag.Located[time.Duration]
	Span      diag.Span
}

// Template is a text with holes, parsed (LANGUAGE rule 9).
type Template struct {
	Parts []TemplatePart
	Text  diag.Text
}

// TemplatePart is a literal, or a hole if Name is set: value, labels, model, owner, environment,
// threshold or alert. Label is set for labels. Holes named query are never written by anybody: they are those of
// objectives and checks, see plan.TextPart.
type TemplatePart struct {
	Literal     string
	Name, Label string
	Query       string
	Unit        metric.Unit
	By          []string
	// Start and End are the bytes in the template's text.
	Start, End int
}
