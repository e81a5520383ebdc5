package examples

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/generators/alerts"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

const (
	day = 24 * time.Hour
	// nights are simulated, each with a run; the fault comes in the last but one.
	nights, faultNight = 9, 7
	// nightlyInterval is how often the gateway is looked at: seldom enough for nine days.
	nightlyInterval = 4 * time.Minute
)

// churnRun is what a run pushes.
type churnRun struct {
	customers       float64
	failed, skipped float64 // shares
	score           flow
	hours           float64
	// missing: it pushes nothing. refused: the gateway does not take it. lost: the gateway was started anew
	// and has forgotten everything.
	missing, refused, lost bool
}

func fineRun() churnRun {
	return churnRun{customers: 40_000, failed: 0.0002, skipped: 0.02, score: flow{middle: 0.25, spread: 0.05}, hours: 2}
}

// churnSeries are what the gateway shows. Runs end at two in the morning, or some minutes later.
func churnSeries(night churnRun) (list []enginetest.Series) {
	runs := slices.Repeat([]churnRun{fineRun()}, nights)
	runs[faultNight] = night
	ends := func(n int) time.Duration {
		return time.Duration(n)*day + 2*time.Hour + time.Duration(7*n%20)*time.Minute
	}
	// shown is the run whose values the gateway shows, -1 if none; the second result is the last that came.
	shown := func(at time.Duration) (last, came int) {
		last, came = -1, -1
		for n, r := range runs {
			if at < ends(n) || r.missing {
				continue
			}
			came = n
			if last = n; r.lost {
				last = -1
			} else if r.refused {
				last = n - 1
			}
		}
		return last, came
	}
	add := func(series string, value func(last, came int) float64) {
		list = append(list, enginetest.Series{Series: series, For: nights * day, Func: func(at time.Duration) float64 {
			last, came := shown(at)
			if last < 0 {
				return enginetest.Stale
			}
			return value(last, came)
		}})
	}
	job := `{job="churn-nightly",instance=""`
	pushed := func(series string, value func(churnRun) float64) {
		add(series, func(last, _ int) float64 { return value(runs[last]) })
	}
	started := float64(enginetest.Start.Unix())
	add("push_time_seconds"+job+"}", func(last, _ int) float64 { return started + ends(last).Seconds() })
	add("push_failure_time_seconds"+job+"}", func(last, came int) float64 {
		if came > last {
			return started + ends(came).Seconds()
		}
		return 0
	})
	for outcome, share := range map[string]func(churnRun) float64{
		"scored":  func(r churnRun) float64 { return 1 - r.failed - r.skipped },
		"skipped": func(r churnRun) float64 { return r.skipped },
		"failed":  func(r churnRun) float64 { return r.failed },
	} {
		pushed(fmt.Sprintf(`churn_customers_total%s,outcome="%s"}`, job, outcome), func(r churnRun) float64 { return r.customers * share(r) })
	}
	for _, le := range append(slices.Clone(deciles[1:]), math.Inf(1)) {
		pushed(fmt.Sprintf(`churn_score_bucket%s,le="%s"}`, job, bound(le)), func(r churnRun) float64 { return math.Round(r.customers * r.score.below(le)) })
	}
	pushed("churn_score_count"+job+"}", func(r churnRun) float64 { return r.customers })
	pushed("churn_score_sum"+job+"}", func(r churnRun) float64 { return r.customers * r.score.middle })
	pushed("churn_run_duration_seconds"+job+"}", func(r churnRun) float64 { return 3600 * r.hours })
	return list
}

// TestNightly: a week of good runs is silent, and each fault of a run is told until a good one comes.
func TestNightly(t *testing.T) {
	p := planExample(t, "nightly", "models/churn.yaml", "")
	for name, tt := range map[string]struct {
		weather func(*churnRun)
		fires   []string
	}{
		"good week":     {func(*churnRun) {}, nil},
		"no run":        {func(r *churnRun) { r.missing = true }, []string{"RunMissing"}},
		"push refused":  {func(r *churnRun) { r.refused = true }, []string{"PushRefused", "RunMissing"}},
		"gateway lost":  {func(r *churnRun) { r.lost = true }, []string{"RunMissing"}},
		"many fail":     {func(r *churnRun) { r.failed = 0.1 }, []string{"ErrorsHigh"}},
		"many skipped":  {func(r *churnRun) { r.skipped = 0.5 }, []string{"BadRequestsHigh"}},
		"few customers": {func(r *churnRun) { r.customers = 1000 }, []string{"FewCustomers"}},
		"other scores":  {func(r *churnRun) { r.score.middle = 0.5 }, []string{"OutputDrift"}},
		"slow":          {func(r *churnRun) { r.hours = 5 }, []string{"RunSlow"}},
	} {
		t.Run(name, func(t *testing.T) {
			longUnless(t, name, "no run")
			t.Parallel()
			night := fineRun()
			tt.weather(&night)
			from := (faultNight-1)*day + 12*time.Hour
			if tt.fires == nil { // all of it: from the second run on, since the first has none before it
				from = day + 12*time.Hour
			}
			s := nightlyRun(t, p, churnSeries(night), from)
			var sent []string
			for _, n := range s.Sent {
				if at := n.At.Sub(enginetest.Start); at < faultNight*day || at > (faultNight+1)*day+4*time.Hour {
					t.Errorf("%s is sent at %s", n.Name, at)
				}
				sent = append(sent, n.Name)
			}
			slices.Sort(sent)
			if diff := cmp.Diff(tt.fires, slices.Compact(sent)); diff != "" {
				t.Errorf("alerts that are sent (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNightlyMissing: a run is missed half a run after it was due, not before.
func TestNightlyMissing(t *testing.T) {
	longUnless(t, "all of it")
	p := planExample(t, "nightly", "models/churn.yaml", "")
	night := fineRun()
	night.missing = true
	s := nightlyRun(t, p, churnSeries(night), faultNight*day)
	due := (faultNight-1)*day + 2*time.Hour + 7*(faultNight-1)%20*time.Minute + day*3/2
	for at, want := range map[time.Duration][]string{due - 10*time.Minute: nil, due + 10*time.Minute: {"RunMissing"}} {
		if diff := cmp.Diff(want, firing(t, s, at)); diff != "" {
			t.Errorf("alerts that fire at %s (-want +got):\n%s", at, diff)
		}
	}
}

// TestNightlyPanels: every query returns data, at any hour.
func TestNightlyPanels(t *testing.T) {
	longUnless(t, "all of it")
	p := planExample(t, "nightly", "models/churn.yaml", "")
	s := nightlyRun(t, p, churnSeries(fineRun()), 5*day+20*time.Hour)
	for _, at := range []time.Duration{6 * day, 6*day + 2*time.Hour + 5*time.Minute, 6*day + 15*time.Hour} {
		checkQueries(t, p, s, at, nil)
	}
}

// nightlyRun loads the series and runs the rules from then on.
func nightlyRun(t *testing.T, p *plan.Plan, series []enginetest.Series, from time.Duration) *enginetest.Storage {
	t.Helper()
	files, err := alerts.Prometheus().Model(p)
	if err != nil {
		t.Fatal(err)
	}
	s := enginetest.Load(t, nightlyInterval, series)
	if err := s.Rules(files[0].Data, enginetest.At(from), enginetest.At(nights*day)); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestScrapedBatch: a job that is scraped while it runs, an hour each night, and shows nothing in between. A
// run that does not come is told one and a half days after the last one.
func TestScrapedBatch(t *testing.T) {
	longUnless(t, "all of it")
	p := planInline(t, `model: churn
owner: crm-ml
selector: {job: churn}
traffic: {every: 24h}
metrics:
  churn_customers_total: {type: counter, role: requests}
`)
	const last = 4 // no run comes after the one of this night
	s := nightlyRun(t, p, []enginetest.Series{{Series: `churn_customers_total{job="churn"}`, For: nights * day, Func: func(at time.Duration) float64 {
		switch hour := at % day; {
		case at >= (last+1)*day, hour > time.Hour:
			return enginetest.Stale
		default:
			return 40_000 * hour.Hours()
		}
	}}}, 12*time.Hour)
	end := last*day + time.Hour
	for at, want := range map[time.Duration][]string{3*day + 23*time.Hour: nil, end + day*3/2 - 30*time.Minute: nil, end + day*3/2 + 30*time.Minute: {"RunMissing"}} {
		if diff := cmp.Diff(want, firing(t, s, at)); diff != "" {
			t.Errorf("alerts that fire at %s (-want +got):\n%s", at, diff)
		}
	}
}
