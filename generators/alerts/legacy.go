package alerts

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/generators/dashboards"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// legacyFile spells the dashboard whose graph panels carry the alerts of one model. It returns no file if
// the plan has no such dashboard.
func legacyFile(p *plan.Plan) ([]generators.File, error) {
	if p.Legacy == nil {
		return nil, nil
	}
	data, err := dashboards.MarshalWithAlerts(p.Legacy, p.Workspace, func(panel *plan.Panel) (any, error) {
		return newBlock(p, panel)
	})
	if err != nil {
		return nil, fmt.Errorf("legacy alerts of model %q: %w", p.Model, err)
	}
	if err := generators.CheckSize("the dashboard of the legacy alerts", data); err != nil {
		return nil, err
	}
	return []generators.File{{Path: legacyFolder + "/" + p.Model + ".json", Data: data}}, nil
}

// block is what Grafana up to 10 expects under `alert` in a panel (pkg/services/alerting, extractor.go and
// conditions/query.go of 7.1). Fields in alphabetical order, as Grafana exports them.
type block struct {
	AlertRuleTags       map[string]string `json:"alertRuleTags"`
	Conditions          []condition       `json:"conditions"`
	ExecutionErrorState string            `json:"executionErrorState"`
	For                 string            `json:"for"`
	Frequency           string            `json:"frequency"`
	Handler             int               `json:"handler"`
	Message             string            `json:"message"`
	Name                string            `json:"name"`
	NoDataState         string            `json:"noDataState"`
	Notifications       []notification    `json:"notifications"`
}

type condition struct {
	Evaluator evaluator `json:"evaluator"`
	Operator  typed     `json:"operator"`
	Query     query     `json:"query"`
	Reducer   reducer   `json:"reducer"`
	Type      string    `json:"type"`
}

type evaluator struct {
	Params []json.Number `json:"params"`
	Type   string        `json:"type"`
}

type reducer struct {
	Params []string `json:"params"`
	Type   string   `json:"type"`
}

// query names a query of the panel and the window it is asked for: refId, from, to.
type query struct {
	Params [3]string `json:"params"`
}

type typed struct {
	Type string `json:"type"`
}

type notification struct {
	UID string `json:"uid"`
}

// evaluators spells the comparisons; all are strict in Grafana, too. The number is how many limits they have.
var evaluators = map[plan.Op]struct {
	name   string
	limits int
}{
	plan.Above:   {"gt", 1},
	plan.Below:   {"lt", 1},
	plan.Outside: {"outside_range", 2},
	plan.Within:  {"within_range", 2},
	plan.Absent:  {"no_value", 0},
}

// reducers are those of Grafana's legacy alerting, sorted. An unknown one is accepted and always gives 0.
var reducers = []string{"avg", "count", "count_non_null", "diff", "diff_abs", "last", "max", "median", "min", "percent_diff", "percent_diff_abs", "sum"}

// shortWindow is how the value of now is spelled: legacy alerts read windows only. Whatever the step, the
// window has a point at its beginning, so that the last point is at most this old.
const shortWindow = time.Minute

// newBlock spells the alert of a panel.
//
// Its name is `<model>: <alert>` with the model's slug, and the member's value in parentheses: it is the
// title of each notification, so it says whose alert it is, and slugs are unique in a workspace while titles
// need not be.
func newBlock(p *plan.Plan, panel *plan.Panel) (*block, error) {
	a := panel.Alert
	drawn := slices.IndexFunc(panel.Queries, func(q plan.Query) bool { return q.Expr == a.Query })
	if drawn < 0 {
		return nil, fmt.Errorf("panel %q carries alert %q but does not draw its query", panel.Title, a.Name)
	}
	ev, ok := evaluators[a.Op]
	if !ok || len(a.Limits) != ev.limits {
		return nil, fmt.Errorf("alert %q compares `%s` with %d limits", a.Name, a.Op, len(a.Limits))
	}
	reduce := a.Reduce
	if a.Op == plan.Absent {
		reduce = "last" // whatever is left of the window; `count` would never be without a value
	}
	if !slices.Contains(reducers, reduce) {
		return nil, fmt.Errorf("alert %q has the reducer `%s`", a.Name, a.Reduce)
	}
	over := a.Over
	if over == 0 && reduce == "last" {
		over = shortWindow
	}
	if over <= 0 || p.Workspace.EvaluationInterval <= 0 {
		return nil, fmt.Errorf("alert %q reads the %s of %s every %s", a.Name, reduce, over, p.Workspace.EvaluationInterval)
	}
	c := condition{
		Evaluator: evaluator{Params: []json.Number{}, Type: ev.name},
		Operator:  typed{"and"},
		Query:     query{[3]string{panel.Queries[drawn].RefID, goDuration(over), "now"}},
		Reducer:   reducer{Params: []string{}, Type: reduce},
		Type:      "query",
	}
	for _, limit := range a.Limits {
		c.Evaluator.Params = append(c.Evaluator.Params, json.Number(limit.String()))
	}
	b := &block{
		AlertRuleTags:       make(map[string]string, len(a.Labels)),
		Conditions:          []condition{c},
		ExecutionErrorState: errorState(a),
		For:                 goDuration(a.For),
		Frequency:           singleUnit(p.Workspace.EvaluationInterval),
		Handler:             1,
		Message:             message(a, p.Workspace.Grafana.Version),
		Name:                withoutHoles(alertTitle(p.Model, a), p.Workspace.Grafana.Version),
		NoDataState:         noDataState(a),
		Notifications:       []notification{},
	}
	for _, l := range a.Labels {
		if l.Value != "" { // Prometheus takes an empty label for none
			b.AlertRuleTags[l.Name] = l.Value
		}
	}
	for _, uid := range a.Notify {
		b.Notifications = append(b.Notifications, notification{uid})
	}
	return b, nil
}

// noDataState is the state when the query returns nothing. An alert on absence fires by its evaluator
// already; the state says the same for a window without a single sample.
func noDataState(a *plan.Alert) string {
	switch {
	case a.Op == plan.Absent:
		return "alerting"
	case a.SilentWithoutData:
		return "ok"
	}
	return "no_data"
}

// errorState is the state when the query fails, in practice: when Prometheus cannot be reached. Alerts
// keep theirs, as they do in Prometheus when an evaluation fails; else one restart of Prometheus would
// notify for every alert of every model, each with a message that is not true. Only alerts on absence
// fire: nobody sees the model then, and that is what they say.
func errorState(a *plan.Alert) string {
	if a.Op == plan.Absent {
		return "alerting"
	}
	return "keep_state"
}
