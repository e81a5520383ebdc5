package diag

import "testing"

// block is a text of two lines, as in a block scalar: `ab` and `cd`, each behind two blanks.
func block() Text {
	f := NewFile("f", []byte("k: |\n  ab\n  cd\n"))
	t := NewText("ab\ncd\n", Span{f, 7, 14})
	t.Map(0, 7)
	t.Map(3, 12)
	return t
}

func TestRange(t *testing.T) {
	text := block()
	for _, c := range []struct {
		start, end int
		want       string
		at         Position
	}{
		{0, 2, "ab", Position{2, 3}}, {3, 5, "cd", Position{3, 3}}, {4, 5, "d", Position{3, 4}}, {1, 4, "b\n  c", Position{2, 4}},
		{2, 3, "\n", Position{2, 5}}, {5, 6, "\n", Position{3, 5}}, {1, 1, "", Position{2, 4}},
		{-5, 1, "a", Position{2, 3}}, {4, 99, "d\n", Position{3, 4}}, {6, 6, "", Position{4, 1}}, {5, 2, "", Position{3, 5}},
	} {
		got := text.Range(c.start, c.end)
		if got.Text() != c.want || got.Position() != c.at {
			t.Errorf("Range(%d, %d) = %q at %v, want %q at %v", c.start, c.end, got.Text(), got.Position(), c.want, c.at)
		}
	}
}

func TestRangeNeverGuesses(t *testing.T) {
	whole := block().Span
	f := whole.File
	for name, text := range map[string]Text{
		"no map":                 NewText("ab\ncd\n", whole),
		"other bytes":            func() Text { t := NewText("xy", whole); t.Map(0, 7); return t }(),
		"map begins later":       func() Text { t := NewText("ab", whole); t.Map(1, 8); return t }(),
		"map beyond the file":    func() Text { t := NewText("ab", whole); t.Map(0, 900); return t }(),
		"map before the file":    func() Text { t := NewText("ab", whole); t.Map(0, -1); return t }(),
		"end before its start":   func() Text { t := NewText("cda", whole); t.Map(0, 12); t.Map(2, 7); return t }(),
		"longer than the source": func() Text { t := NewText("cd\nxxxxxxxx", Span{f, 7, 14}); t.Map(0, 12); return t }(),
	} {
		if got := text.Range(0, len(text.Value)); got != whole {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := (Text{}).Range(0, 5); !got.IsZero() {
		t.Errorf("the zero text is at %v", got)
	}
}

func FuzzRange(f *testing.F) {
	f.Add("ab\ncd", "k: ab", 0, 3, 2, 1, 0, 2)
	f.Fuzz(func(t *testing.T, value, data string, v1, f1, v2, f2, start, end int) {
		file := NewFile("f", []byte(data))
		text := NewText(value, Span{file, 0, len(data)})
		text.Map(v1, f1)
		text.Map(max(v1, v2), f2)
		got := text.Range(start, end)
		if got.Start < 0 || got.End < got.Start || got.End > len(data) {
			t.Fatalf("Range(%d, %d) = %d, %d of %d bytes", start, end, got.Start, got.End, len(data))
		}
	})
}

// A string of JSON with escape sequences: their places are the whole sequences, those of what stands beside
// them are exact, in pieces of it as well.
func TestEscapes(t *testing.T) {
	f := NewFile("f", []byte(`{"expr": "a \u003e\n{b=\"c\"}"}`))
	text := NewText("a >\n{b=\"c\"}", Span{f, 10, 29})
	text.Map(0, 10)
	text.MapEscape(2, 1, 12, 18)
	text.MapEscape(3, 1, 18, 20)
	text.Map(4, 20)
	text.MapEscape(7, 1, 23, 25)
	text.Map(8, 25)
	text.MapEscape(9, 1, 26, 28)
	text.Map(10, 28)
	for _, c := range []struct {
		start, end int
		want       string
	}{
		{0, 1, "a"}, {2, 3, `\u003e`}, {0, 3, `a \u003e`}, {4, 6, "{b"}, {5, 10, `b=\"c\"`}, {3, 5, `\n{`}, {10, 11, "}"}, {11, 11, ""}, {0, 11, `a \u003e\n{b=\"c\"}`},
	} {
		if got := text.Range(c.start, c.end).Text(); got != c.want {
			t.Errorf("Range(%d, %d) = %q, want %q", c.start, c.end, got, c.want)
		}
		for from := 0; from <= c.start; from++ {
			piece := text.Slice(from, 11)
			if got := piece.Range(c.start-from, c.end-from).Text(); got != c.want {
				t.Errorf("Slice(%d).Range(%d, %d) = %q, want %q", from, c.start-from, c.end-from, got, c.want)
			}
		}
	}
}
