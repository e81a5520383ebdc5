package examples

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/promql"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// outlook is what comes of a fault: what fires in the end, and what the signals say.
type outlook struct {
	// member is the label that tells members apart. An alert or signal of one is then `NAME MEMBER`, what
	// they share stays `NAME`.
	member string
	// fires in the end; always fires before the fault, too.
	fires, always []string
	// signals in the end that are not 0.
	signals map[string]float64
}

// check holds the storage, in which the rules have run, against the outlook.
func (o outlook) check(t *testing.T, p *plan.Plan, s *enginetest.Storage) {
	t.Helper()
	want := slices.Concat(o.fires, o.always)
	slices.Sort(want)
	if diff := cmp.Diff(want, firingOf(t, s, o.member, end)); diff != "" {
		t.Errorf("alerts that fire in the end (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(o.always, firingOf(t, s, o.member, fault-interval)); diff != "" {
		t.Errorf("alerts that fire before the fault (-want +got):\n%s", diff)
	}
	seen := map[string]bool{} // the alerts of members share their names
	for _, a := range p.Alerts {
		first := !seen[a.Name]
		seen[a.Name] = true
		if first && a.For > 0 && !slices.Contains(o.always, a.Name) && slices.Contains(firing(t, s, fault+a.For-interval), a.Name) {
			t.Errorf("%s fires before it has been so for %s", a.Name, a.For)
		}
	}
	signals := map[string]float64{}
	for _, sample := range query(t, s, `ml_model:signal:state`, end) {
		if sample.F != 0 {
			signals[named(sample.Metric.Get("signal"), sample.Metric.Get(o.member))] = sample.F
		}
	}
	if diff := cmp.Diff(o.signals, signals); diff != "" && len(o.signals)+len(signals) > 0 {
		t.Errorf("signals in the end (-want +got):\n%s", diff)
	}
}

func named(name, member string) string { return strings.TrimSpace(name + " " + member) }

// firingOf are the alerts that fire at a time with their members, sorted; nil if none fires.
func firingOf(t *testing.T, s *enginetest.Storage, member string, at time.Duration) (names []string) {
	t.Helper()
	list, err := s.Firing(enginetest.At(at))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		names = append(names, named(a.Name, a.Labels[member]))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// chosen are the values of a board's variables: the reader's choices, else all, or the first option.
func chosen(board *plan.Dashboard, choices map[string]string) map[string]string {
	vars := map[string]string{"__rate_interval": "2m", "__range": "1h"}
	for _, v := range board.Variables {
		vars[v.Name] = ".*"
		if len(v.Options) > 0 {
			vars[v.Name] = v.Options[0].Value
		}
	}
	maps.Copy(vars, choices)
	return vars
}

// checkQueries: every query of every panel, variable and alert returns data, every legend has its labels, and
// every line of a table its columns. It returns the number of panels' queries.
func checkQueries(t *testing.T, p *plan.Plan, s *enginetest.Storage, at time.Duration, choices map[string]string) (queries int) {
	t.Helper()
	for _, a := range p.Alerts {
		if strings.HasSuffix(a.Name, "BudgetNoData") {
			continue // it compares what is missing, and nothing is
		}
		expr := a.Value
		if expr == "" {
			expr = a.Query
		}
		if len(query(t, s, expr, at)) == 0 {
			t.Errorf("%s: nothing to compare: %s", a.Name, expr)
		}
	}
	boards := []*plan.Dashboard{p.Dashboard}
	if p.Legacy != nil {
		boards = append(boards, p.Legacy)
	}
	for _, board := range boards {
		vars := chosen(board, choices)
		for _, panel := range board.Panels {
			for _, q := range panel.Queries {
				if panel.Kind == plan.Firing && len(firing(t, s, at)) == 0 {
					continue
				}
				queries++
				checkQuery(t, s, panel.Title, q.Legend, enginetest.Interpolate(q.Expr, vars), at)
			}
			if panel.Kind == plan.Table {
				checkTable(t, s, panel, vars, at)
			}
		}
		for _, v := range board.Variables {
			if v.Kind == plan.QueryVariable {
				selector, label, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(v.Query, "label_values("), ")"), "}, ")
				values := query(t, s, fmt.Sprintf("count by (%s) (%s})", label, enginetest.Interpolate(selector, vars)), at)
				if len(values) < 2 {
					t.Errorf("variable %s has %d values", v.Name, len(values))
				}
			}
		}
		for _, a := range board.Annotations {
			if len(firing(t, s, at)) > 0 && strings.Contains(a.Expr, "ALERTS") && len(query(t, s, enginetest.Interpolate(a.Expr, vars), at)) == 0 {
				t.Errorf("annotation %s returns nothing while an alert fires", a.Name)
			}
		}
	}
	return queries
}

// checkQuery: the query of a panel returns data, with the labels that its legend names.
func checkQuery(t *testing.T, s *enginetest.Storage, title, legend, expr string, at time.Duration) {
	t.Helper()
	result := query(t, s, expr, at)
	if !slices.ContainsFunc(result, func(s promql.Sample) bool { return s.H != nil || !math.IsNaN(s.F) }) {
		t.Errorf("%s / %s returns nothing: %s", title, legend, expr)
	}
	if !strings.HasPrefix(legend, "{{") || legend == "{{le}}" {
		return
	}
	for _, sample := range result {
		for _, label := range strings.Split(strings.Trim(legend, "{}"), "}} / {{") {
			if sample.Metric.Get(label) == "" {
				t.Errorf("%s: the legend names the label %s, which a result lacks: %s", title, label, sample.Metric)
			}
		}
	}
}

// checkTable: each line has all columns.
func checkTable(t *testing.T, s *enginetest.Storage, panel *plan.Panel, vars map[string]string, at time.Duration) {
	t.Helper()
	lines := map[string]int{}
	for _, q := range panel.Queries {
		for _, sample := range query(t, s, enginetest.Interpolate(q.Expr, vars), at) {
			lines[sample.Metric.Get(panel.JoinBy)]++
		}
	}
	for _, line := range slices.Sorted(maps.Keys(lines)) {
		if lines[line] != len(panel.Queries) || line == "" {
			t.Errorf("%s: line %q has %d of %d columns", panel.Title, line, lines[line], len(panel.Queries))
		}
	}
	if len(lines) < 2 {
		t.Errorf("%s: %d lines", panel.Title, len(lines))
	}
}

// allTitles are the titles of all panels.
func allTitles(p *plan.Plan) (list []string) {
	for _, panel := range p.Dashboard.Panels {
		list = append(list, panel.Title)
	}
	return list
}
