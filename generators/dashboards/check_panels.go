package dashboards

import (
	"fmt"
	"slices"
	"strings"
)

// columns is the width of Grafana's grid.
const columns = 24

// placed is a panel with its place.
type placed struct {
	object
	x, y, w, h int
	ok         bool
}

// panels checks the panels of the board, and those that closed rows keep inside.
func (c *checker) panels() {
	top := c.group(objects("panels", c.board["panels"]))
	c.order(top)
	section := map[string]string{}
	for _, p := range top {
		if p.text("type") != "row" {
			c.title(p, section)
			continue
		}
		section = map[string]string{}
		c.row(p)
	}
}

func (c *checker) row(p placed) {
	inside := objects(p.at("panels"), p.fields["panels"])
	if len(inside) > 0 && p.fields["collapsed"] != true {
		c.report(p.at("panels"), "panels inside an open row are not shown: they belong beside it")
	}
	if p.text("title") == "" {
		c.report(p.at("title"), "is missing")
	}
	titles := map[string]string{}
	for _, q := range c.group(inside) {
		c.title(q, titles)
	}
}

// group checks panels that share a grid: places, ids, types, queries.
func (c *checker) group(list []object) []placed {
	var out []placed
	for _, o := range list {
		p := c.place(o)
		for _, other := range out {
			if p.ok && other.ok && overlap(p, other) {
				c.report(p.at("gridPos"), "overlaps %s (`%s`)", other.path, other.text("title"))
			}
		}
		c.id(o)
		c.kind(o)
		c.queries(o)
		out = append(out, p)
	}
	return out
}

func (c *checker) place(o object) placed {
	p := placed{object: o}
	grid, ok := o.fields["gridPos"].(map[string]any)
	if !ok {
		c.report(o.at("gridPos"), "is missing")
		return p
	}
	for name, at := range map[string]*int{"x": &p.x, "y": &p.y, "w": &p.w, "h": &p.h} {
		n, isWhole := wholeNumber(grid[name])
		if *at = n; !isWhole && (grid[name] != nil || at == &p.w || at == &p.h) { // x and y are 0 if not given
			ok = false
		}
	}
	switch {
	case !ok:
		c.report(o.at("gridPos"), "`x`, `y`, `w` and `h` must be whole numbers")
	case p.x < 0 || p.y < 0 || p.w < 1 || p.h < 1:
		c.report(o.at("gridPos"), "is no place: x %d, y %d, w %d, h %d", p.x, p.y, p.w, p.h)
	case p.x+p.w > columns:
		c.report(o.at("gridPos"), "ends at column %d of %d", p.x+p.w, columns)
	default:
		p.ok = true
	}
	return p
}

func overlap(a, b placed) bool {
	return a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h
}

// order: Grafana gives a row the panels that stand below it, so the file must list them in that order.
func (c *checker) order(list []placed) {
	last := placed{}
	for _, p := range list {
		if !p.ok {
			continue
		}
		if last.ok && (p.y < last.y || p.y == last.y && p.x < last.x) {
			c.report(p.at("gridPos"), "stands above %s, which comes before it in the file", last.path)
		}
		last = p
	}
}

func (c *checker) id(o object) {
	id, ok := wholeNumber(o.fields["id"])
	switch {
	case o.fields["id"] == nil:
		c.report(o.at("id"), "is missing: links and alerts cannot name the panel")
		return
	case !ok || id < 1 || id > 1<<31-1:
		c.report(o.at("id"), "is not between 1 and 2147483647")
		return
	}
	key := fmt.Sprint(id)
	if first, twice := c.ids[key]; twice {
		c.report(o.at("id"), "%d is the id of %s too", id, first)
		return
	}
	c.ids[key] = o.path
}

// title: panels of a row are told apart by their titles. A text needs none.
func (c *checker) title(p placed, seen map[string]string) {
	title := p.text("title")
	if title == "" {
		if p.text("type") != "text" {
			c.report(p.at("title"), "is missing")
		}
		return
	}
	if first, twice := seen[title]; twice {
		c.report(p.at("title"), "`%s` is the title of %s too, in the same row", title, first)
		return
	}
	seen[title] = p.path
}

// queries checks the refIds, by which alerts and transformations name the queries of a panel.
func (c *checker) queries(o object) {
	seen := map[string]string{}
	for _, t := range objects(o.at("targets"), o.fields["targets"]) {
		ref := t.text("refId")
		if ref == "" {
			c.report(t.at("refId"), "is missing")
			continue
		}
		if first, twice := seen[ref]; twice {
			c.report(t.at("refId"), "`%s` is the refId of %s too: Grafana runs one of them", ref, first)
			continue
		}
		seen[ref] = t.path
	}
}

// kind: an unknown panel type is drawn as "Panel plugin not found".
func (c *checker) kind(o object) {
	kind := o.text("type")
	switch {
	case kind == "":
		c.report(o.at("type"), "is missing")
	case strings.HasSuffix(kind, "-panel"), slices.Contains(corePanels(), kind): // plugins are called so
	case !slices.Contains(modernPanels(), kind):
		c.report(o.at("type"), "Grafana has no panel type `%s`", kind)
	case c.schema > 0 && c.schema < schemaOf8:
		c.report(o.at("type"), "`%s` exists from Grafana 8 on, the file is for an older one (schemaVersion %d)", kind, c.schema)
	}
}

// schemaOf8 is the schemaVersion of Grafana 8.0.
const schemaOf8 = 30

// corePanels come with every version since 7, or were known to it and are migrated.
func corePanels() []string {
	return []string{
		"row", "alertlist", "annolist", "bargauge", "dashlist", "gauge", "gettingstarted", "graph", "heatmap", "logs", "news",
		"piechart", "pluginlist", "singlestat", "stat", "table", "table-old", "text", "welcome", "nodeGraph",
	}
}

// modernPanels came with 8 and later.
func modernPanels() []string {
	return []string{
		"barchart", "candlestick", "canvas", "datagrid", "debug", "flamegraph", "geomap", "histogram", "live",
		"state-timeline", "status-history", "timeseries", "traces", "trend", "xychart",
	}
}
