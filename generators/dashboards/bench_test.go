package dashboards_test

import (
	"testing"

	"github.com/mlobs-gen/mlobs-gen/generators/dashboards"
)

// BenchmarkMarshal spells the sample, 30 panels. The budget for compiling a whole model is 3 ms.
func BenchmarkMarshal(b *testing.B) {
	for _, v := range []struct {
		name         string
		major, minor int
	}{{"12", 12, 0}, {"7.1", 7, 1}} {
		b.Run(v.name, func(b *testing.B) {
			p := sample(v.major, v.minor)
			b.ReportAllocs()
			for b.Loop() {
				data, err := dashboards.Marshal(p.Dashboard, p.Workspace)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(data)))
			}
		})
	}
}
