package lint

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

var (
	one     = decimal.NewFromInt(1)
	hundred = decimal.NewFromInt(100)
)

// measured are the metrics whose ranges and buckets the author gave, those of profiles that a spec changed
// included.
func (p *Pass) measured() []*metric.Metric {
	if p.Plan.Contract == nil {
		return nil
	}
	return p.Plan.Contract.Metrics
}

var percentRange = &Rule{
	Name: "percent-range", Group: Naming, Severity: diag.Warning,
	Doc: "a ratio with a range or buckets from 0 to 100",
	Run: func(p *Pass) {
		for _, m := range p.measured() {
			if m.Unit.Name != "ratio" {
				continue
			}
			// A ratio of two amounts may pass 1, so that only what looks like per cent is said.
			switch {
			case p.Own(m.RangeSpan) && m.Range != nil && m.Range.High != nil && m.Range.High.Equal(hundred):
				p.Reportf(m.RangeSpan, "the range of `%s` ends at 100, but a ratio of 1 is 100 %% already", m.Name).
					Help = "if it is measured from 0 to 1 say `range: [0, 1]`; if in per cent, divide by 100 where it is measured"
			case p.Own(m.BucketsSpan) && len(m.Buckets) > 0 && last(m.Buckets).Equal(hundred):
				p.Reportf(m.BucketsSpan, "the buckets of `%s` end at 100, but a ratio of 1 is 100 %% already", m.Name).
					Help = "if it is measured from 0 to 1 give bounds up to 1; if in per cent, divide by 100 where it is measured"
			}
		}
	},
}

func last(list []decimal.Decimal) decimal.Decimal { return list[len(list)-1] }

var bucketBeyondRange = &Rule{
	Name: "bucket-beyond-range", Group: Naming, Severity: diag.Warning,
	Doc: "a histogram with buckets that no value can fall into",
	Run: func(p *Pass) {
		for _, m := range p.measured() {
			if !p.Own(m.BucketsSpan) || m.Range == nil || isPercent(m) {
				continue
			}
			if bound, side := beyond(m); side != "" {
				p.Reportf(m.BucketsSpan, "the bucket `%s` of `%s` lies %s its range", bound, m.Name, side).
					WithHelp("leave it out, or correct the range").See(m.RangeSpan, "the range")
			}
		}
	},
}

// beyond returns a bound that tells no two values apart, and on which side of the range it lies; empty: none does.
// The first bound that reaches the highest value counts all that there are: only what follows it is useless.
func beyond(m *metric.Metric) (bound decimal.Decimal, side string) {
	if low := m.Range.Low; low != nil && len(m.Buckets) > 0 && m.Buckets[0].LessThan(*low) {
		return m.Buckets[0], "below"
	}
	high := m.Range.High
	if high == nil {
		return decimal.Zero, ""
	}
	i := slices.IndexFunc(m.Buckets, high.LessThanOrEqual)
	if i < 0 || i+1 == len(m.Buckets) {
		return decimal.Zero, ""
	}
	return m.Buckets[i+1], "above"
}

// isPercent: percent-range speaks.
func isPercent(m *metric.Metric) bool {
	return m.Unit.Name == "ratio" && len(m.Buckets) > 0 && last(m.Buckets).Equal(hundred)
}

// milliseconds are the bounds that the SDKs of OpenTelemetry give a histogram unless told otherwise, made for
// milliseconds (OpenTelemetry specification, Explicit Bucket Histogram Aggregation).
var milliseconds = []int64{0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000}

var bucketsInOtherUnit = &Rule{
	Name: "buckets-in-other-unit", Group: Naming, Severity: diag.Warning,
	Doc: "a histogram of seconds with buckets made for milliseconds, or of a ratio with buckets made for seconds",
	Run: func(p *Pass) {
		for _, m := range p.measured() {
			if !p.Own(m.BucketsSpan) && !p.Own(m.UnitSpan) || len(m.Buckets) == 0 {
				continue
			}
			at := m.BucketsSpan
			if !p.Own(at) {
				at = m.UnitSpan
			}
			switch {
			case m.Unit.Name == "seconds" && slices.EqualFunc(m.Buckets, milliseconds, func(b decimal.Decimal, ms int64) bool { return b.Equal(decimal.NewFromInt(ms)) }):
				p.Reportf(at, "the buckets of `%s` are OpenTelemetry's for milliseconds: in seconds nearly all values are in the first two", m.Name).
					Help = "give the instrument bounds in seconds (a view, or its advice) and write them here; `python` and `go` are such bounds"
			case m.Unit.Name == "ratio" && len(m.Buckets) > 1 && !isPercent(m) && m.Range == nil && m.Buckets[len(m.Buckets)-2].GreaterThanOrEqual(one):
				p.Reportf(at, "the buckets of `%s` go up to %s, but a ratio seldom passes 1", m.Name, last(m.Buckets)).
					Help = "give bounds from 0 to 1; if it can be more, say so: `range: [0, " + last(m.Buckets).String() + "]`"
			}
		}
	},
}
