package checks

import (
	"regexp"
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
	all := is("le", "+Inf")
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
		text:    "The share of positives, and of negatives, whose score is at most the bound, over " + c.recently() + ". The further apart the bars of a bound, the better the score tells them apart there.",
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

// maxRanked bounds how many bounds one expression renames: brackets nest no deeper.
const maxRanked = 60

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

// ranking is the area under the ROC curve. A bucket and the one before it are brought together under one label,
// `bound`, as the spec writes it: clients write `1` or `1.0`.
func (c *check) ranking(positive, negative *scores) string {
	p, pBefore := c.bounds(positive)
	n, nBefore := c.bounds(negative)
	higher := c.total(positive.all) + " - " + c.on() + " group_right () (" + p + " + " + pBefore + ") / 2"
	return c.total("("+n+" - "+nBefore+") * ("+higher+")") + " / ((" + c.total(positive.all) + " * " + c.total(negative.all) + ") > 0)"
}

// boundLabel is the label of counts up to a declared bound.
const boundLabel = "bound"

// bounds records the counts up to each declared bound, and those up to the bound before it.
func (c *check) bounds(s *scores) (upTo, before string) {
	level := append(slices.Clone(c.by), boundLabel)
	var same, next []renamed
	for i, b := range s.m.Buckets {
		same = append(same, renamed{derive.Bound(b), b.String()})
		if i > 0 {
			next = append(next, renamed{is(boundLabel, s.m.Buckets[i-1].String()), b.String()})
		}
	}
	same = append(same, renamed{is("le", "+Inf"), "+Inf"})
	next = append(next, renamed{is(boundLabel, s.m.Buckets[len(s.m.Buckets)-1].String()), "+Inf"})
	upTo = c.record(level, s.m.Name, c.over(s.name+"_bound"), derive.Aggregate("sum", level, rename(s.upTo, same)), metric.Unit{})
	first := "0 * " + narrow(upTo, is(boundLabel, s.m.Buckets[0].String()))
	return upTo, c.record(level, s.m.Name, c.over(s.name+"_bound_before"), rename(upTo, next)+"\n  or "+first, metric.Unit{})
}

// is matches one value.
func is(label, value string) metric.Matcher {
	return metric.Matcher{Label: label, Op: metric.Equal, Value: value}
}

// renamed is a bound that what a matcher selects gets.
type renamed struct {
	of metric.Matcher
	as string
}

// rename gives bounds to the series of a selector. From the last to the first, so that none is given twice.
func rename(selector string, list []renamed) string {
	var values []string
	for _, r := range list {
		if r.of.Op == metric.Equal {
			r.of.Value = regexp.QuoteMeta(r.of.Value)
		}
		values = append(values, r.of.Value)
	}
	label := list[0].of.Label
	renamed := narrow(selector, metric.Matcher{Label: label, Op: metric.Match, Value: strings.Join(values, "|")})
	for i := len(list) - 1; i >= 0; i-- {
		renamed = "label_replace(" + renamed + ", " + quote(boundLabel) + ", " + quote(list[i].as) + ", " + quote(label) + ", " + quote(values[i]) + ")"
	}
	return renamed
}
