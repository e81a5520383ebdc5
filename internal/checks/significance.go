package checks

import (
	"math"

	"github.com/shopspring/decimal"
	"gonum.org/v1/gonum/mathext"
)

// A score may be beyond its limit by chance where samples are few. With `significance: 0.01` an alert asks for more: that
// a score like this comes by chance, without a change, once in a hundred evaluations at most.

// chiSquared is the value that a chi-squared variable with the degrees of freedom is above with probability alpha.
func chiSquared(degrees int, alpha float64) float64 {
	return 2 * mathext.GammaIncRegCompInv(float64(degrees)/2, alpha)
}

// smirnov is the same for the scaled distance of Kolmogorov and Smirnov: the first term of its distribution, which is
// all there is to the digits that count.
func smirnov(alpha float64) float64 { return math.Sqrt(-math.Log(alpha/2) / 2) }

// critical is a number of statistics as rules have it: ten digits, more than tables have.
func critical(v float64) decimal.Decimal {
	digits := 10 - int(math.Ceil(math.Log10(v)))
	return decimal.NewFromFloat(v).Round(int32(max(digits, 0)))
}

// statistic is what must be above which number for a score to be more than chance; bins is how many there are, 0: not
// known. False if the check does not ask.
func (c *check) statistic(score string, p pair, bins int) (statistic string, above decimal.Decimal, ok bool) {
	if !c.spec.Significance.Given() {
		return "", above, false
	}
	alpha, one := c.spec.Significance.Value.InexactFloat64(), c.on()+" "
	switch c.method.Name {
	case methodKS:
		size := p.samples
		if p.samplesReference != "" {
			size = "(" + p.samples + " * " + one + p.samplesReference + " / " + one + "(" + p.samples + " + " + one + p.samplesReference + "))"
		}
		return score + " * " + one + "sqrt(" + size + ")", critical(smirnov(alpha)), true
	case methodChi2:
		return score, critical(chiSquared(bins-1, alpha)), true
	}
	noise := "1 / " + p.samples
	if p.samplesReference != "" {
		noise += " + " + one + "1 / " + p.samplesReference
	}
	return score + " / " + one + "(" + noise + ")", critical(chiSquared(bins-1, alpha)), true
}

// checkSignificance reports a significance that the method has not, or that depends on how many bins there are.
func (c *check) checkSignificance(bins int) bool {
	at := c.spec.Significance
	if !at.Given() {
		return true
	}
	switch c.method.Name {
	case methodKS:
		return true
	case methodPSI, methodChi2:
		if bins > 1 {
			return true
		}
		c.errorf(at.Span, "the significance of `%s` depends on the number of classes, which is not known", c.method.Name).
			WithHelp("list the values of the label on the metric, or the buckets of the histogram")
		return false
	}
	c.errorf(at.Span, "`%s` has no `significance`: how it spreads by chance is not known", c.method.Name).WithHelp("leave it out, or take `%s`, `%s` or `%s`", methodPSI, methodChi2, methodKS)
	return false
}

// significant begins the operation of a score that is zero where it may be chance.
const significant = "significant_"

// gate records the score where it is significant, and zero where it may be chance. Without a significance it is the
// score.
func (c *check) gate(s *subject, b baseline) string {
	statistic, above, ok := c.statistic(s.score, s.pair, s.many)
	if !ok || c.method.Name == methodChi2 && !c.spec.Alert.Given() { // its limit is the number
		return s.score
	}
	query := s.score + " * " + c.on() + " (" + statistic + " > bool " + above.String() + ")"
	return c.record(c.by, c.topic(), c.over(significant+c.method.Name)+"_"+b.name, query, c.method.Unit, c.feature(s.Metric)...)
}

// withChance is the method; chi-squared has the limit that belongs to the chance that the check accepts.
func (c *check) withChance(bins int) *Method {
	if c.method.Name != methodChi2 || !c.spec.Significance.Given() || bins < 2 {
		return c.method
	}
	m := *c.method
	m.Alert = critical(chiSquared(bins-1, c.spec.Significance.Value.InexactFloat64())).String()
	return &m
}
