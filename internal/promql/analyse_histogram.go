package promql

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// histogram works out histogram_quantile and histogram_fraction, of classic histograms and native ones.
func (a *analyser) histogram(e *parser.Call) *Facts {
	last := len(e.Args) - 1
	in := a.arg(e, last)
	f := in.derive()
	for _, arg := range e.Args[:last] {
		f.from(a.facts[arg])
	}
	a.checkBuckets(f, in, e)
	f.keep(func(d *disjunct) bool {
		if d.label(leLabel).never() {
			if !d.native {
				return false
			}
			if d.float {
				d.float = false
				d.filtered()
			}
		}
		a.histogramValues(d, e)
		if d.float && !d.surelyBuckets() { // what has no number for `le` is left out
			d.filtered()
		}
		d.constant = false
		switch dom := d.label(leLabel); {
		case !d.native:
			d.drop(&why{kind: whyQuantile, node: e}, leLabel)
		case d.float && !dom.never(): // native histograms keep a label of that name
			dom.absent = true
			d.loseKeys(leLabel)
			d.set(leLabel, dom)
		}
		d.float, d.native = true, false
		d.from, d.additive, d.existence, d.bounds, d.noInf, d.idle, d.nan = nil, false, false, nil, nil, false, nil
		return true
	})
	f.unique, f.apart = len(f.sources) == 1, nil
	a.withoutName(f, e)
	return f
}

// checkBuckets reports quantiles of what has no buckets.
func (a *analyser) checkBuckets(f, in *Facts, e *parser.Call) {
	if in.told || len(in.sources) == 0 || in.Natives() && !in.bucketsLost() {
		return
	}
	arg := e.Args[len(e.Args)-1]
	if d := in.domain(leLabel); !d.never() {
		for i := range in.sources {
			if w := in.sources[i].noInf; w != nil && len(in.sources) == 1 {
				p := a.atExpr(QuantileWithoutInf, e, true, "without the bucket `+Inf` this is NaN")
				a.add(p, "keep all buckets: remove the matcher of `le`", a.q.reason(w, leLabel))
				f.told = true
			}
		}
		return
	}
	f.told = true
	if w := in.removed(leLabel); w != nil {
		p := a.atExpr(QuantileWithoutLe, arg, true, "`%s` needs the label `le`, which is gone before it", e.Func.Name)
		a.add(p, "keep `le`: add it to `by (…)`, or take it out of `without (…)`", a.q.reason(w, leLabel))
		return
	}
	p := a.atExpr(QuantileOfNothing, arg, true, "`%s` needs the buckets of a histogram, and this has no label `le`", e.Func.Name)
	a.add(p, a.quantileHelp(in.sources[0].name), a.declaration(in.sources[0].name)...)
}

// quantileHelp says where the quantile of a series without buckets is to be had.
func (a *analyser) quantileHelp(name string) string {
	s, ok := a.lookup(name)
	if !ok || s.Metric == nil {
		return "read the series `…_bucket` of a histogram"
	}
	switch s.Metric.Type {
	case metric.Histogram:
		return "read `" + s.Metric.Name + "_bucket`, and keep its label `le`"
	case metric.Summary:
		return "a summary has its quantiles already: `" + s.Metric.Name + "{quantile=\"…\"}`"
	case metric.Gauge:
		return "`quantile` gives that of several series, `quantile_over_time` that of a time"
	}
	return "read the series `…_bucket` of a histogram"
}

// bucketsLost reports whether what nobody declared is named like buckets and has lost `le`.
func (in *Facts) bucketsLost() bool {
	for i := range in.sources {
		d := &in.sources[i]
		if !strings.HasSuffix(d.name, "_bucket") || d.removed(leLabel) == nil || !d.label(leLabel).never() {
			return false
		}
	}
	return true
}

// histogramValues says where quantiles lie.
//
// A classic quantile φ is interpolated in its bucket, in the first one from 0, and is the last finite bound in
// that of infinity: it lies in [φ·b₁, last finite bound] where b₁ > 0 (Prometheus, promql/quantile.go). A series
// may have fewer buckets than declared; its first bound is larger then, its last one smaller.
func (a *analyser) histogramValues(d *disjunct, e *parser.Call) {
	native := d.native
	bounds := d.finiteBounds()
	noInf := d.noInf
	d.low, d.high = nil, nil
	if e.Func.Name == "histogram_fraction" {
		// Rates of buckets are extrapolated one by one and need not rise: the fraction may leave [0, 1] a little.
		d.values = Everything()
		return
	}
	phi := a.number(e, 0)
	d.values = Everything()
	switch {
	case native:
	case noInf != nil && phi.Low >= 0 && phi.High <= 1:
		d.values = notANumber()
	case len(bounds) > 0:
		first := bounds[0]
		v := between(min(first, 0), bounds[len(bounds)-1]).withNaN(true)
		if first > 0 && phi.Low >= 0 && phi.Low <= 1 {
			v.Low = phi.Low * first * (1 - 1e-12)
		}
		if first > 0 && !(phi.Low >= 0) {
			v.Low = min(v.Low, 0)
		}
		for _, b := range bounds { // interpolation may round past the last bound
			v.High = max(v.High, b+(v.High-b))
		}
		v = withinPhi(v, phi)
		w := &why{kind: whyBuckets, node: e, values: v, phi: phi, bounds: bounds}
		d.values, d.low, d.high = v, w, w
	}
}

// surelyBuckets reports whether every series has a number for `le`.
func (d *disjunct) surelyBuckets() bool {
	dom := d.label(leLabel)
	if dom.absent || dom.any {
		return !dom.absent && d.bounds != nil
	}
	return !slices.ContainsFunc(dom.values, func(text string) bool {
		_, err := strconv.ParseFloat(text, 64)
		return err != nil
	})
}

// finiteBounds are the finite bounds that the buckets of d can have, ascending; nil: not known.
func (d *disjunct) finiteBounds() []float64 {
	dom := d.label(leLabel)
	if dom.any {
		return d.bounds
	}
	list := make([]float64, 0, len(dom.values))
	for _, text := range dom.values {
		v, err := strconv.ParseFloat(text, 64)
		switch {
		case err != nil:
		case math.IsNaN(v), math.IsInf(v, -1):
			return nil
		case !math.IsInf(v, 1):
			list = append(list, v)
		}
	}
	slices.Sort(list)
	return list
}

// histogramNumber works out histogram_count and its like, which take native histograms only.
func (a *analyser) histogramNumber(e *parser.Call) *Facts {
	in := a.arg(e, 0)
	f := in.derive()
	if !in.Natives() && len(in.sources) > 0 && !in.told {
		p := a.atExpr(HistogramFunction, e, true, "`%s` takes native histograms, and these are numbers: there is never a result", e.Func.Name)
		a.add(p, "for a classic histogram calculate with `_sum`, `_count` and `_bucket`", a.declaration(in.sources[0].name)...)
		f.told = true
	}
	f.keep(func(d *disjunct) bool {
		if !d.native {
			return false
		}
		if d.float {
			d.filtered()
		}
		d.float, d.native, d.values, d.low, d.high = true, false, Everything(), nil, nil
		d.additive, d.existence, d.bounds = false, false, nil
		return true
	})
	a.withoutName(f, e)
	return f
}
