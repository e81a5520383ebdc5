package examples

import (
	"fmt"
	"math"
	"slices"
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

// cifar is the weather of the CIFAR-10 model: what its servers and pods do.
type cifar struct {
	// rate of predictions per second and worker.
	rate float64
	// latency is the median in seconds, sure the sharpness of the confidence (mean = sure / (sure + 1)).
	latency, sure float64
	// mix is the share of each class; extra that of a class that nobody declared.
	mix   []float64
	extra float64
	// up and ready: the targets answer, the containers are ready. gone: the pods do not even exist.
	up, ready bool
	gone      bool
	// cpu and memory are shares of the limits; restarts per hour and pod.
	cpu, memory, restarts float64
}

func goodWeather() cifar {
	return cifar{
		rate: 3, latency: 0.04, sure: 6, up: true, ready: true, cpu: 0.3, memory: 0.5,
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
func (before cifar) series(after cifar) (list []enginetest.Series) {
	// Between the two windows nothing is read, so nothing is simulated.
	shown := func(at time.Duration) bool { return at <= 2*time.Hour || at >= begin-2*time.Hour }
	add := func(name string, sampled func(cifar) bool, value func(at time.Duration) float64) {
		list = append(list, enginetest.Series{Series: name, For: end, Func: func(at time.Duration) float64 {
			w := before
			if at >= fault {
				w = after
			}
			switch {
			case !shown(at):
				return enginetest.Gap
			case !sampled(w):
				return enginetest.Stale
			}
			return value(at)
		}})
	}
	counter := func(name string, sampled func(cifar) bool, perSecond func(cifar) float64) {
		add(name, sampled, enginetest.Then(fault, enginetest.Linear(perSecond(before)), enginetest.Linear(perSecond(after))))
	}
	gauge := func(name string, sampled func(cifar) bool, value func(cifar) float64) {
		add(name, sampled, enginetest.Switch(fault, enginetest.Constant(value(before)), enginetest.Constant(value(after))))
	}
	up := func(w cifar) bool { return w.up }
	exists := func(w cifar) bool { return !w.gone }
	for i, pod := range cifarPods {
		target := fmt.Sprintf(`service="model-serving-10494",job="model-serving-10494",pod="%s"`, pod)
		gauge(`up{`+target+`}`, exists, func(w cifar) float64 { return indicator(w.up) })
		for _, pid := range cifarPids {
			own := target + `,pid="` + pid + `"`
			for _, le := range append(slices.Clone(pythonBounds), math.Inf(1)) {
				counter(fmt.Sprintf(`inference_time_bucket{%s,le="%s"}`, own, bound(le)), up, func(w cifar) float64 { return w.rate * latencyShare(le, w.latency) })
			}
			counter(`inference_time_count{`+own+`}`, up, func(w cifar) float64 { return w.rate })
			counter(`inference_time_sum{`+own+`}`, up, func(w cifar) float64 { return w.rate * w.latency })
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
				counter(`prediction_value_total{`+labels+`}`, up, share)
				for _, le := range append(slices.Clone(deciles), math.Inf(1)) {
					counter(fmt.Sprintf(`prediction_confidence_bucket{%s,le="%s"}`, labels, bound(le)), up, func(w cifar) float64 { return share(w) * math.Pow(math.Min(le, 1), w.sure) })
				}
				counter(`prediction_confidence_count{`+labels+`}`, up, share)
				counter(`prediction_confidence_sum{`+labels+`}`, up, func(w cifar) float64 { return share(w) * w.sure / (w.sure + 1) })
			}
		}
		own := fmt.Sprintf(`namespace="ml",pod="%s"`, pod)
		container := own + `,container="model"`
		counter(`container_cpu_usage_seconds_total{`+container+`}`, exists, func(w cifar) float64 { return 2 * w.cpu })
		// A sidecar without limits, and the cgroup of the pod: neither may hide or add to the model's share.
		counter(`container_cpu_usage_seconds_total{`+own+`,container="proxy"}`, exists, func(cifar) float64 { return 0.1 })
		gauge(`container_memory_working_set_bytes{`+own+`,container="proxy"}`, exists, func(cifar) float64 { return 1 << 26 })
		gauge(`kube_pod_container_resource_limits{`+own+`,container="proxy",resource="memory",unit="byte"}`, exists, func(cifar) float64 { return 1 << 30 })
		counter(`container_cpu_usage_seconds_total{`+own+`,container=""}`, exists, func(w cifar) float64 { return 2 * w.cpu })
		gauge(`container_memory_working_set_bytes{`+container+`}`, exists, func(w cifar) float64 { return w.memory * (1 << 30) })
		counter(`container_network_receive_bytes_total{`+own+`,interface="eth0"}`, exists, func(w cifar) float64 { return w.rate * 3200 })
		counter(`container_network_transmit_bytes_total{`+own+`,interface="eth0"}`, exists, func(w cifar) float64 { return w.rate * 420 })
		gauge(`kube_pod_container_resource_limits{`+container+`,resource="cpu",unit="core"}`, exists, func(cifar) float64 { return 2 })
		gauge(`kube_pod_container_resource_limits{`+container+`,resource="memory",unit="byte"}`, exists, func(cifar) float64 { return 1 << 30 })
		gauge(`kube_pod_container_status_ready{`+container+`}`, exists, func(w cifar) float64 { return indicator(w.ready) })
		counter(`kube_pod_container_status_restarts_total{`+container+`}`, exists, func(w cifar) float64 { return w.restarts / 3600 })
		gauge(`kube_pod_status_phase{`+own+`,phase="Running"}`, exists, func(cifar) float64 { return 1 })
		gauge(`kube_pod_status_phase{`+own+`,phase="Succeeded"}`, exists, func(cifar) float64 { return 0 })
		gauge(fmt.Sprintf(`kube_pod_info{%s,node="node-%d"}`, own, i), exists, func(cifar) float64 { return 1 })
	}
	return list
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
