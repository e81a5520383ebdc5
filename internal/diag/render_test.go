package diag_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

func render(t testing.TB, rep *diag.Report) string {
	t.Helper()
	return renderAs(t, diag.Style{}, rep.All()...)
}

func renderAs(t testing.TB, style diag.Style, list ...*diag.Diagnostic) string {
	t.Helper()
	var b strings.Builder
	if err := diag.Render(&b, list, style); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// at is the span that is marked with « and » in text, and the file without the marks.
func at(text string) diag.Span {
	before, rest, _ := strings.Cut(text, "«")
	inside, after, _ := strings.Cut(rest, "»")
	return diag.Span{File: diag.NewFile("a.yaml", []byte(before+inside+after)), Start: len(before), End: len(before) + len(inside)}
}

func TestRender(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a word", "a: 1\nquery: sum(«infrence»)\n", `
a.yaml:2:12: error: wrong
   2 | query: sum(infrence)
     |            ^^^^^^^^
`},
		{"nothing is marked as one column", "a: «»b\n", `
a.yaml:1:4: error: wrong
   1 | a: b
     |    ^
`},
		{"the end of a line", "a:«»\nb: 1\n", `
a.yaml:1:3: error: wrong
   1 | a:
     |   ^
`},
		{"the end of the file", "a: 1\n«»", `
a.yaml:2:1: error: wrong
   2 |
     | ^
`},
		{"several lines", "q: |\n  sum«(\n    x\n  )»\n", `
a.yaml:2:6: error: wrong
   2 |   sum(
     |      ^
`},
		{"tabs", "a:\t«b»\tc\n", `
a.yaml:1:4: error: wrong
   1 | a:  b   c
     |     ^
`},
		{"wide characters", "模型: «日本語» x\n", `
a.yaml:1:5: error: wrong
   1 | 模型: 日本語 x
     |       ^^^^^^
`},
		{"combined characters", "e\u0301: «u\u0308x»\n", `
a.yaml:1:5: error: wrong
   1 | e` + "\u0301" + `: u` + "\u0308" + `x
     |    ^^
`},
		{"an emoji of several", "👩‍🔬: «x»\n", `
a.yaml:1:6: error: wrong
   1 | 👩‍🔬: x
     |     ^
`},
		{"control and bidi characters", "a: \x1b[31m\u202e«x»\x00\u200d\n", `
a.yaml:1:10: error: wrong
   1 | a: <U+001B>[31m<U+202E>x<U+0000><U+200D>
     |                        ^
`},
		{"a hidden character is marked as it is shown", "a: x«\u200b»y\n", `
a.yaml:1:5: error: wrong
   1 | a: x<U+200B>y
     |     ^^^^^^^^
`},
		{"invalid UTF-8", "a: x«\xff»y\n", `
a.yaml:1:5: error: wrong
   1 | a: x<0xFF>y
     |     ^^^^^^
`},
		{"CRLF", "a: «b»\r\n", `
a.yaml:1:4: error: wrong
   1 | a: b
     |    ^
`},
		{"CRLF inside", "a: «b\r\nc»\r\n", `
a.yaml:1:4: error: wrong
   1 | a: b
     |    ^
`},
		{"large line numbers", strings.Repeat("\n", 12344) + "a: «b»\n", `
a.yaml:12345:4: error: wrong
12345 | a: b
      |    ^
`},
		{"a secret", "password: «hunter2»\n", `
a.yaml:1:11: error: wrong
   1 | (not shown: the line looks like it holds a secret)
`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := &diag.Diagnostic{Severity: diag.Error, Message: "wrong", Span: at(test.text)}
			if got := renderAs(t, diag.Style{}, d); got != test.want[1:] {
				t.Errorf("got\n%s\nwant\n%s", got, test.want[1:])
			}
		})
	}
}

func TestRenderParts(t *testing.T) {
	span := at("# head\nq: sum by («pod») (sum by (label) (x))\n")
	other := diag.NewFile("profiles/p.yaml", []byte("metrics:\n  x: {labels: {pod: 1}}\n"))
	d := &diag.Diagnostic{Severity: diag.Warning, Rule: "dead-label", Message: "label `pod` is gone\x1b[2J", Span: span}
	d.WithHelp("keep it: `sum by (label, pod)`\n").
		See(diag.Span{File: span.File, Start: span.Start + 7, End: span.Start + 19}, "dropped here").
		See(diag.Span{File: other, Start: 23, End: 26}, "declared here")
	info := &diag.Diagnostic{Severity: diag.Info, Message: "no place"}
	file := &diag.Diagnostic{Severity: diag.Error, Message: "cannot be read", Path: "b\n.yaml"}
	want := "a.yaml:2:12: warning: label `pod` is gone<U+001B>[2J [dead-label]\n" +
		"   2 | q: sum by (pod) (sum by (label) (x))\n" +
		"     |            ^^^\n" +
		"     |                   ~~~~~~~~~~~~ dropped here\n" +
		"    --> profiles/p.yaml:2:15\n" +
		"   2 |   x: {labels: {pod: 1}}\n" +
		"     |               ~~~ declared here\n" +
		"      help: keep it: `sum by (label, pod)`\\n\n" +
		"\ninfo: no place\n" +
		"\nb\\n.yaml: error: cannot be read\n"
	if got := renderAs(t, diag.Style{}, d, info, file); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	names := [...]string{"E", "W", "I", "P", "R", "G", "N", "H"}
	painted := renderAs(t, diag.Style{Paint: func(i diag.Ink, s string) string { return "{" + names[i] + s + "}" }}, d)
	want = "{Pa.yaml:2:12:} {Wwarning:} label `pod` is gone<U+001B>[2J {R[dead-label]}\n" +
		"{G   2 |} q: sum by (pod) (sum by (label) (x))\n" +
		"{G     |}            {W^^^}\n" +
		"{G     |}                   {N~~~~~~~~~~~~ dropped here}\n" +
		"{G    -->} {Pprofiles/p.yaml:2:15}\n" +
		"{G   2 |}   x: {labels: {pod: 1}}\n" +
		"{G     |}               {N~~~ declared here}\n" +
		"      {Hhelp:} keep it: `sum by (label, pod)`\\n\n"
	if painted != want {
		t.Errorf("got\n%s\nwant\n%s", painted, want)
	}
}

func TestLongLines(t *testing.T) {
	long := strings.Repeat("x", 500)
	tests := []struct{ name, text, want string }{
		{"in the middle", long + "«abc»" + long, "…xxxxxxxxxxabcxxxxxxxxxxxxxxx…\n           ^^^"},
		{"at the beginning", "«abc»" + long, "abcxxxxxxxxxxxxxxxxxxxxxxxxxx…\n^^^"},
		{"at the end", long + "«abc»", "…xxxxxxxxxxabc\n           ^^^"},
		{"longer than the line", long + "«" + long + "»", "…xxxxxxxxxxxxxxxxxxxxxxxxxxxx…\n           ^^^^^^^^^^^^^^^^^^"},
		{"wide", strings.Repeat("日", 100) + "«本»" + strings.Repeat("日", 100), "…日日日日日本日日日日日日日日…\n           ^^"},
		{"it fits", strings.Repeat("x", 29) + "«b»", strings.Repeat("x", 29) + "b\n                             ^"},
	}
	for _, test := range tests {
		d := &diag.Diagnostic{Severity: diag.Error, Message: "wrong", Span: at(test.text)}
		got := renderAs(t, diag.Style{Width: 30}, d)
		lines := strings.Split(got, "\n")
		if body := lines[1][len("   1 | "):] + "\n" + lines[2][len("     | "):]; body != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.name, body, test.want)
		}
	}
}

func TestSecrets(t *testing.T) {
	random := "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3gH5jK7mN"
	for _, line := range []string{
		"password: hunter2", `"password": "hunter2",`, "  db_passwd = x", "PGPASSWORD=hunter2", "client_secret: abc", "api_key: abc", "api-key: 'abc'", "apikey=abc",
		"url: https://hooks.slack.com/services/T0/B0/abc", "url: https://user:pw@example.org/", "aws: AKIAIOSFODNN7EXAMPLE",
		"token: a1b2c3d4e5f6a7", "Authorization: Bearer a1b2c3d4e5f6a7", "x: ghp_abcdefghijklmnopqrstuvwxyz0123456789", "x: xoxb-123456789012-abc",
		"x: " + random, "x: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "-----BEGIN RSA PRIVATE KEY-----", "routing_key: 0123456789abcdef0123456789abcdef",
		"x: glsa_abcdefghijklmnopqrstuvwxyz012345_1234abcd", "x: sk-proj-abcdefghij0123456789abcdefghij",
	} {
		got := renderAs(t, diag.Style{}, &diag.Diagnostic{Severity: diag.Error, Message: "wrong", Span: at("«" + line + "»\n")})
		if !strings.Contains(got, "not shown") || strings.Contains(got, line[len(line)-3:]+"\n") {
			t.Errorf("shown: %s", got)
		}
	}
	for _, line := range []string{
		"vllm:prompt_tokens_total: {type: counter}", "time_per_output_token: histogram", "cost_per_token: 0.00000025", "token: histogram",
		"url: {env: SLACK_URL}", "password: {file: /run/secrets/db}", "api_key: ${API_KEY}", "rate(kube_secret_created{secret=~\".+\"}[5m])",
		"query: sum by (secret) (kube_secret_info)", "title: Basic classification", "text: bearer authentication", "model: sk-learn-regression-model-production",
		"query: histogram_quantile(0.99, sum by (le) (rate(fastapi_http_request_duration_seconds_bucket[5m])))",
		"image: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "spell:custom:70726564696374696F6E5F636F6E666964656E63655F6D65616E: {type: gauge}",
		"url: https://runbooks.example.org/ml/SomeVeryLongRunbookName/AndItsSectionOnLatency#SlowInferenceOfModels", "service: model-serving-10494", "hf_model_inference_duration_seconds_total: 1",
		"secret:", "# a secret: none",
	} {
		got := renderAs(t, diag.Style{Width: 500}, &diag.Diagnostic{Severity: diag.Error, Message: "wrong: " + line, Help: line, Span: at("«" + line + "»\n")})
		if line == "# a secret: none" {
			continue // a word after it: better hidden
		}
		if strings.Count(got, line) != 3 {
			t.Errorf("hidden: %s", got)
		}
	}
	got := renderAs(t, diag.Style{}, &diag.Diagnostic{Severity: diag.Error, Message: "`https://hooks.slack.com/services/T0/B0/abc` and `" + random + "` with Bearer a1b2c3d4e5f6a7"})
	if want := "error: `https://(secret) and `(secret)` with (secret)\n"; got != want {
		t.Errorf("got %s", got)
	}
}

func TestSummary(t *testing.T) {
	e, w, i := &diag.Diagnostic{Severity: diag.Error}, &diag.Diagnostic{Severity: diag.Warning}, &diag.Diagnostic{}
	for want, list := range map[string][]*diag.Diagnostic{
		"":                            nil,
		"1 error":                     {e},
		"2 errors, 1 warning":         {w, e, e},
		"1 error, 2 warnings, 3 info": {i, w, e, i, w, i},
	} {
		if got := diag.Summary(list); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

type brokenWriter struct{}

var errBroken = errors.New("broken")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestRenderReturnsErrors(t *testing.T) {
	if err := diag.Render(brokenWriter{}, []*diag.Diagnostic{{Message: "x"}}, diag.Style{}); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

// Nothing that comes from a file may reach a terminal as it is, and underlines stay below their line.
func FuzzRender(f *testing.F) {
	f.Add("a: 1\nquery: sum(x)\n", 5, 10, "message", 80)
	f.Add("\x1b]0;x\x07\u202e日本👩‍🔬\t\r\n\xff\xc0", 2, 30, "\u2066\x00\n", 7)
	f.Add(strings.Repeat("日x\t", 3000), 4000, 4010, "x", 1)
	f.Fuzz(func(t *testing.T, text string, start, end int, message string, width int) {
		if start < 0 || end < start || end > len(text) || width > 10_000 {
			return
		}
		file := diag.NewFile(message, []byte(text))
		d := &diag.Diagnostic{Severity: diag.Error, Message: message, Span: diag.Span{File: file, Start: start, End: end}, Help: message}
		d.See(diag.Span{File: file, Start: start, End: start}, "%s", message)
		got := renderAs(t, diag.Style{Width: width}, d)
		for _, r := range got {
			if r != '\n' && (r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069) {
				t.Fatalf("%U is written: %q", r, got)
			}
		}
		if !utf8.ValidString(got) {
			t.Fatalf("%q", got)
		}
		if width > 1 {
			lines := strings.Split(got, "\n")
			_, body, _ := strings.Cut(lines[1], "|")
			if w := uniseg.StringWidth(strings.TrimPrefix(body, " ")); w > width+2 && !strings.Contains(body, "not shown") {
				t.Fatalf("%d columns, at most %d: %q", w, width, body)
			}
		}
	})
}
