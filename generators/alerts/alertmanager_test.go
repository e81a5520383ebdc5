package alerts

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// fileWorkspace has its secrets where Alertmanager can read them.
func fileWorkspace() *plan.Workspace {
	ws := routedWorkspace()
	ws.PrometheusAlerts, ws.EmitAlertmanager = true, true
	for _, c := range ws.Contacts {
		for i, s := range c.Settings {
			if s.Env != "" {
				c.Settings[i] = plan.Setting{Name: s.Name, Path: "/etc/alertmanager/secrets/" + c.Name}
			}
		}
	}
	return ws
}

const alertmanagerRoutes = generators.Header + `# A part of Alertmanager's configuration: add the routes to those of your root, the receivers to yours.
routes:
  - matchers:
      - ml_model=~".+"
    receiver: oncall
    group_by: [ml_model, alertname]
    routes:
      - matchers:
          - severity="critical"
          - owner="wine-ml"
        receiver: pager
      - matchers:
          - owner="wine-ml"
        receiver: wine-ml
receivers:
  - name: oncall
    slack_configs:
      - send_resolved: true
        channel: '#ml-oncall'
        api_url_file: /etc/alertmanager/secrets/oncall
  - name: wine-ml
    email_configs:
      - send_resolved: true
        to: wine$5@example.org
  - name: pager
    pagerduty_configs:
      - send_resolved: true
        routing_key_file: /run/secrets/pagerduty
  - name: bot
    webhook_configs:
      - send_resolved: true
        url_file: /etc/alertmanager/secrets/bot
`

func TestAlertmanager(t *testing.T) {
	ws := fileWorkspace()
	files, err := Alertmanager().Workspace(ws)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || files[0].Path != "alertmanager/routes.yaml" {
		t.Fatalf("files: %v", files)
	}
	if diff := cmp.Diff(alertmanagerRoutes, string(files[0].Data)); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
	if problems := Check(files[0], ws); len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
	ws.Routes = ws.Routes[:2] // none fits every alert: the rest is the root's
	files, err = alertmanagerFile(ws)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(files[0].Data), "receiver: oncall") {
		t.Errorf("got\n%s", files[0].Data)
	}
	ws.Contacts = nil
	if files, err := alertmanagerFile(ws); err != nil || files != nil {
		t.Errorf("without contacts: got %v, %v", files, err)
	}
}

// A severity's label may be any text; quotes and escapes are Go's.
func TestMatcherStrangers(t *testing.T) {
	for _, s := range strangers {
		ws := fileWorkspace()
		ws.Severities[plan.Page] = "x" + s
		files, err := alertmanagerFile(ws)
		if err != nil {
			t.Fatal(err)
		}
		if problems := Check(files[0], ws); len(problems) > 0 {
			t.Errorf("%q: %v", s, problems)
		}
		var file struct{ Routes []readRoute }
		if err := yaml.Unmarshal(files[0].Data, &file); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestReceiverRefusals(t *testing.T) {
	for want, c := range map[string]plan.Contact{
		"unknown kind":    {Kind: "pigeon"},
		"unknown setting": {Kind: "slack", Settings: []plan.Setting{{Name: "chanel", Value: "#x"}}},
		"is not in a":     {Kind: "slack", Settings: []plan.Setting{{Name: "url", Env: "SLACK_URL"}}},
	} {
		ws := fileWorkspace()
		ws.Contacts = []plan.Contact{c}
		if files, err := alertmanagerFile(ws); err == nil || files != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v, %v", want, files, err)
		}
	}
}

func TestCheckAlertmanager(t *testing.T) {
	one := func(s string) string { return "receivers:\n- {name: a, " + s + "}\n" }
	route := func(s string) string { return "receivers: [{name: a}]\nroutes: [{" + s + "}]\n" }
	for _, test := range []struct{ name, file, want string }{
		{"fine", alertmanagerRoutes, ""},
		{"unknown kind", one("pigeon_configs: []"), "field pigeon_configs not found"},
		{"no name", "receivers: [{slack_configs: []}]\n", "receivers[0].name: missing"},
		{"twice", "receivers: [{name: a}, {name: a}]\n", "`a` is there twice"},
		{"no url", one("slack_configs: [{channel: '#x'}]"), "slack_configs[0]: needs `api_url_file`"},
		{"secret", one("webhook_configs: [{url: https://x, url_file: /x}]"), "webhook_configs[0].url: a secret"},
		{"no receiver", route("receiver: b"), "there is no receiver `b`"},
		{"below", route("receiver: a, routes: [{receiver: b}]"), "routes[0].routes[0].receiver"},
		{"old matcher", route("match: {a: b}"), "field match not found"},
		{"no quotes", route("matchers: [a=b]"), "`a=b` is no matcher"},
		{"half a quote", route(`matchers: ['a="b"c"']`), "is no matcher"},
		{"regular expression", route(`matchers: ['a=~"("']`), "missing closing )"},
		{"group by", route("group_by: [a-b]"), "`a-b` is no label"},
	} {
		t.Run(test.name, func(t *testing.T) { expectProblem(t, CheckAlertmanager([]byte(test.file)), test.want) })
	}
}
