package generators

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What an older YAML would read as a truth value, a number or a time of day is quoted, and nothing else.
func TestScalars(t *testing.T) {
	got, err := EncodeYAML("a test", Texts(map[string]string{
		"a": "yes", "b": "Off", "c": "010", "d": "1:30", "e": "1_000", "f": "0x1f", "g": "null", "h": "", "i": "1m30s", "j": "1d", "k": "yes we can", "on": "x",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := Header + `a: "yes"
b: "Off"
c: "010"
d: "1:30"
e: "1_000"
f: "0x1f"
g: "null"
h: ""
i: 1m30s
j: 1d
k: yes we can
"on": x
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
