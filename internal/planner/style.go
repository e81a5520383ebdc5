package planner

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Colours mean something (DASHBOARDS, "Colour"): green, amber, red and violet are states and nothing
// else. Every state is also a word, since red and quiet green nearly meet for some eyes.
const (
	colorOK       = "#009E73"
	colorWarn     = "#E69F00"
	colorCritical = "#E02F44"
	colorNoData   = "#7D64A8"
	// white text stands on the status tile: a darker amber
	colorStatusWarn = "#B36B00"
	// the timeline is seen all day: quiet green, and a red that stands out from it
	colorQuiet            = "#28665A"
	colorTimelineCritical = "#F2495C"

	// an author's: lighter than that of absence
	colorPurple = "#C792EA"

	colorSeries   = "#56B4E9"
	colorEmphasis = "#3D85C6"
	colorTail     = "#CC79A7"
	colorPast     = "#8E8E8E"
	// a class that nobody declared shouts
	colorUnknownClass = "#EE3377"
	// lines of deploys and the like
	colorMark  = "rgba(86,180,233,0.5)"
	colorText  = "text"
	colorClear = "transparent"
)

// classColors give each class its own colour, in the order of declaration.
var classColors = []string{"#77AADD", "#EE8866", "#EEDD88", "#FFAABB", "#99DDFF", "#44BB99", "#BBCC33", "#AAAA00", "#B39DDB", "#A1887F"}

// seriesStyles style series by their legend, wherever they appear.
var seriesStyles = []plan.SeriesStyle{
	{Name: "now", Color: colorSeries},
	{Name: "p50", Color: colorSeries},
	{Name: "p90", Color: colorEmphasis, Width: 2},
	{Name: "p95", Color: colorEmphasis, Width: 2},
	{Name: "p99", Color: colorTail},
	{Name: "mean", Color: colorEmphasis, Width: 2},
	{Name: "drift", Color: colorEmphasis},
	{Name: "server", Color: colorCritical},
	{Name: "caller", Color: colorWarn},
	// what the palette by name would give the colours of states
	{Name: "received", Color: colorSeries},
	{Name: "sent", Color: colorTail},
	{Name: "read", Color: colorSeries},
	{Name: "written", Color: colorTail},
	{Name: "existing", Color: colorSeries},
	{Name: "available", Color: colorEmphasis, Width: 2},
	{Name: "restarted", Color: colorTail},
	// windows of a burn rate, likewise
	{Name: "1 hour", Color: colorSeries},
	{Name: "6 hours", Color: colorEmphasis, Width: 2},
	{Name: "24 hours", Color: colorTail},
	{Name: "3 days", Color: classColors[9]},
	{Name: "allowed", Color: colorWarn, Width: 1, Dashed: true, Fill: new(int)}, // a budget, as limits are drawn
}

// statusStyles colour requests by how they ended, be it `2xx` or `200`.
var statusStyles = []plan.SeriesStyle{
	{Name: "^[123]", Regexp: true, Color: colorSeries},
	{Name: "^4", Regexp: true, Color: colorWarn},
	{Name: "^5", Regexp: true, Color: colorCritical},
}

// past styles series of the past: grey, thin, dashed. The name is what the baseline variable shows.
func past() plan.SeriesStyle {
	return plan.SeriesStyle{Name: " ago$", Regexp: true, Color: colorPast, Width: 1, Dashed: true, Fill: new(int)}
}

// zero is where axes begin.
var zero = decimal.Zero

// levelOf is a state of a signal as a number.
func levelOf(n int64) decimal.Decimal { return decimal.NewFromInt(n) }

// belowEverything is where the real scale of a tile begins: under it lies only the absence of data,
// which Grafana prints in the base colour.
var belowEverything = decimal.NewFromInt(-1000000)

func step(from decimal.Decimal, color string) plan.Step { return plan.Step{From: &from, Color: color} }

// tileSteps colour a number by its limits; without data it is violet. Fine is plain text: colour
// appears only when something is wrong.
func (l limits) tileSteps() []plan.Step {
	return append([]plan.Step{{Color: colorNoData}}, l.steps(belowEverything, colorText)...)
}

// aboveNoData puts the colour of absence below all others: Grafana prints "No data" in the base colour, and
// green letters would say that all is well.
func aboveNoData(steps []plan.Step) []plan.Step {
	if len(steps) > 0 && steps[0].From == nil {
		steps[0].From = &belowEverything
	}
	return append([]plan.Step{{Color: colorNoData}}, steps...)
}

// textSteps colour a number in a table.
func (l limits) textSteps(fine string) []plan.Step {
	steps := l.steps(belowEverything, fine)
	if len(steps) > 0 {
		steps[0].From = nil
	}
	return steps
}

// steps are colours from a value on, where limits are what must not be passed. Of a count 0 is the usual value: a
// limit of 0 begins just above it.
func (l limits) steps(bottom decimal.Decimal, fine string) []plan.Step {
	alarm := l.alarm()
	step := func(from decimal.Decimal, color string) plan.Step {
		if from.IsZero() && l.op == spec.Above {
			from = decimal.New(1, -9)
		}
		return step(from, color)
	}
	if len(l.crit) != 1 {
		return []plan.Step{step(bottom, fine)}
	}
	switch l.op {
	case spec.Above:
		steps := []plan.Step{step(bottom, fine)}
		if l.warn != nil {
			steps = append(steps, step(*l.warn, colorWarn))
		}
		return append(steps, step(l.crit[0], alarm))
	case spec.Below:
		steps := []plan.Step{step(bottom, alarm)}
		if l.warn != nil {
			return append(steps, step(l.crit[0], colorWarn), step(*l.warn, fine))
		}
		return append(steps, step(l.crit[0], fine))
	}
	return []plan.Step{step(bottom, fine)}
}

// alarm is the colour beyond the limit: red, but for an alert that wakes nobody and has no softer limit, whose
// signal is a warning.
func (l limits) alarm() string {
	if l.warn == nil && !l.page {
		return colorWarn
	}
	return colorCritical
}

// lineSteps are the limits as lines in a graph: each line has the colour of the step that begins
// there, so the softer limit is amber and the hard one red, whichever is higher.
func (l limits) lineSteps() []plan.Step {
	steps := []plan.Step{{Color: colorClear}}
	var lines []plan.Step
	if l.warn != nil {
		lines = append(lines, step(*l.warn, colorWarn))
	}
	for _, c := range l.crit {
		lines = append(lines, step(c, l.alarm()))
	}
	if len(lines) == 2 && lines[1].From.LessThan(*lines[0].From) {
		lines[0], lines[1] = lines[1], lines[0]
	}
	return append(steps, lines...)
}

// addLines adds the lines of more limits to those that a graph has.
func addLines(steps []plan.Step, l limits) []plan.Step {
	if len(steps) == 0 {
		return l.lineSteps()
	}
	steps = append(steps, l.lineSteps()[1:]...)
	lines := steps[1:]
	slices.SortStableFunc(lines, func(a, b plan.Step) int { return a.From.Cmp(*b.From) })
	return append(steps[:1], slices.CompactFunc(lines, func(a, b plan.Step) bool { return a.From.Equal(*b.From) })...)
}

// softMax leaves room above the highest limit, so that quiet looks quiet and the line is visible.
func (l limits) softMax() *decimal.Decimal {
	if l.op != spec.Above || len(l.crit) == 0 {
		return nil
	}
	top := l.crit[len(l.crit)-1].Mul(decimal.New(12, -1))
	return &top
}

// noData says `No data`, in violet, where a number would stand.
func noData() plan.Mapping { return plan.Mapping{Null: true, Text: "No data", Color: colorNoData} }

// quiet marks a state that needs no word where its colour fills a line.
func quiet(m plan.Mapping) plan.Mapping { m.Quiet = true; return m }

func mapping(value int64, text, color string) plan.Mapping {
	return plan.Mapping{Value: decimal.NewFromInt(value), Text: text, Color: color}
}

// colorWords are the colours that specs may name, and state what they mean.
var colorWords = map[string]string{
	"green": colorOK, "yellow": colorWarn, "amber": colorWarn, "orange": colorWarn, "red": colorCritical,
	"violet": colorPurple, "purple": colorPurple, "blue": colorSeries, "grey": colorPast, "gray": colorPast,
	"text": colorText, "transparent": colorClear,
}

// color is Grafana's colour for a word of a spec; hexadecimal colours stay as they are.
func color(word string) string {
	if c, ok := colorWords[strings.ToLower(word)]; ok {
		return c
	}
	return word
}
