package diag

import "sort"

// escape says that the bytes [value, value+n) of a Text are written in the file as [start, end): `\u003e` is
// `>`.
type escape struct{ value, n, start, end int }

// MapEscape says that n bytes of Value from offset value on are one escape sequence in the file, from start to
// end. Calls come in ascending order; Map goes on behind it.
func (t *Text) MapEscape(value, n, start, end int) {
	t.escapes = append(t.escapes, escape{value, n, start, end})
}

// escaped returns the escape sequence that a byte of Value comes from.
func (t Text) escaped(value int) (escape, bool) {
	i := sort.Search(len(t.escapes), func(i int) bool { return t.escapes[i].value > value }) - 1
	if i < 0 || value >= t.escapes[i].value+t.escapes[i].n {
		return escape{}, false
	}
	return t.escapes[i], true
}

// Slice returns the piece [start, end) of a Text, with its places.
func (t Text) Slice(start, end int) Text {
	start = max(0, min(start, len(t.Value)))
	end = max(start, min(end, len(t.Value)))
	piece := Text{Value: t.Value[start:end], Span: t.Range(start, end)}
	for i, r := range t.runs {
		switch last := i+1 == len(t.runs); {
		case r.value > end:
		case r.value >= start:
			piece.Map(r.value-start, r.file)
		case last || t.runs[i+1].value > start:
			piece.Map(0, r.file+start-r.value)
		}
	}
	for _, e := range t.escapes {
		if e.value >= start && e.value+e.n <= end {
			piece.MapEscape(e.value-start, e.n, e.start, e.end)
		}
	}
	return piece
}
