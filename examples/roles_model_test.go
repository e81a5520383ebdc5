package examples

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// in loads the role's series into a world and runs the rules of the model.
func (c roleCase) in(t *testing.T, p *plan.Plan, w *world, bad bool) *enginetest.Storage {
	for _, target := range scorerTargets {
		w.target(target)
		c.weather(w, target, bad)
	}
	return w.rules(t, p)
}

// checkTitles reports panels and tiles that are missing.
func (c roleCase) checkTitles(t *testing.T, p *plan.Plan, traffic string) {
	t.Helper()
	var left []string
	for _, panel := range p.Dashboard.Panels {
		left = append(left, panel.Title)
	}
	for _, title := range c.panels {
		i := slices.IndexFunc(left, func(got string) bool { return got == title || got == title+" per hour" || got == title+" per run" })
		if i < 0 {
			t.Errorf("%s: no panel `%s`, or one too few", traffic, title)
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
}

// TestModelRoles: each role of the storey `model` shows data for each type that it takes, and its alerts
// fire in their fault, and only then; for a server as for a batch job. A server that is gone at night is
// fine.
func TestModelRoles(t *testing.T) {
	for _, c := range modelRoles {
		t.Run(c.name, func(t *testing.T) {
			longUnless(t, c.name, "feature, of every type", "drift events")
			t.Parallel()
			for _, traffic := range []string{"continuous", "{every: 24h}"} {
				pushed := traffic != "continuous"
				p := planInline(t, modelHead+"traffic: "+traffic+"\n"+c.spec)
				good := c.in(t, p, &world{pushed: pushed}, false)
				checkShown(t, p, good)
				if diff := cmp.Diff([]string(nil), firing(t, good, end)); diff != "" {
					t.Errorf("%s: alerts that fire in good weather (-want +got):\n%s", traffic, diff)
				}
				bad := c.in(t, p, &world{pushed: pushed}, true)
				if diff := cmp.Diff(c.fires, firing(t, bad, end)); diff != "" {
					t.Errorf("%s: alerts that fire in the fault (-want +got):\n%s", traffic, diff)
				}
				c.checkTitles(t, p, traffic)
			}
			p := planInline(t, modelHead+"traffic: sporadic\n"+c.spec)
			night := c.in(t, p, &world{gone: true}, false)
			for at := fault - interval; at <= end; at += 5 * time.Minute {
				if got := firing(t, night, at); len(got) > 0 {
					t.Errorf("%s after the server went: %v", at-fault, got)
				}
			}
			for _, sample := range query(t, night, `ml_model:signal:state != 0`, end) {
				t.Errorf("at night the signal %s is %v", sample.Metric.Get("signal"), sample.F)
			}
		})
	}
}

// TestFeatures: the features of a model share one panel, whatever their types.
func TestFeatures(t *testing.T) {
	for _, traffic := range []string{"continuous", "{every: 24h}"} {
		var got []string
		for _, panel := range planInline(t, modelHead+"traffic: "+traffic+fourFeatures).Dashboard.Panels {
			if panel.Title != "Features now against then" {
				continue
			}
			for _, q := range panel.Queries {
				got = append(got, q.Legend)
			}
		}
		if diff := cmp.Diff([]string{"age_years", "income_dollars", "height_meters", "queue_length"}, got); diff != "" {
			t.Errorf("%s: features (-want +got):\n%s", traffic, diff)
		}
	}
}

// TestNegativeOutput: the axis does not hide predictions below zero.
func TestNegativeOutput(t *testing.T) {
	for low, fromZero := range map[string]bool{"0": true, "-10": false} {
		p := planInline(t, modelHead+"metrics: {score: {type: histogram, role: output, range: ["+low+", 10]}}")
		got := map[string]bool{}
		for _, panel := range p.Dashboard.Panels {
			if panel.Kind == plan.TimeSeries && panel.Storey == "model" {
				got[panel.Title] = panel.Min != nil && panel.Min.IsZero()
			}
		}
		if diff := cmp.Diff(map[string]bool{"Predictions, middle and spread": fromZero, "Output drift": true}, got); diff != "" {
			t.Errorf("range from %s: axes that begin at 0 (-want +got):\n%s", low, diff)
		}
	}
}

// TestTrafficDropped: lost traffic is an alarm where traffic never stops, told once, by the role that knows
// it best.
func TestTrafficDropped(t *testing.T) {
	const (
		requests = "  http_requests_total: {type: counter, role: requests}\n"
		classes  = "  answers_total: {type: counter, role: classes, labels: {label: [cat, dog]}}\n"
		output   = "  score: {type: histogram, role: output, buckets: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}\n"
	)
	for i, tt := range []struct {
		metrics, traffic string
		fires            []string
		reads            string
	}{
		{output, "continuous", []string{"TrafficDropped"}, "score_count"},
		{output, "sporadic", nil, ""},
		{output, "{every: 24h}", nil, ""},
		{classes, "continuous", []string{"TrafficDropped"}, "answers_total"},
		{classes, "sporadic", nil, ""},
		{classes, "{every: 24h}", nil, ""},
		{classes + output, "continuous", []string{"TrafficDropped"}, "answers_total"},
		{requests + classes + output, "continuous", []string{"TrafficDropped"}, "http_requests_total"},
	} {
		if testing.Short() && i%3 != 0 {
			continue // long: runs without -short, as in .ci/run
		}
		p := planInline(t, modelHead+"traffic: "+tt.traffic+"\nmetrics:\n"+tt.metrics)
		w := &world{pushed: strings.HasPrefix(tt.traffic, "{")}
		for _, target := range scorerTargets {
			w.target(target)
			w.counter("http_requests_total{"+target+"}", 1, 0.05)
			w.counter("answers_total{"+target+`,label="cat"}`, 1, 0.05)
			w.histogram("score", target, integers, flow{1, 5, 1}, flow{0.05, 5, 1})
		}
		if diff := cmp.Diff(tt.fires, firing(t, w.rules(t, p), end)); diff != "" {
			t.Errorf("%s\n%salerts that fire (-want +got):\n%s", tt.traffic, tt.metrics, diff)
		}
		for _, r := range p.Records {
			if strings.HasSuffix(r.Name, ":rate5m_against_1d") && !strings.Contains(r.Expr, tt.reads) {
				t.Errorf("%s%s reads %s", tt.metrics, r.Name, r.Expr)
			}
		}
	}
}

// TestFirstDetection: a detector's series that is born with its first detection has not grown, and is
// news all the same; one that was away for a while is not.
func TestFirstDetection(t *testing.T) {
	p := planInline(t, modelHead+`metrics: {drift_detected_total: {type: counter, role: drift_events, labels: {feature: [age, income]}}}`)
	for name, tt := range map[string]struct {
		value func(at time.Duration) float64
		fires []string
	}{
		"born with one": {func(at time.Duration) float64 { return now(enginetest.Gap, 1, at >= fault) }, []string{"DriftDetected"}},
		"known":         {func(at time.Duration) float64 { return 7 }, nil},
		"away for a while, an hour ago": {func(at time.Duration) float64 {
			return now(7, enginetest.Gap, at > end-90*time.Minute && at < end-50*time.Minute)
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := &world{}
			w.target(scorerTargets[0])
			w.add(`drift_detected_total{`+scorerTargets[0]+`,feature="age"}`, tt.value)
			if diff := cmp.Diff(tt.fires, firing(t, w.rules(t, p), end)); diff != "" {
				t.Errorf("alerts that fire (-want +got):\n%s", diff)
			}
		})
	}
}
