package spec

import (
	"slices"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// modelEntry is a spec while it is read.
type modelEntry struct {
	*Model
	selector []metric.Matcher
	uses     []*useEntry
	traffic  diag.Located[string]
	// elsewhere counts the mistakes in what has nothing to do with metrics.
	elsewhere int
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
	span     diag.Span
}

// model is the whole of a spec.
func (l *loader) model(m *modelEntry) fields {
	return fields{
		{"version", required, l.version(), "the version of the language: `mlobs/v1`"},
		{"model", required, l.slug(&m.Name), "the name of the model: file names, the dashboard's uid, the label `ml_model` of every rule"},
		{"title", 0, l.aside(m, l.line(&m.Title)), "what people call the model; left out: its name"},
		{"description", 0, l.prose(&m.Description), "what the model does"},
		{"owner", required, l.aside(m, l.slug(&m.Owner)), "the team: the folder of its dashboards, the label `owner` of its alerts"},
		{"links", 0, l.aside(m, l.links(&m.Links)), "links on top of the dashboard"},
		{"selector", required, l.selector(&m.selector, true), "the labels of the model server's targets; every query gets them"},
		{"replicas", 0, l.labels(&m.Replicas), "labels that tell copies of the model server apart, with at most how many there are"},
		{"scrape", 0, l.section("`scrape`", func() fields { return l.scrape(m) }), "how Prometheus scrapes the model server"},
		{"traffic", 0, l.aside(m, l.trafficKind(&m.traffic)), "what silence means; `continuous`: something is wrong"},
		{"uses", 0, l.uses(&m.uses), "profiles of the stacks that serve the model"},
		{"metrics", 0, l.metrics(&m.Metrics), "the model's own metrics, under the names that Prometheus stores"},
		{"dashboard", 0, l.aside(m, l.section("`dashboard`", func() fields { return l.dashboard(m.Model, &Profile{}) })), "what the author adds to the dashboard"},
		{"alerts", 0, l.aside(m, l.alerts(&m.Alerts)), "alerts of the author's, and changes to those that roles and profiles bring"},
		later("slos", "service level objectives"),
		later("checks", "checks of drift, quality and fairness"),
		later("members", "one spec for many models"),
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
		{"interval", 0, also(l.interval(&interval), func() { m.ScrapeInterval = interval.Value }), "how often; left out: the workspace's"},
		later("port", "the port, for a ServiceMonitor"),
		later("path", "the path, for a ServiceMonitor"),
		later("labels", "labels of a ServiceMonitor"),
	}
}

// trafficKind: `continuous` is the default and the only one yet.
func (l *loader) trafficKind(into *diag.Located[string]) value {
	v := l.oneOfBut(into, []string{"sporadic"}, "continuous")
	read := v.read
	v.read = func(k, n *node) {
		if n.kind == mappingNode && len(n.content) > 0 && n.content[0].value == "every" {
			l.errorf(l.span(n.content[0]), "`traffic: {every: …}` is not supported yet").WithHelp("leave it out for now")
			return
		}
		read(k, n)
	}
	return v
}

func (l *loader) links(into *[]Link) value {
	var list []*Link
	v := sections(l, "a link", &list, func(link *Link) fields {
		return fields{
			{"title", required, l.line(&link.Title), "what stands on it"},
			{"url", required, l.link(&link.URL), "where it leads: `https://…`"},
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
			{"profile", required, l.line(&u.profile), "its name; `mlobs-gen profiles` lists them"},
			{"selector", 0, l.selector(&u.selector, true), "where its metrics come from; left out: the model server"},
			later("version", "the version of the stack"),
			later("prefix", "a prefix before the names of its metrics"),
			later("rename", "other names of its metrics and labels"),
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
	seen := map[string]*useEntry{}
	for _, u := range m.uses {
		if !u.profile.Given() {
			continue
		}
		p := l.lib.load(profileFile, u.profile.Value, l.rep)
		if p == nil {
			names := l.lib.profileNames()
			l.errorf(u.profile.Span, "unknown profile %s", code(u.profile.Value)).WithHelp("%s", didYouMean(u.profile.Value, names, "profiles are "+quoteAll(names)))
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
	l.checkSeries(m)
}

// use adds what a profile brings to the model.
func (l *loader) use(m *modelEntry, u *useEntry, p *Profile) {
	index := 0
	if u.own {
		index = len(m.Sources)
		m.Sources = append(m.Sources, &Source{Name: p.Name, Selector: u.selector, Share: p.Share, Span: u.span})
	}
	source := m.Sources[index]
	if p.TargetLabels != nil {
		source.Closed = true
		for _, label := range p.TargetLabels {
			if !slices.Contains(source.TargetLabels, label.Value) {
				source.TargetLabels = append(source.TargetLabels, label.Value)
			}
		}
	}
	m.Uses = append(m.Uses, &Use{Profile: p, Source: index, Span: u.span})
	for _, declared := range p.Metrics {
		own := *declared
		own.Source = index
		m.Metrics = append(m.Metrics, &own)
	}
	if !u.bad {
		l.checkSelector(u, p, source.Selector)
	}
}

// checkSelector reports labels of a selector that a metric of the profile is known to lack: added to its queries,
// they would find nothing.
func (l *loader) checkSelector(u *useEntry, p *Profile, selector []metric.Matcher) {
	if p.TargetLabels == nil {
		return
	}
	seen := map[string]bool{}
	for _, matcher := range selector {
		on := func(t diag.Located[string]) bool { return t.Value == matcher.Label }
		if seen[matcher.Label] || slices.ContainsFunc(p.TargetLabels, on) {
			continue
		}
		seen[matcher.Label] = true
		for _, m := range p.Metrics {
			if _, own := m.Label(matcher.Label); own || m.Query != nil {
				continue
			}
			help := "name a selector of its own for this profile: `selector: {LABEL: VALUE}`, with labels that all its metrics have"
			if u.own {
				help = "select by labels that all metrics of the profile have"
			}
			l.errorf(matcher.Span, "metric `%s` of profile `%s` has no label %s", m.Name, p.Name, code(matcher.Label)).WithHelp("%s", help).See(u.span, "the profile is used here")
			break
		}
	}
}
