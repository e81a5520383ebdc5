package promql_test

import (
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// textOf is a text that stands alone in a file, byte for byte.
func textOf(s string) diag.Text {
	file := diag.NewFile("query.promql", []byte(s))
	text := diag.NewText(s, diag.Span{File: file, Start: 0, End: len(s)})
	for i := range len(s) {
		if i == 0 || s[i-1] == '\n' {
			text.Map(i, i)
		}
	}
	return text
}

// parse parses a query that must be right.
func parse(t testing.TB, s string) *promql.Query {
	t.Helper()
	var rep diag.Report
	q := promql.Parse(textOf(s), &rep)
	if q == nil {
		for _, d := range rep.All() {
			t.Errorf("%s: %s (%s)", d.Span.Text(), d.Message, d.Help)
		}
		t.Fatalf("does not parse: %s", s)
	}
	return q
}

// matchers reads pairs: label, value; the label may end in an operator.
func matchers(pairs ...string) (list []metric.Matcher) {
	for i := 0; i < len(pairs); i += 2 {
		label, op := pairs[i], metric.Equal
		for _, o := range []metric.MatchOp{metric.NotEqual, metric.Match, metric.NotMatch} {
			if n := len(label) - len(o); n > 0 && label[n:] == string(o) {
				label, op = label[:n], o
			}
		}
		list = append(list, metric.Matcher{Label: label, Op: op, Value: pairs[i+1]})
	}
	return list
}
