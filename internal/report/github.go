package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// mostAnnotations of a level are shown by GitHub for each step; what is beyond is not.
const mostAnnotations = 10

// githubLevels are the names of GitHub's levels.
var githubLevels = map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning", diag.Info: "notice"}

// writeGitHub writes workflow commands; the form is that of actions/toolkit, packages/core/src/command.ts.
func writeGitHub(w io.Writer, in Input) error {
	var b strings.Builder
	count := map[diag.Severity]int{}
	for _, d := range in.Findings {
		if count[d.Severity]++; count[d.Severity] > mostAnnotations {
			continue
		}
		var properties []string
		set := func(name string, value any) {
			properties = append(properties, name+"="+githubProperty.Replace(fmt.Sprint(value)))
		}
		if path := pathOf(d); path != "" {
			set("file", path)
		}
		if !d.Span.IsZero() {
			start, end := d.Span.Position(), d.Span.File.Position(d.Span.End)
			set("line", start.Line)
			set("endLine", end.Line)
			if start.Line == end.Line { // columns of a range over lines mean something else there
				set("col", start.Column)
				set("endColumn", end.Column)
			}
		}
		set("title", ruleOf(d))
		fmt.Fprintf(&b, "::%s %s::%s\n", githubLevels[d.Severity], strings.Join(properties, ","), githubData.Replace(said(d)))
	}
	for s := diag.Error; s >= diag.Info; s-- {
		if more := count[s] - mostAnnotations; more > 0 {
			fmt.Fprintf(&b, "::notice title=mlobs-gen::%s\n", githubData.Replace(fmt.Sprintf("%d more of severity %s: `mlobs-gen lint` shows them all", more, s)))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// What the runner would take for its own is escaped: in data, and in properties also what separates them.
var (
	githubData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
