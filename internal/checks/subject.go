package checks

import (
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// What kinds share that look at each of their metrics by itself: of several, each has a result with the label
// `feature`, and one alert looks at all of them.

func (c *check) several() bool { return len(c.metrics) > 1 }

// topic is what the scores are about, in names of records: the metric or, of several, the check.
func (c *check) topic() string {
	if c.several() {
		return strings.ReplaceAll(c.name, "-", "_")
	}
	return c.metrics[0].Name
}

// family reads a record of all metrics, given that of one of them.
func (c *check) family(one string) string {
	return derive.Series(nameOf(one), c.labels()...)
}

// labelFeature names the metric, where a check looks at several.
const labelFeature = "feature"

func (c *check) scheduled() bool { return c.Model.Traffic.Kind == spec.Scheduled }

// nameOf is the name in a selector.
func nameOf(selector string) string {
	name, _, _ := strings.Cut(selector, "{")
	return name
}
