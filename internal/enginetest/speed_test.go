package enginetest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
)

// sloRules are chained records as an objective needs them, at two intervals, and an alert.
func sloRules() string {
	var b strings.Builder
	b.WriteString(`groups:
- name: short
  interval: 30s
  rules:
  - record: total:increase5m
    expr: sum by (job) (increase(requests_total[5m]))
  - record: errors:increase5m
    expr: sum by (job) (increase(requests_total{code=~"5.."}[5m])) or 0 * total:increase5m
`)
	ratio := func(window string) {
		fmt.Fprintf(&b, "  - record: ratio%s\n    expr: sum_over_time(errors:increase5m[%[1]s]) / (sum_over_time(total:increase5m[%[1]s]) > 0)\n", window)
	}
	for _, window := range []string{"5m", "30m", "1h"} {
		ratio(window)
	}
	b.WriteString("  - alert: Page\n    expr: ratio1h > 0.0144 and ratio5m > 0.0144\n- name: long\n  interval: 150s\n  rules:\n")
	for _, window := range []string{"2h", "6h", "1d", "3d", "30d"} {
		ratio(window)
	}
	return b.String()
}

// BenchmarkMonth: 31 days of a sample each minute, a dozen rules each 150 s, windows of up to 30 days.
func BenchmarkMonth(b *testing.B) {
	const month = 31 * 24 * time.Hour
	for b.Loop() {
		s := enginetest.Load(b, time.Minute, []enginetest.Series{
			{Series: `requests_total{job="a",code="200"}`, Func: enginetest.Linear(10), For: month},
			{Series: `requests_total{job="a",code="500"}`, Func: enginetest.Linear(0.01), For: month},
		})
		g, err := s.Groups(enginetest.Pace{Start: enginetest.Start, AtLeast: 150 * time.Second}, []byte(sloRules()))
		if err != nil {
			b.Fatal(err)
		}
		if err := g.Until(enginetest.At(month)); err != nil {
			b.Fatal(err)
		}
	}
}
