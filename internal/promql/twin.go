package promql

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// twin is a place that is read twice, since a selector in it reads a metric that had another name before:
// the smallest instant expression around the selector.
type twin struct {
	selector   int    // its index
	old        string // the other name
	place      parser.Expr
	start, end int // bytes of the place
	// op joins the two: or; and for absent.
	op parser.ItemType
	// wrap says that the two need parentheses.
	wrap bool
	// relabel says that the second must get the new name: something around the place sees names; see nameSeen.
	relabel bool
}

// covers reports whether an edit belongs to the place.
func (t *twin) covers(e edit) bool { return t.start <= e.start && e.end <= t.end }

// findTwins finds the places that are read twice.
func (e *completion) findTwins(ctx Context) (err error) {
	if !slices.ContainsFunc(e.q.selectors, func(s Selector) bool { return ctx.OldName(s) != "" }) {
		return nil
	}
	parser.Inspect(e.q.src.expr, func(node parser.Node, path []parser.Node) error {
		vs, ok := node.(*parser.VectorSelector)
		if !ok || vs.BypassEmptyMatcherCheck || err != nil {
			return nil
		}
		i := e.q.selectorIndex(vs)
		s := &e.q.selectors[i]
		old := ctx.OldName(*s)
		if old == "" || old == s.Name || !e.q.exact(s) {
			return nil
		}
		t := twin{selector: i, old: old, place: vs, op: parser.LOR}
		if call, at := callOf(path); call != nil {
			t.place, path = call, path[:at]
			if isAbsent(call.Func.Name) {
				t.op = parser.LAND
			}
		} else if s.Range != 0 {
			err = fmt.Errorf("a range of `%s` cannot be read under its old name `%s` too", s.Name, old)
			return nil
		}
		if len(path) > 0 {
			switch path[len(path)-1].(type) {
			case *parser.BinaryExpr, *parser.UnaryExpr, *parser.SubqueryExpr:
				t.wrap = true
			}
		}
		t.relabel = keepsName(t.place) && nameSeen(path, ctx.OneName)
		first, last := e.q.span(t.place)
		t.start, t.end = e.q.src.list[first].start, e.q.src.list[last].end
		e.twins = append(e.twins, t)
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(e.twins, func(a, b twin) int { return cmp.Compare(a.start, b.start) })
	for i := 1; i < len(e.twins); i++ {
		if a, b := &e.twins[i-1], &e.twins[i]; b.start < a.end {
			first, second := e.q.selectors[a.selector].Name, e.q.selectors[b.selector].Name
			if first == second {
				return fmt.Errorf("`%s` had another name before and is read twice in one call: record the parameter first", first)
			}
			return fmt.Errorf("`%s` and `%s` had other names before and are read in one call: record one of them first", first, second)
		}
	}
	return nil
}

// callOf returns the call that a selector is inseparable from, and its index in the path to the selector: the
// one that takes its range, or that wants a selector and nothing else. nil: there is none.
func callOf(path []parser.Node) (call *parser.Call, at int) {
	for at = len(path) - 1; at >= 0; at-- {
		switch n := path[at].(type) {
		case *parser.ParenExpr, *parser.MatrixSelector:
			continue
		case *parser.Call:
			_, ranged := path[len(path)-1].(*parser.MatrixSelector)
			if ranged || n.Func.Name == "timestamp" || isAbsent(n.Func.Name) {
				return n, at
			}
		}
		return nil, -1
	}
	return nil, -1
}

// keepsName reports whether what e returns has the names of the metrics it reads, or may have.
func keepsName(e parser.Expr) bool {
	switch n := e.(type) {
	case *parser.AggregateExpr:
		switch n.Op {
		case parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO:
			return true
		}
		return false // or seen there; see nameSeen
	case *parser.Call:
		switch n.Func.Name {
		case "last_over_time", "first_over_time", "label_replace", "label_join",
			"sort", "sort_desc", "sort_by_label", "sort_by_label_desc":
			return true
		}
		return false
	case *parser.BinaryExpr:
		return (n.Op.IsComparisonOperator() || n.Op.IsSetOperator()) && !n.ReturnBool
	}
	return true
}

// nameSeen reports whether, of what has that path around it, something sees the name of the metric. result
// says whether what reads the result does.
func nameSeen(path []parser.Node, result bool) bool {
	for _, n := range slices.Backward(path) {
		switch n := n.(type) {
		case *parser.SubqueryExpr:
			return true
		case *parser.AggregateExpr:
			if slices.Contains(n.Grouping, nameLabel) && !n.Without {
				return true
			}
		case *parser.BinaryExpr:
			if m := n.VectorMatching; m != nil && (m.On && slices.Contains(m.MatchingLabels, nameLabel) || slices.Contains(m.Include, nameLabel)) {
				return true
			}
		case *parser.Call:
			for i, arg := range n.Args {
				text, ok := bare(arg).(*parser.StringLiteral)
				if is, _ := labelArg(n, i); ok && is && i > 1 && text.Val == nameLabel { // 1 is the label that it sets
					return true
				}
			}
		}
		if !keepsName(n.(parser.Expr)) {
			return false
		}
	}
	return result
}

// twinAt returns the twin that covers the byte, or nil.
func (e *completion) twinAt(at int) *twin {
	for i := range e.twins {
		if t := &e.twins[i]; t.start <= at && at < t.end {
			return t
		}
	}
	return nil
}

// twinText is the place as it is read under both names.
func (e *completion) twinText(t *twin, check bool) (string, error) {
	place := e.q.text.Value[t.start:t.end]
	tokens := slices.DeleteFunc(slices.Clone(e.tokens), func(ed edit) bool { return !t.covers(ed) })
	first, err := apply(place, moved(append(e.additions(t.start, t.end, -1, check), tokens...), -t.start))
	if err != nil {
		return "", err
	}

	s := &e.q.selectors[t.selector]
	edits, quoted := e.q.nameEdits(s, t.old)
	var texts []string
	if quoted != "" {
		texts = append(texts, quoted)
	}
	if e.added != nil {
		texts = append(texts, e.added[t.selector].list(check)...)
	}
	if len(texts) > 0 {
		edits = append(edits, e.q.insertMatchers(s, texts))
	}
	edits = slices.Concat(edits, e.additions(t.start, t.end, t.selector, check), tokens)
	second, err := apply(place, moved(edits, -t.start))
	if err != nil {
		return "", err
	}
	if t.relabel {
		second = "label_replace(" + second + `, "` + nameLabel + `", ` + Quote(s.Name) + `, "", "")`
	}
	text := first + " " + t.op.String() + " " + second
	switch {
	case t.wrap && e.q.behindGroup(t.place): // else the parentheses would be the list of labels
		return "() (" + text + ")", nil
	case t.wrap:
		return "(" + text + ")", nil
	}
	return text, nil
}

// behindGroup reports whether an expression stands right behind `group_left` or `group_right` without labels.
func (q *Query) behindGroup(e parser.Expr) bool {
	first, _ := q.span(e)
	before := q.src.prev(first)
	if before < 0 {
		return false
	}
	switch strings.ToLower(q.src.of(q.src.list[before])) {
	case "group_left", "group_right":
		return true
	}
	return false
}

// meantTwins is the hook of a comparison, which is c for all else: each twin must be there twice. numbers are
// the stand-ins of the second reading.
func (e *completion) meantTwins(c comparison, numbers standIns) func(parser.Expr) (parser.Expr, *comparison) {
	return func(a parser.Expr) (parser.Expr, *comparison) {
		i := slices.IndexFunc(e.twins, func(t twin) bool { return t.place == a })
		if i < 0 {
			return nil, nil
		}
		t := &e.twins[i]
		second, old := copyOf(a), c
		old.number = numbers.of
		old.matchers = func(vs *parser.VectorSelector) []match {
			list := c.matchers(vs)
			if e.q.selectorIndex(vs) == t.selector {
				rename(list, e.q.selectors[t.selector].Name, t.old)
			}
			return list
		}
		both := c
		both.hole = func(a parser.Expr) (parser.Expr, *comparison) {
			if a == second {
				return second, &old
			}
			return nil, nil
		}
		pair := &parser.BinaryExpr{Op: t.op, LHS: copyOf(a), RHS: second, VectorMatching: &parser.VectorMatching{Card: parser.CardManyToMany}}
		if t.relabel {
			args := parser.Expressions{second}
			for _, text := range []string{nameLabel, e.q.selectors[t.selector].Name, "", ""} {
				args = append(args, &parser.StringLiteral{Val: text})
			}
			pair.RHS = &parser.Call{Func: parser.Functions["label_replace"], Args: args}
		}
		return pair, &both
	}
}

// rename puts another name of a metric in place of name.
func rename(list []match, name, to string) {
	for i := range list {
		if list[i] == (match{labels.MatchEqual, nameLabel, name}) {
			list[i].value = to
		}
	}
}

// copyOf is another node that says the same as a selector or a call.
func copyOf(e parser.Expr) parser.Expr {
	switch e := e.(type) {
	case *parser.VectorSelector:
		c := *e
		return &c
	case *parser.Call:
		c := *e
		return &c
	}
	panic("a place is a selector or a call")
}
