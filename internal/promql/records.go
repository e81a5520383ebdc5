package promql

import (
	"maps"
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// Records are the series that recording rules make, by name. Several rules may make series of one name that differ
// in the labels that they set: a family.
type Records map[string][]*Recorded

// Recorded is what one recording rule makes.
type Recorded struct {
	// Query is the recorded expression; nil: nothing is known.
	Query *Query
	// Analysis is what can be known of Query. It is asked for by what reads the series, and only then: most of what
	// is recorded nobody judges.
	Analysis func() *Analysis
	// Labels are set on the result.
	Labels []metric.Matcher
	// Unit as declared; zero: as the analysis has it.
	Unit metric.Unit
}

// Recorded is what a rule records whose expression is a's.
func (a *Analysis) Recorded(set ...metric.Matcher) *Recorded {
	return &Recorded{Query: a.Query, Analysis: func() *Analysis { return a }, Labels: set}
}

// Add appends what one more rule records under a name. It changes no list that somebody else has a copy of.
func (r Records) Add(name string, of *Recorded) { r[name] = append(slices.Clip(r[name]), of) }

// Has reports whether a rule records the name.
func (r Records) Has(name string) bool { return len(r[name]) > 0 }

// Names lists what is recorded, sorted.
func (r Records) Names() []string { return slices.Sorted(maps.Keys(r)) }

// Find is what a selector of that name reads: the one of its family whose labels fit the matchers. Of several that
// fit nothing is known but that they exist. Where none fits it is the first, whose labels say that the selector finds
// nothing. Nil: nobody records the name.
func (r Records) Find(name string, matchers []*labels.Matcher) *Recorded {
	list := r[name]
	if len(list) == 0 {
		return nil
	}
	var found *Recorded
	for _, one := range list {
		if !one.agrees(matchers) {
			continue
		}
		if found != nil {
			return &Recorded{}
		}
		found = one
	}
	if found == nil {
		return list[0]
	}
	return found
}

// agrees reports whether matchers may select a series with the labels.
func (r *Recorded) agrees(matchers []*labels.Matcher) bool {
	for _, m := range matchers {
		for _, l := range r.Labels {
			if l.Label == m.Name && !m.Matches(l.Value) {
				return false
			}
		}
	}
	return true
}
