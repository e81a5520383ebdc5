package spec

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// modelEntry is a spec while it is read.
type modelEntry struct {
	*Model
	selector []metric.Matcher
	uses     []*useEntry
	// metrics wait for the profiles: what a profile brings is changed, everything else is declared.
	metrics []*metricEntry
	// judged are the metrics that the spec declares or changes.
	judged  []judged
	members []metric.Label
	// slos and checks wait for the profiles, too.
	slos   []*sloEntry
	checks []*checkEntry
	// lacksProfiles: a profile of `uses` has mistakes, so that what it brings is not known.
	lacksProfiles bool
	// elsewhere counts the mistakes in what has nothing to do with metrics.
	elsewhere int
}

// judged is a metric with the entry that declares or changes it.
type judged struct {
	*metric.Metric
	at diag.Span
}

// aside reads a value whose mistakes say nothing about metrics.
func (l *loader) aside(m *modelEntry, v value) value {
	read := v.read
	v.read = func(k, n *node) {
		before := l.errors
		read(k, n)
		m.elsewhere += l.errors - before
	}
	return v
}

// useEntry is an entry of `uses` while it is read.
type useEntry struct {
	profile  diag.Located[string]
	selector []metric.Matcher
	// own: the entry names a selector; bad: with mistakes.
	own, bad bool
	version  diag.Located[string]
	prefix   diag.Located[string]
	// metrics and labels are `rename`.
	metrics, labels []LabelPair
	span            diag.Span
}

// model is the whole of a spec.
func (l *loader) model(m *modelEntry) fields {
	return fields{
		{"version", required, l.version(), "the version of the language: `mlobs/v1`"},
		{"model", required, l.slug(&m.Name).like("wine-quality"), "the name of the model: file names, the dashboard's uid, the label `ml_model` of every rule"},
		{"title", 0, l.aside(m, l.line(&m.Title)).like("Wine quality").otherwise("its name"), "what people call the model"},
		{"description", 0, l.prose(&m.Description).like("Predicts how much people will like a wine."), "what the model does"},
		{"owner", required, l.aside(m, l.slug(&m.Owner)).like("wine-ml"), "the team: the folder of its dashboards, the label `owner` of its alerts"},
		{"links", 0, l.aside(m, l.links(&m.Links)), "links on top of the dashboard"},
		{"selector", required, l.selector(&m.selector, true).like("{job: wine-quality-model}"), "the labels of the model server's targets; every query gets them"},
		{"replicas", 0, l.labels(&m.Replicas).like("{pod: 2}"), "labels that tell copies of the model server apart, and at most how many there are"},
		{"scrape", 0, l.section("`scrape`", func() fields { return l.scrape(m) }).like("{interval: 1s}"), "how Prometheus scrapes the model server"},
		{"traffic", 0, l.aside(m, l.traffic(&m.Traffic)).like("sporadic").otherwise("`continuous`"), "what silence means: `continuous` (something is wrong), `sporadic` (nothing), or `{every: 24h}` (one run a day, whose values stay)"},
		{"members", 0, l.memberValues(&m.members).like("{country: [AT, DE, NO]}"), "makes one spec many models: a label, and its values, one model each"},
		{"uses", 0, l.uses(&m.uses), "profiles of the stacks that serve the model"},
		{"metrics", 0, l.metrics(&m.metrics), "the model's own metrics, under the names that Prometheus stores, and changes to those that profiles bring"},
		{"dashboard", 0, l.aside(m, l.section("`dashboard`", func() fields { return l.dashboard(m.Model, &Profile{}) })).like("{time: now-6h}"), "what the author adds to the dashboard"},
		{"alerts", 0, l.aside(m, l.alerts(&m.Alerts)).like("[{name: PodRestarts, above: 5}]"), "alerts of the author's, and changes to those that roles and profiles bring"},
		{"slos", 0, l.aside(m, l.slos(func(s *SLO, g given) { m.slos = append(m.slos, &sloEntry{s, g}) })), "service level objectives, and which of those that profiles bring hold"},
		{"checks", 0, l.aside(m, l.checks(func(e *checkEntry) { m.checks = append(m.checks, e) })), "checks of drift, quality and fairness, and which of those that profiles bring hold"},
		{"profile", onlyProfiles, value{}, "the name of the profile"},
		{"role", onlyRoles, value{}, "the name of the role"},
		{"types", onlyRoles, value{}, "the types of metrics that the role takes"},
		{"target_labels", onlyProfiles, value{}, "the labels that targets of the stack have"},
		{"share", onlyProfiles, value{}, "labels whose variables hold for this source, too"},
	}
}

func (l *loader) scrape(m *modelEntry) fields {
	var interval diag.Located[time.Duration]
	return fields{
		{"interval", 0, also(l.interval(&interval), func() { m.ScrapeInterval = interval.Value }).like("1s").otherwise("the workspace's"), "how often"},
		{"port", 0, l.servicePort(&m.Scrape.Port).like("http-metrics"), "the name of the service's port, for a ServiceMonitor"},
		{"path", 0, l.metricsPath(&m.Scrape.Path).like("/internal/metrics").otherwise("`/metrics`"), "the path of the metrics, for a ServiceMonitor"},
		{"labels", 0, l.kubernetesLabels(&m.Scrape.Labels).like("{app: wine-quality}"), "the labels of the service, by which a ServiceMonitor finds it"},
	}
}

// metricsPath is a path of a URL.
func (l *loader) metricsPath(into *diag.Located[string]) value {
	return parsed(l, into, aText, "a path", func(text string) (string, string, string) {
		if !urlPathPattern.MatchString(text) {
			return "", code(text) + " is not the path of a URL", "write it from the root: `/metrics`"
		}
		return text, "", ""
	}).fits(&urlPathText)
}

var urlPathPattern = regexp.MustCompile(`^/[A-Za-z0-9._~/%-]{0,200}$`)

// traffic is a word, or how often a run comes.
func (l *loader) traffic(into *Traffic) value {
	var word diag.Located[string]
	var every diag.Located[time.Duration]
	v := l.oneOf(&word, string(Continuous), string(Sporadic))
	runs := l.section("a pattern of runs", func() fields {
		return fields{{"every", required, l.duration(&every, false).like("24h"), "the time from one run to the next"}}
	})
	read := v.read
	v.or = &runs
	v.read = func(k, n *node) {
		into.Span = l.span(n)
		if n.kind != mappingNode {
			if n.kind == scalarNode && n.value == "every" {
				l.errorf(l.span(n), "`every` of what?").WithHelp("write how often a run comes: `%s: {every: 24h}`", clip(k.value))
				return
			}
			read(k, n)
			into.Kind = TrafficKind(word.Value)
			return
		}
		if runs.read(k, n); !every.Given() {
			return
		}
		if every.Value < minEvery || every.Value > maxEvery {
			l.errorf(every.Span, "a run every %s", metric.FormatDuration(every.Value)).WithHelp("from %s to %s; what runs more often is `continuous` or `sporadic`", metric.FormatDuration(minEvery), metric.FormatDuration(maxEvery))
			return
		}
		into.Kind, into.Every = Scheduled, every.Value
	}
	return v
}

// Runs that come more often are watched like a server; more seldom than a quarter, nobody waits for them.
const minEvery, maxEvery = 10 * time.Minute, 100 * 24 * time.Hour

func (l *loader) links(into *[]Link) value {
	var list []*Link
	v := sections(l, "a link", &list, func(link *Link) fields {
		return fields{
			{"title", required, l.line(&link.Title).like("Runbook"), "what stands on it"},
			{"url", required, l.link(&link.URL).like("https://runbooks.example.org/wine-quality"), "where it leads: `https://…`"},
		}
	}, nil)
	return also(v, func() {
		for _, link := range list {
			*into = append(*into, *link)
		}
	})
}

func (l *loader) uses(into *[]*useEntry) value {
	return sections(l, "an entry of `uses`", into, func(u *useEntry) fields {
		return fields{
			{"profile", required, l.line(&u.profile).like("fastapi"), "its name; `mlobs-gen profiles` lists them"},
			{"selector", 0, l.selector(&u.selector, true).like("{namespace: ml}").otherwise("the model server"), "where its metrics come from"},
			{"version", 0, l.stackVersion(&u.version).like("0.8.5").otherwise("the newest"), "the version of the stack, whose metrics are meant"},
			{"prefix", 0, l.namePrefix(&u.prefix).like("wine_"), "what stands before the names of its metrics here"},
			{"rename", 0, l.section("`rename`", func() fields {
				return fields{
					{"metrics", 0, l.newNames(&u.metrics, l.newMetricName).like("{http_requests_total: wine_requests_total}"), "metrics with other names here: `{their name: the name here}`"},
					{"labels", 0, l.newNames(&u.labels, l.labelName).like("{handler: path}"), "labels with other names here: `{pod: exported_pod}`"},
				}
			}).like("{labels: {handler: path}}"), "other names of its metrics and labels"},
		}
	}, func(u *useEntry, n *node, g given) {
		u.span = l.span(n)
		u.own = g.has("selector")
		u.bad = u.own && len(u.selector) == 0
	})
}

// assemble completes the model by its profiles. It is called also after mistakes, and reports only what
// does not follow from them.
func (l *loader) assemble(m *modelEntry, g given) {
	m.File = l.file
	if !m.Title.Given() {
		m.Title = m.Name
	}
	if m.ScrapeInterval == 0 {
		m.ScrapeInterval = l.ws.ScrapeInterval.Value
	}
	server := &Source{Selector: m.selector, Span: g.at}
	if k := g.key("selector"); k != nil {
		server.Span = l.span(k)
	}
	m.Sources = []*Source{server}
	if m.Traffic.Kind == "" {
		m.Traffic.Kind = Continuous
	}
	l.memberList(m)
	seen := map[string]*useEntry{}
	for _, u := range m.uses {
		if !u.profile.Given() {
			continue
		}
		p := l.lib.load(profileFile, u.profile.Value, l.rep)
		if p == nil && l.lib.broken(u.profile.Value) {
			l.errors++ // reported in the profile
			m.lacksProfiles = true
			continue
		}
		if p == nil {
			m.lacksProfiles = true
			names := l.lib.profileNames()
			l.errorf(u.profile.Span, "unknown profile %s", code(u.profile.Value)).WithHelp("%s", didYouMean(u.profile.Value, names, "`mlobs-gen profiles` lists them"))
			continue
		}
		if first := seen[p.Name]; first != nil {
			l.errorf(u.profile.Span, "profile `%s` is used a second time", p.Name).WithHelp("one entry for all its metrics; a selector can be wider: `{pod: [a, b]}`").See(first.profile.Span, "the first time")
			continue
		}
		seen[p.Name] = u
		l.use(m, u, p)
	}
	for _, s := range m.Sources {
		if !s.Closed {
			for _, label := range l.ws.TargetLabels {
				s.TargetLabels = append(s.TargetLabels, label.Value)
			}
		}
	}
	l.declare(m)
	l.checkSeries(m)
	l.checkSources(m)
	l.checkRenamed(m)
	l.checkMatchers(m)
	before := l.errors
	l.takeSLOs(m)
	l.takeChecks(m)
	m.elsewhere += l.errors - before
}

// memberValues is a label with a list of its values.
func (l *loader) memberValues(into *[]metric.Label) value {
	v := l.labels(into)
	list := each(l, new([]diag.Located[string]), l.labelValue)
	v.of, v.most = &list, 1
	return v
}

// reservedMembers are labels that rules set, and names that dashboards give to other variables.
var reservedMembers = []string{"alertname", "alertstate", "baseline", "datasource", "ml_model", "owner", "severity", "signal", "window"}

// notChoosable says why a value cannot be one of a variable in Grafana: it is put into queries as it is.
func notChoosable(value string) string {
	switch {
	case strings.Contains(value, " : "):
		return "` : ` ends a name there"
	case strings.ContainsAny(value, "\"'\\$`{}"):
		return "quotes, backslashes, `$` and braces are not safe in a query"
	case strings.TrimSpace(value) != value || strings.ContainsFunc(value, unicode.IsControl):
		return "blanks around it, and line breaks, get lost"
	}
	return ""
}

// memberList takes over `members`: one label, whose values are listed, since rules and alerts are written
// for each.
func (l *loader) memberList(m *modelEntry) {
	if len(m.members) == 0 {
		return
	}
	label := m.members[0]
	switch {
	case len(m.members) > 1:
		l.errorf(m.members[1].Span, "`members` has a second label").WithHelp("one label tells the models apart; others are labels of metrics").See(label.Span, "the first one")
	case label.Values.Exactly == nil:
		l.errorf(label.Span, "`members` must be listed: each gets rules and alerts of its own").WithHelp("write `members: {%s: [AT, DE, NO]}`", clip(label.Name))
	default:
		if slices.Contains(reservedMembers, label.Name) {
			l.errorf(label.Span, "members cannot be told apart by %s: that name has a meaning of its own", code(label.Name)).WithHelp("use another label, if need be by `relabel_configs`")
			return
		}
		for _, v := range label.Values.Exactly {
			if wrong := notChoosable(v); wrong != "" {
				l.errorf(label.Span, "the member %s cannot be chosen in Grafana: %s", code(v), wrong).WithHelp("give it another value where it is measured")
				return
			}
		}
		m.Members = &label
	}
}
