package generators

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// texts are what rules are made of, and what YAML is known to trip over.
var texts = []string{
	"sum(rate(x_total{code=\"500\", a!~'b'}[5m])) / sum(rate(x[5m])) > 0.02", "p95 of {{ $labels.pod }} is high", "{{ $value }}: too much", "5m", "1m30s",
	"sum(x)\n  / sum(y) # note: all\n\nor z", "ends\n", "ends\n\n", " begins", "ends ", "a # b", "a: b", "a:", "it's", "'", "- a", "-a", "---", "...x", "?", ":x", "=", "~", "<<",
	"yes", "NO", "null", "True", "1", "1e5", "0x1f", "0b1", "1_000", "2006-01-02", "2006-01-02T15:04:05z", "1:30", ".5", ".inf", "+1", "-1", "Größe × 2", "数", "\u0085", "\u2028", "\ufeffx", "\u200b", "\xff",
	"a\tb", "a\rb", "a \nb", "a\n b", "\na", "a\n ", "{a}", "[a]", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a", "\"a\"", "", "🦆", "a\\b", "http://x.example.org/#y?z=1",
	"0 * x{a=\"b\"}\n  or y", "0 * x or y", "-1 * (x)", "1 - x / y", "0(", "1=", "=1", "~ (x)", "<< (x)", "2006-01-02 (x)", ".5 * x", "+1/2",
}

// tree puts texts everywhere that rule files have them.
func tree(a, b, c string) *yaml.Node {
	return Mapping("groups", Sequence(
		Mapping("name", Text(a), "rules", Sequence(Mapping("expr", Text(b), "labels", Texts(map[string]string{c: a, "x": b})), Mapping("alert", Text(c), "list", Sequence(Scalar(a), Scalar(c), Plain("5"))))),
		Mapping("name", Text("last"), "none", Plain("null"), "annotations", Texts(map[string]string{a: c})),
	), "text", Scalar(c))
}

// FuzzWriteBlock: whatever the texts are, what is written without the encoder is what the encoder writes.
func FuzzWriteBlock(f *testing.F) {
	for i, s := range texts {
		f.Add(s, texts[(i+1)%len(texts)], texts[(i+7)%len(texts)])
		f.Add("plain", s, "x")
		f.Add("plain", "x > 1", s)
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		n := tree(a, b, c)
		got, ok := writeBlock([]byte(Header), n)
		if !ok {
			return
		}
		var want bytes.Buffer
		want.WriteString(Header)
		enc := yaml.NewEncoder(&want)
		enc.SetIndent(2)
		if err := enc.Encode(n); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.String(), string(got)); diff != "" {
			t.Errorf("-encoder +ours:\n%s", diff)
		}
	})
}

// TestWriteBlock: the encoder is left out where nothing needs it. It would be right, and slow.
func TestWriteBlock(t *testing.T) {
	for _, s := range []string{texts[0], texts[1], texts[2], texts[3], texts[4], texts[5], "0 * x or y", "0 * x\n  or y", "ml_model:signal:state", "page", "it's: Größe", "http://x.example.org/#y?z=1"} {
		if _, ok := writeBlock([]byte(Header), Mapping("expr", Text(s), "labels", Texts(map[string]string{"severity": s}))); !ok {
			t.Errorf("the encoder writes %q", s)
		}
	}
}
