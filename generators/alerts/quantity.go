package alerts

import (
	"time"

	"github.com/prometheus/common/model"
	"github.com/shopspring/decimal"
)

// quantity writes a limit in words: 0.0042 seconds as `4.2ms`, a ratio of 0.85 as `85%`. All numbers are
// exact; a scale is used only where it makes the number shorter or rounder.
func quantity(x decimal.Decimal, unit string) string {
	switch unit {
	case "seconds":
		return seconds(x)
	case "ratio":
		return x.Shift(2).String() + "%"
	case "bytes", "bytes/s":
		return binary(x) + spellingOf(unit).suffix
	}
	return x.String() + spellingOf(unit).suffix
}

func seconds(x decimal.Decimal) string {
	if x.IsInteger() && !x.IsNegative() && x.LessThan(decimal.New(1, 9)) {
		return model.Duration(time.Duration(x.IntPart()) * time.Second).String()
	}
	for _, s := range []struct {
		name  string
		shift int32
	}{{"s", 0}, {"ms", 3}, {"us", 6}} {
		if scaled := x.Shift(s.shift); scaled.Abs().GreaterThanOrEqual(decimal.New(1, 0)) {
			return scaled.String() + s.name
		}
	}
	return x.Shift(9).String() + "ns"
}

// binary writes x with the largest of Ki, Mi, Gi, Ti that leaves at most two decimals.
func binary(x decimal.Decimal) string {
	prefix, best, scaled := "", x, x
	for _, p := range []string{"Ki", "Mi", "Gi", "Ti"} {
		scaled = scaled.Div(decimal.New(1024, 0))
		if scaled.Abs().LessThan(decimal.New(1, 0)) || !scaled.Equal(scaled.Truncate(2)) {
			break
		}
		prefix, best = p, scaled
	}
	return best.String() + prefix
}

// singleUnit writes d as one number and one unit, rounded up to whole seconds: the form of `frequency`,
// of which Grafana reads the first number and the last letter only. Days are avoided: 24h.
func singleUnit(d time.Duration) string {
	d = (d + time.Second - 1).Truncate(time.Second)
	return wholes(d)
}

// goDuration writes d as Go reads it: `for` and query windows know no days.
func goDuration(d time.Duration) string {
	if d == 0 {
		return "0m"
	}
	if d%time.Second == 0 {
		return wholes(d)
	}
	return d.String()
}

// wholes writes whole seconds in the largest unit up to hours that divides them.
func wholes(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return decimal.New(int64(d/time.Hour), 0).String() + "h"
	case d%time.Minute == 0:
		return decimal.New(int64(d/time.Minute), 0).String() + "m"
	}
	return decimal.New(int64(d/time.Second), 0).String() + "s"
}
