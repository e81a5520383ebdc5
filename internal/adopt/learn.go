package adopt

import (
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// learn finds out what is known of each series that the file records, for the queries that read it: what a record
// reads comes before it. Of records that read each other in a circle, and of a name with two expressions, nothing
// is known.
func (r *ruleReader) learn() {
	byName := map[string][]*plan.Record{}
	for _, record := range r.plan.Records {
		byName[record.Name] = append(byName[record.Name], record)
	}
	const begun, done = 1, 2
	state := map[string]int{}
	var visit func(name string)
	visit = func(name string) {
		records := byName[name]
		if len(records) == 0 || state[name] != 0 {
			return
		}
		state[name] = begun
		for _, record := range records {
			for _, s := range record.Written.Query.Selectors() {
				visit(s.Name)
			}
		}
		state[name] = done
		for _, record := range records {
			record.Written.Analysis() // now: what reads itself in a circle is not known yet
			known := &promql.Recorded{Query: record.Written.Query, Analysis: record.Written.Analysis}
			for _, l := range record.Labels {
				known.Labels = append(known.Labels, metric.Matcher{Label: l.Name, Op: metric.Equal, Value: l.Value})
			}
			r.recorded.Add(name, known)
		}
	}
	for _, record := range r.plan.Records {
		visit(record.Name)
	}
}
