package lint

// cardinalityRules
var cardinalityRules = []*Rule{}
