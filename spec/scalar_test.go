package spec

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// scalarAt parses text and returns the value of its key `q`.
func scalarAt(t *testing.T, text string) (*loader, *node) {
	t.Helper()
	rep := &diag.Report{}
	l := &loader{file: diag.NewFile("f.yaml", []byte(text)), rep: rep, format: specFile, ws: DefaultWorkspace()}
	root, _ := l.parse()
	if root == nil {
		t.Fatalf("%q: %v", text, show(rep))
	}
	var find func(n *node) *node
	find = func(n *node) *node {
		for i := 0; i < len(n.content); i++ {
			if n.kind == mappingNode && i%2 == 0 {
				if n.content[i].value == "q" {
					return n.content[i+1]
				}
				continue
			}
			if found := find(n.content[i]); found != nil {
				return found
			}
		}
		return nil
	}
	n := find(root)
	if n == nil {
		t.Fatalf("%q has no q", text)
	}
	return l, n
}

// In every form of scalar, the place of `bad` is exactly where it stands in the file.
func TestScalarsKnowTheirPlace(t *testing.T) {
	for name, text := range map[string]string{
		"plain":                       "q: sum(bad)",
		"plain, in flow":              "a: {q: sum(bad) by x, b: c}",
		"plain, in a list":            "a:\n  - b: c\n    q: sum(bad)\n",
		"plain, behind other letters": "a: {ü: ö, q: ä bad}",
		"plain, folded":               "q: sum(\n  x)  \n  + bad\n  + 1\nz: 1",
		"plain, folded, blank line":   "q: sum(\n\n\n  bad)",
		"plain, CR LF":                "q: sum(\r\n  x)\r\n  + bad\r\nz: 1\r\n",
		"single":                      "q: 'sum(bad)'",
		"single, quote before":        "q: 'it''s {a=''b''} bad'",
		"single, folded":              "q: 'sum(x)\n\n   + bad'",
		"double":                      `q: "sum(bad)"`,
		"double, escapes before":      `q: "a\"b\\c\tü\x41\u00e4\U0001F600 bad"`,
		"double, folded":              "q: \"sum(x)\n   + bad\"",
		"double, line goes on":        "q: \"sum(x)\\\n   + bad\"",
		"key in quotes":               `"q": bad`,
		"literal":                     "q: |\n  sum(\n    bad\n  )\nz: 1\n",
		"literal, strip":              "q: |-\n  sum(bad)\nz: 1",
		"literal, keep":               "q: |+\n  sum(bad)\n\n\nz: 1",
		"literal, comment":            "q: | # why\n  bad\n",
		"literal, blank lines":        "q: |\n\n\n  sum(\n\n  bad)\n",
		"literal, stated indentation": "q: |2\n    x\n  bad\n",
		"literal, stated and blank":   "q: |2\n\n    x\n\n  bad\n",
		"literal, CR LF":              "q: |\r\n  sum(\r\n    bad)\r\n",
		"literal, umlauts":            "q: |\n  ä\n  öü bad\n",
		"literal, blanks at the end":  "q: |\n  x  \n     \n  bad\n",
		"literal, at the end":         "q: |\n  bad",
		"literal, deep":               "a:\n  - b:\n      - q: |\n          sum(\n          bad)\n",
		"literal, tab":                "q: |\n  x\n  \tbad\n",
		"folded":                      "q: >\n  sum(\n  x) +\n  bad\n",
		"folded, strip":               "q: >-\n  sum(x)\n  + bad\n",
		"folded, indented":            "q: >\n  sum(\n    x\n    y\n  ) +\n  bad\n",
		"folded, blank lines":         "q: >\n\n  sum(x)\n\n\n  + y\n  bad\n",
		"folded, CR LF":               "q: >\r\n  sum(x)\r\n  + bad\r\n",
		"byte order mark":             "\ufeffq: bad",
	} {
		l, n := scalarAt(t, text)
		value := l.scalarText(n)
		if value.Value != n.value {
			t.Errorf("%s: %q is not %q", name, value.Value, n.value)
		}
		in := strings.Index(value.Value, "bad")
		got := value.Range(in, in+3)
		if at := strings.Index(text, "bad"); got.Start != at || got.End != at+3 {
			t.Errorf("%s: %q is at %d, shown at %d: %q", name, value.Value, at, got.Start, got.Text())
		}
		// Every byte that has a place has the right one.
		for i := range len(value.Value) {
			if r := value.Range(i, i+1); r != value.Span && r.Text() != value.Value[i:i+1] {
				t.Errorf("%s: byte %d of %q is shown as %q", name, i, value.Value, r.Text())
			}
		}
	}
}

// The classic: a mistake that stands at 7:5 inside a block is shown there, not at 6:9 where YAML has it.
func TestPlaceInsideBlock(t *testing.T) {
	const text = "model: m\na:\n  - b: c\n    d:\n      e: f\n    q: |\n    sum(rate(x[5m])\n"
	l, n := scalarAt(t, strings.Replace(text, "\n    sum", "\n      sum", 1))
	value := l.scalarText(n)
	if at := value.Range(4, 8).Position(); at != (diag.Position{Line: 7, Column: 11}) {
		t.Errorf("at %v", at)
	}
	const seven = "a:\n  b:\n    c: d\n    e:\n\n  q: |\n    !sum(x)\n"
	l, n = scalarAt(t, seven)
	if at := l.scalarText(n).Range(0, 1).Position(); at != (diag.Position{Line: 7, Column: 5}) {
		t.Errorf("at %v", at)
	}
}

// Where the bytes of the file are not those of the value, the whole scalar is shown.
func TestWholeScalarIfNotExact(t *testing.T) {
	l, n := scalarAt(t, `q: "a\u0041b"`)
	value := l.scalarText(n)
	if got := value.Range(1, 2); got.Text() != `a\u0041b` {
		t.Errorf("the escape is shown as %q", got.Text())
	}
	if got := value.Range(2, 3); got.Text() != "b" {
		t.Errorf("what follows it is shown as %q", got.Text())
	}
}

func TestSpansOfNodes(t *testing.T) {
	for text, want := range map[string]string{
		"q: {a: b, c: [1, 2] }":    "{a: b, c: [1, 2] }",
		"q: [a, {b: c}, ]\nz: 1":   "[a, {b: c}, ]",
		"q: [ # note ]\n  a\n ]":   "[ # note ]\n  a\n ]",
		"q: [a, # note ]\n ]":      "[a, # note ]\n ]",
		"q: []":                    "[]",
		"q: {}":                    "{}",
		"q: {a, b}":                "{a, b}",
		"q:\n  - a\n  - b: c\nz: ": "- a\n  - b: c",
		"q:\n  a: 'x'\n  b: |\n    y\n    z\nc: d": "a: 'x'\n  b: |\n    y\n    z",
		"q: 'it''s'":       "'it''s'",
		"q: |\n  a\n  b\n": "a\n  b",
		"q: |\nz: 1":       "|",
	} {
		l, n := scalarAt(t, text)
		if got := l.span(n).Text(); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Scalars of all forms with whatever lines in them: each byte has its place.
func TestScalarsAtRandom(t *testing.T) {
	pieces := []string{"a", "bc d", "", " ", "  x", "   ", "x  ", "sum(y)", "''", `\"`, `\\`, `\x41`, "ü", "\t", "{{z}}", "-", "a:b", "  - c", "\\", "x\ty "}
	heads := []struct{ before, after string }{
		{"q: ", ""}, {"q: '", "'"}, {`q: "`, `"`}, {"q: |\n  ", ""}, {"q: >\n  ", ""}, {"q: |-\n  ", ""}, {"q: >+\n  ", ""}, {"q: |2\n  ", ""}, {"q: >2-\n  ", ""}, {"q: |\n\n  ", ""},
	}
	random := rand.New(rand.NewPCG(1, 2))
	tried, rounds := 0, 40_000
	if testing.Short() {
		rounds = 8_000
	}
	for range rounds {
		head := heads[random.IntN(len(heads))]
		var lines []string
		for range 1 + random.IntN(5) {
			lines = append(lines, pieces[random.IntN(len(pieces))]+pieces[random.IntN(len(pieces))])
		}
		text := head.before + strings.Join(lines, "\n  ") + head.after + "\nz: 1\n"
		if random.IntN(4) == 0 {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		l := &loader{file: diag.NewFile("f", []byte(text)), rep: &diag.Report{}, format: specFile, ws: DefaultWorkspace()}
		root, _ := l.parse()
		if root == nil || len(root.content) != 4 || root.content[1].kind != scalarNode || strings.TrimSpace(root.content[1].value) == "" {
			continue
		}
		tried++
		n := root.content[1]
		if !l.scalarText(n).Mapped() {
			t.Fatalf("%q is not found in %q", n.value, text)
		}
		value := l.scalarText(n)
		for i := range len(n.value) {
			if r := value.Range(i, i+1); r != value.Span && r.Text() != n.value[i:i+1] {
				t.Fatalf("byte %d of %q is shown as %q in %q", i, n.value, r.Text(), text)
			}
		}
	}
	if tried < rounds/4 {
		t.Errorf("only %d of them were YAML", tried)
	}
}
