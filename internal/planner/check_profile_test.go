package planner

import (
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// The profiles that come with the program pass the check that workspaces' own have to pass.
func TestCheckProfile(t *testing.T) {
	var rep diag.Report
	library := spec.NewLibrary(&rep)
	for _, p := range library.Profiles() {
		CheckProfile(p, &rep)
	}
	for _, d := range rep.All() {
		t.Errorf("%s: %s", d.Span.File.Path, d.Message)
	}

	const text = `version: mlobs/v1
profile: ours
metrics:
  a_total: {type: counter}
  h: {type: histogram, buckets: [1, 2]}
  level:ours:rate5m:
    query: sum(rate(a_totl[5m]))
dashboard:
  strip:
    - title: Up
      query: sum(up) + sum(level:ours:rate5m)
  rows:
    - title: R
      panels:
        - title: P
          query: sum(rate(a_totl[5m]))
        - title: Q
          query:
            good: sum(rate(h_count[5m]))
            bad: sum(rate(h_cnt[5m]))
alerts:
  - name: A
    query: sum(c_total
    above: 1
`
	rep = diag.Report{}
	own := library.With([]*diag.File{diag.NewFile("ours.yaml", []byte(text))}, spec.DefaultWorkspace(), &rep).Profile("ours")
	if own == nil {
		t.Fatalf("got %v", rep.All()[0].Message)
	}
	CheckProfile(own, &rep)
	want := []string{"profile `ours` has no metric `a_totl`", "profile `ours` has no metric `h_cnt`", "`(` is never closed"}
	for i, d := range rep.All() {
		if i >= len(want) || d.Message != want[i] {
			t.Errorf("got %s", d.Message)
		}
	}
	if n := len(rep.All()); n != len(want) {
		t.Errorf("%d messages", n)
	}
}
