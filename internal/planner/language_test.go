package planner

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// records lists the recording rules of a plan: `name{labels} expr`.
func records(p *plan.Plan) (list []string) {
	for _, r := range p.Records {
		var labels []string
		for _, l := range r.Labels {
			labels = append(labels, l.Name+"="+l.Value)
		}
		list = append(list, r.Name+"{"+strings.Join(labels, ",")+"} "+r.Expr)
	}
	return list
}

// TestMembers: each member has its own rules and alerts, with the label; what has no such label is shared.
func TestMembers(t *testing.T) {
	p := mustBuild(t, "", `version: mlobs/v1
model: churn
owner: o
selector: {job: churn}
members: {country: [AT, DE]}
metrics:
  answers_total: {type: counter, labels: {country: 2}}
  queue: {type: gauge, labels: {country: 2}}
  model:answers:rate5m:
    query: sum(rate(answers_total[5m]))
alerts:
  - {name: Queue, query: max(queue), reduce: max, over: 5m, above: 10, signal: Queue, summary: "{{ $model }} has {{ $value }}"}
dashboard: {rows: [{title: R, panels: [{title: P, query: "sum(rate(answers_total[$window]))"}, {title: Q, query: 'model:answers:rate5m'}]}]}
`)
	want := []string{
		`ml_model:up:ratio{ml_model=churn} avg(up{job="churn"}) or on () vector(0)`,
		`ml_model:signal:state{ml_model=churn,signal=Targets up} `,
		`model:answers:rate5m{country=AT,ml_model=churn} sum(rate(answers_total{job="churn", country="AT"}[5m]))`,
		`ml_model:queue:max{country=AT,ml_model=churn} `,
		`ml_model:signal:state{country=AT,ml_model=churn,signal=Queue} `,
		`model:answers:rate5m{country=DE,ml_model=churn} sum(rate(answers_total{job="churn", country="DE"}[5m]))`,
		`ml_model:queue:max{country=DE,ml_model=churn} `,
		`ml_model:signal:state{country=DE,ml_model=churn,signal=Queue} `,
	}
	got := records(p)
	for i, w := range want {
		if i >= len(got) || !strings.HasPrefix(got[i], w) {
			t.Fatalf("records:\n%s", strings.Join(got, "\n"))
		}
	}
	var alerts []string
	for _, a := range p.Alerts {
		alerts = append(alerts, fmt.Sprintf("%s/%s %s %s", a.Name, a.Member, a.Expr, literal(a.Summary)))
	}
	if !slices.Contains(alerts, `Queue/DE max_over_time(ml_model:queue:max{country="DE",ml_model="churn"}[5m]) > 10 churn (DE) has `) || len(alerts) != 3 {
		t.Errorf("alerts:\n%s", strings.Join(alerts, "\n"))
	}
	if panel := panelTitled(t, p.Dashboard, "P"); panel.Queries[0].Expr != `sum(rate(answers_total{job="churn", country="$country"}[$__rate_interval]))` {
		t.Error(panel.Queries[0].Expr)
	}
	if panel := panelTitled(t, p.Dashboard, "Q"); panel.Queries[0].Expr != `model:answers:rate5m{ml_model="churn", country="$country"}` {
		t.Error(panel.Queries[0].Expr)
	}
	if v := p.Dashboard.Variables[1]; v.Name != "country" || v.Multi || len(v.Options) != 2 {
		t.Errorf("%+v", v)
	}
	panelTitled(t, p.Dashboard, "Members: which one is ill")
}

// TestSources: a name means that of the source which is named; profiles read their own.
func TestSources(t *testing.T) {
	p := mustBuild(t, "", `version: mlobs/v1
model: m
owner: o
selector: {job: m}
uses:
  - {profile: kubernetes, selector: {namespace: ml}}
metrics:
  old_time: {type: histogram, unit: seconds}
  new_time: {type: histogram, unit: seconds, renamed_from: former_time}
  sized: {type: native_histogram, unit: seconds, role: latency}
  gauge_now: {type: gauge, renamed_from: gauge_then}
alerts: [{name: Old, query: gauge_now, reduce: max, over: 5m, above: 1}]
dashboard:
  rows:
    - title: R
      panels:
        - {title: Up, query: up, source: kubernetes}
        - {title: Renamed, query: "sum(rate(new_time_count[$window]))"}
        - {title: Range, query: "max_over_time(sum(rate(old_time_count[5m]))[$window:1m])", window: range}
        - {title: States, query: "max by (pod) (up)", type: stat, values: {0: down, 1: up}}
`)
	for title, want := range map[string]string{
		"Up":      `up{namespace="ml"}`,
		"Renamed": `sum(rate(new_time_count{job="m"}[$__rate_interval]) or rate(former_time_count{job="m"}[$__rate_interval]))`,
		"Range":   `max_over_time(sum(rate(old_time_count{job="m"}[5m]))[$__range:1m])`,
	} {
		if panel := panelTitled(t, p.Dashboard, title); panel.Queries[0].Expr != want {
			t.Errorf("%s: %s", title, panel.Queries[0].Expr)
		}
	}
	if a := alertNamed(t, p, "Old"); a.Expr != `max_over_time(ml_model:gauge_now:value{ml_model="m"}[5m]) > 1` {
		t.Error(a.Expr)
	}
	if panel := panelTitled(t, p.Dashboard, "States"); len(panel.Mappings) != 3 || panel.Mappings[1].Text != "down" {
		t.Errorf("%+v", panel.Mappings)
	}
	if panel := panelTitled(t, p.Dashboard, "Latency distribution"); panel.Kind != plan.Heatmap || panel.Queries[0].Expr != `sum (rate(sized{job="m"}[$__rate_interval]))` {
		t.Errorf("%s: %s", panel.Kind, panel.Queries[0].Expr)
	}
}

// TestTraffic: silence is an alarm, fine, or a run that is due.
func TestTraffic(t *testing.T) {
	const text = `version: mlobs/v1
model: m
owner: o
selector: {job: m}
traffic: %s
metrics:
  answers_total: {type: counter, role: classes, labels: {class: [a, b]}}
`
	names := func(traffic string) (alerts []string, joined string) {
		p := mustBuild(t, "", fmt.Sprintf(text, traffic))
		for _, a := range p.Alerts {
			alerts = append(alerts, a.Name)
		}
		return alerts, strings.Join(records(p), "\n")
	}
	if alerts, rules := names("continuous"); !slices.Contains(alerts, "TargetsDown") || !strings.Contains(rules, "vector(-1)") {
		t.Errorf("%v\n%s", alerts, rules)
	}
	if alerts, rules := names("sporadic"); slices.Contains(alerts, "TargetsDown") || slices.Contains(alerts, "TrafficDropped") || strings.Contains(rules, "vector(-1)") {
		t.Errorf("%v\n%s", alerts, rules)
	}
	alerts, rules := names("{every: 12h}")
	if p := mustBuild(t, "", fmt.Sprintf(text, "{every: 12h}")); alertNamed(t, p, "RunMissing").Expr != `absent(answers_total{job="m"})` || alertNamed(t, p, "RunMissing").For != 18*time.Hour {
		t.Errorf("%+v", alertNamed(t, p, "RunMissing"))
	}
	if slices.Contains(alerts, "TargetsDown") || strings.Contains(rules, "rate(") || strings.Contains(rules, "increase(") || !strings.Contains(rules, "offset 12h") || strings.Contains(rules, "1d") {
		t.Errorf("%v\n%s", alerts, rules)
	}
}

// TestShortRetention: windows and comparisons that readers choose count as what they are, not as the
// stand-ins that the parser sees.
func TestShortRetention(t *testing.T) {
	const text = `version: mlobs/v1
model: m
owner: o
selector: {job: m}
metrics:
  answers_total: {type: counter, role: classes, labels: {class: [a, b]}}
`
	count := func(retention, traffic string) (panels, baselines int) {
		p := mustBuild(t, "version: mlobs/v1\nprometheus: {retention: "+retention+"}\n", text+traffic)
		for _, v := range p.Dashboard.Variables {
			if v.Name == "baseline" {
				baselines = len(v.Options)
			}
		}
		return len(p.Dashboard.Panels), baselines
	}
	whole, _ := count("15d", "")
	if panels, baselines := count("18h", ""); panels < whole-2 || baselines != 1 { // but the drift of a day ago
		t.Errorf("%d of %d panels, %d baselines", panels, whole, baselines)
	}
	if panels, baselines := count("30m", ""); panels >= whole-1 || baselines != 0 {
		t.Errorf("%d of %d panels, %d baselines", panels, whole, baselines)
	}
	if _, baselines := count("15d", "traffic: {every: 16d}\n"); baselines != 0 {
		t.Errorf("%d baselines of runs that are not kept", baselines)
	}
}

// TestSourcesApart: what a profile reads is its own source's, whatever another source has under the name.
func TestSourcesApart(t *testing.T) {
	profiles := map[string]string{
		"aa": "metrics: {x_seconds: {type: histogram, unit: seconds}}\ndashboard: {rows: [{storey: interface, panels: [{title: A, query: 'histogram_quantile(0.9, sum by (le) (rate(x_seconds_bucket[5m])))'}]}]}\n",
		"bb": "metrics: {x_seconds: {type: histogram, unit: seconds}}\ndashboard: {rows: [{storey: interface, panels: [{title: B, query: 'histogram_quantile(0.9, sum by (le) (rate(x_seconds_bucket[5m])))'}]}]}\n",
		"cc": "target_labels: [job, instance]\nmetrics: {y_total: {type: counter, role: requests}}\n",
	}
	p, rep := buildWith(t, "", `version: mlobs/v1
model: m
owner: o
selector: {job: m}
replicas: {pod: 3}
uses: [{profile: aa}, {profile: bb, selector: {job: n}}, {profile: cc, selector: {job: gateway}}]
metrics: {x_seconds: {source: bb, type: native_histogram}}
`, profiles)
	if p == nil {
		t.Fatal(listing(rep))
	}
	for title, want := range map[string]string{
		"A": `histogram_quantile(0.9, sum by (le) (rate(x_seconds_bucket{job="m", pod=~"$pod"}[5m])))`,
		"B": `histogram_quantile(0.9, sum (rate(x_seconds{job="n"}[5m])))`,
	} {
		if got := panelTitled(t, p.Dashboard, title).Queries[0].Expr; got != want {
			t.Errorf("%s: %s", title, got)
		}
	}
	for _, panel := range p.Dashboard.Panels {
		if panel.Title == "Requests by pod" {
			t.Error("the gateway's requests have no pod")
		}
	}
}

// TestRepeat: a panel for each value of a label, which becomes a variable, on a line of its own.
func TestRepeat(t *testing.T) {
	p := mustBuild(t, "", base+"dashboard: {rows: [{title: R, panels: [{title: A, query: max(heat), width: 8}, {title: P, query: 'sum(rate(hits_total[$window]))', repeat: kind, width: 8}, {title: B, query: max(heat), width: 8}]}]}\n")
	panel := panelTitled(t, p.Dashboard, "P")
	if panel.Repeat != "kind" || !strings.Contains(panel.Queries[0].Expr, `kind=~"$kind"`) {
		t.Errorf("%+v", panel)
	}
	if a, b := panelTitled(t, p.Dashboard, "A"), panelTitled(t, p.Dashboard, "B"); a.Grid.Y >= panel.Grid.Y || b.Grid.Y <= panel.Grid.Y {
		t.Errorf("%v, %v, %v", a.Grid, panel.Grid, b.Grid)
	}
	if !slices.ContainsFunc(p.Dashboard.Variables, func(v plan.Variable) bool { return v.Name == "kind" && v.Multi }) {
		t.Errorf("%+v", p.Dashboard.Variables)
	}
	if _, rep := build(t, "", base+"dashboard: {rows: [{title: R, panels: [{title: P, query: max(heat), repeat: colour}]}]}\n"); !rep.Failed() {
		t.Error("nothing has the label colour")
	}
}
