package promql

import "testing"

func TestApply(t *testing.T) {
	for _, tt := range []struct {
		name  string
		edits []edit
		want  string
	}{
		{"nothing", nil, "abcdef"},
		{"in any order", []edit{{4, 6, "Y"}, {0, 1, "X"}}, "XbcdY"},
		{"neighbours", []edit{{1, 3, "X"}, {3, 4, ""}}, "aXef"},
		{"insertions before what goes", []edit{{2, 4, ""}, {2, 2, "X"}, {2, 2, "Y"}}, "abXYef"},
		{"insertion behind what goes", []edit{{4, 4, "X"}, {2, 4, ""}}, "abXef"},
		{"overlap", []edit{{1, 3, ""}, {2, 4, ""}}, ""},
		{"the same twice", []edit{{1, 3, ""}, {1, 3, ""}}, ""},
		{"insertion inside what goes", []edit{{1, 4, ""}, {2, 2, "X"}}, ""},
		{"behind the end", []edit{{6, 7, ""}}, ""},
	} {
		got, err := apply("abcdef", tt.edits)
		if got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
	}
}
