package spec

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// profile is the whole of a profile or role.
func (l *loader) profile(p *Profile, name *diag.Located[string]) fields {
	var title, doc diag.Located[string]
	var types, replicas, optional, share, across []diag.Located[string]
	var entries []*metricEntry
	kind := "profile"
	if l.format == roleFile {
		kind = "role"
	}
	return fields{
		{"version", required, l.version(), "the version of the language: `mlobs/v1`"},
		{kind, required, also(l.line(name), func() { p.Name = name.Value }).like("our-server"), "its name"},
		{"title", 0, also(l.line(&title), func() { p.Title = title.Value }).like("Our model server"), "one line for lists"},
		{"description", 0, also(l.prose(&doc), func() { p.Doc = doc.Value }).like("What every model server of ours exposes."), "what it is"},
		{"types", onlyRoles, also(each(l, &types, func(t *diag.Located[string]) value { return l.oneOf(t, metricTypes...) }), func() {
			for _, t := range types {
				p.Types = append(p.Types, metric.Type(t.Value))
			}
		}), "the types of metrics that the role takes, the best first"},
		{"across", onlyRoles, also(each(l, &across, l.labelName), func() { p.Across = plain(across) }).like("[label, class]"), "the labels that the placeholder `across` stands for: the first that the metric has"},
		{"many", onlyRoles, l.boolean(&p.Many).like("true").otherwise("`false`"), "several metrics of a model may have the role: its panels have a query for each"},
		{"replicas", 0, also(each(l, &replicas, l.labelName), func() { p.Replicas = plain(replicas) }).like("[pod, pid]"), "labels that tell copies apart on this stack, worker processes included"},
		{"target_labels", 0, each(l, &p.TargetLabels, l.labelName).like("[job, instance]").otherwise("the workspace's"), "the labels that targets of the stack have, and no others"},
		{"optional_labels", 0, also(each(l, &optional, l.labelName), func() { p.OptionalLabels = plain(optional) }).like("[mig_profile]"), "labels that its series may lack, by version or settings: metrics' own ones, or others that may stand on any"},
		{"share", 0, also(each(l, &share, l.labelName), func() { p.Share = plain(share) }).like("[pod]"), "labels whose variables hold for this source, too"},
		{"metrics", 0, also(l.metrics(&entries), func() { p.Metrics = l.declared(entries) }), "what the stack exposes, under the names that Prometheus stores"},
		{"dashboard", 0, l.section("`dashboard`", func() fields { return l.dashboard(&Model{}, p) }).like("{rows: [{panels: [{title: Requests, query: up}]}]}"), "numbers on top, rows of panels, columns of tables"},
		{"alerts", 0, l.alerts(&p.Alerts), "alerts that it brings"},
	}.with(l.readyMade(p)...)
}

// readyMade are what a profile has ready for specs that name it; roles have none.
func (l *loader) readyMade(p *Profile) fields {
	if l.format == roleFile {
		return nil
	}
	return fields{
		{"slos", 0, l.slos(func(s *SLO, _ given) { p.SLOs = append(p.SLOs, s) }), "service level objectives that it has ready: off until a spec names them"},
		{"checks", 0, l.checks(func(e *checkEntry) { p.Checks = append(p.Checks, &e.Check) }), "checks that it has ready: off until a spec names them"},
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
	targets := plain(p.TargetLabels)
	if targets == nil {
		targets = plain(l.ws.TargetLabels)
	}
	targets = append(targets, p.OptionalLabels...)
	for _, m := range p.Metrics {
		if m.Query == nil && m.Select == "" && !p.Role {
			l.checkMatchersOf(judged{m, m.Span}, targets)
		}
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
	for _, m := range p.Metrics {
		for i := range m.Labels {
			m.Labels[i].Optional = slices.Contains(p.OptionalLabels, m.Labels[i].Name)
		}
	}
	l.checkSuccessors(p)
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

// checkSuccessors: what newer versions of the stack have instead of a metric is declared, too.
func (l *loader) checkSuccessors(p *Profile) {
	for _, m := range p.Metrics {
		if m.RenamedTo == "" {
			continue
		}
		names := make([]string, 0, len(p.Metrics))
		for _, o := range p.Metrics {
			if o != m {
				names = append(names, o.Name)
			}
		}
		if !slices.Contains(names, m.RenamedTo) {
			l.errorf(m.Span, "`renamed_to` of %s names no other metric of the profile: %s", code(m.Name), code(m.RenamedTo)).WithHelp("%s", didYouMean(m.RenamedTo, names, "declare the new one, too"))
		}
	}
}

func (l *loader) tiles(into *[]*Tile) value {
	return sections(l, "a tile", into, func(t *Tile) fields {
		t.Decimals = -1
		return fields{
			{"title", required, l.line(&t.Title).like("Requests"), "what it is, in a word or two"},
			{"description", 0, l.prose(&t.Description).like("Requests in a second."), "what it shows"},
			{"query", required, l.query(&t.Query).like("sum(rate(http_requests_total[$window]))"), "PromQL"},
			{"unit", 0, l.unit(&t.Unit).like("requests/s").otherwise("that of the metrics"), "the unit of the result, where it does not follow from its metrics"},
			{"limits", 0, l.alertName(&t.Limits).like("SlowAnswers"), "the alert whose limits colour it"},
			{"decimals", 0, l.integer(&t.Decimals, 0, 9).like("1").otherwise("Grafana's"), "digits after the point"},
			{"order", 0, l.integer(&t.Order, 0, 10_000).like("10"), "tiles ascend by it"},
			{"rank", 0, l.integer(&t.Rank, 0, 10_000).like("10"), "who stays if there are too many: the lowest"},
		}.with(l.when(&t.When)...)
	}, func(t *Tile, n *node, _ given) { t.Span = l.span(n) })
}

func (l *loader) columns(into *[]*Column) value {
	return sections(l, "a column", into, func(c *Column) fields {
		c.Decimals = -1
		return fields{
			{"table", required, l.oneOf(&c.Table, "replicas", "classes").like("replicas"), "the table: a line for each copy, or for each class"},
			{"title", required, l.line(&c.Title).like("Requests"), "the head of the column"},
			{"query", required, l.query(&c.Query).like("sum by (copy) (rate(http_requests_total[$window]))"), "PromQL"},
			{"unit", 0, l.unit(&c.Unit).like("requests/s").otherwise("that of the metrics"), "the unit of the result, where it does not follow from its metrics"},
			{"limits", 0, l.alertName(&c.Limits).like("SlowAnswers"), "the alert whose limits colour it"},
			{"decimals", 0, l.integer(&c.Decimals, 0, 9).like("1").otherwise("Grafana's"), "digits after the point"},
			{"width", 0, l.integer(&c.Width, 20, 1000).like("80").otherwise("what is left"), "its width in pixels"},
			{"gauge", 0, l.boolean(&c.Gauge).like("true").otherwise("`false`"), "a bar from 0 to `max`"},
			{"max", 0, l.quantityPointer(&c.Max).like("1"), "where the bar ends"},
			{"order", 0, l.integer(&c.Order, 0, 10_000).like("10"), "columns ascend by it"},
			{"sort", 0, l.boolean(&c.Sort).like("true").otherwise("`false`"), "sorts the table, the largest first"},
			{"change", 0, l.quantityPointer(&c.ChangeLimit).like("10%"), "coloured beyond plus or minus this"},
			{"label", 0, l.labelName(&c.Label).like("version"), "the label that is shown instead of the value"},
			{"values", 0, l.valueTexts(&c.Values).like("{0: down, 1: up}"), "texts for numbers"},
		}.with(l.when(&c.When)...)
	}, func(c *Column, n *node, _ given) { c.Span = l.span(n) })
}

// marks are lines in all graphs.
func (l *loader) marks(into *[]*Mark) value {
	return sections(l, "a mark", into, func(m *Mark) fields {
		return fields{
			{"name", required, l.line(&m.Name).like("Deploys"), "what the lines are, such as `Deploys`"},
			{"title", 0, l.line(&m.Title).like(`"{{version}}"`), "what stands on a line, as a legend: `{{version}}`"},
			{"query", required, l.query(&m.Query).like("changes(process_start_time_seconds[$window]) > 0"), "PromQL: a line stands where it has a result"},
		}.with(l.when(&m.When)...)
	}, func(m *Mark, n *node, _ given) { m.Span = l.span(n) })
}

// when are the keys that say for which models a thing of a profile or role is there.
func (l *loader) when(w *When) fields {
	return fields{
		{"unless", onlyProfiles, oneOrEach(l, &w.Unless, l.roleName).like("requests"), "a role, or several: it is left out if the model has a metric of one of them"},
		{"unless_check", onlyRoles, l.oneOf(&w.UnlessCheck, kindWords...).like("drift"), "a kind of check: it is left out if one of that kind looks at the metric with the role"},
		{"traffic", onlyProfiles, each(l, &w.Traffic, func(t *diag.Located[string]) value {
			return l.oneOf(t, string(Continuous), string(Sporadic), string(Scheduled))
		}), "patterns of traffic: it is left out for models with others"},
		{"types", onlyRoles, each(l, &w.Types, func(t *diag.Located[string]) value { return l.oneOf(t, metricTypes...) }).like("[histogram]"), "types of metrics: it is left out if the metric with the role has another"},
		{"units", onlyRoles, each(l, &w.Units, l.unit).like("[seconds]"), "units: it is left out if the metric with the role has another"},
	}
}

// with appends keys that several sections share.
func (fs fields) with(more ...field) fields { return slices.Concat(fs, more) }

// valueTexts is a map of number and text.
func (l *loader) valueTexts(into *[]ValueText) value {
	return value{shape: aMap, keys: &value{shape: aQuantity, text: &numberText}, of: &value{shape: aText, text: &lineText}, read: func(k, n *node) {
		*into = nil
		for _, e := range l.entries(k, n) {
			var text diag.Located[string]
			if l.line(&text).read(e.key, e.value); !text.Given() {
				continue
			}
			number, err := decimal.NewFromString(strings.TrimSpace(e.key.value))
			if err != nil || !isNumber(e.key.value) {
				l.errorf(l.span(e.key), "%s is not a number", code(e.key.value)).WithHelp("texts stand for numbers, as in `%s: {0: down, 1: up}`", clip(k.value))
				continue
			}
			*into = append(*into, ValueText{Value: diag.At(number.String(), l.span(e.key)), Text: text})
		}
	}}
}

// roleName is the name of a role.
func (l *loader) roleName(into *diag.Located[string]) value {
	v := l.word(into, roleNames, nil)
	v.shape = aRole
	return v
}
