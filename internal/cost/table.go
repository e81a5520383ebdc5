package cost

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

const (
	unbounded = "unbounded"
	none      = "–"
)

// table is a text table: the columns of words are flush left, those of numbers flush right.
type table struct {
	rows [][]string
}

func newTable(head ...string) *table { return &table{rows: [][]string{head}} }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// isWords reports whether a column of a table holds words: the first, the model's, the last of remarks.
func (t *table) isWords(column int) bool {
	switch t.rows[0][column] {
	case "model", "made of", "":
		return true
	}
	return column == 0
}

func (t *table) String() string {
	widths := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			blanks := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if t.isWords(i) {
				line.WriteString(cell + blanks)
			} else {
				line.WriteString(blanks + cell)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// table prints the first rows of a table, and how many there are more; nothing if it has none.
func (p *printer) table(t *table) {
	rows := len(t.rows) - 1
	if rows == 0 {
		return
	}
	more := 0
	if p.top > 0 && rows > p.top {
		more = rows - p.top
		t.rows = t.rows[:p.top+1]
	}
	p.WriteString(t.String())
	if more > 0 {
		fmt.Fprintf(p, "… and %s (--top 0 shows all)\n", plural(float64(more), "more", "more"))
	}
	p.WriteString("\n")
}

// count writes a whole number: 24,480.
func count(n float64) string {
	text := strconv.FormatFloat(n, 'f', 0, 64)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// rate writes a number per second, with decimals where it is small.
func rate(v float64) string {
	switch {
	case v == 0 || v >= 100:
		return count(math.Round(v))
	case v < 0.005:
		return "<0.01"
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// bytes writes an amount of memory in powers of 1,024.
func bytes(v float64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}
	i := 0
	for ; v >= 1024 && i < len(units)-1; i++ {
		v /= 1024
	}
	if i == 0 || v >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64) + " " + units[i]
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + " " + units[i]
}

// disk writes bytes per day; nothing is known where all samples are native histograms.
func disk(u Usage) string {
	if u.Natives && u.BytesPerDay == 0 {
		return none
	}
	return bytes(u.BytesPerDay)
}

func quoted(names []string) string { return diag.Visible("`" + strings.Join(names, "`, `") + "`") }

// plural writes a number with its noun; forms are the singular and, unless it is that with an s, the plural.
func plural(n float64, forms ...string) string {
	switch {
	case n == 1:
		return "1 " + forms[0]
	case len(forms) > 1:
		return count(n) + " " + forms[1]
	}
	return count(n) + " " + forms[0] + "s"
}
