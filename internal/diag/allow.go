package diag

import (
	"regexp"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Allow is one comment that silences a rule: `# mlobs:allow RULE: reason`, or
// `# mlobs:allow RULE until 2027-03-31: reason`.
type Allow struct {
	Rule, Reason string
	// Until is the last day on which it holds, as 2006-01-02; empty: no end.
	Until string
	// Span is the comment, without `#`.
	Span Span
	// Covers is what is silenced: a finding whose span begins in it.
	Covers Span
}

// ParseAllows returns the allow comments of a YAML file in the order of the file, and reports those that
// are not as they must be. Root is the document as yaml.v3 parsed it; nil gives nothing.
//
// A comment at the end of a line covers everything that begins on the line: the entry of a map, the item
// of a list, with all that is inside. A comment on a line of its own covers what begins on the next line
// with content; before the first line of the document, all of it.
//
// Inside a block scalar a comment is one of PromQL. Before the expression it covers the whole scalar, on
// a line of its own the next line and what is indented below it, else its line and what is indented below.
func ParseAllows(file *File, root *yaml.Node, rep *Report) []Allow {
	if root == nil || !anyComment.Match(file.Data) {
		return nil
	}
	tree := newOutline(file, root)
	var allows []Allow
	before := rep.Errors()
	for _, c := range tree.comments() {
		if !mentionsUs(c.text) {
			continue
		}
		if mistakes := rep.Errors() - before; len(allows) == maxAllows || mistakes == maxMistakes {
			rep.Errorf(Span{file, c.start, c.end}, "too many `mlobs:allow` in one file: %d, and %d with mistakes; those from here on are not read", len(allows), mistakes)
			break
		}
		allow, ok := parseAllow(file, c, rep)
		if !ok {
			continue
		}
		if allow.Covers, ok = tree.covered(c); !ok {
			rep.Errorf(allow.Span, "`mlobs:allow` stands above nothing").
				WithHelp("write it on the line that it covers, or on the line above")
			continue
		}
		allows = append(allows, allow)
	}
	return allows
}

// comment is one comment of a file.
type comment struct {
	start, end int    // bytes, from `#` to the end of its text
	text       string // after `#`, without blanks around it
	alone      bool   // nothing but blanks stands before it on its line
	block      int    // index of the block scalar it stands in; -1: none
}

var (
	// ourComment is whatever begins like one of ours, well or ill: the word after `mlobs`.
	ourComment = regexp.MustCompile(`^(?i:mlobs)[ \t]*[:\-_ \t][ \t]*([A-Za-z]+)[\w-]*`)
	anyComment = regexp.MustCompile(`#[ \t]*(?i:mlobs)`)
	ruleName   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
)

// Limits for one file: finding what a comment covers takes time, and nobody reads more mistakes.
const (
	maxAllows   = 1_000
	maxMistakes = 100
)

const (
	allowWord = "mlobs:allow"
	allowForm = "write `# mlobs:allow RULE: reason` or `# mlobs:allow RULE until 2027-03-31: reason`"
)

// mentionsUs reports whether a comment is meant for us. `mlobs:word` always is; with a blank or so
// between them, as in prose, only if the word is close to `allow`.
func mentionsUs(text string) bool {
	m := ourComment.FindStringSubmatch(text)
	return m != nil && (strings.HasPrefix(text, "mlobs:"+m[1]) || strings.EqualFold(m[1], "allow") || Suggest(m[1], []string{"allow"}) != "")
}

// parseAllow takes a comment apart; false if it reported an error.
func parseAllow(file *File, c comment, rep *Report) (Allow, bool) {
	from := c.end - len(c.text)
	whole := Span{file, from, c.end}
	fail := func(span Span, help, format string, args ...any) (Allow, bool) {
		rep.Errorf(span, format, args...).WithHelp("%s", help)
		return Allow{}, false
	}
	if written := ourComment.FindString(c.text); written != allowWord {
		return fail(Span{file, from, from + len(written)}, "did you mean `"+allowWord+"`?", "`%s` is not known", written)
	}
	before, reason, colon := strings.Cut(c.text[len(allowWord):], ":")
	words := strings.Fields(before)
	place := func(i int) Span { // of words[i]
		at := len(allowWord)
		for _, w := range words[:i] {
			at += strings.Index(c.text[at:], w) + len(w)
		}
		at += from + strings.Index(c.text[at:], words[i])
		return Span{file, at, at + len(words[i])}
	}
	reason = strings.TrimSpace(reason)
	switch {
	case len(words) == 0:
		return fail(whole, allowForm, "`mlobs:allow` without a rule")
	case !ruleName.MatchString(words[0]):
		return fail(place(0), "rules are named in lower-case words with hyphens, as `unbounded-grouping`; one rule for each comment", "`%s` is no name of a rule", words[0])
	case !colon || reason == "":
		return fail(whole, "say after a `:` why `"+words[0]+"` is fine here: "+allowForm, "`mlobs:allow` without a reason")
	case len(words) == 1:
		return Allow{Rule: words[0], Reason: reason, Span: whole}, true
	case words[1] != "until" || len(words) > 3:
		return fail(place(1), allowForm, "`mlobs:allow` takes one rule, then `:` and the reason")
	case len(words) == 2:
		return fail(place(1), allowForm, "`until` without a date")
	}
	if _, err := time.Parse(time.DateOnly, words[2]); err != nil {
		return fail(place(2), "write year, month and day: `until 2027-03-31`", "`%s` is no date", words[2])
	}
	return Allow{Rule: words[0], Until: words[2], Reason: reason, Span: whole}, true
}
