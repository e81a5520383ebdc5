package diag

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Ink is what a piece of the text form is, so that a terminal can colour it.
type Ink int

// The inks. InkError, InkWarning and InkInfo are in the order of Severity, backwards.
const (
	InkError   Ink = iota // the word, and the underline
	InkWarning            // the same
	InkInfo               // the same
	InkPlace              // path:line:column
	InkRule               // [rule-name]
	InkGutter             // line numbers and bars
	InkRelated            // underline and note of related places
	InkHelp               // the word help
)

// Style says how the text form looks.
type Style struct {
	// Paint colours a piece of text; nil: no colours. It must not change what it is given.
	Paint func(Ink, string) string
	// Width is how many columns a line of source may take; longer ones are clipped around the span.
	// Zero: 120.
	Width int
}

func (s Style) paint(ink Ink, text string) string {
	if s.Paint == nil || text == "" {
		return text
	}
	return s.Paint(ink, text)
}

// Render writes the text form of a list, in its order (see Report.All), and returns the first error of w:
//
//	models/cifar.yaml:12:24: error: unknown metric `infrence_time`
//	  12 |         query: sum(rate(infrence_time[5m]))
//	     |                         ^^^^^^^^^^^^^
//	       help: did you mean `inference_time`?
//
// Whatever comes from a file is a stranger's: control and bidi characters are shown as <U+202E>, and a
// line that looks like it holds a secret is not shown.
func Render(w io.Writer, list []*Diagnostic, style Style) error {
	if style.Width <= 0 {
		style.Width = 120
	}
	for i, d := range list {
		text := style.diagnostic(d)
		if i > 0 {
			text = "\n" + text
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}

func (s Style) diagnostic(d *Diagnostic) string {
	ink := [...]Ink{Info: InkInfo, Warning: InkWarning, Error: InkError}[d.Severity]
	var b strings.Builder
	if place := place(d.Span, d.Path); place != "" {
		b.WriteString(s.paint(InkPlace, place+":") + " ")
	}
	b.WriteString(s.paint(ink, d.Severity.String()+":") + " " + Shown(d.Message))
	if d.Rule != "" {
		b.WriteString(" " + s.paint(InkRule, "["+Visible(d.Rule)+"]"))
	}
	b.WriteByte('\n')

	gutter := gutterWidth(d)
	related := d.Related
	if !d.Span.IsZero() {
		marks := []mark{{span: d.Span, sign: '^', ink: ink}}
		for len(related) > 0 && sameLine(d.Span, related[0].Span) {
			marks = append(marks, mark{span: related[0].Span, sign: '~', ink: InkRelated, note: related[0].Message})
			related = related[1:]
		}
		s.snippet(&b, marks, gutter)
	}
	for _, r := range related {
		if r.Span.IsZero() {
			continue
		}
		fmt.Fprintf(&b, "%s %s\n", s.paint(InkGutter, strings.Repeat(" ", gutter)+"-->"), s.paint(InkPlace, place(r.Span, "")))
		s.snippet(&b, []mark{{span: r.Span, sign: '~', ink: InkRelated, note: r.Message}}, gutter)
	}
	if d.Help != "" {
		fmt.Fprintf(&b, "%s %s %s\n", strings.Repeat(" ", gutter+1), s.paint(InkHelp, "help:"), Shown(d.Help))
	}
	return b.String()
}

// Shown is a text of a diagnostic as it may be shown: without secrets, and without characters that a terminal
// would obey.
func Shown(text string) string { return Visible(hideSecrets(text)) }

// snippet writes a line of source and a line for each mark; all marks begin on the line of the first.
func (s Style) snippet(b *strings.Builder, marks []mark, gutter int) {
	pos := marks[0].span.Position()
	line, start := marks[0].span.File.Line(pos.Line)
	empty := s.paint(InkGutter, strings.Repeat(" ", gutter)+" |")
	number := s.paint(InkGutter, fmt.Sprintf("%*d |", gutter, pos.Line))
	shown := layout(line, start, marks, s.Width)
	if holdsSecret(string(shown.surroundings(line, start))) {
		fmt.Fprintf(b, "%s (not shown: the line looks like it holds a secret)\n", number)
		for _, m := range marks {
			if m.note != "" {
				fmt.Fprintf(b, "%s %s\n", empty, s.paint(m.ink, Shown(m.note)))
			}
		}
		return
	}
	b.WriteString(strings.TrimRight(number+" "+shown.text, " ") + "\n")
	for i, m := range marks {
		from, to := shown.columns(m.span)
		under := strings.Repeat(string(m.sign), to-from)
		if m.note != "" {
			under += " " + Shown(m.note)
		}
		fmt.Fprintf(b, "%s %s%s\n", empty, strings.Repeat(" ", from), s.paint(marks[i].ink, under))
	}
}

// mark is something to underline.
type mark struct {
	span Span
	sign rune
	ink  Ink
	note string
}

func sameLine(a, b Span) bool {
	return !b.IsZero() && a.File == b.File && a.Position().Line == b.Position().Line
}

// place is path:line:column, or the path alone, or nothing.
func place(span Span, path string) string {
	if span.IsZero() {
		return Visible(path)
	}
	pos := span.Position()
	return fmt.Sprintf("%s:%d:%d", Visible(span.File.Path), pos.Line, pos.Column)
}

// gutterWidth is how many columns the line numbers of a diagnostic take, at least four so that the
// sources of most diagnostics stand below each other.
func gutterWidth(d *Diagnostic) int {
	last := 0
	if !d.Span.IsZero() {
		last = d.Span.Position().Line
	}
	for _, r := range d.Related {
		if !r.Span.IsZero() {
			last = max(last, r.Span.Position().Line)
		}
	}
	return max(4, len(strconv.Itoa(last)))
}

// Summary counts a list: "2 errors, 1 warning", "" for an empty one.
func Summary(list []*Diagnostic) string {
	var counts [Error + 1]int
	for _, d := range list {
		counts[d.Severity]++
	}
	var parts []string
	for severity := Error; severity >= Info; severity-- {
		n := counts[severity]
		word := severity.String()
		switch {
		case n == 0:
			continue
		case n > 1 && severity != Info:
			word += "s"
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, word))
	}
	return strings.Join(parts, ", ")
}
