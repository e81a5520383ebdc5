package promql

import (
	"math"

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

// Interval is a set of numbers between two bounds. NaN says that the value may be no number as well.
type Interval struct {
	Low, High         float64
	LowOpen, HighOpen bool // the bound itself is not in it
	NaN               bool
}

// Everything is the interval of any number.
func Everything() Interval { return Interval{Low: math.Inf(-1), High: math.Inf(1), NaN: true} }

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
type Facts struct {
	sources []disjunct
	// types is what the pass of types knows.
	types typeFact
	// more facts are added by the interpreter
}

// disjunct is one of the possible origins of series: `a or b` has two.
type disjunct struct{}

// Labels returns the labels that the result may have, sorted, without the metric's name; closed says that
// it has no others.
func (f *Facts) Labels() (list []LabelFact, closed bool) { return nil, false }

// Label returns what is known of one label; `__name__` is one, too.
func (f *Facts) Label(name string) LabelFact { return LabelFact{Name: name, Presence: Possibly} }

// MaxSeries is how many series the result has at most; Unbounded if that is not known.
func (f *Facts) MaxSeries() int { return Unbounded }

// Unbounded is a number of series without a bound.
const Unbounded = math.MaxInt

// Range is where the values lie.
func (f *Facts) Range() Interval { return Everything() }

// Empty: there is never a result.
func (f *Facts) Empty() bool { return false }

// Returns: there is always a result.
func (f *Facts) Returns() bool { return false }

// Fails: the engine refuses to evaluate it as soon as all series are there.
func (f *Facts) Fails() bool { return false }

// Kind of the samples.
func (f *Facts) Kind() Kind { return f.types.kind }

// Unit of the values; the zero Unit: not known.
func (f *Facts) Unit() metric.Unit { return f.types.unit() }

// Analyse finds what is known of a query that is read against a schema. It never fails: what is not known
// is not said.
func Analyse(q *Query, s *Schema, use Use) *Analysis {
	problems, types := checkTypes(q, s, use)
	a := &Analysis{Query: q, Problems: problems, facts: make(map[parser.Expr]*Facts, len(types))}
	for e, f := range types {
		a.facts[e] = &Facts{types: f}
	}
	a.Root = a.Of(q.Expr())
	return a
}
