package promql

import (
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

const (
	// maxSources is how many sources of a result are kept apart; more are merged.
	maxSources = 64
	// manySeries is where a number of series stops being counted.
	manySeries = 1 << 40
)

// disjunct is one of the possible sources of series: `a or b` has two. It is a value; slices that it holds are
// never changed once they are in it.
type disjunct struct {
	// labels are those that may be there, sorted by name, `__name__` included.
	labels []labelDomain
	// open: others may be there, too, but for those in gone.
	open bool
	// gone are labels that were there or may have been, and what removed them.
	gone []removal
	// keys are sets of labels, each of which tells the series apart at any one time. All labels together
	// always do.
	keys [][]string
	// n is how many series there are at most, at any one time; Unbounded: not known.
	n int
	// values of float samples.
	values Interval
	// low and high say why the values do not go further.
	low, high *why
	// float and native: samples may be floats, native histograms.
	float, native bool

	// full: as soon as all declared series exist there are series for all combinations of the values of the
	// labels in spread.
	full   bool
	spread []string

	// from is the selector whose every series leaves a series with the same labels (as far as it has them)
	// here; nil: there is none. additive: the values are sums of what it reads.
	from     *selection
	additive bool
	// name is the metric that is read, for messages; empty: none or several.
	name string
	// noInf: the buckets of a classic histogram lack the one of infinity, because of what stands there.
	noInf *why
	// bounds are the finite upper bounds that buckets may have, ascending; nil: not known.
	bounds []float64
	// idle: zero when nothing happens, as rates are.
	idle bool
	// nan is a division by what may be zero at the same time; nil: there is none.
	nan *division
	// constant: it does not depend on series and is always there, as `vector(0)`.
	constant bool
	// lossy: the step that is worked out may drop samples; see Facts.keep.
	lossy bool
	// existence: the values say that series exist: absent, count, group, present_over_time.
	existence bool
}

// labelDomain is a label that may be there.
type labelDomain struct {
	name string
	domain
}

// removal says what removed labels.
type removal struct {
	// names that are gone, sorted; nil: all that the source does not list.
	names []string
	why   *why
}

// selection is what a selector reads, as far as two of them can be compared.
type selection struct {
	node *parser.VectorSelector
	// window of a range selector; 0: an instant one. token is its text if it has a stand-in.
	window time.Duration
	token  string
	// least is how many samples it takes to make a result.
	least int
}

// division is one whose divisor may be zero together with its dividend.
type division struct {
	node *parser.BinaryExpr
	// by are the labels that tell the divisors apart.
	by []string
}

// scalar is the disjunct of a number, and of a vector without labels made of it.
func scalar(v Interval) disjunct {
	return disjunct{n: 1, values: v, float: true, full: true, constant: true}
}

// unknown is a source of which nothing is known.
func unknown() disjunct {
	return disjunct{open: true, n: Unbounded, values: Everything(), float: true, native: true}
}

func findLabel(list []labelDomain, name string) (int, bool) {
	for i := range list {
		if list[i].name >= name {
			return i, list[i].name == name
		}
	}
	return len(list), false
}

// label returns what values a label has.
func (d *disjunct) label(name string) domain {
	if i, ok := findLabel(d.labels, name); ok {
		return d.labels[i].domain
	}
	if d.open && name != "" && d.removed(name) == nil {
		return anyValue
	}
	return neverThere
}

// removed returns what removed a label; nil: it was never there, or is there.
func (d *disjunct) removed(name string) *why {
	for i := len(d.gone) - 1; i >= 0; i-- {
		if g := &d.gone[i]; g.names == nil || slices.Contains(g.names, name) {
			return g.why
		}
	}
	return nil
}

// set gives a label a domain; the old list is left alone.
func (d *disjunct) set(name string, dom domain) {
	i, ok := findLabel(d.labels, name)
	list := make([]labelDomain, 0, len(d.labels)+1)
	list = append(list, d.labels[:i]...)
	if !dom.never() || d.open {
		list = append(list, labelDomain{name, dom})
	}
	if ok {
		i++
	}
	d.labels = append(list, d.labels[i:]...)
}

// drop removes labels because of what stands at w.
func (d *disjunct) drop(w *why, names ...string) {
	var gone []string
	for _, n := range names {
		if d.label(n).never() {
			continue
		}
		gone = append(gone, n)
		if i, ok := findLabel(d.labels, n); ok {
			d.labels = slices.Concat(d.labels[:i], d.labels[i+1:])
		}
	}
	if gone == nil {
		return
	}
	slices.Sort(gone)
	d.gone = append(slices.Clip(d.gone), removal{gone, w})
	d.loseKeys(gone...)
}

// loseKeys forgets what depended on labels that are gone or have other values now.
func (d *disjunct) loseKeys(names ...string) {
	lost := func(k []string) bool {
		return slices.ContainsFunc(k, func(n string) bool { return slices.Contains(names, n) })
	}
	if slices.ContainsFunc(d.keys, lost) {
		d.keys = slices.DeleteFunc(slices.Clone(d.keys), lost)
	}
	if lost(d.spread) {
		d.spread = minus(d.spread, names)
	}
}

// dropName removes the metric's name, which is no mistake and needs no reason.
func (d *disjunct) dropName() {
	if i, ok := findLabel(d.labels, nameLabel); ok {
		d.labels = slices.Concat(d.labels[:i], d.labels[i+1:])
	} else if !d.open || d.removed(nameLabel) != nil {
		return
	}
	if d.open {
		d.gone = append(slices.Clip(d.gone), removal{nameGone, nil})
		d.set(nameLabel, neverThere)
	}
	d.loseKeys(nameLabel)
}

var nameGone = []string{nameLabel}

// filtered says that samples may be missing from now on, for reasons that nobody knows.
func (d *disjunct) filtered() {
	d.full, d.spread, d.from, d.additive, d.lossy = false, nil, nil, false, true
}

// floatsOnly drops native histograms; false: nothing else was there.
func (d *disjunct) floatsOnly() bool {
	if d.native {
		d.native = false
		d.filtered()
	}
	return d.float
}

// product is how many combinations the values of labels have, at most.
func (d *disjunct) product(names []string) int {
	n := 1
	for _, name := range names {
		n = times(n, d.label(name).size())
	}
	return n
}

// all is how many label sets there can be.
func (d *disjunct) all() int {
	if d.open {
		return Unbounded
	}
	n := 1
	for i := range d.labels {
		n = times(n, d.labels[i].size())
	}
	return n
}

// count brings the number of series up to date after labels changed.
func (d *disjunct) count() {
	d.n = min(d.n, d.all())
	for _, k := range d.keys {
		d.n = min(d.n, d.product(k))
	}
}

// overTime forgets what holds only at one time: in a window the series of several times come together.
func (d *disjunct) overTime() {
	d.keys = nil
	d.n = d.all()
}

func times(a, b int) int {
	switch {
	case a == 0 || b == 0:
		return 0
	case a == Unbounded || b == Unbounded || a > manySeries/b:
		return Unbounded
	}
	return a * b
}

func plus(a, b int) int {
	if a == Unbounded || b == Unbounded || a+b > manySeries {
		return Unbounded
	}
	return a + b
}

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

// spreads reports whether all values of a label exist, for any values of the others in spread.
func (d *disjunct) spreads(name string) bool {
	dom := d.label(name)
	return dom.never() || !dom.any && !dom.absent && (len(dom.values) == 1 || slices.Contains(d.spread, name))
}

// byName sorts and removes what is there twice.
func byName(names []string) []string {
	names = slices.Clone(names)
	slices.SortFunc(names, strings.Compare)
	return slices.Compact(names)
}
