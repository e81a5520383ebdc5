package examples

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/generators/alerts"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
)

// fineBounds are those of the instrumentator's histogram without labels.
var fineBounds = []float64{.01, .025, .05, .075, .1, .25, .5, .75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 7.5, 10, 30, 60}

// invoices is the weather of the invoice reader while offices are open.
type invoices struct {
	rate, failed float64
	latency      flow
	confidence   flow
	// wanted and available copies.
	wanted, available float64
	// gone: no pods, no targets.
	gone bool
}

func fineInvoices() invoices {
	return invoices{rate: 1, latency: flow{middle: 2, spread: 0.3}, confidence: flow{middle: 0.85, spread: 0.03}, wanted: 2, available: 2}
}

// series of the model on two pods of that generation.
func (before invoices) series(after invoices, generation string) []enginetest.Series {
	server := world{gone: after.gone}
	for i := range 2 {
		name := fmt.Sprintf("invoice-reader-%s-%d", generation, i)
		target := fmt.Sprintf(`namespace="finance",service="invoice-reader",job="invoice-reader",pod="%s",instance="10.0.3.%d:8000"`, name, i)
		server.target(target)
		server.pod("finance", name, finePod, finePod)
		of := func(w invoices) calls {
			return calls{ok: w.rate * (1 - w.failed), failed: w.rate * w.failed, latency: w.latency}
		}
		fastAPI(&server, "", target, "/read", of(before), of(after))
		// The stack's own histogram without labels, which is what the latency is read from.
		x, y := before.latency, after.latency
		x.rate, y.rate = before.rate, after.rate
		server.histogram("http_request_duration_highr_seconds", target, fineBounds, x, y)
		x, y = before.confidence, after.confidence
		x.rate, y.rate = before.rate, after.rate
		server.histogram("invoice_confidence", target, deciles, x, y)
	}
	var cluster world // the Deployment stays when its pods are gone
	deployment := `{namespace="finance",deployment="invoice-reader"}`
	cluster.gauge("kube_deployment_spec_replicas"+deployment, before.wanted, after.wanted)
	cluster.gauge("kube_deployment_status_replicas_available"+deployment, before.available, after.available)
	return slices.Concat(server.list, cluster.list)
}

// TestScaleToZero: faults of the day fire; that nothing comes does not.
func TestScaleToZero(t *testing.T) {
	p := planExample(t, "scale-to-zero", "models/invoice-reader.yaml", "")
	for name, tt := range map[string]struct {
		weather func(*invoices)
		outlook
	}{
		"good weather":    {func(*invoices) {}, outlook{}},
		"no calls":        {func(w *invoices) { w.rate = 0 }, outlook{}},
		"scaled to zero":  {func(w *invoices) { w.gone, w.wanted, w.available = true, 0, 0 }, outlook{}},
		"nothing starts":  {func(w *invoices) { w.gone, w.available = true, 0 }, outlook{fires: []string{"CopiesMissing"}, signals: map[string]float64{"Copies": 2}}},
		"one copy starts": {func(w *invoices) { w.available = 1 }, outlook{signals: map[string]float64{"Copies": 1}}},
		"errors":          {func(w *invoices) { w.failed = 0.05 }, outlook{fires: []string{"ErrorsHigh"}, signals: map[string]float64{"Errors": 2}}},
		"slow":            {func(w *invoices) { w.latency.middle = 40 }, outlook{fires: []string{"LatencyHigh"}, signals: map[string]float64{"Latency p95": 2}}},
		"unsure": {func(w *invoices) { w.confidence.middle = 0.5 }, outlook{fires: []string{"ConfidenceDropped", "ConfidenceLow"},
			signals: map[string]float64{"Confidence": 2, "Confidence change": 2}}},
	} {
		t.Run(name, func(t *testing.T) {
			longUnless(t, name, "slow")
			t.Parallel()
			after := fineInvoices()
			tt.weather(&after)
			tt.check(t, p, run(t, p, fineInvoices().series(after, "6b7f")))
		})
	}
}

// TestScaleToZeroNight: a whole night without pods and the morning after, with new pods and counters that
// begin at 0, are good weather.
func TestScaleToZeroNight(t *testing.T) {
	longUnless(t, "a whole night")
	const morning = fault + 12*time.Hour
	p := planExample(t, "scale-to-zero", "models/invoice-reader.yaml", "")
	night := fineInvoices()
	night.gone, night.wanted, night.available = true, 0, 0
	s := enginetest.Load(t, interval, fineInvoices().series(night, "6b7f"))
	for _, series := range fineInvoices().series(fineInvoices(), "9d4c") {
		day := series.Func
		series.For = morning + time.Hour
		series.Func = func(at time.Duration) float64 {
			if at < morning {
				return enginetest.Gap
			}
			return day(at - morning)
		}
		if err := s.Add(interval, []enginetest.Series{series}); err != nil {
			t.Fatal(err)
		}
	}
	files, err := alerts.Prometheus().Model(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Rules(files[0].Data, enginetest.At(begin), enginetest.At(morning+time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, n := range s.Sent {
		t.Errorf("%s is sent at %s", n.Name, n.At.Sub(enginetest.Start))
	}
	for at := fault; at <= morning; at += time.Hour {
		if diff := cmp.Diff(0.0, query(t, s, `max(abs(ml_model:signal:state))`, at)[0].F); diff != "" {
			t.Errorf("a signal is not fine at night, at %s", at)
		}
	}
}

// TestScaleToZeroPanels: every query returns data by day.
func TestScaleToZeroPanels(t *testing.T) {
	longUnless(t, "panels")
	p := planExample(t, "scale-to-zero", "models/invoice-reader.yaml", "")
	checkQueries(t, p, run(t, p, fineInvoices().series(fineInvoices(), "6b7f")), end, nil)
}
