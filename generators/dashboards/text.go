package dashboards

import (
	"regexp"
	"strings"
	"unicode"
)

// Grafana replaces $name, ${name} and [[name]] in titles, descriptions, legends, texts and addresses, and
// knows no way to escape them; it renders descriptions and text panels as Markdown with HTML inside. So
// what would be read as more than text is broken up with a word joiner: it is drawn as nothing, and in the
// file it stands as \u2060, for a reviewer to see (readable, in json.go).
const joiner = "\u2060"

// title spells a text on one line: titles, labels, names, words for values. Grafana replaces variables in
// most of them; where it does not, the joiner does no harm.
func title(s string) string { return breakVariables(oneLine(s)) }

// markdown spells a text that Grafana renders as Markdown: descriptions and text panels. Markdown stays;
// HTML tags, and links to other than http, https, mailto and Grafana's own pages, do not.
func markdown(s string) string {
	s = breakVariables(clean(s, true))
	if strings.Contains(s, "<") {
		s = breakTags(s)
	}
	if !strings.Contains(s, "](") && !strings.Contains(s, "]:") {
		return s
	}
	return linkTarget.ReplaceAllStringFunc(s, func(m string) string {
		if allowedAddress(strings.ToLower(strings.TrimLeft(m[2:], " \t\n<"))) {
			return m
		}
		return "]" + joiner + m[1:]
	})
}

// linkTarget is the address of a Markdown link, inline or by reference, with what leads to it.
var linkTarget = regexp.MustCompile(`\][(:][ \t\n]*<?[^ \t\n)>]*`)

func allowedAddress(dest string) bool {
	for _, prefix := range []string{"https://", "http://", "mailto:", "#", "/"} {
		if strings.HasPrefix(dest, prefix) {
			return true
		}
	}
	return false
}

// breakTags breaks the beginning of HTML tags, comments and declarations; `<https://…>` is a link.
func breakTags(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(s[i])
		if s[i] != '<' || i+1 == len(s) {
			continue
		}
		next, rest := s[i+1], s[i+1:]
		if next == '/' || next == '!' || next == '?' ||
			isLetter(next) && !strings.HasPrefix(rest, "https://") && !strings.HasPrefix(rest, "http://") {
			b.WriteString(joiner)
		}
	}
	return b.String()
}

// address spells a link; what Grafana would replace in it is percent-encoded.
func address(s string) string {
	s = strings.ReplaceAll(clean(s, false), " ", "%20")
	s = strings.ReplaceAll(s, "[[", "%5B%5B")
	return splice(s, func(rest string) (string, int) {
		if startsVariable(rest) {
			return "%24", 1
		}
		return "", 0
	})
}

// breakVariables breaks whatever Grafana would take for a variable. `$5` stays: no variable of ours
// begins with a digit.
func breakVariables(s string) string {
	return splice(breakBrackets(s), func(rest string) (string, int) {
		if startsVariable(rest) {
			return "$" + joiner, 1
		}
		return "", 0
	})
}

// breakBrackets breaks `[[`; twice, because brackets overlap in `[[[`.
func breakBrackets(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "[[", "["+joiner+"["), "[[", "["+joiner+"[")
}

// legend spells a text in which `${name:text}` of a variable of the board is meant; any other `$` is text.
func (s *speller) legend(text string) string {
	return splice(breakBrackets(oneLine(text)), func(rest string) (string, int) {
		if m := spokenVariable.FindStringSubmatch(rest); m != nil {
			if spelled := s.spoken(m[1]); spelled != "" {
				return spelled, len(m[0])
			}
		}
		if startsVariable(rest) {
			return "$" + joiner, 1
		}
		return "", 0
	})
}

var spokenVariable = regexp.MustCompile(`^\$\{(\w+):text\}`)

// spoken spells the text of the current option of a variable; empty if the board has no such variable.
func (s *speller) spoken(name string) string {
	for i := range s.board.Variables {
		v := &s.board.Variables[i]
		switch {
		case v.Name != name:
		case s.can.modernPanels:
			return "${" + name + ":text}"
		case v.Spoken != "":
			return v.Spoken
		default:
			return "$" + name
		}
	}
	return ""
}

// splice rewrites the places of s that begin with a `$`: replace gets the rest of the text from there and
// returns what stands for its first n bytes; n = 0 leaves the `$` as it is.
func splice(s string, replace func(rest string) (text string, n int)) string {
	if !strings.Contains(s, "$") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] == '$' {
			if text, n := replace(s[i:]); n > 0 {
				b.WriteString(text)
				i += n
				continue
			}
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

func startsVariable(s string) bool {
	return len(s) > 1 && (isLetter(s[1]) || s[1] == '_' || s[1] == '{')
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// oneLine folds white space and drops what is not text.
func oneLine(s string) string {
	s = clean(s, false)
	if !strings.Contains(s, "  ") && strings.TrimSpace(s) == s {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// clean drops control characters and marks that turn the direction of writing; with lines it keeps line
// breaks and tabs, else they become blanks.
func clean(s string, lines bool) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || turnsDirection(r) }) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case lines && (r == '\n' || r == '\t'):
			return r
		case r == '\n' || r == '\t' || r == '\r' && !lines:
			return ' '
		case unicode.IsControl(r) || turnsDirection(r):
			return -1
		}
		return r
	}, s)
}

// turnsDirection: the explicit bidi controls. Scripts written from right to left need none of them.
func turnsDirection(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x200E || r == 0x200F || r == 0x061C
}
