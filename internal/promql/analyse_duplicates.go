package promql

import "github.com/prometheus/prometheus/promql/parser"

// withoutName drops the metrics' names, and reports what has the same labels then.
func (a *analyser) withoutName(f *Facts, e parser.Expr) {
	for i := range f.sources {
		f.sources[i].dropName()
	}
	a.sameWithoutName(f, e)
	for i := range f.sources {
		f.sources[i].count()
	}
}

// sameWithoutName reports sources that differed in the metrics' names, which are gone.
func (a *analyser) sameWithoutName(f *Facts, e parser.Expr) {
	if !f.unique && !f.told && len(f.sources) > 1 {
		a.duplicates(f, e, "without the metrics' names some series have the same labels", "read one metric at a time, or aggregate each before you join them with `or`")
	}
}

// duplicates reports sources that can have series with the same labels, which the engine refuses.
func (a *analyser) duplicates(f *Facts, e parser.Expr, message, help string) {
	possible := false
	for i := range f.sources {
		for k := i + 1; k < len(f.sources); k++ {
			x, y := &f.sources[i], &f.sources[k]
			if x.open || y.open || !coincide(x, y, true) || x.float != y.float {
				continue
			}
			if surelyCoincide(x, y, true) {
				a.add(a.atExpr(DuplicateSeries, e, true, "%s, and the query fails", message), help)
				f.fails, f.told = true, true
				return
			}
			possible = possible || x.listed() && y.listed()
		}
	}
	if possible {
		a.add(a.atExpr(DuplicateSeries, e, false, "%s, and then the query fails", message), help)
		f.told = true
	}
}

// listed reports whether all values of d's labels are known.
func (d *disjunct) listed() bool {
	for _, l := range d.labels {
		if l.any || l.soft {
			return false
		}
	}
	return !d.open
}
