package promql

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// Context says what a query needs for the place where it is used. A nil function adds or replaces nothing.
type Context struct {
	// Matchers returns what is added to a selector. A matcher that the author wrote himself, with the
	// same label, operator and value, is left out.
	Matchers func(Selector) []metric.Matcher
	// Variables returns the dashboard's variables for a selector; they are added as label=~"$name".
	Variables func(Selector) []Variable
	// Token returns what stands in place of a token, or false to keep it. It is not asked for tokens in
	// strings, which always stay.
	Token func(Token) (replacement string, ok bool)
	// WholeInAbsent adds to the argument of absent not only `=` matchers but all, and Variables too; only
	// those that an `=` of the author's implies are still left out, since they would drop that label from
	// the result. See Complete.
	WholeInAbsent bool
}

// Complete returns the query's text with matchers added and tokens replaced as ctx says; layout and
// comments survive.
//
// What is promised: on a store that holds everything the result equals the author's query on a store
// that holds only the series that the matchers of ctx select. Two things around absent are different.
// absent(x) names in its result the labels of `=` matchers, so the result has the labels that we add
// beside the author's, and what is matched or grouped by them sees them. And since only `=` matchers
// are added there, absent(x) looks at all series that those select, more than the other matchers would:
// it may be silent where the author's would speak, never the other way round. With WholeInAbsent it
// looks at the very series.
//
// An error says that the result would be longer than MaxLength, or is a mistake of ours ("internal
// error"): the text was parsed again and does not say what was meant.
func (q *Query) Complete(ctx Context) (string, error) {
	e := completion{q: q}
	for i := range q.selectors {
		if err := e.addMatchers(&q.selectors[i], ctx); err != nil {
			return "", err
		}
	}
	if ctx.Token != nil {
		e.replaceTokens(ctx.Token)
	}
	if len(e.edits) == 0 {
		return q.text.Value, nil
	}
	return e.finish()
}

// completion is one run of Complete.
type completion struct {
	q     *Query
	edits []edit
	// checks are the same edits for the text that is parsed again. They differ for variables only:
	// `pod= "$pod"` spares the parser to compile what is known to be a regular expression, which would
	// cost more than everything else.
	checks []edit
	// added is what each selector gets, parallel to q.selectors; nil as long as there is nothing.
	added [][]match
	// replaced holds the new text of coded places, by their index.
	replaced map[int]string
}

func (e *completion) addMatchers(s *Selector, ctx Context) error {
	if s.Node.BypassEmptyMatcherCheck {
		return nil // the second argument of info: labels, not a selection
	}
	var texts, checks []string
	var meant, seen []match
	add := func(m match, text, check string) {
		if written(s.Node, m) || slices.Contains(seen, m) {
			return
		}
		seen = append(seen, m)
		if s.AbsentArg && m.op != labels.MatchEqual && (!ctx.WholeInAbsent || implied(s, m)) {
			return
		}
		if check != text {
			m.op = labels.MatchEqual
		}
		meant = append(meant, m)
		texts = append(texts, text)
		checks = append(checks, check)
	}
	if ctx.Matchers != nil {
		for _, m := range ctx.Matchers(*s) {
			op, ok := matchTypes[m.Op]
			if !ok {
				return errInternal("unknown operator `%s` of a matcher", m.Op)
			}
			text := MatcherText(m)
			add(match{op, m.Label, m.Value}, text, text)
		}
	}
	if ctx.Variables != nil {
		for _, v := range ctx.Variables(*s) {
			if t, ok := scanToken("$"+v.Name, 0); !ok || t.end != len(v.Name)+1 {
				return errInternal("`%s` is not the name of a variable", v.Name)
			}
			text := VariableText(v)
			add(match{labels.MatchRegexp, v.Label, "$" + v.Name}, text, text[:len(text)-len(v.Name)-4]+` "$`+v.Name+`"`)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	e.edits = append(e.edits, e.q.insertMatchers(s, texts))
	e.checks = append(e.checks, e.q.insertMatchers(s, checks))
	if e.added == nil {
		e.added = make([][]match, len(e.q.selectors))
	}
	e.added[e.q.selectorIndex(s.Node)] = meant
	return nil
}

// matchTypes are the parser's numbers of operators.
var matchTypes = map[metric.MatchOp]labels.MatchType{
	metric.Equal: labels.MatchEqual, metric.NotEqual: labels.MatchNotEqual,
	metric.Match: labels.MatchRegexp, metric.NotMatch: labels.MatchNotRegexp,
}

// written reports whether the author wrote the very same matcher.
func written(vs *parser.VectorSelector, m match) bool {
	for _, a := range vs.LabelMatchers {
		if a.Type == m.op && a.Name == m.name && a.Value == m.value {
			return true
		}
	}
	return false
}

// implied reports whether the author's selector matches the label with `=` and a value that m matches
// as well, so that m adds nothing. Variables are taken to match: they are for readers.
func implied(s *Selector, m match) bool {
	for _, a := range s.Matchers {
		if a.Name == m.name && a.Type == labels.MatchEqual {
			mine, err := labels.NewMatcher(m.op, m.name, m.value)
			return err == nil && (mine.Matches(a.Value) || holdsTokens(m.value))
		}
	}
	return false
}

// insertMatchers is the edit that adds matchers: right after `{`, where no comma or comment of the
// author's can be in the way, or in new braces after the name.
func (q *Query) insertMatchers(s *Selector, texts []string) edit {
	x := q.src.lexed
	list := strings.Join(texts, ", ")
	if s.open < 0 {
		at := x.list[s.name].end
		return edit{at, at, "{" + list + "}"}
	}
	at := x.list[s.open].end
	if len(s.parts) > 0 {
		list += ","
		if !strings.ContainsRune(" \t\r\n", rune(x.text[at])) {
			list += " "
		}
	}
	return edit{at, at, list}
}

// selectorIndex finds a node among the selectors, which are sorted by place.
func (q *Query) selectorIndex(n *parser.VectorSelector) int {
	i, _ := slices.BinarySearchFunc(q.selectors, n.PosRange.Start, func(s Selector, at posrange.Pos) int {
		return int(s.Node.PosRange.Start) - int(at)
	})
	return i
}

// replaceTokens makes the edits for tokens and notes what each coded place becomes.
func (e *completion) replaceTokens(token func(Token) (string, bool)) {
	x := e.q.src.lexed
	for i, c := range e.q.src.coded {
		l := x.list[c.lexeme]
		var edits []edit
		for k := l.firstToken; k < l.firstToken+l.tokens; k++ {
			if text, ok := token(e.q.tokens[k]); ok {
				edits = append(edits, edit{x.tokens[k].start, x.tokens[k].end, text})
			}
		}
		if len(edits) == 0 {
			continue
		}
		e.edits = append(e.edits, edits...)
		e.checks = append(e.checks, edits...)
		for k := range edits {
			edits[k].start -= l.start
			edits[k].end -= l.start
		}
		if e.replaced == nil {
			e.replaced = map[int]string{}
		}
		e.replaced[i] = apply(x.of(l), edits)
	}
}

// finish makes the text, parses it and compares it with what was meant.
func (e *completion) finish() (string, error) {
	text := apply(e.q.text.Value, e.edits)
	if len(text) > MaxLength {
		return "", lengthError(len(text))
	}
	done, err := parseSource(apply(e.q.text.Value, e.checks))
	if err != nil {
		return "", errInternal("the completed query does not parse: %v", err)
	}
	numbers, names := e.meantTokens()
	c := comparison{
		number: func(v float64) float64 {
			i, ok := standInOf(v, len(numbers))
			if !ok {
				return v
			}
			if v < 0 {
				return -numbers[i]
			}
			return numbers[i]
		},
		matchers: func(vs *parser.VectorSelector) []match {
			list := matchesOf(vs)
			for i := range list {
				list[i].name = replaceName(names, list[i].name)
				if list[i].name == nameLabel {
					list[i].value = replaceName(names, list[i].value)
				}
			}
			if e.added != nil {
				list = append(list, e.added[e.q.selectorIndex(vs)]...)
			}
			return list
		},
	}
	if len(names) > 0 {
		c.labels = func(list []string) []string {
			list = slices.Clone(list)
			for i := range list {
				list[i] = replaceName(names, list[i])
			}
			return list
		}
	}
	if !c.equal(e.q.src.expr, done.expr) {
		return "", errInternal("the completed query says something else: %s", text)
	}
	return text, nil
}

// meantTokens returns what the stand-ins of the author's query must be in the completed one: numbers by
// index of the coded place, names by stand-in.
func (e *completion) meantTokens() (numbers []float64, names map[string]string) {
	x := e.q.src.lexed
	left := 0 // coded places in the completed text so far
	numbers = make([]float64, len(e.q.src.coded))
	for i, c := range e.q.src.coded {
		text, replaced := e.replaced[i]
		if !replaced {
			text = x.of(x.list[c.lexeme])
		}
		stays := holdsTokens(text) // at the end of the change as many places hold tokens as before, or fewer
		switch c.role {
		case RoleDuration, RoleNumber:
			if stays {
				numbers[i] = standIn(left)
			} else {
				numbers[i], _ = literalValue(text)
			}
		default:
			if replaced {
				if names == nil {
					names = map[string]string{}
				}
				names[standInName(x.of(x.list[c.lexeme]))] = standInName(text)
			}
		}
		if stays {
			left++
		}
	}
	return numbers, names
}

func replaceName(names map[string]string, name string) string {
	if to, ok := names[name]; ok {
		return to
	}
	return name
}
