package promql_test

import (
	"strings"
	"testing"
)

func TestNative(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`x`, `x`},
		{`rate(m[5m])`, `rate(m[5m])`},
		{`rate(other_bucket[5m])`, `rate(other_bucket[5m])`},
		{`m_total + m_bucket_count`, `m_total + m_bucket_count`},
		{`rate(m_bucket[5m])`, `rate(m[5m])`},
		{`sum by (le) (rate(m_bucket[$window]))`, `sum (rate(m[$window]))`},
		{`sum by(le)(rate(m_bucket[5m]))`, `sum(rate(m[5m]))`},
		{`sum(rate(m_bucket[5m])) by (le)`, `sum(rate(m[5m]))`},
		{`sum(rate(m_bucket[5m]))by(le)or on()x`, `sum(rate(m[5m])) or on()x`},
		{`sum by (le,) (m_bucket)`, `sum (m)`},
		{`sum by (le, "le") (m_bucket)`, `sum (m)`},
		{`sum by (pod, le) (m_bucket)`, `sum by (pod) (m)`},
		{`sum by (le, pod,) (m_bucket)`, `sum by (pod,) (m)`},
		{`sum(m_bucket) by (pod, "le", node)`, `sum(m) by (pod, node)`},
		{`avg BY (le) (sum without (pod) (irate(m_bucket[5m])))`, `avg (sum without (pod) (irate(m[5m])))`},
		{`histogram_quantile(0.9, sum by (le, pod) (sum by (le, pod, node) (increase(m_bucket{a="b"}[5m] offset 1d))))`, `histogram_quantile(0.9, sum by (pod) (sum by (pod, node) (increase(m{a="b"}[5m] offset 1d))))`},
		{`max by (pod, le) (histogram_quantile(0.9, sum by (pod, le) (rate(m_bucket[5m]))))`, `max by (pod, le) (histogram_quantile(0.9, sum by (pod) (rate(m[5m]))))`},
		{`sum by (le) (x)`, `sum by (le) (x)`},
		{`sum by (le) (rate(m_count[5m]))`, `sum by (le) (histogram_count(rate(m[5m])))`},
		{`sum(rate(m_sum[5m])) / sum(rate(m_count[5m]))`, `sum(histogram_sum(rate(m[5m]))) / sum(histogram_count(rate(m[5m])))`},
		{`rate((m_count[5m] offset 1h))`, `histogram_count(rate((m[5m] offset 1h)))`},
		{`m_count`, `histogram_count(m)`},
		{`m_count{a="b"} offset 5m @ end() > 5`, `histogram_count(m{a="b"} offset 5m @ end()) > 5`},
		{`-m_sum ^ 2`, `-histogram_sum(m) ^ 2`},
		{`max_over_time(m_count[1h:5m])`, `max_over_time(histogram_count(m)[1h:5m])`},
		{`max_over_time(rate(m_count[5m])[1h:5m])`, `max_over_time(histogram_count(rate(m[5m]))[1h:5m])`},
		{`histogram_quantile(0.9, avg_over_time(sum by (le) (m_bucket)[1h:5m]))`, `histogram_quantile(0.9, avg_over_time(sum (m)[1h:5m]))`},
		{`deriv(m_count[1h:]) + avg_over_time(m_sum[1h])`, `deriv(histogram_count(m)[1h:]) + histogram_sum(avg_over_time(m[1h]))`},
		{`absent(m_count) or absent_over_time(m_bucket[5m])`, `absent(m) or absent_over_time(m[5m])`},
		{`absent(sum by (le) (m_bucket))`, `absent(sum (m))`},
		{`time() - timestamp(m_count)`, `time() - timestamp(m)`},
		{`count_over_time(m_sum[5m])`, `count_over_time(m[5m])`},
		{`count(m_count)`, `count(histogram_count(m))`},
		{`topk(scalar(m_count), x)`, `topk(scalar(histogram_count(m)), x)`},
		{`label_replace(sum by (le) (m_bucket), "a", "$1", "b", "(.*)")`, `label_replace(sum (m), "a", "$1", "b", "(.*)")`},
		{`m_bucket * 2 + m_bucket / scalar(x)`, `m * 2 + m / scalar(x)`},
		{`2 * (m_bucket unless on (pod) m_count)`, `2 * (m unless on (pod) histogram_count(m))`},
		{`up unless on (pod) m_bucket`, `up unless on (pod) m`},
		{`m_bucket and ignoring (le, node) m_count`, `m and ignoring (le, node) histogram_count(m)`},
		{`m_bucket or m_bucket offset 1d`, `m or m offset 1d`},
		{`up unless m_count`, `up unless histogram_count(m)`},
		{`histogram_quantile(0.9, m_bucket or on () x)`, `histogram_quantile(0.9, m or on () x)`},
		{`sum by (le) (rate(m_bucket[5m])) / ignoring (le) group_left sum(rate(m_count[5m]))`, `sum (rate(m[5m])) / ignoring (le) group_left sum(histogram_count(rate(m[5m])))`},
		{`m_bucket - on (le, pod) m_bucket offset 1d`, `m - on (le, pod) m offset 1d`},
		{`m_bucket{le!=""}`, `m{}`},
		{`m_bucket{le!="", a="b"}`, `m{a="b"}`},
		{`m_bucket{ le=~".+" , a="b" }`, `m{a="b" }`},
		{`m_bucket{a="b", le!="+Inf"}`, `m{a="b"}`},
		{`m_bucket{a="b", le!="+Inf",}`, `m{a="b",}`},
		{`m_bucket{a="b", le!="+Inf", "le"!="8", c="d"}`, `m{a="b", c="d"}`},
		{`m_bucket{a="b",le!="+Inf",le=~".*"}`, `m{a="b"}`},
		{`m_bucket{le!="", le!="+Inf"}`, `m{}`},
		{`m_bucket{ le!="" , le!="+Inf" , }`, `m{}`},
		{`m_bucket{le!="", le=~".+", a="b", le!="8", le!="9", c="d", le!=""}`, `m{a="b", c="d"}`},
		{`on_bucket{le!="", le!="+Inf"}`, `{"on", }`},
		{`on_bucket{le!="", le!="+Inf", a="b"}`, `{"on", a="b"}`},
		{`m_count{le!="+Inf"}`, `histogram_count(m{le!="+Inf"})`},
		{`{"m_bucket"}`, `{"m"}`},
		{`{'m_bucket', le!="+Inf"}`, `{"m"}`},
		{`rate({__name__="m_sum", a="b"}[5m])`, `histogram_sum(rate({__name__="m", a="b"}[5m]))`},
		{`rate(on_count{a="b"}[5m])`, `histogram_count(rate({"on", a="b"}[5m]))`},
		{`on_sum`, `histogram_sum({"on"})`},
		{`{__name__=~"m_bucket"}`, `{__name__=~"m_bucket"}`},
		{`$m_count + ${m}_count + m_$count`, `$m_count + ${m}_count + m_$count`},
		{`rate(m_count{l="$le"}[$window] offset $b) > $k`, `histogram_count(rate(m{l="$le"}[$window] offset $b)) > $k`},
		{"sum by ( # labels\n  le, # bound\n) (\n  m_bucket # the buckets\n)", "sum # labels\n # bound\n (\n  m # the buckets\n)"},
		{"sum(m_bucket) by # x\n (le # y\n) # z", "sum(m) # x\n # y\n # z"},
		{"sum by (\n  pod, # pod\n  le # le\n) (m_bucket)", "sum by (\n  pod # pod\n   # le\n) (m)"},
		{"m_count # }\n{ # {\n a=\"b\", # ,\n} offset # o\n 5m # end", "histogram_count(m # }\n{ # {\n a=\"b\", # ,\n} offset # o\n 5m) # end"},
		{"m_bucket{ # one\n  le!=\"\", # two\n  a=\"b\"}", "m{ # one\n # two\n  a=\"b\"}"},
		{"m_bucket{ # one\n le!=\"\", # two\n le!=\"8\" # three\n , # four\n le!=\"9\" # five\n}", "m{ # one\n # two\n # three\n # four\n # five\n}"},
	} {
		q := parse(t, tt.in)
		got, err := q.Native("m", "on")
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		if got.Text() != tt.want {
			t.Errorf("%s\ngot  %q\nwant %q", tt.in, got.Text(), tt.want)
		}
		if (tt.in == tt.want) != (got == q) {
			t.Errorf("%s: the same query %v", tt.in, got == q)
		}
		if again, err := got.Native("m", "on"); err != nil || again != got {
			t.Errorf("%s: once more %v, %v", tt.in, again.Text(), err)
		}
	}
}

func TestNativeErrors(t *testing.T) {
	for in, want := range map[string]string{
		`m_bucket{le="0.25"}`:                              "`le=\"0.25\"` asks for buckets of `m_bucket`",
		`sum(rate(m_bucket{"le"="+Inf"}[5m]))`:             "asks for buckets",
		`sum by (le) (m_bucket{le=~"0.1|0.25|[+]Inf"})`:    "asks for buckets",
		`sum by (le) (m_bucket{le=~"0[.].+"})`:             "asks for buckets",
		`sum by (le) (m_bucket{le=~"[0-9]{5,}.*"})`:        "asks for buckets",
		`sum by (le) (m_bucket{le!="$le"})`:                "asks for buckets",
		`sum by (le) (m_bucket{le=~"$le"})`:                "asks for buckets",
		`sum by (le) (m_bucket{le=~".*5.*"})`:              "asks for buckets",
		`sum by (le) (m_bucket{le!~".*5.*"})`:              "asks for buckets",
		`sum by (le) (m_bucket{le!~"1|2"})`:                "asks for buckets",
		`sum by (le) (m_bucket{le=""})`:                    "asks for buckets",
		`sum(rate(m_bucket[5m]))`:                          "`sum` without `le` puts the buckets of a histogram together",
		`sum without (le, pod) (m_bucket)`:                 "puts the buckets",
		`sum by (pod) (sum by (le, pod) (m_bucket))`:       "puts the buckets",
		`max by (le) (m_bucket)`:                           "`max` has no meaning for native histograms",
		`count by (le) (m_bucket)`:                         "`count` has no meaning",
		`topk(3, m_bucket)`:                                "`topk` has no meaning",
		`max_over_time(m_count[5m])`:                       "`max_over_time` has no meaning",
		`deriv(m_sum[5m])`:                                 "`deriv` has no meaning",
		`count_over_time(m_bucket[5m])`:                    "`count_over_time` has no meaning",
		`abs(m_bucket)`:                                    "`abs` has no meaning",
		`scalar(m_bucket)`:                                 "`scalar` has no meaning",
		`label_replace(m_bucket, "a", "$1", "le", "(.*)")`: "`label_replace` has no meaning",
		`m_bucket > 5`:                                     "`>` has no meaning",
		`m_bucket + 5`:                                     "`+` has no meaning",
		`m_bucket / m_bucket`:                              "`/` has no meaning",
		`5 / m_bucket`:                                     "`/` has no meaning",
		`m_bucket * m_bucket`:                              "`*` has no meaning",
		`m_bucket / on (le) x`:                             "`/` matches by `le`, which a native histogram does not have: use `on` without it",
		`m_bucket * x`:                                     "`*` matches by `le`",
		`x * ignoring (pod) m_bucket`:                      "`*` matches by `le`",
		`up unless m_bucket`:                               "`unless` matches by `le`",
		`up and m_bucket`:                                  "`and` matches by `le`",
		`m_sum or m_bucket`:                                "`or` matches by `le`",
		`m_bucket unless ignoring (pod) m_count`:           "`unless` matches by `le`",
		`up unless on (pod, "le") m_bucket`:                "`unless` matches by `le`",
		`sum by (le) (m_bucket or on (pod) x)`:             "`sum` has no meaning for what is native histograms in part",
		`count_over_time((m_bucket or on (pod) x)[5m:])`:   "`count_over_time` has no meaning",
		`x * on (pod) group_left (le) m_bucket`:            "`*` takes `le`",
		`m_count[5m]`:                                      "a range of a native histogram's sum or count",
		`sum(m_count) + sum by (le) (x > m_bucket)`:        "`>` has no meaning",
	} {
		got, err := parse(t, in).Native("m")
		if err == nil || !strings.Contains(err.Error(), want) || ours(err) {
			t.Errorf("%s: %v, %v", in, got, err)
		}
	}
}
