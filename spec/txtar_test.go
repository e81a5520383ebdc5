package spec

import (
	"strings"
	"testing"
)

// archive is a text archive in the format of txtar: a comment, then files, each behind a line `-- NAME --`.
type archive struct {
	comment string
	files   []archived
}

type archived struct{ name, text string }

func parseArchive(text string) *archive {
	a := &archive{}
	into := &a.comment
	for line := range strings.Lines(text) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "-- "); ok && strings.HasPrefix(line, "-- ") && strings.HasSuffix(name, " --") {
			a.files = append(a.files, archived{name: strings.TrimSuffix(name, " --")})
			into = &a.files[len(a.files)-1].text
			continue
		}
		*into += line
	}
	return a
}

func (a *archive) format() string {
	var b strings.Builder
	b.WriteString(a.comment)
	for _, f := range a.files {
		b.WriteString("-- " + f.name + " --\n" + f.text)
		if f.text != "" && !strings.HasSuffix(f.text, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func TestArchive(t *testing.T) {
	const text = "comment\n-- a.yaml --\nx: 1\n---\n-- want --\n"
	if a := parseArchive(text); a.format() != text || len(a.files) != 2 || a.files[0].text != "x: 1\n---\n" {
		t.Errorf("%+v", a)
	}
}
