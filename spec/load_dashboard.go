package spec

import (
	"strings"

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
		{"time", onlySpecs, l.timeRange(&m.Time), "the time range when the dashboard opens: `now-6h`"},
		{"variables", onlySpecs, each(l, &m.Variables, l.labelName), "labels that readers choose values of, beside the replicas"},
		{"rows", 0, l.rows(rows), "rows of panels, added to those of roles and profiles"},
		{"strip", onlyProfiles, l.tiles(&p.Tiles), "numbers on top"},
		{"columns", onlyProfiles, l.columns(&p.Columns), "columns of the tables of replicas and classes"},
	}
}

func (l *loader) timeRange(into *diag.Located[string]) value {
	return parsed(l, into, aWord, "a time range", func(text string) (string, string, string) {
		if !timePattern.MatchString(text) {
			return "", code(text) + " is not a time range", "write it like `now-30m`, `now-6h` or `now-7d`: it ends now"
		}
		return text, "", ""
	})
}

func (l *loader) rows(into *[]*Row) value {
	return sections(l, "a row", into, l.row, func(r *Row, n *node, g given) {
		r.Span = l.span(n)
		if l.format == specFile && g.lacks("title") {
			l.errorf(g.at, "`title` is missing in a row").WithHelp("say what its panels answer")
		}
	})
}

func (l *loader) row(r *Row) fields {
	return fields{
		{"title", 0, l.line(&r.Title), "what its panels are about"},
		{"storey", 0, l.oneOf(&r.Storey, storeys...), "where it stands: `interface`, `model` (unless said), `infrastructure`"},
		{"text", 0, l.prose(&r.Text), "shown above the panels"},
		{"panels", required, l.panels(&r.Panels), "its panels, in order"},
	}
}

func (l *loader) panels(into *[]*Panel) value {
	v := sections(l, "a panel", into, l.panel, l.finishPanel)
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
	return fields{
		{"title", required, l.line(&p.Title), "what it answers, in a few words; names the panel in `panel:` of alerts"},
		{"id", 0, l.slug(&p.ID), "keeps the identity of a panel whose title changes: its first title as a slug"},
		{"description", 0, l.prose(&p.Description), "what it shows and what a change means"},
		{"type", 0, l.panelType(&p.Type), "Grafana's name of the panel type; left out: what suits the query"},
		{"query", requiredInProfiles, l.queries(&p.Queries), "PromQL, without the source's selector; or several: a map of legend and query"},
		{"legend", 0, value{shape: aText}, "Grafana's legend: `{{label}}`"},
		{"unit", 0, l.unit(&p.Unit), "the unit of the query's result, where it does not follow from its metrics"},
		{"min", 0, l.quantityPointer(&p.Min), "where the axis begins"},
		{"max", 0, l.quantityPointer(&p.Max), "where the axis ends"},
		{"stack", 0, l.boolean(&p.Stack), "draw the series on top of each other: parts of a whole"},
		{"width", 0, l.integer(&p.Width, 1, 24), "of 24"},
		{"height", onlyProfiles, l.integer(&p.Height, 2, 30), "in steps of 30 pixels"},
		{"window", 0, l.window(&p.Window), "what `$window` in the query is; left out: 5m, and what suits the zoom in dashboards"},
		{"thresholds", 0, l.thresholds(&p.Thresholds), "colours with the values between them, ascending: `[red, 0.5, yellow, 0.7, green]`"},
		{"limits", onlyProfiles, l.alertName(&p.Limits), "the alert whose limits are drawn"},
		{"order", onlyProfiles, l.integer(&p.Order, 0, 10_000), "panels of a storey ascend by it"},
		{"unless", onlyProfiles, l.roleName(&p.Unless), "a role: the panel is left out if the model has a metric of it"},
		later("values", "texts for numbers"),
		later("repeat", "one panel for each value of a label"),
		later("source", "the source of metrics that two sources have"),
		later("omit", "why a panel that a role or profile brings is left out"),
	}
}

// finishPanel reads the legend, which belongs to a single query, and holds keys against each other.
func (l *loader) finishPanel(p *Panel, n *node, g given) {
	p.Span = l.span(n)
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

func (l *loader) panelType(into *diag.Located[string]) value {
	return l.oneOfBut(into, otherPanelTypes, panelTypes...)
}

// queries is one query, or a map of legend and query.
func (l *loader) queries(into *[]PanelQuery) value {
	one := l.query(&diag.Text{})
	many := value{shape: aMap, of: &one}
	return value{shape: aQuery, or: &many, read: func(k, n *node) {
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
	v := parsed(l, into, aWord, "a colour", func(text string) (string, string, string) {
		if goodColor(text) {
			return text, "", ""
		}
		return "", code(text) + " is not a colour", didYouMean(text, colors, "colours are "+quoteAll(colors)+", with `dark-` or `light-` before them, or `\"#rrggbb\"`")
	})
	return v
}

// thresholds is a list that alternates: colour, value, colour, …
func (l *loader) thresholds(into *[]Step) value {
	return value{shape: aList, of: &value{shape: aWord, or: &value{shape: aQuantity}}, read: func(k, n *node) {
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
