package alerts

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// routedWorkspace has four contacts, and routes behind which one is never reached.
func routedWorkspace() *plan.Workspace {
	ws := unifiedPlan().Workspace
	ws.Contacts = contacts()
	ws.Routes = []plan.Route{
		{Severity: plan.Page, Owner: "wine-ml", To: "pager"},
		{Owner: "wine-ml", To: "wine-ml"},
		{To: "oncall"},
		{Severity: plan.Notice, To: "bot"},
	}
	return ws
}

const contactPoints12 = generators.Header + `apiVersion: 1
contactPoints:
  - orgId: 1
    name: oncall
    receivers:
      - uid: oncall
        type: slack
        settings:
          recipient: '#ml-oncall'
          url: $SLACK_URL
  - orgId: 1
    name: wine-ml
    receivers:
      - uid: wine-ml
        type: email
        settings:
          addresses: wine$$5@example.org
  - orgId: 1
    name: pager
    receivers:
      - uid: pager
        type: pagerduty
        settings:
          integrationKey: $__file{/run/secrets/pagerduty}
  - orgId: 1
    name: bot
    receivers:
      - uid: bot
        type: webhook
        settings:
          url: $BOT_URL
`

const policies12 = generators.Header + `# Grafana has one tree of policies: this file takes the place of all of it. Leave it out where others have routes.
apiVersion: 1
policies:
  - orgId: 1
    receiver: oncall
    group_by: [grafana_folder, alertname]
    routes:
      - receiver: oncall
        object_matchers:
          - [ml_model, =~, ".+"]
        routes:
          - receiver: pager
            object_matchers:
              - [severity, "=", critical]
              - [owner, "=", wine-ml]
          - receiver: wine-ml
            object_matchers:
              - [owner, "=", wine-ml]
`

func TestNotificationFiles(t *testing.T) {
	ws := routedWorkspace()
	files, err := Unified().Workspace(ws)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ path, text string }{
		{"grafana-alerting/_contact-points.yaml", contactPoints12},
		{"grafana-alerting/_policies.yaml", policies12},
	} {
		if files[i].Path != want.path {
			t.Errorf("path %s", files[i].Path)
		}
		if diff := cmp.Diff(want.text, string(files[i].Data)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.path, diff)
		}
		if problems := Check(files[i], ws); len(problems) > 0 {
			t.Errorf("problems: %v", problems)
		}
	}
	ws.Contacts = nil
	if files, err := Unified().Workspace(ws); err != nil || files != nil {
		t.Errorf("without contacts: got %v, %v", files, err)
	}
}

// The root of the tree has a contact, whatever the routes are.
func TestPolicyRoot(t *testing.T) {
	for _, test := range []struct {
		name     string
		contacts int
		routes   []plan.Route
		root     string
		below    int
	}{
		{"one contact", 1, nil, "oncall", 0},
		{"one route for all", 2, []plan.Route{{To: "wine-ml"}}, "wine-ml", 0},
		{"no route for all", 2, []plan.Route{{Owner: "a", To: "oncall"}, {Owner: "b", To: "wine-ml"}}, "wine-ml", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			ws := routedWorkspace()
			ws.Contacts, ws.Routes = ws.Contacts[:test.contacts], test.routes
			files, err := notificationFiles(ws)
			if err != nil {
				t.Fatal(err)
			}
			var file struct{ Policies []readPolicy }
			if err := yaml.Unmarshal(files[1].Data, &file); err != nil {
				t.Fatal(err)
			}
			root, below := file.Policies[0], 0
			if len(root.Routes) > 0 {
				below = len(root.Routes[0].Routes)
			}
			if root.Receiver != test.root || below != test.below {
				t.Errorf("root %s, %d routes below", root.Receiver, below)
			}
		})
	}
}

// A severity's label may be any text: Grafana expands the file of policies, too.
func TestPolicyStrangers(t *testing.T) {
	for _, s := range strangers {
		ws := routedWorkspace()
		ws.Severities[plan.Page] = "x" + s
		files, err := notificationFiles(ws)
		if err != nil {
			t.Fatal(err)
		}
		if problems := Check(files[1], ws); len(problems) > 0 {
			t.Errorf("%q: %v", s, problems)
		}
		var file struct{ Policies []readPolicy }
		if err := yaml.Unmarshal(files[1].Data, &file); err != nil {
			t.Errorf("%q: %v", s, err)
			continue
		}
		if got := grafanaExpands(file.Policies[0].Routes[0].Routes[0].Matchers[0][2]); got != "x"+s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

// The recipient of Slack is a template, after the expansion.
func TestContactStrangers(t *testing.T) {
	for _, s := range strangers {
		point, err := contactPoint(plan.Contact{Name: "c", UID: "c", Kind: "slack", Settings: []plan.Setting{{Name: "channel", Value: "#" + s}, {Name: "url", Env: "URL"}}})
		if err != nil {
			t.Fatal(err)
		}
		var back struct {
			Receivers []struct{ Settings map[string]string }
		}
		if err := point.Decode(&back); err != nil {
			t.Fatal(err)
		}
		settings := back.Receivers[0].Settings
		if got, err := expandUnified(grafanaExpands(settings["recipient"]), nil, nil); err != nil || got != "#"+s || settings["url"] != "$URL" {
			t.Errorf("%q became %q, %v", s, got, err)
		}
	}
}

func TestContactRefusals(t *testing.T) {
	for want, c := range map[string]plan.Contact{
		"unknown kind":    {Kind: "pigeon"},
		"unknown setting": {Kind: "slack", Settings: []plan.Setting{{Name: "chanel", Value: "#x"}}},
		"no name of an":   {Kind: "slack", Settings: []plan.Setting{{Name: "url", Env: "SLACK-URL"}}},
	} {
		ws := routedWorkspace()
		ws.Contacts = []plan.Contact{c}
		if files, err := notificationFiles(ws); err == nil || files != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v, %v", want, files, err)
		}
	}
}

func TestCheckContactPoints(t *testing.T) {
	one := func(s string) string {
		return "apiVersion: 1\ncontactPoints:\n- {name: a, receivers: [{uid: a, " + s + "}]}\n"
	}
	for _, test := range []struct{ name, file, want string }{
		{"fine", contactPoints12, ""},
		{"no YAML", "contactPoints: [", "did not find expected node"},
		{"unknown key", "apiVersion: 1\ncontactpoints: []\n", "field contactpoints not found"},
		{"two documents", "apiVersion: 1\n---\napiVersion: 1\n", "several YAML documents"},
		{"no version", "contactPoints: []\n", "have the version 1"},
		{"no name", "apiVersion: 1\ncontactPoints:\n- {receivers: []}\n", "contactPoints[0].name: missing"},
		{"same name", "apiVersion: 1\ncontactPoints:\n- {name: a}\n- {name: a}\n", "`a` is taken by contactPoints[0]"},
		{"bad uid", "apiVersion: 1\ncontactPoints:\n- {name: a, receivers: [{uid: a b, type: webhook, settings: {url: x}}]}\n", "`a b` is no uid"},
		{"same uid", "apiVersion: 1\ncontactPoints:\n- {name: a, receivers: [{uid: a, type: x, settings: {b: c}}, {uid: a, type: x, settings: {b: c}}]}\n", "`a` is taken by contactPoints[0].receivers[0]"},
		{"no settings", one("type: webhook"), "settings: missing"},
		{"no url", one("type: slack, settings: {recipient: '#a'}"), "`slack` needs `url` or `token`"},
		{"empty url", one("type: webhook, settings: {url: ''}"), "`webhook` needs `url`"},
		{"lost dollar", one("type: webhook, settings: {url: 'https://x?a=$5'}"), "settings.url: a `$` that begins no variable"},
		{"others' kinds", one("type: telegram, settings: {chatid: x}"), ""},
	} {
		t.Run(test.name, func(t *testing.T) { expectProblem(t, CheckContactPoints([]byte(test.file)), test.want) })
	}
}

func TestCheckPolicies(t *testing.T) {
	one := func(s string) string {
		return "apiVersion: 1\npolicies:\n- {receiver: oncall, routes: [{" + s + "}]}\n"
	}
	for _, test := range []struct{ name, file, want string }{
		{"fine", policies12, ""},
		{"unknown key", one("matcher: []"), "field matcher not found"},
		{"no receiver", "apiVersion: 1\npolicies: [{}]\n", "the root of the tree"},
		{"matchers at the root", "apiVersion: 1\npolicies: [{receiver: oncall, object_matchers: [[a, '=', b]]}]\n", "the root of the tree"},
		{"stranger", one("receiver: nobody"), "policies[0].routes[0].receiver: there is no contact point `nobody`"},
		{"two parts", one("object_matchers: [[a, b]]"), "a matcher is a label"},
		{"operator", one("object_matchers: [[a, '==', b]]"), "a matcher is a label"},
		{"regular expression", one("object_matchers: [[a, '=~', '(']]"), "missing closing )"},
		{"lost dollar", one("object_matchers: [[a, '=', 'b$']]"), "object_matchers[0]: a `$`"},
	} {
		t.Run(test.name, func(t *testing.T) {
			expectProblem(t, CheckPolicies([]byte(test.file), Server{Contacts: []string{"oncall", "pager", "wine-ml"}}), test.want)
		})
	}
}
