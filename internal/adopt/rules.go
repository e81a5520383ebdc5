package adopt

import (
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// readRules reads a rule file, or resources of Kubernetes that hold rules.
func readRules(in Input, p *plan.Plan, rep *diag.Report) *plan.Plan { return p }
