package lint

import (
	"iter"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// alertRules judge alerts, and the groups and records of rule files that other people wrote.
var alertRules = slices.Concat(conditionRules, waitRules, textRules, twiceRules, groupRules, modelRules, sloRules)

// Alerts are the sites of alerts, those of roles and profiles included.
func (p *Pass) Alerts() iter.Seq[*Site] {
	return func(yield func(*Site) bool) {
		for _, s := range p.Sites() {
			if s.Alert != nil && !yield(s) {
				return
			}
		}
	}
}

// selected finds the metric that a selector reads; false if nothing is known of it.
func (s *Site) selected(vs *parser.VectorSelector) (metric.Series, bool) {
	if s.Schema == nil || s.Schema.Lookup == nil {
		return metric.Series{}, false
	}
	return s.Schema.Lookup(seriesName(vs))
}

// seriesName is the name that a selector asks for; empty if it asks for none, or several.
func seriesName(vs *parser.VectorSelector) string {
	if vs.Name != "" {
		return vs.Name
	}
	for _, m := range vs.LabelMatchers {
		if m.Name == "__name__" && m.Type == 0 {
			return m.Value
		}
	}
	return ""
}

// readings are the series that a query reads: by itself, and through the records that it reads.
func (s *Site) readings() (list []metric.Series) {
	seen := map[string]bool{}
	var read func(q *promql.Query, schema *promql.Schema, depth int)
	read = func(q *promql.Query, schema *promql.Schema, depth int) {
		for _, sel := range q.Selectors() {
			if seen[sel.Node.String()] || schema == nil {
				continue
			}
			seen[sel.Node.String()] = true
			if r := schema.Recorded.Find(sel.Name, sel.Matchers); r != nil && r.Query != nil && depth < maxRecords {
				read(r.Query, schema, depth+1)
				continue
			}
			if schema.Lookup == nil {
				continue
			}
			if series, ok := schema.Lookup(sel.Name); ok {
				list = append(list, series)
			}
		}
	}
	read(s.Query, s.Schema, 0)
	return list
}

// maxRecords is through how many records, one reading another, a query is followed.
const maxRecords = 8

// unparen takes parentheses off.
func unparen(e parser.Expr) parser.Expr {
	for {
		p, ok := e.(*parser.ParenExpr)
		if !ok {
			return e
		}
		e = p.Expr
	}
}

// each calls visit for every part of an expression.
func each(e parser.Expr, visit func(parser.Expr)) {
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		if e, ok := n.(parser.Expr); ok {
			visit(e)
		}
		return nil
	})
}

// ownName is where the author wrote the name of an alert; false: a role or profile brought it unchanged.
func (p *Pass) ownName(a *plan.Alert) (diag.Span, bool) { return a.Source, p.Own(a.Source) }
