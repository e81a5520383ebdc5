package lint

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// resultOf counts the series of a query's result; of a spec that describes many models, those of one. False:
// nothing is known. Labels of targets whose values nobody declared count once: then it is for each target.
//
// Of what profiles bring nothing is known here: their bounds are those of the largest installation.
func (p *Pass) resultOf(s *Site, without ...string) (c count, ok bool) {
	if s.readsBrought() {
		return count{}, false
	}
	root := s.Analysis().Root
	labels, _ := root.Labels()
	c.series = 1
	skipped, told := false, false
	for _, l := range labels {
		if p.oneOfMembers(l.Name) || slices.Contains(without, l.Name) {
			continue
		}
		ok = true
		if s.targetLabel(l.Name) {
			if l.AtMost == 0 {
				skipped = true
				continue
			}
			told = told || l.AtMost > 1
		}
		c.atLeast = c.atLeast || l.AtMost == 0
		c.times(l.AtMost, "of `%s`", l.Name)
	}
	if most := root.MaxSeries(); most != promql.Unbounded && most < c.series {
		return count{series: most}, true
	}
	c.eachTarget = skipped && !told
	return c, ok
}

// readsBrought reports whether a query reads a metric that a profile brings.
func (s *Site) readsBrought() bool {
	return slices.ContainsFunc(s.Query.Selectors(), func(sel promql.Selector) bool {
		series, ok := s.lookup(sel.Name)
		return ok && series.Metric.Brought
	})
}

// oneOfMembers: the label tells the models of the spec apart.
func (p *Pass) oneOfMembers(label string) bool { return p.Plan.Contract != nil && p.isMember(label) }

// targetLabel reports whether scraping adds a label to what a query reads.
func (s *Site) targetLabel(name string) bool {
	return s.Schema != nil && slices.ContainsFunc(s.Schema.Targets, func(t promql.Targets) bool {
		return slices.ContainsFunc(t.Labels, func(l promql.TargetLabel) bool { return l.Name == name })
	})
}

// unboundedOwner finds the metric, among those that a query reads, whose own label has no bound; nil: none has. known
// says that a contract has the label at all.
func (s *Site) unboundedOwner(label string) (owner *metric.Metric, known bool) {
	for _, sel := range s.Query.Selectors() {
		series, ok := s.lookup(sel.Name)
		if !ok {
			continue
		}
		if l, has := series.Metric.Label(label); has {
			if known = true; l.Values.AtMost == 0 {
				return series.Metric, true
			}
		}
	}
	return nil, known
}

var unboundedGrouping = &Rule{
	Name: "unbounded-grouping", Group: Cardinality, Severity: diag.Error,
	Doc: "grouping by a label without a bound",
	Run: func(p *Pass) {
		for s := range p.Queries() {
			if s.Variable == nil {
				p.groupings(s)
			}
		}
	},
}

// groupings reports labels without a bound that a query groups by and keeps.
func (p *Pass) groupings(s *Site) {
	root := s.Analysis().Root
	if root.MaxSeries() != promql.Unbounded {
		return // topk, count: few remain
	}
	seen := map[string]bool{}
	for _, g := range s.Query.Groupings() {
		for _, l := range g.Labels {
			if fact := root.Label(l.Value); g.Kind != "by" || seen[l.Value] || fact.Presence == promql.Never || fact.AtMost > 0 {
				continue
			}
			seen[l.Value] = true
			if owner, known := s.unboundedOwner(l.Value); owner != nil {
				p.declaredGrouping(s, l, owner)
			} else if !known && !s.targetLabel(l.Value) {
				p.namedGrouping(s, l)
			}
		}
	}
}

// declaredGrouping reports grouping by a label that a contract declares without a bound. Of what profiles declare so, most
// goes along with something that has one (the id of a container); only what its name gives away is said.
func (p *Pass) declaredGrouping(s *Site, l diag.Located[string], owner *metric.Metric) {
	b, named := stranger(l.Value)
	if owner.Brought {
		if b, named = surelyUnbounded(l.Value); !named {
			return
		}
	}
	d := p.Reportf(l.Span, "%s is grouped by `%s`, which has no bound: %s", s.What(), l.Value, consequence(s))
	d.See(labelSpan(owner, l.Value), "any value")
	d.Help = "group by another label, or declare how many values it has at most"
	if named {
		d.Help = "group by another label; " + b.where
	}
	if s.Alert == nil && s.Record == nil {
		d.Severity = diag.Warning // a reader is slowed down, nothing is stored
	}
}

// namedGrouping reports grouping by a label of which nothing is known but its name.
func (p *Pass) namedGrouping(s *Site, l diag.Located[string]) {
	severity := diag.Warning
	b, ok := surelyUnbounded(l.Value)
	if !ok {
		severity = diag.Info
		b, ok = mayBeUnbounded(l.Value)
	}
	if ok {
		d := p.Reportf(l.Span, "%s is grouped by `%s`, which holds %s: %s", s.What(), l.Value, b.what, consequence(s))
		d.Help, d.Severity = "group by another label; "+b.where, severity
	}
}

// labelSpan is where a metric's label is declared.
func labelSpan(m *metric.Metric, label string) diag.Span {
	l, _ := m.Label(label)
	return l.Span
}

// consequence says what each value of a label costs.
func consequence(s *Site) string {
	switch {
	case s.Alert != nil:
		return "each value is a notification"
	case s.Record != nil:
		return "each value is stored as a series"
	}
	return "each value is a line"
}

var alertFanOut = &Rule{
	Name: "alert-fan-out", Group: Cardinality, Severity: diag.Warning,
	Doc: "an alert that can raise more notifications at once than anybody reads",
	Run: func(p *Pass) {
		budget := p.Budgets().NotificationsPerAlert
		for s := range p.Queries() {
			if s.Alert == nil || budget == 0 {
				continue
			}
			c, ok := p.resultOf(s)
			label, owner := p.unboundedResult(s)
			switch {
			case owner != nil && !groups(s, label):
				p.Reportf(s.Whole(), "alert `%s` can fire for each value of `%s`, which has no bound", s.Alert.Name, label).
					WithHelp("aggregate the label away: `max without (%s) (…)`", label).See(labelSpan(owner, label), "any value")
			case ok && owner == nil && c.series > budget:
				p.Reportf(s.Whole(), "alert `%s` can fire %s times at once%s%s; the budget is %s", s.Alert.Name, thousands(c.series), c.where(), c.how(), thousands(budget)).
					Help = "aggregate labels away, or alert on how many of them are affected"
			}
		}
	},
}

// unboundedResult finds a label of a result that an own metric declares without a bound.
func (p *Pass) unboundedResult(s *Site) (string, *metric.Metric) {
	root := s.Analysis().Root
	if root.MaxSeries() != promql.Unbounded {
		return "", nil
	}
	labels, _ := root.Labels()
	for _, l := range labels {
		if l.AtMost > 0 {
			continue
		}
		if owner, _ := s.unboundedOwner(l.Name); owner != nil && !owner.Brought {
			return l.Name, owner
		}
	}
	return "", nil
}

// groups reports whether a query groups by a label, so that unbounded-grouping speaks.
func groups(s *Site, label string) bool {
	return slices.ContainsFunc(s.Query.Groupings(), func(g promql.Grouping) bool {
		return g.Kind == "by" && slices.ContainsFunc(g.Labels, func(l diag.Located[string]) bool { return l.Value == label })
	})
}

var panelCardinality = &Rule{
	Name: "panel-cardinality", Group: Cardinality, Severity: diag.Warning,
	Doc: "a query of a panel that draws more lines than anybody reads",
	Run: func(p *Pass) {
		budget := p.Budgets().SeriesPerPanel
		for s := range p.Queries() {
			if s.Panel == nil || budget == 0 || !slices.Contains([]plan.Kind{plan.TimeSeries, plan.Stat, plan.Gauge, plan.BarGauge}, s.Panel.Kind) {
				continue
			}
			if c, ok := p.resultOf(s, s.Panel.Repeat); ok && c.series > budget {
				p.Reportf(s.Whole(), "panel `%s` draws %s series%s%s; the budget is %s", s.Panel.Title, c.amount(), c.where(), c.how(), thousands(budget)).
					Help = "aggregate labels away, show the largest (`topk(10, …)`), or let readers choose with `dashboard: {variables: […]}`"
			}
		}
	},
}

var variableCardinality = &Rule{
	Name: "variable-cardinality", Group: Cardinality, Severity: diag.Warning,
	Doc: "a variable with more values than a reader can choose from",
	Run: func(p *Pass) {
		budget := p.Budgets().ValuesPerVariable
		if budget == 0 || p.Plan.Dashboard == nil {
			return
		}
		for _, v := range p.Plan.Dashboard.Variables {
			at, n := v.Source, max(len(v.Options), p.valuesOf(v.Name))
			if v.Foreign != nil {
				at, n = v.Foreign.Source.Span, valuesFound(&v)
			}
			if p.Own(at) && n > budget {
				p.Reportf(at, "readers choose `%s` from up to %s values; the budget is %s", v.Name, thousands(n), thousands(budget)).
					Help = "let them choose a coarser label"
			}
		}
	},
}

// valuesFound is how many values a variable of somebody else's dashboard finds at most; 0: not known.
func valuesFound(v *plan.Variable) int {
	if v.Written == nil || v.Foreign.Source.Value == "" {
		return 0
	}
	if s := (&Site{Written: v.Written}); s.readsBrought() {
		return 0
	}
	return v.Written.Analysis().Root.Label(v.Foreign.Source.Value).AtMost
}

// valuesOf is how many values a label of the model server has at most; 0: not known.
func (p *Pass) valuesOf(label string) (n int) {
	if p.Plan.Contract == nil {
		return 0
	}
	for _, r := range p.Plan.Contract.Replicas {
		if r.Name == label {
			n = max(n, r.Values.AtMost)
		}
	}
	for _, m := range p.Plan.Contract.Metrics {
		if l, ok := m.Label(label); ok && m.Source == 0 {
			n = max(n, l.Values.AtMost)
		}
	}
	return n
}
