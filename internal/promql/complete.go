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
	// same label, operator and value, is left out. Regular expressions must be valid: whoever declared them
	// tried them, and compiling them for each query would cost more than all the rest.
	Matchers func(Selector) []metric.Matcher
	// OldName returns the name that the metric of a selector had before, with the suffix of its series, or
	// "". Both names are read then; see Complete.
	OldName func(Selector) string
	// OneName says that the result becomes part of a subquery, or of what looks at the names of metrics: what is
	// read under an old name must have the new one there.
	OneName bool
	// Variables returns the dashboard's variables for a selector; they are added as label=~"$name", or
	// label="$name" if they have One value.
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
// A metric with an OldName is read under both names, at the smallest instant expression around its selector:
// `rate(new[5m]) or rate(old[5m])`, with the same matchers. The result equals that of a store where all series
// have the new name, as far as no range goes over the very moment of the rename; only the names of what has
// not been calculated with tell. `absent` says that something is missing under both: `absent(new) and
// absent(old)`. In subqueries, where the two would meet, what is read under the old name gets the new one.
//
// An error says that the result would be longer than MaxLength, that a renamed metric is read where it
// cannot be read twice, or is a mistake of ours ("internal error"): the text was parsed again and does not
// say what was meant.
func (q *Query) Complete(ctx Context) (string, error) {
	e, err := q.CompleteExpr(ctx)
	return e.text, err
}

// CompleteExpr is Complete for what becomes a part of a larger expression.
func (q *Query) CompleteExpr(ctx Context) (Expr, error) {
	e := completion{q: q}
	for i := range q.selectors {
		if err := e.addMatchers(i, ctx); err != nil {
			return Expr{}, err
		}
	}
	if ctx.Token != nil {
		if err := e.replaceTokens(ctx.Token); err != nil {
			return Expr{}, err
		}
	}
	if ctx.OldName != nil {
		if err := e.findTwins(ctx); err != nil {
			return Expr{}, err
		}
	}
	if e.added == nil && len(e.tokens) == 0 && len(e.twins) == 0 {
		return Expr{q.text.Value, q.src}, nil
	}
	return e.finish()
}

// completion is one run of Complete.
type completion struct {
	q *Query
	// added is what each selector gets, by its index; nil as long as there is nothing.
	added []addition
	// tokens are the edits that replace tokens; replaced holds the new text of coded places, by their index.
	tokens   []edit
	replaced map[int]string
	// twins are the places that are read under two names, in the order of the text.
	twins []twin
	// differs says that the text that is parsed again is another one; see addition.
	differs bool
}

// addition is what one selector gets.
type addition struct {
	meant []match
	// texts are the matchers as written, checks those of the text that is parsed again. They differ for
	// regular expressions only: `pod= "$pod"` spares the parser to compile what is known to be one.
	texts, checks []string
}

func (e *completion) addMatchers(index int, ctx Context) error {
	s := &e.q.selectors[index]
	if s.Node.BypassEmptyMatcherCheck {
		return nil // the second argument of info: labels, not a selection
	}
	var matchers []metric.Matcher
	if ctx.Matchers != nil {
		matchers = ctx.Matchers(*s)
	}
	var variables []Variable
	if ctx.Variables != nil {
		variables = ctx.Variables(*s)
	}
	n := len(matchers) + len(variables)
	if n == 0 {
		return nil
	}
	a := addition{make([]match, 0, n), make([]string, 0, n), make([]string, 0, n)}
	seen := make([]match, 0, n)
	// value is that of m as it is written.
	add := func(m match, text, value string, keep bool) {
		if written(s.Node, m) || slices.Contains(seen, m) {
			return
		}
		seen = append(seen, m)
		if s.AbsentArg && !keep && (!ctx.WholeInAbsent || implied(s, m)) {
			return
		}
		check := text
		if m.op == labels.MatchRegexp || m.op == labels.MatchNotRegexp {
			check = labelText(m.name) + "= " + value
			m.op, e.differs = labels.MatchEqual, true
		}
		a.meant = append(a.meant, m)
		a.texts = append(a.texts, text)
		a.checks = append(a.checks, check)
	}
	for _, m := range matchers {
		op, ok := matchTypes[m.Op]
		if !ok {
			return errInternal("unknown operator `%s` of a matcher", m.Op)
		}
		add(match{op, m.Label, m.Value}, MatcherText(m), Quote(m.Value), m.Op == metric.Equal)
	}
	for _, v := range variables {
		if t, ok := scanToken("$"+v.Name, 0); !ok || t.end != len(v.Name)+1 {
			return errInternal("`%s` is not the name of a variable", v.Name)
		}
		add(match{matchTypes[v.op()], v.Label, "$" + v.Name}, VariableText(v), `"$`+v.Name+`"`, false)
	}
	if len(a.meant) == 0 {
		return nil
	}
	if e.added == nil {
		e.added = make([]addition, len(e.q.selectors))
	}
	e.added[index] = a
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

// additions are the edits that add matchers to the selectors that begin in bytes [start, end), but for
// selector skip: as written, or for the check.
func (e *completion) additions(start, end, skip int, check bool) (edits []edit) {
	for i := range e.added {
		if at := int(e.q.selectors[i].Node.PosRange.Start); at < start || at >= end || i == skip {
			continue
		}
		if texts := e.added[i].list(check); len(texts) > 0 {
			edits = append(edits, e.q.insertMatchers(&e.q.selectors[i], texts))
		}
	}
	return edits
}

func (a *addition) list(check bool) []string {
	if check {
		return a.checks
	}
	return a.texts
}

// text is the completed query, as written or for the check.
func (e *completion) text(check bool) (string, error) {
	edits := append(e.additions(0, len(e.q.text.Value), -1, check), e.tokens...)
	for i := range e.twins {
		t := &e.twins[i]
		edits = slices.DeleteFunc(edits, t.covers)
		text, err := e.twinText(t, check)
		if err != nil {
			return "", err
		}
		edits = append(edits, edit{t.start, t.end, text})
	}
	return apply(e.q.text.Value, edits)
}

// finish makes the text, parses it and compares it with what was meant.
func (e *completion) finish() (Expr, error) {
	text, err := e.text(false)
	if err != nil {
		return Expr{}, err
	}
	if len(text) > MaxLength {
		return Expr{}, lengthError(len(text))
	}
	checked := text
	if e.differs {
		if checked, err = e.text(true); err != nil {
			return Expr{}, err
		}
	}
	done, err := parseSource(checked)
	if err != nil {
		return Expr{}, errInternal("the completed query does not parse: %v", err)
	}
	if !e.meant().equal(e.q.src.expr, done.expr) {
		return Expr{}, errInternal("the completed query says something else: %s", text)
	}
	return Expr{text, done}, nil
}

// meant is the comparison of the author's query with the completed one.
func (e *completion) meant() *comparison {
	numbers, twinNumbers, names := e.meantTokens()
	c := &comparison{number: numbers.of, matchers: func(vs *parser.VectorSelector) []match {
		list := matchesOf(vs)
		for i := range list {
			list[i].name = replaceName(names, list[i].name)
			if list[i].name == nameLabel {
				list[i].value = replaceName(names, list[i].value)
			}
		}
		if e.added != nil {
			list = append(list, e.added[e.q.selectorIndex(vs)].meant...)
		}
		return list
	}}
	if len(names) > 0 {
		c.labels = func(list []string) []string {
			list = slices.Clone(list)
			for i := range list {
				list[i] = replaceName(names, list[i])
			}
			return list
		}
	}
	if len(e.twins) > 0 {
		c.hole = e.meantTwins(*c, twinNumbers)
	}
	return c
}
