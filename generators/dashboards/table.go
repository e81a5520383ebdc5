package dashboards

import (
	"fmt"
	"regexp"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/table"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// table spells instant queries joined by a label, one line for each of its values.
func (s *speller) table(p *plan.Panel) (*panelJSON, error) {
	b := tablePanel(s, p)
	names := []string{p.JoinBy}
	titles := map[string]string{p.JoinBy: title(p.JoinByTitle)}
	for i := range p.Columns {
		name, err := columnField(p, i)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
		titles[name] = title(p.Columns[i].Title)
	}
	if len(p.Queries) > 1 {
		b.WithTransformation(s.join(p.JoinBy))
	}
	b.WithTransformation(keep(names)).WithTransformation(arrange(names, titles)).NoValue("-")
	var first []dashboard.DynamicConfigValue
	if p.JoinByWidth > 0 {
		first = append(first, property("custom.width", p.JoinByWidth))
	}
	if p.JoinByLink != "" {
		first = append(first, property("links", []dataLink{{
			Title: "Show only ${__value.text}", URL: s.dataAddress(p.JoinByLink),
		}}))
	}
	if len(first) > 0 {
		b.OverrideByName(titles[p.JoinBy], first)
	}
	s.columns(b, p.Columns)
	built, err := b.Build()
	return s.finish(p, built, err)
}

// columnField is the name that Grafana gives the values, or the label, of the i-th column.
func columnField(p *plan.Panel, i int) (string, error) {
	c := p.Columns[i]
	switch {
	case c.Label != "":
		return c.Label, nil
	case c.RefID != "":
		return valueField(p, c.RefID), nil
	case i < len(p.Queries):
		return valueField(p, p.Queries[i].RefID), nil
	}
	return "", fmt.Errorf("column %q has no query", c.Title)
}

// valueField is the name of the values of a query in a table; a single query's have no number.
func valueField(p *plan.Panel, refID string) string {
	if len(p.Queries) == 1 {
		return "Value"
	}
	return "Value #" + refID
}

func tablePanel(s *speller, p *plan.Panel) *table.PanelBuilder {
	b := fields(s, head(s, table.NewPanelBuilder(), p), byValue(p), textColor).
		Align(common.FieldTextAlignmentAuto).
		ShowHeader(true)
	if s.can.cellOptions {
		b.CellHeight(common.TableCellHeightSm)
	}
	var sort []cogSort
	for _, c := range p.Columns {
		if c.Sort {
			sort = append(sort, common.NewTableSortByFieldStateBuilder().DisplayName(title(c.Title)).Desc(true))
		}
	}
	return b.SortBy(sort)
}

// join puts the results of several queries side by side, by a label that all of them have.
func (s *speller) join(label string) dashboard.DataTransformerConfig {
	if !s.can.joinByField {
		return dashboard.DataTransformerConfig{Id: "seriesToColumns", Options: joinOptions{ByField: label}}
	}
	return dashboard.DataTransformerConfig{Id: "joinByField", Options: joinOptions{ByField: label, Mode: "outer"}}
}

type joinOptions struct {
	ByField string `json:"byField"`
	Mode    string `json:"mode,omitempty"`
}

// keep leaves the named fields.
func keep(names []string) dashboard.DataTransformerConfig {
	var o struct {
		Include struct {
			Names []string `json:"names"`
		} `json:"include"`
	}
	o.Include.Names = names
	return dashboard.DataTransformerConfig{Id: "filterFieldsByName", Options: o}
}

// arrange puts fields in the order of names, under their titles.
func arrange(names []string, titles map[string]string) dashboard.DataTransformerConfig {
	o := struct {
		Exclude map[string]bool   `json:"excludeByName"`
		Index   map[string]int    `json:"indexByName"`
		Rename  map[string]string `json:"renameByName"`
	}{map[string]bool{}, map[string]int{}, titles}
	for i, name := range names {
		o.Index[name] = i
	}
	return dashboard.DataTransformerConfig{Id: "organize", Options: o}
}

type dataLink struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

var queryParam = regexp.MustCompile(`\$\{(\w+):queryparam\}`)

// dataAddress spells an address of ours, in which every variable is meant.
func (s *speller) dataAddress(url string) string {
	if s.can.queryParam {
		return url
	}
	return queryParam.ReplaceAllString(url, "var-$1=$${$1:percentencode}")
}

// columns spells what the values of each column look like.
func (s *speller) columns(b *table.PanelBuilder, columns []plan.Column) {
	for i := range columns {
		if properties := s.columnProperties(&columns[i]); len(properties) > 0 {
			b.OverrideByName(title(columns[i].Title), properties)
		}
	}
}

func (s *speller) columnProperties(c *plan.Column) []dashboard.DynamicConfigValue {
	var out []dashboard.DynamicConfigValue
	add := func(id string, value any) { out = append(out, property(id, value)) }
	if c.Unit != "" {
		add("unit", c.Unit)
	}
	if c.Decimals != nil {
		add("decimals", *c.Decimals)
	}
	if c.Gauge {
		add("min", 0)
		if c.Max != nil {
			add("max", number(*c.Max))
		}
	}
	switch {
	case c.Gauge:
		out = append(out, s.cell(cell{Type: "gauge", Mode: "basic", ValueDisplayMode: "text"}))
	case len(c.Steps) > 0 || len(c.Mappings) > 0:
		out = append(out, s.cell(cell{Type: "color-text"}))
	}
	if len(c.Steps) > 0 {
		steps := s.steps(c.Steps, textColor)
		if !s.can.modernPanels && steps[0].Value == nil {
			// Before 8, null is minus infinity in the settings of a panel, but 0 in those of a column.
			steps[0].Value = cog.ToPtr(-1e12)
		}
		add("thresholds", dashboard.ThresholdsConfig{Mode: dashboard.ThresholdsModeAbsolute, Steps: steps})
	}
	if len(c.Mappings) > 0 {
		add("mappings", s.mappings(c.Mappings))
	}
	switch {
	case c.Width > 0:
		add("custom.width", c.Width)
	case c.Gauge && s.can.modernPanels:
		add("custom.minWidth", 120)
	}
	return out
}

type cell struct {
	Type             string `json:"type"`
	Mode             string `json:"mode,omitempty"`
	ValueDisplayMode string `json:"valueDisplayMode,omitempty"`
}

// cell spells how a cell is drawn; before cellOptions one word says it.
func (s *speller) cell(c cell) dashboard.DynamicConfigValue {
	switch {
	case s.can.cellOptions:
		return property("custom.cellOptions", c)
	case c.Type == "gauge" && s.can.modernPanels:
		return property("custom.displayMode", "basic")
	case c.Type == "gauge":
		return property("custom.displayMode", "gradient-gauge")
	}
	return property("custom.displayMode", c.Type)
}
