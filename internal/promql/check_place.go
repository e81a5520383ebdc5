package promql

import (
	"github.com/prometheus/prometheus/promql/parser"
)

// checkPlace judges what is good to look at and bad in a rule.
func (t *typing) checkPlace() {
	if !t.inRule() {
		return
	}
	parser.Inspect(t.q.src.expr, func(node parser.Node, _ []parser.Node) error {
		if n, ok := node.(*parser.Call); ok && n.Func.Name == "irate" && !t.settled[bare(n.Args[0])] {
			start, end := t.wordPlace(n)
			t.report(Problem{
				Kind: Irate, Start: start, End: end,
				Message: "`irate` looks at two samples only: between two evaluations everything else is missed",
				Help:    "write " + backquoted("rate("+t.q.textOf(n.Args[0])+")"),
			})
		}
		return nil
	})
	t.checkRanking(t.q.src.expr)
}

// checkRanking judges topk and its like where their series are those of the result: who is among them changes
// from one evaluation to the next.
func (t *typing) checkRanking(e parser.Expr) {
	switch n := e.(type) {
	case *parser.ParenExpr:
		t.checkRanking(n.Expr)
	case *parser.Call:
		switch n.Func.Name {
		case "label_replace", "label_join", "sort", "sort_desc", "abs", "ceil", "floor", "round", "clamp", "clamp_min", "clamp_max":
			t.checkRanking(n.Args[0])
		}
	case *parser.BinaryExpr:
		for i, side := range []parser.Expr{n.LHS, n.RHS} {
			if givesSeries(n, i) {
				t.checkRanking(side)
			}
		}
	case *parser.AggregateExpr:
		switch n.Op {
		case parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO:
		default:
			return
		}
		if f := t.facts[n.Param]; len(n.Grouping) > 0 && !n.Without && f.number && f.value == 1 {
			return // one of each group: the usual way to be rid of doubles
		}
		start, end := t.wordPlace(n)
		p := Problem{Kind: TopKInRule, Start: start, End: end}
		p.Message = "`" + n.Op.String() + "` in a recording rule: series come and go whenever their order changes"
		p.Help = "record all of them, and rank where they are shown"
		if t.use.Place == InAlert {
			p.Message = "`" + n.Op.String() + "` in an alert: it ends and begins anew whenever the order changes"
			p.Help = "compare each series with a limit, without `" + n.Op.String() + "`"
		}
		t.report(p)
	}
}

// givesSeries reports whether the series of side i (0: left) of an operator are those of its result.
func givesSeries(n *parser.BinaryExpr, i int) bool {
	switch {
	case n.VectorMatching == nil, n.Op == parser.LOR:
		return true
	case n.Op == parser.LAND, n.Op == parser.LUNLESS, n.VectorMatching.Card == parser.CardManyToOne:
		return i == 0
	case n.VectorMatching.Card == parser.CardOneToMany:
		return i == 1
	}
	return true
}

// checkExperimental judges what only some servers understand. Parse refuses it where specs are read; what
// others wrote may be for such a server.
func (t *typing) checkExperimental() {
	if !t.q.foreign {
		return
	}
	for _, u := range experimental(t.q.src) {
		t.report(Problem{Kind: Experimental, Start: u.start, End: u.end, Message: u.what + " is experimental", Help: u.help()})
	}
}
