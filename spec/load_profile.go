package spec

import (
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// profile is the whole of a profile or role.
func (l *loader) profile(p *Profile) fields {
	var name, title, doc diag.Located[string]
	var types, replicas, share []diag.Located[string]
	kind := "profile"
	if l.format == roleFile {
		kind = "role"
	}
	return fields{
		{"version", required, l.version(), "the version of the language: `mlobs/v1`"},
		{kind, required, also(l.line(&name), func() { p.Name = name.Value }), "its name"},
		{"title", required, also(l.line(&title), func() { p.Title = title.Value }), "one line for lists"},
		{"description", 0, also(l.prose(&doc), func() { p.Doc = doc.Value }), "what it is"},
		{"types", onlyRoles, also(each(l, &types, func(t *diag.Located[string]) value { return l.oneOfBut(t, laterTypes, metricTypes...) }), func() {
			for _, t := range types {
				p.Types = append(p.Types, metric.Type(t.Value))
			}
		}), "the types of metrics that the role takes, the best first"},
		{"replicas", 0, also(each(l, &replicas, l.labelName), func() { p.Replicas = plain(replicas) }), "labels that tell copies apart on this stack, worker processes included"},
		{"target_labels", 0, each(l, &p.TargetLabels, l.labelName), "the labels that targets of the stack have, and no others"},
		{"share", 0, also(each(l, &share, l.labelName), func() { p.Share = plain(share) }), "labels whose variables hold for this source, too"},
		{"metrics", 0, l.metrics(&p.Metrics), "what the stack exposes, under the names that Prometheus stores"},
		{"dashboard", 0, l.section("`dashboard`", func() fields { return l.dashboard(&Model{}, p) }), "numbers on top, rows of panels, columns of tables"},
		{"alerts", 0, l.alerts(&p.Alerts), "alerts that it brings"},
	}
}

func plain(list []diag.Located[string]) (texts []string) {
	for _, t := range list {
		texts = append(texts, t.Value)
	}
	return texts
}

// finishProfile completes placeholders that stand for others, and checks names.
func (l *loader) finishProfile(p *Profile) {
	p.File = l.file
	p.Role = l.format == roleFile
	for _, m := range p.Metrics {
		if m.Select == "" {
			continue
		}
		i := slices.IndexFunc(p.Metrics, func(o *metric.Metric) bool { return o.Name == m.Of && o.Select == "" })
		if i < 0 {
			l.errorf(m.Span, "`of` of %s names no metric", code(m.Name))
			continue
		}
		m.Type, m.Unit, m.Labels = p.Metrics[i].Type, p.Metrics[i].Unit, p.Metrics[i].Labels
	}
	var names []string
	for _, a := range p.Alerts {
		names = append(names, a.Name.Value)
	}
	limits := func(at diag.Located[string]) {
		if at.Given() && !slices.Contains(names, at.Value) {
			l.errorf(at.Span, "there is no alert %s", code(at.Value)).WithHelp("%s", didYouMean(at.Value, names, ""))
		}
	}
	for _, t := range p.Tiles {
		limits(t.Limits)
	}
	for _, c := range p.Columns {
		limits(c.Limits)
	}
	for _, r := range p.Rows {
		for _, panel := range r.Panels {
			limits(panel.Limits)
		}
	}
}

func (l *loader) tiles(into *[]*Tile) value {
	return sections(l, "a tile", into, func(t *Tile) fields {
		t.Decimals = -1
		return fields{
			{"title", required, l.line(&t.Title), "what it is, in a word or two"},
			{"description", 0, l.prose(&t.Description), "what it shows"},
			{"query", required, l.query(&t.Query), "PromQL"},
			{"unit", 0, l.unit(&t.Unit), "the unit of the result, where it does not follow from its metrics"},
			{"limits", 0, l.alertName(&t.Limits), "the alert whose limits colour it"},
			{"decimals", 0, l.integer(&t.Decimals, 0, 9), "digits after the point"},
			{"order", 0, l.integer(&t.Order, 0, 10_000), "tiles ascend by it"},
			{"rank", 0, l.integer(&t.Rank, 0, 10_000), "who stays if there are too many: the lowest"},
			{"unless", 0, l.roleName(&t.Unless), "a role: the tile is left out if the model has a metric of it"},
		}
	}, func(t *Tile, n *node, _ given) { t.Span = l.span(n) })
}

func (l *loader) columns(into *[]*Column) value {
	return sections(l, "a column", into, func(c *Column) fields {
		c.Decimals = -1
		return fields{
			{"table", required, l.oneOf(&c.Table, "replicas", "classes"), "the table: a line for each copy, or for each class"},
			{"title", required, l.line(&c.Title), "the head of the column"},
			{"query", required, l.query(&c.Query), "PromQL"},
			{"unit", 0, l.unit(&c.Unit), "the unit of the result, where it does not follow from its metrics"},
			{"limits", 0, l.alertName(&c.Limits), "the alert whose limits colour it"},
			{"decimals", 0, l.integer(&c.Decimals, 0, 9), "digits after the point"},
			{"width", 0, l.integer(&c.Width, 20, 1000), "in pixels; left out: what is left"},
			{"gauge", 0, l.boolean(&c.Gauge), "a bar from 0 to `max`"},
			{"max", 0, l.quantityPointer(&c.Max), "where the bar ends"},
			{"order", 0, l.integer(&c.Order, 0, 10_000), "columns ascend by it"},
			{"sort", 0, l.boolean(&c.Sort), "sorts the table, the largest first"},
			{"change", 0, l.quantityPointer(&c.ChangeLimit), "coloured beyond plus or minus this"},
			{"label", 0, l.labelName(&c.Label), "the label that is shown instead of the value"},
			{"values", 0, l.valueTexts(&c.Values), "texts for numbers"},
			{"unless", 0, l.roleName(&c.Unless), "a role: the column is left out if the model has a metric of it"},
		}
	}, func(c *Column, n *node, _ given) { c.Span = l.span(n) })
}

// valueTexts is a map of number and text.
func (l *loader) valueTexts(into *map[string]string) value {
	return value{shape: aMap, of: &value{shape: aText}, read: func(k, n *node) {
		texts := map[string]string{}
		for _, e := range l.entries(k, n) {
			var text diag.Located[string]
			if l.line(&text).read(e.key, e.value); !text.Given() {
				continue
			}
			if !isNumber(e.key.value) {
				l.errorf(l.span(e.key), "%s is not a number", code(e.key.value))
				continue
			}
			texts[strings.TrimSpace(e.key.value)] = text.Value
		}
		*into = texts
	}}
}

// laterRoles are the roles of the language that are not built yet.
var laterRoles = []string{"requests", "errors", "in_flight", "output", "feature", "outcome", "label_delay", "drift_score", "drift_events", "model_info", "gpu", "cpu", "memory", "network", "disk"}

// roleName is the name of a role, built or not.
func (l *loader) roleName(into *diag.Located[string]) value {
	return l.word(into, func() []string { return append(roleNames(), laterRoles...) }, nil)
}
