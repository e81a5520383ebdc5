package report

import (
	"encoding/json"
	"io"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// JSONVersion is the version of the JSON form: it rises when a reader of the old form would go wrong. New keys
// do not change it.
const JSONVersion = 1

type jsonReport struct {
	Version  int           `json:"version"`
	Findings []jsonFinding `json:"findings"`
	Errors   int           `json:"errors"`
	Warnings int           `json:"warnings"`
	Infos    int           `json:"infos"`
}

type jsonFinding struct {
	Severity    string        `json:"severity"`
	Rule        string        `json:"rule"`
	Message     string        `json:"message"`
	Help        string        `json:"help,omitempty"`
	Object      string        `json:"object,omitempty"`
	File        string        `json:"file,omitempty"`
	Start       *jsonPosition `json:"start,omitempty"`
	End         *jsonPosition `json:"end,omitempty"`
	Related     []jsonRelated `json:"related,omitempty"`
	Fingerprint string        `json:"fingerprint"`
}

// jsonPosition: Line and Column from 1, in characters; Offset from 0, in bytes.
type jsonPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Offset int `json:"offset"`
}

type jsonRelated struct {
	Message string        `json:"message"`
	File    string        `json:"file"`
	Start   *jsonPosition `json:"start"`
	End     *jsonPosition `json:"end"`
}

func writeJSON(w io.Writer, in Input) error {
	report := jsonReport{Version: JSONVersion, Findings: []jsonFinding{}}
	prints := Fingerprints(in.Findings)
	for i, d := range in.Findings {
		switch d.Severity {
		case diag.Error:
			report.Errors++
		case diag.Warning:
			report.Warnings++
		case diag.Info:
			report.Infos++
		}
		f := jsonFinding{
			Severity: d.Severity.String(), Rule: ruleOf(d), Message: diag.Shown(d.Message), Help: diag.Shown(d.Help),
			Object: diag.Shown(d.Object), File: pathOf(d), Fingerprint: prints[i],
		}
		f.Start, f.End = jsonSpan(d.Span)
		for _, r := range d.Related {
			related := jsonRelated{Message: diag.Shown(r.Message), File: r.Span.File.Path}
			related.Start, related.End = jsonSpan(r.Span)
			f.Related = append(f.Related, related)
		}
		report.Findings = append(report.Findings, f)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(report)
}

func jsonSpan(s diag.Span) (start, end *jsonPosition) {
	if s.IsZero() {
		return nil, nil
	}
	at := func(offset int) *jsonPosition {
		p := s.File.Position(offset)
		return &jsonPosition{p.Line, p.Column, offset}
	}
	return at(s.Start), at(s.End)
}
