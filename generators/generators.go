// Package generators says what a target is: something that spells a plan in one format. The targets
// themselves stand below it.
//
// A generator decides nothing: names, queries, places and colours are in the plan. An error from a
// generator is a defect of this program, never of the input.
package generators

import "github.com/mlobs-gen/mlobs-gen/internal/plan"

// File is one file to be written.
type File struct {
	// Path is slash-separated, relative to the output folder, and stays inside it.
	Path string
	Data []byte
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
