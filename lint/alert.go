package lint

// alertRules
var alertRules = []*Rule{}
