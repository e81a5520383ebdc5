package golden

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/generators/alerts"
	"github.com/mlobs-gen/mlobs-gen/generators/dashboards"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/planner"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// TestMutations changes one operator, threshold, label or window of a golden's plan at a time, and holds
// what comes out against the golden: whatever a plan decides is seen in review, nothing of it is lost on
// the way. What the decisions do is shown in the engine (package examples).
func TestMutations(t *testing.T) {
	for _, g := range goldens {
		t.Run(g.folder, func(t *testing.T) {
			recorded := readFolder(t, g.folder)
			total := 0
			for _, p := range plansOf(t, copyWorkspace(t, g.workspace, g.edit)) {
				m := &mutator{t: t, plan: p, recorded: recorded}
				if path := m.difference(alerts.Prometheus(), alerts.Legacy(), dashboards.Target()); path != "" {
					t.Fatalf("%s: the plan as it is does not give %s", p.Model, path)
				}
				m.all()
				total += m.count
			}
			if testing.Short() {
				t.Logf("one in %d of %d mutations; all of them without -short, as in .ci/run", shortStep, total)
			} else {
				t.Logf("%d mutations, all seen", total)
			}
			if total < 100 {
				t.Errorf("only %d mutations", total)
			}
		})
	}
}

// plansOf plans all models of a workspace.
func plansOf(t *testing.T, dir string) (plans []*plan.Plan) {
	t.Helper()
	rep := &diag.Report{}
	read := func(path string) *diag.File {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return diag.NewFile(path, data)
	}
	ws := spec.LoadWorkspace(read(filepath.Join(dir, "mlobs.yaml")), rep)
	lib := spec.NewLibrary(rep).Reading(func(_ *diag.File, beside string) (*diag.File, error) {
		data, err := os.ReadFile(filepath.Join(dir, "models", beside))
		return diag.NewFile(beside, data), err
	})
	models, err := filepath.Glob(filepath.Join(dir, "models", "*.yaml"))
	if err != nil || len(models) == 0 || ws == nil {
		t.Fatalf("%v %d models", err, len(models))
	}
	pws, pl := planner.Workspace(ws, rep), planner.New(lib)
	for _, path := range models {
		if m := spec.Load(read(path), ws, lib, rep); m != nil {
			plans = append(plans, pl.Build(m, ws, pws, rep))
		}
	}
	for _, d := range rep.All() {
		t.Fatal(d.Message)
	}
	return plans
}

// shortStep: with -short one mutation in so many is tried. It has no factor in common with the number of kinds, so
// that each of them has its turn.
const shortStep = 13

// mutator changes a plan and looks at what comes out.
type mutator struct {
	t        *testing.T
	plan     *plan.Plan
	recorded map[string][]byte
	count    int
	// targets are those that spell what is being changed.
	targets []*generators.Target
}

// difference is the first file of some targets that is not as recorded; empty: none.
func (m *mutator) difference(targets ...*generators.Target) string {
	ws := m.plan.Workspace
	for _, target := range targets {
		if !target.Wants(ws) {
			continue
		}
		files, err := target.Model(m.plan)
		if err != nil {
			return err.Error() // a generator that refuses has noticed, too
		}
		for _, f := range files {
			if string(m.recorded[f.Path]) != string(f.Data) {
				return f.Path
			}
		}
	}
	return ""
}

// try reports a mutation that nobody would notice.
func (m *mutator) try(what string, change, undo func()) {
	change()
	m.count++
	if testing.Short() && m.count%shortStep != 0 {
		return
	}
	if m.difference(m.targets...) == "" {
		m.t.Errorf("%s: nothing that is generated says otherwise", what)
	}
	undo()
}

func (m *mutator) text(what string, at *string) {
	was := *at
	changed := mutations(was)
	for _, kind := range slices.Sorted(maps.Keys(changed)) {
		m.try(what+": "+kind, func() { *at = changed[kind] }, func() { *at = was })
	}
}

func (m *mutator) all() {
	one := ""
	// first: what is said of one member is said of all, in the same words.
	first := func(member string) bool {
		if one == "" {
			one = member
		}
		return member == "" || member == one
	}
	m.targets = []*generators.Target{alerts.Prometheus()}
	for _, r := range m.plan.Records {
		if !first(r.Member) {
			continue
		}
		m.text("record "+r.Name, &r.Expr)
		for i := range r.Labels {
			m.text("label of record "+r.Name, &r.Labels[i].Value)
		}
	}
	ws := m.plan.Workspace
	m.targets = []*generators.Target{alerts.Prometheus(), alerts.Legacy()}
	for _, a := range m.plan.Alerts {
		if !first(a.Member) {
			continue
		}
		name := "alert " + a.Name
		if ws.PrometheusAlerts {
			m.text(name, &a.Expr)
			was := a.For
			m.try(name+": for", func() { a.For += time.Minute }, func() { a.For = was })
		}
		if !ws.LegacyAlerts {
			continue
		}
		for i := range a.Limits {
			was := a.Limits[i]
			m.try(name+": limit", func() { a.Limits[i] = was.Add(decimal.NewFromInt(1)) }, func() { a.Limits[i] = was })
		}
		if flipped := map[plan.Op]plan.Op{plan.Above: plan.Below, plan.Below: plan.Above}[a.Op]; flipped != "" {
			was := a.Op
			m.try(name+": operator", func() { a.Op = flipped }, func() { a.Op = was })
		}
	}
	for i, board := range []*plan.Dashboard{m.plan.Dashboard, m.plan.Legacy} {
		if board == nil {
			continue
		}
		m.targets = []*generators.Target{[]*generators.Target{dashboards.Target(), alerts.Legacy()}[i]}
		for i := range board.Variables {
			if v := &board.Variables[i]; v.Kind == plan.QueryVariable {
				m.text("variable "+v.Name, &v.Query)
			}
		}
		for _, p := range board.Panels {
			for i := range p.Queries {
				if p.Kind == plan.Firing && len(p.AlertTags) > 0 {
					break // Grafana lists its own alerts: there is no query
				}
				m.text("panel "+p.Title, &p.Queries[i].Expr)
			}
			for i := range p.Steps {
				if from := p.Steps[i].From; from != nil && p.Kind != plan.Heatmap && p.Kind != plan.Firing {
					moved := from.Add(decimal.New(1, -1))
					m.try("step of panel "+p.Title, func() { p.Steps[i].From = &moved }, func() { p.Steps[i].From = from })
				}
			}
		}
	}
}

// changes of expressions, by what they change: the first place that matches.
var changes = map[string]struct {
	find *regexp.Regexp
	with string
}{
	"above":    {regexp.MustCompile(` > `), " < "},
	"below":    {regexp.MustCompile(` < `), " > "},
	"minus":    {regexp.MustCompile(` - `), " + "},
	"ratio":    {regexp.MustCompile(` / `), " * "},
	"and":      {regexp.MustCompile(` and `), " unless "},
	"matcher":  {regexp.MustCompile(`="([a-z0-9])`), `="other-$1`},
	"grouping": {regexp.MustCompile(`by \(([a-z_]+)`), "by (other_$1"},
	"window":   {regexp.MustCompile(`\[[0-9]+[mhd]\]`), "[77m]"},
	"offset":   {regexp.MustCompile(`offset [0-9]+[mhd]`), "offset 77m"},
	"quantile": {regexp.MustCompile(`quantile\(0\.`), "quantile(0.1"},
	"number":   {regexp.MustCompile(`(> |< |bool |>= )([0-9])`), "${1}7$2"},
	"function": {regexp.MustCompile(`\brate\(`), "increase("},
}

// mutations are all single changes of an expression.
func mutations(expr string) map[string]string {
	list := map[string]string{}
	for _, kind := range slices.Sorted(maps.Keys(changes)) {
		c := changes[kind]
		at := c.find.FindStringIndex(expr)
		if at == nil {
			continue
		}
		found := expr[at[0]:at[1]]
		list[fmt.Sprintf("%s at %d", kind, at[0])] = expr[:at[0]] + c.find.ReplaceAllString(found, c.with) + expr[at[1]:]
	}
	if len(list) == 0 {
		list["another text"] = expr + " + 1"
	}
	return list
}
