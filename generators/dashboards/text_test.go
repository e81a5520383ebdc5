package dashboards

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// j marks where a word joiner must stand.
func j(s string) string { return strings.ReplaceAll(s, "¦", joiner) }

func TestTitle(t *testing.T) {
	for in, want := range map[string]string{
		"Latency":                    "Latency",
		"costs $x, ${y} and [[z]]":   j("costs $¦x, $¦{y} and [¦[z]]"),
		"$_a ${__user.login} [[a:b]": j("$¦_a $¦{__user.login} [¦[a:b]"),
		"$5 a day, 100$, a $ b":      "$5 a day, 100$, a $ b",
		"two\nlines\tand  blanks ":   "two lines and blanks",
		"{{label}} <b>":              "{{label}} <b>",
		"a\x00b\x1bc\u0085d":         "abcd",
		"left \u202eright\u2069":     "left right",
		"日本語 «é»":                    "日本語 «é»",
		"$$x":                        j("$$¦x"),
		"[[[":                        j("[¦[¦["),
	} {
		if got := title(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"**bold** `code`\n- item":             "**bold** `code`\n- item",
		"a < b, 1 <2, x <- y":                 "a < b, 1 <2, x <- y",
		"<script>alert(1)</script>":           j("<¦script>alert(1)<¦/script>"),
		"<!-- x --> <?php <Img src=x>":        j("<¦!-- x --> <¦?php <¦Img src=x>"),
		"see <https://a.b/c>":                 "see <https://a.b/c>",
		"[ok](https://a.b) [ok](/d/x) [a](#b": "[ok](https://a.b) [ok](/d/x) [a](#b",
		"[no](javascript:alert(1))":           j("[no]¦(javascript:alert(1))"),
		"[no]( <JavaScript:x>)":               j("[no]¦( <¦JavaScript:x>)"),
		"[no](&#106;avascript:x)":             j("[no]¦(&#106;avascript:x)"),
		"[r]: data:text/html,x":               j("[r]¦: data:text/html,x"),
		"[r]: https://a.b":                    "[r]: https://a.b",
		"`$x` is ${x}":                        j("`$¦x` is $¦{x}"),
	} {
		if got := markdown(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.b/c?d=e&f=$1":   "https://a.b/c?d=e&f=$1",
		"https://a.b/$x/${y}/[[z]": "https://a.b/%24x/%24{y}/%5B%5Bz]",
		"https://a.b/a b\n":        "https://a.b/a%20b%20",
	} {
		if got := address(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestLegend(t *testing.T) {
	board := &plan.Dashboard{Variables: []plan.Variable{{Name: "baseline", Spoken: "$baseline ago"}, {Name: "pod"}}}
	for _, c := range []struct{ in, modern, classic string }{
		{"mean ${baseline:text}", "mean ${baseline:text}", "mean $baseline ago"},
		{"${pod:text}", "${pod:text}", "$pod"},
		{"{{label}} / {{ pid }}", "{{label}} / {{ pid }}", "{{label}} / {{ pid }}"},
		{"${other:text} $baseline ${baseline} [[pod]]", j("$¦{other:text} $¦baseline $¦{baseline} [¦[pod]]"), j("$¦{other:text} $¦baseline $¦{baseline} [¦[pod]]")},
	} {
		modern := &speller{board: board, can: features{modernPanels: true}}
		if got := modern.legend(c.in); got != c.modern {
			t.Errorf("%q: %q, want %q", c.in, got, c.modern)
		}
		if got := (&speller{board: board}).legend(c.in); got != c.classic {
			t.Errorf("%q before 8: %q, want %q", c.in, got, c.classic)
		}
	}
}

func TestOptionText(t *testing.T) {
	if got := optionText("a, b : c\nd"); got != "a b c d" {
		t.Errorf("%q", got)
	}
}

// readable is json.Indent, but for what it must write differently.
func FuzzReadable(f *testing.F) {
	for _, s := range []string{
		`{}`, `[]`, `{"a":[],"b":{},"c":[1,2,{"d":null}],"e":"x\"y\\"}`, `"a \u003c b \\u003c c"`, `{"a":"\u2060\u202e","b":"<>&"}`,
		`[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var v any
		if json.Unmarshal([]byte(s), &v) != nil {
			return
		}
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			return
		}
		got := readable(buf.Bytes())
		var back any
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatalf("%q: %v", got, err)
		}
		a, _ := json.Marshal(v)
		b, _ := json.Marshal(back)
		if !bytes.Equal(a, b) {
			t.Fatalf("%s became %s", a, b)
		}
		if bytes.ContainsFunc(got, invisible) {
			t.Fatalf("%q has characters that cannot be seen", got)
		}
		var want bytes.Buffer
		_ = json.Indent(&want, buf.Bytes(), "", "  ")
		if !bytes.ContainsFunc(buf.Bytes(), invisible) && !bytes.Equal(got, want.Bytes()) {
			t.Fatalf("%q, want %q", got, want.Bytes())
		}
	})
}

// What a nested encoder escaped for HTML, unions of the SDK for example, is written as it is.
func TestReadableUnescapesHTML(t *testing.T) {
	got := string(readable([]byte(`"\u003ca\u003e \u0026 \\u003c \u00e9"`)))
	if want := `"<a> & \\u003c \u00e9"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func FuzzText(f *testing.F) {
	f.Add("a $x ${y} [[z]] <b> [l](javascript:x) \u202e")
	f.Fuzz(func(t *testing.T, s string) {
		for _, out := range []string{title(s), markdown(s), address(s)} {
			if m := variableUse.FindString(out); m != "" {
				t.Errorf("%q leaves the variable %s in %q", s, m, out)
			}
			if utf8.ValidString(s) && !utf8.ValidString(out) {
				t.Errorf("%q became invalid: %q", s, out)
			}
		}
		if out := markdown(s); strings.Contains(out, "<script") || strings.Contains(strings.ToLower(out), "](javascript:") {
			t.Errorf("%q: %q", s, out)
		}
		if out := title(s); title(out) != out {
			t.Errorf("%q is spelled twice: %q", s, out)
		}
	})
}
