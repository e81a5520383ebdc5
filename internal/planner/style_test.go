package planner

import (
	"testing"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// TestSteps: a number has the colour of the state that its signal has, on both sides of each limit.
func TestSteps(t *testing.T) {
	d := func(s string) decimal.Decimal { return decimal.RequireFromString(s) }
	warn := d("0.15")
	low := d("0.8")
	above := limits{op: spec.Above, crit: []decimal.Decimal{d("0.3")}, warn: &warn}
	below := limits{op: spec.Below, crit: []decimal.Decimal{d("0.7")}, warn: &low}
	soft := limits{op: spec.Above, crit: []decimal.Decimal{d("0")}}
	for _, tt := range []struct {
		limits limits
		value  string
		want   string
	}{
		{above, "0.1", colorText}, {above, "0.2", colorWarn}, {above, "0.31", colorCritical},
		{below, "0.9", colorText}, {below, "0.75", colorWarn}, {below, "0.5", colorCritical},
		{soft, "1", colorWarn}, {soft, "0", colorText}, {soft, "-1", colorText},
	} {
		if got := colorAt(tt.limits.tileSteps(), d(tt.value)); got != tt.want {
			t.Errorf("%s %v at %s: %s, want %s", tt.limits.op, tt.limits.crit, tt.value, got, tt.want)
		}
	}
	if steps := above.tileSteps(); steps[0].From != nil || steps[0].Color != colorNoData {
		t.Error("absence is not violet")
	}
}

// colorAt is the colour that Grafana gives a value: that of the last step that is not above it.
func colorAt(steps []plan.Step, v decimal.Decimal) string {
	c := ""
	for _, s := range steps {
		if s.From == nil || !v.LessThan(*s.From) {
			c = s.Color
		}
	}
	return c
}

// TestNoDataIsViolet: where nothing is known no colour says that all is well.
func TestNoDataIsViolet(t *testing.T) {
	p := mustBuild(t, "", base+`dashboard:
  rows:
    - title: R
      panels:
        - {title: A, type: gauge, query: max(heat), thresholds: [green, 60, red]}
        - {title: B, type: stat, query: max(heat), thresholds: [green, 60, red]}
        - {title: C, type: bargauge, query: max(heat)}
        - {title: D, type: gauge, query: max(heat)}
alerts: [{name: Hot, panel: D, above: 80}]
`)
	for _, title := range []string{"A", "B", "C", "D"} {
		if steps := panelTitled(t, p.Dashboard, title).Steps; steps[0].From != nil || steps[0].Color != colorNoData || steps[1].From == nil {
			t.Errorf("%s: %+v", title, steps)
		}
	}
}
