package checks

import (
	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
)

const (
	// floor is what shares count at least where one is divided by the other (evidently).
	floor = "0.0001"
	// tiny keeps a logarithm of nothing finite: it is multiplied by nothing.
	tiny = "1e-300"
	// naturalOf2 makes nats of bits.
	naturalOf2 = "0.6931471805599453"
)

// distance is the score of the method, for each value of `by`.
func (c *check) distance(p pair) string {
	q, r := p.current, p.reference
	sum := func(expr string) string { return derive.Aggregate("sum", c.by, expr) }
	most := func(expr string) string { return derive.Aggregate("max", c.by, expr) }
	// What is smoothed is not zero; a fixed share may be.
	now, then := atLeast(q, floor), atLeast(r, floor)
	if c.spec.Smoothing.Given() {
		if now = q; !p.fixed {
			then = r
		}
	}
	switch c.method.Name {
	case methodPSI:
		return sum("(" + now + " - " + then + ") * ln(" + now + " / " + then + ")")
	case methodKL:
		return sum(then+" * ln("+then+" / "+now+")") + " / " + sum(then) + " + ln(" + sum(now) + " / " + sum(then) + ")"
	case "js":
		return "sqrt(clamp_min(" + c.jensenShannon(p) + " / 2, 0))"
	case "js2":
		return "sqrt(clamp_min(" + c.jensenShannon(p) + " / (2 * " + naturalOf2 + "), 0))"
	case "tvd":
		return sum("abs("+q+" - "+r+")") + " / 2"
	case "hellinger":
		return "sqrt(" + sum("(sqrt("+q+") - sqrt("+r+")) ^ 2") + " / 2)"
	case "linf", methodKS:
		return most("abs(" + q + " - " + r + ")")
	case methodChi2:
		if p.fixed {
			return sum("("+q+" - "+r+") ^ 2 / ("+r+" > 0 or "+r+" + "+floor+")") + " * " + c.on() + " " + p.samples
		}
		one := c.on() + " group_left () "
		return sum("(" + q + " - " + r + ") ^ 2 / (" + q + " / " + one + p.samplesReference + " + " + r + " / " + one + p.samples + " > 0)")
	case methodWasserstein:
		return sum("abs(" + q + " - " + r + ") * on (" + bucketLabel + ") group_left () (" + steps(p.bounds) + ")")
	case methodMean:
		return "abs(" + q + " - " + r + ") / (abs(" + r + ") > 0)"
	case methodQuantile:
		return "abs(" + q + " - " + r + ")"
	}
	return ""
}

func atLeast(share, least string) string { return "clamp_min(" + share + ", " + least + ")" }

// jensenShannon is twice the divergence, in nats.
func (c *check) jensenShannon(p pair) string {
	middle := atLeast("("+p.current+" + "+p.reference+") / 2", tiny)
	term := func(share string) string {
		return share + " * ln(" + atLeast(share, tiny) + " / " + middle + ")"
	}
	return derive.Aggregate("sum", c.by, term(p.current)+" + "+term(p.reference))
}

// steps are the distances from the middle of each bucket to the next one's, by its upper bound.
func steps(bounds []decimal.Decimal) string {
	two := decimal.NewFromInt(2)
	middle := make([]decimal.Decimal, 0, len(bounds)+1)
	for i, b := range bounds {
		low := b // what is below the first bound is at it, unless it can be above 0 only
		switch {
		case i > 0:
			low = bounds[i-1]
		case b.IsPositive():
			low = decimal.Zero
		}
		middle = append(middle, low.Add(b).Div(two))
	}
	middle = append(middle, bounds[len(bounds)-1])
	text := ""
	for i, b := range bounds {
		if i > 0 {
			text += " or "
		}
		text += relabel("vector("+middle[i+1].Sub(middle[i]).String()+")", bucketLabel, b.String())
	}
	return text
}
