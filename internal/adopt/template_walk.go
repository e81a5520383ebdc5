package adopt

import (
	"slices"
	"strings"
	"text/template/parse"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// templateWalk notes what a template reads: labels and the value of the alert.
type templateWalk struct {
	text *plan.RuleText
	// main: what is walked is the text itself, not a template that it defines.
	main bool
	// inner counts the `range` and `with` around: inside, the dot is not the alert's data.
	inner int
	parts []placedPart
}

// placedPart is a part with its offset in the template.
type placedPart struct {
	at int
	plan.TextPart
}

// sort hands on the parts in the order of the text.
func (w *templateWalk) sort() {
	slices.SortStableFunc(w.parts, func(a, b placedPart) int { return a.at - b.at })
	for _, p := range w.parts {
		w.text.Parts = append(w.text.Parts, p.TextPart)
	}
}

// add notes a hole that stands at length bytes of the template from at on.
func (w *templateWalk) add(part plan.TextPart, at, length int) {
	at -= len(variables)
	part.Span = w.text.Value.Range(at, at+length)
	w.parts = append(w.parts, placedPart{at, part})
}

// node walks through a node of the template.
func (w *templateWalk) node(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, c := range n.Nodes {
				w.node(c)
			}
		}
	case *parse.TextNode:
		if at := int(n.Pos) - len(variables); at >= 0 {
			w.parts = append(w.parts, placedPart{at, plan.TextPart{Literal: string(n.Text)}})
		}
	case *parse.ActionNode:
		if int(n.Pos) < len(variables) {
			return
		}
		before := len(w.parts)
		w.pipe(n.Pipe)
		for _, part := range w.parts[before:] {
			if part.Hole == plan.HoleValue && len(n.Pipe.Decl) == 0 {
				w.text.Shown = append(w.text.Shown, part.Span)
			}
		}
		if w.isPlain(n.Pipe) && len(w.parts) > before {
			w.text.Plain = append(w.text.Plain, w.parts[before].Span)
		}
	case *parse.IfNode:
		w.branch(&n.BranchNode, 0)
	case *parse.RangeNode:
		w.branch(&n.BranchNode, 1)
	case *parse.WithNode:
		w.branch(&n.BranchNode, 1)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			w.pipe(n.Pipe)
		}
	}
}

// branch walks through a condition and what depends on it; inside `range` and `with` the dot is another one.
func (w *templateWalk) branch(n *parse.BranchNode, inner int) {
	w.pipe(n.Pipe)
	w.inner += inner
	w.node(n.List)
	w.inner -= inner
	w.node(n.ElseList)
}

func (w *templateWalk) pipe(p *parse.PipeNode) {
	for _, c := range p.Cmds {
		w.command(c)
	}
}

// isPlain reports whether an action prints the value as it is.
func (w *templateWalk) isPlain(p *parse.PipeNode) bool {
	if len(p.Decl) > 0 || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
		return false
	}
	switch n := p.Cmds[0].Args[0].(type) {
	case *parse.VariableNode:
		return len(n.Ident) == 1 && n.Ident[0] == "$value"
	case *parse.FieldNode:
		return len(n.Ident) == 1 && n.Ident[0] == "Value"
	}
	return false
}

func (w *templateWalk) command(c *parse.CommandNode) {
	if len(c.Args) == 3 {
		f, isFunction := c.Args[0].(*parse.IdentifierNode)
		if s, ok := c.Args[2].(*parse.StringNode); ok && isFunction && f.Ident == "index" && w.isLabels(c.Args[1]) {
			w.add(plan.TextPart{Hole: plan.HoleLabel, Label: s.Text}, int(s.Pos), len(s.Quoted))
			return
		}
	}
	for _, arg := range c.Args {
		switch n := arg.(type) {
		case *parse.VariableNode:
			w.reads(n.Ident, "$", n.Pos)
		case *parse.FieldNode:
			if w.main && w.inner == 0 {
				w.reads(n.Ident, "", n.Pos)
			}
		case *parse.PipeNode:
			w.pipe(n)
		case *parse.ChainNode:
			if p, ok := n.Node.(*parse.PipeNode); ok {
				w.pipe(p)
			}
		}
	}
}

// reads notes a label or the value: `$labels.pod` or `.Labels.pod`, `$value` or `.Value`, which are equally long.
func (w *templateWalk) reads(ident []string, sigil string, at parse.Pos) {
	name := strings.ToLower(ident[0])
	switch {
	case len(ident) == 2 && name == sigil+"labels":
		// The place of a chain is that of its last field.
		w.add(plan.TextPart{Hole: plan.HoleLabel, Label: ident[1]}, int(at)-len("$labels"), len("$labels.")+len(ident[1]))
	case len(ident) == 1 && name == sigil+"value":
		w.add(plan.TextPart{Hole: plan.HoleValue}, int(at), len("$value"))
	}
}

func (w *templateWalk) isLabels(n parse.Node) bool {
	switch n := n.(type) {
	case *parse.VariableNode:
		return len(n.Ident) == 1 && n.Ident[0] == "$labels"
	case *parse.FieldNode:
		return len(n.Ident) == 1 && n.Ident[0] == "Labels"
	}
	return false
}
