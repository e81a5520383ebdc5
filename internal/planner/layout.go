package planner

import (
	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// columns is the width of Grafana's grid.
const columns = 24

// section is a group of panels below an optional row.
type section struct {
	row    *plan.Panel
	panels []*plan.Panel
	// fill widens the panels of an unfinished line to the right edge. Panels that an author placed keep
	// their width: a new one must not change its neighbours.
	fill bool
	// things are the objective or check that each of the panels belongs to; nil, also of all: none.
	things []*derive.Thing
}

// thing is what the panel at i belongs to; nil: none.
func (s section) thing(i int) *derive.Thing {
	if i < 0 || i >= len(s.things) {
		return nil
	}
	return s.things[i]
}

// layout places panels from left to right and from top to bottom, in the order given, and returns all
// panels in the order of reading. It is the only place where positions are made; Grid.W and Grid.H of
// the panels say how large they want to be.
func layout(sections []section) []*plan.Panel {
	var all []*plan.Panel
	y := 0
	for _, s := range sections {
		if s.row != nil {
			s.row.Grid = plan.Grid{X: 0, Y: y, W: columns, H: 1}
			all = append(all, s.row)
			y++
		}
		for from := 0; from < len(s.panels); {
			n := s.lineLength(from)
			y += placeLine(s.panels[from:from+n], y, s.fill)
			from += n
		}
		all = append(all, s.panels...)
	}
	return all
}

// lineLength is how many of the panels fit on one line; at least one. A panel that is repeated has its line
// for itself: Grafana puts the copies beside it, wherever neighbours stand. The panels of an objective or check stay
// side by side, as far as a line is wide.
func (s section) lineLength(from int) int {
	width := 0
	for i := from; i < len(s.panels); i++ {
		p := s.panels[i]
		wide := width + min(p.Grid.W, columns)
		if s.thing(i) != s.thing(i-1) {
			wide = width + s.thingWidth(i)
		}
		if i > from && (wide > columns || p.Repeat != "" || s.panels[i-1].Repeat != "") {
			return i - from
		}
		width += min(p.Grid.W, columns)
	}
	return len(s.panels) - from
}

// thingWidth is the width of the panel at i with those of the same objective or check that follow.
func (s section) thingWidth(i int) int {
	width := min(s.panels[i].Grid.W, columns)
	for j := i + 1; j < len(s.panels) && s.thing(i) != nil && s.thing(j) == s.thing(i); j++ {
		width += min(s.panels[j].Grid.W, columns)
	}
	return width
}

// placeLine places panels side by side at y, one height for all, and returns that height.
func placeLine(line []*plan.Panel, y int, fill bool) (height int) {
	spare := columns
	for _, p := range line {
		p.Grid.W = min(p.Grid.W, columns)
		spare -= p.Grid.W
		height = max(height, p.Grid.H)
	}
	x := 0
	for i, p := range line {
		w := p.Grid.W
		if fill { // the first ones take what does not divide
			w += spare / len(line)
			if i < spare%len(line) {
				w++
			}
		}
		p.Grid = plan.Grid{X: x, Y: y, W: w, H: height}
		x += w
	}
	return height
}
