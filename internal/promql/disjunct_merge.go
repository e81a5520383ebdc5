package promql

import "slices"

// merge makes one source of several: what holds for all.
func merge(list []disjunct) disjunct {
	out := list[0]
	if len(list) == 1 {
		return out
	}
	out.full, out.spread, out.keys, out.from, out.additive, out.gone = false, nil, nil, nil, false, nil
	for i := 1; i < len(list); i++ {
		d := &list[i]
		out.labels = joinLabels(&out, d)
		out.open = out.open || d.open
		out.n = plus(out.n, d.n)
		out.values = out.values.union(d.values)
		if d.values.Low == out.values.Low {
			out.low = d.low
		}
		if d.values.High == out.values.High {
			out.high = d.high
		}
		out.float, out.native = out.float || d.float, out.native || d.native
		if out.name != d.name {
			out.name = ""
		}
		if out.noInf == nil || d.noInf == nil {
			out.noInf = nil
		}
		if out.bounds == nil || d.bounds == nil || !slices.Equal(out.bounds, d.bounds) {
			out.bounds = nil
		}
		out.idle = out.idle && d.idle
		if out.nan == nil {
			out.nan = d.nan
		}
		out.constant = out.constant && d.constant
		out.existence = out.existence && d.existence
	}
	out.gone = commonGone(list, out.open)
	out.count()
	return out
}

// commonGone is what the sources together have lost. For a closed one it only serves messages; an open one may
// still have from one source what another has lost.
func commonGone(list []disjunct, open bool) (gone []removal) {
	for i := range list {
		if !open {
			gone = append(gone, list[i].gone...)
		} else if i > 0 && !slices.EqualFunc(list[0].gone, list[i].gone, func(a, b removal) bool { return a.why == b.why }) {
			return nil
		}
	}
	if open {
		return list[0].gone
	}
	return gone
}

func joinLabels(a, b *disjunct) []labelDomain {
	out := make([]labelDomain, 0, max(len(a.labels), len(b.labels)))
	for i, k := 0, 0; i < len(a.labels) || k < len(b.labels); {
		var name string
		switch {
		case k == len(b.labels) || i < len(a.labels) && a.labels[i].name < b.labels[k].name:
			name = a.labels[i].name
			i++
		case i == len(a.labels) || b.labels[k].name < a.labels[i].name:
			name = b.labels[k].name
			k++
		default:
			name = a.labels[i].name
			i++
			k++
		}
		out = append(out, labelDomain{name, a.label(name).join(b.label(name))})
	}
	return out
}

// coincide reports whether two sources can have series with the same labels, the name apart if it is dropped.
func coincide(a, b *disjunct, withName bool) bool {
	for _, list := range [2][]labelDomain{a.labels, b.labels} {
		for i := range list {
			name := list[i].name
			if name == nameLabel && !withName {
				continue
			}
			if !a.label(name).meets(b.label(name)) {
				return false
			}
		}
	}
	return true
}

// surelyCoincide reports whether they do as soon as all declared series exist.
func surelyCoincide(a, b *disjunct, withName bool) bool {
	if !a.full || !b.full || a.open || b.open || a.native != b.native {
		return false
	}
	for _, list := range [2][]labelDomain{a.labels, b.labels} {
		for i := range list {
			name := list[i].name
			if name == nameLabel && !withName {
				continue
			}
			x, y := a.label(name), b.label(name)
			if x.never() && y.never() {
				continue
			}
			if !a.spreads(name) || !b.spreads(name) || x.any || y.any || len(common(x.values, y.values)) == 0 {
				return false
			}
		}
	}
	return true
}
