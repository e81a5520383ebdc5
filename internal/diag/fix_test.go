package diag_test

import (
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// A fix writes what the quotes of its text want, and touches nothing else.
func TestReplace(t *testing.T) {
	for _, c := range []struct {
		file, value string // the value stands between [ and ]
		piece, with string
		want        string // empty: no fix
	}{
		{`k: [up{a="b"}] # c`, `up{a="b"}`, `"b"`, `"c"`, `k: up{a="c"} # c`},
		{`k: "[up{a=\"b\"}]"`, `up{a="b"}`, `a="b"`, `a="x\y"`, `k: "up{a=\"x\\y\"}"`},
		{`{"k": "[up{a=~\"^b$\"}]"}`, `up{a=~"^b$"}`, `^b$`, `b`, `{"k": "up{a=~\"b\"}"}`},
		{`k: '[up{a="b"}]'`, `up{a="b"}`, `b`, `it's`, `k: 'up{a="it''s"}'`},
		{`k: [up]`, `up`, `up`, "a\nb", ``},
		{`k: [uq]`, `up`, `up`, "x", ``},
	} {
		open, end := strings.Index(c.file, "["), strings.LastIndex(c.file, "]")
		text := strings.Replace(c.file[:end], "[", "", 1) + c.file[end+1:]
		file := diag.NewFile("f", []byte(text))
		value := diag.NewText(c.value, diag.Span{File: file, Start: open, End: end - 1})
		mapValue(&value, text[open:end-1], open)
		at := strings.Index(c.value, c.piece)
		fix, ok := value.Replace(at, at+len(c.piece), c.with)
		if ok != (c.want != "") {
			t.Errorf("%s: %v, %v", c.file, fix, ok)
		}
		if !ok {
			continue
		}
		if data, applied := diag.ApplyFixes(file, []diag.Fix{fix, fix}); string(data) != c.want || len(applied) != 1 {
			t.Errorf("%s: %s after %d fixes, want %s", c.file, data, len(applied), c.want)
		}
	}
}

// mapValue maps the bytes of a value to those of its source, backslashes of escapes left out.
func mapValue(v *diag.Text, source string, at int) {
	n := 0
	for i := 0; i < len(source); i++ {
		if source[i] == '\\' {
			continue
		}
		v.Map(n, at+i)
		n++
	}
}

func TestApplyFixes(t *testing.T) {
	file := diag.NewFile("f", []byte("abcdef"))
	fix := func(start, end int, text string) diag.Fix {
		return diag.Fix{Span: diag.Span{File: file, Start: start, End: end}, Text: text}
	}
	other := diag.Fix{Span: diag.Span{File: diag.NewFile("g", []byte("abcdef")), Start: 0, End: 6}}
	data, applied := diag.ApplyFixes(file, []diag.Fix{fix(4, 5, "E"), other, fix(1, 3, ""), fix(2, 4, "no"), fix(6, 6, "!")})
	if string(data) != "adEf!" || len(applied) != 3 {
		t.Errorf("%s, %d", data, len(applied))
	}
}
