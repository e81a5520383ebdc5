package dashboards

import "github.com/mlobs-gen/mlobs-gen/internal/plan"

// features is what a version of Grafana knows, where we spell the same thing in two ways. Where the exact
// version was not measured, the first one is given for which it is sure: the older spelling is still read
// by later versions, which migrate it when they load the file.
type features struct {
	// modernPanels: panel types timeseries, state-timeline and barchart; value mappings with colours;
	// the colour `text`; options with texts (`1 day ago : 1d`); queries that say `range`.
	modernPanels bool
	// objectDatasource: datasources are {type, uid}.
	objectDatasource bool
	// queryParam: `${name:queryparam}` in addresses.
	queryParam bool
	// showLegend: `legend.showLegend`; before: a display mode `hidden`.
	showLegend bool
	// cellOptions: table cells have `cellOptions`; before: `displayMode`.
	cellOptions bool
	// modernHeatmap: the heatmap has options; before: the fields of an Angular panel.
	modernHeatmap bool
	// joinByField: the transformation of that name; before: seriesToColumns.
	joinByField bool
	// finerColors: colour modes `shades` and `palette-classic-by-name`, `background_solid`, dashed limits.
	finerColors bool
	// annotationTarget: an annotation's query is a query like others; before: fields of its own.
	annotationTarget bool
	// unifiedAlertList: the alert list filters by labels of alerts.
	unifiedAlertList bool
}

func featuresOf(ws *plan.Workspace) features {
	v := ws.Grafana.Version
	return features{
		modernPanels:     v.HasTimeSeries(),
		objectDatasource: v.HasObjectDatasource(),
		queryParam:       v.AtLeast(8, 0),
		showLegend:       v.AtLeast(9, 2), // schema 37
		cellOptions:      v.AtLeast(9, 4), // schema 38
		modernHeatmap:    v.AtLeast(10, 0),
		joinByField:      v.AtLeast(10, 0),
		finerColors:      v.AtLeast(10, 0),
		annotationTarget: v.AtLeast(10, 0),
		unifiedAlertList: v.AtLeast(8, 0) && !(ws.LegacyAlerts && v.HasLegacyAlerting()),
	}
}
