package planner

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

func sized(sizes ...[2]int) (panels []*plan.Panel) {
	for _, s := range sizes {
		panels = append(panels, &plan.Panel{Grid: plan.Grid{W: s[0], H: s[1]}})
	}
	return panels
}

func TestLayout(t *testing.T) {
	row := &plan.Panel{Kind: plan.Row}
	got := layout([]section{
		{panels: sized([2]int{18, 7}, [2]int{6, 5})},
		{row: row, panels: sized([2]int{8, 8}, [2]int{8, 8}, [2]int{12, 7}, [2]int{30, 6}), fill: true},
		{panels: sized([2]int{8, 6}, [2]int{8, 6})},
	})
	var grids []plan.Grid
	for _, p := range got {
		grids = append(grids, p.Grid)
	}
	want := []plan.Grid{
		{X: 0, Y: 0, W: 18, H: 7}, {X: 18, Y: 0, W: 6, H: 7},
		{X: 0, Y: 7, W: 24, H: 1},
		{X: 0, Y: 8, W: 12, H: 8}, {X: 12, Y: 8, W: 12, H: 8}, {X: 0, Y: 16, W: 24, H: 7}, {X: 0, Y: 23, W: 24, H: 6},
		{X: 0, Y: 29, W: 8, H: 6}, {X: 8, Y: 29, W: 8, H: 6},
	}
	if diff := cmp.Diff(want, grids); diff != "" {
		t.Errorf("layout (-want +got):\n%s", diff)
	}
}

// TestLayoutOfThings: the panels of an objective or check share a line, if one is wide enough.
func TestLayoutOfThings(t *testing.T) {
	fast, drift, wide := &derive.Thing{}, &derive.Thing{}, &derive.Thing{}
	got := layout([]section{{
		panels: sized([2]int{12, 8}, [2]int{6, 8}, [2]int{6, 8}, [2]int{6, 8}, [2]int{8, 8}, [2]int{16, 8}, [2]int{12, 8}, [2]int{12, 8}, [2]int{12, 8}),
		things: []*derive.Thing{nil, fast, fast, fast, drift, drift, wide, wide, wide},
		fill:   true,
	}})
	var grids []plan.Grid
	for _, p := range got {
		grids = append(grids, p.Grid)
	}
	want := []plan.Grid{
		{X: 0, Y: 0, W: 24, H: 8},
		{X: 0, Y: 8, W: 8, H: 8}, {X: 8, Y: 8, W: 8, H: 8}, {X: 16, Y: 8, W: 8, H: 8},
		{X: 0, Y: 16, W: 8, H: 8}, {X: 8, Y: 16, W: 16, H: 8},
		{X: 0, Y: 24, W: 12, H: 8}, {X: 12, Y: 24, W: 12, H: 8}, {X: 0, Y: 32, W: 24, H: 8},
	}
	if diff := cmp.Diff(want, grids); diff != "" {
		t.Errorf("layout (-want +got):\n%s", diff)
	}
}

func TestIdentity(t *testing.T) {
	for text, want := range map[string]string{
		"P90 Model Inference Time": "p90-model-inference-time",
		"  --Größe & Öl!  ":        "gro-e-ol",
		"Predictions/s":            "predictions-s",
		"予測":                       "x" + slug("予測")[1:],
	} {
		if got := slug(text); got != want || got == "" {
			t.Errorf("slug(%q) = %q, want %q", text, got, want)
		}
	}
	if slug("予測") == slug("確信") {
		t.Error("titles in other scripts share a slug")
	}
	long := "a-model-with-a-name-that-goes-on-and-on-and-on-for-ever"
	if u := uid(long); len(u) != maxUID || u[:27] != long[:27] || u == uid(long+"x") {
		t.Errorf("uid(%q) = %q", long, u)
	}
	if uid("short") != "short" {
		t.Error("a uid that fits is not kept")
	}
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 27: "AB", 701: "ZZ", 702: "AAA"} {
		if got := refID(i); got != want {
			t.Errorf("refID(%d) = %s, want %s", i, got, want)
		}
	}
	// Ids are part of links that people keep: they must never change.
	if got := plan.PanelID("p90-model-inference-time"); got != 1+int32(fnvOf("p90-model-inference-time")%(1<<31-2)) || got <= 0 {
		t.Errorf("PanelID = %d", got)
	}
}

// fnvOf is FNV-1a written out, so that the test does not repeat the code.
func fnvOf(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
