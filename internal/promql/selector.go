package promql

import (
	"cmp"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/strutil"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// nameLabel is the label that holds a metric's name.
const nameLabel = model.MetricNameLabel

// Selector is one place where a query reads series.
type Selector struct {
	// Name is the metric's name with its suffix (`_bucket`); empty if it is not known: a regular
	// expression, or no name at all. A name with a token in it has underscores for the token's signs.
	Name string
	// Matchers are the author's, in the order written, without the one that gives Name.
	Matchers []*labels.Matcher
	// InAbsent says that it stands somewhere inside absent or absent_over_time.
	InAbsent bool
	// AbsentArg says that it is directly the argument of one: the result takes its labels from the
	// matchers.
	AbsentArg bool
	// Range of a range selector; 0 for an instant one. For `[$window]` it is a stand-in, see RangeToken.
	Range time.Duration
	// RangeToken is the index in Tokens of the range's token; -1: none.
	RangeToken int
	// OffsetToken is the same for the offset: `offset $baseline`.
	OffsetToken int
	// Func is the function or aggregation of which it is directly an argument: `rate`, `sum`; else empty.
	Func string
	// Span covers name and braces; NameSpan the name where it stands (in quotes and braces too), zero if
	// there is none.
	Span, NameSpan diag.Span
	// MatcherSpans are the places of Matchers, from the label's first byte to the value's last.
	MatcherSpans []diag.Span
	// Node is the selector in Query.Expr.
	Node *parser.VectorSelector

	// open is the lexeme index of `{`, or -1; name that of the word before it, or -1; last that of the last
	// lexeme of name and braces.
	open, name, last int
	// parts are the matchers as written, in the order written, the name's included.
	parts []part
}

// part is one matcher in braces: lexeme indices. label == value for a quoted name without an operator.
type part struct {
	label, value int
	op           string // empty for a quoted name
}

// findSelectors lists the selectors. Where they begin the tree knows; the rest is found with the lexer.
func (q *Query) findSelectors() []Selector {
	var list []Selector
	var walk func(e, parent parser.Expr, fn string, inAbsent bool)
	walk = func(e, parent parser.Expr, fn string, inAbsent bool) {
		switch n := e.(type) {
		case *parser.VectorSelector:
			s := Selector{Node: n, Func: fn, InAbsent: inAbsent, AbsentArg: isAbsent(fn), RangeToken: -1, OffsetToken: q.tokenOf(n.OriginalOffset.Seconds())}
			if m, ok := parent.(*parser.MatrixSelector); ok {
				s.Range = m.Range
				s.RangeToken = q.tokenOf(m.Range.Seconds())
			}
			q.locate(&s)
			list = append(list, s)
		case *parser.MatrixSelector:
			walk(n.VectorSelector, n, fn, inAbsent)
		case *parser.ParenExpr:
			walk(n.Expr, n, fn, inAbsent)
		case *parser.Call:
			for _, a := range n.Args {
				walk(a, n, n.Func.Name, inAbsent || isAbsent(n.Func.Name))
			}
		case *parser.AggregateExpr:
			if n.Param != nil {
				walk(n.Param, n, "", inAbsent)
			}
			walk(n.Expr, n, n.Op.String(), inAbsent)
		default:
			for c := range parser.ChildrenIter(e) {
				walk(c.(parser.Expr), e, "", inAbsent)
			}
		}
	}
	walk(q.src.expr, nil, "", false)
	slices.SortFunc(list, func(a, b Selector) int {
		return cmp.Compare(a.Node.PosRange.Start, b.Node.PosRange.Start)
	})
	return list
}

func isAbsent(fn string) bool { return fn == "absent" || fn == "absent_over_time" }

// tokenOf returns the index of the first token of the stand-in with that value, or -1.
func (q *Query) tokenOf(value float64) int {
	i, ok := standInOf(value, len(q.src.coded))
	if !ok {
		return -1
	}
	return int(q.src.list[q.src.coded[i].lexeme].firstToken)
}

// locate finds the name, the braces and the matchers of s.
func (q *Query) locate(s *Selector) {
	x := q.src.lexed
	at := x.at(int(s.Node.PosRange.Start))
	s.open, s.name = -1, -1
	end := at
	if !x.is(at, "{") {
		s.name = at
		s.Name = s.Node.Name
		s.NameSpan = q.text.Range(x.list[at].start, x.list[at].end)
		at = x.next(at)
	}
	if x.is(at, "{") {
		s.open = at
		for at = x.next(at); at < len(x.list) && !x.is(at, "}"); at = x.next(at) {
			if x.is(at, ",") {
				continue
			}
			p := part{label: at, value: at}
			if op := x.next(at); op < len(x.list) && !x.is(op, ",") && !x.is(op, "}") {
				p.op, p.value = x.of(x.list[op]), x.next(op)
				at = p.value
			}
			s.parts = append(s.parts, p)
		}
		end = min(at, len(x.list)-1)
	}
	s.last = end
	s.Span = q.text.Range(int(s.Node.PosRange.Start), x.list[end].end)
	// The tree has the parts in the order written; a name before the braces comes last.
	for i, p := range s.parts {
		m := s.Node.LabelMatchers[i]
		span := q.text.Range(x.list[p.label].start, x.list[p.value].end)
		if m.Name == nameLabel && m.Type == labels.MatchEqual && s.Name == "" {
			s.Name, s.NameSpan = m.Value, q.text.Range(x.list[p.value].start, x.list[p.value].end)
			continue
		}
		s.Matchers = append(s.Matchers, m)
		s.MatcherSpans = append(s.MatcherSpans, span)
	}
}

// labelName is the name that a lexeme of a list of labels stands for.
func labelName(text string) string {
	if name, err := strutil.Unquote(text); err == nil {
		return name
	}
	return text
}
