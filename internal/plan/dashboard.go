package plan

import (
	"hash/fnv"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// Dashboard is one Grafana dashboard.
type Dashboard struct {
	// UID is at most 40 characters of [a-z0-9_-].
	UID         string
	Title       string
	Description string
	// Folder in Grafana; also the folder on disk, as a slug. Empty: the top.
	Folder string
	Tags   []string
	// From is where the time range begins (`now-6h`); it ends now.
	From string
	// Refresh is a duration (`1m`).
	Refresh     string
	Links       []Link
	Variables   []Variable
	Annotations []Annotation
	// Panels in the order of reading, rows included.
	Panels []*Panel
	// Foreign is set on dashboards that somebody else wrote.
	Foreign *ForeignDashboard
}

// Link is a link in the head of a dashboard.
type Link struct {
	Title, Tooltip string
	// URL of an outside page; empty: a list of the dashboards with Tag.
	URL, Tag string
}

// VariableKind says where the values of a variable come from.
type VariableKind string

// The kinds.
const (
	DatasourceVariable VariableKind = "datasource"
	QueryVariable      VariableKind = "query"
	CustomVariable     VariableKind = "custom"
)

// Variable is a template variable.
type Variable struct {
	Kind        VariableKind
	Name, Label string
	// Query is `prometheus` for a datasource variable, `label_values(…)` for a query variable.
	Query string
	// Options of a custom variable; the first is the current one.
	Options []Option
	// Multi allows several values, All included; a custom variable without it has one value at a time.
	Multi bool
	// AllValue is inserted, raw, for All.
	AllValue string
	// Spoken is how a legend or a title that says `${name:text}` is spelled where Grafana knows no texts
	// of options (before 8), in terms of the value: `$baseline ago`. Empty: `$name`.
	Spoken string
	// Written is the query as written, of a list of a label's values the selector alone; nil: the compiler made
	// it, or there is none.
	Written *Written
	// Foreign is set in dashboards that somebody else wrote.
	Foreign *ForeignVariable
	// Source is where the author asked for the variable, or named the label; zero: nobody did.
	Source diag.Span
}

// Option is one value of a custom variable.
type Option struct{ Text, Value string }

// Annotation is a mark in all graphs: one for each series of Expr while it has samples.
type Annotation struct {
	Name, Expr string
	// Title and Text are legends: `{{alertname}}`.
	Title, Text string
	TagKeys     string
	Color       string
	// Step between samples (`60s`).
	Step string
	// Hidden hides the toggle, not the marks.
	Hidden bool
	// Written is Expr as written; nil: the compiler made it.
	Written *Written
}

// Kind is what a panel looks like. The names are Grafana's of today; generators for older versions
// spell what comes nearest.
type Kind string

// The kinds.
const (
	Row Kind = "row"
	// Stat is one number. Status is the Stat whose value is the worst signal and whose name is its name.
	Stat   Kind = "stat"
	Status Kind = "status"
	// Signals is one line per signal: 0 fine, 1 warn, 2 critical, -1 not known.
	Signals    Kind = "signals"
	TimeSeries Kind = "timeseries"
	Heatmap    Kind = "heatmap"
	// Compare is two instant distributions side by side: now (first query) and then (second).
	Compare  Kind = "compare"
	BarGauge Kind = "bargauge"
	BarChart Kind = "barchart"
	Gauge    Kind = "gauge"
	// Table joins instant queries by the label JoinBy; a Column shows what one of them says.
	Table Kind = "table"
	// Firing lists alerts that fire now.
	Firing   Kind = "firing"
	TextKind Kind = "text"
)

// Grid is a place on the dashboard: 24 columns, rows of 30 pixels.
type Grid struct{ X, Y, W, H int }

// PanelID is the id of the panel with the given key: 1 + fnv1a64(key) mod (2³¹ − 2). It depends on
// nothing but the key, so neither a panel's place nor other panels matter.
func PanelID(key string) int32 {
	h := fnv.New64a()
	h.Write([]byte(key))
	return int32(1 + h.Sum64()%(1<<31-2))
}

// ThenID is the id of the second half of a Compare, which Grafana before 8 shows as two panels.
func ThenID(key string) int32 { return PanelID(key + "/then") }

// Panel is one panel.
type Panel struct {
	// Key identifies the panel within its dashboard, whatever row it stands in.
	Key string
	// ID is PanelID(Key).
	ID          int32
	Kind        Kind
	Title       string
	Description string
	Grid        Grid
	Queries     []Query
	// Text is Markdown, of TextKind.
	Text string

	// Unit is Grafana's unit id; of a Heatmap: of its rows, not of the counts in its cells.
	Unit string
	// Decimals shown; nil: automatic.
	Decimals *int
	Min, Max *decimal.Decimal
	// SoftMax keeps a quiet axis from zooming in.
	SoftMax *decimal.Decimal
	// SoftMin is where the axis begins, unless a value is below.
	SoftMin *decimal.Decimal
	// Steps colour the value from a bound on, ascending; the first has no bound. In time series, bar charts
	// and so on they are drawn as dashed lines (Lines).
	Steps []Step
	Lines bool
	// Fill is the opacity below a line, 0 to 100.
	Fill  int
	Stack bool
	// Color is how series without a Series entry are coloured.
	Color  Color
	Series []SeriesStyle
	Legend Legend
	// Mappings show texts for values.
	Mappings []Mapping
	// Sparkline draws the history behind a Stat.
	Sparkline bool
	// JoinBy and Columns are a Table's; Columns[i] shows Queries[i], unless it names another. JoinBy is
	// also the label that tells the bars of a Compare or BarChart apart.
	JoinBy      string
	JoinByTitle string
	// JoinByLink is the URL behind the join column; empty: none. It is made by us: every `$` in it is meant
	// (`${__value.raw}`, `${__url_time_range}`, `${name:queryparam}` of a variable).
	JoinByLink  string
	JoinByWidth int
	Columns     []Column
	// MaxDataPoints limits the columns of a Heatmap or of Signals; 0: as Grafana sees fit.
	MaxDataPoints int
	// Words: the categories of a Compare are words (drawn horizontally), not numbers.
	Words bool
	// AlertTags and AlertLabels say which alerts Firing lists when it has no queries, because Grafana
	// evaluates them: legacy ones on dashboards with all these tags (none: on this dashboard), unified ones
	// with all these labels. With a query, Firing is a table of its result, and Columns are its columns.
	AlertTags   []string
	AlertLabels []Label
	// Alert is the legacy alert the panel carries; only in Plan.Legacy.
	Alert *Alert
	// Repeat is the name of a variable: Grafana draws the panel once for each chosen value. Empty: once.
	Repeat string
	// Storey the panel stands in; for digests.
	Storey string
	// Source is where the author wrote the title, UnitSpan where the unit; zero: nobody did.
	Source, UnitSpan diag.Span
	// Foreign is set in dashboards that somebody else wrote.
	Foreign *ForeignPanel
}

// Format is what a query's answer is used for.
type Format string

// The formats; Grafana's names.
const (
	FormatTimeSeries Format = "time_series"
	FormatHeatmap    Format = "heatmap"
	FormatTable      Format = "table"
)

// Query is one query of a panel.
type Query struct {
	// RefID is A, B, …, Z, AA, …
	RefID string
	// Expr is complete for the place where it stands: selectors, variables and windows.
	Expr string
	// Legend is Grafana's (`{{label}}`), never empty for graphs. In a Compare it names what the query
	// shows (`last 30 min`). A `${name:text}` of a variable of the dashboard is meant, any other `$` is text.
	Legend  string
	Format  Format
	Instant bool
	// MinStep is the least time between two points, as Prometheus writes it; empty: the datasource's. Grafana
	// derives $__rate_interval from it: without it a series that is scraped more seldom than others has no
	// rate.
	MinStep string
	// Written is the query as written; nil: the compiler made it. LegendSpan is where Legend was written; zero:
	// it was derived.
	Written    *Written
	LegendSpan diag.Span
	// Foreign is set in dashboards that somebody else wrote.
	Foreign *ForeignTarget
}

// Step is a colour from a value on.
type Step struct {
	// From is nil in the first step: from the bottom.
	From  *decimal.Decimal
	Color string
}

// Color is how series are coloured.
type Color struct {
	// Mode is palette (by name), shades (of Fixed), fixed or thresholds.
	Mode  ColorMode
	Fixed string
}

// ColorMode is a way to colour series.
type ColorMode string

// The modes.
const (
	Palette    ColorMode = "palette"
	Shades     ColorMode = "shades"
	FixedColor ColorMode = "fixed"
	ByValue    ColorMode = "thresholds"
)

// SeriesStyle overrides how some series are drawn.
type SeriesStyle struct {
	// Name is the legend that it applies to, as written in the query or as it comes from a label; Regexp
	// says that Name is a regular expression.
	Name   string
	Regexp bool
	Color  string
	// Width of the line; 0: as the panel.
	Width float64
	// Dashed lines are the past: thin, not stacked, not filled.
	Dashed bool
	// Fill opacity; nil: as the panel.
	Fill *int
	// FillTo is the name of the series down to which this one fills: a band; empty: to the axis.
	FillTo string
}

// Legend says where the legend stands.
type Legend struct {
	// Mode is none, list, table-bottom or table-right.
	Mode LegendMode
	// Calcs are columns of a table: lastNotNull, max, min, mean.
	Calcs []string
}

// LegendMode is a form of legend.
type LegendMode string

// The modes.
const (
	NoLegend    LegendMode = "none"
	LegendList  LegendMode = "list"
	TableBelow  LegendMode = "table-bottom"
	TableBeside LegendMode = "table-right"
)

// Mapping shows a text, in a colour, for a value; Null maps missing and NaN values.
type Mapping struct {
	Value decimal.Decimal
	Null  bool
	// Match maps a text instead of a number, in a column that shows a label; empty: Value or Null.
	Match string
	Text  string
	Color string
	// Quiet: the state needs no word where its colour fills a line (Signals over time); elsewhere Text is shown.
	Quiet bool
}

// Column is one column of a Table.
type Column struct {
	Title    string
	Unit     string
	Decimals *int
	Width    int
	// Gauge draws the value as a bar from 0 to Max.
	Gauge bool
	Max   *decimal.Decimal
	// Steps colour the text (or the bar).
	Steps    []Step
	Mappings []Mapping
	// Sort sorts the table by this column, largest first.
	Sort bool
	// Label makes the column show a label of the query's result instead of its value.
	Label string
	// RefID is the query that the column shows; empty: the one with the same index. Several columns may
	// show labels of one query.
	RefID string
}
