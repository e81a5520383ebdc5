package promql_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/shopspring/decimal"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// analysisCases is ../shared/cases/analysis/cases.yaml, as far as the pass of types needs it.
type analysisCases struct {
	Schema struct {
		Scrape     string `yaml:"scrape_interval"`
		Evaluation string `yaml:"evaluation_interval"`
		Lookback   string
		Retention  string
		Targets    map[string][]string `yaml:"target_labels"`
		Metrics    map[string]struct {
			Type, Unit string
			Labels     map[string][]string
			Buckets    []string
			Quantiles  []string
		}
		Recorded map[string]string
	}
	Cases []struct{ ID, Kind, Expr, Finding string }
}

// schema is the schema of the cases.
func (c *analysisCases) schema(t testing.TB) *promql.Schema {
	t.Helper()
	duration := func(s string) time.Duration {
		d, err := model.ParseDuration(s)
		if err != nil {
			t.Fatal(err)
		}
		return time.Duration(d)
	}
	units := map[string]string{"1": "count", "timestamp_seconds": "timestamp"}
	var list []*metric.Metric
	for name, m := range c.Schema.Metrics {
		unit := m.Unit
		if u, ok := units[unit]; ok {
			unit = u
		}
		u, _ := metric.Units{}.Named(unit)
		made := &metric.Metric{Name: name, Type: metric.Type(m.Type), Unit: u}
		for l, values := range m.Labels {
			made.Labels = append(made.Labels, metric.Label{Name: l, Values: metric.Values{Exactly: values, AtMost: len(values)}})
		}
		for _, q := range m.Quantiles {
			made.Quantiles = append(made.Quantiles, decimal.RequireFromString(q))
		}
		list = append(list, made)
	}
	contract := metric.NewContract(list)
	s := &promql.Schema{
		Lookup: contract.Lookup, Names: contract.Names, Closed: true, Recorded: promql.Records{},
		Scrape: duration(c.Schema.Scrape), Evaluation: duration(c.Schema.Evaluation),
		Lookback: duration(c.Schema.Lookback), Retention: duration(c.Schema.Retention),
	}
	for name, expr := range c.Schema.Recorded {
		s.Recorded.Add(name, promql.Analyse(parse(t, expr), s, promql.Use{Place: promql.InRecord}).Recorded())
	}
	return s
}

func loadCases(t testing.TB) *analysisCases {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "cases", "analysis", "cases.yaml"))
	if err != nil {
		t.Skipf("no cases: %v", err)
	}
	var c analysisCases
	if err := yaml.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	return &c
}

// ownKinds are the problems that the pass of types finds, by their names in the cases.
var ownKinds = map[string]promql.ProblemKind{
	"E-rate-on-gauge": promql.RateOfGauge, "E-counter-without-rate": promql.RawCounter, "E-delta-on-counter": promql.DeltaOfCounter,
	"E-aggregate-of-quantiles": promql.AveragedQuantile, "E-rate-of-rate": promql.RateOfAggregate, "E-beyond-retention": promql.BeyondRetention,
	"W-topk-in-alert": promql.TopKInRule, "W-float-equality": promql.FloatEquality, "E-unit-mismatch": promql.UnitMismatch,
}

func TestTypesOfCases(t *testing.T) {
	c := loadCases(t)
	s := c.schema(t)
	underlined := map[string]string{
		"rate_summary_quantile": "rate", "counter_raw_threshold": "ml_errors_total", "delta_counter": "delta", "deriv_counter": "deriv",
		"avg_over_time_counter": "ml_predictions_total", "avg_of_summary": "avg", "sum_quantile_label": "sum", "rate_of_recorded_rate": "rate",
		"avg_over_recorded_p99": "avg_over_time", "offset_beyond_retention": "offset 30d", "alert_topk": "topk", "alert_equals_float": "==", "unit_add": "+",
	}
	found := 0
	for _, c := range c.Cases {
		use := promql.Use{Place: promql.InPanel, Whole: true}
		if c.Kind == "alert" {
			use.Place = promql.InAlert
		}
		var got []promql.Problem
		for _, p := range promql.Analyse(parse(t, c.Expr), s, use).Problems {
			if slices.Contains(typeKinds, p.Kind) {
				got = append(got, p)
			}
		}
		want, own := ownKinds[c.Finding]
		switch {
		case own && (len(got) != 1 || got[0].Kind != want || c.Expr[got[0].Start:got[0].End] != underlined[c.ID]):
			t.Errorf("%s: %s: want %s at %q, got %+v", c.ID, c.Expr, want, underlined[c.ID], got)
		case !own && len(got) > 0:
			t.Errorf("%s: %s: want nothing, got %+v", c.ID, c.Expr, got)
		case own:
			found++
		}
	}
	if found != len(underlined) {
		t.Errorf("%d cases are ours, want %d", found, len(underlined))
	}
}
