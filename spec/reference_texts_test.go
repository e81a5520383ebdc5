package spec

const referenceIntro = `# Reference

Every key of a spec, a profile and ` + "`mlobs.yaml`" + `. This page is made of the tables that files are loaded with
(` + "`MLOBS_UPDATE=1 go test ./spec`" + ` writes it). Editors know the same from the JSON Schemas: ` + "`mlobs-gen schema`" + `.

A spec says what one model exposes and who owns it. It can be this short; profile ` + "`fastapi`" + ` brings metrics, panels and
alerts:

` + "```yaml" + `
version: mlobs/v1
model: wine-quality
owner: wine-ml
selector: {job: wine-quality-model}
uses:
  - profile: fastapi
` + "```" + `

Everything else adds to that, or changes it: an entry with the name of one that a profile or role brings changes the keys
it gives, and ` + "`omit: REASON`" + ` leaves it out.

How to read the tables:

- **slug**: lower-case letters, digits and ` + "`-`" + `; it becomes file names, labels and uids. **label**: the name of a
  label, as Prometheus has it.
- **duration**: a number and its unit, such as ` + "`90s`, `5m`, `1h30m`, `7d`" + `. A bare number is an error.
- **number**: in the unit of its metric or query, or with a suffix of its own: ` + "`0.3`, `300ms`, `85%`, `2GiB`" + `. The
  [units](#units) say which.
- **values** of a label: a list is exactly these, a number at most so many, ` + "`any`" + ` no bound. Values are text as
  written: ` + "`NO`, `1.10` and `404`" + ` need no quotes.
- **PromQL** is written without the selector of the model; every query gets it. ` + "`$window`" + ` is the ` + "`window:`" + ` beside it.
- **map: a → b** has keys of your own. A link leads to the section whose keys stand there: at ` + "`metrics.*`" + ` in every entry
  of a map, at ` + "`links[]`" + ` in every item of a list.
- Where no default is given, nothing follows from leaving a key out. An example is what may stand behind the key.

A key that the language has and this version does not is refused by name; it is not listed.

[Specs](#specs) · [Workspace](#workspace) · [Roles](#roles) · [Units](#units) · [Profiles](#profiles)
`

// referenceBlocks are longer examples, by the heading under which they stand.
var referenceBlocks = map[string]string{
	"Metric": `
` + "```yaml" + `
metrics:
  answer_seconds:
    type: histogram
    unit: seconds
    role: latency                     # panels, alerts and a signal come with it
    buckets: [50ms, 100ms, 300ms, 1s]
    labels: {path: [/predict, /explain]}
  predictions_total:
    type: counter
    role: classes
    labels: {class: [cat, dog]}
  path:answers:rate5m:                # recorded by us: type and labels follow from the query
    query: sum by (path) (rate(answer_seconds_count[5m]))
` + "```" + `
`,
	"Row": `
` + "```yaml" + `
metrics:
  predictions_total: {type: counter, labels: {class: [cat, dog]}}
dashboard:
  rows:
    - title: Predictions
      panels:
        - title: Predictions per class
          query: sum by (class) (rate(predictions_total[$window]))
          legend: "{{class}}"
` + "```" + `
`,
	"Alert": `
` + "```yaml" + `
metrics:
  answer_seconds: {type: histogram, unit: seconds}
alerts:
  - name: SlowAnswers
    query: histogram_quantile(0.9, sum by (le) (rate(answer_seconds_bucket[$window])))
    above: 300ms
    for: 5m
    severity: page
    summary: P90 of {{ $model }} is {{ $value }}
` + "```" + `
`,
	"SLO": `
` + "```yaml" + `
metrics:
  answer_seconds: {type: histogram, unit: seconds, buckets: [100ms, 300ms, 1s]}
slos:
  - name: fast
    objective: 99                     # per cent, in 30 days
    latency: {metric: answer_seconds, under: 300ms}
  - name: up
    objective: 99.9
    availability: targets
` + "```" + `
`,
	"Check": `
` + "```yaml" + `
metrics:
  predictions_total: {type: counter, labels: {class: [cat, dog]}}
checks:
  - drift: predictions_total          # the kind of the check, and the metric
    across: class
    against: {reference: {cat: 0.6, dog: 0.4}}
    alert: 0.25
  - silence: predictions_total
` + "```" + `
`,
	"Contact": `
` + "```yaml" + `
contacts:
  oncall: {slack: {channel: "#ml-oncall", url: {env: SLACK_URL}}}
  wine-ml: {email: {to: wine-ml@example.org}}
routes:                               # the first that fits
  - {severity: page, to: oncall}
  - {to: wine-ml}
` + "```" + `
`,
}

// exampleContexts say, by section and if need be by key, what must stand around an example: it takes the place of ….
var exampleContexts = map[string]string{
	"`budgets`":          "budgets: {…}",
	"`lint`":             "lint: {…}",
	"an override.owner":  "lint: {overrides: [{rules: {rate-of-gauge: off}, …}]}",
	"an override.paths":  "lint: {overrides: [{rules: {rate-of-gauge: off}, …}]}",
	"an override.rules":  "lint: {overrides: [{paths: [a], …}]}",
	"`require`":          "lint: {require: {…}}",
	"a spec":             "…",
	"a profile":          "…",
	"a workspace":        "…",
	"a workspace.routes": "contacts: {wine-ml: {email: {to: a@b.org}}}\n…",

	"a link.title":               "links: [{url: 'https://a.org', …}]",
	"a link.url":                 "links: [{title: a, …}]",
	"`scrape`":                   "scrape: {…}",
	"a pattern of runs":          "traffic: {…}",
	"an entry of `uses`":         "uses: [{profile: fastapi, …}]",
	"an entry of `uses`.profile": "uses: [{…}]",
	"`rename`":                   "uses: [{profile: fastapi, rename: {…}}]",
	"a comparison":               "metrics: {a: {type: gauge, selector: {pod: {…}}}}",

	"a metric":               "metrics: {a: {type: histogram, …}}",
	"a metric.type":          "metrics: {a: {…}}",
	"a metric.query":         "metrics: {a: {…}}",
	"a metric.buckets":       "metrics: {a: {type: histogram, unit: seconds, …}}",
	"a metric.key":           "metrics: {a: {type: info, …}}",
	"a metric.quantiles":     "metrics: {a: {type: summary, …}}",
	"a metric.across":        "metrics: {a: {type: counter, role: classes, labels: {label: any}, …}}",
	"a metric.errors":        "metrics: {a: {type: counter, role: requests, labels: {status: [2xx, 5xx]}, …}}",
	"a metric.client_errors": "metrics: {a: {type: counter, role: requests, labels: {status: [2xx, 4xx]}, …}}",
	"a metric.source":        "uses: [{profile: fastapi, selector: {namespace: ml}}]\nmetrics: {http_requests_total: {…}}",
	"a metric.omit":          "uses: [{profile: fastapi}]\nmetrics: {http_requests_total: {…}}",
	"a metric.select":        "metrics: {classes: {type: counter}, a: {of: classes, …}}",
	"a metric.renamed_to":    "metrics: {answer_duration_seconds: {type: gauge}, a: {type: gauge, until: '2', …}}",
	"a metric.of":            "metrics: {classes: {type: counter}, a: {select: undeclared, …}}",

	"`dashboard`":    "dashboard: {…}",
	"a row":          "dashboard: {rows: [{title: a, panels: [{title: a, query: up}], …}]}",
	"a row.title":    "dashboard: {rows: [{panels: [{title: a, query: up}], …}]}",
	"a row.panels":   "dashboard: {rows: [{title: a, …}]}",
	"a panel":        "dashboard: {rows: [{title: a, panels: [{title: a, query: up, …}]}]}",
	"a panel.title":  "dashboard: {rows: [{title: a, panels: [{query: up, …}]}]}",
	"a panel.query":  "dashboard: {rows: [{title: a, panels: [{title: a, …}]}]}",
	"a panel.omit":   "dashboard: {panels: [{title: a, …}]}",
	"a panel.source": "uses: [{profile: fastapi, selector: {namespace: ml}}]\ndashboard: {panels: [{title: a, …}]}",
	"a panel.limits": "alerts: [{name: SlowAnswers, query: up, below: 1}]\ndashboard: {rows: [{panels: [{title: a, query: up, …}]}]}",

	"an alert":         "alerts: [{name: A, query: up, below: 1, …}]",
	"an alert.name":    "alerts: [{query: up, below: 1, …}]",
	"an alert.panel":   "alerts: [{name: A, below: 1, …}]",
	"an alert.query":   "alerts: [{name: A, below: 1, …}]",
	"an alert.expr":    "alerts: [{name: A, …}]",
	"an alert.above":   "alerts: [{name: A, query: up, …}]",
	"an alert.below":   "alerts: [{name: A, query: up, …}]",
	"an alert.outside": "alerts: [{name: A, query: up, …}]",
	"an alert.within":  "alerts: [{name: A, query: up, …}]",
	"an alert.absent":  "alerts: [{name: A, query: up, …}]",
	"an alert.omit":    "alerts: [{name: A, …}]",
	"an alert.reduce":  "alerts: [{name: A, query: up, below: 1, over: 5m, …}]",
	"an alert.over":    "alerts: [{name: A, query: up, below: 1, reduce: max, …}]",
	"an alert.source":  "uses: [{profile: fastapi, selector: {namespace: ml}}]\nalerts: [{name: A, query: up, below: 1, …}]",

	"an SLO":              "slos: [{name: a, objective: 99, role: requests, …}]",
	"an SLO.name":         "slos: [{objective: 99, role: requests, …}]",
	"an SLO.objective":    "slos: [{name: a, role: requests, …}]",
	"an SLO.omit":         "uses: [{profile: ready}]\nslos: [{name: promised, …}]",
	"an SLO.errors":       "slos: [{name: a, objective: 99, total: up, …}]",
	"an SLO.good":         "slos: [{name: a, objective: 99, total: up, …}]",
	"an SLO.total":        "slos: [{name: a, objective: 99, good: up, …}]",
	"an SLO.role":         "slos: [{name: a, objective: 99, …}]",
	"an SLO.latency":      "slos: [{name: a, objective: 99, …}]",
	"an SLO.share":        "slos: [{name: a, objective: 99, …}]",
	"an SLO.availability": "slos: [{name: a, objective: 99, …}]",
	"an SLO.freshness":    "slos: [{name: a, objective: 99, …}]",

	"a latency objective":          "slos: [{name: a, objective: 99, latency: {under: 1s, …}}]",
	"a latency objective.under":    "slos: [{name: a, objective: 99, latency: {…}}]",
	"a share objective":            "slos: [{name: a, objective: 99, share: {metric: m, …}}]",
	"a share objective.metric":     "slos: [{name: a, objective: 99, share: {above: 1, …}}]",
	"a freshness objective.metric": "slos: [{name: a, objective: 99, freshness: {under: 1d, …}}]",
	"a freshness objective.under":  "slos: [{name: a, objective: 99, freshness: {metric: m, …}}]",

	"a check":              "checks: [{name: a, drift: a, …}]",
	"a check.drift":        "checks: [{…}]",
	"a check.confidence":   "checks: [{…}]",
	"a check.collapse":     "checks: [{…}]",
	"a check.silence":      "checks: [{…}]",
	"a check.quality":      "checks: [{…}]",
	"a check.freshness":    "checks: [{…}]",
	"a check.canary":       "checks: [{…}]",
	"a check.evaluation":   "checks: [{…}]",
	"a check.fairness":     "checks: [{…}]",
	"a check.external":     "checks: [{…}]",
	"a check.score":        "checks: [{name: a, …}]",
	"a check.name":         "checks: [{drift: a, …}]",
	"a check.omit":         "uses: [{profile: ready}]\nchecks: [{name: watched, …}]",
	"a check.except":       "checks: [{name: a, drift: [age, income], …}]",
	"a check.at_least":     "checks: [{name: a, drift: [age, income, height], …}]",
	"a check.under":        "checks: [{confidence: a, …}]",
	"a check.above":        "checks: [{confidence: a, …}]",
	"a check.valid":        "checks: [{quality: a, …}]",
	"a check.bad":          "checks: [{quality: a, …}]",
	"a check.of":           "checks: [{quality: a, …}]",
	"a check.truth":        "checks: [{evaluation: a, …}]",
	"a check.predicted":    "checks: [{evaluation: a, …}]",
	"a check.class":        "checks: [{evaluation: a, …}]",
	"a check.delay":        "checks: [{evaluation: a, …}]",
	"a check.coverage":     "checks: [{evaluation: a, …}]",
	"a check.min_coverage": "checks: [{evaluation: a, coverage: b, …}]",
	"a check.positive":     "checks: [{fairness: a, …}]",
	"a check.actual":       "checks: [{fairness: a, …}]",
	"a check.reference":    "checks: [{fairness: a, …}]",
	"a check.range":        "checks: [{external: a, …}]",
	"a check.direction":    "checks: [{external: a, …}]",
	"a check.unit":         "checks: [{name: a, score: {query: up}, …}]",

	"metrics of a role":          "checks: [{drift: {…}}]",
	"a baseline":                 "checks: [{drift: a, against: {…}}]",
	"an exception":               "checks: [{name: a, drift: [age, income], except: {age: {…}}}]",
	"the parts of an evaluation": "checks: [{evaluation: {…}}]",
	"a score":                    "checks: [{name: a, score: {query: up, …}}]",
	"a score.query":              "checks: [{name: a, score: {…}}]",

	"a tile":   "dashboard: {strip: [{title: a, query: up, …}]}",
	"a column": "dashboard: {columns: [{table: replicas, title: a, query: up, …}]}",
	"a mark":   "dashboard: {marks: [{name: a, query: up, …}]}",

	"a tile.title":          "dashboard: {strip: [{query: up, …}]}",
	"a tile.query":          "dashboard: {strip: [{title: a, …}]}",
	"a column.table":        "dashboard: {columns: [{title: a, query: up, …}]}",
	"a column.title":        "dashboard: {columns: [{table: replicas, query: up, …}]}",
	"a column.query":        "dashboard: {columns: [{table: replicas, title: a, …}]}",
	"a mark.name":           "dashboard: {marks: [{query: up, …}]}",
	"a mark.query":          "dashboard: {marks: [{name: a, …}]}",
	"a tile.limits":         "alerts: [{name: SlowAnswers, query: up, below: 1}]\ndashboard: {strip: [{title: a, query: up, …}]}",
	"a column.limits":       "alerts: [{name: SlowAnswers, query: up, below: 1}]\ndashboard: {columns: [{table: replicas, title: a, query: up, …}]}",
	"`prometheus`":          "prometheus: {…}",
	"`grafana`":             "grafana: {…}",
	"`datasource`":          "grafana: {datasource: {…}}",
	"`kubernetes`":          "kubernetes: {…}",
	"`severities`":          "severities: {…}",
	"a contact":             "contacts: {a: {…}}",
	"`slack`":               "contacts: {a: {slack: {url: {env: A}, …}}}",
	"`slack`.url":           "contacts: {a: {slack: {…}}}",
	"`email`":               "contacts: {a: {email: {…}}}",
	"`webhook`":             "contacts: {a: {webhook: {…}}}",
	"`pagerduty`":           "contacts: {a: {pagerduty: {…}}}",
	"the place of a secret": "contacts: {a: {webhook: {url: {…}}}}",
	"a route":               "contacts: {wine-ml: {email: {to: a@b.org}}}\nroutes: [{to: wine-ml, …}]",
	"a route.to":            "contacts: {wine-ml: {email: {to: a@b.org}}}\nroutes: [{…}]",
}
