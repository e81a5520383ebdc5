package dashboards_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// What the hand-made reference says about how a panel looks, ours says too. The sample draws the same
// panels; what it leaves to Grafana's defaults, and what is the sample's and not the generator's, is named
// here.
func TestLooksLikeTheReference(t *testing.T) {
	data, err := os.ReadFile("../../../shared/dashboards/cifar10.json")
	if err != nil {
		t.Skip("no ../shared")
	}
	ours := map[string]map[string]any{}
	board, _ := marshal(t, ver(12, 0))
	for _, p := range panelsOf(decode(t, board)) {
		ours[p["type"].(string)+" "+p["title"].(string)] = p
	}
	compared := 0
	for _, want := range panelsOf(decode(t, data)) {
		what := want["type"].(string) + " " + want["title"].(string)
		if got := ours[what]; got != nil && want["type"] != "row" {
			compared++
			looksLike(t, what+": options", want["options"], got["options"])
			looksLike(t, what, at(t, want, "fieldConfig", "defaults"), at(t, got, "fieldConfig", "defaults"))
		}
	}
	if compared < 14 {
		t.Errorf("only %d panels compared", compared)
	}
}

// defaults of Grafana that the reference spells out, and numbers of the sample.
var leftOut = []string{
	"pointSize", "axisPlacement", "axisLabel", "axisColorMode", "axisBorderShow", "axisCenteredZero", "barAlignment",
	"scaleDistribution", "hideFrom", "filterable", "cellOptions", "footer", "index", "mappings", "noValue",
	"decimals", "fixedColor", "steps", "sortBy",
}

func looksLike(t *testing.T, path string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		got, _ := got.(map[string]any)
		for key, value := range want {
			switch {
			case slices.Contains(leftOut, key):
			case key == "mode" && strings.HasSuffix(path, "now against then.color"): // the bars have colours of their own
			case got[key] == nil:
				t.Errorf("%s.%s is missing, the reference says %v", path, key, value)
			default:
				looksLike(t, path+"."+key, value, got[key])
			}
		}
	default:
		if fmt.Sprint(want) != fmt.Sprint(got) {
			t.Errorf("%s is %v, the reference says %v", path, got, want)
		}
	}
}
