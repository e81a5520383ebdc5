package planner

import "github.com/mlobs-gen/mlobs-gen/internal/plan"

// columns is the width of Grafana's grid.
const columns = 24

// section is a group of panels below an optional row.
type section struct {
	row    *plan.Panel
	panels []*plan.Panel
	// fill widens the panels of an unfinished line to the right edge. Panels that an author placed keep
	// their width: a new one must not change its neighbours.
	fill bool
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
		for rest := s.panels; len(rest) > 0; {
			n := lineLength(rest)
			y += placeLine(rest[:n], y, s.fill)
			rest = rest[n:]
		}
		all = append(all, s.panels...)
	}
	return all
}

// lineLength is how many of the panels fit on one line; at least one. A panel that is repeated has its line
// for itself: Grafana puts the copies beside it, wherever neighbours stand.
func lineLength(panels []*plan.Panel) int {
	width := 0
	for i, p := range panels {
		if width += min(p.Grid.W, columns); i > 0 && (width > columns || p.Repeat != "" || panels[i-1].Repeat != "") {
			return i
		}
	}
	return len(panels)
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
