package alerts

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/template"
)

func sortedNames(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// expandUnified executes a template the way Grafana does, after a rule whose query A has the value; nil: none.
func expandUnified(text string, labels map[string]string, value *float64) (string, error) {
	type number struct {
		Labels map[string]string
		Value  float64
	}
	const defs = "{{$labels := .Labels}}{{$values := .Values}}{{$value := .Value}}"
	data := struct {
		Labels map[string]string
		Values map[string]number
		Value  string
	}{labels, map[string]number{}, "[ var='A' value=… ]"}
	if value != nil {
		data.Values[valueRef], data.Values[conditionRef] = number{labels, *value}, number{labels, 1}
	}
	nothing := func(context.Context, string, time.Time) (promql.Vector, error) { return nil, nil }
	return template.NewTemplateExpander(context.Background(), defs+text, "alert", data, 0, nothing, nil, []string{"missingkey=invalid"}).Expand()
}

// data judges the steps of a rule: queries, and expressions that compute with their answers.
func (c *unifiedCheck) data(r readRule, path string) {
	refs := map[string]readQuery{}
	for i, q := range r.Data {
		at := fmt.Sprintf("%s.data[%d]", path, i)
		if _, dup := refs[q.RefID]; dup || q.RefID == "" {
			c.add(at+".refId", "`%s` is missing or there twice", q.RefID)
		}
		refs[q.RefID] = q
	}
	if _, ok := refs[r.Condition]; !ok {
		c.add(path+".condition", "`%s` is none of the steps: the rule fails at each evaluation", r.Condition)
	}
	for i, q := range r.Data {
		at := fmt.Sprintf("%s.data[%d]", path, i)
		switch {
		case len(q.Model) == 0:
			c.add(at+".model", "missing: Grafana would panic")
		case q.DatasourceUID == expressions:
			c.expression(q, refs, at)
		default:
			c.query(q, at)
		}
	}
}

func (c *unifiedCheck) query(q readQuery, path string) {
	switch {
	case q.DatasourceUID == "" || lostDollar(q.DatasourceUID) || strings.Contains(strings.ReplaceAll(q.DatasourceUID, "$$", ""), "$"):
		c.add(path+".datasourceUid", "`%s` is not the uid of a data source", q.DatasourceUID)
	case c.on.DatasourceUIDs != nil && !slices.Contains(c.on.DatasourceUIDs, strings.ReplaceAll(q.DatasourceUID, "$$", "$")):
		c.add(path+".datasourceUid", "`%s` is none of the server's data sources (%s)", q.DatasourceUID, strings.Join(c.on.DatasourceUIDs, ", "))
	}
	if q.Range == nil || q.Range.From <= q.Range.To {
		c.add(path+".relativeTimeRange", "needs `from` and `to`, seconds before now, with `from` the larger")
	}
	expr, _ := q.Model["expr"].(string)
	if macro.MatchString(expr) {
		return // replaced when it is evaluated
	}
	if tree, err := parser.NewParser(parser.Options{}).ParseExpr(expr); err != nil {
		c.add(path+".model.expr", "the query does not parse: %v", err)
	} else if t := tree.Type(); t != parser.ValueTypeVector && t != parser.ValueTypeScalar {
		c.add(path+".model.expr", "the query is a %s: it cannot be compared", t)
	}
}

// thresholds has the comparisons of a threshold with the number of their limits; later versions know more.
var thresholds = map[string]int{"gt": 1, "lt": 1, "outside_range": 2, "within_range": 2}

// ownReduction are the kinds of expressions that read whole ranges.
var ownReduction = []string{"reduce", "resample", "classic_conditions", "sql"}

var operand = regexp.MustCompile(`\$(?:\{([^}]*)\}|(\w+))`)

// expression judges a step that computes.
func (c *unifiedCheck) expression(q readQuery, refs map[string]readQuery, path string) {
	kind, _ := q.Model["type"].(string)
	text, _ := q.Model["expression"].(string)
	var reads []string
	switch kind {
	case "math":
		for _, m := range operand.FindAllStringSubmatch(text, -1) {
			reads = append(reads, m[1]+m[2])
		}
		if len(reads) == 0 {
			c.add(path+".model.expression", "`%s` reads no other step", text)
		}
	case "threshold":
		reads = []string{text}
		c.threshold(q.Model["conditions"], path+".model.conditions")
	case "reduce", "resample":
		reads = []string{text}
	case "classic_conditions", "sql":
	default:
		c.add(path+".model.type", "`%s` is no kind of expression", kind)
	}
	for _, ref := range reads {
		other, ok := refs[ref]
		switch {
		case !ok || ref == q.RefID:
			c.add(path+".model.expression", "`%s` is none of the other steps", ref)
		case other.DatasourceUID != expressions && other.Model["instant"] != true && !slices.Contains(ownReduction, kind):
			c.add(path+".model.expression", "`%s` has a range of values: make it `instant: true`, or reduce it first", ref)
		}
	}
}

func (c *unifiedCheck) threshold(v any, path string) {
	list, _ := v.([]any)
	if len(list) != 1 {
		c.add(path, "a threshold has one condition")
		return
	}
	condition, _ := list[0].(map[string]any)
	evaluator, _ := condition["evaluator"].(map[string]any)
	kind, _ := evaluator["type"].(string)
	params, _ := evaluator["params"].([]any)
	want, known := thresholds[kind]
	if !known {
		c.add(path, "`%s` is none of %s, which all versions know", kind, strings.Join(slices.Sorted(maps.Keys(thresholds)), ", "))
		return
	}
	if len(params) != want {
		c.add(path, "`%s` needs %d numbers and has %d", kind, want, len(params))
	}
	for _, p := range params {
		switch p.(type) {
		case int, int64, uint64, float64:
		default:
			c.add(path, "`%v` is not a number", p)
		}
	}
}
