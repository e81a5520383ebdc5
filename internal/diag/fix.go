package diag

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Fix replaces a piece of a file by what was surely meant. Text is as the file wants it, escapes included.
type Fix struct {
	Span Span
	Text string
}

// Replace returns the fix that makes the bytes [start, end) of the Value those of with; false where the piece
// does not stand in the file as such, or with cannot be written there as it is.
func (t Text) Replace(start, end int, with string) (Fix, bool) {
	if t.Span.File == nil || start < 0 || end < start || end > len(t.Value) || strings.ContainsAny(with, "\r\n\t") {
		return Fix{}, false
	}
	at := t.Range(start, end)
	piece, raw := t.Value[start:end], at.Text()
	quote := byte(0)
	if before := t.Span.Start - 1; before >= 0 {
		quote = t.Span.File.Data[before]
	}
	switch quote {
	case '"': // JSON, and YAML's double quotes
		if escaped := at.Start > t.Span.Start && at.File.Data[at.Start-1] == '\\' && strings.HasPrefix(raw, `"`); escaped {
			at.Start-- // the place of an escape may be its last byte
			raw = at.Text()
		}
		unquoted, err := strconv.Unquote(`"` + raw + `"`)
		if err != nil || unquoted != piece {
			return Fix{}, false
		}
		with = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(with)
	case '\'':
		if strings.ReplaceAll(raw, "''", "'") != piece {
			return Fix{}, false
		}
		with = strings.ReplaceAll(with, "'", "''")
	default:
		if raw != piece {
			return Fix{}, false
		}
	}
	return Fix{Span: at, Text: with}, true
}

// ApplyFixes returns the text of a file after fixes, and which of them were applied: of two that overlap the
// first.
func ApplyFixes(file *File, fixes []Fix) (data []byte, applied []Fix) {
	sorted := sortedFixes(file, fixes)
	at := 0
	for _, f := range sorted {
		if f.Span.Start < at {
			continue
		}
		data = append(data, file.Data[at:f.Span.Start]...)
		data = append(data, f.Text...)
		at = f.Span.End
		applied = append(applied, f)
	}
	return append(data, file.Data[at:]...), applied
}

// sortedFixes are those of a file by place, each once.
func sortedFixes(file *File, fixes []Fix) []Fix {
	var list []Fix
	for _, f := range fixes {
		if f.Span.File == file {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b Fix) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(list)
}
