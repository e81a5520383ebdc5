package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// humps are where a name has an upper-case letter behind a lower-case one.
var humps = regexp.MustCompile(`[a-z][A-Z]`)

var nameStyle = &Rule{
	Name: "name-style", Group: Naming, Severity: diag.Warning,
	Doc: "a metric or label in camelCase, or a scraped metric with a colon",
	Run: func(p *Pass) {
		for m := range p.OwnMetrics() {
			if p.covered(m) {
				continue // a platform makes the name
			}
			switch {
			case humps.MatchString(m.Name):
				p.Reportf(m.Span, "the name `%s` is in camelCase", m.Name).
					Help = "call it `" + strings.Join(words(m.Name), "_") + "`"
			case strings.Contains(m.Name, ":"):
				p.Reportf(m.Span, "the scraped metric `%s` has a colon, which tells recorded ones", m.Name).
					Help = "call it `" + strings.Trim(strings.ReplaceAll(m.Name, ":", "_"), "_") + "`"
			}
			for _, l := range m.Labels {
				if humps.MatchString(l.Name) && p.Own(l.Span) {
					p.Reportf(l.Span, "the label `%s` is in camelCase", l.Name).
						Help = "call it `" + strings.Join(words(l.Name), "_") + "`"
				}
			}
		}
	},
}

// covered reports whether a profile has a pattern for the name of an own metric.
func (p *Pass) covered(m *metric.Metric) bool {
	return slices.ContainsFunc(p.Plan.Contract.Metrics, func(x *metric.Metric) bool {
		prefix, pattern := strings.CutSuffix(x.Name, "*")
		return pattern && strings.HasPrefix(m.Name, prefix)
	})
}

var labelOfTarget = &Rule{
	Name: "label-of-target", Group: Naming, Severity: diag.Warning,
	Doc: "a metric's own label that scraping overwrites",
	Run: func(p *Pass) {
		if c := p.Plan.Contract; c == nil || c.Scheduled {
			return // what is pushed keeps its labels
		}
		for m := range p.OwnMetrics() {
			for _, l := range m.Labels {
				if !p.addedByScraping(m.Source, l.Name) || p.isMember(l.Name) {
					continue
				}
				p.Reportf(l.Span, "the label `%s` of `%s` is one that scraping adds: the metric's own value is stored as `exported_%[1]s`", l.Name, m.Name).
					Help = "give the metric's own label another name, or declare it as `exported_" + l.Name + "`"
			}
		}
	},
}

// addedByScraping reports whether the targets of a source surely have a label: Prometheus gives it, the selector names
// it, or it tells the copies apart. What else servers may add depends on how they are set up.
func (p *Pass) addedByScraping(source int, name string) bool {
	s := p.Plan.Contract.Schema
	return s != nil && source < len(s.Targets) && slices.ContainsFunc(s.Targets[source].Labels, func(l promql.TargetLabel) bool {
		return l.Name == name && (l.Always || l.Values.AtMost > 0 || name == "job" || name == "instance")
	})
}

// isMember: the label tells the models of a spec apart, which says whose it is.
func (p *Pass) isMember(label string) bool {
	members := p.Plan.Contract.Members
	return members != nil && members.Name == label
}

var labelInName = &Rule{
	Name: "label-in-name", Group: Naming, Severity: diag.Info,
	Doc: "a label in the name of its metric: `requests_by_status_total`",
	Run: func(p *Pass) {
		for m := range p.OwnMetrics() {
			for _, l := range m.Labels {
				for _, by := range []string{"_by_", "_per_"} {
					before, after, found := strings.Cut(m.Name+"_", by+l.Name+"_")
					if !found {
						continue
					}
					p.Reportf(m.Span, "the name `%s` says the label `%s`", m.Name, l.Name).
						Help = "call it `" + strings.TrimSuffix(before+"_"+after, "_") + "`: it says less than its labels as soon as they are summed up"
				}
			}
		}
	},
}

var collidingNames = &Rule{
	Name: "colliding-names", Group: Naming, Severity: diag.Warning,
	Doc: "two metrics that OpenTelemetry gives the same name",
	Run: func(p *Pass) {
		first := map[string]*metric.Metric{}
		for m := range p.OwnMetrics() {
			name := normalName(m)
			other := first[name]
			if other == nil {
				first[name] = m
				continue
			}
			if other.Source != m.Source || m.RenamedFrom == other.Name || other.RenamedFrom == m.Name {
				continue
			}
			p.Reportf(m.Span, "`%s` and `%s` are one name, `%s`, where OpenTelemetry passes them on", other.Name, m.Name, name).
				WithHelp("if it is one metric that was renamed, declare it once with `renamed_from`; else give one another name").
				See(other.Span, "the other one")
		}
	},
}

var underscores = regexp.MustCompile(`_{2,}`)

// normalName is what OpenTelemetry's exporters for Prometheus make of a name: repeated underscores are one, the unit
// and, for counters, `_total` stand behind it. Case is kept, but two names that differ in nothing else are one to
// every reader.
func normalName(m *metric.Metric) string {
	name := strings.Trim(underscores.ReplaceAllString(strings.ToLower(m.Name), "_"), "_")
	name = strings.TrimSuffix(name, "_total")
	unit := m.Unit.Name
	if unit == "timestamp" {
		unit = "seconds"
	}
	if unit == "ratio" && m.Type != metric.Gauge {
		unit = "" // only gauges of unit 1 get it
	}
	if slices.Contains(dimensioned, unit) || unit == "ratio" {
		name = strings.TrimSuffix(name, "_"+unit) + "_" + unit
	}
	if m.Type == metric.Counter {
		name += "_total"
	}
	return name
}
