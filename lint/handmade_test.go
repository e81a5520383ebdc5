package lint_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/lint"
)

// The dashboard that somebody made by hand has one query without the selector of its siblings, one that selects
// by another label, and one range that does not follow the zoom. Each is found once, and at its place.
func TestHandmade(t *testing.T) {
	data, err := os.ReadFile("testdata/handmade/cifar10.json")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range judge(t, lint.Example{Name: "cifar10.json", Text: string(data)}) {
		if d.Rule == "unlike-siblings" || d.Rule == "fixed-range" {
			got = append(got, d.Rule+" "+d.Span.Text())
		}
	}
	want := []string{
		`fixed-range [1m]`,
		`unlike-siblings prediction_value_total`,
		`unlike-siblings job=\"model-serving-10494\"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
