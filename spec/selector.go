package spec

import (
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// selector reads labels with what they must be: `v`, `[v, w]`, `{not: v}`, `{matches: RE}`,
// `{not_matches: RE}`. That of a source names labels which all its series have; that of a metric may also
// ask for their absence.
func (l *loader) selector(into *[]metric.Matcher, source bool) value {
	compared := &value{shape: aSection, what: "a comparison", table: func() fields { return l.matcher(new([]metric.Matcher), nil) }, least: 1}
	several := each(l, new([]diag.Located[string]), l.labelValue)
	several.or = compared
	one := &value{shape: aText, or: &several}
	if source {
		one.text = &someText
	}
	return value{shape: aMap, keys: &value{shape: aLabel, text: &labelText}, of: one, least: 1, read: func(k, n *node) {
		list := l.entries(k, n)
		if n.kind == mappingNode && len(n.content) == 0 {
			l.errorf(l.span(n), "%s is empty: it would select everything", code(k.value)).WithHelp("name a label that all its series have: `%s: {job: my-model}`", clip(k.value))
		}
		for _, e := range list {
			if m := promqlMatcher.FindStringSubmatch(e.key.value); m != nil && e.value.null() {
				l.errorf(l.span(e.key), "%s is PromQL, and this is YAML", code(e.key.value)).WithHelp(map[string]string{"=": "write `%s: %s`", "!=": "write `%s: {not: %s}`", "=~": "write `%s: {matches: '%s'}`", "!~": "write `%s: {not_matches: '%s'}`"}[m[2]], clip(m[1]), clip(m[3]))
				continue
			}
			if wrong, help := badLabel(e.key.value); wrong != "" {
				l.errorf(l.span(e.key), "%s", wrong).WithHelp("%s", help)
				continue
			}
			switch e.value.kind {
			case sequenceNode:
				l.alternatives(into, e)
			case mappingNode:
				l.comparison(into, e)
			default:
				text, ok := l.scalar(e.key, e.value, "a value")
				if ok && text == "" && source {
					l.errorf(l.span(e.value), "an empty value selects series without the label").WithHelp("a source is selected by labels that it has; `{not: \"\"}` selects all that have it")
				} else if ok {
					*into = append(*into, l.match(e.key, metric.Equal, text))
				}
			}
		}
	}}
}

var promqlMatcher = regexp.MustCompile(`^([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*["']?([^"']*)["']?$`)

func (l *loader) match(key *node, op metric.MatchOp, value string) metric.Matcher {
	return metric.Matcher{Label: key.value, Op: op, Value: value, Span: l.span(key)}
}

// alternatives reads `[v, w]`, in the order written.
func (l *loader) alternatives(into *[]metric.Matcher, e entry) {
	var values []diag.Located[string]
	each(l, &values, l.labelValue).read(e.key, e.value)
	var escaped []string
	for _, v := range values {
		escaped = append(escaped, regexp.QuoteMeta(v.Value))
	}
	switch len(values) {
	case 0: // reported
	case 1:
		*into = append(*into, l.match(e.key, metric.Equal, values[0].Value))
	default:
		*into = append(*into, l.match(e.key, metric.Match, strings.Join(escaped, "|")))
	}
}

// comparison reads `{not: v}`, `{matches: RE}`, `{not_matches: RE}`.
func (l *loader) comparison(into *[]metric.Matcher, e entry) {
	if e.value.style != 0 && onlyKeys(e.value) && l.matcher(into, e.key).find(e.value.content[0].value) == nil {
		l.scalar(e.key, e.value, "a value")
		return
	}
	before := len(*into)
	if g, ok := l.walk("a selector", e.key, e.value, l.matcher(into, e.key)); ok && len(g.keys) == 0 && len(*into) == before && len(e.value.content) == 0 {
		l.errorf(l.span(e.value), "no comparison for label %s", code(e.key.value)).WithHelp("write a value, or one of `not`, `matches`, `not_matches`")
	}
}

// matcher is the table of comparisons; key is the label.
func (l *loader) matcher(into *[]metric.Matcher, key *node) fields {
	compare := func(op metric.MatchOp, one func(*diag.Located[string]) value) value {
		var v diag.Located[string]
		return also(one(&v), func() {
			if v.Given() {
				*into = append(*into, l.match(key, op, v.Value))
			}
		})
	}
	return fields{
		{"not", 0, compare(metric.NotEqual, l.anyText).like("test"), "the label is not this; `\"\"`: the label is there"},
		{"matches", 0, compare(metric.Match, l.regexp).like("'model-.*'"), "the whole value matches this regular expression (RE2)"},
		{"not_matches", 0, compare(metric.NotMatch, l.regexp).like("'canary-.*'"), "the whole value does not match this regular expression (RE2)"},
	}
}

// labelValue is a value that a label may have: text as written.
func (l *loader) labelValue(into *diag.Located[string]) value {
	return parsed(l, into, aText, "a value", func(text string) (string, string, string) {
		if text == "" {
			return "", "an empty value is the same as no label at all", "leave it out"
		}
		return text, "", ""
	}).fits(&someText)
}

// anyText is text as written, the empty one included.
func (l *loader) anyText(into *diag.Located[string]) value {
	return parsed(l, into, aText, "a value", func(text string) (string, string, string) { return text, "", "" })
}

// regexp is a regular expression as Prometheus reads it: RE2, for the whole value.
func (l *loader) regexp(into *diag.Located[string]) value {
	return parsed(l, into, aRegexp, "a regular expression", func(text string) (string, string, string) {
		if len(text) > 1000 {
			return "", "a regular expression of " + strconv.Itoa(len(text)) + " bytes", "make it shorter"
		}
		// As Prometheus does: first alone, then so that the whole value must match.
		_, err := syntax.Parse(text, syntax.Perl|syntax.DotNL)
		if err == nil {
			_, err = syntax.Parse("^(?s:"+text+")$", syntax.Perl)
		}
		if err != nil {
			return "", "this regular expression cannot be read: " + regexpProblem(err), "Prometheus reads RE2: https://github.com/google/re2/wiki/Syntax"
		}
		return text, "", ""
	})
}

func regexpProblem(err error) string {
	if e, ok := err.(*syntax.Error); ok {
		return e.Code.String() + " " + code(e.Expr)
	}
	return clip(err.Error())
}
