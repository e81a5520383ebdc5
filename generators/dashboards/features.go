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
	// barsOverTime: the bar chart takes times for its categories; before: texts only.
	barsOverTime bool
	// showLegend: `legend.showLegend`; before: a display mode `hidden`.
	showLegend bool
	// cellOptions: table cells have `cellOptions`; before: `displayMode`.
	cellOptions bool
	// modernHeatmap: the heatmap has options, and its tooltip a mode; before: the fields of an Angular panel.
	modernHeatmap bool
	// joinByField: the transformation of that name; before: seriesToColumns.
	joinByField bool
	// filteredSteps: a transformation can be for one query.
	filteredSteps bool
	// dashedLimits: limits are dashed lines; before: lines.
	dashedLimits bool
	// solidBackground: `background_solid`.
	solidBackground bool
	// finerColors: colour modes `shades` and `palette-classic-by-name`.
	finerColors bool
	// laterOptions: the options of stat, gauge, bar gauge and table that came last, and that the SDK
	// writes without being asked.
	laterOptions bool
	// annotationTarget: an annotation's query is a query like others; before: fields of its own.
	// annotationExpr: its query is the field `expr`. Which of the two 12.0 reads depends on the patch.
	annotationTarget, annotationExpr bool
	// unifiedAlertList: the alert list filters by labels of alerts.
	unifiedAlertList bool
}

func featuresOf(ws *plan.Workspace) features {
	v := ws.Grafana.Version
	return features{
		modernPanels:     v.HasTimeSeries(),
		objectDatasource: v.HasObjectDatasource(),
		queryParam:       v.AtLeast(7, 5),
		barsOverTime:     v.AtLeast(8, 4),
		showLegend:       v.AtLeast(9, 2), // schema 37
		cellOptions:      v.AtLeast(9, 4), // schema 38
		modernHeatmap:    v.AtLeast(10, 3),
		joinByField:      v.AtLeast(9, 2),
		filteredSteps:    v.AtLeast(10, 0),
		dashedLimits:     v.AtLeast(9, 2),
		solidBackground:  v.AtLeast(9, 5),
		finerColors:      v.AtLeast(10, 0),
		laterOptions:     v.AtLeast(10, 3),
		annotationTarget: v.AtLeast(12, 0), // 12.0.1, 11.6.2
		annotationExpr:   !v.AtLeast(12, 1),
		unifiedAlertList: v.AtLeast(8, 0) && !(ws.LegacyAlerts && v.HasLegacyAlerting()),
	}
}
