package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says what a diagnostic means for the run.
type Severity int

// Severities in ascending order. Error: the language, or proved from the contract. Warning: wrong at
// most once in twenty on real files. Info: everything else.
const (
	Info Severity = iota
	Warning
	Error
)

func (s Severity) String() string { return [...]string{"info", "warning", "error"}[s] }

// Related is a second place that helps to understand a diagnostic.
type Related struct {
	Span    Span
	Message string
}

// Diagnostic is one thing we say about the input.
type Diagnostic struct {
	Severity Severity
	// Rule is the lint rule; empty for errors of the language, which cannot be silenced.
	Rule string
	// Message says what is wrong: lower case, code in back quotes, no full stop.
	Message string
	// Help says what to do about it; may be empty.
	Help string
	// Span is where; the zero Span for problems that stand in no text.
	Span Span
	// Path names a file when Span cannot (it could not be read); otherwise empty.
	Path    string
	Related []Related
	// Object is what the finding is about, by a name that an edit elsewhere does not change: "alert `X`". For
	// fingerprints; empty: the message tells.
	Object string
	// Fix is what mends it for sure; nil: nobody can know.
	Fix *Fix
	// Fails: the run is not clean with it: an error of the language, or a finding as grave as --fail-on.
	Fails bool
}

// WithHelp sets Help and returns d, so that reporting stays one statement.
func (d *Diagnostic) WithHelp(format string, args ...any) *Diagnostic {
	d.Help = fmt.Sprintf(format, args...)
	return d
}

// See adds a related place and returns d.
func (d *Diagnostic) See(span Span, format string, args ...any) *Diagnostic {
	if !span.IsZero() {
		d.Related = append(d.Related, Related{span, fmt.Sprintf(format, args...)})
	}
	return d
}

// Report collects the diagnostics of one step. It is not safe for concurrent use: each goroutine has
// its own and they are added in order. The zero Report is ready to use.
type Report struct {
	list   []*Diagnostic
	errors int
}

// Errorf reports an error of the language at span.
func (r *Report) Errorf(span Span, format string, args ...any) *Diagnostic {
	return r.Add(&Diagnostic{Severity: Error, Message: fmt.Sprintf(format, args...), Span: span})
}

// Add appends d and returns it.
func (r *Report) Add(d *Diagnostic) *Diagnostic {
	r.list = append(r.list, d)
	if d.Severity == Error {
		r.errors++
		d.Fails = d.Fails || d.Rule == ""
	}
	return d
}

// Merge appends all diagnostics of other.
func (r *Report) Merge(other *Report) {
	for _, d := range other.list {
		r.Add(d)
	}
}

// Failed reports whether an error was reported.
func (r *Report) Failed() bool { return r.errors > 0 }

// Reaches reports whether anything of that severity, or a higher one, was reported.
func (r *Report) Reaches(s Severity) bool {
	return slices.ContainsFunc(r.list, func(d *Diagnostic) bool { return d.Severity >= s })
}

// Fail marks what is of that severity, or a higher one: the run fails by it.
func (r *Report) Fail(s Severity) {
	for _, d := range r.list {
		d.Fails = d.Fails || d.Severity >= s
	}
}

// Repeat counts an error that was reported before, at another place: what depends on it fails, and
// nothing more is said.
func (r *Report) Repeat() { r.errors++ }

// Errors returns the number of errors; useful to see whether a step added one.
func (r *Report) Errors() int { return r.errors }

// All returns the diagnostics by file, place, severity and message, each once.
func (r *Report) All() []*Diagnostic {
	list := slices.Clone(r.list)
	slices.SortStableFunc(list, func(a, b *Diagnostic) int {
		return cmp.Or(cmp.Compare(a.path(), b.path()), cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(list, func(a, b *Diagnostic) bool {
		return a.path() == b.path() && a.Span.Start == b.Span.Start && a.Span.End == b.Span.End && a.Rule == b.Rule && a.Message == b.Message
	})
}

func (d *Diagnostic) path() string {
	if d.Span.File != nil {
		return d.Span.File.Path
	}
	return d.Path
}
