package spec

import (
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// BenchmarkLoad loads the spec of the example with profiles and roles parsed already, as from the second
// spec of a run on.
func BenchmarkLoad(b *testing.B) {
	rep := &diag.Report{}
	ws := LoadWorkspace(readFile(b, "../examples/spell-cifar10/mlobs.yaml"), rep)
	data := readFile(b, "../examples/spell-cifar10/models/cnn-cifar10.yaml").Data
	lib := NewLibrary(rep)
	b.ReportAllocs()
	for b.Loop() {
		if Load(diag.NewFile("m.yaml", data), ws, lib, rep) == nil {
			b.Fatal(show(rep))
		}
	}
}

// BenchmarkColdLoad is what the first spec of a run costs: the profiles and roles that it needs are parsed.
func BenchmarkColdLoad(b *testing.B) {
	rep := &diag.Report{}
	ws := LoadWorkspace(readFile(b, "../examples/spell-cifar10/mlobs.yaml"), rep)
	data := readFile(b, "../examples/spell-cifar10/models/cnn-cifar10.yaml").Data
	b.ReportAllocs()
	for b.Loop() {
		if Load(diag.NewFile("m.yaml", data), ws, NewLibrary(rep), rep) == nil {
			b.Fatal(show(rep))
		}
	}
}

func BenchmarkLoadWorkspace(b *testing.B) {
	data := readFile(b, "../examples/spell-cifar10/mlobs.yaml").Data
	rep := &diag.Report{}
	b.ReportAllocs()
	for b.Loop() {
		if LoadWorkspace(diag.NewFile("mlobs.yaml", data), rep) == nil {
			b.Fatal(show(rep))
		}
	}
}

// BenchmarkLoadChecks loads a check of every kind, and more.
func BenchmarkLoadChecks(b *testing.B) {
	rep := &diag.Report{}
	lib := NewLibrary(rep)
	b.ReportAllocs()
	for b.Loop() {
		if Load(diag.NewFile("m.yaml", []byte(wholeChecks)), DefaultWorkspace(), lib, rep) == nil {
			b.Fatal(show(rep))
		}
	}
}
