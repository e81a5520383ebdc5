package spec

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// shares loads a check that is compared with a file, and returns what is said.
func shares(t testing.TB, name, content string) (*Model, *diag.Report) {
	t.Helper()
	rep := &diag.Report{}
	lib := NewLibrary(rep).Reading(func(spec *diag.File, path string) (*diag.File, error) {
		if spec.Path != "models/m.yaml" || path != name {
			t.Errorf("%s of %s is read", path, spec.Path)
		}
		return diag.NewFile("models/"+path, []byte(content)), nil
	})
	return Load(diag.NewFile("models/m.yaml", []byte(head+"checks: [{drift: a, against: {file: "+name+"}}]\n")), DefaultWorkspace(), lib, rep), rep
}

func TestShareFiles(t *testing.T) {
	for _, test := range []struct{ name, content, want string }{
		{"s.yaml", "# trained in May\ncat: 0.6\n'NO': 30%\n1.10: 0.1\n", "cat 0.6 NO 0.3 1.10 0.1"},
		{"s.yml", bom + "cat: 1\ndog: 0\n", "cat 1 dog 0"},
		{"s.json", `{"cat": 0.25, "\u2603": 7.5e-1}`, "cat 0.25 ☃ 0.75"},
		{"s.json", "[\n\t{\"class\": \"cat\", \"share\": 0.5},\n\t{\"share\": 0.5, \"class\": \"dog\"}\n]\n", "cat 0.5 dog 0.5"},
		{"s.json", `[{"bucket": 0.5, "share": 0.5}, {"bucket": "+Inf", "share": 0.5}]`, "0.5 0.5 +Inf 0.5"},
		{"s.csv", "cat,0.6\ndog,0.4\n", "cat 0.6 dog 0.4"},
		{"S.CSV", "\ufeffclass, share\r\n\"cat, black\", 60%\r\n\r\ndog,0.4", "cat, black 0.6 dog 0.4"},
		{"s.csv", "a,0.3333333\nb,0.3333333\nc,0.3333333\n", "a 0.3333333 b 0.3333333 c 0.3333333"},
	} {
		m, rep := shares(t, test.name, test.content)
		if m == nil {
			t.Errorf("%s: %q: %v", test.name, test.content, show(rep))
			continue
		}
		a := m.Checks[0].Against
		var got []string
		for _, s := range a.Reference {
			got = append(got, s.Key.Value, s.Share.Value.String())
			if s.Key.Span != a.File.Span || s.Share.Span != a.File.Span || !s.Key.Given() {
				t.Error("a share is elsewhere than at its file")
			}
		}
		if strings.Join(got, " ") != test.want || a.File.Value != test.name {
			t.Errorf("%q is %s, want %s", test.content, got, test.want)
		}
	}
}

// Whatever is wrong in the file, one message stands at its path in the spec, and nothing of what stands in it is shown.
func TestShareFilesAreNotQuoted(t *testing.T) {
	const secret = "hunter2swordfish"
	var many strings.Builder
	for i := range 10_001 {
		many.WriteString(strconv.Itoa(i) + ",0\n")
	}
	for _, test := range []struct{ name, content, want string }{
		{"s.yaml", "password: " + secret + "\nuser: a\n", "line 1 of `s.yaml` is not what was expected: a share, a number from 0 to 1"},
		{"s.yaml", "a: 0.5\n" + secret + "\n", "line 2 of `s.yaml` is not what was expected: a map of class and share in YAML"},
		{"s.yaml", secret + ": {a: b}\n", "line 1 of `s.yaml` is not what was expected: a share, a number from 0 to 1"},
		{"s.yaml", "a: 0.5\n" + secret + ": -0.5\n", "line 2 of `s.yaml` is not what was expected: a share, a number from 0 to 1"},
		{"s.yaml", "a: 0.5\n" + secret + ":\n", "line 2 of `s.yaml` is not what was expected: a share, a number from 0 to 1"},
		{"s.yaml", "a: &" + secret + " 0.5\nb: *" + secret, "line 1 of `s.yaml` is not what was expected: a map of class and share in YAML"},
		{"s.yaml", "- " + secret, "line 1 of `s.yaml` is not what was expected: a map of class and share in YAML"},
		{"s.yaml", "a: 0.5\na: 0.5\n", "line 2 of `s.yaml` is not what was expected: a class that is not there before"},
		{"s.yaml", "", "line 1 of `s.yaml` is not what was expected: a map of class and share in YAML"},
		{"s.yaml", "\"a\\u0007\": 0.5\nb: 0.5", "line 1 of `s.yaml` is not what was expected: the name of a class, in at most 300 bytes"},
		{"s.json", `{"` + secret + `": "x"}`, "line 1 of `s.json` is not what was expected: a share, a number from 0 to 1"},
		{"s.json", "{\n\"a\": 0.5,\n\"a\": 0.5}", "line 3 of `s.json` is not what was expected: a class that is not there before"},
		{"s.json", "{\n\"a\": {\"" + secret + "\": 1}}", "line 2 of `s.json` is not what was expected: a share, a number from 0 to 1"},
		{"s.json", `"` + secret + `"`, "line 1 of `s.json` is not what was expected: an object of class and share, or a list"},
		{"s.json", "{\"a\": 0.5,\n\n" + secret, "line 3 of `s.json` is not what was expected: the name of a class in quotes, or the end of the object"},
		{"s.json", `[{"class": "a", "share": 0.5, "` + secret + `": 1}]`, "line 1 of `s.json` is not what was expected: an object with `class` or `bucket`, and `share`, each once"},
		{"s.json", "[{\"class\": \"a\"}]", "line 1 of `s.json` is not what was expected: an object with `class` or `bucket`, and `share`, each once"},
		{"s.json", "[{\"class\": null, \"share\": 1}]", "line 1 of `s.json` is not what was expected: the name of a class, or the upper bound of a bucket"},
		{"s.json", "[0.5, 0.5]", "line 1 of `s.json` is not what was expected: an object with `class` or `bucket`, and `share`"},
		{"s.json", "{\"a\": 0.5, \"b\": 0.5}\n\"" + secret + "\"", "line 2 of `s.json` is not what was expected: nothing more"},
		{"s.json", "{\"a\": 1e999999999, \"b\": 0.5}", "line 1 of `s.json` is not what was expected: a share, a number from 0 to 1"},
		{"s.csv", "a,0.5\n" + secret + "\n", "line 2 of `s.csv` is not what was expected: two columns, class and share, with a comma between them"},
		{"s.csv", "a,0.5\nb;" + secret + ",x\n", "line 2 of `s.csv` is not what was expected: a share, a number from 0 to 1"},
		{"s.csv", "a,-0.5\nb,1.5\n", "line 1 of `s.csv` is not what was expected: a share, a number from 0 to 1"},
		{"s.csv", "a,0.5\n\"" + secret + ",0.5\n", "line 2 of `s.csv` is not what was expected: class and share with a comma between them, quotes in pairs"},
		{"s.csv", "a,0.5\na,0.5\n", "line 2 of `s.csv` is not what was expected: a class that is not there before"},
		{"s.csv", "a,0.5\n,0.5\n", "line 2 of `s.csv` is not what was expected: the name of a class, in at most 300 bytes"},
		{"s.csv", secret + ",1\n", "the shares in `s.csv` are fewer than two"},
		{"s.csv", "", "the shares in `s.csv` are fewer than two"},
		{"s.csv", secret + ",1234\nb,4321\n", "the shares in `s.csv` do not sum to 1"},
		{"s.csv", "a,0.9\nb,0.0999\n", "the shares in `s.csv` do not sum to 1"},
		{"s.csv", "a\x00b,0.5\nb,0.5\n", "the shares in `s.csv` cannot be read: it is no text in UTF-8"},
		{"s.csv", "a\xff,0.5\nb,0.5\n", "the shares in `s.csv` cannot be read: it is no text in UTF-8"},
		{"s.csv", many.String(), "the shares in `s.csv` are more than 10000"},
		{"s.csv", strings.Repeat("#", maxBytes+1), "the shares in `s.csv` are in a file that is too large"},
	} {
		m, rep := shares(t, test.name, test.content)
		all := rep.All()
		if m != nil || len(all) != 1 || all[0].Message != test.want || all[0].Span.Text() != test.name || all[0].Help == "" {
			t.Errorf("%.60q says %v\nwant %s", test.content, show(rep), test.want)
			continue
		}
		text := all[0].Message + all[0].Help
		for _, r := range all[0].Related {
			text += r.Message + string(r.Span.File.Data) + r.Span.Text()
		}
		if strings.Contains(text, secret) || strings.Contains(text, "1234") {
			t.Errorf("the content is shown: %s", text)
		}
	}
}

func TestShareFilesThatCannotBeRead(t *testing.T) {
	rep := &diag.Report{}
	lib := NewLibrary(rep).Reading(func(*diag.File, string) (*diag.File, error) {
		return nil, errors.New("cannot read s.csv: it does not exist")
	})
	text := head + "checks: [{drift: a, against: {file: s.csv}}]\n"
	if m := Load(diag.NewFile("m.yaml", []byte(text)), DefaultWorkspace(), lib.With(nil, DefaultWorkspace(), rep), rep); m != nil {
		t.Error("a model without its shares")
	}
	want := "m.yaml:5:37: error: cannot read s.csv: it does not exist (name a file of shares inside the workspace, of at most 1 MiB, by its path from the spec; or write the shares into the spec: `reference: {cat: 0.6, dog: 0.4}`)"
	if got := strings.Join(show(rep), "\n"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

// FuzzShares: any file is a distribution, or there is one message that says where, and not what stands there.
func FuzzShares(f *testing.F) {
	for _, s := range []string{"a,0.5\nb,0.5\n", "class,share\na,50%\nb,50%", "{\"a\": 0.5, \"b\": 0.5}", "[{\"class\": \"a\", \"share\": 1}, {\"bucket\": 2, \"share\": 0}]", "a: 0.5\nb: 0.5\n", "\"a", "{\"", "a: [", "%YAML", "---\n---\n", bom} {
		for i := range 3 {
			f.Add(i, s)
		}
	}
	f.Fuzz(func(t *testing.T, format int, text string) {
		list, wrong := readShares([]string{"YAML", "JSON", "CSV"}[uint(format)%3], []byte(text))
		if (wrong == nil) != (len(list) >= 2) {
			t.Fatalf("%d shares, %+v", len(list), wrong)
		}
		if wrong != nil {
			if wrong.expected == "" || wrong.help == "" || wrong.line < 0 || wrong.line > strings.Count(text, "\n")+1 {
				t.Errorf("%+v of %q", wrong, text)
			}
			return
		}
		for _, s := range list {
			if s.share.IsNegative() || s.key == "" {
				t.Errorf("%+v", s)
			}
		}
	})
}
