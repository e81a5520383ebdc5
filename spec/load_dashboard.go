package spec

import (
	"strings"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// storeys of a dashboard, from top to bottom.
var storeys = []string{"interface", "model", "infrastructure"}

// panelTypes are the panel types that an author may ask for, by Grafana's names.
var panelTypes = []string{"timeseries", "stat", "gauge", "bargauge", "barchart", "heatmap", "table"}

// otherPanelTypes are panels of Grafana that we do not write: a help, not a list to be complete.
var otherPanelTypes = []string{"alertlist", "annolist", "candlestick", "canvas", "dashlist", "datagrid", "flamegraph", "geomap", "graph", "grafana-piechart-panel", "histogram", "logs", "news", "nodeGraph", "piechart", "pluginlist", "singlestat", "state-timeline", "status-history", "table-old", "text", "traces", "trend", "xychart"}

// dashboard is the section of a spec, whose rows go to m, and that of a profile.
func (l *loader) dashboard(m *Model, p *Profile) fields {
	rows := &m.Rows
	if l.format != specFile {
		rows = &p.Rows
	}
	return fields{
		{"time", onlySpecs, l.timeRange(&m.Time).like("now-30m").otherwise("`now-6h`; longer for batch jobs"), "the time range when the dashboard opens"},
		{"variables", onlySpecs, each(l, &m.Variables, l.labelName).like("[label]"), "labels that readers choose values of, beside the replicas"},
		{"rows", 0, l.rows(rows), "rows of panels, added to those of roles and profiles"},
		{"panels", onlySpecs, l.changes(&m.Panels), "changes to panels that roles and profiles bring, named by their titles; they stay where they are"},
		{"strip", onlyProfiles, l.tiles(&p.Tiles), "tiles on top: the numbers that answer whether it is fine"},
		{"columns", onlyProfiles, l.columns(&p.Columns), "columns of the tables of replicas and classes"},
		{"marks", onlyProfiles, l.marks(&p.Marks), "lines in all graphs, such as deploys"},
	}
}

func (l *loader) timeRange(into *diag.Located[string]) value {
	return parsed(l, into, aTimeRange, "a time range", func(text string) (string, string, string) {
		if !timePattern.MatchString(text) {
			return "", code(text) + " is not a time range", "write it like `now-30m`, `now-6h` or `now-7d`: it ends now"
		}
		return text, "", ""
	}).fits(&timeText)
}

func (l *loader) rows(into *[]*Row) value {
	return sections(l, "a row", into, l.row, func(r *Row, n *node, _ given) { r.Span = l.span(n) })
}

func (l *loader) row(r *Row) fields {
	return fields{
		{"title", requiredInSpecs, l.line(&r.Title).like("Predictions"), "what its panels answer, in a few words"},
		{"storey", 0, l.oneOf(&r.Storey, storeys...).like("infrastructure").otherwise("`model`"), "where it stands, from top to bottom: `interface`, `model`, `infrastructure`"},
		{"text", 0, l.prose(&r.Text).like("A class that dominates suddenly is the first sign of a broken input."), "shown above the panels"},
		{"panels", required, l.panels(&r.Panels).like("[{title: Predictions, query: sum(predictions_total)}]"), "its panels, in order"},
	}
}

func (l *loader) panels(into *[]*Panel) value {
	v := sections(l, "a panel", into, l.panel, l.finishPanel)
	v.of.rules = panelRules
	v.least = 1
	read := v.read
	v.read = func(k, n *node) {
		if n.kind == sequenceNode && len(n.content) == 0 {
			l.errorf(l.span(n), "a row without panels").WithHelp("remove the row")
		}
		read(k, n)
	}
	return v
}

func (l *loader) panel(p *Panel) fields {
	stack := new(bool)
	return fields{
		{"title", required, l.line(&p.Title).like("Predictions per class"), "what it answers, in a few words; names the panel in `panel:` of alerts"},
		{"id", 0, l.slug(&p.ID).like("predictions").otherwise("from the title"), "keeps the identity of a panel whose title changes: its first title as a slug"},
		{"description", 0, l.prose(&p.Description).like("How often each class is predicted."), "what it shows and what a change means"},
		{"type", 0, l.panelType(&p.Type).like("gauge").otherwise("what suits the query"), "Grafana's name of the panel type"},
		{"query", requiredInProfiles, l.queries(&p.Queries).like("sum by (label) (rate(predictions_total[$window]))"), "PromQL, without the source's selector; or several: a map of legend and query"},
		{"legend", 0, value{shape: aText, text: &legendText}.like(`"{{label}}"`).otherwise("what tells the series apart"), "how a series is called: `{{label}}` stands for the value of a label"},
		{"unit", 0, l.unit(&p.Unit).like("ratio").otherwise("that of the metrics"), "the unit of the query's result, where it does not follow from its metrics"},
		{"min", 0, l.quantityPointer(&p.Min).like("0").otherwise("in gauges the metric's `range`"), "where the axis begins"},
		{"max", 0, l.quantityPointer(&p.Max).like("100%").otherwise("in gauges the metric's `range`"), "where the axis ends"},
		{"stack", 0, also(l.boolean(stack), func() { p.Stack = stack }).like("true").otherwise("`false`"), "draw the series on top of each other: parts of a whole"},
		{"width", 0, l.integer(&p.Width, 1, 24).like("12").otherwise("what suits the panel"), "its width, of 24 columns"},
		{"height", onlyProfiles, l.integer(&p.Height, 2, 30).like("8"), "its height, in steps of 30 pixels"},
		{"window", 0, l.panelWindow(p).like("30m").otherwise("`5m`; what suits the zoom"), "what `$window` in the query is, or `range`: the time range on show"},
		{"thresholds", 0, l.thresholds(&p.Thresholds).like("[red, 0.5, yellow, 0.7, green]"), "colours with the values between them, ascending: `[red, 0.5, yellow, 0.7, green]`"},
		{"limits", onlyProfiles, l.alertName(&p.Limits).like("SlowAnswers"), "the alert whose limits are drawn"},
		{"order", onlyProfiles, l.integer(&p.Order, 0, 10_000).like("10"), "panels of a storey ascend by it"},
		{"values", 0, l.valueTexts(&p.Values).like("{0: down, 1: up}"), "texts for numbers: `{0: down, 1: up}`"},
		{"repeat", onlySpecs, l.labelName(&p.Repeat).like("pod"), "a label: the panel is drawn once for each of its values"},
		{"source", onlySpecs, l.line(&p.Source).like("fastapi"), "the profile whose metrics are meant, where two sources have one of that name"},
		{"omit", onlySpecs, l.reason(&p.Omit).like("nobody looks at it"), "why the panel of this title that a role or profile brings is left out"},
	}.with(l.when(&p.When)...)
}

// changes are panels that change brought ones.
func (l *loader) changes(into *[]*Panel) value {
	v := sections(l, "a panel", into, l.panel, l.finishPanel)
	v.of.rules = panelRules
	return v
}

// besideOmit are what a panel that is left out cannot have.
var besideOmit = []string{"query", "legend", "description", "type", "unit", "min", "max", "stack", "width", "window", "thresholds", "values", "repeat", "source"}

// panelRules are what finishPanel checks.
var panelRules = []rule{{when: []string{"omit"}, excludes: besideOmit}}

// finishPanel reads the legend, which belongs to a single query, and holds keys against each other.
func (l *loader) finishPanel(p *Panel, n *node, g given) {
	p.Span = l.span(n)
	if p.Omit.Given() {
		l.foreign(g, "a panel that is left out", besideOmit...)
	}
	k := g.key("legend")
	if k == nil {
		return
	}
	var legend diag.Located[string]
	l.legend(&legend).read(k, g.value("legend"))
	switch q := g.value("query"); {
	case g.lacks("query") && l.format == specFile:
		l.errorf(l.span(k), "`legend` without `query`").WithHelp("write both")
	case q != nil && q.kind == mappingNode:
		l.errorf(l.span(k), "`legend` beside several queries").WithHelp("each query has its own legend already: the key before it")
	case len(p.Queries) == 1:
		p.Queries[0].Legend = legend
	}
}

// panelWindow is a duration, or the word `range`.
func (l *loader) panelWindow(p *Panel) value {
	v := l.duration(&p.Window, false)
	word := l.oneOf(&diag.Located[string]{}, "range")
	return value{shape: v.shape, text: v.text, or: &word, read: func(k, n *node) {
		if n.kind == scalarNode && n.value == "range" {
			p.WholeRange = true
			p.Window = diag.At(time.Duration(0), l.span(n))
			return
		}
		v.read(k, n)
	}}
}

func (l *loader) panelType(into *diag.Located[string]) value {
	return l.oneOfBut(into, otherPanelTypes, panelTypes...)
}

// queries is one query, or a map of legend and query.
func (l *loader) queries(into *[]PanelQuery) value {
	one := l.query(&diag.Text{})
	many := value{shape: aMap, keys: &value{shape: aText, text: &legendText}, of: &one, least: 1}
	return value{shape: aQuery, text: one.text, or: &many, read: func(k, n *node) {
		if n.kind != mappingNode || n.style != 0 && onlyKeys(n) {
			var q PanelQuery
			if l.query(&q.Text).read(k, n); q.Text.Value != "" {
				*into = append(*into, q)
			}
			return
		}
		if len(n.content) == 0 {
			l.errorf(l.span(n), "%s is empty", code(k.value)).WithHelp("write PromQL")
		}
		for _, e := range l.entries(k, n) {
			var q PanelQuery
			l.legend(&q.Legend).read(k, e.key)
			if l.query(&q.Text).read(e.key, e.value); q.Text.Value != "" {
				*into = append(*into, q)
			}
		}
	}}
}

// colors are Grafana's; each but the last three also with dark-, semi-dark-, light- and super-light- before it.
var colors = []string{"blue", "green", "orange", "purple", "red", "yellow", "black", "transparent", "white"}

func goodColor(text string) bool {
	if hex, ok := strings.CutPrefix(text, "#"); ok {
		return (len(hex) == 3 || len(hex) == 6 || len(hex) == 8) && strings.Trim(hex, "0123456789abcdefABCDEF") == ""
	}
	hue := text
	for _, shade := range []string{"semi-dark-", "dark-", "super-light-", "light-"} {
		if h, ok := strings.CutPrefix(hue, shade); ok {
			hue = h
			break
		}
	}
	for i, c := range colors {
		if hue == c {
			return hue == text || i < 6
		}
	}
	return false
}

func (l *loader) color(into *diag.Located[string]) value {
	v := parsed(l, into, aColor, "a colour", func(text string) (string, string, string) {
		if goodColor(text) {
			return text, "", ""
		}
		return "", code(text) + " is not a colour", didYouMean(text, colors, "colours are "+quoteAll(colors)+", with `dark-` or `light-` before them, or `\"#rrggbb\"`")
	})
	return v.fits(&colorText)
}

// thresholds is a list that alternates: colour, value, colour, …
func (l *loader) thresholds(into *[]Step) value {
	one := l.color(new(diag.Located[string]))
	number := l.quantity(new(diag.Located[string]))
	one.or = &number
	return value{shape: aList, of: &one, least: 1, read: func(k, n *node) {
		items := l.items(k, n)
		if n.kind != sequenceNode {
			return
		}
		if len(items)%2 == 0 || len(items) > 0 && items[0].kind == scalarNode && isNumber(items[0].value) {
			l.errorf(l.span(n), "thresholds begin and end with a colour, and alternate").WithHelp("write `%s: [red, 0.5, yellow, 0.7, green]`: red below 0.5, green from 0.7 on", k.value)
			return
		}
		steps := make([]Step, 0, len(items)/2+1)
		good := true
		for i := 0; i < len(items); i += 2 {
			var s Step
			if i > 0 {
				l.quantity(&s.Value).read(k, items[i-1])
				good = good && s.Value.Given()
			}
			l.color(&s.Color).read(k, items[i])
			steps = append(steps, s)
		}
		for i := 2; good && i < len(steps); i++ {
			if !comesAfter(steps[i].Value.Value, steps[i-1].Value.Value) {
				l.errorf(steps[i].Value.Span, "thresholds ascend, but %s comes after %s", code(steps[i].Value.Value), code(steps[i-1].Value.Value)).WithHelp("sort them")
				return
			}
		}
		*into = steps
	}}
}
