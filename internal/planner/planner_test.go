package planner

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

const legacy = "version: mlobs/v1\ngrafana: {version: \"7.1\"}\nalerting: [prometheus, grafana-legacy]\n"

// TestContexts: one query, three contexts (DESIGN).
func TestContexts(t *testing.T) {
	text := base + `
dashboard:
  variables: [kind]
  rows:
    - title: R
      panels:
        - title: Rate
          query: |-
            sum by (kind) (rate(hits_total{kind="a"}[$window])) / on () group_left () sum(increase(hits_total[$window])) # note
        - title: Given
          window: 10m
          query: sum(rate(hits_total[$window]))
alerts:
  - {name: A, panel: Rate, above: 5}
  - {name: B, panel: Given, above: 5}
`
	for _, tt := range []struct{ workspace, panel, want string }{
		{"", "Rate", `sum by (kind) (rate(hits_total{service="s", pod=~"$pod", kind="a"}[$__rate_interval])) / on () group_left () sum(increase(hits_total{service="s", pod=~"$pod", kind=~"$kind"}[5m])) # note`},
		{legacy, "Rate", `sum by (kind) (rate(hits_total{service="s", pod=~"$pod", kind="a"}[5m])) / on () group_left () sum(increase(hits_total{service="s", pod=~"$pod", kind=~"$kind"}[5m])) # note`},
		{"", "Given", `sum(rate(hits_total{service="s", pod=~"$pod", kind=~"$kind"}[10m]))`},
	} {
		p := mustBuild(t, tt.workspace, text)
		if got := panelTitled(t, p.Dashboard, tt.panel).Queries[0].Expr; got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.panel, got, tt.want)
		}
	}
	p := mustBuild(t, legacy, text)
	rule := `sum by (kind) (rate(hits_total{service="s", kind="a"}[5m])) / on () group_left () sum(increase(hits_total{service="s"}[5m])) # note`
	if a := alertNamed(t, p, "A"); a.Query != rule || !strings.HasPrefix(a.Expr, rule+"\n") || !strings.HasSuffix(a.Expr, "> 5") {
		t.Errorf("alert A:\nquery %s\nexpr %s", a.Query, a.Expr)
	}
	if a := alertNamed(t, p, "B"); a.Expr != `sum(rate(hits_total{service="s"}[10m])) > 5` {
		t.Errorf("alert B: %s", a.Expr)
	}
}

func TestReduce(t *testing.T) {
	p := mustBuild(t, "", base+`
alerts:
  - {name: Plain, query: heat, reduce: avg, over: 10m, above: 80}
  - {name: Recorded, query: "sum by (kind) (rate(hits_total[5m]))", reduce: max, over: 5m, below: 0.5}
  - {name: Median, query: heat, reduce: median, over: 1h, outside: [10, 90]}
  - {name: Inside, query: heat, within: [40, 50]}
  - {name: Gone, query: 'heat{zone!="x"}', absent: 10m}
  - {name: Apart, expr: "sum(rate(hits_total[5m])) > 3"}
  - {name: Whole, expr: heat > 3 and on () sum(hits_total) > 1}
`)
	for name, want := range map[string]string{
		"Plain":    `avg_over_time(heat{service="s"}[10m]) > 80`,
		"Recorded": `max_over_time(ml_model_kind:hits:rate5m{ml_model="m"}[5m]) < 0.5`,
		"Median":   `quantile_over_time(0.5, heat{service="s"}[1h]) < 10 or quantile_over_time(0.5, heat{service="s"}[1h]) > 90`,
		"Inside":   `heat{service="s"} > 40 < 50`,
		"Gone":     `absent(heat{service="s", zone!="x"})`,
		"Apart":    `sum(rate(hits_total{service="s"}[5m])) > 3`,
		"Whole":    `heat{service="s"} > 3 and on () sum(hits_total{service="s"}) > 1`,
	} {
		if a := alertNamed(t, p, name); a.Expr != want {
			t.Errorf("%s: %s\n want %s", name, a.Expr, want)
		}
	}
	if a := alertNamed(t, p, "Whole"); a.Query != `count(heat{service="s"} > 3 and on () sum(hits_total{service="s"}) > 1) or vector(0)` || !a.Whole || a.Reduce != "last" || a.Limits[0].String() != "0" {
		t.Errorf("Whole in legacy: %+v", a)
	}
	if a := alertNamed(t, p, "Gone"); a.For.String() != "10m0s" || a.SilentWithoutData {
		t.Errorf("Gone: %+v", a)
	}
	var record *plan.Record
	for _, r := range p.Records {
		if r.Name == "ml_model_kind:hits:rate5m" {
			record = r
		}
	}
	if record == nil || record.Expr != `sum by (kind) (rate(hits_total{service="s"}[5m])) >= -Inf` {
		t.Errorf("the recorded query: %+v", record)
	}
}

// TestUnits: limits are converted exactly to the unit of their query.
func TestUnits(t *testing.T) {
	p := mustBuild(t, "", base+`
alerts:
  - {name: Slow, query: "histogram_quantile(0.9, sum by (le) (rate(lat_bucket[5m])))", above: 4.2ms}
  - {name: Share, query: 'sum(rate(hits_total{kind="a"}[5m])) / sum(rate(hits_total[5m]))', above: 12.5%}
`)
	for name, want := range map[string]string{"Slow": "0.0042", "Share": "0.125"} {
		if a := alertNamed(t, p, name); a.Limits[0].String() != want || !strings.HasSuffix(a.Expr, " > "+want) {
			t.Errorf("%s: %s", name, a.Expr)
		}
	}
}

// TestMerge: an entry with the name of a brought alert changes what it gives (LANGUAGE rule 7).
func TestMerge(t *testing.T) {
	text := strings.Replace(base, "lat: {", "lat: {role: latency, ", 1)
	if a := alertNamed(t, mustBuild(t, "", text), "LatencyHigh"); a.Limits[0].String() != "1" || a.For.Minutes() != 5 {
		t.Errorf("default: %+v", a)
	}
	p := mustBuild(t, "", text+"alerts: [{name: LatencyHigh, above: 250ms, warn: 100ms, severity: page}]\n")
	a := alertNamed(t, p, "LatencyHigh")
	if a.Limits[0].String() != "0.25" || a.For.Minutes() != 5 || a.Severity != plan.Page {
		t.Errorf("changed: %+v", a)
	}
	if panel := panelTitled(t, p.Dashboard, "Latency p95 by pod"); len(panel.Steps) != 3 || panel.Steps[1].From.String() != "0.1" || panel.Steps[2].From.String() != "0.25" {
		t.Errorf("the panel does not draw the alert's limits: %+v", panel.Steps)
	}
	p = mustBuild(t, "", text+"alerts: [{name: LatencyHigh, omit: known}]\n")
	for _, a := range p.Alerts {
		if a.Name == "LatencyHigh" {
			t.Error("omitted, and still there")
		}
	}
	for _, r := range p.Records {
		if strings.Contains(r.Expr, "lat:p95") {
			t.Errorf("recorded for nobody: %+v", r)
		}
	}
}

// TestFaults: each mistake gives its message, once, at its place. Line 10 is the first after base.
func TestFaults(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"unknown metric": {
			"dashboard: {rows: [{title: R, panels: [{title: P, query: 'rate(hit_total[5m])'}]}]}\n",
			"10:64 unknown metric `hit_total` | did you mean `hits_total`?\n"},
		"alert on a missing panel": {
			"dashboard: {rows: [{title: R, panels: [{title: Heat, query: max(heat)}]}]}\nalerts:\n  - {name: A, panel: Heet, above: 1}\n",
			"12:22 no panel `Heet` | did you mean `Heat`?\n"},
		"alert on one of two": {
			"dashboard:\n  rows:\n    - title: R\n      panels:\n        - title: P\n          query: {a: max(heat), b: min(heat)}\nalerts:\n  - {name: A, panel: P, above: 1}\n  - {name: B, panel: P/c, above: 1}\n",
			"17:22 the panel `P` has 2 queries | name one of them: `P/a`\n18:22 the panel `P` has no query with the legend `c` | did you mean `a`?\n"},
		"equal keys": {
			"dashboard:\n  rows:\n    - title: R\n      panels:\n        - {title: My panel, query: max(heat)}\n        - {title: My  Panel!, query: min(heat)}\n",
			"15:19 two panels have the key `my-panel` | the key comes from the title and keeps the panel's identity: give one of them another title, or an `id:`\n"},
		"no condition": {
			"alerts:\n  - {name: A, query: heat}\n",
			"11:12 the alert `A` has no condition | say when it fires: `above:`, `below:`, `outside:`, `within:` or `absent:`\n"},
		"wrong unit": {
			"alerts:\n  - {name: A, query: heat, above: 300ms}\n",
			"11:35 `300ms` is a quantity of seconds, but this is in celsius: write a plain number, or one with a unit that fits\n"},
		"warn beyond": {
			"alerts:\n  - {name: A, query: heat, above: 80, warn: 90}\n",
			"11:45 `warn: 90` is beyond the limit `above: 80 °C` | the softer limit is reached first: give one that is below it\n"},
		"variable in an alert": {
			"alerts:\n  - {name: A, query: 'max_over_time(heat[$__range])', above: 1}\n",
			"11:42 `$__range` has no value in an alert: only a dashboard has variables and a time range | write what it shall look at, as in `[5m]`\n"},
		"omit what nobody brings": {
			"alerts:\n  - {name: TargetDown, omit: x}\n",
			"11:12 no alert `TargetDown` to omit | did you mean `TargetsDown`?\n"},
		"circle": {
			"  a:b:c: {query: max(d:e:f)}\n  d:e:f: {query: max(a:b:c)}\n",
			"11:22 `a:b:c` is recorded from itself | recording rules must not form a circle\n"},
		"reduce without over": {
			"alerts:\n  - {name: A, query: heat, reduce: max, above: 1}\n",
			"11:28 `reduce` without `over` | say over which time: `over: 5m`\n"},
		"legacy reducer": {
			"alerts:\n  - {name: A, query: heat, reduce: diff, over: 5m, above: 1}\n",
			"11:36 Prometheus has no reducer `diff`: only Grafana's legacy alerts have | use one of max, min, avg, median, last\n"},
		"variable without a metric": {
			"dashboard: {variables: [knd]}\n",
			"10:25 no metric of the model has the label `knd` | did you mean `kind`?\n"},
		"undefined variable": {
			"dashboard: {rows: [{title: R, panels: [{title: P, query: 'max(heat{zone=\"$pod\"}) + $x'}]}]}\n",
			"10:84 undefined variable `$x` | name its label under `dashboard: variables:`\n"},
		"labels that the rule sets": {
			"  teams_total: {type: counter, labels: {owner: [x, y]}}\n  c:b:a: {query: sum by (ml_model) (heat)}\nalerts:\n  - {name: A, query: 'sum by (severity) (heat)', above: 1}\n  - {name: B, query: teams_total, above: 1}\n",
			"11:26 the result has the label `ml_model`, which the rule sets itself | aggregate it away, or rename it with `label_replace`\n" +
				"13:31 the result has the label `severity`, which the rule sets itself | aggregate it away, or rename it with `label_replace`\n" +
				"14:12 the result has the label `owner`, which the rule sets itself | aggregate it away, or rename it with `label_replace`\n"},
		"a signal twice": {
			"alerts:\n  - {name: A, query: heat, above: 1, signal: S}\n  - {name: B, query: heat, above: 2, signal: S}\n",
			"12:46 two alerts have the signal `S` | a signal is one line of the strip: give it another name\n"},
		"alerts with one key": {
			"alerts:\n  - {name: SlowHeat, query: heat, above: 1}\n  - {name: slowheat, query: heat, above: 2}\n",
			"12:12 the alerts `SlowHeat` and `slowheat` have the same key `slowheat` | give one of them another name, or an `id:`\n"},
		"no vector": {
			"  r: {query: 'heat[5m]'}\nalerts:\n  - {name: A, query: '1', above: 1}\n  - {name: B, query: 'heat[5m]', above: 1}\n",
			"10:15 a recording rule records one value of each series, not a range of samples | put it into a function, as in `max_over_time(x[5m])` or `rate(x_total[5m])`\n" +
				"12:23 an alert compares series, and this is a single number | write `vector(…)` around it\n" +
				"13:23 an alert compares one value of each series, not a range of samples | put it into a function, as in `max_over_time(x[5m])` or `rate(x_total[5m])`\n"},
		"variables where nobody reads": {
			"  a:b:c: {query: 'sum(rate(hits_total{kind=\"$kind\"}[$foo]))'}\nalerts:\n  - {name: A, query: 'heat{pod=\"$pod\"}', above: 1}\n",
			"10:45 `$kind` has no value in a recording rule: only a dashboard has variables and a time range | write the value that it shall match\n" +
				"10:53 `$foo` has no value in a recording rule: only a dashboard has variables and a time range | write what it shall look at, as in `[5m]`\n" +
				"12:33 `$pod` has no value in an alert: only a dashboard has variables and a time range | write the value that it shall match\n"},
		"one message for one unknown metric": {
			"dashboard: {rows: [{title: R, panels: [{title: P, query: 'hit_total + hit_total'}, {title: Q, query: hit_total}]}]}\nalerts:\n  - {name: A, panel: Q, above: 1}\n",
			"10:59 unknown metric `hit_total` | did you mean `hits_total`?\n"},
		"a role of another unit": {
			"  speed: {type: histogram, role: latency}\n",
			"10:34 role `latency` is for seconds, and `speed` has no unit | say `unit: seconds` if it is that, or give it no role\n"},
		"which label is the class": {
			"  c_total: {type: counter, role: classes, labels: {x: 10}}\n",
			"10:34 no label of `c_total` has listed values: which one holds the predicted class? | list the classes, as in `labels: {label: [cat, dog]}`, or name the label: `across: label`\n"},
		"two roles alike": {
			"  l2: {type: histogram, unit: seconds, role: latency}\n  l3: {type: histogram, unit: seconds, role: latency}\n",
			"11:46 two metrics have the role `latency` | the role's panels and alerts are made for one metric: take the role from `l2` or `l3`\n"},
		"a variable with a meaning": {
			"  g: {type: gauge, labels: {baseline: 3}}\ndashboard: {variables: [baseline]}\n",
			"11:25 a variable cannot be called `baseline`: that name has a meaning of its own | give the label another name with `relabel_configs`, or leave the variable out\n"},
		"two rows alike": {
			"dashboard:\n  rows:\n    - {title: R, text: a, panels: [{title: P, query: heat}]}\n    - {title: R, text: b, panels: [{title: Q, query: heat}]}\n",
			"13:15 two rows have the title `R` | put the panels into one row, or give one of them another title\n"},
		"tables": {
			"dashboard:\n  rows:\n    - title: R\n      panels:\n        - {title: A, type: table, query: heat}\n        - {title: B, type: table, query: {x: max by (pod) (heat), y: max by (job) (heat)}}\n        - {title: C, type: table, query: {x: max by (pod) (heat), y: min by (pod) (heat)}}\n",
			"14:42 a table needs to know what tells its lines apart | aggregate by the label of the lines, as in `max by (pod) (…)`\n" +
				"15:70 the columns of a table have the same lines: this one has one for each `job`, the first has one for each `pod` | aggregate all queries by the same label, or make two panels\n"},
		"a window that nobody reads": {
			"dashboard: {rows: [{title: R, panels: [{title: P, window: 30m, query: heat}]}]}\nalerts:\n  - {name: A, query: heat, window: 1h, above: 1}\n",
			"10:59 `window` has no effect: the query does not read it | write `[$window]` as its range, or remove `window`\n" +
				"12:36 `window` has no effect: the query does not read it | write `[$window]` as its range, or remove `window`\n"},
		"a variable that filters nothing": {
			"dashboard: {variables: [kind], rows: [{title: R, panels: [{title: P, query: 'hits_total{kind=\"a\"}'}]}]}\n",
			"10:25 the variable `kind` filters nothing: no panel reads a metric with that label, unless its query chooses values itself | remove it, or add a panel that it can filter\n"},
		"the name of the signals": {
			"  ml_model:signal:state: {query: max(heat)}\n",
			"10:3 `ml_model:signal:state` is what mlobs-gen records the signals as | give it another name\n"},
		"an undefined variable in an alert is one mistake": {
			"alerts:\n  - {name: A, query: 'heat{job=\"$job\"} + $x', above: 1}\n",
			"11:33 `$job` has no value in an alert: only a dashboard has variables and a time range | write the value that it shall match\n" +
				"11:42 `$x` has no value in an alert: only a dashboard has variables and a time range | write what it shall look at, as in `[5m]`\n"},
	} {
		t.Run(name, func(t *testing.T) {
			p, rep := build(t, "", base+tt.text)
			if got := listing(rep); got != tt.want {
				t.Errorf("got:\n%swant:\n%s", got, tt.want)
			}
			if p != nil {
				t.Error("planned all the same")
			}
		})
	}
}

// TestChangedQuery: what a role said of its query says nothing of the author's.
func TestChangedQuery(t *testing.T) {
	text := strings.Replace(base, "lat: {", "lat: {role: latency, ", 1)
	p := mustBuild(t, "", text+"alerts: [{name: LatencyHigh, query: max(heat), above: 80}]\n")
	if a := alertNamed(t, p, "LatencyHigh"); a.Expr != `max(heat{service="s"}) > 80` || a.Warn != nil || a.For.Minutes() != 5 {
		t.Errorf("%+v", a)
	}
	if steps := panelTitled(t, p.Dashboard, "Latency p95 by pod").Steps; len(steps) > 0 {
		t.Errorf("the role's panel draws the limits of another query: %+v", steps)
	}
	// A limit beyond the softer one that the role brings leaves none.
	p = mustBuild(t, "", text+"alerts: [{name: LatencyHigh, above: 100ms}]\n")
	if a := alertNamed(t, p, "LatencyHigh"); a.Warn != nil {
		t.Errorf("warn %s above the limit %s", a.Warn, a.Limits[0])
	}
}

// TestBuildTwice: planning changes nothing of the spec.
func TestBuildTwice(t *testing.T) {
	text := base + "alerts: [{name: A, expr: max(heat) > 3, signal: S}]\n"
	var rep diag.Report
	lib := spec.NewLibrary(&rep)
	ws := spec.LoadWorkspace(nil, &rep)
	m := spec.Load(diag.NewFile("m.yaml", []byte(text)), ws, lib, &rep)
	planner, pws := New(lib), Workspace(ws, &rep)
	first := planner.Build(m, ws, pws, &rep)
	second := planner.Build(m, ws, pws, &rep)
	if first == nil || second == nil {
		t.Fatal(listing(&rep))
	}
	if diff := cmp.Diff(first.Alerts[1].Expr, second.Alerts[1].Expr); diff != "" || len(rep.All()) > 0 {
		t.Errorf("%s\n%s", diff, listing(&rep))
	}
}

// TestSlowScrapes: no window is shorter than four scrapes, and Grafana is told how far points lie apart.
func TestSlowScrapes(t *testing.T) {
	text := strings.Replace(base, "lat: {", "lat: {role: latency, ", 1) + `scrape: {interval: 2m}
dashboard: {rows: [{title: R, panels: [{title: P, window: 1m, query: 'sum(rate(hits_total[$window]))'}]}]}
`
	p := mustBuild(t, "", text)
	for _, r := range p.Records {
		if strings.Contains(r.Expr, "[5m]") || strings.Contains(r.Name, "rate5m") {
			t.Errorf("%s: %s", r.Name, r.Expr)
		}
	}
	if q := panelTitled(t, p.Dashboard, "P").Queries[0]; !strings.Contains(q.Expr, "[8m]") || q.MinStep != "2m" {
		t.Errorf("%+v", q)
	}
	if q := panelTitled(t, p.Dashboard, "Latency").Queries[0]; !strings.Contains(q.Expr, "[$__rate_interval]") || q.MinStep != "2m" {
		t.Errorf("%+v", q)
	}
}

// TestRoutes: the first route that fits; an alert that fits none would reach nobody.
func TestRoutes(t *testing.T) {
	workspace := "version: mlobs/v1\ngrafana: {version: \"7.1\"}\nalerting: grafana-legacy\ncontacts:\n  a: {email: {to: a@example.org}}\n  b: {email: {to: b@example.org}}\n"
	text := base + "alerts: [{name: A, query: heat, above: 1}]\n"
	p := mustBuild(t, workspace+"routes: [{severity: page, to: a}, {to: b}]\n", text)
	if got := alertNamed(t, p, "A").Notify; len(got) != 1 || got[0] != "b" {
		t.Errorf("A notifies %v", got)
	}
	if got := alertNamed(t, p, "TargetsDown").Notify; len(got) != 1 || got[0] != "a" {
		t.Errorf("TargetsDown notifies %v", got)
	}
	for routes, want := range map[string]string{
		"":                                    "2 contacts, and nothing says who gets which alert",
		"routes: [{severity: page, to: a}]\n": "no route fits alerts of severity `ticket` and owner `team`, such as `A`",
	} {
		if _, rep := build(t, workspace+routes, text); !strings.Contains(listing(rep), want) {
			t.Errorf("%q: %s", routes, listing(rep))
		}
	}
}

// TestRetention: what a role compares with a past that is not kept is left out.
func TestRetention(t *testing.T) {
	text := strings.Replace(base, "hits_total: {", "hits_total: {role: classes, ", 1)
	for retention, want := range map[string]bool{"15d": true, "1d": false} {
		p := mustBuild(t, "version: mlobs/v1\nprometheus: {retention: "+retention+"}\n", text)
		found := false
		for _, a := range p.Alerts {
			found = found || a.Name == "ClassMixDrift"
		}
		if found != want {
			t.Errorf("retention %s: ClassMixDrift %v", retention, found)
		}
		for _, r := range p.Records {
			if !want && strings.Contains(r.Expr, "offset 1d") {
				t.Errorf("retention %s: %s", retention, r.Expr)
			}
		}
	}
}

// TestChangedCondition: what an alert brought for its old condition goes with it.
func TestChangedCondition(t *testing.T) {
	text := strings.Replace(base, "lat: {", "lat: {role: latency, ", 1)
	p := mustBuild(t, "", text+"alerts: [{name: LatencyHigh, absent: 10m}]\n")
	if a := alertNamed(t, p, "LatencyHigh"); a.Op != plan.Absent || a.For.Minutes() != 10 {
		t.Errorf("%+v", a)
	}
	for _, r := range p.Records {
		for _, l := range r.Labels {
			if l.Value == "Latency p95" {
				t.Error("a signal of an alert without a value")
			}
		}
	}
	p = mustBuild(t, "", text+"alerts: [{name: TargetsDown, above: 50%}]\n")
	if a := alertNamed(t, p, "TargetsDown"); len(a.Description) > 0 || literal(a.Summary) != "TargetsDown of m: , above 50%" {
		t.Errorf("a text about the old direction stays: %+v %q", a.Description, literal(a.Summary))
	}
}

// TestPanelsNamedAlike: an author's panel with the title of a role's changes it and takes it along.
func TestPanelsNamedAlike(t *testing.T) {
	text := strings.Replace(base, "lat: {", "lat: {role: latency, ", 1)
	p := mustBuild(t, "", text+`dashboard: {rows: [{title: R, panels: [{title: Latency, query: max(heat)}]}]}
alerts:
  - {name: Own, panel: Latency, above: 1}
`)
	if a := alertNamed(t, p, "Own"); a.Expr != `max(heat{service="s"}) > 1` {
		t.Error(a.Expr)
	}
	found := 0
	for _, panel := range p.Dashboard.Panels {
		if panel.Title == "Latency" && panel.Kind == plan.TimeSeries {
			found++
			if panel.Key != "role/latency/latency" || panel.Queries[0].Expr != `max(heat{service="s", pod=~"$pod"})` || panel.Storey != storeyModel || panel.Description != "Limit: above 1 °C (Own)." {
				t.Errorf("%+v", panel)
			}
		}
	}
	if found != 1 {
		t.Errorf("%d panels", found)
	}
}

// TestUnusedReplicas: a variable that filters nothing is left out.
func TestUnusedReplicas(t *testing.T) {
	p := mustBuild(t, "", "version: mlobs/v1\nmodel: m\nowner: o\nselector: {job: x}\nreplicas: {pod: 2}\ntraffic: {every: 1d}\nmetrics: {g: {type: gauge}}\n")
	for _, v := range p.Dashboard.Variables {
		if v.Name == "pod" {
			t.Error("pod filters nothing")
		}
	}
}

// TestThresholds: the author's thresholds are lines in a graph.
func TestThresholds(t *testing.T) {
	p := mustBuild(t, "", base+"dashboard: {rows: [{title: R, panels: [{title: P, query: heat, thresholds: [green, 60, red]}]}]}\n")
	if panel := panelTitled(t, p.Dashboard, "P"); !panel.Lines || len(panel.Steps) != 2 || panel.Steps[1].From.String() != "60" || panel.Steps[1].Color != colorCritical {
		t.Errorf("%+v", panel)
	}
}
