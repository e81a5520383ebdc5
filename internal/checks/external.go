package checks

import (
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// What external can look at.
const (
	ofGauge   = "a gauge"
	ofCounter = "a counter"
)

var external = &Kind{
	Name:   spec.CheckExternal,
	Title:  "somebody else's detector says so",
	Doc:    "Takes over what another program has computed: the score of a drift service, of evidently, alibi-detect, whylogs or Seldon, as a gauge with the side that is bad and its range; or its counter of detections, which alerts when it rises.",
	Window: time.Hour,
	Methods: []*Method{
		{
			Name: "worst", Title: "Worst score", Of: ofGauge, Formula: "max of all copies, or min where low is bad; NaN is left out", Source: "the detector's",
			Op: spec.Above, Reading: "What it means, the detector's documentation says.",
		},
		{
			Name: "detections", Title: "Detections", Of: ofCounter, Formula: "increase in the window", Source: "the detector's",
			Op: spec.Above, Low: "0", Alert: "0", Reading: "How often the detector found something.",
		},
	},
	Pitfalls: []string{
		"Of a p-value the low side is bad: `direction: below`.",
		"A gauge keeps its last value when the detector stops. Watch its timestamp with `freshness`.",
		"A counter that is born with its first detection loses it: it must be exported as 0 before.",
	},
	Questions: []string{"What does the detector say in detail, in its own report?"},
	Example: `- external: drift_score
  range: [0, 1]
  alert: 0.3
`,
	Metrics: `drift_score: {type: gauge, unit: none, labels: {feature: [age, zip]}}
`,
	signal: "Detectors", order: 54,
}

func makeExternal(c *check) {
	if !c.detector() {
		return
	}
	var score string
	for _, m := range c.metrics {
		if !c.checkBy(m) || !c.takes(m, c.metrics[0].Type) {
			return
		}
		score = c.record(c.by, c.topic(), c.detected(), c.detection(m), c.method.Unit, c.feature(m)...)
	}
	score = c.family(score)
	a := alarm{
		query:   score,
		summary: text(c.who(), " is ", derive.Value()),
		detail:  text("It is "+string(c.method.Op)+" its limit of ", derive.Threshold(), "."),
	}
	what := "The worst score of all copies."
	if c.method.Of == ofCounter {
		a.summary = text(c.who(), " rose by ", derive.Value(), " in "+c.recently())
		a.detail = text("The detector found something.")
		what = "Detections in " + c.recently() + "."
	}
	c.alert(a)
	p := pane{title: c.title(), text: what + " " + c.method.Reading, queries: []spec.PanelQuery{c.result(c.method.Name, score)}, unit: c.method.Unit, limits: true}
	if c.method.High != "" {
		p.max = c.method.High
	}
	c.pane(p)
}

// detector decides what a score of the first metric means; false after reporting.
func (c *check) detector() bool {
	m := c.metrics[0]
	if !c.takes(m, metric.Gauge, metric.Counter) || refuse(c, "min_samples", c.spec.MinSamples, "of a detector: it does not say how many samples it has seen", "leave it out") {
		return false
	}
	of := ofGauge
	if m.Type == metric.Counter {
		of = ofCounter
		for _, key := range []struct {
			name string
			at   diagLimit
		}{{"direction", c.spec.Direction}, {"range", first(c.spec.Range)}} {
			if refuse(c, key.name, key.at, "of a counter of detections, whose rise is bad", "leave it out") {
				return false
			}
		}
	} else if refuse(c, "window", c.spec.Window, "of a gauge, whose value now counts", "leave it out") {
		return false
	}
	for _, method := range c.kind.Methods {
		if method.Of != of {
			continue
		}
		own := *method
		if c.spec.Direction.Given() {
			own.Op = spec.Op(c.spec.Direction.Value)
		}
		if of == ofGauge {
			unit, ok := c.oneUnit()
			if !ok {
				return false
			}
			own.Unit = unit
			if len(c.spec.Range) == 2 && !c.takeRange(&own) {
				return false
			}
		}
		c.method = &own
	}
	return c.checkLimits() && c.knownLimit("score", "0.3")
}

// takeRange takes the bounds that the check gives; false after reporting.
func (c *check) takeRange(own *Method) bool {
	for i, to := range []*string{&own.Low, &own.High} {
		at := c.spec.Range[i]
		if at.Value == "-Inf" || at.Value == "+Inf" {
			continue
		}
		v, err := metric.Quantity(at.Value, own.Unit)
		if err != nil {
			c.errorf(at.Span, "%s", err)
			return false
		}
		*to = v.String()
	}
	return true
}

// first is the first of a list; not Given: it is empty.
func first(list []diagLimit) (one diagLimit) {
	if len(list) > 0 {
		one = list[0]
	}
	return one
}

// detected is the score in names of records.
func (c *check) detected() string {
	if c.method.Of == ofCounter {
		return c.over("increase")
	}
	if c.method.Op == spec.Below {
		return "min"
	}
	return "max"
}

// detection is the score of one metric.
func (c *check) detection(m *metric.Metric) string {
	switch {
	case c.method.Of == ofCounter:
		return "(" + c.counts(c.by, c.series(m.Name)) + ") >= 0"
	case c.method.Op == spec.Below:
		return derive.Aggregate("min", c.by, c.series(m.Name)+" >= -Inf")
	}
	return derive.Aggregate("max", c.by, c.series(m.Name)+" >= -Inf")
}
