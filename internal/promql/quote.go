package promql

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/common/model"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// Quote returns value as a PromQL string. It is the one place where what comes from a spec is escaped
// for PromQL. `$` and `[[` are written as escapes, so that Grafana leaves them alone; the result is
// valid in a rule file as well and stays on one line whatever value holds.
func Quote(value string) string {
	var b strings.Builder
	b.Grow(len(value) + 2)
	writeQuoted(&b, value)
	return b.String()
}

func writeQuoted(b *strings.Builder, value string) {
	b.WriteByte('"')
	for i := 0; i < len(value); {
		c := value[i]
		if c < utf8.RuneSelf {
			switch {
			case c == '"' || c == '\\':
				b.WriteByte('\\')
				b.WriteByte(c)
			case c == '\n':
				b.WriteString(`\n`)
			case c == '\t':
				b.WriteString(`\t`)
			case c < ' ' || c == 0x7f || c == '$' || c == '[' && i+1 < len(value) && value[i+1] == '[':
				writeHex(b, 'x', 2, uint32(c))
			default:
				b.WriteByte(c)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(value[i:])
		switch {
		case r == utf8.RuneError: // invalid, or U+FFFD itself, which the parser's lexer takes for an error
			for _, c := range []byte(value[i : i+size]) {
				writeHex(b, 'x', 2, uint32(c))
			}
		case strconv.IsPrint(r):
			b.WriteString(value[i : i+size])
		case r < 0x10000:
			writeHex(b, 'u', 4, uint32(r))
		default:
			writeHex(b, 'U', 8, uint32(r))
		}
		i += size
	}
	b.WriteByte('"')
}

func writeHex(b *strings.Builder, letter byte, digits int, v uint32) {
	b.WriteByte('\\')
	b.WriteByte(letter)
	for i := digits - 1; i >= 0; i-- {
		b.WriteByte("0123456789abcdef"[v>>(4*i)&0xf])
	}
}

// MatcherText returns m as it is written in braces: `pod=~"a|b"`.
func MatcherText(m metric.Matcher) string {
	var b strings.Builder
	writeLabel(&b, m.Label)
	b.WriteString(string(m.Op))
	writeQuoted(&b, m.Value)
	return b.String()
}

// Variable is a variable of a dashboard that selects values of a label: `pod=~"$pod"`.
type Variable struct {
	// Label is the label it selects by, Name the variable's name without `$`.
	Label, Name string
	// One says that it has exactly one value at a time and selects by `=`, so that Grafana inserts the value
	// as it is, with nothing but quotes escaped.
	One bool
}

// op is the operator that the variable selects with.
func (v Variable) op() metric.MatchOp {
	if v.One {
		return metric.Equal
	}
	return metric.Match
}

// VariableText returns v as it is written in braces.
func VariableText(v Variable) string {
	var b strings.Builder
	writeLabel(&b, v.Label)
	b.WriteString(string(v.op()) + `"$` + v.Name + `"`)
	return b.String()
}

// LabelText is the name of a label as it stands in a list of labels, quoted where it must be.
func LabelText(name string) string { return labelText(name) }

// labelText returns the name of a label as it is written in braces.
func labelText(name string) string {
	var b strings.Builder
	writeLabel(&b, name)
	return b.String()
}

// writeLabel writes the name of a label where matchers and groupings name labels: plain if it can be.
func writeLabel(b *strings.Builder, name string) {
	if model.LegacyValidation.IsValidLabelName(name) {
		b.WriteString(name)
	} else {
		writeQuoted(b, name)
	}
}
