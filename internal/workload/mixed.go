package workload

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
)

// Mixed is a workspace as a company has it: n models of several owners, for the three targets of Typical.
// Classifiers and regressors behind FastAPI on Kubernetes, language models, Triton servers with several models
// each, models on Spell, nightly batches, models of many countries, servers of the company's own kind with a
// profile of its own; with own panels, alerts and histograms. Another seed gives another company.
func Mixed(n int, seed uint64) iter.Seq[File] {
	return func(yield func(File) bool) {
		if !yield(File{"mlobs.yaml", mixedWorkspace}) || !yield(File{"profiles/shop.yaml", shopProfile}) {
			return
		}
		r := &random{rand.New(rand.NewPCG(seed, 0))}
		for i := range n {
			kind := kinds[r.IntN(len(kinds))]
			name := fmt.Sprintf("%s-%d", pick(r, subjects), i)
			owner := pick(r, owners)
			var b strings.Builder
			fmt.Fprintf(&b, "version: mlobs/v1\nmodel: %s\nowner: %s\n", name, owner)
			if r.IntN(2) == 0 {
				fmt.Fprintf(&b, "title: %s\ndescription: What %s needs to decide faster.\n", name, owner)
			}
			if r.IntN(3) == 0 {
				fmt.Fprintf(&b, "links: [{title: Runbook, url: https://runbooks.example.org/%s}]\n", name)
			}
			kind(r, &b, name)
			if !yield(File{"models/" + owner + "/" + name + ".yaml", b.String()}) {
				return
			}
		}
	}
}

// random is where the choices come from.
type random struct{ *rand.Rand }

// pick takes one of a list.
func pick[T any](r *random, list []T) T { return list[r.IntN(len(list))] }

// buckets are bounds that people write, in seconds; each can tell 200 ms from 1 s.
func (r *random) buckets() string {
	return pick(r, []string{"python", "go", "[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]", "[0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]"})
}

var (
	owners   = []string{"ads-ml", "fraud-ml", "logistics-ml", "platform", "pricing", "search-ml", "vision-ml"}
	subjects = []string{"basket", "churn", "clicks", "delivery", "demand", "fraud", "images", "price", "ranking", "returns", "spam", "stock"}
)

// kinds write what follows name and owner, as often as companies have each.
var kinds = []func(r *random, b *strings.Builder, name string){
	classifier, classifier, classifier, regressor, regressor, plain, plain, language, triton, spell, nightly, countries, shop, shop,
}

const mixedWorkspace = `version: mlobs/v1
specs: [models/**/*.yaml]
profiles: [profiles/*.yaml]
prometheus: {scrape_interval: 15s, evaluation_interval: 30s, target_labels: [job, instance, namespace, pod, container, endpoint, service]}
grafana: {version: "7.1", url: https://grafana.example.org}
alerting: [prometheus, grafana-legacy] # mlobs:allow two-evaluators: every output
severities: {page: critical, ticket: warning, info: info}
labels: {team: ml}
runbook: https://runbooks.example.org/{{ $model }}#{{ $alert }}
units: {EUR: currencyEUR}
contacts:
  oncall: {slack: {channel: "#ml-oncall", url: {env: SLACK_URL}}}
  pricing: {email: {to: pricing@example.org}}
routes:
  - {severity: page, to: oncall}
  - {owner: pricing, to: pricing}
  - {to: oncall}
`

// shopProfile is what the company's own servers expose.
const shopProfile = `version: mlobs/v1
profile: shop
title: Servers of the shop
metrics:
  shop_calls_total: {type: counter, unit: requests, role: requests, labels: {tenant: 20, outcome: [ok, refused, failed]}, errors: {outcome: failed}, client_errors: {outcome: refused}}
  shop_call_seconds: {type: histogram, unit: seconds, role: latency, buckets: go, labels: {tenant: 20}}
  shop_cache_hits_total: {type: counter, labels: {tenant: 20}}
  shop_cache_misses_total: {type: counter, labels: {tenant: 20}}
dashboard:
  rows:
    - storey: infrastructure
      panels:
        - {title: Cache, query: 'sum(rate(shop_cache_hits_total[$window])) / (sum(rate(shop_cache_hits_total[$window])) + sum(rate(shop_cache_misses_total[$window])))', unit: ratio}
alerts:
  - {name: CacheCold, panel: Cache, reduce: avg, over: 30m, below: 50%, for: 30m}
`
