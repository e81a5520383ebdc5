package diag

import (
	"bytes"
	"testing"
	"unicode/utf8"
)

func TestPosition(t *testing.T) {
	f := NewFile("f", []byte("ab\nçde\r\n\nlast"))
	for offset, want := range map[int]Position{
		0: {1, 1}, 1: {1, 2}, 2: {1, 3}, 3: {2, 1}, 5: {2, 2}, 6: {2, 3}, 7: {2, 4}, 9: {3, 1}, 10: {4, 1}, 14: {4, 5}, 99: {4, 5}, -1: {1, 1},
	} {
		if got := f.Position(offset); got != want {
			t.Errorf("Position(%d) = %v, want %v", offset, got, want)
		}
	}
}

func TestOffset(t *testing.T) {
	f := NewFile("f", []byte("ab\nçde\n\nlast"))
	for at, want := range map[Position]int{
		{1, 1}: 0, {1, 3}: 2, {1, 9}: 2, {2, 1}: 3, {2, 2}: 5, {2, 3}: 6, {3, 1}: 8, {3, 5}: 8, {4, 5}: 13, {9, 1}: 13, {0, 1}: 0,
	} {
		if got := f.Offset(at.Line, at.Column); got != want {
			t.Errorf("Offset(%v) = %d, want %d", at, got, want)
		}
	}
}

func TestByteOrderMarkTakesNoColumn(t *testing.T) {
	f := NewFile("f", []byte("\ufeffab\ncd"))
	if got := f.Position(3); got != (Position{1, 1}) {
		t.Errorf("after the mark: %v", got)
	}
	if got := f.Position(0); got != (Position{1, 1}) {
		t.Errorf("at the mark: %v", got)
	}
	if got := f.Offset(1, 2); got != 4 {
		t.Errorf("second column: %d", got)
	}
	if got := f.Position(6); got != (Position{2, 1}) {
		t.Errorf("second line: %v", got)
	}
}

func TestLine(t *testing.T) {
	f := NewFile("f", []byte("ab\r\n\ncd"))
	for n, want := range map[int]struct {
		text  string
		start int
	}{1: {"ab", 0}, 2: {"", 4}, 3: {"cd", 5}, 4: {"", 7}, 0: {"", 7}} {
		if text, start := f.Line(n); string(text) != want.text || start != want.start {
			t.Errorf("Line(%d) = %q, %d", n, text, start)
		}
	}
}

func TestSpan(t *testing.T) {
	f := NewFile("f", []byte("abc"))
	if s := (Span{f, 1, 3}); s.Text() != "bc" || s.IsZero() || s.Position() != (Position{1, 2}) {
		t.Errorf("%q at %v", s.Text(), s.Position())
	}
	if (Span{}).Text() != "" || !(Span{}).IsZero() {
		t.Error("the zero span is somewhere")
	}
	if l := At("x", Span{f, 0, 1}); !l.Given() || (Located[string]{Value: "x"}).Given() {
		t.Error("Given")
	}
}

// Offset is the inverse of Position, wherever a character begins.
func FuzzPosition(f *testing.F) {
	f.Add([]byte("ab\nçd\r\n\x00\xff\n"), 3)
	f.Add([]byte("\ufeffab\n"), 3)
	f.Fuzz(func(t *testing.T, data []byte, offset int) {
		file := NewFile("f", data)
		p := file.Position(offset)
		if p.Line < 1 || p.Column < 1 {
			t.Fatalf("Position(%d) = %v", offset, p)
		}
		mark := 0
		if bytes.HasPrefix(data, []byte("\ufeff")) {
			mark = 3
		}
		if offset < mark || offset > len(data) || offset < len(data) && !utf8.RuneStart(data[offset]) {
			return
		}
		if !utf8.Valid(data) {
			return // characters that are none have no columns of their own
		}
		if got := file.Offset(p.Line, p.Column); got != offset {
			t.Errorf("Position(%d) = %v, whose offset is %d", offset, p, got)
		}
	})
}
