package promql

import (
	"math"

	"github.com/prometheus/prometheus/promql/parser"
)

// arithmetic is where `a op b` lies for a in v and b in w. Additions, products and quotients of floats are
// rounded correctly, and rounding never turns an order round: the bounds of the result are exact.
func (v Interval) arithmetic(op parser.ItemType, w Interval) Interval {
	if v.noNumber() || w.noNumber() {
		return withoutNumber(op)
	}
	nan := v.NaN || w.NaN
	switch op {
	case parser.ADD:
		return v.plus(w).withNaN(nan)
	case parser.SUB:
		return v.plus(w.negated()).withNaN(nan)
	case parser.MUL:
		return v.times(w).withNaN(nan)
	case parser.DIV:
		return v.over(w).withNaN(nan)
	case parser.MOD:
		return v.modulo(w).withNaN(nan)
	case parser.POW:
		return v.power(w).withNaN(nan)
	case parser.ATAN2:
		return Interval{Low: -math.Pi, High: math.Pi, NaN: nan, minusZero: true}.wide()
	}
	return Everything()
}

// withoutNumber is the result if a side is never a number: NaN, but 1 for `1 ^ NaN` and `NaN ^ 0`.
func withoutNumber(op parser.ItemType) Interval {
	if op == parser.POW {
		return point(1).withNaN(true)
	}
	return notANumber()
}

func (v Interval) plus(w Interval) Interval {
	low, high := v.Low+w.Low, v.High+w.High
	out := Interval{Low: low, High: high, minusZero: v.minusZero && w.minusZero}
	if math.IsInf(v.Low, -1) && math.IsInf(w.High, 1) || math.IsInf(v.High, 1) && math.IsInf(w.Low, -1) {
		out.NaN = true
	}
	if math.IsNaN(low) { // +Inf + -Inf
		out.Low = math.Inf(-1)
	}
	if math.IsNaN(high) {
		out.High = math.Inf(1)
	}
	return out
}

func (v Interval) infinite() bool { return math.IsInf(v.Low, 0) || math.IsInf(v.High, 0) }

func (v Interval) times(w Interval) Interval {
	out := corners(v, w, func(a, b float64) float64 {
		if a == 0 || b == 0 { // beside 0 × Inf, which is NaN, there are the products of 0 and finite numbers
			return 0
		}
		return a * b
	})
	out.NaN = v.infinite() && w.has(0) || w.infinite() && v.has(0)
	out.minusZero = v.minusZero || w.minusZero || v.Low < 0 || w.Low < 0
	return out
}

func (v Interval) over(w Interval) Interval {
	out := Interval{NaN: v.has(0) && w.has(0) || v.infinite() && w.infinite(), minusZero: true}
	switch {
	case w.Low > 0 || w.High < 0:
		c := corners(v, w, func(a, b float64) float64 {
			switch {
			case math.IsInf(b, 0):
				if math.IsInf(a, 0) { // beside NaN any size is possible on the way there
					return math.Copysign(math.Inf(1), a*b)
				}
				return 0
			}
			return a / b
		})
		out.Low, out.High = c.Low, c.High
		if v.infinite() && w.infinite() { // big numbers over big numbers are anything between
			out.Low, out.High = min(out.Low, 0), max(out.High, 0)
		}
	case v.Low >= 0 && w.Low >= 0 && !w.minusZero: // w may be zero, or next to it
		out.Low, out.High = v.Low/w.High, math.Inf(1)
		if math.IsNaN(out.Low) {
			out.Low = 0
		}
		out.minusZero = v.minusZero
	default:
		out.Low, out.High = math.Inf(-1), math.Inf(1)
	}
	return out
}

// corners is the range of a function that is monotone in each argument.
func corners(v, w Interval, f func(a, b float64) float64) Interval {
	a, b, c, d := f(v.Low, w.Low), f(v.Low, w.High), f(v.High, w.Low), f(v.High, w.High)
	return between(min(a, b, c, d), max(a, b, c, d))
}

// modulo has the sign of its first operand and is smaller than both.
func (v Interval) modulo(w Interval) Interval {
	size := max(math.Abs(w.Low), math.Abs(w.High))
	out := Interval{Low: -size, High: size, NaN: w.has(0) || v.infinite(), minusZero: true}
	if v.Low >= 0 {
		out.Low = 0
	}
	if v.High <= 0 {
		out.High = 0
	}
	out.Low, out.High = max(out.Low, min(v.Low, 0)), min(out.High, max(v.High, 0))
	return out
}

func (v Interval) power(w Interval) Interval {
	even := w.single() && math.Mod(w.Low, 2) == 0
	out := Everything()
	if even || v.Low >= 0 && !v.minusZero {
		out = atLeast(0)
		out.minusZero = true
	}
	if w.single() && w.Low == 2 {
		size := max(math.Abs(v.Low), math.Abs(v.High))
		out = between(0, size*size).wide()
	}
	return out
}

// sumWithin is where the sum of one to n numbers of v lies; n is Unbounded if nobody knows.
func sumWithin(v Interval, n int) Interval {
	if v.noNumber() || n == 1 {
		return v
	}
	many := math.Inf(1)
	if n != Unbounded {
		many = float64(n)
	}
	if v.Low < 0 {
		v.Low *= many
	}
	if v.High > 0 {
		v.High *= many
	}
	v.NaN = v.NaN || math.IsInf(v.Low, -1) && math.IsInf(v.High, 1)
	return v.slackUnlessWhole()
}

// meanOf is where means of numbers of v lie.
func meanOf(v Interval) Interval {
	return v.withNaN(v.infinite()).slackUnlessWhole()
}

// quantileOf is where quantiles of numbers of v lie, for a φ of the interval q.
func quantileOf(v, q Interval) Interval {
	return withinPhi(v.withNaN(q.NaN || v.infinite()).slack(), q)
}

// withinPhi adds what a φ outside of [0, 1] gives: infinity.
func withinPhi(v, q Interval) Interval {
	if !(q.Low >= 0) {
		v = v.union(point(math.Inf(-1)))
	}
	if !(q.High <= 1) {
		v = v.union(point(math.Inf(1)))
	}
	return v
}

// functionRanges are the ranges of functions of one number; see rangeOf.
var functionRanges = map[string]func(Interval) Interval{
	"abs":   absolute,
	"ceil":  func(v Interval) Interval { return v.monotone(math.Ceil) },
	"floor": func(v Interval) Interval { return v.monotone(math.Floor) },
	"exp":   func(v Interval) Interval { return v.monotone(math.Exp).wide() },
	"sqrt":  func(v Interval) Interval { return v.from(0).monotone(math.Sqrt).wide() },
	"ln":    func(v Interval) Interval { return v.from(0).monotone(math.Log).wide() },
	"log2":  func(v Interval) Interval { return v.from(0).monotone(math.Log2).wide() },
	"log10": func(v Interval) Interval { return v.from(0).monotone(math.Log10).wide() },
	"sgn":   func(v Interval) Interval { return v.monotone(signum) },
	"sin":   wave,
	"cos":   wave,
	"tanh":  func(v Interval) Interval { return between(-1, 1).withNaN(v.NaN) },
	"atan":  func(v Interval) Interval { return between(-math.Pi/2, math.Pi/2).wide().withNaN(v.NaN) },
	"asin":  func(v Interval) Interval { return between(-math.Pi/2, math.Pi/2).wide().withNaN(true) },
	"acos":  func(v Interval) Interval { return between(0, math.Pi).wide().withNaN(true) },
	"cosh":  func(v Interval) Interval { return atLeast(1).withNaN(v.NaN) },
	"rad": func(v Interval) Interval {
		return v.monotone(func(x float64) float64 { return x * math.Pi / 180 }).wide()
	},
	"deg": func(v Interval) Interval {
		return v.monotone(func(x float64) float64 { return x * 180 / math.Pi }).wide()
	},

	"day_of_month":  func(Interval) Interval { return between(1, 31) },
	"day_of_week":   func(Interval) Interval { return between(0, 6) },
	"day_of_year":   func(Interval) Interval { return between(1, 366) },
	"days_in_month": func(Interval) Interval { return between(28, 31) },
	"hour":          func(Interval) Interval { return between(0, 23) },
	"minute":        func(Interval) Interval { return between(0, 59) },
	"month":         func(Interval) Interval { return between(1, 12) },
}

func absolute(v Interval) Interval {
	switch {
	case v.noNumber():
		return v
	case v.High <= 0:
		v = v.negated()
	case v.Low < 0:
		v.Low, v.High = 0, max(-v.Low, v.High)
		v = v.closed()
	}
	v.minusZero = false
	return v
}

func signum(x float64) float64 {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return 0
}

func wave(v Interval) Interval { return between(-1, 1).withNaN(v.NaN || v.infinite()) }

// from cuts off what lies below low; it becomes NaN.
func (v Interval) from(low float64) Interval {
	if v.noNumber() {
		return v
	}
	if v.Low < low {
		v.Low, v.LowOpen, v.NaN = low, false, true
	}
	if v.High < low {
		return notANumber()
	}
	return v
}
