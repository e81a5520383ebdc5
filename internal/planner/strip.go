package planner

import (
	"cmp"
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// The strip on top answers "is it fine, and since when?" before anything else is read. It speaks of
// the whole model: the reader's choice of pods does not hold in it.

const (
	keyStatus  = "strip/status"
	keySignals = "strip/signals"
	keyFiring  = "strip/firing"
	keyMembers = "strip/members"
	// maxTiles beside the status: six numbers are read at a glance.
	maxTiles = 5
)

// tilePanels are the status and the most important numbers, in the order of the storeys.
func (b *builder) tilePanels() []*plan.Panel {
	status := &plan.Panel{
		Key: keyStatus, ID: plan.PanelID(keyStatus), Kind: plan.Status, Title: "Status", Grid: plan.Grid{W: 4, H: 4}, Unit: "none",
		Description: "Worst of the signals below, for the whole model, now. The limits are those of the alerts. “No data” means that nothing is recorded: treat it as down.",
		Queries: []plan.Query{{
			RefID: "A", Instant: true, Legend: "{{signal}}", Format: plan.FormatTimeSeries,
			Expr: "topk(1, " + b.chosen(signalMetric) + " > 0)\nor on () label_replace(max(" + b.chosen(signalMetric) + ") == 0, \"signal\", \"all signals\", \"\", \"\")",
		}},
		Color:    plan.Color{Mode: plan.ByValue},
		Steps:    []plan.Step{{Color: colorNoData}, step(levelOf(0), colorOK), step(levelOf(1), colorStatusWarn), step(levelOf(2), colorCritical)},
		Mappings: []plan.Mapping{noData(), mapping(0, "OK", colorOK), mapping(1, "WARN", colorStatusWarn), mapping(2, "CRIT", colorCritical)},
	}
	tiles := slices.Clone(b.tiles)
	slices.SortStableFunc(tiles, func(x, y *tileItem) int { return cmp.Compare(x.Rank, y.Rank) })
	tiles = tiles[:min(len(tiles), maxTiles)]
	slices.SortStableFunc(tiles, func(x, y *tileItem) int { return cmp.Compare(x.Order, y.Order) })
	var panels []*plan.Panel
	if len(b.signals) > 0 { // else "no data" would be its only word
		panels = append(panels, status)
	}
	for _, t := range tiles {
		panels = append(panels, b.planTile(t))
	}
	return panels
}

// planTile is one number with its past behind it.
func (b *builder) planTile(t *tileItem) *plan.Panel {
	b.read(t.query)
	unit := t.Unit.Value
	if unit.IsZero() {
		unit = b.unit(t.query)
	}
	p := &plan.Panel{
		Key: t.key, ID: plan.PanelID(t.key), Kind: plan.Stat, Title: t.Title.Value, Description: t.Description.Value,
		Grid: plan.Grid{W: 4, H: 4}, Unit: unit.Grafana, Decimals: decimals(t.Decimals), Sparkline: true,
		Color: plan.Color{Mode: plan.ByValue}, Mappings: []plan.Mapping{noData()},
		Steps: []plan.Step{{Color: colorNoData}, step(belowEverything, colorText)},
	}
	// Without data the last sample must be "no data", not the last good number.
	shape := "$1 or on () vector(NaN)"
	if b.recordedBy(t.query) != nil { // without its labels, or presence and absence would be two series
		shape = "max($1) or on () vector(NaN)"
	}
	expr, err := promql.ComposeExprs(shape, b.complete(t.query, inStrip, 0))
	if err != nil {
		b.rep.Errorf(t.Title.Span, "the tile `%s` cannot be written: %s", t.Title.Value, err)
	}
	p.Queries = []plan.Query{{RefID: "A", Expr: expr.String(), Legend: t.Title.Value, Format: plan.FormatTimeSeries, MinStep: b.minStep()}}
	if l, ok := b.limitsOf(t.Limits.Value); ok {
		p.Steps = l.tileSteps()
		for _, a := range b.merged {
			if a.Name.Value == t.Limits.Value {
				p.Description = joinSentences(p.Description, b.limitSentence(a))
			}
		}
	}
	return p
}

// signalPanels are one line per signal over time, and the alerts that fire now; neither where there are none.
func (b *builder) signalPanels() []*plan.Panel {
	switch {
	case len(b.alerts) == 0:
		return nil
	case len(b.signals) == 0:
		firing := b.firingPanel(4)
		firing.Grid.W = columns
		return []*plan.Panel{firing}
	}
	title, height := "Signals: what is wrong, and since when", max(4, 1+(3*len(b.signals)+3)/4) // 1 + ⌈0.75 × signals⌉
	if !b.pws.Grafana.Version.HasTimeSeries() {                                                 // boxes that know the present only
		title, height = "Signals now", 5
	}
	signals := &plan.Panel{
		Key: keySignals, ID: plan.PanelID(keySignals), Kind: plan.Signals, Title: title, Grid: plan.Grid{W: 18, H: height}, Unit: "none",
		Description: "Each signal with the limits of its alert. Violet: not known. Read in order: a caller feels the first ones, the later ones explain them.",
		Color:       plan.Color{Mode: plan.FixedColor, Fixed: colorNoData},
		Steps:       []plan.Step{{Color: colorNoData}, step(levelOf(0), colorQuiet), step(levelOf(1), colorWarn), step(levelOf(2), colorTimelineCritical)},
		Mappings:    []plan.Mapping{mapping(-1, "n/a", colorNoData), quiet(mapping(0, "OK", colorQuiet)), mapping(1, "WARN", colorWarn), mapping(2, "CRIT", colorTimelineCritical)},
	}
	for i, s := range b.signals {
		name := promql.MatcherText(metric.Matcher{Label: "signal", Op: metric.Equal, Value: s.name.Value})
		signals.Queries = append(signals.Queries, plan.Query{
			RefID: refID(i), Format: plan.FormatTimeSeries, Legend: s.name.Value,
			Expr: "max(" + b.chosen(signalMetric, name) + ") or on () vector(-1)",
		})
	}
	return []*plan.Panel{signals, b.firingPanel(height)}
}

// firingPanel lists what fires now: from Prometheus's own series, or as Grafana lists its alerts.
func (b *builder) firingPanel(height int) *plan.Panel {
	p := &plan.Panel{
		Key: keyFiring, ID: plan.PanelID(keyFiring), Kind: plan.Firing, Title: "Firing now", Grid: plan.Grid{W: 6, H: height}, Unit: "s",
		Description: "Alerts of this model that fire now, and for how long. Empty is good.",
	}
	if b.pws.PrometheusAlerts {
		p.Queries = []plan.Query{{
			RefID: "A", Instant: true, Format: plan.FormatTable, Legend: "{{alertname}}",
			Expr: "(time() - " + b.chosen("ALERTS_FOR_STATE") + ") and ignoring (alertstate) " + b.chosen("ALERTS", `alertstate="firing"`),
		}}
		zero := 0
		p.Columns = []plan.Column{
			{Title: "Alert", Label: "alertname", Steps: []plan.Step{{Color: colorText}}},
			{Title: "Level", Label: "severity", Width: 54, Steps: []plan.Step{{Color: colorText}}, Mappings: b.severityMappings(), RefID: "A"},
			{Title: "For", Unit: "s", Decimals: &zero, Width: 62, Steps: []plan.Step{{Color: colorText}}, RefID: "A"},
		}
	}
	if b.pws.UnifiedAlerts {
		p.AlertLabels = []plan.Label{{Name: labelModel, Value: b.model.Name.Value}}
	}
	if b.pws.LegacyAlerts {
		p.AlertTags = []string{legacyTag, b.model.Name.Value}
	}
	return p
}

// severityMappings give the severities, as the labels of this workspace say them, a short word and a
// colour.
func (b *builder) severityMappings() []plan.Mapping {
	var list []plan.Mapping
	for _, s := range []struct {
		severity    plan.Severity
		word, color string
	}{{plan.Page, "crit", colorCritical}, {plan.Ticket, "warn", colorWarn}, {plan.Notice, "info", colorSeries}} {
		list = append(list, plan.Mapping{Match: b.severityLabel(s.severity), Text: s.word, Color: s.color})
	}
	return list
}
