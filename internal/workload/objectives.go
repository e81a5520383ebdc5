package workload

import (
	"fmt"
	"iter"
	"strings"
)

// ObjectivesPerModel is how many objectives a model of Objectives has.
const ObjectivesPerModel = 4

// ObjectiveWorkspace is the workspace of objectives: scraped and evaluated once a minute, kept for a month.
const ObjectiveWorkspace = "version: mlobs/v1\nprometheus: {scrape_interval: 1m, evaluation_interval: 1m, retention: 31d}\n"

// Objectives is a workspace of n models with four objectives each, over 26 series of two targets.
func Objectives(n int) iter.Seq[File] {
	return func(yield func(File) bool) {
		if !yield(File{"mlobs.yaml", ObjectiveWorkspace}) {
			return
		}
		for i := range n {
			name := fmt.Sprint("m", i)
			if !yield(File{"models/" + name + ".yaml", ObjectiveSpec(name)}) {
				return
			}
		}
	}
}

const objectiveMetrics = `version: mlobs/v1
model: NAME
owner: team
selector: {job: NAME}
replicas: {pod: 2}
metrics:
  requests_total: {type: counter, labels: {status: [2xx, 4xx, 5xx]}}
  answer_seconds: {type: histogram, unit: seconds, buckets: [0.05, 0.1, 0.25, 1, 5]}
  inputs_total: {type: counter, labels: {valid: ['true', 'false']}}
`

// ObjectiveSpec is the spec of one model of Objectives.
func ObjectiveSpec(name string) string {
	return strings.ReplaceAll(objectiveMetrics+`slos:
  - {name: answers, objective: 99.9, errors: 'requests_total{status="5xx"}', total: requests_total}
  - {name: latency, objective: 99, latency: {metric: answer_seconds, under: 250ms}}
  - {name: inputs, objective: 99, share: {metric: inputs_total, good: {valid: 'true'}}}
  - {name: up, objective: 99.5, availability: targets}
`, "NAME", name)
}

// RawWindows are the windows of the rules that the Site Reliability Workbook shows for a period of 30 days.
var RawWindows = []string{"5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d"}

// RawObjectiveSpec are the same objectives as the workbook writes them: each window over the scraped series. The window
// ends the name of a rule.
func RawObjectiveSpec(name string) string {
	var b strings.Builder
	b.WriteString(objectiveMetrics)
	for _, objective := range []struct{ name, query string }{
		{"answers", `sum(rate(requests_total{status="5xx"}[W])) / sum(rate(requests_total[W]))`},
		{"latency", `1 - sum(rate(answer_seconds_bucket{le="0.25"}[W])) / sum(rate(answer_seconds_count[W]))`},
		{"inputs", `1 - sum(rate(inputs_total{valid="true"}[W])) / sum(rate(inputs_total[W]))`},
		{"up", `1 - sum(sum_over_time(up[W])) / sum(count_over_time(up[W]))`},
	} {
		for _, window := range RawWindows {
			fmt.Fprintf(&b, "  job:%s:error_ratio_rate%s: {query: '%s'}\n", objective.name, window, strings.ReplaceAll(objective.query, "W", window))
		}
	}
	return strings.ReplaceAll(b.String(), "NAME", name)
}
