package promql

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// MergeSchemas is what several contracts say together: of a name that two declare the first counts. Settings
// are those of the first. Nil without any.
func MergeSchemas(list []*Schema) *Schema {
	if len(list) < 2 {
		if len(list) == 0 {
			return nil
		}
		return list[0]
	}
	merged := *list[0]
	merged.Targets, merged.Recorded = nil, nil
	known := map[string]metric.Series{}
	var names []string
	offsets := make([]int, len(list))
	for i, s := range list {
		offsets[i] = len(merged.Targets)
		merged.Targets = append(merged.Targets, s.Targets...)
		for _, name := range s.Names() {
			if _, ok := known[name]; ok {
				continue
			}
			if series, ok := s.Lookup(name); ok {
				known[name] = shifted(series, offsets[i])
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	merged.Names = func() []string { return names }
	merged.Lookup = func(name string) (metric.Series, bool) {
		if series, ok := known[name]; ok {
			return series, true
		}
		for i, s := range list { // names that a profile declares by their beginning
			if series, ok := s.Lookup(name); ok {
				return shifted(series, offsets[i]), true
			}
		}
		return metric.Series{}, false
	}
	merged.Renamed = func(old string) (metric.Series, bool) {
		for i, s := range list {
			if s.Renamed == nil {
				continue
			}
			if series, ok := s.Renamed(old); ok {
				return shifted(series, offsets[i]), true
			}
		}
		return metric.Series{}, false
	}
	return &merged
}

// shifted is a series whose source is so many further on; what belongs to no source stays so.
func shifted(s metric.Series, by int) metric.Series {
	m := *s.Metric
	if m.Source >= 0 {
		m.Source += by
	}
	return metric.Series{Metric: &m, Part: s.Part}
}
