package promql_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// contractGenerator writes random expressions over the metrics of a contractWorld. It is not careful: much of
// what it writes is empty, fails or makes no sense.
type contractGenerator struct {
	r     *rand.Rand
	names []string
}

func (g *contractGenerator) one(n int) bool { return g.r.IntN(n) == 0 }

func (g *contractGenerator) pick(list ...string) string { return list[g.r.IntN(len(list))] }

// label is a name that the metrics may have.
func (g *contractGenerator) label() string {
	return g.pick("model", "model", "version", "class", "code", "free", "instance", "env", "zone", "le", "quantile", "extra", "nope", "__name__")
}

func (g *contractGenerator) value(label string) string {
	values := slices.Concat(labelPool[label], map[string][]string{
		"instance": {"i1", "i2"}, "env": {"dev", "prod", ""}, "zone": {"z1", "z2"}, "le": {"1", "1.0", "0.1", "+Inf"}, "quantile": {"0.5", "1.0", "1"},
	}[label], []string{"zzz", ""})
	return values[g.r.IntN(len(values))]
}

func (g *contractGenerator) labels() string {
	var list []string
	for range g.r.IntN(4) {
		list = append(list, g.label())
	}
	if g.one(3) {
		list = append(list, "le")
	}
	return strings.Join(list, ", ")
}

func (g *contractGenerator) selector(names ...string) string {
	if len(names) == 0 {
		names = g.names
	}
	var list []string
	for range g.r.IntN(6) / 2 {
		label := g.label()
		for label == "__name__" {
			label = g.label()
		}
		value := g.value(label)
		switch op := g.pick("=", "=", "!=", "=~", "!~"); op {
		case "=~", "!~":
			list = append(list, label+op+`"`+g.pick(value+"|"+g.value(label), ".*", ".+", value+".*", "[mvi][12]", "")+`"`)
		default:
			list = append(list, label+op+`"`+value+`"`)
		}
	}
	name := g.pick(names...)
	if g.one(15) {
		list = append(list, `__name__=~"`+g.pick("g|u", ".*_total", "c_total|g", "h_.*", "n|h_bucket", "ratio|i_info")+`"`)
		name = ""
	}
	if len(list) == 0 {
		return name
	}
	return name + "{" + strings.Join(list, ", ") + "}"
}

func (g *contractGenerator) modifier() string {
	return g.pick("", "", "", "", " offset 1m", " @ end()")
}

func (g *contractGenerator) window() string { return g.pick("[2m]", "[2m]", "[5m]", "[30s]") }

func (g *contractGenerator) number() string {
	return g.pick("0", "1", "2", "0.5", "-1", "3", "10", "0.0042", "NaN", "Inf", "scalar("+g.leaf()+")", "time()")
}

func (g *contractGenerator) leaf() string {
	switch g.r.IntN(9) {
	case 0, 1, 2:
		return g.pick("rate", "rate", "increase", "irate", "delta") + "(" + g.selector() + g.window() + g.modifier() + ")"
	case 3:
		return g.pick("max", "min", "avg", "sum", "last", "count", "present", "stddev", "absent", "first") + "_over_time(" + g.selector() + g.window() + g.modifier() + ")"
	case 4:
		return g.pick("vector(1)", "vector(0)", "vector(time())", "hour()", "vector(NaN)")
	case 5:
		return "sum by (" + g.pick("model", "instance, model", "le", "model, le") + ") (rate(" + g.selector() + g.window() + "))"
	}
	return g.selector() + g.modifier()
}

func (g *contractGenerator) buckets(depth int) string {
	in := "rate(" + g.selector("h_bucket", "h_bucket", "h_bucket", "n") + g.window() + ")"
	switch g.r.IntN(6) {
	case 0:
		return in
	case 1:
		return g.vector(depth)
	case 2:
		return g.selector("h_bucket")
	}
	return g.pick("sum", "sum", "max", "avg") + " by (le, " + g.label() + ") (" + in + ")"
}

func (g *contractGenerator) matching(grouping bool) string {
	text := ""
	switch g.r.IntN(4) {
	case 0, 1:
		text = "on (" + g.labels() + ") "
	case 2:
		text = "ignoring (" + g.labels() + ") "
	}
	if grouping && text != "" && g.one(2) {
		text += g.pick("group_left", "group_right", "group_left") + " (" + g.pick("", "", "version", "class", "free, class", "instance", "__name__") + ") "
	}
	return text
}

// vector is an expression of at most that depth.
func (g *contractGenerator) vector(depth int) string {
	if depth <= 0 {
		return g.leaf()
	}
	v := func() string { return g.vector(depth - 1) }
	switch g.r.IntN(24) {
	case 0, 1, 2, 3:
		return g.pick("sum", "sum", "avg", "count", "max", "min", "group", "stddev") + g.pick("", " by (model)", " by ("+g.labels()+")", " without ("+g.labels()+")") + " (" + v() + ")"
	case 4:
		return g.pick("topk", "bottomk", "quantile") + g.pick("", " by ("+g.labels()+")", " without ("+g.labels()+")") + "(" + g.pick("1", "2", "0", "0.5", "1.5") + ", " + v() + ")"
	case 5:
		return `count_values by (` + g.labels() + `) ("` + g.pick("v", "model") + `", ` + v() + ")"
	case 6, 7, 8:
		return "(" + v() + ") " + g.pick("+", "-", "*", "/", "/", "%", "^", ">", ">=", "<", "==", "!=", "> bool", "== bool") + " " + g.matching(true) + "(" + v() + ")"
	case 9, 10:
		return "(" + v() + ") " + g.pick("and", "or", "unless") + " " + g.matching(false) + "(" + v() + ")"
	case 11, 12:
		return "(" + v() + ") " + g.pick("+", "-", "*", "/", "%", "^", ">", ">=", "<", "<=", "==", "!=", "> bool", "<= bool", "atan2") + " " + g.number()
	case 13:
		return g.number() + " " + g.pick("+", "-", "*", "/", "%", "^", ">", "<=", "== bool") + " (" + v() + ")"
	case 14, 15:
		return "histogram_quantile(" + g.pick("0.9", "0.5", "0", "1", "1.5", "-1", g.number()) + ", " + g.buckets(depth-1) + ")"
	case 16:
		return g.pick("histogram_count", "histogram_sum", "histogram_avg", "histogram_stddev") + "(" + v() + ")"
	case 17, 18:
		return fmt.Sprintf(`label_replace(%s, "%s", "%s", "%s", "%s")`, v(), g.label(), g.pick("", "x", "$1", "v$1", "m1"), g.pick("", g.label(), g.label()), g.pick("(.*)", "(.)(.)", "", "m(.*)", ".+", "zz"))
	case 19:
		return fmt.Sprintf(`label_join(%s, "%s", "%s", "%s", "%s")`, v(), g.label(), g.pick("-", ""), g.label(), g.label())
	case 20:
		return g.pick("-", "abs", "ceil", "floor", "exp", "sqrt", "ln", "sgn", "round", "hour", "sort", "timestamp", "cos", "absent", "absent", "day_of_week") + "(" + v() + ")"
	case 21:
		return strings.ReplaceAll(g.pick("clamp_min(%s, 1)", "clamp_max(%s, 2)", "clamp(%s, 0, 1)", "clamp(%s, 2, 1)", "round(%s, 0.5)", "vector(scalar(%s))", "histogram_fraction(0, 1, %s)"), "%s", v())
	case 22:
		return g.pick("max", "min", "sum", "avg", "count", "last", "stddev") + "_over_time((" + v() + ")[1m:30s])"
	}
	if g.one(2) {
		in := v()
		return "(" + in + ") " + g.pick("/", ">=", "and", "or", "unless", "-", "==") + " (" + in + ")"
	}
	return "sum by (model) (rate(" + g.pick("c_total", "d_total") + `{code="500"}[2m])) / sum by (model) (rate(` + g.pick("c_total", "d_total") + "[2m]))"
}
