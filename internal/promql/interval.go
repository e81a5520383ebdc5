package promql

import (
	"math"
	"strconv"

	"github.com/prometheus/prometheus/promql/parser"
)

// Interval is a set of numbers between two bounds. NaN says that the value may be no number as well.
type Interval struct {
	Low, High         float64
	LowOpen, HighOpen bool // the bound itself is not in it
	NaN               bool

	// minusZero: a zero may be the negative one, through which a division becomes -Inf.
	minusZero bool
}

// Everything is the interval of any number.
func Everything() Interval {
	return Interval{Low: math.Inf(-1), High: math.Inf(1), NaN: true, minusZero: true}
}

// notANumber is what is never a number.
func notANumber() Interval { return Interval{Low: math.Inf(1), High: math.Inf(-1), NaN: true} }

func point(v float64) Interval {
	if math.IsNaN(v) {
		return notANumber()
	}
	return Interval{Low: v, High: v, minusZero: v == 0 && math.Signbit(v)}
}

// between are the numbers from low to high, both included.
func between(low, high float64) Interval { return Interval{Low: low, High: high} }

// atLeast are the numbers from low on, infinity included.
func atLeast(low float64) Interval { return Interval{Low: low, High: math.Inf(1)} }

// noNumber reports whether no number is in v.
func (v Interval) noNumber() bool {
	return v.Low > v.High || v.Low == v.High && (v.LowOpen || v.HighOpen)
}

// single reports whether v is exactly one number.
func (v Interval) single() bool { return v.Low == v.High && !v.LowOpen && !v.HighOpen && !v.NaN }

// has reports whether the number x is in v.
func (v Interval) has(x float64) bool {
	return !v.noNumber() && (v.Low < x || v.Low == x && !v.LowOpen) && (x < v.High || x == v.High && !v.HighOpen)
}

func (v Interval) withNaN(nan bool) Interval {
	v.NaN = v.NaN || nan
	return v
}

// closed includes the bounds: for what rounding may reach.
func (v Interval) closed() Interval {
	v.LowOpen, v.HighOpen = false, false
	return v
}

// union is the smallest interval that holds both.
func (v Interval) union(w Interval) Interval {
	nan := v.NaN || w.NaN
	switch {
	case v.noNumber():
		v = w
	case w.noNumber():
	default:
		if w.Low < v.Low || w.Low == v.Low && v.LowOpen {
			v.Low, v.LowOpen = w.Low, w.LowOpen
		}
		if w.High > v.High || w.High == v.High && v.HighOpen {
			v.High, v.HighOpen = w.High, w.HighOpen
		}
		v.minusZero = v.minusZero || w.minusZero
	}
	v.NaN = nan
	return v
}

// slack moves the bounds outwards by what rounding may add. Powers of two and zero stay: below a power of two
// floats lie closer together than above it, so that a mean of numbers under it never rounds past it.
func (v Interval) slack() Interval {
	if v.noNumber() {
		return v
	}
	v.Low, v.High = v.Low-roundingOf(v.Low), v.High+roundingOf(v.High)
	return v.closed()
}

func roundingOf(x float64) float64 {
	if frac, _ := math.Frexp(x); x == 0 || math.IsInf(x, 0) || math.Abs(frac) == 0.5 {
		return 0
	}
	return math.Abs(x) * 1e-14
}

// slackUnlessWhole is slack for sums and means: those of numbers up to a whole number never round past it.
func (v Interval) slackUnlessWhole() Interval {
	w := v.slack()
	if isWhole(v.Low) {
		w.Low = v.Low
	}
	if isWhole(v.High) {
		w.High = v.High
	}
	return w
}

func isWhole(x float64) bool { return x == math.Trunc(x) && math.Abs(x) < 1<<50 }

// wide moves all bounds but zero and infinity outwards, for functions that are not rounded correctly.
func (v Interval) wide() Interval {
	if v.noNumber() {
		return v
	}
	if !math.IsInf(v.Low, 0) {
		v.Low -= math.Abs(v.Low) * 1e-13
	}
	if !math.IsInf(v.High, 0) {
		v.High += math.Abs(v.High) * 1e-13
	}
	return v.closed()
}

// monotone is the image of v under a function that never falls.
func (v Interval) monotone(f func(float64) float64) Interval {
	if v.noNumber() {
		return v
	}
	v.Low, v.High, v.minusZero = f(v.Low), f(v.High), true
	return v.closed()
}

func (v Interval) negated() Interval {
	if v.noNumber() {
		return v
	}
	return Interval{Low: -v.High, High: -v.Low, LowOpen: v.HighOpen, HighOpen: v.LowOpen, NaN: v.NaN, minusZero: v.has(0)}
}

// narrow are the numbers of v for which `v op w` can hold, w being any number of w. NaN is dropped: no
// comparison but `!=` holds for it.
func (v Interval) narrow(op parser.ItemType, w Interval) Interval {
	if v.noNumber() || w.noNumber() {
		if op == parser.NEQ && (v.NaN || w.NaN) {
			return v
		}
		return Interval{Low: math.Inf(1), High: math.Inf(-1)}
	}
	nan := v.NaN
	v.NaN = false
	switch op {
	case parser.GTR, parser.GTE:
		if open := op == parser.GTR || w.LowOpen; w.Low > v.Low || w.Low == v.Low && open {
			v.Low, v.LowOpen = w.Low, open
		}
	case parser.LSS, parser.LTE:
		if open := op == parser.LSS || w.HighOpen; w.High < v.High || w.High == v.High && open {
			v.High, v.HighOpen = w.High, open
		}
	case parser.EQLC:
		return v.narrow(parser.GTE, w).narrow(parser.LTE, w)
	case parser.NEQ:
		v.NaN = nan
		if w.single() {
			v.LowOpen = v.LowOpen || v.Low == w.Low
			v.HighOpen = v.HighOpen || v.High == w.Low
		}
	}
	return v
}

// always reports whether `a op b` holds for all numbers a of v and b of w; NaN aside.
func (v Interval) always(op parser.ItemType, w Interval) bool {
	if v.noNumber() || w.noNumber() {
		return false
	}
	switch op {
	case parser.GTR:
		return v.Low > w.High || v.Low == w.High && (v.LowOpen || w.HighOpen)
	case parser.GTE:
		return v.Low >= w.High
	case parser.LSS:
		return v.High < w.Low || v.High == w.Low && (v.HighOpen || w.LowOpen)
	case parser.LTE:
		return v.High <= w.Low
	case parser.EQLC:
		return v.Low == v.High && v.Low == w.Low && w.Low == w.High
	case parser.NEQ:
		return v.narrow(parser.EQLC, w).noNumber()
	}
	return false
}

// never reports whether `a op b` holds for no a of v and b of w, NaN included.
func (v Interval) never(op parser.ItemType, w Interval) bool {
	if op == parser.NEQ {
		return !v.NaN && !w.NaN && v.always(parser.EQLC, w)
	}
	return v.narrow(op, w).noNumber()
}

// number writes a bound for a reader: six digits are enough, rounding of ours stays unseen.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'g', 6, 64)
	if v, err := strconv.ParseFloat(s, 64); err == nil && math.Abs(v) >= 1e6 && math.Abs(v) < 1e15 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return s
}

// words says where v lies: "at least 0.0045", "between 0 and 1".
func (v Interval) words() string {
	low, high := !math.IsInf(v.Low, -1), !math.IsInf(v.High, 1)
	switch {
	case v.noNumber():
		return "not a number"
	case v.Low == v.High:
		return number(v.Low)
	case low && high:
		return "between " + number(v.Low) + " and " + number(v.High)
	case low && v.LowOpen:
		return "above " + number(v.Low)
	case low:
		return "at least " + number(v.Low)
	case high && v.HighOpen:
		return "below " + number(v.High)
	case high:
		return "at most " + number(v.High)
	}
	return "any number"
}
