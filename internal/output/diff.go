package output

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// A diff is for reading: longer ones are cut.
const (
	maxDiff     = 120 // lines of one file
	maxDiffLine = 400 // bytes
)

// diff returns what changes in a file as a unified diff with the path in its head.
func diff(path, old, new string) (string, error) {
	text, err := udiff.ToUnified("a/"+path, "b/"+path, old, udiff.Lines(old, new), udiff.DefaultContextLines)
	if err != nil {
		return "", err
	}
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		if len(line) > maxDiffLine {
			lines[i] = strings.ToValidUTF8(line[:maxDiffLine], "") + "…\n"
		}
	}
	if hidden := len(lines) - maxDiff; hidden > 0 {
		lines = append(lines[:maxDiff:maxDiff], fmt.Sprintf("… %d more lines", hidden))
	}
	return strings.TrimSuffix(strings.Join(lines, ""), "\n") + "\n", nil
}
