// Package diag says where things are in source text and what we say about them.
//
// Everything that reads text (specs, profiles, later rule files and dashboards) keeps byte spans
// into a File. Spans become line and column in one place, File.Position, when a message is shown.
package diag

import (
	"bytes"
	"sort"
	"sync"
	"unicode/utf8"
)

// File is one source text. Its Data never changes after NewFile.
type File struct {
	// Path names the file in messages, slash-separated, relative to where the user stands if possible.
	Path string
	// Data is the whole text.
	Data []byte

	once  sync.Once
	lines []int // byte offset of the first byte of each line

	countOnce sync.Once
	counts    []count // see characters
}

// count says that so many characters stand before a byte offset.
type count struct{ at, characters int }

// NewFile returns a File for data; path is only used in messages.
func NewFile(path string, data []byte) *File { return &File{Path: path, Data: data} }

// Position is a place as people count: both numbers begin at 1, Column counts characters (not bytes).
type Position struct{ Line, Column int }

func (f *File) index() []int {
	f.once.Do(func() {
		f.lines = []int{0}
		for i, b := range f.Data {
			if b == '\n' {
				f.lines = append(f.lines, i+1)
			}
		}
	})
	return f.lines
}

// mark is the length of a byte order mark at the beginning, which takes no column.
func (f *File) mark() int {
	if bytes.HasPrefix(f.Data, []byte("\ufeff")) {
		return len("\ufeff")
	}
	return 0
}

// Position converts a byte offset. Offsets outside the file are clamped to its ends.
func (f *File) Position(offset int) Position {
	offset = max(0, min(offset, len(f.Data)))
	lines := f.index()
	n := sort.SearchInts(lines, offset+1) - 1
	start := lines[n]
	if n == 0 {
		start = min(f.mark(), offset)
	}
	if offset-start < longLine {
		return Position{Line: n + 1, Column: utf8.RuneCount(f.Data[start:offset]) + 1}
	}
	return Position{Line: n + 1, Column: f.characters(offset) - f.characters(start) + 1}
}

// longLine is from how many bytes on columns are not counted from the beginning of the line: counting
// for each of a hundred thousand values on one line would take minutes.
const longLine = 1024

// characterIndex has one count for each longLine bytes or so.
func (f *File) characterIndex() []count {
	f.countOnce.Do(func() {
		for at, n := 0, 0; at < len(f.Data); n++ {
			if len(f.counts) == 0 || at-f.counts[len(f.counts)-1].at >= longLine {
				f.counts = append(f.counts, count{at, n})
			}
			_, size := utf8.DecodeRune(f.Data[at:])
			at += size
		}
	})
	return f.counts
}

// characters returns how many characters stand before a byte offset.
func (f *File) characters(offset int) int {
	counts := f.characterIndex()
	i := sort.Search(len(counts), func(i int) bool { return counts[i].at > offset }) - 1
	if i < 0 {
		return 0
	}
	return counts[i].characters + utf8.RuneCount(f.Data[counts[i].at:offset])
}

// skipCharacters returns the offset n characters after at, at end at the latest.
func (f *File) skipCharacters(at, n, end int) int {
	if n > longLine {
		target := f.characters(at) + n
		counts := f.characterIndex()
		i := sort.Search(len(counts), func(i int) bool { return counts[i].characters > target }) - 1
		if i >= 0 && counts[i].at > at {
			at, n = counts[i].at, target-counts[i].characters
		}
	}
	for ; n > 0 && at < end; n-- {
		_, size := utf8.DecodeRune(f.Data[at:])
		at += size
	}
	return min(at, end)
}

// Offset converts a 1-based line and a 1-based column in characters, as yaml.v3 counts them, to a
// byte offset. Places outside the file are clamped to it.
func (f *File) Offset(line, column int) int {
	lines := f.index()
	if line < 1 {
		return 0
	}
	if line > len(lines) {
		return len(f.Data)
	}
	at := lines[line-1]
	if line == 1 {
		at = f.mark()
	}
	end := len(f.Data)
	if line < len(lines) {
		end = lines[line] - 1
	}
	return f.skipCharacters(at, column-1, end)
}

// Line returns the bytes of the 1-based line without its line break, and the offset of its first byte.
func (f *File) Line(line int) (text []byte, start int) {
	lines := f.index()
	if line < 1 || line > len(lines) {
		return nil, len(f.Data)
	}
	start = lines[line-1]
	end := len(f.Data)
	if line < len(lines) {
		end = lines[line] - 1
	}
	text = f.Data[start:end]
	if n := len(text); n > 0 && text[n-1] == '\r' {
		text = text[:n-1]
	}
	return text, start
}

// Span is a half-open range of bytes [Start, End) in a File. The zero Span is "nowhere": the problem
// belongs to no text, as with a flag.
type Span struct {
	File       *File
	Start, End int
}

// IsZero reports whether the span is nowhere.
func (s Span) IsZero() bool { return s.File == nil }

// Position returns the place where the span begins.
func (s Span) Position() Position { return s.File.Position(s.Start) }

// Text returns the bytes the span covers.
func (s Span) Text() string {
	if s.File == nil {
		return ""
	}
	return string(s.File.Data[s.Start:s.End])
}

// Located is a value with the place where it was written.
type Located[T any] struct {
	Value T
	Span  Span
}

// At returns v as written at span.
func At[T any](v T, span Span) Located[T] { return Located[T]{Value: v, Span: span} }

// Given reports whether the author (or a profile) wrote the value at all.
func (l Located[T]) Given() bool { return l.Span.File != nil }
