package enginetest

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
)

// Series is one series to load.
type Series struct {
	// Series is name and labels: `up{job="ml"}`.
	Series string
	// Values in promtool's notation: `0+1x10`, `1 2 _ stale`, `{{schema:0 count:1}}x5`. The first is at Start.
	Values string
	// Func gives the values instead, for the time For (inclusive).
	Func func(at time.Duration) float64
	For  time.Duration
	// Interval between two values; 0: that of Load.
	Interval time.Duration
}

// Gap is what Func returns where there is no sample, Stale where the series ends.
var (
	Gap   = math.Float64frombits(0x7ff8000000000bad)
	Stale = math.Float64frombits(value.StaleNaN)
)

// Constant is a function for Series.Func that is always v.
func Constant(v float64) func(time.Duration) float64 {
	return func(time.Duration) float64 { return v }
}

// Linear is a counter for Series.Func that grows by perSecond each second.
func Linear(perSecond float64) func(time.Duration) float64 {
	return func(at time.Duration) float64 { return at.Seconds() * perSecond }
}

// Switch is before until d, then after, both asked for the time since Start: a gauge whose weather changes.
func Switch(d time.Duration, before, after func(time.Duration) float64) func(time.Duration) float64 {
	return func(at time.Duration) float64 {
		if at < d {
			return before(at)
		}
		return after(at)
	}
}

// Then is a counter that grows like before until d and like after from then on.
func Then(d time.Duration, before, after func(time.Duration) float64) func(time.Duration) float64 {
	return func(at time.Duration) float64 {
		if at < d {
			return before(at)
		}
		return before(d) + after(at-d)
	}
}

// Add loads series that have a sample every interval. Values of a series that is there already must
// come later than what it has.
func (s *Storage) Add(interval time.Duration, list []Series) error {
	for _, l := range list {
		if err := s.add(cmp.Or(l.Interval, interval), l); err != nil {
			return err
		}
	}
	return nil
}

func (s *Storage) add(interval time.Duration, l Series) error {
	if interval <= 0 {
		return fmt.Errorf("%s: interval %v", l.Series, interval)
	}
	if (l.Func == nil) == (l.Values == "") {
		return fmt.Errorf("%s: give either Values or Func", l.Series)
	}
	if l.Func != nil {
		return s.addFunc(interval, l)
	}
	lset, values, err := promParser.ParseSeriesDesc(l.Series + " " + l.Values)
	if err != nil {
		return fmt.Errorf("%s %s: %w", l.Series, l.Values, err)
	}
	for i, v := range values {
		if v.Omitted {
			continue
		}
		if err := s.append(lset, sample{t: At(time.Duration(i) * interval).UnixMilli(), v: v.Value, h: v.Histogram}); err != nil {
			return fmt.Errorf("%s: %w", l.Series, err)
		}
	}
	return nil
}

func (s *Storage) addFunc(interval time.Duration, l Series) error {
	lset, err := promParser.ParseMetric(l.Series)
	if err != nil {
		return fmt.Errorf("%s: %w", l.Series, err)
	}
	return s.AddFunc(lset, interval, l.For, l.Func)
}

// AddFunc loads one series; see Series.Func.
func (s *Storage) AddFunc(lset labels.Labels, interval, length time.Duration, f func(time.Duration) float64) error {
	if length <= 0 {
		return fmt.Errorf("%s: For says how long Func lasts", lset)
	}
	for at := time.Duration(0); at <= length; at += interval {
		v := f(at)
		if math.Float64bits(v) == math.Float64bits(Gap) {
			continue
		}
		if err := s.append(lset, sample{t: At(at).UnixMilli(), v: v}); err != nil {
			return fmt.Errorf("%s: %w", lset, err)
		}
	}
	return nil
}

// Without is values with a gap from one time to another, the second not included: nobody scraped.
func Without(from, to time.Duration, values func(time.Duration) float64) func(time.Duration) float64 {
	return func(at time.Duration) float64 {
		if from <= at && at < to {
			return Gap
		}
		return values(at)
	}
}
