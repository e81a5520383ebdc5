package spec

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// workspace is the whole of mlobs.yaml.
func (l *loader) workspace(ws *Workspace) fields {
	return fields{
		{"version", required, l.version(), "the version of the language: `mlobs/v1`"},
		{"specs", 0, l.instead(&ws.Specs, l.path).like("[models/**/*.yaml]").otherwise("`[models/**/*.yaml]`"), "where the specs are: paths below this file, `*` and `**` stand for names and folders"},
		{"profiles", 0, l.instead(&ws.Profiles, l.path).like("[profiles/*.yaml]").otherwise("none"), "where profiles of your own are: paths below this file, as in `specs`"},
		{"out", 0, l.path(&ws.Out).like("generated").otherwise("`generated`"), "the folder for what is generated"},
		{"prometheus", 0, l.section("`prometheus`", func() fields { return l.prometheus(ws) }).like(`{version: "3.4", scrape_interval: 15s}`), "the Prometheus that scrapes the models"},
		{"grafana", 0, l.section("`grafana`", func() fields { return l.grafana(&ws.Grafana) }).like(`{version: "12"}`), "the Grafana that shows the dashboards"},
		{"alerting", 0, l.alerting(&ws.Alerting).like("prometheus").otherwise("`prometheus`"), "who evaluates alerts: `prometheus`, `grafana`, `grafana-legacy`, or a list"},
		{"emit", 0, l.instead(&ws.Emit, func(into *diag.Located[string]) value {
			return l.oneOf(into, "dashboards", "prometheus", "kubernetes", "alertmanager")
		}).like("[dashboards, prometheus, kubernetes]").otherwise("`[dashboards, prometheus]`"), "what is written"},
		{"kubernetes", 0, l.section("`kubernetes`", func() fields { return l.kubernetes(&ws.Kubernetes) }).like("{namespace: monitoring, labels: {release: prometheus-stack}}"), "where resources of Kubernetes go, and their labels"},
		{"severities", 0, l.severityLabels(ws.Severities).like("{page: critical, ticket: warning}"), "what the label `severity` says for `page`, `ticket` and `info`"},
		{"labels", 0, l.fixedLabels(&ws.Labels).like("{team: ml}"), "labels on every alert"},
		{"runbook", 0, l.runbook(&ws.Runbook).like("https://runbooks.example.org/{{ $model }}#{{ $alert }}"), "where the runbook of an alert is, with `{{ $model }}` and `{{ $alert }}`"},
		{"units", 0, l.units(&ws.Units.Extra).like("{EUR: currencyEUR}"), "more units: our name, Grafana's id"},
		{"contacts", 0, l.contacts(&ws.Contacts).like("{wine-ml: {email: {to: wine-ml@example.org}}}"), "who can be notified"},
		{"routes", 0, l.routes(&ws.Routes).like("[{severity: page, to: wine-ml}]"), "which alerts go to whom: the first that fits"},
		later("environments", "rules and alerts for each environment"),
		{"budgets", 0, l.section("`budgets`", func() fields { return l.budgets(&ws.Budgets) }).like("{series_per_metric: 2000, series_per_model: 20000}"), "how much is too much; the linter tells"},
		{"lint", 0, l.section("`lint`", func() fields { return l.lint(&ws.Lint) }).like("{fail_on: warning}"), "settings of the linter"},
	}
}

// instead is a list that takes the place of the default.
func (l *loader) instead(into *[]diag.Located[string], one func(*diag.Located[string]) value) value {
	var list []diag.Located[string]
	return also(each(l, &list, one), func() {
		if len(list) > 0 {
			*into = list
		}
	})
}

// path is a path below the workspace, with slashes.
func (l *loader) path(into *diag.Located[string]) value {
	return parsed(l, into, aPath, "a path", func(text string) (string, string, string) {
		switch {
		case strings.TrimSpace(text) == "":
			return "", "the path is empty", ""
		case strings.Contains(text, "://"):
			return "", "a URL where a path must be", "write a path below this file"
		case strings.HasPrefix(text, "/") || len(text) > 1 && text[1] == ':':
			return "", "the path " + code(text) + " is absolute", "write it relative to this file: others have the workspace elsewhere"
		case strings.Contains(text, `\`):
			return "", "the path " + code(text) + " has a backslash", "write it with `/`, on every system"
		case slices.Contains(strings.Split(text, "/"), ".."):
			return "", "the path " + code(text) + " leaves the workspace", "move mlobs.yaml up, or use the flag on the command line"
		case len(text) > 1000 || strings.ContainsAny(text, "\n\t"):
			return "", "the path is too long, or has a line break", ""
		}
		return text, "", ""
	}).fits(&pathText)
}

func (l *loader) prometheus(ws *Workspace) fields {
	return fields{
		{"version", 0, l.prometheusVersion(&ws.PrometheusVersion).like(`"3.4"`).otherwise("`3`"), "its version"},
		{"scrape_interval", 0, l.interval(&ws.ScrapeInterval).like("15s").otherwise("`15s`"), "how often it scrapes"},
		{"evaluation_interval", 0, l.interval(&ws.EvaluationInterval).like("30s").otherwise("`30s`"), "how often it evaluates rules"},
		{"retention", 0, l.duration(&ws.Retention, false).like("15d").otherwise("`15d`"), "how long it keeps samples"},
		{"target_labels", 0, l.instead(&ws.TargetLabels, l.labelName).like("[job, instance, namespace, pod]").otherwise("`[job, instance, namespace, pod, container, endpoint, service, node]`"), "labels that may stand on any series"},
	}
}

var versionPattern = regexp.MustCompile(`^[1-9][0-9]{0,2}(\.(0|[1-9][0-9]{0,3})){0,2}$`)

func (l *loader) prometheusVersion(into *diag.Located[string]) value {
	return parsed(l, into, aVersion, "a version", func(text string) (string, string, string) {
		if !versionPattern.MatchString(text) {
			return "", code(text) + " is not a version", "write it like `3.4`"
		}
		if major, _, _ := strings.Cut(text, "."); major != "2" && major != "3" {
			return "", "Prometheus " + text + " is not supported", "versions 2 and 3 are"
		}
		return text, "", ""
	}).fits(&prometheusText)
}

func (l *loader) grafana(g *Grafana) fields {
	return fields{
		{"version", 0, l.grafanaVersion(&g.Version).like(`"12"`).otherwise("`12`"), "its version, from `7.1` to `13`; `12` is 12.0"},
		{"url", 0, l.link(&g.URL).like("https://grafana.example.org"), "its address, for links from alerts to panels"},
		{"datasource", 0, l.section("`datasource`", func() fields {
			return fields{
				{"name", 0, l.line(&g.Datasource.Name).like("Prometheus").otherwise("`Prometheus`"), "how Grafana shows it"},
				{"uid", 0, l.uid(&g.Datasource.UID).like("prometheus").otherwise("`prometheus`"), "how Grafana knows it"},
			}
		}).like("{name: Prometheus, uid: prometheus}"), "the Prometheus in it"},
		{"folders", 0, l.oneOf(&g.Folders, "by-owner").like("by-owner").otherwise("`by-owner`"), "which folder a dashboard is in"},
	}
}

func (l *loader) grafanaVersion(into *diag.Located[string]) value {
	return parsed(l, into, aVersion, "a version", parseGrafanaVersion).fits(&grafanaText)
}

// CheckGrafanaVersion says what is wrong with a version of Grafana and what to do about it, in the words that
// are said of mlobs.yaml; nothing if it is supported.
func CheckGrafanaVersion(text string) (wrong, help string) {
	_, wrong, help = parseGrafanaVersion(text)
	return wrong, help
}

func parseGrafanaVersion(text string) (version, wrong, help string) {
	if !versionPattern.MatchString(text) {
		return "", code(text) + " is not a version of Grafana", "write `7.1` or `12`"
	}
	parts := strings.Split(text, ".")
	major, err := strconv.Atoi(parts[0])
	switch {
	case err != nil || major < 7 || major > 13 || major == 7 && len(parts) > 1 && parts[1] == "0":
		return "", "Grafana " + text + " is not supported", "7.1 to 13 are"
	case major == 7 && len(parts) == 1:
		return "", "Grafana 7 could be 7.1 or a later one", "write `7.1`"
	}
	return text, "", ""
}

var uidPattern = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`)

func (l *loader) uid(into *diag.Located[string]) value {
	return parsed(l, into, aName, "a uid", func(text string) (string, string, string) {
		if !uidPattern.MatchString(text) {
			return "", code(text) + " is not a uid", "at most 40 letters, digits, `-` and `_`; Grafana shows it in the address of the datasource's settings"
		}
		return text, "", ""
	}).fits(&uidText)
}

// alerting is one word or a list.
func (l *loader) alerting(into *[]diag.Located[string]) value {
	one := func(w *diag.Located[string]) value {
		return l.oneOf(w, "prometheus", "grafana", "grafana-legacy")
	}
	list := l.instead(into, one)
	word := one(&diag.Located[string]{})
	return value{shape: aWord, words: word.words, or: &list, read: func(k, n *node) {
		if n.kind == sequenceNode {
			list.read(k, n)
			return
		}
		var w diag.Located[string]
		if one(&w).read(k, n); w.Given() {
			*into = []diag.Located[string]{w}
		}
	}}
}

func (l *loader) severityLabels(into map[string]string) value {
	return l.section("`severities`", func() fields {
		one := func(key string) value {
			var v diag.Located[string]
			return also(l.line(&v), func() {
				if v.Given() {
					into[key] = v.Value
				}
			})
		}
		return fields{
			{"page", 0, one("page").like("critical").otherwise("`page`"), "the label of alerts that wake somebody"},
			{"ticket", 0, one("ticket").like("warning").otherwise("`ticket`"), "the label of alerts that wait for the morning"},
			{"info", 0, one("info").like("info").otherwise("`info`"), "the label of alerts that are only shown"},
		}
	})
}

// ourLabels are set on every alert by us.
var ourLabels = []string{"alertname", "ml_model", "owner", "severity"}

func (l *loader) fixedLabels(into *[]LabelPair) value {
	return value{shape: aMap, keys: &value{shape: aLabel, text: &moreLabelText}, of: &value{shape: aText, text: &lineText}, read: func(k, n *node) {
		for _, e := range l.entries(k, n) {
			if wrong, help := badLabel(e.key.value); wrong != "" {
				l.errorf(l.span(e.key), "%s", wrong).WithHelp("%s", help)
				continue
			}
			if slices.Contains(ourLabels, e.key.value) {
				l.errorf(l.span(e.key), "the label `%s` is set on every alert already", e.key.value).WithHelp("leave it out")
				continue
			}
			var v diag.Located[string]
			if l.line(&v).read(e.key, e.value); v.Given() {
				*into = append(*into, LabelPair{Name: diag.At(e.key.value, l.span(e.key)), Value: v})
			}
		}
	}}
}

// runbook is a template of an address.
func (l *loader) runbook(into **Template) value {
	var t *Template
	v := l.template(&t, "model", "owner", "alert").fits(&runbookText)
	read := v.read
	v.read = func(k, n *node) {
		if read(k, n); t == nil {
			return
		}
		// What comes in is harmless: names of models, owners and alerts.
		var sample strings.Builder
		for _, p := range t.Parts {
			if p.Name != "" {
				sample.WriteString("x")
			}
			sample.WriteString(p.Literal)
		}
		if wrong := badURL(sample.String()); wrong != "" {
			l.errorf(l.span(n), "%s", wrong).WithHelp("write `https://host/path/{{ $model }}#{{ $alert }}`")
			return
		}
		*into = t
	}
	return v
}

var unitPattern = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]{0,40}$`)

func (l *loader) units(into *map[string]string) value {
	return value{shape: aMap, keys: &value{shape: aUnit, text: &newUnitText}, of: &value{shape: aText, text: &lineText}, read: func(k, n *node) {
		units := map[string]string{}
		for _, e := range l.entries(k, n) {
			name := e.key.value
			var id diag.Located[string]
			l.line(&id).read(e.key, e.value)
			switch _, ours := DefaultWorkspace().Units.Named(name); {
			case !unitPattern.MatchString(name):
				l.errorf(l.span(e.key), "%s is not the name of a unit", code(name)).WithHelp("letters, digits and `_`")
			case ours:
				l.errorf(l.span(e.key), "the unit `%s` is there already", name).WithHelp("leave it out, or choose another name")
			case id.Given():
				units[name] = id.Value
			}
		}
		*into = units
	}}
}

// checkAlerting reports alerting that the version of Grafana does not have.
func (l *loader) checkAlerting(ws *Workspace, version diag.Located[string]) {
	major, rest, _ := strings.Cut(version.Value, ".")
	minor, _, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(major)
	if err != nil {
		return // reported
	}
	var own *diag.Located[string] // of Grafana's two
	for _, a := range ws.Alerting {
		switch {
		case a.Value == "prometheus":
		case a.Value == "grafana-legacy" && n >= 11:
			l.errorf(a.Span, "Grafana %s has no legacy alerting: it ended with 10.4", version.Value).WithHelp("write `alerting: prometheus`").See(version.Span, "the version")
		case a.Value == "grafana" && (n < 9 || n == 9 && (minor == "" || minor == "0")):
			l.errorf(a.Span, "Grafana %s reads no alerts from files: it began with 9.1", version.Value).WithHelp("write `alerting: prometheus`").See(version.Span, "the version")
		case own != nil:
			l.errorf(a.Span, "`%s` beside `%s`: a Grafana has one of them", a.Value, own.Value).WithHelp("keep the one that is switched on in Grafana").See(own.Span, "the other")
		default:
			own = &a
		}
	}
}

// finishWorkspace holds sections against each other.
func (l *loader) finishWorkspace(ws *Workspace, g given, grafana string) {
	overrideGrafana(ws, grafana)
	version := ws.Grafana.Version
	if v := g.value("grafana").entry("version"); v != nil && grafana == "" { // also one that is not supported
		version = diag.At(v.value, l.span(v))
	}
	l.checkAlerting(ws, version)
	var names []string
	for _, c := range ws.Contacts {
		names = append(names, c.Name.Value)
	}
	if v := g.value("contacts"); v != nil {
		for i := 0; i < len(v.content) && v.kind == mappingNode; i += 2 {
			names = append(names, v.content[i].value) // also those with mistakes
		}
	}
	for _, r := range ws.Routes {
		if r.To.Given() && !slices.Contains(names, r.To.Value) {
			l.errorf(r.To.Span, "there is no contact %s", code(r.To.Value)).WithHelp("%s", didYouMean(r.To.Value, names, "add it under `contacts`"))
		}
	}
}
