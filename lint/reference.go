package lint

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

var wantMark = regexp.MustCompile(` *# want "(.*)"\s*$`)

// Shown is the text of an example for readers: what is found stands behind an arrow.
func (e *Example) Shown() string {
	lines := strings.Split(strings.TrimRight(e.Text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = wantMark.ReplaceAllString(line, " # ← $1")
	}
	return strings.Join(lines, "\n") + "\n"
}

// language of the example, for a block of Markdown.
func (e *Example) language() string {
	if strings.HasSuffix(e.Name, ".json") {
		return "json"
	}
	return "yaml"
}

// Markdown is the page for readers, with headings from the given level on.
func (p *Page) Markdown(level int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n\n", strings.Repeat("#", level), p.Rule.Name)
	fmt.Fprintf(&b, "*%s: %s.*\n\n%s\n", p.Rule.Severity, p.Rule.Doc, p.Text)
	for i := range p.Examples {
		e := &p.Examples[i]
		fmt.Fprintf(&b, "\n%s:\n\n```%s\n%s```\n", e.title(), e.language(), e.Shown())
		for _, w := range e.Wants {
			fmt.Fprintf(&b, "\n- line %d: %s\n", w.Line, w.Message)
		}
	}
	return b.String()
}

// title says what the example shows, and what lies beside it.
func (e *Example) title() string {
	title := "Good"
	if e.Bad {
		title = "Bad"
	}
	switch {
	case strings.HasSuffix(e.Name, ".rules.yml"):
		title += ", in a rule file"
	case strings.HasSuffix(e.Name, ".json"):
		title += ", in a dashboard"
	case strings.HasSuffix(e.Name, "mlobs.yaml"):
		title += ", in mlobs.yaml"
	}
	return title
}

// table lists the rules of a group, with links to their pages.
func (g Group) table() string {
	var b strings.Builder
	b.WriteString("| rule | severity | what it finds |\n|---|---|---|\n")
	for _, r := range Rules() {
		if r.Group == g {
			fmt.Fprintf(&b, "| [%s](#%[1]s) | %s | %s |\n", r.Name, r.Severity, strings.ReplaceAll(r.Doc, "|", `\|`))
		}
	}
	return b.String()
}

// Reference is the page of all rules, docs/rules.md. An error is a defect of this program.
func Reference() (string, error) {
	var b strings.Builder
	b.WriteString(referenceHead)
	for s := diag.Error; s >= diag.Info; s-- {
		n := 0
		for _, r := range Rules() {
			if r.Severity == s {
				n++
			}
		}
		fmt.Fprintf(&b, "- **%s**, %d rules: %s\n", s, n, severityDoc[s])
	}
	for _, g := range Groups() {
		fmt.Fprintf(&b, "\n## %s\n\n%s", g, g.table())
		for _, r := range Rules() {
			if r.Group != g {
				continue
			}
			page, err := Explain(r)
			if err != nil {
				return "", err
			}
			b.WriteString("\n" + page.Markdown(3))
		}
	}
	return b.String(), nil
}

var severityDoc = map[diag.Severity]string{
	diag.Error:   "proved from what a spec or contract declares; `generate` writes nothing",
	diag.Warning: "wrong nearly always: at most once in twenty on files of other people it was meant",
	diag.Info:    "worth a look; shown by `lint --show info`",
}

const referenceHead = `# The rules of the linter

Made of the rules themselves (` + "`lint/`" + `); the examples below are run as tests. ` + "`mlobs-gen rules`" + ` lists them,
` + "`mlobs-gen explain RULE`" + ` shows one.

A finding can be silenced where it stands, with a reason, and with a day on which the silence ends:

` + "```yaml" + `
# mlobs:allow counter-without-rate: kept as on the old dashboard
# mlobs:allow counter-without-rate until 2027-03-31: kept until everybody has the new dashboard
` + "```" + `

At the end of a line the comment covers what begins on that line, with all that is inside; on a line of its own, what
begins on the next one; before the first line of a file, all of it. A workspace can set the severity of a rule, or switch
it off: ` + "`lint: {rules: {high-cardinality: error, missing-description: off}}`" + ` in mlobs.yaml.

`
