package derive_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Rules run ten times in their window, but neither more often than the others nor so seldom that an instant value is stale.
func TestPace(t *testing.T) {
	for _, tt := range []struct{ evaluation, window, want time.Duration }{
		{30 * time.Second, 5 * time.Minute, 30 * time.Second},
		{15 * time.Second, 5 * time.Minute, 30 * time.Second},
		{30 * time.Second, 10 * time.Minute, time.Minute},
		{30 * time.Second, 30 * time.Minute, 150 * time.Second},
		{30 * time.Second, 30 * 24 * time.Hour, 150 * time.Second},
		{time.Minute, 5 * time.Minute, time.Minute},
		{4 * time.Minute, 24 * time.Hour, 4 * time.Minute},
		{30 * time.Second, 0, 30 * time.Second},
	} {
		env := &derive.Env{Workspace: &spec.Workspace{EvaluationInterval: diag.Located[time.Duration]{Value: tt.evaluation}}}
		if got := env.Pace(tt.window); got != tt.want {
			t.Errorf("window %v, evaluated every %v: %v, want %v", tt.window, tt.evaluation, got, tt.want)
		}
	}
}

// What a stranger wrote stays a string in a selector.
func TestSeries(t *testing.T) {
	got := derive.Series("x_total", metric.Matcher{Label: "a b", Op: metric.Equal, Value: `"} or vector(1) #`}, derive.Bound(decimal.NewFromInt(1)), derive.Bound(decimal.New(25, -2)))
	if want := `x_total{"a b"="\"} or vector(1) #", le=~"1([.]0)?", le="0.25"}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := derive.Aggregate("sum", []string{"pod", "a b"}, "x"), `sum by (pod, "a b") (x)`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
