package lint

import (
	"regexp"
	"strings"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// headRules are about what a dashboard says of itself.
var headRules = []*Rule{missingTitle, missingDescription, missingUID, badUID, editableDashboard, numericID, importInputs, frozenTimeRange, hastyRefresh, overBudget}

var missingTitle = &Rule{
	Name: "missing-title", Group: Dashboards, Severity: diag.Warning,
	Doc: "a dashboard or a panel without a title",
	Run: func(p *Pass) {
		if f := p.foreign(); f != nil && strings.TrimSpace(f.Title.Value) == "" {
			d := p.Reportf(orHead(f.Title.Span, f.Head), "the dashboard has no title: Grafana does not take it").WithHelp("add a `title` that is unique in its folder")
			d.Severity = diag.Error
		}
		for panel := range p.foreignPanels() {
			f := panel.Foreign
			if isDrawn(panel) && !f.Library && strings.TrimSpace(panel.Title) == "" {
				p.Reportf(orHead(f.Title.Span, f.Head), "the `%s` panel has no title", f.Type.Value).
					WithHelp("say in its `title` what it answers: alerts, links and people name panels by it")
			}
		}
	},
}

var missingDescription = &Rule{
	Name: "missing-description", Group: Dashboards, Severity: diag.Info,
	Doc: "a dashboard or a panel that does not say what it shows",
	Run: func(p *Pass) {
		silent := 0
		all := 0
		for panel := range p.foreignPanels() {
			f := panel.Foreign
			if !isDrawn(panel) || f.Library {
				continue
			}
			if all++; strings.TrimSpace(panel.Description) == "" {
				silent++
				p.Reportf(orHead(f.Title.Span, f.Head), "%s has no description", titled(panel)).
					WithHelp("say in `description` what it is, and what a change of it means")
			}
		}
		if f := p.foreign(); f != nil && strings.TrimSpace(f.Description.Value) == "" && silent == all {
			p.Reportf(orHead(f.Description.Span, f.Head), "neither the dashboard nor any of its panels has a description").
				WithHelp("say in `description` whom it is for, and what they find")
		}
	},
}

// orHead is a place, or if there is none the one for what is missing.
func orHead(at, head diag.Span) diag.Span {
	if at.IsZero() || at.Start == at.End {
		return head
	}
	return at
}

var missingUID = &Rule{
	Name: "missing-uid", Group: Dashboards, Severity: diag.Warning,
	Doc: "a dashboard whose address changes with each installation",
	Run: func(p *Pass) {
		if f := p.foreign(); f != nil && f.UID.Value == "" {
			p.Reportf(orHead(f.UID.Span, f.Head), "the dashboard has no `uid`: each Grafana gives it another address").
				WithHelp("add a `uid` of at most 40 characters of a-z, 0-9, `-` and `_`")
		}
	},
}

// maxUID is the longest uid that Grafana takes, in characters.
const maxUID = 40

var uidPattern = regexp.MustCompile(`^[a-zA-Z0-9_-]*$`)

var badUID = &Rule{
	Name: "bad-uid", Group: Dashboards, Severity: diag.Error,
	Doc: "a uid that Grafana does not take",
	Run: func(p *Pass) {
		f := p.foreign()
		if f == nil {
			return
		}
		const help = "use at most 40 characters of a-z, 0-9, `-` and `_`"
		switch uid := f.UID.Value; {
		case len(promqlNames(uid)) > 0: // the compiler of a template fills it in
		case len(uid) > maxUID:
			p.Reportf(f.UID.Span, "the uid has %d characters, and Grafana takes 40", len(uid)).Help = help
		case !uidPattern.MatchString(uid):
			p.Reportf(f.UID.Span, "the uid has characters that Grafana does not take").Help = help
		}
	},
}

var editableDashboard = &Rule{
	Name: "editable-dashboard", Group: Dashboards, Severity: diag.Info,
	Doc: "a dashboard that can be changed where nobody sees it in Git",
	Run: func(p *Pass) {
		if f := p.foreign(); f != nil && (f.Editable.Value || !f.Editable.Given()) {
			p.Reportf(orHead(f.Editable.Span, f.Head), "the dashboard can be edited in Grafana: what is changed there is lost, or differs from the file").
				WithHelp("write `\"editable\": false`")
		}
	},
}

var numericID = &Rule{
	Name: "numeric-id", Group: Dashboards, Severity: diag.Warning,
	Doc: "the number that one database gave a dashboard",
	Run: func(p *Pass) {
		if f := p.foreign(); f != nil && f.ID.Value > 0 {
			p.Reportf(f.ID.Span, "`id` is a number of the database that the dashboard came from: another Grafana refuses it or overwrites what has that number").
				WithHelp("write `\"id\": null`, or leave it out; the `uid` identifies it")
		}
	},
}

var importInputs = &Rule{
	Name: "import-inputs", Group: Dashboards, Severity: diag.Warning,
	Doc: "a dashboard that only works through the import page",
	Run: func(p *Pass) {
		if f := p.foreign(); f != nil && !f.Inputs.IsZero() {
			p.Reportf(f.Inputs, "%s set on the import page only: a dashboard that is loaded from a file keeps the names as they are", are(f.InputNames)).
				WithHelp("replace them by variables; a data source by one of type `datasource`")
		}
	},
}

func are(names []string) string {
	if len(names) == 1 {
		return listed(names) + " is"
	}
	return listed(names) + " are"
}

var frozenTimeRange = &Rule{
	Name: "frozen-time-range", Group: Dashboards, Severity: diag.Warning,
	Doc: "a dashboard that opens in the past",
	Run: func(p *Pass) {
		if f := p.foreign(); f != nil && f.From.Given() && f.From.Value != "" && !strings.HasPrefix(f.From.Value, "now") {
			p.Reportf(f.From.Span, "the dashboard opens at a fixed time: soon nobody finds data there").WithHelp("write a time relative to now: `now-6h`")
		}
	},
}

// hasty is a time between two reads that shows nothing that the one before did not: few servers are scraped
// that often.
const hasty = 10 * time.Second

var hastyRefresh = &Rule{
	Name: "hasty-refresh", Group: Dashboards, Severity: diag.Info,
	Doc: "a dashboard that is read again before there is anything new",
	Run: func(p *Pass) {
		f := p.foreign()
		if f == nil {
			return
		}
		if every, err := time.ParseDuration(f.Refresh.Value); err == nil && every > 0 && every < hasty {
			p.Reportf(f.Refresh.Span, "all queries are sent again every %s, for each reader: there are seldom new samples", f.Refresh.Value).
				WithHelp("refresh no faster than Prometheus scrapes: `1m`")
		}
	},
}

var overBudget = &Rule{
	Name: "large-dashboard", Group: Dashboards, Severity: diag.Warning,
	Doc: "a dashboard with more bytes, panels or queries than its budget",
	Run: func(p *Pass) {
		f, b := p.foreign(), p.Budgets()
		if f == nil {
			return
		}
		if f.Size > b.BytesPerDashboard && b.BytesPerDashboard > 0 {
			p.Reportf(f.Head, "the dashboard has %d bytes, more than the budget of %d", f.Size, b.BytesPerDashboard).
				WithHelp("split it: `kubectl apply` writes a ConfigMap of 256 KiB, and 1 MiB is the end of any")
		}
		panels, queries := p.whenOpened()
		if panels > b.PanelsPerDashboard && b.PanelsPerDashboard > 0 {
			p.Reportf(f.Head, "%d panels are drawn when the dashboard opens, more than the budget of %d", panels, b.PanelsPerDashboard).
				WithHelp("collapse rows, or split it: nobody reads that many at once").Severity = diag.Info
		}
		if queries > b.QueriesPerDashboard && b.QueriesPerDashboard > 0 {
			p.Reportf(f.Head, "%d queries are sent when the dashboard opens, more than the budget of %d", queries, b.QueriesPerDashboard).
				WithHelp("collapse rows, split it, or record what is expensive").Severity = diag.Info
		}
	},
}

// whenOpened counts what a reader waits for: panels inside a collapsed row are drawn when it is opened.
func (p *Pass) whenOpened() (panels, queries int) {
	all := p.Plan.Dashboard.Panels
	for panel := range p.foreignPanels() {
		f := panel.Foreign
		if panel.Kind == plan.Row || f.Row >= 0 && all[f.Row].Foreign.Collapsed {
			continue
		}
		panels++
		queries += len(f.Targets)
	}
	return panels, queries
}
