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
