package promql

import (
	"slices"
	"strconv"

	"github.com/prometheus/prometheus/promql/parser"
)

// checkQuantileParam judges which quantile is asked for; outside 0..1 the answer is infinite.
func (t *typing) checkQuantileParam(e parser.Expr, param typeFact) {
	if t.q == nil || !param.number || !(param.value < 0 || param.value > 1) {
		return
	}
	start, end := t.q.place(e)
	p := Problem{Kind: QuantileOutOfRange, Start: start, End: end, Proved: true}
	p.Message = "a quantile lies between 0 and 1, not at " + backquoted(t.q.inner(e))
	p.Help = "outside the result is always infinite"
	if param.value >= 2 && param.value <= 100 {
		p.Help += ": the " + strconv.FormatFloat(param.value, 'f', -1, 64) + "th percentile is written `" + strconv.FormatFloat(param.value/100, 'g', 12, 64) + "`"
	}
	t.report(p)
}

// quantileOfRaw reports a quantile of all that was observed since the process began.
func (t *typing) quantileOfRaw(n *parser.Call, of typeFact) {
	if t.q == nil || t.judged[of.raw.metric.Name] {
		return
	}
	t.judge(of.raw)
	start, end := t.selectorPlace(of.raw.node)
	text := t.q.src.text[start:end]
	t.report(Problem{
		Kind: QuantileOfRawBuckets, Start: start, End: end, Proved: true, Reasons: declared(of.raw.metric),
		Message: "`" + n.Func.Name + "` of `" + of.raw.name + "` without `rate`: a quantile of all that was observed since the process began",
		Help:    "write " + backquoted("rate("+text+"["+t.q.window()+"])"),
	})
}

// checkAveragedQuantile judges sums and means of quantiles. The greatest and the least of them still say
// something, and so does an aggregation that has one series to aggregate.
func (t *typing) checkAveragedQuantile(n *parser.AggregateExpr, of typeFact) {
	if t.q == nil || of.kind != KindQuantile || n.Op != parser.AVG && n.Op != parser.SUM {
		return
	}
	if labels, known := ResultLabels(n.Expr); known && !n.Without {
		alone := true
		for _, l := range labels {
			alone = alone && slices.Contains(n.Grouping, l)
		}
		if alone {
			return
		}
	}
	start, end := t.wordPlace(n)
	p := Problem{Kind: AveragedQuantile, Start: start, End: end, Proved: true, Reasons: declared(of.metric)}
	p.Message = "`" + n.Op.String() + "` of quantiles: the result is a quantile of nothing"
	switch {
	case of.metric != nil && of.metric.Type == "summary":
		p.Message = "`" + n.Op.String() + "` of `" + of.name + "`, which holds quantiles: the result is a quantile of nothing"
		p.Help = "a summary's quantiles cannot be aggregated; `max` of them is a bound, `" + of.metric.Name + "_sum` and `" + of.metric.Name + "_count` give the mean"
	case of.recorded:
		p.Help = "record the buckets, aggregated by `le` as well, and take the quantile of them; `max` of quantiles is a bound"
	default:
		p.Help = "aggregate the buckets, by `le` as well, and take the quantile of them; `max` of quantiles is a bound"
	}
	t.report(p)
}

// checkAveragedOverTime judges the mean of a quantile over time: quiet and busy times count the same.
func (t *typing) checkAveragedOverTime(n *parser.Call, of typeFact) {
	if t.q == nil || of.kind != KindQuantile || n.Func.Name != "avg_over_time" && n.Func.Name != "sum_over_time" {
		return
	}
	start, end := t.wordPlace(n)
	p := Problem{Kind: AveragedQuantile, Start: start, End: end, Reasons: declared(of.metric)}
	what := backquoted(t.q.inner(withoutRange(n.Args[0])))
	if of.name != "" {
		what = "`" + of.name + "`"
	}
	p.Message = "`" + n.Func.Name + "` of a quantile, " + what + ": the result is a quantile of nothing"
	p.Help = "take the quantile of the rate of the buckets over the longer range; `max_over_time` of quantiles is a bound"
	if of.metric != nil {
		p.Help = "`max_over_time` of quantiles is a bound; `" + of.metric.Name + "_sum` and `" + of.metric.Name + "_count` give the mean"
	}
	t.report(p)
}
