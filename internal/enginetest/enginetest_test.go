package enginetest_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/promql"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
)

func show(v promql.Vector) string {
	var list []string
	for _, s := range v {
		list = append(list, fmt.Sprintf("%s %v", s.Metric, s.F))
	}
	return strings.Join(list, "; ")
}

func query(t *testing.T, s *enginetest.Storage, expr string, at time.Duration) string {
	t.Helper()
	v, err := s.Query(expr, enginetest.At(at))
	if err != nil {
		t.Fatal(err)
	}
	return show(v)
}

func TestNotation(t *testing.T) {
	s := enginetest.Load(t, time.Minute, []enginetest.Series{
		{Series: `a{x="1"}`, Values: `0+10x10`},
		{Series: `a{x="2"}`, Values: `5 _ 6 stale`},
		{Series: `b`, Func: func(at time.Duration) float64 { return at.Minutes() }, For: 10 * time.Minute},
		{Series: `c`, Func: enginetest.Constant(1), For: time.Minute, Interval: 10 * time.Second},
		{Series: `h`, Values: `{{schema:0 sum:3 count:2 buckets:[1 1]}}x5`},
		{Series: `g`, Func: func(at time.Duration) float64 {
			if at == 2*time.Minute {
				return enginetest.Gap
			}
			if at == 4*time.Minute {
				return enginetest.Stale
			}
			return 7
		}, For: 4 * time.Minute},
		{Series: `n`, Func: enginetest.Constant(math.NaN()), For: time.Minute},
	})
	for _, tt := range []struct {
		expr string
		at   time.Duration
		want string
	}{
		{`a`, 0, `{__name__="a", x="1"} 0; {__name__="a", x="2"} 5`},
		{`a`, time.Minute, `{__name__="a", x="1"} 10; {__name__="a", x="2"} 5`},
		{`a`, 3 * time.Minute, `{__name__="a", x="1"} 30`},
		{`b`, 5 * time.Minute, `{__name__="b"} 5`},
		{`count_over_time(c[30s])`, time.Minute, `{} 3`},
		{`histogram_count(h)`, time.Minute, `{} 2`},
		{`rate(a{x="1"}[5m]) * 60`, 10 * time.Minute, `{x="1"} 10`},
		{`count_over_time(g[10m])`, 4 * time.Minute, `{} 3`},
		{`g`, 4 * time.Minute, ``},
		{`n`, time.Minute, `{__name__="n"} NaN`},
		{`1 + 1`, 0, `{} 2`},
		{`absent(nothing{y="z"})`, 0, `{y="z"} 1`},
		{`day_of_week(vector(time()))`, 0, `{} 1`},
	} {
		if got := query(t, s, tt.expr, tt.at); got != tt.want {
			t.Errorf("%s at %v: got %s, want %s", tt.expr, tt.at, got, tt.want)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	s := enginetest.New(t)
	for _, bad := range []enginetest.Series{
		{Series: `a`}, {Series: `a{`, Values: `1`}, {Series: `a`, Values: `x`}, {Series: `a`, Func: enginetest.Constant(1)},
		{Series: `a`, Values: `1`, Func: enginetest.Constant(1), For: time.Minute},
	} {
		if err := s.Add(time.Minute, []enginetest.Series{bad}); err == nil {
			t.Errorf("%+v: no error", bad)
		}
	}
	if err := s.Add(time.Minute, []enginetest.Series{{Series: `a`, Values: `1 2`}, {Series: `a`, Values: `1`}}); err == nil {
		t.Error("samples out of order: no error")
	}
}

func TestQueryErrors(t *testing.T) {
	s := enginetest.Load(t, time.Minute, []enginetest.Series{{Series: `a{x="1"}`, Values: `1x10`}, {Series: `a{x="2"}`, Values: `1x10`}, {Series: `b{y="1"}`, Values: `1x10`}})
	for expr, want := range map[string]string{
		`a * on () b`:                          "many-to-one",
		`a + on () a`:                          "duplicate series",
		`rate(a)`:                              "expected type range vector",
		`a[5m]`:                                "the result is a matrix",
		`x[$__range]`:                          "unexpected character",
		`label_replace(a, "x", "", "x", ".*")`: "same labelset",
	} {
		if _, err := s.Query(expr, enginetest.At(time.Minute)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", expr, err)
		}
	}
}

func TestQueryRange(t *testing.T) {
	s := enginetest.Load(t, time.Minute, []enginetest.Series{{Series: `a{x="2"}`, Values: `0+1x10`}, {Series: `a{x="1"}`, Values: `0+2x10`}})
	m, err := s.QueryRange(`sum by (x) (a)`, enginetest.At(0), enginetest.At(4*time.Minute), 2*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, series := range m {
		for _, p := range series.Floats {
			got = append(got, fmt.Sprintf("%s@%v=%v", series.Metric.Get("x"), time.UnixMilli(p.T).Sub(enginetest.Start), p.F))
		}
	}
	if d := cmp.Diff([]string{"1@0s=0", "1@2m0s=4", "1@4m0s=8", "2@0s=0", "2@2m0s=2", "2@4m0s=4"}, got); d != "" {
		t.Error(d)
	}
}

const rulesFile = `
groups:
- name: ml
  interval: 30s
  labels: {team: ml}
  rules:
  - record: model:requests:rate1m
    expr: sum by (pod) (rate(requests_total[1m]))
    labels: {ml_model: m}
  - alert: TooMany
    expr: model:requests:rate1m > 5
    for: 2m
    labels: {severity: page}
    annotations: {summary: '{{ $labels.pod }} has {{ humanize $value }}'}
  - record: model:requests:twice
    expr: model:requests:rate1m * 2
- name: later
  rules:
  - record: count:alerts
    expr: count(ALERTS{alertstate="firing"}) or vector(0)
`

func TestRules(t *testing.T) {
	s := enginetest.Load(t, 15*time.Second, []enginetest.Series{
		{Series: `requests_total{pod="a"}`, Func: enginetest.Then(5*time.Minute, enginetest.Linear(1), enginetest.Linear(10)), For: 10 * time.Minute},
		{Series: `requests_total{pod="b"}`, Func: enginetest.Linear(1), For: 20 * time.Minute},
	})
	if err := s.Rules([]byte(rulesFile), enginetest.At(0), enginetest.At(20*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got, want := query(t, s, `round(model:requests:twice)`, 9*time.Minute),
		`{ml_model="m", pod="a", team="ml"} 20; {ml_model="m", pod="b", team="ml"} 2`; got != want {
		t.Errorf("got %s", got)
	}
	alerts := func(at time.Duration, list func(time.Time) ([]enginetest.Alert, error)) string {
		found, err := list(enginetest.At(at))
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(found)
	}
	fires := `[{TooMany map[ml_model:m pod:a severity:page team:ml]}]`
	for _, tt := range []struct {
		at              time.Duration
		pending, firing string
	}{
		{5 * time.Minute, `[]`, `[]`},
		{6 * time.Minute, fires, `[]`},
		{8*time.Minute + 30*time.Second, `[]`, fires},
		{15 * time.Minute, `[]`, `[]`},
	} {
		if got := alerts(tt.at, s.Pending); got != tt.pending {
			t.Errorf("pending at %v: %s", tt.at, got)
		}
		if got := alerts(tt.at, s.Firing); got != tt.firing {
			t.Errorf("firing at %v: %s", tt.at, got)
		}
	}
	if got := query(t, s, `count:alerts`, 9*time.Minute); !strings.HasSuffix(got, " 1") {
		t.Errorf("the other group has %s", got)
	}
	if got := query(t, s, `count(ALERTS_FOR_STATE)`, 9*time.Minute); got != `{} 1` {
		t.Errorf("ALERTS_FOR_STATE: %s", got)
	}
	if len(s.Sent) != 2 || s.Sent[0].Resolved || !s.Sent[1].Resolved || s.Sent[0].Annotations["summary"] != "a has 10" ||
		!s.Sent[0].At.Before(enginetest.At(9*time.Minute)) {
		t.Errorf("sent %+v", s.Sent)
	}
}

func TestRulesErrors(t *testing.T) {
	rule := func(text string) string { return "groups:\n- name: g\n  rules:\n" + text }
	for _, tt := range []struct{ name, file, want string }{
		{"syntax", rule("  - record: a\n    expr: sum(\n"), "unclosed"},
		{"unknown field", rule("  - record: a\n    exprs: a\n"), "exprs"},
		{"query fails", rule("  - record: a\n    expr: x + on () y\n"), "many-to-many"},
		{"same labels", rule("  - record: a\n    expr: x\n    labels: {l: z}\n"), "same labelset"},
		{"same labels of alerts", rule("  - alert: A\n    expr: x\n    labels: {l: z}\n"), "same labelset"},
		{"two rules, one series", rule("  - record: a\n    expr: vector(1)\n  - record: a\n    expr: vector(2)\n"), "duplicate sample"},
		{"template", rule("  - alert: A\n    expr: x\n    annotations: {s: '{{ $nope }}'}\n"), "nope"},
		{"template of a label", rule("  - alert: A\n    expr: x\n    labels: {s: '{{ humanize \"x\" }}'}\n"), "expanding template"},
	} {
		s := enginetest.Load(t, time.Minute, []enginetest.Series{
			{Series: `x{l="1"}`, Values: `1x10`}, {Series: `x{l="2"}`, Values: `1x10`}, {Series: `y{l="1"}`, Values: `1x10`}, {Series: `y{l="2"}`, Values: `1x10`},
		})
		err := s.Rules([]byte(tt.file), enginetest.At(0), enginetest.At(5*time.Minute))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err != nil && strings.Count(err.Error(), "\n") > 1 {
			t.Errorf("%s is reported again and again: %v", tt.name, err)
		}
	}
}

// A recorded series ends when its rule returns it no more.
func TestRecordedSeriesEnd(t *testing.T) {
	s := enginetest.Load(t, 15*time.Second, []enginetest.Series{{Series: `x`, Values: `1x8 stale`}})
	file := "groups:\n- name: g\n  interval: 30s\n  rules:\n  - record: r\n    expr: x\n"
	if err := s.Rules([]byte(file), enginetest.At(0), enginetest.At(5*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got := query(t, s, `r`, 2*time.Minute); got != `{__name__="r"} 1` {
		t.Errorf("got %s", got)
	}
	if got := query(t, s, `r`, 3*time.Minute); got != `` {
		t.Errorf("got %s", got)
	}
}

func TestInterpolate(t *testing.T) {
	vars := map[string]string{"__rate_interval": "1m", "pod": ".*", "baseline": "1d"}
	for in, want := range map[string]string{
		`rate(x{pod=~"$pod"}[$__rate_interval])`:               `rate(x{pod=~".*"}[1m])`,
		`x{pod=~"${pod:regex}"} offset ${baseline}`:            `x{pod=~".*"} offset 1d`,
		`x{pod=~"[[pod]]", node="[[node:csv]]"}[[[baseline]]]`: `x{pod=~".*", node="[[node:csv]]"}[1d]`,
		`$podx $pod`: `$podx .*`,
		`label_replace(x, "a", "$1", "b", "(.*)")`: `label_replace(x, "a", "$1", "b", "(.*)")`,
	} {
		if got := enginetest.Interpolate(in, vars); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", in, got, want)
		}
	}
}

func BenchmarkRules(b *testing.B) {
	for b.Loop() {
		s := enginetest.Load(b, 15*time.Second, []enginetest.Series{{Series: `requests_total{pod="a"}`, Func: enginetest.Linear(1), For: time.Hour}})
		if err := s.Rules([]byte(rulesFile), enginetest.At(0), enginetest.At(time.Hour)); err != nil {
			b.Fatal(err)
		}
	}
}
