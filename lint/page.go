package lint

import (
	"bytes"
	"embed"
	"fmt"
	"strings"
)

// pages are the texts behind the rules, one for each: why, and examples that are run as tests.
//
//go:embed testdata/*.txtar
var pages embed.FS

// Page is what there is to say about a rule.
type Page struct {
	Rule *Rule
	// Text is Markdown: why it matters, what to do.
	Text string
	// Examples in the order of the page.
	Examples []Example
}

// Example is a file that a rule finds something in, or nothing.
type Example struct {
	// Name of the file in the page: bad.yaml is a spec, bad.rules.yml a rule file of Prometheus, bad.json a
	// dashboard. Files that begin with neither `bad` nor `good` belong to those after them: mlobs.yaml.
	Name string
	Text string
	// Bad: the rule finds something here, where Text says `# want "…"` or Wants does.
	Bad bool
	// Wants are pieces of messages, with the line they are about, for files that have no comments.
	Wants []Want
	// Beside are files that the example needs: a workspace, a contract.
	Beside []File
}

// File is a file beside an example.
type File struct{ Name, Text string }

// Want is a finding that an example must give.
type Want struct {
	Line    int
	Message string
}

// Explain returns the page of a rule. Every rule has one; an error is a defect of this program.
func Explain(r *Rule) (*Page, error) {
	data, err := pages.ReadFile("testdata/" + r.Name + ".txtar")
	if err != nil {
		return nil, fmt.Errorf("rule %s has no page: %w", r.Name, err)
	}
	return parsePage(r, data)
}

// parsePage reads a text archive: prose, then files, each behind a line `-- NAME --`. A file `want` holds
// what the file before it must give, a line for each: `LINE: piece of the message`.
func parsePage(r *Rule, data []byte) (*Page, error) {
	page := &Page{Rule: r}
	var beside []File
	prose, rest := cutFile(data)
	page.Text = strings.TrimSpace(prose)
	for rest != nil {
		var name, text string
		name, text, rest = nextFile(rest)
		switch {
		case name == "want":
			if len(page.Examples) == 0 {
				return nil, fmt.Errorf("page of %s: `want` before any example", r.Name)
			}
			wants, err := parseWants(text)
			if err != nil {
				return nil, fmt.Errorf("page of %s: %w", r.Name, err)
			}
			last := &page.Examples[len(page.Examples)-1]
			last.Wants = append(last.Wants, wants...)
		case strings.HasPrefix(name, "bad"), strings.HasPrefix(name, "good"):
			page.Examples = append(page.Examples, Example{Name: name, Text: text, Bad: strings.HasPrefix(name, "bad"), Beside: beside})
		default:
			beside = append(beside[:len(beside):len(beside)], File{name, text})
		}
	}
	return page, nil
}

// parseWants reads lines of `LINE: piece of the message`.
func parseWants(text string) (wants []Want, err error) {
	for line := range strings.Lines(text) {
		var w Want
		number, message, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			return nil, fmt.Errorf("%q is not `LINE: message`", line)
		}
		if _, err := fmt.Sscanf(number, "%d", &w.Line); err != nil {
			return nil, fmt.Errorf("%q is not a line: %w", number, err)
		}
		w.Message = message
		wants = append(wants, w)
	}
	return wants, nil
}

// cutFile splits what stands before the first file from it and all others.
func cutFile(data []byte) (text string, rest []byte) {
	for at := 0; at < len(data); {
		end := len(data)
		if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		if isMarker(data[at:end]) {
			return string(data[:at]), data[at:]
		}
		at = end
	}
	return string(data), nil
}

// nextFile takes the first file from data, which begins with its marker.
func nextFile(data []byte) (name, text string, rest []byte) {
	marker, body, _ := bytes.Cut(data, []byte("\n"))
	name = string(bytes.TrimSuffix(bytes.TrimPrefix(bytes.TrimSpace(marker), []byte("-- ")), []byte(" --")))
	text, rest = cutFile(body)
	return name, text, rest
}

func isMarker(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) > 6 && bytes.HasPrefix(line, []byte("-- ")) && bytes.HasSuffix(line, []byte(" --"))
}
