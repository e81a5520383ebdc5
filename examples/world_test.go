package examples

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
)

// The simulated time line: samples around the past that alerts compare with, and around the present.
// Rules run from begin on; the fault comes at fault.
const (
	begin    = 24*time.Hour + 30*time.Minute
	fault    = 25 * time.Hour
	end      = 25*time.Hour + 45*time.Minute
	interval = 30 * time.Second
)

// pod is how a pod fares: shares of its limits, share of the periods in which it is throttled, restarts per
// hour.
type pod struct {
	cpu, memory, throttled, restarts float64
	ready                            bool
}

var finePod = pod{cpu: 0.3, memory: 0.5, throttled: 0.02, ready: true}

// pod adds what cAdvisor and kube-state-metrics say of a pod of a model.
func (w *world) pod(namespace, name string, before, after pod) {
	own := fmt.Sprintf(`namespace="%s",pod="%s"`, namespace, name)
	container := own + `,container="model"`
	counter := func(series string, value func(pod) float64) { w.counter(series, value(before), value(after)) }
	gauge := func(series string, value func(pod) float64) { w.gauge(series, value(before), value(after)) }
	same := func(v float64) func(pod) float64 { return func(pod) float64 { return v } }
	cpu := func(p pod) float64 { return 2 * p.cpu }
	counter(`container_cpu_usage_seconds_total{`+container+`}`, cpu)
	counter(`container_cpu_cfs_periods_total{`+container+`}`, same(8))
	counter(`container_cpu_cfs_throttled_periods_total{`+container+`}`, func(p pod) float64 { return 8 * p.throttled })
	gauge(`container_memory_working_set_bytes{`+container+`}`, func(p pod) float64 { return p.memory * (1 << 30) })
	gauge(`kube_pod_container_resource_limits{`+container+`,resource="cpu",unit="core"}`, same(2))
	gauge(`kube_pod_container_resource_limits{`+container+`,resource="memory",unit="byte"}`, same(1<<30))
	gauge(`kube_pod_container_status_ready{`+container+`}`, func(p pod) float64 { return indicator(p.ready) })
	counter(`kube_pod_container_status_restarts_total{`+container+`}`, func(p pod) float64 { return p.restarts / 3600 })
	counter(`container_fs_reads_bytes_total{`+container+`,device="/dev/sda"}`, same(4096))
	counter(`container_fs_writes_bytes_total{`+container+`,device="/dev/sda"}`, same(1024))
	// A sidecar without limits, and the cgroup of the pod: neither may hide or add to the model's share.
	counter(`container_cpu_usage_seconds_total{`+own+`,container="proxy"}`, same(0.1))
	gauge(`container_memory_working_set_bytes{`+own+`,container="proxy"}`, same(1<<26))
	gauge(`kube_pod_container_resource_limits{`+own+`,container="proxy",resource="memory",unit="byte"}`, same(1<<30))
	counter(`container_cpu_usage_seconds_total{`+own+`,container=""}`, cpu)
	counter(`container_network_receive_bytes_total{`+own+`,interface="eth0"}`, same(9600))
	counter(`container_network_transmit_bytes_total{`+own+`,interface="eth0"}`, same(1260))
	gauge(`kube_pod_status_phase{`+own+`,phase="Running"}`, same(1))
	gauge(`kube_pod_status_phase{`+own+`,phase="Succeeded"}`, same(0))
	gauge(`kube_pod_info{`+own+`,node="node-0"}`, same(1))
}

// targetThat adds what Prometheus itself says of a target that answers until the fault, and after it if up.
func (w *world) targetThat(up bool, labels string) {
	w.gauge(`up{`+labels+`}`, 1, indicator(up))
	w.gauge(`scrape_samples_post_metric_relabeling{`+labels+`}`, 100, 100*indicator(up))
}

// cifar is the weather of the CIFAR-10 model: what its servers and pods do.
type cifar struct {
	// rate of predictions per second and worker.
	rate float64
	// latency is the median in seconds, sure the sharpness of the confidence (mean = sure / (sure + 1)).
	latency, sure float64
	// mix is the share of each class; extra that of a class that nobody declared.
	mix   []float64
	extra float64
	// up: the targets answer. gone: the pods do not even exist.
	up, gone bool
	pod
}

func goodWeather() cifar {
	return cifar{
		rate: 3, latency: 0.04, sure: 6, up: true, pod: finePod,
		mix: []float64{.09, .11, .08, .14, .07, .13, .08, .09, .1, .11},
	}
}

var (
	cifarPods    = []string{"model-serving-10494-7d4b9-abcde", "model-serving-10494-7d4b9-fghij"}
	cifarPids    = []string{"17", "18"}
	cifarClasses = []string{"Airplane", "Automobile", "Bird", "Cat", "Deer", "Dog", "Frog", "Horse", "Ship", "Truck"}
	pythonBounds = []float64{.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10}
	deciles      = []float64{0, .1, .2, .3, .4, .5, .6, .7, .8, .9, 1}
)

// series of the model in the weather `before`, and `after` from the fault on.
func (before cifar) series(after cifar) []enginetest.Series {
	server, cluster := world{gone: !after.up}, world{gone: after.gone}
	counter := func(series string, perSecond func(cifar) float64) {
		server.counter(series, perSecond(before), perSecond(after))
	}
	for _, name := range cifarPods {
		target := fmt.Sprintf(`service="model-serving-10494",job="model-serving-10494",pod="%s"`, name)
		cluster.targetThat(after.up, target)
		cluster.pod("ml", name, before.pod, after.pod)
		for _, pid := range cifarPids {
			own := target + `,pid="` + pid + `"`
			for _, le := range append(slices.Clone(pythonBounds), math.Inf(1)) {
				counter(fmt.Sprintf(`inference_time_bucket{%s,le="%s"}`, own, bound(le)), func(w cifar) float64 { return w.rate * latencyShare(le, w.latency) })
			}
			counter(`inference_time_count{`+own+`}`, func(w cifar) float64 { return w.rate })
			counter(`inference_time_sum{`+own+`}`, func(w cifar) float64 { return w.rate * w.latency })
			for k, class := range append(slices.Clone(cifarClasses), "Unicorn") {
				share := func(w cifar) float64 {
					if k < len(w.mix) {
						return w.rate * w.mix[k] * (1 - w.extra)
					}
					return w.rate * w.extra
				}
				if k == len(cifarClasses) && before.extra+after.extra == 0 {
					continue
				}
				labels := own + `,label="` + class + `"`
				counter(`prediction_value_total{`+labels+`}`, share)
				for _, le := range append(slices.Clone(deciles), math.Inf(1)) {
					counter(fmt.Sprintf(`prediction_confidence_bucket{%s,le="%s"}`, labels, bound(le)), func(w cifar) float64 { return share(w) * math.Pow(math.Min(le, 1), w.sure) })
				}
				counter(`prediction_confidence_count{`+labels+`}`, share)
				counter(`prediction_confidence_sum{`+labels+`}`, func(w cifar) float64 { return share(w) * w.sure / (w.sure + 1) })
			}
		}
	}
	return slices.Concat(server.list, cluster.list)
}

// latencyShare is the share of answers within a bound: log-logistic around the median.
func latencyShare(le, median float64) float64 { return 1 / (1 + math.Pow(median/le, 4)) }

// bound writes a bucket's bound as Prometheus 3 stores it.
func bound(le float64) string {
	switch {
	case math.IsInf(le, 1):
		return "+Inf"
	case le == math.Trunc(le):
		return fmt.Sprintf("%.1f", le)
	}
	return fmt.Sprint(le)
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// longUnless skips a test of many seconds where they are not asked for, but for the few that are named.
func longUnless(t *testing.T, name string, short ...string) {
	t.Helper()
	if testing.Short() && !slices.Contains(short, name) {
		t.Skip("long: runs without -short, as in .ci/run")
	}
}
