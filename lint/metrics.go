package lint

// metricFacts is what several rules ask of a metric, worked out once.
type metricFacts struct{}
