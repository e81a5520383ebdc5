// Package generators says what a target is: something that spells a plan in one format. The targets
// themselves stand below it.
//
// A generator decides nothing: names, queries, places and colours are in the plan. An error from a
// generator is a defect of this program, never of the input.
package generators

import (
	"fmt"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// File is one file to be written.
type File struct {
	// Path is slash-separated, relative to the output folder, and stays inside it.
	Path string
	Data []byte
}

// MaxFile is the largest file, in bytes, that is written: what a ConfigMap holds, and more than any reader
// wants to load.
const MaxFile = 1 << 20

// LimitError says that a plan is larger than a target can take. It is the one error of a generator that
// is about the input.
type LimitError struct {
	// What is too large, and how many bytes it has and may have.
	What       string
	Size, Most int
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s: %d bytes, and at most %d", e.What, e.Size, e.Most)
}

// CheckSize returns a *LimitError if a file is too large.
func CheckSize(what string, data []byte) error {
	if len(data) > MaxFile {
		return &LimitError{what, len(data), MaxFile}
	}
	return nil
}

// Target is one output format.
type Target struct {
	// Name is what `emit` and `alerting` call it.
	Name string
	// Doc says in one line what it writes.
	Doc string
	// Wants reports whether a workspace asks for the target.
	Wants func(*plan.Workspace) bool
	// Model spells the plan of one model; nil if the target has nothing per model.
	Model func(*plan.Plan) ([]File, error)
	// Workspace spells what belongs to no model; nil if there is none.
	Workspace func(*plan.Workspace) ([]File, error)
}
