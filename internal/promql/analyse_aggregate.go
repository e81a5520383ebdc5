package promql

import (
	"math"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// aggregate works out an aggregation.
func (a *analyser) aggregate(e *parser.AggregateExpr) *Facts {
	param := point(math.NaN())
	if e.Param != nil {
		param = a.eval(e.Param).Range()
	}
	a.summed = e
	in := a.eval(e.Expr)
	variable := len(a.q.tokens) > 0 && a.q.holdsToken(a.q.aggregateGrouping(e))
	if !variable {
		a.checkGrouping(e, in)
	}
	f := (&Facts{returns: in.returns}).from(in)
	if len(in.sources) == 0 {
		return f
	}
	switch e.Op {
	case parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO:
		return a.pick(e, in, param)
	}
	a.checkNaN(e, in)
	groups := slices.Clone(in.sources)
	groups = slices.DeleteFunc(groups, func(d disjunct) bool {
		switch e.Op {
		case parser.MIN, parser.MAX, parser.STDDEV, parser.STDVAR, parser.QUANTILE:
			return !d.floatsOnly()
		}
		return false
	})
	if len(groups) == 0 {
		return f
	}
	for i := range groups {
		a.group(&groups[i], e)
	}
	if variable {
		for i := range groups {
			groups[i] = a.groupByVariable(groups[i], e)
		}
	}
	d := mergeGroups(groups, e)
	if e.Op == parser.COUNT_VALUES {
		a.countValues(&d, e, in)
	}
	a.aggregated(&d, e, in, param)
	f.sources, f.unique = []disjunct{d}, true
	mixed := d.float && d.native && (e.Op == parser.SUM || e.Op == parser.AVG) // such a group gives nothing
	f.returns = f.returns && !mixed && slices.ContainsFunc(groups, func(d disjunct) bool { return d.constant })
	return f
}

// group restricts a source to the labels that the aggregation keeps.
func (a *analyser) group(d *disjunct, e *parser.AggregateExpr) {
	w := &why{kind: whyGrouped, node: e}
	if e.Without {
		d.drop(w, e.Grouping...)
		d.dropName()
	} else {
		kept := make([]labelDomain, 0, len(e.Grouping))
		var gone []string
		for _, l := range d.labels {
			if slices.Contains(e.Grouping, l.name) {
				kept = append(kept, l)
			} else if !l.never() && l.name != nameLabel {
				gone = append(gone, l.name)
			}
		}
		wasOpen := d.open
		old := *d
		d.labels, d.open = kept, false
		if wasOpen {
			for _, name := range e.Grouping {
				if _, listed := findLabel(d.labels, name); !listed && old.removed(name) == nil {
					d.set(name, anyValue)
				}
			}
			d.gone = append(slices.Clip(d.gone), removal{nil, w})
		} else if gone != nil {
			d.gone = append(slices.Clip(d.gone), removal{gone, w})
		}
		d.keys = slices.DeleteFunc(slices.Clone(d.keys), func(k []string) bool {
			return slices.ContainsFunc(k, func(n string) bool { return !slices.Contains(e.Grouping, n) })
		})
		d.spread = slices.DeleteFunc(slices.Clone(d.spread), func(n string) bool { return !slices.Contains(e.Grouping, n) })
	}
	if _, ok := findLabel(d.labels, leLabel); !ok && !d.open {
		d.noInf = nil
	}
	d.additive = d.additive && e.Op == parser.SUM
}

// groupByVariable is a group of which a variable says by what labels.
func (a *analyser) groupByVariable(d disjunct, e *parser.AggregateExpr) disjunct {
	d.open, d.keys, d.gone = true, nil, nil
	d.filtered()
	for _, l := range d.labels {
		if e.Without {
			l.domain.absent = true
			d.set(l.name, l.domain)
		}
	}
	if i := slices.IndexFunc(d.labels, func(l labelDomain) bool { return l.name == nameLabel }); i < 0 {
		d.set(nameLabel, domain{any: true, absent: true})
	}
	return d
}

// mergeGroups is what all sources together make: one group takes from each.
func mergeGroups(groups []disjunct, e *parser.AggregateExpr) disjunct {
	for i := range groups {
		groups[i].count()
	}
	d := merge(groups)
	if len(groups) > 1 {
		d.full = slices.ContainsFunc(groups, func(g disjunct) bool { return g.full }) &&
			(e.Op == parser.COUNT || e.Op == parser.GROUP || !d.native)
		return d
	}
	if d.float && d.native && (e.Op == parser.SUM || e.Op == parser.AVG) {
		d.filtered()
	}
	return d
}

// aggregated says where the values of the result lie.
func (a *analyser) aggregated(d *disjunct, e *parser.AggregateExpr, in *Facts, param Interval) {
	n := in.MaxSeries()
	v := &why{kind: whyValue, node: e}
	all := d.values
	d.existence = false
	switch e.Op {
	case parser.SUM:
		d.values = sumWithin(all, n)
		if d.values != all {
			d.low, d.high = v, v
		}
	case parser.AVG:
		d.values = meanOf(all)
	case parser.QUANTILE:
		d.values = quantileOf(all, param)
	case parser.MIN, parser.MAX:
	case parser.COUNT, parser.COUNT_VALUES:
		d.values = between(1, math.Inf(1))
		if n != Unbounded {
			d.values.High = float64(n)
		}
		d.low, d.high, d.existence = v, v, true
	case parser.GROUP:
		d.values, d.low, d.high, d.existence = point(1), v, v, true
	case parser.STDDEV, parser.STDVAR:
		d.values = atLeast(0).withNaN(true)
		d.low, d.high = v, v
	default:
		d.values = Everything()
	}
	v.values = d.values
	switch e.Op {
	case parser.COUNT, parser.COUNT_VALUES, parser.GROUP, parser.STDDEV, parser.STDVAR:
		d.float, d.native, d.idle, d.nan, d.bounds, d.noInf = true, false, false, nil, nil, nil
	}
	if e.Op != parser.SUM {
		d.additive = false
	}
	if e.Op != parser.SUM && e.Op != parser.AVG {
		d.bounds = nil
	}
	d.count()
}

// pick works out topk and its like: whole series of each group.
func (a *analyser) pick(e *parser.AggregateExpr, in *Facts, k Interval) *Facts {
	f := in.derive()
	groups := Unbounded
	one := len(f.sources) == 1 && k.single() && e.Op != parser.LIMIT_RATIO && !e.Without && !a.q.holdsToken(a.q.aggregateGrouping(e))
	if len(f.sources) == 1 {
		groups = f.sources[0].groups(e)
	}
	f.keep(func(d *disjunct) bool {
		if e.Op != parser.LIMITK && e.Op != parser.LIMIT_RATIO && !d.floatsOnly() {
			return false
		}
		if k.single() && k.Low < 1 && e.Op != parser.LIMIT_RATIO {
			return false
		}
		if k.single() && e.Op != parser.LIMIT_RATIO && k.Low < manySeries {
			d.n = min(d.n, times(groups, int(k.Low)))
		}
		if one && k.Low >= 1 && k.Low < 2 { // the one of each group
			d.keys = append(slices.Clone(d.keys), e.Grouping)
		}
		full := d.full && (e.Op == parser.TOPK || e.Op == parser.BOTTOMK) && k.single() && k.Low >= 1
		d.filtered()
		d.full = full && groups != Unbounded
		d.additive = false
		return true
	})
	if e.Op == parser.LIMIT_RATIO || !k.single() {
		f.returns = false
	}
	return f
}

// groups is how many groups an aggregation makes of d, at most.
func (d *disjunct) groups(e *parser.AggregateExpr) int {
	if !e.Without {
		return d.product(e.Grouping)
	}
	if d.open {
		return Unbounded
	}
	n := 1
	for _, l := range d.labels {
		if l.name != nameLabel && !slices.Contains(e.Grouping, l.name) {
			n = times(n, l.size())
		}
	}
	return n
}

// countValues adds the label that takes the values. There are at most as many series as there were.
func (a *analyser) countValues(d *disjunct, e *parser.AggregateExpr, in *Facts) {
	d.n = in.MaxSeries()
	d.filtered()
	d.keys = nil
	label, ok := bare(e.Param).(*parser.StringLiteral)
	if !ok || a.q.tokenInString(e.Param) {
		d.open, d.gone = true, nil
		return
	}
	if e.Without && slices.Contains(e.Grouping, label.Val) {
		return
	}
	d.loseKeys(label.Val)
	d.set(label.Val, domain{any: true})
}

// checkGrouping reports labels of a list that no series has.
func (a *analyser) checkGrouping(e *parser.AggregateExpr, in *Facts) {
	if len(in.sources) == 0 || in.told && in.open() {
		return
	}
	for _, name := range e.Grouping {
		if name == nameLabel || !in.domain(name).never() || name == leLabel && in.Natives() {
			continue
		}
		g := a.q.aggregateGrouping(e)
		if g == nil {
			return
		}
		start, end := a.q.labelBytes(g, name)
		a.missingLabel(in, name, start, end, !e.Without, "there is nothing to remove")
	}
}

// missingLabel reports the use of a label that series do not have: it was removed, or never there. effect says
// what comes of it where it is no mistake for sure.
func (a *analyser) missingLabel(in *Facts, name string, start, end int, proved bool, effect string) {
	tail := ""
	if !proved {
		tail = ": " + effect
	}
	if w := in.removed(name); w != nil {
		p := a.problem(RemovedLabel, start, end, proved, "the label `%s` is gone before this%s", name, tail)
		a.add(p, "keep it where it ends, or leave it out here", a.q.reason(w, name))
		return
	}
	if in.open() || slices.Contains(a.unset, name) {
		return
	}
	p := a.problem(UnknownLabel, start, end, proved, "no series here has a label `%s`%s", name, tail)
	list := labelNames(&in.sources[0])
	help := "there are no labels here"
	if len(list) > 0 {
		help = didYouMean(name, list, "the labels here are "+quoted(list))
		p.Fix = a.labelFix(start, end, name, list)
	}
	a.add(p, help, a.declaration(in.sources[0].name)...)
}

// checkNaN reports sums and means that one idle series turns into NaN: 0/0, with divisors that differ within a group.
func (a *analyser) checkNaN(e *parser.AggregateExpr, in *Facts) {
	switch e.Op {
	case parser.SUM, parser.AVG, parser.STDDEV, parser.STDVAR, parser.QUANTILE:
	default:
		return
	}
	for i := range in.sources {
		d := &in.sources[i]
		if d.nan == nil || d.open {
			continue
		}
		for _, label := range d.nan.by {
			if kept := slices.Contains(e.Grouping, label) != e.Without; kept || d.label(label).pinned() || d.label(label).soft {
				continue
			}
			start, end := a.q.operatorBytes(d.nan.node)
			p := a.atExpr(NaNInAggregation, e, false, "one `%s` without traffic makes this `%s` NaN", label, e.Op)
			a.add(p, "aggregate both sides before you divide, or let only divisors `> 0` through",
				Reason{Start: start, End: end, Text: "0/0 is NaN, and so is all that it is added to"})
			d.nan = nil
			return
		}
	}
}
