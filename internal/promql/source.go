package promql

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"
)

// source is a parsed text: what every step of this package works on.
type source struct {
	*lexed
	// coded are the places of stand-ins; the stand-in of coded[i] for a number or duration is standIn(i).
	coded []coded
	expr  parser.Expr
	// shifts says where the text that the parser read is longer than ours.
	shifts []shift
}

// shift: from offset at of the parser's text on, ours is total bytes behind.
type shift struct{ at, total int }

// The stand-in of a number or duration, in seconds, is never a whole minute: 71993, 72053, … Nobody writes
// such a range; if somebody does, the comparison after an edit fails and nothing is written.
const (
	firstStandIn = 71993
	standInStep  = 60
)

func standIn(i int) float64 { return float64(firstStandIn + standInStep*i) }

// standInOf is the inverse of standIn, for numbers of either sign and the first n stand-ins.
func standInOf(v float64, n int) (i int, ok bool) {
	if v = math.Abs(v); v < firstStandIn || v > standIn(n) {
		return 0, false
	}
	i = int(v-firstStandIn) / standInStep
	return i, i < n && v == standIn(i)
}

// lengthError says that a text is longer than MaxLength, in the same words everywhere.
func lengthError(n int) error {
	return fmt.Errorf("the expression has %d bytes; Prometheus and we read at most %d at once", n, MaxLength)
}

// parseSource parses text. Errors are lengthError, depthError or parser.ParseErrors whose positions are
// offsets in text.
func parseSource(text string) (*source, error) {
	if len(text) > MaxLength {
		return nil, lengthError(len(text))
	}
	s := &source{lexed: lex(text)}
	if err := s.checkDepth(); err != nil {
		return nil, err
	}
	if !holdsTokens(text) {
		return s, s.parse(text)
	}
	s.coded = s.findCoded()
	err := s.parse(s.withStandIns())
	// A metric where a number is wanted, or the other way round: turn those over that the parser
	// complains about, each at most once.
	for turned := true; turned && err != nil; {
		turned = false
		for i := range s.coded {
			if c := &s.coded[i]; c.open && complainsAt(err, s.list[c.lexeme]) {
				c.role, c.open, turned = RoleMetric+RoleNumber-c.role, false, true
			}
		}
		if turned {
			err = s.parse(s.withStandIns())
		}
	}
	if err == nil {
		return s, nil
	}
	// `$a > $b` gets a message about its operator.
	s.coded = s.findCoded()
	for i := range s.coded {
		if s.coded[i].open {
			s.coded[i].role = RoleMetric
		}
	}
	if s.parse(s.withStandIns()) == nil {
		return s, nil
	}
	return s, err
}

func complainsAt(err error, l lexeme) bool {
	list, ok := err.(parser.ParseErrors)
	return ok && slices.ContainsFunc(list, func(e parser.ParseErr) bool {
		return int(e.PositionRange.Start) == l.start && int(e.PositionRange.End) == l.end
	})
}

// withStandIns returns the text for the parser and notes the shifts. Stand-ins have the length of what
// they stand for wherever that is five bytes or more.
func (s *source) withStandIns() string {
	s.shifts = s.shifts[:0]
	var b strings.Builder
	b.Grow(len(s.text) + 8)
	at, total := 0, 0
	for i, c := range s.coded {
		l := s.list[c.lexeme]
		b.WriteString(s.text[at:l.start])
		at = l.end
		number := c.role == RoleDuration || c.role == RoleNumber
		switch {
		case number && (s.besideDot(l) || !s.onlyDigits(l)):
			b.WriteString(s.of(l)) // the parser refuses it
		case number:
			digits := strconv.Itoa(int(standIn(i)))
			b.WriteString(digits)
			switch n := l.end - l.start - len(digits); {
			case n > 0:
				b.WriteByte('.')
				for ; n > 1; n-- {
					b.WriteByte('0')
				}
			case n < 0:
				total -= n
				s.shifts = append(s.shifts, shift{b.Len(), total})
			}
		default:
			b.WriteString(standInName(s.of(l)))
		}
	}
	b.WriteString(s.text[at:])
	return b.String()
}

// besideDot reports whether a stand-in for l would become a part of another number: `$w.5`.
func (s *source) besideDot(l lexeme) bool {
	return l.start > 0 && s.text[l.start-1] == '.' || l.end < len(s.text) && s.text[l.end] == '.'
}

// onlyDigits reports whether what stands beside the tokens of l can be a part of a duration or number:
// `1$w`, not `:$w`.
func (s *source) onlyDigits(l lexeme) bool {
	at := l.start
	for _, t := range s.tokens[l.firstToken : l.firstToken+l.tokens] {
		for i := at; i < t.start; i++ {
			if c := s.text[i]; !isDigit(c) && (i == l.start || strings.IndexByte("smhdwy", c) < 0) {
				return false
			}
		}
		at = t.end
	}
	for i := at; i < l.end; i++ {
		if c := s.text[i]; !isDigit(c) && strings.IndexByte("smhdwy", c) < 0 {
			return false
		}
	}
	return true
}

// standInName is the name the parser sees for a word with tokens: `node_${x}` is `node___x_`.
func standInName(word string) string {
	b := []byte(word)
	for i, c := range b {
		if !isAlpha(c) && !isDigit(c) && c != ':' {
			b[i] = '_'
		}
	}
	return string(b)
}

// parse parses what the parser is to see and puts the positions right.
func (s *source) parse(text string) error {
	expr, err := grammar.ParseExpr(text)
	if err != nil {
		if list, ok := err.(parser.ParseErrors); ok && len(s.shifts) > 0 {
			for i := range list {
				list[i].PositionRange = s.shiftRange(list[i].PositionRange)
			}
		}
		return err
	}
	s.expr = expr
	if len(s.shifts) > 0 {
		s.shiftExpr(expr)
	}
	return nil
}

// depthError says where brackets or signs nest too deep.
type depthError struct{ start, end int }

func (e *depthError) Error() string {
	return fmt.Sprintf("brackets or signs nest more than %d deep", MaxDepth)
}

func (x *lexed) checkDepth() error {
	depth, signs := 0, 0
	for _, l := range x.list {
		if l.kind != lexPunct {
			if l.kind != lexComment {
				signs = 0
			}
			continue
		}
		switch x.text[l.start] {
		case '(', '[', '{':
			depth, signs = depth+1, 0
		case ')', ']', '}':
			depth, signs = depth-1, 0
		case '-', '+':
			signs++
		}
		if depth > MaxDepth || signs > MaxDepth {
			return &depthError{l.start, l.end}
		}
	}
	return nil
}

// back turns an offset of the parser's text into one of ours.
func (s *source) back(at posrange.Pos) posrange.Pos {
	n := 0
	for _, sh := range s.shifts {
		if int(at) < sh.at {
			break
		}
		n = sh.total
	}
	return max(0, at-posrange.Pos(n))
}

func (s *source) shiftRange(r posrange.PositionRange) posrange.PositionRange {
	return posrange.PositionRange{Start: s.back(r.Start), End: s.back(r.End)}
}

// shiftExpr puts all positions of a tree right; see back.
func (s *source) shiftExpr(e parser.Expr) {
	for n := range parser.ChildrenIter(e) {
		s.shiftExpr(n.(parser.Expr))
	}
	switch n := e.(type) {
	case *parser.AggregateExpr:
		n.PosRange = s.shiftRange(n.PosRange)
	case *parser.Call:
		n.PosRange = s.shiftRange(n.PosRange)
	case *parser.MatrixSelector:
		n.EndPos = s.back(n.EndPos)
	case *parser.SubqueryExpr:
		n.EndPos = s.back(n.EndPos)
	case *parser.NumberLiteral:
		n.PosRange = s.shiftRange(n.PosRange)
	case *parser.ParenExpr:
		n.PosRange = s.shiftRange(n.PosRange)
	case *parser.StringLiteral:
		n.PosRange = s.shiftRange(n.PosRange)
	case *parser.UnaryExpr:
		n.StartPos = s.back(n.StartPos)
	case *parser.VectorSelector:
		n.PosRange = s.shiftRange(n.PosRange)
	}
}

// seconds turns a number as the engine reads it into a duration.
func seconds(v float64) time.Duration {
	return time.Duration(math.Round(v * float64(time.Second)))
}

// literalValue reads a number or a duration as the parser does; false if it is neither.
func literalValue(text string) (float64, bool) {
	if d, err := model.ParseDuration(text); err == nil {
		return time.Duration(d).Seconds(), true
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil
}
