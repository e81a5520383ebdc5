package report

import (
	"encoding/xml"
	"fmt"
	"io"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// noFile is the file of what stands in none, where a form needs one.
const noFile = "mlobs-gen"

// checkstyle is the form of Checkstyle 4.3, as its XMLLogger writes it.
type checkstyle struct {
	XMLName xml.Name         `xml:"checkstyle"`
	Version string           `xml:"version,attr"`
	Files   []checkstyleFile `xml:"file"`
}

type checkstyleFile struct {
	Name   string            `xml:"name,attr"`
	Errors []checkstyleError `xml:"error"`
}

type checkstyleError struct {
	Line     int    `xml:"line,attr,omitempty"`
	Column   int    `xml:"column,attr,omitempty"`
	Severity string `xml:"severity,attr"`
	Message  string `xml:"message,attr"`
	Source   string `xml:"source,attr"`
}

func writeCheckstyle(w io.Writer, in Input) error {
	out := checkstyle{Version: "4.3"}
	for _, d := range in.Findings {
		name := pathOf(d)
		if name == "" {
			name = noFile
		}
		if n := len(out.Files); n == 0 || out.Files[n-1].Name != name { // the list is sorted by file
			out.Files = append(out.Files, checkstyleFile{Name: name})
		}
		e := checkstyleError{Severity: d.Severity.String(), Message: said(d), Source: "mlobs-gen." + ruleOf(d)}
		if !d.Span.IsZero() {
			at := d.Span.Position()
			e.Line, e.Column = at.Line, at.Column
		}
		last := &out.Files[len(out.Files)-1]
		last.Errors = append(last.Errors, e)
	}
	return writeXML(w, out)
}

// junit is the form that Jenkins and GitLab read; https://github.com/testmoapp/junitxml describes it.
type junit struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	Classname string        `xml:"classname,attr"`
	File      string        `xml:"file,attr,omitempty"`
	Failure   *junitFailure `xml:"failure"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit makes each finding a test that failed; without any there is one that passed, since readers take a
// report without tests for a broken one.
func writeJUnit(w io.Writer, in Input) error {
	out := junit{Name: "mlobs-gen lint", Tests: len(in.Findings), Failures: len(in.Findings)}
	if len(in.Findings) == 0 {
		out.Tests = 1
		out.Suites = []junitSuite{{Name: "mlobs-gen lint", Tests: 1, Cases: []junitCase{{Name: "no findings", Classname: "mlobs-gen"}}}}
	}
	for _, d := range in.Findings {
		path, place := pathOf(d), ""
		if path == "" {
			path = noFile
		}
		if !d.Span.IsZero() {
			at := d.Span.Position()
			place = fmt.Sprintf(" at %d:%d", at.Line, at.Column)
		}
		if n := len(out.Suites); n == 0 || out.Suites[n-1].Name != path {
			out.Suites = append(out.Suites, junitSuite{Name: path})
		}
		suite := &out.Suites[len(out.Suites)-1]
		suite.Tests++
		suite.Failures++
		suite.Cases = append(suite.Cases, junitCase{
			Name: ruleOf(d) + place, Classname: path, File: pathOf(d),
			Failure: &junitFailure{Message: diag.Shown(d.Message), Type: d.Severity.String(), Text: path + place + ": " + said(d)},
		})
	}
	return writeXML(w, out)
}

func writeXML(w io.Writer, v any) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
