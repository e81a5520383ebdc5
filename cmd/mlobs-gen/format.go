package main

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/report"
	"github.com/mlobs-gen/mlobs-gen/lint"
)

// textFormat is the form for people.
const textFormat = "text"

// formats are what --format takes.
func formats() []string {
	names := []string{textFormat}
	for _, f := range report.Forms() {
		names = append(names, f.Name)
	}
	return names
}

// writeFindings prints findings in a form.
func (a *app) writeFindings(list []*diag.Diagnostic, format string) error {
	forms := report.Forms()
	i := slices.IndexFunc(forms, func(f report.Form) bool { return f.Name == format })
	if i < 0 {
		return diag.Render(a.stdout, list, a.style(a.stdout))
	}
	in := report.Input{Findings: list, Version: versionText()}
	for _, r := range lint.Rules() {
		page, err := lint.Explain(r)
		if err != nil {
			return err
		}
		in.Rules = append(in.Rules, report.Rule{Name: r.Name, Severity: r.Severity, Doc: r.Doc, Help: page.Markdown(1)})
	}
	return forms[i].Write(a.stdout, in)
}
