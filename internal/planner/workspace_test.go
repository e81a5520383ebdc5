package planner

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

const v1 = "version: mlobs/v1\n"

// twoContacts are what routes need; their secrets are in files, where everybody can read them.
const twoContacts = `contacts:
  a: {slack: {url: {file: /run/a}}}
  b: {email: {to: b@example.org}}
`

// What is emitted decides where Prometheus's rules go: recordings somewhere in any case, alerts where one
// asked for rules.
func TestEmit(t *testing.T) {
	type files struct{ Dashboards, Prometheus, Kubernetes, Alertmanager, Alerts bool }
	for _, test := range []struct {
		workspace string
		want      files
	}{
		{"", files{Dashboards: true, Prometheus: true, Alerts: true}},
		{"emit: [dashboards]\n", files{Dashboards: true, Prometheus: true}},
		{"emit: [prometheus]\n", files{Prometheus: true, Alerts: true}},
		{"emit: [kubernetes]\n", files{Kubernetes: true, Alerts: true}},
		{"emit: [prometheus, kubernetes]\n", files{Prometheus: true, Kubernetes: true, Alerts: true}},
		{"alerting: grafana\n", files{Dashboards: true, Prometheus: true}},
		{"emit: [kubernetes, alertmanager]\ncontacts: {a: {email: {to: a@example.org}}}\n", files{Kubernetes: true, Alertmanager: true, Alerts: true}},
	} {
		ws := mustBuild(t, v1+test.workspace, base).Workspace
		got := files{ws.EmitDashboards, ws.EmitPrometheus, ws.EmitKubernetes, ws.EmitAlertmanager, ws.PrometheusAlerts}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.workspace, diff)
		}
	}
}

func TestWorkspaceDecisions(t *testing.T) {
	ws := mustBuild(t, v1+twoContacts+`alerting: [prometheus, grafana]
severities: {page: critical, ticket: warning}
routes: [{severity: page, owner: team, to: a}, {to: b}]
kubernetes: {namespace: monitoring, labels: {release: stack, app.kubernetes.io/part-of: ml}}
`, base).Workspace
	if !ws.PrometheusAlerts || !ws.UnifiedAlerts || ws.LegacyAlerts {
		t.Errorf("evaluators: %+v", ws)
	}
	for _, c := range []struct{ want, got any }{
		{map[plan.Severity]string{plan.Page: "critical", plan.Ticket: "warning", plan.Notice: "info"}, ws.Severities},
		{[]plan.Route{{Severity: plan.Page, Owner: "team", To: "a"}, {To: "b"}}, ws.Routes},
		{plan.Kubernetes{Namespace: "monitoring", Labels: []plan.Label{{Name: "app.kubernetes.io/part-of", Value: "ml"}, {Name: "release", Value: "stack"}}}, ws.Kubernetes},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestWorkspaceFaults(t *testing.T) {
	for _, test := range []struct{ name, workspace, want string }{
		{"no evaluator", "emit: [dashboards, alertmanager]\n" + twoContacts + "routes: [{to: a}]\n",
			"2:20 `alertmanager` is told of Prometheus's alerts, and Prometheus evaluates none | leave it out, or let Prometheus evaluate them: `alerting: prometheus`, and `prometheus` or `kubernetes` in `emit`\n"},
		{"Grafana evaluates", "alerting: grafana\nemit: [prometheus, alertmanager]\n" + twoContacts + "routes: [{to: a}]\n",
			"3:20 `alertmanager` is told of Prometheus's alerts, and Prometheus evaluates none | leave it out, or let Prometheus evaluate them: `alerting: prometheus`, and `prometheus` or `kubernetes` in `emit`\n"},
		{"nobody", "emit: [prometheus, alertmanager]\n",
			"2:20 `alertmanager` needs somebody to tell | add `contacts`, and `routes` if there are several\n"},
		{"no routes", "emit: [prometheus, alertmanager]\n" + twoContacts,
			"5:3 2 contacts, and nothing says who gets which alert | add `routes`, as in `routes: [{severity: page, to: a}, {to: b}]`\n"},
		{"no routes for Grafana", "alerting: grafana\n" + twoContacts,
			"5:3 2 contacts, and nothing says who gets which alert | add `routes`, as in `routes: [{severity: page, to: a}, {to: b}]`\n"},
		{"environment", "emit: [prometheus, alertmanager]\ncontacts: {a: {webhook: {url: {env: MY_URL}}}}\n",
			"3:37 Alertmanager reads no environment variable, such as `MY_URL` | name the file that holds the secret: `url: {file: /etc/alertmanager/secrets/my-url}`\n"},
		{"one label for two", "emit: [prometheus, alertmanager]\nseverities: {page: high, ticket: high, info: high}\n" + twoContacts + "routes: [{severity: page, to: a}, {to: b}]\n",
			"7:21 a route cannot tell `page` from `ticket`: both have the label `high` | give them different labels under `severities`, or leave `severity` out of the route\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, rep := build(t, v1+test.workspace, base)
			if diff := cmp.Diff(test.want, listing(rep)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	// Prometheus's own file of rules names no contact.
	if _, rep := build(t, v1+twoContacts+"severities: {page: high, ticket: high}\nroutes: [{severity: page, to: a}, {to: b}]\n", base); len(rep.All()) > 0 {
		t.Errorf("without routes in any file: %s", listing(rep))
	}
}

// What unified alerting compares is what Prometheus compares.
func TestAlertValue(t *testing.T) {
	p := mustBuild(t, v1+"alerting: [prometheus, grafana]\n", base+`alerts:
  - {name: Plain, query: sum(heat), above: 5}
  - {name: Reduced, query: heat, reduce: max, over: 10m, outside: [1, 2]}
  - {name: Recorded, query: "sum(rate(hits_total[5m]))", reduce: avg, over: 5m, below: 1}
  - {name: Gone, query: heat, absent: 5m}
  - {name: Whole, expr: heat > 5 and on (pod) heat < 9}
`)
	for name, want := range map[string]string{
		"Plain":    `sum(heat{service="s"})`,
		"Reduced":  `max_over_time(heat{service="s"}[10m])`,
		"Recorded": `avg_over_time(ml_model:hits:rate5m{ml_model="m"}[5m])`,
		"Gone":     "",
		"Whole":    "",
	} {
		if a := alertNamed(t, p, name); a.Value != want || !strings.Contains(a.Expr, a.Value) {
			t.Errorf("%s compares %q, want %q (%s)", name, a.Value, want, a.Expr)
		}
	}
	_, rep := build(t, v1+"alerting: grafana\n", base+"alerts: [{name: A, query: sum(heat), reduce: diff, over: 5m, above: 1}]\n")
	if got := listing(rep); !strings.Contains(got, "Prometheus has no reducer `diff`") {
		t.Errorf("a reducer of legacy alerts: %s", got)
	}
}

func TestScrape(t *testing.T) {
	const port = "scrape: {port: http, labels: {b: x, a: y}, interval: 5s}\n"
	for _, test := range []struct {
		name, workspace, selector, scrape string
		want                              *plan.Scrape
	}{
		{"all", "emit: [kubernetes]\n", "{service: s, namespace: ml}", "scrape: {port: http, path: /m, labels: {app: x}}\n",
			&plan.Scrape{Port: "http", Path: "/m", Interval: 15 * time.Second, Labels: []plan.Label{{Name: "app", Value: "x"}}, Namespaces: []string{"ml"}}},
		{"several namespaces", "emit: [kubernetes]\n", "{namespace: [ml, ml-2]}", port,
			&plan.Scrape{Port: "http", Interval: 5 * time.Second, Labels: []plan.Label{{Name: "a", Value: "y"}, {Name: "b", Value: "x"}}, Namespaces: []string{"ml", "ml-2"}}},
		{"any namespace", "emit: [kubernetes]\n", "{namespace: {matches: 'ml-.*'}}", port,
			&plan.Scrape{Port: "http", Interval: 5 * time.Second, Labels: []plan.Label{{Name: "a", Value: "y"}, {Name: "b", Value: "x"}}}},
		{"no port", "emit: [kubernetes]\n", "{service: s}", "scrape: {interval: 5s}\n", nil},
		{"no Kubernetes", "", "{service: s}", port, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := mustBuild(t, v1+test.workspace, strings.Replace(base, "{service: s}", test.selector, 1)+test.scrape)
			if diff := cmp.Diff(test.want, p.Scrape); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	_, rep := build(t, v1+"emit: [kubernetes]\n", base+"scrape: {port: http}\n")
	want := "10:16 a ServiceMonitor without labels would scrape every service | say by which labels the service is found: `scrape: {port: http, labels: {app: m}}`\n"
	if diff := cmp.Diff(want, listing(rep)); diff != "" {
		t.Errorf("no labels (-want +got):\n%s", diff)
	}
}
