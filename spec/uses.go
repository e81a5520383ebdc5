package spec

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// A `uses` entry brings a profile, and adapts it without templates: to the version of the stack, and to names
// that differ.

// use adds what a profile brings to the model.
func (l *loader) use(m *modelEntry, u *useEntry, p *Profile) {
	use := &Use{Profile: p, Span: u.span, Renamed: map[string]string{}, Labels: map[string]string{}, named: map[string]bool{}}
	m.Uses = append(m.Uses, use)
	l.adapt(u, p, use)
	use.Replicas = use.labels(p.Replicas)
	if u.own {
		use.Source = len(m.Sources)
		m.Sources = append(m.Sources, &Source{Name: p.Name, Selector: u.selector, Share: use.labels(p.Share), Span: u.span})
	}
	source := m.Sources[use.Source]
	if p.TargetLabels != nil {
		source.Closed = true
		for _, label := range use.labels(plain(p.TargetLabels)) {
			if !slices.Contains(source.TargetLabels, label) {
				source.TargetLabels = append(source.TargetLabels, label)
			}
		}
	}
	for _, label := range p.OptionalLabels {
		if here := use.label(label); !p.declares(label) && !slices.Contains(source.TargetLabels, here) {
			source.TargetLabels = append(source.TargetLabels, here)
		}
	}
	var brought []*metric.Metric
	for _, declared := range p.Metrics {
		if has(declared, u.version.Value) {
			brought = append(brought, use.adapted(declared))
		}
	}
	m.Metrics = append(m.Metrics, brought...)
	if !u.bad {
		l.checkSelector(u, use, brought, source.Selector)
	}
}

// checkSelector reports labels of a selector that a metric of the profile is known to lack: added to its queries,
// they would find nothing.
func (l *loader) checkSelector(u *useEntry, use *Use, brought []*metric.Metric, selector []metric.Matcher) {
	p := use.Profile
	if p.TargetLabels == nil {
		return
	}
	onTargets := use.labels(plain(p.TargetLabels))
	seen := map[string]bool{}
	for _, matcher := range selector {
		if seen[matcher.Label] || slices.Contains(onTargets, matcher.Label) {
			continue
		}
		seen[matcher.Label] = true
		for _, m := range brought {
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

// stackVersion is a version of a serving stack: numbers with dots between them.
func (l *loader) stackVersion(into *diag.Located[string]) value {
	return parsed(l, into, aVersion, "a version", func(text string) (string, string, string) {
		if !stackVersionPattern.MatchString(text) {
			return "", code(text) + " is not a version", "numbers with dots between them: `0.8.5`"
		}
		return text, "", ""
	}).fits(&stackVersionText)
}

var stackVersionPattern = regexp.MustCompile(`^[0-9]{1,6}(\.[0-9]{1,6}){0,3}$`)

// has reports whether a stack of the version has the metric; without a version: the newest one.
func has(m *metric.Metric, version string) bool {
	if version == "" {
		return m.Until == ""
	}
	return (m.Since == "" || compareVersions(version, m.Since) >= 0) && (m.Until == "" || compareVersions(version, m.Until) < 0)
}

// compareVersions compares number by number; a missing one is 0.
func compareVersions(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(x), len(y)) {
		if d := versionPart(x, i) - versionPart(y, i); d != 0 {
			return d
		}
	}
	return 0
}

func versionPart(parts []string, i int) int {
	if i >= len(parts) {
		return 0
	}
	n, _ := strconv.Atoi(parts[i]) // the pattern lets nothing else through
	return n
}

// namePrefix is the beginning of names of metrics.
func (l *loader) namePrefix(into *diag.Located[string]) value {
	return parsed(l, into, aName, "the beginning of names", func(text string) (string, string, string) {
		if !metricPattern.MatchString(text) || len(text) > maxName/2 {
			return "", code(text) + " is not the beginning of a metric's name", "letters, digits and `_`, not beginning with a digit: `fastapi_`"
		}
		return text, "", ""
	}).fits(&prefixText)
}

// newMetricName is the name that a metric of a profile has here.
func (l *loader) newMetricName(into *diag.Located[string]) value {
	return parsed(l, into, aName, "the name of a metric", func(text string) (string, string, string) {
		switch {
		case !metricPattern.MatchString(text) || len(text) > maxName:
			return "", code(text) + " is not the name of a metric", "letters, digits, `_` and `:`, not beginning with a digit"
		case reserved(text):
			return "", code(text) + " is written by Prometheus itself", "write the name that the metric has here"
		}
		return text, "", ""
	}).fits(&metricText)
}

// newNames is a map of a name in the profile and the name here.
func (l *loader) newNames(into *[]LabelPair, name func(*diag.Located[string]) value) value {
	var unused diag.Located[string]
	of := name(&unused)
	return value{shape: aMap, keys: &value{shape: aName}, of: &of, read: func(k, n *node) {
		for _, e := range l.entries(k, n) {
			var to diag.Located[string]
			if name(&to).read(e.key, e.value); to.Given() {
				*into = append(*into, LabelPair{Name: diag.At(e.key.value, l.span(e.key)), Value: to})
			}
		}
	}}
}

// adapt works out which names of the profile are others here.
func (l *loader) adapt(u *useEntry, p *Profile, use *Use) {
	var metrics, labels []string
	for _, m := range p.Metrics {
		for _, label := range m.Labels {
			labels = append(labels, label.Name)
		}
		if m.Query != nil { // ours: recorded under the name that we choose
			continue
		}
		metrics = append(metrics, m.Name)
		if u.prefix.Given() {
			use.Renamed[m.Name] = u.prefix.Value + m.Name
		}
	}
	labels = slices.Concat(labels, plain(p.TargetLabels), p.OptionalLabels, p.Replicas, p.Share)
	use.prefix = u.prefix.Value
	taken := map[string]diag.Span{}
	for _, r := range u.metrics {
		switch at, again := taken[r.Value.Value]; {
		case !slices.Contains(metrics, r.Name.Value):
			l.errorf(r.Name.Span, "profile `%s` has no metric %s", p.Name, code(r.Name.Value)).WithHelp("%s", didYouMean(r.Name.Value, metrics, "`mlobs-gen profiles show "+p.Name+"` lists them"))
		case again:
			l.errorf(r.Value.Span, "two metrics would be called %s", code(r.Value.Value)).See(at, "the other one")
		default:
			use.Renamed[r.Name.Value] = r.Value.Value
			use.named[r.Name.Value] = true
		}
		taken[r.Value.Value] = r.Value.Span
	}
	for _, m := range p.Metrics { // those that keep their name
		_, renamed := use.Renamed[m.Name]
		if at, again := taken[m.Name]; again && !renamed && m.Query == nil {
			l.errorf(at, "%s is another metric of profile `%s`", code(m.Name), p.Name).WithHelp("choose another name, or rename that one, too").See(m.Span, "declared here")
			for from, to := range use.Renamed { // one mistake, one message
				if to == m.Name {
					delete(use.Renamed, from)
				}
			}
		}
	}
	l.adaptLabels(u, p, use, labels)
}

// adaptLabels works out which labels of the profile are others here.
func (l *loader) adaptLabels(u *useEntry, p *Profile, use *Use, labels []string) {
	taken := map[string]diag.Span{}
	for _, r := range u.labels {
		if len(labels) > 0 && !slices.Contains(labels, r.Name.Value) {
			l.errorf(r.Name.Span, "no metric of profile `%s` has a label %s", p.Name, code(r.Name.Value)).WithHelp("%s", didYouMean(r.Name.Value, labels, "`mlobs-gen profiles show "+p.Name+"` lists them"))
			continue
		}
		if at, again := taken[r.Value.Value]; again {
			l.errorf(r.Value.Span, "two labels would be called %s", code(r.Value.Value)).See(at, "the other one")
			continue
		}
		if m := p.labelled(r.Name.Value, r.Value.Value); m != nil {
			l.errorf(r.Value.Span, "%s is another label of %s", code(r.Value.Value), code(m.Name)).WithHelp("choose another name").See(m.Span, "declared here")
			continue
		}
		taken[r.Value.Value] = r.Value.Span
		use.Labels[r.Name.Value] = r.Value.Value
	}
}

// declares reports whether a metric of the profile has the label as its own.
func (p *Profile) declares(label string) bool {
	return slices.ContainsFunc(p.Metrics, func(m *metric.Metric) bool { _, own := m.Label(label); return own })
}

// labelled is a metric of the profile that has both labels; nil: none.
func (p *Profile) labelled(a, b string) *metric.Metric {
	for _, m := range p.Metrics {
		_, hasA := m.Label(a)
		if _, hasB := m.Label(b); hasA && hasB {
			return m
		}
	}
	return nil
}

// adapted is a metric of the profile under the names that it and its labels have here.
func (u *Use) adapted(declared *metric.Metric) *metric.Metric {
	m := *declared
	m.Source, m.Brought = u.Source, true
	m.Optional = m.Optional && !u.named[m.Name]
	if m.RenamedFrom != "" {
		m.RenamedFrom = u.prefix + m.RenamedFrom
	}
	if to, ok := u.Renamed[m.Name]; ok {
		m.Name = to
	}
	if to, ok := u.Renamed[m.RenamedTo]; ok {
		m.RenamedTo = to
	}
	if len(u.Labels) == 0 {
		return &m
	}
	m.Labels = slices.Clone(m.Labels)
	for i := range m.Labels {
		m.Labels[i].Name = u.label(m.Labels[i].Name)
	}
	m.Across = u.label(m.Across)
	for _, list := range []*[]metric.Matcher{&m.Selector, &m.Errors, &m.ClientErrors} {
		*list = slices.Clone(*list)
		for i := range *list {
			(*list)[i].Label = u.label((*list)[i].Label)
		}
	}
	return &m
}

// labels are what labels of the profile are called here.
func (u *Use) labels(names []string) (here []string) {
	for _, name := range names {
		here = append(here, u.label(name))
	}
	return here
}

// label is what a label of the profile is called here.
func (u *Use) label(name string) string {
	if to, ok := u.Labels[name]; ok {
		return to
	}
	return name
}
