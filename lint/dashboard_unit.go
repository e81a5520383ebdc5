package lint

import "github.com/mlobs-gen/mlobs-gen/internal/diag"

var unitRules = []*Rule{}
var _ = diag.Info
