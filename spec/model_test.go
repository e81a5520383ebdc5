package spec

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// model loads a spec that must be sound.
func model(t testing.TB, ws *Workspace, text string) *Model {
	t.Helper()
	rep := &diag.Report{}
	m := Load(diag.NewFile("m.yaml", []byte(complete("m.yaml", text))), ws, NewLibrary(rep), rep)
	for _, line := range show(rep) {
		t.Error(line)
	}
	if m == nil {
		t.Fatal("no model")
	}
	return m
}

const whole = `version: mlobs/v1
model: cnn-cifar10
description: |
  One of ten classes
  for each image.
owner: vision-ml
links: [{title: Runbook, url: "https://runbooks.example.org/cnn?x=1#y"}]
selector:
  service: model-serving-10494
  job: [a.b, c]
  stage: {not: test}
  pod: {matches: 'model-.*'}
  zone: {not_matches: "eu-.*"}
  rack: {not: ""}
  one: [x]
replicas: {pod: 2, zone: [NO, SE], host: any}
scrape: {interval: 1s}
traffic: continuous
uses:
  - profile: kubernetes
    selector: {namespace: ml, pod: {matches: 'model-.*'}}
metrics:
  inference_time:
    type: histogram
    unit: seconds
    role: latency
    buckets: [1ms, 0.25, 1.5s, 1m]
    labels: {pid: 4, code: [NO, 1.10, 010, 404, "null", yes, 0x1F, 1e3, 2026-01-01, x]}
    range: [0, 5m]
    help: How long.
  size: {type: summary, unit: bytes, quantiles: [50%, 0.9], range: [0, +Inf]}
  prediction_total: {type: counter, role: classes, across: label, labels: {label: any}}
  temperature: {type: gauge, unit: celsius, range: [-Inf, 100], selector: {container: {not: ""}, pod: ""}}
  build_info: {type: info, labels: {version: 3}}
  clienty: {type: histogram, buckets: python}
  pid:predictions:rate5m:
    query: sum by (pid) (rate(prediction_total[5m]))
    unit: predictions/s
dashboard:
  time: now-30m
  variables: [label]
  rows:
    - title: Classes
      storey: model
      text: Look here.
      panels:
        - title: Predictions per class
          id: predictions
          description: What it is.
          type: timeseries
          query: sum by (label) (rate(prediction_total[$window]))
          legend: "{{label}} now"
          unit: predictions/s
          min: 0
          max: 10
          stack: true
          width: 12
          window: 30m
          thresholds: [red, 0.5, "#ff0", 0.7, dark-green]
        - title: Inference time
          query:
            p50: histogram_quantile(0.5, inference_time_bucket)
            "{{pod}} p90": |
              histogram_quantile(0.9,
                inference_time_bucket)
alerts:
  - name: SlowInference
    id: slow
    panel: Inference time/p50
    reduce: max
    over: 5m
    above: 4.2ms
    warn: 3ms
    for: 1m
    severity: page
    signal: Slow
    summary: P50 of {{$model}} is {{ $value }} on {{ $labels.pod }}
    description: |
      Above {{ $threshold }}.
      Ask {{ $owner }}.
  - {name: Outside, query: up, outside: [1, 2], window: 10m}
  - {name: Gone, query: up, absent: 10m, for: 0s}
  - {name: Raw, expr: up == 0, severity: info}
  - {name: CPUNearLimit, omit: by design}
  - {name: PodRestarts, above: 5}
`

const head = `version: mlobs/v1
model: m
owner: o
selector: {job: m}
`

const wholeSLOs = head + `slos:
  - name: answers
    objective: 99.95
    period: 28d
    errors: sum(increase(prediction_total{label="none"}[$window]))
    total: sum(increase(prediction_total[$window]))
    by: [pod, zone]
    selector: {stage: [gold, silver]}
    min_events: 100
    revision: v1.2
    description: |
      What we promise.
  - {name: good, objective: 99.9%, good: "sum(increase(a[$window]))", total: "sum(increase(b[$window]))"}
  - {name: role, objective: 1, role: requests}
  - {name: latency, objective: 99, latency: {metric: inference_time, under: 250ms}}
  - {name: default-latency, objective: 99, latency: {under: 0.25}}
  - {name: confident, objective: 50.5, share: {metric: clienty, above: 70%}}
  - {name: unsure, objective: 50.5, share: {metric: clienty, under: 0.3}}
  - {name: valid, objective: 50.5, share: {metric: prediction_total, good: {label: {not: none}}}}
  - {name: up, objective: 99, availability: targets}
  - {name: fresh, objective: 99, freshness: {metric: temperature, under: 1h30m}, period: 7d}
`

const wholeChecks = head + `checks:
  - drift: prediction_total
    across: label
    by: [pod]
    selector: {stage: gold}
    method: psi
    window: 1h
    against: {offset: 7d}
    min_samples: 500
    smoothing: 0.5
    significance: 1%
    warn: 0.1
    alert: 0.25
    for: 30m
    severity: page
    description: |
      Ask the shop.
  - name: features
    drift: [age, income]
    method: quantile
    quantile: 0.95
    against: {offsets: [7d, 14d, 21d]}
    except: {age: {warn: 0.2, alert: 40%}, income: {omit: new every day}}
    at_least: 1
  - {drift: {role: feature}, against: {reference: {a: 0.25, "0.5": 25%, NO: 0.5}}, alert: off}
  - {confidence: prediction_confidence, under: 0.5, against: {offset: 1w}}
  - {name: sure, confidence: prediction_confidence, above: 90%, method: share}
  - {collapse: prediction_total, method: entropy}
  - {silence: prediction_total, against: {offsets: [7d, 14d]}}
  - {quality: age, valid: [0, +Inf]}
  - {name: nulls, quality: rows_total, bad: {status: [missing, invalid]}}
  - {name: missing, quality: missing_total, of: rows_total}
  - {freshness: feature_time_seconds, alert: 1d}
  - {canary: inference_time, against: {version: stable}, quantile: 99%}
  - {evaluation: labeled_total, method: f1, truth: actual, predicted: guess, class: cat, delay: 3d, coverage: prediction_total, min_coverage: 80%}
  - {evaluation: {count: labels_total, squared: error_squared_total}}
  - {fairness: decisions_total, across: group, positive: {decision: yes}, actual: {outcome: paid}, reference: majority}
  - {external: drift_score, direction: above, range: [0, 1]}
  - {name: backlog, score: {query: max(backlog_rows), warn: 10, alert: 20, direction: above, unit: bytes}}
  - {name: other, score: {query: max(backlog_rows)}, warn: 10, alert: 20, direction: below, unit: ratio, window: 10m}
`

func TestLoadWhole(t *testing.T) {
	m := model(t, DefaultWorkspace(), whole)
	if m.Name.Value != "cnn-cifar10" || m.Title.Value != "cnn-cifar10" || m.Description.Value != "One of ten classes\nfor each image." || m.Owner.Value != "vision-ml" {
		t.Errorf("%+v", m)
	}
	if at := m.Owner.Span.Position(); at != (diag.Position{Line: 6, Column: 8}) {
		t.Errorf("owner at %v", at)
	}
	if len(m.Links) != 1 || m.Links[0].URL.Value != "https://runbooks.example.org/cnn?x=1#y" || m.ScrapeInterval != time.Second {
		t.Errorf("%+v", m.Links)
	}
	if len(m.Sources) != 2 || m.Sources[0].Name != "" || m.Sources[1].Name != "kubernetes" || m.Sources[0].Closed || !m.Sources[1].Closed {
		t.Fatalf("%+v", m.Sources)
	}
	var selector []string
	for _, s := range m.Sources[0].Selector {
		selector = append(selector, fmt.Sprintf("%s%s%q", s.Label, s.Op, s.Value))
	}
	if got, want := strings.Join(selector, ","), `service="model-serving-10494",job=~"a\\.b|c",stage!="test",pod=~"model-.*",zone!~"eu-.*",rack!="",one="x"`; got != want {
		t.Errorf("selector %s\nwant     %s", got, want)
	}
	if got := m.Sources[0].TargetLabels; strings.Join(got, " ") != "job instance namespace pod container endpoint service node" {
		t.Errorf("target labels %v", got)
	}
	if got := m.Sources[1].TargetLabels; strings.Join(got, " ") != "job instance metrics_path endpoint" || !slices.Contains(m.Sources[1].Share, "pod") {
		t.Errorf("target labels %v", got)
	}
	if got := fmt.Sprint(m.Replicas[0].Values, m.Replicas[1].Values, m.Replicas[2].Values); got != "{[] 2} {[NO SE] 2} {[] 0}" {
		t.Errorf("replicas %s", got)
	}
	if len(m.Uses) != 1 || m.Uses[0].Source != 1 || m.Uses[0].Profile.Name != "kubernetes" {
		t.Errorf("uses %+v", m.Uses[0])
	}
	alert := m.Alerts[0]
	if c := alert.Condition; c.Op != Above || c.Limits[0].Value != "4.2ms" || alert.Over.Value != 5*time.Minute || alert.Warn.Value != "3ms" || alert.Severity.Value != "page" || alert.ID.Value != "slow" {
		t.Errorf("%+v", alert)
	}
	if c := m.Alerts[1].Condition; c.Op != Outside || len(c.Limits) != 2 || m.Alerts[1].Window.Value != 10*time.Minute {
		t.Errorf("%+v", m.Alerts[1])
	}
	if c := m.Alerts[2].Condition; c.Op != Absent || c.AbsentFor.Value != 10*time.Minute || !m.Alerts[2].For.Given() {
		t.Errorf("%+v", m.Alerts[2])
	}
	if m.Alerts[3].Expr.Value != "up == 0" || m.Alerts[4].Omit.Value != "by design" || m.Alerts[5].Query != nil {
		t.Errorf("%+v", m.Alerts[3:])
	}
	var parts []string
	for _, p := range alert.Summary.Parts {
		parts = append(parts, p.Literal+"/"+p.Name+"/"+p.Label)
	}
	if got := strings.Join(parts, "|"); got != "P50 of //|/model/| is //|/value/| on //|/labels/pod" {
		t.Errorf("summary %s", got)
	}
}

func TestLoadWholeMetrics(t *testing.T) {
	m := model(t, DefaultWorkspace(), whole)
	found := map[string]*metric.Metric{}
	for _, x := range m.Metrics {
		found[x.Name] = x
	}
	lat := found["inference_time"]
	if fmt.Sprint(lat.Buckets) != "[0.001 0.25 1.5 60]" || lat.Unit != metric.Seconds() || lat.Role != "latency" || lat.RoleSpan.Text() != "latency" || lat.Range.High.String() != "300" || lat.Help != "How long." {
		t.Errorf("%+v", lat)
	}
	code, _ := lat.Label("code")
	if got := fmt.Sprintf("%q %d", code.Values.Exactly, code.Values.AtMost); got != `["NO" "1.10" "010" "404" "null" "yes" "0x1F" "1e3" "2026-01-01" "x"] 10` {
		t.Errorf("values of code: %s", got)
	}
	if s := found["size"]; fmt.Sprint(s.Quantiles) != "[0.5 0.9]" || s.Range.Low.String() != "0" || s.Range.High != nil {
		t.Errorf("%+v", s)
	}
	if x := found["temperature"]; x.Range.Low != nil || x.Range.High.String() != "100" || len(x.Selector) != 2 {
		t.Errorf("%+v", x)
	}
	if x := found["prediction_total"]; x.Across != "label" {
		t.Errorf("%+v", x)
	}
	if x := found["clienty"]; len(x.Buckets) != 14 || x.Buckets[4].String() != "0.075" {
		t.Errorf("%+v", x)
	}
	if x := found["pid:predictions:rate5m"]; x.Query == nil || x.Type != metric.Gauge || x.Unit.Name != "predictions/s" {
		t.Errorf("%+v", x)
	}
	// Metrics of a profile are copies: the library is shared by all models.
	if x := found["kube_pod_info"]; x.Source != 1 {
		t.Errorf("%+v", x)
	}
	for _, x := range NewLibrary(&diag.Report{}).Profile("kubernetes").Metrics {
		if x.Source != 0 {
			t.Errorf("%+v", x)
		}
	}
}

func TestLoadWholeDashboard(t *testing.T) {
	m := model(t, DefaultWorkspace(), whole)
	if m.Time.Value != "now-30m" || m.Variables[0].Value != "label" || len(m.Rows) != 1 {
		t.Fatalf("%+v", m)
	}
	row := m.Rows[0]
	if row.Title.Value != "Classes" || row.Storey.Value != "model" || row.Text.Value != "Look here." || len(row.Panels) != 2 {
		t.Fatalf("%+v", row)
	}
	p := row.Panels[0]
	if p.ID.Value != "predictions" || p.Type.Value != "timeseries" || p.Queries[0].Legend.Value != "{{label}} now" || p.Unit.Value.Grafana != "suffix:/s" || p.Min.Value != "0" || p.Max.Value != "10" || p.Stack == nil || !*p.Stack || p.Width != 12 || p.Window.Value != 30*time.Minute {
		t.Errorf("%+v", p)
	}
	if len(p.Thresholds) != 3 || p.Thresholds[0].Value.Given() || p.Thresholds[1].Value.Value != "0.5" || p.Thresholds[1].Color.Value != "#ff0" || p.Thresholds[2].Color.Value != "dark-green" {
		t.Errorf("%+v", p.Thresholds)
	}
	q := row.Panels[1].Queries
	if len(q) != 2 || q[0].Legend.Value != "p50" || q[1].Legend.Value != "{{pod}} p90" || !strings.Contains(q[1].Text.Value, "0.9,\n  inference") {
		t.Errorf("%+v", q)
	}
	at := strings.Index(q[1].Text.Value, "inference")
	if got := q[1].Text.Range(at, at+14); got.Text() != "inference_time" || got.Start != strings.LastIndex(string(m.File.Data), "inference_time_bucket") {
		t.Errorf("%q at %v", got.Text(), got.Position())
	}
	if span := row.Panels[0].Span.Text(); !strings.HasPrefix(span, "title: Predictions per class") || !strings.HasSuffix(span, "dark-green]") {
		t.Errorf("span of the panel: %q", span)
	}
}

func TestModelServerOfProfile(t *testing.T) {
	m := model(t, DefaultWorkspace(), "selector: {service: m}\nuses: [{profile: spell}]\nmetrics: {'spell:custom:accuracy': {type: gauge, unit: ratio}}\n")
	if len(m.Sources) != 1 || !m.Sources[0].Closed || len(m.Sources[0].TargetLabels) != 8 || m.Uses[0].Source != 0 {
		t.Errorf("%+v", m.Sources[0])
	}
	if m.ScrapeInterval != 15*time.Second || m.Title != m.Name {
		t.Errorf("%+v", m)
	}
}

// TestOlderNames: a version of the stack has its own names, and labels that only some have are no mistake.
func TestOlderNames(t *testing.T) {
	lib := shelved(t, map[string]string{"server": `
optional_labels: [Host, host]
metrics:
  load: {type: gauge, until: 2, renamed_to: load_ratio}
  load_ratio: {type: gauge, since: 2, unit: ratio}
`})
	load := func(uses string) *Model {
		t.Helper()
		rep := &diag.Report{}
		m := Load(diag.NewFile("m.yaml", []byte(complete("m.yaml", "uses: [{profile: server, "+uses+"}]\n"))), DefaultWorkspace(), lib, rep)
		if m == nil {
			t.Fatal(show(rep))
		}
		return m
	}
	old := load("version: '1.5', prefix: x_, rename: {labels: {Host: machine}}")
	if len(old.Metrics) != 1 || old.Metrics[0].Name != "x_load" || old.Metrics[0].RenamedTo != "x_load_ratio" {
		t.Errorf("%+v", old.Metrics)
	}
	labels := old.Sources[0].TargetLabels
	if !slices.Contains(labels, "machine") || !slices.Contains(labels, "host") || !slices.Contains(labels, "job") || slices.Contains(labels, "Host") || old.Sources[0].Closed {
		t.Errorf("%v", labels)
	}
	if newest := load("version: '2.0'"); len(newest.Metrics) != 1 || newest.Metrics[0].Name != "load_ratio" {
		t.Errorf("%+v", newest.Metrics)
	}
}

func TestAllows(t *testing.T) {
	m := model(t, DefaultWorkspace(), "# mlobs:allow some-rule: as it was\nalerts:\n  - {name: A, query: up, above: 1} # mlobs:allow other: why\n")
	if len(m.Allows) != 2 || m.Allows[1].Rule != "other" {
		t.Errorf("%+v", m.Allows)
	}
}

func TestWorkspace(t *testing.T) {
	load := func(text string) *Workspace {
		t.Helper()
		rep := &diag.Report{}
		ws := LoadWorkspace(diag.NewFile("mlobs.yaml", []byte(complete("x.mlobs.yaml", text))), rep)
		if ws == nil {
			t.Fatal(show(rep))
		}
		return ws
	}
	ws := load(`
specs: [a/*.yaml, b.yaml]
out: build/out
prometheus: {version: 3.10, scrape_interval: 1m, evaluation_interval: 1m, retention: 30d, target_labels: [job]}
grafana:
  version: 7.1
  url: https://grafana.example.org/sub
  datasource: {name: My Prometheus, uid: prom_1}
  folders: by-owner
alerting: [prometheus, grafana-legacy]
emit: [dashboards]
contacts:
  ops: {slack: {channel: "#ops", url: {env: SLACK_URL}}}
  wine-ml: {email: {to: wine@example.org}}
  hook: {webhook: {url: {file: /run/secrets/x}}}
  pager: {pagerduty: {integration_key: {env: KEY}}}
routes:
  - {severity: page, to: pager}
  - {owner: wine-ml, to: wine-ml}
  - {to: ops}
severities: {page: critical}
labels: {team: "007", cost: 1.10}
runbook: https://runbooks.example.org/{{ $model }}#{{ $alert }}
units: {EUR: currencyEUR}
`)
	if ws.PrometheusVersion.Value != "3.10" || ws.Grafana.Version.Value != "7.1" || ws.Retention.Value != 30*24*time.Hour || ws.ScrapeInterval.Value != time.Minute {
		t.Errorf("%+v", ws)
	}
	if len(ws.Specs) != 2 || len(ws.TargetLabels) != 1 || len(ws.Alerting) != 2 || len(ws.Emit) != 1 {
		t.Errorf("%+v", ws)
	}
	if ws.Severities["page"] != "critical" || ws.Severities["ticket"] != "ticket" || ws.Labels[0].Value.Value != "007" || ws.Labels[1].Value.Value != "1.10" {
		t.Errorf("%+v", ws)
	}
	if c := ws.Contacts; len(c) != 4 || c[0].Kind.Value != "slack" || c[0].Settings[1].Env.Value != "SLACK_URL" || c[2].Settings[0].Path.Value != "/run/secrets/x" || c[1].Settings[0].Value.Value != "wine@example.org" {
		t.Errorf("%+v", c)
	}
	if r := ws.Routes; len(r) != 3 || r[0].Severity.Value != "page" || r[1].Owner.Value != "wine-ml" || r[2].To.Value != "ops" {
		t.Errorf("%+v", r)
	}
	if len(ws.Runbook.Parts) != 4 || ws.Units.Extra["EUR"] != "currencyEUR" {
		t.Errorf("%+v", ws)
	}
	m := model(t, ws, "metrics: {cost: {type: gauge, unit: EUR}}\n")
	if m.Metrics[0].Unit.Grafana != "currencyEUR" || m.ScrapeInterval != time.Minute || m.Sources[0].TargetLabels[0] != "job" {
		t.Errorf("%+v", m.Metrics[0])
	}
	if ws := load("alerting: prometheus\n"); len(ws.Alerting) != 1 || ws.Grafana.Version.Value != "12" || ws.Out.Value != "generated" {
		t.Errorf("%+v", ws)
	}
	for _, v := range []string{"7.1", "7.1.5", "7.5", "8", "8.5", "9.4", "10.4", "11", "12", "12.2", "12.2.1", "13", "13.1"} {
		load("grafana: {version: " + v + "}\n")
	}
	if ws := LoadWorkspace(nil, &diag.Report{}); ws == nil || ws.File != nil {
		t.Error("no workspace without a file")
	}
}

func TestLibrary(t *testing.T) {
	lib := NewLibrary(&diag.Report{})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if p := lib.Role("classes"); p == nil || !p.Role || len(p.Types) != 1 {
				t.Errorf("%+v", p)
			}
		})
	}
	group.Wait()
	if lib.Profile("nothing") != nil || lib.Role("spell") != nil {
		t.Error("found what is not there")
	}
	first := lib.Profile("spell")
	if second := lib.Profile("spell"); first != second {
		t.Error("parsed twice")
	}
	last := ""
	for _, p := range append(lib.Profiles(), lib.Roles()...) {
		if p.Title == "" || p.File == nil {
			t.Errorf("%+v", p)
		}
		if p.Role == (last == "") && p.Name < last {
			t.Errorf("%s comes after %s", p.Name, last)
		}
		last = p.Name
	}
	classes := lib.Role("classes")
	for _, m := range classes.Metrics {
		if m.Name == "classes_undeclared" && (m.Select != "undeclared" || m.Of != "classes" || m.Type != metric.Counter || m.Across != "class" || len(m.Labels) != 1) {
			t.Errorf("%+v", m)
		}
	}
	if tile := classes.Tiles[0]; tile.Unless[0].Value != "requests" || tile.Decimals != 1 {
		t.Errorf("%+v", tile)
	}
	if c := lib.Profile("kubernetes").Columns; c[0].Label.Value != "node" || c[0].Decimals != -1 || c[1].Values[0].Text.Value != "yes" {
		t.Errorf("%+v", c[0])
	}
}

// shelved is a library of profiles that a test writes.
func shelved(t *testing.T, profiles map[string]string) *Library {
	t.Helper()
	lib := NewLibrary(&diag.Report{})
	for name, text := range profiles {
		rep := &diag.Report{}
		p := readProfile(diag.NewFile(name+".yaml", []byte("version: mlobs/v1\nprofile: "+name+"\ntitle: T\n"+text)), profileFile, rep)
		if p == nil {
			t.Fatal(show(rep))
		}
		s := &shelf{name: name, profile: p}
		s.once.Do(func() {})
		lib.profiles = append(lib.profiles, s)
	}
	return lib
}

func TestProfilesTogether(t *testing.T) {
	lib := shelved(t, map[string]string{
		"one":    "metrics: {x: {type: histogram}, up_one: {type: gauge}}\n",
		"two":    "metrics: {x_sum: {type: counter}}\ntarget_labels: [job]\n",
		"three":  "metrics: {y: {type: gauge, labels: {pod: 3}}, r: {query: sum(y)}}\ntarget_labels: [job, zone]\nshare: [job]\n",
		"opened": "metrics: {z: {type: gauge}}\n",
	})
	for text, want := range map[string]string{
		"selector: {job: m}\nuses: [{profile: one}, {profile: two, selector: {job: n}}]\n":          "", // two sources: `source:` tells them apart
		"selector: {job: m}\nuses: [{profile: one}, {profile: two}]\n":                              "m.yaml:2:24: error: the series `x_sum` of profile `two` is a counter, and another profile brings it as a histogram (give it another name here: `rename: {metrics: {x_sum: NAME}}`)",
		"selector: {job: m, pod: a}\nuses: [{profile: three}, {profile: one}]\n":                    "",
		"selector: {job: m, rack: a}\nuses: [{profile: three}, {profile: one}]\n":                   "m.yaml:1:20: error: metric `y` of profile `three` has no label `rack` (name a selector of its own for this profile: `selector: {LABEL: VALUE}`, with labels that all its metrics have)",
		"selector: {job: m, rack: a}\nuses: [{profile: opened}]\n":                                  "",
		"selector: {job: m}\nuses: [{profile: two}, {profile: three}]\nmetrics: {y: {type: x}}\n":   "m.yaml:3:21: error: `x` is not one of `counter`, `gauge`, `histogram`, `gaugehistogram`, `native_histogram`, `summary`, `info` ()",
		"selector: {job: m}\nuses: [{profile: two}, {profile: nothing}, {profile: [a], x: y}]\n":    "m.yaml:2:34: error: unknown profile `nothing` (`mlobs-gen profiles` lists them)",
		"selector: {job: m, job: n}\nuses: [{profile: opened, selector: {job: x, zone: {not: a}}}]": "m.yaml:1:20: error: `job` a second time in `selector` (a key can be written once)",
	} {
		rep := &diag.Report{}
		m := Load(diag.NewFile("m.yaml", []byte(complete("m.yaml", text+"\n"))), DefaultWorkspace(), lib, rep)
		got := strings.Join(show(rep), "\n")
		if !strings.HasPrefix(got, want) || (m != nil) != (want == "") {
			t.Errorf("%s\nsays %s\nwant %s", text, got, want)
		}
	}
	rep := &diag.Report{}
	m := Load(diag.NewFile("m.yaml", []byte(complete("m.yaml", "uses: [{profile: two}, {profile: three}, {profile: opened, selector: {a: b}}]\n"))), DefaultWorkspace(), lib, rep)
	if m == nil {
		t.Fatal(show(rep))
	}
	if s := m.Sources[0]; len(m.Sources) != 2 || !s.Closed || strings.Join(s.TargetLabels, " ") != "job zone" {
		t.Errorf("%+v", s)
	}
	if s := m.Sources[1]; s.Closed || s.Name != "opened" || len(s.TargetLabels) != 8 {
		t.Errorf("%+v", s)
	}
}
