package dashboards

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// Colours that Grafana gives a name to, because they depend on its theme.
const (
	textColor   = "text"
	transparent = "transparent"
)

// fields says how the values of a panel look: unit, range, limits, words and colours. base is the colour
// below all limits where the plan names none.
func fields[B panelBuilder[B]](s *speller, b B, p *plan.Panel, base string) B {
	steps := p.Steps
	if !s.can.modernPanels {
		steps = classicSteps(steps, p.Mappings)
	}
	b.Thresholds(s.thresholds(steps, base)).ColorScheme(s.color(p.Color))
	switch {
	case p.Unit != "":
		b.Unit(p.Unit)
	case p.Kind == plan.TimeSeries: // it is the same to Grafana, and says that nobody forgot it
		b.Unit("none")
	}
	if p.Decimals != nil {
		b.Decimals(float64(*p.Decimals))
	}
	if p.Min != nil {
		b.Min(number(*p.Min))
	}
	if p.Max != nil {
		b.Max(number(*p.Max))
	}
	if len(p.Mappings) > 0 && s.can.modernPanels {
		b.Mappings(mappings(p.Mappings, false))
	}
	if null := nullText(p.Mappings); null != "" {
		b.NoValue(null)
	}
	return b
}

// number is the float nearest to d; its shortest form is the digits of d again.
func number(d decimal.Decimal) float64 { return d.InexactFloat64() }

// thresholds spells steps; base is the colour from the bottom if there are none.
func (s *speller) thresholds(steps []plan.Step, base string) *dashboard.ThresholdsConfigBuilder {
	return dashboard.NewThresholdsConfigBuilder().Mode(dashboard.ThresholdsModeAbsolute).Steps(s.steps(steps, base))
}

// steps spells colours from a value on; base is the colour where there are none.
func (s *speller) steps(steps []plan.Step, base string) []dashboard.Threshold {
	out := make([]dashboard.Threshold, 0, len(steps)+1)
	if len(steps) == 0 {
		out = append(out, dashboard.Threshold{Color: s.colorName(base)})
	}
	for _, step := range steps {
		t := dashboard.Threshold{Color: s.colorName(step.Color)}
		if step.From != nil {
			t.Value = cog.ToPtr(number(*step.From))
		}
		out = append(out, t)
	}
	return out
}

// colorName spells a colour. Before 8 Grafana has no names for those of its theme.
func (s *speller) colorName(c string) string {
	switch {
	case s.can.modernPanels:
		return c
	case c == textColor:
		return "#B0B0B8" // reads on the dark and on the light theme
	case c == transparent:
		return "rgba(0,0,0,0)"
	}
	return c
}

func (s *speller) color(c plan.Color) *dashboard.FieldColorBuilder {
	b := dashboard.NewFieldColorBuilder()
	switch {
	case c.Mode == plan.ByValue:
		return b.Mode(dashboard.FieldColorModeIdThresholds)
	case c.Mode == plan.FixedColor:
		return b.Mode(dashboard.FieldColorModeIdFixed).FixedColor(c.Fixed)
	case c.Mode == plan.Shades && s.can.finerColors:
		return b.Mode(dashboard.FieldColorModeIdShades).FixedColor(c.Fixed)
	case s.can.finerColors:
		return b.Mode(dashboard.FieldColorModeIdPaletteClassicByName)
	}
	return b.Mode(dashboard.FieldColorModeIdPaletteClassic)
}

// mappings spells words for values: all values in one mapping, missing ones in another. timeline leaves
// quiet states without a word.
func mappings(list []plan.Mapping, timeline bool) []dashboard.ValueMapping {
	var out []dashboard.ValueMapping
	values := map[string]dashboard.ValueMappingResult{}
	for i, m := range list {
		text := title(m.Text)
		if timeline && m.Quiet {
			text = " "
		}
		result := dashboard.ValueMappingResult{Text: &text, Index: cog.ToPtr(int32(i))}
		if m.Color != "" {
			result.Color = cog.ToPtr(m.Color)
		}
		switch {
		case m.Null:
			out = append(out, dashboard.ValueMapping{SpecialValueMap: &dashboard.SpecialValueMap{
				Type:    dashboard.MappingTypeSpecialValue,
				Options: dashboard.DashboardSpecialValueMapOptions{Match: dashboard.SpecialValueMatchNullAndNan, Result: result},
			}})
		case m.Match != "":
			values[m.Match] = result
		default:
			values[m.Value.String()] = result
		}
	}
	if len(values) > 0 {
		out = append(out, dashboard.ValueMapping{ValueMap: &dashboard.ValueMap{
			Type: dashboard.MappingTypeValueToText, Options: values,
		}})
	}
	return out
}

// nullText is what is shown where there is no value at all.
func nullText(list []plan.Mapping) string {
	for _, m := range list {
		if m.Null {
			return title(m.Text)
		}
	}
	return ""
}

// property is one setting of an override.
func property(id string, value any) dashboard.DynamicConfigValue {
	return dashboard.DynamicConfigValue{Id: id, Value: value}
}

func fixed(color string) dashboard.DynamicConfigValue {
	return property("color", dashboard.FieldColor{Mode: dashboard.FieldColorModeIdFixed, FixedColor: &color})
}

// seriesName is the name that a style applies to, as Grafana sees it: a legend that stands in a query
// is spelled like there, a name that comes from a label is data.
func (s *speller) seriesName(p *plan.Panel, name string) string {
	if slices.ContainsFunc(p.Queries, func(q plan.Query) bool { return q.Legend == name }) {
		return s.legend(name)
	}
	return name
}

// pattern is a regular expression as Grafana reads it: between slashes.
func pattern(expr string) string {
	if len(expr) > 1 && strings.HasPrefix(expr, "/") && strings.HasSuffix(expr, "/") {
		return expr
	}
	return "/" + expr + "/"
}

// calcTitles are the names that Grafana gives the columns of a legend.
func calcTitle(calc string) string {
	switch calc {
	case "lastNotNull":
		return "Last *"
	case "last":
		return "Last"
	case "max":
		return "Max"
	case "min":
		return "Min"
	case "mean":
		return "Mean"
	case "sum":
		return "Total"
	}
	return ""
}

// legendOptions spells where the legend stands. Tables are sorted by their first column, largest first:
// the outlier names itself.
func (s *speller) legendOptions(l plan.Legend) *common.VizLegendOptionsBuilder {
	b := common.NewVizLegendOptionsBuilder().Calcs([]string{}).
		DisplayMode(common.LegendDisplayModeList).Placement(common.LegendPlacementBottom).ShowLegend(true)
	switch l.Mode {
	case plan.TableBelow, plan.TableBeside:
		b.DisplayMode(common.LegendDisplayModeTable).Calcs(l.Calcs)
		if l.Mode == plan.TableBeside {
			b.Placement(common.LegendPlacementRight)
		}
		if len(l.Calcs) > 0 && calcTitle(l.Calcs[0]) != "" {
			b.SortBy(calcTitle(l.Calcs[0])).SortDesc(true)
		}
	case plan.NoLegend, "":
		b.ShowLegend(false)
		if !s.can.showLegend {
			b.DisplayMode(common.LegendDisplayModeHidden)
		}
	}
	return b
}

func tooltip(mode common.TooltipDisplayMode, sort common.SortOrder) *common.VizTooltipOptionsBuilder {
	return common.NewVizTooltipOptionsBuilder().Mode(mode).Sort(sort)
}
