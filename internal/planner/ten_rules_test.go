package planner

import (
	"fmt"
	"strings"
	"testing"
)

// The ten rules of reading (docs/spec.md), sentence by sentence. Each case is a spec and what must come out:
// the expression of a panel or an alert, or the mistake that is reported.

// reading is a spec with one panel or alert whose expression is looked at.
type reading struct {
	sentence string
	// workspace is mlobs.yaml after its version; spec follows the head of every spec here.
	workspace, spec string
	// panel and alert name what is looked at; want is its first expression, or the beginning of the only
	// message if neither is named.
	panel, alert, summary, legend string
	want                          string
}

const tenHead = `version: mlobs/v1
model: m
owner: team
`

// tenMetrics are metrics that most readings look at.
const tenMetrics = `selector: {job: m}
replicas: {pod: 3}
metrics:
  hits_total: {type: counter, labels: {kind: [a, b], code: [NO, 1.10, 010, 404]}}
  lat: {type: histogram, unit: seconds, buckets: [0.1, 1]}
  heat: {type: gauge, unit: celsius, selector: {container: {not: ""}}}
`

func panelOf(query string) string {
	return "dashboard: {variables: [kind], rows: [{title: R, panels: [{title: P, query: '" + query + "'}, {title: H, query: sum(hits_total)}]}]}\n"
}

func windowed(query, window string) string {
	return "dashboard: {rows: [{title: R, panels: [{title: P, query: '" + query + "', window: " + window + "}]}]}\n"
}

var readings = []reading{
	{sentence: "1 own metrics come from the model server", spec: tenMetrics + panelOf(`sum(rate(hits_total[5m]))`), panel: "P",
		want: `sum(rate(hits_total{job="m", pod=~"$pod", kind=~"$kind"}[5m]))`},
	{sentence: "1 a profile's come from its entry", spec: tenMetrics + "uses: [{profile: kubernetes, selector: {namespace: ml}}]\n" + panelOf(`sum(rate(hits_total[5m])) + max(kube_pod_status_phase)`), panel: "P",
		want: `sum(rate(hits_total{job="m", pod=~"$pod", kind=~"$kind"}[5m])) + max(kube_pod_status_phase{namespace="ml", pod=~"$pod"})`},
	{sentence: "1 a name that nobody declares is none", spec: tenMetrics + panelOf(`hits`), want: "unknown metric `hits`"},
	{sentence: "1 a name of two sources needs to say which", workspace: "profiles: [p]\n", spec: "selector: {job: m}\nuses: [{profile: one}, {profile: two, selector: {job: n}}]\n" + "dashboard: {rows: [{title: R, panels: [{title: P, query: max(shared_load)}]}]}\n",
		want: "two sources have `shared_load`"},
	{sentence: "1 or source: says it", spec: "selector: {job: m}\nuses: [{profile: one}, {profile: two, selector: {job: n}}]\n" + "dashboard: {rows: [{title: R, panels: [{title: P, query: max(shared_load), source: two}]}]}\n",
		panel: "P", want: `max(shared_load{job="n"})`},
	{sentence: "1 or a prefix on one of them", spec: "selector: {job: m}\nuses: [{profile: one}, {profile: two, selector: {job: n}, prefix: far_}]\n" + "dashboard: {rows: [{title: R, panels: [{title: P, query: max(shared_load) - max(far_shared_load)}]}]}\n",
		panel: "P", want: `max(shared_load{job="m"}) - max(far_shared_load{job="n"})`},
	{sentence: "1 or another name for one of them", spec: "selector: {job: m}\nuses: [{profile: one}, {profile: two, selector: {job: n}, rename: {metrics: {shared_load: far}}}]\n" + "dashboard: {rows: [{title: R, panels: [{title: P, query: max(far)}]}]}\n",
		panel: "P", want: `max(far{job="n"})`},
	{sentence: "1 up exists for every source", spec: "selector: {job: m}\nuses: [{profile: two, selector: {job: n}}]\n" + "dashboard: {rows: [{title: R, panels: [{title: P, query: max(up), source: two}]}]}\n",
		panel: "P", want: `max(up{job="n"})`},
	{sentence: "1 scrape_* exist, too", spec: tenMetrics + panelOf(`max(scrape_duration_seconds)`), panel: "P", want: `max(scrape_duration_seconds{job="m", pod=~"$pod"})`},

	{sentence: "2 a metric known to lack a label of the selector is an error", spec: "selector: {job: m, rack: 7}\nuses: [{profile: closed}]\n", want: "metric `tight` of profile `closed` has no label `rack`"},
	{sentence: "2 a metric's own selector is added", spec: tenMetrics + panelOf(`max(heat)`), panel: "P", want: `max(heat{job="m", container!="", pod=~"$pod"})`},
	{sentence: "2 an author's matcher stays beside ours", spec: tenMetrics + panelOf(`max(heat{job=~"x.*"})`), panel: "P", want: `max(heat{job="m", container!="", pod=~"$pod", job=~"x.*"})`},
	{sentence: "2 ours is left out where it is the very same", spec: tenMetrics + panelOf(`max(heat{job="m"})`), panel: "P", want: `max(heat{container!="", pod=~"$pod", job="m"})`},
	{sentence: "2 forms of selectors", spec: "selector: {a: v, b: [v, w], c: {not: v}, d: {matches: v.*}, e: {not_matches: v.*}}\ndashboard: {rows: [{title: R, panels: [{title: P, query: max(up)}]}]}\n",
		panel: "P", want: `max(up{a="v", b=~"v|w", c!="v", d=~"v.*", e!~"v.*"})`},

	{sentence: "3 variables are for dashboards only", spec: tenMetrics + "alerts: [{name: A, query: max(heat), above: 1}]\n", alert: "A", want: `max(heat{job="m", container!=""}) > 1`},
	{sentence: "3 to metrics that have the label", spec: tenMetrics + panelOf(`max(heat) + sum(hits_total)`), panel: "P",
		want: `max(heat{job="m", container!="", pod=~"$pod"}) + sum(hits_total{job="m", pod=~"$pod", kind=~"$kind"})`},
	{sentence: "3 not to other sources", spec: tenMetrics + "uses: [{profile: two, selector: {job: n}}]\n" + panelOf(`max(shared_load) + sum(hits_total)`), panel: "P",
		want: `max(shared_load{job="n"}) + sum(hits_total{job="m", pod=~"$pod", kind=~"$kind"})`},
	{sentence: "3 not inside absent", spec: tenMetrics + panelOf(`absent(heat) or max(hits_total)`), panel: "P", want: `absent(heat{job="m"}) or max(hits_total{job="m", pod=~"$pod", kind=~"$kind"})`},
	{sentence: "3 not where the author matched with =", spec: tenMetrics + panelOf(`sum(hits_total{kind="a"}) + sum(hits_total)`), panel: "P",
		want: `sum(hits_total{job="m", pod=~"$pod", kind="a"}) + sum(hits_total{job="m", pod=~"$pod", kind=~"$kind"})`},
	{sentence: "3 not where the author matched with =~", spec: tenMetrics + panelOf(`sum(hits_total{kind=~"a|b"}) + sum(hits_total)`), panel: "P",
		want: `sum(hits_total{job="m", pod=~"$pod", kind=~"a|b"}) + sum(hits_total{job="m", pod=~"$pod", kind=~"$kind"})`},
	{sentence: "3 but where the author matched with !=", spec: tenMetrics + panelOf(`sum(hits_total{kind!="a"})`), panel: "P", want: `sum(hits_total{job="m", pod=~"$pod", kind=~"$kind", kind!="a"})`},

	{sentence: "4 $window is the window beside the query", spec: tenMetrics + windowed(`sum(rate(hits_total[$window]))`, "30m"), panel: "P", want: `sum(rate(hits_total{job="m", pod=~"$pod"}[30m]))`},
	{sentence: "4 at least four scrapes", workspace: "prometheus: {scrape_interval: 2m}\n", spec: tenMetrics + windowed(`sum(rate(hits_total[$window]))`, "1m"), panel: "P", want: `sum(rate(hits_total{job="m", pod=~"$pod"}[8m]))`},
	{sentence: "4 5m where nothing is said", spec: tenMetrics + "alerts: [{name: A, query: 'sum(rate(hits_total[$window]))', above: 1}]\n", alert: "A", want: `sum(rate(hits_total{job="m"}[5m])) > 1`},
	{sentence: "4 in dashboards what suits the zoom, inside rate", spec: tenMetrics + panelOf(`sum(rate(hits_total[$window]))`), panel: "P", want: `sum(rate(hits_total{job="m", pod=~"$pod", kind=~"$kind"}[$__rate_interval]))`},
	{sentence: "4 and irate", spec: tenMetrics + panelOf(`sum(irate(hits_total[$window]))`), panel: "P", want: `sum(irate(hits_total{job="m", pod=~"$pod", kind=~"$kind"}[$__rate_interval]))`},
	{sentence: "4 not inside increase", spec: tenMetrics + panelOf(`sum(increase(hits_total[$window]))`), panel: "P", want: `sum(increase(hits_total{job="m", pod=~"$pod", kind=~"$kind"}[5m]))`},
	{sentence: "4 everywhere else the literal", spec: tenMetrics + windowed(`sum(increase(hits_total[$window]))`, "10m"), panel: "P", want: `sum(increase(hits_total{job="m", pod=~"$pod"}[10m]))`},
	{sentence: "4 the literal before Grafana 7.2", workspace: "grafana: {version: '7.1'}\n", spec: tenMetrics + panelOf(`sum by (kind) (rate(hits_total[$window]))`), panel: "P", want: `sum by (kind) (rate(hits_total{job="m", pod=~"$pod", kind=~"$kind"}[5m]))`},
	{sentence: "4 window: range is the time range on show", spec: tenMetrics + windowed(`sum(increase(hits_total[$window]))`, "range"), panel: "P", want: `sum(increase(hits_total{job="m", pod=~"$pod"}[$__range]))`},
	{sentence: "4 an alert has no time range", spec: tenMetrics + windowed(`sum(increase(hits_total[$window]))`, "range") + "alerts: [{name: A, panel: P, above: 1}]\n", want: "the panel `P` shows the whole time range"},
	{sentence: "4 a literal range is kept", spec: tenMetrics + panelOf(`sum(rate(hits_total[3m]))`), panel: "P", want: `sum(rate(hits_total{job="m", pod=~"$pod", kind=~"$kind"}[3m]))`},

	{sentence: "5 a plain number is in the unit of the query", spec: tenMetrics + "alerts: [{name: A, query: 'histogram_quantile(0.5, sum by (le) (rate(lat_bucket[5m])))', above: 0.3}]\n", alert: "A",
		want: `histogram_quantile(0.5, sum by (le) (rate(lat_bucket{job="m"}[5m]))) > 0.3`},
	{sentence: "5 one with a unit is converted exactly", spec: tenMetrics + "alerts: [{name: A, query: 'histogram_quantile(0.5, sum by (le) (rate(lat_bucket[5m])))', above: 300.7us}]\n", alert: "A",
		want: `histogram_quantile(0.5, sum by (le) (rate(lat_bucket{job="m"}[5m]))) > 0.0003007`},
	{sentence: "5 a percentage is a share", spec: tenMetrics + "alerts: [{name: A, query: 'sum(rate(hits_total{kind=\"a\"}[5m])) / sum(rate(hits_total[5m]))', above: 29.7%}]\n", alert: "A",
		want: `sum(rate(hits_total{job="m", kind="a"}[5m])) / sum(rate(hits_total{job="m"}[5m])) > 0.297`},
	{sentence: "5 a unit of something else is an error", spec: tenMetrics + "alerts: [{name: A, query: max(heat), above: 3GiB}]\n", want: "`3GiB`"},
	{sentence: "5 a duration has a unit", spec: tenMetrics + "alerts: [{name: A, query: max(heat), above: 3, for: 300}]\n", want: "`300` has no unit"},

	{sentence: "6 values are text as written", spec: tenMetrics + "dashboard: {variables: [code], rows: [{title: R, panels: [{title: P, query: 'sum by (code) (hits_total)'}]}]}\n", panel: "P", want: `sum by (code) (hits_total{job="m", pod=~"$pod", code=~"$code"})`},
	{sentence: "6 own labels are closed", spec: tenMetrics + "dashboard: {variables: [colour], rows: [{title: R, panels: [{title: P, query: max(heat)}]}]}\n", want: "no metric of the model has the label `colour`"},
	{sentence: "6 target labels are open", spec: tenMetrics + "dashboard: {variables: [namespace], rows: [{title: R, panels: [{title: P, query: max(heat)}]}]}\n", panel: "P", want: `max(heat{job="m", container!="", pod=~"$pod", namespace=~"$namespace"})`},

	{sentence: "7 an alert of the same name changes the fields it gives", spec: tenMetrics + "alerts: [{name: TargetsDown, below: 90%}]\n", alert: "TargetsDown", want: `ml_model:up:ratio{ml_model="m"} < 0.9`},
	{sentence: "7 a metric of the same name changes the fields it gives", spec: "selector: {job: m}\nuses: [{profile: one}]\nmetrics: {shared_load: {labels: {zone: [a, b]}, selector: {zone: a}}}\ndashboard: {rows: [{title: R, panels: [{title: P, query: max(shared_load)}]}]}\n", panel: "P", want: `max(shared_load{job="m", zone="a"})`},
	{sentence: "7 a panel of the same title changes the fields it gives", spec: "selector: {job: m}\nuses: [{profile: one}]\ndashboard: {panels: [{title: Load, query: min(shared_load)}]}\n", panel: "Load", want: `min(shared_load{job="m"})`},
	{sentence: "7 omit leaves it out", spec: "selector: {job: m}\nuses: [{profile: one}]\nmetrics: {shared_load: {omit: not here}}\ndashboard: {rows: [{title: R, panels: [{title: P, query: max(shared_load)}]}]}\n", want: "unknown metric `shared_load`"},
	{sentence: "7 what is not there cannot be left out", spec: tenMetrics + "alerts: [{name: TargetDown, omit: no}]\n", want: "`omit` takes the reason"},

	{sentence: "8 a member's rules select it", spec: strings.Replace(tenMetrics, "replicas", "members: {kind: [a]}\nreplicas", 1) + "alerts: [{name: A, query: sum(hits_total), above: 1}]\n", alert: "A", want: `sum(hits_total{job="m", kind="a"}) > 1`},
	{sentence: "8 the dashboard has a variable", spec: strings.Replace(tenMetrics, "replicas", "members: {kind: [a]}\nreplicas", 1) + "dashboard: {rows: [{title: R, panels: [{title: P, query: sum(hits_total)}]}]}\n", panel: "P", want: `sum(hits_total{job="m", kind="$kind", pod=~"$pod"})`},
	{sentence: "8 a rule without the label is an error", spec: strings.Replace(tenMetrics, "replicas", "members: {kind: [a]}\nreplicas", 1) + "alerts: [{name: A, query: max(heat), above: 1}]\n", want: "the alert `A` reads nothing that has the label `kind`"},
	{sentence: "8 it may be a label of the target", spec: "selector: {namespace: ml}\nmembers: {job: [m-at, m-de]}\nalerts: [{name: A, query: avg(up), below: 1}]\n", alert: "A", want: `avg(up{namespace="ml", job="m-at"}) < 1`},
	{sentence: "8 a label that nothing has tells nobody apart", spec: strings.Replace(tenMetrics, "replicas", "members: {country: [a]}\nreplicas", 1), want: "no metric has the label `country`"},

	{sentence: "9 texts know nothing else", spec: tenMetrics + "alerts: [{name: A, query: max(heat), above: 1, summary: '{{ $host }}'}]\n", want: "a text cannot say `{{ $host }}`"},
	{sentence: "9 what is known now is a text", spec: tenMetrics + "alerts: [{name: A, query: max(heat), above: 1, summary: '{{ $model }} {{ $owner }} {{ $alert }} {{ $threshold }}'}]\n", summary: "A", want: "m team A 1 °C"},
	{sentence: "9 legends are Grafana's", spec: tenMetrics + "dashboard: {rows: [{title: R, panels: [{title: P, query: sum by (kind) (hits_total), legend: '{{kind}} $x'}]}]}\n", legend: "P", want: "{{kind}} $x"},
	{sentence: "9 environments come later", spec: tenMetrics + "alerts: [{name: A, query: max(heat), above: 1, summary: '{{ $environment }}'}]\n", want: "`{{ $environment }}`"},
}

func TestTenRules(t *testing.T) {
	profiles := map[string]string{
		"one":    "metrics: {shared_load: {type: gauge}}\ndashboard: {rows: [{storey: infrastructure, panels: [{title: Load, query: max(shared_load)}]}]}\n",
		"two":    "metrics: {shared_load: {type: gauge}}\n",
		"closed": "metrics: {tight: {type: gauge}}\ntarget_labels: [job]\n",
	}
	for _, r := range readings {
		t.Run(r.sentence, func(t *testing.T) {
			workspace := ""
			if r.workspace != "" {
				workspace = "version: mlobs/v1\n" + r.workspace
			}
			p, rep := buildWith(t, workspace, tenHead+r.spec, profiles)
			switch {
			case r.panel+r.alert+r.summary+r.legend == "":
				if list := rep.All(); len(list) != 1 || !strings.Contains(list[0].Message, r.want) {
					t.Errorf("says\n%s\nwant %s", listing(rep), r.want)
				}
			case p == nil:
				t.Error(listing(rep))
			case r.alert != "":
				if got := alertNamed(t, p, r.alert).Expr; got != r.want {
					t.Errorf("\n%s\nwant\n%s", got, r.want)
				}
			case r.summary != "":
				if got := literal(alertNamed(t, p, r.summary).Summary); got != r.want {
					t.Errorf("%s\nwant %s", got, r.want)
				}
			case r.legend != "":
				if got := panelTitled(t, p.Dashboard, r.legend).Queries[0].Legend; got != r.want {
					t.Errorf("%s\nwant %s", got, r.want)
				}
			default:
				if got := panelTitled(t, p.Dashboard, r.panel).Queries[0].Expr; got != r.want {
					t.Errorf("\n%s\nwant\n%s", got, r.want)
				}
			}
		})
	}
	// Every rule is there.
	for i := 1; i <= 9; i++ {
		found := 0
		for _, r := range readings {
			if strings.HasPrefix(r.sentence, fmt.Sprint(i, " ")) {
				found++
			}
		}
		if found == 0 {
			t.Errorf("nothing is shown of rule %d", i)
		}
	}
}
