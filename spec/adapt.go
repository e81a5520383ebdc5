package spec

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// A `uses` entry adapts a profile without templates: to the version of the stack, and to names that differ.

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
		if !metricPattern.MatchString(text) || len(text) > maxName {
			return "", code(text) + " is not the name of a metric", "letters, digits, `_` and `:`, not beginning with a digit"
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
	for _, t := range p.TargetLabels {
		labels = append(labels, t.Value)
	}
	taken := map[string]diag.Span{}
	for _, r := range u.metrics {
		switch at, again := taken[r.Value.Value]; {
		case !slices.Contains(metrics, r.Name.Value):
			l.errorf(r.Name.Span, "profile `%s` has no metric %s", p.Name, code(r.Name.Value)).WithHelp("%s", didYouMean(r.Name.Value, metrics, "`mlobs-gen profiles "+p.Name+"` lists them"))
		case again:
			l.errorf(r.Value.Span, "two metrics would be called %s", code(r.Value.Value)).See(at, "the other one")
		default:
			use.Renamed[r.Name.Value] = r.Value.Value
			use.named[r.Name.Value] = true
		}
		taken[r.Value.Value] = r.Value.Span
	}
	for _, r := range u.labels {
		if len(labels) > 0 && !slices.Contains(labels, r.Name.Value) {
			l.errorf(r.Name.Span, "no metric of profile `%s` has a label %s", p.Name, code(r.Name.Value)).WithHelp("%s", didYouMean(r.Name.Value, labels, "`mlobs-gen profiles "+p.Name+"` lists them"))
			continue
		}
		use.Labels[r.Name.Value] = r.Value.Value
	}
}

// adapted is a metric of the profile under the names that it and its labels have here.
func (u *Use) adapted(declared *metric.Metric) *metric.Metric {
	m := *declared
	m.Source, m.Brought = u.Source, true
	m.Optional = m.Optional && !u.named[m.Name]
	if to, ok := u.Renamed[m.Name]; ok {
		m.Name = to
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

// label is what a label of the profile is called here.
func (u *Use) label(name string) string {
	if to, ok := u.Labels[name]; ok {
		return to
	}
	return name
}
