package lint

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// subject is the metric whose size an expression tells: through rates, sums, means and quantiles, and through
// records. Of a difference, or a share of something else, it is none.
type subject struct {
	// name of the series, and what is known of it; the zero Series if nothing is.
	name   string
	series metric.Series
	// quantile is φ of a classic quantile; 0: it is none.
	quantile float64
	// share: it is divided by another series.
	share bool
	// failing: of requests, those only that failed.
	failing bool
}

// subject finds what a part of the site's query measures; false if it is not one metric.
func (s *Site) subject(e parser.Expr) (subject, bool) { return measured(e, s.Schema, 0) }

// sameMeasure are the functions whose result is of the kind of their argument, which may be any of those given.
var sameMeasure = map[string]int{
	"rate": 0, "irate": 0, "increase": 0, "avg_over_time": 0, "min_over_time": 0, "max_over_time": 0, "last_over_time": 0,
	"first_over_time": 0, "sum_over_time": 0, "quantile_over_time": 1, "histogram_avg": 0, "clamp": 0, "clamp_min": 0, "clamp_max": 0, "round": 0, "ceil": 0, "floor": 0,
	"sort": 0, "sort_desc": 0, "label_replace": 0, "label_join": 0,
}

func measured(e parser.Expr, schema *promql.Schema, depth int) (subject, bool) {
	switch n := e.(type) {
	case *parser.ParenExpr:
		return measured(n.Expr, schema, depth)
	case *parser.StepInvariantExpr:
		return measured(n.Expr, schema, depth)
	case *parser.SubqueryExpr:
		return measured(n.Expr, schema, depth)
	case *parser.MatrixSelector:
		return measured(n.VectorSelector, schema, depth)
	case *parser.AggregateExpr:
		if n.Op == parser.COUNT || n.Op == parser.COUNT_VALUES || n.Op == parser.GROUP || n.Op == parser.STDDEV || n.Op == parser.STDVAR {
			return subject{}, false
		}
		return measured(n.Expr, schema, depth)
	case *parser.Call:
		if n.Func.Name == "histogram_quantile" {
			m, ok := measured(n.Args[1], schema, depth)
			m.quantile, _ = number(n.Args[0])
			return m, ok
		}
		i, ok := sameMeasure[n.Func.Name]
		if !ok || i >= len(n.Args) {
			return subject{}, false
		}
		return measured(n.Args[i], schema, depth)
	case *parser.BinaryExpr:
		return measuredByTwo(n, schema, depth)
	case *parser.VectorSelector:
		return selectedSubject(n, schema, depth)
	}
	return subject{}, false
}

func selectedSubject(n *parser.VectorSelector, schema *promql.Schema, depth int) (subject, bool) {
	m := subject{name: seriesName(n)}
	if m.name == "" || schema == nil {
		return m, false
	}
	if r := schema.Recorded.Find(m.name, n.LabelMatchers); r != nil && r.Query != nil && depth < maxRecords {
		return measured(r.Query.Expr(), schema, depth+1)
	}
	if schema.Lookup != nil {
		m.series, _ = schema.Lookup(m.name)
	}
	m.failing = m.series.Metric != nil && selectsFailed(n, m.series.Metric)
	return m, true
}

// selectsFailed reports whether a selector asks for what its metric declares as failed.
func selectsFailed(n *parser.VectorSelector, m *metric.Metric) bool {
	for _, failed := range slices.Concat(m.Errors, m.ClientErrors) {
		if slices.ContainsFunc(n.LabelMatchers, func(l *labels.Matcher) bool {
			return l.Name == failed.Label && l.Value == failed.Value && (l.Type == labels.MatchEqual) == (failed.Op == metric.Equal)
		}) {
			return true
		}
	}
	return false
}

// measuredByTwo: a filter is about its left side; a sum divided by its count is a mean; what is divided by
// another series is a share of it.
func measuredByTwo(n *parser.BinaryExpr, schema *promql.Schema, depth int) (subject, bool) {
	switch {
	case n.Op == parser.LAND, n.Op == parser.LUNLESS, n.Op.IsComparisonOperator() && !n.ReturnBool:
		return measured(n.LHS, schema, depth)
	case n.Op == parser.LOR:
		l, ok := measured(n.LHS, schema, depth)
		if r, also := measured(n.RHS, schema, depth); ok && also && r.name != l.name {
			return subject{}, false
		}
		return l, ok
	case n.Op == parser.DIV && n.RHS.Type() == parser.ValueTypeVector:
		l, ok := measured(n.LHS, schema, depth)
		r, also := measured(n.RHS, schema, depth)
		if !ok || !also || l.share || r.share || l.name == r.name && !(l.failing && !r.failing) {
			return subject{}, false
		}
		base, isSum := strings.CutSuffix(l.name, "_sum")
		l.share = !isSum || r.name != base+"_count"
		return l, true
	}
	return subject{}, false
}

// tokens are the words of a name: `model_p_value` has model, p, value.
func tokens(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '_' || r == ':' || r == '.' || r == '-' })
}

func anyToken(words []string, of ...string) bool {
	return slices.ContainsFunc(of, func(w string) bool { return slices.Contains(words, w) })
}
