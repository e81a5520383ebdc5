package lint

// dashboardRules
var dashboardRules = []*Rule{}
