package promql

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// edit replaces bytes [start, end) of a text; start == end inserts.
type edit struct {
	start, end int
	text       string
}

// apply makes all edits, and sorts them. Of several at one place insertions come first, in their order. Edits that
// overlap are a mistake of ours.
func apply(text string, edits []edit) (string, error) {
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Or(a.start-b.start, a.end-b.end) })
	size := len(text)
	for _, e := range edits {
		size += len(e.text)
	}
	var b strings.Builder
	b.Grow(size)
	at := 0
	for _, e := range edits {
		if e.start < at || e.end > len(text) {
			return "", errInternal("edits of %q overlap at byte %d", text, e.start)
		}
		b.WriteString(text[at:e.start])
		b.WriteString(e.text)
		at = e.end
	}
	b.WriteString(text[at:])
	return b.String(), nil
}

// moved are edits at offsets that are by more.
func moved(edits []edit, by int) []edit {
	edits = slices.Clone(edits)
	for i := range edits {
		edits[i].start += by
		edits[i].end += by
	}
	return edits
}

// applyMapped is apply for a text that knows where its bytes stand: what was kept still knows.
func applyMapped(old diag.Text, edits []edit) (diag.Text, error) {
	value, err := apply(old.Value, edits)
	fresh := diag.NewText(value, old.Span)
	if err != nil || old.Span.File == nil {
		return fresh, err
	}
	at, out := 0, 0
	for _, e := range edits { // sorted by apply
		mapPiece(&fresh, old, at, e.start, out)
		out += e.start - at + len(e.text)
		at = e.end
	}
	mapPiece(&fresh, old, at, len(old.Value), out)
	return fresh, nil
}

// mapPiece maps bytes [start, end) of old, which begin at offset out of fresh: line by line, and byte by
// byte where a line of the file has more than the value (escapes in quotes). What is inserted before a
// piece has no place of its own; diag.Text sees that its bytes differ.
func mapPiece(fresh *diag.Text, old diag.Text, start, end, out int) {
	file := func(at int) (int, bool) {
		span := old.Range(at, at+1)
		return span.Start, span.End-span.Start == 1
	}
	for at := start; at < end; {
		next := end
		if n := strings.IndexByte(old.Value[at:end], '\n'); n >= 0 {
			next = at + n + 1
		}
		first, ok := file(at)
		if last, same := file(next - 1); ok && same && last-first == next-1-at {
			fresh.Map(out+at-start, first)
			at = next
			continue
		}
		for want := -1; at < next; at++ {
			if place, ok := file(at); ok && place != want {
				fresh.Map(out+at-start, place)
				want = place
			}
			want++
		}
	}
}

// sliceMapped is bytes [start, end) of old, which still know where they stand.
func sliceMapped(old diag.Text, start, end int) diag.Text {
	span := old.Range(start, end)
	fresh := diag.NewText(old.Value[start:end], span)
	if old.Span.File != nil {
		mapPiece(&fresh, old, start, end, 0)
	}
	return fresh
}
