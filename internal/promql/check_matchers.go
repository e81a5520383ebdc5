package promql

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// checkMatchers judges the texts of matchers, those without variables.
func (t *typing) checkMatchers() {
	for i := range t.q.selectors {
		s := &t.q.selectors[i]
		for k, p := range s.parts {
			if p.op == "" || t.q.src.list[p.value].tokens > 0 || t.q.src.list[p.label].tokens > 0 {
				continue
			}
			m := s.Node.LabelMatchers[k]
			switch m.Type {
			case labels.MatchEqual, labels.MatchNotEqual:
				t.checkEqualityText(s, p, m)
			default:
				t.checkPattern(p, m)
			}
		}
	}
	parser.Inspect(t.q.src.expr, func(node parser.Node, _ []parser.Node) error {
		if n, ok := node.(*parser.Call); ok && n.Func.Name == "label_replace" {
			t.checkReplacePattern(n)
		}
		return nil
	})
}

// checkPattern judges the regular expression of a matcher, which always matches the whole value.
func (t *typing) checkPattern(p part, m *labels.Matcher) {
	x := t.q.src
	bareText := withoutAnchors(m.Value)
	literal, plain := literalOf(bareText)
	at := x.next(p.label)
	fix := &Fix{Start: x.list[at].start, End: x.list[p.value].end}
	op := strings.TrimSuffix(p.op, "~")
	if op == "!" {
		op = "!="
	}
	switch {
	case plain:
		fix.Text = op + Quote(literal)
		if text := x.of(x.list[p.value]); literal == m.Value && text[0] == '\'' {
			fix.Text = op + text // as the author quotes
		}
	case bareText != m.Value:
		fix.Text = p.op + Quote(bareText)
		if text := x.of(x.list[p.value]); withoutAnchors(text[1:len(text)-1]) == bareText && !strings.Contains(text, `\`) {
			fix.Text = p.op + text[:1] + bareText + text[:1]
		}
	default:
		return
	}
	if plain && bareText == m.Value {
		start, end := t.q.lexemeBytes(at, p.value)
		what := "the regular expression " + backquoted(m.Value) + " matches one text only"
		if m.Value == "" {
			what = "an empty regular expression matches the empty text only"
		}
		t.report(Problem{
			Kind: RegexWithoutPattern, Start: start, End: end, Proved: true, Fix: fix,
			Message: what,
			Help:    "write " + backquoted(x.of(x.list[p.label])+fix.Text),
		})
		return
	}
	start, end := t.q.lexemeBytes(p.value, p.value)
	t.report(Problem{
		Kind: RedundantAnchor, Start: start, End: end, Proved: true, Fix: fix,
		Message: "the anchors in " + backquoted(m.Value) + " do nothing: a matcher always matches the whole value",
		Help:    "write " + backquoted(x.of(x.list[p.label])+fix.Text),
	})
}

// checkReplacePattern judges the anchors of label_replace.
func (t *typing) checkReplacePattern(n *parser.Call) {
	lit, ok := bare(n.Args[4]).(*parser.StringLiteral)
	if !ok {
		return
	}
	first, last := t.q.extent(lit)
	if t.q.src.list[first].tokens > 0 || first != last {
		return
	}
	bareText := withoutAnchors(lit.Val)
	if bareText == lit.Val {
		return
	}
	start, end := t.q.lexemeBytes(first, last)
	t.report(Problem{
		Kind: RedundantAnchor, Start: start, End: end, Proved: true, Fix: &Fix{Start: start, End: end, Text: Quote(bareText)},
		Message: "the anchors in " + backquoted(lit.Val) + " do nothing: `label_replace` always matches the whole value",
		Help:    "write " + backquoted(Quote(bareText)),
	})
}

// withoutAnchors is a regular expression without `^` at its start and `$` at its end. It comes back as it is
// if there are none, or if they stand between alternatives, where removing one could be misread.
func withoutAnchors(re string) string {
	s := strings.TrimPrefix(re, "^")
	if rest, ok := strings.CutSuffix(s, "$"); ok && (len(rest)-len(strings.TrimRight(rest, `\`)))%2 == 0 {
		s = rest
	}
	if s == re || s == "" || strings.ContainsAny(s, "^$") || !sameMeaning(re, s) {
		return re
	}
	return s
}

// sameMeaning reports whether both expressions match the same whole values: what was cut off are anchors, and
// what is left still is an expression. `a|^b$` keeps its anchors.
func sameMeaning(with, without string) bool {
	a, err := syntax.Parse(with, syntax.Perl|syntax.DotNL)
	if err != nil {
		return false
	}
	if _, err := syntax.Parse(without, syntax.Perl|syntax.DotNL); err != nil {
		return false
	}
	return a.Op == syntax.OpConcat
}

// literalOf is the one text that a regular expression matches; false: there are others.
func literalOf(re string) (string, bool) {
	if !strings.ContainsAny(re, `\.+*?()|[]{}^$`) {
		return re, true
	}
	tree, err := syntax.Parse(re, syntax.Perl|syntax.DotNL)
	if err != nil || tree.Op != syntax.OpLiteral || tree.Flags&syntax.FoldCase != 0 {
		return "", false
	}
	return string(tree.Rune), true
}

// plainRegex is text that nobody writes but as a regular expression: `.*`, `.+`, a class of characters, a
// group with alternatives, `5..`, `\d`.
var plainRegex = regexp.MustCompile(`\.[*+]|\[[0-9a-zA-Z]-[0-9a-zA-Z]\]|\[[0-9]{2,}\]|\([^()]*\|[^()]*\)|^[1-9]\.\.$|\\[dws][+*]?|\\\.|^[A-Za-z0-9_-]+(\|[A-Za-z0-9_-]+)+$`)

// checkEqualityText judges `=` and `!=` with a text that looks like a regular expression. Routes and views
// are left alone: some servers have patterns as values of labels (`/api/(.*)`).
func (t *typing) checkEqualityText(s *Selector, p part, m *labels.Matcher) {
	if m.Name == nameLabel || !strings.ContainsAny(m.Value, `*+|[(\`) && !strings.Contains(m.Value, "..") {
		return
	}
	values := t.declaredValues(s, m.Name)
	if slices.Contains(values, m.Value) || values == nil && (strings.ContainsAny(m.Value, "/ <>^") || !plainRegex.MatchString(m.Value)) {
		return
	}
	re, err := regexp.Compile("^(?s:" + m.Value + ")$")
	if err != nil {
		return
	}
	matches := slices.ContainsFunc(values, re.MatchString)
	if values != nil && !matches {
		return // not among the values either way
	}
	x := t.q.src
	op := x.next(p.label)
	start, end := t.q.lexemeBytes(p.label, p.value)
	problem := Problem{Kind: RegexInEquality, Start: start, End: end, Proved: matches}
	with := map[labels.MatchType]string{labels.MatchEqual: "=~", labels.MatchNotEqual: "!~"}[m.Type]
	problem.Message = "`" + p.op + "` compares with the text " + backquoted(m.Value) + " itself, which is a regular expression"
	problem.Help = "write " + backquoted(x.of(x.list[p.label])+with+x.of(x.list[p.value]))
	if matches {
		problem.Fix = &Fix{Start: x.list[op].start, End: x.list[op].end, Text: with}
	}
	t.report(problem)
}

// declaredValues are the values that a label of a selector's metric can have; nil: not known.
func (t *typing) declaredValues(s *Selector, label string) []string {
	f := t.facts[s.Node]
	if f.metric == nil {
		return nil
	}
	if l, ok := f.metric.Label(label); ok {
		return l.Values.Exactly
	}
	if label == "le" {
		return nil
	}
	if i := f.metric.Source; i >= 0 && i < len(t.schema.Targets) {
		for _, l := range t.schema.Targets[i].Labels {
			if l.Name == label {
				return l.Values.Exactly
			}
		}
	}
	return nil
}
