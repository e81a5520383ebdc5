package promql

import "strings"

// coded is a lexeme outside strings and comments that holds tokens: one place where the parser sees a
// stand-in. A stand-in covers the whole lexeme, `${x}s` as well as `node_${x}_total`.
type coded struct {
	lexeme int
	role   Role
	// open says that a metric and a number are both possible as far as the neighbours tell.
	open bool
}

// findCoded lists the coded lexemes in order, with the roles their neighbours suggest.
func (x *lexed) findCoded() (list []coded) {
	var stack []byte // open brackets; 'g' is the parenthesis of a grouping
	for i, l := range x.list {
		switch {
		case l.kind == lexPunct:
			switch c := x.text[l.start]; c {
			case '(', '[', '{':
				if c == '(' && x.groupingKind(x.prev(i)) != "" {
					c = 'g'
				}
				stack = append(stack, c)
			case ')', ']', '}':
				stack = stack[:max(0, len(stack)-1)]
			}
		case l.tokens > 0 && l.kind != lexString:
			c := coded{lexeme: i}
			switch {
			case len(stack) > 0 && stack[len(stack)-1] == '[':
				c.role = RoleDuration
			case len(stack) > 0 && (stack[len(stack)-1] == '{' || stack[len(stack)-1] == 'g'):
				c.role = RoleLabel
			default:
				c.role, c.open = x.role(i)
			}
			list = append(list, c)
		}
	}
	return list
}

// role finds the role of lexeme i, which stands outside braces, square brackets and groupings.
func (x *lexed) role(i int) (role Role, open bool) {
	before, after := x.prev(i), x.next(i)
	for x.is(before, "-") || x.is(before, "+") {
		before = x.prev(before)
	}
	switch {
	case x.is(before, "@"):
		return RoleNumber, false
	case x.keyword(before, "offset") && x.endsOperand(x.prev(before)):
		return RoleDuration, false
	case x.is(after, "{") || x.is(after, "[") || x.is(after, "("):
		return RoleMetric, false
	}
	l := x.list[i]
	if x.tokens[l.firstToken].start != l.start || x.tokens[l.firstToken].end != l.end {
		if l.kind == lexNumber {
			return RoleNumber, false
		}
		return RoleMetric, true // a part of a name; `${x}s` may still be a number
	}
	// `rate(…) > $limit` is a number, `$metric > 5` a metric. `before` skipped signs on purpose.
	before = x.prev(i)
	switch {
	case x.operator(after) && x.number(x.next(after)), x.operator(before) && x.number(x.prev(before)):
		return RoleMetric, true
	case x.operator(after), x.operator(before):
		return RoleNumber, true
	}
	return RoleMetric, true
}

func (x *lexed) number(i int) bool {
	return i >= 0 && i < len(x.list) && x.list[i].kind == lexNumber
}

// operator reports whether lexeme i is an arithmetic operator or a comparison.
func (x *lexed) operator(i int) bool {
	if i < 0 || i >= len(x.list) || x.list[i].kind != lexPunct {
		return false
	}
	switch x.of(x.list[i]) {
	case "+", "-", "*", "/", "%", "^", "==", "!=", "<", "<=", ">", ">=":
		return true
	}
	return false
}

func (x *lexed) keyword(i int, word string) bool {
	return i >= 0 && x.list[i].kind == lexWord && strings.EqualFold(x.of(x.list[i]), word)
}

// endsOperand reports whether an operand may end with lexeme i, so that a word behind it is a keyword.
func (x *lexed) endsOperand(i int) bool {
	if i < 0 {
		return false
	}
	switch x.list[i].kind {
	case lexPunct:
		return x.is(i, ")") || x.is(i, "}") || x.is(i, "]")
	case lexWord:
		switch strings.ToLower(x.of(x.list[i])) {
		case "bool":
			return false
		case "and", "or", "unless", "atan2": // operators, unless they stand where an operand must: then metrics
			return !x.endsOperand(x.prev(i))
		}
	}
	return true
}

// groupingKinds are the words before a list of labels.
var groupingKinds = [...]string{"by", "without", "on", "ignoring", "group_left", "group_right"}

// groupingKind returns which of them lexeme i is, or ""; there may be no such lexeme.
func (x *lexed) groupingKind(i int) string {
	if i < 0 || i >= len(x.list) || x.list[i].kind != lexWord {
		return ""
	}
	word := x.of(x.list[i])
	for _, k := range groupingKinds {
		if len(k) == len(word) && strings.EqualFold(k, word) {
			return k
		}
	}
	return ""
}
