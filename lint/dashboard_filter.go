package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// filterRules hold the selectors of a dashboard against each other.
var filterRules = []*Rule{unlikeSiblings}

// A filter is what nearly all selectors of a dashboard have in common: the choice of what the dashboard is
// about. It needs that many selectors in that many queries, and that share of all.
const (
	leastSiblings = 3
	leastShare    = 0.75
)

// reading is one selector of a panel's query.
type reading struct {
	site     *Site
	selector promql.Selector
	// metric without the suffix of a part of it.
	metric string
}

// labelFilter is a label with the value or the variable that selectors have for it.
type labelFilter struct {
	label, value string
	// drillsDown: readers can choose several values, or All, to look closer. Numbers at the top of a dashboard are
	// about the whole all the same.
	drillsDown bool
}

var unlikeSiblings = &Rule{
	Name: "unlike-siblings", Group: Dashboards, Severity: diag.Warning,
	Doc: "a query that lacks the filter which all others of the dashboard have",
	Run: func(p *Pass) {
		if p.foreign() == nil {
			return
		}
		readings := p.readings()
		filters := filtersOf(readings)
		for i := range filters {
			filters[i].drillsDown = p.hasSeveral(filters[i].value)
		}
		byMetric := map[string][]reading{}
		for _, r := range readings {
			byMetric[r.metric] = append(byMetric[r.metric], r)
		}
		reported := map[*Site]bool{}
		for _, r := range readings {
			if reported[r.site] {
				continue
			}
			var missing []labelFilter
			for _, f := range filters {
				if r.lacks(f, byMetric[r.metric]) {
					missing = append(missing, f)
				}
			}
			if len(missing) == 0 {
				continue
			}
			reported[r.site] = true
			p.reportUnlike(r, missing)
		}
	},
}

// hasSeveral: the value is a variable that stands for several values at once.
func (p *Pass) hasSeveral(value string) bool {
	index := p.variableIndex()
	return slices.ContainsFunc(promqlNames(value), func(name string) bool {
		i, ok := index[name]
		return ok && p.Plan.Dashboard.Variables[i].Foreign.Multiple()
	})
}

// readings are the selectors of all panels that name their metric.
func (p *Pass) readings() (list []reading) {
	for s := range p.Queries() {
		if s.Panel == nil {
			continue
		}
		for _, sel := range s.Query.Selectors() {
			if sel.Name != "" && !sel.InAbsent && !strings.HasPrefix(sel.Name, "ALERTS") {
				list = append(list, reading{s, sel, family(sel.Name)})
			}
		}
	}
	return list
}

// family is the name of the metric that a series belongs to.
func family(name string) string {
	for _, suffix := range [...]string{"_bucket", "_sum", "_count", "_total", "_created"} {
		if of, ok := strings.CutSuffix(name, suffix); ok {
			return of
		}
	}
	return name
}

// filtersOf finds what nearly all selectors filter by: the value first, then the label that most have for it.
// Where readers choose one thing that two labels can have, as the ends of a connection do, both are meant.
func filtersOf(readings []reading) (list []labelFilter) {
	byValue, byFilter := map[string]map[int]bool{}, map[labelFilter]map[*Site]bool{}
	for i, r := range readings {
		for _, m := range r.selector.Matchers {
			if !chooses(m) {
				continue
			}
			if byValue[m.Value] == nil {
				byValue[m.Value] = map[int]bool{}
			}
			byValue[m.Value][i] = true
			f := labelFilter{label: m.Name, value: m.Value}
			if byFilter[f] == nil {
				byFilter[f] = map[*Site]bool{}
			}
			byFilter[f][r.site] = true
		}
	}
	ofValue := map[string]int{}
	for f, sites := range byFilter {
		ofValue[f.value] += len(sites)
	}
	for f, sites := range byFilter {
		n := len(byValue[f.value])
		rivals := ofValue[f.value] - len(sites)
		if len(sites) >= max(leastSiblings, leastSiblings*rivals) && float64(n) >= leastShare*float64(len(readings)) {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b labelFilter) int {
		return cmp.Or(cmp.Compare(a.label, b.label), cmp.Compare(a.value, b.value))
	})
	return list
}

// chooses reports whether a matcher picks something by a fixed value or by what a reader chose.
func chooses(m *labels.Matcher) bool {
	if m.Name == "le" || m.Name == "quantile" || m.Value == "" {
		return false
	}
	return m.Type == labels.MatchEqual || m.Type == labels.MatchRegexp && strings.ContainsAny(m.Value, "$[")
}

// lacks reports whether a selector should have a filter and has not. Others are the readings of its metric. It
// says nothing about a metric of which the contract knows that it lacks the label, or that no other query reads
// with the filter, unless the contract knows that it has the label.
func (r reading) lacks(f labelFilter, others []reading) bool {
	if slices.ContainsFunc(r.selector.Matchers, func(m *labels.Matcher) bool { return m.Name == f.label }) {
		return false
	}
	same := false
	for _, other := range others {
		if !other.has(f) || f.drillsDown && other.site.Panel.Kind != r.site.Panel.Kind {
			continue
		}
		if other.site == r.site {
			return false // the whole that a part is divided by
		}
		same = true
	}
	presence := r.site.Analysis().Of(r.selector.Node).Label(f.label).Presence
	return same && presence != promql.Never || !f.drillsDown && presence == promql.Surely
}

func (r reading) has(f labelFilter) bool {
	return slices.ContainsFunc(r.selector.Matchers, func(m *labels.Matcher) bool { return m.Name == f.label && m.Value == f.value && chooses(m) })
}

func (p *Pass) reportUnlike(r reading, missing []labelFilter) {
	var names []string
	for _, f := range missing {
		names = append(names, f.label)
		for i, m := range r.selector.Matchers {
			if m.Value == f.value && chooses(m) {
				p.Reportf(r.selector.MatcherSpans[i], "%s selects by `%s`, where the other queries select by `%s`", titled(r.site.Panel), m.Name, f.label).
					WithHelp("select by `%s`, as the others do: the two need not have the same values", f.label)
				return
			}
		}
	}
	at := r.selector.NameSpan
	if at.IsZero() {
		at = r.selector.Span
	}
	p.Reportf(at, "`%s` is read without a filter by %s, which the other queries of the dashboard have: it shows what they leave out", r.selector.Name, listed(names)).
		WithHelp("add `%s`", matcherText(missing[0]))
}

func matcherText(f labelFilter) string {
	op := "="
	if strings.ContainsAny(f.value, "$[") {
		op = "=~"
	}
	return f.label + op + "\"" + f.value + "\""
}
