package alerts

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// spelling says how a number of a unit is shown: through a function of Prometheus templates, followed by
// the unit's words. Functions that write the unit themselves have no suffix.
type spelling struct{ function, suffix string }

// spellings has the units whose words are not their names. The names are those of internal/metric; the
// functions are documented in Prometheus's template reference.
var spellings = map[string]spelling{
	"":          {"humanize", ""},
	"amperes":   {"humanize", "A"},
	"bytes":     {"humanize1024", "B"},
	"celsius":   {"humanize", " °C"},
	"count":     {"humanize", ""},
	"hertz":     {"humanize", "Hz"},
	"joules":    {"humanize", "J"},
	"meters":    {"humanize", "m"},
	"none":      {`printf "%.3g"`, ""}, // a score: 0.468, where humanize says 468m
	"ratio":     {"humanizePercentage", ""},
	"seconds":   {"humanizeDuration", ""},
	"timestamp": {"humanizeTimestamp", ""},
	"volts":     {"humanize", "V"},
	"watts":     {"humanize", "W"},
}

// spellingOf returns how numbers of a unit are shown; `requests/s` is the rate of `requests`. A unit that
// a workspace added is shown by its name.
func spellingOf(unit string) spelling {
	base, rate := strings.CutSuffix(unit, "/s")
	s, known := spellings[base]
	switch {
	case !known:
		return spelling{"humanize", " " + unit}
	case !rate:
		return s
	case s.suffix == "" && s.function != "humanize":
		return spelling{"humanize", " " + unit} // percentages or points in time per second: say it in words
	}
	return spelling{s.function, s.suffix + "/s"}
}

// promText spells t as a Prometheus template; $value is shown in unit.
func promText(t plan.Text, unit string) string {
	return templateText(t, unit, "{{ $value | %s }}%s", askedOfPrometheus)
}

// askedOfPrometheus is a query in a template: the result that has the labels of the alert, or a list of results by a
// label.
func askedOfPrometheus(part plan.TextPart) string {
	s := spellingOf(part.UnitName)
	var b strings.Builder
	if part.Label != "" {
		b.WriteString(`{{ $separator := "" }}`)
	}
	fmt.Fprintf(&b, "{{ range $r := query %s }}", goString(part.Query))
	for _, label := range part.By {
		fmt.Fprintf(&b, "{{ if eq %s %s }}", labelOf("$r.Labels", label), labelOf("$labels", label))
	}
	if part.Label != "" {
		fmt.Fprintf(&b, "{{ $separator }}{{ %s }} ", labelOf("$r.Labels", part.Label))
	}
	fmt.Fprintf(&b, "{{ $r.Value | %s }}%s", s.function, promLiteral(s.suffix))
	if part.Label != "" {
		b.WriteString(`{{ $separator = ", " }}`)
	}
	b.WriteString(strings.Repeat("{{ end }}", 1+len(part.By)))
	return b.String()
}

// goString is a string of a template.
func goString(s string) string {
	if !strings.ContainsAny(s, "`\n") {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

// templateText spells t as a template of Go: its holes as actions, everything else as itself. Value is how the
// number is shown: by a function, followed by a unit; asked spells the holes that are queries.
func templateText(t plan.Text, unit, value string, asked func(plan.TextPart) string) string {
	var b strings.Builder
	for _, part := range t {
		switch part.Hole {
		case plan.HoleNone:
			b.WriteString(promLiteral(part.Literal))
		case plan.HoleValue:
			s := spellingOf(unit)
			fmt.Fprintf(&b, value, s.function, promLiteral(s.suffix))
		case plan.HoleLabel:
			b.WriteString(promLabel(part.Label))
		case plan.HoleQuery:
			b.WriteString(asked(part))
		}
	}
	return b.String()
}

var identifier = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// promLabel is the action that shows a label; `.name` is grammar for identifiers only, and Prometheus 3
// allows any text as the name of a label.
func promLabel(name string) string {
	if identifier.MatchString(name) {
		return "{{ $labels." + name + " }}"
	}
	return "{{ index $labels " + strconv.Quote(name) + " }}"
}

// labelOf is a label of a map, as an operand.
func labelOf(labels, name string) string {
	if identifier.MatchString(name) {
		return labels + "." + name
	}
	return "(index " + labels + " " + strconv.Quote(name) + ")"
}

// promLiteral makes a template that expands to s, whatever s is. Only `{{` opens an action, so that `$`,
// quotes and `}}` stand as they are. A brace at the end is wrapped too: the next part may begin with one.
func promLiteral(s string) string {
	if !strings.Contains(s, "{") {
		return s
	}
	var b strings.Builder
	for s != "" {
		open := strings.IndexByte(s, '{')
		if open < 0 {
			break
		}
		b.WriteString(s[:open])
		rest := strings.TrimLeft(s[open:], "{")
		braces := s[open : len(s)-len(rest)]
		if len(braces) > 1 || rest == "" {
			braces = `{{"` + braces + `"}}`
		}
		b.WriteString(braces)
		s = rest
	}
	b.WriteString(s)
	return b.String()
}
