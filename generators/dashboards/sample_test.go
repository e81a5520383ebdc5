package dashboards_test

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// The colours of DASHBOARDS.
const (
	noDataColor = "#7D64A8"
	okColor     = "#009E73"
	warnColor   = "#E69F00"
	critColor   = "#E02F44"
	seriesColor = "#56B4E9"
	strongColor = "#3D85C6"
	tailColor   = "#CC79A7"
	pastColor   = "#8E8E8E"
)

// sample is a plan with every kind of panel, about an image classifier as it is served.
func sample(major, minor int) *plan.Plan {
	v := plan.Version{Major: major, Minor: minor}
	ws := &plan.Workspace{
		Grafana:        plan.Grafana{Version: v, DatasourceName: "Prometheus", DatasourceUID: "prometheus"},
		EmitDashboards: true,
		LegacyAlerts:   v.HasLegacyAlerting(),
	}
	return &plan.Plan{
		Model: "cifar10", Title: "CIFAR-10 classifier", Owner: "vision-ml", Workspace: ws,
		Dashboard: sampleBoard(v), Legacy: sampleLegacy(),
	}
}

func sampleBoard(v plan.Version) *plan.Dashboard {
	w := writer{window: "[5m]"}
	if v.HasRateInterval() {
		w.window = "[$__rate_interval]"
	}
	board := &plan.Dashboard{
		UID: "cifar10", Title: "CIFAR-10 classifier", Folder: "Vision ML",
		Description: "Picture classifier with 10 classes; its server reports latency, class and confidence, no HTTP codes.",
		Tags:        []string{"ml-serving", "classifier"}, From: "now-6h", Refresh: "1m",
		Links: []plan.Link{
			{Title: "Other models", Tag: "ml-serving"},
			{Title: "Runbook", Tooltip: "What to do when an alert of this model fires", URL: "https://example.org/runbooks/cifar10"},
		},
		Variables: []plan.Variable{
			{Kind: plan.DatasourceVariable, Name: "datasource", Label: "Data source", Query: "prometheus"},
			{Kind: plan.QueryVariable, Name: "namespace", Label: "Namespace", Query: "label_values(prediction_value_total, namespace)"},
			{Kind: plan.QueryVariable, Name: "service", Label: "Service", Query: `label_values(prediction_value_total{namespace="$namespace"}, service)`},
			{Kind: plan.QueryVariable, Name: "pod", Label: "Pod", Multi: true, AllValue: ".*",
				Query: `label_values(prediction_value_total{namespace="$namespace",service="$service"}, pod)`},
			{Kind: plan.CustomVariable, Name: "baseline", Label: "Compare with", Spoken: "$baseline ago", Options: []plan.Option{
				{Text: "1 day ago", Value: "1d"}, {Text: "1 hour ago", Value: "1h"}, {Text: "7 days ago", Value: "7d"},
			}},
		},
		Annotations: []plan.Annotation{
			{Name: "Deploys", Hidden: true, Color: seriesColor, Step: "60s", Title: "Deployed {{version}}", TagKeys: "version",
				Expr: w.expr(`count by (version) (model_info{STRIP}) unless count by (version) (last_over_time(model_info{STRIP}[1h] offset 2m))`)},
			{Name: "Alerts", Color: "rgba(224,47,68,0.5)", Step: "60s", Title: "{{alertname}}", Text: "{{severity}}", TagKeys: "alertname,severity",
				Expr: w.expr(`max by (alertname, severity) (ALERTS{alertstate="firing",STRIP})`)},
		},
	}
	board.Panels = append(board.Panels, w.strip()...)
	board.Panels = append(board.Panels, w.row(11, "Interface: what callers get"))
	board.Panels = append(board.Panels, w.interfacePanels()...)
	board.Panels = append(board.Panels, w.row(27, "Model: what it answers"))
	board.Panels = append(board.Panels, w.modelPanels()...)
	board.Panels = append(board.Panels, w.row(61, "Infrastructure: what it runs on"))
	board.Panels = append(board.Panels, w.infrastructure()...)
	return board
}

// writer writes panels for one version.
type writer struct{ window string }

// expr fills in the selectors of the strip and of the rows, and the window.
func (w writer) expr(s string) string {
	return strings.NewReplacer(
		"STRIP", `namespace="$namespace",service="$service"`,
		"ROW", `namespace="$namespace",service="$service",pod=~"$pod"`,
		"PODS", `namespace="$namespace",pod=~"$service-.+"`,
		"[W]", w.window,
	).Replace(s)
}

func (w writer) row(y int, title string) *plan.Panel {
	return w.panel(plan.Row, title, plan.Grid{X: 0, Y: y, W: 24, H: 1}, "")
}

func (w writer) panel(kind plan.Kind, title string, at plan.Grid, unit string, queries ...plan.Query) *plan.Panel {
	key := strings.ToLower(strings.ReplaceAll(string(kind)+"/"+title, " ", "-"))
	p := &plan.Panel{Key: key, ID: plan.PanelID(key), Kind: kind, Title: title, Grid: at, Unit: unit, Queries: queries}
	for i := range p.Queries {
		p.Queries[i].RefID = string(rune('A' + i))
		p.Queries[i].Expr = w.expr(p.Queries[i].Expr)
	}
	if kind != plan.Row {
		p.Description = "What `" + title + "` means, and its limits."
	}
	return p
}

func q(legend, expr string) plan.Query { return plan.Query{Legend: legend, Expr: expr} }

func now(legend, expr string) plan.Query {
	return plan.Query{Legend: legend, Expr: expr, Instant: true, Format: plan.FormatTable}
}

func dec(s string) *decimal.Decimal { d := decimal.RequireFromString(s); return &d }

// steps: a colour for the bottom, then pairs of a bound and a colour.
func steps(base string, pairs ...string) []plan.Step {
	out := []plan.Step{{Color: base}}
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, plan.Step{From: dec(pairs[i]), Color: pairs[i+1]})
	}
	return out
}

var noData = plan.Mapping{Null: true, Text: "No data", Color: noDataColor}

func word(value int64, text, color string) plan.Mapping {
	return plan.Mapping{Value: decimal.NewFromInt(value), Text: text, Color: color}
}

const (
	drift = `sum((SHARE_NOW - SHARE_THEN) * ln(SHARE_NOW / SHARE_THEN))`
	p95   = `histogram_quantile(0.95, sum by (le) (rate(inference_time_bucket{STRIP}[5m])))`
	sure  = `sum(rate(prediction_confidence_sum{STRIP}[10m])) / sum(rate(prediction_confidence_count{STRIP}[10m]))`
	up    = `avg(up{STRIP})`
	cpu   = `sum by (pod) (rate(container_cpu_usage_seconds_total{PODS,container!=""}[5m])) / sum by (pod) (kube_pod_container_resource_limits{PODS,resource="cpu"})`
	ram   = `sum by (pod) (container_memory_working_set_bytes{PODS,container!=""}) / sum by (pod) (kube_pod_container_resource_limits{PODS,resource="memory"})`
)

func share(offset string) string {
	return `(sum by (label) (rate(prediction_value_total{ROW}[30m]` + offset + `)) / on () group_left () sum(rate(prediction_value_total{ROW}[30m]` + offset + `)))`
}

func psi() string {
	return strings.NewReplacer("SHARE_NOW", share(""), "SHARE_THEN", share(" offset $baseline")).Replace(drift)
}

func signal(name, expr, op, warn, crit string) plan.Query {
	return q(name, "((("+expr+") "+op+" bool "+warn+") + (("+expr+") "+op+" bool "+crit+")) or on () vector(-1)")
}

func (w writer) strip() []*plan.Panel {
	signals := []plan.Query{
		signal("Targets up", up, "<", "1", "0.51"), signal("Latency p95", p95, ">", "0.15", "0.3"),
		signal("Confidence", sure, "<", "0.8", "0.7"), signal("Class mix drift", psi(), ">", "0.1", "0.25"),
	}
	var worst []string
	for _, s := range signals {
		inner := strings.TrimSuffix(s.Expr, " or on () vector(-1)")
		worst = append(worst, `label_replace(`+inner+`, "signal", "`+s.Legend+`", "", "")`)
	}
	all := strings.Join(worst, "\nor ")
	status := w.panel(plan.Status, "Status", plan.Grid{X: 0, Y: 0, W: 4, H: 4}, "none", plan.Query{Legend: "{{signal}}", Instant: true,
		Expr: "topk(1, (" + all + ") > 0)\nor on () label_replace(max(" + all + `) == 0, "signal", "all signals", "", "")`})
	status.Mappings = []plan.Mapping{noData, word(0, "OK", okColor), word(1, "WARN", "#B36B00"), word(2, "CRIT", critColor)}
	status.Steps = steps(noDataColor)
	tile := func(x int, title, unit, expr string, decimals int, s []plan.Step) *plan.Panel {
		p := w.panel(plan.Stat, title, plan.Grid{X: x, Y: 0, W: 4, H: 4}, unit, q("", "("+expr+") or on () vector(NaN)"))
		p.Sparkline, p.Decimals, p.Mappings, p.Steps = true, &decimals, []plan.Mapping{noData}, s
		return p
	}
	ready := w.panel(plan.Stat, "Pods ready", plan.Grid{X: 20, Y: 0, W: 4, H: 4}, "percentunit",
		plan.Query{Expr: `avg(kube_pod_container_status_ready{PODS})`, Instant: true})
	ready.Mappings, ready.Steps = []plan.Mapping{noData}, steps(noDataColor, "-1000000", critColor, "0.5", warnColor, "1", "text")
	timeline := w.panel(plan.Signals, "Signals: what is wrong, and since when", plan.Grid{X: 0, Y: 4, W: 18, H: 7}, "none", signals...)
	quiet := word(0, "OK", "#28665A")
	quiet.Quiet = true
	timeline.Mappings = []plan.Mapping{word(-1, "n/a", noDataColor), quiet, word(1, "WARN", warnColor), word(2, "CRIT", "#F2495C")}
	timeline.Steps, timeline.Color = steps(noDataColor), plan.Color{Mode: plan.FixedColor, Fixed: noDataColor}
	timeline.MaxDataPoints = 240
	firing := w.panel(plan.Firing, "Firing now", plan.Grid{X: 18, Y: 4, W: 6, H: 7}, "",
		now("", `(time() - ALERTS_FOR_STATE{STRIP}) and ignoring (alertstate) ALERTS{alertstate="firing",STRIP}`))
	firing.Mappings = []plan.Mapping{noData, {Match: "critical", Text: "crit", Color: critColor}, {Match: "warning", Text: "warn", Color: warnColor}}
	return []*plan.Panel{
		status,
		tile(4, "Predictions", "suffix:/s", `sum(rate(prediction_value_total{STRIP}[5m]))`, 1, steps(noDataColor, "-1000000", "text")),
		tile(8, "Latency", "s", p95, 0, steps(noDataColor, "-1000000", "text", "0.15", warnColor, "0.3", critColor)),
		tile(12, "Confidence", "percentunit", sure, 1, steps(noDataColor, "-1000000", critColor, "0.7", warnColor, "0.8", "text")),
		tile(16, "Drift", "none", psi(), 2, steps(noDataColor, "-1000000", "text", "0.1", warnColor, "0.25", critColor)),
		ready, timeline, firing,
	}
}

var past = plan.SeriesStyle{Name: " ago$", Regexp: true, Color: pastColor, Dashed: true}

func (w writer) interfacePanels() []*plan.Panel {
	rate := w.panel(plan.TimeSeries, "Predictions", plan.Grid{X: 0, Y: 12, W: 8, H: 8}, "suffix:/s",
		q("now", `sum(rate(prediction_value_total{ROW}[W]))`),
		q("${baseline:text}", `sum(rate(prediction_value_total{ROW}[W] offset $baseline))`))
	rate.Min, rate.Fill, rate.Legend = dec("0"), 20, plan.Legend{Mode: plan.LegendList}
	rate.Series = []plan.SeriesStyle{{Name: "now", Color: seriesColor}, past}
	quantile := func(x string) string {
		return `histogram_quantile(` + x + `, sum by (le) (rate(inference_time_bucket{ROW}[W])))`
	}
	latency := w.panel(plan.TimeSeries, "Latency", plan.Grid{X: 8, Y: 12, W: 8, H: 8}, "s",
		q("p99", quantile("0.99")), q("p95", quantile("0.95")), q("p50", quantile("0.5")))
	latency.Min, latency.SoftMax, latency.Lines = dec("0"), dec("0.35"), true
	latency.Steps, latency.Legend = steps("transparent", "0.15", warnColor, "0.3", critColor), plan.Legend{Mode: plan.LegendList}
	latency.Series = []plan.SeriesStyle{{Name: "p50", Color: seriesColor}, {Name: "p95", Color: strongColor, Width: 2}, {Name: "p99", Color: tailColor}}
	buckets := w.panel(plan.Heatmap, "Latency distribution", plan.Grid{X: 16, Y: 12, W: 8, H: 8}, "s",
		plan.Query{Legend: "{{le}}", Format: plan.FormatHeatmap, Expr: `sum by (le) (rate(inference_time_bucket{ROW}[W]))`})
	buckets.MaxDataPoints = 56
	worker := w.panel(plan.TimeSeries, "Latency p95 by worker", plan.Grid{X: 0, Y: 20, W: 12, H: 7}, "s",
		q("{{pod}} / {{pid}}", `label_replace(histogram_quantile(0.95, sum by (le, pod, pid) (rate(inference_time_bucket{ROW}[W]))), "pod", "$1", "pod", "$service-(.*)")`))
	worker.Min, worker.SoftMax, worker.Lines, worker.Steps = dec("0"), dec("0.35"), true, latency.Steps
	worker.Color = plan.Color{Mode: plan.Shades, Fixed: seriesColor}
	worker.Legend = plan.Legend{Mode: plan.TableBeside, Calcs: []string{"lastNotNull", "max"}}
	gauge := w.panel(plan.Gauge, "Confidence now", plan.Grid{X: 12, Y: 20, W: 6, H: 7}, "percentunit", plan.Query{Expr: sure, Instant: true})
	gauge.Min, gauge.Max, gauge.Mappings = dec("0"), dec("1"), []plan.Mapping{noData}
	gauge.Steps = steps(critColor, "0.7", warnColor, "0.8", okColor)
	bars := w.panel(plan.BarGauge, "Predictions by pod", plan.Grid{X: 18, Y: 20, W: 6, H: 7}, "suffix:/s",
		plan.Query{Legend: "{{pod}}", Expr: `sum by (pod) (rate(prediction_value_total{ROW}[5m]))`, Instant: true})
	bars.Color = plan.Color{Mode: plan.FixedColor, Fixed: seriesColor}
	bars.Min = dec("0")
	return []*plan.Panel{rate, latency, buckets, worker, gauge, bars}
}

var classes = []struct{ name, color string }{
	{"airplane", "#77AADD"}, {"automobile", "#EE8866"}, {"bird", "#EEDD88"}, {"cat", "#FFAABB"}, {"deer", "#99DDFF"},
	{"dog", "#44BB99"}, {"frog", "#BBCC33"}, {"horse", "#AAAA00"}, {"ship", "#B39DDB"}, {"truck", "#A1887F"},
}

func (w writer) modelPanels() []*plan.Panel {
	text := w.panel(plan.TextKind, "", plan.Grid{X: 0, Y: 28, W: 24, H: 2}, "")
	text.Text, text.Description = "A class that **dominates suddenly** is the first sign of a broken [input pipeline](https://example.org/pipeline).", ""
	mix := w.panel(plan.TimeSeries, "Class mix", plan.Grid{X: 0, Y: 30, W: 12, H: 9}, "percentunit",
		q("{{label}}", `sum by (label) (rate(prediction_value_total{ROW}[W])) / on () group_left () sum(rate(prediction_value_total{ROW}[W]))`))
	mix.Stack, mix.Fill, mix.Min, mix.Max = true, 80, dec("0"), dec("1")
	mix.Color, mix.Legend = plan.Color{Mode: plan.FixedColor, Fixed: "#EE3377"}, plan.Legend{Mode: plan.TableBeside, Calcs: []string{"lastNotNull"}}
	for _, c := range classes {
		mix.Series = append(mix.Series, plan.SeriesStyle{Name: c.name, Color: c.color})
	}
	sides := []plan.SeriesStyle{{Name: "last 30 min", Color: strongColor}, {Name: "${baseline:text}", Color: pastColor}}
	compare := w.panel(plan.Compare, "Class mix now against then", plan.Grid{X: 12, Y: 30, W: 12, H: 9}, "percentunit",
		now("last 30 min", share("")), now("${baseline:text}", share(" offset $baseline")))
	compare.JoinBy, compare.Words, compare.Min, compare.Series = "label", true, dec("0"), sides
	psiPanel := w.panel(plan.TimeSeries, "Class mix drift", plan.Grid{X: 0, Y: 39, W: 8, H: 8}, "none", q("drift", psi()))
	psiPanel.Fill, psiPanel.Min, psiPanel.SoftMax, psiPanel.Lines = 12, dec("0"), dec("0.4"), true
	psiPanel.Steps, psiPanel.Series = steps("transparent", "0.1", warnColor, "0.25", critColor), []plan.SeriesStyle{{Name: "drift", Color: strongColor}}
	sureness := w.panel(plan.Heatmap, "Confidence distribution", plan.Grid{X: 8, Y: 39, W: 8, H: 8}, "percentunit",
		plan.Query{Legend: "{{le}}", Format: plan.FormatHeatmap, Expr: `sum by (le) (rate(prediction_confidence_bucket{ROW,le!="+Inf"}[W]))`})
	sureness.MaxDataPoints = 56
	bands := w.panel(plan.Compare, "Confidence now against then", plan.Grid{X: 16, Y: 39, W: 8, H: 8}, "percentunit",
		now("last 30 min", bucketShare("")), now("${baseline:text}", bucketShare(" offset $baseline")))
	bands.JoinBy, bands.Min, bands.Series = "le", dec("0"), sides
	return append([]*plan.Panel{text, mix, compare, psiPanel, sureness, bands}, w.modelTables()...)
}

func bucketShare(offset string) string {
	return `sum by (le) (increase(prediction_confidence_bucket{ROW}[30m]` + offset + `)) / on () group_left () sum(increase(prediction_confidence_count{ROW}[30m]` + offset + `))`
}

func (w writer) modelTables() []*plan.Panel {
	of := func(x string) string {
		return `histogram_quantile(` + x + `, sum by (le) (rate(prediction_confidence_bucket{ROW}[W])))`
	}
	band := w.panel(plan.TimeSeries, "Confidence: middle and spread", plan.Grid{X: 0, Y: 47, W: 12, H: 8}, "percentunit",
		q("p90", of("0.9")), q("median", of("0.5")), q("p10", of("0.1")), q("mean ${baseline:text}", strings.ReplaceAll(sure, "[10m]", "[10m] offset $baseline")))
	opacity := 18
	band.Min, band.Max, band.Legend = dec("0"), dec("1"), plan.Legend{Mode: plan.LegendList}
	band.Series = []plan.SeriesStyle{{Name: "p10", Color: seriesColor, Width: 1}, {Name: "p90", Color: seriesColor, Width: 1, FillTo: "p10", Fill: &opacity},
		{Name: "median", Color: strongColor, Width: 2}, past}
	table := w.panel(plan.Table, "Classes", plan.Grid{X: 12, Y: 47, W: 12, H: 8}, "",
		now("", share("")), now("", "100 * ("+share("")+" - "+share(" offset $baseline")+")"))
	table.JoinBy, table.JoinByTitle, table.JoinByWidth, table.Mappings = "label", "Class", 110, []plan.Mapping{noData}
	one := 1
	table.Columns = []plan.Column{
		{Title: "Share", Unit: "percentunit", Decimals: &one, Gauge: true, Max: dec("0.4"), Steps: steps(strongColor)},
		{Title: "Share change", Unit: "suffix:pt", Decimals: &one, Width: 115, Sort: true, Steps: steps(warnColor, "-5", "text", "5", warnColor)},
	}
	overTime := w.panel(plan.BarChart, "Predictions by class now", plan.Grid{X: 0, Y: 55, W: 24, H: 6}, "suffix:/s",
		now("", `sum by (label) (rate(prediction_value_total{ROW}[5m]))`))
	overTime.JoinBy, overTime.Min, overTime.Color = "label", dec("0"), plan.Color{Mode: plan.FixedColor, Fixed: seriesColor}
	return []*plan.Panel{band, table, overTime}
}

func (w writer) infrastructure() []*plan.Panel {
	usage := func(x int, title, expr string) *plan.Panel {
		p := w.panel(plan.TimeSeries, title, plan.Grid{X: x, Y: 62, W: 12, H: 8}, "percentunit",
			q("{{pod}}", `label_replace(`+expr+`, "pod", "$1", "pod", "$service-(.*)")`))
		p.Min, p.SoftMax, p.Lines, p.Steps = dec("0"), dec("1"), true, steps("transparent", "0.8", warnColor, "0.95", critColor)
		p.Color = plan.Color{Mode: plan.Shades, Fixed: seriesColor}
		p.Legend = plan.Legend{Mode: plan.TableBelow, Calcs: []string{"lastNotNull", "max"}}
		return p
	}
	pods := w.panel(plan.Table, "Pods", plan.Grid{X: 0, Y: 70, W: 24, H: 6}, "",
		now("", `max by (pod, node) (kube_pod_info{PODS})`),
		now("", `max by (pod) (kube_pod_container_status_ready{PODS})`),
		now("", `histogram_quantile(0.95, sum by (le, pod) (rate(inference_time_bucket{ROW}[5m])))`),
		now("", cpu), now("", ram))
	pods.JoinBy, pods.JoinByTitle, pods.JoinByWidth, pods.Mappings = "pod", "Pod", 290, []plan.Mapping{noData}
	pods.JoinByLink = "/d/cifar10/?${__url_time_range}&${datasource:queryparam}&${namespace:queryparam}&${service:queryparam}&${baseline:queryparam}&var-pod=${__value.raw}"
	zero := 0
	full := steps(strongColor, "0.8", warnColor, "0.95", critColor)
	pods.Columns = []plan.Column{
		{Title: "Node", Label: "node", Width: 90},
		{Title: "Ready", Width: 90, Mappings: []plan.Mapping{word(1, "yes", "text"), word(0, "NO", critColor)}},
		{Title: "p95", Unit: "s", Width: 110, Sort: true, Steps: steps("text", "0.15", warnColor, "0.3", critColor)},
		{Title: "CPU of limit", Unit: "percentunit", Decimals: &zero, Gauge: true, Max: dec("1"), Steps: full},
		{Title: "Memory of limit", Unit: "percentunit", Decimals: &zero, Gauge: true, Max: dec("1"), Steps: full},
	}
	return []*plan.Panel{usage(0, "CPU, share of limit", cpu), usage(12, "Memory, share of limit", ram), pods}
}

// sampleLegacy is a dashboard whose panels carry alerts: literal labels, no variables.
func sampleLegacy() *plan.Dashboard {
	literal := func(s string) string {
		return strings.ReplaceAll(s, "STRIP", `namespace="models",service="model-serving-2481"`)
	}
	alert := &plan.Alert{
		Name: "LatencyHigh", Key: "latency-high", Query: literal(p95), Reduce: "max", Over: 5 * time.Minute,
		Op: plan.Above, Limits: []decimal.Decimal{*dec("0.3")}, Unit: "s",
	}
	return &plan.Dashboard{
		UID: "cifar10-alerts", Title: "CIFAR-10 classifier: alert rules", Tags: []string{"ml-serving-alerts", "cifar10"}, From: "now-6h", Refresh: "1m",
		Panels: []*plan.Panel{{
			Key: "alert/latency-high", ID: plan.PanelID("alert/latency-high"), Kind: plan.TimeSeries, Title: "LatencyHigh",
			Description: "95 % of predictions are faster than this.", Grid: plan.Grid{W: 8, H: 6}, Unit: "s", Lines: true, Min: dec("0"),
			Steps: steps("transparent", "0.3", critColor), Queries: []plan.Query{{RefID: "A", Expr: alert.Query, Legend: "value"}},
			Series: []plan.SeriesStyle{{Name: "value", Color: strongColor}}, Legend: plan.Legend{Mode: plan.LegendList}, Alert: alert,
		}},
	}
}
