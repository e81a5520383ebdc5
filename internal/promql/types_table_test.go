package promql_test

import "github.com/mlobs-gen/mlobs-gen/internal/promql"

// typeProblem is a kind of problem where an expression is used.
type typeProblem struct {
	kind      promql.ProblemKind
	use       promql.Use
	bad, good []string
}

var typeProblems = []typeProblem{
	{promql.RateOfGauge, inPanel, []string{
		`«rate»(queue[5m])`, `sum(«irate»(mem_bytes[5m]))`, `«increase» (queue{a="b"} [1h])`, `«rate»(batch_seconds[5m])`, `«rate»(model_info[5m])`,
		`«rate»(depth_gcount[5m])`, `«rate»(depth_bucket[5m])`, `«rate»(sum(queue)[10m:1m])`, `«rate»(count(req_total)[10m:1m])`,
		`«rate»(model:queue:max[5m])`, `«rate»(model:lat:p99[5m])`, `«rate»(req_created[5m])`, `«rate»(queue[20s])`, `«rate»(queue[5m:])`,
		`sum by (a) («rate»(max_over_time(queue[5m])[1h:5m]))`,
	}, []string{
		`rate(req_total[5m])`, `rate(lat_seconds_sum[5m])`, `rate(batch_seconds_count[5m])`, `rate(score[5m])`, `rate(lat_seconds_bucket{le="0.5"}[5m])`,
		`deriv(queue[5m])`, `delta(queue[5m])`, `rate(unknown[5m])`, `rate({__name__=~"queue|mem_bytes"}[5m])`, `rate($metric[5m])`,
		`rate(req_total[10m:1m])`, `rate(req:copy[5m])`, `changes(queue[5m])`, `rate(queue_$x[5m])`,
	}},
	{promql.DeltaOfCounter, inPanel, []string{
		`«delta»(req_total[5m])`, `sum(«deriv»(lat_seconds_count[5m]))`, `«idelta»(err_total[5m])`, `«predict_linear»(busy_seconds_total[1h], 3600)`,
		`«delta»(lat_seconds_bucket[5m])`, `«deriv»(sum(req_total)[10m:1m])`, `«delta»(score[5m])`,
	}, []string{`delta(queue[5m])`, `deriv(mem_bytes[1h])`, `predict_linear(mem_bytes[1h], 3600)`, `delta(unknown_total[5m])`, `deriv(rate(req_total[5m])[1h:1m])`, `delta(model:req:rate5m[10m])`}},
	{promql.RawCounter, inAlert, []string{
		`«req_total» > 100`, `sum(«req_total{code="500"}») > 10`, `100 < «req_total»`, `avg(«req_total») > 5`, `avg_over_time(«err_total»[1h]) > 1`,
		`sum(«lat_seconds_sum») / sum(lat_seconds_count) > 0.5`, `«err_total» / req_total > 0.1`, `queue > «req_total»`, `(«req_total» > 0) or queue > 5`,
		`«req_total» - req_total offset 1h > 5`, `max_over_time(«req_total»[1h]) - min_over_time(req_total[1h]) > 5`, `max(«req_total») != 0`,
		`«req_total» > err_total`, `max(«req_total») > bool 5`, `sum(«req_total») / 60 > 3`, `quantile(0.5, «req_total») > 5`,
	}, []string{
		`rate(req_total[5m]) > 5`, `absent(req_total)`, `resets(req_total[1h]) > 0`, `changes(req_total[1h]) > 5`, `count(req_total) > 5`,
		`count(req_total > 5) > 2`, `group(req_total) > 0 `, `queue * on (a) group_left () (req_total * 0 + 1) > 5`, `time() - timestamp(req_total) > 60`,
		`queue > 5 and req_total`, `queue > 5 and on () req_total > 0`, `queue > 5 unless req_total`, `req_total == 0`, `req_total unless req_total offset 1h`,
		`req_total`, `count_over_time(req_total[5m]) < 3`, `present_over_time(req_total[5m]) == 1`, `(req_total > 0) and rate(req_total[5m]) == 0`,
		`sum(req_total > bool 0) < 3`, `req_total < req_total offset 5m`, `time() - req_created > 600`, `unknown_total > 5`, `unknown_count > 5`,
		`sum by (a) (req_total{code="200"}) - sum by (a) (req_total{code="500"}) > 5`, `req_total - err_total > 10`, `clamp_max(req_total, 1) == 1`,
		`increase(req_total[1h]) + (min_over_time(req_total[1h]) unless (req_total offset 1h)) or increase(req_total[1h])`, `sgn(req_total) == 1`,
		`queue * on (a) group_left (b) req_total > 7`, `model:req:sum > 5`, `sum(rate(score[5m])) > 5`,
	}},
	{promql.RawCounter, inPanel, []string{`«req_total»`, `topk(5, sum by (a) («req_total»))`, `sum by (le) («lat_seconds_bucket»)`, `histogram_avg(«score»)`}, []string{`count by (a) (req_total)`, `queue`}},
	{promql.RawCounter, inRecord, []string{`sum by (a) («req_total»)`, `«req_total»`}, []string{`sum by (a) (rate(req_total[5m]))`}},
	{promql.RawCounter, inValue, []string{`«req_total»`, `sum(«req_total»)`}, []string{`increase(req_total[5m])`}},
	{promql.RawCounter, promql.Use{Place: promql.InVariable}, nil, []string{`req_total`, `sum by (a) (req_total)`}},
	{promql.RateOfAggregate, inPanel, []string{
		`«rate»(sum(req_total)[5m:1m])`, `«rate»(sum(rate(req_total[5m]))[5m:])`, `«increase»(max by (a) (req_total)[1h:1m])`, `«rate»(model:req:rate5m[5m])`,
		`«rate»(model:req:sum[5m])`, `«rate»(model:other:rate5m[5m])`, `«rate»(undeclared:x:sum_rate5m[5m])`, `«increase»(model:req:increase1h[1d])`,
		`«rate»((req_total + err_total)[10m:1m])`, `«rate»((sum(rate(err_total[5m])) / sum(rate(req_total[5m])))[1h:1m])`,
	}, []string{
		`sum(rate(req_total[5m]))`, `avg_over_time(model:req:rate5m[1h])`, `rate(rule:x[5m])`, `rate(vllm:tokens_total[5m])`, `max_over_time(rate(req_total[5m])[1h:1m])`,
		`sum_over_time(model:req:increase1h[1d:1h])`, `rate(topk(3, req_total)[10m:1m])`,
	}},
	{promql.QuantileOfRawBuckets, inAlert, []string{
		`histogram_quantile(0.9, «lat_seconds_bucket») > 1`, `histogram_quantile(0.9, sum by (le) («lat_seconds_bucket{a="b"}»)) > 1`, `histogram_quantile(0.9, «score») > 1`,
	}, []string{`histogram_quantile(0.9, rate(lat_seconds_bucket[5m])) > 1`, `histogram_quantile(0.9, depth_bucket) > 1`, `histogram_quantile(0.9, unknown_bucket) > 1`, `histogram_quantile(0.9, sum(rate(score[5m]))) > 1`}},
	{promql.AveragedQuantile, inPanel, []string{
		`«avg»(batch_seconds)`, `«sum» by (a) (batch_seconds{quantile="0.99"})`, `«avg»(histogram_quantile(0.9, sum by (le, a) (rate(lat_seconds_bucket[5m]))))`,
		`«avg»(model:lat:p99)`, `«avg_over_time»(model:lat:p99[1h])`, `«avg_over_time»(batch_seconds[5m])`, `«avg»(1000 * histogram_quantile(0.9, rate(lat_seconds_bucket[5m])))`,
		`«avg_over_time»(histogram_quantile(0.9, sum by (le) (rate(lat_seconds_bucket[5m])))[1h:1m])`, `«avg» without (a) (batch_seconds)`,
	}, []string{
		`max(batch_seconds)`, `max_over_time(model:lat:p99[1h])`, `sum(histogram_quantile(0.9, sum by (le) (rate(lat_seconds_bucket[5m]))))`,
		`sum by (a, b) (histogram_quantile(0.9, sum by (le, a) (rate(lat_seconds_bucket[5m]))))`, `avg(queue)`, `count(batch_seconds > 1)`, `avg(batch_seconds > bool 1)`,
		`avg(rate(batch_seconds_sum[5m]))`, `quantile(0.5, queue)`,
	}},
	{promql.MixedHistogramWindows, inPanel, []string{
		`sum(rate(lat_seconds_sum[5m])) / sum(rate(lat_seconds_count«[1h]»))`, `rate(batch_seconds_sum[1m]) / rate(batch_seconds_count«[5m]»)`,
		`histogram_sum(rate(score[5m])) / histogram_count(rate(score«[1h]»))`, `sum(rate(lat_seconds_bucket{le="0.5"}[5m])) / sum(rate(lat_seconds_count«[10m]»))`,
		`rate(other_sum[5m]) / rate(other_count«[10m]»)`,
	}, []string{`sum(rate(lat_seconds_sum[5m])) / sum(rate(lat_seconds_count[5m]))`, `rate(lat_seconds_sum[$window]) / rate(lat_seconds_count[5m])`, `rate(lat_seconds_count[5m]) / rate(lat_seconds_count[1h])`}},
	{promql.MixedWindows, inPanel, []string{
		`sum(rate(err_total[5m])) / sum(rate(req_total«[1h]»))`, `rate(req_total{code="500"}[5m]) / rate(req_total«[10m]»)`, `100 * (increase(err_total[1h]) / increase(req_total«[2h]»))`,
		`sum(rate(err_total[5m])) / (sum(rate(err_total«[10m]»)) + sum(rate(req_total[10m])))`, `1 - sum(rate(err_total[5m]) > 0) / sum(rate(req_total«[1h]»))`,
	}, []string{
		`rate(req_total[5m]) / rate(req_total[1h])`, `sum(rate(req_total{code="500"}[5m])) / sum(rate(req_total{code="500"}[1h]))`, `rate(err_total[5m]) / rate(req_total[5m])`,
		`(rate(err_total[5m]) / rate(req_total[5m])) / (rate(err_total[1h]) / rate(req_total[1h]))`, `rate(err_total[5m]) / rate(req_total[1h] offset 1d)`,
		`rate(err_total[$window]) / rate(req_total[1h])`, `irate(err_total[5m]) / rate(req_total[1h])`, `queue / rate(req_total[5m])`, `rate(err_total[5m]) > rate(req_total[1h])`,
		`(rate(err_total[5m]) + rate(req_total[5m])) / (rate(req_total[1h]) + rate(err_total[1h]))`, `increase(err_total[1h]) / rate(req_total[5m])`,
	}},
	{promql.RegexInEquality, inPanel, []string{
		`sum(rate(req_total{«code="5.."»}[5m]))`, `queue{«a=".*"»}`, `queue{b="c",«pod!="web-.+"»}`, `queue{«method="GET|POST"»}`, `queue{«code="[45]00|50[0-9]"»}`,
		`queue{«zone="(a|b)-west"»}`, `rate(req_total{«code="200|500"»}[5m])`, `queue{«version = "1\\.10"»}`,
	}, []string{
		`queue{version="1.10"}`, `queue{path="/v1/models/{id}"}`, `queue{path="/v1/.*"}`, `queue{a="$x.*"}`, `rate(req_total{route="a|b"}[5m])`, `queue{status="5xx"}`,
		`queue{a="requests.cpu"}`, `queue{a="*"}`, `queue{a="what?"}`, `queue{code=~"5.."}`, `queue{view="^api/(a|b)/$"}`, `queue{le="+Inf"}`, `queue{a="x[0]"}`, `queue{a=""}`,
		`queue{a="f(x)"}`, `queue{a="1..2"}`, `queue{model="meta-llama/Llama-3.1-8B"}`, `queue{a="a || b"}`,
	}},
	{promql.RedundantAnchor, inPanel, []string{
		`queue{a=~«"^web.*$"»}`, `queue{a!~«"^(a|b)"»}`, `queue{a=~«"5..$"»}`, `label_replace(queue, "a", "$1", "b", «"^(.*)-x$"»)`, `queue{a=~«'^foo$'»}`,
	}, []string{
		`queue{a=~"web.*"}`, `queue{a=~".*\\$"}`, `queue{a=~"^a|b$"}`, `queue{a=~"[^a]+"}`, `queue{a=~"^$"}`, `queue{a=~"^$pod$"}`, `label_replace(queue, "a", "$1", "b", "(.*)")`, `queue{a="^x"}`,
	}},
	{promql.RegexWithoutPattern, inPanel, []string{
		`queue{a«=~"web"»}`, `queue{a «!~ 'x y'»}`, `queue{a«=~""»}`, `queue{a«=~"1\\.5"»}`, "queue{a«=~`x`»}",
	}, []string{`queue{a=~"$pod"}`, `queue{a=~"a.b"}`, `queue{a=~"(?i)web"}`, `queue{a=~"a|b"}`, `queue{a="web"}`, `queue{a=~"[[pod]]"}`}},
	{promql.MissingBool, inPanel, []string{
		`1 - avg by (pod) (rate(lat_seconds_count[5m]) «>» 0)`, `1 - avg(rate(unknown_count[5m]) «>» 0)`, `1 - avg(queue «>» 5)`, `avg(up «==» 1)`, `100 * avg(up «==» 1)`,
		`avg_over_time((up «==» 1)[1d:1m])`, `sum(queue «>» 5) / count(queue)`, `(queue «>» 5) + (used_ratio > 0.5)`, `1 - (queue «>=» 5)`, `avg by (a) (up «==» 0) / 2`,
	}, []string{
		`1 - avg(rate(req_total[5m]) > bool 0)`, `queue / (queue > 0)`, `queue and queue > 0`, `count(queue > 5)`, `sum(queue > 0)`, `count(up == 1) / count(up)`, `avg(queue > 0)`,
		`1 - avg(used_ratio > 0)`, `sum(queue > 0) / count(queue)`, `sum(up == 1) / count(up)`, `queue * on (a) group_left () (up == 1)`, `1 - avg(rate(busy_seconds_total[5m]) > 0)`,
		`(queue > 0) + (queue > 0)`, `1 - avg(rate(unknown_total[5m]) > 0)`, `queue * on (a) avg by (a) (up == 1)`, `min(up == 0)`, `avg((rate(lat_seconds_sum[5m]) / rate(lat_seconds_count[5m])) > 0)`,
	}},
	{promql.MissingBool, inAlert, []string{`avg(up «==» 1) < 0.5`}, []string{`avg by (a) (up == 0)`}},
	{promql.FloatEquality, inAlert, []string{
		`used_ratio «==» 0.3`, `0.25 «!=» used_ratio`, `increase(req_total[5m]) «==» 1`, `rate(req_total[5m]) «==» 5`, `batch_seconds «==» 1`, `avg(used_ratio) «==» bool 0.5`,
	}, []string{
		`used_ratio == 0`, `queue == 3`, `up != 1`, `rate(req_total[5m]) == 0`, `used_ratio > 0.3`, `queue == $x`, `round(increase(req_total[5m])) == 1`, `queue == queue offset 5m`,
		`(sum(rate(err_total[5m])) / sum(rate(req_total[5m]))) == 1`, `mem_bytes != Inf`, `queue != 1e3`,
	}},
	{promql.UnitMismatch, inPanel, []string{
		`mem_bytes «+» busy_seconds_total`, `mem_bytes «-» queue`, `rate(lat_seconds_sum[5m]) / rate(lat_seconds_count[5m]) «>» on () mem_bytes`, `mem_bytes «+» rate(net_bytes_total[5m])`,
		`trained_timestamp_seconds «+» trained_timestamp_seconds`, `timeout_seconds «-» time()`, `batch_seconds «>» used_ratio`, `100 * used_ratio «>» used_ratio`, `power_watts «+» energy_joules_total`,
		`histogram_quantile(0.9, rate(size_bytes_bucket[5m])) «<» histogram_quantile(0.9, rate(lat_seconds_bucket[5m]))`,
	}, []string{
		`mem_bytes + limit_bytes`, `time() - trained_timestamp_seconds`, `trained_timestamp_seconds + timeout_seconds`, `mem_bytes + 5`, `mem_bytes > 3600`, `queue + rate(err_total[5m]) - rate(req_total[5m])`,
		`rate(busy_seconds_total[5m]) > max_cores`, `rate(energy_joules_total[5m]) + power_watts`, `unknown + mem_bytes`, `up + mem_bytes`, `err_total * 0 + mem_bytes`, `1 - used_ratio`,
		`mem_bytes / timeout_seconds + queue`, `trained_timestamp_seconds > trained_timestamp_seconds offset 1h`, `mem_bytes or queue`, `queue > used_ratio`, `8 * mem_bytes + queue`,
		`rate(lat_seconds_sum[5m]) / rate(lat_seconds_count[5m]) > batch_seconds`, `used_ratio - used_ratio offset 1d`, `vector(1) + mem_bytes`, `mem_bytes * on (a) group_left () model_info + mem_bytes`,
	}},
	{promql.ShortRange, inPanel, []string{
		`rate(req_total«[30s]»)`, `rate(req_total«[59s]»)`, `increase(req_total«[20s]»)`, `sum(rate(lat_seconds_bucket «[15s]» offset 1h))`, `max_over_time(queue«[10s]»)`, `deriv(queue«[25s]»)`,
		`rate(req_total«[3m:1m]»)`, `avg_over_time(model:req:rate5m«[30s]»)`, `changes(queue«[29s]»)`, `absent_over_time(queue«[5s]»)`,
	}, []string{
		`rate(req_total[1m])`, `max_over_time(queue[15s])`, `rate(req_total[$window])`, `rate(req_total[$__rate_interval])`, `deriv(queue[30s])`, `rate(unknown[5s])`, `rate(req_total[4m:1m])`,
		`avg_over_time(model:req:rate5m[1m])`, `last_over_time(queue[20s])`, `avg_over_time(rate(req_total[1m])[5m:1m])`,
	}},
	{promql.LongWindow, inPanel, []string{
		`sum(rate(req_total«[24h]»))`, `histogram_quantile(0.9, sum by (le) (rate(lat_seconds_bucket«[6h]»)))`, `rate(unknown«[12h]»)`,
		`sum(rate((req_total«[1d]»)))`,
	}, []string{
		`sum(rate(req_total[5h]))`, `sum(increase(req_total[1d]))`, `avg_over_time(queue[1d])`, `rate(req_total[5m]) / rate(req_total[1d])`, `rate(req_total[$window]) / rate(req_total[1d])`,
		`sum(rate(err_total[5m])) / sum(rate(req_total[5m])) > 0.1 and sum(rate(err_total[6h])) / sum(rate(req_total[6h])) > 0.1`, `rate(req_total[$__range])`, `changes(queue[1d])`,
		`sum(rate(err_total[1d])) / sum(rate(req_total[1d]))`,
	}},
	{promql.LongWindow, inAlert, []string{`sum(rate(err_total«[1d]»)) > 1`}, nil},
	{promql.LongWindow, inRecord, nil, []string{`sum(rate(req_total[1d]))`}},
	{promql.SubqueryWithoutStep, inPanel, []string{`max_over_time(queue«[1h:]»)`, `max_over_time(rate(req_total[5m])«[1h :  ]» offset 1h)`}, []string{`max_over_time(queue[1h:1m])`, `max_over_time(queue[1h:$__interval])`, `max_over_time(queue[1h])`}},
	{promql.BeyondRetention, inPanel, []string{
		`rate(req_total[5m] «offset 30d»)`, `rate(req_total[$window] «offset 30d»)`, `queue «offset 16d»`, `avg_over_time(queue«[20d]»)`, `max_over_time(rate(req_total[5m])«[16d:1h]»)`, `avg_over_time(queue«[10d]» offset 9d)`,
		`max_over_time(queue[3h:1m] «offset 15d»)`, `max_over_time((queue + limit_bytes * 0 + up)«[30d:1h]»)`,
	}, []string{
		`avg_over_time(queue[15d])`, `max_over_time(rate(req_total[5m])[15d:1h])`, `queue offset 14d`, `queue offset -1d`, `queue offset 30d @ 1700000000`, `queue offset $baseline`, `avg_over_time(queue[$window] offset 14d)`, `max_over_time(queue[30d:1h] @ end())`,
		`max_over_time(queue[20d:1h] offset -6d)`,
	}},
	{promql.Irate, inRecord, []string{`sum(«irate»(req_total[5m]))`, `«irate» (req_total[5m]) > 5`}, []string{`sum(rate(req_total[5m]))`}},
	{promql.Irate, inPanel, nil, []string{`irate(req_total[5m])`}},
	{promql.TopKInRule, inAlert, []string{
		`«topk»(3, queue) > 5`, `«bottomk» by (a) (2, queue)`, `queue > 5 or «topk»(1, queue) > 3`, `label_replace(«topk»(2, queue), "a", "b", "c", "d") > 1`,
	}, []string{
		`sum(topk(3, queue)) > 5`, `queue > 5 and topk(3, queue)`, `topk by (a) (1, queue) > 5`, `count(topk(3, queue) > 5) > 1`, `queue * on (a) group_left (b) topk by (a) (1, up) > 5`, `queue * on (a) group_left () topk(2, up) > 5`, `queue > scalar(topk(1, queue))`,
	}},
	{promql.TopKInRule, inPanel, nil, []string{`topk(3, queue)`}},
	{promql.QuantileOutOfRange, inPanel, []string{
		`histogram_quantile(«95», rate(lat_seconds_bucket[5m]))`, `quantile(«1.5», queue)`, `quantile_over_time(«-0.5», queue[5m])`, `max(histogram_quantile(«(99)», sum by (le) (rate(lat_seconds_bucket[5m]))))`,
	}, []string{`histogram_quantile(0.95, rate(lat_seconds_bucket[5m]))`, `quantile(1, queue)`, `quantile(0, queue)`, `histogram_quantile($q, rate(lat_seconds_bucket[5m]))`, `quantile(scalar(queue), queue)`}},
	{promql.Experimental, inPanel, []string{
		`«limitk»(5, queue)`, `«mad_over_time»(queue[5m])`, `«queue» anchored`, `«info»(queue)`,
	}, []string{`last_over_time(queue[5m])`, `sort(queue)`}},
}
