package checks

import (
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

var quality = &Kind{
	Name:       spec.CheckQuality,
	Title:      "inputs are null, invalid, unknown or out of range",
	Doc:        "Share of bad values among those of the last hour. What is bad is said in one of four ways: some series of a counter (`bad`), a counter of bad values beside one of all (`of`), what lies outside of a range (`valid`, of a histogram), or, with none of them, values of a label that its list does not have.",
	Window:     time.Hour,
	MinSamples: 100,
	Methods: []*Method{{
		Name: "share", Title: "Share of bad values", Formula: "n(bad) / n; out of range: 1 − (n(≤ high) − n(≤ low)) / n", Source: "arithmetic; whylogs and Great Expectations ask for the same",
		Op: spec.Above, Low: "0", High: "1", Unit: metric.Ratio(), Warn: "0.01", Alert: "0.05",
		Reading: "0 means that every value was good.",
	}},
	Pitfalls: []string{
		"A feature that never had a bad value has no series of them: it counts as zero, so that it does not vanish from the result.",
		"A value exactly at the low end of `valid` is outside: a bucket holds what is at most its bound.",
		"A bad value that is counted nowhere, since the request failed before, is not here.",
	},
	Questions: []string{"Which step before the model writes these values, and what changed there?", "Does the model get a default for them, and is its answer still worth anything?"},
	Example: `- quality: feature_values_total
  bad: {state: [missing, invalid]}
`,
	Metrics: `feature_values_total: {type: counter, labels: {feature: [age, zip], state: [ok, missing, invalid]}}
`,
	signal: "Data quality", order: 48,
}

func makeQuality(c *check) {
	if !c.useMethod("") {
		return
	}
	of, ok := c.all()
	if !ok {
		return
	}
	var score string
	for _, m := range c.metrics {
		query, ok := c.badShare(m, of)
		if !ok {
			return
		}
		score = c.record(c.by, c.topic(), c.over("bad_share"), query, metric.Ratio(), c.feature(m)...)
	}
	score = c.family(score)
	summary := text(derive.Value(), " of ", c.who(), " "+c.badWords(of))
	if of != nil {
		summary = text(derive.Value(), " of `"+of.Name+"` "+c.badWords(of)+" by ", c.who())
	}
	c.alert(alarm{
		query:   score,
		summary: summary,
		detail:  text("Share of "+c.recently()+"; the limit is ", derive.Threshold(), "."),
	})
	c.pane(pane{
		title: c.title(), unit: metric.Ratio(), limits: true, text: "Share of values of " + c.recently() + " that " + c.badWords(of) + ". " + c.method.Reading,
		queries: []spec.PanelQuery{c.result("bad", score)},
	})
	if len(c.resultBy()) > 0 {
		c.pane(pane{
			title: c.title() + ": worst", typ: "bargauge", unit: metric.Ratio(), limits: true, text: "The ten with the largest share of bad values.",
			queries: []spec.PanelQuery{c.result("", "topk(10, "+derive.Aggregate("max", c.resultBy(), score)+")")},
		})
	}
}

// badWords say what is counted as bad.
func (c *check) badWords(of *metric.Metric) string {
	switch {
	case len(c.spec.Valid) == 2 && c.spec.Valid[0].Value == "-Inf":
		return "are above " + c.spec.Valid[1].Value
	case len(c.spec.Valid) == 2 && c.spec.Valid[1].Value == "+Inf":
		return "are at most " + c.spec.Valid[0].Value
	case len(c.spec.Valid) == 2:
		return "are outside of " + c.spec.Valid[0].Value + " to " + c.spec.Valid[1].Value
	case len(c.spec.Bad) > 0:
		return "are bad"
	case of != nil:
		return "are counted as bad"
	}
	return "are not on the list"
}

// all is the metric that counts all values, where the subject counts the bad ones; false after reporting.
func (c *check) all() (*metric.Metric, bool) {
	if !c.spec.Of.Given() {
		return nil, true
	}
	m := c.metric(c.spec.Of)
	if m == nil {
		return nil, false
	}
	if m.Type != metric.Counter {
		c.errorf(c.spec.Of.Span, "`%s` is a %s: all values are counted by a counter", m.Name, m.Type).WithHelp("name the counter of all values").See(m.Span, "the metric")
		return nil, false
	}
	return m, c.checkBy(m)
}

// badShare is the share of bad values of a metric; false after reporting.
func (c *check) badShare(m, of *metric.Metric) (string, bool) {
	if !c.checkBy(m) {
		return "", false
	}
	if len(c.spec.Valid) == 2 {
		return c.outside(m)
	}
	if !c.takes(m, metric.Counter) {
		return "", false
	}
	total, bad := c.series(m.Name), ""
	switch {
	case of != nil:
		total, bad = c.series(of.Name), c.series(m.Name)
	case len(c.spec.Bad) > 0:
		for _, match := range c.spec.Bad {
			if _, ok := c.label(m, diag.At(match.Label, match.Span)); !ok {
				return "", false
			}
		}
		bad = c.series(m.Name, c.spec.Bad...)
	default:
		across, ok := c.across(m)
		if !ok {
			return "", false
		}
		if len(across.Values.Exactly) == 0 {
			c.errorf(c.subject(m), "what is bad about `%s`?", m.Name).
				WithHelp("say it: `bad: {LABEL: VALUE}`, `of: METRIC`, `valid: [LOW, HIGH]` of a histogram; or list the known values of `%s` at the metric", across.Name).See(m.Span, "the metric")
			return "", false
		}
		return c.unlisted(m, across), true
	}
	subject := m.Name
	if of != nil {
		subject = of.Name
	}
	all := c.allValues(m, subject, total)
	return "((" + c.counts(c.by, bad) + ") >= 0 or 0 * " + all + ") / " + c.on() + " " + c.atLeast(all), true
}

// allValues records how many values there were.
func (c *check) allValues(m *metric.Metric, subject, series string) string {
	n := c.record(c.by, subject, c.over("increase"), "("+c.counts(c.by, series)+") >= 0", metric.Unit{}, c.feature(m)...)
	return derive.Aggregate("sum", c.by, n)
}

// unlisted is the share of values that the list of a label does not have: all but those that it has. A difference of
// less than one value is rounding.
func (c *check) unlisted(m *metric.Metric, across metric.Label) string {
	all := c.allValues(m, m.Name, c.series(m.Name))
	known := c.counts(c.by, c.series(m.Name, metric.Matcher{Label: across.Name, Op: metric.Match, Value: oneOf(across.Values.Exactly)}))
	rest := all + " - " + c.on() + " ((" + known + ") >= 0 or " + c.on() + " 0 * " + all + ")"
	return "(" + rest + " >= 0.5 or " + c.on() + " 0 * " + all + ") / " + c.on() + " " + c.atLeast(all)
}

// outside is the share of a histogram's values that are not in range; false after reporting.
func (c *check) outside(m *metric.Metric) (string, bool) {
	if !c.takes(m, metric.Histogram, metric.NativeHistogram) {
		return "", false
	}
	low, high := c.spec.Valid[0], c.spec.Valid[1]
	if m.Type == metric.NativeHistogram {
		return c.outsideNative(m, low, high)
	}
	if m.Buckets == nil {
		c.errorf(low.Span, "the buckets of `%s` are not declared, so that nobody knows whether these are bounds of them", m.Name).
			WithHelp("declare them at the metric: `buckets: [0, 18, 65, 120]`").See(m.Span, "the metric")
		return "", false
	}
	bucket := func(at diag.Located[string]) (string, bool) {
		le, ok := c.isBucket(m, at)
		return c.counts(c.by, c.series(m.Name+metric.Bucket.Suffix(), le)), ok
	}
	all := c.observations(m)
	var bad string
	if high.Value != "+Inf" {
		under, ok := bucket(high)
		if !ok {
			return "", false
		}
		bad = all + " - " + under
	}
	if low.Value != "-Inf" {
		under, ok := bucket(low)
		switch {
		case !ok:
			return "", false
		case bad == "":
			bad = under
		default:
			bad += " + " + under
		}
	}
	if bad == "" {
		c.errorf(low.Span, "everything lies between `-Inf` and `+Inf`").WithHelp("give one of them a bound")
		return "", false
	}
	return "clamp_min(" + bad + ", 0) / " + c.atLeast(all), true
}

func (c *check) outsideNative(m *metric.Metric, low, high diag.Located[string]) (string, bool) {
	bounds := []string{low.Value, high.Value}
	for i, at := range []diag.Located[string]{low, high} {
		if at.Value == "-Inf" || at.Value == "+Inf" {
			continue
		}
		v, err := metric.Quantity(at.Value, m.Unit)
		if err != nil {
			c.errorf(at.Span, "%s", err)
			return "", false
		}
		bounds[i] = v.String()
	}
	all := c.counts(c.by, c.series(m.Name))
	return "clamp_min(1 - histogram_fraction(" + bounds[0] + ", " + bounds[1] + ", " + all + "), 0) and histogram_count(" + all + ") >= " + c.least(), true
}
