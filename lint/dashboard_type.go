package lint

import (
	"fmt"
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// panelType says since when there is a type of panel, and what took its place.
type panelType struct {
	since plan.Version
	// instead is the type that took its place in the version until; gone is the version that cannot draw it any
	// more.
	instead     string
	until, gone plan.Version
}

// panelTypes are the types that come and go: facts of Grafana's releases. What is built on Angular is drawn
// until 10.4, only on request in 11, and never from 12 on.
var panelTypes = map[string]panelType{
	"timeseries":                      {since: plan.Version{Major: 7, Minor: 4}},
	"state-timeline":                  {since: plan.Version{Major: 8}},
	"status-history":                  {since: plan.Version{Major: 8}},
	"barchart":                        {since: plan.Version{Major: 8}},
	"histogram":                       {since: plan.Version{Major: 8}},
	"piechart":                        {since: plan.Version{Major: 8}},
	"geomap":                          {since: plan.Version{Major: 8, Minor: 1}},
	"candlestick":                     {since: plan.Version{Major: 8, Minor: 3}},
	"canvas":                          {since: plan.Version{Major: 9, Minor: 2}},
	"trend":                           {since: plan.Version{Major: 10}},
	"datagrid":                        {since: plan.Version{Major: 10}},
	"graph":                           {instead: "timeseries", until: plan.Version{Major: 8}, gone: plan.Version{Major: 11}},
	"singlestat":                      {instead: "stat", until: plan.Version{Major: 7}, gone: plan.Version{Major: 8}},
	"grafana-singlestat-panel":        {instead: "stat", until: plan.Version{Major: 7}, gone: plan.Version{Major: 8}},
	"table-old":                       {instead: "table", until: plan.Version{Major: 7}, gone: plan.Version{Major: 11}},
	"grafana-piechart-panel":          {instead: "piechart", until: plan.Version{Major: 8}, gone: plan.Version{Major: 11}},
	"grafana-worldmap-panel":          {instead: "geomap", until: plan.Version{Major: 8, Minor: 1}, gone: plan.Version{Major: 11}},
	"natel-discrete-panel":            {instead: "state-timeline", until: plan.Version{Major: 8}, gone: plan.Version{Major: 11}},
	"flant-statusmap-panel":           {instead: "status-history", until: plan.Version{Major: 8}, gone: plan.Version{Major: 11}},
	"vonage-status-panel":             {instead: "stat", until: plan.Version{Major: 8}, gone: plan.Version{Major: 11}},
	"btplc-status-dot-panel":          {instead: "stat", until: plan.Version{Major: 8}, gone: plan.Version{Major: 11}},
	"mtanda-histogram-panel":          {instead: "histogram", until: plan.Version{Major: 8}, gone: plan.Version{Major: 11}},
	"petrslavotinek-carpetplot-panel": {instead: "heatmap", until: plan.Version{Major: 8}, gone: plan.Version{Major: 11}},
	"farski-blendstat-panel":          {instead: "stat", until: plan.Version{Major: 8}, gone: plan.Version{Major: 11}},
	"yesoreyeram-boomtable-panel":     {instead: "table", until: plan.Version{Major: 8}, gone: plan.Version{Major: 11}},
}

// grafana names a version as people do: 12 is any 12.
func grafana(v plan.Version) string {
	if v.Minor == 0 {
		return fmt.Sprintf("Grafana %d", v.Major)
	}
	return "Grafana " + v.String()
}

func before(v, than plan.Version) bool { return !v.AtLeast(than.Major, than.Minor) }

var deprecatedPanelType = &Rule{
	Name: "deprecated-panel-type", Group: Dashboards, Severity: diag.Warning,
	Doc: "panels of a type that the target Grafana has something better for, or does not know any more",
	Run: func(p *Pass) {
		version := p.Plan.Workspace.Grafana.Version
		count := map[string]int{}
		var order []*plan.Panel
		for panel := range p.foreignPanels() {
			name := panel.Foreign.Type.Value
			t, known := panelTypes[name]
			if !known || t.instead == "" || before(version, t.until) {
				continue
			}
			if count[name]++; count[name] == 1 {
				order = append(order, panel)
			}
		}
		for _, panel := range order {
			name := panel.Foreign.Type.Value
			t := panelTypes[name]
			what := plural(count[name], "panel is", "panels are")
			if before(version, t.gone) {
				p.Reportf(panel.Foreign.Type.Span, "%s of type `%s`, which `%s` has replaced", what, name, t.instead).
					WithHelp("make them `%s`: Grafana %d does not draw `%s` any more", t.instead, t.gone.Major, name).Severity = diag.Info
				continue
			}
			p.Reportf(panel.Foreign.Type.Span, "%s of type `%s`, which %s does not have: it shows what it can as `%s`", what, name, grafana(version), t.instead).
				WithHelp("save the dashboard from a Grafana of today, or write `%s`", t.instead)
		}
	},
}

// newerThanGrafana is silent on types of panel where the schema says it all: the dashboard is of another age.
var newerThanGrafana = &Rule{
	Name: "newer-than-grafana", Group: Dashboards, Severity: diag.Warning,
	Doc: "what the target Grafana does not know yet: the schema, types of panel, macros, references to data sources",
	Run: func(p *Pass) {
		f, version := p.foreign(), p.Plan.Workspace.Grafana.Version
		if f == nil || version.Major == 0 {
			return
		}
		last := version
		if last.Minor == 0 {
			last.Minor = 99 // `version: 12` is any of them
		}
		if f.Schema.Value > last.SchemaVersion() {
			p.Reportf(f.Schema.Span, "the dashboard has schema %d, and %s knows %d: it is of a later version, and nothing translates it back", f.Schema.Value, grafana(version), last.SchemaVersion()).
				WithHelp("export it from the version that it is for, or set `grafana: version:` in mlobs.yaml")
			return
		}
		p.newerTypes(version)
		p.newerMacros(version)
		p.newerReferences(version)
	},
}

func (p *Pass) newerTypes(version plan.Version) {
	seen := map[string]bool{}
	for panel := range p.foreignPanels() {
		name := panel.Foreign.Type.Value
		if t := panelTypes[name]; before(version, t.since) && !seen[name] {
			seen[name] = true
			p.Reportf(panel.Foreign.Type.Span, "%s has no panel `%s`, which came with %s", grafana(version), name, t.since).WithHelp("use one that it has, such as `graph`")
		}
	}
}

func (p *Pass) newerMacros(version plan.Version) {
	if version.HasRateInterval() {
		return
	}
	for s := range p.Queries() {
		tokens := s.Query.Tokens()
		if i := slices.IndexFunc(tokens, func(t promql.Token) bool { return t.Name == "__rate_interval" }); i >= 0 {
			p.Reportf(tokens[i].Span, "%s does not know `$__rate_interval`, which came with 7.2: the query is an error", grafana(version)).WithHelp("write a range of four scrapes or more: `[5m]`")
			return
		}
	}
}

func (p *Pass) newerReferences(version plan.Version) {
	if version.HasObjectDatasource() {
		return
	}
	for panel := range p.foreignPanels() {
		if d := panel.Foreign.Datasource; d.ByUID {
			p.Reportf(d.Span, "%s refers to data sources by name, and takes this one for the default", grafana(version)).WithHelp("write the name, or a variable: `\"datasource\": \"$datasource\"`")
			return
		}
	}
}
