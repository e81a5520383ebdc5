// Package workload makes workspaces of any size for tests and measurements. The same arguments give the same
// files, on every machine: what was measured can be measured again.
package workload

import (
	"fmt"
	"iter"
	"strings"
)

// File is one file of a workspace.
type File struct {
	// Path is slash-separated, relative to the workspace.
	Path, Text string
}

// Typical is a workspace of n models that peers are measured with: each of twelve panels and eleven rules, for
// three targets (dashboards of Grafana 7.1, its alerts, rules of Prometheus).
func Typical(n int) iter.Seq[File] {
	return func(yield func(File) bool) {
		if !yield(File{"mlobs.yaml", "version: mlobs/v1\ngrafana: {version: \"7.1\"}\nalerting: [prometheus, grafana-legacy] # mlobs:allow two-evaluators: every output\n"}) {
			return
		}
		for i := range n {
			name := fmt.Sprint("m", i)
			if !yield(File{"models/" + name + ".yaml", TypicalSpec(name)}) {
				return
			}
		}
	}
}

// TypicalSpec is the spec of one model of Typical.
func TypicalSpec(name string) string { return strings.ReplaceAll(typical, "NAME", name) }

const typical = `version: mlobs/v1
model: NAME
owner: team
selector: {service: NAME}
metrics:
  lat_seconds: {type: histogram, unit: seconds, buckets: python, labels: {handler: 5}}
  req_total: {type: counter, unit: requests, labels: {handler: 5, code: ['200', '400', '500']}}
  queue: {type: gauge, range: [0, 1000]}
dashboard:
  rows:
    - title: Everything
      panels:
        - {title: Requests, query: 'sum by (code) (rate(req_total[$window]))', stack: true}
        - {title: Errors, query: 'sum(rate(req_total{code="500"}[$window])) / sum(rate(req_total[$window]))'}
        - {title: p95, query: 'histogram_quantile(0.95, sum by (le) (rate(lat_seconds_bucket[$window])))'}
        - {title: p50, query: 'histogram_quantile(0.5, sum by (le) (rate(lat_seconds_bucket[$window])))'}
        - {title: Heat, query: 'sum by (le) (rate(lat_seconds_bucket[$window]))'}
        - {title: Mean, query: 'sum(rate(lat_seconds_sum[$window])) / sum(rate(lat_seconds_count[$window]))'}
        - {title: Queue, query: 'max(queue)', type: stat}
alerts:
  - {name: Slow, panel: p95, reduce: max, over: 5m, above: 300ms, for: 5m, summary: 'p95 of {{ $model }} is {{ $value }}'}
  - {name: Failing, panel: Errors, reduce: avg, over: 5m, above: 2%, for: 5m, severity: page}
  - {name: Typical, panel: p50, reduce: median, over: 10m, above: 100ms}
  - {name: Idle, panel: Mean, reduce: min, over: 10m, below: 1ms}
`
