package promql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// element is what one label of a list becomes, given what the list has become so far. A label that is
// there already is not repeated.
func (n *renaming) element(label string, before []string) (out []string) {
	to, ok := n.r.Labels[label]
	if !ok {
		to = []string{label}
	}
	for _, t := range to {
		if !slices.Contains(before, t) && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// list is what a list of labels becomes.
func (n *renaming) list(labels []string) []string {
	if !n.touches(labels) {
		return labels
	}
	out := []string{}
	for _, l := range labels {
		out = append(out, n.element(l, out)...)
	}
	return out
}

func (n *renaming) touches(labels []string) bool {
	return slices.ContainsFunc(labels, func(l string) bool { _, ok := n.r.Labels[l]; return ok })
}

// grouping makes the edits of one list of labels: each label where it stands, and of the commas only
// those that separated a label that goes.
func (n *renaming) grouping(g Grouping) {
	x := n.q.src.lexed
	names := make([]string, len(g.elements))
	for i, e := range g.elements {
		names[i] = labelName(x.of(x.list[e.lexeme]))
	}
	if !n.touches(names) {
		return
	}
	var done []string
	last := -1 // the last label that stays
	gone := make([]bool, len(names))
	for i, name := range names {
		to := n.element(name, done)
		done = append(done, to...)
		if len(to) == 0 {
			gone[i] = true
			n.replace(g.elements[i].lexeme, "")
			continue
		}
		last = i
		if len(to) == 1 && to[0] == name {
			continue
		}
		var b strings.Builder
		for k, t := range to {
			if k > 0 {
				b.WriteString(", ")
			}
			writeGroupingLabel(&b, t)
		}
		n.replace(g.elements[i].lexeme, b.String())
	}
	for i, e := range g.elements {
		// Behind the last that stays, its own comma goes and the author's trailing comma stays.
		behind := last >= 0 && i >= last && i < len(names)-1
		if e.comma >= 0 && (gone[i] && i < last || behind || last < 0) {
			n.removeComma(x.list[e.comma], gone[i])
		}
	}
}

// removeComma removes a comma with the blanks behind it. gone says that the label before it
// goes too; a comment behind one that stays keeps its distance.
func (n *renaming) removeComma(l lexeme, gone bool) {
	text, end := n.q.src.text, l.end
	for isBlank(text[end]) {
		end++
	}
	if text[end] == '#' && !gone {
		end = l.end
	}
	n.edits = append(n.edits, edit{l.start, end, ""})
}

// writeGroupingLabel writes a label in a list: quoted where the parser would take it for something else.
func writeGroupingLabel(b *strings.Builder, name string) {
	switch strings.ToLower(name) {
	case "without", "inf", "nan":
		writeQuoted(b, name)
	default:
		writeLabel(b, name)
	}
}

// labelArg reports whether a text that is argument i of parent names a label; more says that several
// may stand there.
func labelArg(parent parser.Expr, i int) (is, more bool) {
	switch p := parent.(type) {
	case *parser.AggregateExpr:
		return p.Op == parser.COUNT_VALUES, false
	case *parser.Call:
		switch p.Func.Name {
		case "label_replace":
			return i == 1 || i == 3, false
		case "label_join":
			return i == 1 || i >= 3, i >= 3
		case "sort_by_label", "sort_by_label_desc":
			return i >= 1, true
		}
	}
	return false, false
}

// texts makes the edits of strings that name labels.
func (n *renaming) texts() (err error) {
	if len(n.r.Labels) == 0 {
		return nil
	}
	visit := func(parent parser.Expr, i int, arg parser.Expr) {
		lit, ok := bare(arg).(*parser.StringLiteral)
		if !ok || err != nil || !n.touches([]string{lit.Val}) {
			return
		}
		is, more := labelArg(parent, i)
		if !is {
			return
		}
		to := n.r.Labels[lit.Val]
		if len(to) != 1 && !(more && len(to) > 1) {
			_, err = n.one(lit.Val, fmt.Sprintf("an argument of `%s`", parentName(parent)))
			return
		}
		quoted := make([]string, len(to))
		for k, t := range to {
			quoted[k] = Quote(t)
		}
		n.replace(n.q.src.at(int(lit.PosRange.Start)), strings.Join(quoted, ", "))
	}
	parser.Inspect(n.q.src.expr, func(node parser.Node, _ []parser.Node) error {
		switch p := node.(type) {
		case *parser.Call:
			for i, arg := range p.Args {
				visit(p, i, arg)
			}
		case *parser.AggregateExpr:
			if p.Param != nil {
				visit(p, 0, p.Param)
			}
		}
		return nil
	})
	return err
}

func parentName(e parser.Expr) string {
	if c, ok := e.(*parser.Call); ok {
		return c.Func.Name
	}
	return e.(*parser.AggregateExpr).Op.String()
}

// RenameLegend renames the labels in the holes of a legend: `{{replica}}` becomes `{{pod}} / {{pid}}`.
// A label that becomes none takes its hole along.
func RenameLegend(legend string, labels map[string][]string) string {
	var b strings.Builder
	for {
		open := strings.Index(legend, "{{")
		if open < 0 {
			break
		}
		length := strings.Index(legend[open:], "}}")
		if length < 0 {
			break
		}
		name := strings.TrimSpace(legend[open+2 : open+length])
		b.WriteString(legend[:open])
		if to, ok := labels[name]; ok {
			for i, t := range to {
				if i > 0 {
					b.WriteString(" / ")
				}
				b.WriteString("{{" + t + "}}")
			}
		} else {
			b.WriteString(legend[open : open+length+2])
		}
		legend = legend[open+length+2:]
	}
	b.WriteString(legend)
	return b.String()
}
