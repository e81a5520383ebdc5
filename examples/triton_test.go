package examples

import (
	"fmt"
	"slices"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
)

// tritonModel is the weather of one model behind a Triton server.
type tritonModel struct {
	// rate of requests per second and pod, and the share of them that fails.
	rate, failed float64
	// compute is the time of the work in seconds, queue that of waiting.
	compute, queue float64
	// unloaded: the server does not have the model any more.
	unloaded bool
}

var (
	tritonModels = []string{"resnet50", "bert-ner", "whisper-small", "ranker", "embedder"}
	fineTriton   = tritonModel{rate: 4, failed: 0.001, compute: 0.03, queue: 0.002}
)

// tritonSeries are those of the server; after is the weather of whisper-small from the fault on, and up
// says whether the server still answers then.
func tritonSeries(after tritonModel, up bool) (list []enginetest.Series) {
	server, cluster := world{gone: !up}, world{}
	for i := range 2 {
		name := fmt.Sprintf("triton-7c9d-%d", i)
		target := fmt.Sprintf(`job="triton",namespace="inference",pod="%s",instance="10.0.1.%d:8002"`, name, i)
		gpu := fmt.Sprintf(`,gpu_uuid="GPU-%d"`, i)
		cluster.targetThat(up, target)
		cluster.pod("inference", name, finePod, finePod)
		for name, value := range map[string]float64{
			"nv_gpu_utilization": 0.6, "nv_gpu_memory_used_bytes": 8 << 30, "nv_gpu_memory_total_bytes": 16 << 30, "nv_gpu_power_usage": 190,
		} {
			server.gauge(name+`{`+target+gpu+`}`, value, value)
		}
		for _, model := range tritonModels {
			x, y := fineTriton, fineTriton
			w := world{gone: !up}
			if model == "whisper-small" {
				y, w.gone = after, w.gone || after.unloaded
			}
			w.triton(target+gpu+`,model="`+model+`",version="1"`, x, y)
			list = append(list, w.list...)
		}
	}
	return slices.Concat(list, server.list, cluster.list)
}

// triton adds what the server says of a model.
func (w *world) triton(labels string, before, after tritonModel) {
	for _, c := range []struct {
		name      string
		perSecond func(tritonModel) float64
	}{
		{"nv_inference_request_success", tritonModel.ok},
		{"nv_inference_count", func(m tritonModel) float64 { return 3 * m.ok() }},
		{"nv_inference_exec_count", func(m tritonModel) float64 { return m.ok() / 2 }},
		{"nv_inference_request_duration_us", func(m tritonModel) float64 { return 1e6 * m.ok() * (m.compute + m.queue) }},
		{"nv_inference_queue_duration_us", func(m tritonModel) float64 { return 1e6 * m.ok() * m.queue }},
		{"nv_inference_compute_input_duration_us", func(m tritonModel) float64 { return 1e5 * m.ok() * m.compute }},
		{"nv_inference_compute_infer_duration_us", func(m tritonModel) float64 { return 8e5 * m.ok() * m.compute }},
		{"nv_cache_num_hits_per_model", tritonModel.ok},
		{"nv_cache_num_misses_per_model", tritonModel.ok},
		{"nv_inference_compute_output_duration_us", func(m tritonModel) float64 { return 1e5 * m.ok() * m.compute }},
	} {
		w.counter(c.name+"{"+labels+"}", c.perSecond(before), c.perSecond(after))
	}
	for _, reason := range []string{"REJECTED", "CANCELED", "BACKEND", "OTHER"} {
		bad := func(m tritonModel) float64 { return m.rate * m.failed * indicator(reason == "BACKEND") }
		if reason == "CANCELED" { // many callers give up, which is nobody's fault here
			bad = func(tritonModel) float64 { return 0.5 }
		}
		w.counter(`nv_inference_request_failure{`+labels+`,reason="`+reason+`"}`, bad(before), bad(after))
	}
	w.gauge("nv_inference_pending_request_count{"+labels+"}", 1, 1)
}

func (m tritonModel) ok() float64 { return m.rate * (1 - m.failed) }

// TestTriton: only the ill model's alert fires, with its label; what is the server's fires once.
func TestTriton(t *testing.T) {
	p := planExample(t, "triton", "models/inference-server.yaml", "")
	down := outlook{fires: []string{"TargetsDown"}, signals: map[string]float64{"Targets up": 2}}
	for _, model := range tritonModels {
		down.fires = append(down.fires, "TrafficDropped "+model)
		down.signals["Traffic change "+model] = 2
		for _, signal := range []string{"Errors ", "Latency mean ", "Queue time "} {
			down.signals[signal+model] = -1
		}
	}
	ill := func(fires, signal string) outlook {
		return outlook{fires: []string{fires + " whisper-small"}, signals: map[string]float64{signal + " whisper-small": 2}}
	}
	for name, tt := range map[string]struct {
		weather func(*tritonModel)
		up      bool
		outlook
	}{
		"good weather":     {func(*tritonModel) {}, true, outlook{}},
		"one fails":        {func(m *tritonModel) { m.failed = 0.05 }, true, ill("FailuresHigh", "Errors")},
		"one is slow":      {func(m *tritonModel) { m.compute = 0.7 }, true, ill("LatencyMeanHigh", "Latency mean")},
		"one waits":        {func(m *tritonModel) { m.queue = 0.06 }, true, ill("QueueTimeHigh", "Queue time")},
		"one has no calls": {func(m *tritonModel) { m.rate = 0.1 }, true, ill("TrafficDropped", "Traffic change")},
		"one is unloaded": {func(m *tritonModel) { m.unloaded = true }, true, outlook{fires: []string{"TrafficDropped whisper-small"}, signals: map[string]float64{
			"Traffic change whisper-small": 2, "Errors whisper-small": -1, "Latency mean whisper-small": -1, "Queue time whisper-small": -1}}},
		"server down": {func(*tritonModel) {}, false, down},
	} {
		t.Run(name, func(t *testing.T) {
			longUnless(t, name, "one is slow")
			t.Parallel()
			after := fineTriton
			tt.weather(&after)
			tt.member = "model"
			tt.check(t, p, run(t, p, tritonSeries(after, tt.up)))
		})
	}
}

// TestTritonPanels: every query returns data, whichever member the reader chooses.
func TestTritonPanels(t *testing.T) {
	p := planExample(t, "triton", "models/inference-server.yaml", "")
	s := run(t, p, tritonSeries(fineTriton, true))
	if titles := allTitles(p); !slices.Contains(titles, "Answers from the cache") || slices.Contains(titles, "First response p95") {
		t.Errorf("of the optional metrics the cache's are named: %q", titles)
	}
	for _, model := range tritonModels {
		checkQueries(t, p, s, end, map[string]string{"model": model})
	}
}
