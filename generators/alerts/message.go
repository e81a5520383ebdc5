package alerts

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// message is what a notification of a legacy alert says below its name: summary, description and links,
// one line each. There are no annotations to put links in.
func message(a *plan.Alert, v plan.Version) string {
	var lines []string
	for _, t := range []plan.Text{a.Summary, a.Description} {
		if s := sentence(t, a, v); s != "" {
			lines = append(lines, s)
		}
	}
	if a.RunbookURL != "" {
		lines = append(lines, "Runbook: "+link(a.RunbookURL))
	}
	if a.PanelURL != "" {
		lines = append(lines, "Dashboard: "+link(a.PanelURL))
	}
	return strings.Join(lines, "\n")
}

// link keeps Grafana from replacing anything in an address (hasLabels).
func link(url string) string { return strings.ReplaceAll(url, "${", "%24{") }

// sentence spells a text for legacy notifications, which know no value and, before Grafana 7.4, no labels.
// A reader should not see that something was left out:
//
//	P90 inference time is {{ $value }}                     P90 inference time is above 4.2ms
//	P90 is {{ $value }}, above 4.2ms                       P90 is above 4.2ms
//	Too many errors ({{ $value }})                         Too many errors
//	Pod {{ $labels.pod }} restarts                         Pod restarts
//	{{ $labels.pod }} restarts                             Some pod restarts
//	P90 of {{ $labels.namespace }}/{{ $labels.pod }} ...   P90 of some namespace/some pod ...
//
// From 7.4 on a label is spelled `${pod}`, which Grafana replaces by the values of the series that fire.
func sentence(t plan.Text, a *plan.Alert, v plan.Version) string {
	t = merged(withoutSentences(t, func(part plan.TextPart) bool { return part.Hole == plan.HoleQuery }))
	var b strings.Builder
	for i := 0; i < len(t); i++ {
		switch part := t[i]; part.Hole {
		case plan.HoleNone:
			b.WriteString(withoutHoles(part.Literal, v))
		case plan.HoleLabel:
			if hasLabels(v) {
				b.WriteString("${" + part.Label + "}")
				continue
			}
			end := lastOfGroup(t, i)
			labels, after := t[i:end+1], literalAt(t, end+1)
			before, after := unquote(b.String(), after)
			b.Reset()
			b.WriteString(withoutLabels(before, labels))
			setLiteral(t, end+1, after)
			i = end
		case plan.HoleValue:
			before, after := withoutValue(b.String(), literalAt(t, i+1), limitPhrase(a))
			b.Reset()
			b.WriteString(before)
			setLiteral(t, i+1, after)
		}
	}
	s := strings.TrimSpace(b.String())
	if len(t) > 0 && (t[0].Hole != plan.HoleNone || t[0].Literal != lowerFirst(t[0].Literal)) {
		s = upperFirst(s)
	}
	return s
}

// withoutSentences leaves out the sentences in which one of the parts stands. A sentence ends in a full stop and a
// blank; what has none is left out as a whole.
func withoutSentences(t plan.Text, has func(plan.TextPart) bool) plan.Text {
	if !slices.ContainsFunc(t, has) {
		return t
	}
	var kept, current plan.Text
	drop := false
	end := func() {
		if !drop {
			kept = append(kept, current...)
		}
		current, drop = nil, false
	}
	for _, part := range t {
		drop = drop || has(part)
		if part.Hole != plan.HoleNone {
			current = append(current, part)
			continue
		}
		rest := part.Literal
		for {
			at := strings.Index(rest, ". ")
			if at < 0 {
				break
			}
			current = append(current, plan.TextPart{Literal: rest[:at+2]})
			rest = rest[at+2:]
			end()
		}
		if rest != "" {
			current = append(current, plan.TextPart{Literal: rest})
		}
	}
	end()
	return merged(kept)
}

// hasLabels: Grafana replaces `${label}` in names and messages (pkg/services/alerting/eval_context.go, 7.4.0).
func hasLabels(v plan.Version) bool { return v.AtLeast(7, 4) }

// withoutHoles keeps Grafana from replacing anything in a stranger's text. There is no escape, so that a
// word joiner, which is drawn as nothing, breaks up what would be replaced.
func withoutHoles(s string, v plan.Version) string {
	if !hasLabels(v) {
		return s
	}
	return strings.ReplaceAll(s, "${", "$\u2060{")
}

func literalAt(t plan.Text, i int) string {
	if i < len(t) && t[i].Hole == plan.HoleNone {
		return t[i].Literal
	}
	return ""
}

func setLiteral(t plan.Text, i int, literal string) {
	if i < len(t) && t[i].Hole == plan.HoleNone {
		t[i].Literal = literal
	}
}

// merged returns a copy in which literals do not stand side by side.
func merged(t plan.Text) (m plan.Text) {
	for _, part := range t {
		if last := len(m) - 1; part.Hole == plan.HoleNone && last >= 0 && m[last].Hole == plan.HoleNone {
			m[last].Literal += part.Literal
		} else {
			m = append(m, part)
		}
	}
	return m
}

// limitPhrase stands for the value: what is known of it when the alert fires.
func limitPhrase(a *plan.Alert) string {
	switch {
	case a.Whole || len(a.Limits) != evaluators[a.Op].limits:
		return "beyond its limit"
	case a.Op == plan.Above:
		return "above " + quantity(a.Limits[0], a.UnitName)
	case a.Op == plan.Below:
		return "below " + quantity(a.Limits[0], a.UnitName)
	case a.Op == plan.Outside:
		return "outside " + quantity(a.Limits[0], a.UnitName) + " to " + quantity(a.Limits[1], a.UnitName)
	case a.Op == plan.Within:
		return "between " + quantity(a.Limits[0], a.UnitName) + " and " + quantity(a.Limits[1], a.UnitName)
	}
	return "missing"
}

var (
	// comparison is a clause behind the value that says what the limit is.
	comparison = regexp.MustCompile(`^\s*[,;]?\s*(?:(?:which|that)\s+)?((?:is|are|was)\s+)?((?:now\s+)?(?:above|over|more than|below|under|less than|outside|within|between|higher than|lower than|too)\b)`)
	copula     = regexp.MustCompile(`(?i)\b(?:is|are|was|were|stays|remains)\s*$`)
	// linking words and signs lead to a value and mean nothing without one.
	linking = regexp.MustCompile(`(?i)(?:\s+(?:of|at|with|to)|\s*[:=])\s*$`)
)

// withoutValue replaces a value between two literals by phrase, or leaves it out where the text itself
// says how the value compares, or where it stands in a parenthesis.
func withoutValue(before, after, phrase string) (string, string) {
	if open := strings.LastIndexByte(before, '('); open >= 0 && !strings.Contains(before[open:], ")") {
		if end := strings.IndexByte(after, ')'); end >= 0 {
			return strings.TrimRight(before[:open], " "), after[end+1:]
		}
	}
	if m := comparison.FindStringSubmatchIndex(after); m != nil {
		verb, rest := "", after[m[4]:]
		if m[2] >= 0 && !copula.MatchString(before) {
			verb = after[m[2]:m[3]]
		}
		before = strings.TrimRight(linking.ReplaceAllString(before, ""), " ")
		if before != "" {
			before += " "
		}
		return before + verb, rest
	}
	return before + phrase, after
}

// lastOfGroup returns the last of the labels that stand together from i on: `{{ns}}/{{pod}}`.
func lastOfGroup(t plan.Text, i int) int {
	for i+2 < len(t) && t[i+1].Hole == plan.HoleNone && slices.Contains([]string{"/", ":", "-", ".", ", ", " / "}, t[i+1].Literal) && t[i+2].Hole == plan.HoleLabel {
		i += 2
	}
	return i
}

// unquote drops quotes that stand around a label.
func unquote(before, after string) (string, string) {
	for _, q := range []string{`"`, "'", "`"} {
		if strings.HasSuffix(before, q) && strings.HasPrefix(after, q) {
			return strings.TrimSuffix(before, q), strings.TrimPrefix(after, q)
		}
	}
	return before, after
}

// function words cannot stand without what follows them.
var functionWords = []string{"a", "across", "all", "an", "and", "any", "are", "at", "between", "by", "every", "each", "for", "from", "in", "is", "of", "on", "or", "per", "than", "the", "this", "to", "via", "with"}

// withoutLabels appends what stands for labels to the text before them: nothing after the noun that they
// name (`pod X`), else `some pod`.
func withoutLabels(before string, labels plan.Text) string {
	trimmed := strings.TrimRight(before, " ")
	word := trimmed[strings.LastIndexFunc(trimmed, func(r rune) bool { return !unicode.IsLetter(r) && r != '_' })+1:]
	if word != "" && !slices.Contains(functionWords, strings.ToLower(word)) {
		return trimmed
	}
	if slices.Contains([]string{"a", "an", "any", "each", "every", "the", "this"}, strings.ToLower(word)) {
		before = strings.TrimSuffix(trimmed, word)
	}
	for _, l := range labels {
		if l.Hole == plan.HoleLabel {
			before += "some " + strings.ReplaceAll(l.Label, "_", " ")
		} else {
			before += l.Literal
		}
	}
	return before
}

func upperFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

func lowerFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}
