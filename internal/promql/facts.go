package promql

import (
	"math"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// Analysis is what is known of an expression without data: facts of every part, and what is wrong with it.
type Analysis struct {
	Query *Query
	// Root are the facts of the whole.
	Root *Facts
	// Problems by place, each root cause once.
	Problems []Problem

	facts map[parser.Expr]*Facts
}

// Of returns the facts of a part of Query.Expr; of parts that were not reached, facts that say nothing.
func (a *Analysis) Of(e parser.Expr) *Facts {
	if f, ok := a.facts[e]; ok {
		return f
	}
	return &Facts{}
}

// Problem is one thing that is wrong with an expression.
type Problem struct {
	Kind ProblemKind
	// Start and End are the bytes of the query's text where it shows.
	Start, End int
	// Message says what is wrong: lower case, code in back quotes, no full stop. Help says what to do.
	Message, Help string
	// Reasons are the pieces of text that cause it.
	Reasons []Reason
	// Proved: it follows from the contract. Otherwise it may be meant.
	Proved bool
	// Fix replaces bytes of the query's text by what was surely meant; nil: nobody can know.
	Fix *Fix
}

// Fix is a replacement of the bytes [Start, End) of a query's text.
type Fix struct {
	Start, End int
	Text       string
}

// Reason is what causes a fact.
type Reason struct {
	// Start and End are bytes of the query's text; both 0 with a Span.
	Start, End int
	// Span is where a contract says so; zero for a piece of the query.
	Span diag.Span
	// Text is the note beside it: "the label `version` ends here".
	Text string
}

// Presence says whether the series of a result have a label.
type Presence int

// The presences.
const (
	Never Presence = iota
	Possibly
	Surely
)

// LabelFact is what is known of a label of a result.
type LabelFact struct {
	Name     string
	Presence Presence
	// Values are all values it can have, sorted; nil: not known. AtMost bounds their number; 0: no bound.
	Values []string
	AtMost int
	// Reason says why the label is never there; nil: it never was, or it is there.
	Reason *Reason
}

// Kind is what the samples of a result are.
type Kind int

// The kinds. Mixed and everything not known is KindAny.
const (
	KindAny     Kind = iota
	KindCounter      // rises, and falls only when it is reset
	KindGauge
	KindBucket   // counters by `le`
	KindQuantile // a quantile, which cannot be aggregated
	KindRate     // of a counter, per second
	KindIncrease // of a counter, in a window
	KindRatio
	KindHistogram // native, counts that rise
	KindInfo      // always 1
)

// Facts is what is known of the value of an expression. The zero value says nothing.
//
// What it says holds for every state of a server that keeps to the contract, with two exceptions, which are
// about the state in which all declared series exist: Fails, and nothing else.
type Facts struct {
	known bool
	query *Query
	// sources of series; none: there is never a result.
	sources []disjunct
	// returns: there is always a result.
	returns bool
	// unique: no two series of different sources have the same labels, the metric's name apart.
	unique bool
	// apart: no two series of different sources have the same values of these labels. Nil: nothing is known;
	// `or on ()` makes it empty, as it takes one side or the other.
	apart []string
	fails bool
	// told: a problem says already why it is empty or fails.
	told bool

	// types is what the pass of types knows.
	types typeFact
}

// Unbounded is a number of series without a bound.
const Unbounded = math.MaxInt

// Labels returns the labels that the result may have, sorted, without the metric's name; closed says that
// it has no others.
func (f *Facts) Labels() (list []LabelFact, closed bool) {
	if !f.known {
		return nil, false
	}
	closed = true
	var names []string
	for i := range f.sources {
		closed = closed && !f.sources[i].open
		for _, l := range f.sources[i].labels {
			if l.name != nameLabel && !l.never() {
				names = append(names, l.name)
			}
		}
	}
	for _, n := range byName(names) {
		list = append(list, f.Label(n))
	}
	return list, closed
}

// Label returns what is known of one label; `__name__` is one, too.
func (f *Facts) Label(name string) LabelFact {
	out := LabelFact{Name: name, Presence: Possibly}
	if !f.known {
		return out
	}
	if len(f.sources) == 0 {
		out.Presence = Never
		return out
	}
	dom := f.domain(name)
	out.Presence = dom.presence()
	switch {
	case out.Presence == Never:
		if w := f.removed(name); w != nil {
			r := f.query.reason(w, name)
			out.Reason = &r
		}
	case dom.any:
		out.AtMost = dom.atMost
	default:
		out.Values, out.AtMost = slices.Clone(dom.values), len(dom.values)
	}
	return out
}

// domain are the values of a label in all sources.
func (f *Facts) domain(name string) domain {
	if len(f.sources) == 0 {
		return domain{}
	}
	dom := f.sources[0].label(name)
	for i := 1; i < len(f.sources); i++ {
		dom = dom.join(f.sources[i].label(name))
	}
	return dom
}

// removed returns what removed a label.
func (f *Facts) removed(name string) *why {
	for i := range f.sources {
		if w := f.sources[i].removed(name); w != nil {
			return w
		}
	}
	return nil
}

// MaxSeries is how many series the result has at most; Unbounded if that is not known.
func (f *Facts) MaxSeries() int {
	if !f.known {
		return Unbounded
	}
	n := 0
	for i := range f.sources {
		n = plus(n, f.sources[i].n)
	}
	if f.unique && len(f.sources) > 1 {
		n = min(n, f.combinations())
	}
	return n
}

// combinations is how many sets of labels the sources have together, the metric's name apart.
func (f *Facts) combinations() int {
	all := f.sources[0]
	for i := range f.sources {
		if d := &f.sources[i]; d.open {
			return Unbounded
		} else if i > 0 {
			all.labels = joinLabels(&all, d)
		}
	}
	all.dropName()
	return all.all()
}

// Range is where the float values lie; that of native histograms is not told.
func (f *Facts) Range() Interval {
	if !f.known {
		return Everything()
	}
	if len(f.sources) == 0 {
		v := notANumber()
		v.NaN = false
		return v
	}
	v := f.sources[0].values
	for i := 1; i < len(f.sources); i++ {
		v = v.union(f.sources[i].values)
	}
	return v
}

// Floats and Natives say whether samples may be floats, native histograms.
func (f *Facts) Floats() bool {
	return !f.known || slices.ContainsFunc(f.sources, func(d disjunct) bool { return d.float })
}

// Natives: see Floats.
func (f *Facts) Natives() bool {
	return !f.known || slices.ContainsFunc(f.sources, func(d disjunct) bool { return d.native })
}

// Empty: there is never a result.
func (f *Facts) Empty() bool { return f.known && len(f.sources) == 0 }

// Returns: there is always a result.
func (f *Facts) Returns() bool { return f.returns }

// Fails: the engine refuses to evaluate it as soon as all series are there: all combinations of the declared
// values of labels (of the labels of the key, for a metric with one), with enough samples for each range.
// Until then it may work, or work for some.
func (f *Facts) Fails() bool { return f.fails }

// Kind of the samples.
func (f *Facts) Kind() Kind { return f.types.kind }

// Unit of the values; the zero Unit: not known.
func (f *Facts) Unit() metric.Unit { return f.types.unit() }
