package spec

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// format is which of the four kinds of file is read; they share most of their keys.
type format int

const (
	specFile format = 1 << iota
	profileFile
	roleFile
	workspaceFile
)

// loader reads one file. Its methods report what is wrong and go on, so that one run shows all.
type loader struct {
	file   *diag.File
	rep    *diag.Report
	format format
	ws     *Workspace
	lib    *Library
	errors int
}

// maxErrors of one file are reported; who makes more has one mistake many times.
const maxErrors = 100

// errorf reports an error of the language. The diagnostic it returns is lost if there were too many.
func (l *loader) errorf(span diag.Span, format string, args ...any) *diag.Diagnostic {
	l.errors++
	if l.errors == maxErrors+1 {
		return l.rep.Errorf(l.place(0, 0), "more than %d errors in this file: the others are not shown", maxErrors)
	}
	if l.errors > maxErrors {
		return new(diag.Diagnostic)
	}
	return l.rep.Errorf(span, "%s", secretForm.ReplaceAllString(fmt.Sprintf(format, args...), "…"))
}

// secretForm is what secrets look like that people put into specs. They are never shown, wherever they stand.
var secretForm = regexp.MustCompile(`(?i)\S*(?:hooks\.slack\.com|xox[a-z]-|://[^/\s]*:[^/\s]*@)[^\s` + "`" + `]*`)

// code shows a piece of a spec in a message: in back quotes, in one line, not too long.
func code(s string) string {
	return "`" + strings.ReplaceAll(clip(s), "`", "'") + "`"
}

// clip shortens what would make a message unreadable, and takes out what cannot be seen.
func clip(s string) string {
	const most = 60
	if len(s) < 10*most {
		s = secretForm.ReplaceAllString(s, "…")
	}
	n := 0
	for i := range s {
		if n == most {
			s = s[:i] + "…"
			break
		}
		n++
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return '·'
		}
		return r
	}, s)
}

// quoteAll lists words in back quotes.
func quoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "`" + w + "`"
	}
	return strings.Join(quoted, ", ")
}
