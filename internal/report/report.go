// Package report writes a list of findings in the forms that other programs read: JSON, SARIF, GitHub's
// workflow commands, Checkstyle and JUnit. The text form, for people, is diag.Render.
//
// It is the last step of a lint. All forms say the same of the same diagnostics; each escapes what comes from
// files in one place, and none shows lines of source, which may hold secrets.
package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// Input is what is written.
type Input struct {
	// Findings in the order of diag.Report.All.
	Findings []*diag.Diagnostic
	// Rules describes the rules of the linter, by name. Errors of the language have none.
	Rules []Rule
	// Version of the program.
	Version string
}

// Rule is what a form says of a rule.
type Rule struct {
	Name     string
	Severity diag.Severity
	// Doc is one line, Help a page of Markdown.
	Doc, Help string
}

// Form is a way to write findings.
type Form struct {
	// Name is what --format calls it.
	Name string
	// Doc says in one line who reads it.
	Doc   string
	Write func(io.Writer, Input) error
}

// Forms lists all forms by name, without the text form.
func Forms() []Form {
	return []Form{
		{"checkstyle", "Checkstyle XML, for Jenkins and code review", writeCheckstyle},
		{"github", "workflow commands of GitHub Actions: annotations in pull requests", writeGitHub},
		{"json", "for programs; the form is described in docs/findings.md", writeJSON},
		{"junit", "JUnit XML, for the test reports of GitLab and Jenkins", writeJUnit},
		{"sarif", "SARIF 2.1.0, for code scanning", writeSARIF},
	}
}

// languageRule is the name of what is no rule of the linter: errors of the language.
const languageRule = "language"

// ruleOf is the name of a finding's rule.
func ruleOf(d *diag.Diagnostic) string {
	if d.Rule == "" {
		return languageRule
	}
	return d.Rule
}

// pathOf is the file of a finding; empty if it stands in none.
func pathOf(d *diag.Diagnostic) string {
	if d.Span.File != nil {
		return d.Span.File.Path
	}
	return d.Path
}

// Fingerprint tells a finding from all others, wherever its line moves and its file: it is made of its rule, of
// what it is about (the object, or file and message where there is none) and of the text it underlines, without
// its blanks.
func Fingerprint(d *diag.Diagnostic) string {
	about := d.Object
	if about == "" {
		about = pathOf(d) + "\x00" + d.Message
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{ruleOf(d), about, normal(d.Span.Text())}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// Fingerprints are those of a list; findings that nothing tells apart get a number.
func Fingerprints(list []*diag.Diagnostic) []string {
	seen := map[string]int{}
	prints := make([]string, len(list))
	for i, d := range list {
		f := Fingerprint(d)
		if seen[f]++; seen[f] > 1 {
			prints[i] = fmt.Sprintf("%s:%d", f, seen[f])
			continue
		}
		prints[i] = f
	}
	return prints
}

// normal is a text without what layout changes.
func normal(text string) string { return strings.Join(strings.Fields(text), " ") }

// said is message and help in one text, the message on the first line.
func said(d *diag.Diagnostic) string {
	text := diag.Shown(d.Message)
	if d.Help != "" {
		text += "\nhelp: " + diag.Shown(d.Help)
	}
	return text
}
