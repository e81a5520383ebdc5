package adopt

import (
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// readDashboard reads the JSON of a dashboard.
func readDashboard(in Input, p *plan.Plan, rep *diag.Report) *plan.Plan { return p }
