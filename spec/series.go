package spec

import (
	"encoding/hex"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// checkSeries reports names that two metrics claim. A metric of the author's may stand beside a pattern of
// a profile that covers it, if it is what the pattern says.
func (l *loader) checkSeries(m *modelEntry) {
	owners := map[string]*metric.Metric{}
	for _, own := range m.Metrics {
		if strings.HasSuffix(own.Name, "*") {
			continue
		}
		for _, part := range own.Parts() {
			name := own.Name + part.Suffix()
			first := owners[name]
			if first == nil {
				owners[name] = own
				continue
			}
			l.twice(m, name, first, own)
			break
		}
	}
	for _, own := range m.Metrics {
		if p := covering(m.Metrics, own.Name); !own.Brought && p != nil && p.Type != own.Type && own.Query == nil {
			l.errorf(own.Span, "%s is a %s here, but names that begin with `%s` are of type `%s`", code(own.Name), own.Type, strings.TrimSuffix(p.Name, "*"), p.Type).
				WithHelp("declare it as a %s", p.Type).See(p.Span, "the profile says so")
		}
	}
}

// twice reports a series name that two metrics have.
func (l *loader) twice(m *modelEntry, name string, first, second *metric.Metric) {
	if second.Span.File == l.file {
		l.errorf(second.Span, "the series %s belongs to metric %s already", code(name), code(first.Name)).WithHelp("a name means one thing: rename one of them, or declare it once").See(first.Span, "declared here")
		return
	}
	for _, u := range m.Uses {
		if u.Profile.File != second.Span.File {
			continue
		}
		if first.Span.File == l.file {
			l.errorf(first.Span, "the series %s is brought by profile `%s`", code(name), u.Profile.Name).WithHelp("leave the declaration out, or give the model's own metric another name").See(second.Span, "declared here")
		} else if first.Source == second.Source && first.Type != second.Type {
			l.errorf(u.Span, "the series %s of profile `%s` is a %s, and another profile brings it as a %s", code(name), u.Profile.Name, second.Type, first.Type).WithHelp("give it another name here: `rename: {metrics: {%s: NAME}}`", clip(second.Name)).See(first.Span, "declared here")
		}
		return // else it is one series that two profiles know, or two sources have the name: `source:` tells them apart
	}
}

// covering returns the pattern that stands for name, or nil.
func covering(metrics []*metric.Metric, name string) *metric.Metric {
	for _, p := range metrics {
		prefix, pattern := strings.CutSuffix(p.Name, "*")
		if pattern && len(name) > len(prefix) && strings.HasPrefix(name, prefix) && !strings.HasSuffix(name, "*") {
			return p
		}
	}
	return nil
}

// spellPrefix begins the names of metrics that models send with the helper of the Spell platform.
const spellPrefix = "spell:custom:"

// storedName says how a platform stores a name that Prometheus does not take, or nothing. Spell writes the
// part of the sender in upper-case hex.
func (l *loader) storedName(name string) string {
	sent, ok := strings.CutPrefix(name, spellPrefix)
	if !ok || sent == "" {
		return ""
	}
	return "Spell stores it as `" + spellPrefix + clip(strings.ToUpper(hex.EncodeToString([]byte(sent)))) + "`"
}
