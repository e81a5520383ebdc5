package promql

import (
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// Query is an author's query: parsed once, completed many times. It never changes and is safe for
// concurrent use.
type Query struct {
	text      diag.Text
	src       *source
	tokens    []Token
	selectors []Selector
	groupings []Grouping
	// foreign: it is not from a spec.
	foreign bool
}

// Parse reads an author's query. It returns nil after reporting what is wrong, each mistake once, at
// the very bytes where it is: syntax, types, unknown functions, what needs a feature flag in a server.
func Parse(text diag.Text, rep *diag.Report) *Query {
	src, err := parseSource(text.Value)
	if err != nil {
		reportError(text, src, err, rep)
		return nil
	}
	if reportExperimental(text, src, rep) {
		return nil
	}
	return newQuery(text, src)
}

// ParseForeign reads a query that is not from a spec: from a rule file or a dashboard that somebody wrote. It
// accepts everything that some Prometheus accepts, with whatever feature flags; Analyse says what needs one.
// It returns nil after reporting what is wrong, as Parse does.
func ParseForeign(text diag.Text, rep *diag.Report) *Query {
	src, err := parseSource(text.Value)
	if err != nil {
		reportError(text, src, err, rep)
		return nil
	}
	q := newQuery(text, src)
	q.foreign = true
	return q
}

func newQuery(text diag.Text, src *source) *Query {
	q := &Query{text: text, src: src}
	q.tokens = q.findTokens()
	q.selectors = q.findSelectors()
	q.groupings = q.findGroupings()
	return q
}

// Text returns the query as the author wrote it.
func (q *Query) Text() string { return q.text.Value }

// Source returns the query with the places of its bytes.
func (q *Query) Source() diag.Text { return q.text }

// Expr returns the syntax tree. Its positions are byte offsets in Text; for messages use Span with
// offsets found by Selectors, Groupings and Tokens, since ends of nodes are not exact. Tokens have
// stand-ins: durations and numbers of about 72,000 seconds, names with underscores. Nobody may change it.
func (q *Query) Expr() parser.Expr { return q.src.expr }

// Span returns where bytes [start, end) of Text stand in the author's file.
func (q *Query) Span(start, end int) diag.Span { return q.text.Range(start, end) }

// Tokens returns the tokens outside comments in the order of the text. Nobody may change them.
func (q *Query) Tokens() []Token { return q.tokens }

// Selectors returns the selectors in the order of the text. Nobody may change them.
func (q *Query) Selectors() []Selector { return q.selectors }

// Groupings returns the lists of labels in the order of the text. Nobody may change them.
func (q *Query) Groupings() []Grouping { return q.groupings }

func (q *Query) findTokens() []Token {
	raw := q.src.tokens
	if len(raw) == 0 {
		return nil
	}
	tokens := make([]Token, len(raw))
	for i, t := range raw {
		tokens[i] = Token{
			Name: q.src.text[t.name:t.nameEnd],
			Text: q.src.text[t.start:t.end],
			Role: RoleText,
			Span: q.text.Range(t.start, t.end),
		}
	}
	funcs := q.rangeFuncs()
	for i, c := range q.src.coded {
		l := q.src.list[c.lexeme]
		for k := l.firstToken; k < l.firstToken+l.tokens; k++ {
			tokens[k].Role = c.role
			tokens[k].Func = funcs[i]
			tokens[k].InRate = funcs[i] == "rate" || funcs[i] == "irate"
		}
	}
	return tokens
}

// rangeFuncs finds for each coded place that is the range of a selector the function around it.
func (q *Query) rangeFuncs() map[int]string {
	if len(q.src.coded) == 0 {
		return nil
	}
	funcs := map[int]string{}
	parser.Inspect(q.src.expr, func(n parser.Node, _ []parser.Node) error {
		call, ok := n.(*parser.Call)
		if !ok {
			return nil
		}
		for _, arg := range call.Args {
			if m, ok := bare(arg).(*parser.MatrixSelector); ok {
				if i, ok := standInOf(m.Range.Seconds(), len(q.src.coded)); ok {
					funcs[i] = call.Func.Name
				}
			}
		}
		return nil
	})
	return funcs
}

// bare strips parentheses.
func bare(e parser.Expr) parser.Expr {
	for {
		p, ok := e.(*parser.ParenExpr)
		if !ok {
			return e
		}
		e = p.Expr
	}
}

// Grouping is a list of labels: `by (pod, le)`.
type Grouping struct {
	// Kind is by, without, on, ignoring, group_left or group_right.
	Kind   string
	Labels []diag.Located[string]
	// Span covers the kind and the list with its parentheses.
	Span diag.Span

	elements   []element
	start, end int
}

// element is one label of a list, as lexeme index; comma is the lexeme index of the comma behind it, -1
// if there is none.
type element struct{ lexeme, comma int }

// findGroupings lists the groupings: a word that may open one and a parenthesis is always one.
func (q *Query) findGroupings() (list []Grouping) {
	x := q.src.lexed
	for i := range x.list {
		kind := x.groupingKind(i)
		if kind == "" {
			continue
		}
		at := x.next(i)
		if !x.is(at, "(") {
			continue
		}
		g := Grouping{Kind: kind, start: x.list[i].start}
		for at = x.next(at); at < len(x.list) && !x.is(at, ")"); at = x.next(at) {
			if x.is(at, ",") {
				if n := len(g.elements); n > 0 {
					g.elements[n-1].comma = at
				}
				continue
			}
			g.elements = append(g.elements, element{at, -1})
			l := x.list[at]
			g.Labels = append(g.Labels, diag.At(labelName(x.of(l)), q.text.Range(l.start, l.end)))
		}
		g.end = len(x.text)
		if at < len(x.list) {
			g.end = x.list[at].end
		}
		g.Span = q.text.Range(g.start, g.end)
		list = append(list, g)
	}
	return list
}
