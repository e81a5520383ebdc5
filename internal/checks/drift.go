package checks

import (
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// What drift can look at.
const (
	ofClasses = "classes"
	ofNumbers = "numbers"
)

var drift = &Kind{
	Name:  spec.CheckDrift,
	Title: "a distribution is another than it was, or should be",
	Doc: "Compares the shares of classes, or what a histogram observed, in the last hours with those of the past, with shares that are known from training, or with other series of the same metric, such as those of another track. " +
		"Without `against` that is the same time a week ago, or a day ago where Prometheus does not keep a week. " +
		"Of several times of the past the median counts, bin by bin. " +
		"Several metrics, or all of a role, make one family of scores with the label `feature`; `at_least: 3` alerts once when three of them have drifted.",
	Window:     time.Hour,
	MinSamples: 500,
	Methods:    driftMethods,
	Pitfalls: []string{
		"A class whose counter is born with its first event loses that event: initialise the counter of each class with 0.",
		"The baseline is read from recorded counts, so that a check has no score until it is as old as its baseline.",
		"A baseline of the past drifts along: what was wrong last week is normal this week. A reference from training does not.",
		"With much traffic every change is significant: let `significance` only protect scores of few samples.",
		"The mean of values that can be below zero is not known: the sum of such a histogram does not only grow.",
		"Buckets of a histogram that change with a deploy make the distributions incomparable until the baseline has them, too.",
	},
	Questions: []string{"Did the inputs change, a step before the model, or the model itself?", "Is it a holiday, a campaign or a new customer?"},
	Example: `- drift: prediction_value_total
  across: label
  against: {offset: 7d}
`,
	Metrics: `prediction_value_total: {type: counter, labels: {label: [cat, dog, bird]}}
`,
	signal: "Drift", order: 50,
}

// subject is a metric whose distribution is compared.
type subject struct {
	*metric.Metric
	of string
	// across is the label of the classes.
	across metric.Label
	// fixed are the shares of the reference by its bins, bounds the upper ends of buckets.
	fixed  []spec.ReferenceShare
	bounds []decimal.Decimal
	// many is how many bins there are; 0: not known.
	many int
	pair pair
	// score is what was recorded, and what the alert looks at.
	score string
	warn  diag.Located[string]
	alert diag.Located[string]
}

func makeDrift(c *check) {
	subjects, ok := c.subjects()
	if !ok || !c.checkOwnLabels() || !c.driftMethod(subjects) || !c.checkMethodKeys() {
		return
	}
	b, ok := c.baseline()
	if !ok {
		return
	}
	for _, s := range subjects {
		if !c.checkSides(s.Metric) || !c.reference(s) || !c.checkBins(s) {
			return
		}
	}
	if !c.driftUnit(subjects) || !c.driftLimits(subjects) {
		return
	}
	for _, s := range subjects {
		c.scoreOf(s, b)
	}
	if !c.checkLength() {
		return
	}
	switch {
	case !c.several():
		c.showOne(subjects[0], b)
	default:
		c.showSeveral(subjects, b)
	}
}

// feature is the label that tells the metrics of a check apart; none, if there is one.
func (c *check) feature(m *metric.Metric) []metric.Matcher {
	if !c.several() {
		return nil
	}
	return []metric.Matcher{{Label: labelFeature, Op: metric.Equal, Value: m.Name}}
}

// subjects are the metrics that are compared, without those that the check leaves out; false after reporting.
func (c *check) subjects() (list []*subject, ok bool) {
	names := make([]string, 0, len(c.metrics))
	for _, m := range c.metrics {
		names = append(names, m.Name)
	}
	for _, x := range c.spec.Except {
		if !slices.Contains(names, x.Metric.Value) {
			c.errorf(x.Metric.Span, "`%s` is none of the metrics of the check", x.Metric.Value).WithHelp("%s", diag.DidYouMean(x.Metric.Value, names, "they are "+strings.Join(names, ", ")))
			return nil, false
		}
	}
	for _, m := range c.metrics {
		if x := c.exception(m); x != nil && x.Omit.Given() {
			continue
		}
		s := &subject{Metric: m, of: ofNumbers}
		if !c.takes(m, metric.Counter, metric.Histogram, metric.NativeHistogram) || !c.checkBy(m) {
			return nil, false
		}
		if m.Type == metric.Counter {
			if s.across, ok = c.classLabel(m); !ok {
				return nil, false
			}
			s.of, s.many = ofClasses, len(s.across.Values.Exactly)
		} else if c.spec.Across.Given() {
			c.errorf(c.spec.Across.Span, "`across` of `%s`, whose buckets are what is compared", m.Name).WithHelp("leave it out; `by: [%s]` makes one result for each of its values", c.spec.Across.Value)
			return nil, false
		}
		list = append(list, s)
	}
	switch at := c.spec.AtLeast; {
	case len(list) == 0:
		c.errorf(c.spec.Kind.Span, "all metrics of the check are left out").WithHelp("leave the check out, or keep one of them")
		return nil, false
	case at.Given() && at.Value > len(list):
		c.errorf(at.Span, "at least %d metrics must have drifted, and the check looks at %d", at.Value, len(list)).WithHelp("write `at_least: %d` or less, or leave it out", len(list))
		return nil, false
	}
	return list, true
}

// exception is what is different for a metric; nil: nothing.
func (c *check) exception(m *metric.Metric) *spec.CheckException {
	for i := range c.spec.Except {
		if c.spec.Except[i].Metric.Value == m.Name {
			return &c.spec.Except[i]
		}
	}
	return nil
}

// classLabel is the label of the classes; false after reporting, also where its values cannot be compared.
func (c *check) classLabel(m *metric.Metric) (metric.Label, bool) {
	found, ok := c.across(m)
	if ok && slices.Contains(c.by, found.Name) {
		at := c.spec.By[slices.Index(c.by, found.Name)].Span
		c.errorf(at, "`%s` holds the class, and results are made by it", found.Name).WithHelp("leave it out of `by`: a distribution has all classes")
		return found, false
	}
	if ok && len(found.Values.Exactly) == 1 {
		c.errorf(c.subject(m), "the label `%s` of `%s` has one value, whose share is always 1", found.Name, m.Name).WithHelp("take a label with several values, or list all").See(found.Span, "its values")
		return found, false
	}
	if !ok {
		return found, false
	}
	if at := slices.IndexFunc(c.spec.Selector, func(m metric.Matcher) bool { return m.Label == found.Name && m.Op == metric.Equal }); at >= 0 {
		c.errorf(c.spec.Selector[at].Span, "`%s` holds the class, and only one is selected, whose share is always 1", found.Name).WithHelp("leave it out of `selector`: a distribution has all classes")
		return found, false
	}
	if a := c.spec.Against; a != nil && a.Label.Value == found.Name {
		c.errorf(a.Label.Span, "`%s` holds the class, and cannot tell the two sides apart, too", found.Name).WithHelp("name another label: `against: {track: stable}`")
		return found, false
	}
	return found, true
}

// across is the label whose values form the distribution: the check's, else the metric's, else the only one with
// listed values.
func (c *check) across(m *metric.Metric) (metric.Label, bool) {
	if c.spec.Across.Given() {
		return c.label(m, c.spec.Across)
	}
	if l, ok := m.Label(m.Across); ok {
		return l, true
	}
	var listed []metric.Label
	for _, l := range m.Labels {
		side := c.spec.Against != nil && c.spec.Against.Label.Value == l.Name
		if len(l.Values.Exactly) > 0 && !slices.Contains(c.by, l.Name) && !side {
			listed = append(listed, l)
		}
	}
	if len(listed) == 1 {
		return listed[0], true
	}
	c.errorf(c.subject(m), "which label of `%s` holds the class?", m.Name).WithHelp("say it: `across: LABEL`").See(m.Span, "the metric")
	return metric.Label{}, false
}

// scoreOf records the distributions and the score of a metric.
func (c *check) scoreOf(s *subject, b baseline) {
	b.fixed = s.fixed
	p := part{operation: "share", unit: metric.Ratio(), fill: true, of: func(n bins) string { return n.counts }}
	count := func(on side) bins { return c.countClasses(s.Metric, s.classes(), on) }
	switch name := c.method.Name; {
	case s.of == ofClasses:
		p.label = s.across.Name
	case byPoint(name):
		p.operation, p.unit, p.fill = c.pointName(), s.Unit, false
		count = func(on side) bins { return c.countPoint(s.Metric, on) }
	case byBound(name):
		p.label, p.operation, p.fill = bucketLabel, "cumulative_share", false
		p.of = func(n bins) string { return n.cumulative }
		count = func(on side) bins { return c.countBuckets(s.Metric, on, s.bounds) }
	default:
		p.label = bucketLabel
		count = func(on side) bins {
			return c.takeApart(s.Metric, on, c.countBuckets(s.Metric, on, s.bounds), s.bounds)
		}
	}
	s.pair = c.compare(s.Metric, b, p, count(b.current), count)
	s.pair.bounds, s.pair.fixed = s.bounds, s.fixed != nil
	score := c.enough(c.distance(s.pair), s.pair.totals()...)
	s.score = c.record(c.by, c.topic(), c.over(c.method.Name)+"_"+b.name, score, c.method.Unit, c.feature(s.Metric)...)
	s.score = c.gate(s, b)
}

// totals are the numbers of samples that there must be.
func (p pair) totals() (list []string) {
	for _, n := range []string{p.samples, p.samplesReference} {
		if n != "" {
			list = append(list, n)
		}
	}
	return list
}

// classes is the label with the classes that are told apart: those that the metric lists, else those of the reference.
func (s *subject) classes() metric.Label {
	label := s.across
	if len(label.Values.Exactly) == 0 {
		for _, f := range s.fixed {
			if f.Key.Value != other {
				label.Values.Exactly = append(label.Values.Exactly, f.Key.Value)
			}
		}
	}
	return label
}

// checkLength reports a query that is longer than what is read with certainty: too many classes or buckets.
func (c *check) checkLength() bool {
	perSelector := len(`{ml_model="", }`) + len(c.Model.Name.Value)
	for _, m := range c.Model.Sources[c.thing.Source].Selector {
		perSelector += len(promql.MatcherText(m)) + len(", ")
	}
	if members := c.Model.Members; members != nil {
		longest := 0
		for _, v := range members.Values.Exactly {
			longest = max(longest, len(v))
		}
		perSelector += len(members.Name) + len(`="", `) + longest
	}
	for _, r := range c.thing.Records {
		if len(r.Query)+perSelector*(strings.Count(r.Query, "check=")+strings.Count(r.Query, "[")) <= promql.MaxLength {
			continue
		}
		at := c.spec.Kind.Span
		if c.spec.Against != nil && len(c.spec.Against.Reference) > 0 {
			at = c.spec.Against.Span
		}
		d := c.errorf(at, "a rule for so many bins is longer than %d bytes", promql.MaxLength)
		switch {
		case c.spec.Against != nil && len(c.spec.Against.Reference) > 0 && len(c.by) > 0:
			d.WithHelp("put rare classes together as `__other__`, or leave `by` out")
		default:
			d.WithHelp("put rare classes together as `__other__`; of a histogram `%s` needs no such rule", methodKS)
		}
		return false
	}
	return true
}
