package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/exposition"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// TestPagesOfServers holds profiles against what real servers answered: each metric that both know has one
// type, one unit and the same buckets, and the labels that the profile says every series has.
func TestPagesOfServers(t *testing.T) {
	lib := NewLibrary(&diag.Report{})
	for _, c := range []struct {
		page, profile, version string
		// known is how many metrics of the page the profile has at least.
		known int
		// newer are labels, and `le` of other buckets, that the page of an old version lacks.
		newer []string
	}{
		{"vllm-0.5-kubeai.txt", "vllm", "0.5", 15, []string{"engine", "le"}},
		{"sglang-docs.txt", "sglang", "", 10, []string{"engine_type", "tp_rank", "pp_rank", "le"}},
		{"kserve-python-0.20.txt", "kserve", "", 4, nil},
		{"kserve-python-0.20.txt", "python-client", "", 10, nil},
		{"torchserve-docs.txt", "torchserve", "", 20, nil},
		{"nvidia_gpu_exporter-linux-x86_64__nvidia-l40s__595.80__idle.txt", "nvidia-gpu", "", 120, nil},
		{"fastapi-instrumentator-8.0.2.txt", "fastapi", "8.0.2", 4, nil},
	} {
		data, err := os.ReadFile(filepath.Join("../../shared/corpus/exposition", c.page))
		if err != nil {
			t.Skipf("the corpus is not here: %v", err)
		}
		var rep diag.Report
		page := exposition.Read(diag.NewFile(c.page, data), &rep)
		if page == nil {
			t.Fatalf("%s: %v", c.page, show(&rep))
		}
		known := 0
		for _, m := range lib.Profile(c.profile).Metrics {
			i := slices.IndexFunc(page.Families, func(f *exposition.Family) bool { return f.Name == m.Name })
			if i < 0 || !has(m, c.version) {
				continue
			}
			known++
			for _, wrong := range disagree(m, page.Families[i], c.newer) {
				t.Errorf("%s: %s: %s", c.page, m.Name, wrong)
			}
		}
		if known < c.known {
			t.Errorf("%s: profile `%s` knows only %d of its metrics", c.page, c.profile, known)
		}
	}
}

// disagree lists what a profile and a page say differently of a metric.
func disagree(m *metric.Metric, f *exposition.Family, newer []string) (wrong []string) {
	// The text format has no type info, and nvidia_gpu_exporter no counters.
	gauge := m.Type == metric.Info || strings.Contains(m.Name, "_counters_")
	if f.Type != m.Type && !(gauge && f.Type == metric.Gauge) {
		wrong = append(wrong, "is a "+string(f.Type)+", not a "+string(m.Type))
	}
	if !f.Unit.IsZero() && f.Unit != m.Unit {
		wrong = append(wrong, "has the unit "+f.Unit.Name+", not "+m.Unit.Name)
	}
	if f.Samples == 0 {
		return wrong
	}
	for _, l := range m.Labels {
		o := slices.IndexFunc(f.Observed, func(o exposition.Observed) bool { return o.Label == l.Name })
		if o < 0 {
			if !slices.Contains(newer, l.Name) {
				wrong = append(wrong, "lacks the label "+l.Name)
			}
			continue
		}
		for _, v := range f.Observed[o].Values {
			if l.Values.Exactly != nil && !slices.Contains(l.Values.Exactly, v) {
				wrong = append(wrong, "has "+l.Name+"="+v+", which the profile does not list")
			}
		}
	}
	for _, o := range f.Observed {
		if _, ok := m.Label(o.Label); !ok && m.Type != metric.Info {
			wrong = append(wrong, "has the label "+o.Label)
		}
	}
	same := func(a, b decimal.Decimal) bool { return a.Equal(b) }
	if m.Buckets != nil && f.Buckets != nil && !slices.EqualFunc(m.Buckets, f.Buckets, same) && !slices.Contains(newer, "le") {
		wrong = append(wrong, fmt.Sprintf("has the buckets %v, not %v", f.Buckets, m.Buckets))
	}
	return wrong
}
