package planner

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

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
	d.Annotations = []plan.Annotation{{
		Name: "Alerts", Expr: "max by (alertname, severity) (" + b.chosen("ALERTS", `alertstate="firing"`) + ")",
		Title: "{{alertname}}", Text: "{{severity}}", TagKeys: "alertname,severity",
		Color: "rgba(224,47,68,0.5)", Step: "60s",
	}}
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

// planVariables are the data source, the labels that readers choose, chained, and the past.
func (b *builder) planVariables(panels []*plan.Panel) []plan.Variable {
	list := []plan.Variable{{Kind: plan.DatasourceVariable, Name: "datasource", Label: "Data source", Query: "prometheus"}}
	var chain []promql.Variable
	if v, ok := b.memberVariable(); ok {
		choice := plan.Variable{Kind: plan.CustomVariable, Name: v.Name, Label: sentence(v.Label)}
		for _, value := range b.model.Members.Values.Exactly {
			choice.Options = append(choice.Options, plan.Option{Text: value, Value: value})
		}
		list, chain = append(list, choice), append(chain, v)
		b.checkMembers()
	}
	for _, label := range b.variableLabels() {
		if b.isMember(label) {
			b.rep.Errorf(b.variableSpan(label), "readers choose one `%s` already: it tells the members apart", label).
				WithHelp("leave it out here").See(b.model.Members.Span, "the members")
			continue
		}
		series, source := b.seriesWith(label)
		if series == "" {
			b.rep.Errorf(b.variableSpan(label), "no metric of the model has the label `%s`", label).
				WithHelp("%s", diag.DidYouMean(label, b.allLabels(), "declare the label under the `labels` of a metric"))
			continue
		}
		q := b.parse(diag.NewText(series, diag.Span{}), source)
		if q == nil {
			continue
		}
		if slices.Contains([]string{"datasource", "baseline", "window"}, label) || strings.HasPrefix(label, "__") {
			b.rep.Errorf(b.variableSpan(label), "a variable cannot be called `%s`: that name has a meaning of its own", label).
				WithHelp("give the label another name with `relabel_configs`, or leave the variable out")
			continue
		}
		text, err := q.Complete(promql.Context{
			Matchers: func(s promql.Selector) []metric.Matcher { return b.matchers(q, s) },
			Variables: func(s promql.Selector) []promql.Variable {
				return slices.DeleteFunc(slices.Clone(chain), func(v promql.Variable) bool { return !b.hasLabel(q, s.Name, v.Label) })
			},
		})
		if err != nil {
			b.rep.Errorf(b.variableSpan(label), "the values of `%s` cannot be asked for: %s", label, err)
		}
		list = append(list, plan.Variable{
			Kind: plan.QueryVariable, Name: label, Label: sentence(label),
			Query: "label_values(" + text + ", " + label + ")", Multi: true, AllValue: ".*",
		})
		chain = append(chain, promql.Variable{Label: label, Name: label})
	}
	list = b.dropUnused(list, panels)
	if b.usesBaseline {
		list = append(list, plan.Variable{Kind: plan.CustomVariable, Name: "baseline", Label: "Compare with", Options: b.baselines(), Spoken: "$baseline ago"})
	}
	return list
}

// dropUnused leaves out variables that filter nothing: no panel, and no variable behind them. One that the
// author asked for by name is an error.
func (b *builder) dropUnused(list []plan.Variable, panels []*plan.Panel) []plan.Variable {
	var texts []string
	for _, p := range panels {
		for _, q := range p.Queries {
			texts = append(texts, q.Expr)
		}
	}
	var used []plan.Variable
	for _, v := range slices.Backward(list) {
		reads := func(text string) bool { return strings.Contains(text, `"$`+v.Name+`"`) }
		switch {
		case v.Kind != plan.QueryVariable, slices.ContainsFunc(texts, reads):
			used, texts = append(used, v), append(texts, v.Query)
		case b.rep.Errors() == b.failed && slices.ContainsFunc(b.model.Variables, func(w diag.Located[string]) bool { return w.Value == v.Name }):
			b.rep.Errorf(b.variableSpan(v.Name), "the variable `%s` filters nothing: no panel reads a metric with that label, unless its query chooses values itself", v.Name).
				WithHelp("remove it, or add a panel that it can filter")
		}
	}
	slices.Reverse(used)
	return used
}

// seriesWith is the series that the values of a variable are asked of: the first metric of the model
// server that has the label, of own metrics before those of profiles.
func (b *builder) seriesWith(label string) (name string, source int) {
	q := &query{source: 0}
	for _, m := range b.model.Metrics {
		if m.Source != 0 || m.Query != nil || m.Optional || strings.HasSuffix(m.Name, "*") {
			continue
		}
		part := m.Parts()[len(m.Parts())-1]
		if name := m.Name + part.Suffix(); b.hasLabel(q, name, label) {
			return name, 0
		}
	}
	if b.hasLabel(q, "up", label) && !b.scheduled() {
		return "up", 0
	}
	return "", 0
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
// tile that draws its limits, else the signals.
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
		keys := []string{keySignals}
		if item.panel != nil {
			keys = []string{item.panel.key}
		}
		for _, t := range b.tiles {
			if t.Limits.Value == a.Name && !item.changed {
				keys = append([]string{t.key}, keys...)
			}
		}
		for _, p := range slices.Backward(b.panels) {
			if p.Limits.Value == a.Name && !item.changed && item.panel == nil {
				keys = append([]string{p.key}, keys...)
			}
		}
		i := slices.IndexFunc(keys, func(key string) bool { return shown[plan.PanelID(key)] })
		for _, a := range item.planned {
			a.PanelID = plan.PanelID(keys[max(i, 0)])
			if b.pws.Grafana.URL == "" {
				continue
			}
			a.PanelURL = b.pws.Grafana.URL + "/d/" + url.PathEscape(d.UID) + "?viewPanel=" + strconv.Itoa(int(a.PanelID))
			if a.Member != "" {
				a.PanelURL += "&var-" + url.QueryEscape(b.model.Members.Name) + "=" + url.QueryEscape(a.Member)
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
