package examples

import (
	"fmt"
	"slices"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// country is the weather of one country's model.
type country struct {
	rate, failed, refused float64
	latency, days         flow
	gone                  bool
}

var fineCountry = country{rate: 2, refused: 0.01, latency: flow{middle: 0.04, spread: 0.005}, days: flow{middle: 4, spread: 0.7}}

var dayBounds = []float64{1, 2, 3, 4, 5, 7, 10, 14, 21, 30}

// countriesSeries are those of all countries; ill has the weather of some from the fault on.
func countriesSeries(p *plan.Plan, ill map[string]country) (list []enginetest.Series) {
	for i, pod := range []string{"delivery-time-0", "delivery-time-1"} {
		target := fmt.Sprintf(`job="delivery-time",pod="%s",instance="10.0.2.%d:80",namespace="logistics"`, pod, i)
		var all world
		all.target(target)
		list = append(list, all.list...)
		for _, name := range countries(p) {
			after, changed := ill[name]
			if !changed {
				after = fineCountry
			}
			w := world{gone: after.gone}
			w.country(target+`,country="`+name+`"`, fineCountry, after)
			list = append(list, w.list...)
		}
	}
	return list
}

func (w *world) country(labels string, x, y country) {
	for _, s := range []struct {
		status string
		share  func(country) float64
	}{
		{"ok", func(c country) float64 { return 1 - c.failed - c.refused }},
		{"refused", func(c country) float64 { return c.refused }},
		{"failed", func(c country) float64 { return c.failed }},
	} {
		if s.share(x)+s.share(y) > 0 {
			w.counter(`delivery_requests_total{`+labels+`,status="`+s.status+`"}`, x.rate*s.share(x), y.rate*s.share(y))
		}
	}
	x.latency.rate, y.latency.rate, x.days.rate, y.days.rate = x.rate, y.rate, x.rate, y.rate
	w.histogram("delivery_latency_seconds", labels, pythonBounds, x.latency, y.latency)
	w.histogram("delivery_predicted_days", labels, dayBounds, x.days, y.days)
}

// countries are those that the plan has rules for.
func countries(p *plan.Plan) (list []string) {
	for _, r := range p.Records {
		for _, l := range r.Labels {
			if l.Name == "country" && !slices.Contains(list, l.Value) {
				list = append(list, l.Value)
			}
		}
	}
	return list
}

// TestCountries: of forty countries four fall ill, each in its way, and only their alerts fire.
func TestCountries(t *testing.T) {
	longUnless(t, "all of it")
	p := planExample(t, "countries", "models/delivery-time.yaml", "")
	if n := len(countries(p)); n != 40 {
		t.Fatalf("%d countries", n)
	}
	failing, slow, lost, drifted := fineCountry, fineCountry, fineCountry, fineCountry
	failing.failed = 0.1
	slow.latency = flow{middle: 0.8, spread: 0.1}
	lost.gone = true
	drifted.days = flow{middle: 6, spread: 0.7}
	s := run(t, p, countriesSeries(p, map[string]country{"NO": failing, "SE": slow, "DK": lost, "FI": drifted}))
	outlook{
		member: "country",
		fires:  []string{"ErrorsHigh NO", "LatencyHigh SE", "TrafficDropped DK", "OutputDrift FI"},
		signals: map[string]float64{
			"Errors NO": 2, "Latency p95 SE": 2, "Output drift FI": 2,
			"Traffic change DK": 2, "Errors DK": -1, "Bad requests DK": -1, "Latency p95 DK": -1, "Output drift DK": -1,
		},
	}.check(t, p, s)
	for _, name := range []string{"AT", "NO"} {
		checkQueries(t, p, s, fault-interval, map[string]string{"country": name})
	}
}
