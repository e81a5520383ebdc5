package spec

import (
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// Every key of an SLO, as the whole spec has them.
func TestSLOs(t *testing.T) {
	m := model(t, DefaultWorkspace(), wholeSLOs)
	if len(m.SLOs) != 10 {
		t.Fatalf("%d SLOs", len(m.SLOs))
	}
	s := m.SLOs[0]
	if s.Name.Value != "answers" || s.Objective.Value.String() != "99.95" || s.Period.Value != 28*24*time.Hour || s.Errors.Value != `sum(increase(prediction_total{label="none"}[$window]))` ||
		s.Good != nil || s.Total.Value != "sum(increase(prediction_total[$window]))" || len(s.By) != 2 || s.By[1].Value != "zone" || s.MinEvents.Value != 100 || s.Revision.Value != "v1.2" || s.Description.Value != "What we promise." {
		t.Errorf("%+v", s)
	}
	if x := s.Selector[0]; len(s.Selector) != 1 || x.Label != "stage" || x.Op != metric.Match || x.Value != "gold|silver" {
		t.Errorf("%+v", s.Selector)
	}
	if s := m.SLOs[1]; s.Objective.Value.String() != "99.9" || s.Good == nil || s.Errors != nil || s.Period.Given() || s.MinEvents.Given() || s.Revision.Given() || s.Use != nil {
		t.Errorf("%+v", s)
	}
	if m.SLOs[2].Role.Value != "requests" || m.SLOs[8].Availability.Value != "targets" {
		t.Errorf("%+v %+v", m.SLOs[2], m.SLOs[8])
	}
	for i, want := range map[int]SLOShare{
		3: {Metric: located("inference_time"), Under: located("250ms")},
		4: {Under: located("0.25")},
		5: {Metric: located("clienty"), Above: located("70%")},
		6: {Metric: located("clienty"), Under: located("0.3")},
		7: {Metric: located("prediction_total"), Good: []metric.Matcher{{Label: "label", Op: metric.NotEqual, Value: "none"}}},
		9: {Metric: located("temperature"), Under: located("1h30m")},
	} {
		s := m.SLOs[i]
		got := s.Share
		if s.Latency != nil {
			got = s.Latency
		}
		if s.Freshness != nil {
			got = s.Freshness
		}
		if got == nil || got.Metric.Value != want.Metric.Value || got.Under.Value != want.Under.Value || got.Above.Value != want.Above.Value || len(got.Good) != len(want.Good) {
			t.Errorf("%s: %+v", s.Name.Value, got)
			continue
		}
		if len(want.Good) > 0 && (got.Good[0].Label != want.Good[0].Label || got.Good[0].Op != want.Good[0].Op || got.Good[0].Value != want.Good[0].Value) {
			t.Errorf("%s: %+v", s.Name.Value, got.Good)
		}
		if (s.Latency != nil) != (i == 3 || i == 4) || (s.Freshness != nil) != (i == 9) {
			t.Errorf("%+v", s)
		}
	}
}

func located(text string) diag.Located[string] { return diag.Located[string]{Value: text} }
