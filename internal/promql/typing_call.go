package promql

import "github.com/prometheus/prometheus/promql/parser"

func (t *typing) call(n *parser.Call) typeFact {
	var few [4]typeFact
	args := few[:0]
	for _, a := range n.Args {
		args = append(args, t.of(a))
	}
	m := callMeasure(n, args)
	switch n.Func.Name {
	case "rate", "irate", "increase":
		return t.rate(n, args[0], m)
	case "delta", "idelta", "deriv", "predict_linear", "double_exponential_smoothing", "holt_winters":
		t.checkDelta(n, args[0])
		return typeFact{measure: m}
	case "histogram_quantile":
		return t.histogramQuantile(n, args, m)
	case "histogram_count", "histogram_sum":
		f := args[0]
		f.measure = m
		if f.kind == KindHistogram {
			f.kind = KindCounter
		}
		f.window.of(n.Func.Name)
		return f
	case "histogram_avg", "histogram_stddev", "histogram_stdvar", "histogram_fraction":
		return typeFact{measure: m, raw: args[len(args)-1].raw}
	case "avg_over_time", "sum_over_time", "stddev_over_time", "stdvar_over_time", "mad_over_time":
		t.averagedCounter(args[0].raw)
		t.checkAveragedOverTime(n, args[0])
		return typeFact{measure: m, kind: overTimeKind(args[0].kind)}
	case "quantile_over_time":
		t.checkQuantileParam(n.Args[0], args[0])
		t.averagedCounter(args[1].raw)
		return typeFact{measure: m}
	case "resets", "changes", "timestamp", "absent", "absent_over_time", "present_over_time", "count_over_time", "sgn":
		return typeFact{measure: m}
	}
	return t.kept(n, args, m)
}

// overTimeKind is the kind of a mean or a sum over time.
func overTimeKind(k Kind) Kind {
	switch k {
	case KindGauge, KindRate, KindIncrease, KindRatio:
		return k
	}
	return KindAny
}

// kept are the functions whose result is still the value of their vector, moved, renamed or rounded.
func (t *typing) kept(n *parser.Call, args []typeFact, m measure) typeFact {
	if len(args) == 0 {
		return typeFact{measure: m}
	}
	f := args[0]
	f.measure = m
	switch n.Func.Name {
	case "vector": // a number that takes the unit of what it stands in for
		return f
	case "sort", "sort_desc", "sort_by_label", "sort_by_label_desc", "label_replace", "label_join", "scalar", "info", "abs":
		return f
	case "ceil", "floor", "round":
		f.rounded = true
		return f
	case "max_over_time", "min_over_time", "last_over_time", "first_over_time":
		if f.raw != nil {
			raw := *f.raw
			raw.overTime = true
			f.raw = &raw
		}
		return f
	case "clamp", "clamp_max", "clamp_min":
		if n.Func.Name != "clamp_min" && args[len(args)-1].number && args[len(args)-1].value <= 1 {
			f.raw, f.kind = nil, KindAny // 0 or 1: whether there was any
		}
		return f
	}
	return typeFact{measure: m, raw: f.raw}
}

// rate is the fact of rate, irate and increase.
func (t *typing) rate(n *parser.Call, of typeFact, m measure) typeFact {
	if t.checkRate(n, of) {
		return typeFact{measure: m}
	}
	kind := KindRate
	if n.Func.Name == "increase" {
		kind = KindIncrease
	}
	f := typeFact{measure: m, kind: kind, name: of.name, metric: of.metric}
	if t.q != nil {
		f.window = t.windowOf(n)
	}
	return f
}

// histogramQuantile is the fact of histogram_quantile.
func (t *typing) histogramQuantile(n *parser.Call, args []typeFact, m measure) typeFact {
	t.checkQuantileParam(n.Args[0], args[0])
	of := args[1]
	if of.raw != nil && (of.kind == KindBucket || of.kind == KindHistogram) {
		t.quantileOfRaw(n, of)
	}
	return typeFact{measure: m, kind: KindQuantile}
}
