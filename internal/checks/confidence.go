package checks

import (
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// What confidence can look at.
const (
	ofMean         = "the mean"
	ofMeanChange   = "the mean, against the past"
	ofUnder        = "the share under a bound"
	ofUnderChange  = "the share under a bound, against the past"
	ofBeyond       = "the share above a bound"
	ofBeyondChange = "the share above a bound, against the past"
)

var confidence = &Kind{
	Name:       spec.CheckConfidence,
	Title:      "the model is less sure of its answers",
	Doc:        "Looks at how sure the model was in the last hour: the mean, or the share of answers under or above a bound. It is judged as it is, or by its change from the same hour of the past. It needs no true labels, so it is the first to move when inputs are unlike those of training.",
	Window:     time.Hour,
	MinSamples: 100,
	Methods: []*Method{
		{
			Name: "mean", Title: "Mean", Of: ofMean, Formula: "Σ confidence / n; of a gauge the mean over its copies and the window", Source: "arithmetic",
			Op: spec.Below, Low: "0", Reading: "The lower, the less sure the model is.",
		},
		{
			Name: "mean", Title: "Change of the mean", Of: ofMeanChange, Formula: "mean now / mean then − 1; of several offsets the median of their means", Source: "arithmetic",
			Op: spec.Below, Low: "-1", Unit: metric.Ratio(), Warn: "-0.05", Alert: "-0.1", Reading: "0 is no change, -10% a mean that is a tenth lower than it was.",
		},
		{
			Name: "share", Title: "Share under the bound", Of: ofUnder, Formula: "n(confidence ≤ bound) / n", Source: "arithmetic",
			Op: spec.Above, Low: "0", High: "1", Unit: metric.Ratio(), Reading: "The higher, the more answers are guesses.",
		},
		{
			Name: "share", Title: "Change of the share under the bound", Of: ofUnderChange, Formula: "share now / share then − 1", Source: "arithmetic",
			Op: spec.Above, Low: "-1", Unit: metric.Ratio(), Warn: "0.25", Alert: "0.5", Reading: "0 is no change, 100% twice as large a share as then.",
		},
		{
			Name: "share", Title: "Share above the bound", Of: ofBeyond, Formula: "n(confidence > bound) / n", Source: "arithmetic",
			Op: spec.Below, Low: "0", High: "1", Unit: metric.Ratio(), Reading: "The lower, the fewer answers are sure ones.",
		},
		{
			Name: "share", Title: "Change of the share above the bound", Of: ofBeyondChange, Formula: "share now / share then − 1", Source: "arithmetic",
			Op: spec.Below, Low: "-1", Unit: metric.Ratio(), Warn: "-0.1", Alert: "-0.2", Reading: "0 is no change, -50% half as large a share as then.",
		},
	},
	Pitfalls: []string{
		"A model can be sure and wrong: this finds unfamiliar inputs, not errors. Use `evaluation` where labels come.",
		"A share needs its bound among the buckets of the histogram; between two buckets nobody knows.",
		"A mean hides a small group of inputs of which the model knows nothing; a share under a bound shows it.",
	},
	Questions: []string{"Are the inputs of the last hour unlike those before?", "Was the model, or a step before it, deployed?"},
	Example: `- confidence: prediction_confidence
  alert: 0.7
`,
	Metrics: `prediction_confidence: {type: histogram, unit: ratio, buckets: [0.1, 0.3, 0.5, 0.7, 0.9, 1]}
`,
	signal: "Confidence", order: 55,
}

// sureness is what a check of confidence measures before it is compared with the past.
type sureness struct {
	// word names it in texts and records.
	word, record string
	unit         metric.Unit
}

func makeConfidence(c *check) {
	s, ok := c.sureness()
	if !ok {
		return
	}
	var level string
	for _, m := range c.metrics {
		query, ok := c.surenessOf(m)
		if !ok {
			return
		}
		level = c.record(c.by, c.topic(), c.over(s.record), query, s.unit, c.feature(m)...)
	}
	level = c.family(level)
	value := c.who()
	if len(c.offsets()) == 0 {
		c.alert(alarm{
			query:   level,
			summary: text(s.word+" of ", value, " is ", derive.Value()),
			detail:  text("In "+c.recently()+" the "+s.word+" of ", value, " was ", derive.Value(), "; the limit is ", derive.Threshold(), "."),
		})
		c.pane(pane{title: c.title(), text: c.method.Reading, queries: []spec.PanelQuery{c.result(s.word, level)}, unit: s.unit, limits: true})
		c.spread()
		return
	}
	var change string
	for _, m := range c.metrics {
		own := derive.Series(nameOf(level), c.labels(c.feature(m)...)...)
		query := derive.Aggregate("max", c.by, own) + " / " + c.on() + " (" + c.then(own) + " > 0) - 1"
		change = c.record(c.by, c.topic(), c.over(s.record+"_change")+"_"+c.thenName(), query, metric.Ratio(), c.feature(m)...)
	}
	change = c.family(change)
	c.alert(alarm{
		query:   change,
		summary: text(s.word+" of ", value, " changed by ", derive.Value(), " from "+c.thenWords()),
		detail:  text("In "+c.recently()+" it was ", derive.Ask(level, s.unit, c.resultBy()...), "; the limit of its change is ", derive.Threshold(), "."),
	})
	c.pane(pane{title: c.title(), text: c.method.Reading, queries: []spec.PanelQuery{c.result("change", change)}, unit: metric.Ratio(), limits: true})
	c.pane(pane{
		title: c.title() + ": now and then", unit: s.unit, text: "The " + s.word + " of " + c.recently() + ", and of " + c.thenWords() + ".",
		queries: append([]spec.PanelQuery{c.result("now", level)}, c.pastQueries(level)...),
	})
}

// sureness finds out what is measured; false after reporting.
func (c *check) sureness() (s sureness, ok bool) {
	bound, of := c.spec.Under, ofUnder
	if c.spec.Above.Given() {
		bound, of = c.spec.Above, ofBeyond
	}
	switch method := c.spec.Method; {
	case method.Value == "share" && !bound.Given():
		c.errorf(method.Span, "the share of what?").WithHelp("say it: `under: 0.5` or `above: 0.9`")
		return s, false
	case method.Value == "mean" && bound.Given():
		c.errorf(bound.Span, "a bound is for a share, and the method is `mean`").WithHelp("leave one of the two out")
		return s, false
	}
	unit, ok := c.oneUnit()
	if !ok {
		return s, false
	}
	s = sureness{word: "mean", record: "mean", unit: unit}
	if !bound.Given() {
		of = ofMean
	} else if of == ofUnder {
		s = sureness{word: "share under " + bound.Value, record: "share_under", unit: metric.Ratio()}
	} else {
		s = sureness{word: "share above " + bound.Value, record: "share_above", unit: metric.Ratio()}
	}
	if len(c.offsets()) > 0 {
		of += ", against the past"
	}
	if !c.useMethod(of) || len(c.offsets()) > 0 && !c.signed() {
		return s, false
	}
	if of == ofMean {
		c.measuredIn(unit)
	}
	return s, c.knownLimit(s.word, "0.7")
}

// signed reports limits of a change on the side where nothing is wrong: a drop of a tenth is -10%.
func (c *check) signed() bool {
	for _, limit := range []diagLimit{c.spec.Warn, c.spec.Alert} {
		v, err := metric.Quantity(limit.Value, metric.Ratio())
		if !limit.Given() || err != nil {
			continue
		}
		if c.method.Op == spec.Below && !v.IsNegative() || c.method.Op == spec.Above && !v.IsPositive() {
			help := "a drop is negative: `-%s`"
			if c.method.Op == spec.Above {
				help = "a rise is positive: %s"
			}
			c.errorf(limit.Span, "a change %s `%s` is no worse than none", c.method.Op, limit.Value).WithHelp(help, limit.Value)
			return false
		}
	}
	return true
}

// surenessOf is what is measured, of one metric; false after reporting.
func (c *check) surenessOf(m *metric.Metric) (string, bool) {
	if !c.checkBy(m) {
		return "", false
	}
	bound := c.spec.Under
	if c.spec.Above.Given() {
		bound = c.spec.Above
	}
	if !bound.Given() {
		return c.meanOf(m)
	}
	if !c.takes(m, metric.Histogram, metric.NativeHistogram) {
		return "", false
	}
	le, ok := c.isBucket(m, bound)
	if !ok {
		return "", false
	}
	all := c.observations(m)
	under := c.counts(c.by, c.series(m.Name+metric.Bucket.Suffix(), le)) + " / " + c.atLeast(all)
	if m.Type == metric.NativeHistogram {
		under = c.nativeShare(m, "-Inf", bound)
	}
	if c.spec.Above.Given() {
		return "clamp_min(1 - " + under + ", 0)", true
	}
	return under, true
}

// nativeShare is the share of a native histogram's observations from low up to a bound.
func (c *check) nativeShare(m *metric.Metric, low string, high diagLimit) string {
	v, _ := metric.Quantity(high.Value, m.Unit)
	all := c.counts(c.by, c.series(m.Name))
	return "(histogram_fraction(" + low + ", " + v.String() + ", " + all + ") and histogram_count(" + all + ") >= " + c.least() + ")"
}

// meanOf is the mean of a metric in the window; false after reporting.
func (c *check) meanOf(m *metric.Metric) (string, bool) {
	switch {
	case !c.takes(m, metric.Histogram, metric.NativeHistogram, metric.Summary, metric.Gauge):
		return "", false
	case m.Type == metric.Gauge:
		if refuse(c, "min_samples", c.spec.MinSamples, "of a gauge: it does not say how many answers it stands for", "leave it out") {
			return "", false
		}
		now := derive.Aggregate("avg", c.by, c.series(m.Name)+" >= -Inf")
		if c.scheduled() { // the value stays until the next run
			return now, true
		}
		each := c.record(c.by, m.Name, "mean", now, m.Unit, c.feature(m)...)
		return "avg_over_time(" + each + "[" + metric.FormatDuration(c.window) + "])", true
	}
	sum := c.counts(c.by, c.series(m.Name+metric.Sum.Suffix()))
	all := c.counts(c.by, c.series(m.Name+metric.Count.Suffix()))
	return "(" + sum + " / " + c.atLeast(all) + ") >= -Inf", true
}

// spread shows the distribution around the score: three quantiles of a histogram.
func (c *check) spread() {
	m := c.metrics[0]
	if c.several() || len(c.by) > 0 || m.Type != metric.Histogram && m.Type != metric.NativeHistogram {
		return
	}
	buckets := c.counts([]string{"le"}, c.series(m.Name+metric.Bucket.Suffix()))
	var queries []spec.PanelQuery
	for _, q := range []string{"0.1", "0.5", "0.9"} {
		queries = append(queries, spec.PanelQuery{Legend: derive.Made("p" + q[2:] + "0"), Text: derive.Query("histogram_quantile(" + q + ", " + buckets + ")")})
	}
	c.pane(pane{title: c.title() + ": spread", text: "A tenth of the answers of " + c.recently() + " lies below p10, half below p50, a tenth above p90.", unit: m.Unit, queries: queries})
}
