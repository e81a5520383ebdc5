package spec

import (
	"regexp"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// holes are what a text may say beside letters (LANGUAGE rule 9). `$labels` takes the name of a label.
var holes = []string{"value", "labels", "model", "owner", "threshold", "alert"}

// template is a text with holes; allowed says which.
func (l *loader) template(into **Template, allowed ...string) value {
	return value{shape: aTemplate, words: func() []string { return allowed }, read: func(k, n *node) {
		text, ok := l.scalar(k, n, "a text")
		if !ok {
			return
		}
		switch {
		case strings.TrimSpace(text) == "":
			l.errorf(l.span(n), "the text is empty").WithHelp("write something, or remove the line")
			return
		case len(text) > maxProse:
			l.errorf(l.head(k), "a text of %d bytes; at most %d are read", len(text), maxProse).WithHelp("make it shorter, and link to the rest")
			return
		}
		t := l.scalarText(n)
		t.Value = strings.TrimRight(t.Value, " \t\r\n")
		if parsed := l.parseTemplate(t, allowed); parsed != nil {
			*into = parsed
		}
	}}
}

// parseTemplate takes a text apart; it returns nil if it reported errors.
func (l *loader) parseTemplate(text diag.Text, allowed []string) *Template {
	t := &Template{Text: text}
	s, ok, branches := text.Value, true, false
	for at := 0; at < len(s); {
		open := strings.Index(s[at:], "{{")
		if open < 0 {
			t.literal(at, len(s))
			break
		}
		open += at
		t.literal(at, open)
		end := strings.Index(s[open:], "}}")
		if next := strings.Index(s[open+2:], "{{"); end < 0 || next >= 0 && open+2+next < open+end {
			l.errorf(text.Range(open, open+2), "`{{` is not closed").WithHelp("write `}}` after the name: %s", holeList(allowed))
			return nil
		}
		end += open + 2
		if goKeyword.MatchString(strings.TrimSpace(s[open+2 : end-2])) {
			if !branches {
				l.errorf(text.Range(open, end), "a text cannot say %s", code(s[open:end])).WithHelp("texts have no conditions and no loops; %s", holeList(allowed))
			}
			branches, ok, at = true, false, end
			continue
		}
		if part, good := l.hole(text, open, end, allowed); good {
			t.Parts = append(t.Parts, part)
		} else {
			ok = false
		}
		at = end
	}
	if !ok {
		return nil
	}
	return t
}

func (t *Template) literal(start, end int) {
	if start < end {
		t.Parts = append(t.Parts, TemplatePart{Literal: t.Text.Value[start:end], Start: start, End: end})
	}
}

var (
	holePattern  = regexp.MustCompile(`^\$([a-zA-Z_]+)(?:\.([a-zA-Z_][a-zA-Z0-9_]*))?$`)
	goPattern    = regexp.MustCompile(`^\.(Labels\.[a-zA-Z_][a-zA-Z0-9_]*|Value)$`)
	goKeyword    = regexp.MustCompile(`^-?\s*(if|else|end|range|with|define|template|block)\b`)
	bareHole     = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_.]*$`)
	valuePattern = regexp.MustCompile(`\$value\b|\.Value\b`)
)

// hole reads one `{{ … }}` at bytes [start, end) of text.
func (l *loader) hole(text diag.Text, start, end int, allowed []string) (TemplatePart, bool) {
	inner := strings.TrimSpace(text.Value[start+2 : end-2])
	span := text.Range(start, end)
	m := holePattern.FindStringSubmatch(inner)
	if m == nil {
		l.errorf(span, "a text cannot say %s", code(text.Value[start:end])).WithHelp("%s", holeHelp(inner, allowed))
		return TemplatePart{}, false
	}
	part := TemplatePart{Name: m[1], Label: m[2], Start: start, End: end}
	switch {
	case part.Name == "environment":
		l.errorf(span, "`{{ $environment }}` is not supported yet").WithHelp("leave it out for now")
	case !slices.Contains(holes, part.Name):
		d := l.errorf(span, "a text cannot say %s", code(text.Value[start:end])).WithHelp("%s", holeList(allowed))
		if s := suggest(part.Name, allowed); s != "" {
			d.WithHelp("did you mean `{{ $%s }}`?", s)
		}
	case !slices.Contains(allowed, part.Name):
		l.errorf(span, "%s is not known here", code(text.Value[start:end])).WithHelp("%s", holeList(allowed))
	case part.Name == "labels" && part.Label == "":
		l.errorf(span, "`$labels` without the name of a label").WithHelp("write `{{ $labels.NAME }}`")
	case part.Name != "labels" && part.Label != "":
		l.errorf(span, "`$%s` has no parts", part.Name).WithHelp("write `{{ $%s }}`", part.Name)
	default:
		return part, true
	}
	return TemplatePart{}, false
}

// holeHelp guesses what was meant by something that is no hole.
func holeHelp(inner string, allowed []string) string {
	if m := goPattern.FindStringSubmatch(inner); m != nil {
		return "write `{{ $" + strings.ToLower(m[1][:1]) + m[1][1:] + " }}`"
	}
	name, _, _ := strings.Cut(inner, ".")
	switch {
	case bareHole.MatchString(inner) && slices.Contains(allowed, name):
		return "write `{{ $" + inner + " }}`"
	case valuePattern.MatchString(inner):
		return "texts have no functions; `{{ $value }}` is shown in the unit of its query already"
	case bareHole.MatchString(inner) && slices.Contains(allowed, "labels"):
		return "a label is `{{ $labels." + clip(inner) + " }}`; " + holeList(allowed)
	}
	return "texts have no functions and no conditions; " + holeList(allowed)
}

// holeList says what a text can say.
func holeList(allowed []string) string {
	var list []string
	for _, h := range allowed {
		if h == "labels" {
			h = "labels.NAME"
		}
		list = append(list, "`{{ $"+h+" }}`")
	}
	return "it can say " + strings.Join(list, ", ")
}

// legend is Grafana's: `{{label}}` stands for the value of a label.
func (l *loader) legend(into *diag.Located[string]) value {
	line := l.line(into)
	return value{shape: aText, text: &legendText, read: func(k, n *node) {
		line.read(k, n)
		if into.Given() && !l.goodLegend(l.scalarText(n)) {
			*into = diag.Located[string]{}
		}
	}}
}

var legendHole = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// goodLegend checks the holes of a legend.
func (l *loader) goodLegend(text diag.Text) bool {
	good := true
	rest := []byte(text.Value)
	for _, m := range legendHole.FindAllStringSubmatchIndex(text.Value, -1) {
		name := text.Value[m[2]:m[3]]
		for i := m[0]; i < m[1]; i++ {
			rest[i] = ' '
		}
		if labelPattern.MatchString(name) {
			continue
		}
		help := "a legend names labels: `{{label}}`"
		if label, ok := strings.CutPrefix(name, "$labels."); ok && labelPattern.MatchString(label) {
			help = "legends are Grafana's: write `{{" + label + "}}`"
		}
		l.errorf(text.Range(m[0], m[1]), "%s is not the name of a label", code(name)).WithHelp("%s", help)
		good = false
	}
	if open := strings.Index(string(rest), "{{"); good && open >= 0 {
		l.errorf(text.Range(open, open+2), "`{{` is not closed").WithHelp("a legend names labels: `{{label}}`")
		good = false
	}
	return good
}
