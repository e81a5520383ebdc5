package workload

import (
	"fmt"
	"strings"
)

// onKubernetes selects the server and its pods.
func onKubernetes(r *random, b *strings.Builder, name string) {
	namespace := pick(r, []string{"ml", "models", "serving"})
	fmt.Fprintf(b, `selector: {namespace: %s, service: %s}
replicas: {pod: %d}
uses:
  - profile: fastapi
  - profile: kubernetes
    selector: {namespace: %[1]s, pod: {matches: '%[2]s-.*'}}
`, namespace, name, 2+r.IntN(8))
}

func classifier(r *random, b *strings.Builder, name string) {
	onKubernetes(r, b, name)
	classes := pick(r, []string{"[yes, NO]", "[spam, ham]", "[low, medium, high]", "[cat, dog, horse, frog, bird, deer]"})
	fmt.Fprintf(b, `metrics:
  predictions_total: {type: counter, role: classes, labels: {class: %s}}
  confidence: {type: histogram, unit: ratio, role: confidence, buckets: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], labels: {class: %[1]s}}
dashboard:
  variables: [class]
  rows:
    - title: Classes
      storey: model
      text: A class that dominates suddenly is the first sign of a broken input pipeline.
      panels:
        - title: Predictions per class and minute
          query: 60 * sum by (class) (rate(predictions_total[$window]))
          legend: "{{class}}"
alerts:
  - {name: LatencyHigh, above: %dms, warn: %dms}
  - {name: ConfidenceLow, below: %d%%, warn: 90%%}
`, classes, 300+r.IntN(500), 100+r.IntN(200), 50+r.IntN(30))
}

func regressor(r *random, b *strings.Builder, name string) {
	onKubernetes(r, b, name)
	most := 10 + r.IntN(90)
	fmt.Fprintf(b, `metrics:
  predicted_eur: {type: histogram, unit: EUR, role: output, range: [0, +Inf], buckets: [1, 2, 5, %d, 100, 200, 500, 1000]}
  feature_age_seconds: {type: gauge, unit: seconds, labels: {feature: [basket, history, stock]}}
dashboard:
  rows:
    - title: Features
      storey: model
      panels:
        - {title: Age, query: 'max by (feature) (feature_age_seconds)', thresholds: [green, 1h, yellow, 1d, red]}
alerts:
  - {name: FeaturesOld, panel: Age, above: %dh, for: 15m, summary: '{{ $labels.feature }} of {{ $model }} is {{ $value }} old'}
`, most, 2+r.IntN(20))
}

// plain is a server that was instrumented by hand.
func plain(r *random, b *strings.Builder, name string) {
	fmt.Fprintf(b, `selector: {job: %s}
traffic: %s
metrics:
  latency_seconds: {type: histogram, unit: seconds, role: latency, buckets: %s, labels: {handler: 5}}
  requests_total: {type: counter, unit: requests, role: requests, labels: {handler: 5, code: ['200', '400', '500']}, errors: {code: '500'}, client_errors: {code: '400'}}
  queue: {type: gauge, range: [0, 1000]}
dashboard:
  rows:
    - title: Queue
      panels:
        - {title: Waiting, query: max(queue), type: stat}
        - {title: By handler, query: 'sum by (handler) (rate(requests_total[$window]))', stack: true}
alerts:
  - {name: QueueLong, panel: Waiting, reduce: max, over: 5m, above: %d, for: 5m, severity: page}
`, name, pick(r, []string{"continuous", "sporadic"}), r.buckets(), 100+r.IntN(800))
}

func language(r *random, b *strings.Builder, name string) {
	fmt.Fprintf(b, `selector: {job: %s}
replicas: {pod: %d}
traffic: sporadic
metrics:
  llm_requests_total: {type: counter, unit: requests, role: requests, labels: {reason: [stop, length, abort]}, errors: {reason: abort}}
  llm_time_to_first_token_seconds: {type: histogram, unit: seconds, buckets: [0.02, 0.1, 0.5, 1, 2, 5, 10, 20]}
  llm_request_seconds: {type: histogram, unit: seconds, role: latency, buckets: [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60]}
  llm_tokens_total: {type: counter, labels: {kind: [prompt, generation]}}
  llm_cache_usage: {type: gauge, unit: ratio}
  llm_waiting: {type: gauge, unit: requests, role: in_flight}
  llm_gpu_load: {type: gauge, unit: ratio, role: gpu, labels: {gpu: 8}}
dashboard:
  rows:
    - title: Tokens
      storey: model
      panels:
        - {title: Tokens per second, query: 'sum by (kind) (rate(llm_tokens_total[$window]))', stack: true}
        - title: Time to first token
          query:
            p50: histogram_quantile(0.5, sum by (le) (rate(llm_time_to_first_token_seconds_bucket[$window])))
            p99: histogram_quantile(0.99, sum by (le) (rate(llm_time_to_first_token_seconds_bucket[$window])))
        - {title: KV cache, query: max by (pod) (llm_cache_usage), type: gauge, thresholds: [green, 80%%, yellow, 95%%, red]}
alerts:
  - {name: FirstTokenSlow, panel: Time to first token/p99, above: %ds, warn: 1s, for: 5m, signal: First token}
  - {name: CacheFull, panel: KV cache, reduce: avg, over: 10m, above: 95%%}
  - {name: LatencyHigh, above: 30s, warn: 20s}
`, name, 1+r.IntN(8), 2+r.IntN(8))
}

// triton is a server with several models.
func triton(r *random, b *strings.Builder, name string) {
	models := []string{"bert", "embedder", "ranker", "resnet50", "whisper"}[r.IntN(3):]
	fmt.Fprintf(b, `selector: {job: %s}
replicas: {pod: 2}
members: {model: [%s]}
uses:
  - profile: triton
  - profile: kubernetes
    selector: {namespace: inference, pod: {matches: '%[1]s-.*'}}
alerts:
  - {name: LatencyMeanHigh, above: %[3]dms, warn: 100ms}
`, name, strings.Join(models, ", "), 200+r.IntN(800))
}

func spell(r *random, b *strings.Builder, name string) {
	fmt.Fprintf(b, `selector: {service: %s}
replicas: {pod: 2}
scrape: {interval: %ds}
uses:
  - profile: spell
metrics:
  inference_time: {type: histogram, unit: seconds, role: latency, buckets: %s, labels: {pid: 4}}
  prediction_value_total: {type: counter, role: classes, labels: {pid: 4, label: [Airplane, Automobile, Bird, Cat, Deer, Dog, Frog, Horse, Ship, Truck]}}
dashboard:
  rows:
    - title: Processes
      panels:
        - {title: By process, query: 'sum by (pid) (rate(prediction_value_total[$window]))'}
        - {title: p90, query: 'histogram_quantile(0.9, sum by (job, le) (rate(inference_time_bucket[$window])))'}
alerts:
  - {name: SlowInference, panel: p90, reduce: max, over: 5m, above: %dms, summary: 'p90 of {{ $model }} is {{ $value }}'}
`, name, 1+r.IntN(10), r.buckets(), 200+r.IntN(300))
}

func nightly(r *random, b *strings.Builder, name string) {
	fmt.Fprintf(b, `selector: {job: %s}
traffic: {every: 24h}
uses:
  - profile: pushgateway
metrics:
  rows_total: {type: counter, unit: requests, role: requests, labels: {outcome: [scored, skipped, failed]}, errors: {outcome: failed}, client_errors: {outcome: skipped}}
  score: {type: histogram, role: output, range: [0, 1], buckets: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]}
  run_seconds: {type: gauge, unit: seconds}
dashboard:
  rows:
    - title: The run
      storey: infrastructure
      panels:
        - {title: Duration, query: max(run_seconds)}
alerts:
  - {name: RunSlow, panel: Duration, above: %dh, warn: 1h, signal: Duration}
`, name, 2+r.IntN(8))
}

// countries is one spec with a model for each country.
func countries(r *random, b *strings.Builder, name string) {
	list := []string{"AT", "BE", "CH", "DE", "DK", "ES", "FI", "FR", "GB", "IT", "NL", `"NO"`, "PL", "PT", "SE"}[r.IntN(12):]
	fmt.Fprintf(b, `selector: {job: %s}
replicas: {pod: 6}
members: {country: [%s]}
metrics:
  requests_total: {type: counter, unit: requests, role: requests, labels: {country: 20, status: [ok, failed]}, errors: {status: failed}}
  latency_seconds: {type: histogram, unit: seconds, role: latency, buckets: %s, labels: {country: 20}}
alerts:
  - {name: LatencyHigh, above: %dms, warn: 250ms}
`, name, strings.Join(list, ", "), r.buckets(), 400+r.IntN(600))
}

// shop uses the company's own profile.
func shop(r *random, b *strings.Builder, name string) {
	fmt.Fprintf(b, `selector: {service: %s}
uses:
  - profile: shop
    selector: {service: %[1]s}
metrics:
  score: {type: histogram, role: output, range: [0, 1], buckets: [0.1, 0.25, 0.5, 0.75, 0.9, 1]}
  model_version_info: {type: info, role: model_info, labels: {version: 10}}
alerts:
  - {name: LatencyHigh, above: %dms, warn: 150ms}
  - {name: CacheCold, below: %d%%}
  - {name: Abandoned, query: 'sum(rate(shop_calls_total{outcome="failed"}[10m]))', above: 5, for: 10m, severity: info}
`, name, 200+r.IntN(300), 20+r.IntN(60))
}
