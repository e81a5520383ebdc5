package lint

import (
	"regexp"
	"slices"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// legacyRules are about alerts inside panels, which Grafana had until 10.4. What it refuses and what it
// misreads was measured in 7.1 and 9.3.
var legacyRules = []*Rule{legacyAlertGone, templatedLegacyAlert, legacyAlertRefID, legacyAlertPanel, legacyAlertDuration}

var legacyAlertGone = &Rule{
	Name: "legacy-alert-without-evaluator", Group: Dashboards, Severity: diag.Warning,
	Doc: "an alert inside a panel, for a Grafana that does not evaluate it",
	Run: func(p *Pass) {
		version := p.Plan.Workspace.Grafana.Version
		if version.HasLegacyAlerting() {
			return
		}
		for panel, a := range p.legacyAlerts {
			p.Reportf(orHead(a.Name.Span, a.Head), "%s does not evaluate the alert of %s: nobody is told", grafana(version), titled(panel)).
				WithHelp("make it an alert rule of Prometheus or of Grafana's alerting")
		}
	},
}

// legacyAlerts are the alert blocks of panels.
func (p *Pass) legacyAlerts(yield func(*plan.Panel, *plan.LegacyAlert) bool) {
	for panel := range p.foreignPanels() {
		if a := panel.Foreign.Alert; a != nil && !yield(panel, a) {
			return
		}
	}
}

var templatedLegacyAlert = &Rule{
	Name: "templated-legacy-alert", Group: Dashboards, Severity: diag.Error,
	Doc: "an alert on a query with variables, which no one fills in",
	Run: func(p *Pass) {
		for panel, a := range p.legacyAlerts {
			if d := panel.Foreign.Datasource; len(promqlNames(d.Ref)) > 0 {
				p.Reportf(d.Span, "the alert of %s asks a data source that is a variable: Grafana refuses the whole dashboard", titled(panel)).
					WithHelp("name the data source, in a panel of its own for the alert")
			}
			for _, q := range panel.Queries {
				tokens := q.Written.Query.Tokens()
				if len(tokens) == 0 || !slices.ContainsFunc(a.RefIDs, func(r diag.Located[string]) bool { return r.Value == q.RefID }) {
					continue
				}
				p.Reportf(tokens[0].Span, "the alert of %s evaluates a query with `%s`, which has no value without a reader: it ends in an error or in no data", titled(panel), tokens[0].Text).
					WithHelp("alert on a query with fixed values and ranges, in a panel of its own")
			}
		}
	},
}

var legacyAlertRefID = &Rule{
	Name: "legacy-alert-ref-id", Group: Dashboards, Severity: diag.Error,
	Doc: "an alert on a query that its panel does not have",
	Run: func(p *Pass) {
		for panel, a := range p.legacyAlerts {
			for _, ref := range a.RefIDs {
				if !ref.Given() || slices.ContainsFunc(panel.Foreign.Targets, func(t plan.ForeignTarget) bool { return t.RefID.Value == ref.Value }) {
					continue
				}
				p.Reportf(ref.Span, "the alert of %s evaluates the query `%s`, which the panel does not have", titled(panel), ref.Value).WithHelp("name the `refId` of one of its queries")
			}
		}
	},
}

var legacyAlertPanel = &Rule{
	Name: "legacy-alert-panel", Group: Dashboards, Severity: diag.Error,
	Doc: "an alert inside a panel that cannot have one",
	Run: func(p *Pass) {
		version := p.Plan.Workspace.Grafana.Version
		for panel, a := range p.legacyAlerts {
			name := panel.Foreign.Type
			if name.Value == "graph" || name.Value == "timeseries" && version.AtLeast(8, 0) {
				if id := panel.Foreign.ID; id.Value == 0 {
					p.Reportf(orHead(id.Span, panel.Foreign.Head), "%s has an alert and no id: Grafana refuses the dashboard", titled(panel)).WithHelp("give the panel an `id`")
				}
				continue
			}
			p.Reportf(orHead(name.Span, a.Head), "a panel of type `%s` cannot have an alert: only graphs can", name.Value).WithHelp("move the alert to a graph of the query")
		}
	},
}

var (
	// oneUnit is how the frequency of a legacy alert must be written; of `1m30s` only `1` is read, as seconds.
	oneUnit = regexp.MustCompile(`^\d+[smhd]$`)
	window  = regexp.MustCompile(`^\d+[smh]$`)
)

var legacyAlertDuration = &Rule{
	Name: "legacy-alert-duration", Group: Dashboards, Severity: diag.Error,
	Doc: "a time of an alert inside a panel that Grafana refuses or misreads",
	Run: func(p *Pass) {
		for _, a := range p.legacyAlerts {
			if !oneUnit.MatchString(a.Frequency.Value) {
				p.Reportf(orHead(a.Frequency.Span, a.Head), "`frequency` is %s: Grafana refuses it, or evaluates every second", orNothing(a.Frequency)).WithHelp("write one number with one unit: `1m`")
			}
			if _, err := time.ParseDuration(a.For.Value); err != nil && a.For.Value != "" {
				p.Reportf(a.For.Span, "`for` is `%s`, which Grafana refuses", a.For.Value).WithHelp("write hours, minutes and seconds: `24h`, `5m`")
			}
			for _, w := range a.Windows {
				if w.Given() && !window.MatchString(w.Value) {
					p.Reportf(w.Span, "the alert looks back `%s`, which Grafana refuses or misreads", w.Value).WithHelp("write one number with one unit, hours at most: `24h`, `5m`")
				}
			}
		}
	},
}

func orNothing(v diag.Located[string]) string {
	if v.Value == "" {
		return "missing"
	}
	return "`" + v.Value + "`"
}
