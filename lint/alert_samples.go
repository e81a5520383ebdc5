package lint

import (
	"math"
	"strconv"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

var tooFewSamples = &Rule{
	Name: "too-few-samples", Group: Alerts, Severity: diag.Warning,
	Doc: "a stability index that small samples alone drive beyond its limit",
	Run: func(p *Pass) {
		for c := range p.comparisons() {
			if c.op != plan.Above || c.limit <= 0 {
				continue
			}
			index := stabilityIndex{schema: c.Schema, samples: math.Inf(1)}
			index.find(c.Query, c.Analysis(), 0)
			if !index.found {
				continue
			}
			bins := index.bins
			if bins < 2 || bins > 1000 {
				bins = usualBins
			}
			if math.IsInf(index.samples, 1) {
				few := 100
				if falseAlarms(c.limit, 100, bins) < tolerated {
					few = 10
				}
				d := p.Reportf(c.at, "%s has no minimum of samples: of %d in each window chance alone exceeds `%s` in %s of the cases, with %d bins", c.What(), few, c.text, percent(falseAlarms(c.limit, float64(few), bins)), bins)
				d.Help = "add a guard, as in `… and on () sum(increase(x_total[1h])) >= " + strconv.Itoa(samplesFor(c.limit, bins)) + "`"
				continue
			}
			if chance := falseAlarms(c.limit, index.samples, bins); chance > tolerated {
				d := p.Reportf(c.at, "%s needs %s samples only: of so many in each window chance alone exceeds `%s` in %s of the cases, with %d bins", c.What(), strconv.FormatFloat(index.samples, 'f', -1, 64), c.text, percent(chance), bins)
				d.Help = "ask for at least " + strconv.Itoa(samplesFor(c.limit, bins)) + " samples, or take a higher limit"
			}
		}
	},
}

const (
	// usualBins is the number of bins where nobody declares them.
	usualBins = 10
	// tolerated is the share of evaluations without drift that may fire.
	tolerated = 0.05
)

func percent(share float64) string {
	return strconv.FormatFloat(math.Round(share*100), 'f', -1, 64) + " %"
}

// stabilityIndex is a population stability index that is written out in PromQL: a sum of (p - q) * ln(p / q).
type stabilityIndex struct {
	schema *promql.Schema
	found  bool
	// bins are the terms of the sum; 0: not known.
	bins int
	// samples is the smallest number of events that a guard beside it asks for; infinite: there is no guard.
	samples float64
}

// find looks for the sum and for guards in a query and in the records that it reads.
func (x *stabilityIndex) find(q *promql.Query, a *promql.Analysis, depth int) {
	each(q.Expr(), func(e parser.Expr) {
		switch n := e.(type) {
		case *parser.AggregateExpr:
			if term, ok := unparen(n.Expr).(*parser.BinaryExpr); ok && n.Op == parser.SUM && isIndexTerm(term) {
				x.found = true
				if series := a.Of(n.Expr).MaxSeries(); series != promql.Unbounded {
					x.bins = series
				}
			}
		case *parser.BinaryExpr:
			if limit, ok := number(n.RHS); ok && !n.ReturnBool && (n.Op == parser.GTE || n.Op == parser.GTR) && limit > 1 && x.countsThings(n.LHS, depth) {
				x.samples = min(x.samples, limit)
			}
		case *parser.VectorSelector:
			if r := x.schema.Recorded.Find(seriesName(n), n.LabelMatchers); r != nil && r.Analysis != nil && depth < maxRecords {
				x.find(r.Analysis.Query, r.Analysis, depth+1)
			}
		}
	})
}

// isIndexTerm: a difference times the logarithm of a quotient.
func isIndexTerm(n *parser.BinaryExpr) bool {
	return n.Op == parser.MUL && (isDifference(n.LHS) && isLogarithm(n.RHS) || isLogarithm(n.LHS) && isDifference(n.RHS))
}

func isDifference(e parser.Expr) bool {
	b, ok := unparen(e).(*parser.BinaryExpr)
	return ok && b.Op == parser.SUB
}

func isLogarithm(e parser.Expr) bool {
	call, ok := unparen(e).(*parser.Call)
	if !ok || call.Func.Name != "ln" {
		return false
	}
	b, ok := unparen(call.Args[0]).(*parser.BinaryExpr)
	return ok && b.Op == parser.DIV
}

// countsThings reports whether an expression, or a record that it reads, counts events in a window.
func (x *stabilityIndex) countsThings(e parser.Expr, depth int) (counts bool) {
	each(e, func(e parser.Expr) {
		switch n := e.(type) {
		case *parser.Call:
			counts = counts || n.Func.Name == "increase" || n.Func.Name == "sum_over_time" || n.Func.Name == "histogram_count"
		case *parser.VectorSelector:
			if r := x.schema.Recorded.Find(seriesName(n), n.LabelMatchers); r != nil && r.Analysis != nil && depth < maxRecords {
				counts = counts || x.countsThings(r.Analysis.Query.Expr(), depth+1)
			} else if r == nil && x.schema.Lookup != nil { // what a batch job pushed is read as it is
				series, ok := x.schema.Lookup(seriesName(n))
				counts = counts || ok && (series.Metric.Type == metric.Counter || series.Part == metric.Bucket || series.Part == metric.Count)
			}
		}
	})
	return counts
}

// falseAlarms is how often the index of two samples of the same distribution exceeds a limit: it is distributed
// as chi-square with bins - 1 degrees of freedom, times 1/n + 1/m (Yurdakul 2018), here with both samples of n.
func falseAlarms(limit, n float64, bins int) float64 {
	return chiSquareAbove(limit/(2/n), bins-1)
}

// samplesFor is from how many samples on a limit is exceeded by chance seldom enough, rounded up to hundreds.
func samplesFor(limit float64, bins int) int {
	for n := 100; n < 1_000_000; n += 100 {
		if falseAlarms(limit, float64(n), bins) <= tolerated/10 {
			return n
		}
	}
	return 1_000_000
}

// chiSquareAbove is the probability that a chi-square variable exceeds x: the regularised upper incomplete gamma
// function Q(degrees/2, x/2), by its series for small x and its continued fraction for large (Abramowitz and
// Stegun 6.5.29, 6.5.31).
func chiSquareAbove(x float64, degrees int) float64 {
	a, x := float64(degrees)/2, x/2
	if x <= 0 {
		return 1
	}
	logGamma, _ := math.Lgamma(a)
	front := math.Exp(-x + a*math.Log(x) - logGamma)
	const enough, precise = 1000, 1e-14
	if x < a+1 {
		term, sum := 1/a, 1/a
		for i := 1; i < enough && term > sum*precise; i++ {
			term *= x / (a + float64(i))
			sum += term
		}
		return 1 - front*sum
	}
	const tiny = 1e-300
	b := x + 1 - a
	c, d := 1/tiny, 1/b
	h := d
	for i := 1; i < enough; i++ {
		n := -float64(i) * (float64(i) - a)
		b += 2
		d = 1 / notZero(n*d+b, tiny)
		c = notZero(b+n/c, tiny)
		h *= d * c
		if math.Abs(d*c-1) < precise {
			break
		}
	}
	return front * h
}

func notZero(v, tiny float64) float64 {
	if math.Abs(v) < tiny {
		return tiny
	}
	return v
}
