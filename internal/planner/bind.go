package planner

import (
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// bind parses a query and gives it the names that the model's metrics and labels have. It returns nil if
// the query needs a label or metric that the model does not have (the thing is left out), or a past that
// is not kept, or after reporting.
func (b *builder) bind(bd *binding, text diag.Text) *query {
	q, err := b.tryBind(bd, text)
	if err != nil && strings.Contains(err.Error(), "internal error") {
		b.rep.Errorf(text.Span, "this query of `%s` cannot be bound to the model: %s", bd.key, err)
	}
	return q
}

// tryBind is bind, with an error if the query says what cannot be said of the model's metrics: of a native
// histogram, for one.
func (b *builder) tryBind(bd *binding, text diag.Text) (*query, error) {
	if bd.thing != nil { // made for this model alone: nothing of it is kept, and nothing is left out
		q := promql.Parse(text, b.rep)
		if q == nil {
			return nil, nil
		}
		bound, err := b.adapt(bd, q)
		return &query{Query: bound, source: bd.source}, err
	}
	q := b.queries.parse(text, b.rep)
	if q == nil {
		return nil, nil
	}
	for _, s := range q.Selectors() {
		if bd.misses(s) {
			return nil, nil
		}
	}
	for _, g := range q.Groupings() {
		for _, l := range g.Labels {
			if to, ok := bd.renaming.Labels[l.Value]; ok && len(to) == 0 {
				return nil, nil
			}
		}
	}
	bound, err := b.adapt(bd, q)
	if err != nil || !b.kept(bound) {
		return nil, err
	}
	return &query{Query: bound, source: bd.source, only: !bd.Role}, nil
}

// kept reports whether Prometheus keeps the samples of the past that a query looks at.
func (b *builder) kept(q *promql.Query) bool {
	limit := b.ws.Retention.Value
	if limit == 0 {
		return true
	}
	for _, s := range q.Selectors() {
		at, offset := s.Range, s.Node.OriginalOffset
		if s.RangeToken >= 0 {
			at = b.window()
		}
		if s.OffsetToken >= 0 {
			offset = 0
			if len(b.baselines()) == 0 {
				return false
			}
		}
		if at+offset >= limit {
			return false
		}
	}
	return true
}

// nativesOf are the native histograms that a query for classic ones reads.
func (b *builder) nativesOf(bd *binding, q *promql.Query) (names []string) {
	at := &query{source: bd.source, only: !bd.Role}
	for _, s := range q.Selectors() {
		for _, part := range []metric.Part{metric.Bucket, metric.Sum, metric.Count} {
			base, ok := strings.CutSuffix(s.Name, part.Suffix())
			if !ok || slices.Contains(names, base) {
				continue
			}
			if series, known := b.scraped(at, base); known && series.Metric.Type == metric.NativeHistogram {
				names = append(names, base)
			}
		}
	}
	return names
}

// adapt renames, and says the same of native histograms and of values that are pushed once per run.
func (b *builder) adapt(bd *binding, q *promql.Query) (*promql.Query, error) {
	var err error
	if len(bd.renaming.Metrics)+len(bd.renaming.Labels) > 0 {
		if q, err = q.Rename(bd.renaming); err != nil {
			return nil, err
		}
	}
	if b.anyNative {
		if q, err = q.Native(b.nativesOf(bd, q)...); err != nil {
			return nil, err
		}
	}
	if b.scheduled() {
		return q.Snapshot(func(series string) bool { return b.pushed(bd, series) }, metric.FormatDuration(b.model.Traffic.Every))
	}
	return q, nil
}
