package diag

// Text is the value of a YAML scalar (or of any other quoting) that knows, byte for byte, where it
// stands in its file. PromQL inside YAML is parsed from Value; an error at bytes [a, b) of Value is
// shown at Range(a, b).
type Text struct {
	Value string
	// Span covers the scalar in the file: without quotes for quoted ones, from the first character of
	// the content for block scalars.
	Span Span
	// runs maps Value to the file: piecewise linear, ascending. Empty: unknown, whole Span.
	runs []run
	// escapes are stretches of Value that the file has in another form; ascending.
	escapes []escape
}

type run struct{ value, file int } // offsets where a run begins; it lasts until the next one begins

// NewText returns a Text without a byte map: every range in it is shown as the whole span.
func NewText(value string, span Span) Text { return Text{Value: value, Span: span} }

// Map says that the bytes of Value from offset value on stand in the file from offset file on, until
// the next call. Calls come in ascending order. NewText, then Map for each line of a block scalar.
func (t *Text) Map(value, file int) { t.runs = append(t.runs, run{value, file}) }

// Mapped reports whether the places of single bytes are known.
func (t Text) Mapped() bool { return len(t.runs) > 0 }

// Range returns the place of Value[start:end] in the file. Where the map is unknown, or does not
// give back the very bytes, the whole scalar is returned: never a wrong place.
func (t Text) Range(start, end int) Span {
	start = max(0, min(start, len(t.Value)))
	end = max(start, min(end, len(t.Value)))
	from, _, ok := t.place(start)
	if !ok {
		return t.Span
	}
	to := from
	if end > start {
		if _, to, ok = t.place(end - 1); !ok {
			return t.Span
		}
	}
	if to < from || to > len(t.Span.File.Data) {
		return t.Span
	}
	return Span{File: t.Span.File, Start: from, End: to}
}

// place returns where in the file the byte of Value stands, or the escape sequence that it comes from.
func (t Text) place(value int) (from, to int, ok bool) {
	if e, ok := t.escaped(value); ok && t.Span.File != nil {
		return e.start, e.end, true
	}
	from, ok = t.offset(value)
	return from, from + 1, ok
}

func (t Text) offset(value int) (int, bool) {
	if t.Span.File == nil || len(t.runs) == 0 {
		return 0, false
	}
	lo, hi := 0, len(t.runs) // the last run that begins at or before value
	for lo < hi {
		if mid := (lo + hi) / 2; t.runs[mid].value <= value {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == 0 {
		return 0, false
	}
	at := t.runs[lo-1].file + value - t.runs[lo-1].value
	data := t.Span.File.Data
	if at < 0 || at > len(data) {
		return 0, false
	}
	if value < len(t.Value) && (at >= len(data) || data[at] != t.Value[value]) {
		return 0, false
	}
	return at, true
}
