package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// header is what every spec needs; fixtures leave out what they do not want to say.
var header = []string{"version: mlobs/v1", "model: m", "owner: o", "selector: {job: m}"}

// complete appends the lines of the header that text lacks: at its end, so that places stay. A text
// that begins with a comment `# whole` stays as it is.
func complete(name, text string) string {
	if strings.HasPrefix(text, "# whole") {
		return text
	}
	lines := header
	switch {
	case strings.HasSuffix(name, ".mlobs.yaml"):
		lines = header[:1]
	case strings.HasSuffix(name, ".profile.yaml"):
		lines = []string{header[0], "profile: p", "title: P"}
	case strings.HasSuffix(name, ".role.yaml"):
		lines = []string{header[0], "role: r", "title: R"}
	}
	for _, line := range lines {
		key, _, _ := strings.Cut(line, ":")
		if !strings.HasPrefix(text, key+":") && !strings.Contains(text, "\n"+key+":") {
			text += line + "\n"
		}
	}
	return text
}

// load loads a text as what its name says it is; it reports whether something came out.
func load(name, text string, lib *Library, rep *diag.Report) bool {
	file := diag.NewFile(name, []byte(text))
	switch {
	case strings.HasSuffix(name, ".mlobs.yaml"):
		return LoadWorkspace(file, rep) != nil
	case strings.HasSuffix(name, ".profile.yaml"):
		return readProfile(file, profileFile, rep) != nil
	case strings.HasSuffix(name, ".role.yaml"):
		return readProfile(file, roleFile, rep) != nil
	}
	return Load(file, DefaultWorkspace(), lib, rep) != nil
}

// shown writes a diagnostic as fixtures have it: place, the marked text, message, help, related places.
func shown(d *diag.Diagnostic) string {
	var b strings.Builder
	at := d.Span.Position()
	marked, _, more := strings.Cut(d.Span.Text(), "\n")
	if more {
		marked += "…"
	}
	fmt.Fprintf(&b, "%d:%d [%s] %s\n", at.Line, at.Column, strings.Trim(code(marked), "`"), d.Message)
	if d.Help != "" {
		fmt.Fprintf(&b, "    help: %s\n", d.Help)
	}
	for _, r := range d.Related {
		at := r.Span.Position()
		place := fmt.Sprintf("%d:%d", at.Line, at.Column)
		if r.Span.File != d.Span.File {
			place = r.Span.File.Path
		}
		fmt.Fprintf(&b, "    see %s: %s\n", place, r.Message)
	}
	return b.String()
}

// TestFaults loads each bad file of testdata/faults and compares all that is said about it, places
// included, with what stands behind it. MLOBS_UPDATE=1 writes what is said; read it before you commit.
func TestFaults(t *testing.T) {
	paths, err := filepath.Glob("testdata/faults/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no fixtures", err)
	}
	lib := NewLibrary(&diag.Report{})
	count := 0
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		in := parseArchive(string(data))
		out := &archive{comment: in.comment}
		for i, f := range in.files {
			if !strings.HasSuffix(f.name, ".yaml") {
				continue
			}
			count++
			var want string
			if i+1 < len(in.files) && in.files[i+1].name == "want" {
				want = in.files[i+1].text
			}
			said := fault(t, path, f.name, f.text, lib)
			out.files = append(out.files, f, archived{"want", said})
			if said != want && os.Getenv("MLOBS_UPDATE") == "" {
				t.Errorf("%s: %s says\n%swant\n%s", path, f.name, said, want)
			}
		}
		if os.Getenv("MLOBS_UPDATE") != "" {
			if err := os.WriteFile(path, []byte(out.format()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if count < 150 {
		t.Errorf("only %d faults", count)
	}
}

// faultText is the text of a fixture as it is loaded. Control characters cannot stand in a file that people read.
func faultText(name, text string) string {
	text = strings.NewReplacer("␀", "\x00", "␍", "\r", "␇", "\a", "�", "\xff", "⇥", "\t", "␤", "\u2028", "␁", bom, "þ", "\xfe").Replace(text)
	return complete(name, text)
}

// fault loads one bad file and returns what is said about it.
func fault(t *testing.T, path, name, text string, lib *Library) string {
	rep := &diag.Report{}
	text = faultText(name, text)
	if load(name, text, lib, rep) {
		t.Errorf("%s: %s loads", path, name)
	}
	var b strings.Builder
	for _, d := range rep.All() {
		if d.Severity != diag.Error || d.Span.File == nil || d.Span.File.Path != name {
			t.Errorf("%s: %s: unexpected %s", path, name, d.Message)
			continue
		}
		b.WriteString(shown(d))
		for _, secret := range []string{"hooks.slack.com", "hooks.example.org", "user:pw", "0123456789abcdef"} {
			if strings.Contains(d.Message+d.Help, secret) {
				t.Errorf("%s: %s: a secret is shown: %s", path, name, d.Message)
			}
		}
	}
	return b.String()
}

// readProfile loads a profile or role by itself.
func readProfile(file *diag.File, f format, rep *diag.Report) *Profile {
	l := &loader{file: file, rep: rep, format: f, ws: DefaultWorkspace()}
	p, _ := l.loadProfile()
	return p
}
