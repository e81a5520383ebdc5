package promql

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// Compose puts expressions into a larger one. The shape is PromQL with holes `$1`, `$2` …, each for the
// part of that number, as often as it likes:
//
//	Compose("$1 > 5", q)
//	Compose("max_over_time($1[5m:30s])", q)
//	Compose("($1 > bool 0.15) + ($1 > bool 0.3) or on () vector(-1)", q)
//
// A part gets parentheses only where it needs them, and a new line behind it if it ends in a comment.
// Shape and parts may hold Grafana tokens. The result was parsed and says the shape with the parts in
// its holes; an error says that a part or the shape does not parse, that the result is longer than
// MaxLength, or that the parts do not fit the shape.
func Compose(shape string, parts ...string) (string, error) {
	exprs := make([]Expr, len(parts))
	for i, text := range parts {
		text = trim(text)
		src, err := parseSource(text)
		if err != nil {
			return "", fmt.Errorf("part %d of `%s`: %w", i+1, shape, err)
		}
		exprs[i] = Expr{text, src}
	}
	e, err := ComposeExprs(shape, exprs...)
	return e.text, err
}

// Expr is an expression that CompleteExpr or ComposeExprs made: its text, and what that was parsed to, so that
// it is not parsed again when it becomes a part of a larger one. The zero Expr is no expression.
type Expr struct {
	text string
	// src is the text as it was checked; see addition.
	src *source
}

// String returns the text.
func (e Expr) String() string { return e.text }

// trim removes the space around an expression.
func trim(text string) string { return strings.Trim(text, " \t\r\n") }

// ComposeExprs is Compose for parts that were parsed.
func ComposeExprs(shape string, parts ...Expr) (Expr, error) {
	c := composition{pieces: splitShape(shape), parts: make([]*source, len(parts)), exprs: parts}
	differs := false
	for i, e := range parts {
		if e.src == nil {
			return Expr{}, errInternal("part %d of `%s` is no expression", i+1, shape)
		}
		c.parts[i] = e.src
		differs = differs || e.text != e.src.text
	}
	for _, p := range c.pieces {
		if p.hole > len(parts) || p.hole == 0 {
			return Expr{}, errInternal("`%s` has no part %d", shape, p.hole)
		}
	}
	if err := c.parseShape(); err != nil {
		return Expr{}, fmt.Errorf("shape `%s`: %w", shape, err)
	}
	// Fewest parentheses first; what is meant decides.
	var err error
	for _, wrap := range [...]func(*source) bool{neverWrap, wrapLoose, alwaysWrap} {
		text := c.text(wrap, true)
		var done *source
		if done, err = parseSource(text); err != nil {
			if len(text) > MaxLength {
				return Expr{}, lengthError(len(text))
			}
			continue
		}
		if err = c.check(done); err == nil {
			if differs {
				text = c.text(wrap, false)
			}
			return Expr{text, done}, nil
		}
	}
	return Expr{}, errInternal("`%s` cannot be composed: %w", shape, err)
}

// piece is text of a shape before a hole; hole -1: the text behind the last one.
type piece struct {
	text string
	hole int // 1 for $1
}

// splitShape cuts a shape at its holes. A hole in a string is text.
func splitShape(shape string) (list []piece) {
	at := 0
	x := lex(shape)
	for i, l := range x.list {
		if l.start < at || !x.is(i, "$") || i+1 >= len(x.list) || x.list[i+1].kind != lexNumber || x.list[i+1].start != l.end {
			continue
		}
		end := l.end
		for end < len(shape) && isDigit(shape[end]) {
			end++
		}
		n, err := strconv.Atoi(shape[l.end:end])
		if err != nil {
			n = 0
		}
		list = append(list, piece{shape[at:l.start], n})
		at = end
	}
	return append(list, piece{shape[at:], -1})
}

// composition is one run of Compose.
type composition struct {
	pieces []piece
	exprs  []Expr
	parts  []*source // of exprs
	shape  *source
	holes  []int // where in the shape each hole stands
}

const (
	holeName   = "mlobs:hole:"
	holeNumber = 81017.5 // the first hole for a number; half numbers are no stand-ins
)

// parseShape parses the shape with something of the part's type in each hole: hole k (the k-th in the
// text) is the metric mlobs:hole:k, a range of it, the text "mlobs:hole:k" or the number holeNumber+k.
func (c *composition) parseShape() error {
	var b strings.Builder
	for k, p := range c.pieces {
		b.WriteString(p.text)
		if p.hole < 0 {
			break
		}
		c.holes = append(c.holes, b.Len())
		name := holeName + strconv.Itoa(k)
		switch c.parts[p.hole-1].expr.Type() {
		case parser.ValueTypeScalar: // in parentheses, or a sign before it would become part of it
			b.WriteString("(" + strconv.FormatFloat(holeNumber+float64(k), 'f', -1, 64) + ")")
		case parser.ValueTypeString:
			b.WriteString(`"` + name + `"`)
		case parser.ValueTypeMatrix:
			b.WriteString(name + "[1s]")
		default:
			b.WriteString(name)
		}
	}
	var err error
	c.shape, err = parseSource(b.String())
	return err
}

// text is the shape with the parts in it, in parentheses where wrap says so: as written, or for the check.
func (c *composition) text(wrap func(*source) bool, check bool) string {
	var b strings.Builder
	for _, p := range c.pieces {
		b.WriteString(p.text)
		if p.hole < 0 {
			break
		}
		part, text := c.parts[p.hole-1], c.exprs[p.hole-1].text
		if check {
			text = part.text
		}
		open, closing := "", ""
		if wrap(part) {
			open, closing = "(", ")"
		}
		b.WriteString(open)
		b.WriteString(trim(text))
		if n := len(part.list); n > 0 && part.list[n-1].kind == lexComment {
			b.WriteByte('\n')
		}
		b.WriteString(closing)
	}
	return strings.TrimRight(b.String(), "\n")
}

func neverWrap(*source) bool  { return false }
func alwaysWrap(*source) bool { return true }

// wrapLoose wraps what has an operator, a sign or a modifier outside all brackets, and numbers, which a
// sign before them would change.
func wrapLoose(s *source) bool {
	switch e := s.expr.(type) {
	case *parser.Call, *parser.AggregateExpr, *parser.ParenExpr, *parser.StringLiteral, *parser.MatrixSelector:
		return false
	case *parser.VectorSelector:
		return e.OriginalOffset != 0 || e.Timestamp != nil || e.StartOrEnd != 0
	}
	return true
}

// check compares the result with the shape whose holes are the parts.
func (c *composition) check(done *source) error {
	// Stand-ins count from the left in each text: what was the first of a part is a later one now.
	shapeAt := make([]int, len(c.shape.coded)) // by stand-in of the shape: what it is in the result
	first := make([]int, len(c.holes))         // by hole: what the first stand-in of its part is
	n, s := 0, 0
	for k, at := range append(c.holes, len(c.shape.text)) {
		for ; s < len(shapeAt) && c.shape.list[c.shape.coded[s].lexeme].start < at; s++ {
			shapeAt[s] = n
			n++
		}
		if k < len(first) {
			first[k] = n
			n += len(c.parts[c.pieces[k].hole-1].coded)
		}
	}
	outer := &comparison{number: func(v float64) float64 {
		if i, ok := standInOf(v, len(shapeAt)); ok {
			return sign(v) * standIn(shapeAt[i])
		}
		return v
	}}
	inner := func(k int) (parser.Expr, *comparison) {
		part := c.parts[c.pieces[k].hole-1]
		return bare(part.expr), &comparison{number: func(v float64) float64 {
			if i, ok := standInOf(v, len(part.coded)); ok {
				return sign(v) * standIn(first[k]+i)
			}
			return v
		}}
	}
	outer.hole = func(e parser.Expr) (parser.Expr, *comparison) {
		k, ok := c.holeOf(e)
		if !ok {
			return nil, nil
		}
		part, in := inner(k)
		return c.modified(e, part), in
	}
	if !outer.equal(c.shape.expr, done.expr) {
		return fmt.Errorf("the result says something else: %s", done.text)
	}
	return nil
}

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}

// holeOf returns which hole e is, as an index of c.pieces.
func (c *composition) holeOf(e parser.Expr) (k int, ok bool) {
	switch e := e.(type) {
	case *parser.VectorSelector:
		k, ok = holeIndex(e.Name)
	case *parser.MatrixSelector:
		if vs, is := e.VectorSelector.(*parser.VectorSelector); is {
			if k, ok = holeIndex(vs.Name); ok && c.parts[c.pieces[k].hole-1].expr.Type() != parser.ValueTypeMatrix {
				ok = false // a range of a hole: compared inside
			}
		}
	case *parser.StringLiteral:
		k, ok = holeIndex(e.Val)
	case *parser.NumberLiteral:
		k = int(e.Val - holeNumber)
		ok = e.Val == holeNumber+float64(k)
	}
	return k, ok && k >= 0 && k < len(c.pieces)-1
}

func holeIndex(name string) (int, bool) {
	rest, ok := strings.CutPrefix(name, holeName)
	if !ok {
		return 0, false
	}
	k, err := strconv.Atoi(rest)
	return k, err == nil
}

// modified returns part with the offset and @ that the shape puts behind the hole. The shape's are
// literal; a part that has its own stays as it is, and then the comparison fails.
func (c *composition) modified(hole, part parser.Expr) parser.Expr {
	h, ok := hole.(*parser.VectorSelector)
	if !ok || h.OriginalOffset == 0 && h.Timestamp == nil && h.StartOrEnd == 0 {
		return part
	}
	vs, ok := part.(*parser.VectorSelector)
	if !ok || vs.OriginalOffset != 0 || vs.Timestamp != nil || vs.StartOrEnd != 0 {
		return part
	}
	changed := *vs
	changed.OriginalOffset, changed.Timestamp, changed.StartOrEnd = h.OriginalOffset, h.Timestamp, h.StartOrEnd
	return &changed
}
