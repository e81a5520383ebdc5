package spec

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// syntaxError turns an error of yaml.v3, which knows a line at best, and often not the right one, into
// a diagnostic at the place of the mistake: it looks for the usual traps near that line.
func (l *loader) syntaxError(err error) {
	line, text := yamlMessage(err)
	if t := l.findTrap(line, text); t != nil {
		l.errorf(t.span, "%s", t.message).WithHelp("%s", t.help)
		return
	}
	data, start := l.file.Line(max(1, line))
	trimmed := bytes.TrimLeft(data, " \t")
	at := start + len(data) - len(trimmed)
	message, help := explain(text)
	l.errorf(l.place(at, start+len(data)), "%s", message).WithHelp("%s", help)
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line ([0-9]+): )?(.*)$`)

// yamlMessage splits an error of yaml.v3 into line (0: not known) and text.
func yamlMessage(err error) (line int, text string) {
	m := yamlLine.FindStringSubmatch(strings.SplitN(err.Error(), "\n", 2)[0])
	if m == nil {
		return 0, err.Error()
	}
	if m[1] != "" {
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	return line, m[2]
}

// explain says in other words what yaml.v3 means.
func explain(text string) (message, help string) {
	switch {
	case strings.Contains(text, "did not find expected ',' or"):
		return "a `[` or `{` is not closed, or a comma is missing", "close it; texts with brackets or braces in them need quotes"
	case strings.Contains(text, "did not find expected key"), strings.Contains(text, "did not find expected '-' indicator"):
		return "this line does not fit what stands above it", "indent it like its neighbours; texts with special characters need quotes"
	case strings.Contains(text, "could not find expected ':'"):
		return "a key without `:`", "write `key: value`; a text over several lines needs `|` after its key"
	case strings.Contains(text, "unexpected end of stream"):
		return "a quote is not closed", "close it"
	case strings.Contains(text, "max depth"):
		return "nested more than " + strconv.Itoa(maxDepth) + " levels deep", ""
	case strings.Contains(text, "tab character"):
		return "a tab in the indentation", "indent with blanks"
	case strings.Contains(text, "mapping values are not allowed"):
		return "a `:` where no key can be", "indent a key like its neighbours; a text of several lines with `: ` in it needs quotes, or `|` after its key"
	}
	return "this is not YAML: " + clip(text), ""
}

// trap is a usual mistake of YAML at its place.
type trap struct {
	span          diag.Span
	message, help string
	// errors are pieces of the messages that yaml.v3 has for it; nil: any.
	errors []string
}

// findTrap looks for the trap that explains the error: the one nearest to the line, before it rather than
// after. Line 0 means that the line is not known.
func (l *loader) findTrap(line int, text string) *trap {
	var best *trap
	distance := 0
	for t := range l.traps() {
		if t.errors != nil && !containsAny(text, t.errors) {
			continue
		}
		// yaml.v3 names the line of the mistake, the next one, or the one where the map around it begins.
		d := l.file.Position(t.span.Start).Line - line
		switch {
		case d == -1:
			d = 1
		case d < 0:
			d = maxBytes - d
		case d > 0:
			d++
		}
		if best == nil || d < distance {
			best, distance = t, d
		}
	}
	return best
}

func containsAny(text string, pieces []string) bool {
	for _, p := range pieces {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

var blockHeader = regexp.MustCompile(`^[|>][-+0-9]*(?:[ \t]+#.*|[ \t]*)$`)

// traps walks through the lines outside block scalars and yields what looks like a mistake. On a file
// that YAML accepts it may be wrong: it is only asked about those that it does not.
func (l *loader) traps() func(yield func(*trap) bool) {
	return func(yield func(*trap) bool) {
		block := -1 // indentation of the key whose block scalar we are in
		var open []column
		for n := 1; ; n++ {
			data, start := l.file.Line(n)
			if data == nil && start == len(l.file.Data) {
				return
			}
			if len(bytes.TrimSpace(data)) == 0 {
				continue
			}
			line := newTrapLine(data)
			if block >= 0 && line.blanks > block {
				continue
			}
			block = -1
			if t := line.dedent(&open); t != nil {
				t.span = l.place(start+t.span.Start, start+t.span.End)
				if !yield(t) {
					return
				}
			}
			if blockHeader.MatchString(line.value) {
				block = line.indent
				continue
			}
			if t := line.trap(); t != nil {
				t.span = l.place(start+t.span.Start, start+t.span.End)
				if !yield(t) {
					return
				}
			}
		}
	}
}

// trapLine is a line taken apart without YAML.
type trapLine struct {
	text   string
	blanks int    // leading ones
	indent int    // column of the key, after `- `
	key    string // without quotes; empty in lists
	dashes []int  // columns of `- `
	value  string // up to the end of the line
	at     int    // where value begins
}

var keyPart = regexp.MustCompile(`^("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'#{}\[\],&*!|>%@` + "`" + `-][^#]*?|-[^\s#][^#]*?)[ ]*:(?:[ \t]+|$)`)

func newTrapLine(data []byte) trapLine {
	line := trapLine{text: string(data)}
	rest := strings.TrimLeft(line.text, " ")
	line.blanks = len(line.text) - len(rest)
	for strings.HasPrefix(rest, "- ") {
		line.dashes = append(line.dashes, len(line.text)-len(rest))
		rest = strings.TrimLeft(rest[1:], " ")
	}
	line.indent = len(line.text) - len(rest)
	if m := keyPart.FindStringSubmatch(rest); m != nil {
		line.key = strings.Trim(m[1], `"'`)
		rest = rest[len(m[0]):]
	}
	line.at = len(line.text) - len(rest)
	line.value = strings.TrimRight(rest, " \t")
	return line
}
