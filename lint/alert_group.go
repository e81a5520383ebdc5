package lint

import (
	"slices"
	"strings"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// groupRules judge the groups of rule files: when their rules run, and in which order.
var groupRules = []*Rule{slowGroup, lateRecord, recordCycle, flappingAlert, overwrittenLabel}

// staleAfter is after what time without a sample a series is gone, unless a server is started with another limit.
const staleAfter = 5 * time.Minute

var slowGroup = &Rule{
	Name: "group-interval-over-lookback", Group: Alerts, Severity: diag.Warning,
	Doc: "a group that records so seldom that its series are gone in between",
	Run: func(p *Pass) {
		records := map[*plan.RuleGroup]bool{}
		for _, r := range p.Plan.Records {
			if r.File != nil {
				records[r.File.Group] = true
			}
		}
		for _, g := range p.Plan.Groups {
			if g.Interval.Value <= staleAfter || !records[g] {
				continue
			}
			p.Reportf(g.Interval.Span, "what this group records is gone %s after each evaluation, and comes back after %s", metric.FormatDuration(staleAfter), metric.FormatDuration(g.Interval.Value)).
				Help = "evaluate at least every " + metric.FormatDuration(staleAfter) + ", or read the records with `last_over_time(…[" + metric.FormatDuration(2*g.Interval.Value) + "])`"
		}
	},
}

var flappingAlert = &Rule{
	Name: "alert-without-keep-firing", Group: Alerts, Severity: diag.Info,
	Doc: "an alert of a slow group that ends and begins anew with one good sample",
	Run: func(p *Pass) {
		for s := range p.Alerts() {
			f := s.Alert.File
			if f == nil || f.Group.Interval.Value <= staleAfter || f.KeepFiringFor.Given() || s.Alert.Severity == plan.Notice {
				continue
			}
			p.Reportf(f.Name, "%s is looked at every %s: one good moment ends it, and the next bad one notifies again", s.What(), metric.FormatDuration(f.Group.Interval.Value)).
				See(f.Group.Interval.Span, "the interval of the group").Help = "keep it for a while, as in `keep_firing_for: " + metric.FormatDuration(2*f.Group.Interval.Value) + "`"
		}
	},
}

// fileOf is what a rule file says of the rule of a site; nil: it is none.
func (s *Site) fileOf() *plan.FileRule {
	switch {
	case s.Record != nil:
		return s.Record.File
	case s.Alert != nil:
		return s.Alert.File
	}
	return nil
}

var lateRecord = &Rule{
	Name: "late-record", Group: Alerts, Severity: diag.Info,
	Doc: "a rule that reads what a later rule of its group records",
	Run: func(p *Pass) {
		type inGroup struct {
			group *plan.RuleGroup
			name  string
		}
		first := map[inGroup]*plan.FileRule{}
		for _, r := range p.Plan.Records {
			if r.File == nil {
				continue
			}
			if key := (inGroup{r.File.Group, r.Name}); first[key] == nil {
				first[key] = r.File
			}
		}
		for s := range p.Queries() {
			file := s.fileOf()
			if file == nil {
				continue
			}
			for _, sel := range s.Query.Selectors() {
				r := first[inGroup{file.Group, sel.Name}]
				old := sel.Range > 0 || sel.Node.OriginalOffset != 0 // looks at what was before in any case
				if r == nil || old || r.Name.Start <= file.Name.Start || s.Record != nil && s.Record.Name == sel.Name {
					continue
				}
				p.Reportf(sel.NameSpan, "%s reads `%s`, which is recorded after it: what it sees is one evaluation old", s.What(), sel.Name).
					See(r.Name, "recorded here").Help = "move the record before it: rules of a group run in their order"
			}
		}
	},
}

var recordCycle = &Rule{
	Name: "record-cycle", Group: Alerts, Severity: diag.Warning,
	Doc: "records that read each other in a circle",
	Run: func(p *Pass) {
		c := cycles{pass: p, records: map[string]*plan.Record{}, state: map[string]int{}}
		for _, r := range p.Plan.Records {
			if r.File != nil && c.records[r.Name] == nil {
				c.records[r.Name] = r
			}
		}
		for _, r := range p.Plan.Records {
			if r.File != nil {
				c.visit(r.Name)
			}
		}
	},
}

// cycles walks from record to record.
type cycles struct {
	pass    *Pass
	records map[string]*plan.Record
	// state of a name: 0 not seen, then on the path, then done.
	state map[string]int
	path  []string
}

const (
	onPath = 1
	done   = 2
)

func (c *cycles) visit(name string) {
	r := c.records[name]
	if r == nil || c.state[name] != 0 {
		return
	}
	c.state[name] = onPath
	c.path = append(c.path, name)
	for _, sel := range r.Written.Query.Selectors() {
		if sel.Name == name {
			continue // a record may go on from its own last value
		}
		if c.state[sel.Name] == onPath {
			c.report(sel.Name)
		}
		c.visit(sel.Name)
	}
	c.path = c.path[:len(c.path)-1]
	c.state[name] = done
}

func (c *cycles) report(from string) {
	circle := c.path[slices.Index(c.path, from):]
	d := c.pass.Reportf(c.records[from].File.Name, "`%s` is made of `%s`, which is made of it", from, strings.Join(circle[1:], "` and `"))
	d.Help = "record what both need under a name of its own: none of them has a value before the other"
	for _, name := range circle[1:] {
		d.See(c.records[name].File.Name, "`%s`", name)
	}
}
