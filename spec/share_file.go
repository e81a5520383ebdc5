package spec

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// A file of shares lies beside a spec: what a class or bucket had when the model was trained. Somebody may have named
// another file, even one that holds secrets: its content is never shown, only what was expected at which line.

// Beside reads a file that a spec names by a path relative to its own.
type Beside func(spec *diag.File, path string) (*diag.File, error)

// Reading returns the library for specs that may name files beside them. Without it there are none: such a spec is
// refused.
func (l *Library) Reading(beside Beside) *Library {
	more := *l
	more.beside = beside
	return &more
}

// fileShare is a line of such a file.
type fileShare struct {
	key   string
	share decimal.Decimal
	line  int
}

// misread says what was expected, and from which line on; line 0: of the file as a whole.
type misread struct {
	line     int
	expected string
	help     string
}

// formatOf says by its name what a file is; empty: nothing that is read.
func formatOf(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml":
		return "YAML"
	case ".json":
		return "JSON"
	case ".csv":
		return "CSV"
	}
	return ""
}

// sharesIn reads the file that a spec names; nil after reporting what is wrong, at its path in the spec.
func (l *loader) sharesIn(at diag.Located[string]) []ReferenceShare {
	if l.lib == nil || l.lib.beside == nil {
		l.errorf(at.Span, "files beside a spec cannot be read here").WithHelp("write the shares into the spec: `reference: {cat: 0.6, dog: 0.4}`")
		return nil
	}
	file, err := l.lib.beside(l.file, at.Value)
	if err != nil {
		l.errorf(at.Span, "%s", err.Error()).WithHelp("name a file of shares inside the workspace, of at most 1 MiB, by its path from the spec; or write the shares into the spec: `reference: {cat: 0.6, dog: 0.4}`")
		return nil
	}
	shares, wrong := readShares(formatOf(at.Value), file.Data)
	if wrong != nil {
		l.misread(at, shapeOf(file), wrong)
		return nil
	}
	list := make([]ReferenceShare, 0, len(shares))
	for _, s := range shares {
		list = append(list, ReferenceShare{Key: diag.At(s.key, at.Span), Share: diag.At(s.share, at.Span)})
	}
	return list
}

// misread reports what was expected of a file, and where.
func (l *loader) misread(at diag.Located[string], shape *diag.File, wrong *misread) {
	if wrong.line == 0 {
		l.errorf(at.Span, "the shares in %s %s", code(at.Value), wrong.expected).WithHelp("%s", wrong.help).See(diag.Span{File: shape, End: len(shape.Data)}, "there; what stands in it is not shown")
		return
	}
	line, start := shape.Line(wrong.line)
	l.errorf(at.Span, "line %d of %s is not what was expected: %s", wrong.line, code(at.Value), wrong.expected).
		WithHelp("%s", wrong.help).See(diag.Span{File: shape, Start: start, End: start + len(line)}, "there; what stands in it is not shown")
}

// shapeOf is the file without its content: a message can say where in it, and nobody can show what stands there.
func shapeOf(file *diag.File) *diag.File {
	return diag.NewFile(file.Path, bytes.Repeat([]byte("\n"), bytes.Count(file.Data, []byte("\n"))))
}

const (
	helpYAML = "a file of shares has a line for each class: `cat: 0.6`"
	helpJSON = "a file of shares is `{\"cat\": 0.6, \"dog\": 0.4}`, or `[{\"class\": \"cat\", \"share\": 0.6}, …]`; of buckets `bucket`"
	helpCSV  = "a file of shares has a line for each class: `cat,0.6`; the first may be a header"
)

// readShares reads the shares of a file, which are a distribution.
func readShares(format string, data []byte) ([]fileShare, *misread) {
	data = bytes.TrimPrefix(data, []byte(bom))
	help := map[string]string{"YAML": helpYAML, "JSON": helpJSON, "CSV": helpCSV}[format]
	if len(data) > maxBytes {
		return nil, &misread{0, "are in a file that is too large", "at most 1 MiB is read"}
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, &misread{0, "cannot be read: it is no text in UTF-8", help}
	}
	var list []fileShare
	var wrong *misread
	switch format {
	case "YAML":
		list, wrong = yamlShares(data)
	case "JSON":
		list, wrong = jsonShares(data)
	case "CSV":
		list, wrong = csvShares(data)
	}
	if wrong != nil {
		wrong.help = help
		return nil, wrong
	}
	return distribution(list, help)
}

// distribution checks that the shares are one.
func distribution(list []fileShare, help string) ([]fileShare, *misread) {
	seen := make(map[string]bool, len(list))
	sum := decimal.Zero
	for _, s := range list {
		switch {
		case s.key == "" || len(s.key) > maxLine || !printableText(s.key):
			return nil, &misread{s.line, "the name of a class, in at most 300 bytes", help}
		case seen[s.key]:
			return nil, &misread{s.line, "a class that is not there before", "write each class once"}
		}
		seen[s.key] = true
		sum = sum.Add(s.share)
	}
	switch {
	case len(list) < 2:
		return nil, &misread{0, "are fewer than two", help}
	case len(list) > maxShares:
		return nil, &misread{0, "are more than 10000", "put rare classes together as `__other__`"}
	case !isOne(sum):
		return nil, &misread{0, "do not sum to 1", "write shares, not counts: divide each by the sum of all"}
	}
	return list, nil
}

// printableText has no control characters.
func printableText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' })
}
