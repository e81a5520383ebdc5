package examples

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
