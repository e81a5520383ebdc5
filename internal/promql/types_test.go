package promql_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// typeKinds are the problems that the pass of types finds; the interpreter finds the others.
var typeKinds = []promql.ProblemKind{
	promql.RateOfGauge, promql.DeltaOfCounter, promql.RawCounter, promql.RateOfAggregate, promql.QuantileOfRawBuckets, promql.AveragedQuantile,
	promql.MixedHistogramWindows, promql.RegexInEquality, promql.RedundantAnchor, promql.RegexWithoutPattern, promql.MissingBool,
	promql.FloatEquality, promql.UnitMismatch, promql.MixedWindows, promql.ShortRange, promql.LongWindow, promql.SubqueryWithoutStep, promql.BeyondRetention,
	promql.Irate, promql.Experimental, promql.TopKInRule, promql.QuantileOutOfRange,
}

// typesSchema declares one metric of each type, in units that differ.
func typesSchema(t testing.TB) *promql.Schema {
	unit := func(name string) metric.Unit {
		u, ok := metric.Units{}.Named(name)
		if !ok && name != "" {
			t.Fatalf("no unit %q", name)
		}
		return u
	}
	declare := func(name string, kind metric.Type, u string, labels ...metric.Label) *metric.Metric {
		file := diag.NewFile("spec.yaml", []byte(name))
		return &metric.Metric{Name: name, Type: kind, Unit: unit(u), Labels: labels, Span: diag.Span{File: file, End: len(name)}}
	}
	code := metric.Label{Name: "code", Values: metric.Values{Exactly: []string{"200", "404", "500", "503"}, AtMost: 4}}
	route := metric.Label{Name: "route", Values: metric.Values{Exactly: []string{"a|b", "c"}, AtMost: 2}}
	quantiles := declare("batch_seconds", metric.Summary, "seconds")
	quantiles.Quantiles = []decimal.Decimal{decimal.New(5, -1), decimal.New(99, -2)}
	c := metric.NewContract([]*metric.Metric{
		declare("req_total", metric.Counter, "requests", code, route, metric.Label{Name: "path"}), declare("err_total", metric.Counter, "", code),
		declare("busy_seconds_total", metric.Counter, "seconds"), declare("net_bytes_total", metric.Counter, "bytes"),
		declare("lat_seconds", metric.Histogram, "seconds", code), declare("size_bytes", metric.Histogram, "bytes"),
		declare("score", metric.NativeHistogram, "ratio"), declare("depth", metric.GaugeHistogram, "count"), quantiles,
		declare("queue", metric.Gauge, "requests"), declare("mem_bytes", metric.Gauge, "bytes"), declare("limit_bytes", metric.Gauge, "bytes"),
		declare("used_ratio", metric.Gauge, "ratio"), declare("up", metric.Gauge, ""), declare("timeout_seconds", metric.Gauge, "seconds"),
		declare("trained_timestamp_seconds", metric.Gauge, "timestamp"), declare("max_cores", metric.Gauge, "cores"),
		declare("power_watts", metric.Gauge, "watts"), declare("energy_joules_total", metric.Counter, "joules"),
		declare("model_info", metric.Info, ""), declare("req_created", metric.Counter, "timestamp"),
	})
	s := &promql.Schema{
		Lookup: c.Lookup, Names: c.Names, Closed: true, Recorded: promql.Records{},
		Scrape: 15 * time.Second, Evaluation: time.Minute, Retention: 15 * 24 * time.Hour,
	}
	for name, expr := range map[string]string{
		"model:req:rate5m": "sum by (model) (rate(req_total[5m]))", "model:req:sum": "sum by (model) (req_total)", "req:copy": "req_total",
		"model:queue:max": "max by (model) (queue)", "model:lat:p99": "histogram_quantile(0.99, sum by (model, le) (rate(lat_seconds_bucket[5m])))",
		"model:req:increase1h": "sum by (model) (increase(req_total[1h]))",
	} {
		s.Recorded.Add(name, promql.Analyse(parse(t, expr), s, promql.Use{Place: promql.InRecord}).Recorded())
	}
	s.Recorded.Add("model:other:rate5m", &promql.Recorded{})
	return s
}

// problemsOf returns what the pass of types finds in text, as its kind and the piece in between.
func problemsOf(t *testing.T, s *promql.Schema, use promql.Use, text string) (list []promql.Problem, short []string) {
	t.Helper()
	var rep diag.Report
	q := promql.ParseForeign(textOf(text), &rep)
	if q == nil {
		t.Fatalf("does not parse: %s", text)
	}
	for _, p := range promql.Analyse(q, s, use).Problems {
		if slices.Contains(typeKinds, p.Kind) {
			list = append(list, p)
			short = append(short, fmt.Sprintf("%s «%s»", p.Kind, text[p.Start:p.End]))
		}
	}
	return list, short
}

var (
	inPanel  = promql.Use{Place: promql.InPanel}
	inRecord = promql.Use{Place: promql.InRecord}
	inAlert  = promql.Use{Place: promql.InAlert, Whole: true}
	inValue  = promql.Use{Place: promql.InAlert}
)

// TestTypeProblems holds for each kind expressions that have it, with the piece that is underlined in «», and
// neighbours that have nothing.
func TestTypeProblems(t *testing.T) {
	s := typesSchema(t)
	for _, c := range typeProblems {
		for _, marked := range c.bad {
			before, rest, _ := strings.Cut(marked, "«")
			piece, after, ok := strings.Cut(rest, "»")
			if !ok {
				t.Fatalf("%s marks nothing", marked)
			}
			text := before + piece + after
			list, short := problemsOf(t, s, c.use, text)
			if want := fmt.Sprintf("%s «%s»", c.kind, piece); !slices.Equal(short, []string{want}) || list[0].Start != len(before) {
				t.Errorf("%s:\n\twant %s\n\tgot  %s", text, want, strings.Join(short, ", "))
				continue
			}
			if p := list[0]; p.Message == "" || p.Help == "" || strings.HasSuffix(p.Message, ".") || strings.HasSuffix(p.Help, ".") {
				t.Errorf("%s: %q, %q", text, p.Message, p.Help)
			}
		}
		for _, text := range c.good {
			if _, short := problemsOf(t, s, c.use, text); len(short) > 0 {
				t.Errorf("%s: %s", text, strings.Join(short, ", "))
			}
		}
	}
}
