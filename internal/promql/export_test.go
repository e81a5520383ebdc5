package promql

import "github.com/prometheus/prometheus/promql/parser"

// PartText is the text of a part of a query.
func (q *Query) PartText(e parser.Expr) string {
	start, end := q.place(e)
	return q.text.Value[start:end]
}
