package promql

import (
	"math"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// call works out a function call.
func (a *analyser) call(e *parser.Call) *Facts {
	for _, arg := range e.Args {
		a.eval(arg)
	}
	switch name := e.Func.Name; name {
	case "time":
		return numberFacts(between(math.Inf(-1), math.Inf(1)))
	case "pi":
		return numberFacts(point(math.Pi))
	case "vector":
		return a.vector(e)
	case "scalar":
		return a.scalarOf(e)
	case "absent", "absent_over_time":
		return a.absent(e)
	case "histogram_quantile", "histogram_fraction":
		return a.histogram(e)
	case "histogram_avg", "histogram_count", "histogram_sum", "histogram_stddev", "histogram_stdvar":
		return a.histogramNumber(e)
	case "label_replace":
		return a.labelReplace(e)
	case "label_join":
		return a.labelJoin(e)
	case "sort", "sort_desc":
		f := a.facts[e.Args[0]].derive()
		f.keep((*disjunct).floatsOnly)
		return f
	default:
		if f, ok := functionRanges[name]; ok {
			return a.dated(e, f)
		}
		if over, ok := overTime[name]; ok {
			return a.over(e, over)
		}
		if f, ok := vectorFunctions[name]; ok {
			return a.samplewise(e, f)
		}
		return a.anyCall(e)
	}
}

// anyCall is a function that we do not know.
func (a *analyser) anyCall(e *parser.Call) *Facts {
	f := a.nothingKnown()
	for _, arg := range e.Args {
		f.from(a.facts[arg])
	}
	return f
}

// arg are the facts of an argument.
func (a *analyser) arg(e *parser.Call, i int) *Facts { return a.facts[e.Args[i]] }

// number is where an argument that is a number lies.
func (a *analyser) number(e *parser.Call, i int) Interval { return a.arg(e, i).Range() }

func (a *analyser) vector(e *parser.Call) *Facts {
	f := *a.arg(e, 0)
	f.sources = slices.Clone(f.sources)
	f.unique = true
	return &f
}

// scalarOf turns a vector of one sample into a number; any other becomes NaN.
func (a *analyser) scalarOf(e *parser.Call) *Facts {
	in := a.arg(e, 0)
	d := scalar(in.Range().withNaN(!in.returns || in.MaxSeries() > 1))
	if len(in.sources) == 0 {
		d.values = notANumber()
	}
	d.constant = in.returns
	f := (&Facts{sources: []disjunct{d}, returns: true, unique: true}).from(in)
	if len(in.sources) == 1 && !in.told && in.sources[0].full {
		if name := in.sources[0].manyBy(nil); name != "" {
			p := a.atExpr(ScalarOfMany, e, true, "`scalar` of several series is NaN: there is one for each `%s`", name)
			a.add(p, "aggregate to one series first, as in `scalar(sum(…))`")
			f.told = true
		}
	}
	return f
}

// manyBy is a label, none of keep, that surely has several values; empty: there is none.
func (d *disjunct) manyBy(keep []string) string {
	for _, name := range d.spread {
		if name != nameLabel && !slices.Contains(keep, name) && d.label(name).several() {
			return name
		}
	}
	return ""
}

// absent is 1 while there is no series, with the labels that its selector asks for by `=`.
func (a *analyser) absent(e *parser.Call) *Facts {
	d := disjunct{n: 1, values: point(1), float: true, existence: true}
	w := &why{kind: whyValue, node: e, values: d.values}
	d.low, d.high = w, w
	arg := bare(e.Args[0])
	if m, ok := arg.(*parser.MatrixSelector); ok {
		arg = m.VectorSelector
	}
	if vs, ok := arg.(*parser.VectorSelector); ok {
		s := &a.q.selectors[a.q.selectorIndex(vs)]
		if a.mentionsToken(s) {
			d.open = true
		}
		a.absentLabels(&d, s)
	}
	f := (&Facts{sources: []disjunct{d}, unique: true}).from(a.arg(e, 0))
	f.returns = a.arg(e, 0).Empty()
	f.told = f.told && f.returns
	if a.arg(e, 0).returns {
		f.sources = nil
	}
	return f
}

func (a *analyser) absentLabels(d *disjunct, s *Selector) {
	var has []string
	for i, p := range s.parts {
		m := s.Node.LabelMatchers[i]
		if m.Name == nameLabel || a.q.src.list[p.label].tokens > 0 {
			continue
		}
		// Whatever follows the first `=` of a label takes the label away again.
		if m.Type != labels.MatchEqual || slices.Contains(has, m.Name) {
			d.set(m.Name, neverThere)
			continue
		}
		has = append(has, m.Name)
		dom := exactly(m.Value)
		if a.q.src.list[p.value].tokens > 0 {
			dom = anyValue
		}
		if s.Node.Timestamp != nil || s.Node.StartOrEnd != 0 {
			dom.absent = true
		}
		d.set(m.Name, dom)
	}
}

// dated applies a function of one number to a vector, or to the time of evaluation if it has no argument.
func (a *analyser) dated(e *parser.Call, f func(Interval) Interval) *Facts {
	if len(e.Args) == 0 {
		return numberFacts(f(Everything()))
	}
	return a.samplewise(e, func(_ *analyser, _ *parser.Call, v Interval) Interval { return f(v) })
}

// vectorFunctions are functions that take the samples of a vector one by one, and more arguments.
var vectorFunctions = map[string]func(*analyser, *parser.Call, Interval) Interval{
	"clamp": func(a *analyser, e *parser.Call, v Interval) Interval {
		return v.clamp(a.number(e, 1), a.number(e, 2))
	},
	"clamp_min": func(a *analyser, e *parser.Call, v Interval) Interval {
		return v.clamp(a.number(e, 1), point(math.Inf(1)))
	},
	"clamp_max": func(a *analyser, e *parser.Call, v Interval) Interval {
		return v.clamp(point(math.Inf(-1)), a.number(e, 1))
	},
	"round": func(a *analyser, e *parser.Call, v Interval) Interval {
		to := point(1)
		if len(e.Args) > 1 {
			to = a.number(e, 1)
		}
		if !to.single() || !(to.Low > 0) || v.noNumber() {
			return Everything()
		}
		out := v.closed().wide()
		out.Low, out.High, out.minusZero = out.Low-to.Low, out.High+to.Low, true
		return out
	},
	"acosh":     func(*analyser, *parser.Call, Interval) Interval { return Everything() },
	"asinh":     func(*analyser, *parser.Call, Interval) Interval { return Everything() },
	"atanh":     func(*analyser, *parser.Call, Interval) Interval { return Everything() },
	"sinh":      func(*analyser, *parser.Call, Interval) Interval { return Everything() },
	"tan":       func(*analyser, *parser.Call, Interval) Interval { return Everything() },
	"year":      func(*analyser, *parser.Call, Interval) Interval { return Everything() },
	"timestamp": func(*analyser, *parser.Call, Interval) Interval { return between(math.Inf(-1), math.Inf(1)) },
}

// clamp keeps numbers between low and high.
func (v Interval) clamp(low, high Interval) Interval {
	if math.IsInf(low.High, 1) || math.IsInf(high.Low, -1) && high.single() { // the bound wins over NaN
		return Everything()
	}
	if low.noNumber() || high.noNumber() || v.noNumber() {
		return notANumber()
	}
	nan := v.NaN || low.NaN || high.NaN
	return Interval{
		Low:  max(low.Low, min(high.Low, v.Low)),
		High: max(low.High, min(high.High, v.High)),
		NaN:  nan, minusZero: true,
	}
}

// samplewise applies a function to each sample of a vector.
func (a *analyser) samplewise(e *parser.Call, value func(*analyser, *parser.Call, Interval) Interval) *Facts {
	in := a.arg(e, 0)
	f := in.derive()
	for _, arg := range e.Args[1:] {
		f.from(a.facts[arg])
	}
	timestamps := e.Func.Name == "timestamp"
	f.keep(func(d *disjunct) bool {
		if timestamps {
			d.float, d.native = true, false
		} else if !d.floatsOnly() {
			return false
		}
		before := d.values
		d.values = value(a, e, before)
		d.narrowed(before, &why{kind: whyValue, node: e, values: d.values})
		d.additive, d.idle, d.existence, d.bounds = false, false, false, nil
		return true
	})
	if e.Func.Name == "clamp" && a.number(e, 1).always(parser.GTR, a.number(e, 2)) {
		f.sources, f.returns = nil, false
	} else if e.Func.Name == "clamp" && !a.number(e, 1).always(parser.LTE, a.number(e, 2)) {
		f.returns = false
		for i := range f.sources {
			f.sources[i].filtered()
		}
	}
	a.withoutName(f, e)
	return f
}

// narrowed notes what gave a bound that was not there before.
func (d *disjunct) narrowed(before Interval, w *why) {
	if d.values.Low != before.Low {
		d.low = w
	}
	if d.values.High != before.High {
		d.high = w
	}
}
