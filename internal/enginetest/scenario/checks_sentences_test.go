package scenario_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
)

// What people say of a model, each a check of a few lines.

const sentences = `version: mlobs/v1
model: digits
owner: vision
selector: {job: digits}
scrape: {interval: 1m}
metrics:
  predictions_total: {type: counter, labels: {digit: [zero, one, two]}}
  confidence: {type: histogram, unit: ratio, buckets: [0.5, 0.9]}
  answer_seconds: {type: histogram, unit: seconds, buckets: [0.1, 0.3, 1]}
checks:
  # The share of requests under 300 ms in the last 10 minutes is below its target.
  - name: answered-in-300ms
    score:
      query: sum(increase(answer_seconds_bucket{le="0.3"}[$window])) / sum(increase(answer_seconds_count[$window]))
      direction: below
      alert: 95%
      unit: ratio
    window: 10m
  # There is no prediction for 10 minutes.
  - name: silent
    silence: predictions_total
  # The daily mean of confidence is below a bound.
  - name: unsure
    confidence: confidence
    window: 1d
    alert: 70%
  # The distribution of classes is another than last week.
  - name: other-digits
    drift: predictions_total
    across: digit
    against: {offset: 7d}
`

// perSecond is what a model counts.
type perSecond struct {
	zero, one, two float64
	sum, count     float64
	fast, answers  float64
}

// digits are the series of a model that counts one way, and from a time on another.
func digits(change, end time.Duration, before, after perSecond) (list []enginetest.Series) {
	for series, of := range map[string]func(perSecond) float64{
		`predictions_total{job="digits",digit="zero"}`: func(d perSecond) float64 { return d.zero },
		`predictions_total{job="digits",digit="one"}`:  func(d perSecond) float64 { return d.one },
		`predictions_total{job="digits",digit="two"}`:  func(d perSecond) float64 { return d.two },
		`confidence_sum{job="digits"}`:                 func(d perSecond) float64 { return d.sum },
		`confidence_count{job="digits"}`:               func(d perSecond) float64 { return d.count },
		`answer_seconds_bucket{job="digits",le="0.3"}`: func(d perSecond) float64 { return d.fast },
		`answer_seconds_count{job="digits"}`:           func(d perSecond) float64 { return d.answers },
	} {
		list = append(list, enginetest.Series{Series: series, For: end, Func: enginetest.Then(change, enginetest.Linear(of(before)), enginetest.Linear(of(after)))})
	}
	return append(list, enginetest.Series{Series: `up{job="digits"}`, For: end, Func: enginetest.Constant(1)})
}

var fine = perSecond{zero: 1, one: 1, two: 1, sum: 2.7, count: 3, fast: 2.97, answers: 3}

// TestSentences: each sentence fires when it is true, after its time, and at no other.
func TestSentences(t *testing.T) {
	s := scenario.Compile(t, map[string]string{"m.yaml": sentences})
	if s.Findings != "" {
		t.Errorf("findings:\n%s", s.Findings)
	}
	const change = 7*24*time.Hour + 2*time.Hour
	with := func(edit func(*perSecond)) perSecond {
		d := fine
		edit(&d)
		return d
	}
	for name, test := range map[string]struct {
		after perSecond
		lasts time.Duration
		want  []string
	}{
		"fine":   {fine, 25 * time.Hour, nil},
		"slow":   {with(func(d *perSecond) { d.fast = 2 }), time.Hour, []string{"AnsweredIn300ms"}},
		"silent": {with(func(d *perSecond) { d.zero, d.one, d.two = 0, 0, 0 }), 30 * time.Minute, []string{"Silent"}},
		"unsure": {with(func(d *perSecond) { d.sum = 1.8 }), 25 * time.Hour, []string{"Unsure"}},
		"other":  {with(func(d *perSecond) { d.zero, d.two = 0.2, 1.8 }), 2 * time.Hour, []string{"OtherDigits"}},
		"few":    {with(func(d *perSecond) { d.zero, d.one, d.two = 0.01, 0.001, 0.01; d.sum, d.count = 0, 0.001 }), 2 * time.Hour, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && test.lasts > time.Hour {
				t.Skip("long: runs without -short, as in .ci/run")
			}
			run := s.LoadAt(enginetest.Pace{AtLeast: 150 * time.Second}, time.Minute, digits(change, change+test.lasts, fine, test.after))
			run.Until(test.lasts + 3*time.Hour) // last week; nobody reads what is recorded in between
			run.Outage(change - 2*time.Hour)
			run.Until(change + test.lasts)
			if d := cmp.Diff(test.want, run.Firing(run.Now)); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(test.want, run.Fired()); d != "" {
				t.Errorf("at any time: %s", d)
			}
		})
	}
}
