package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"regexp"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/report"
)

// text has characters of several bytes before what is underlined, and characters that each form escapes.
const text = "größe: ü\nquery: sum(rate(größe_total{x=\"ä\"}[5m]))\nalerts:\n  - a\n  - b\n"

// sample are findings of every severity, in several files, with and without places.
func sample(t *testing.T) report.Input {
	t.Helper()
	file := diag.NewFile("models/a b,c:%.yaml", []byte(text))
	at := func(piece string) diag.Span {
		i := strings.Index(text, piece)
		if i < 0 {
			t.Fatalf("%q is not in the text", piece)
		}
		return diag.Span{File: file, Start: i, End: i + len(piece)}
	}
	var rep diag.Report
	rep.Add(&diag.Diagnostic{Severity: diag.Error, Rule: "rate-of-gauge", Message: "`größe_total` <is> & \"was\" %0A, a: gauge\x1b[31m", Help: "two\nlines", Span: at("größe_total"), Object: "panel `P`"}).
		See(at("größe: ü"), "declared here")
	rep.Add(&diag.Diagnostic{Severity: diag.Warning, Rule: "twice", Message: "over two lines", Span: at("- a\n  - b")})
	rep.Add(&diag.Diagnostic{Severity: diag.Warning, Rule: "twice", Message: "over two lines", Span: at("- b")})
	rep.Add(&diag.Diagnostic{Severity: diag.Info, Rule: "small", Message: "a small thing", Span: at("sum")})
	rep.Add(&diag.Diagnostic{Severity: diag.Error, Message: "no file at all"})
	rep.Add(&diag.Diagnostic{Severity: diag.Error, Message: "cannot be read", Path: "gone.yaml"})
	return report.Input{Findings: rep.All(), Version: "1.2.3", Rules: []report.Rule{
		{Name: "rate-of-gauge", Severity: diag.Error, Doc: "a rate of what may fall", Help: "# Rate\n\nwhy"},
		{Name: "small", Severity: diag.Info, Doc: "small"}, {Name: "twice", Severity: diag.Warning, Doc: "twice"},
	}}
}

func write(t *testing.T, form string, in report.Input) string {
	t.Helper()
	for _, f := range report.Forms() {
		if f.Name == form {
			var b bytes.Buffer
			if err := f.Write(&b, in); err != nil {
				t.Fatal(err)
			}
			if strings.ContainsRune(b.String(), '\x1b') {
				t.Errorf("%s lets an escape of terminals through", form)
			}
			return b.String()
		}
	}
	t.Fatalf("no form %s", form)
	return ""
}

// SARIF is valid by its schema, and each region leads back to the text that it is about.
func TestSARIF(t *testing.T) {
	in := sample(t)
	for _, input := range []report.Input{in, {Version: "1", Rules: in.Rules}} {
		log, err := sarif.FromString(write(t, "sarif", input), sarif.WithStrictValidation())
		if err != nil {
			t.Fatal(err)
		}
		if err := log.Validate(); err != nil {
			t.Fatal(err)
		}
	}
	log, err := sarif.FromString(write(t, "sarif", in))
	if err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if *run.ColumnKind != "unicodeCodePoints" || len(run.Results) != len(in.Findings) {
		t.Errorf("columns are %q, %d results", *run.ColumnKind, len(run.Results))
	}
	regions := 0
	for i, r := range run.Results {
		if rule := run.Tool.Driver.Rules[r.RuleIndex]; *rule.ID != *r.RuleID {
			t.Errorf("result %d: rule %s at the index of %s", i, *r.RuleID, *rule.ID)
		}
		places := append(r.Locations, r.RelatedLocations...)
		spans := []diag.Span{in.Findings[i].Span}
		for _, related := range in.Findings[i].Related {
			spans = append(spans, related.Span)
		}
		for n, l := range places {
			region := l.PhysicalLocation.Region
			if region == nil {
				continue
			}
			regions++
			if got := resolve(text, *region.StartLine, *region.StartColumn, *region.EndLine, *region.EndColumn); got != spans[n].Text() {
				t.Errorf("result %d: the region is %q, want %q", i, got, spans[n].Text())
			}
			if got := text[region.ByteOffset : region.ByteOffset+*region.ByteLength]; got != spans[n].Text() {
				t.Errorf("result %d: the bytes are %q, want %q", i, got, spans[n].Text())
			}
			if uri := *l.PhysicalLocation.ArtifactLocation.URI; uri != "models/a%20b,c:%25.yaml" {
				t.Errorf("URI %q", uri)
			}
		}
	}
	if regions != 5 {
		t.Errorf("%d regions", regions)
	}
}

// resolve returns the text of a region whose columns count characters.
func resolve(text string, startLine, startColumn, endLine, endColumn int) string {
	offset := func(line, column int) int {
		at := 0
		for i, l := range strings.SplitAfter(text, "\n") {
			if i+1 == line {
				return at + len(string([]rune(l)[:column-1]))
			}
			at += len(l)
		}
		return at
	}
	return text[offset(startLine, startColumn):offset(endLine, endColumn)]
}

// A fingerprint does not change when lines move, or blanks; it does with rule, object and text.
func TestFingerprint(t *testing.T) {
	at := func(text, piece string) *diag.Diagnostic {
		i := strings.Index(text, piece)
		return &diag.Diagnostic{Rule: "r", Message: "m", Object: "o", Span: diag.Span{File: diag.NewFile("f", []byte(text)), Start: i, End: i + len(piece)}}
	}
	first := at("a: b  c\n", "b  c")
	moved := at("x: y\n\n  a:\n    b c\n", "b c")
	moved.Message = "m in other words"
	if report.Fingerprint(first) != report.Fingerprint(moved) {
		t.Error("a move changes the fingerprint")
	}
	for name, change := range map[string]func(*diag.Diagnostic){
		"rule": func(d *diag.Diagnostic) { d.Rule = "s" }, "object": func(d *diag.Diagnostic) { d.Object = "p" },
		"text": func(d *diag.Diagnostic) { d.Span.End-- }, "message": func(d *diag.Diagnostic) { d.Object, d.Message = "", "n" },
	} {
		other := at("a: b  c\n", "b  c")
		change(other)
		if report.Fingerprint(first) == report.Fingerprint(other) {
			t.Errorf("another %s has the same fingerprint", name)
		}
	}
	prints := report.Fingerprints([]*diag.Diagnostic{first, moved, moved})
	if prints[0] == prints[1] || prints[1] == prints[2] || !strings.HasPrefix(prints[1], prints[0]) {
		t.Errorf("equal findings are not told apart: %v", prints)
	}
}

func TestJSON(t *testing.T) {
	in := sample(t)
	schema, err := jsonschema.NewCompiler().Compile("../../docs/schema/findings.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, input := range []report.Input{in, {}} {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(write(t, "json", input)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Error(err)
		}
	}
	var got struct {
		Version, Errors, Warnings, Infos int
		Findings                         []struct {
			Severity, Rule, Message, File, Fingerprint string
			Start, End                                 *struct{ Line, Column, Offset int }
			Related                                    []struct{ Message, File string }
		}
	}
	decoder := json.NewDecoder(strings.NewReader(write(t, "json", in)))
	if err := decoder.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Version != report.JSONVersion || got.Errors != 3 || got.Warnings != 2 || got.Infos != 1 || len(got.Findings) != 6 {
		t.Errorf("%+v", got)
	}
	for i, f := range got.Findings {
		d := in.Findings[i]
		if d.Span.IsZero() != (f.Start == nil) || f.Start != nil && text[f.Start.Offset:f.End.Offset] != d.Span.Text() {
			t.Errorf("finding %d: %+v", i, f)
		}
	}
	if out := write(t, "json", report.Input{}); !strings.Contains(out, `"findings": []`) {
		t.Errorf("without findings: %s", out)
	}
}

// Each command is one line that the runner of GitHub's actions takes apart again.
func TestGitHub(t *testing.T) {
	in := sample(t)
	lines := strings.Split(strings.TrimSuffix(write(t, "github", in), "\n"), "\n")
	if len(lines) != len(in.Findings) {
		t.Fatalf("%d lines: %q", len(lines), lines)
	}
	command := regexp.MustCompile(`^::(error|warning|notice) ((?:[a-zA-Z]+=[^:,]*,?)+)::(.*)$`)
	unescape := strings.NewReplacer("%0A", "\n", "%0D", "\r", "%3A", ":", "%2C", ",", "%25", "%")
	for i, line := range lines {
		m := command.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("%q is no command", line)
			continue
		}
		d := in.Findings[i]
		if message := unescape.Replace(m[3]); !strings.HasPrefix(message, diag.Shown(d.Message)) {
			t.Errorf("the message is %q", message)
		}
		if d.Span.File != nil && !strings.Contains(unescape.Replace(m[2]), "file="+d.Span.File.Path) {
			t.Errorf("the properties are %q", m[2])
		}
	}
	many := in
	many.Findings = nil
	for range 12 {
		many.Findings = append(many.Findings, in.Findings[0])
	}
	if out := write(t, "github", many); strings.Count(out, "\n") != 11 || !strings.Contains(out, "2 more of severity error") {
		t.Errorf("of twelve: %s", out)
	}
}

func TestXML(t *testing.T) {
	in := sample(t)
	var style struct {
		XMLName xml.Name `xml:"checkstyle"`
		Files   []struct {
			Name   string `xml:"name,attr"`
			Errors []struct {
				Line     int    `xml:"line,attr"`
				Severity string `xml:"severity,attr"`
				Message  string `xml:"message,attr"`
			} `xml:"error"`
		} `xml:"file"`
	}
	if err := xml.Unmarshal([]byte(write(t, "checkstyle", in)), &style); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range style.Files {
		for _, e := range f.Errors {
			if d := in.Findings[n]; e.Severity != d.Severity.String() || !strings.HasPrefix(e.Message, diag.Shown(d.Message)) || !d.Span.IsZero() && e.Line != d.Span.Position().Line {
				t.Errorf("%+v", e)
			}
			n++
		}
	}
	if n != len(in.Findings) || len(style.Files) != 3 {
		t.Errorf("%d findings in %d files", n, len(style.Files))
	}
	type suites struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Cases []struct {
				Failure *struct {
					Message string `xml:"message,attr"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	var unit, none suites
	if err := xml.Unmarshal([]byte(write(t, "junit", in)), &unit); err != nil {
		t.Fatal(err)
	}
	if unit.Tests != 6 || unit.Failures != 6 || len(unit.Suites) != 3 || unit.Suites[0].Cases[0].Failure.Message != "no file at all" {
		t.Errorf("%+v", unit)
	}
	if err := xml.Unmarshal([]byte(write(t, "junit", report.Input{})), &none); err != nil {
		t.Fatal(err)
	}
	if none.Tests != 1 || none.Failures != 0 || none.Suites[0].Cases[0].Failure != nil {
		t.Errorf("%+v", none)
	}
}
