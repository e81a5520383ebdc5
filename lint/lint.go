// Package lint holds a plan against good practice: what is proved to be wrong from the contract of its
// metrics, what is wrong nearly always, and what is worth a look. One rule is one value (Rule) and one page
// (testdata/NAME.txtar): the page says why, and has a bad and a good example that are run as a test.
//
// Its place in the flow: after the planner, which knows what is meant, and before the targets, which only
// spell. It looks at what was written (plan.Written) and at what was derived from it, reads no files and
// knows no output format.
package lint

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// Rule is one thing that the linter knows.
type Rule struct {
	// Name reads after the word "allow": unbounded-grouping.
	Name string
	// Group is the section of the list of rules that it stands in.
	Group Group
	// Severity of its findings. Error: proved from the contract. Warning: wrong at most once in twenty on real
	// files. Info: worth a look. A finding may have a lower one; `lint: rules:` of a workspace sets another.
	Severity diag.Severity
	// Doc says in one line what is found: "grouping by a label without a bound".
	Doc string
	// Run looks at one plan: a model, or a file of somebody else. Nil: nothing to look at there.
	Run func(*Pass)
	// Workspace looks at what belongs to no model. Nil: nothing to look at there.
	Workspace func(*WorkspacePass)
}

// Group is a section of the list of rules.
type Group string

// The groups in the order of the list.
const (
	PromQL      Group = "PromQL"
	Cardinality Group = "Cardinality"
	Naming      Group = "Names and units"
	Alerts      Group = "Alerts"
	Dashboards  Group = "Dashboards"
	Silences    Group = "Silences"
)

// Groups lists all groups in the order in which documentation shows them.
func Groups() []Group { return []Group{PromQL, Cardinality, Naming, Alerts, Dashboards, Silences} }

// Lookup returns the rule of that name; nil if there is none.
func Lookup(name string) *Rule {
	for _, r := range Rules() {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// Names lists the names of all rules, sorted.
func Names() []string {
	var names []string
	for _, r := range Rules() {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	return names
}

// Rules lists all rules by group and name. Nobody may change the list.
func Rules() []*Rule { return sortedRules() }

var sortedRules = sync.OnceValue(func() []*Rule {
	list := slices.Concat(promqlRules, cardinalityRules, namingRules, alertRules, dashboardRules, silenceRules)
	order := Groups()
	slices.SortFunc(list, func(a, b *Rule) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Group), slices.Index(order, b.Group)), cmp.Compare(a.Name, b.Name))
	})
	return list
})

// Run reports what the rules find in one plan. Today, as 2006-01-02, is the day by which silences end; empty:
// none has ended, since what is generated must not depend on the clock.
func Run(p *plan.Plan, today string, rep *diag.Report) {
	run := &run{plan: p, policy: &p.Workspace.Policy}
	for _, r := range Rules() {
		if r.Run == nil || run.policy.Levels[r.Name].Off {
			continue
		}
		r.Run(&Pass{Plan: p, rule: r, run: run})
	}
	run.settle(p.Allows, today, rep)
}

// RunQueries reports what the rules of PromQL find in a plan that has queries and nothing else, since the spec
// has mistakes. Silences hold, but are not judged.
func RunQueries(p *plan.Plan, rep *diag.Report) {
	run := &run{plan: p, policy: &p.Workspace.Policy}
	for _, r := range promqlRules {
		if r.Run != nil && !run.policy.Levels[r.Name].Off {
			r.Run(&Pass{Plan: p, rule: r, run: run})
		}
	}
	for _, d := range run.findings {
		if allowing(p.Allows, d, "") < 0 {
			run.add(d, rep)
		}
	}
}

// RunWorkspace reports what the rules find in what belongs to no model: mlobs.yaml, and plans held against
// each other.
func RunWorkspace(ws *plan.Workspace, today string, rep *diag.Report) {
	run := &run{policy: &ws.Policy}
	for _, r := range Rules() {
		if r.Workspace == nil || run.policy.Levels[r.Name].Off {
			continue
		}
		r.Workspace(&WorkspacePass{Workspace: ws, rule: r, run: run})
	}
	run.settle(ws.Allows, today, rep)
}

// run is the state of Run.
type run struct {
	plan     *plan.Plan // nil in RunWorkspace
	policy   *plan.Policy
	findings []*diag.Diagnostic

	sites    []*Site // collected once
	problems map[string][]found
	labels   map[*promql.Schema][]string // see knownLabels
	ready    bool
	// limits of alerts are judged once, for all rules that look at them.
	limits *limits
}

// report adds a finding of a rule.
func (r *run) report(rule *Rule, span diag.Span, message string) *diag.Diagnostic {
	d := &diag.Diagnostic{Severity: rule.Severity, Rule: rule.Name, Message: message, Span: span}
	r.findings = append(r.findings, d)
	return d
}

// settle silences what is allowed, sets the severities that the workspace wants, and hands the findings on.
func (r *run) settle(allows []diag.Allow, today string, rep *diag.Report) {
	used := make([]bool, len(allows))
	var kept []*diag.Diagnostic
	for _, d := range r.findings {
		if i := allowing(allows, d, today); i >= 0 {
			used[i] = true
			continue
		}
		kept = append(kept, d)
	}
	kept = append(kept, r.judgeAllows(allows, used, today)...)
	for _, d := range kept {
		r.add(d, rep)
	}
}

// name is what the plan is about, whatever its file is called.
func (r *run) name() string {
	switch {
	case r.plan == nil:
		return ""
	case r.plan.Model != "":
		return r.plan.Model
	case r.plan.Dashboard != nil && r.plan.Dashboard.UID != "":
		return r.plan.Dashboard.UID
	case r.plan.Dashboard != nil:
		return r.plan.Dashboard.Title
	}
	return ""
}

// add hands a finding on, with the severity that the workspace wants.
func (r *run) add(d *diag.Diagnostic, rep *diag.Report) {
	if name := r.name(); name != "" {
		d.Object = strings.TrimSuffix(name+"/"+d.Object, "/")
	}
	if level, ok := r.policy.Levels[d.Rule]; ok && !level.Off {
		d.Severity = level.Severity
	}
	rep.Add(d)
}
