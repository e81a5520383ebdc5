// Package planner turns what an author means into what is done about it: Model → Plan.
package planner

import (
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Workspace decides what is true for all models of a run. It returns nil if it reported errors.
func Workspace(ws *spec.Workspace, rep *diag.Report) *plan.Workspace { return nil }

// Build plans one model. It returns nil if it reported errors.
func Build(m *spec.Model, ws *spec.Workspace, pws *plan.Workspace, lib *spec.Library, rep *diag.Report) *plan.Plan {
	return nil
}
