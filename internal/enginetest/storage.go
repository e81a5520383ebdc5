package enginetest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

// series is one series with its samples in order of time.
type series struct {
	labels  labels.Labels
	samples samples
}

// samples lie side by side: a rule over a month walks over all of them at each evaluation.
type samples []sample

// Get is for the engine.
func (s samples) Get(i int) chunks.Sample { return &s[i] }

// Len is for the engine.
func (s samples) Len() int { return len(s) }

// between returns the samples from one time to another, both included. They are shared.
func (s samples) between(from, to int64) samples {
	return s[s.search(from):s.search(to+1)]
}

// search returns the index of the first sample at t or later.
func (s samples) search(t int64) int {
	return sort.Search(len(s), func(i int) bool { return s[i].t >= t })
}

// sample is a float, or a histogram if h is set; t in milliseconds since 1970.
type sample struct {
	t int64
	v float64
	h *histogram.FloatHistogram
}

func (s *sample) T() int64                { return s.t }
func (s *sample) ST() int64               { return 0 }
func (s *sample) F() float64              { return s.v }
func (s *sample) H() *histogram.Histogram { return nil }

// FH returns a copy: the engine calculates in it.
func (s *sample) FH() *histogram.FloatHistogram {
	if s.h == nil {
		return nil
	}
	return s.h.Copy()
}

func (s *sample) Type() chunkenc.ValueType {
	if s.h != nil {
		return chunkenc.ValFloatHistogram
	}
	return chunkenc.ValFloat
}

func (s *sample) Copy() chunks.Sample { return &sample{t: s.t, v: s.v, h: s.FH()} }

// append adds a sample, with the errors of the real storage for what comes too late or twice.
func (s *Storage) append(lset labels.Labels, new sample) error {
	lset = lset.WithoutEmpty()
	hash := lset.Hash()
	for _, have := range s.byHash[hash] {
		if !labels.Equal(have.labels, lset) {
			continue
		}
		switch last := have.samples[len(have.samples)-1]; {
		case new.t < last.t:
			return storage.ErrOutOfOrderSample
		case new.t > last.t:
			have.samples = append(have.samples, new)
		case math.Float64bits(new.v) != math.Float64bits(last.v) || (new.h == nil) != (last.h == nil) || new.h != nil && !new.h.Equals(last.h):
			return storage.ErrDuplicateSampleForTimestamp
		}
		return nil
	}
	if name, twice := lset.HasDuplicateLabelNames(); twice {
		return fmt.Errorf("label %s twice", name)
	}
	fresh := &series{labels: lset, samples: samples{new}}
	s.list = append(s.list, fresh)
	name := lset.Get(model.MetricNameLabel)
	s.byName[name] = append(s.byName[name], fresh)
	s.byHash[hash] = append(s.byHash[hash], fresh)
	return nil
}

// Only returns a storage that holds just the series that keep selects. It shares their samples.
func (s *Storage) Only(keep func(labels.Labels) bool) *Storage {
	out := &Storage{
		EvaluationInterval: s.EvaluationInterval,
		byName:             map[string][]*series{},
		byHash:             map[uint64][]*series{},
		engine:             s.engine,
	}
	for _, have := range s.list {
		if !keep(have.labels) {
			continue
		}
		shared := &series{labels: have.labels, samples: slices.Clip(have.samples)}
		name, hash := have.labels.Get(model.MetricNameLabel), have.labels.Hash()
		out.list = append(out.list, shared)
		out.byName[name] = append(out.byName[name], shared)
		out.byHash[hash] = append(out.byHash[hash], shared)
	}
	return out
}

// Series returns the labels of all series, recorded ones and ALERTS included, sorted.
func (s *Storage) Series() (list []labels.Labels) {
	for _, have := range s.list {
		list = append(list, have.labels)
	}
	slices.SortFunc(list, labels.Compare)
	return list
}

// Querier is for the engine.
func (s *Storage) Querier(mint, maxt int64) (storage.Querier, error) {
	return querier{s, mint, maxt}, nil
}

type querier struct {
	s          *Storage
	mint, maxt int64
}

// Select finds series by their matchers, sorted by labels as in the real storage.
func (q querier) Select(_ context.Context, _ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	candidates := q.s.list
	for _, m := range matchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual {
			candidates = q.s.byName[m.Value]
		}
	}
	var found []storage.Series
	for _, c := range candidates {
		if slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches(c.labels.Get(m.Name)) }) {
			continue
		}
		if part := c.samples.between(q.mint, q.maxt); len(part) > 0 {
			found = append(found, &storage.SeriesEntry{Lset: c.labels, SampleIteratorFn: func(chunkenc.Iterator) chunkenc.Iterator {
				return storage.NewListSeriesIterator(part)
			}})
		}
	}
	slices.SortFunc(found, func(a, b storage.Series) int { return labels.Compare(a.Labels(), b.Labels()) })
	return &set{list: found}
}

// set iterates over series.
type set struct {
	list []storage.Series
	at   int
}

func (s *set) Next() bool                        { s.at++; return s.at <= len(s.list) }
func (s *set) At() storage.Series                { return s.list[s.at-1] }
func (s *set) Err() error                        { return nil }
func (s *set) Warnings() annotations.Annotations { return nil }

// LabelValues and LabelNames are not asked by the engine.
func (q querier) LabelValues(context.Context, string, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, nil
}

// LabelNames is not asked by the engine.
func (q querier) LabelNames(context.Context, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, nil
}

// Close does nothing.
func (q querier) Close() error { return nil }
