package lint

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// readRange is a range of a query, and the function that reads it.
type readRange struct {
	function string
	length   time.Duration
	span     diag.Span
}

// windows are the ranges of a query, those of subqueries included. Tokens of unknown length are left out.
func windows(s *Site) (list []readRange) {
	for _, sel := range s.Query.Selectors() {
		length := sel.Range
		if sel.RangeToken >= 0 {
			length = s.Use.Window
		}
		if length > 0 {
			list = append(list, readRange{sel.Func, length, sel.Span})
		}
	}
	parser.Inspect(s.Query.Expr(), func(n parser.Node, path []parser.Node) error {
		sub, ok := n.(*parser.SubqueryExpr)
		if !ok || sub.Range <= 0 {
			return nil
		}
		w := readRange{length: sub.Range, span: s.Whole()}
		for _, above := range slices.Backward(path) {
			if call, ok := above.(*parser.Call); ok {
				w.function = call.Func.Name
				break
			}
		}
		list = append(list, w)
		return nil
	})
	return list
}

// inOperations finds functions with a window (rate5m, sum_increase1h), quantiles (p99, 99quantile) and aggregations.
var (
	functionWindow = regexp.MustCompile(`(?:^|_)(rate|irate|increase|delta|deriv)_?([0-9]+(?:ms|[smhdwy]))(?:_|$)`)
	quantileNumber = regexp.MustCompile(`(?:^|_)(?:p|quantile_?)([0-9]{2,4})(?:_|$)|(?:^|_)([0-9]{2,4})(?:th)?_?(?:quantile|percentile)(?:_|$)`)
)

var recordOperation = &Rule{
	Name: "record-operation", Group: Naming, Severity: diag.Warning,
	Doc: "a recorded metric whose name says another window, function or quantile than its query has",
	Run: func(p *Pass) {
		for s := range p.namedRecords() {
			_, operations, ok := recordParts(s.Record.Name)
			if !ok {
				continue
			}
			name, what, better := s.Record.Name, "", ""
			var at diag.Span
			for _, check := range []func(*Site, string) (string, string, diag.Span){otherWindow, otherQuantile, otherAggregation} {
				if what, better, at = check(s, operations); what != "" {
					break
				}
			}
			if what == "" {
				continue
			}
			p.Reportf(s.Record.Source, "the name of `%s` says %s", name, what).
				WithHelp("say in the name what is computed%s", better).See(at, "computed here")
		}
	},
}

// otherWindow compares rate5m with the ranges of the query. What is read from other records has theirs.
func otherWindow(s *Site, operations string) (what, better string, at diag.Span) {
	m := functionWindow.FindStringSubmatch(operations)
	list := windows(s)
	if m == nil || len(list) == 0 {
		return "", "", diag.Span{}
	}
	length, err := metric.Duration(m[2])
	if err != nil {
		return "", "", diag.Span{}
	}
	recorded := slices.ContainsFunc(s.Query.Selectors(), func(sel promql.Selector) bool { return strings.Contains(sel.Name, ":") })
	if !slices.ContainsFunc(list, func(w readRange) bool { return w.length == length }) {
		if recorded && !slices.ContainsFunc(list, func(w readRange) bool { return w.function == m[1] }) {
			return "", "", diag.Span{} // the window of the records that it reads
		}
		real := metric.FormatDuration(list[0].length)
		return fmt.Sprintf("`%s%s`, but its window is %s", m[1], m[2], real), ": `" + m[1] + real + "`", list[0].span
	}
	functions := []string{"rate", "irate", "increase", "delta", "deriv", "idelta"}
	if recorded || slices.ContainsFunc(list, func(w readRange) bool { return w.function == m[1] }) {
		return "", "", diag.Span{}
	}
	if i := slices.IndexFunc(list, func(w readRange) bool { return slices.Contains(functions, w.function) }); i >= 0 {
		return fmt.Sprintf("`%s`, but it is made with `%s`", m[1], list[i].function), ": `" + list[i].function + m[2] + "`", list[i].span
	}
	return "", "", diag.Span{}
}

// otherQuantile compares p99 with φ.
func otherQuantile(s *Site, operations string) (what, better string, at diag.Span) {
	m := quantileNumber.FindStringSubmatch(operations)
	if m == nil {
		return "", "", diag.Span{}
	}
	digits := m[1] + m[2]
	said, err := strconv.ParseFloat("0."+digits, 64)
	if err != nil {
		return "", "", diag.Span{}
	}
	parser.Inspect(s.Query.Expr(), func(n parser.Node, _ []parser.Node) error {
		call, ok := n.(*parser.Call)
		if !ok || call.Func.Name != "histogram_quantile" {
			return nil
		}
		phi, ok := bare(call.Args[0]).(*parser.NumberLiteral)
		if !ok || math.Abs(phi.Val-said) < 1e-9 || what != "" {
			return nil
		}
		real := strconv.FormatFloat(phi.Val, 'f', -1, 64)
		r := call.PositionRange()
		what, better, at = fmt.Sprintf("`%s`, but the quantile is %s", strings.Trim(m[0], "_"), real), "", s.Span(int(r.Start), int(r.End))
		return nil
	})
	return what, better, at
}

// otherAggregation compares a name's one sum, avg, max, min or count with the aggregation that gives the result.
func otherAggregation(s *Site, operations string) (what, better string, at diag.Span) {
	outer, ok := bare(s.Query.Expr()).(*parser.AggregateExpr)
	if !ok {
		return "", "", diag.Span{}
	}
	known := map[string]string{"sum": "sum", "avg": "avg", "mean": "avg", "max": "max", "min": "min", "count": "count"}
	var said []string
	for _, word := range strings.Split(operations, "_") {
		if known[word] != "" {
			said = append(said, word)
		}
	}
	op := outer.Op.String()
	if len(said) != 1 || known[op] == "" || known[said[0]] == op || mentions(s.Query.Expr(), known[said[0]]) {
		return "", "", diag.Span{}
	}
	r := outer.PositionRange()
	return fmt.Sprintf("`%s`, but the result is a `%s`", said[0], op), ": `" + op + "`", s.Span(int(r.Start), int(r.End))
}

// mentions reports whether a query uses an aggregation somewhere, also over time.
func mentions(e parser.Expr, op string) (found bool) {
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.AggregateExpr:
			found = found || n.Op.String() == op
		case *parser.Call:
			found = found || n.Func.Name == op+"_over_time"
		}
		return nil
	})
	return found
}
