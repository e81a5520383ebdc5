package lint

import (
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// need is a variable that the definition of another one names.
type need struct {
	variable int
	span     diag.Span
}

// chain is which variables need which, by index.
type chain struct {
	variables []plan.Variable
	needs     [][]need
	// circle numbers the groups of variables that need each other; most groups have one member.
	circle []int
}

func (p *Pass) chain() *chain {
	c := &chain{variables: p.Plan.Dashboard.Variables}
	c.needs = make([][]need, len(c.variables))
	index := p.variableIndex()
	for _, r := range p.foreign().References {
		if next, ok := index[r.Name]; ok && r.Variable >= 0 {
			c.needs[r.Variable] = append(c.needs[r.Variable], need{next, r.Span})
		}
	}
	c.findCircles()
	return c
}

// findCircles finds the strongly connected components (Tarjan).
func (c *chain) findCircles() {
	n := len(c.variables)
	c.circle = make([]int, n)
	seen, low, onStack := make([]int, n), make([]int, n), make([]bool, n)
	var stack []int
	clock, circles := 0, 0
	var visit func(i int)
	visit = func(i int) {
		clock++
		seen[i], low[i] = clock, clock
		stack, onStack[i] = append(stack, i), true
		for _, next := range c.needs[i] {
			switch j := next.variable; {
			case seen[j] == 0:
				visit(j)
				low[i] = min(low[i], low[j])
			case onStack[j]:
				low[i] = min(low[i], seen[j])
			}
		}
		if low[i] != seen[i] {
			return
		}
		circles++
		for {
			j := stack[len(stack)-1]
			stack, onStack[j] = stack[:len(stack)-1], false
			c.circle[j] = circles
			if j == i {
				return
			}
		}
	}
	for i := range n {
		if seen[i] == 0 {
			visit(i)
		}
	}
}

var cyclicVariables = &Rule{
	Name: "cyclic-variables", Group: Dashboards, Severity: diag.Error,
	Doc: "variables that wait for each other",
	Run: func(p *Pass) {
		if p.foreign() == nil {
			return
		}
		c := p.chain()
		told := map[int]bool{}
		for i, needs := range c.needs {
			for _, n := range needs {
				if c.circle[i] != c.circle[n.variable] || told[c.circle[i]] {
					continue
				}
				told[c.circle[i]] = true
				name, other := c.variables[i].Name, &c.variables[n.variable]
				if n.variable == i {
					p.Reportf(n.span, "the variable `%s` needs its own value", name).WithHelp("leave it out of its own query")
					continue
				}
				p.Reportf(n.span, "the variable `%s` needs `%s`, which needs `%s`: neither ever gets a value", name, other.Name, name).
					WithHelp("let one of them do without the other").See(other.Foreign.Name.Span, "the other one")
			}
		}
	},
}

var variableOrder = &Rule{
	Name: "variable-order", Group: Dashboards, Severity: diag.Warning,
	Doc: "a variable that stands before the one it depends on",
	Run: func(p *Pass) {
		if p.foreign() == nil {
			return
		}
		c := p.chain()
		for i, needs := range c.needs {
			for _, n := range needs {
				other := &c.variables[n.variable]
				if n.variable <= i || other.Kind == plan.DatasourceVariable || c.circle[i] == c.circle[n.variable] {
					continue
				}
				p.Reportf(n.span, "`%s` depends on `%s`, which stands behind it: readers choose from left to right", c.variables[i].Name, other.Name).
					WithHelp("move `%s` before it", other.Name).See(other.Foreign.Name.Span, "what it depends on")
				break
			}
		}
	},
}
