package planner

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// tag marks the dashboards of models; they link to one another by it.
const tag = "ml-serving"

// planDashboard decides the dashboard for readers: strip, storeys, the author's rows.
func (b *builder) planDashboard() *plan.Dashboard {
	m := b.model
	d := &plan.Dashboard{
		UID: uid(m.Name.Value), Title: m.Title.Value, Description: m.Description.Value,
		Tags: []string{tag}, From: b.timeRange(), Refresh: "1m",
	}
	if b.pws.Grafana.FoldersByOwner {
		d.Folder = m.Owner.Value
	}
	sections := []section{{panels: b.tilePanels(), fill: true}, {panels: b.signalPanels()}, {panels: b.membersPanel()}}
	for _, storey := range storeys {
		sections = append(sections, b.storeySections(storey.name, storey.title)...)
	}
	d.Panels = layout(sections)
	if b.rep.Errors() == b.failed { // else equal keys were reported, and would be again
		b.checkIDs(d.Panels)
	}
	d.Variables = b.planVariables(d.Panels)
	d.Links = b.links()
	if b.pws.PrometheusAlerts { // else there are no such series
		d.Annotations = []plan.Annotation{{
			Name: "Alerts", Expr: "max by (alertname, severity) (" + b.chosen("ALERTS", `alertstate="firing"`) + ")",
			Title: "{{alertname}}", Text: "{{severity}}", TagKeys: "alertname,severity",
			Color: "rgba(224,47,68,0.5)", Step: "60s",
		}}
	}
	d.Annotations = append(d.Annotations, b.marks()...)
	b.linkAlerts(d)
	return d
}

// byModel matches what belongs to the model.
func (b *builder) byModel() string {
	return promql.MatcherText(metric.Matcher{Label: labelModel, Op: metric.Equal, Value: b.model.Name.Value})
}

// storeySections are a storey's row with what profiles and roles bring, then the author's rows that
// join it. A storey without panels is left out.
func (b *builder) storeySections(name, title string) (list []section) {
	s := section{row: &plan.Panel{Kind: plan.Row, Key: "storey/" + name, ID: plan.PanelID("storey/" + name), Title: title}, fill: true}
	for _, item := range b.panels {
		if item.row == nil && item.storey == name {
			s.panels = append(s.panels, b.planPanel(item))
			var thing *derive.Thing
			if item.bd != nil {
				thing = item.bd.thing
			}
			s.things = append(s.things, thing)
		}
	}
	if name == storeyModel {
		s.panels = append(s.panels, b.table(tableClasses)...)
	}
	if name == storeyInfrastructure {
		s.panels = append(s.panels, b.samplesPanel()...)
		s.panels = append(s.panels, b.table(tableReplicas)...)
	}
	if len(s.panels) > 0 {
		list = append(list, s)
	}
	for _, row := range b.model.Rows {
		if cmp.Or(row.Storey.Value, storeyModel) != name {
			continue
		}
		key := "row/" + slug(row.Title.Value)
		s := section{row: &plan.Panel{Kind: plan.Row, Key: key, ID: plan.PanelID(key), Title: row.Title.Value}}
		if row.Text.Given() {
			key := "text/" + slug(row.Title.Value)
			s.panels = append(s.panels, &plan.Panel{Kind: plan.TextKind, Key: key, ID: plan.PanelID(key), Text: row.Text.Value, Grid: plan.Grid{W: columns, H: 3}})
		}
		drawn := 0
		for _, p := range row.Panels {
			i := slices.IndexFunc(b.panels, func(item *panelItem) bool { return item.row == row && item.Title.Value == p.Title.Value })
			if i >= 0 {
				s.panels = append(s.panels, b.planPanel(b.panels[i]))
				drawn++
			}
		}
		if drawn > 0 { // a row that only leaves panels out is none
			list = append(list, s)
		}
	}
	return list
}

// checkIDs reports two panels whose keys give the same id. With 2³¹ ids that is next to impossible,
// and silence would join their alerts and links.
func (b *builder) checkIDs(panels []*plan.Panel) {
	seen := map[int32]*plan.Panel{}
	for _, p := range panels {
		if other, ok := seen[p.ID]; ok {
			span := b.model.Name.Span
			for _, row := range b.model.Rows {
				for _, written := range row.Panels {
					if panelKey(written) == p.Key {
						span = keySpan(written)
					}
				}
				if p.Key == "row/"+slug(row.Title.Value) {
					span = row.Title.Span
				}
			}
			b.rep.Errorf(span, "`%s` and `%s` have the same panel id", other.Key, p.Key).WithHelp("give one of them another title, or an `id:`")
		}
		seen[p.ID] = p
	}
}

// marks are lines that roles and profiles draw into all graphs.
func (b *builder) marks() (list []plan.Annotation) {
	for _, bd := range b.bindings {
		for _, m := range bd.Marks {
			if !b.applies(bd, m.When) {
				continue
			}
			q := b.bind(bd, m.Query)
			if q == nil {
				continue
			}
			b.read(q)
			list = append(list, plan.Annotation{
				Name: m.Name.Value, Expr: b.complete(q, inStrip, 0).String(),
				Title: promql.RenameLegend(m.Title.Value, bd.renaming.Labels), Color: colorMark, Step: "60s",
			})
		}
	}
	return list
}

func (b *builder) variableSpan(label string) diag.Span {
	for _, v := range b.model.Variables {
		if v.Value == label {
			return v.Span
		}
	}
	for _, r := range b.model.Replicas {
		if r.Name == label {
			return r.Span
		}
	}
	for _, item := range b.panels {
		if item.Repeat.Value == label {
			return item.Repeat.Span
		}
	}
	return b.model.Name.Span
}

func (b *builder) allLabels() (names []string) {
	names = slices.Clone(b.model.Sources[0].TargetLabels)
	for _, m := range b.model.Metrics {
		for _, l := range m.Labels {
			names = append(names, l.Name)
		}
	}
	return names
}

// links lead to the other models and to what the spec names.
func (b *builder) links() []plan.Link {
	list := []plan.Link{{Title: "Other models", Tag: tag}}
	for _, l := range b.model.Links {
		list = append(list, plan.Link{Title: l.Title.Value, URL: l.URL.Value})
	}
	return list
}

// linkAlerts finds the panel that shows each alert best: the one that it names, else the first panel or
// tile that draws its limits, else the signals if it is one of them.
func (b *builder) linkAlerts(d *plan.Dashboard) {
	shown := map[int32]bool{}
	for _, p := range d.Panels {
		shown[p.ID] = true
	}
	for _, item := range b.merged {
		if len(item.planned) == 0 {
			continue // reported
		}
		a := item.planned[0]
		var keys []string
		switch {
		case item.panel != nil:
			keys = []string{item.panel.key}
		case item.Signal.Given():
			keys = []string{keySignals}
		}
		for _, t := range b.tiles {
			if t.Limits.Value == a.Name && !item.changed {
				keys = append([]string{t.key}, keys...)
			}
		}
		for _, p := range slices.Backward(b.panels) {
			if item.hasLimits(p.Limits.Value, p.bd) && !item.changed && item.panel == nil {
				keys = append([]string{p.key}, keys...)
			}
		}
		i := slices.IndexFunc(keys, func(key string) bool { return shown[plan.PanelID(key)] })
		for _, a := range item.planned {
			var params []string
			if i >= 0 { // else the dashboard as a whole is all that there is to see
				a.PanelID = plan.PanelID(keys[i])
				params = append(params, "viewPanel="+strconv.Itoa(int(a.PanelID)))
			}
			if a.Member != "" {
				params = append(params, "var-"+url.QueryEscape(b.model.Members.Name)+"="+url.QueryEscape(a.Member))
			}
			if b.pws.Grafana.URL == "" {
				continue
			}
			a.PanelURL = b.pws.Grafana.URL + "/d/" + url.PathEscape(d.UID)
			if len(params) > 0 {
				a.PanelURL += "?" + strings.Join(params, "&")
			}
		}
	}
}

// sentence is a label's name as a person would write it: `model_name` is Model name.
func sentence(label string) string {
	s := strings.ReplaceAll(strings.Trim(label, "_"), "_", " ")
	if s == "" {
		return label
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
