package checks

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Binary scores: how well a score tells positives from negatives, by a histogram of either.

// scores is what is recorded of the scores of positives, or of negatives.
type scores struct {
	name string
	m    *metric.Metric
	// of are the matchers of a histogram that has both.
	of []metric.Matcher
	// upTo counts scores up to each bound, all of them all.
	upTo, all string
}

func (c *check) evaluateScores() {
	sides, ok := c.sides()
	if !ok {
		return
	}
	level := append(slices.Clone(c.by), "le")
	all := metric.Matcher{Label: "le", Op: metric.Equal, Value: "+Inf"}
	for _, s := range sides {
		s.upTo = c.record(level, s.m.Name, c.over(s.name), c.counts(level, c.series(s.m.Name+metric.Bucket.Suffix(), s.of...))+" >= 0", metric.Unit{})
		s.all = narrow(s.upTo, all)
	}
	positive, negative := sides[0], sides[1]
	labels := c.total(positive.all) + " + " + c.on() + " " + c.total(negative.all)
	covered := c.covered(labels)
	query := c.separation(positive, negative)
	if c.method.Name == "auc" {
		query = c.ranking(positive, negative)
	}
	score := c.record(c.by, c.metrics[0].Name, c.over(c.method.Name), c.judged(query, covered, positive.all, negative.all), c.method.Unit)
	c.rate(rated{query: score, labels: labels})
	upTo := func(s *scores) spec.PanelQuery {
		of := derive.Aggregate("sum", []string{"le"}, s.upTo) + " / on () group_left () (sum(" + s.all + ") > 0)"
		return spec.PanelQuery{Legend: derive.Made(s.name), Text: derive.Query(of)}
	}
	c.pane(pane{
		title: c.title() + ": scores", typ: "barchart", unit: metric.Ratio(), width: 16, max: "1",
		text:    "The share of positives, and of negatives, whose score is at most the bound, over " + c.lately() + ". The further apart the bars of a bound, the better the score tells them apart there.",
		queries: []spec.PanelQuery{upTo(positive), upTo(negative)},
	})
}

// sides are the scores of positives and of negatives; false after reporting.
func (c *check) sides() ([]*scores, bool) {
	s := c.spec
	if c.unused(s.Across.Span, s.Across.Given(), "across", "scores are in buckets") || c.unused(s.Predicted.Span, s.Predicted.Given(), "predicted", "what is predicted is a score") {
		return nil, false
	}
	if len(s.Parts) > 0 {
		if c.unused(s.Truth.Span, s.Truth.Given(), "truth", "each histogram has one") || c.unused(s.Class.Span, s.Class.Given(), "class", "`positive` names the histogram of it") {
			return nil, false
		}
		positive, negative := &scores{name: partPositive, m: c.metricOf(partPositive)}, &scores{name: partNegative, m: c.metricOf(partNegative)}
		if p, n := positive.m, negative.m; p.Buckets != nil && n.Buckets != nil && !slices.EqualFunc(p.Buckets, n.Buckets, decimal.Decimal.Equal) {
			c.errorf(c.part(partNegative).Span, "the buckets of `%s` and `%s` differ", p.Name, n.Name).WithHelp("give both histograms the same").See(p.BucketsSpan, "the buckets of the one").See(n.BucketsSpan, "those of the other")
			return nil, false
		}
		return []*scores{positive, negative}, c.hasBuckets(positive.m) && c.hasBuckets(negative.m)
	}
	m := c.metrics[0]
	if !s.Truth.Given() || !s.Class.Given() {
		c.errorf(c.subject(m), "which scores of `%s` are of positives?", m.Name).WithHelp("say which label has the truth, and its value: `truth: LABEL` and `class: VALUE`; or name two histograms: `evaluation: {positive: …, negative: …}`").See(m.Span, "the metric")
		return nil, false
	}
	truth, ok := c.label(m, s.Truth)
	if !ok || !c.checkValue(m, truth, s.Class) {
		return nil, false
	}
	is := metric.Matcher{Label: truth.Name, Op: metric.Equal, Value: s.Class.Value}
	not := is
	not.Op = metric.NotEqual
	return []*scores{{name: partPositive, m: m, of: []metric.Matcher{is}}, {name: partNegative, m: m, of: []metric.Matcher{not}}}, c.hasBuckets(m)
}

// maxRanked bounds what one expression enumerates.
const maxRanked = 50

// hasBuckets reports a histogram whose buckets do not do.
func (c *check) hasBuckets(m *metric.Metric) bool {
	at := c.subject(m)
	for _, p := range c.spec.Parts {
		if p.Metric.Value == m.Name {
			at = p.Metric.Span
		}
	}
	switch n := len(m.Buckets); {
	case m.Buckets == nil && c.method.Name == "auc":
		c.errorf(at, "the buckets of `%s` are not declared", m.Name).WithHelp("declare them: `buckets: [0.1, 0.2, …]`; or take the method `ks`, which needs none").See(m.Span, "the metric")
	case m.Buckets != nil && n < 2:
		c.errorf(at, "`%s` has fewer than two buckets", m.Name).WithHelp("a score is told apart by its buckets: give it some, as in `[0.1, 0.2, 0.3]`").See(m.BucketsSpan, "its buckets")
	case n > maxRanked && c.method.Name == "auc":
		c.errorf(at, "`%s` has %d buckets, and `auc` takes at most %d", m.Name, n, maxRanked).WithHelp("take the method `ks`, or fewer buckets").See(m.BucketsSpan, "its buckets")
	default:
		return true
	}
	return false
}

// separation is the largest distance of the two cumulative shares.
func (c *check) separation(positive, negative *scores) string {
	upTo := func(s *scores) string {
		return s.upTo + " / " + c.on() + " group_left () (" + c.total(s.all) + " > 0)"
	}
	return derive.Aggregate("max", c.by, "abs("+upTo(positive)+" - on "+derive.Labels(append(slices.Clone(c.by), "le"))+" ("+upTo(negative)+"))")
}

// ranking is the area under the ROC curve. A bucket and the one before it are brought together under one bound, as
// the spec writes it: clients write `1` or `1.0`.
func (c *check) ranking(positive, negative *scores) string {
	p, pBefore := c.bounds(positive)
	n, nBefore := c.bounds(negative)
	higher := c.total(positive.all) + " - " + c.on() + " group_right () (" + p + " + " + pBefore + ") / 2"
	return c.total("("+n+" - "+nBefore+") * ("+higher+")") + " / ((" + c.total(positive.all) + " * " + c.total(negative.all) + ") > 0)"
}

// bounds records the counts up to each declared bound, and those up to the bound before it.
func (c *check) bounds(s *scores) (upTo, before string) {
	level := append(slices.Clone(c.by), "le")
	as := func(expr, bound string) string {
		return "label_replace(" + expr + `, "le", ` + quote(bound) + `, "", "")`
	}
	var same, shifted []string
	for _, b := range s.m.Buckets {
		same = append(same, as(c.total(narrow(s.upTo, derive.Bound(b))), b.String()))
	}
	same = append(same, as(c.total(s.all), "+Inf"))
	upTo = c.record(level, s.m.Name, c.over(s.name+"_bound"), strings.Join(same, "\n  or "), metric.Unit{})
	at := func(i int) metric.Matcher {
		return metric.Matcher{Label: "le", Op: metric.Equal, Value: s.m.Buckets[i].String()}
	}
	for i := range s.m.Buckets {
		next := "+Inf"
		if i+1 < len(s.m.Buckets) {
			next = s.m.Buckets[i+1].String()
		}
		shifted = append(shifted, as(narrow(upTo, at(i)), next))
	}
	shifted = append(shifted, "0 * "+narrow(upTo, at(0)))
	return upTo, c.record(level, s.m.Name, c.over(s.name+"_bound_before"), strings.Join(shifted, "\n  or "), metric.Unit{})
}
