package lint

// namingRules
var namingRules = []*Rule{}
