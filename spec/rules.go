package spec

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// rule says what holds beside a key of a section, or beside certain values of it: some keys cannot be there,
// or must be.
type rule struct {
	when            []string
	is              []string
	excludes, needs []string
	// alone: nothing but these, and when.
	alone []string
}

// onlyOneOf are the rules of keys that exclude each other.
func onlyOneOf(keys []string) (rules []rule) {
	for i, k := range keys[:len(keys)-1] {
		rules = append(rules, rule{when: []string{k}, excludes: keys[i+1:]})
	}
	return rules
}

// What a metric cannot have beside `query`, `select` and `omit`.
var (
	besideQuery      = []string{"type", "role", "across", "buckets", "labels", "quantiles", "key", "selector", "optional", "select", "of", "errors", "client_errors", "renamed_from", "renamed_to"}
	besideSelect     = []string{"type", "unit", "role", "buckets", "labels", "quantiles", "key", "selector", "optional", "range"}
	besideMetricOmit = []string{"type", "unit", "role", "across", "buckets", "labels", "help", "range", "quantiles", "key", "selector", "query", "errors", "client_errors", "renamed_from"}
)

// typeKeys says which types of metrics can have a key.
var typeKeys = []struct {
	key   string
	types []metric.Type
}{
	{"buckets", []metric.Type{metric.Histogram, metric.GaugeHistogram, metric.NativeHistogram}},
	{"key", []metric.Type{metric.Info}},
	{"quantiles", []metric.Type{metric.Summary}},
	{"range", []metric.Type{metric.Histogram, metric.GaugeHistogram, metric.NativeHistogram, metric.Gauge, metric.Summary}},
	{"unit", []metric.Type{metric.Histogram, metric.GaugeHistogram, metric.NativeHistogram, metric.Counter, metric.Gauge, metric.Summary}},
}

// metricRules are what finishMetric and change check.
var metricRules = func() []rule {
	rules := []rule{
		{when: []string{"query"}, excludes: besideQuery},
		{when: []string{"select"}, excludes: besideSelect, needs: []string{"of"}},
		{when: []string{"of"}, needs: []string{"select"}},
		{when: []string{"renamed_to"}, needs: []string{"until"}},
		{when: []string{"omit"}, excludes: besideMetricOmit},
	}
	for _, k := range typeKeys {
		var others []string
		for _, t := range metric.Types() {
			if !slices.Contains(k.types, t) {
				others = append(others, string(t))
			}
		}
		rules = append(rules, rule{when: []string{"type"}, is: others, excludes: []string{k.key}})
	}
	return rules
}()

// metricKey is the name of a metric that is declared.
func (l *loader) metricKey() *value {
	if l.format == roleFile {
		return &value{shape: aName, text: &roleMetricText, example: "answer_seconds"}
	}
	return &value{shape: aName, text: &newMetricText, example: "answer_seconds"}
}
