package promql

import (
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// report notes a problem; without a query nobody wants to know.
func (t *typing) report(p Problem) {
	if t.q != nil {
		t.found = append(t.found, p)
	}
}

// inRule reports whether the result is an alert or a series, which no reader looks at.
func (t *typing) inRule() bool { return t.use.Place == InAlert || t.use.Place == InRecord }

// window is the range that a rate should be written with.
func (q *Query) window() string {
	if q.foreign {
		return "5m"
	}
	return "$window"
}

// typeWords are the types of metrics in words.
var typeWords = map[metric.Type]string{
	metric.Counter: "a counter", metric.Gauge: "a gauge", metric.Histogram: "a histogram", metric.GaugeHistogram: "a gauge histogram",
	metric.NativeHistogram: "a native histogram", metric.Summary: "a summary", metric.Info: "an info metric",
}

// declared is where a contract says what a metric is.
func declared(m *metric.Metric) []Reason {
	if m == nil || m.Span.File == nil {
		return nil
	}
	return []Reason{{Span: m.Span, Text: "declared as " + typeWords[m.Type] + " here"}}
}

// whatItIs says what the argument of a function is: "`x` is a gauge".
func (t *typing) whatItIs(arg parser.Expr, of typeFact) string {
	name := backquoted(t.q.inner(withoutRange(arg)))
	if of.name != "" && !of.many {
		name = "`" + of.name + "`"
	}
	switch {
	case of.kind == KindInfo:
		return name + " is an info metric, always 1"
	case of.kind == KindQuantile:
		return name + " is a quantile, which rises and falls"
	}
	return name + " is a gauge, which rises and falls"
}

func withoutRange(e parser.Expr) parser.Expr {
	switch n := bare(e).(type) {
	case *parser.MatrixSelector:
		return n.VectorSelector
	case *parser.SubqueryExpr:
		return n.Expr
	}
	return e
}

// checkRate judges what rate, irate or increase read, and reports whether something is wrong with it.
func (t *typing) checkRate(n *parser.Call, of typeFact) bool {
	if t.q == nil {
		return false
	}
	arg := bare(n.Args[0])
	_, subquery := arg.(*parser.SubqueryExpr)
	before := len(t.found)
	switch of.kind {
	case KindRate, KindIncrease, KindRatio:
		t.rateOfRate(n, of)
	case KindCounter, KindBucket, KindHistogram:
		if of.many && (subquery || of.recorded) {
			t.rateOfSum(n, of)
		}
	case KindGauge, KindInfo, KindQuantile:
		t.rateOfGauge(n, of)
	}
	if len(t.found) == before {
		return false
	}
	if t.settled == nil {
		t.settled = map[parser.Expr]bool{}
	}
	t.settled[arg] = true
	return true
}

func (t *typing) rateOfGauge(n *parser.Call, of typeFact) {
	fn := n.Func.Name
	start, end := t.wordPlace(n)
	p := Problem{Kind: RateOfGauge, Start: start, End: end, Proved: true, Reasons: declared(of.metric)}
	p.Message = "`" + fn + "` needs a counter, but " + t.whatItIs(n.Args[0], of)
	arg := strings.TrimSpace(t.q.textOf(n.Args[0]))
	switch {
	case of.kind == KindQuantile && of.metric != nil && of.metric.Type == metric.Summary:
		p.Help = "its counters are `" + of.metric.Name + "_count` and `" + of.metric.Name + "_sum`"
	case of.kind == KindInfo:
		p.Help = "read it as it is: it has labels, and no value"
	case fn == "increase":
		p.Help = "write " + backquoted("delta("+arg+")") + " for how much it changed, or `changes` for how often"
	default:
		p.Help = "write " + backquoted("deriv("+arg+")") + " for its slope, or `avg_over_time` for its mean"
	}
	t.report(p)
}

// wordPlace returns the bytes of a function's or aggregation's name.
func (t *typing) wordPlace(e parser.Expr) (start, end int) {
	i := t.q.src.at(int(e.PositionRange().Start))
	return t.q.lexemeBytes(i, i)
}

func (t *typing) rateOfRate(n *parser.Call, of typeFact) {
	fn := n.Func.Name
	start, end := t.wordPlace(n)
	what := map[Kind]string{KindRate: "a rate", KindIncrease: "an increase", KindRatio: "a ratio"}[of.kind]
	p := Problem{Kind: RateOfAggregate, Start: start, End: end, Proved: !of.byName}
	inner := t.q.inner(withoutRange(n.Args[0]))
	if of.name != "" && of.recorded {
		inner = of.name
	}
	p.Message = "`" + fn + "` of what is already " + what + ": " + backquoted(inner)
	p.Help = "write " + backquoted("avg_over_time("+t.q.textOf(n.Args[0])+")") + " for its mean, or `deriv` for its slope"
	if of.kind == KindIncrease {
		p.Help = "add increases up with `sum_over_time`, or take `increase` of the counter itself over a longer range"
	}
	t.report(p)
}

func (t *typing) rateOfSum(n *parser.Call, of typeFact) {
	fn := n.Func.Name
	start, end := t.wordPlace(n)
	p := Problem{Kind: RateOfAggregate, Start: start, End: end, Proved: true, Reasons: declared(of.metric)}
	p.Message = "`" + fn + "` of aggregated counters: one that begins anew looks like a reset of all"
	p.Help = "take `" + fn + "` of the counters first, and aggregate the rates"
	sub, ok := bare(n.Args[0]).(*parser.SubqueryExpr)
	switch {
	case !ok && of.name != "":
		p.Message = "`" + fn + "` of `" + of.name + "`, which aggregates counters: one that begins anew looks like a reset of all"
		p.Help = "record the " + fn + " instead, and aggregate that"
	case ok:
		if text := t.turnedInside(fn, sub); text != "" {
			p.Help = "take `" + fn + "` first: write " + backquoted(text)
		}
	}
	t.report(p)
}

// turnedInside writes `sum(rate(x[5m]))` for rate(sum(x)[5m:]); empty where it is not as simple as that.
func (t *typing) turnedInside(fn string, sub *parser.SubqueryExpr) string {
	agg, ok := bare(sub.Expr).(*parser.AggregateExpr)
	if !ok || agg.Param != nil {
		return ""
	}
	vs, ok := bare(agg.Expr).(*parser.VectorSelector)
	if !ok {
		return ""
	}
	open, _ := t.q.brackets(sub)
	length := t.q.src.of(t.q.src.list[t.q.src.next(open)])
	start, end := t.q.place(agg)
	from, to := t.q.place(vs)
	text := t.q.src.text
	return text[start:from] + fn + "(" + text[from:to] + "[" + length + "])" + text[to:end]
}

// checkDelta judges what delta and its like read: they do not see that a counter begins anew.
func (t *typing) checkDelta(n *parser.Call, of typeFact) {
	if t.q == nil || of.raw == nil {
		return
	}
	fn := n.Func.Name
	start, end := t.wordPlace(n)
	p := Problem{Kind: DeltaOfCounter, Start: start, End: end, Proved: true, Reasons: declared(of.raw.metric)}
	p.Message = "`" + fn + "` is for gauges, and `" + of.raw.name + "` is " + counterWord(of.raw)
	with := "rate"
	if fn == "delta" || fn == "idelta" {
		with = "increase"
	}
	sub, _ := bare(n.Args[0]).(*parser.SubqueryExpr)
	switch arg := t.q.textOf(n.Args[0]); {
	case sub != nil:
		p.Help = "a counter falls to 0 when its process begins anew: take `" + with + "` of it first"
		if text := t.turnedInside(with, sub); text != "" {
			p.Help += ", " + backquoted(text)
		}
	case fn == "predict_linear" || fn == "double_exponential_smoothing" || fn == "holt_winters":
		p.Help = "a counter falls to 0 when its process begins anew; predict its rate: `" + fn + "(rate(" + of.raw.name + "[" + t.q.window() + "])[1h:1m], …)`"
	default:
		p.Help = "a counter falls to 0 when its process begins anew: write " + backquoted(with+"("+arg+")")
	}
	t.report(p)
}

// counterWord says what the counter is: a part of a histogram or summary is one, too.
func counterWord(raw *rawCounter) string {
	if raw.metric == nil || raw.metric.Type == metric.Counter {
		return "a counter"
	}
	return "a counter of " + typeWords[raw.metric.Type]
}
