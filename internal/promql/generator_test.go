package promql_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// generator writes random expressions over the metrics of a world, with random layout.
type generator struct {
	r *rand.Rand
	// nameless allows selectors without a metric's name.
	nameless bool
	// inSubquery forbids what depends on the order of series, which the engine does not promise there.
	inSubquery bool
}

func (g *generator) one(n int) bool { return g.r.IntN(n) == 0 }

// gap is what may stand between two lexemes.
func (g *generator) gap() string {
	return pick(g.r, " ", " ", " ", " ", "\n  ", "\t", " # } {x=\"\n", "\r\n")
}

func (g *generator) query() string {
	text := g.vector(1 + g.r.IntN(3))
	if g.one(10) {
		text = "# why {\n" + text
	}
	if g.one(10) {
		text += " # end }"
	}
	return text
}

// vector is an expression of at most that depth.
func (g *generator) vector(depth int) string {
	if depth <= 0 {
		return g.leaf()
	}
	v := func() string { return g.vector(depth - 1) }
	switch g.r.IntN(16) {
	case 0, 1, 2, 3:
		return g.aggregation(v())
	case 4, 5:
		return g.arithmetic(v(), v())
	case 6:
		return "(" + v() + ")" + g.gap() + pick(g.r, "and", "or", "unless") + g.gap() + g.matching(false) + "(" + v() + ")"
	case 7:
		return fmt.Sprintf("histogram_quantile(%s,%s%s)", pick(g.r, "0.5", "0.9", "0.99"), g.gap(),
			fmt.Sprintf("sum by (le%s) (rate(%s))", pick(g.r, "", ", pod", ",job,"), g.selector("h_bucket")+g.window()))
	case 8:
		if g.one(2) {
			return fmt.Sprintf(`label_replace(%s, "%s", "x$1", "%s", "(.).*")`, v(), pick(g.r, "new", "pod"), pick(g.r, "pod", "job", "nope", "__name__"))
		}
		return fmt.Sprintf(`label_join(%s, "new", "-", "pod", "%s")`, v(), pick(g.r, "env", "__name__"))
	case 9:
		if g.inSubquery {
			return v()
		}
		g.inSubquery = true
		text := fmt.Sprintf("%s_over_time((%s)[%s:1m]%s)", pick(g.r, "max", "min", "sum", "avg", "count", "last"), v(), pick(g.r, "2m", "4m"), g.modifier())
		g.inSubquery = false
		return text
	case 10:
		return pick(g.r, "-", "abs", "ceil", "sgn", "sort_desc", "round") + g.argument(v())
	case 11:
		return "vector(scalar(" + v() + "))"
	case 12:
		return fmt.Sprintf("(%s)%s%s %s%d", v(), g.gap(), pick(g.r, ">", "<", ">=", "!=", "=="), pick(g.r, "", "", "bool "), g.r.IntN(60))
	case 13:
		return fmt.Sprintf("absent(%s(%s))", pick(g.r, "sum", "count"), v())
	case 14:
		return fmt.Sprintf("sum(rate(%s)) / sum(rate(%s))", g.selector("h_sum")+"[5m]", g.selector("h_count")+"[5m]")
	}
	return g.leaf()
}

// argument closes what case 10 opened.
func (g *generator) argument(v string) string { return "(" + v + ")" }

func (g *generator) aggregation(v string) string {
	by := ""
	if !g.one(4) {
		by = pick(g.r, "by", "without", "BY") + g.gap() + "(" + g.labels() + ")"
	}
	op, arg := pick(g.r, "sum", "avg", "max", "min", "count", "group", "stddev", "topk", "bottomk", "quantile", "count_values"), ""
	switch op {
	case "topk", "bottomk":
		if g.inSubquery {
			op = "max"
		} else {
			// Of equal values it takes the first, so their order must be sure: that of series is.
			arg, v = pick(g.r, "1", "2", "scalar(count(g))")+", ", g.leaf()
		}
	case "quantile":
		arg = "0.5, "
	case "count_values":
		arg, v = `"v",`+g.gap(), g.selector(pick(g.r, gauges...))
	}
	if g.one(2) {
		return op + g.gap() + by + "(" + arg + v + ")"
	}
	return op + "(" + arg + v + ")" + g.gap() + by
}

func (g *generator) labels() string {
	var list []string
	for range 1 + g.r.IntN(2) {
		list = append(list, pick(g.r, "job", "pod", "env", "code", "kind", "le", "version", `"pod"`, "__name__"))
	}
	text := strings.Join(list, ","+pick(g.r, "", " ", " # x)\n"))
	if g.one(6) {
		text += ","
	}
	return text
}

func (g *generator) arithmetic(a, b string) string {
	op := pick(g.r, "+", "-", "*", "/", "%", "^", ">", "==", "!=", "atan2")
	if g.one(4) {
		b = "i" + pick(g.r, "", "{}", `{version="1"}`)
		return fmt.Sprintf("(%s) * on (job, pod, env) group_left (version) (max by (job, pod, env, version) (%s))", a, b)
	}
	if strings.Contains(">==!=", op) && g.one(3) {
		op += " bool"
	}
	return fmt.Sprintf("(%s)%s%s%s%s(%s)", a, g.gap(), op, g.gap(), g.matching(true), b)
}

func (g *generator) matching(group bool) string {
	if g.one(3) {
		return ""
	}
	text := pick(g.r, "on", "ignoring", "on") + g.gap() + "(" + pick(g.r, "", "job", "job, pod", "pod,env,", "__name__, pod, job", "job,pod,env,le,code,kind,version") + ")" + g.gap()
	if group && g.one(4) {
		text += pick(g.r, "group_left ()", "group_right ()") + g.gap()
	}
	return text
}

func (g *generator) leaf() string {
	switch g.r.IntN(8) {
	case 0, 1, 2:
		return pick(g.r, "rate", "increase", "irate") + "(" + g.selector(pick(g.r, counters...)) + g.window() + g.modifier() + ")"
	case 3:
		return pick(g.r, "max", "avg", "last", "count", "present") + "_over_time(" + g.selector(pick(g.r, names...)) + g.window() + ")"
	case 4:
		if g.nameless {
			return pick(g.r, `{__name__=~"g|u"}`, `{__name__=~"g|u",pod!="p1"}`, `{job="a",__name__!~"h.*|.*_total|i"}`)
		}
	case 5:
		return "(" + g.selector(pick(g.r, gauges...)) + g.modifier() + ")"
	}
	return g.selector(pick(g.r, names...)) + g.modifier()
}

func (g *generator) window() string { return pick(g.r, "[2m]", "[5m]", "[ 90s ]", "[300]") }

func (g *generator) modifier() string {
	return pick(g.r, "", "", "", " offset 1m", " offset -1m", " @ end()", " @ start() offset 30s", fmt.Sprintf(" @ %d", 1704067200+300))
}

// selector writes a selector of a metric in one of the many ways.
func (g *generator) selector(name string) string {
	var list []string
	for range g.r.IntN(3) {
		label := pick(g.r, "job", "pod", "env", "code", "kind")
		value := pick(g.r, "a", "p1", "p2", "prod", "", "200")
		op := pick(g.r, "=", "!=", "=~", "!~", "!=", "=~")
		switch op {
		case "=~", "!~":
			value = pick(g.r, "a|b", "p.*", ".*", "p[12]", "prod|", "x", ".+")
		}
		quote := pick(g.r, `"`, `'`, "`")
		list = append(list, pick(g.r, label, label, `"`+label+`"`)+pick(g.r, "", " ")+op+pick(g.r, "", " ")+quote+value+quote)
	}
	for name == "h_bucket" && g.one(3) { // what keeps the buckets
		list = slices.Insert(list, g.r.IntN(len(list)+1), pick(g.r, `le!=""`, `le!="+Inf"`, `"le" =~ ".+"`, `le=~'.*'`))
	}
	comma := pick(g.r, ",", ", ", " ,\n", ", # }\n")
	switch form := g.r.IntN(8); {
	case form == 0:
		list = append(list, `__name__="`+name+`"`)
		name = ""
	case form == 1:
		list = append([]string{`"` + name + `"`}, list...)
		name = ""
	case form == 2 && len(list) == 0:
		return name + pick(g.r, "{}", "{ }", "{ # }\n}", " {}")
	case len(list) == 0:
		return name
	}
	if len(list) > 0 && g.one(4) {
		list[len(list)-1] += pick(g.r, ",", " ,", ", # last }\n")
	}
	return name + pick(g.r, "", "", g.gap()) + "{" + pick(g.r, "", " ", "# {\n") + strings.Join(list, comma) + pick(g.r, "", " ", "\n") + "}"
}

// absent is an expression around absent whose shape does not depend on the labels of absent's result.
func (g *generator) absent() string {
	sel := g.selector(pick(g.r, names...))
	text := "absent(" + sel + g.modifier() + ")"
	if g.one(3) {
		text = "absent_over_time((" + sel + g.window() + "))"
	}
	switch g.r.IntN(6) {
	case 0:
		return "sum(" + text + ")"
	case 1:
		return text + " * 5"
	case 2:
		return "-" + text
	case 3:
		return text + " > 0"
	}
	return text
}
