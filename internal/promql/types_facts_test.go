package promql_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

func TestKindAndUnit(t *testing.T) {
	s := typesSchema(t)
	kinds := map[promql.Kind]string{
		promql.KindAny: "any", promql.KindCounter: "counter", promql.KindGauge: "gauge", promql.KindBucket: "bucket", promql.KindQuantile: "quantile",
		promql.KindRate: "rate", promql.KindIncrease: "increase", promql.KindRatio: "ratio", promql.KindHistogram: "histogram", promql.KindInfo: "info",
	}
	for in, want := range map[string]string{
		`req_total`: "counter requests", `lat_seconds_sum`: "counter seconds", `lat_seconds_bucket`: "bucket count", `queue`: "gauge requests", `score`: "histogram count",
		`batch_seconds`: "quantile seconds", `model_info`: "info ", `rate(req_total[5m])`: "rate requests/s", `sum(increase(req_total[5m]))`: "increase requests",
		`rate(busy_seconds_total[5m])`: "rate ratio", `sum(rate(err_total[5m])) / sum(rate(req_total[5m]))`: "ratio ratio", `mem_bytes / limit_bytes`: "ratio ratio",
		`histogram_quantile(0.9, rate(lat_seconds_bucket[5m]))`: "quantile seconds", `max by (a) (batch_seconds)`: "quantile seconds", `count(queue)`: "gauge count",
		`group(queue)`: "info ", `queue > 5`: "gauge requests", `queue > bool 5`: "any ", `-queue`: "gauge requests", `-req_total`: "any requests", `queue * 2`: "gauge ",
		`1 - used_ratio`: "gauge ratio", `queue or vector(0)`: "gauge requests", `queue or mem_bytes`: "gauge requests", `queue or req_total`: "any requests",
		`mem_bytes * on (a) group_left (b) model_info`: "gauge bytes", `started_total`: "any ", `time()`: "any timestamp", `deriv(mem_bytes[5m])`: "any bytes/s",
		`avg_over_time(queue[5m])`: "gauge requests", `model:req:rate5m`: "rate requests/s", `model:lat:p99`: "quantile seconds", `other:x:increase1h`: "increase ",
		`histogram_count(score)`: "counter count", `depth_gsum`: "gauge count", `req_total{code="200"} - req_total{code="500"}`: "gauge requests", `sum(model_info)`: "gauge ",
		`sgn(queue)`: "any ", `round(queue)`: "gauge requests", `abs(queue)`: "gauge requests", `avg(req_total)`: "any requests", `7`: "any ", `queue ^ 2`: "any ",
	} {
		f := promql.Analyse(parse(t, in), s, inPanel).Root
		if got := kinds[f.Kind()] + " " + f.Unit().Name; got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	q := parse(t, `sum(rate(req_total[5m])) > 5`)
	a := promql.Analyse(q, s, inPanel)
	if f := a.Of(q.Selectors()[0].Node); f.Kind() != promql.KindCounter || f.Unit().Name != "requests" {
		t.Errorf("a part: %v, %v", f.Kind(), f.Unit())
	}
}

// Reasons point at what a contract says, and at the other half of a mistake.
func TestReasonsOfTypes(t *testing.T) {
	s := typesSchema(t)
	for in, want := range map[string]string{
		`rate(queue[5m])`:                                     "queue: declared as a gauge here",
		`err_total / req_total`:                               "err_total: declared as a counter here; req_total: this is a counter, too",
		`mem_bytes + (queue)`:                                 "mem_bytes: in bytes; (queue): in requests",
		`rate(err_total[5m]) / rate(req_total[1h])`:           "[5m]: the other range",
		`lat_seconds_sum / lat_seconds_count`:                 "lat_seconds: declared as a histogram here",
		`histogram_quantile(0.5, sum(rate(score[5m]))) == .1`: "",
	} {
		list, _ := problemsOf(t, s, inPanel, in)
		if len(list) != 1 {
			t.Errorf("%s: %+v", in, list)
			continue
		}
		var got []string
		for _, r := range list[0].Reasons {
			at := in[r.Start:r.End]
			if r.Span.File != nil {
				at = r.Span.Text()
			}
			got = append(got, at+": "+r.Text)
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s: %s, want %s", in, strings.Join(got, "; "), want)
		}
	}
}

// What a message advises is what the author wrote, made right.
func TestHelpOfTypes(t *testing.T) {
	s := typesSchema(t)
	for in, want := range map[string]string{
		`sum(req_total{code="500"})`:                    `rate(req_total{code="500"}[5m])`,
		`rate(sum by (a) (req_total)[10m:1m])`:          `sum by (a) (rate(req_total[10m]))`,
		`increase(queue[1h])`:                           `delta(queue[1h])`,
		`deriv(sum(req_total) by (a) [10m:1m])`:         `sum(rate(req_total[10m])) by (a)`,
		`max_over_time(queue[1h:])`:                     `[1h:1m]`,
		`histogram_quantile(99, rate(score[5m]))`:       `0.99`,
		`rate(req_total[30s])`:                          `1m`,
		`req_total{code="5.."} * 0`:                     `code=~"5.."`,
		`avg(up == 1)`:                                  `up == bool 1`,
		`increase(req_total[1h]) == 3`:                  `round(increase(req_total[1h]))`,
		`quantile_over_time(0.5, rate(queue[5m])[1h:])`: `deriv(queue[5m])`,
	} {
		list, _ := problemsOf(t, s, inPanel, in)
		if len(list) == 0 || !strings.Contains(list[0].Help, want) {
			t.Errorf("%s: %+v, want %s", in, list, want)
		}
	}
	q := parse(t, `sum(req_total)`)
	if help := promql.Analyse(q, s, inPanel).Problems[0].Help; !strings.Contains(help, "`rate(req_total[$window])`") {
		t.Errorf("in a spec: %s", help)
	}
}

// A fix is the same selection, and leaves nothing to mend.
func TestFixesOfTexts(t *testing.T) {
	s := typesSchema(t)
	for in, want := range map[string]string{
		`queue{a=~"^web.*$"}`:                         `queue{a=~"web.*"}`,
		`queue{a !~ '^(a|b)', c="d"}`:                 `queue{a !~'(a|b)', c="d"}`,
		`queue{a=~"^a\\.b.*"}`:                        `queue{a=~"a\\.b.*"}`,
		`queue{a=~"^foo$"}`:                           `queue{a="foo"}`,
		`queue{a=~"web"}`:                             `queue{a="web"}`,
		`queue{a!~''}`:                                `queue{a!=''}`,
		"queue{a=~`1\\.5`}":                           `queue{a="1.5"}`,
		`queue{a=~"x\"y"}`:                            `queue{a="x\"y"}`,
		`label_replace(queue, "a", "", "b", "^x.*$")`: `label_replace(queue, "a", "", "b", "x.*")`,
		`rate(req_total{code="5.."}[5m])`:             `rate(req_total{code=~"5.."}[5m])`,
		`rate(req_total{code!="200|5.."}[5m])`:        `rate(req_total{code!~"200|5.."}[5m])`,
	} {
		list, short := problemsOf(t, s, inPanel, in)
		if len(list) != 1 || list[0].Fix == nil {
			t.Errorf("%s: %v", in, short)
			continue
		}
		fix := list[0].Fix
		got := in[:fix.Start] + fix.Text + in[fix.End:]
		if got != want {
			t.Errorf("%s becomes %s, want %s", in, got, want)
		}
		if _, left := problemsOf(t, s, inPanel, got); len(left) > 0 {
			t.Errorf("%s: still %v", got, left)
		}
	}
}

// Whatever is analysed, a problem stands on something and says something.
func TestProblemsStandOnText(t *testing.T) {
	s := typesSchema(t)
	check := func(text string) {
		var rep diag.Report
		q := promql.ParseForeign(textOf(text), &rep)
		if q == nil {
			return
		}
		for _, use := range []promql.Use{inPanel, inAlert, inRecord} {
			for _, p := range promql.Analyse(q, s, use).Problems {
				if p.Start < 0 || p.End > len(text) || p.Start >= p.End || strings.TrimSpace(text[p.Start:p.End]) != text[p.Start:p.End] || p.Message == "" {
					t.Errorf("%s: %+v", text, p)
				}
			}
		}
	}
	g := &generator{r: rand.New(rand.NewPCG(4, 4)), nameless: true}
	names := strings.NewReplacer("requests_total", "req_total", "h_bucket", "lat_seconds_bucket", "h_sum", "lat_seconds_sum", "h_count", "lat_seconds_count", "g{", "queue{")
	for range rounds(t, 3000) {
		check(names.Replace(g.query()))
	}
	for _, text := range []string{
		`x offset (1h + 5m) > 5`, `rate(req_total[5m * 2])`, `max_over_time(queue[1h:step()])`, `sum(queue) + fill(0) sum(up)`, `queue smoothed > 5`, `avg(rate(req_total[5m] smoothed) == 1)`,
		`rate(queue[1h] offset -(5m))`, `info(queue, {x="y"})`, `limit_ratio(0.1, req_total)`, `topk(1 + 1, req_total) > 3`, `rate((req_total)[5m:])`, `1 - avg(queue > 5)`, `queue + sum(mem_bytes)`, `rate(sum(queue)[5m:1m])`, `mem_bytes > max(lat_seconds_sum)`,
	} {
		check(text)
	}
}

func BenchmarkAnalyseTypes(b *testing.B) {
	s := &promql.Schema{}
	var queries []*promql.Query
	for _, text := range benchQueries {
		queries = append(queries, parse(b, text))
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, q := range queries {
			promql.Analyse(q, s, inPanel)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(queries)), "µs/query")
}
