package planner

import (
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// query is a parsed query that names the model's own metrics and labels, and knows whose metrics it reads.
type query struct {
	*promql.Query
	// source is where its names are looked for first; anySource: in all.
	source int
	// only: nowhere else. A profile's names are its own source's.
	only bool
}

// anySource is the source of an author's query that names none.
const anySource = -1

// parse parses an author's query; nil after reporting.
func (b *builder) parse(text diag.Text, source int) *query {
	q := promql.Parse(text, b.rep)
	if q == nil {
		return nil
	}
	return &query{Query: q, source: source, only: source != anySource}
}

// sourceNamed is the index of a source by the name of its profile; anySource if no name is given.
func (b *builder) sourceNamed(name diag.Located[string]) int {
	for _, u := range b.model.Uses {
		if name.Given() && u.Profile.Name == name.Value {
			return u.Source
		}
	}
	return anySource
}

// lookup finds what a series name means in a query, recorded metrics included.
func (b *builder) lookup(q *query, name string) (metric.Series, bool) {
	if r := b.recorded.find(name, nil); r != nil {
		return metric.Series{Metric: &r.as}, true
	}
	return b.scraped(q, name)
}

// scraped finds what a series name means in a query, of what is scraped.
func (b *builder) scraped(q *query, name string) (metric.Series, bool) {
	if q.source != anySource {
		if s, ok := b.contracts[q.source].Lookup(name); ok || q.only {
			return s, ok
		}
	}
	for _, c := range b.contracts {
		if s, ok := c.Lookup(name); ok {
			return s, true
		}
	}
	return metric.Series{}, false
}

// sourceOf is the source whose selector holds for a name of a query; of up and its like, which every
// source has, that of the query.
func (b *builder) sourceOf(q *query, name string) int {
	if s, ok := b.scraped(q, name); ok {
		return s.Metric.Source
	}
	return max(q.source, 0)
}

// unit is the unit of a query's result, as far as it is known.
func (b *builder) unit(q *query) metric.Unit {
	return promql.Unit(q.Expr(), func(name string) (metric.Series, bool) { return b.lookup(q, name) })
}

// checkSource reports names in an author's query that two sources have.
func (b *builder) checkSource(q *query, s promql.Selector) {
	if q.source != anySource || b.recorded.has(s.Name) {
		return
	}
	var found []metric.Series
	for _, c := range b.contracts {
		if series, ok := c.Lookup(s.Name); ok {
			found = append(found, series)
		}
	}
	if len(found) < 2 {
		return
	}
	last := found[len(found)-1].Metric
	b.rep.Errorf(s.NameSpan, "two sources have `%s`", s.Name).
		WithHelp("say which one is meant, as in `source: %s`, or give one of them a `prefix` under `uses`", b.model.Sources[last.Source].Name).
		See(found[0].Metric.Span, "one of them").See(last.Span, "the other one")
}
