package enginetest

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/prometheus/prometheus/promql"
)

// Query evaluates expr at one time. A number is a vector of one sample without labels. Samples come in
// the engine's order: sorted only where the query sorts.
func (s *Storage) Query(expr string, at time.Time) (promql.Vector, error) {
	q, err := s.engine.NewInstantQuery(context.Background(), s, nil, expr, at)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", expr, err)
	}
	defer q.Close()
	switch res := q.Exec(context.Background()); v := res.Value.(type) {
	case promql.Vector:
		return v, nil // not used again by the engine, which only recycles the points of matrices
	case promql.Scalar:
		return promql.Vector{{T: v.T, F: v.V}}, nil
	default:
		if res.Err != nil {
			return nil, fmt.Errorf("%s: %w", expr, res.Err)
		}
		return nil, fmt.Errorf("%s: the result is a %s", expr, res.Value.Type())
	}
}

// QueryRange evaluates expr at every step from start to end, as a panel does. Series are sorted by labels.
func (s *Storage) QueryRange(expr string, start, end time.Time, step time.Duration) (promql.Matrix, error) {
	q, err := s.engine.NewRangeQuery(context.Background(), s, nil, expr, start, end, step)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", expr, err)
	}
	defer q.Close()
	res := q.Exec(context.Background())
	m, err := res.Matrix()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", expr, err)
	}
	out := make(promql.Matrix, len(m)) // Close recycles the points
	for i, series := range m {
		out[i] = promql.Series{
			Metric:     series.Metric,
			Floats:     append([]promql.FPoint(nil), series.Floats...),
			Histograms: append([]promql.HPoint(nil), series.Histograms...),
		}
	}
	return out, nil
}

// Value evaluates expr at one time and returns its only value.
func (s *Storage) Value(expr string, at time.Time) (float64, error) {
	v, err := s.Query(expr, at)
	if err != nil {
		return 0, err
	}
	if len(v) != 1 {
		return 0, fmt.Errorf("%s: %d series instead of one", expr, len(v))
	}
	return v[0].F, nil
}

// variable is how Grafana writes variables in a query.
var variable = regexp.MustCompile(`\$\{(\w+)(?:[.:][^}]*)?\}|\$(\w+)|\[\[(\w+)(?::\w+)?\]\]`)

// Interpolate puts values in place of Grafana's variables, by their names without signs:
// `$__rate_interval`, `${pod:regex}`, `[[pod]]`. Variables that vars does not know stay, so that they
// fail in the engine instead of passing unseen.
func Interpolate(expr string, vars map[string]string) string {
	return variable.ReplaceAllStringFunc(expr, func(text string) string {
		for _, name := range variable.FindStringSubmatch(text)[1:] {
			if value, ok := vars[name]; ok && name != "" {
				return value
			}
		}
		return text
	})
}
