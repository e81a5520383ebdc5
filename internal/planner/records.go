package planner

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// recordings are the metrics that we record, by name. Those of one name differ in the labels that their rules set.
type recordings map[string][]*recorded

func (r recordings) has(name string) bool { return len(r[name]) > 0 }

// find is the one that a selector reads: of several, the first whose labels fit the matchers, else the first. Nil: the
// name is not recorded.
func (r recordings) find(name string, matchers []*labels.Matcher) *recorded {
	list := r[name]
	if len(list) == 0 {
		return nil
	}
	if i := slices.IndexFunc(list, func(one *recorded) bool { return one.fits(matchers) }); i >= 0 {
		return list[i]
	}
	return list[0]
}

// fits reports whether the matchers may select the labels that the rule sets.
func (r *recorded) fits(matchers []*labels.Matcher) bool {
	for _, m := range matchers {
		for _, l := range r.set {
			if l.Label == m.Name && !m.Matches(l.Value) {
				return false
			}
		}
	}
	return true
}

// labels are the labels that the rule sets beside the model's.
func (r *recorded) labels() (list []plan.Label) {
	for _, l := range r.set {
		list = append(list, plan.Label{Name: l.Label, Value: l.Value})
	}
	return list
}
