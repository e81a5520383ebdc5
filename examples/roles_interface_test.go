package examples

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// roleHead begins the specs of the tests below.
const roleHead = `
model: m
owner: team
selector: {service: s}
replicas: {pod: 2}
`

// interfaceRoles are models with metrics of the roles that tell how a server does. Each line of the weather is a
// series of every copy, with its value when all is well, and one for each fault; where those are missing
// the fault does not touch it. Of a counter the value is a rate, of a histogram or summary the middle of what
// it observes three times a second, or as often as stands behind `@`; `-` is no series at all.
var interfaceRoles = map[string]struct {
	spec    string
	weather string
	// faults are the alerts that fire in each fault, then the signals that warn.
	faults []string
	// panels are the titles of what the roles show, and the columns of the table.
	panels []string
}{
	"requests": {
		spec: `
metrics:
  hits_total: {type: counter, role: requests, labels: {status: [2xx, 4xx, 5xx]}, errors: {status: 5xx}, client_errors: {status: 4xx}}
`,
		weather: `
counter hits_total{status="2xx"} 3    2.9 2.97 2   2.7 1 0.1 - 0.02
counter hits_total{status="4xx"} 0.05 0   0    1   0.3 0 0   - 0
counter hits_total{status="5xx"} 0    0.1 0.03 0   0   0 0   - 0.01
`,
		faults: []string{"ErrorsHigh", "warn Errors", "BadRequestsHigh", "warn Bad requests", "warn Traffic change", "TrafficDropped", "TrafficDropped", "TrafficDropped"},
		panels: []string{"Requests", "Errors", "Targets up", "Requests", "Errors: whose fault", "Requests by status", "Success", "Requests by pod", "Requests|Errors"},
	},
	"requests that know no failure": {
		spec: `
metrics:
  hits_total: {type: counter, role: requests}
`,
		weather: `
counter hits_total 3 0.1
`,
		faults: []string{"TrafficDropped"},
		panels: []string{"Requests", "Targets up", "Requests", "Requests by pod", "Requests"},
	},
	"requests that know faults of the server only": {
		spec: `
metrics:
  hits_total: {type: counter, role: requests, labels: {code: any}, errors: {code: {matches: 5..}}}
alerts:
  - {name: TrafficDropped, omit: tested above}
`,
		weather: `
counter hits_total{code="200"} 3 2.9
counter hits_total{code="500"} - 0.1
`,
		faults: []string{"ErrorsHigh"},
		panels: []string{"Requests", "Errors", "Targets up", "Requests", "Errors: whose fault", "Requests by status", "Success", "Requests by pod", "Requests|Errors"},
	},
	"requests now and then": {
		spec: `
traffic: sporadic
metrics:
  hits_total: {type: counter, role: requests, labels: {status: [2xx, 4xx, 5xx]}, errors: {status: 5xx}, client_errors: {status: 4xx}}
`,
		weather: `
gauge up                         1 1   1 - 0
counter hits_total{status="2xx"} 3 2.9 2 - 3
counter hits_total{status="4xx"} 0 0   1 - 0
counter hits_total{status="5xx"} 0 0.1 0 - 0
`,
		faults: []string{"ErrorsHigh", "BadRequestsHigh", "", ""},
		panels: []string{"Requests", "Errors", "Targets up", "Requests", "Errors: whose fault", "Requests by status", "Success", "Requests by pod", "Requests|Errors"},
	},
	"requests and failures": {
		spec: `
metrics:
  hits_total: {type: counter, role: requests}
  failed_total: {type: counter, role: errors}
alerts:
  - {name: TrafficDropped, omit: tested above}
`,
		weather: `
counter hits_total   3 3   3    0   0.01
counter failed_total - 0.1 0.03 0.2 0.01
`,
		faults: []string{"FailuresHigh", "warn Failures", "FailuresHigh", ""},
		panels: []string{"Requests", "Failures", "Targets up", "Requests", "Failures, share of requests", "Requests by pod", "Requests|Failures"},
	},
	"failures": {
		spec: `
metrics:
  failed_total: {type: counter, role: errors}
alerts:
  - {name: FailureRateHigh, above: 0.5}
`,
		weather: `
counter failed_total 0.1 0.3
`,
		faults: []string{"FailureRateHigh, warn Failures per second"},
		panels: []string{"Failures", "Targets up", "Failures", "Failures"},
	},
	"requests in flight": {
		spec: `
metrics:
  busy: {type: gauge, role: in_flight, labels: {method: 4}}
alerts:
  - {name: InFlightHigh, above: 20}
`,
		weather: `
gauge busy{method="POST"} 3 12
gauge busy{method="GET"}  0 0
`,
		faults: []string{"InFlightHigh, warn In flight"},
		panels: []string{"In flight", "Targets up", "Requests in flight", "Requests in flight by pod", "In flight"},
	},
	"latency": {
		spec: `
metrics:
  lat: {type: histogram, unit: seconds, buckets: python, role: latency, labels: {pid: 4}}
`,
		weather: `
histogram lat{pid="1"} 0.1 2 0.4 2@0.02 2@0.05
`,
		faults: []string{"LatencyHigh", "warn Latency p95", "", "LatencyHigh"},
		panels: []string{"Latency", "Targets up", "Latency", "Latency distribution", "Latency p95 by pod", "p95"},
	},
	"latency of a native histogram": {
		spec: `
metrics:
  lat: {type: native_histogram, unit: seconds, role: latency}
`,
		weather: `
native lat 0.1 2 0.4 2@0.02 2@0.05
`,
		faults: []string{"LatencyHigh", "warn Latency p95", "", "LatencyHigh"},
		panels: []string{"Latency", "Targets up", "Latency", "Latency distribution", "Latency p95 by pod", "p95"},
	},
	"latency of a summary": {
		spec: `
metrics:
  lat: {type: summary, unit: seconds, role: latency}
`,
		weather: `
summary lat 0.1 2 0.6 2@0.02 2@0.05
`,
		faults: []string{"MeanLatencyHigh", "warn Latency", "", "MeanLatencyHigh"},
		panels: []string{"Latency", "Targets up", "Latency", "Latency by pod", "Latency"},
	},
	"latency of a summary with quantiles": {
		spec: `
metrics:
  lat: {type: summary, unit: seconds, quantiles: [0.5, 0.95, 0.99], role: latency}
`,
		weather: `
summary lat 0.1 0.3 2 0.1 0.1@0.02
gauge lat{quantile="0.5"} 0.1 0.3 0.1
gauge lat{quantile="0.95"} 0.2 1.5 0.2 0.7 1.5
gauge lat{quantile="0.99"} 0.3 2 0.3
`,
		faults: []string{"LatencyHigh", "MeanLatencyHigh", "warn Latency p95", ""},
		panels: []string{"Latency", "Targets up", "Latency", "Latency quantiles, worst copy", "Latency by pod", "Latency"},
	},
	"latency of a summary with other quantiles": {
		spec: `
metrics:
  lat: {type: summary, unit: seconds, quantiles: [0.5, 0.9], role: latency}
`,
		weather: `
summary lat 0.1 2
gauge lat{quantile="0.5"} 0.1
gauge lat{quantile="0.9"} 0.2
`,
		faults: []string{"MeanLatencyHigh"},
		panels: []string{"Latency", "Targets up", "Latency", "Latency quantiles, worst copy", "Latency by pod", "Latency"},
	},
	"targets": {
		weather: `
gauge up 1 0 -
`,
		faults: []string{"TargetsDown", "TargetsDown"},
		panels: []string{"Targets up"},
	},
	"versions": {
		spec: `
metrics:
  about: {type: info, role: model_info, labels: {revision: any, framework: 2}}
`,
		weather: `
gauge about{revision="7",framework="torch"} 1
`,
		panels: []string{"Targets up", "Versions", "Version"},
	},
	"GPU": {
		spec: `
metrics:
  gpu_load: {type: gauge, unit: ratio, role: gpu, labels: {gpu: 4}}
alerts:
  - {name: GPUHigh, above: 95%}
`,
		weather: `
gauge gpu_load{gpu="0"} 0.6 0.99
gauge gpu_load{gpu="1"} 0.4 0.5
`,
		faults: []string{"GPUHigh, warn GPU"},
		panels: []string{"GPU", "Targets up", "GPU", "GPU by device", "GPU"},
	},
	"what has no known limit": {
		spec: `
metrics:
  heat: {type: gauge, unit: celsius, role: gpu, labels: {UUID: any}}
  cores: {type: gauge, unit: cores, role: cpu}
  used_bytes: {type: gauge, unit: bytes, role: disk, labels: {device: 4}}
`,
		weather: `
gauge heat{UUID="GPU-1"} 60 95
gauge cores 0.2 16
gauge used_bytes{device="sda"} 1e9 9e12
`,
		faults: []string{""},
		panels: []string{"Targets up", "GPU", "CPU", "Disk", "GPU by device", "CPU by pod", "Disk by device", "GPU|CPU"},
	},
	"seconds of CPU": {
		spec: `
metrics:
  process_cpu_seconds_total: {type: counter, unit: seconds, role: cpu}
`,
		weather: `
counter process_cpu_seconds_total 0.3 4
`,
		faults: []string{""},
		panels: []string{"Targets up", "CPU", "CPU by pod", "Cores"},
	},
	"CPU, memory and disk of what there is": {
		spec: `
metrics:
  load: {type: gauge, unit: ratio, role: cpu}
  full: {type: gauge, unit: ratio, role: memory}
  used: {type: gauge, unit: ratio, role: disk, labels: {mountpoint: 4}}
`,
		weather: `
gauge load 0.5 0.99 0.9 0.5  0.5
gauge full 0.5 0.5  0.9 0.97 0.5
gauge used{mountpoint="/"} 0.4 0.4 0.9 0.4 0.96
gauge used{mountpoint="/models"} 0.2
`,
		faults: []string{"CPUHigh", "warn CPU, warn Disk, warn Memory", "MemoryHigh", "DiskFull"},
		panels: []string{"CPU", "Memory", "Disk", "Targets up", "CPU", "Memory", "Disk", "CPU by pod", "Memory by pod", "Disk by device", "CPU|Memory"},
	},
	"bytes": {
		spec: `
metrics:
  rss: {type: gauge, unit: bytes, role: memory}
  sent_bytes_total: {type: counter, unit: bytes, role: network}
  received_bytes_total: {type: counter, unit: bytes, role: network}
  read_bytes_total: {type: counter, unit: bytes, role: disk, labels: {device: 4}}
`,
		weather: `
gauge rss 1e9 9e9
counter sent_bytes_total 1e4
counter received_bytes_total 2e4
counter read_bytes_total{device="sda"} 3e4
`,
		faults: []string{""},
		panels: []string{"Targets up", "Memory", "Network", "Disk traffic", "Memory by pod", "Disk traffic by device", "Memory"},
	},
	"a batch": {
		spec: `
traffic: {every: 24h}
metrics:
  rows_total: {type: counter, role: requests, labels: {outcome: [good, bad, rejected]}, errors: {outcome: bad}, client_errors: {outcome: rejected}}
  lat: {type: histogram, unit: seconds, buckets: python, role: latency}
  cpu_seconds_total: {type: counter, unit: seconds, role: cpu}
  sent_bytes_total: {type: counter, unit: bytes, role: network}
  read_bytes_total: {type: counter, unit: bytes, role: disk}
`,
		weather: `
counter rows_total{outcome="good"}     3 2.9 2 3
counter rows_total{outcome="bad"}      0 0.1 0 0
counter rows_total{outcome="rejected"} 0 0   1 0
histogram lat 0.1 0.1 0.1 2
counter cpu_seconds_total 0.3
counter sent_bytes_total 1e4
counter read_bytes_total 3e4
`,
		faults: []string{"ErrorsHigh", "BadRequestsHigh", "LatencyHigh"},
		panels: []string{"Requests", "Errors", "Latency", "Requests per run", "Errors: whose fault", "Latency", "Latency distribution", "Requests by status", "Success",
			"Latency p95 by pod", "CPU time per run", "Network per run", "Disk traffic per run", "Requests|Errors|p95"},
	},
	"failures of a batch": {
		spec: `
traffic: {every: 24h}
metrics:
  failed_total: {type: counter, role: errors}
  share: {type: gauge, unit: ratio, role: memory}
`,
		weather: `
counter failed_total 1 2
gauge share 0.5 0.5 0.99
`,
		faults: []string{"", "MemoryHigh"},
		panels: []string{"Failures", "Memory", "Failures per run", "Memory", "Memory by pod", "Failures|Memory"},
	},
}

// TestInterfaceRoles: in good weather everything that the roles show has data and no alert fires; each of
// their alerts fires in its fault, and no other does.
func TestInterfaceRoles(t *testing.T) {
	for name, tt := range interfaceRoles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := planInline(t, roleHead+tt.spec)
			if diff := cmp.Diff(tt.panels, broughtTitles(p)); diff != "" {
				t.Errorf("panels, columns last (-want +got):\n%s", diff)
			}
			pushed := strings.Contains(tt.spec, "every:")
			good := simulate(t, p, weather(t, tt.weather, 0, pushed))
			checkShown(t, p, good)
			checkLabelColumns(t, p, good)
			if fires := firing(t, good, end); len(fires) > 0 {
				t.Errorf("in good weather %v fire", fires)
			}
			for _, sample := range query(t, good, `ml_model:signal:state != 0`, end) {
				t.Errorf("in good weather signal %s is %v", sample.Metric.Get("signal"), sample.F)
			}
			untested := map[string]bool{}
			for _, a := range p.Alerts {
				untested[a.Name] = a.Name != "TargetsDown" || tt.spec == "" // that every model has it is not told again
			}
			for i, want := range tt.faults {
				s := simulate(t, p, weather(t, tt.weather, i+1, pushed))
				if got := strings.Join(append(firing(t, s, end), warned(t, s)...), ", "); got != want {
					t.Errorf("in fault %d: %q, want %q", i+1, got, want)
				}
				if early := firing(t, s, fault-interval); len(early) > 0 {
					t.Errorf("before fault %d %v fire", i+1, early)
				}
				for _, name := range strings.Split(want, ", ") {
					delete(untested, name)
				}
			}
			for name, is := range untested {
				if is {
					t.Errorf("no fault in which %s fires", name)
				}
			}
		})
	}
}

// warned are the signals that are amber in the end.
func warned(t *testing.T, s *enginetest.Storage) (list []string) {
	t.Helper()
	for _, sample := range query(t, s, `ml_model:signal:state == 1`, end) {
		list = append(list, "warn "+sample.Metric.Get("signal"))
	}
	slices.Sort(list)
	return list
}

// checkLabelColumns reports columns that show a label which the result of their query lacks.
func checkLabelColumns(t *testing.T, p *plan.Plan, s *enginetest.Storage) {
	t.Helper()
	for _, panel := range p.Dashboard.Panels {
		if !strings.HasPrefix(panel.Key, "table/") {
			continue
		}
		for i, c := range panel.Columns {
			for _, sample := range query(t, s, enginetest.Interpolate(panel.Queries[i].Expr, map[string]string{"pod": ".*", "__rate_interval": "2m"}), end) {
				if c.Label != "" && sample.Metric.Get(c.Label) == "" {
					t.Errorf("the column %s shows the label %s, which %s lacks", c.Title, c.Label, sample.Metric)
				}
			}
		}
	}
}

// simulate runs the rules of a plan, if it has any.
func simulate(t *testing.T, p *plan.Plan, series []enginetest.Series) *enginetest.Storage {
	t.Helper()
	if len(p.Alerts)+len(p.Records) == 0 {
		return enginetest.Load(t, interval, series)
	}
	return run(t, p, series)
}

// weather makes the series of the lines above: the fault of that number comes at fault; 0: none.
func weather(t *testing.T, lines string, number int, pushed bool) []enginetest.Series {
	t.Helper()
	w := &world{pushed: pushed}
	lines = "gauge scrape_samples_post_metric_relabeling 50\n" + strings.TrimSpace(lines)
	if !strings.Contains(lines, "gauge up ") {
		lines += "\ngauge up 1"
	}
	for _, line := range strings.Split(lines, "\n") {
		words := strings.Fields(line)
		kind, name, values := words[0], words[1], words[2:]
		changed := values[0]
		if len(values) > number {
			changed = values[number]
		}
		name, own, _ := strings.Cut(strings.TrimSuffix(name, "}"), "{")
		for _, pod := range []string{"m-a", "m-b"} {
			labels := fmt.Sprintf(`service="s",pod=%q`, pod)
			if pushed {
				labels = `service="s"`
			}
			if own != "" {
				labels += "," + own
			}
			series := name + "{" + labels + "}"
			switch kind {
			case "gauge":
				w.gauge(series, parseValue(t, values[0]), parseValue(t, changed))
			case "counter":
				w.rate(series, parseValue(t, values[0]), parseValue(t, changed))
			case "histogram":
				w.histogram(name, labels, pythonBounds, parseFlow(t, values[0]), parseFlow(t, changed))
			case "native":
				w.native(name, labels, parseFlow(t, values[0]), parseFlow(t, changed))
			case "summary":
				w.summary(name, labels, parseFlow(t, values[0]), parseFlow(t, changed))
			default:
				t.Fatalf("a series of kind %s", kind)
			}
			if pushed {
				break // a run has no copies
			}
		}
	}
	return w.list
}

// rate is a counter that may be absent, before the fault or after it.
func (w *world) rate(series string, before, after float64) {
	switch {
	case math.IsNaN(before) && math.IsNaN(after):
	case math.IsNaN(before): // with its first value 0, as clients have it
		w.add(series, enginetest.Switch(fault, enginetest.Constant(enginetest.Gap), enginetest.Then(fault, enginetest.Constant(0), enginetest.Linear(after))))
	case math.IsNaN(after):
		w.add(series, enginetest.Switch(fault, enginetest.Linear(before), enginetest.Constant(enginetest.Stale)))
	default:
		w.counter(series, before, after)
	}
}

func parseValue(t *testing.T, word string) float64 {
	t.Helper()
	if word == "-" {
		return enginetest.Stale
	}
	v, err := strconv.ParseFloat(word, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func parseFlow(t *testing.T, word string) flow {
	t.Helper()
	middle, rate, given := strings.Cut(word, "@")
	f := flow{3, parseValue(t, middle), parseValue(t, middle) / 10}
	if given {
		f.rate = parseValue(t, rate)
	}
	return f
}

// broughtTitles are the titles of tiles and panels that roles brought, and the columns of the tables.
func broughtTitles(p *plan.Plan) (list []string) {
	for _, panel := range p.Dashboard.Panels {
		var columns []string
		for _, c := range panel.Columns {
			columns = append(columns, c.Title)
		}
		switch {
		case strings.HasPrefix(panel.Key, "role/"):
			list = append(list, panel.Title)
		case strings.HasPrefix(panel.Key, "table/"):
			list = append(list, strings.Join(columns, "|"))
		}
	}
	return list
}

// TestDeployMark: a version that is new makes a mark, one that comes back after an outage does not.
func TestDeployMark(t *testing.T) {
	for name, tt := range map[string]struct {
		traffic, revision string
		want              []string
	}{
		"a new version":                {"continuous", "8", []string{"8"}},
		"the same version again":       {"continuous", "7", nil},
		"a new version, no traffic":    {"sporadic", "8", []string{"8"}},
		"the same version after hours": {"sporadic", "7", nil},
		"a new version of a batch":     {"{every: 24h}", "8", []string{"8"}},
		"the same version of a batch":  {"{every: 24h}", "7", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := planInline(t, roleHead+"traffic: "+tt.traffic+"\n"+`
metrics:
  about: {type: info, role: model_info, across: revision, labels: {version: 2, revision: any}}
`)
			if len(p.Dashboard.Annotations) == 0 {
				t.Fatal("no marks")
			}
			s := enginetest.Load(t, interval, []enginetest.Series{
				{Series: `about{service="s",pod="m-a",revision="7"}`, Values: "1x240 stale"},
				{Series: `about{service="s",pod="m-b",revision="` + tt.revision + `"}`, Values: "_x250 1x200"},
			})
			var marked []string
			for _, a := range p.Dashboard.Annotations {
				if a.Name != "Deploys" {
					continue
				}
				for at := 100 * interval; at <= 450*interval; at += interval {
					for _, sample := range query(t, s, enginetest.Interpolate(a.Expr, nil), at) {
						marked = append(marked, sample.Metric.Get("revision"))
					}
				}
			}
			slices.Sort(marked)
			if diff := cmp.Diff(tt.want, slices.Compact(marked)); diff != "" {
				t.Errorf("versions with a mark (-want +got):\n%s", diff)
			}
		})
	}
}
