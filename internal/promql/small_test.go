package promql_test

import (
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

func contract(t testing.TB) *metric.Contract {
	unit := func(name string) metric.Unit {
		u, ok := metric.Units{}.Named(name)
		if !ok {
			t.Fatalf("no unit %s", name)
		}
		return u
	}
	return metric.NewContract([]*metric.Metric{
		{Name: "req_total", Type: metric.Counter, Unit: unit("requests")},
		{Name: "err_total", Type: metric.Counter},
		{Name: "tok_total", Type: metric.Counter, Unit: unit("tokens")},
		{Name: "cpu_seconds_total", Type: metric.Counter, Unit: unit("seconds")},
		{Name: "energy_joules_total", Type: metric.Counter, Unit: unit("joules")},
		{Name: "net_bytes_total", Type: metric.Counter, Unit: unit("bytes")},
		{Name: "lat", Type: metric.Histogram, Unit: unit("seconds")},
		{Name: "score", Type: metric.NativeHistogram, Unit: unit("ratio")},
		{Name: "took", Type: metric.NativeHistogram, Unit: unit("seconds")},
		{Name: "sum_seconds", Type: metric.Summary, Unit: unit("seconds"), Quantiles: []decimal.Decimal{decimal.New(9, -1)}},
		{Name: "mem_bytes", Type: metric.Gauge, Unit: unit("bytes")},
		{Name: "limit_bytes", Type: metric.Gauge, Unit: unit("bytes")},
		{Name: "queue", Type: metric.Gauge, Unit: unit("requests")},
		{Name: "conf", Type: metric.Gauge, Unit: unit("ratio")},
		{Name: "start_time", Type: metric.Gauge, Unit: unit("timestamp")},
		{Name: "model_info", Type: metric.Info},
		{Name: "plain", Type: metric.Gauge},
	})
}

func TestUnit(t *testing.T) {
	c := contract(t)
	for in, want := range map[string]string{
		`mem_bytes`:                             "bytes",
		`unknown`:                               "",
		`plain`:                                 "",
		`err_total`:                             "count",
		`sum by (a) (rate(req_total[$window]))`: "requests/s",
		`irate(err_total[5m])`:                  "count/s",
		`rate(net_bytes_total[5m])`:             "bytes/s",
		`rate(cpu_seconds_total[5m])`:           "ratio",
		`rate(energy_joules_total[5m])`:         "watts",
		`increase(req_total[1h])`:               "requests",
		`histogram_quantile(0.9, sum by (le) (rate(lat_bucket[5m])))`: "seconds",
		`rate(lat_count[5m])`:                                                       "count/s",
		`rate(lat_bucket{le="0.1"}[5m])`:                                            "count/s",
		`sum(rate(lat_sum[5m])) / sum(rate(lat_count[5m]))`:                         "seconds",
		`increase(lat_sum[1h]) / increase(lat_count[1h])`:                           "seconds",
		`histogram_quantile(0.5, rate(score[5m]))`:                                  "ratio",
		`histogram_avg(rate(score[5m]))`:                                            "ratio",
		`histogram_count(rate(score[5m]))`:                                          "count/s",
		`histogram_fraction(0, 0.2, rate(score[5m]))`:                               "ratio",
		`histogram_sum(rate(score[5m]))`:                                            "ratio/s",
		`histogram_sum(increase(score[5m]))`:                                        "ratio",
		`sum(histogram_sum(rate(took[5m])))`:                                        "ratio",
		`histogram_avg(sum(rate(took[5m])))`:                                        "seconds",
		`histogram_stddev(rate(took[5m]))`:                                          "seconds",
		`histogram_quantile(0.9, sum by (pod) (increase(took[5m])))`:                "seconds",
		`sum(histogram_sum(rate(took[5m]))) / sum(histogram_count(rate(took[5m])))`: "seconds",
		`histogram_count(took)`:                                                     "count",
		`sum(histogram_count(increase(took[5m])))`:                                  "count",
		`histogram_count(rate(took[5m])) / histogram_count(rate(score[5m]))`:        "ratio",
		`sum(rate(took[5m]))`:                                                       "count/s",
		`sum_seconds{quantile="0.9"}`:                                               "seconds",
		`mem_bytes / limit_bytes`:                                                   "ratio",
		`100 * mem_bytes / limit_bytes`:                                             "",
		`100 * (mem_bytes / limit_bytes)`:                                           "percent",
		`mem_bytes / limit_bytes * 100`:                                             "percent",
		`1 - mem_bytes / limit_bytes`:                                               "ratio",
		`sum(rate(err_total[5m])) / sum(rate(req_total[5m]))`:                       "ratio",
		`sum(rate(tok_total[5m])) / sum(rate(req_total[5m]))`:                       "tokens",
		`queue / rate(req_total[5m])`:                                               "seconds",
		`sum(rate(lat_bucket{le="0.25"}[5m])) / sum(rate(lat_count[5m]))`:           "ratio",
		`mem_bytes + limit_bytes`:                                                   "bytes",
		`mem_bytes + queue`:                                                         "",
		`mem_bytes * 8`:                                                             "",
		`mem_bytes * on (pod) group_left (version) model_info`:                      "bytes",
		`time() - start_time`:                                                       "seconds",
		`time() - timestamp(queue)`:                                                 "seconds",
		`time()`:                                                                    "timestamp",
		`max_over_time(mem_bytes[1h])`:                                              "bytes",
		`abs(clamp_min(mem_bytes, 5))`:                                              "bytes",
		`mem_bytes > 5`:                                                             "bytes",
		`5 < mem_bytes`:                                                             "bytes",
		`mem_bytes > bool 5`:                                                        "",
		`mem_bytes or limit_bytes`:                                                  "bytes",
		`unknown or limit_bytes`:                                                    "bytes",
		`mem_bytes and queue`:                                                       "bytes",
		`count(mem_bytes)`:                                                          "count",
		`quantile(0.5, mem_bytes)`:                                                  "bytes",
		`topk(3, mem_bytes)`:                                                        "bytes",
		`stdvar(mem_bytes)`:                                                         "",
		`deriv(mem_bytes[5m])`:                                                      "bytes/s",
		`delta(mem_bytes[5m])`:                                                      "bytes",
		`-mem_bytes`:                                                                "bytes",
		`mem_bytes[5m]`:                                                             "bytes",
		`avg_over_time(rate(req_total[1m])[5m:])`:                                   "requests/s",
		`conf * queue`:                                                              "requests",
		`absent(queue)`:                                                             "",
		`scalar(sum(queue))`:                                                        "requests",
		`changes(queue[5m])`:                                                        "count",
		`{__name__="mem_bytes"}`:                                                    "bytes",
		`{__name__=~"mem.*"}`:                                                       "",
		`sum(increase(cpu_seconds_total[5m])) / sum(rate(cpu_seconds_total[5m]))`: "seconds",
		`rate(net_bytes_total[5m]) / rate(cpu_seconds_total[5m])`:                 "bytes/s",
		`vector(0)`:                           "",
		`predict_linear(mem_bytes[1h], 3600)`: "bytes",
		`sum(rate(lat_sum[$window])) / sum(rate(lat_count[$window])) > 0.3 or vector(0)`: "seconds",
		`label_replace(mem_bytes, "a", "b", "c", "d")`:                                   "bytes",
		`avg without (pod) (conf)`:                                                       "ratio",
		`sum(queue) / count(queue)`:                                                      "requests",
	} {
		if got := promql.Unit(parse(t, in).Expr(), c.Lookup).Name; got != want {
			t.Errorf("%s is in %q, want %q", in, got, want)
		}
	}
}

func TestResultLabels(t *testing.T) {
	for in, want := range map[string]string{
		`x`:                         "?",
		`rate(x[5m])`:               "?",
		`sum(x)`:                    "",
		`sum by (pod, le, pod) (x)`: "le pod",
		`sum without (pod) (x)`:     "?",
		`sum without (pod) (sum by (pod, le) (x))`:                "le",
		`histogram_quantile(0.9, sum by (pod, le) (rate(x[5m])))`: "pod",
		`topk(3, sum by (pod) (x))`:                               "pod",
		`sum (rate(x[5m]))`:                                       "",
		`histogram_count(sum by (pod) (rate(x[5m])))`:             "pod",
		`sum by (pod) (histogram_sum(rate(x[5m])))`:               "pod",
		`histogram_avg(sum(rate(x[5m])))`:                         "",
		`histogram_fraction(0, 0.2, sum by (pod) (rate(x[5m])))`:  "pod",
		`histogram_quantile(0.9, sum by (pod) (rate(x[5m])))`:     "pod",
		`topk(3, x)`:                     "?",
		`count_values("v", x)`:           "v",
		`count_values by (pod) ("v", x)`: "pod v",
		`label_replace(sum by (pod) (x), "dst", "", "pod", "")`: "dst pod",
		`sum by (pod) (x) / sum by (pod) (y)`:                   "pod",
		`sum by (pod, a) (x) / on (pod) sum by (pod, b) (y)`:    "pod",
		`x / on (pod) y`: "pod",
		`sum by (pod, a) (x) / ignoring (a) sum by (pod) (y)`: "pod",
		`sum by (pod, a) (x) * on (pod) group_left (v) y`:     "a pod v",
		`y * on (pod) group_right (v) sum by (pod, a) (x)`:    "a pod v",
		`x / sum by (pod) (y)`:                                "pod",
		`sum by (pod) (x) > 5`:                                "pod",
		`5 * sum by (pod) (x)`:                                "pod",
		`sum by (pod) (x) or sum by (node) (y)`:               "node pod",
		`sum by (pod) (x) or vector(0)`:                       "pod",
		`sum by (pod) (x) and y`:                              "pod",
		`x or vector(0)`:                                      "?",
		`vector(1)`:                                           "",
		`scalar(x)`:                                           "",
		`time()`:                                              "",
		`hour()`:                                              "",
		`absent(x{job="a", pod=~"b"})`:                        "job",
		`absent(sum by (pod) (x))`:                            "",
		`max_over_time(sum by (pod) (x)[5m:1m])`:              "pod",
		`-(sum by (pod) (x))`:                                 "pod",
		`1`:                                                   "",
		`group by (pod) (x)`:                                  "pod",
		`sort(sum by (pod) (x))`:                              "pod",
		`clamp_max(sum by (pod) (x), 5)`:                      "pod",
		`quantile by (pod) (0.5, x)`:                          "pod",
	} {
		names, known := promql.ResultLabels(parse(t, in).Expr())
		got := strings.Join(names, " ")
		if !known {
			got = "?"
		}
		if got != want {
			t.Errorf("%s has labels %q, want %q", in, got, want)
		}
	}
}

func TestResultLabelsOf(t *testing.T) {
	recorded := func(s *parser.VectorSelector) ([]string, bool) {
		return []string{"class"}, s.Name == "level:shares:rate5m"
	}
	for in, want := range map[string]string{
		`level:shares:rate5m`:                             "class",
		`level:shares:rate5m / (level:shares:rate5m > 0)`: "class",
		`sum_over_time(level:shares:rate5m[1h:5m])`:       "class",
		`last_over_time(level:shares:rate5m[20m])`:        "class",
		`sum without (class) (level:shares:rate5m)`:       "",
		`level:shares:rate5m or x`:                        "?",
		`x`:                                               "?",
	} {
		names, known := promql.ResultLabelsOf(parse(t, in).Expr(), recorded)
		got := strings.Join(names, " ")
		if !known {
			got = "?"
		}
		if got != want {
			t.Errorf("%s has labels %q, want %q", in, got, want)
		}
	}
}

func TestRecordName(t *testing.T) {
	for in, want := range map[string]string{
		`sum by (pid) (rate(prediction_value_total[5m]))`:              "prediction_value:rate5m",
		`rate(x_total[$window])`:                                       "x:rate10m",
		`increase(x_total[1h])`:                                        "x:increase1h",
		`histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m])))`:   "x:p95_rate5m",
		`histogram_quantile(0.999, sum by (le) (rate(x_bucket[5m])))`:  "x:p999_rate5m",
		`histogram_quantile(0.5, sum by (le) (rate(x_bucket[1m30s])))`: "x:p50_rate1m30s",
		`histogram_quantile(0.05, x_bucket)`:                           "x:p05",
		`histogram_quantile(1, x_bucket)`:                              "x:p100",
		`histogram_quantile($q, rate(x_bucket[5m]))`:                   "x:quantile_rate5m",
		`sum(rate(e_total[5m])) / sum(rate(r_total[5m]))`:              "e:ratio_rate5m",
		`sum(rate(x_sum[5m])) / sum(rate(x_count[5m]))`:                "x:mean_rate5m",
		`(sum(rate(x_sum[5m]))) / (sum(rate(x_count[5m])))`:            "x:mean_rate5m",
		`rate(x[5m])`:                                                             "x:rate5m",
		`sum(histogram_count(rate(x[5m])))`:                                       "x:count_rate5m",
		`sum by (pod) (histogram_sum(increase(x[$window])))`:                      "x:sum_increase10m",
		`histogram_count(x)`:                                                      "x:count",
		`histogram_avg(sum(rate(x[5m])))`:                                         "x:mean_rate5m",
		`histogram_fraction(0, 0.25, sum(rate(x[5m])))`:                           "x:fraction_rate5m",
		`histogram_stddev(rate(x[5m]))`:                                           "x:stddev_rate5m",
		`histogram_quantile(0.9, sum(rate(x[5m])))`:                               "x:p90_rate5m",
		`sum(histogram_sum(rate(x[5m]))) / sum(histogram_count(rate(x[5m])))`:     "x:mean_rate5m",
		`(histogram_sum(sum(rate(x[5m])))) / histogram_count(sum((rate(x[5m]))))`: "x:mean_rate5m",
		`histogram_sum(rate(x[5m])) / histogram_count(rate(y[5m]))`:               "x:ratio_sum_rate5m",
		`max(histogram_sum(rate(x[5m]))) / max(histogram_count(rate(x[5m])))`:     "x:ratio_max_sum_rate5m",
		`a / b`:                      "a:ratio",
		`sum(x)`:                     "x:sum",
		`max by (pod) (x)`:           "x:max",
		`max by (pod) (rate(x[5m]))`: "x:max_rate5m",
		`count(x)`:                   "x:count",
		`quantile(0.9, x)`:           "x:p90",
		`max_over_time(x[5m])`:       "x:max5m",
		`max_over_time(sum(rate(x_total[1m]))[5m:30s])`: "x:max5m_rate1m",
		`topk(3, sum by (a) (rate(x_total[5m])))`:       "x:rate5m",
		`x`:                      "x:value",
		`x > 5`:                  "x:value",
		`100 * a / b`:            "a:ratio",
		`pid:predictions:rate5m`: "predictions:value",
		`sum(vllm:tokens_total)`: "vllm_tokens:sum",
		`sum({"my.metric"})`:     "my_metric:sum",
		`vector(1)`:              ":value",
		`topk(scalar(b), a)`:     "b:value",
		`label_replace(rate(x[20h]), "a", "", "b", "")`: "x:rate20h",
		`{__name__=~"x.*"}`:                             ":value",
	} {
		m, ops := promql.RecordName(parse(t, in).Expr(), "10m")
		if got := m + ":" + ops; got != want {
			t.Errorf("%s is named %s, want %s", in, got, want)
		}
	}
}

// The mean of a gauge histogram is in the unit of what it observes.
func TestUnitOfGaugeHistogram(t *testing.T) {
	m := &metric.Metric{Name: "g", Type: metric.GaugeHistogram, Unit: metric.Unit{Name: "seconds", Grafana: "s"}}
	contract := metric.NewContract([]*metric.Metric{m})
	expr, err := promql.ParseExpr("sum(g_gsum) / sum(g_gcount)")
	if err != nil {
		t.Fatal(err)
	}
	if u := promql.Unit(expr, contract.Lookup); u != m.Unit {
		t.Errorf("%+v", u)
	}
}

// A counter that declares no unit counts things, unless its name says another one.
func TestUnitOfName(t *testing.T) {
	for name, want := range map[string]string{"errors_total": "ratio", "queue_duration_us": "", "latency_microseconds_total": "", "sent_MB": "", "bonus_total": "ratio", "status": "ratio"} {
		c := metric.NewContract([]*metric.Metric{{Name: name, Type: metric.Counter}, {Name: "requests_total", Type: metric.Counter}})
		expr, err := promql.ParseExpr("rate(" + name + "[5m]) / rate(requests_total[5m])")
		if err != nil {
			t.Fatal(err)
		}
		if u := promql.Unit(expr, c.Lookup); u.Name != want {
			t.Errorf("%s per request is %q, want %q", name, u.Name, want)
		}
	}
}
