package alerts

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// frequencyForm is what every version reads as it is meant: 7.1 takes the first number and the last letter,
// so that `1m30s` is 1 s and `10ms` is 10 s; a unit it does not know (`1w`) is seconds.
var frequencyForm = regexp.MustCompile(`^[0-9]{1,9}[smhd]$`)

func (c *legacyCheck) frequency(v any, path string) {
	f, ok := v.(string)
	switch {
	case !ok || f == "":
		c.add(path, "a frequency is a text such as `1m`; without one the dashboard is refused")
	case !frequencyForm.MatchString(f):
		c.add(path, "`%s` is refused, or read as something else: write one number and one of s, m, h", f)
	case strings.Trim(f[:len(f)-1], "0") == "":
		c.add(path, "a frequency of 0 is refused")
	}
}

func (c *legacyCheck) forDuration(v any, path string) {
	if v == nil {
		return // 0
	}
	f, ok := v.(string)
	if !ok {
		c.add(path, "not a text: it would be 0")
		return
	}
	if d, err := time.ParseDuration(f); f != "" && (err != nil || d < 0) {
		c.add(path, "`%s` is refused, or no time to wait: write hours, minutes and seconds (`24h` for a day)", f)
	}
}

// condition judges one condition of an alert of panel.
func (c *legacyCheck) condition(cond, panel map[string]any, path string) {
	if t, _ := cond["type"].(string); t != "query" {
		c.add(path+".type", "a condition of type `%v` is refused: only `query` exists", cond["type"])
	}
	if op, has := cond["operator"]; has {
		m, _ := op.(map[string]any)
		c.oneOf(m, "type", path+".operator", "and", "or")
	}
	r, _ := cond["reducer"].(map[string]any)
	if t, _ := r["type"].(string); !slices.Contains(reducers, t) {
		c.add(path+".reducer.type", "`%v` is accepted and always gives no value; the reducers are %s", r["type"], strings.Join(reducers, ", "))
	}
	e, _ := cond["evaluator"].(map[string]any)
	c.evaluator(e, path+".evaluator")
	q, _ := cond["query"].(map[string]any)
	c.query(q, panel, path+".query")
}

func (c *legacyCheck) evaluator(e map[string]any, path string) {
	kind, _ := e["type"].(string)
	want := -1
	for _, ev := range evaluators {
		if ev.name == kind {
			want = ev.limits
		}
	}
	if want < 0 {
		c.add(path+".type", "`%v` is refused; the evaluators are gt, lt, no_value, outside_range, within_range", e["type"])
		return
	}
	params, _ := e["params"].([]any)
	for _, p := range params {
		if _, ok := p.(json.Number); !ok {
			c.add(path+".params", "`%v` is not a number", p)
		}
	}
	if len(params) != want {
		c.add(path+".params", "`%s` needs %d numbers and has %d", kind, want, len(params))
	}
}

// query judges the three parameters of a condition, refId, from and to, and the query they name.
func (c *legacyCheck) query(q, panel map[string]any, path string) {
	var params []string
	list, _ := q["params"].([]any)
	for _, p := range list {
		if s, ok := p.(string); ok {
			params = append(params, s)
		}
	}
	if len(list) != 3 || len(params) != 3 {
		c.add(path+".params", "needs exactly three texts (query, from, to): with fewer the server panics")
		return
	}
	from, errFrom := time.ParseDuration(strings.TrimPrefix(params[1], "now-"))
	if errFrom != nil || from <= 0 {
		c.add(path+".params", "the window `%s` is refused, or empty: write hours, minutes and seconds (`24h` for a day)", params[1])
	}
	if to, ok := endOf(params[2]); !ok {
		c.add(path+".params", "the end `%s` is not read: write `now` or `now-1m`", params[2])
	} else if errFrom == nil && from > 0 && to >= from {
		c.add(path+".params", "the window ends before it begins")
	}
	targets, _ := panel["targets"].([]any)
	for i, t := range targets {
		if target, ok := t.(map[string]any); ok && target["refId"] == params[0] {
			c.target(target, panel, path, i)
			return
		}
	}
	c.add(path+".params", "no query of the panel is called `%s`", params[0])
}

// endOf reads `now` or `now-1m` as the time before now.
func endOf(to string) (time.Duration, bool) {
	if to == "now" {
		return 0, true
	}
	before, ok := strings.CutPrefix(to, "now-")
	d, err := time.ParseDuration(before)
	return d, ok && err == nil && d >= 0
}

// target judges the query that a condition reads, and where it is sent.
func (c *legacyCheck) target(target, panel map[string]any, path string, i int) {
	panelPath, _, _ := strings.Cut(path, ".alert.")
	at := fmt.Sprintf("%s.targets[%d]", panelPath, i)
	ds := target["datasource"]
	if ds == nil || ds == "" {
		c.datasource(panel["datasource"], panelPath+".datasource")
	} else {
		c.datasource(ds, at+".datasource")
	}
	if interval, ok := target["interval"].(string); ok {
		c.interval(interval, at+".interval")
	}
	expr, _ := target["expr"].(string)
	if strings.TrimSpace(expr) == "" {
		c.add(at+".expr", "the query of an alert is empty")
		return
	}
	c.expr(expr, at+".expr")
}

// datasource judges a reference: a name, or from 8.3 on {type, uid}, that needs no looking up.
func (c *legacyCheck) datasource(ds any, path string) {
	known, name := c.on.Datasources, ""
	switch ds := ds.(type) {
	case nil:
		c.add(path, "the alert would be evaluated by whatever the default datasource is: write its name")
		return
	case string:
		name = ds
	case map[string]any:
		if !c.on.version().HasObjectDatasource() {
			c.add(path, "Grafana %s reads an object as the default datasource: write its name", c.on.version())
			return
		}
		known = c.on.DatasourceUIDs
		name, _ = ds["uid"].(string)
	}
	switch {
	case name == "":
		c.add(path, "the alert would be evaluated by whatever the default datasource is: write its name")
	case strings.Contains(name, "$") || strings.Contains(name, "[["):
		c.add(path, "`%s` is a variable: the whole dashboard would be refused", name)
	case strings.HasPrefix(name, "-- "):
		c.add(path, "`%s` is no datasource that an alert can ask", name)
	case known != nil && !slices.Contains(known, name):
		c.add(path, "`%s` is none of the server's datasources (%s): the whole dashboard would be refused", name, strings.Join(known, ", "))
	}
}

// interval judges the least step of a query, which is read when the alert is evaluated.
func (c *legacyCheck) interval(interval, path string) {
	if interval == "" {
		return
	}
	if d, err := time.ParseDuration(strings.TrimLeft(interval, "<>")); err != nil || d <= 0 {
		c.add(path, "`%s` is not read when the alert is evaluated: write hours, minutes and seconds", interval)
	}
}

var (
	macro    = regexp.MustCompile(`\$__\w+|\$\{__\w+[^}]*\}`)
	variable = regexp.MustCompile(`\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*[^}]*\}|\[\[[A-Za-z_]\w*(?::\w+)?\]\]`)
)

// expr judges the PromQL of an alert, in which nothing is substituted.
func (c *legacyCheck) expr(expr, path string) {
	if m := macro.FindString(expr); m != "" {
		c.add(path, "`%s` is not replaced in an alert, which fails when it is evaluated: write the duration", m)
		return
	}
	tree, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	for _, m := range variable.FindAllStringIndex(expr, -1) {
		if err == nil && inReplacement(tree, m[0]) {
			continue
		}
		c.add(path, "`%s` is a variable, which is never replaced in an alert: write the value", expr[m[0]:m[1]])
		return
	}
	if err != nil {
		c.add(path, "the query does not parse: %v", err)
	} else if t := tree.Type(); t != parser.ValueTypeVector && t != parser.ValueTypeScalar {
		c.add(path, "the query is a %s: it cannot be drawn or reduced", t)
	}
}

// inReplacement reports whether the byte at pos stands in the replacement of a label_replace, where `$1`
// and `${name}` are groups of its regular expression.
func inReplacement(tree parser.Expr, pos int) (found bool) {
	parser.Inspect(tree, func(n parser.Node, _ []parser.Node) error {
		if call, ok := n.(*parser.Call); ok && call.Func.Name == "label_replace" && len(call.Args) > 2 {
			r := call.Args[2].PositionRange()
			found = found || int(r.Start) <= pos && pos < int(r.End)
		}
		return nil
	})
	return found
}

// integer reads a JSON number without a fraction.
func integer(v any) (int64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return i, err == nil
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
