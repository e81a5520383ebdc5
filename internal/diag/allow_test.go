package diag_test

import (
	"fmt"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

func parseAllows(t testing.TB, text string) ([]diag.Allow, *diag.Report) {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(text), &root); err != nil {
		t.Fatal(err)
	}
	var rep diag.Report
	return diag.ParseAllows(diag.NewFile("x.yaml", []byte(text)), &root, &rep), &rep
}

// In each text the lines that the only comment covers are marked with `>` in the first column.
func TestAllowCovers(t *testing.T) {
	tests := map[string]string{
		"the end of a line": `
 a: 1
>b: 2 # mlobs:allow r: why
 c: 3
`,
		"a line of its own": `
 a: 1
 # mlobs:allow r: why
>b: 2
 c: 3
`,
		"blank lines and comments between": `
 a: 1
 # mlobs:allow r: why

 # another
>b: 2
 c: 3
`,
		"above a block": `
 a:
   # mlobs:allow r: why
>  b:
>    c: 1
>    d: [1,
>       2]
   e: 3
`,
		"on the first line of a block": `
 a:
>  b: # mlobs:allow r: why
>    c: 1
>    d: 2
   e: 3
`,
		"above an item": `
 a:
   # mlobs:allow r: why
>  - title: x
>    query: y
   - title: z
`,
		"on the first line of an item": `
 a:
>  - title: x # mlobs:allow r: why
>    query: y
   - title: z
`,
		"behind the dash of an item": `
 a:
   - # mlobs:allow r: why
>    title: x
>    query: y
   - title: z
`,
		"inside an item": `
 a:
   - title: x
>    query: y # mlobs:allow r: why
     unit: u
`,
		"the last entry": `
 a: 1
 # mlobs:allow r: why
>b:
>  - c: 2
>  - d
`,
		"above the document": `
># mlobs:allow r: why
>
>a: 1
>b:
>  c: 2
`,
		"on the first line of the document": `
>a: 1 # mlobs:allow r: why
 b: 2
`,
		"a line inside a list in brackets": `
 a: [1, 2,
>  3, 4] # mlobs:allow r: why
 b: 1
`,
		"on the header of a block scalar": `
 a: 1
>q: | # mlobs:allow r: why
>  sum(x)
>  + y
 b: 2
`,
		"before the expression of a block scalar": `
 a: 1
 q: |
>
>  # another
>  # mlobs:allow r: why
>  sum(
>    x
>  )
 b: 2
`,
		"at the end of a line of PromQL": `
 q: |
   sum(x)
   /
>  sum(y) # mlobs:allow r: why
   + z
`,
		"at the end of a line of PromQL that opens a block": `
 q: |
   sum(x) /
>  sum( # mlobs:allow r: why
>    y
>
>    + z
>  )
   + z
`,
		"above a line of PromQL": `
 q: |
   sum(x) /
   # mlobs:allow r: why
>  sum(
>    y
>  )
   + z
`,
		"without a blank before it, in PromQL": `
 q: |-
   sum(x) +
>  sum(y)# mlobs:allow r: why
 b: 1
`,
		"a folded scalar": `
 q: >-
   sum(x)
>  + y # mlobs:allow r: why
 b: 1
`,
		"deeper than the line it stands above": `
 a:
   b: 1
     # mlobs:allow r: why
>c: 1
`,
		"a block scalar that begins with blanks": `
 q: |2

>     sum(x) # mlobs:allow r: why

   + z
 b: 1
`,
		"behind a quoted text with a number sign": `
>a: "x # y" # mlobs:allow r: why
 b: 1
`,
		"behind a quoted key": `
>'it''s # "x': 1 # mlobs:allow r: why
 b: 1
`,
		"CRLF":   "\n a: 1\r\n>b: 2 # mlobs:allow r: why\r\n c: 3\r\n",
		"umlaut": "\n ä: [ö, {ü: é}]\n>b: {ä: ö} # mlobs:allow r: why\n c: 3\n",
	}
	for name, marked := range tests {
		t.Run(name, func(t *testing.T) {
			lines := strings.Split(strings.TrimPrefix(marked, "\n"), "\n")
			var text []string
			want := ""
			for i, line := range lines {
				if strings.HasPrefix(line, ">") {
					want += fmt.Sprint(i+1, " ")
				}
				text = append(text, strings.TrimPrefix(strings.TrimPrefix(line, ">"), " "))
				if strings.HasPrefix(line, ">") {
					text[i] = line[1:]
				}
			}
			allows, rep := parseAllows(t, strings.Join(text, "\n"))
			if rep.Failed() || len(allows) != 1 {
				t.Fatalf("%d allows, %v", len(allows), render(t, rep))
			}
			a := allows[0]
			if a.Rule != "r" || a.Reason != "why" || a.Span.Text() != "mlobs:allow r: why" {
				t.Errorf("got %q %q %q", a.Rule, a.Reason, a.Span.Text())
			}
			got := ""
			for i := range lines {
				line, start := a.Span.File.Line(i + 1)
				blank := strings.TrimSpace(string(line)) == "" || strings.HasPrefix(strings.TrimSpace(string(line)), "#")
				if start >= a.Covers.Start && start < a.Covers.End && (!blank || strings.HasPrefix(lines[i], ">")) {
					got += fmt.Sprint(i+1, " ")
				}
			}
			if got != want {
				t.Errorf("covers lines %swant %s", got, want)
			}
		})
	}
}

func TestAllowForm(t *testing.T) {
	tests := []struct{ comment, rule, until, reason string }{
		{"# mlobs:allow raw-counter: kept as in the original", "raw-counter", "", "kept as in the original"},
		{"#mlobs:allow x1: a: b # c", "x1", "", "a: b # c"},
		{"#\tmlobs:allow  raw-counter   until  2027-03-31 :  soon ", "raw-counter", "2027-03-31", "soon"},
		{"# mlobs:allow until: a rule of that name", "until", "", "a rule of that name"},
	}
	for _, test := range tests {
		allows, rep := parseAllows(t, "a: 1 "+test.comment+"\n")
		if rep.Failed() || len(allows) != 1 {
			t.Errorf("%s: %d allows, %s", test.comment, len(allows), render(t, rep))
			continue
		}
		if a := allows[0]; a.Rule != test.rule || a.Until != test.until || a.Reason != test.reason {
			t.Errorf("%s: got %+v", test.comment, a)
		}
	}
}

// Mistakes are reported at their place: the part of the comment that is marked with carets.
func TestAllowMistakes(t *testing.T) {
	tests := []struct{ comment, place, message string }{
		{"# mlobs:alow raw-counter: x", "^mlobs:alow^", "`mlobs:alow` is not known"},
		{"# mlobs: allow raw-counter: x", "^mlobs: allow^", "`mlobs: allow` is not known"},
		{"# mlobs allow raw-counter: x", "^mlobs allow^", "`mlobs allow` is not known"},
		{"# mlobs-allow raw-counter: x", "^mlobs-allow^", "`mlobs-allow` is not known"},
		{"# MLOBS:allow raw-counter: x", "^MLOBS:allow^", "`MLOBS:allow` is not known"},
		{"# mlobs:allows raw-counter: x", "^mlobs:allows^", "`mlobs:allows` is not known"},
		{"# mlobs:allow-rule x: y", "^mlobs:allow-rule^", "`mlobs:allow-rule` is not known"},
		{"# mlobs:disable raw-counter: x", "^mlobs:disable^", "`mlobs:disable` is not known"},
		{"# mlobs:allow", "^mlobs:allow^", "`mlobs:allow` without a rule"},
		{"# mlobs:allow: x", "^mlobs:allow: x^", "`mlobs:allow` without a rule"},
		{"# mlobs:allow raw-counter", "^mlobs:allow raw-counter^", "`mlobs:allow` without a reason"},
		{"# mlobs:allow raw-counter:", "^mlobs:allow raw-counter:^", "`mlobs:allow` without a reason"},
		{"# mlobs:allow raw-counter kept", "^mlobs:allow raw-counter kept^", "`mlobs:allow` without a reason"},
		{"# mlobs:allow raw-counter kept as is: x", "mlobs:allow raw-counter ^kept^ as is: x", "`mlobs:allow` takes one rule, then `:` and the reason"},
		{"# mlobs:allow Raw_Counter: x", "mlobs:allow ^Raw_Counter^: x", "`Raw_Counter` is no name of a rule"},
		{"# mlobs:allow a, b: x", "mlobs:allow ^a,^ b: x", "`a,` is no name of a rule"},
		{"# mlobs:allow a-: x", "mlobs:allow ^a-^: x", "`a-` is no name of a rule"},
		{"# mlobs:allow a until: x", "mlobs:allow a ^until^: x", "`until` without a date"},
		{"# mlobs:allow a until 31.03.2027: x", "mlobs:allow a until ^31.03.2027^: x", "`31.03.2027` is no date"},
		{"# mlobs:allow a until 2027-02-30: x", "mlobs:allow a until ^2027-02-30^: x", "`2027-02-30` is no date"},
		{"# mlobs:allow l until 2027-2-3: x", "mlobs:allow l until ^2027-2-3^: x", "`2027-2-3` is no date"},
	}
	for _, test := range tests {
		allows, rep := parseAllows(t, "a: 1 "+test.comment+"\n")
		list := rep.All()
		if len(allows) != 0 || len(list) != 1 {
			t.Errorf("%s: %d allows, %s", test.comment, len(allows), render(t, rep))
			continue
		}
		d := list[0]
		text := strings.TrimLeft(test.comment, "# ")
		before := d.Span.Start - strings.Index("a: 1 "+test.comment, text)
		got := text[:before] + "^" + d.Span.Text() + "^" + text[before+len(d.Span.Text()):]
		if d.Message != test.message || !strings.HasPrefix(got, test.place) || d.Help == "" {
			t.Errorf("%s\n got %s at %s\nwant %s at %s", test.comment, d.Message, got, test.message, test.place)
		}
	}
	_, rep := parseAllows(t, "a: 1\n# mlobs:allow x: y\n")
	if got := render(t, rep); !strings.HasPrefix(got, "x.yaml:2:3: error: `mlobs:allow` stands above nothing\n") {
		t.Error(got)
	}
	_, rep = parseAllows(t, "q: |\n  sum(x)\n  # mlobs:allow x: y\n")
	if got := render(t, rep); !strings.HasPrefix(got, "x.yaml:3:5: error: `mlobs:allow` stands above nothing\n") {
		t.Error(got)
	}
}

// What is no comment, or no comment of ours, is left alone.
func TestNoAllow(t *testing.T) {
	for name, text := range map[string]string{
		"quoted":                `a: "# mlobs:alow x"`,
		"single quotes":         `a: '# mlobs:alow x'`,
		"quoted over two lines": "a: \"x\n  # mlobs:alow x\"\n",
		"plain":                 "a: x#mlobs:alow",
		"prose":                 "# mlobs: our observability\na: 1 # mlobs is fine, and mlobs/v1 too\n",
		"server line":           "# yaml-language-server: $schema=mlobs.json\na: 1",
		"string of PromQL":      "q: |\n  label_replace(x, \"a\", \"# mlobs:alow\", '# mlobs:alow', `\n  # mlobs:alow`)\n",
		"another word":          "# mlobsx:allow\na: 1",
	} {
		allows, rep := parseAllows(t, text)
		if len(allows) > 0 || len(rep.All()) > 0 {
			t.Errorf("%s: %v %s", name, allows, render(t, rep))
		}
	}
}

func TestManyAllows(t *testing.T) {
	allows, rep := parseAllows(t, "q: |\n"+strings.Repeat("  # mlobs:allow x: y\n", 20_000)+"  x\n")
	if len(allows) != 1000 || len(rep.All()) != 1 {
		t.Errorf("%d allows, %d errors", len(allows), len(rep.All()))
	}
}

func FuzzAllows(f *testing.F) {
	f.Add("a: 1 # mlobs:allow x until 2027-03-31: y\n")
	f.Add("a:\n  # mlobs:allow x: y\n  - b: |2-\n      sum(x) # mlobs:alow\n  - \"#\\\"\": '#'''\n")
	f.Add("a: >\n  x # mlobs:allow x: y\r\n\n b: [1,\n # mlobs:allow\n 2]\n")
	f.Add("- &a !!str x # mlobs:allow x: y\n- *a\n- ? b\n  : c # mlobs:allow x: y\n")
	f.Fuzz(func(t *testing.T, text string) {
		var root yaml.Node
		if yaml.Unmarshal([]byte(text), &root) != nil {
			return
		}
		file := diag.NewFile("x.yaml", []byte(text))
		var rep diag.Report
		for _, a := range diag.ParseAllows(file, &root, &rep) {
			for _, s := range []diag.Span{a.Span, a.Covers} {
				if s.File != file || s.Start < 0 || s.End < s.Start || s.End > len(text) {
					t.Fatalf("%+v", s)
				}
			}
			if a.Rule == "" || a.Reason == "" || !strings.HasPrefix(a.Span.Text(), "mlobs:allow") {
				t.Fatalf("%+v", a)
			}
		}
		for _, d := range rep.All() {
			if d.Span.Start < 0 || d.Span.End < d.Span.Start || d.Span.End > len(text) {
				t.Fatalf("%+v", d)
			}
		}
	})
}
