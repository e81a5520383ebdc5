package promql

import (
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// typeFact is what is known of the samples of an expression: what they are, and their unit.
type typeFact struct {
	kind Kind
	unit metric.Unit
}

// checkTypes finds what the types and units of metrics forbid.
func checkTypes(q *Query, s *Schema, use Use) ([]Problem, map[parser.Expr]typeFact) { return nil, nil }
