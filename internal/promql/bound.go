package promql

import (
	"regexp"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// BoundMatcher matches the bucket with an upper bound, however clients and servers write it.
func BoundMatcher(bound decimal.Decimal) metric.Matcher {
	pattern := BoundPattern(bound)
	if plain := bound.String(); pattern == regexp.QuoteMeta(plain) {
		return metric.Matcher{Label: "le", Op: metric.Equal, Value: plain}
	}
	return metric.Matcher{Label: "le", Op: metric.Match, Value: pattern}
}

// BoundPattern matches a bound as clients write it: a whole one with or without a zero behind the point, a
// very small or large one with an exponent or without.
func BoundPattern(bound decimal.Decimal) string {
	pattern := regexp.QuoteMeta(bound.String())
	if bound.IsInteger() {
		pattern += "([.]0)?"
	}
	if short := strconv.FormatFloat(bound.InexactFloat64(), 'g', -1, 64); short != bound.String() {
		pattern += "|" + regexp.QuoteMeta(short)
	}
	return pattern
}
