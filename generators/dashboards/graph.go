package dashboards

import (
	"regexp"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// graph spells lines (or bars) over time for Grafana before 8.
func (s *speller) graph(p *plan.Panel) (*graphJSON, error) {
	built, err := head(s, dashboard.NewPanelBuilder().Type("graph"), p).Build()
	panel, err := s.finish(p, built, err)
	if err != nil {
		return nil, err
	}
	out := &graphJSON{
		panelJSON:     panel,
		Renderer:      "flot",
		Bars:          p.Kind == plan.BarChart,
		Lines:         p.Kind != plan.BarChart,
		LineWidth:     1,
		Fill:          tenths(p.Fill),
		Stack:         p.Stack,
		NullPointMode: "null",
		DashLength:    10,
		SpaceLength:   10,
		Decimals:      classicDecimals(p), // of legend and tooltip; the axis sees to itself
		Legend:        graphLegend(p.Legend),
		Tooltip:       graphTooltip{Shared: true, Sort: 2, ValueType: "individual"},
		AliasColors:   map[string]string{},
		Overrides:     []graphOverride{},
		Thresholds:    s.graphThresholds(p),
		XAxis:         graphXAxis{Mode: "time", Show: true, Values: []string{}},
	}
	if p.Stack {
		out.LineWidth = 0                  // else the upper edge wears the colour of the last series
		out.NullPointMode = "null as zero" // else a series that begins late tears the stack
	}
	out.YAxes = [2]graphYAxis{{Format: p.Unit, LogBase: 1, Show: true}, {Format: "short", LogBase: 1}}
	if p.Unit == "" {
		out.YAxes[0].Format = "short"
	}
	if p.Min != nil {
		text := p.Min.String()
		out.YAxes[0].Min = &text
	}
	if p.Max != nil {
		text := p.Max.String()
		out.YAxes[0].Max = &text
	}
	s.graphSeries(out, p)
	return out, nil
}

// tenths is an opacity in per cent as the graph panel counts it, 0 to 10; a little stays a little.
func tenths(percent int) int {
	if percent > 0 && percent < 10 {
		return 1
	}
	return (percent + 5) / 10
}

// graphThresholds draws the limits as lines. Which side is bad matters for filled ones only.
func (s *speller) graphThresholds(p *plan.Panel) []graphThreshold {
	out := []graphThreshold{}
	if !p.Lines {
		return out
	}
	for _, step := range p.Steps {
		if step.From == nil || step.Color == transparent {
			continue
		}
		out = append(out, graphThreshold{
			Value: number(*step.From), Op: "gt", ColorMode: "custom", Line: true,
			LineColor: s.colorName(step.Color), YAxis: "left",
		})
	}
	return out
}

// graphSeries spells colours and styles of series. Later overrides win over earlier ones, and any
// override over the colours by name.
func (s *speller) graphSeries(out *graphJSON, p *plan.Panel) {
	var named []string
	for _, style := range p.Series {
		if !style.Regexp {
			named = append(named, regexp.QuoteMeta(s.seriesName(p, style.Name)))
		}
	}
	if p.Color.Mode == plan.FixedColor {
		out.Overrides = append(out.Overrides, graphOverride{Alias: othersThan(named), Color: p.Color.Fixed})
	}
	for _, style := range p.Series {
		o := graphOverride{Alias: s.seriesName(p, style.Name)}
		if style.Regexp {
			o.Alias, o.Color = pattern(style.Name), style.Color
		} else if style.Color != "" {
			out.AliasColors[o.Alias] = style.Color
		}
		if style.Width > 0 {
			o.LineWidth = whole(style.Width)
		}
		if style.Fill != nil {
			fill := tenths(*style.Fill)
			o.Fill = &fill
		}
		if style.FillTo != "" { // the band has an opacity of its own; `fill` would reach down to the axis
			zero := 0
			o.FillBelowTo, o.Fill = s.seriesName(p, style.FillTo), &zero
		}
		if style.Dashed {
			zero, off := 0, false
			o.Dashes, o.DashLength, o.SpaceLength = true, 4, 4
			o.LineWidth, o.Fill, o.Stack = 1, &zero, &off
		}
		if o != (graphOverride{Alias: o.Alias}) {
			out.Overrides = append(out.Overrides, o)
		}
	}
}

// othersThan matches every series but the named ones.
func othersThan(named []string) string {
	if len(named) == 0 {
		return "/.*/"
	}
	return "/^(?!(?:" + strings.Join(named, "|") + ")$)/"
}

// whole is a width of lines in whole pixels.
func whole(width float64) int { return int(width + 0.5) }

// graphLegend spells where the legend stands; tables are sorted by their first column.
func graphLegend(l plan.Legend) graphLegendJSON {
	out := graphLegendJSON{Show: l.Mode != plan.NoLegend && l.Mode != ""}
	if l.Mode != plan.TableBelow && l.Mode != plan.TableBeside {
		return out
	}
	out.AlignAsTable, out.RightSide = true, l.Mode == plan.TableBeside
	for _, calc := range l.Calcs {
		column := ""
		switch calc {
		case "lastNotNull", "last":
			out.Current, column = true, "current"
		case "max":
			out.Max, column = true, "max"
		case "min":
			out.Min, column = true, "min"
		case "mean":
			out.Avg, column = true, "avg"
		case "sum":
			out.Total, column = true, "total"
		}
		if column != "" && !out.Values {
			out.Values, out.Sort, out.SortDesc = true, column, true
		}
	}
	return out
}

// graphJSON is the graph panel, as Grafana up to 10 has it.
type graphJSON struct {
	*panelJSON
	Renderer      string            `json:"renderer"`
	Bars          bool              `json:"bars"`
	Lines         bool              `json:"lines"`
	LineWidth     int               `json:"linewidth"`
	Fill          int               `json:"fill"`
	FillGradient  int               `json:"fillGradient"`
	Points        bool              `json:"points"`
	Dashes        bool              `json:"dashes"`
	DashLength    int               `json:"dashLength"`
	SpaceLength   int               `json:"spaceLength"`
	SteppedLine   bool              `json:"steppedLine"`
	Stack         bool              `json:"stack"`
	Percentage    bool              `json:"percentage"`
	NullPointMode string            `json:"nullPointMode"`
	Decimals      *int              `json:"decimals,omitempty"`
	Legend        graphLegendJSON   `json:"legend"`
	Tooltip       graphTooltip      `json:"tooltip"`
	AliasColors   map[string]string `json:"aliasColors"`
	Overrides     []graphOverride   `json:"seriesOverrides"`
	Thresholds    []graphThreshold  `json:"thresholds"`
	XAxis         graphXAxis        `json:"xaxis"`
	YAxes         [2]graphYAxis     `json:"yaxes"`
	YAxis         struct {
		Align bool `json:"align"`
	} `json:"yaxis"`
}

type graphLegendJSON struct {
	Show         bool   `json:"show"`
	Values       bool   `json:"values"`
	AlignAsTable bool   `json:"alignAsTable"`
	RightSide    bool   `json:"rightSide"`
	Avg          bool   `json:"avg"`
	Current      bool   `json:"current"`
	Max          bool   `json:"max"`
	Min          bool   `json:"min"`
	Total        bool   `json:"total"`
	Sort         string `json:"sort,omitempty"`
	SortDesc     bool   `json:"sortDesc,omitempty"`
}

type graphTooltip struct {
	Shared    bool   `json:"shared"`
	Sort      int    `json:"sort"`
	ValueType string `json:"value_type"`
}

type graphOverride struct {
	Alias       string `json:"alias"`
	Color       string `json:"color,omitempty"`
	LineWidth   int    `json:"linewidth,omitempty"`
	Fill        *int   `json:"fill,omitempty"`
	FillBelowTo string `json:"fillBelowTo,omitempty"`
	Dashes      bool   `json:"dashes,omitempty"`
	DashLength  int    `json:"dashLength,omitempty"`
	SpaceLength int    `json:"spaceLength,omitempty"`
	Stack       *bool  `json:"stack,omitempty"`
}

type graphThreshold struct {
	Value     float64 `json:"value"`
	Op        string  `json:"op"`
	ColorMode string  `json:"colorMode"`
	Fill      bool    `json:"fill"`
	Line      bool    `json:"line"`
	LineColor string  `json:"lineColor"`
	YAxis     string  `json:"yaxis"`
}

type graphXAxis struct {
	Mode   string   `json:"mode"`
	Show   bool     `json:"show"`
	Values []string `json:"values"`
}

// graphYAxis has bounds as text, null for automatic ones.
type graphYAxis struct {
	Format  string  `json:"format"`
	Label   *string `json:"label"`
	LogBase int     `json:"logBase"`
	Min     *string `json:"min"`
	Max     *string `json:"max"`
	Show    bool    `json:"show"`
}
