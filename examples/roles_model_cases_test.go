package examples

// A model on two pods, without anything but the metrics of one role.
const modelHead = `
model: scorer
owner: ml
selector: {job: scorer}
replicas: {pod: 2}
`

// targets of the model, with their labels.
var scorerTargets = []string{`job="scorer",pod="scorer-0"`, `job="scorer",pod="scorer-1"`}

// Features of every type.
const fourFeatures = `
metrics:
  age_years: {type: histogram, role: feature, unit: count}
  income_dollars: {type: summary, role: feature}
  height_meters: {type: native_histogram, role: feature}
  queue_length: {type: gauge, role: feature}
`

// roleCase is one role in one form.
type roleCase struct {
	name string
	// spec is what follows the head.
	spec string
	// weather adds the series of one target; bad: in the role's fault.
	weather func(w *world, target string, bad bool)
	// fires in the fault.
	fires []string
	// panels and tiles that must be there; of a title that has ` per hour` or ` per run` behind it, that is left out.
	panels []string
}

// modelRoles are the roles of the storey `model`, each in every type that it takes.
var modelRoles = []roleCase{
	{
		name:    "output, histogram",
		spec:    `metrics: {score: {type: histogram, role: output, range: [0, 10], buckets: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}}`,
		weather: observed("score", integers, flow{1, 5, 1}, flow{1, 7, 1}),
		fires:   []string{"OutputDrift"},
		panels:  []string{"Predictions", "Predictions", "Drift", "Mean prediction", "Prediction distribution", "Predictions, middle and spread", "Predictions now against then", "Output drift"},
	},
	{
		name:    "output, native histogram",
		spec:    `metrics: {score: {type: native_histogram, role: output, range: [0, 10]}}`,
		weather: nativelyObserved("score", flow{1, 5, 1}, flow{1, 7, 1}),
		panels:  []string{"Predictions", "Predictions", "Output", "Mean prediction", "Prediction distribution", "Predictions, middle and spread"},
	},
	{
		name:    "output, summary",
		spec:    `metrics: {score: {type: summary, role: output, range: [0, 10]}}`,
		weather: summed("score", flow{1, 5, 1}, flow{1, 7, 1}),
		panels:  []string{"Predictions", "Predictions", "Output", "Mean prediction", "Mean prediction over time"},
	},
	{
		name:    "output, gauge",
		spec:    `metrics: {score: {type: gauge, role: output, range: [0, 10]}}`,
		weather: valued("score", 5, 7),
		panels:  []string{"Output", "Mean prediction", "Mean prediction over time"},
	},
	{
		name: "feature, of every type",
		spec: fourFeatures,
		weather: func(w *world, target string, bad bool) {
			observed("age_years", integers, flow{1, 5, 1}, flow{1, 7, 1})(w, target, bad)
			summed("income_dollars", flow{1, 5000, 1}, flow{1, 7000, 1})(w, target, bad)
			nativelyObserved("height_meters", flow{1, 1.7, 0.1}, flow{1, 2, 0.1})(w, target, bad)
			valued("queue_length", 5, 7)(w, target, bad)
		},
		panels: []string{"Features now against then"},
	},
	{
		name: "outcome, beside classes",
		spec: `
metrics:
  answers_total: {type: counter, role: classes, labels: {label: [cat, dog]}}
  truth_total: {type: counter, role: outcome, labels: {label: [cat, dog], truth: [cat, dog]}}
`,
		weather: func(w *world, target string, bad bool) {
			for _, class := range []string{"cat", "dog"} {
				w.counter(`answers_total{`+target+`,label="`+class+`"}`, 1, 1)
				w.counter(`truth_total{`+target+`,label="`+class+`",truth="cat"}`, 0.1, 0.1)
			}
		},
		panels: []string{"Labelled outcomes", "Share of predictions with truth"},
	},
	{
		name: "outcome, beside requests",
		spec: `
metrics:
  http_requests_total: {type: counter, role: requests}
  truth_total: {type: counter, role: outcome, labels: {truth: [cat, dog]}}
`,
		weather: func(w *world, target string, bad bool) {
			w.counter(`http_requests_total{`+target+`}`, 1, 1)
			w.counter(`truth_total{`+target+`,truth="cat"}`, 0.1, 0.1)
		},
		panels: []string{"Labelled outcomes", "Share of requests with truth"},
	},
	{
		name: "label delay, histogram",
		spec: `
metrics: {truth_age_seconds: {type: histogram, unit: seconds, role: label_delay, buckets: [60, 600, 3600, 86400]}}
alerts: [{name: LabelsLate, above: 2h}]
`,
		weather: observed("truth_age_seconds", []float64{60, 600, 3600, 86400}, flow{0.1, 600, 100}, flow{0.1, 40000, 1000}),
		fires:   []string{"LabelsLate"},
		panels:  []string{"Age of the truth"},
	},
	{
		name: "label delay, native histogram",
		spec: `
metrics: {truth_age_seconds: {type: native_histogram, unit: seconds, role: label_delay}}
alerts: [{name: LabelsLate, above: 1m}]
`,
		weather: nativelyObserved("truth_age_seconds", flow{0.1, 20, 2}, flow{0.1, 200, 2}),
		fires:   []string{"LabelsLate"},
		panels:  []string{"Age of the truth"},
	},
	{
		name: "label delay, summary",
		spec: `
metrics: {truth_age_seconds: {type: summary, unit: seconds, role: label_delay}}
alerts: [{name: LabelsLate, above: 2h}]
`,
		weather: summed("truth_age_seconds", flow{0.1, 600, 100}, flow{0.1, 80000, 1000}),
		fires:   []string{"LabelsLate"},
		panels:  []string{"Age of the truth"},
	},
	{
		name: "label delay, gauge",
		spec: `
metrics: {truth_age_seconds: {type: gauge, unit: seconds, role: label_delay}}
alerts: [{name: LabelsLate, above: 2h}]
`,
		weather: valued("truth_age_seconds", 600, 80000),
		fires:   []string{"LabelsLate"},
		panels:  []string{"Age of the truth"},
	},
	{
		name: "drift score by feature",
		spec: `
metrics: {drift_score: {type: gauge, role: drift_score, labels: {feature_name: [age, income]}}}
alerts: [{name: DriftScoreHigh, above: 0.3}]
`,
		weather: func(w *world, target string, bad bool) {
			valued(`drift_score`, 0.1, 0.1)(w, target+`,feature_name="age"`, bad)
			valued(`drift_score`, 0.1, 0.5)(w, target+`,feature_name="income"`, bad)
		},
		fires:  []string{"DriftScoreHigh"},
		panels: []string{"Drift score", "Drift score", "Drift score by feature"},
	},
	{
		name: "drift events",
		spec: `metrics: {drift_detected_total: {type: counter, role: drift_events, labels: {feature: [age, income]}}}`,
		weather: func(w *world, target string, bad bool) {
			after := 0.0
			if bad {
				after = 2.0 / 3600
			}
			w.counter(`drift_detected_total{`+target+`,feature="age"}`, 0, after)
		},
		fires:  []string{"DriftDetected"},
		panels: []string{"Drift detections", "Drift detections by feature"},
	},
	{
		name: "classes",
		spec: `metrics: {answers_total: {type: counter, role: classes, labels: {label: [cat, dog]}}}`,
		weather: func(w *world, target string, bad bool) {
			after := 0.5
			if bad {
				after = 2
			}
			w.counter(`answers_total{`+target+`,label="cat"}`, 0.5, after)
			w.counter(`answers_total{`+target+`,label="dog"}`, 1, 1)
			if bad {
				w.counter(`answers_total{`+target+`,label="fox"}`, 0, 0.2)
			}
		},
		fires:  []string{"ClassMixDrift", "UnknownClasses"},
		panels: []string{"Predictions", "Predictions", "Drift", "Class mix", "Class mix now against then", "Class mix drift"},
	},
	{
		name: "confidence, histogram",
		spec: `
metrics: {sure: {type: histogram, unit: ratio, role: confidence, buckets: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]}}
alerts: [{name: ConfidenceLow, below: 70%}]
`,
		weather: observed("sure", tenths, flow{1, 0.8, 0.05}, flow{1, 0.6, 0.05}),
		fires:   []string{"ConfidenceDropped", "ConfidenceLow"},
		panels:  []string{"Confidence", "Confidence", "Confidence distribution"},
	},
	{
		name: "confidence, native histogram",
		spec: `
metrics: {sure: {type: native_histogram, unit: ratio, role: confidence}}
alerts: [{name: ConfidenceLow, below: 70%}]
`,
		weather: nativelyObserved("sure", flow{1, 0.8, 0.05}, flow{1, 0.6, 0.05}),
		fires:   []string{"ConfidenceDropped", "ConfidenceLow"},
		panels:  []string{"Confidence", "Confidence", "Confidence distribution"},
	},
	{
		name: "confidence, summary",
		spec: `
metrics: {sure: {type: summary, unit: ratio, role: confidence}}
alerts: [{name: ConfidenceLow, below: 70%}]
`,
		weather: summed("sure", flow{1, 0.8, 0.05}, flow{1, 0.6, 0.05}),
		fires:   []string{"ConfidenceDropped", "ConfidenceLow"},
		panels:  []string{"Confidence", "Confidence"},
	},
	{
		name: "confidence, gauge",
		spec: `
metrics: {sure: {type: gauge, unit: ratio, role: confidence}}
alerts: [{name: ConfidenceLow, below: 70%}]
`,
		weather: valued("sure", 0.8, 0.6),
		fires:   []string{"ConfidenceLow"},
		panels:  []string{"Confidence", "Confidence"},
	},
}

var (
	integers = []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	tenths   = []float64{0, .1, .2, .3, .4, .5, .6, .7, .8, .9, 1}
)

// now is what a flow becomes after the fault, in good weather and bad.
func now[T any](good, fault T, bad bool) T {
	if bad {
		return fault
	}
	return good
}

func observed(name string, bounds []float64, good, fault flow) func(*world, string, bool) {
	return func(w *world, target string, bad bool) {
		w.histogram(name, target, bounds, good, now(good, fault, bad))
	}
}

func nativelyObserved(name string, good, fault flow) func(*world, string, bool) {
	return func(w *world, target string, bad bool) { w.native(name, target, good, now(good, fault, bad)) }
}

func summed(name string, good, fault flow) func(*world, string, bool) {
	return func(w *world, target string, bad bool) { w.summary(name, target, good, now(good, fault, bad)) }
}

func valued(name string, good, fault float64) func(*world, string, bool) {
	return func(w *world, target string, bad bool) { w.gauge(name+"{"+target+"}", good, now(good, fault, bad)) }
}
