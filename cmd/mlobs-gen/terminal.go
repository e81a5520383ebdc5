package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/fatih/color"
	"golang.org/x/term"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// terminal returns the width of w if it is a terminal.
func terminal(w io.Writer) (width int, ok bool) {
	file, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(file.Fd()))
	return width, err == nil
}

// style is how diagnostics look on w.
func (a *app) style(w io.Writer) diag.Style {
	var s diag.Style
	width, isTerminal := terminal(w)
	if isTerminal {
		s.Width = max(40, width-10) // beside line numbers
	}
	auto := isTerminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if a.color == "always" || a.color == "auto" && auto {
		s.Paint = paint
	}
	return s
}

func paint(ink diag.Ink, text string) string {
	inks := map[diag.Ink][]color.Attribute{
		diag.InkError:   {color.FgRed, color.Bold},
		diag.InkWarning: {color.FgYellow, color.Bold},
		diag.InkInfo:    {color.FgCyan, color.Bold},
		diag.InkPlace:   {color.Bold},
		diag.InkRule:    {color.Faint},
		diag.InkGutter:  {color.FgBlue},
		diag.InkRelated: {color.FgCyan},
		diag.InkHelp:    {color.FgGreen, color.Bold},
	}
	c := color.New(inks[ink]...)
	c.EnableColor()
	return c.Sprint(text)
}

// paintDiff is a diff as a terminal may show it: coloured, if there is paint, and with nothing in it that
// a terminal would obey.
func paintDiff(text string, paint func(diag.Ink, string) string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = diag.Visible(strings.TrimSuffix(line, "\n"))
		ink, colored := diag.InkRelated, strings.HasPrefix(line, "@@")
		switch {
		case strings.HasPrefix(line, "+"):
			ink, colored = diag.InkHelp, true
		case strings.HasPrefix(line, "-"):
			ink, colored = diag.InkError, true
		}
		if colored && paint != nil {
			line = paint(ink, line)
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// progress is a line on a terminal that counts models, from the second second of a run on.
type progress struct {
	w     io.Writer // nil: no terminal
	begun time.Time
	last  time.Time
	shown bool
	err   error
}

func (a *app) newProgress() *progress {
	p := &progress{begun: time.Now()}
	if _, ok := terminal(a.stderr); ok {
		p.w = a.stderr
	}
	return p
}

func (p *progress) update(done, total int) {
	now := time.Now()
	if p.w == nil || p.err != nil || now.Sub(p.begun) < time.Second || now.Sub(p.last) < 100*time.Millisecond {
		return
	}
	p.last, p.shown = now, true
	_, p.err = fmt.Fprintf(p.w, "\r%d of %d models", done, total)
}

// clear removes the line.
func (p *progress) clear() error {
	if p.shown && p.err == nil {
		_, p.err = io.WriteString(p.w, "\r\x1b[K")
	}
	return p.err
}
