package lint

import (
	"sync"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// renamedMetric is about names that servers had once: the query is right, and finds nothing after an upgrade. A
// file that reads the new name, too, serves both versions on purpose.
var renamedMetric = &Rule{
	Name: "renamed-metric", Group: Naming, Severity: diag.Warning,
	Doc: "a metric that newer servers call otherwise, or do not have any more",
	Run: func(p *Pass) {
		read := sync.OnceValue(p.namesRead) // for the few files that have an old name
		for s := range p.Queries() {
			told := map[string]*diag.Diagnostic{}
			for _, sel := range s.Query.Selectors() {
				past, ok := s.pastName(sel.Name)
				if !ok || sel.InAbsent || past.readIn(read()) {
					continue
				}
				if first := told[past.metric.Name]; first != nil {
					first.See(sel.NameSpan, "also here")
					continue
				}
				d := past.report(p, sel.NameSpan)
				d.Object = s.What()
				told[past.metric.Name] = d
			}
		}
	},
}

// namesRead are the names that any query of the plan reads.
func (p *Pass) namesRead() map[string]bool {
	names := map[string]bool{}
	for _, s := range p.Sites() {
		for _, sel := range s.Query.Selectors() {
			names[sel.Name] = true
		}
	}
	return names
}

// pastName is the name of a series that newer servers do not have.
type pastName struct {
	name string
	// later are the names that it had afterwards, in their order; none: it is gone.
	later []string
	// until is the first version without the name; empty: not known.
	until  string
	metric *metric.Metric
}

// pastName finds out what became of a series; false: it is called so to this day, or nobody knows it.
func (s *Site) pastName(name string) (pastName, bool) {
	if s.Schema == nil || name == "" || s.Schema.Recorded.Has(name) {
		return pastName{}, false
	}
	if series, ok := s.lookup(name); ok {
		m := series.Metric
		return pastName{name: name, later: s.laterNames(series), until: m.Until, metric: m}, m.Until != ""
	}
	if s.Schema.Closed || s.Schema.Renamed == nil { // a spec declares what it reads: there the name is unknown
		return pastName{}, false
	}
	series, ok := s.Schema.Renamed(name)
	if !ok {
		return pastName{}, false
	}
	return pastName{name: name, later: []string{series.Metric.Name + series.Part.Suffix()}, metric: series.Metric}, true
}

// laterNames follows a series of a profile through the versions of its stack.
func (s *Site) laterNames(series metric.Series) (names []string) {
	seen := map[*metric.Metric]bool{}
	for m := series.Metric; m.RenamedTo != "" && !seen[m]; {
		seen[m] = true
		name := m.RenamedTo + series.Part.Suffix()
		next, ok := s.lookup(name)
		if !ok { // it has another type since
			return append(names, m.RenamedTo)
		}
		names = append(names, name)
		m = next.Metric
	}
	return names
}

// readIn reports whether one of the later names is read, too.
func (n *pastName) readIn(read map[string]bool) bool {
	for _, name := range n.later {
		if read[name] {
			return true
		}
	}
	return false
}

// report says what became of the series.
func (n *pastName) report(p *Pass, at diag.Span) *diag.Diagnostic {
	if len(n.later) == 0 {
		d := p.Reportf(at, "`%s` is gone since version %s", n.name, n.until)
		d.Help = "remove it, or read what newer servers have instead"
		return d.See(n.metric.Span, "as it was")
	}
	today := n.later[len(n.later)-1]
	since := ""
	if n.until != "" {
		since = " (gone since version " + n.until + ")"
	}
	d := p.Reportf(at, "`%s` was renamed to `%s`%s", n.name, today, since)
	d.Help = "read `" + today + "`; as long as there are servers of both kinds, read both, with `or` between them"
	return d.See(n.metric.Span, "the metric is declared here")
}
