package promql_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/shopspring/decimal"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// caseFile is how the labelled cases of the analysis are written: a schema, and expressions with what is to be
// found in them.
type caseFile struct {
	Schema struct {
		ScrapeInterval     string              `yaml:"scrape_interval"`
		EvaluationInterval string              `yaml:"evaluation_interval"`
		Lookback           string              `yaml:"lookback"`
		Retention          string              `yaml:"retention"`
		TargetLabels       map[string][]string `yaml:"target_labels"`
		Metrics            map[string]struct {
			Type      string
			Unit      string
			Labels    map[string][]string
			Buckets   []string
			Quantiles []string
			Key       []string
			Range     []string
		}
		Recorded map[string]string
	}
	Cases []struct {
		ID, Kind, Expr, Finding, Engine, Why string
		ResultLabels                         *[]string `yaml:"result_labels"`
		MaxSeries                            *int      `yaml:"max_series"`
	}
}

// neutral are the names that the cases use for findings; empty: the analysis of an expression does not see it,
// lint does.
var neutral = map[string]promql.ProblemKind{
	"E-aggregate-of-quantiles": promql.AveragedQuantile, "E-beyond-retention": promql.BeyondRetention,
	"E-counter-without-rate": promql.RawCounter, "E-dead-comparison": promql.ImpossibleComparison,
	"E-delta-on-counter": promql.DeltaOfCounter, "E-duplicate-labelset": promql.DuplicateSeries,
	"E-histogram-func-on-float": promql.HistogramFunction, "E-hq-non-histogram": promql.QuantileOfNothing,
	"E-hq-without-inf": promql.QuantileWithoutInf, "E-hq-without-le": promql.QuantileWithoutLe,
	"E-include-label-missing": promql.IncludedLabel, "E-label-removed": promql.RemovedLabel,
	"E-label-unknown": promql.UnknownLabel, "E-many-to-many": promql.ManyToMany, "E-match-never": promql.JoinNeverMatches,
	"E-match-values-disjoint": promql.JoinNeverMatches, "E-matcher-value-impossible": promql.ImpossibleValue,
	"E-metric-unknown": promql.UnknownMetric, "E-rate-of-rate": promql.RateOfAggregate, "E-rate-on-gauge": promql.RateOfGauge,
	"E-scalar-of-many": promql.ScalarOfMany, "E-unit-mismatch": promql.UnitMismatch, "W-always-true": promql.AlwaysTrue,
	"W-dead-branch": promql.DeadBranch, "W-float-equality": promql.FloatEquality, "W-label-replace-duplicate": promql.DuplicateSeries,
	"W-label-replace-noop": promql.LabelReplaceNoOp, "W-label-unknown": promql.UnknownLabel, "W-missing-zero-fill": promql.MissingZero,
	"W-nan-poison": promql.NaNInAggregation, "W-or-vector-labels": promql.OrVector, "W-topk-in-alert": promql.TopKInRule,
	"W-unless-noop": promql.NoOpUnless,

	"E-alert-without-condition": "", "W-for-too-short": "",
}

func readCases(t testing.TB) *caseFile {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "cases", "analysis", "cases.yaml"))
	if os.IsNotExist(err) {
		t.Skip("the labelled cases are not at hand: ../shared/cases/analysis")
	}
	if err != nil {
		t.Fatal(err)
	}
	var file caseFile
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return &file
}

func (f *caseFile) duration(t testing.TB, text string) time.Duration {
	t.Helper()
	d, err := model.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(d)
}

func numbers(t testing.TB, texts []string) (list []decimal.Decimal) {
	t.Helper()
	for _, text := range texts {
		if text == "+Inf" {
			continue
		}
		d, err := decimal.NewFromString(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, d)
	}
	return list
}

// schema builds the schema of the cases.
func (f *caseFile) schema(t testing.TB) *promql.Schema {
	t.Helper()
	var metrics []*metric.Metric
	for _, name := range sortedKeys(f.Schema.Metrics) {
		m := f.Schema.Metrics[name]
		of := &metric.Metric{
			Name: name, Type: metric.Type(m.Type), Key: m.Key,
			Buckets: numbers(t, m.Buckets), Quantiles: numbers(t, m.Quantiles),
		}
		switch m.Unit {
		case "1":
			of.Unit = metric.Unit{}
		case "timestamp_seconds":
			of.Unit, _ = metric.Units{}.Named("timestamp")
		default:
			of.Unit, _ = metric.Units{}.Named(m.Unit)
		}
		for _, l := range sortedKeys(m.Labels) {
			of.Labels = append(of.Labels, metric.Label{Name: l, Values: metric.Values{Exactly: m.Labels[l], AtMost: len(m.Labels[l])}})
		}
		metrics = append(metrics, of)
	}
	contract := metric.NewContract(metrics)
	s := &promql.Schema{
		Lookup: contract.Lookup, Names: contract.Names, Closed: true, Targets: []promql.Targets{{}},
		Scrape: f.duration(t, f.Schema.ScrapeInterval), Evaluation: f.duration(t, f.Schema.EvaluationInterval),
		Lookback: f.duration(t, f.Schema.Lookback), Retention: f.duration(t, f.Schema.Retention),
		Recorded: promql.Records{},
	}
	for _, l := range sortedKeys(f.Schema.TargetLabels) {
		values := f.Schema.TargetLabels[l]
		s.Targets[0].Labels = append(s.Targets[0].Labels, promql.TargetLabel{Name: l, Always: true, Values: metric.Values{Exactly: values, AtMost: len(values)}})
	}
	for _, name := range sortedKeys(f.Schema.Recorded) {
		s.Recorded.Add(name, promql.Analyse(parse(t, f.Schema.Recorded[name]), s, promql.Use{Place: promql.InRecord}).Recorded())
	}
	return s
}

func sortedKeys[V any](m map[string]V) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// storage holds all series that the schema allows, for two hours and a half.
func (f *caseFile) storage(t testing.TB) *enginetest.Storage {
	t.Helper()
	s := enginetest.New(t)
	for _, name := range sortedKeys(f.Schema.Metrics) {
		m := f.Schema.Metrics[name]
		of := combine(map[string][]string{}, m.Labels, f.Schema.TargetLabels)
		switch m.Type {
		case "histogram":
			for _, l := range combine(m.Labels, f.Schema.TargetLabels, map[string][]string{"le": m.Buckets}) {
				addCounter(t, s, name+"_bucket", l)
			}
			for _, l := range of {
				addCounter(t, s, name+"_sum", l)
				addCounter(t, s, name+"_count", l)
			}
		case "summary":
			for _, l := range combine(m.Labels, f.Schema.TargetLabels, map[string][]string{"quantile": m.Quantiles}) {
				addGauge(t, s, name, l)
			}
		case "native_histogram":
			for _, l := range of {
				series := named(name, l).String()
				if err := s.Add(30*time.Second, []enginetest.Series{{Series: series, Values: "{{schema:0 sum:5 count:4 buckets:[1 2 1]}}+{{schema:0 sum:5 count:4 buckets:[1 2 1]}}x300"}}); err != nil {
					t.Fatal(err)
				}
			}
		case "counter":
			for _, l := range of {
				addCounter(t, s, name, l)
			}
		case "info":
			for _, l := range keyed(of, m.Key) {
				add(t, s, named(name, l), enginetest.Constant(1))
			}
		default:
			for _, l := range of {
				addGauge(t, s, name, l)
			}
		}
	}
	return s
}

// keyed picks one series for each value of the key, so that others of its labels take all their values.
func keyed(list []map[string]string, key []string) (out []map[string]string) {
	groups := map[string][]map[string]string{}
	var order []string
	for _, l := range list {
		k := ""
		for _, name := range key {
			k += l[name] + "\xff"
		}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], l)
	}
	for i, k := range order {
		out = append(out, groups[k][(i+i/2)%len(groups[k])])
	}
	return out
}

// combine lists all combinations of the values of labels.
func combine(lists ...map[string][]string) []map[string]string {
	out := []map[string]string{{}}
	for _, values := range lists {
		for _, name := range sortedKeys(values) {
			var more []map[string]string
			for _, l := range out {
				for _, v := range values[name] {
					m := map[string]string{name: v}
					for k, v := range l {
						m[k] = v
					}
					more = append(more, m)
				}
			}
			out = more
		}
	}
	return out
}

func named(name string, l map[string]string) labels.Labels {
	return labels.NewBuilder(labels.FromMap(l)).Set(model.MetricNameLabel, name).Labels()
}

const loaded = 150 * time.Minute

func add(t testing.TB, s *enginetest.Storage, l labels.Labels, f func(time.Duration) float64) {
	t.Helper()
	if err := s.AddFunc(l, 30*time.Second, loaded, f); err != nil {
		t.Fatal(err)
	}
}

func addCounter(t testing.TB, s *enginetest.Storage, name string, l map[string]string) {
	size := float64(1 + named(name, l).Hash()%7)
	if le, err := strconv.ParseFloat(l["le"], 64); err == nil {
		size = math.Min(le, 100)
	}
	add(t, s, named(name, l), func(at time.Duration) float64 { return at.Seconds() * size })
}

func addGauge(t testing.TB, s *enginetest.Storage, name string, l map[string]string) {
	size := float64(1 + named(name, l).Hash()%7)
	add(t, s, named(name, l), func(at time.Duration) float64 { return size + math.Sin(at.Minutes()) })
}

// TestAnalysisCases holds the analysis against all labelled cases: each has its one finding or none, and the result
// is what the engine gives where all series exist.
func TestAnalysisCases(t *testing.T) {
	file := readCases(t)
	schema, storage := file.schema(t), file.storage(t)
	for name, expr := range file.Schema.Recorded {
		recordInto(t, storage, name, expr)
	}
	if len(file.Cases) != 87 {
		t.Errorf("%d cases", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.ID, func(t *testing.T) {
			// Below: the cases want what matters for limits from below, too.
			use := promql.Use{Place: promql.InPanel, Below: true}
			if c.Kind == "alert" {
				use = promql.Use{Place: promql.InAlert, Whole: true}
			}
			a := promql.Analyse(parse(t, c.Expr), schema, use)
			want, known := neutral[c.Finding]
			if !known && c.Finding != "clean" {
				t.Fatalf("unknown finding %s", c.Finding)
			}
			checkFinding(t, a, want, c.Finding)
			checkEngine(t, a, storage, c.Expr, c.Engine)
			checkResult(t, a, storage, c.Expr, c.ResultLabels, c.MaxSeries)
		})
	}
}

// checkFinding wants exactly one problem of a kind; empty: none.
func checkFinding(t *testing.T, a *promql.Analysis, want promql.ProblemKind, finding string) {
	t.Helper()
	var got []string
	for _, p := range a.Problems {
		got = append(got, fmt.Sprintf("%s at %q: %s (%s)", p.Kind, a.Query.Text()[p.Start:p.End], p.Message, p.Help))
	}
	switch {
	case want == "" && len(got) > 0, want != "" && (len(got) != 1 || a.Problems[0].Kind != want):
		t.Errorf("want %q, got:\n%s", want, strings.Join(got, "\n"))
	case want == promql.RawCounter || want == promql.AveragedQuantile: // in a panel, and over time, it may be meant
	case want != "" && a.Problems[0].Proved != strings.HasPrefix(finding, "E-"):
		t.Errorf("%s: proved %v", finding, a.Problems[0].Proved)
	}
	t.Log(got)
}

func recordInto(t *testing.T, s *enginetest.Storage, name, expr string) {
	t.Helper()
	matrix, err := s.QueryRange(expr, enginetest.At(10*time.Minute), enginetest.At(loaded), 30*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	for _, series := range matrix {
		values := map[int64]float64{}
		for _, p := range series.Floats {
			values[p.T] = p.F
		}
		add(t, s, labels.NewBuilder(series.Metric).Set(model.MetricNameLabel, name).Labels(), func(at time.Duration) float64 {
			if v, ok := values[enginetest.At(at).UnixMilli()]; ok {
				return v
			}
			return enginetest.Gap
		})
	}
}

// checkEngine compares with what a real Prometheus does: nonempty, empty, error, any.
func checkEngine(t *testing.T, a *promql.Analysis, s *enginetest.Storage, expr, want string) {
	t.Helper()
	result, err := s.Query(expr, enginetest.At(loaded))
	switch {
	case want == "error" && err == nil, want != "error" && err != nil:
		t.Errorf("the engine says %v", err)
	case want == "empty" && len(result) > 0, want == "nonempty" && len(result) == 0:
		t.Errorf("%d series", len(result))
	}
	if a.Root.Empty() && len(result) > 0 {
		t.Errorf("the result has %d series", len(result))
	}
	if a.Root.Fails() && err == nil {
		t.Error("the engine does not fail")
	}
}

func checkResult(t *testing.T, a *promql.Analysis, s *enginetest.Storage, expr string, want *[]string, series *int) {
	t.Helper()
	if want == nil {
		return
	}
	list, closed := a.Root.Labels()
	var names []string
	if a.Root.Label(model.MetricNameLabel).Presence != promql.Never {
		names = append(names, model.MetricNameLabel)
	}
	for _, l := range list {
		names = append(names, l.Name)
	}
	if !closed || !slices.Equal(names, *want) {
		t.Errorf("labels %q (closed %v), want %q", names, closed, *want)
	}
	if series == nil {
		return
	}
	if n := a.Root.MaxSeries(); n != *series {
		t.Errorf("at most %d series, want %d", n, *series)
	}
	result, err := s.Query(expr, enginetest.At(loaded))
	if err == nil && len(result) != *series {
		t.Errorf("the engine gives %d series, want %d", len(result), *series)
	}
}
