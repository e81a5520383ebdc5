package promql_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// selection says which series of a metric belong to it.
type selection map[string][]metric.Matcher

func (s selection) of(sel promql.Selector) []metric.Matcher { return s[sel.Name] }

// holds reports whether a series is selected.
func (s selection) holds(l labels.Labels) bool {
	for _, m := range s[l.Get(model.MetricNameLabel)] {
		if !compiled(m).Matches(l.Get(m.Label)) {
			return false
		}
	}
	return true
}

func compiled(m metric.Matcher) *labels.Matcher {
	types := map[metric.MatchOp]labels.MatchType{metric.Equal: labels.MatchEqual, metric.NotEqual: labels.MatchNotEqual, metric.Match: labels.MatchRegexp, metric.NotMatch: labels.MatchNotRegexp}
	return labels.MustNewMatcher(types[m.Op], m.Label, m.Value)
}

// world is a random schema with its series, and what is selected of them.
type world struct {
	all, selected *enginetest.Storage
	// renamed is all, but some series have the old names of their metrics.
	renamed   *enginetest.Storage
	selection selection
}

var (
	targets  = map[string][]string{"job": {"a", "b"}, "pod": {"p1", "p2", "p3"}, "env": {"", "prod", "dev"}}
	counters = []string{"c_total", "d_total"}
	gauges   = []string{"g", "u"}
	own      = map[string]map[string][]string{
		"c_total": {"code": {"200", "404", "500"}}, "u": {"kind": {"x", "y"}}, "i": {"version": {"1", "2"}},
		"h_bucket": {"le": {"0.1", "1", "+Inf"}},
	}
	// oldNames are what metrics were called before, by series.
	oldNames = map[string]string{"c_total": "was_c_total", "g": "was.g", "h_bucket": "was_h_bucket", "h_sum": "was_h_sum", "h_count": "was_h_count"}

	names = []string{"c_total", "d_total", "g", "u", "i", "h_bucket", "h_sum", "h_count"}
)

func newWorld(t *testing.T, r *rand.Rand, oneSource bool) world {
	w := world{all: enginetest.New(t), renamed: enginetest.New(t), selection: selection{}}
	sources := [][]metric.Matcher{randomMatchers(r), randomMatchers(r)}
	for i, name := range names {
		w.selection[name] = sources[i%2]
		if oneSource {
			w.selection[name] = sources[0]
		}
		if r.IntN(4) == 0 && !oneSource { // a selector of the metric's own
			w.selection[name] = append(slices.Clone(w.selection[name]), randomMatchers(r)...)
		}
		for _, l := range combinations(name) {
			if r.IntN(3) == 0 {
				continue
			}
			seed := r.Float64()
			f := func(at time.Duration) float64 {
				v := math.Floor(50 + 40*math.Sin(seed*100+at.Minutes()))
				switch {
				case math.Mod(seed*1000, 1) < 0.05 && at > 6*time.Minute:
					return enginetest.Stale
				case strings.HasSuffix(name, "_total") || strings.HasPrefix(name, "h_"):
					return math.Floor(at.Seconds()*seed*3) + math.Floor(seed*10)
				case name == "i":
					return 1
				case v == 50:
					return math.NaN()
				}
				return v
			}
			for _, s := range []*enginetest.Storage{w.all, w.renamed} {
				if old := oldNames[name]; s == w.renamed && old != "" && seed < 0.5 {
					l = labels.NewBuilder(l).Set(model.MetricNameLabel, old).Labels()
				}
				if err := s.AddFunc(l, 30*time.Second, 12*time.Minute, f); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	w.selection[""] = sources[0] // only used with one source
	w.selected = w.all.Only(w.selection.holds)
	return w
}

// combinations are all label sets of a metric.
func combinations(name string) []labels.Labels {
	list := []map[string]string{{model.MetricNameLabel: name}}
	multiply := func(label string, values []string) {
		var more []map[string]string
		for _, l := range list {
			for _, v := range values {
				m := map[string]string{label: v}
				for k, v := range l {
					m[k] = v
				}
				more = append(more, m)
			}
		}
		list = more
	}
	for _, label := range []string{"job", "pod", "env"} {
		multiply(label, targets[label])
	}
	for label, values := range own[name] {
		multiply(label, values)
	}
	var out []labels.Labels
	for _, m := range list {
		out = append(out, labels.FromMap(m).WithoutEmpty())
	}
	return out
}

func randomMatchers(r *rand.Rand) (list []metric.Matcher) {
	for range 1 + r.IntN(2) {
		label := pick(r, "job", "pod", "env")
		value := targets[label][r.IntN(3)%len(targets[label])]
		switch r.IntN(6) {
		case 0:
			list = append(list, matchers(label+"!=", value)...)
		case 1:
			list = append(list, matchers(label+"=~", value+"|p2|b")...)
		case 2:
			list = append(list, matchers(label+"!~", value+".*")...)
		default:
			list = append(list, matchers(label, value)...)
		}
	}
	return list
}

func pick(r *rand.Rand, list ...string) string { return list[r.IntN(len(list))] }
