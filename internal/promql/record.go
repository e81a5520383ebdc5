package promql

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// RecordName derives two parts of a recording rule's name from its expression: the metric that it reads
// first, without suffix, and what it does with it: `rate5m`, `p95_rate5m`, `ratio_rate5m`, `mean_rate5m`,
// `sum`; `value` for what has no short name. A range that is a token is called window (`5m`). Both parts
// hold nothing but letters, digits and underscores; metric is empty if no metric is named.
func RecordName(expr parser.Expr, window string) (metricName, ops string) {
	n := recordName{window}
	return wordOf(firstMetric(expr)), wordOf(n.of(expr))
}

// firstMetric is the base name of the metric that stands first in the text.
func firstMetric(expr parser.Expr) string {
	name, at := "", math.MaxInt
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		if vs, ok := node.(*parser.VectorSelector); ok && int(vs.PosRange.Start) < at && selectedName(vs) != "" {
			name, at = selectedName(vs), int(vs.PosRange.Start)
		}
		return nil
	})
	if parts := strings.Split(name, ":"); len(parts) == 3 {
		name = parts[1] // a recorded one: level:metric:operations
	}
	return baseName(name)
}

func baseName(name string) string {
	for _, suffix := range [...]string{"_bucket", "_sum", "_count", "_total"} {
		if base, ok := strings.CutSuffix(name, suffix); ok && base != "" {
			return base
		}
	}
	return name
}

type recordName struct{ window string }

const plainValue = "value"

func (r recordName) of(e parser.Expr) string {
	switch n := bare(e).(type) {
	case *parser.AggregateExpr:
		return r.aggregate(n)
	case *parser.Call:
		return r.call(n)
	case *parser.BinaryExpr:
		if n.Op != parser.DIV || n.LHS.Type() != parser.ValueTypeVector || n.RHS.Type() != parser.ValueTypeVector {
			return plainValue
		}
		l, r2 := firstSeries(n.LHS), firstSeries(n.RHS)
		if base, ok := strings.CutSuffix(l, "_sum"); ok && r2 == base+"_count" {
			return join("mean", r.of(n.LHS))
		}
		if of := argumentOf("histogram_sum", n.LHS); of != nil && argumentOf("histogram_count", n.RHS) != nil && l == r2 {
			return join("mean", r.of(of))
		}
		return join("ratio", r.of(n.LHS))
	}
	return plainValue
}

func (r recordName) aggregate(n *parser.AggregateExpr) string {
	inner := r.of(n.Expr)
	switch n.Op {
	case parser.TOPK, parser.BOTTOMK:
		return inner
	case parser.SUM:
		if inner != plainValue {
			return inner // as everybody does: sum(rate(x[5m])) is x:rate5m
		}
	case parser.QUANTILE:
		return join(percentile(n.Param), inner)
	}
	return join(n.Op.String(), inner)
}

func (r recordName) call(n *parser.Call) string {
	switch n.Func.Name {
	case "histogram_quantile":
		return join(percentile(n.Args[0]), r.of(n.Args[1]))
	case "label_replace", "label_join", "sort", "sort_desc", "clamp", "clamp_min", "clamp_max", "round", "abs":
		return r.of(n.Args[0])
	case "histogram_avg":
		return join("mean", r.of(n.Args[0]))
	case "histogram_sum", "histogram_count", "histogram_fraction", "histogram_stddev", "histogram_stdvar":
		return join(strings.TrimPrefix(n.Func.Name, "histogram_"), r.of(n.Args[len(n.Args)-1]))
	}
	for _, a := range n.Args {
		switch m := bare(a).(type) {
		case *parser.MatrixSelector:
			return strings.TrimSuffix(n.Func.Name, "_over_time") + r.duration(m.Range)
		case *parser.SubqueryExpr:
			return join(strings.TrimSuffix(n.Func.Name, "_over_time")+r.duration(m.Range), r.of(m.Expr))
		}
	}
	return plainValue
}

// duration writes a range; nobody writes those of stand-ins.
func (r recordName) duration(d time.Duration) string {
	if _, token := standInOf(d.Seconds(), MaxLength); token {
		return r.window
	}
	return metric.FormatDuration(d)
}

// firstSeries is the name of the first series that e reads.
func firstSeries(e parser.Expr) (name string) {
	parser.Inspect(e, func(node parser.Node, _ []parser.Node) error {
		if vs, ok := node.(*parser.VectorSelector); ok && name == "" {
			name = selectedName(vs)
		}
		return nil
	})
	return name
}

// argumentOf is what the function is called with in e, sums and parentheses aside; nil if e is no such call.
func argumentOf(function string, e parser.Expr) parser.Expr {
	switch n := bare(e).(type) {
	case *parser.AggregateExpr:
		if n.Op == parser.SUM {
			return argumentOf(function, n.Expr)
		}
	case *parser.Call:
		if n.Func.Name == function {
			return n.Args[0]
		}
	}
	return nil
}

func join(op, inner string) string {
	if inner == plainValue || inner == "" {
		return op
	}
	return op + "_" + inner
}

// percentile names a quantile: 0.95 is p95, 0.999 p999, 0.5 p50.
func percentile(e parser.Expr) string {
	v, ok := literal(e)
	if !ok || v < 0 || v > 1 {
		return "quantile"
	}
	if v == 1 {
		return "p100"
	}
	digits := strings.TrimPrefix(strconv.FormatFloat(v, 'f', -1, 64), "0")
	digits = strings.TrimPrefix(digits, ".")
	for len(digits) < 2 {
		digits += "0"
	}
	return "p" + digits
}

// wordOf replaces what cannot stand in a part of a metric's name.
func wordOf(s string) string {
	b := []byte(s)
	for i, c := range b {
		if !isAlpha(c) && !isDigit(c) {
			b[i] = '_'
		}
	}
	return string(b)
}
