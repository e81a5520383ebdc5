package report

import (
	"io"
	"net/url"
	"path"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// homepage is where SARIF's readers find the program.
const homepage = "https://github.com/mlobs-gen/mlobs-gen"

// fingerprintName is the name, and version, of how fingerprints are made.
const fingerprintName = "mlobs/v1"

// sarifLevels are SARIF's words for severities.
var sarifLevels = map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning", diag.Info: "note"}

// writeSARIF writes SARIF 2.1.0 (OASIS). Columns count characters, as diag does: columnKind unicodeCodePoints.
func writeSARIF(w io.Writer, in Input) error {
	run := sarif.NewRunWithInformationURI("mlobs-gen", homepage)
	run.WithColumnKind("unicodeCodePoints")
	run.Tool.Driver.WithVersion(in.Version)
	index := map[string]int{}
	for i, r := range sarifRules(in) {
		index[r.Name] = i
		rule := sarif.NewRule(r.Name).WithName(r.Name).
			WithShortDescription(sarif.NewMultiformatMessageString().WithText(r.Doc)).
			WithHelpURI(homepage + "/blob/main/docs/rules.md#" + r.Name).
			WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(sarifLevels[r.Severity]))
		if r.Help != "" {
			rule.WithHelp(sarif.NewMultiformatMessageString().WithText(r.Doc).WithMarkdown(r.Help))
		}
		run.Tool.Driver.AddRule(rule)
	}
	prints := Fingerprints(in.Findings)
	for i, d := range in.Findings {
		result := sarif.NewRuleResult(ruleOf(d)).
			WithRuleIndex(index[ruleOf(d)]).
			WithLevel(sarifLevels[d.Severity]).
			WithKind("fail").
			WithMessage(sarif.NewTextMessage(said(d))).
			WithPartialFingerprints(map[string]string{fingerprintName: prints[i]})
		if pathOf(d) != "" {
			result.AddLocation(sarifLocation(pathOf(d), d.Span))
		}
		for n, r := range d.Related {
			location := sarifLocation(r.Span.File.Path, r.Span)
			location.WithID(n + 1).WithMessage(sarif.NewTextMessage(diag.Shown(r.Message)))
			result.AddRelatedLocation(location)
		}
		run.AddResult(result)
	}
	report := sarif.NewReport().AddRun(run)
	if err := report.PrettyWrite(w); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// sarifRules are the rules, errors of the language among them.
func sarifRules(in Input) []Rule {
	return append([]Rule{{Name: languageRule, Severity: diag.Error, Doc: "what a spec, profile or workspace must not say"}}, in.Rules...)
}

// sarifLocation is a place; a file is named by a relative URI.
func sarifLocation(file string, s diag.Span) *sarif.Location {
	uri := (&url.URL{Path: path.Clean(strings.TrimPrefix(file, "./"))}).String()
	physical := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewSimpleArtifactLocation(uri))
	if !s.IsZero() {
		start, end := s.Position(), s.File.Position(s.End)
		if s.End == s.Start { // an empty region is shown nowhere
			end.Column++
		}
		physical.WithRegion(sarif.NewRegion().
			WithStartLine(start.Line).WithStartColumn(start.Column).
			WithEndLine(end.Line).WithEndColumn(end.Column).
			WithByteOffset(s.Start).WithByteLength(s.End - s.Start))
	}
	return sarif.NewLocation().WithPhysicalLocation(physical)
}
