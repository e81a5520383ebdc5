package planner

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// maxRows is how many rows of a heatmap can be read.
const maxRows = 14

// fewerRows chooses buckets for a heatmap of a histogram with more than can be read: buckets are
// cumulative, so that any choice of them is a histogram too. The lowest and the highest bound stay; the band
// above is left out where no value can be. nil: all buckets are shown.
func (b *builder) fewerRows(q *query, kind plan.Kind) *metric.Matcher {
	if kind != plan.Heatmap {
		return nil
	}
	var bounds []decimal.Decimal
	full := false // no value lies above the last bound
	for _, s := range q.Selectors() {
		if series, ok := b.scraped(q, s.Name); ok && series.Part == metric.Bucket && !matched(s, "le") {
			bounds = series.Metric.Buckets
			r := series.Metric.Range
			full = len(bounds) > 0 && r != nil && r.High != nil && !r.High.GreaterThan(bounds[len(bounds)-1])
		}
	}
	switch {
	case len(bounds)+1 > maxRows:
	case full:
		return &metric.Matcher{Label: "le", Op: metric.NotEqual, Value: "+Inf"}
	default:
		return nil
	}
	every := (len(bounds) - 1 + maxRows - 3) / (maxRows - 2)
	var chosen []string
	for i := 0; i < len(bounds); i += every {
		chosen = append(chosen, promql.BoundPattern(bounds[i]))
	}
	if last := promql.BoundPattern(bounds[len(bounds)-1]); chosen[len(chosen)-1] != last {
		chosen = append(chosen, last)
	}
	if !full {
		chosen = append(chosen, "[+]Inf")
	}
	return &metric.Matcher{Label: "le", Op: metric.Match, Value: strings.Join(chosen, "|")}
}
