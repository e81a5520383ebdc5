package diag_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// Position and Offset count as people do, however long the line, and undo each other.
func TestPositionAndOffset(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "bc", "ü", "日", "👩", "\xff", " ", "\r"}
	for range 40 {
		var b strings.Builder
		for range random.IntN(6000) {
			b.WriteString(pieces[random.IntN(len(pieces))])
			if random.IntN(2500) == 0 {
				b.WriteByte('\n')
			}
		}
		text := b.String()
		f := diag.NewFile("x", []byte(text))
		line, column := 1, 1
		for at := 0; at <= len(text); {
			if got := f.Position(at); got != (diag.Position{Line: line, Column: column}) {
				t.Fatalf("Position(%d) = %v, want %d:%d", at, got, line, column)
			}
			if got := f.Offset(line, column); got != at {
				t.Fatalf("Offset(%d, %d) = %d, want %d", line, column, got, at)
			}
			if at == len(text) {
				break
			}
			r, size := utf8.DecodeRuneInString(text[at:])
			at += size
			column++
			if r == '\n' {
				if got := f.Offset(line, column+5000); got != at-1 {
					t.Fatalf("beyond line %d: %d, want %d", line, got, at-1)
				}
				line, column = line+1, 1
			}
		}
		if got := f.Offset(line, column+9999); got != len(text) {
			t.Fatalf("beyond the file: %d, want %d", got, len(text))
		}
	}
}

// A hundred thousand places on one line take no minute.
func TestLongLineIsNotQuadratic(t *testing.T) {
	text := "\ufeff" + strings.Repeat("é,", 300_000)
	f := diag.NewFile("x", []byte(text))
	begin := time.Now()
	for column := 1; column < 600_000; column += 6 {
		if got := f.Position(f.Offset(1, column)).Column; got != column {
			t.Fatalf("column %d became %d", column, got)
		}
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}
