package plan

import "github.com/mlobs-gen/mlobs-gen/internal/diag"

// ForeignDashboard is what a dashboard that somebody else wrote has beyond ours. A Located that was not Given is
// absent from the file, or null.
type ForeignDashboard struct {
	// Title, UID and Description as written.
	Title, UID, Description diag.Located[string]
	// Schema is `schemaVersion`.
	Schema diag.Located[int]
	// ID is the number that one database gave it.
	ID       diag.Located[int]
	Editable diag.Located[bool]
	// Refresh is how often it is read again, From where its time range begins.
	Refresh, From diag.Located[string]
	// Inputs are what the import page asks for: `__inputs`; the zero Span: nothing.
	Inputs diag.Span
	// InputNames are the variables that importing sets: `DS_PROMETHEUS`.
	InputNames []string
	// Size of the file in bytes.
	Size int
	// Head is a place for what is missing: the brace that opens the dashboard.
	Head diag.Span
	// References are all variables that are named anywhere, but for the values that variables had when the
	// dashboard was saved.
	References []Reference
	Links      []ForeignLink
}

// Reference is a variable that something names.
type Reference struct {
	Name string
	Span diag.Span
	// Variable is the index of the variable whose definition names it; -1: a panel or something else does.
	Variable int
	// Expanded: Grafana puts the value in here for sure, so that a name without a variable stays as it is: the title
	// of a panel, a datasource, `repeat`. Queries are not among them: they have tokens.
	Expanded bool
}

// ForeignLink is a link in the head of a dashboard or of a panel.
type ForeignLink struct {
	Title string
	// Type is `link` or `dashboards`; of panels empty.
	Type string
	URL  diag.Located[string]
	Tags []string
	// PassesVariables: the values of all variables go along.
	PassesVariables bool
	Span            diag.Span
}

// Datasource is a reference to a data source.
type Datasource struct {
	// Type as far as it is known: `prometheus`, `loki`; empty: not known.
	Type string
	// Ref is the name or uid: `$datasource`, `PBFA97CFB590B2093`; empty: the default.
	Ref string
	// ByUID: the reference is an object with a uid, as Grafana 8.3 and later have it.
	ByUID bool
	// Span is where Ref stands; zero: nowhere.
	Span diag.Span
}

// ForeignPanel is what a panel that somebody else wrote has beyond ours.
type ForeignPanel struct {
	ID diag.Located[int]
	// Type as written: `graph`.
	Type                     diag.Located[string]
	Title, Description, Unit diag.Located[string]
	// UnitOverrides are units of single series or columns.
	UnitOverrides []diag.Located[string]
	Min, Max      diag.Located[float64]
	Datasource    Datasource
	// Grid is where the panel stands; zero Span: it has no place, as in the rows of Grafana before 5.
	Grid diag.Located[Grid]
	// Repeat is the variable for each of whose values it is drawn; RowRepeat that of the row it stands in.
	Repeat    diag.Located[string]
	RowRepeat string
	// Clone: Grafana saved a copy that `repeat` had made.
	Clone bool
	// Row is the index of the row in Dashboard.Panels that holds the panel in itself; -1: it stands beside the rows.
	Row int
	// Collapsed rows hold their panels.
	Collapsed bool
	// Library panels have their queries elsewhere.
	Library bool
	// Transformed: transformations change what the queries return before it is shown.
	Transformed bool
	// Mapped: texts are shown for values.
	Mapped bool
	// ShowsText: of a table or stat, a label or a name and not the value.
	ShowsText bool
	Links     []ForeignLink
	// Alert is the block of the legacy alert; nil: none.
	Alert *LegacyAlert
	// Targets are all queries, those of other data sources included; Panel.Queries only those that are judged.
	Targets []ForeignTarget
	// Span is the whole panel, Head its opening brace: a place for what is missing.
	Span, Head diag.Span
}

// ForeignTarget is one query of a panel, of any data source.
type ForeignTarget struct {
	RefID diag.Located[string]
	// Hidden queries are sent and not drawn.
	Hidden bool
	// Empty: of Prometheus, and nothing is asked.
	Empty      bool
	Datasource Datasource
	// Instant: one value for each series, that of now. Range: values over time.
	Instant, Range bool
	// Span is the whole query.
	Span diag.Span
}

// LegacyAlert is an alert block of a panel.
type LegacyAlert struct {
	Name           diag.Located[string]
	Frequency, For diag.Located[string]
	// RefIDs are the queries of its conditions.
	RefIDs []diag.Located[string]
	// Windows are how far back the conditions look: `5m`.
	Windows []diag.Located[string]
	// Reducers and Evaluators are the types of the conditions.
	Reducers, Evaluators []diag.Located[string]
	// Tags are labels of the alert, sorted by name.
	Tags []Label
	// Params are the numbers of each condition's evaluator.
	Params [][]diag.Located[float64]
	// Span is the whole block, Head its opening brace.
	Span, Head diag.Span
}

// ForeignVariable is what a variable that somebody else wrote has beyond ours.
type ForeignVariable struct {
	Name diag.Located[string]
	// Type as written: query, custom, constant, interval, textbox, adhoc, datasource, groupby, switch.
	Type diag.Located[string]
	// Refresh: 0 never, 1 when the dashboard loads, 2 when the time range changes.
	Refresh diag.Located[int]
	// IncludeAll offers All, AllValue is what All says in queries.
	IncludeAll diag.Located[bool]
	Multi      diag.Located[bool]
	AllValue   diag.Located[string]
	// Hidden from readers.
	Hidden bool
	// Frozen is where values that the query gave once were saved; zero: nowhere.
	Frozen     diag.Span
	Datasource Datasource
	// Source is the label whose values the variable has, and zero for other forms of query.
	Source diag.Located[string]
	// Regex picks from the values.
	Regex string
	// Span is the whole definition, Head its opening brace.
	Span, Head diag.Span
}

// Multiple reports whether the variable can stand for several values at once.
func (v *ForeignVariable) Multiple() bool { return v.Multi.Value || v.IncludeAll.Value }
