package promql

import (
	"math"
	"slices"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// overRange is what a function of ranges does.
type overRange struct {
	// value is where the result lies; nil: anywhere.
	value func(v Interval) Interval
	// least is how many samples it needs.
	least int
	// floats and natives: what samples it takes; toFloat: both give floats.
	natives, toFloat bool
	// keepsName: it does not drop the metric's name.
	keepsName bool
	// idle: zero when a counter stands still. additive: sums of it are sums of the same thing.
	idle, additive, existence bool
}

func same(v Interval) Interval { return v }

func rated(v Interval) Interval {
	if v.Low >= 0 && !v.NaN {
		return atLeast(0).withNaN(math.IsInf(v.High, 1))
	}
	return Everything()
}

// overTime are the functions of ranges.
var overTime = map[string]overRange{
	"avg_over_time":                {value: meanOf, natives: true},
	"changes":                      {value: func(Interval) Interval { return atLeast(0) }, natives: true, toFloat: true},
	"count_over_time":              {value: func(Interval) Interval { return atLeast(1) }, natives: true, toFloat: true, existence: true},
	"delta":                        {least: 2, natives: true},
	"deriv":                        {least: 2},
	"double_exponential_smoothing": {least: 2},
	"first_over_time":              {value: same, natives: true, keepsName: true},
	"idelta":                       {least: 2, natives: true},
	"increase":                     {value: rated, least: 2, natives: true, idle: true, additive: true},
	"irate":                        {value: rated, least: 2, natives: true, idle: true, additive: true},
	"last_over_time":               {value: same, natives: true, keepsName: true},
	"max_over_time":                {value: same},
	"min_over_time":                {value: same},
	"predict_linear":               {least: 2},
	"present_over_time":            {value: func(Interval) Interval { return point(1) }, natives: true, toFloat: true, existence: true},
	"quantile_over_time":           {},
	"rate":                         {value: rated, least: 2, natives: true, idle: true, additive: true},
	"resets":                       {value: func(Interval) Interval { return atLeast(0) }, natives: true, toFloat: true},
	"stddev_over_time":             {value: func(Interval) Interval { return atLeast(0).withNaN(true) }},
	"stdvar_over_time":             {value: func(Interval) Interval { return atLeast(0).withNaN(true) }},
	"sum_over_time":                {value: func(v Interval) Interval { return sumWithin(v, Unbounded) }, natives: true},
}

// over works out a function of a range.
func (a *analyser) over(e *parser.Call, over overRange) *Facts {
	at := slices.IndexFunc(e.Args, func(arg parser.Expr) bool { return arg.Type() == parser.ValueTypeMatrix })
	in := a.arg(e, at)
	f := in.derive()
	for i, arg := range e.Args {
		if i != at {
			f.from(a.facts[arg])
		}
	}
	f.keep(func(d *disjunct) bool { return a.overSource(d, e, over) })
	if over.least > 1 { // a subquery of a constant may have one step
		f.returns = false
	} else if in.returns {
		_, sub := bare(e.Args[at]).(*parser.SubqueryExpr)
		f.returns = !sub
	}
	if !over.keepsName {
		a.withoutName(f, e)
	}
	return f
}

func (a *analyser) overSource(d *disjunct, e *parser.Call, over overRange) bool {
	if !over.natives && !d.floatsOnly() {
		return false
	}
	if d.float && d.native && !over.toFloat && !over.keepsName { // a window that mixes them gives nothing
		d.filtered()
	}
	if over.toFloat {
		d.float, d.native = true, false
	}
	before := d.values
	switch {
	case e.Func.Name == "quantile_over_time":
		d.values = quantileOf(before, a.number(e, 0))
	case over.value == nil:
		d.values = Everything()
	default:
		d.values = over.value(before)
	}
	d.narrowed(before, &why{kind: whyValue, node: e, values: d.values})
	d.constant = false
	d.existence = over.existence
	d.additive = d.additive && over.additive
	d.idle = over.idle
	if e.Func.Name != "rate" && e.Func.Name != "irate" && e.Func.Name != "increase" && !over.keepsName {
		d.bounds = nil
	}
	if d.from != nil {
		read := *d.from
		read.least = max(1, over.least)
		d.from = &read
	}
	if over.least > 1 && a.shortRange(e) {
		d.full = false
	}
	return true
}

// shortRange reports whether a range may hold fewer than two samples.
func (a *analyser) shortRange(e *parser.Call) bool {
	m, ok := bare(e.Args[0]).(*parser.MatrixSelector)
	if !ok {
		return true
	}
	window := m.Range
	if a.q.tokenOf(window.Seconds()) >= 0 {
		return false
	}
	scrape := time.Duration(0)
	if a.schema != nil {
		scrape = max(a.schema.Scrape, a.schema.Evaluation)
	}
	return window < 2*scrape
}
