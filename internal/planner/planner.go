// Package planner turns what an author means into what is done about it: a spec.Model into a plan.Plan.
// It is the one place of decisions: which panels and alerts a model gets, what they are called, where
// they stand, which limits they share, and what every query reads.
//
// It stands between spec and the generators, and knows no output format.
package planner

import (
	"slices"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Planner plans models against one library of profiles and roles. It is safe for concurrent use: what
// is the same for every model is parsed once.
type Planner struct {
	lib     *spec.Library
	queries queryCache
}

// New returns a Planner for a library.
func New(lib *spec.Library) *Planner { return &Planner{lib: lib} }

// Build plans one model. It returns nil if it reported errors; then the model has mistakes, each
// reported once, at its place.
func (p *Planner) Build(m *spec.Model, ws *spec.Workspace, pws *plan.Workspace, rep *diag.Report) *plan.Plan {
	failed := rep.Errors()
	b := &builder{Planner: p, model: m, ws: ws, pws: pws, rep: rep, failed: failed}
	b.know()        // what is scraped, by source
	b.collect()     // which roles and profiles apply, and what they are bound to
	b.knowMetrics() // the contract, metrics that we record included
	b.readPanels()  // the queries of panels, tiles and columns
	b.readAlerts()  // alerts brought and written, merged, with limits in their query's unit
	b.planAlerts()  // expressions, records, routes
	dashboard := b.planDashboard()
	if rep.Errors() > failed {
		return nil
	}
	result := &plan.Plan{
		Model: m.Name.Value, Title: m.Title.Value, Owner: m.Owner.Value, Workspace: pws,
		File: m.File, Allows: m.Allows, Contract: b.contract(),
		Dashboard: dashboard, Alerts: b.alerts, Records: b.planRecords(), SLOs: b.slos, Scrape: b.scrape(),
	}
	if pws.LegacyAlerts {
		result.Legacy = b.planLegacy()
	}
	if rep.Errors() > failed {
		return nil
	}
	return result
}

// Check reports what is wrong with the queries of a model that cannot be planned, since its spec has
// mistakes: the syntax, and metrics that nobody declared if all that are declared are known. It keeps
// silent on everything that might follow from the mistakes.
func (p *Planner) Check(m *spec.Model, metricsKnown bool, ws *spec.Workspace, pws *plan.Workspace, rep *diag.Report) {
	b := &builder{Planner: p, model: m, ws: ws, pws: pws, rep: rep}
	b.know()
	if metricsKnown {
		b.collect()
		b.knowMetrics()
	}
	check := func(text *diag.Text, source diag.Located[string]) {
		if text == nil || text.Value == "" {
			return
		}
		if q := b.parse(*text, b.sourceNamed(source)); q != nil && metricsKnown {
			b.checkMetrics(q)
		}
	}
	if !metricsKnown {
		for _, m := range m.Metrics {
			if !m.Brought {
				check(m.Query, diag.Located[string]{})
			}
		}
	}
	panels := slices.Clone(m.Panels)
	for _, row := range m.Rows {
		panels = append(panels, row.Panels...)
	}
	for _, panel := range panels {
		for _, q := range panel.Queries {
			check(&q.Text, panel.Source)
		}
	}
	for _, a := range m.Alerts {
		check(a.Query, a.Source)
		check(a.Expr, a.Source)
	}
	if metricsKnown {
		return // what objectives and checks ask for was judged when they were made
	}
	for _, s := range m.SLOs {
		for _, text := range []*diag.Text{s.Errors, s.Good, s.Total} {
			check(text, diag.Located[string]{})
		}
	}
	for _, c := range m.Checks {
		check(c.Query, diag.Located[string]{})
	}
}

// know builds the contracts: what is known of the metrics of each source.
func (b *builder) know() {
	declared := make([][]*metric.Metric, len(b.model.Sources))
	for _, m := range b.model.Metrics {
		if m.Query != nil {
			continue
		}
		declared[m.Source] = append(declared[m.Source], m)
		b.anyNative = b.anyNative || m.Type == metric.NativeHistogram
	}
	for _, list := range declared {
		b.contracts = append(b.contracts, metric.NewContract(list))
	}
}

// builder is the state of planning one model, filled step by step in the order of Build.
type builder struct {
	*Planner
	model *spec.Model
	ws    *spec.Workspace
	pws   *plan.Workspace
	rep   *diag.Report
	// failed is how many errors there were before.
	failed int

	// holders are the metrics that have a role, by role; anyNative: some are native histograms. know, collect
	holders   map[string][]*metric.Metric
	anyNative bool
	bindings  []*binding
	slos      []*plan.SLO
	contracts []*metric.Contract // knowMetrics; by source
	recorded  recordings         // knowMetrics
	order     []*recorded        // knowMetrics; what is read before what reads it

	omitted map[string]bool        // readPanels; titles of brought panels that are left out
	changed map[string]*spec.Panel // readPanels; changes of brought panels, by key
	panels  []*panelItem           // readPanels; brought ones by storey and order, then the author's
	tiles   []*tileItem            // readPanels
	columns []*columnItem          // readPanels

	merged []*alertItem // readAlerts; brought ones, then the author's
	alerts []*plan.Alert
	// signals are the lines of the strip.
	signals []*signal
	// extra are recording rules that alerts need.
	extra []*plan.Record
	// member is the member that rules are being made for; empty: the model as a whole.
	member string
	// unknown are the metrics that nobody declared and that were reported.
	unknown map[string]*diag.Diagnostic
	// What the linter is told: what is known of series, by where a query looks for names; the labels that
	// scraping adds, by source; what is known of recorded series, by name.
	schemas       map[schemaKey]*promql.Schema
	targets       []promql.Targets
	recordedFacts promql.Records
	// usesBaseline: a query compares with the past, by the variable.
	usesBaseline bool
}

// window is what `$window` means where no `window:` is given: at least four scrapes, so that a rate
// survives a lost one.
func (b *builder) window() time.Duration { return max(5*time.Minute, 4*b.model.ScrapeInterval) }

// defaultBaseline is the past that rules compare with, and the first choice of readers.
const defaultBaseline = "1d"

// labelModel is the label that says which model a recorded series or an alert belongs to.
const labelModel = "ml_model"

// boundQuery is a query that names the model's own metrics and labels, ready to be completed.
type boundQuery struct {
	*query
	// legend as Grafana writes it; empty: derive one.
	legend string
	// legendSpan is where the author wrote it; zero: nobody did, or a role or profile.
	legendSpan diag.Span
}
