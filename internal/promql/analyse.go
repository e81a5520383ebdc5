package promql

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// Analyse finds what is known of a query that is read against a schema. It never fails: what is not known
// is not said.
//
// It is an abstract interpretation: each part of the expression has facts (a set of possible sources of series
// and what their labels, numbers and values are), worked out from the facts of its parts by the rules of
// Prometheus's engine, and a problem is what follows from facts. The transfer functions lie in the files
// analyse_*.go. What types and units of metrics forbid is found by a pass of its own, checkTypes.
func Analyse(q *Query, s *Schema, use Use) *Analysis {
	a := &analyser{q: q, schema: s, use: use, facts: make(map[parser.Expr]*Facts, 16)}
	out := &Analysis{Query: q, Root: a.eval(q.src.expr), facts: a.facts}
	typed, types := checkTypes(q, s, use)
	for e, t := range types {
		if f, ok := a.facts[e]; ok {
			f.types = t
		}
	}
	out.Problems = append(a.problems, typed...)
	slices.SortStableFunc(out.Problems, func(x, y Problem) int { return cmp.Or(cmp.Compare(x.Start, y.Start), cmp.Compare(x.End, y.End)) })
	out.Problems = oneMessage(out.Problems)
	return out
}

// analyser works out the facts of one query.
type analyser struct {
	q        *Query
	schema   *Schema
	use      Use
	facts    map[parser.Expr]*Facts
	problems []Problem
	// first are the problems by what they are about, so that the same mistake elsewhere joins them.
	first map[mistake]int
	// unset are labels that a label_replace should have set, and does not.
	unset []string
	// summed is the aggregation whose argument is worked out.
	summed *parser.AggregateExpr
	// subtracted: what is looked at is subtracted from something, so that less of it makes the result greater.
	subtracted bool
}

// mistake is what a problem is about: a metric's name, and a matcher of its labels or a label.
type mistake struct {
	kind          ProblemKind
	metric, label string
}

// eval works out the facts of e and its parts.
func (a *analyser) eval(e parser.Expr) *Facts {
	f := a.evalExpr(e)
	f.known, f.query = true, a.q
	a.facts[e] = f
	return f
}

func (a *analyser) evalExpr(e parser.Expr) *Facts {
	switch e := e.(type) {
	case *parser.ParenExpr:
		f := *a.eval(e.Expr)
		return &f
	case *parser.NumberLiteral:
		return numberFacts(a.literal(e))
	case *parser.StringLiteral:
		return &Facts{returns: true}
	case *parser.VectorSelector:
		return a.selector(e, nil)
	case *parser.MatrixSelector:
		f := a.selector(e.VectorSelector.(*parser.VectorSelector), e)
		f.known, f.query = true, a.q
		a.facts[e.VectorSelector] = f
		return f
	case *parser.SubqueryExpr:
		return a.subquery(e)
	case *parser.UnaryExpr:
		return a.unary(e)
	case *parser.AggregateExpr:
		return a.aggregate(e)
	case *parser.Call:
		return a.call(e)
	case *parser.BinaryExpr:
		return a.binary(e)
	}
	return a.nothingKnown()
}

// literal is the value of a number; a variable's is not known.
func (a *analyser) literal(e *parser.NumberLiteral) Interval {
	if a.q.tokenOf(e.Val) >= 0 {
		return Everything()
	}
	return point(e.Val)
}

func numberFacts(v Interval) *Facts {
	return &Facts{sources: []disjunct{scalar(v)}, returns: true, unique: true}
}

// nothingKnown are facts of what may be anything.
func (a *analyser) nothingKnown() *Facts { return &Facts{sources: []disjunct{unknown()}} }

// subquery evaluates its expression at many times.
func (a *analyser) subquery(e *parser.SubqueryExpr) *Facts {
	in := a.eval(e.Expr)
	f := *in
	f.sources, f.apart = slices.Clone(in.sources), nil
	for i := range f.sources {
		d := &f.sources[i]
		d.overTime()
		d.from, d.additive = nil, false
	}
	// At different times series that differ in their names only may stand in for each other.
	f.unique = f.unique && sameName(f.sources)
	return &f
}

// sameName reports whether all series have one name, or none.
func sameName(list []disjunct) bool {
	return len(list) < 2 || !slices.ContainsFunc(list, func(d disjunct) bool {
		name, first := d.label(nameLabel), list[0].label(nameLabel)
		return name.any || first.any || name.absent != first.absent || len(name.values) > 1 || !slices.Equal(name.values, first.values)
	})
}

func (a *analyser) unary(e *parser.UnaryExpr) *Facts {
	in := a.eval(e.Expr)
	if e.Op == parser.ADD {
		f := *in
		return &f
	}
	f := in.derive()
	for i := range f.sources {
		d := &f.sources[i]
		d.values, d.low, d.high = d.values.negated(), d.high, d.low
		d.additive, d.existence = false, false
	}
	if e.Type() == parser.ValueTypeVector {
		a.withoutName(f, e)
	}
	return f
}

// derive copies facts for a result that is made of them, sample by sample.
func (f *Facts) derive() *Facts {
	return &Facts{sources: slices.Clone(f.sources), returns: f.returns, unique: f.unique, apart: f.apart, fails: f.fails, told: f.told}
}

// from carries over what holds for whatever is made of operands: a failure, and what is told.
func (f *Facts) from(operands ...*Facts) *Facts {
	for _, o := range operands {
		f.fails = f.fails || o.fails
		f.told = f.told || o.told
	}
	return f
}

// keep works on each source and drops those for which step returns false. What returns for sure still does if no
// sample is lost, or one that is always there is left.
func (f *Facts) keep(step func(d *disjunct) bool) {
	lossy, constant := false, false
	kept := f.sources[:0]
	for i := range f.sources {
		d := f.sources[i]
		d.lossy = false
		if !step(&d) {
			lossy = true
			continue
		}
		lossy, constant = lossy || d.lossy, constant || d.constant
		kept = append(kept, d)
	}
	f.returns = f.returns && len(kept) > 0 && (constant || !lossy)
	f.sources = kept
}

// bounded merges sources where there are too many.
func (f *Facts) bounded() *Facts {
	if len(f.sources) > maxSources {
		f.sources = []disjunct{merge(f.sources)}
		f.unique = false
	}
	return f
}

// open reports whether a source may have labels that nobody listed.
func (f *Facts) open() bool {
	for i := range f.sources {
		if f.sources[i].open {
			return true
		}
	}
	return false
}

// full reports whether there is a result as soon as all declared series exist.
func (f *Facts) full() bool {
	for i := range f.sources {
		if f.sources[i].full {
			return true
		}
	}
	return f.returns
}

// problem starts a problem at bytes of the query; add notes it.
func (a *analyser) problem(kind ProblemKind, start, end int, proved bool, format string, args ...any) *Problem {
	return &Problem{Kind: kind, Start: start, End: end, Proved: proved, Message: fmt.Sprintf(format, args...)}
}

func (a *analyser) add(p *Problem, help string, reasons ...Reason) {
	p.Help = help
	p.Reasons = append(p.Reasons, reasons...)
	a.problems = append(a.problems, *p)
}

// again reports whether a mistake is told already, and notes that it is made at these bytes, too; if it is not, the
// next problem must tell it.
func (a *analyser) again(m mistake, start, end int) bool {
	const most = 3
	if i, ok := a.first[m]; ok {
		if p := &a.problems[i]; len(p.Reasons) < most {
			p.Reasons = append(p.Reasons, Reason{Start: start, End: end, Text: "also here"})
		}
		return true
	}
	if a.first == nil {
		a.first = map[mistake]int{}
	}
	a.first[m] = len(a.problems)
	return false
}

// atExpr starts a problem at a part of the query.
func (a *analyser) atExpr(kind ProblemKind, e parser.Expr, proved bool, format string, args ...any) *Problem {
	start, end := a.q.place(e)
	return a.problem(kind, start, end, proved, format, args...)
}

// lookup finds the metric of a series.
func (a *analyser) lookup(name string) (metric.Series, bool) {
	if a.schema == nil || a.schema.Lookup == nil {
		return metric.Series{}, false
	}
	return a.schema.Lookup(name)
}

// closed reports whether a name that nobody declared does not exist.
func (a *analyser) closed() bool { return a.schema != nil && a.schema.Closed }
