package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Workspace decides what is true for all models of a run. It returns nil if it reported errors.
func Workspace(ws *spec.Workspace, rep *diag.Report) *plan.Workspace {
	failed := rep.Errors()
	version, err := grafanaVersion(ws.Grafana.Version.Value)
	if err != nil {
		rep.Errorf(ws.Grafana.Version.Span, "%s", err)
	}
	p := &plan.Workspace{
		Grafana: plan.Grafana{
			Version:        version,
			URL:            strings.TrimRight(ws.Grafana.URL.Value, "/"),
			DatasourceName: ws.Grafana.Datasource.Name.Value,
			DatasourceUID:  ws.Grafana.Datasource.UID.Value,
			FoldersByOwner: ws.Grafana.Folders.Value == "by-owner",
		},
		EvaluationInterval: ws.EvaluationInterval.Value, ScrapeInterval: ws.ScrapeInterval.Value,
		Policy: policy(ws),
		File:   ws.File, Allows: ws.Allows, Evaluators: ws.Alerting,
	}
	for _, a := range ws.Alerting {
		switch a.Value {
		case "prometheus":
			p.PrometheusAlerts = true
		case "grafana":
			p.UnifiedAlerts = true
		case "grafana-legacy":
			p.LegacyAlerts = true
		}
	}
	emit(ws, p, rep)
	if name := ws.Grafana.Datasource.Name; err == nil && !version.HasObjectDatasource() && strings.ContainsAny(name.Value, "$[") {
		rep.Errorf(name.Span, "Grafana %s would take `%s` for a variable", version, name.Value).
			WithHelp("give the data source a name without `$` and `[`")
	}
	p.Contacts = contacts(ws, rep)
	notifies := p.LegacyAlerts || p.UnifiedAlerts || p.EmitAlertmanager
	if notifies && len(p.Contacts) > 1 && len(ws.Routes) == 0 {
		rep.Errorf(ws.Contacts[1].Name.Span, "%d contacts, and nothing says who gets which alert", len(p.Contacts)).
			WithHelp("add `routes`, as in `routes: [{severity: page, to: %s}, {to: %s}]`", ws.Contacts[0].Name.Value, ws.Contacts[1].Name.Value)
	}
	routes(ws, p, rep)
	for _, l := range ws.Kubernetes.Labels {
		p.Kubernetes.Labels = append(p.Kubernetes.Labels, plan.Label{Name: l.Name.Value, Value: l.Value.Value})
	}
	sortLabels(p.Kubernetes.Labels)
	p.Kubernetes.Namespace = ws.Kubernetes.Namespace.Value
	if rep.Errors() > failed {
		return nil
	}
	return p
}

// emit decides what is written. Recordings go to Prometheus in any case, in its own file or in a resource
// of Kubernetes: dashboards and alerts of any kind read them. Its alerts go where one asked for its rules.
func emit(ws *spec.Workspace, p *plan.Workspace, rep *diag.Report) {
	var prometheus bool
	for _, e := range ws.Emit {
		switch e.Value {
		case "dashboards":
			p.EmitDashboards = true
		case "prometheus":
			prometheus = true
		case "kubernetes":
			p.EmitKubernetes = true
		case "alertmanager":
			p.EmitAlertmanager = true
		}
	}
	p.EmitPrometheus = prometheus || !p.EmitKubernetes
	p.PrometheusAlerts = p.PrometheusAlerts && (prometheus || p.EmitKubernetes)
	if !p.EmitAlertmanager {
		return
	}
	at := ws.Emit[slices.IndexFunc(ws.Emit, func(e diag.Located[string]) bool { return e.Value == "alertmanager" })].Span
	switch {
	case !p.PrometheusAlerts:
		rep.Errorf(at, "`alertmanager` is told of Prometheus's alerts, and Prometheus evaluates none").
			WithHelp("leave it out, or let Prometheus evaluate them: `alerting: prometheus`, and `prometheus` or `kubernetes` in `emit`")
	case len(ws.Contacts) == 0:
		rep.Errorf(at, "`alertmanager` needs somebody to tell").WithHelp("add `contacts`, and `routes` if there are several")
	default:
		for _, c := range ws.Contacts {
			secretsInFiles(c, rep)
		}
	}
}

// secretsInFiles reports secrets of a contact that Alertmanager cannot read.
func secretsInFiles(c spec.Contact, rep *diag.Report) {
	for _, s := range c.Settings {
		if s.Env.Given() {
			rep.Errorf(s.Env.Span, "Alertmanager reads no environment variable, such as `%s`", s.Env.Value).
				WithHelp("name the file that holds the secret: `%s: {file: /etc/alertmanager/secrets/%s}`", s.Name.Value, strings.ReplaceAll(strings.ToLower(s.Env.Value), "_", "-"))
		}
	}
}

// routes decides who is told of which alerts by the labels that alerts have. Legacy alerts name their
// contacts; for the others two severities that share a label are one.
func routes(ws *spec.Workspace, p *plan.Workspace, rep *diag.Report) {
	p.Severities = map[plan.Severity]string{}
	for _, s := range severities {
		p.Severities[s] = severityLabel(ws, s)
	}
	for _, r := range ws.Routes {
		severity := plan.Severity(r.Severity.Value)
		p.Routes = append(p.Routes, plan.Route{Severity: severity, Owner: r.Owner.Value, To: r.To.Value})
		if severity == "" || !p.UnifiedAlerts && !p.EmitAlertmanager {
			continue
		}
		for _, other := range severities {
			if other != severity && p.Severities[other] == p.Severities[severity] {
				rep.Errorf(r.Severity.Span, "a route cannot tell `%s` from `%s`: both have the label `%s`", severity, other, p.Severities[other]).
					WithHelp("give them different labels under `severities`, or leave `severity` out of the route")
				break
			}
		}
	}
}

// severities are all there are.
var severities = []plan.Severity{plan.Page, plan.Ticket, plan.Notice}

// severityLabel is what the label `severity` says in a workspace.
func severityLabel(ws *spec.Workspace, s plan.Severity) string {
	if v, ok := ws.Severities[string(s)]; ok {
		return v
	}
	return string(s)
}

func sortLabels(list []plan.Label) {
	slices.SortFunc(list, func(a, b plan.Label) int { return strings.Compare(a.Name, b.Name) })
}

// contacts gives each contact a uid. Two names that differ only in characters that a uid lacks are an
// error: Grafana would take one for the other.
func contacts(ws *spec.Workspace, rep *diag.Report) (list []plan.Contact) {
	seen := map[string]spec.Contact{}
	for _, c := range ws.Contacts {
		contact := plan.Contact{Name: c.Name.Value, UID: uid(c.Name.Value), Kind: c.Kind.Value}
		if other, ok := seen[contact.UID]; ok {
			rep.Errorf(c.Name.Span, "contacts `%s` and `%s` would have the same uid `%s`", other.Name.Value, c.Name.Value, contact.UID).
				WithHelp("rename one of them").See(other.Name.Span, "the other one")
		}
		seen[contact.UID] = c
		for _, s := range c.Settings {
			contact.Settings = append(contact.Settings, plan.Setting{Name: s.Name.Value, Value: s.Value.Value, Env: s.Env.Value, Path: s.Path.Value})
		}
		list = append(list, contact)
	}
	return list
}

// grafanaVersion parses `7.1`, `12` or `12.1.3`; a missing minor version is 0.
func grafanaVersion(text string) (plan.Version, error) {
	var v plan.Version
	parts := strings.Split(text, ".")
	if len(parts) > 3 {
		return v, fmt.Errorf("`%s` is not a version of Grafana", text)
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return v, fmt.Errorf("`%s` is not a version of Grafana", text)
		}
		switch i {
		case 0:
			v.Major = n
		case 1:
			v.Minor = n
		}
	}
	return v, nil
}

// notified returns the uids of the contacts that get an alert: the first route that fits; without
// routes the only contact there is, or nobody. An alert that fits no route is an error: it would reach
// nobody, and nobody would know.
func (b *builder) notified(severity plan.Severity) []string {
	ws, owner := b.ws, b.model.Owner.Value
	if len(ws.Routes) == 0 {
		if len(ws.Contacts) == 1 {
			return []string{uid(ws.Contacts[0].Name.Value)}
		}
		return nil
	}
	i := slices.IndexFunc(ws.Routes, func(r spec.Route) bool {
		return (!r.Severity.Given() || r.Severity.Value == string(severity)) && (!r.Owner.Given() || r.Owner.Value == owner)
	})
	if i < 0 {
		b.rep.Errorf(ws.Routes[len(ws.Routes)-1].Span, "no route fits alerts of severity `%s` and owner `%s`, such as `%s`", severity, owner, b.first(severity)).
			WithHelp("end `routes` with one that fits every alert: `- {to: CONTACT}`")
		return nil
	}
	return []string{uid(ws.Routes[i].To.Value)}
}

// first is the name of the first alert of a severity; so that all of them give the same message, which
// is said once.
func (b *builder) first(severity plan.Severity) string {
	for _, item := range b.merged {
		if cmp.Or(plan.Severity(item.Severity.Value), plan.Ticket) == severity {
			return item.Name.Value
		}
	}
	return ""
}
