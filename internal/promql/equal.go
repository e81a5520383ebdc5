package promql

import (
	"math"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// comparison decides whether tree b says what tree a was meant to say after an edit. Positions and
// parentheses do not count; order does. Each hook says what an edit meant to change; nil: nothing.
type comparison struct {
	// matchers returns what the selector must match in b.
	matchers func(*parser.VectorSelector) []match
	// labels returns what a list of labels must be in b.
	labels func([]string) []string
	// texts returns by which texts in b argument i of parent (a call or an aggregation) is replaced.
	texts func(parent parser.Expr, i int, text string) []string
	// number returns what a number or duration, in seconds, must be in b.
	number func(float64) float64
	// hole returns the tree that b must hold in place of a, and how the two are compared.
	hole func(a parser.Expr) (parser.Expr, *comparison)
}

// match is a matcher without a compiled regular expression.
type match struct {
	op          labels.MatchType
	name, value string
}

func matchesOf(vs *parser.VectorSelector) []match {
	list := make([]match, len(vs.LabelMatchers))
	for i, m := range vs.LabelMatchers {
		list[i] = match{m.Type, m.Name, m.Value}
	}
	return list
}

func (c *comparison) equal(a, b parser.Expr) bool {
	a, b = bare(a), bare(b)
	if c.hole != nil {
		if part, inner := c.hole(a); part != nil {
			return inner.equal(part, b)
		}
	}
	switch a := a.(type) {
	case *parser.VectorSelector:
		b, ok := b.(*parser.VectorSelector)
		return ok && c.selector(a, b)
	case *parser.MatrixSelector:
		b, ok := b.(*parser.MatrixSelector)
		return ok && c.duration(a.Range, b.Range) && c.durationExpr(a.RangeExpr, b.RangeExpr) &&
			c.equal(a.VectorSelector, b.VectorSelector)
	case *parser.SubqueryExpr:
		b, ok := b.(*parser.SubqueryExpr)
		return ok && c.duration(a.Range, b.Range) && c.durationExpr(a.RangeExpr, b.RangeExpr) &&
			c.duration(a.Step, b.Step) && c.durationExpr(a.StepExpr, b.StepExpr) &&
			c.duration(a.OriginalOffset, b.OriginalOffset) && c.durationExpr(a.OriginalOffsetExpr, b.OriginalOffsetExpr) &&
			c.timestamp(a.Timestamp, b.Timestamp) && a.StartOrEnd == b.StartOrEnd && c.equal(a.Expr, b.Expr)
	case *parser.Call:
		b, ok := b.(*parser.Call)
		return ok && a.Func.Name == b.Func.Name && c.args(a, b)
	case *parser.AggregateExpr:
		b, ok := b.(*parser.AggregateExpr)
		return ok && a.Op == b.Op && a.Without == b.Without && c.labelList(a.Grouping, b.Grouping) &&
			c.param(a, b) && c.equal(a.Expr, b.Expr)
	case *parser.BinaryExpr:
		b, ok := b.(*parser.BinaryExpr)
		return ok && a.Op == b.Op && a.ReturnBool == b.ReturnBool && c.matching(a.VectorMatching, b.VectorMatching) &&
			c.equal(a.LHS, b.LHS) && c.equal(a.RHS, b.RHS)
	case *parser.UnaryExpr:
		b, ok := b.(*parser.UnaryExpr)
		return ok && a.Op == b.Op && c.equal(a.Expr, b.Expr)
	case *parser.NumberLiteral:
		b, ok := b.(*parser.NumberLiteral)
		return ok && c.value(a.Val, b.Val)
	case *parser.StringLiteral:
		b, ok := b.(*parser.StringLiteral)
		return ok && a.Val == b.Val
	case *parser.DurationExpr:
		b, ok := b.(*parser.DurationExpr)
		return ok && c.durationExpr(a, b)
	}
	return false
}

func (c *comparison) selector(a, b *parser.VectorSelector) bool {
	if !c.duration(a.OriginalOffset, b.OriginalOffset) || !c.durationExpr(a.OriginalOffsetExpr, b.OriginalOffsetExpr) ||
		!c.timestamp(a.Timestamp, b.Timestamp) || a.StartOrEnd != b.StartOrEnd ||
		a.Anchored != b.Anchored || a.Smoothed != b.Smoothed {
		return false
	}
	var want []match
	if c.matchers != nil {
		want = c.matchers(a)
	} else {
		want = matchesOf(a)
	}
	if len(want) != len(b.LabelMatchers) {
		return false
	}
	have := slices.Clone(b.LabelMatchers) // the order does not count here: a name may have moved into the braces
	for _, w := range want {
		i := slices.IndexFunc(have, func(m *labels.Matcher) bool {
			return m.Type == w.op && m.Name == w.name && m.Value == w.value
		})
		if i < 0 {
			return false
		}
		have = slices.Delete(have, i, i+1)
	}
	return true
}

func (c *comparison) args(a, b *parser.Call) bool {
	k := 0
	for i, arg := range a.Args {
		if lit, ok := bare(arg).(*parser.StringLiteral); ok && c.texts != nil {
			for _, want := range c.texts(a, i, lit.Val) {
				if k >= len(b.Args) {
					return false
				}
				if have, ok := bare(b.Args[k]).(*parser.StringLiteral); !ok || have.Val != want {
					return false
				}
				k++
			}
			continue
		}
		if k >= len(b.Args) || !c.equal(arg, b.Args[k]) {
			return false
		}
		k++
	}
	return k == len(b.Args)
}

func (c *comparison) param(a, b *parser.AggregateExpr) bool {
	if a.Param == nil || b.Param == nil {
		return a.Param == nil && b.Param == nil
	}
	if lit, ok := bare(a.Param).(*parser.StringLiteral); ok && c.texts != nil {
		want := c.texts(a, 0, lit.Val)
		have, ok := bare(b.Param).(*parser.StringLiteral)
		return ok && len(want) == 1 && have.Val == want[0]
	}
	return c.equal(a.Param, b.Param)
}

func (c *comparison) matching(a, b *parser.VectorMatching) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Card == b.Card && a.On == b.On && c.labelList(a.MatchingLabels, b.MatchingLabels) &&
		c.labelList(a.Include, b.Include) && fill(a.FillValues.LHS, b.FillValues.LHS) && fill(a.FillValues.RHS, b.FillValues.RHS)
}

func (c *comparison) labelList(a, b []string) bool {
	if c.labels != nil {
		a = c.labels(a)
	}
	return slices.Equal(a, b)
}

func fill(a, b *float64) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return sameFloat(*a, *b)
}

func (c *comparison) durationExpr(a, b *parser.DurationExpr) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Op == b.Op && c.operand(a.LHS, b.LHS) && c.operand(a.RHS, b.RHS)
}

func (c *comparison) operand(a, b parser.Expr) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return c.equal(a, b)
}

func (c *comparison) timestamp(a, b *int64) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	if *a == *b {
		return true
	}
	return c.number != nil && math.Round(c.number(float64(*a)/1000)*1000) == float64(*b)
}

func (c *comparison) duration(a, b time.Duration) bool {
	return a == b || c.number != nil && seconds(c.number(a.Seconds())) == b
}

func (c *comparison) value(a, b float64) bool {
	return sameFloat(a, b) || c.number != nil && sameFloat(c.number(a), b)
}

func sameFloat(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
