package examples

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// wine is the weather of the wine-quality model.
type wine struct {
	// rate of calls of /predict per second and pod, the shares of them that fail and that are refused, and
	// that of health checks, per second and pod.
	rate, failed, refused, checks float64
	// latency of answers, in seconds; output is the predicted quality.
	latency, output flow
	// up: the targets answer. gone: the pods do not even exist.
	up, gone bool
	pod
}

func fineWine() wine {
	return wine{rate: 5, refused: 0.01, checks: 0.1, latency: flow{middle: 0.02, spread: 0.003}, output: flow{middle: 5.6, spread: 0.4}, up: true, pod: finePod}
}

var (
	winePods   = []string{"wine-quality-5f6d8-x5w2z", "wine-quality-5f6d8-9lfpr"}
	halfPoints = []float64{0, .5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9, 9.5, 10}
)

func (before wine) series(after wine) []enginetest.Series {
	server, cluster := world{gone: !after.up}, world{gone: after.gone}
	for i, name := range winePods {
		target := fmt.Sprintf(`namespace="models",service="wine-quality",job="wine-quality",pod="%s",instance="10.0.0.%d:8000",endpoint="http"`, name, i)
		cluster.targetThat(after.up, target)
		cluster.pod("models", name, before.pod, after.pod)
		fastAPI(&server, "fastapi_", target, "/predict", before.calls(), after.calls())
		fastAPI(&server, "fastapi_", target, "/healthcheck", calls{ok: before.checks, latency: atOnce}, calls{ok: after.checks, latency: atOnce})
		scrapes := calls{ok: 0.03, latency: flow{middle: 2, spread: 0.1}}
		fastAPI(&server, "fastapi_", target, "/metrics", scrapes, scrapes)
		server.gauge(`fastapi_inprogress{`+target+`,handler="/predict",method="POST"}`, 1, 1)
		x, y := before.output, after.output
		x.rate, y.rate = before.calls().ok, after.calls().ok
		server.histogram("fastapi_regression_model_output", target, halfPoints, x, y)
	}
	return slices.Concat(server.list, cluster.list)
}

// atOnce is the latency of what needs no model.
var atOnce = flow{middle: 0.002, spread: 0.0003}

// calls of one handler per second, by what becomes of them.
type calls struct {
	ok, refused, failed float64
	latency             flow
}

func (w wine) calls() calls {
	return calls{ok: w.rate * (1 - w.failed - w.refused), refused: w.rate * w.refused, failed: w.rate * w.failed, latency: w.latency}
}

// fastAPI adds what prometheus-fastapi-instrumentator says of a handler. A status that never comes has no
// series; errors are answered at once.
func fastAPI(w *world, prefix, target, handler string, before, after calls) {
	own := target + `,handler="` + handler + `"`
	bytesBefore, bytesAfter := flow{middle: 300}, flow{middle: 300}
	for _, s := range []struct {
		status        string
		before, after float64
		x, y          flow
	}{
		{"2xx", before.ok, after.ok, before.latency, after.latency},
		{"4xx", before.refused, after.refused, atOnce, atOnce},
		{"5xx", before.failed, after.failed, atOnce, atOnce},
	} {
		if s.before+s.after == 0 {
			continue
		}
		labels := own + `,method="POST",status="` + s.status + `"`
		w.counter(prefix+`http_requests_total{`+labels+`}`, s.before, s.after)
		s.x.rate, s.y.rate = s.before, s.after
		w.histogram(prefix+"http_request_duration_seconds", labels, pythonBounds, s.x, s.y)
		bytesBefore.rate, bytesAfter.rate = bytesBefore.rate+s.before, bytesAfter.rate+s.after
	}
	w.summary(prefix+"http_request_size_bytes", own, bytesBefore, bytesAfter)
	w.summary(prefix+"http_response_size_bytes", own, bytesBefore, bytesAfter)
}

// TestWine: each alert fires in its fault, and no other does.
func TestWine(t *testing.T) {
	p := planExample(t, "wine-quality", "models/wine-quality.yaml", "")
	noTraffic := map[string]float64{"Errors": -1, "Bad requests": -1, "Latency p50": -1, "Latency p99": -1, "Output drift": -1, "Traffic change": 2}
	with := func(more map[string]float64) map[string]float64 {
		for k, v := range noTraffic {
			more[k] = v
		}
		return more
	}
	for name, tt := range map[string]struct {
		weather func(*wine)
		outlook
	}{
		"good weather": {func(*wine) {}, outlook{}},
		// Of 13 calls 1 asks for its health, and 2 of the other 12 are bad.
		"load test":    {func(w *wine) { w.rate, w.refused, w.checks = 12, 2.0/12, 1 }, outlook{signals: map[string]float64{"Bad requests": 1}}},
		"bad requests": {func(w *wine) { w.refused = 0.3 }, outlook{fires: []string{"BadRequestsHigh"}, signals: map[string]float64{"Bad requests": 2}}},
		"errors":       {func(w *wine) { w.failed = 0.05 }, outlook{fires: []string{"ErrorsHigh"}, signals: map[string]float64{"Errors": 2}}},
		"a few errors": {func(w *wine) { w.failed = 0.01 }, outlook{signals: map[string]float64{"Errors": 1}}},
		// The budgets are as young as the rules: of the little that there was, so much is bad that at this pace both promises
		// will be broken. For a page it must be more than 14.4 % of an hour, too.
		"slow":      {func(w *wine) { w.latency = flow{middle: 0.06, spread: 0.004} }, outlook{fires: []string{"MedianLatencyBudgetBurn3d", "MedianLatencyHigh"}, signals: map[string]float64{"Latency p50": 2, "Median latency SLO": 1}}},
		"slow tail": {func(w *wine) { w.latency.spread = 0.1 }, outlook{fires: []string{"LatencyBudgetBurn1d", "LatencyBudgetBurn3d", "LatencyHigh"}, signals: map[string]float64{"Latency p99": 1, "Latency SLO": 1}}},
		"far too slow": {func(w *wine) { w.latency = flow{middle: 0.4, spread: 0.05} }, outlook{
			fires:   []string{"LatencyBudgetBurn1d", "LatencyBudgetBurn1h", "LatencyBudgetBurn3d", "LatencyBudgetBurn6h", "LatencyHigh", "MedianLatencyBudgetBurn3d", "MedianLatencyHigh"},
			signals: map[string]float64{"Latency p50": 2, "Latency p99": 1, "Latency SLO": 2, "Median latency SLO": 1}}},
		"within promise":     {func(w *wine) { w.latency = flow{middle: 0.045, spread: 0.03} }, outlook{}},
		"other wines":        {func(w *wine) { w.output = flow{middle: 6.6, spread: 0.6} }, outlook{fires: []string{"OutputDrift"}, signals: map[string]float64{"Output drift": 2}}},
		"health checks only": {func(w *wine) { w.rate = 0 }, outlook{fires: []string{"TrafficDropped"}, signals: noTraffic}},
		"targets down":       {func(w *wine) { w.up = false }, outlook{fires: []string{"TargetsDown", "TrafficDropped"}, signals: with(map[string]float64{"Targets up": 2})}},
		"gone": {func(w *wine) { w.up, w.gone = false, true }, outlook{fires: []string{"TargetsDown", "TrafficDropped"},
			signals: with(map[string]float64{"Targets up": 2, "Pods ready": -1, "CPU of limit": -1, "Memory of limit": -1})}},
		"not ready":   {func(w *wine) { w.ready = false }, outlook{fires: []string{"PodsNotReady"}, signals: map[string]float64{"Pods ready": 2}}},
		"memory full": {func(w *wine) { w.memory = 0.97 }, outlook{fires: []string{"MemoryNearLimit"}, signals: map[string]float64{"Memory of limit": 2}}},
	} {
		t.Run(name, func(t *testing.T) {
			longUnless(t, name, "other wines")
			t.Parallel()
			after := fineWine()
			tt.weather(&after)
			tt.check(t, p, run(t, p, fineWine().series(after)))
		})
	}
}

// TestWineLoadTest: of 13 calls 1 asks for its health, 10 are good and 2 are bad: of 12 that count 2 are bad,
// and none failed by fault of the server.
func TestWineLoadTest(t *testing.T) {
	longUnless(t, "load test")
	load := fineWine()
	load.rate, load.refused, load.checks = 12, 2.0/12, 1
	s := run(t, planExample(t, "wine-quality", "models/wine-quality.yaml", ""), fineWine().series(load))
	for name, want := range map[string]float64{"client_errors_ratio_rate5m": 2.0 / 12, "errors_ratio_rate5m": 0} {
		got, err := s.Value("ml_model:fastapi_http_requests:"+name, enginetest.At(end))
		if err != nil || math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %v, want %v (%v)", name, got, want, err)
		}
	}
}

// TestWinePanels: all that the hand-made dashboard showed is there, and every query returns data.
func TestWinePanels(t *testing.T) {
	longUnless(t, "panels")
	p := planExample(t, "wine-quality", "models/wine-quality.yaml", "")
	checkQueries(t, p, run(t, p, fineWine().series(fineWine())), end, nil)
	for _, title := range []string{
		"Mean prediction", "Prediction distribution", "Success", "Requests by status", "Requests in flight", "Latency", "Request size",
		"CPU, share of limit", "Memory, share of limit", "Network received and sent",
		"Response size", "Disk read and written", "Pods: existing, available, restarted",
	} {
		if !slices.Contains(allTitles(p), title) {
			t.Errorf("no panel %s", title)
		}
	}
}

// TestFastAPIVersion: the latency is read from the histogram that the version of the stack has.
func TestFastAPIVersion(t *testing.T) {
	for version, want := range map[string]string{
		"":                  "ml_model:http_request_duration_highr_seconds:p95_rate5m",
		", version: '5.0'":  "ml_model:http_request_duration_highr_seconds:p95_rate5m",
		", version: '4.10'": "ml_model:http_highr_request_duration_seconds:p95_rate5m",
	} {
		p := planInline(t, "model: m\nowner: ml\nselector: {job: m}\nuses: [{profile: fastapi"+version+"}]\n")
		if !slices.ContainsFunc(p.Records, func(r *plan.Record) bool { return r.Name == want }) {
			t.Errorf("version%q: %s is not recorded", version, want)
		}
	}
}
