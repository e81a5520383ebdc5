package output

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// Limits of a diff that is for reading.
const (
	maxDiff     = 120 // lines of one file
	maxDiffLine = 400 // bytes
)

// diff returns the text of a change, as Change.Diff says. The old file is nil if there is none; new is ignored
// if the change removes it.
func (s *Sink) diff(change Change, old *file, new []byte) (string, error) {
	path := s.folder.show(change.Path)
	from, to, before := "a/"+path, "b/"+path, ""
	switch change.Kind {
	case Created:
		from = nowhere
	case Removed:
		to = nowhere
	}
	if !s.diffs && change.Kind != Changed {
		return "", nil
	}
	if old != nil {
		before = string(old.data)
	}
	text, err := udiff.ToUnified(from, to, before, udiff.Lines(before, string(new)), udiff.DefaultContextLines)
	if err != nil || s.diffs {
		return text, err
	}
	return shortened(text), nil
}

// nowhere is the name of a file that is not there, as in Git.
const nowhere = "/dev/null"

// shortened is a diff for reading.
func shortened(text string) string {
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		if len(line) > maxDiffLine {
			lines[i] = strings.ToValidUTF8(line[:maxDiffLine], "") + "…\n"
		}
	}
	if hidden := len(lines) - maxDiff; hidden > 0 {
		lines = append(lines[:maxDiff:maxDiff], fmt.Sprintf("… %d more lines", hidden))
	}
	return strings.TrimSuffix(strings.Join(lines, ""), "\n") + "\n"
}
