package slo

import (
	"slices"
	"strings"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// panels are the budget, how fast it is spent, what is bad, and how long the rest lasts.
func (o *objective) panels() []*spec.Panel {
	promise := o.promise()
	return []*spec.Panel{
		o.panel(panel{
			title: o.title + ": budget left", width: 6, unit: metric.Ratio(),
			text:    promise + " What is left of the budget of bad events, over " + words(o.period) + ". Below zero the objective is missed.",
			queries: []spec.PanelQuery{o.query("budget left", o.series(o.budgetName()))},
		}),
		o.panel(panel{
			title: o.title + ": burn rate", width: 6, limits: o.signal(),
			text:    "How many times faster than the objective allows for the budget is spent: in each window, or in its short one if that is better, as the alerts see it. At 1 the budget is just used up at the end of the period. Empty where there are too few events to judge.",
			queries: o.burnQueries(),
		}),
		o.panel(panel{
			title: o.title + ": bad share", width: 6, unit: metric.Ratio(),
			text:    "Share of " + o.bad + ". The objective allows for " + percent(o.budget) + ".",
			queries: []spec.PanelQuery{o.query(line(o.middle()), o.series(ratioName(o.middle()))), {Legend: derive.Made("allowed"), Text: derive.Query(o.allowed())}},
		}),
		o.panel(panel{
			title: o.title + ": budget lasts", width: 6, unit: metric.Seconds(), typ: "stat",
			values:  []spec.ValueText{{Value: derive.Made(seconds(o.period).String()), Text: derive.Made(words(o.period))}}, // Grafana would say 4.29 weeks
			text:    "How long the rest of the budget lasts at the pace of the last " + words(o.middle()) + ". It ends at " + words(o.period) + ": what lasts so long lasts.",
			queries: []spec.PanelQuery{o.query("budget lasts", o.lasts(o.middle()))},
		}),
	}
}

// promise is the objective in a sentence.
func (o *objective) promise() string {
	text := o.spec.Description.Value
	if text != "" && !strings.HasSuffix(text, ".") {
		text += "."
	}
	return strings.TrimSpace(text + " Objective: in " + percent(o.spec.Objective.Value.Shift(-2)) + " of all cases " + o.good + ".")
}

// allowed is the budget as a line, where there is something to compare with it.
func (o *objective) allowed() string {
	return "0 * sum(" + o.series(ratioName(o.middle())) + ") + " + o.budget.String()
}

// middle is the window that is shown where one must do: an hour, unless no alert has it.
func (o *objective) middle() time.Duration {
	for _, b := range o.burns {
		if b.long >= time.Hour {
			return b.long
		}
	}
	return o.burns[0].long
}

// burnQueries are the burn rates of the alerts' long windows, each with its limit: that of another window is none.
func (o *objective) burnQueries() (list []spec.PanelQuery) {
	for _, b := range o.burns {
		list = append(list, o.query(line(b.long)+" (limit "+b.factor.String()+")", o.series(burnName(b))))
	}
	return list
}

// line is a window as the legend of its line: `1 hour`, where a sentence says `the last hour`.
func line(window time.Duration) string {
	text := words(window)
	if !strings.Contains(text, " ") {
		text = "1 " + text
	}
	return text
}

// query is one query of a panel; of several results each is named by its labels.
func (o *objective) query(legend, text string) spec.PanelQuery {
	for i := len(o.by) - 1; i >= 0; i-- {
		legend = "{{" + o.by[i] + "}} " + legend
	}
	return spec.PanelQuery{Legend: derive.Made(legend), Text: derive.Query(text)}
}

// panel is what differs from panel to panel.
type panel struct {
	title, text, typ, limits string
	width                    int
	unit                     metric.Unit
	queries                  []spec.PanelQuery
	values                   []spec.ValueText
}

func (o *objective) panel(p panel) *spec.Panel {
	made := &spec.Panel{
		Values: p.values, Title: derive.Made(p.title), Description: derive.Made(p.text), Queries: p.queries,
		Width: p.width, Height: 8, Order: panelOrder, Span: o.spec.Name.Span,
	}
	if p.typ != "" {
		made.Type = derive.Made(p.typ)
	}
	if p.limits != "" {
		made.Limits = derive.Made(p.limits)
	}
	if !p.unit.IsZero() {
		made.Unit = derive.Made(p.unit)
	}
	return made
}

// panelOrder puts objectives behind what roles show of the same storey.
const panelOrder = 90

// Tile is the budget of the objective that has the least left.
func Tile(objectives []*plan.SLO) *derive.Thing {
	var budgets []string
	for _, s := range objectives {
		if name := budgetName(s.Period); !slices.Contains(budgets, name) {
			budgets = append(budgets, name)
		}
	}
	if len(budgets) == 0 {
		return nil
	}
	slices.Sort(budgets)
	return &derive.Thing{Key: "slo", Tiles: []*spec.Tile{{
		Title: derive.Made("Budget left"), Query: derive.Query("min(" + strings.Join(budgets, " or ") + ")"), Unit: derive.Made(metric.Ratio()), Decimals: 0,
		Description: derive.Made("What is left of the error budget; of several objectives the least. Below zero an objective is missed."),
		Order:       60, Rank: 35,
	}}}
}
