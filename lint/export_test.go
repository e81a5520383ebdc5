package lint

import "github.com/mlobs-gen/mlobs-gen/internal/plan"

// Sites are the places of a plan where queries stand, those of roles and profiles included.
func Sites(p *plan.Plan) []*Site {
	r := &run{plan: p}
	return r.collect()
}
