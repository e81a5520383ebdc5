//go:build unix

package source_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/source"
)

// A FIFO must not be opened: it would wait for somebody to write into it.
func TestPipesAreRefused(t *testing.T) {
	root := tree(t, "mlobs.yaml", "models/")
	must(t, syscall.Mkfifo(filepath.Join(root, "models/p.yaml"), 0o644))
	list, err := source.Find(root, nil, nil)
	must(t, err)
	defer func() { must(t, list[0].Close()) }()
	if _, err := list[0].Read("models/p.yaml"); err == nil || err.Error() != "cannot read models/p.yaml: it is a pipe" {
		t.Errorf("got %v", err)
	}
	if _, err := source.Find(root, []string{"models/p.yaml"}, nil); err == nil {
		t.Error("a pipe as an argument was accepted")
	}
}
