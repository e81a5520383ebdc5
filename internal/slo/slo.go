package slo

import (
	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Make x
func Make(env *derive.Env, s *spec.SLO) *derive.Thing { return nil }
